//! The binary on a terminal: what somebody who types sees of it.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// How long one run may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The binary while it runs, with standard input and standard error on a terminal. It is killed if this is
/// dropped before its end.
pub(crate) struct OnTerminal {
    child: Child,
    shown: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
    deadline: Instant,
}

impl OnTerminal {
    /// Starts the command where `typed` was typed beforehand.
    pub(super) fn start(mut command: Command, typed: &str) -> Self {
        let flags = OpenptFlags::from_bits_retain((OFlags::RDWR | OFlags::NOCTTY).bits());
        let controller = openpt(flags).expect("a pseudo-terminal");
        grantpt(&controller)
            .and_then(|()| unlockpt(&controller))
            .expect("a terminal of our own");
        let name = ptsname(&controller, Vec::new()).expect("the name of a terminal");
        let path = Path::new(OsStr::from_bytes(name.as_bytes()));
        let terminal = OpenOptions::new().read(true).write(true).open(path);
        let terminal = terminal.expect("a terminal");
        let mut screen = File::from(controller);
        screen.write_all(typed.as_bytes()).expect("typing");
        let names_kind =
            |(name, value): (&OsStr, Option<&OsStr>)| name == "TERM" && value.is_some();
        if !command.get_envs().any(names_kind) {
            command.env("TERM", "xterm");
        }
        command
            .stdin(terminal.try_clone().expect("the terminal"))
            .stderr(terminal)
            .stdout(Stdio::null());
        let child = command.spawn().expect("the binary starts");
        // It holds the terminal open.
        drop(command);
        let shown = Arc::default();
        Self {
            child,
            reader: Some(read(screen, Arc::clone(&shown))),
            shown,
            deadline: Instant::now() + PATIENCE,
        }
    }

    /// What the terminal has been sent so far.
    pub(crate) fn shown(&self) -> String {
        let shown = self.shown.lock().expect("what was shown");
        String::from_utf8_lossy(&shown).into_owned()
    }

    /// Returns once the terminal has been sent `text`.
    pub(crate) fn wait_for(&self, text: &str) {
        while !self.shown().contains(text) {
            let is_late = Instant::now() >= self.deadline;
            assert!(!is_late, "{text:?} is not shown: {:?}", self.shown());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process"), signal).expect("it still runs");
    }

    /// Waits for its end; its exit status, and what the terminal was sent.
    pub(crate) fn end(mut self) -> (i32, String) {
        loop {
            let status = self.child.try_wait().expect("a child can be waited for");
            if let Some(code) = status.and_then(|status| status.code()) {
                let reader = self.reader.take().expect("it is read once");
                reader.join().expect("what was shown");
                return (code, self.shown());
            }
            let is_late = Instant::now() >= self.deadline;
            assert!(!is_late, "the binary still ran after {PATIENCE:?}");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for OnTerminal {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Collects what the terminal is sent.
fn read(mut screen: File, shown: Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        // Once nobody has the terminal open, reading it is an error on some systems.
        while let Ok(read @ 1..) = screen.read(&mut bytes) {
            let mut shown = shown.lock().expect("one reads, one looks");
            shown.extend(&bytes[..read]);
        }
    })
}
