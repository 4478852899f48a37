//! The binary, run in a directory of its own and cut off from the settings of the machine; and its
//! files, read back.
//!
//! Every run has a deadline, so a hanging binary fails its test instead of the whole suite. What
//! the files should hold is for the tests to say; here is only their form.

use std::ffi::{OsStr, OsString};
use std::fs::Permissions;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs};

use rustix::process::{Pid, kill_process};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use super::server::Server;
use super::terminal::OnTerminal;

pub(crate) use rustix::process::Signal;

/// How long one run of the binary may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is tested.
const BINARY: &str = env!("CARGO_BIN_EXE_reamaze-bulk");

/// How often a running binary is looked at.
const POLL: Duration = Duration::from_millis(2);

/// A fresh directory to run the binary in; it goes when this is dropped.
///
/// The home directory and the place for temporary files are beside it, so that nothing but what a
/// test or the binary writes is in it.
pub(crate) struct Workspace {
    root: TempDir,
    work: PathBuf,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        let work = root.path().join("work");
        for directory in ["work", "home", "runtime", "tmp"] {
            fs::create_dir(root.path().join(directory)).expect("a directory in a fresh one");
        }
        Self { root, work }
    }

    /// The directory in which the binary runs.
    pub(crate) fn path(&self) -> &Path {
        &self.work
    }

    /// The directory of all that a run can write by itself: [`Workspace::path`], the home directory
    /// and the place for temporary files.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// Writes a file, and the directories on the way to it; returns its absolute path. It is old enough
    /// for the binary to believe that nobody still writes to it.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.work.join(name);
        let parent = path.parent().expect("a file is in a directory");
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, bytes))
            // Whatever the umask: what others can write is not trusted.
            .and_then(|()| fs::set_permissions(&path, Permissions::from_mode(0o644)))
            .and_then(|()| fs::File::options().write(true).open(&path))
            .and_then(|file| file.set_modified(SystemTime::now() - Duration::from_mins(1)))
            .unwrap_or_else(|error| {
                panic!("{}: {error}", path.display());
            });
        path
    }

    /// Where the binary looks for its configuration.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.root
            .path()
            .join("home/.config/reamaze-bulk/config.toml")
    }

    /// Writes the configuration.
    pub(crate) fn configure(&self, config: &str) {
        self.configure_beside("config.toml", config);
    }

    /// Writes a file that the configuration names; returns its path.
    pub(crate) fn configure_beside(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        self.write(&format!("../home/.config/reamaze-bulk/{name}"), bytes)
    }

    /// The text of a file.
    pub(crate) fn read(&self, name: &str) -> String {
        read_text(&self.work.join(name))
    }

    /// The directories under `reamaze-runs` by name, unfinished ones included; none if there is no
    /// such directory.
    pub(crate) fn run_dirs(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.work.join("reamaze-runs")) else {
            return Vec::new();
        };
        let paths = entries.map(|entry| entry.expect("a readable directory").path());
        let mut directories: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
        directories.sort();
        directories
    }

    /// The binary with these arguments, ready to run here.
    pub(crate) fn command(&self, args: &[&str]) -> Run {
        self.isolated(process::Command::new(BINARY), args)
    }

    /// The same, by a shell that does `first` and then becomes the binary.
    pub(crate) fn command_after(&self, first: &str, args: &[&str]) -> Run {
        let mut shell = process::Command::new("sh");
        shell.args(["-c", &format!("{first}; exec \"$0\" \"$@\""), BINARY]);
        self.isolated(shell, args)
    }

    /// A script of the samples, which finds the binary on its path.
    pub(crate) fn sample(&self, script: &str, args: &[&str]) -> Run {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        let directory = Path::new(BINARY).parent().expect("a directory");
        let path = env::var_os("PATH").unwrap_or_default();
        let directories = env::split_paths(&path).collect::<Vec<_>>();
        let directories = [directory.to_owned()].into_iter().chain(directories);
        let path = env::join_paths(directories).expect("no colon in a path");
        let command = process::Command::new(samples.join(script));
        self.isolated(command, args).env("PATH", path)
    }

    fn isolated(&self, mut command: process::Command, args: &[&str]) -> Run {
        command.args(args).current_dir(&self.work);
        for (name, _) in env::vars_os().filter(|(name, _)| changes_the_binary(name)) {
            command.env_remove(name);
        }
        let home = self.root.path().join("home");
        command
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_STATE_HOME", home.join(".local/state"))
            .env("XDG_RUNTIME_DIR", self.root.path().join("runtime"))
            .env("TMPDIR", self.root.path().join("tmp"));
        Run {
            command,
            stdin: None,
            stdout: None,
            stderr: None,
        }
    }
}

