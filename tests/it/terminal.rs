//! What somebody who watches a run on a terminal sees: colors and the progress bar.

use std::sync::{Mutex, mpsc};

use super::support::answer::Answer;
use super::support::command::{Run, Signal, Workspace};
use super::support::sent::{command, done, holding, numbered};
use super::support::server::Server;

/// What switches colors off.
const PLAIN: [(&str, &str); 3] = [("NO_COLOR", "1"), ("CLICOLOR", "0"), ("TERM", "dumb")];

fn run(workspace: &Workspace, server: &Server, options: &str) -> Run {
    let line = format!("run rows.csv --yes --out out {options}");
    command(workspace, &line).against(server)
}

/// A workspace with these rows.
fn workspace(rows: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write("rows.csv", rows);
    workspace
}

/// Whether some text is colored, or bold.
fn is_styled(shown: &str) -> bool {
    let sequences = shown.split("\u{1b}[").skip(1);
    let mut ends = sequences.filter_map(|rest| {
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
            .chars()
            .next()
    });
    ends.any(|end| end == 'm')
}

#[test]
fn outcomes_are_colored_on_a_terminal_unless_that_is_switched_off() {
    let server = Server::start(|request| match request.slug.as_str() {
        "bad" => Answer::text(422, "no"),
        _ => Answer::echo(request),
    });
    let rows = done(&["a", "b", "bad"]);
    let on_terminal = |variable: (&str, &str)| {
        let workspace = workspace(&rows);
        let run = run(&workspace, &server, "").env(variable.0, variable.1);
        run.on_terminal("")
    };
    let (status, shown) = on_terminal(("LANG", "C"));
    assert_eq!(status, 1, "{shown}");
    let summary = "3 rows: \u{1b}[32m2 updated\u{1b}[0m, \u{1b}[31m1 rejected\u{1b}[0m";
    assert!(shown.contains(summary), "{shown:?}");
    for variable in PLAIN {
        let (_, shown) = on_terminal(variable);
        let summary = "3 rows: 2 updated, 1 rejected";
        assert!(shown.contains(summary), "{shown:?}");
        assert!(!is_styled(&shown), "{variable:?}: {shown:?}");
    }
    // Standard error is no terminal.
    let workspace = workspace(&rows);
    let output = run(&workspace, &server, "").output();
    assert!(!is_styled(&output.stderr), "{output:#?}");
}

#[test]
fn the_bar_colors_outcomes_and_keeps_to_plain_text_where_that_is_asked_for() {
    for (name, value) in [("LANG", "C"), ("NO_COLOR", "1")] {
        let (server, release) = holding("c");
        let workspace = workspace(&done(&["a", "b", "c"]));
        let run = run(&workspace, &server, "--rate 50/s").env(name, value);
        let run = run.start_on_terminal("");
        let updated = match name {
            "NO_COLOR" => "2 updated",
            _ => "\u{1b}[32m2 updated\u{1b}[0m",
        };
        run.wait_for(updated);
        drop(release);
        let (status, shown) = run.end();
        assert_eq!(
            (status, is_styled(&shown)),
            (0, name != "NO_COLOR"),
            "{shown:?}"
        );
    }
}

#[test]
fn errors_and_warnings_look_like_those_of_the_command_line() {
    const ERROR: &str = "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m ";
    let workspace = workspace("slug,status\na,2\n");
    for line in ["run none.csv --yes", "run --no-such-option", "nothing"] {
        let (_, shown) = command(&workspace, line).on_terminal("");
        assert!(shown.starts_with(ERROR), "{line}: {shown:?}");
        for (name, value) in PLAIN {
            let (_, shown) = command(&workspace, line).env(name, value).on_terminal("");
            assert!(shown.starts_with("error: "), "{line}: {shown:?}");
            assert!(!is_styled(&shown), "{line}, {name}: {shown:?}");
        }
        let told = command(&workspace, line).output().stderr;
        assert!(told.starts_with("error: ") && !is_styled(&told), "{told:?}");
    }
    let line = "run none.csv --yes --log-format json";
    let (_, shown) = command(&workspace, line).on_terminal("");
    assert!(shown.starts_with('{') && !is_styled(&shown), "{shown:?}");
    let server = Server::start(Answer::echo);
    let metrics = run(&workspace, &server, "--metrics out/m.prom");
    let (_, shown) = metrics.on_terminal("");
    assert!(shown.contains(ERROR), "{shown:?}");
}

