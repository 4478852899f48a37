//! Signals -> the one flag that ends a run.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::{flag, low_level};

use crate::exit;
use crate::model::{Signal, StopReason};
use crate::pipeline::Stop;
use crate::report::{Log, Notice};

/// Listens for signals until it is dropped.
pub(super) struct Listener {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// The first signal sets `stop`; a second one ends the process at once.
    pub(super) fn start(stop: &Arc<Stop>, log: &Arc<Log>) -> io::Result<Self> {
        let mut handled = vec![(SIGINT, Signal::Interrupt), (SIGTERM, Signal::Terminate)];
        if !is_hangup_ignored() {
            handled.push((SIGHUP, Signal::Hangup));
        }
        // A file size limit is to be an error of the write, not the end of the process.
        flag::register(SIGXFSZ, Arc::default())?;
        let mut signals = Signals::new(handled.iter().map(|(number, _)| *number))?;
        let handle = signals.handle();
        let (stop, log) = (Arc::clone(stop), Arc::clone(log));
        let thread = thread::Builder::new().spawn(move || {
            let mut is_second = false;
            for number in signals.forever() {
                let known = handled.iter().find(|(known, _)| *known == number);
                let Some((_, signal)) = known else { continue };
                let reason = StopReason::Signal(*signal);
                if std::mem::replace(&mut is_second, true) {
                    log.hide_bar();
                    log.tell(&Notice::StoppedAtOnce { reason: &reason });
                    low_level::exit(i32::from(exit::of_signal(*signal)));
                }
                stop.because(reason);
            }
        })?;
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
