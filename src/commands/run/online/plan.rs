//! Rows that would be changed -> the file of `--plan`: an input that makes just these changes, each with a
//! guard on what was reviewed. It appears whole or not at all, and replaces nothing.

use std::fs::File;
use std::io::{self, BufWriter, IntoInnerError, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::change::{NotShown, ReviewedRow};
use crate::commands::made_rows::MadeRows;
use crate::config::Settings;
use crate::error::Error;
use crate::files::{NewFile, NewFileError};
use crate::model::text::visible_json;
use crate::model::{BeforeImage, Shown as _, Update, Violation};
use crate::report::WrittenPlan;

/// A plan while it is written.
pub(super) struct PlanFile {
    path: PathBuf,
    /// Its content: until all of it is there, whatever ends the process leaves nothing behind.
    content: BufWriter<File>,
    rules: MadeRows,
    rows: u64,
    left_out: u64,
    left_out_reason: Option<String>,
}

impl PlanFile {
    /// Begins the plan that becomes the file at `path`.
    pub(super) fn new(path: &Path, settings: &Settings) -> io::Result<Self> {
        let terms = &settings.terms;
        Ok(Self {
            path: path.to_owned(),
            content: BufWriter::new(tempfile::tempfile()?),
            rules: MadeRows::new(terms.clock.now, terms.damaged),
            rows: 0,
            left_out: 0,
            left_out_reason: None,
        })
    }

    /// Adds a row that would be changed.
    pub(super) fn add(&mut self, update: &Update<'_>, image: &BeforeImage) -> io::Result<()> {
        match self.line(update, image) {
            Ok(line) => {
                self.rows += 1;
                self.content.write_all(line.as_bytes())
            }
            Err(why) => {
                self.left_out += 1;
                let reason = || format!("line {}: {why}", update.line);
                self.left_out_reason.get_or_insert_with(reason);
                Ok(())
            }
        }
    }

    /// The line of a row, or why there can be none.
    fn line(&self, update: &Update<'_>, image: &BeforeImage) -> Result<String, String> {
        let reviewed = ReviewedRow::new(update, &image.before);
        let reviewed = reviewed.map_err(|NotShown(field)| {
            format!("the account does not show {field}, so no guard can protect it")
        })?;
        let text = serde_json::to_string(&reviewed).map_err(|error| error.to_string())?;
        // What the account shows need not be what an input may have.
        let line = self.rules.line(update.line, text.clone(), |read| {
            let again = serde_json::to_value(ReviewedRow::unchanged(read));
            let meant = serde_json::from_str::<serde_json::Value>(&text);
            matches!((again, meant), (Ok(again), Ok(meant)) if again == meant)
        });
        // People look at it before they run it.
        line.map(|line| visible_json(&line).into_owned())
            .map_err(|violations| {
                let messages: Vec<_> = violations.iter().map(Violation::reason).collect();
                messages.join("; ")
            })
    }

    /// Rows that would be changed and are not in it.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Puts the file in its place.
    pub(super) fn commit(self, settings: &Settings) -> Result<WrittenPlan, Error> {
        let path = self.path;
        let written = written(self.content, &path);
        written.map_err(|error| not_written(&path, &error))?;
        Ok(WrittenPlan {
            file: path.shown(),
            rows: self.rows,
            left_out: self.left_out,
            left_out_reason: self.left_out_reason,
            command: settings.follow_up.applying(&path),
        })
    }
}

/// Checks that there can be a plan at `path`, before anything is read for it.
pub(super) fn check(path: &Path) -> Result<(), Error> {
    NewFile::check(path).map_err(|error| not_written(path, &error))
}

fn written(content: BufWriter<File>, path: &Path) -> Result<(), NewFileError> {
    let mut content = content.into_inner().map_err(IntoInnerError::into_error)?;
    content.rewind()?;
    let mut file = NewFile::create(path)?;
    io::copy(&mut content, &mut file)?;
    file.commit()
}

fn not_written(path: &Path, error: &NewFileError) -> Error {
    Error::Usage(format!("--plan {}: {error}", path.shown()))
}
