//! A run directory, whatever became of its run -> the page of its report. It is only read.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::copy::check_copy;
use super::facts::Facts;
use super::history::History;
use super::locks;
use super::subjects::SubjectColumn;
use crate::api::BaseUrl;
use crate::error::Error;
use crate::input::Reader;
use crate::ledger::{
    LedgerError, Lock, OrderedRecords, RunDirectory, RunFile, Totals, read_timeline,
};
use crate::model::{Outcome, Shown as _, Site, Summary, shell_word};
use crate::pipeline::{Planner, RowEffects, columns};
use crate::report::html::{Page, PageKind, PageRows, Subjects};
use crate::report::{AccountLabel, Log};
use crate::validate::{Clock, Damaged, Draft, Naming, Repeated, Rules, Terms, UnknownNames};

/// Where subjects would have come from.
const NO_SUBJECTS: &str =
    "--with-subjects: the input of this run has no subjects (a column _subject), so none are shown";

/// A run to report on. Nobody else is at work on it.
pub(crate) struct ReportedRun {
    directory: RunDirectory,
    run: RunFile,
    _lock: Lock,
}

impl ReportedRun {
    /// Locks the run in that directory, of which `run` was read.
    pub(crate) fn open(path: &Path, run: RunFile) -> Result<Self, Error> {
        let directory =
            RunDirectory::open(path.to_owned(), run.options.format).map_err(Error::usage)?;
        let account = &run.account;
        let lock = locks::run_directory(&directory.run_file(), &account.base_url, &account.email)?;
        Ok(Self {
            directory,
            run,
            _lock: lock,
        })
    }

    /// The page as HTML.
    pub(crate) fn html(&self, subjects: Subjects, log: &Log) -> Result<String, Error> {
        let then = "a report would be wrong (restore it from a backup)";
        check_copy(&self.directory, &self.run, then)?;
        let history = History::read_as_it_is(&self.directory, &self.run, log)?;
        let (rows, totals, unrecorded) = self.rows(&history, subjects)?;
        if subjects == Subjects::Shown && !rows.has_any_subject() {
            log.warning(NO_SUBJECTS);
        }
        let summary = self.summary(&history, totals);
        let timeline = read_timeline(&self.directory.timeline());
        let failed = self.directory.failed();
        let has_failed = summary.counts.failed_file_rows() > 0 && failed.exists();
        let failed = failed.file_name().unwrap_or_default().to_string_lossy();
        let input = self.run.input.undo_of.as_deref();
        let path = Path::new(input.unwrap_or(&self.run.input.path));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let page = Page {
            kind: match input {
                Some(_) => PageKind::Undo,
                None => PageKind::Run,
            },
            input: match &*name {
                "-" => "standard input",
                name => name,
            },
            account: AccountLabel {
                base_url: Some(&self.run.account.base_url),
                email: Some(&self.run.account.email),
                is_sandbox: self.run.options.sandbox,
            },
            summary: &summary,
            rows,
            unrecorded,
            timeline: &timeline,
            failed: has_failed.then_some(&*failed),
            sample_of: None,
            undo: self.undo(&history, &summary),
            run_ahead: None,
            made_at: Timestamp::now(),
        };
        Ok(page.html())
    }

    /// The command that undoes the run, without the options that say where to.
    fn undo(&self, history: &History, summary: &Summary) -> Option<String> {
        let has_changed = summary.counts.of(Outcome::Updated) > 0;
        let can_undo = has_changed && !history.images.is_empty() && !self.run.options.sandbox;
        let directory = shell_word(self.directory.path().as_os_str());
        can_undo.then(|| format!("reamaze-bulk undo {directory}"))
    }

    /// Every row, what they add up to, and of how many nothing is recorded.
    fn rows(
        &self,
        history: &History,
        subjects: Subjects,
    ) -> Result<(PageRows, Totals, u64), Error> {
        let in_flight = history.recorded.in_flight(&history.images)?;
        let in_flight = in_flight.collect::<Result<Vec<_>, _>>()?;
        let records = OrderedRecords::read(&self.directory.results(), in_flight.into_iter())?;
        let reader = self.reader()?;
        let column = SubjectColumn::new(reader.header());
        let effects = RowEffects {
            planner: self.planner(&reader)?,
            records,
            images: &history.images,
        };
        let mut rows = PageRows::new(subjects);
        let mut totals = Totals::default();
        let mut unrecorded = 0;
        effects.each(reader, |effect| {
            let record = &effect.record;
            totals.rows += 1;
            unrecorded += u64::from(!effect.is_recorded);
            totals.counts.add(record.outcome, 1);
            totals.differs += u64::from(record.differs());
            let subject = match subjects {
                Subjects::Shown => column.subject(effect.row),
                Subjects::Hidden => None,
            };
            rows.add(&record.result(), Some(&effect.diff()), subject.as_deref());
            Ok(())
        })?;
        Ok((rows, totals, unrecorded))
    }

    /// Reads the private copy.
    fn reader(&self) -> Result<Reader, Error> {
        let layout = self.run.options.layout();
        let file = self.directory.open_input()?;
        let reader = Reader::open(file, &(&layout).into());
        reader.map_err(|error| Error::Ledger(LedgerError::Input(error)))
    }

    /// Where the conversations of the account are; the sandbox has none.
    fn site(&self) -> Option<Site> {
        let base_url = BaseUrl::parse(&self.run.account.base_url).ok();
        base_url
            .filter(|_| !self.run.options.sandbox)
            .map(|base_url| base_url.site())
    }

    /// What rows mean, as when the run was started: a time may have gone by since.
    fn planner(&self, reader: &Reader) -> Result<Planner, Error> {
        let options = &self.run.options;
        let zone = options.timezone.as_ref();
        let terms = Terms {
            clock: Clock {
                now: self.run.created_at,
                timezone: zone.map(|zone| zone.time_zone().clone()),
            },
            damaged: if options.allow_damaged {
                Damaged::Send
            } else {
                Damaged::Refuse
            },
            site: self.site(),
        };
        let changed = |what: &str| {
            let path = self.directory.path().join(what);
            Error::Fatal(format!(
                "{}: was changed since the run was started",
                path.shown()
            ))
        };
        let set = Draft::from_assignments(&options.set, &terms);
        let set = set.map_err(|_| changed(RunFile::NAME))?;
        let unknown = UnknownNames::new(options.ignore_unknown_columns);
        let naming = Naming::from_options(&options.map, unknown);
        let naming = naming.map_err(|_| changed(RunFile::NAME))?;
        let columns = columns(reader, &naming, None);
        let columns = columns.map_err(|_| changed(&RunDirectory::input_name(options.format)))?;
        let rules = Rules::new(columns, set, terms);
        Ok(Planner::new(
            rules.into(),
            Repeated::default(),
            Arc::default(),
        ))
    }

    fn summary(&self, history: &History, totals: Totals) -> Summary {
        let facts = Facts::resumed(history, &self.run.input, totals.rows);
        let facts = facts
            .with_totals(totals)
            .in_directory(self.directory.path());
        let last = history.passes.last();
        Summary {
            exit_status: last.and_then(|pass| pass.exit_status),
            error: history.error.clone(),
            rate_unit: self.run.options.rate.unit(),
            ..facts.summary(self.run.created_at, None)
        }
    }
}
