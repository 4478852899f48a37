//! The binary on a terminal: what somebody who types sees of it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// How long one run may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs the command with standard input and standard error on a terminal, where `typed` was typed
/// beforehand; its exit status, and what the terminal shows.
pub(crate) fn on_terminal(mut command: Command, typed: &str) -> (i32, String) {
    let flags = OpenptFlags::from_bits_retain((OFlags::RDWR | OFlags::NOCTTY).bits());
    let controller = openpt(flags).expect("a pseudo-terminal");
    grantpt(&controller)
        .and_then(|()| unlockpt(&controller))
        .expect("a terminal of our own");
    let name = ptsname(&controller, Vec::new()).expect("the name of a terminal");
    let path = Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
    let terminal = OpenOptions::new().read(true).write(true).open(path);
    let terminal = terminal.expect("a terminal");
    let mut screen = File::from(controller);
    screen.write_all(typed.as_bytes()).expect("typing");
    // A job without a terminal of its own has no TERM, and then there is no bar.
    command
        .env("TERM", "xterm")
        .stdin(terminal.try_clone().expect("the terminal"))
        .stderr(terminal)
        .stdout(Stdio::null());
    let mut child = command.spawn().expect("the binary starts");
    // It holds the terminal open.
    drop(command);
    let shown = thread::spawn(move || {
        let mut shown = Vec::new();
        // Once nobody has the terminal open, reading it is an error on some systems.
        let _ = screen.read_to_end(&mut shown);
        String::from_utf8_lossy(&shown).into_owned()
    });
    let status = end_of(&mut child);
    (status, shown.join().expect("what was shown"))
}

fn end_of(child: &mut Child) -> i32 {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = child.try_wait().expect("a child can be waited for");
        if let Some(code) = status.and_then(|status| status.code()) {
            return code;
        }
        if Instant::now() >= deadline {
            drop(child.kill());
            drop(child.wait());
            panic!("the binary still ran after {PATIENCE:?}");
        }
        thread::sleep(Duration::from_millis(2));
    }
}
