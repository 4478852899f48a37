//! Puts the stages in order: rows are planned, due ones sent at the allowed pace, all recorded.

mod breaker;
mod check;
mod effects;
mod error;
mod evidence;
mod feeder;
mod mode;
mod plan;
mod prepared;
mod queue;
mod recorder;
mod row_end;
mod runner;
mod selection;
mod state;
mod steps;
mod supervision;
mod tally;
mod worker;

pub use breaker::{Brand, Known, RowLimits};
pub use check::{Check, CheckError, Findings, KeepViolations, Violations, columns};
pub use effects::{RowEffect, RowEffects};
pub use error::RunError;
pub use mode::RunMode;
pub use plan::{Planned, Planner};
pub use runner::Run;
pub use selection::Selection;
pub use state::{StateRead, StateRow, StateRows};