/// Whether a variable of the machine would reach into a test. All others stay, for the tools that
/// measure coverage and the like use some.
fn changes_the_binary(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    let families = ["REAMAZE_", "XDG_", "CLICOLOR", "SSL_CERT_"]
        .iter()
        .any(|family| name.starts_with(family));
    // COLUMNS and LINES are what the help text is wrapped to. With CI, a dumb terminal has colors.
    families
        || name.ends_with("_PROXY")
        || ["NO_COLOR", "TERM", "CI", "COLUMNS", "LINES", "RUST_LOG"].contains(&name.as_str())
}

/// A run that has not started.
pub(crate) struct Run {
    command: process::Command,
    stdin: Option<Vec<u8>>,
    stdout: Option<Stdio>,
    stderr: Option<Stdio>,
}

impl Run {
    /// Points the binary at `server`, as `agent@example.com` with the token `test-token`.
    pub(crate) fn against(self, server: &Server) -> Self {
        self.env("REAMAZE_BASE_URL", server.base_url())
            .env("REAMAZE_EMAIL", "agent@example.com")
            .env("REAMAZE_API_TOKEN", "test-token")
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.command.env(name, value.into());
        self
    }

    /// What the binary reads from standard input; without this, nothing.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Where standard output goes; without this, to [`Output::stdout`].
    pub(crate) fn stdout(mut self, to: impl Into<Stdio>) -> Self {
        self.stdout = Some(to.into());
        self
    }

    /// Where standard error goes; without this, to [`Output::stderr`].
    pub(crate) fn stderr(mut self, to: impl Into<Stdio>) -> Self {
        self.stderr = Some(to.into());
        self
    }

    /// Runs it to its end on a terminal, where `typed` was typed beforehand; its exit status, and
    /// what the terminal shows.
    pub(crate) fn on_terminal(self, typed: &str) -> (i32, String) {
        self.start_on_terminal(typed).end()
    }

    /// The same, while it runs.
    pub(crate) fn start_on_terminal(self, typed: &str) -> OnTerminal {
        OnTerminal::start(self.command, typed)
    }

    /// Runs it to its end.
    pub(crate) fn output(self) -> Output {
        self.spawn().wait()
    }

    /// Starts it, and returns while it runs.
    pub(crate) fn spawn(mut self) -> Child {
        let stdin = if self.stdin.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        };
        self.command
            .stdin(stdin)
            .stdout(self.stdout.unwrap_or_else(Stdio::piped))
            .stderr(self.stderr.unwrap_or_else(Stdio::piped));
        let deadline = Instant::now() + PATIENCE;
        let mut process = Process::of(self.command.spawn().expect("the binary starts"));
        if let (Some(mut pipe), Some(bytes)) = (process.child.stdin.take(), self.stdin) {
            // On a thread, as the binary may print more than a pipe holds before it reads on. It
            // may also end without having read all: that is not an error here.
            thread::spawn(move || drop(pipe.write_all(&bytes)));
        }
        let stdout = process.child.stdout.take().map(Pipe::collect);
        let stderr = process.child.stderr.take().map(Pipe::collect);
        // It holds the child's end of a pipe for standard output, if there is one.
        drop(self.command);
        Child {
            process,
            stdout,
            stderr,
            deadline,
        }
    }
}

/// The binary while it runs. It is killed if this is dropped before [`Child::wait`].
pub(crate) struct Child {
    process: Process,
    stdout: Option<Pipe>,
    stderr: Option<Pipe>,
    deadline: Instant,
}

impl Child {
    /// Returns as soon as standard error holds `words`; fails the test if they do not come.
    pub(crate) fn wait_for_stderr(&self, words: &str) {
        let stderr = self.stderr.as_ref().expect("stderr is piped");
        stderr.wait_for(words, self.deadline);
    }

    /// What standard output holds as soon as it holds `words`; fails the test if they do not come.
    pub(crate) fn wait_for_stdout(&self, words: &str) -> String {
        let stdout = self.stdout.as_ref().expect("standard output is piped");
        stdout.wait_for(words, self.deadline)
    }

    /// Sends a signal. The process is not waited for before [`Child::wait`], so its number is still
    /// its own.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process.child), signal)
            .expect("a child can be sent a signal");
    }

    /// Whether it has ended by now.
    pub(crate) fn has_ended(&mut self) -> bool {
        let status = self.process.child.try_wait();
        status.expect("a child can be waited for").is_some()
    }

    /// The number of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.child.id()
    }

    /// Waits for the end, and for nothing that the process has left running; the exit status.
    pub(crate) fn status(mut self) -> i32 {
        let ended = self.process.end_by(self.deadline);
        number_of(ended.expect("the binary ends"))
    }

    /// Waits for the end, which comes by force 60 s after the start, and then fails the test.
    pub(crate) fn wait(mut self) -> Output {
        let ended = self.process.end_by(self.deadline);
        let status = ended.unwrap_or_else(|| self.process.kill());
        let output = Output {
            status: number_of(status),
            peak_bytes: self.process.peak_bytes,
            stdout: self.stdout.map(Pipe::whole).unwrap_or_default(),
            stderr: self.stderr.map(Pipe::whole).unwrap_or_default(),
        };
        assert!(
            ended.is_some(),
            "the binary still ran after {PATIENCE:?}; it had printed: {output:#?}"
        );
        output
    }
}

