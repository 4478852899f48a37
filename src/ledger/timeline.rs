//! What was sent over time -> `timeline.csv`, and back. For a chart only: no resume and no sum depends on it.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::{LedgerError, directory};
use crate::files;
use crate::input::csv_line;
use crate::model::TimelineBucket;

/// The first line.
const HEADER: [&str; 5] = ["ended", "seconds", "requests", "throttled", "paused_s"];

/// What is read of a file that somebody has made longer.
const MOST_BYTES: u64 = 16 << 20;

/// The open file. A bucket is in the operating system's hands when `append` returns.
#[derive(Debug)]
pub struct TimelineFile {
    path: PathBuf,
    file: File,
}

impl TimelineFile {
    /// Opens the one at `path` to append to it; where there is none, it is begun.
    ///
    /// # Errors
    /// When it cannot be made or opened, or is not this user's own.
    pub fn open(path: PathBuf) -> Result<Self, LedgerError> {
        let is_new = fs::symlink_metadata(&path).is_err();
        let file = if is_new {
            directory::create(&path)?
        } else {
            let mut options = File::options();
            let file = files::open_own(&path, options.read(true).append(true));
            file.map_err(LedgerError::at(&path))?
        };
        let mut timeline = Self { path, file };
        timeline.begin().map_err(LedgerError::at(&timeline.path))?;
        Ok(timeline)
    }

    /// Appends one bucket.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&mut self, bucket: &TimelineBucket) -> Result<(), LedgerError> {
        csv_line(b',', |line| line.serialize(bucket))
            .and_then(|line| self.file.write_all(&line))
            .map_err(LedgerError::at(&self.path))
    }

    /// Sees that what comes next is a line of its own: a crash may have cut off the last one.
    fn begin(&mut self) -> io::Result<()> {
        if self.file.metadata()?.len() == 0 {
            let header = csv_line(b',', |line| line.write_record(HEADER))?;
            return self.file.write_all(&header);
        }
        let mut last = [0];
        self.file.seek(SeekFrom::End(-1))?;
        self.file.read_exact(&mut last)?;
        if last == *b"\n" {
            return Ok(());
        }
        self.file.write_all(b"\n")
    }
}

/// What was sent over time in all passes of a run. Lines that are not as they were written are skipped,
/// and so is the whole file where it cannot be read.
#[must_use]
pub fn read_timeline(path: &Path) -> Vec<TimelineBucket> {
    let Ok(file) = directory::open(path) else {
        return Vec::new();
    };
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .quoting(false)
        .from_reader(file.take(MOST_BYTES));
    let buckets = reader.into_deserialize().flatten();
    buckets.filter(TimelineBucket::is_plausible).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn bucket(requests: u64) -> TimelineBucket {
        TimelineBucket {
            ended: Timestamp::from_millisecond(1_500).unwrap_or_default(),
            seconds: 1.004,
            requests,
            throttled: 1,
            paused_s: 0.25,
        }
    }

    #[test]
    fn what_is_appended_is_read_back_and_what_is_no_bucket_is_skipped() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("timeline.csv");
        assert_eq!(read_timeline(&path), []);
        let append = |requests| {
            let mut file = TimelineFile::open(path.clone()).expect("a file");
            file.append(&bucket(requests)).expect("room");
        };
        append(1);
        append(2);
        let text = fs::read_to_string(&path).expect("text");
        let line = "1970-01-01T00:00:01.500Z,1.004,1,1,0.25\n";
        assert_eq!(
            text.split_once('\n').map(|(header, _)| header),
            Some(&*HEADER.join(","))
        );
        assert!(text.contains(line), "{text}");
        let damage =
            "\"x,\n\n1970-01-01T00:00:00Z,inf,1,1,0\n1970-01-01T00:00:00Z,1,1,1,2\n\0\0\n1970-01";
        fs::write(
            &path,
            [text.as_bytes(), damage.as_bytes(), b"\xff\n1970"].concat(),
        )
        .expect("a file");
        append(3);
        assert_eq!(read_timeline(&path), [1, 2, 3].map(bucket));
    }

    #[test]
    fn a_file_of_somebody_else_is_neither_written_nor_read() {
        let directory = tempfile::tempdir().expect("a directory");
        let (path, other) = (
            directory.path().join("timeline.csv"),
            directory.path().join("other"),
        );
        fs::write(&other, "1970-01-01T00:00:01.500Z,1,1,1,0\n").expect("a file");
        std::os::unix::fs::symlink(&other, &path).expect("a link");
        assert!(TimelineFile::open(path.clone()).is_err());
        assert_eq!(read_timeline(&path), []);
    }
}
