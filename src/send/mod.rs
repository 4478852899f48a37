//! When the next request may go out: evenly spaced slots, shared pauses, and a rate that gives way
//! to a server that says 429. All but the gate itself is pure: it is told the time.

mod adaptive;
mod gate;
mod pacer;
mod rate;
mod slots;
mod suspect;
mod throttle;

pub(crate) use suspect::Suspects;
pub(crate) use throttle::{PATIENCE, Pause, too_long};

pub use adaptive::Adaptation;
pub use gate::Gate;
pub use rate::Rate;
