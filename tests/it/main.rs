//! What users and scripts rely on, shown through the binary.

mod answers;
mod config;
mod crashes;
mod credentials;
mod full_disk;
mod hostile_input;
mod hostile_server;
mod input;
mod ledger_model;
mod limits;
mod overlap;
mod pace;
mod preview;
mod properties;
mod readme;
mod reporting;
mod resuming;
mod run_directory;
mod schema;
mod schema_rows;
mod sending;
mod shells;
mod stopping;
mod support;
mod support_test;
mod validation;
