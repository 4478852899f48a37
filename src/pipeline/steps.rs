//! One row -> the next request for it, and what follows from the answer.
//!
//! A row that need not be read takes one request, the update. Another is read; what differs is sent;
//! before that, what it replaces is in the file of before-images. After an update that may have been
//! applied it is read again: what was computed from an old read must not be sent twice.

use std::time::Instant;

use jiff::Timestamp;
use parking_lot::Mutex;

use super::mode::RunMode;
use super::prepared::Prepared;
use super::queue::Task;
use super::row_end::RowEnd;
use crate::api::{
    Exchange, ReadConversation, ReadResult, Redactor, UpdateConversation, Updated, Verification,
};
use crate::change::{Change, GuardMode, NoChange, UnsafeTag, decide, failed_guards, lost_fields};
use crate::ledger::{BeforeImages, Record};
use crate::model::text::{one_line, quoted};
use crate::model::{
    BeforeImage, Changes, Conversation, Outcome, ReadPolicy, StopReason, Update, remedy,
};
use crate::send::{Attempts, MAY_BE_APPLIED, Priority, Report, Sender, Step, Turn};

/// What the rows of a run are sent with.
pub(super) struct Steps<'a, E> {
    pub(super) sender: &'a Sender<'a, E>,
    pub(super) redactor: &'a Redactor,
    pub(super) images: &'a Mutex<&'a mut BeforeImages>,
    pub(super) mode: RunMode,
    pub(super) read_policy: ReadPolicy,
    pub(super) verification: Verification,
}

/// What follows from one request for a row.
pub(super) enum NextStep {
    /// Another request.
    Again,
    /// Another request, after those of other rows.
    Later,
    /// The row has ended.
    End(RowEnd),
    /// The same, and the run ends too.
    StopRun(RowEnd, StopReason),
}

/// The longest list of names in a message, in characters.
const MAX_NAMES: usize = 200;

