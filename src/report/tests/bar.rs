//! The bar, on a terminal of 80 columns.

use std::time::{Duration, Instant};

use indicatif::{InMemoryTerm, ProgressDrawTarget};

use super::super::bar::Bar;
use super::super::progress::Seen;
use super::super::style::Coloring;
use super::super::work::{Activity, Work};
use super::titled;
use crate::model::{
    Counters, Outcome, RateUnit, RequestRate, RowResult, SendCounts, Signal, Stall, StopReason,
};

const SECOND: Duration = Duration::from_secs(1);

/// A run of 50 rows at two requests a second of which 12 have finished, one of them rejected.
struct Run {
    seen: Seen,
    now: Instant,
}

impl Run {
    fn new(activity: Activity) -> Self {
        let work = Work {
            activity,
            rows: 50,
            to_send: SendCounts { rows: 50, reads: 0 },
            rate: RequestRate::new(120, RateUnit::Minute),
        };
        let mut now = Instant::now();
        let mut seen = Seen::new(work, now);
        for nth in 1..=12 {
            now += SECOND / 2;
            let outcome = if nth == 5 {
                Outcome::Rejected
            } else {
                Outcome::Updated
            };
            seen.count(&row(outcome), now);
            seen.tick(&counters(nth, now), now);
        }
        Self { seen, now }
    }

    /// What the terminal shows of it, with its escapes or without.
    fn screen(&self, stall: Option<&Stall>, coloring: Coloring) -> String {
        let (terminal, mut bar) = bar();
        self.seen.show(&mut bar, stall, self.now, coloring);
        match coloring {
            Coloring::On => String::from_utf8_lossy(&terminal.contents_formatted()).into_owned(),
            Coloring::Off => terminal.contents(),
        }
    }

    fn plain(&self) -> String {
        self.screen(None, Coloring::Off)
    }

    fn stopped(mut self, reason: StopReason, in_flight: u32) -> String {
        let (terminal, mut bar) = bar();
        self.seen.show(&mut bar, None, self.now, Coloring::Off);
        self.seen.stopping = Some(reason);
        self.seen.in_flight = in_flight;
        self.seen.show(&mut bar, None, self.now, Coloring::Off);
        terminal.contents()
    }
}

/// A terminal, and a bar of 50 rows on it.
fn bar() -> (InMemoryTerm, Bar) {
    let terminal = InMemoryTerm::new(4, 80);
    let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
    let bar = Bar::new(50, target);
    (terminal, bar)
}

fn row(outcome: Outcome) -> RowResult<'static> {
    RowResult {
        line: 2,
        slug: "a",
        outcome,
        http_status: Some(200),
        attempts: 1,
        elapsed_ms: Some(100),
        reasons: "",
        differs: false,
    }
}

fn counters(requests: u64, now: Instant) -> Counters {
    Counters {
        requests,
        last_sent: Some(now),
        ..Counters::default()
    }
}

#[test]
fn the_bar_fits_its_line_in_each_phase() {
    let run = || Run::new(Activity::Sending);
    let mut paused = run();
    paused.seen.estimate.pause(paused.now, 41 * SECOND);
    let stall = Stall::Retrying {
        cause: "cannot connect to the server: connection refused".into(),
        lasted: SECOND,
        attempt: 3,
        tries: 6,
    };
    let work = run().seen.work;
    let began = Run {
        seen: Seen::new(work, Instant::now()),
        now: Instant::now(),
    };
    let screens = [
        ("begun", began.plain()),
        ("sending", run().plain()),
        ("reading", Run::new(Activity::Reading).plain()),
        ("paused", paused.plain()),
        ("stalled", run().screen(Some(&stall), Coloring::Off)),
        (
            "stopping",
            run().stopped(StopReason::Signal(Signal::Interrupt), 3),
        ),
        (
            "stopping by another signal",
            run().stopped(StopReason::Signal(Signal::Terminate), 1),
        ),
        (
            "stopping by itself",
            run().stopped(StopReason::Limit, 65_535),
        ),
        ("stopped", run().stopped(StopReason::MaxDuration, 0)),
    ];
    insta::assert_snapshot!(titled(screens), @r"
    --- begun
                             0/50  --/min  -- left
    --- sending
    =====>                   12/50  120/min  19s left  11 updated, 1 rejected
    --- reading
    =====>                   12/50  120/min  19s left  11 would change, 1 rejected
    --- paused
    =====>                   12/50  pausing 41s  11 updated, 1 rejected
    --- stalled
    12/50  retrying (try 3 of 6): cannot connect to the server: connection refused
    --- stopping
    =>        stopping: waiting for 3 requests in flight (Ctrl-C again to abort)
    --- stopping by another signal
    =>        stopping: waiting for 1 request in flight (Ctrl-C to abort)
    --- stopping by itself
    =>        stopping: waiting for 65535 requests in flight (Ctrl-C twice to abort)
    --- stopped
    =>        stopping  11 updated, 1 rejected
    ");
}

#[test]
fn the_position_and_the_outcomes_are_of_the_same_moment() {
    let mut run = Run::new(Activity::Sending);
    let (terminal, mut bar) = bar();
    run.seen.show(&mut bar, None, run.now, Coloring::Off);
    for _ in 0..3 {
        run.seen.count(&row(Outcome::Updated), run.now);
    }
    bar.widget().tick();
    let shown = terminal.contents();
    assert!(
        shown.contains(" 12/50 ") && shown.contains(" 11 updated, 1 rejected"),
        "{shown}"
    );
    run.seen.show(&mut bar, None, run.now, Coloring::Off);
    bar.widget().tick();
    let shown = terminal.contents();
    assert!(
        shown.contains(" 15/50 ") && shown.contains(" 14 updated, 1 rejected"),
        "{shown}"
    );
}

#[test]
fn outcomes_are_colored_and_nothing_else() {
    let colored = Run::new(Activity::Sending).screen(None, Coloring::On);
    insta::assert_snapshot!(colored.escape_debug().to_string(), @r"=====>                   12/50  120/min  19s left  \u{1b}[32m11 updated\u{1b}[m, \u{1b}[31m1 rejected\u{1b}[m       \u{1b}[m");
}
