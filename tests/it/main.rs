//! What users and scripts rely on, shown through the binary.

#![expect(
    clippy::too_many_lines,
    reason = "a test with a table of cases is as long as the table"
)]

mod addresses;
mod answers;
mod architecture;
mod before_images;
mod catalog;
mod causes;
mod columns;
mod config;
mod contract;
mod conversations;
mod crashes;
mod credentials;
mod custom_fields;
mod damaged;
mod docs;
mod edited_ledger;
mod file_forms;
mod first_contact;
mod full_disk;
mod guards;
mod hostile_input;
mod hostile_server;
mod html_report;
mod input;
mod interrupts;
mod invisible;
mod joined_files;
mod ledger_model;
mod limits;
mod logs;
mod metrics;
mod nightly;
mod no_answer;
mod online_forms;
mod online_model;
mod online_plan;
mod online_preview;
mod online_sandbox;
mod online_shown;
mod online_stops;
mod open_files;
mod overlap;
mod ownership;
mod pace;
mod passes;
mod preview;
mod preview_page;
mod properties;

mod read_first;
mod read_options;
mod redaction;
mod reporting;
mod reread;
mod resume_order;
mod resuming;
mod retag_model;
mod run_directory;
mod sandbox;
mod sandbox_conversations;
mod sandbox_lists;
mod sandbox_runs;
mod schema;
mod schema_rows;
mod sending;
mod shells;
mod spreadsheets;
mod staging;
mod stopping;
mod support;
mod support_test;
mod tag_edits;
mod terminal;
mod throttling;
mod timeline;
mod undo;
mod undo_model;
mod unfinished_files;
mod unreachable;
mod validation;
mod watched;
