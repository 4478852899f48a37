//! What a run did -> a file of metrics, for the textfile collector of Prometheus' node exporter.
//!
//! The format is Prometheus text 0.0.4. It has two kinds of lines, too few to need a crate.

use std::fmt::{Display, Write as _};
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::files::{self, FileError, MAX_TEXT_BYTES, NewFile, NewFileError};
use crate::model::{Outcome, Summary};

/// How each line of a metrics file begins: no other file is replaced.
const STARTS: [&str; 3] = [
    "# HELP reamaze_bulk_",
    "# TYPE reamaze_bulk_",
    "reamaze_bulk_",
];

/// Replaces `path` by the metrics of a run that has ended. A reader sees the old file or the new
/// one, never a part.
///
/// # Errors
/// When it cannot be written, or the file there is not a metrics file.
pub fn write(path: &Path, summary: &Summary) -> Result<(), MetricsError> {
    check_replaceable(path)?;
    let mut file = beside(path)?;
    let stem = path.file_stem().unwrap_or_default();
    file.write_all(text(summary, &stem.to_string_lossy()).as_bytes())
        .map_err(NewFileError::from)?;
    Ok(file.commit()?)
}

/// Checks early that metrics can be written there; leaves nothing behind.
///
/// # Errors
/// The same.
pub fn check(path: &Path) -> Result<(), MetricsError> {
    check_replaceable(path)?;
    Ok(beside(path).map(drop)?)
}

/// A new file in the same directory, whose name does not end like a file that is collected. Another user
/// collects it, and it contains no secrets.
fn beside(path: &Path) -> Result<NewFile, NewFileError> {
    NewFile::replacing(path)?.readable_by_all()
}

fn check_replaceable(path: &Path) -> Result<(), MetricsError> {
    let text = files::open_file(path, File::options().read(true))
        .and_then(|file| files::text(file, MAX_TEXT_BYTES));
    let is_ours = |line: &str| STARTS.iter().any(|start| line.starts_with(start));
    match text {
        Ok(text) if text.lines().all(is_ours) => Ok(()),
        Ok(_) => Err(MetricsError::Other),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(FileError::Io(error)) if error.raw_os_error().is_some() => {
            Err(NewFileError::from(error).into())
        }
        Err(error) => Err(MetricsError::Unusable(error)),
    }
}

/// Why metrics cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    /// No file can be written there.
    #[error(transparent)]
    File(#[from] NewFileError),
    /// What is there is not a file of text.
    #[error("{0}: not a metrics file of reamaze-bulk, so it is not replaced")]
    Unusable(FileError),
    /// The file there is not from this program.
    #[error("not a metrics file of reamaze-bulk, so it is not replaced")]
    Other,
}

/// The metrics of a run; `name` distinguishes the jobs of one machine.
pub(super) fn text(summary: &Summary, name: &str) -> String {
    let mut metrics = Metrics {
        name: escaped(name),
        text: String::new(),
    };
    metrics.rows(summary);
    metrics.sent(summary);
    metrics.ended(summary);
    metrics.text
}

/// A file of metrics while it grows.
struct Metrics {
    /// The label that every sample has.
    name: String,
    text: String,
}

impl Metrics {
    fn rows(&mut self, summary: &Summary) {
        self.family("rows", "Rows of the input, by outcome.");
        for outcome in Outcome::ALL {
            let label = format!(",outcome=\"{}\"", outcome.name());
            self.sample("rows", &label, summary.counts.of(outcome));
        }
        self.gauge(
            "differing_rows",
            "Updated rows for which the server shows another value than requested.",
            Some(summary.differs),
        );
    }

    fn sent(&mut self, summary: &Summary) {
        let pace = &summary.pace;
        self.gauge(
            "requests",
            "Requests sent, including retries.",
            Some(pace.requests),
        );
        self.gauge(
            "reads",
            "Requests that only read a conversation.",
            Some(pace.reads),
        );
        self.gauge("retries", "Retries after an error.", Some(pace.retries));
        self.gauge(
            "throttled",
            "Answers with HTTP status 429.",
            Some(pace.throttled),
        );
        self.gauge(
            "rate_asked_per_second",
            "Maximum requests per second, as configured.",
            summary.rate_asked,
        );
        self.gauge(
            "rate_reached_per_second",
            "Average requests per second, from the first request to the last.",
            pace.rate_reached,
        );
        self.gauge(
            "limit_found_per_second",
            "Observed rate limit of the server in requests per second, if it is below the configured maximum.",
            pace.limit_found,
        );
    }

    fn ended(&mut self, summary: &Summary) {
        self.gauge(
            "duration_seconds",
            "Duration of the command.",
            summary.took().map(|took| took.as_secs_f64()),
        );
        let status = summary.exit_status.unwrap_or_default();
        self.gauge("exit_status", "The program's exit status.", Some(status));
        self.gauge(
            "success",
            "1 if the exit status is 0, else 0.",
            Some(u8::from(status == 0)),
        );
        let end = summary.command.ended.map(jiff::Timestamp::as_duration);
        self.gauge(
            "last_completion_timestamp_seconds",
            "Unix time at which the command ended.",
            end.map(|end| end.as_secs_f64()),
        );
        self.family("run_info", "Run directory and program version; always 1.");
        let run_dir = escaped(summary.run_dir.as_deref().unwrap_or_default());
        let version = env!("CARGO_PKG_VERSION");
        let labels = format!(",run_dir=\"{run_dir}\",version=\"{version}\"");
        self.sample("run_info", &labels, 1);
    }

    /// A metric with one sample, or with none where there is no value.
    fn gauge(&mut self, metric: &str, help: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.family(metric, help);
            self.sample(metric, "", value);
        }
    }

    fn family(&mut self, metric: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP reamaze_bulk_{metric} {help}");
        let _ = writeln!(self.text, "# TYPE reamaze_bulk_{metric} gauge");
    }

    fn sample(&mut self, metric: &str, labels: &str, value: impl Display) {
        let name = &self.name;
        let _ = writeln!(
            self.text,
            "reamaze_bulk_{metric}{{name=\"{name}\"{labels}}} {value}"
        );
    }
}

/// `text` as the value of a label.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    text.replace('\n', "\\n")
}
