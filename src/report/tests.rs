//! Snapshots of everything that `report` prints. After a deliberate change of a sentence,
//! `INSTA_UPDATE=always cargo test --lib report` writes them again.

mod account_pages;
mod bar;
mod documents;
mod events;
mod metrics;
mod notices;
mod pages;
mod plans;
mod questions;
mod states;
mod summaries;
mod undos;

use std::fmt::Write as _;

use super::*;
use crate::model::{
    CannotPutBack, Counts, Done, Outcome, Pace, Pass, ReasonRows, StopReason, Summary, Violation,
};

/// Texts under their titles, as one snapshot.
fn titled<T: AsRef<str>>(texts: impl IntoIterator<Item = (T, String)>) -> String {
    let mut all = String::new();
    for (title, text) in texts {
        let _ = writeln!(all, "--- {}\n{}", title.as_ref(), text.trim_end());
    }
    all
}

/// So many rows per outcome, in the order of [`Outcome::ALL`].
fn counts(rows: [u64; Outcome::ALL.len()]) -> Counts {
    let mut counts = Counts::default();
    for (outcome, rows) in Outcome::ALL.into_iter().zip(rows) {
        counts.add(outcome, rows);
    }
    counts
}

/// A run of 100 rows that went well.
fn good_run() -> Summary {
    let began = "2026-03-01T08:00:00Z".parse().ok();
    let ended = "2026-03-01T08:00:52.5Z".parse().ok();
    let pace = Pace {
        requests: 100,
        rate_reached: Some(1.98),
        ..Pace::default()
    };
    let pass = Pass {
        started_at: began,
        finished_at: ended,
        exit_status: Some(0),
        requests: Some(pace.requests),
        reads: Some(0),
        retries: Some(0),
        throttled: Some(0),
        rate_asked: Some(2.0),
        rate_reached: pace.rate_reached,
        ..Pass::default()
    };
    Summary {
        run_dir: Some("reamaze-runs/rows-20260301".into()),
        exit_status: Some(0),
        rows: 100,
        counts: counts([100, 0, 0, 0, 0, 0, 0, 0, 0]),
        pace: pace.clone(),
        rate_asked: Some(2.0),
        started_at: began,
        finished_at: ended,
        passes: vec![pass],
        command: Done {
            began,
            ended,
            sent: Some(pace),
        },
        ..Summary::default()
    }
}

/// What an undo leaves out on three conversations, on one of them all.
fn left_out() -> CannotPutBack {
    CannotPutBack {
        rows: 3,
        whole_rows: 1,
        reasons: vec![ReasonRows {
            reason: "was unassigned".into(),
            rows: 3,
        }],
    }
}

/// What a run that was left unfinished offers.
const NEXT: NextCommands<'static> = NextCommands {
    check: None,
    undo: None,
    resume: Some("reamaze-bulk run --resume reamaze-runs/rows-20260301"),
    resubmit: Some("reamaze-bulk run reamaze-runs/rows-20260301/failed.csv"),
    failed: "failed.csv",
};

/// What is wrong on that line.
fn violation(line: u64) -> Violation {
    Violation {
        line,
        field: "status".into(),
        message: "unknown status `nope`".into(),
    }
}

/// A reason for a run to stop, of each kind.
fn stop_reasons() -> Vec<StopReason> {
    use crate::model::Signal;
    vec![
        StopReason::Signal(Signal::Hangup),
        StopReason::Signal(Signal::Interrupt),
        StopReason::Signal(Signal::Terminate),
        StopReason::LoginRefused {
            message: "login refused (HTTP 401 Unauthorized): check email, token and brand".into(),
        },
        StopReason::Unreachable {
            message: "no such host: acme.reamaze.io".into(),
        },
        StopReason::LongPause {
            message: "the server asks for a pause of 1h".into(),
        },
        StopReason::TooManyDiffers {
            message: "20 of 20 updated rows differ, 18 like line 3 (status: asked for 2 (Done), the server shows 4)".into(),
        },
        StopReason::TooManyFailures {
            message: "51 of 100 rows failed".into(),
        },
        StopReason::DataReplaced {
            message: "late-parcel: data: the server has removed `plan`, which the update did not name"
                .into(),
        },
        StopReason::RunDirectoryGone {
            message: "out was removed or renamed".into(),
        },
        StopReason::Limit,
        StopReason::MaxDuration,
        StopReason::ServerDown {
            message: "20 consecutive rows without a definite answer (last: no answer within 30 s)".into(),
        },
        StopReason::FailingAlike {
            message: "5 consecutive rows failed in the same way (HTTP 400 Bad Request)".into(),
        },
        StopReason::WrongBrand {
            message: "none of the first conversations was found (HTTP 404 Not Found)".into(),
        },
        StopReason::InputUnreadable {
            error: "Input/output error (check the disk)".into(),
        },
        StopReason::LedgerUnwritable {
            error: "No space left on device (free disk space)".into(),
        },
        StopReason::Panicked,
    ]
}
