//! A ledger in the order of events, and the private copy -> the ledger in input order, the rows to
//! submit again, and the sums, which must agree.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use super::failed_rows::FailedRows;
use super::{BeforeImages, LedgerError, Record, RunDirectory, directory};
use crate::input::Reader;
use crate::model::{Counts, Outcome, PlainRows, Reason, Reasons, Row};

/// Groups of reasons that a summary keeps.
const MOST_REASONS: usize = 50;

/// What a ledger adds up to.
#[derive(Debug, Default)]
pub struct Totals {
    /// Rows of the input, each with one record.
    pub rows: u64,
    /// Rows per outcome.
    pub counts: Counts,
    /// Updated rows that show something else than was asked for.
    pub differs: u64,
    /// Rows that are changed, or may be, and have no image: an undo leaves them out.
    pub without_image: u64,
    /// Why rows are not updated, or differ.
    pub reasons: Vec<Reason>,
}

/// Puts the ledger in input order, writes the rows to submit again, and adds up. `reader` reads the
/// private copy from its start. In a run that reads every row first, as `plain_rows` says, each row that
/// may have been applied has an image in `images`.
///
/// # Errors
/// When a file cannot be read or written, or a row has no record or no image, or a record no row.
pub fn finish(
    run: &RunDirectory,
    mut reader: Reader,
    images: &BeforeImages,
    plain_rows: PlainRows,
) -> Result<Totals, LedgerError> {
    let path = run.results();
    let mut records = records(put_in_order(&path)?, &path).peekable();
    let mut failed = FailedRows::new(run, &reader);
    let mut totals = Totals::default();
    let mut reasons = Reasons::default();
    while let Some(row) = reader.next_row()? {
        let found =
            records.next_if(|record| record.as_ref().is_ok_and(|record| record.line == row.line));
        let record = found.unwrap_or_else(|| Err(unaccounted(&row)))?;
        let lacks_image = record.outcome.may_be_applied() && !images.has(record.line);
        if lacks_image && plain_rows == PlainRows::ReadFirst {
            return Err(LedgerError::Sums(format!(
                "the row on line {} is {} without a before-image",
                record.line,
                record.outcome.name()
            )));
        }
        totals.rows += 1;
        totals.without_image += u64::from(lacks_image);
        totals.counts.add(record.outcome, 1);
        totals.differs += u64::from(record.differs());
        let is_fine = record.outcome.is_success() && !record.differs();
        if !is_fine && !record.reasons.is_empty() {
            reasons.add(record.outcome, &record.reasons, record.line, &record.slug);
        }
        if record.outcome.goes_to_failed_file() {
            failed.write(&row, &record)?;
        }
    }
    if let Some(record) = records.next() {
        return Err(LedgerError::Sums(format!(
            "line {} of the ledger has no row",
            record?.line
        )));
    }
    let written = failed.finish()?;
    let elsewhere = [Outcome::Updated, Outcome::Unchanged, Outcome::NotSent];
    let elsewhere = elsewhere.map(|outcome| totals.counts.of(outcome));
    let accounted = elsewhere.iter().sum::<u64>() + written;
    if totals.counts.total() != totals.rows || accounted != totals.rows {
        return Err(LedgerError::Sums(format!(
            "{} rows, {written} in failed.*, {:?}",
            totals.rows, totals.counts
        )));
    }
    totals.reasons = reasons.commonest(MOST_REASONS);
    Ok(totals)
}

fn unaccounted(row: &Row) -> LedgerError {
    LedgerError::Sums(format!(
        "the row on line {} has no line in the ledger",
        row.line
    ))
}

fn records(ledger: File, path: &Path) -> impl Iterator<Item = Result<Record, LedgerError>> {
    let at = move |error: csv::Error| LedgerError::at(path)(io::Error::from(error));
    let records = csv::Reader::from_reader(ledger).into_deserialize();
    records.map(move |record| record.map_err(at))
}

/// Sorts the ledger by line, the last record of a line winning, and opens it.
fn put_in_order(path: &Path) -> Result<File, LedgerError> {
    let open = || directory::open(path);
    let extents = extents(open()?).map_err(LedgerError::at(path))?;
    if extents.windows(2).any(|pair| pair[0].line >= pair[1].line) {
        directory::replace(path, |sorted| {
            copy_in_order(open()?, extents, sorted).map_err(LedgerError::at(path))
        })?;
    }
    open()
}

fn copy_in_order(
    ledger: File,
    mut extents: Vec<Extent>,
    sorted: &mut impl io::Write,
) -> io::Result<()> {
    let mut ledger = Extents {
        file: BufReader::new(ledger),
        at: 0,
    };
    let header = extents.first().map_or(0, |extent| extent.start);
    ledger.copy(0, header, sorted)?;
    // In place; of several records of a line, the last one written stays last.
    extents.sort_unstable_by_key(|extent| (extent.line, extent.start));
    for same in extents.chunk_by(|a, b| a.line == b.line) {
        if let Some(last) = same.last() {
            ledger.copy(last.start, last.end, sorted)?;
        }
    }
    Ok(())
}

/// Where a record is in the file.
struct Extent {
    line: u64,
    start: u64,
    end: u64,
}

/// Where each record is: 24 bytes a row, and no text.
fn extents(ledger: impl io::Read) -> io::Result<Vec<Extent>> {
    let mut reader = csv::Reader::from_reader(ledger);
    let mut record = csv::ByteRecord::new();
    let mut extents: Vec<Extent> = Vec::new();
    reader.byte_headers()?;
    let mut start = reader.position().byte();
    while reader.read_byte_record(&mut record)? {
        let line = record.get(0);
        let line = line.and_then(|cell| str::from_utf8(cell).ok()?.parse().ok());
        let end = reader.position().byte();
        // A ledger in this program's form has a number there: reading the record reports another.
        extents.push(Extent {
            line: line.unwrap_or(u64::MAX),
            start,
            end,
        });
        start = end;
    }
    Ok(extents)
}

/// A file that is read in extents, nearly in order.
struct Extents {
    file: BufReader<File>,
    at: u64,
}

impl Extents {
    fn copy(&mut self, start: u64, end: u64, to: &mut impl io::Write) -> io::Result<()> {
        // Most steps stay within the buffer.
        let step = i64::try_from(start).ok().zip(i64::try_from(self.at).ok());
        let step = step.ok_or(io::ErrorKind::FileTooLarge)?;
        self.file.seek_relative(step.0 - step.1)?;
        self.at = end;
        let mut left = end - start;
        while left > 0 {
            let buffer = self.file.fill_buf()?;
            let step = usize::try_from(left)
                .unwrap_or(usize::MAX)
                .min(buffer.len());
            if step == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            to.write_all(&buffer[..step])?;
            self.file.consume(step);
            left -= step as u64;
        }
        Ok(())
    }
}
