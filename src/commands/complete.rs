//! `__complete`: what a shell may offer as the value of an option -> a line each. Reads names only,
//! never a credential, and prints nothing where there is nothing to offer.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::config::profile_names;
use crate::ledger::{RunDirectory, Runs};
use crate::model::zones;
use crate::report;

/// Prints what may follow the first of these words, an option; the others are what was typed.
pub(super) fn complete(words: &[OsString]) -> io::Result<()> {
    let (option, typed) = words.split_first().unzip();
    let option = option
        .and_then(|option| option.to_str())
        .unwrap_or_default();
    let found = match option {
        "--resume" => runs(Vec::new()),
        "report" => runs(found_runs().rehearsals),
        "--profile" => profile_names(config(typed.unwrap_or_default()).as_deref()),
        "--timezone" => zones().collect(),
        _ => Vec::new(),
    };
    // Whatever else a name may hold, it is one line.
    let lines = found.iter().filter(|name| !name.contains(char::is_control));
    let lines: Vec<_> = lines.map(String::as_str).chain([""]).collect();
    report::print(lines.join("\n"))
}

fn found_runs() -> Runs {
    RunDirectory::runs().unwrap_or_default()
}

/// `latest`, and the runs that can be resumed and `more`, the newest first.
fn runs(more: Vec<(Timestamp, PathBuf)>) -> Vec<String> {
    let mut runs = [found_runs().resumable, more].concat();
    runs.sort_by(|a, b| b.cmp(a));
    let latest = (!runs.is_empty()).then(|| "latest".to_owned());
    let runs = runs.iter().map(|(_, path)| path.display().to_string());
    latest.into_iter().chain(runs).collect()
}

/// The configuration file that was typed.
fn config(typed: &[OsString]) -> Option<PathBuf> {
    let typed: Vec<_> = typed.iter().filter_map(|word| word.to_str()).collect();
    let at = typed.iter().position(|word| word.starts_with("--config"))?;
    // Bash takes `--config=PATH` for three words.
    let rest = typed[at..].iter().flat_map(|word| word.split('='));
    let path = rest.skip(1).find(|word| !word.is_empty())?;
    // Words come as they were typed.
    match (path.strip_prefix("~/"), env::home_dir()) {
        (Some(below), Some(home)) => Some(home.join(below)),
        _ => Some(PathBuf::from(path)),
    }
}
