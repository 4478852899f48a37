//! Change thousands of Re:amaze conversations from one file, and account for every row.
//!
//! A row travels one way, and becomes more certain with every stage:
//!
//! ```text
//! bytes --input--> Row --validate--> Update --send--> Ending --pipeline--> Record --ledger--> disk
//!                       \--> Violations
//! ```
//!
//! A row that is read first passes `send` more than once: what the conversation shows decides, in
//! [`change`], what of the `Update` is sent; and what that replaces is on disk before.
//!
//! Dependencies point downwards only. [`model`] is the vocabulary: plain data that imports nothing
//! of ours. The stages above it do not know each other, save that [`pipeline`] puts them in order, and
//! [`api`] asks [`change`] whether an answer shows what was asked for; [`commands`] wires a command
//! together, and [`report`] is the only code that prints.
//!
//! ```text
//! main     -> commands
//! commands -> everything
//! config   -> api, catalog, cli, error, files, input, ledger, model, report, send, stop, validate    what was typed, resolved
//! cli      -> exit, input, model, report    what was typed
//! error    -> exit, input, ledger, model, pipeline, stop    why a command came to nothing
//! exit     -> model
//! pipeline -> api, catalog, change, input, ledger, model, send, stop, validate
//! send     -> api, model, stop
//! ledger   -> files, input, model    the private copy is read again
//! report   -> files, model
//! api      -> change, model
//! validate -> catalog, model
//! catalog  -> files, model
//! files    -> model, stop
//! change | input -> model
//! stop     -> model
//! sandbox | model -> nothing
//! ```

pub mod api;
pub mod catalog;
pub mod change;
pub mod cli;
pub mod commands;
pub mod config;
pub mod error;
pub mod exit;
pub mod files;
pub mod input;
pub mod ledger;
pub mod model;
pub mod pipeline;
pub mod report;
pub mod sandbox;
pub mod send;
pub mod stop;
pub mod validate;
