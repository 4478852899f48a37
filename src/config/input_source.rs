//! What was typed for INPUT -> where rows come from, and what that is called.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::files;
use crate::model::Shown as _;
use crate::model::text::head;

/// Where rows come from.
#[derive(Debug)]
pub enum InputSource {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// What undoes a run.
    Undo {
        /// The directory of that run.
        run: PathBuf,
        /// The rows, once they are made.
        rows: File,
    },
}

impl InputSource {
    /// What was typed for INPUT.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        if path == Path::new("-") {
            Self::Stdin
        } else {
            Self::File(path.to_owned())
        }
    }

    /// The input as the user named it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".into(),
            Self::File(path) => path.shown(),
            Self::Undo { run, .. } => format!("undo of {}", run.shown()),
        }
    }

    /// Where it is, for people: a path need not be text.
    pub(super) fn absolute(&self) -> String {
        match self {
            Self::Stdin => "-".into(),
            Self::File(path) => absolute(path),
            Self::Undo { run, .. } => format!("undo of {}", absolute(run)),
        }
    }

    /// The run that the rows undo, with its absolute path.
    pub(super) fn undo_of(&self) -> Option<String> {
        match self {
            Self::Stdin | Self::File(_) => None,
            Self::Undo { run, .. } => Some(absolute(run)),
        }
    }

    /// The name of a file without its ending.
    pub(super) fn stem(&self) -> String {
        match self {
            Self::Stdin => "stdin".into(),
            Self::File(path) => name(&path.file_stem().unwrap_or_default().to_string_lossy()),
            Self::Undo { run, .. } => {
                let run = files::absolute(run);
                let directory = run.file_name().unwrap_or_default().to_string_lossy();
                format!("undo-{}", name(without_time(&directory)))
            }
        }
    }
}

fn absolute(path: &Path) -> String {
    files::absolute(path).to_string_lossy().into_owned()
}

/// A part of the name of a run directory. One that began with a dot would hide the results, and with
/// the time behind it it must stay a name that file systems take.
fn name(stem: &str) -> String {
    head(stem.trim_start_matches('.'), 200).replace(char::is_control, "_")
}

/// The name of a run directory without the time, and the number, that were put behind it.
fn without_time(directory: &str) -> &str {
    let is_time = |text: &str| text.len() == 16 && text.ends_with('Z') && text.contains('T');
    let parts = directory.rsplit_once('-');
    let numbered = parts.filter(|(_, number)| number.parse::<u16>().is_ok());
    let timed = numbered.map_or(directory, |(timed, _)| timed);
    match timed.rsplit_once('-') {
        Some((stem, time)) if is_time(time) => stem,
        _ => directory,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_no_part_of_what_a_run_is_about() {
        for (directory, stem) in [
            ("rows-20261126T004319Z", "rows"),
            ("undo-more-rows-20261126T004319Z-2", "undo-more-rows"),
            ("out", "out"),
            ("rows-2", "rows-2"),
            ("rows-THE-LATEST-VERSIONZ", "rows-THE-LATEST-VERSIONZ"),
        ] {
            assert_eq!(without_time(directory), stem);
        }
    }
}