impl<E: Exchange> Steps<'_, E> {
    /// Waits until the next request for a row may be sent; `None` if the run stops first. What was read
    /// may become too old meanwhile: then it is dropped, and the row takes its turn like a new one.
    pub(super) fn turn(&self, task: &mut Task) -> Option<Turn> {
        if let Some(prepared) = &task.prepared {
            let max_age = self.sender.max_age();
            let until = prepared.read + max_age;
            let turn = self
                .sender
                .turn(&task.attempts, Priority::Started { until });
            if turn.is_none() || !prepared.is_younger_than(max_age) {
                task.prepared = None;
            }
            if turn.is_some() {
                return turn;
            }
        }
        self.sender.turn(&task.attempts, Priority::New)
    }

    /// Sends the next request for a row. An error is what ends the step before its last line.
    pub(super) fn take(&self, task: &mut Task, turn: Turn, report: Report<'_>) -> NextStep {
        let next = if self.mode == RunMode::ReadOnly {
            self.preview(task, turn, report)
        } else if !task.update.is_read_first(self.read_policy) {
            let Task {
                update, attempts, ..
            } = task;
            let updated = self.update(update, &update.changes, attempts, turn, report);
            updated.map(|updated| NextStep::End(RowEnd::from(&updated)))
        } else if let Some(prepared) = task.prepared.take() {
            self.change(task, prepared, turn, report)
        } else {
            self.read(task, turn, report)
        };
        next.unwrap_or_else(|other| other)
    }

    /// Reads the conversation, and decides what is to be sent.
    fn read(&self, task: &mut Task, turn: Turn, report: Report<'_>) -> Result<NextStep, NextStep> {
        let slug = &task.update.slug;
        let operation = ReadConversation { slug };
        let found = done(
            self.sender
                .send(&operation, &mut task.attempts, turn, report),
        )?;
        let (read, read_at) = (Instant::now(), Timestamp::now());
        let conversation = match found {
            ReadResult::Conversation(conversation) => *conversation,
            ReadResult::Other(words) => return Ok(task.ended_by_read(Outcome::Conflict, words)),
        };
        // A row whose change may have been applied shows perhaps that.
        let (mode, image) = if task.attempts.may_be_applied() {
            (GuardMode::AfterUpdate, self.image(task.update.line))
        } else {
            (GuardMode::Check, None)
        };
        if let Some(image) = &image {
            let lost = lost_fields(&image.before, &task.update.changes, &conversation);
            if !lost.is_empty() {
                return Ok(self.data_replaced(&task.update, Outcome::Unknown, Vec::new(), &lost));
            }
        }
        let change = match decide(&task.update, &conversation, mode, self.read_policy.data) {
            Ok(change) => change,
            Err(why) => return Ok(self.no_change(task, why)),
        };
        if image.is_some_and(|image| is_same(&image.before, &change.before)) {
            task.attempts.found_unchanged();
        }
        if self.finds_secret(&change) {
            let why = "the conversation contains the API token, which must not be kept in a file";
            return Ok(task.ended_by_read(Outcome::Conflict, why.into()));
        }
        task.prepared = Some(Box::new(Prepared {
            change,
            conversation,
            read,
            read_at,
            has_image: false,
        }));
        Ok(NextStep::Again)
    }

    /// Reads the conversation, and keeps what would be sent.
    fn preview(
        &self,
        task: &mut Task,
        turn: Turn,
        report: Report<'_>,
    ) -> Result<NextStep, NextStep> {
        let next = self.read(task, turn, report)?;
        let Some(mut prepared) = task.prepared.take() else {
            return Ok(next);
        };
        // For whoever looks at the preview; nothing of it is written anywhere.
        let before = &mut prepared.change.before;
        let subject = prepared.conversation.subject.take();
        before.subject = subject.map(|subject| self.redactor.server_text(&subject));
        before.customer_wrote_at = prepared.conversation.customer_wrote_at;
        Ok(match self.keep_image(task, &prepared) {
            Ok(()) => NextStep::End(RowEnd {
                outcome: Outcome::Updated,
                reasons: String::new(),
            }),
            Err(error) => {
                NextStep::StopRun(task.attempts.given_up().into(), self.unwritable(&error))
            }
        })
    }

    /// The end of a row for which no change is sent.
    fn no_change(&self, task: &Task, why: NoChange) -> NextStep {
        match why {
            NoChange::NotNeeded if task.attempts.may_be_applied() => NextStep::End(RowEnd {
                outcome: Outcome::Updated,
                reasons: format!("{}applied by an earlier attempt", Record::NOTE),
            }),
            NoChange::NotNeeded => task.ended_by_read(Outcome::Unchanged, String::new()),
            NoChange::Guards {
                failing,
                is_changed_already,
            } => {
                let failing = failing.into_iter();
                let failing = failing.map(|guard| self.redactor.difference(guard));
                let reasons = failed_guards(failing, is_changed_already);
                task.ended_by_read(Outcome::Conflict, reasons)
            }
            NoChange::UnsafeTag(unsafe_tag) => {
                let tag = self.redactor.server_text(&unsafe_tag.tag);
                let why = UnsafeTag { tag, ..unsafe_tag };
                task.ended_by_read(Outcome::Conflict, why.to_string())
            }
            NoChange::Unsafe(why) => task.ended_by_read(Outcome::Conflict, why.into()),
            NoChange::Unreadable(what) => task.ended_by_read(Outcome::Failed, what.into()),
        }
    }

    /// Sends what was prepared.
    fn change(
        &self,
        task: &mut Task,
        mut prepared: Box<Prepared>,
        turn: Turn,
        report: Report<'_>,
    ) -> Result<NextStep, NextStep> {
        if !prepared.has_image {
            if let Err(error) = self.keep_image(task, &prepared) {
                let end = task.attempts.given_up().into();
                return Ok(NextStep::StopRun(end, self.unwritable(&error)));
            }
            prepared.has_image = true;
        }
        let Task {
            update, attempts, ..
        } = task;
        let changes = &prepared.change.changes;
        let updated = match self.update(update, changes, attempts, turn, report) {
            Ok(updated) => updated,
            Err(other) => {
                // What may have been applied is read again before it is sent again; and before other
                // rows have had their turn, what was read is too old.
                let is_next = matches!(other, NextStep::Again);
                task.prepared = (is_next && !attempts.may_be_applied()).then_some(prepared);
                return Err(other);
            }
        };
        let lost = lost_fields(&prepared.conversation, changes, &updated.conversation);
        if lost.is_empty() {
            return Ok(NextStep::End(RowEnd::from(&updated)));
        }
        let differences = updated.differences.iter().map(ToString::to_string);
        let differences = differences.collect();
        Ok(self.data_replaced(update, Outcome::Updated, differences, &lost))
    }

    fn update(
        &self,
        update: &Update<'_>,
        changes: &Changes<'_>,
        attempts: &mut Attempts,
        turn: Turn,
        report: Report<'_>,
    ) -> Result<Updated, NextStep> {
        let operation = UpdateConversation {
            slug: &update.slug,
            changes,
            verification: self.verification,
        };
        done(self.sender.send(&operation, attempts, turn, report))
    }

    /// Sees that what an update replaces is in the file of before-images.
    fn keep_image(&self, task: &Task, prepared: &Prepared) -> std::io::Result<()> {
        let mut images = self.images.lock();
        let is_there = images.has(task.update.line);
        // What is shown now may be our own change.
        if is_there && task.attempts.may_be_applied() {
            return Ok(());
        }
        images.append(&BeforeImage {
            line: task.update.line,
            slug: task.update.slug.as_str().to_owned(),
            attempts: task
                .earlier_attempts
                .saturating_add(task.attempts.requests()),
            read_at: prepared.read_at,
            before: prepared.change.before.clone(),
            after: prepared.change.after.clone(),
            supersedes: is_there,
        })
    }

    /// The end of a row, and of the run, whose server removes the custom fields that an update does not
    /// name.
    fn data_replaced(
        &self,
        update: &Update<'_>,
        outcome: Outcome,
        mut reasons: Vec<String>,
        lost: &[String],
    ) -> NextStep {
        let names = lost.iter().map(|name| self.redactor.server_text(name));
        let names: Vec<_> = names.map(|name| quoted(&name)).collect();
        let names = one_line(&names.join(", "), MAX_NAMES);
        let lost = format!("data: the server has removed {names}, which the update did not name");
        let message = format!("{}: {lost}", update.slug.shown());
        reasons.push(lost);
        let end = RowEnd {
            outcome,
            reasons: reasons.join("; "),
        };
        // Before the record: whatever ends the run, an undo must know.
        let noted = self.images.lock().note_erased(update.line);
        let reason = match noted {
            Ok(()) => StopReason::DataReplaced { message },
            Err(error) => self.unwritable(&error),
        };
        NextStep::StopRun(end, reason)
    }

    /// The first image of a row, if it can be read.
    fn image(&self, line: u64) -> Option<BeforeImage> {
        let images = self.images.lock();
        let mut reader = images.reader().ok()?;
        reader.image(line).ok()?
    }

    /// Why a run ends that cannot write before-images.
    fn unwritable(&self, error: &std::io::Error) -> StopReason {
        let file = match self.mode {
            RunMode::Send => "before.jsonl",
            RunMode::ReadOnly => "a temporary file",
        };
        let error = format!("{file}: {error} ({})", remedy(error));
        StopReason::LedgerUnwritable { error }
    }

    fn finds_secret(&self, change: &Change<'_>) -> bool {
        let image = serde_json::to_string(&change.before);
        image.is_ok_and(|image| self.redactor.finds_secret(&image))
    }
}

/// Whether two conversations show the same.
fn is_same(a: &Conversation, b: &Conversation) -> bool {
    let json = |conversation| serde_json::to_string(conversation).ok();
    json(a).is_some() && json(a) == json(b)
}

/// What an operation yields, or what follows if it has not been carried out.
fn done<T>(step: Step<T>) -> Result<T, NextStep> {
    Err(match step {
        Step::Done(output) => return Ok(output),
        Step::Ended(ending) => NextStep::End(ending.into()),
        Step::Again => NextStep::Again,
        Step::Postponed => NextStep::Later,
    })
}

impl Task {
    /// The end of a row after a read, with that outcome, unless a change that was sent before may have
    /// been applied.
    fn ended_by_read(&self, outcome: Outcome, reasons: String) -> NextStep {
        NextStep::End(if self.attempts.may_be_applied() {
            RowEnd {
                outcome: Outcome::Unknown,
                reasons: format!("{reasons}{MAY_BE_APPLIED}"),
            }
        } else {
            RowEnd { outcome, reasons }
        })
    }
}
