//! What a run would do -> a paragraph for the log of a run that does not ask, and the key figures.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::table::GLUE;
use super::words::{Certainty, sending};
use super::{Sample, StateFindings, UndoPreview};
use crate::model::text::counted;
use crate::model::{Detail, NameFinding, Preview, RequestRate, SendCounts};

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

impl AccountLabel<'_> {
    /// Where it is, in few words: `in acme`, for the brand.
    pub(super) fn place(&self) -> String {
        if self.is_sandbox {
            return "in the sandbox".to_owned();
        }
        let address = self.base_url.unwrap_or_default();
        let (_, host) = address.split_once("://").unwrap_or_default();
        let host = host.split('/').next().unwrap_or_default();
        match host.strip_suffix(".reamaze.io") {
            Some(brand) => format!("in {brand}"),
            None => format!("at {host}"),
        }
    }
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
            (None, None) => f.write_str("not set (not needed for a dry run)"),
        }
    }
}

/// Why nothing of a file is sent, although rows may ask for changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockedBy {
    /// Some rows are invalid.
    InvalidRows,
    /// There are too many rows, or a second header.
    File,
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
    /// Names in rows that the account does not know.
    pub names: &'a [NameFinding],
    /// What there is to say of an undo.
    pub undo: Option<&'a UndoPreview>,
    /// What would change in the account as the state columns show it, if there are any.
    pub state: Option<&'a StateFindings>,
    /// What would be sent.
    pub send_counts: SendCounts,
    /// Why that is nothing, if the file is refused.
    pub blocked_by: Option<BlockedBy>,
    /// How fast it is sent at most.
    pub rate: RequestRate,
    /// The first requests.
    pub samples: Vec<Sample<'a>>,
    /// Whether the page shows these.
    pub detail: Detail,
}

impl Plan<'_> {
    /// A paragraph for a run that does not ask.
    pub(super) fn line(&self) -> String {
        let effects = [
            Some(self.rows()),
            self.limited(),
            self.tags(),
            self.edits(),
            self.all_data(),
            self.damaged(),
            self.no_undo(),
        ];
        let rows: Vec<_> = effects.into_iter().flatten().collect();
        // Only lines that are wrapped need to be held together.
        let rows = rows.join("; ").replace(GLUE, " ");
        format!(
            "{rows}\n{}{}, to {}",
            self.undo(),
            self.sending(),
            self.account
        )
    }

    /// What there is to say of an undo, in lines.
    fn undo(&self) -> String {
        self.undo.map(UndoPreview::text).unwrap_or_default()
    }

    /// What the file is.
    pub(super) fn rows(&self) -> String {
        let Preview { rows, legal, .. } = self.preview;
        let finished = match self.settled {
            0 => String::new(),
            settled => format!("{settled} already finished; "),
        };
        let validity = match (*legal, self.preview.illegal()) {
            (0, 0) => String::new(),
            (1, 0) => ", valid".to_owned(),
            (0, 1) => ", invalid".to_owned(),
            (_, 0) => ", all valid".to_owned(),
            (0, _) => ", all invalid".to_owned(),
            (legal, illegal) => format!(", {legal} valid, {illegal} invalid"),
        };
        let rows = counted(*rows, "row");
        format!("{}: {finished}{rows}{validity}", self.input)
    }

    /// What sending takes.
    pub(super) fn sending(&self) -> String {
        // What is read need not be changed.
        let certainty = match self.send_counts.reads {
            0 => Certainty::Exact,
            _ => Certainty::AtMost,
        };
        sending(self.send_counts, self.rate, certainty)
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
        map.serialize_entry("rate_asked", &self.rate.per_second())?;
        map.serialize_entry(
            "expected_s",
            &self.send_counts.expected(self.rate).as_secs_f64(),
        )?;
        map.end()
    }
}
