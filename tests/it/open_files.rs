//! A limit of open files that is too low for the workers is raised, or they are made fewer.

use super::support::answer::Answer;
use super::support::command::{Output, Workspace};
use super::support::sent::{done, numbered};
use super::support::server::Server;

/// Sends 100 rows by 48 workers, after a shell has set a limit.
fn send_after(limit: &str, server: &Server, options: &str) -> (Workspace, Output) {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&numbered("row-", 100)));
    let words = "run rows.csv --out out --yes --workers 48 ";
    let words = format!("{words}{options}");
    let words: Vec<_> = words.split_whitespace().collect();
    let run = workspace.command_after(limit, &words);
    let output = if options.contains("--sandbox") {
        run.output()
    } else {
        run.against(server).output()
    };
    (workspace, output)
}

fn slow() -> Server {
    Server::start(|request| Answer::echo(request).delay(std::time::Duration::from_millis(100)))
}

#[test]
fn a_soft_limit_of_open_files_is_raised_without_a_word() {
    let server = slow();
    let (_workspace, output) = send_after("ulimit -Sn 40", &server, "--rate 1000/s");
    assert_eq!(output.status, 0, "{output:#?}");
    assert!(!output.stderr.contains("ulimit"), "{output:#?}");
    assert_eq!(server.requests().len(), 100, "none is sent twice");
}

#[test]
fn a_hard_limit_of_open_files_makes_workers_fewer_and_says_so() {
    for (limit, options, told) in [
        (
            "ulimit -n 40",
            "",
            "only 40 files may be open (ulimit -n): using 8 workers instead of 48",
        ),
        (
            "ulimit -Sn 30; ulimit -Hn 50",
            "",
            "only 50 files may be open (ulimit -n): using 13 workers",
        ),
        (
            "ulimit -n 27",
            "",
            "only 27 files may be open (ulimit -n): using 1 worker instead",
        ),
        (
            "ulimit -n 72",
            "--sandbox",
            "only 72 files may be open (ulimit -n): using 12 workers",
        ),
    ] {
        let server = slow();
        let (workspace, output) = send_after(limit, &server, &format!("--rate 1000/s {options}"));
        assert_eq!(output.status, 0, "{limit}: {output:#?}");
        assert!(output.stderr.contains(told), "{told:?} in {output:#?}");
        if options.is_empty() {
            assert_eq!(server.requests().len(), 100, "{limit}: none is sent twice");
        }
        // A resume on another machine may use all that were asked for.
        assert!(workspace.read("out/run.json").contains("\"workers\": 48"));
    }
}

#[test]
fn workers_that_the_limit_made_fewer_are_not_asked_for_again() {
    let (server, options) = (slow(), "--rate 20/s --limit 30");
    let (_workspace, output) = send_after("ulimit -n 27", &server, options);
    let text = &output.stderr;
    assert!(text.contains("using 1 worker instead of 48"), "{text}");
    assert!(!text.contains("--workers"), "{text}");
}
