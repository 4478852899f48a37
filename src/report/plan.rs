//! What a run would do -> a page for people, a question, and the key figures for the log.

use std::fmt::Write as _;
use std::time::Duration;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Sample, UndoPreview, in_words};
use crate::model::text::{counted, exact};
use crate::model::{FieldChanges, Preview, SendCounts, ValueRows};

/// Values of a field on the page.
const VALUES_SHOWN: usize = 5;

/// Where requests go, and as whom, for people; a dry run needs to know neither.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct AccountLabel<'a> {
    /// The address of the API.
    pub base_url: Option<&'a str>,
    /// The login.
    pub email: Option<&'a str>,
    /// Whether it is the built-in sandbox.
    #[serde(skip)]
    pub is_sandbox: bool,
}

impl std::fmt::Display for AccountLabel<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_sandbox {
            return f.write_str("the sandbox (a simulated Re:amaze)");
        }
        match (self.email, self.base_url) {
            (Some(email), Some(base_url)) => write!(f, "{email} at {base_url}"),
            (None, Some(base_url)) => f.write_str(base_url),
            (Some(email), None) => f.write_str(email),
            (None, None) => f.write_str("none given (a dry run needs none)"),
        }
    }
}

/// What would be sent, where, and how fast.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The input as the user named it.
    pub input: &'a str,
    /// Where it goes, and as whom, as far as it is known.
    pub account: AccountLabel<'a>,
    /// What the rows change.
    pub preview: &'a Preview,
    /// Rows that an earlier pass of the run has finished.
    pub settled: u64,
    /// What may be wrong with the file as a whole.
    pub warnings: Vec<String>,
    /// What there is to say of an undo.
    pub undo: Option<&'a UndoPreview>,
    /// What would be sent.
    pub send_counts: SendCounts,
    /// The rate as the user wrote it.
    pub rate: String,
    /// The same in requests per second.
    pub rate_per_second: f64,
    /// The first requests.
    pub samples: Vec<Sample<'a>>,
}

