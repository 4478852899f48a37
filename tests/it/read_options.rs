//! `--read-first` and `--data-whole`: recorded, bound for a resume, and repeated in the commands that
//! a run suggests.

use serde_json::Value;

use super::support::answer::Answer;
use super::support::sent::{command, send_file};
use super::support::server::Server;

#[test]
fn a_resume_reads_as_the_run_was_started() {
    let server = Server::start(|_| Answer::text(404, ""));
    for (start, resume, status) in [
        ("--read-first", "", 1),
        ("--read-first", "--read-first", 1),
        ("", "--read-first", 2),
        ("--data-whole", "", 1),
        ("--data-whole", "--data-whole", 1),
        ("--read-first", "--data-whole", 2),
    ] {
        let rows = "slug,status\na,2\nb,2\n";
        let sent = send_file(&server, "rows.csv", rows, &format!("--limit 1 {start}"));
        sent.expect_status(4);
        let run_file = std::fs::read(sent.run_dir.join("run.json")).expect("a file");
        let run_file: Value = serde_json::from_slice(&run_file).expect("JSON");
        for (option, key) in [
            ("--read-first", "read_first"),
            ("--data-whole", "data_whole"),
        ] {
            assert_eq!(
                run_file["options"][key],
                option == start,
                "{start} {option}"
            );
        }
        let line = format!("run --resume out --yes {resume}");
        let output = command(&sent.workspace, &line).against(&server).output();
        assert_eq!(output.status, status, "{start}, {resume}: {output:#?}");
        if status == 2 {
            let words = format!("{resume} cannot be changed when a run is resumed");
            assert!(output.stderr.contains(&words), "{output:#?}");
        }
    }
}

#[test]
fn failed_rows_are_run_again_with_the_same_options() {
    let server = Server::start(|_| Answer::text(404, ""));
    let options = "--read-first --data-whole";
    let sent = send_file(&server, "rows.csv", "slug,data.x\na,1\n", options);
    sent.expect_status(1);
    let mut lines = sent.output.stderr.lines();
    let again = lines.find(|line| line.contains("failed.csv --"));
    assert!(
        again.is_some_and(|line| line.contains(options)),
        "{:#?}",
        sent.output
    );
}