/// Kills what still runs when it is dropped, so that a failed test leaves no process behind.
struct Process {
    child: process::Child,
    peak_bytes: u64,
}

impl Process {
    fn of(child: process::Child) -> Self {
        Self {
            child,
            peak_bytes: 0,
        }
    }

    fn end_by(&mut self, deadline: Instant) -> Option<ExitStatus> {
        loop {
            self.note_peak();
            let status = self.child.try_wait().expect("a child can be waited for");
            if status.is_some() || Instant::now() >= deadline {
                return status;
            }
            thread::sleep(POLL);
        }
    }

    /// Linux only, and the last of it before the end: elsewhere it stays 0.
    fn note_peak(&mut self) {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).unwrap_or_default();
        let peak = status.lines().find_map(|line| {
            let kib = line.strip_prefix("VmHWM:")?.strip_suffix("kB")?;
            kib.trim().parse::<u64>().ok()
        });
        self.peak_bytes = peak.map_or(self.peak_bytes, |kib| kib << 10);
    }

    fn kill(&mut self) -> ExitStatus {
        self.child
            .kill()
            .and_then(|()| self.child.wait())
            .expect("a child can be killed")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Neither does anything to a child that was waited for.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What comes through a pipe, read while the binary runs, for one that nobody reads would stop it
/// once full.
struct Pipe {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Pipe {
    fn collect(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let collected = Arc::clone(&bytes);
        let reader = thread::spawn(move || {
            let mut chunk = [0; 16 * 1024];
            loop {
                match pipe.read(&mut chunk).expect("a pipe can be read") {
                    0 => return,
                    count => lock(&collected).extend_from_slice(&chunk[..count]),
                }
            }
        });
        Self { bytes, reader }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&lock(&self.bytes)).into_owned()
    }

    fn wait_for(&self, words: &str, deadline: Instant) -> String {
        loop {
            let is_all = self.reader.is_finished();
            let said = self.so_far();
            if said.contains(words) {
                return said;
            }
            assert!(
                !is_all && Instant::now() < deadline,
                "no {words:?} in: {said}"
            );
            thread::sleep(POLL);
        }
    }

    /// All of it, once the other side is closed.
    fn whole(self) -> String {
        self.reader.join().expect("a pipe can be read");
        String::from_utf8(lock(&self.bytes).clone()).expect("the binary prints UTF-8")
    }
}

fn lock(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes
        .lock()
        .expect("nothing panics while it holds the bytes")
}

/// The exit status, or the number of the signal that ended the process below zero: a process that
/// SIGINT ended (-2) is not one that took it and exited with 130.
fn number_of(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status
        .code()
        .or_else(|| status.signal().map(|signal| -signal))
        .expect("it exited or was ended by a signal")
}

/// How a run ended and what it printed.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit status; `-N` if signal N ended the process.
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The most memory that it held at once, as seen every few milliseconds.
    pub(crate) peak_bytes: u64,
}

/// A line of results.csv; the columns that are empty where nothing was sent are texts.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct LedgerLine {
    pub(crate) line: u64,
    pub(crate) slug: String,
    pub(crate) outcome: String,
    pub(crate) http_status: String,
    pub(crate) reasons: String,
    pub(crate) attempts: u64,
    pub(crate) elapsed_ms: String,
    pub(crate) finished_at: String,
}

/// The header line that scripts rely on.
const LEDGER_COLUMNS: [&str; 8] = [
    "line",
    "slug",
    "outcome",
    "http_status",
    "reasons",
    "attempts",
    "elapsed_ms",
    "finished_at",
];

/// The lines of results.csv, as they stand in the file.
pub(crate) fn ledger(run_dir: &Path) -> Vec<LedgerLine> {
    let text = read_text(&run_dir.join("results.csv"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(
        reader.headers().expect("a header line"),
        LEDGER_COLUMNS.as_slice(),
        "columns of results.csv"
    );
    let lines = reader
        .deserialize()
        .map(|line| line.unwrap_or_else(|error| panic!("results.csv: {error}\n{text}")));
    lines.collect()
}

/// The content of summary.json.
pub(crate) fn summary(run_dir: &Path) -> Value {
    let text = read_text(&run_dir.join("summary.json"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("summary.json: {error}\n{text}"))
}

/// The text of `failed.EXT`, if there is such a file.
pub(crate) fn failed(run_dir: &Path, ext: &str) -> Option<String> {
    let path = run_dir.join("failed").with_extension(ext);
    path.exists().then(|| read_text(&path))
}

fn read_text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
