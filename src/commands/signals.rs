//! Signals -> the one flag that ends a run; a second one ends the process.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::{flag, low_level};

use crate::exit;
use crate::model::{Signal, StopReason};
use crate::report::{Log, Notice};
use crate::stop::Stop;

/// How long the last words may take: nobody may read standard error.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// From now on, to the end of the process, the first signal sets `stop`, and a second one ends the
/// process at once, whatever its threads wait for.
pub(super) fn listen(stop: &Arc<Stop>, log: &Arc<Log>) -> io::Result<()> {
    let mut handled = vec![(SIGINT, Signal::Interrupt), (SIGTERM, Signal::Terminate)];
    if !is_hangup_ignored() {
        handled.push((SIGHUP, Signal::Hangup));
    }
    // A file size limit is to be an error of the write, not the end of the process.
    flag::register(SIGXFSZ, Arc::default())?;
    let mut signals = Signals::new(handled.iter().map(|(number, _)| *number))?;
    let (stop, log) = (Arc::clone(stop), Arc::clone(log));
    thread::Builder::new().spawn(move || {
        let mut is_second = false;
        for number in signals.forever() {
            let known = handled.iter().find(|(known, _)| *known == number);
            let Some((_, signal)) = known else { continue };
            if std::mem::replace(&mut is_second, true) {
                end_at_once(*signal, &log);
            }
            log.hurry();
            stop.because(StopReason::Signal(*signal));
        }
    })?;
    Ok(())
}

/// Ends the process. This thread waits for nobody: another may hold the log, or standard error, for
/// ever.
fn end_at_once(signal: Signal, log: &Arc<Log>) {
    let (done, is_done) = channel::<()>();
    let log = Arc::clone(log);
    let _ = thread::Builder::new().spawn(move || {
        let _done = done;
        log.hide_bar();
        log.report(&Notice::StoppedAtOnce {
            reason: &StopReason::Signal(signal),
        });
    });
    let _ = is_done.recv_timeout(LAST_WORDS);
    low_level::exit(i32::from(exit::from_signal(signal)));
}

/// Whether whoever started us (`nohup`) wants a hangup to be ignored. Where the system does not
/// show it, it is not.
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (SIGHUP - 1)) != 0)
}
