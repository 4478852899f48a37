//! `summary.json` of the passes before -> what only it knows of them. It may be missing or damaged:
//! a person can edit it, and all else in it follows from the ledger.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;

use serde::Deserialize;

use super::RunDirectory;
use crate::files::{self, FileError};
use crate::model::{Counts, Outcome, Pass};

/// The most that is read of it, in bytes.
const MAX_BYTES: u64 = 4 << 20;

/// What it records of the passes before.
#[derive(Debug, Default)]
pub struct PastPasses {
    /// The passes.
    pub passes: Vec<Pass>,
    /// Rows per outcome, when it was written.
    pub counts: Counts,
    /// Why the last pass could not finish, in words.
    pub error: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document {
    passes: Vec<Pass>,
    counts: BTreeMap<String, u64>,
    error: Option<String>,
    /// From a version that did not separate passes: the run as one of them.
    #[serde(flatten)]
    whole: Pass,
}

impl PastPasses {
    /// Reads it; `None` if there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is damaged.
    pub fn read(directory: &RunDirectory) -> Result<Option<Self>, FileError> {
        let text = match text(&directory.summary()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text?,
        };
        let document: Document = serde_json::from_str(&text).map_err(FileError::Json)?;
        let mut counts = Counts::default();
        for outcome in Outcome::ALL {
            let rows = document.counts.get(outcome.name()).copied();
            counts.add(outcome, rows.unwrap_or_default());
        }
        let mut passes = document.passes;
        if passes.is_empty() && document.whole.started_at.is_some() {
            passes.push(document.whole);
        }
        Ok(Some(Self {
            passes,
            counts,
            error: document.error,
        }))
    }
}

fn text(path: &Path) -> Result<String, FileError> {
    let file = files::open_own(path, File::options().read(true))?;
    files::text(file, MAX_BYTES)
}
