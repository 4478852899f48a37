//! A password manager's program -> the first line that it prints: the token.
//!
//! It is run without a shell. What it says on standard error goes through, and it may ask on the
//! terminal; a signal ends the wait for it.

use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read, stdin};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::model::text::quoted;
use crate::stop::Stop;

/// The longest token, in bytes, with what is around it.
pub(super) const MAX_TOKEN_BYTES: u64 = 4 << 10;

/// How long a wait goes on before it looks for a signal.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How long the program has to end by itself after a signal: one that asks for a password has a
/// terminal to put in order.
const GRACE: Duration = Duration::from_millis(500);

/// What may follow the first line, in bytes: a program that prints more does not print a token.
const MAX_MORE_BYTES: u64 = 1 << 20;

/// Runs the program; `place` says where it is configured.
pub(super) fn run(words: &[String], place: &str, stop: &Stop) -> Result<String, Error> {
    let (program, arguments) = words
        .split_first()
        .map_or(("", words), |(program, rest)| (program, rest));
    let failed =
        |why: &dyn std::fmt::Display| Error::Usage(format!("{place}: {} {why}", quoted(program)));
    let cannot = |error: io::Error| failed(&format_args!("cannot be run: {error}"));
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(input())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let is_endless = Arc::new(AtomicBool::new(false));
    let line = child
        .stdout
        .take()
        .map(|output| first_line(output, Arc::clone(&is_endless)))
        .transpose()
        .map_err(cannot)?;
    let status = wait(&mut child, &is_endless, stop).map_err(cannot)?;
    if is_endless.load(Ordering::Relaxed) {
        let why = "printed more than 1 MiB (the token is expected on the first line)";
        return Err(failed(&why));
    }
    if !status.success() {
        // Ctrl-C goes to the program as well: who was quicker does not matter.
        stop.wait_until(Instant::now() + GRACE);
    }
    if let Some(error) = Error::from_stop(stop) {
        return Err(error);
    }
    if !status.success() {
        return Err(failed(&format_args!("failed ({status}) and gave no token")));
    }
    let line = line
        .map(|line| received(&line, stop))
        .transpose()?
        .unwrap_or_default();
    if line.len() as u64 == MAX_TOKEN_BYTES {
        return Err(failed(&"printed a line that is too long for a token"));
    }
    let line = String::from_utf8(line).map_err(|_| failed(&"printed no text"))?;
    match line.trim_start_matches('\u{feff}').trim() {
        "" => Err(failed(
            &"printed no token (it is expected on the first line)",
        )),
        token => Ok(token.to_owned()),
    }
}

/// Rows, or a script's own input, are not for the program to read.
fn input() -> Stdio {
    if stdin().is_terminal() {
        Stdio::inherit()
    } else {
        Stdio::null()
    }
}

/// Reads the first line on a thread that nobody has to wait for.
fn first_line(
    output: impl Read + Send + 'static,
    is_endless: Arc<AtomicBool>,
) -> io::Result<Receiver<Vec<u8>>> {
    let (found, line) = channel();
    thread::Builder::new().spawn(move || {
        let mut output = BufReader::new(output);
        let mut first = Vec::new();
        // What cannot be read is no token.
        let _ = (&mut output)
            .take(MAX_TOKEN_BYTES)
            .read_until(b'\n', &mut first);
        let _ = found.send(first);
        // Whoever prints more must not fail for it.
        let more = io::copy(&mut output.take(MAX_MORE_BYTES), &mut io::sink());
        let is_cut_off = more.is_ok_and(|more| more == MAX_MORE_BYTES);
        is_endless.store(is_cut_off, Ordering::Relaxed);
    })?;
    Ok(line)
}

/// Waits for the program's end; one that prints without end is ended.
fn wait(child: &mut Child, is_endless: &AtomicBool, stop: &Stop) -> io::Result<ExitStatus> {
    let mut end = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let is_over =
            stop.is_set() && Instant::now() >= *end.get_or_insert_with(|| Instant::now() + GRACE);
        if is_over || is_endless.load(Ordering::Relaxed) {
            child.kill()?;
            return child.wait();
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// The line, once it is there: what the program has left running may hold its output open.
fn received(line: &Receiver<Vec<u8>>, stop: &Stop) -> Result<Vec<u8>, Error> {
    loop {
        match line.recv_timeout(LOOK_EVERY) {
            Ok(line) => return Ok(line),
            Err(RecvTimeoutError::Disconnected) => return Ok(Vec::new()),
            Err(RecvTimeoutError::Timeout) => Error::from_stop(stop).map_or(Ok(()), Err)?,
        }
    }
}
