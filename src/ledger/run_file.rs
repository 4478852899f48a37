//! `run.json`: what a run was asked for. Never the token.

use std::fs::File;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::files::{self, FileError, MAX_TEXT_BYTES};
use crate::input::{Format, Layout};
use crate::model::{
    Assignment, CannotPutBack, CatalogMode, Delimiter, RequestRate, RowLimit, Timeout, Workers,
    Zone,
};

/// The version of the format of a run directory. A program reads its own and older ones.
pub const FORMAT_VERSION: u32 = 2;

/// What a run was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunFile {
    /// The program's version.
    pub version: String,
    /// The version of the run directory's form.
    pub format_version: u32,
    /// When the run was started: RFC 3339, UTC.
    pub created_at: jiff::Timestamp,
    /// Who sends, and where to.
    pub account: RunAccount,
    /// What was read.
    pub input: RunInput,
    /// How.
    pub options: RunOptions,
}

/// Who sends, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAccount {
    /// The address of the API.
    pub base_url: String,
    /// The login.
    pub email: String,
}

/// What was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunInput {
    /// The input's absolute path, or `-`; of an undo, words that say of what.
    pub path: String,
    /// The absolute path of the run that is undone; not in runs from before there was an undo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_of: Option<String>,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Damaged texts of custom fields in its valid rows, which are sent as they are.
    #[serde(default)]
    pub damaged: u64,
    /// Of an undo, what it leaves out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cannot_put_back: Option<CannotPutBack>,
}

/// How rows were read and sent: options as they were typed or came by default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one switch of the command line"
)]
pub struct RunOptions {
    /// The input's format.
    pub format: Format,
    /// The character between cells; JSONL and workbooks have none.
    pub delimiter: Option<Delimiter>,
    /// The sheet of a workbook that has the rows; not in runs from before workbooks were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// `--timezone`.
    pub timezone: Option<Zone>,
    /// `--set`, one by one.
    pub set: Vec<Assignment>,
    /// `--map`, one by one; not in runs from before there was such an option.
    #[serde(default)]
    pub map: Vec<String>,
    /// `--ignore-unknown-columns`; not in runs from before there was such an option.
    #[serde(default)]
    pub ignore_unknown_columns: bool,
    /// `--skip-invalid`.
    pub skip_invalid: bool,
    /// `--allow-damaged`; not in runs from before there was such an option.
    #[serde(default)]
    pub allow_damaged: bool,
    /// `--read-first`; not in runs from before there was such an option.
    #[serde(default)]
    pub read_first: bool,
    /// `--data-whole`; not in runs from before there was such an option.
    #[serde(default)]
    pub data_whole: bool,
    /// `--rate`.
    pub rate: RequestRate,
    /// `--fixed-rate`; not in runs from before there was such an option.
    #[serde(default)]
    pub fixed_rate: bool,
    /// `--workers`.
    pub workers: Workers,
    /// `--timeout`, in seconds.
    pub timeout_s: Timeout,
    /// `--retries`.
    pub retries: u32,
    /// `--max-failures`.
    pub max_failures: RowLimit,
    /// `--max-differs`; not in runs from before there was such an option.
    #[serde(default)]
    pub max_differs: Option<RowLimit>,
    /// `--catalog`; not in runs from before there was such an option.
    #[serde(default)]
    pub catalog: CatalogMode,
    /// Whether answers are compared.
    pub verify: bool,
    /// Whether the run went to a sandbox of its own, which is gone.
    pub sandbox: bool,
}

impl RunOptions {
    /// How the private copy of the input is written down.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout {
            format: self.format,
            delimiter: self.delimiter.map_or(b',', Delimiter::byte),
            sheet: self.sheet.clone(),
        }
    }
}

impl RunFile {
    /// The name of the file.
    pub const NAME: &'static str = "run.json";

    /// Reads the one in `directory`.
    ///
    /// # Errors
    /// When it cannot be read, is not this user's own, or is of a newer form than this program knows.
    pub fn read(directory: &Path) -> Result<Self, RunFileError> {
        #[derive(Deserialize)]
        struct Version {
            format_version: u32,
        }
        files::open_directory(directory).map_err(RunFileError::Directory)?;
        let text = files::open_own(&directory.join(Self::NAME), File::options().read(true))
            .and_then(|file| files::text(file, MAX_TEXT_BYTES))
            .map_err(RunFileError::File)?;
        let Version { format_version } = serde_json::from_str(&text)?;
        if format_version > FORMAT_VERSION {
            return Err(RunFileError::Newer(format_version));
        }
        Ok(serde_json::from_str(&text)?)
    }
}

/// Why the file of a run cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RunFileError {
    /// The run directory cannot be used.
    #[error(transparent)]
    Directory(FileError),
    /// The file in it cannot be used.
    #[error("{name} {0}", name = RunFile::NAME)]
    File(FileError),
    /// The file is damaged, or not from this program.
    #[error("{name} is damaged: {0}", name = RunFile::NAME)]
    Damaged(#[from] serde_json::Error),
    /// A newer version of the program made it.
    #[error(
        "it was created by a newer reamaze-bulk (format {0}; this version reads up to {FORMAT_VERSION}: update reamaze-bulk)"
    )]
    Newer(u32),
}

impl RunFileError {
    /// What is wrong with the directory or the file.
    #[must_use]
    pub fn file(&self) -> Option<&FileError> {
        match self {
            Self::Directory(error) | Self::File(error) => Some(error),
            Self::Damaged(_) | Self::Newer(_) => None,
        }
    }

    /// Whether another user can have written it.
    #[must_use]
    pub fn is_untrusted(&self) -> bool {
        self.file().is_some_and(FileError::is_untrusted)
    }
}
