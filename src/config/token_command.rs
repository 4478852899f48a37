//! A password manager's program -> the first line that it prints: the token.
//!
//! It is run without a shell. What it prints on standard error goes through, and it may ask on the
//! terminal; a signal ends the wait for it.

use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read as _, stdin};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, unbounded};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use crate::error::Error;
use crate::model::text::quoted;
use crate::stop::{NotReceived, Stop};

/// The longest token, in bytes, with what is around it.
pub(super) const MAX_TOKEN_BYTES: u64 = 4 << 10;

/// How long the program has to end by itself after a signal: one that asks for a password has a
/// terminal to put in order.
const GRACE: Duration = Duration::from_millis(500);

/// What may follow the first line, in bytes: a program that prints more does not print a token.
const MAX_MORE_BYTES: u64 = 1 << 20;

/// What happens to a program.
enum Event {
    /// It has printed a line, or the first part of one; nothing, if it closed its output.
    FirstLine(Vec<u8>),
    /// It has printed more than it may.
    TooMuch,
    /// It has ended, and can be waited for.
    Ended,
}

/// Runs the program; `place` says where it is configured.
pub(super) fn run(words: &[String], place: &str, stop: &Stop) -> Result<String, Error> {
    let program = words.first().map_or("", String::as_str);
    let line = first_line(program, words.get(1..).unwrap_or_default(), stop);
    line.and_then(token).map_err(|why| {
        let error = || Error::Usage(format!("{place}: {} {why}", quoted(program)));
        Error::from_stop(stop).unwrap_or_else(error)
    })
}

/// The first line; or what the program did instead of printing one.
fn first_line(program: &str, arguments: &[String], stop: &Stop) -> Result<Vec<u8>, String> {
    let cannot = |error: io::Error| format!("cannot be run: {error}");
    // Rows, or a script's own input, are not for the program to read.
    let input = if stdin().is_terminal() {
        Stdio::inherit()
    } else {
        Stdio::null()
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(input)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let events = watch(&mut child).map_err(cannot)?;
    let mut line = None;
    let status = loop {
        match stop.receive(&events) {
            Ok(Event::FirstLine(found)) => line = Some(found),
            Ok(Event::Ended) | Err(NotReceived::Disconnected) => {
                break child.wait().map_err(cannot)?;
            }
            Ok(Event::TooMuch) => {
                end(&mut child).map_err(cannot)?;
                return Err(
                    "printed more than 1 MiB (the token is expected on the first line)".into(),
                );
            }
            Err(NotReceived::Stopped) => {
                let end_of_grace = Instant::now() + GRACE;
                while events
                    .recv_deadline(end_of_grace)
                    .is_ok_and(|event| !matches!(event, Event::Ended))
                {}
                end(&mut child).map_err(cannot)?;
                return Err("was stopped".into());
            }
        }
    };
    if !status.success() {
        // Ctrl-C goes to the program as well: who was quicker does not matter.
        stop.wait_until(Instant::now() + GRACE);
        return Err(format!("failed ({status}) and printed no token"));
    }
    match line {
        Some(line) => Ok(line),
        // What the program has left running may hold its output open.
        None => match stop.receive(&events) {
            Ok(Event::FirstLine(line)) => Ok(line),
            Ok(_) | Err(NotReceived::Disconnected) => Ok(Vec::new()),
            Err(NotReceived::Stopped) => Err("was stopped".into()),
        },
    }
}

/// Watches the program, on threads that nobody has to wait for.
fn watch(child: &mut Child) -> io::Result<Receiver<Event>> {
    let (outbox, events) = unbounded();
    // The process is not reaped there: its number is taken until it is waited for.
    let process = Pid::from_child(child);
    let ended = outbox.clone();
    thread::Builder::new().spawn(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        let _ = rustix::io::retry_on_intr(|| waitid(WaitId::Pid(process), options));
        let _ = ended.send(Event::Ended);
    })?;
    let output = child.stdout.take();
    thread::Builder::new().spawn(move || {
        let Some(output) = output else { return };
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        // What cannot be read is not a token.
        let _ = output
            .by_ref()
            .take(MAX_TOKEN_BYTES)
            .read_until(b'\n', &mut line);
        let _ = outbox.send(Event::FirstLine(line));
        // A program that prints more must not fail for it.
        let more = io::copy(&mut output.by_ref().take(MAX_MORE_BYTES), &mut io::sink());
        if more.is_ok_and(|more| more == MAX_MORE_BYTES) {
            let _ = outbox.send(Event::TooMuch);
        }
    })?;
    Ok(events)
}

fn end(child: &mut Child) -> io::Result<ExitStatus> {
    child.kill()?;
    child.wait()
}

/// The token in that line.
fn token(line: Vec<u8>) -> Result<String, String> {
    if line.len() as u64 == MAX_TOKEN_BYTES {
        return Err("printed a line that is too long for a token".into());
    }
    let line = String::from_utf8(line).map_err(|_| "printed invalid UTF-8")?;
    match line.trim_start_matches('\u{feff}').trim() {
        "" => Err("printed no token (it is expected on the first line)".into()),
        token => Ok(token.to_owned()),
    }
}
