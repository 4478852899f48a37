//! Rows whose conversations were read -> what a run would do in the account, in key figures and in bounded
//! memory.

use std::io;

use super::{ChangeFindings, FieldLeftOut, ForeseenRow, KeepRows, LeftOutExtent, LeftOutFields};
use crate::model::{Outcome, SendCounts};

/// Conversations that are named for one reason.
const NAMED: usize = 5;

/// What a run sends for a row at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// Nothing: it asks for no change, or its conversation was not read.
    Nothing,
    /// An update.
    Update,
    /// A request that reads, and an update where that shows that there is something to change.
    ReadThenUpdate,
}

/// A row of a preview against the account.
#[derive(Debug)]
pub struct PreviewedRow<'a> {
    /// The row, how it ended, and what it would change.
    pub row: ForeseenRow<'a>,
    /// What the run sends for it at most.
    pub sending: Sending,
    /// What an undo could not put back, and how much of the row that is.
    pub left_out: (Vec<FieldLeftOut>, LeftOutExtent),
    /// Whether its customer wrote last, and after the input was made.
    pub has_new_message: bool,
}

/// What a run would do in the account.
#[derive(Debug)]
pub struct AccountFindings {
    /// What the rows would change. The conversations of rows that ask for no change were not read.
    pub changes: ChangeFindings,
    /// Requests of the run.
    pub send_counts: SendCounts,
    /// Rows that would be changed, and not read first.
    pub not_read_first: u64,
    /// What an undo could not put back of the others.
    pub left_out: LeftOutFields,
    /// Rows that would be changed although their customer has written since the input was made.
    pub new_messages: u64,
    /// The first of these.
    pub with_new_message: Vec<String>,
}

impl AccountFindings {
    /// None so far.
    ///
    /// # Errors
    /// When there can be no temporary file.
    pub fn new(keep: KeepRows) -> io::Result<Self> {
        Ok(Self {
            changes: ChangeFindings::new(keep)?,
            send_counts: SendCounts::default(),
            not_read_first: 0,
            left_out: LeftOutFields::new()?,
            new_messages: 0,
            with_new_message: Vec::new(),
        })
    }

    /// Takes in a row.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn add(&mut self, previewed: PreviewedRow<'_>) -> io::Result<()> {
        let PreviewedRow { row, sending, .. } = previewed;
        let is_unchanged = row.outcome == Outcome::Unchanged;
        self.changes
            .add(row, is_unchanged && sending == Sending::Nothing)?;
        // What has been read, and shows that nothing is to be changed, is not sent.
        let is_change = row.outcome == Outcome::Updated;
        self.send_counts.rows += u64::from(is_change || sending == Sending::Update);
        self.send_counts.reads += u64::from(sending == Sending::ReadThenUpdate);
        if !is_change {
            return Ok(());
        }
        if previewed.has_new_message {
            self.new_messages += 1;
            if self.with_new_message.len() < NAMED {
                self.with_new_message.push(row.slug.to_owned());
            }
        }
        if sending == Sending::ReadThenUpdate {
            let (fields, extent) = previewed.left_out;
            return self.left_out.add_row(fields, extent);
        }
        self.not_read_first += 1;
        Ok(())
    }
}
