//! Asks on the terminal, in a way that a signal ends.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::error::Error;
use crate::report::Log;
use crate::stop::Stop;

/// Asks `question`; anything but a yes declines.
pub(super) fn ask(question: &str, log: &Log, stop: &Stop) -> Result<(), Error> {
    log.ask(question).map_err(|_| Error::Declined)?;
    let (answers, answer) = mpsc::channel();
    // A read cannot be interrupted; the thread that hangs in it ends with the process.
    thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line).map(|_| line);
        let _ = answers.send(read.unwrap_or_default());
    });
    loop {
        if let Some(error) = Error::of_stop(stop) {
            end_line(log);
            return Err(error);
        }
        match answer.recv_timeout(Duration::from_millis(50)) {
            Ok(line) if ["y", "yes"].contains(&line.trim().to_lowercase().as_str()) => {
                return Ok(());
            }
            Ok(line) => {
                if !line.ends_with('\n') {
                    end_line(log);
                }
                return Err(Error::Declined);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => return Err(Error::Declined),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
    }
}

/// What comes next must not stand behind the question.
fn end_line(log: &Log) {
    // A terminal that has gone away needs no new line.
    let _ = log.ask("\n");
}
