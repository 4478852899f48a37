//! The rows of an input, what is recorded of them and their before-images -> row by row, in the order of
//! the input, what became of each and what it changes.

use super::check::{BATCH, next_batch};
use super::{Planned, Planner};
use crate::change::diff;
use crate::input::Reader;
use crate::ledger::{BeforeImages, LedgerError, OrderedRecords, Record};
use crate::model::{BeforeImage, Outcome, Row, RowDiff, Update};

/// What became of a row, and what it changes.
#[derive(Debug)]
pub struct RowEffect<'a> {
    /// The row as it is in the input.
    pub row: &'a Row,
    /// What is recorded of it; not sent where nothing is.
    pub record: Record,
    /// Whether anything is: where nothing is, a run that was killed may have sent it all the same.
    pub is_recorded: bool,
    /// What it asks for; `None` of a row that is not legal.
    pub update: Option<Update<'a>>,
    /// What its conversation showed, if it was read and is to be changed.
    pub image: Option<BeforeImage>,
}

impl RowEffect<'_> {
    /// What the row changes in its conversation, or would.
    #[must_use]
    pub fn diff(&self) -> RowDiff {
        let update = self.update.as_ref();
        update.map_or_else(RowDiff::default, |update| diff(update, self.image.as_ref()))
    }
}

/// Goes through the rows of an input.
#[derive(Debug)]
pub struct RowEffects<'a> {
    /// What the rows mean.
    pub planner: Planner,
    /// What is recorded of them.
    pub records: OrderedRecords,
    /// What their conversations showed.
    pub images: &'a BeforeImages,
}

impl RowEffects<'_> {
    /// Hands out every row that `reader` reads, in order.
    ///
    /// # Errors
    /// When something cannot be read, and those of `each`.
    pub fn each(
        mut self,
        mut reader: Reader,
        mut each: impl FnMut(&RowEffect<'_>) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let mut planner = self.planner.of_all_rows();
        let mut images = self.images.reader()?;
        let mut rows = Vec::with_capacity(BATCH);
        while next_batch(&mut reader, &mut rows)? {
            for (row, planned) in rows.iter().zip(planner.plan_in_parallel(&rows)) {
                let record = self.records.record(row.line)?;
                let is_recorded = record.is_some();
                let record = record.unwrap_or_else(|| not_sent(&planned));
                each(&RowEffect {
                    row,
                    is_recorded,
                    record,
                    image: images.image(row.line)?,
                    update: match planned {
                        Planned::Send(update) => Some(update),
                        Planned::Skip { .. } | Planned::Invalid { .. } => None,
                    },
                })?;
            }
        }
        Ok(())
    }
}

fn not_sent(planned: &Planned<'_>) -> Record {
    let slug = Record::slug(planned.slug()).into_owned();
    Record::unsent(planned.line(), slug, Outcome::NotSent, String::new())
}
