//! A browser without a window, driven by the `DevTools` protocol over pipes: what it fetches, runs and complains of, and
//! scripts in a world of their own beside the page.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long the browser may take for one answer.
const PATIENCE: Duration = Duration::from_mins(2);

/// Where a browser may be, beside the directories of `PATH`.
const ELSEWHERE: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// What it may be called.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// A browser that runs. It is killed when this is dropped.
pub(crate) struct Browser {
    process: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    last_id: u64,
    session: Option<String>,
    /// Events that came so far.
    pub(crate) events: Vec<Value>,
    /// What it stores.
    _profile: TempDir,
}

/// The browser of this machine: `CHROME_PATH`, or Chromium or Chrome where they usually are; but no snap.
pub(crate) fn installed() -> Option<PathBuf> {
    if let Some(path) = env::var_os("CHROME_PATH") {
        return Some(path.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let directories: Vec<_> = env::split_paths(&path).collect();
    let named = NAMES
        .iter()
        .flat_map(|name| directories.iter().map(move |path| path.join(name)));
    let elsewhere = ELSEWHERE.iter().map(PathBuf::from);
    named
        .chain(elsewhere)
        .find(|path| path.is_file() && !is_snap(path))
}

/// Whether it is started in a box in which it sees no temporary files.
fn is_snap(path: &Path) -> bool {
    let is_below = path
        .canonicalize()
        .is_ok_and(|path| path.starts_with("/snap"));
    let start = fs::File::open(path).and_then(|file| {
        let mut start = Vec::new();
        file.take(4096).read_to_end(&mut start).map(|_| start)
    });
    let start = start.unwrap_or_default();
    is_below || String::from_utf8_lossy(&start).contains("/snap/")
}

impl Browser {
    /// Starts the one at `path`, with an empty page.
    pub(crate) fn start(path: &Path) -> Self {
        let profile = tempfile::tempdir().expect("a temporary directory");
        let mut command = Command::new("sh");
        // The protocol is spoken over the descriptors 3 and 4.
        command.args([
            "-c",
            "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1",
            "sh",
        ]);
        command.arg(path).args([
            "--headless=new",
            "--remote-debugging-pipe",
            // The page is one of ours, and containers lack what the sandbox needs.
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--disable-extensions",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-default-apps",
            "--no-default-browser-check",
            "--password-store=basic",
            "--use-mock-keychain",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.arg("about:blank").env("HOME", profile.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the browser starts");
        let commands = process.stdin.take().expect("a pipe");
        let mut answers = process.stdout.take().expect("a pipe");
        let (sender, messages) = channel();
        thread::spawn(move || {
            let (mut buffer, mut chunk) = (Vec::new(), vec![0; 64 << 10]);
            while let Ok(count @ 1..) = answers.read(&mut chunk) {
                buffer.extend_from_slice(&chunk[..count]);
                while let Some(end) = buffer.iter().position(|byte| *byte == 0) {
                    let message: Vec<_> = buffer.drain(..=end).collect();
                    let message = serde_json::from_slice(&message[..end]).expect("JSON");
                    if sender.send(message).is_err() {
                        return;
                    }
                }
            }
        });
        let mut browser = Self {
            process,
            commands,
            messages,
            last_id: 0,
            session: None,
            events: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attached = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", &attached);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Network", "Log", "Runtime", "Debugger", "Audits"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    /// Calls a method of the protocol; its result.
    pub(crate) fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let sent = self.commands.write_all(format!("{message}\0").as_bytes());
        sent.expect("the browser listens");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = self.next(deadline, method);
            if message["id"] == self.last_id {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn next(&self, deadline: Instant, what: &str) -> Value {
        let left = deadline.saturating_duration_since(Instant::now());
        let message = self.messages.recv_timeout(left);
        message.unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Waits for an event of that name.
    fn wait_for(&mut self, name: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.events.iter().any(|event| event["method"] == name) {
            let message = self.next(deadline, name);
            self.events.push(message);
        }
    }

    /// Opens an address, with the events from then on.
    pub(crate) fn open(&mut self, address: &str) {
        self.events.clear();
        self.call("Page.navigate", &json!({ "url": address }));
        self.wait_for("Page.loadEventFired");
    }

    /// A window of that width, in pixels, in which a page is shown as on a `screen` or in `print`, `light` or `dark`.
    pub(crate) fn show(&mut self, width: u32, medium: &str, scheme: &str) {
        let metrics = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false,
        });
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
        let scheme = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let media = json!({ "media": medium, "features": scheme });
        self.call("Emulation.setEmulatedMedia", &media);
    }

    /// What a script comes to that runs beside the page: it sees its elements, not its variables.
    pub(crate) fn evaluate(&mut self, script: &str) -> Value {
        let tree = self.call("Page.getFrameTree", &json!({}));
        let frame = &tree["frameTree"]["frame"]["id"];
        let world = json!({ "frameId": frame, "worldName": "tests" });
        let world = self.call("Page.createIsolatedWorld", &world);
        let result = self.call(
            "Runtime.evaluate",
            &json!({
                "contextId": world["executionContextId"], "expression": script,
                "awaitPromise": true, "returnByValue": true,
            }),
        );
        let exception = &result["exceptionDetails"];
        assert!(exception.is_null(), "{exception:#}");
        result["result"]["value"].clone()
    }

    /// Takes a picture of the page, as far as it is not too long, if a directory for pictures is asked for.
    pub(crate) fn picture(&mut self, name: &str) {
        use base64::Engine as _;
        let Some(directory) = env::var_os("REPORT_PICTURES") else {
            return;
        };
        let size = self.call("Page.getLayoutMetrics", &json!({}))["cssContentSize"].clone();
        let height = size["height"].as_f64().unwrap_or_default().min(4000.0);
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1 });
        let picture = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.call("Page.captureScreenshot", &picture);
        let picture = picture["data"].as_str().expect("a picture");
        let picture = base64::engine::general_purpose::STANDARD.decode(picture);
        let path = Path::new(&directory).join(format!("{name}.png"));
        fs::write(path, picture.expect("base64")).expect("a picture is written");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
