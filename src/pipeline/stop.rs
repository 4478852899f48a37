//! The one flag that ends a run early, and waits that end with it.

use std::sync::{Condvar, Mutex};
use std::time::Instant;

use super::lock::lock;
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
        let mut current = lock(&self.reason);
        if current.is_none() {
            *current = Some(reason);
            self.changed.notify_all();
        }
    }

    /// Why to stop, if so.
    #[must_use]
    pub fn reason(&self) -> Option<StopReason> {
        lock(&self.reason).clone()
    }

    /// Whether to stop.
    #[must_use]
    pub fn is_set(&self) -> bool {
        lock(&self.reason).is_some()
    }

    /// Waits until `deadline`, or until there is a reason to stop.
    pub fn wait_until(&self, deadline: Instant) {
        let mut reason = lock(&self.reason);
        while reason.is_none() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            reason = match self.changed.wait_timeout(reason, left) {
                Ok((reason, _)) => reason,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }
}
