//! The offline pass: every row checked, violations and key figures collected, nothing sent.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::sync::Arc;

use super::state::{StatePass, StateRows};
use super::{Planned, Planner};
use crate::catalog::KnownNames;
use crate::input::{InputError, Reader};
use crate::ledger::{ResumeIndex, UnmatchedRecord};
use crate::model::{Content, NameFindings, Preview, ReadPolicy, Row, Update, Violation};
use crate::stop::Stop;
use crate::validate::{Columns, Fingerprints, Naming, Repeated, Rules};

/// Rows that are checked at once, at most.
pub(super) const BATCH: usize = 512;

/// The same in bytes, unless one row is longer: checked, a row of tiny fields takes thirty times as
/// much.
const BATCH_BYTES: usize = 256 << 10;

/// Violations that are kept in memory.
const FIRST_VIOLATIONS: usize = 20;

/// Which violations are wanted afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepViolations {
    /// The first 20.
    First,
    /// All, in a temporary file.
    All,
}

/// Why the offline pass could not finish.
#[derive(Debug)]
pub enum CheckError {
    /// The input cannot be read.
    Input(InputError),
    /// Violations could not be put aside.
    Temporary(io::Error),
    /// The program was asked to end.
    Stopped,
}

impl From<InputError> for CheckError {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

/// How to check the rows of one input.
#[derive(Debug)]
pub struct Check<'a> {
    /// Which violations to keep.
    pub keep: KeepViolations,
    /// Rows beyond this number are not looked at.
    pub max_rows: Option<u64>,
    /// Which rows are read before they are sent.
    pub policy: ReadPolicy,
    /// The most rows that make a request.
    pub limit: Option<u64>,
    /// The names that the account knows, if there is a catalog of them.
    pub names: Option<Arc<KnownNames>>,
    /// What is known of earlier passes.
    pub recorded: Arc<ResumeIndex>,
    /// Ends the pass early.
    pub stop: &'a Stop,
}

/// What the offline pass found.
#[derive(Debug)]
pub struct Findings {
    /// Rows, legal ones, what they change.
    pub preview: Preview,
    /// What is wrong with the others.
    pub violations: Violations,
    /// Names in legal rows that the account does not know.
    pub names: NameFindings,
    /// Rows whose outcome is final, which are skipped.
    pub final_rows: u64,
    /// A record about a row that is not there.
    pub unmatched: Option<UnmatchedRecord>,
    /// Whether there are more rows than allowed; then not all were looked at.
    pub too_many: bool,
    /// The line of the first header between rows that has other columns than that at the top: no row
    /// below it means what it seems to.
    pub other_header: Option<u64>,
    /// What to know about the file, whatever its rows say.
    pub notes: Vec<String>,
}

