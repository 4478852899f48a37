//! The program: parses what was typed, runs one command, returns its exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    reamaze_bulk::commands::main(&std::env::args_os().collect::<Vec<_>>())
}
