//! `--metrics`: what a run leaves for Prometheus.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]
#![expect(clippy::float_cmp, reason = "whole numbers, as they were written")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::support::answer::Answer;
use super::support::command::Workspace;
use super::support::request::Request;
use super::support::sent::{command, holding, send, start, to_out};
use super::support::server::Server;

/// Rejects `bad`, refuses the login of `login`.
fn mixed(request: &Request) -> Answer {
    match request.slug.as_str() {
        "bad" => Answer::json(422, &json!({"error": "no"})),
        "login" => Answer::text(401, ""),
        _ => Answer::echo(request),
    }
}

/// Samples by metric, and label of the outcome: `rows updated`. Every metric must have its help and
/// type before it, and every sample this name.
fn samples(text: &str, name: &str) -> BTreeMap<String, f64> {
    let mut samples = BTreeMap::new();
    let mut lines = text.lines();
    let mut family = String::new();
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (metric, help) = help.split_once(' ').expect("a help text");
            assert!(!help.is_empty());
            assert_eq!(lines.next(), Some(&*format!("# TYPE {metric} gauge")));
            metric.clone_into(&mut family);
            continue;
        }
        let labels = line.strip_prefix(&format!("{family}{{name=\"{name}\""));
        let (labels, value) = labels.expect(line).rsplit_once("} ").expect("a value");
        let metric = family.strip_prefix("reamaze_bulk_").expect("our prefix");
        let outcome = labels.strip_prefix(",outcome=").unwrap_or_default();
        let key = format!("{metric} {}", outcome.trim_matches('"'));
        let value = value.parse().expect("a number");
        assert_eq!(samples.insert(key.trim().to_owned(), value), None);
    }
    samples
}

#[test]
fn a_run_leaves_its_numbers_for_whoever_collects_them() {
    let server = Server::start(mixed);
    let sent = send(&server, &["a", "bad", "c"], "--metrics night.prom");
    sent.expect_status(1);
    let samples = samples(&sent.workspace.read("night.prom"), "night");
    let summary = sent.summary();
    for (outcome, rows) in summary["counts"].as_object().expect("counts") {
        assert_eq!(
            samples.get(&format!("rows {outcome}")).copied(),
            rows.as_f64()
        );
    }
    for (metric, field) in [
        ("differing_rows", "differs"),
        ("requests", "requests"),
        ("reads", "reads"),
        ("retries", "retries"),
        ("throttled", "throttled"),
        ("rate_asked_per_second", "rate_asked"),
        ("rate_reached_per_second", "rate_reached"),
        ("exit_status", "exit_status"),
    ] {
        // The last digit may be lost where either is read.
        let written = summary[field].as_f64().expect("a number");
        let difference = samples[metric] - written;
        assert!(difference.abs() < 1e-6, "{metric}: {difference}");
    }
    assert!(!samples.contains_key("limit_found_per_second"));
    let finished: jiff::Timestamp = summary["finished_at"]
        .as_str()
        .and_then(|time| time.parse().ok())
        .expect("a time");
    let completion = samples["last_completion_timestamp_seconds"];
    assert!((completion - finished.as_duration().as_secs_f64()).abs() < 0.01);
    assert!(samples["duration_seconds"] > 0.0);
    assert_eq!(samples["success"], 0.0);
    let path = sent.workspace.path().join("night.prom");
    let mode = path.metadata().expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    let names = fs::read_dir(sent.workspace.path()).expect("a directory");
    assert_eq!(names.count(), 3, "rows.csv, out, night.prom");
}

#[test]
fn metrics_are_replaced_whatever_the_exit_status() {
    let server = Server::start(mixed);
    let workspace = Workspace::new();
    for (status, rows, options) in [
        (0, "a,2\n", ""),
        (1, "bad,2\n", ""),
        (2, "a,2\n", "--brand a.b"),
        (3, "a,99\n", ""),
        (4, "a,2\nb,2\n", "--limit 1"),
        (6, "login,2\n", ""),
        (0, "", "--json -q"),
    ] {
        workspace.write("rows.csv", format!("slug,status\n{rows}"));
        let line = format!("run rows.csv --yes --rate 500/s --metrics m.prom {options}");
        let output = command(&workspace, &line).against(&server).output();
        assert_eq!(output.status, status, "{output:#?}");
        let samples = samples(&workspace.read("m.prom"), "m");
        assert_eq!(samples["exit_status"], f64::from(status));
        assert_eq!(samples["success"], f64::from(u8::from(status == 0)));
    }
    let resume = "run --resume latest --yes --rate 500/s --metrics m.prom";
    let output = command(&workspace, resume).against(&server).output();
    assert_eq!(output.status, 6, "{output:#?}");
    assert_eq!(samples(&workspace.read("m.prom"), "m")["exit_status"], 6.0);
}

#[test]
fn a_run_that_another_one_holds_up_has_metrics_too() {
    let (server, release) = holding("a");
    let run = start(&server, &["a"], "");
    server.wait_for_requests(1);
    let line = "run rows.csv --yes --metrics m.prom";
    let output = command(&run.workspace, line).against(&server).output();
    assert_eq!(output.status, 5, "{output:#?}");
    let samples = samples(&run.workspace.read("m.prom"), "m");
    assert_eq!(
        (samples["exit_status"], samples["rows updated"]),
        (5.0, 0.0)
    );
    drop(release);
    run.wait().expect_status(0);
}

#[test]
fn a_dry_run_writes_no_metrics() {
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,status\na,2\n");
    let run = command(&workspace, "run rows.csv --dry-run --metrics m.prom");
    assert_eq!(run.output().status, 0);
    assert!(!workspace.path().join("m.prom").exists());
}

#[test]
fn metrics_that_could_not_be_written_are_refused_before_anything_is_sent() {
    let server = Server::start(mixed);
    for (file, why) in [
        ("none/m.prom", "cannot create a file in none: no such file"),
        ("rows.csv/m.prom", "is a file, not a directory"),
        ("rows.csv", "is not replaced"),
        (".", "is not replaced"),
        ("/dev/null", "is not replaced"),
    ] {
        let sent = send(&server, &["a"], &format!("-q --metrics {file}"));
        sent.expect_status(2);
        let told = &sent.output.stderr;
        assert!(
            told.starts_with(&format!("error: --metrics {file}: ")),
            "{told}"
        );
        assert!(told.contains(why), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
        assert_eq!(sent.workspace.read("rows.csv"), "slug,status\na,2\n");
    }
    assert!(server.slugs().is_empty());
}

#[test]
fn metrics_that_can_no_longer_be_written_change_nothing_else() {
    let (server, release) = holding("a");
    let workspace = Workspace::new();
    workspace.write("collected/other", "");
    workspace.write("rows.csv", "slug,status\na,2\n");
    let run = to_out(&workspace, "rows.csv", "-q --metrics collected/m.prom");
    let run = run.against(&server).spawn();
    server.wait_for_requests(1);
    fs::remove_dir_all(workspace.path().join("collected")).expect("a directory");
    drop(release);
    let output = run.wait();
    assert_eq!(output.status, 0, "{output:#?}");
    let told = "warning: --metrics collected/m.prom: cannot create a file in collected: ";
    assert!(output.stderr.starts_with(told), "{output:#?}");
}
