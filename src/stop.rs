//! The one flag that ends a command early, and waits that end with it.

use std::time::Instant;

use parking_lot::{Condvar, Mutex};

use crate::model::StopReason;

/// Set once, seen by everybody; the first reason stays.
#[derive(Debug, Default)]
pub struct Stop {
    reason: Mutex<Option<StopReason>>,
    changed: Condvar,
}

impl Stop {
    /// Asks everybody to stop.
    pub fn because(&self, reason: StopReason) {
        let mut current = self.reason.lock();
        if current.is_none() {
            *current = Some(reason);
            self.changed.notify_all();
        }
    }

    /// Why to stop, if so.
    #[must_use]
    pub fn reason(&self) -> Option<StopReason> {
        self.reason.lock().clone()
    }

    /// Whether to stop.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.reason.lock().is_some()
    }

    /// Waits until `deadline`, or until there is a reason to stop.
    pub fn wait_until(&self, deadline: Instant) {
        let mut reason = self.reason.lock();
        while reason.is_none() && !self.changed.wait_until(&mut reason, deadline).timed_out() {}
    }
}
