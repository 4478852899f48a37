//! Any sequence of records, crashes and reopenings against a model: what was whole is known, and
//! nothing else.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs::{self, File};
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use reamaze_bulk::input::{Format, Layout, Reader};
use reamaze_bulk::ledger::{BeforeImages, Journal, Record, ResumeIndex, RunDirectory};
use reamaze_bulk::model::{Outcome, PlainRows};

use super::properties::cases;
use super::support::command::ledger;
use super::support::resumed::HEADER;
use super::support::sent::{done, numbered};

const ROWS: u64 = 6;

/// What happens to a ledger.
#[derive(Clone, Debug)]
enum Step {
    /// A row finishes.
    Append(Record),
    /// The machine goes down: the file keeps so many bytes, and some of what it should have held
    /// reads as zeros.
    Crash { kept: Index, zeros: usize },
    /// A resume opens the ledger.
    Reopen,
}

fn record() -> impl Strategy<Value = Record> {
    let outcome = select(Outcome::ALL.to_vec());
    let reasons = "([ -~]|é|😀|\"|,|=){0,30}";
    (2..2 + ROWS, outcome, reasons).prop_map(|(line, outcome, reasons)| {
        let slug = format!("row-{}", line - 2);
        Record::unsent(line, slug, outcome, reasons)
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => record().prop_map(Step::Append),
        2 => (any::<Index>(), 0..9_usize).prop_map(|(kept, zeros)| Step::Crash { kept, zeros }),
        1 => Just(Step::Reopen),
    ]
}

/// What a ledger should hold: its records, each with the length of the file up to its end.
#[derive(Default)]
struct Model {
    has_header: bool,
    records: Vec<(Record, usize)>,
}

impl Model {
    fn crash(&mut self, kept: usize) {
        self.records.retain(|(_, end)| *end <= kept);
        self.has_header &= kept >= HEADER.len();
    }

    /// The length up to the last whole line.
    fn whole(&self) -> usize {
        let header = if self.has_header { HEADER.len() } else { 0 };
        self.records.last().map_or(header, |(_, end)| *end)
    }

    fn last(&self, line: u64) -> Option<&Record> {
        let mut records = self.records.iter().rev().map(|(record, _)| record);
        records.find(|record| record.line == line)
    }

    fn is_final(&self, line: u64) -> bool {
        use Outcome::{Failed, NotSent, Unknown};
        let last = self.last(line);
        last.is_some_and(|last| !matches!(last.outcome, Failed | Unknown | NotSent))
    }
}

/// Opens the ledger as a resume does, and holds what it knows against the model.
fn reopen(path: &Path, model: &mut Model) -> Result<Journal, TestCaseError> {
    let before = fs::read(path).expect("a ledger");
    let recorded =
        ResumeIndex::read(path, &BeforeImages::default()).expect("a ledger that can be read");
    let (journal, _) = Journal::open(path, &recorded).expect("a ledger that opens");
    for line in 0..ROWS + 4 {
        prop_assert_eq!(recorded.is_final(line), model.is_final(line), "{}", line);
    }
    let settled = (2..2 + ROWS).filter(|line| model.is_final(*line)).count();
    prop_assert_eq!(recorded.final_rows(), settled as u64);
    let whole = model.whole();
    prop_assert_eq!(recorded.torn(), (before.len() - whole) as u64);
    let kept = if whole == 0 {
        HEADER.as_bytes()
    } else {
        &before[..whole]
    };
    prop_assert_eq!(&fs::read(path).expect("a ledger")[..], kept);
    model.has_header = true;
    Ok(journal)
}

/// Records the rows that are due, as a resume does, and puts the ledger in order.
fn finish(directory: &Path, mut journal: Journal, mut model: Model) -> Result<(), TestCaseError> {
    for line in (2..2 + ROWS)
        .rev()
        .filter(|line| !model.is_final(*line))
        .collect::<Vec<_>>()
    {
        let slug = format!("row-{}", line - 2);
        let record = Record::unsent(line, slug, Outcome::Updated, String::new());
        journal.append(&record).expect("a record is written");
        model.records.push((record, 0));
    }
    let input = directory.join("input.csv");
    let layout = Layout {
        format: Format::Csv,
        delimiter: b',',
        sheet: None,
    };
    let run = RunDirectory::open(directory.to_owned(), Format::Csv).expect("a run of ours");
    let file = File::open(&input).expect("a copy of the input");
    let reader = Reader::open(file, &(&layout).into()).expect("a copy of the input");
    let none = BeforeImages::temporary().expect("a temporary file");
    let totals = reamaze_bulk::ledger::finish(&run, reader, &none, PlainRows::Send);
    let totals = totals.expect("sums that agree");
    prop_assert_eq!(totals.rows, ROWS);
    let lines = ledger(directory);
    prop_assert_eq!(lines.len() as u64, ROWS);
    for (line, found) in (2..).zip(lines) {
        let expected = model.last(line).expect("every row has a record");
        prop_assert_eq!(found.line, line);
        prop_assert_eq!(found.outcome, expected.outcome.name());
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn whatever_happens_to_a_ledger_each_row_is_accounted_for_once(steps in vec(step(), 0..40)) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("results.csv");
        let slugs = numbered("row-", usize::try_from(ROWS).expect("a few"));
        fs::write(directory.path().join("input.csv"), done(&slugs)).expect("a copy of the input");
        fs::write(&path, "").expect("an empty ledger");
        let mut model = Model::default();
        let mut journal = reopen(&path, &mut model)?;
        for step in steps {
            match step {
                Step::Append(record) => {
                    journal.append(&record).expect("a record is written");
                    model.records.push((record, fs::read(&path).expect("a ledger").len()));
                }
                Step::Crash { kept, zeros } => {
                    let mut bytes = fs::read(&path).expect("a ledger");
                    bytes.truncate(kept.index(bytes.len() + 1));
                    model.crash(bytes.len());
                    bytes.resize(bytes.len() + zeros, 0);
                    fs::write(&path, bytes).expect("a torn ledger");
                    journal = reopen(&path, &mut model)?;
                }
                Step::Reopen => journal = reopen(&path, &mut model)?,
            }
        }
        finish(directory.path(), journal, model)?;
    }
}
