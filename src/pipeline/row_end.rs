//! What came of sending a row -> its outcome, and the reasons in its record.

use crate::api::Updated;
use crate::ledger::Record;
use crate::model::Outcome;
use crate::send::Ending;

/// How a row ended.
pub(super) struct RowEnd {
    pub(super) outcome: Outcome,
    pub(super) reasons: String,
}

impl From<Ending> for RowEnd {
    fn from(ending: Ending) -> Self {
        let (outcome, reasons) = match ending {
            Ending::Rejected(reasons) => (Outcome::Rejected, reasons),
            Ending::NotFound(reasons) => (Outcome::NotFound, reasons),
            Ending::Failed(reasons) => (Outcome::Failed, reasons),
            Ending::Unknown(reasons) => (Outcome::Unknown, reasons),
            Ending::NotSent(reasons) => (Outcome::NotSent, reasons),
        };
        Self { outcome, reasons }
    }
}

impl From<&Updated> for RowEnd {
    /// With what differs, and what is good to know.
    fn from(updated: &Updated) -> Self {
        let differences = updated.differences.iter().map(ToString::to_string);
        let note = updated.note().map(|note| format!("{}{note}", Record::NOTE));
        let reasons: Vec<_> = differences.chain(note).collect();
        Self {
            outcome: Outcome::Updated,
            reasons: reasons.join("; "),
        }
    }
}
