//! A page -> its file, which nobody else can read; and a word about what became of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::rows::Subjects;
use crate::files::{NewFile, NewFileError};
use crate::model::Shown as _;
use crate::report::{Log, Notice};

/// Writes the page to `path`, where nothing may be.
///
/// # Errors
/// When something is there, or it cannot be written.
pub fn write_new(path: &Path, html: &str) -> Result<(), NewFileError> {
    write(NewFile::create(path)?, html)
}

/// Writes the page in the place of the one that may be at `path`.
///
/// # Errors
/// When it cannot be written.
pub fn replace(path: &Path, html: &str) -> Result<(), NewFileError> {
    write(NewFile::replacing(path)?, html)
}

fn write(mut file: NewFile, html: &str) -> Result<(), NewFileError> {
    file.write_all(html.as_bytes())?;
    file.commit()
}

/// What `--report` asks for.
#[derive(Debug, Clone)]
pub struct ReportFile {
    /// Where the report is written.
    pub path: PathBuf,
    /// Whether it shows the subjects of conversations.
    pub subjects: Subjects,
}

impl ReportFile {
    /// Writes the page, or says why there is none. Its failure does not change what the command says of itself.
    pub fn write(&self, html: Result<String, String>, log: &Log) {
        let written =
            html.and_then(|html| write_new(&self.path, &html).map_err(|error| error.to_string()));
        let path = self.path.shown();
        match written {
            Ok(()) => log.report(&Notice::Note {
                message: &format!("report: {path}"),
            }),
            Err(why) => log.warning(&format!("--report {path}: not written: {why}")),
        }
    }

    /// Says that there is nothing to report.
    pub fn not_written(&self, why: &str, log: &Log) {
        let message = &format!("--report {}: not written: {why}", self.path.shown());
        log.report(&Notice::Note { message });
    }
}

impl AsRef<Path> for ReportFile {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}
