//! What a run would do that gives pause -> short sentences for the page, the line and the question.

use super::Plan;
use crate::model::Preview;
use crate::model::text::counted;

impl Plan<'_> {
    /// What sending does beside what the list of changes says: verbs, whose subject is the run.
    pub(super) fn effects(&self) -> impl Iterator<Item = String> {
        let effects = [self.edits(), self.all_data(), self.damaged()];
        effects.into_iter().flatten()
    }

    /// What sending does not do.
    pub(super) fn limits(&self) -> impl Iterator<Item = String> {
        [self.limited(), self.no_undo()].into_iter().flatten()
    }

    fn all_data(&self) -> Option<String> {
        let rows = self.preview.sends_all_data();
        (rows > 0).then(|| {
            let rows = counted(rows, "conversation");
            format!("sends all custom fields of {rows} (--data-whole)")
        })
    }

    fn limited(&self) -> Option<String> {
        let (due, sent) = (self.preview.with_change(), self.send_counts.rows);
        let first = match sent {
            1 => "only the first of these",
            _ => &format!("only the first {sent} of these"),
        };
        let are = if sent == 1 { "is" } else { "are" };
        (0 < sent && sent < due).then(|| format!("{first} {due} rows {are} sent now (--limit)"))
    }

    fn damaged(&self) -> Option<String> {
        let damaged = self.preview.damaged();
        (damaged > 0).then(|| {
            let values = counted(damaged, "damaged value");
            format!("sends {values} in custom fields unchanged (--allow-damaged)")
        })
    }

    fn edits(&self) -> Option<String> {
        let rows = self.preview.edits_tags;
        (rows > 0).then(|| format!("edits tags on {}", counted(rows, "conversation")))
    }

    /// Rows of which nobody will know what was there before. In the sandbox, that is no loss.
    pub(super) fn cannot_undo(&self) -> u64 {
        if self.account.is_sandbox {
            0
        } else {
            self.send_counts.cannot_undo()
        }
    }

    fn no_undo(&self) -> Option<String> {
        let rows = self.cannot_undo();
        // A resumed run is bound to how it was started.
        let advice = if self.settled == 0 {
            "add --read-first"
        } else {
            "the run was started without --read-first"
        };
        (rows > 0).then(|| format!("{} cannot be undone: {advice}", counted(rows, "row")))
    }

    /// The most dangerous thing that a file does.
    pub(super) fn tags(&self) -> Option<String> {
        let Preview {
            replaces_tags,
            clears_tags,
            ..
        } = self.preview;
        let replaced = || counted(*replaces_tags, "conversation");
        match (replaces_tags, clears_tags) {
            (0, 0) => None,
            (_, 0) => Some(format!("replaces all tags on {}", replaced())),
            (0, _) => {
                let cleared = counted(*clears_tags, "conversation");
                Some(format!("clears all tags on {cleared}"))
            }
            _ => Some(format!(
                "replaces all tags on {}, clears them on {clears_tags}",
                replaced()
            )),
        }
    }
}
