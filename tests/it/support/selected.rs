//! `select` against an account -> the rows of its file.

use std::collections::BTreeMap;

use serde_json::Value;

use super::command::{Output, Run, Workspace};
use super::sent::command;
use super::server::Server;

/// `select` with these options, quickly unless they say otherwise.
pub(crate) fn select(workspace: &Workspace, server: &Server, options: &str) -> Run {
    let rate = if options.contains("--rate") {
        ""
    } else {
        "--rate 2000/s"
    };
    command(workspace, &format!("select {rate} {options}")).against(server)
}

/// Runs it into `out.jsonl`: how it ended, and the rows in their order.
pub(crate) fn selected(
    workspace: &Workspace,
    server: &Server,
    options: &str,
) -> (Output, Vec<Value>) {
    let output = select(workspace, server, &format!("-o out.jsonl {options}")).output();
    let rows = rows(workspace, "out.jsonl");
    (output, rows)
}

/// The rows of a JSONL file; none if there is no such file.
pub(crate) fn rows(workspace: &Workspace, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(workspace.path().join(name)).unwrap_or_default();
    let rows = text.lines().map(serde_json::from_str);
    rows.map(|row| row.expect("JSON in each line")).collect()
}

/// How often each slug occurs among rows.
pub(crate) fn counted(rows: &[Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        let slug = row["slug"].as_str().expect("a slug");
        *counts.entry(slug.to_owned()).or_default() += 1;
    }
    counts
}
