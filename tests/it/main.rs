//! What users and scripts rely on, shown through the binary.

mod answers;
mod credentials;
mod input;
mod preview;
mod properties;
mod readme;
mod reporting;
mod run_directory;
mod sending;
mod stopping;
mod support;
mod support_test;
mod validation;
