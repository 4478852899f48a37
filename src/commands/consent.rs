//! Asks on the terminal, in a way that a signal ends.

use std::io;

use crate::error::Error;
use crate::files::interruptible;
use crate::report::Log;
use crate::stop::Stop;

/// Asks `question`; anything but a yes declines.
pub(super) fn ask(question: &str, log: &Log, stop: &Stop) -> Result<(), Error> {
    log.ask(question).map_err(|_| Error::Declined)?;
    let read = || {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(line)
    };
    let answer = interruptible(read, stop).unwrap_or_default();
    let is_yes = ["y", "yes"].contains(&answer.trim().to_lowercase().as_str());
    if is_yes && !stop.is_set() {
        return Ok(());
    }
    if !answer.ends_with('\n') {
        // What comes next must not follow the question. A terminal that is gone needs no new line.
        let _ = log.ask("\n");
    }
    Err(Error::of_stop(stop).unwrap_or(Error::Declined))
}