impl Plan<'_> {
    /// How long sending takes at that rate; where rows are read first, at most.
    pub(super) fn expected(&self) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = self.send_counts.requests() as f64 / self.rate_per_second;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    /// The page.
    #[must_use]
    pub fn page(&self) -> String {
        let mut page = format!("{}\n", self.rows());
        for warning in &self.warnings {
            let _ = writeln!(page, "warning: {warning}");
        }
        let _ = writeln!(page, "account: {}", self.account);
        let fields = self.preview.fields();
        if !fields.is_empty() {
            page.push_str("changes:\n");
        }
        for (field, changes) in fields {
            let _ = writeln!(
                page,
                "  {}: {}{}",
                exact(&field),
                counted(changes.rows, "row"),
                self.detail(&field, changes)
            );
        }
        if self.preview.guards().next().is_some() {
            page.push_str("guards:\n");
        }
        for (field, expected) in self.preview.guards() {
            let _ = writeln!(
                page,
                "  {}: {}{}",
                exact(field),
                counted(expected.rows, "row"),
                self.detail("", expected)
            );
        }
        for what in self.effects() {
            let _ = writeln!(page, "{what}");
        }
        if self.preview.without_change > 0 {
            let rows = counted(self.preview.without_change, "row");
            let _ = writeln!(page, "changes nothing on {rows}");
        }
        page.push_str(&self.undo());
        let _ = writeln!(page, "{}", self.sending());
        for limit in self.limits() {
            let _ = writeln!(page, "{limit}");
        }
        if !self.samples.is_empty() {
            page.push_str("first requests:\n");
        }
        for sample in &self.samples {
            let _ = writeln!(page, "{sample}");
        }
        page
    }

    /// The question before sending, with the key figures.
    #[must_use]
    pub fn question(&self) -> String {
        let mut question = "\n".to_owned();
        for what in self.tags().into_iter().chain(self.effects()) {
            let _ = writeln!(question, "This {what}.");
        }
        if let Some(undo) = self.undo {
            question.push_str(&undo.before_yes());
        }
        for limit in self.limits() {
            let _ = writeln!(question, "{limit}");
        }
        let send = match self.undo {
            Some(UndoPreview { run, .. }) => format!("Undo {run}: send"),
            None => "Send".to_owned(),
        };
        let (sending, account) = (self.sending(), &self.account);
        let _ = write!(question, "{send} {sending} to {account}? [y/N] ");
        question
    }

    /// The same in brief, for a run that does not ask.
    pub(super) fn line(&self) -> String {
        let warnings = self.tags().into_iter();
        let warnings = warnings.chain(self.effects()).chain(self.limits());
        let rows: Vec<_> = std::iter::once(self.rows()).chain(warnings).collect();
        format!(
            "{}\n{}{}, to {}",
            rows.join("; "),
            self.undo(),
            self.sending(),
            self.account
        )
    }

    /// What there is to say of an undo, in lines.
    fn undo(&self) -> String {
        self.undo.map(UndoPreview::text).unwrap_or_default()
    }

    fn rows(&self) -> String {
        let Preview { rows, legal, .. } = self.preview;
        let finished = match self.settled {
            0 => String::new(),
            settled => format!("{settled} already finished; "),
        };
        format!(
            "{}: {finished}{}, {legal} valid, {} invalid",
            self.input,
            counted(*rows, "row"),
            self.preview.illegal()
        )
    }

    fn sending(&self) -> String {
        let requests = counted(self.send_counts.requests(), "request");
        let (rate, time) = (&self.rate, in_words(self.expected()));
        match self.send_counts.reads {
            0 => format!("{requests} at {rate} (about {time})"),
            // What is read need not be changed.
            reads => {
                let reads = counted(reads, "read");
                format!("up to {requests} ({reads}) at {rate} (at most about {time})")
            }
        }
    }

    fn detail(&self, field: &str, changes: &FieldChanges) -> String {
        let mut detail = String::new();
        if field == "tag_list" {
            let _ = write!(detail, "; {}", self.tags().unwrap_or_default());
        }
        if changes.nulls > 0 {
            let _ = write!(detail, "; null on {}", changes.nulls);
        }
        if changes.damaged > 0 {
            let _ = write!(detail, "; damaged on {}, sent unchanged", changes.damaged);
        }
        let values = changes.commonest(VALUES_SHOWN);
        if !values.is_empty() {
            let listed: Vec<_> = values
                .iter()
                .map(
                    |ValueRows {
                         value,
                         is_cut,
                         rows,
                     }| {
                        let more = if *is_cut { "…" } else { "" };
                        format!("{}{more} ×{rows}", exact(value))
                    },
                )
                .collect();
            let more = if changes.commonest(VALUES_SHOWN + 1).len() > VALUES_SHOWN {
                ", ..."
            } else {
                ""
            };
            let _ = write!(detail, ": {}{more}", listed.join(", "));
        }
        detail
    }
}

/// The key figures, under the names of the dry run's document.
impl Serialize for Plan<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("input", self.input)?;
        map.serialize_entry("settled", &self.settled)?;
        map.serialize_entry("rows", &self.preview.rows)?;
        map.serialize_entry("valid", &self.preview.legal)?;
        map.serialize_entry("invalid", &self.preview.illegal())?;
        map.serialize_entry("account", &self.account)?;
        map.serialize_entry("replaces_tags", &self.preview.replaces_tags)?;
        map.serialize_entry("clears_tags", &self.preview.clears_tags)?;
        map.serialize_entry("edits_tags", &self.preview.edits_tags)?;
        map.serialize_entry("sends_all_data", &self.preview.sends_all_data())?;
        map.serialize_entry("damaged", &self.preview.damaged())?;
        if let Some(undo) = self.undo {
            map.serialize_entry("undoes_undo", &undo.undoes_undo())?;
            map.serialize_entry("cannot_put_back", &undo.cannot_put_back())?;
        }
        map.serialize_entry("cannot_undo", &self.cannot_undo())?;
        map.serialize_entry("requests", &self.send_counts.requests())?;
        map.serialize_entry("reads", &self.send_counts.reads)?;
        map.serialize_entry("rate_asked", &self.rate_per_second)?;
        map.serialize_entry("expected_s", &self.expected().as_secs_f64())?;
        map.end()
    }
}
