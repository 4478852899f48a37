//! When the next request may go out: a rate limiter, pauses that all workers share, and a rate that
//! adapts to a server that answers 429. All but the gate itself is pure: the caller passes the time.

mod adaptive;
mod backoff;
mod gate;
mod limiter;
mod pacer;
mod rate;
mod scope;
#[cfg(test)]
mod simulation;

pub(crate) use backoff::{PATIENCE, Pause, too_long};
pub(crate) use scope::ThrottleScope;

pub use adaptive::Adaptation;
pub use gate::Gate;
pub use rate::Rate;
