//! Operations -> their ends: every request passes the gate, what can be retried is retried with a
//! backoff, and a server that throttles is given a pause and a lower rate.

mod adaptive;
mod attempts;
mod backoff;
mod ending;
mod gate;
mod health;
mod limiter;
mod pacer;
mod postponement;
mod rate;
mod retries;
mod scope;
mod sender;
#[cfg(test)]
mod simulation;
mod stats;

pub use adaptive::Adaptation;
pub use attempts::{Attempts, Before, Login};
pub use ending::{Ending, MAY_BE_APPLIED, THOUGH_READ};
pub use gate::{Gate, Priority};
pub use rate::Rate;
pub use retries::Retries;
pub use sender::{Policy, Report, Sender, Step, Turn};
