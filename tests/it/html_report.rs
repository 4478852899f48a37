//! `report` and `--report`: an HTML file about a run, made of its directory.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a step that fails fails the test"
)]

mod browser;
mod devtools;
mod runs;
