//! What the integration tests stand on: a Re:amaze that does as a test says, and the binary run in
//! a place of its own.
//!
//! Nothing here knows what the tool should do. [`server`] plays whatever [`answer`]s a test
//! scripts, broken ones included, and keeps every [`request`]; [`command`] starts the binary cut
//! off from the machine's settings and reads what it printed and wrote. Both together: [`rows`] for
//! what is sent of a file, [`sent`] for what comes of its rows, [`resumed`] for a run that was cut
//! short, [`online`] for a preview against an account, [`page`] for its HTML report. [`moving`] is an
//! account whose lists move, with [`generated`] conversations; [`selected`] is what a selection writes
//! of them. [`terminal`] plays the one before which somebody sits, [`sandbox`] asks the simulated
//! Re:amaze that the binary serves, and [`workbook`] packs workbooks.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a support that cannot do its part ends the test, with words"
)]

pub(crate) mod account;
pub(crate) mod answer;
pub(crate) mod command;
pub(crate) mod generated;
pub(crate) mod moving;
pub(crate) mod online;
pub(crate) mod page;
pub(crate) mod request;
pub(crate) mod resumed;
pub(crate) mod rows;
pub(crate) mod sandbox;
pub(crate) mod secrets;
pub(crate) mod selected;
pub(crate) mod sent;
pub(crate) mod server;
pub(crate) mod source_tree;
pub(crate) mod terminal;
pub(crate) mod tls;
pub(crate) mod workbook;