impl Check<'_> {
    /// Checks every row of `reader`; where slugs repeat, a second time from `again`, since the
    /// first row of a pair shows only when the second is seen. `states` takes in what is read of state
    /// columns.
    ///
    /// # Errors
    /// When the input cannot be read, or the program is asked to end.
    pub fn rows(
        &self,
        mut reader: Reader,
        rules: &Arc<Rules>,
        states: Option<&mut dyn StateRows>,
        again: impl FnOnce() -> Result<Reader, InputError>,
    ) -> Result<(Findings, Planner), CheckError> {
        let states = states.filter(|_| rules.may_have_state());
        let mut states = states.map(|to| StatePass {
            rules,
            policy: self.policy,
            limit: self.limit,
            to,
        });
        let mut fingerprints = Fingerprints::default();
        let planner =
            |repeated| Planner::new(Arc::clone(rules), repeated, Arc::clone(&self.recorded));
        let first = planner(Repeated::default());
        let findings = self.pass(&mut reader, first.clone(), states.as_mut(), |planned| {
            fingerprints.note(planned.slug());
        })?;
        let repeated = fingerprints.repeated();
        if repeated.is_empty() || findings.too_many {
            return Ok((findings, first));
        }
        let planner = planner(repeated);
        let findings = self.pass(&mut again()?, planner.clone(), states.as_mut(), |_| {})?;
        Ok((findings, planner))
    }

    fn pass(
        &self,
        reader: &mut Reader,
        planner: Planner,
        mut states: Option<&mut StatePass<'_>>,
        mut note: impl FnMut(&Planned<'_>) + Send,
    ) -> Result<Findings, CheckError> {
        if let Some(states) = &mut states {
            states.to.begin().map_err(CheckError::Temporary)?;
        }
        let mut findings = Findings {
            preview: Preview::new(self.policy, self.limit),
            violations: Violations::new(self.keep).map_err(CheckError::Temporary)?,
            names: NameFindings::default(),
            final_rows: 0,
            unmatched: None,
            too_many: false,
            other_header: None,
            notes: Vec::new(),
        };
        let mut against = self.recorded.compare_rows();
        // On a thread of the pool: to enter it again for every batch would cost a wake-up each.
        let note = |planned: &Planned<'_>| {
            against.note(planned.line(), planned.slug());
            note(planned);
        };
        rayon::scope(|_| self.batches(reader, planner, states, note, &mut findings))?;
        findings.unmatched = against.unmatched();
        findings.notes = reader.notes();
        if reader.header().is_none() {
            // A key of JSONL may be called so too.
            findings.other_header = None;
        }
        Ok(findings)
    }

    fn batches(
        &self,
        reader: &mut Reader,
        mut planner: Planner,
        mut states: Option<&mut StatePass<'_>>,
        mut note: impl FnMut(&Planned<'_>) + Send,
        findings: &mut Findings,
    ) -> Result<(), CheckError> {
        let (mut rows, mut ahead) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        let mut has_more = next_batch(reader, &mut rows)?;
        while has_more {
            if self.stop.is_set() {
                return Err(CheckError::Stopped);
            }
            // The next rows are read while these are checked.
            let (read, noted) = rayon::join(
                || next_batch(reader, &mut ahead),
                || {
                    let batch = planner.plan_in_parallel(&rows);
                    if let Some(states) = &mut states {
                        states.take_in(&rows, &batch, findings.preview.send_counts.rows)?;
                    }
                    self.take_in(batch, &mut note, findings)
                },
            );
            noted.map_err(CheckError::Temporary)?;
            if findings.too_many {
                break;
            }
            has_more = read?;
            std::mem::swap(&mut rows, &mut ahead);
        }
        Ok(())
    }

    fn take_in(
        &self,
        batch: Vec<Planned<'_>>,
        note: &mut impl FnMut(&Planned<'_>),
        findings: &mut Findings,
    ) -> io::Result<()> {
        for planned in batch {
            if self.max_rows == Some(findings.preview.rows) {
                findings.too_many = true;
                break;
            }
            note(&planned);
            match planned {
                Planned::Skip { .. } => findings.final_rows += 1,
                Planned::Send(update) => {
                    self.look_up(&update, &mut findings.names);
                    findings.preview.add_legal(update);
                }
                Planned::Invalid { row, .. } => {
                    findings.preview.add_illegal();
                    let mut found = row.violations.iter();
                    let header = found.find(|found| found.field == Violation::HEADER);
                    findings.other_header =
                        findings.other_header.or(header.map(|found| found.line));
                    findings.violations.add_all(row.violations)?;
                }
            }
        }
        Ok(())
    }

    /// Adds the names of a row that the account does not know.
    fn look_up(&self, update: &Update<'_>, findings: &mut NameFindings) {
        if let Some(names) = &self.names {
            for problem in names.problems(update) {
                findings.add(update.line, problem, |problem| names.meant(problem));
            }
        }
    }
}

/// The columns that a reader's header names, or the keys of JSONL. The first row, if it is known, helps to say
/// what a header means that is wrong.
///
/// # Errors
/// All that is wrong with the header.
pub fn columns(
    reader: &Reader,
    naming: &Naming,
    first: Option<&Row>,
) -> Result<Columns, Vec<Violation>> {
    let cells = first.and_then(|row| match &row.content {
        Content::Cells(cells) => Some(cells),
        Content::Object(_) | Content::Unreadable { .. } => None,
    });
    match reader.header() {
        Some(header) => Columns::from_header(header, reader.header_line(), naming, cells),
        None => Ok(Columns::of_keys(naming)),
    }
}

/// Replaces `rows` by the next ones; whether there are any.
pub(super) fn next_batch(reader: &mut Reader, rows: &mut Vec<Row>) -> Result<bool, InputError> {
    reader.take_back(rows.drain(..));
    let mut bytes = 0;
    while rows.len() < BATCH && bytes < BATCH_BYTES {
        match reader.next_row()? {
            Some(row) => {
                bytes += row.size();
                rows.push(row);
            }
            None => break,
        }
    }
    Ok(!rows.is_empty())
}

/// Violations in the order of the file.
#[derive(Debug)]
pub struct Violations {
    /// How many there are.
    pub count: u64,
    /// The first 20.
    pub first: Vec<Violation>,
    all: Option<BufWriter<File>>,
}

impl Violations {
    /// None so far.
    ///
    /// # Errors
    /// When all are to be kept and no temporary file can be made.
    pub fn new(keep: KeepViolations) -> io::Result<Self> {
        let all = match keep {
            KeepViolations::First => None,
            KeepViolations::All => Some(BufWriter::new(tempfile::tempfile()?)),
        };
        Ok(Self {
            count: 0,
            first: Vec::new(),
            all,
        })
    }

    /// Adds those of one row.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn add_all(&mut self, violations: Vec<Violation>) -> io::Result<()> {
        for violation in violations {
            self.count += 1;
            if let Some(all) = &mut self.all {
                serde_json::to_writer(&mut *all, &violation)?;
                all.write_all(b"\n")?;
            }
            if self.first.len() < FIRST_VIOLATIONS {
                self.first.push(violation);
            }
        }
        Ok(())
    }

    /// All of them, if they were kept; else the first.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn into_all(self) -> io::Result<Box<dyn Iterator<Item = io::Result<Violation>>>> {
        let Some(all) = self.all else {
            return Ok(Box::new(self.first.into_iter().map(Ok)));
        };
        let mut file = all.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        let lines = BufReader::new(file).lines();
        Ok(Box::new(lines.map(|line| {
            serde_json::from_str(&line?).map_err(Into::into)
        })))
    }
}
