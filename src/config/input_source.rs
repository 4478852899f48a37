//! What was typed for INPUT -> where rows come from, and what that is called.

use std::path::{Path, PathBuf};

use crate::files;
use crate::model::Shown as _;
use crate::model::text::head;

/// Where rows come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputSource {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
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
        }
    }

    /// Where it is, for people: a path need not be text.
    pub(super) fn absolute(&self) -> String {
        match self {
            Self::Stdin => "-".into(),
            Self::File(path) => files::absolute(path).to_string_lossy().into_owned(),
        }
    }

    /// The name of a file without its ending.
    pub(super) fn stem(&self) -> String {
        match self {
            Self::Stdin => "stdin".into(),
            // A name that begins with a dot would hide the results.
            Self::File(path) => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                // A name with the time behind it must stay a name that file systems take.
                let stem = head(stem.trim_start_matches('.'), 200);
                stem.replace(char::is_control, "_")
            }
        }
    }
}
