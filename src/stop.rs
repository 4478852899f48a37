//! The one flag that ends a command early, and waits that end with it.

use std::convert::Infallible;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded, select_biased};
use parking_lot::Mutex;

use crate::model::StopReason;

/// Set once, seen by everybody; the first reason stays.
#[derive(Debug)]
pub struct Stop {
    reason: Mutex<Option<StopReason>>,
    /// Dropped with the first reason, which ends every wait for `stopped`.
    running: Mutex<Option<Sender<Infallible>>>,
    stopped: Receiver<Infallible>,
}

/// Why no message was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReceived {
    /// There is a reason to stop.
    Stopped,
    /// Nobody is left to send one.
    Disconnected,
}

impl Default for Stop {
    fn default() -> Self {
        let (running, stopped) = bounded(0);
        Self {
            reason: Mutex::default(),
            running: Mutex::new(Some(running)),
            stopped,
        }
    }
}

impl Stop {
    /// Asks everybody to stop.
    pub fn because(&self, reason: StopReason) {
        let mut current = self.reason.lock();
        if current.is_none() {
            *current = Some(reason);
            self.running.lock().take();
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
        // Nothing is ever sent: the wait ends with the sender, or in time.
        let _ = self.stopped.recv_deadline(deadline);
    }

    /// Waits for a message, or until there is a reason to stop.
    ///
    /// # Errors
    /// Why there is no message.
    pub fn receive<T>(&self, inbox: &Receiver<T>) -> Result<T, NotReceived> {
        select_biased! {
            recv(self.stopped) -> _ => Err(NotReceived::Stopped),
            recv(inbox) -> message => message.map_err(|_| NotReceived::Disconnected),
        }
    }

    /// The same until `deadline`; `None` where that comes first.
    ///
    /// # Errors
    /// Why there is no message.
    pub fn receive_by<T>(
        &self,
        inbox: &Receiver<T>,
        deadline: Instant,
    ) -> Result<Option<T>, NotReceived> {
        select_biased! {
            recv(self.stopped) -> _ => Err(NotReceived::Stopped),
            recv(inbox) -> message => message.map(Some).map_err(|_| NotReceived::Disconnected),
            default(deadline.saturating_duration_since(Instant::now())) => Ok(None),
        }
    }
}
