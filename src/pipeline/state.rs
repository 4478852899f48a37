//! Legal rows beside their state columns -> what each would change in its conversation as that was then.
//! Nothing is sent, and what is sent does not depend on it.

use std::io;

use jiff::Timestamp;
use rayon::prelude::*;

use super::Planned;
use crate::change::{PreviewedChange, previewed};
use crate::model::{ReadPolicy, Row, Update};
use crate::validate::{RowState, Rules};

/// A legal row, and what its state columns say of it.
#[derive(Debug)]
pub struct StateRow<'a> {
    /// The row.
    pub update: &'a Update<'a>,
    /// What the columns contain; `None` of a row without them.
    pub state: Option<StateRead>,
}

/// What was read of the state columns of a legal row.
#[derive(Debug)]
pub struct StateRead {
    /// When the conversation was as they show it, and what would become of the row then; `None` where
    /// that is not known.
    pub preview: Option<(Timestamp, PreviewedChange)>,
    /// The columns whose cells cannot be read.
    pub unreadable: Vec<&'static str>,
}

/// Takes in the legal rows that are to be sent, or that ask for no change.
pub trait StateRows: Send {
    /// A pass over the input begins: only the rows of the last one count.
    ///
    /// # Errors
    /// When nothing can be put aside.
    fn begin(&mut self) -> io::Result<()>;

    /// The next row.
    ///
    /// # Errors
    /// When it cannot be put aside.
    fn add(&mut self, row: StateRow<'_>) -> io::Result<()>;
}

/// How the state columns of the rows of a pass are read, and who takes them in.
pub(super) struct StatePass<'a> {
    pub(super) rules: &'a Rules,
    pub(super) policy: ReadPolicy,
    /// The most rows that make a request: what it keeps back is not looked at.
    pub(super) limit: Option<u64>,
    pub(super) to: &'a mut dyn StateRows,
}

impl StatePass<'_> {
    /// Reads the state columns of the next `rows`, which are so planned, after `sent` that make a request;
    /// on all cores.
    pub(super) fn take_in(
        &mut self,
        rows: &[Row],
        planned: &[Planned<'_>],
        sent: u64,
    ) -> io::Result<()> {
        let rules = self.rules;
        if !rows.iter().any(|row| rules.row_may_have_state(row)) {
            return self.hand_on(planned, std::iter::repeat_with(|| None), sent);
        }
        let read = |(row, planned): (&Row, &Planned<'_>)| match planned {
            Planned::Send(update) => rules.state(row).map(|state| read(update, state)),
            Planned::Skip { .. } | Planned::Invalid { .. } => None,
        };
        let states: Vec<_> = rows.par_iter().zip(planned).map(read).collect();
        self.hand_on(planned, states, sent)
    }

    fn hand_on(
        &mut self,
        planned: &[Planned<'_>],
        states: impl IntoIterator<Item = Option<StateRead>>,
        mut sent: u64,
    ) -> io::Result<()> {
        for (planned, state) in planned.iter().zip(states) {
            let Planned::Send(update) = planned else {
                continue;
            };
            let requests = update.requests(self.policy);
            if requests == 0 || self.limit.is_none_or(|limit| sent < limit) {
                sent += requests.min(1);
                self.to.add(StateRow { update, state })?;
            }
        }
        Ok(())
    }
}

fn read(update: &Update<'_>, state: RowState) -> StateRead {
    let RowState {
        read_at,
        conversation,
        unreadable,
    } = state;
    StateRead {
        preview: read_at.map(|read_at| (read_at, previewed(update, conversation))),
        unreadable,
    }
}
