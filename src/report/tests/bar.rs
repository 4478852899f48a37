//! The bar, on a terminal of 80 columns.

use indicatif::{InMemoryTerm, ProgressDrawTarget};

use super::super::bar::{Bar, Phase};
use super::titled;
use crate::model::RateUnit;

/// What the terminal shows of a bar at row 12 of 50.
fn screen(phase: Phase, message: &str) -> String {
    let terminal = InMemoryTerm::new(4, 80);
    let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
    let mut bar = Bar::new(50, RateUnit::Minute, target);
    for _ in 0..12 {
        bar.advance();
    }
    bar.show(phase, message.into());
    terminal.contents()
}

#[test]
fn the_bar_fits_its_line_in_each_phase() {
    let cause = "retrying (try 3 of 6): cannot connect to the server: connection refused";
    let screens = [
        ("sending", screen(Phase::Sending, "11 updated, 1 rejected")),
        (
            "paused",
            screen(Phase::Paused, "pausing 41s  11 updated, 1 rejected"),
        ),
        (
            "stalled",
            screen(Phase::Stalled, &format!("{cause}  11 updated, 1 rejected")),
        ),
    ];
    insta::with_settings!({ filters => [(r"[\d.]+/min  \d+s left", "[rate]  [eta] left")] }, {
        insta::assert_snapshot!(titled(screens), @r"
        --- sending
        =====>                   12/50  [rate]  [eta] left  11 updated, 1 rejected
        --- paused
        =====>                   12/50  pausing 41s  11 updated, 1 rejected
        --- stalled
        12/50  retrying (try 3 of 6): cannot connect to the server: connection refused
        ");
    });
}