#[test]
fn an_escape_in_foreign_text_reaches_no_terminal() {
    let hostile = "\u{1b}[2Jx";
    let workspace = workspace(&format!("slug,status\n{hostile},2\n"));
    for line in [
        "run rows.csv --sandbox".to_owned(),
        format!("run '{hostile}'"),
        format!("'{hostile}'"),
        format!("run rows.csv '--{hostile}'"),
        format!("run rows.csv '--rate={hostile}'"),
        format!("run rows.csv --rate '{hostile}'"),
        format!("run rows.csv '--progress={hostile}\nerror: forged'"),
    ] {
        let (_, shown) = command(&workspace, &line).on_terminal("");
        assert!(!shown.contains("\u{1b}[2J"), "{line:?}: {shown:?}");
        assert!(shown.contains("\\u{1b}[2Jx"), "{line:?}: {shown:?}");
        let forged = shown.lines().any(|line| line.starts_with("error: forged"));
        assert!(!forged, "{shown:?}");
    }
}

/// A server that answers about `a` and `b` when the test drops the sender of each.
fn holding_two() -> (Server, [mpsc::Sender<()>; 2]) {
    let [(release_a, a), (release_b, b)] = [mpsc::channel::<()>(), mpsc::channel()];
    let held = [("a", Mutex::new(a)), ("b", Mutex::new(b))];
    let server = Server::start(move |request| {
        let held = held.iter().find(|(slug, _)| *slug == request.slug);
        if let Some((_, held)) = held {
            // The end of the other side is what is waited for.
            let _ = held.lock().map(|held| held.recv());
        }
        Answer::echo(request)
    });
    (server, [release_a, release_b])
}

#[test]
fn the_bar_of_a_run_that_stops_counts_what_it_waits_for() {
    for (signal, status, abort) in [
        (Signal::INT, 130, "Ctrl-C again"),
        (Signal::TERM, 143, "Ctrl-C"),
    ] {
        let (server, [a, b]) = holding_two();
        let workspace = workspace(&done(&["a", "b", "c", "d"]));
        let run = run(&workspace, &server, "--workers 2 --rate 50/s").env("NO_COLOR", "1");
        let run = run.start_on_terminal("");
        server.wait_for_requests(2);
        run.signal(signal);
        let waiting =
            |requests| format!("stopping: waiting for {requests} in flight ({abort} to abort)");
        run.wait_for(&waiting("2 requests"));
        drop(a);
        run.wait_for(&waiting("1 request"));
        drop(b);
        let (found, shown) = run.end();
        assert_eq!(found, status);
        let (_, stopping) = shown.split_once("(Ctrl-C").unwrap_or_default();
        let (stopping, _) = stopping.split_once("4 rows: ").unwrap_or_default();
        assert!(!stopping.contains(" left"), "{stopping:?}");
        assert!(!stopping.contains("/s"), "{stopping:?}");
        assert_eq!(server.requests().len(), 2);
    }
}

#[test]
fn a_run_that_stops_by_itself_says_how_to_abort_it() {
    let (server, release) = holding("a");
    let workspace = workspace(&done(&["a", "b"]));
    let options = "--workers 1 --rate 50/s --max-duration 1s";
    let run = run(&workspace, &server, options).env("NO_COLOR", "1");
    let run = run.start_on_terminal("");
    run.wait_for("stopping: waiting for 1 request in flight (Ctrl-C twice to abort)");
    // Two of one kind that come together are one to the system; of two kinds, either may be seen first.
    run.signal(Signal::INT);
    run.signal(Signal::TERM);
    let (status, shown) = run.end();
    assert!([130, 143].contains(&status), "{status}: {shown:?}");
    drop(release);
}

#[test]
fn nothing_is_known_of_the_time_left_before_a_row_has_finished() {
    for (rate, unit) in [("120/min", "/min"), ("50/sec", "/s")] {
        let (server, release) = holding("row-0");
        let workspace = workspace(&done(&numbered("row-", 3)));
        let options = format!("--workers 1 --rate {rate}");
        let run = run(&workspace, &server, &options).start_on_terminal("");
        server.wait_for_requests(1);
        run.wait_for(&format!("0/3  --{unit}  -- left"));
        drop(release);
        let (status, shown) = run.end();
        assert_eq!(status, 0, "{shown:?}");
    }
}

/// The numbers in front of `unit`.
fn rates(shown: &str, unit: &str) -> Vec<f64> {
    let words = shown.split_whitespace();
    words
        .filter_map(|word| word.strip_suffix(unit)?.parse().ok())
        .collect()
}

#[test]
fn the_rate_shown_is_never_more_than_was_asked_for() {
    let server = Server::start(Answer::echo);
    let rows = numbered("row-", 40).join(",new\n");
    let workspace = workspace(&format!("slug,add_tags\n{rows},new\n"));
    let run = run(&workspace, &server, "--rate 20/s").env("NO_COLOR", "1");
    let (status, shown) = run.on_terminal("");
    assert_eq!(status, 0, "{shown:?}");
    let (bar, _) = shown.split_once("40 rows: ").unwrap_or_default();
    let rates = rates(bar, "/s");
    let most = rates.iter().copied().fold(0.0, f64::max);
    assert!(most > 0.0 && most <= 20.0, "{rates:?}");
}
