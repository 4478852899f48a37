//! Rows that would be changed -> the file of `--plan`: an input that makes just these changes, each with a
//! guard on what was reviewed. It appears whole or not at all, and replaces nothing.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::change::{NotShown, ReviewedRow};
use crate::config::Settings;
use crate::error::Error;
use crate::files::{NewFile, NewFileError};
use crate::input::MAX_RECORD_BYTES;
use crate::model::text::visible_json;
use crate::model::{BeforeImage, Content, Row, Shown as _, Update, Violation};
use crate::report::WrittenPlan;
use crate::validate::{Clock, Columns, Draft, Rules, Terms};

/// A plan while it is written.
pub(super) struct PlanFile {
    path: PathBuf,
    /// Its new content, or why it cannot be written.
    file: Result<NewFile, NewFileError>,
    rules: Rules,
    rows: u64,
    left_out: u64,
    left_out_reason: Option<String>,
}

impl PlanFile {
    /// Begins the plan that becomes the file at `path`. Whatever keeps it from being written is an error
    /// of [`Self::commit`].
    pub(super) fn new(path: &Path, settings: &Settings) -> Self {
        let terms = Terms {
            clock: Clock {
                now: settings.terms.clock.now,
                timezone: None,
            },
            damaged: settings.terms.damaged,
        };
        Self {
            path: path.to_owned(),
            file: NewFile::create(path),
            rules: Rules::new(Columns::default(), Draft::default(), terms),
            rows: 0,
            left_out: 0,
            left_out_reason: None,
        }
    }

    /// Adds a row that would be changed.
    pub(super) fn add(&mut self, update: &Update<'_>, image: &BeforeImage) {
        match self.line(update, image) {
            Ok(line) => {
                self.rows += 1;
                if let Ok(file) = &mut self.file
                    && let Err(error) = file.write_all(line.as_bytes())
                {
                    self.file = Err(error.into());
                }
            }
            Err(why) => {
                self.left_out += 1;
                let reason = || format!("line {}: {why}", update.line);
                self.left_out_reason.get_or_insert_with(reason);
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
        if text.len() >= MAX_RECORD_BYTES {
            return Err("the row would be too long".to_owned());
        }
        let row = Row {
            line: update.line,
            content: Content::Object(text.clone()),
        };
        let read = self.rules.check(&row).map_err(|invalid| {
            let messages = invalid.violations.iter();
            let messages: Vec<_> = messages.map(Violation::reason).collect();
            messages.join("; ")
        })?;
        // What the account shows need not be what an input may have.
        let again = serde_json::to_value(ReviewedRow::unchanged(&read));
        let meant = serde_json::from_str::<serde_json::Value>(&text);
        match (again, meant) {
            // People look at it before they run it.
            (Ok(again), Ok(meant)) if again == meant => Ok(visible_json(&text).into_owned() + "\n"),
            _ => Err("it would be read as something else".to_owned()),
        }
    }

    /// Rows that would be changed and are not in it.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Puts the file in its place.
    pub(super) fn commit(self, settings: &Settings) -> Result<WrittenPlan, Error> {
        let path = self.path;
        let committed = self.file.and_then(NewFile::commit);
        committed.map_err(|error| not_written(&path, &error))?;
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

fn not_written(path: &Path, error: &NewFileError) -> Error {
    Error::Usage(format!("--plan {}: {error}", path.shown()))
}
