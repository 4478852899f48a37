//! What a run would do -> the question before it, with the account and what it takes away.

use super::table::{GLUE, wrapped};
use super::{Plan, UndoPreview};
use crate::model::text::counted;
use crate::model::{Preview, TagRows};

/// Tags that are named of those that are lost.
const TAGS_SHOWN: usize = 3;

impl Plan<'_> {
    /// The question before sending, below a blank line; the cursor stays at its end.
    #[must_use]
    pub fn question(&self) -> String {
        let question = format!("{}?{GLUE}[y/N]", self.asked());
        format!("\n{} ", wrapped(&question, 2).trim_end())
    }

    fn asked(&self) -> String {
        let account = self.account.place();
        let verb = match self.undo {
            _ if self.send_counts.rows == 0 => {
                return "Send nothing, and only write the results".into();
            }
            None if self.is_only_tag_list() => {
                let wiped = self.wiped().map(|wiped| format!(" ({wiped})"));
                let wiped = wiped.unwrap_or_default();
                return format!("{} {account}{wiped}", self.replaced_tags());
            }
            None => "Update",
            Some(UndoPreview {
                is_of_undo: false, ..
            }) => "Undo the changes on",
            Some(UndoPreview {
                is_of_undo: true, ..
            }) => "Reapply the original changes to",
        };
        let conversations = match self.send_counts.rows {
            1 if self.is_limited() => "the first conversation".to_owned(),
            sent if self.is_limited() => format!("the first {sent} conversations"),
            sent => counted(sent, "conversation"),
        };
        format!("{verb} {conversations} {account}{}", self.losses())
    }

    /// Whether each row that is sent sets `tag_list`, and no row anything else.
    fn is_only_tag_list(&self) -> bool {
        let Preview {
            replaces_tags,
            clears_tags,
            ..
        } = self.preview;
        let fields = self.preview.fields();
        fields.iter().all(|(field, _)| field == "tag_list")
            && replaces_tags + clears_tags == self.send_counts.rows
    }

    fn replaced_tags(&self) -> String {
        let Preview {
            replaces_tags,
            clears_tags,
            ..
        } = *self.preview;
        let conversations = |rows| counted(rows, "conversation");
        match (replaces_tags, clears_tags) {
            (0, cleared) => format!("Remove all tags from {}", conversations(cleared)),
            (replaced, 0) => format!("Replace all tags on {}", conversations(replaced)),
            (replaced, cleared) => format!(
                "Replace all tags on {} and remove all tags from {cleared}",
                conversations(replaced)
            ),
        }
    }

    /// The names of tags that are lost, as far as the state columns show them.
    fn wiped(&self) -> Option<String> {
        let wiped = self.state?.wiped(TAGS_SHOWN)?;
        Some(format!("wiping {wiped}"))
    }

    /// The tags that are lost, in parentheses.
    fn losses(&self) -> String {
        let TagRows {
            replaced, cleared, ..
        } = self.tag_rows();
        let sent = self.send_counts.rows;
        let losses = [
            (replaced, "replacing all tags", "on"),
            (cleared, "removing all tags", "from"),
        ];
        let losses = losses.into_iter().filter(|(rows, ..)| *rows > 0);
        let losses = losses.map(|(rows, what, of)| match rows {
            rows if rows == sent => what.to_owned(),
            rows => format!("{what} {of} {rows}"),
        });
        let losses: Vec<_> = losses.chain(self.wiped()).collect();
        if losses.is_empty() {
            return String::new();
        }
        format!(" ({})", losses.join(", "))
    }
}
