//! Previews that read an account: the command, and what its document, its page and its server show.

use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::account::Account;
use super::command::{Output, Run, Workspace};
use super::sent::{command, tree};
use super::server::Server;

/// The preview of a file against the account, quickly unless `options` say otherwise.
pub(crate) fn online(workspace: &Workspace, name: &str, options: &str) -> Run {
    let rate = if options.contains("--rate") {
        ""
    } else {
        "--rate 5000/s"
    };
    let line = format!("run {name:?} --dry-run --online {rate} {options}");
    command(workspace, &line)
}

/// What a preview of a file shows: as a document, and as a page.
pub(crate) fn both(server: &Server, name: &str, rows: &str, options: &str) -> (Value, Output) {
    let workspace = Workspace::new();
    workspace.write(name, rows);
    let of = |more: &str| {
        let run = online(&workspace, name, &format!("{options} {more}"));
        run.against(server).output()
    };
    (document(&of("--json")), of(""))
}

/// A file with the same cells for each of these conversations.
pub(crate) fn csv(header: &str, slugs: &[impl AsRef<str>], cells: &str) -> String {
    let lines = slugs
        .iter()
        .map(|slug| format!("{},{cells}\n", slug.as_ref()));
    format!("{header}\n{}", lines.collect::<String>())
}

/// The one document on standard output; its exit status must be that of the process.
pub(crate) fn document(output: &Output) -> Value {
    let document: Value = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|error| panic!("not one JSON document: {error}: {output:#?}"));
    assert_eq!(document["exit_status"], output.status, "{output:#?}");
    document
}

/// The figure on the page that has just this name.
pub(crate) fn figure(page: &str, name: &str) -> Option<u64> {
    page.lines().find_map(|line| {
        let rest = line.trim().strip_prefix(name)?;
        rest.trim().parse().ok()
    })
}

/// `SLUG OUTCOME` of each row of a document, in its order.
pub(crate) fn outcomes(document: &Value) -> Vec<String> {
    let rows = document["online"]["rows"].as_array();
    let told = |row: &Value| {
        let [slug, outcome] = ["slug", "outcome"].map(|key| row[key].as_str().unwrap_or_default());
        format!("{slug} {outcome}")
    };
    rows.into_iter().flatten().map(told).collect()
}

/// The slugs of all requests, sorted; fails the test if one may change something.
pub(crate) fn reads(server: &Server) -> Vec<String> {
    let requests = server.requests();
    for request in &requests {
        assert_eq!(request.method, "GET", "{request:?}");
        assert!(request.raw_body.is_empty(), "{request:?}");
    }
    let mut slugs: Vec<_> = requests.into_iter().map(|request| request.slug).collect();
    slugs.sort();
    slugs
}

/// All that is in the workspace, but for what the program keeps of locks.
pub(crate) fn files(workspace: &Workspace) -> Vec<PathBuf> {
    let state = workspace.root().join("home/.local");
    let mut files = tree(workspace.root());
    files.retain(|path| !path.starts_with(&state));
    files
}

/// A server for the account that holds back its answers about `slug` until the test drops the sender.
///
/// Bind the two in this order, `let (server, release) = ...`: a failing test then releases first.
pub(crate) fn holding(account: &Arc<Account>, slug: &'static str) -> (Server, Sender<()>) {
    let (release, held) = channel();
    let (account, held) = (Arc::clone(account), Mutex::new(held));
    let server = Server::start(move |request| {
        if request.slug == slug {
            // The end of the other side is what is waited for.
            let _ = held.lock().expect("one waits at a time").recv();
        }
        account.answer(request)
    });
    (server, release)
}

/// The command that the page or the document prints for a plan, without its first word and with these
/// options.
pub(crate) fn applying(workspace: &Workspace, printed: &str, options: &str) -> Run {
    let words = shlex::split(printed).expect("words as a shell reads them");
    assert_eq!(words[0], "reamaze-bulk", "{printed}");
    let more = shlex::split(options).expect("words as a shell reads them");
    let words: Vec<_> = words[1..].iter().chain(&more).map(String::as_str).collect();
    workspace.command(&words)
}
