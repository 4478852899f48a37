//! Puts the stages in order: rows are planned, due ones sent at the allowed pace, all recorded.

mod check;
mod contact;
mod feeder;
mod job;
mod plan;
mod recorder;
mod retry;
mod runner;
mod verdict;
mod watch;
mod worker;

pub use check::{Check, CheckError, Findings, KeepViolations, Violations, columns};
pub use plan::{Planned, Planner};
pub use retry::Retries;
pub use runner::{Run, RunError};
pub use watch::{Brand, Known, Login};
