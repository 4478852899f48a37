//! A file of rows -> what the binary says of it beforehand, and what it sends of it.
//!
//! Each call has a directory of its own; what should come out is for the tests to say.

use serde_json::Value;

use super::answer::Answer;
use super::command::{Output, Workspace};
use super::request::{Request, slug_in};
use super::server::Server;

/// What a dry run with `--json` says of a file.
#[derive(Debug)]
pub(crate) struct Preview {
    pub(crate) status: i32,
    pub(crate) stderr: String,
    pub(crate) document: Value,
}

/// Previews a file of that name.
pub(crate) fn preview(name: &str, content: impl AsRef<[u8]>, options: &[&str]) -> Preview {
    let workspace = Workspace::new();
    workspace.write(name, content);
    let words = [&["run", name, "--dry-run", "--json"], options].concat();
    Preview::of(workspace.command(&words).output())
}

/// Previews standard input.
pub(crate) fn preview_stdin(content: impl AsRef<[u8]>, options: &[&str]) -> Preview {
    let words = [&["run", "-", "--dry-run", "--json"], options].concat();
    let workspace = Workspace::new();
    let run = workspace.command(&words).stdin(content.as_ref());
    Preview::of(run.output())
}

impl Preview {
    fn of(output: Output) -> Self {
        let document = serde_json::from_str(&output.stdout).unwrap_or_else(|error| {
            panic!("not one JSON document: {error}: {output:?}");
        });
        Self {
            status: output.status,
            stderr: output.stderr,
            document,
        }
    }

    /// Every violation as `LINE: FIELD: MESSAGE`.
    pub(crate) fn violations(&self) -> Vec<String> {
        let violations = self.document["violations"].as_array().expect("an array");
        let told = violations.iter().map(|violation| {
            let [field, message] = ["field", "message"].map(|key| violation[key].as_str());
            let line = violation["line"].as_u64().expect("a number");
            format!(
                "{line}: {}: {}",
                field.expect("a name"),
                message.expect("a text")
            )
        });
        told.collect()
    }

    /// The lines on which the invalid rows start.
    pub(crate) fn invalid_lines(&self) -> Vec<u64> {
        let violations = self.document["violations"].as_array().expect("an array");
        let lines = violations
            .iter()
            .map(|violation| violation["line"].as_u64());
        lines.map(|line| line.expect("a number")).collect()
    }

    /// The first three requests, each as `LINE SLUG CONVERSATION`.
    pub(crate) fn rows(&self) -> Vec<String> {
        let samples = self.document["samples"].as_array().expect("an array");
        let told = samples.iter().map(|sample| {
            let slug = slug_in(sample["url"].as_str().expect("an address"));
            format!(
                "{} {slug} {}",
                sample["line"], sample["body"]["conversation"]
            )
        });
        told.collect()
    }
}

/// What a run sent, to a server that does all that is asked for.
pub(crate) struct Sent {
    pub(crate) output: Output,
    /// In order of arrival, which is the order of the file.
    pub(crate) requests: Vec<Request>,
    /// Where it ran.
    pub(crate) workspace: Workspace,
}

/// Sends a file of that name.
pub(crate) fn send(name: &str, content: impl AsRef<[u8]>, options: &[&str]) -> Sent {
    let server = Server::start(Answer::echo);
    send_to(&server, name, content, options)
}

/// Sends a file of that name to `server`.
pub(crate) fn send_to(
    server: &Server,
    name: &str,
    content: impl AsRef<[u8]>,
    options: &[&str],
) -> Sent {
    let workspace = Workspace::new();
    workspace.write(name, content);
    let pace = ["--yes", "--rate", "100000/s", "--workers", "1"];
    let words = [&["run", name], &pace[..], options].concat();
    let output = workspace.command(&words).against(server).output();
    Sent {
        output,
        requests: server.requests(),
        workspace,
    }
}

impl Sent {
    /// Every request as `SLUG CONVERSATION`.
    pub(crate) fn rows(&self) -> Vec<String> {
        let told = self
            .requests
            .iter()
            .map(|request| format!("{} {}", request.slug, request.body["conversation"]));
        told.collect()
    }
}
