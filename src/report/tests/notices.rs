//! Notices of commands, as text and as JSON.

use std::time::Duration;

use jiff::Timestamp;

use super::super::work::{Activity, NamedCounts};
use super::super::{Notice, json};
use super::{NEXT, counts, good_run, left_out, violation};
use crate::model::{CannotPutBack, Counts, Signal, StopReason, Summary, Violation};

/// All but the plan, whose snapshots are beside its own tests.
fn all<'a>(
    violation: &'a Violation,
    counts: &'a Counts,
    figures: &'a CannotPutBack,
    reason: &'a StopReason,
    summary: &'a Summary,
) -> Vec<Notice<'a>> {
    vec![
        Notice::Error {
            exit_status: 2,
            message: "none.csv: no such file",
        },
        Notice::Warning {
            message: "--metrics m.prom: Permission denied",
        },
        Notice::Violation {
            file: "rows.csv",
            violation,
        },
        Notice::MoreViolations { count: 5 },
        Notice::Panic {
            message: "panicked at src/lib.rs:1:1: no",
        },
        Notice::Setting {
            message: "rate 120/m (default)",
        },
        Notice::NothingToDo {
            message: "rows.csv: no rows",
        },
        Notice::CannotPutBack {
            figures,
            text: "1 conversation cannot be fully restored:\n  assignee: was unassigned: 1\n",
        },
        Notice::Note {
            message: "not undone: side effects",
        },
        Notice::Listening { message: "ready" },
        served(Some(429)),
        served(None),
        Notice::Progress {
            rows: 1000,
            done: 90,
            counts: NamedCounts {
                activity: Activity::Sending,
                counts,
            },
            differs: 2,
            elapsed: Duration::from_millis(90_200),
        },
        Notice::Progress {
            rows: 100,
            done: 90,
            counts: NamedCounts {
                activity: Activity::Reading,
                counts,
            },
            differs: 0,
            elapsed: Duration::from_secs(30),
        },
        Notice::StoppedAtOnce { reason },
        Notice::Summary {
            summary,
            next: NEXT,
        },
    ]
}

fn served(http_status: Option<u16>) -> Notice<'static> {
    Notice::Served {
        time: "2026-03-01T08:00:00.000Z",
        method: "PUT",
        path: "/api/v1/conversations/a",
        http_status,
        took: Duration::from_millis(120),
    }
}

fn with_all(check: impl Fn(Vec<Notice<'_>>) -> String) -> String {
    let counts = counts([80, 0, 0, 4, 3, 2, 1, 0, 0]);
    let reason = StopReason::Signal(Signal::Interrupt);
    let figures = left_out();
    let violation = violation(8);
    check(all(&violation, &counts, &figures, &reason, &good_run()))
}

#[test]
fn each_notice_has_a_text() {
    let texts = with_all(|notices| {
        let lines = notices.iter().map(|notice| {
            let level = notice.level();
            format!("{level:?}: {}\n", notice.text().to_string().trim_end())
        });
        lines.collect()
    });
    insta::assert_snapshot!("notices_text", texts);
}

#[test]
fn each_notice_is_an_object_of_json() {
    let lines = with_all(|notices| {
        let line = |notice: &Notice<'_>| json::line(Timestamp::UNIX_EPOCH, notice.level(), notice);
        notices.iter().map(line).collect()
    });
    insta::assert_snapshot!("notices_json", lines);
}
