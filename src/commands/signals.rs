//! Signals -> the one flag that ends a run.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::{self, JoinHandle};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::{Handle, Signals};

use crate::exit;
use crate::model::{Signal, StopReason};
use crate::pipeline::Stop;

/// Listens for signals until it is dropped.
pub(super) struct Listener {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// The first signal sets `stop`; a second one ends the process at once.
    pub(super) fn start(stop: &Arc<Stop>) -> io::Result<Self> {
        let mut handled = vec![(SIGINT, Signal::Interrupt), (SIGTERM, Signal::Terminate)];
        if !is_hangup_ignored() {
            handled.push((SIGHUP, Signal::Hangup));
        }
        let is_second = Arc::new(AtomicBool::new(false));
        for (number, signal) in &handled {
            // In this order: the flag is tested before the same signal sets it.
            flag::register_conditional_shutdown(
                *number,
                i32::from(exit::of_signal(*signal)),
                Arc::clone(&is_second),
            )?;
            flag::register(*number, Arc::clone(&is_second))?;
        }
        let mut signals = Signals::new(handled.iter().map(|(number, _)| *number))?;
        let handle = signals.handle();
        let stop = Arc::clone(stop);
        let thread = thread::spawn(move || {
            for number in signals.forever() {
                if let Some((_, signal)) = handled.iter().find(|(known, _)| *known == number) {
                    stop.because(StopReason::Signal(*signal));
                }
            }
        });
        Ok(Self {
            handle,
            thread: Some(thread),
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.handle.close();
        if let Some(thread) = self.thread.take() {
            // A listener that panicked has nothing left to tell.
            let _ = thread.join();
        }
    }
}

/// Whether whoever started us (`nohup`) wants a hangup to be ignored. Where the system does not
/// show it, it is not.
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (SIGHUP - 1)) != 0)
}
