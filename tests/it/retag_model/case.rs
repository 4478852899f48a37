//! Rows, the conversations that they change, and what happens meanwhile.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Tags that rows edit: each in spellings that are one tag.
pub(super) const TAGS: [&[&str]; 7] = [
    &["vip", "VIP", "Vip"],
    &["refund", "Refund"],
    &["Señor", "SEN\u{303}OR", "sen\u{303}or"],
    &["big spender", "Big Spender"],
    &["🎉"],
    &["Ünïté", "ÜNÏTÉ"],
    &["café au lait", "CAFE\u{301} AU LAIT"],
];

/// Tags that no row names.
pub(super) const OTHERS: [&str; 8] = [
    "inbox",
    "👩\u{200d}👩\u{200d}👧",
    "27\"",
    "rock 'n' roll",
    "a;b|c",
    "Ｆｕｌｌ",
    "İstanbul",
    "=SUM(A1)",
];

/// A tag that cannot be written back.
pub(super) const WITH_COMMA: &str = "one, two";

pub(super) const ASSIGNEES: [&str; 3] = ["ana@example.com", "ben@example.com", "cy@example.com"];
pub(super) const CATEGORIES: [&str; 2] = ["support", "sales"];
pub(super) const HOLDS: [&str; 2] = ["2098-01-01T00:00:00Z", "2099-06-01T12:30:00Z"];
pub(super) const FIELDS: [&str; 3] = ["plan", "order no", "größe"];
pub(super) const TEXTS: [&str; 4] = ["gold", "Gold", "001", "ünïcode 🎉"];

/// What is in custom fields and could not be in a row.
pub(super) const OLD_TEXTS: [&str; 5] = ["1.2E+11", "#N/A", "NULL", " padded ", "=1+1"];

/// A tag by the name that is the same for all its spellings.
pub(super) fn identity(tag: &str) -> &str {
    let known = TAGS.iter().find(|spellings| spellings.contains(&tag));
    known.map_or(tag, |spellings| spellings[0])
}

/// Whether tags can be sent back as they are.
pub(super) fn is_safe(tag: &str) -> bool {
    tag != WITH_COMMA
}

/// Whether a row can name a tag, whatever other tags it names: an undo cannot add it again otherwise.
pub(super) fn is_legal(tag: &str) -> bool {
    !["=SUM(A1)", "a;b|c", WITH_COMMA].contains(&tag)
}

/// What a row asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) slug: String,
    pub(super) add: Vec<String>,
    pub(super) remove: Vec<String>,
    pub(super) tag_list: Option<Vec<String>>,
    /// A status, and until when if that is On Hold.
    pub(super) status: Option<(u8, Option<&'static str>)>,
    pub(super) assignee: Option<&'static str>,
    pub(super) category: Option<&'static str>,
    pub(super) data: BTreeMap<&'static str, &'static str>,
    pub(super) guards: Vec<(String, Value)>,
    /// Whether all custom fields are sent if one is.
    pub(super) is_whole: bool,
}

impl Row {
    pub(super) fn has_edits(&self) -> bool {
        !self.add.is_empty() || !self.remove.is_empty()
    }

    pub(super) fn has_change(&self) -> bool {
        self.has_edits()
            || self.tag_list.is_some()
            || self.status.is_some()
            || self.assignee.is_some()
            || self.category.is_some()
            || !self.data.is_empty()
    }

    /// The row as an object of a JSONL file.
    fn members(&self) -> Map<String, Value> {
        let mut members = Map::from_iter([("slug".to_owned(), json!(self.slug))]);
        let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
        if !self.add.is_empty() {
            set("add_tags", json!(self.add));
        }
        if !self.remove.is_empty() {
            set("remove_tags", json!(self.remove));
        }
        if let Some(tags) = &self.tag_list {
            set("tag_list", json!(tags));
        }
        if let Some((status, hold)) = self.status {
            set("status", json!(status));
            hold.and_then(|hold| set("hold_until", json!(hold)));
        }
        if let Some(email) = self.assignee {
            set("assignee", json!(email));
        }
        if let Some(category) = self.category {
            set("category", json!(category));
        }
        for (name, text) in &self.data {
            set(&format!("data.{name}"), json!(text));
        }
        for (name, value) in &self.guards {
            set(&format!("expect.{name}"), value.clone());
        }
        members
    }
}

/// What a colleague does to a conversation.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    AddTag(String),
    RemoveTag(usize),
    Status(u8),
    Assignee(&'static str),
    Field(&'static str, &'static str),
}

/// An answer that does not come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loss {
    Error,
    Reset,
    Cut,
}

/// What happens at a request.
#[derive(Clone, Debug)]
pub(super) enum Happening {
    /// A colleague changes its conversation, before or after the request is carried out.
    Colleague { is_after: bool, deed: Deed },
    /// A colleague changes another conversation.
    Elsewhere { number: usize, deed: Deed },
    /// It is carried out or not, and nothing says so.
    Lost { loss: Loss, is_applied: bool },
    /// HTTP 429.
    Throttled,
    /// The process is killed before it is answered.
    KillUnanswered { is_applied: bool },
    /// The process is killed when the answer is on its way.
    KillAnswered,
}

/// A file, an account, and what happens while the one is applied to the other.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// What each conversation has beside the usual; `None` where there is none of that slug.
    pub(super) conversations: BTreeMap<String, Option<Value>>,
    /// Conversations whose changes are refused.
    pub(super) refused: Vec<String>,
    pub(super) rows: Vec<Row>,
    pub(super) is_jsonl: bool,
    pub(super) reads_all: bool,
    pub(super) workers: usize,
    /// By the number of the request.
    pub(super) happenings: BTreeMap<usize, Happening>,
    /// The same, for what follows the run.
    pub(super) later: BTreeMap<usize, Happening>,
    /// Whether a run that was killed is resumed.
    pub(super) is_resumed: bool,
}

impl Case {
    /// The row of that conversation, if there is one.
    pub(super) fn row(&self, slug: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.slug == slug)
    }

    /// Whether the row is read before it is changed.
    pub(super) fn is_read(&self, row: &Row) -> bool {
        let is_number = row.slug.bytes().all(|byte| byte.is_ascii_digit());
        let is_whole = row.is_whole && !row.data.is_empty();
        self.reads_all || is_whole || row.has_edits() || !row.guards.is_empty() || is_number
    }

    /// The name of the file, and what is in it.
    pub(super) fn file(&self) -> (&'static str, String) {
        let rows: Vec<_> = self.rows.iter().map(Row::members).collect();
        if self.is_jsonl {
            let lines = rows.iter().map(|row| format!("{}\n", json!(row)));
            return ("rows.jsonl", lines.collect());
        }
        let mut names: Vec<_> = rows.iter().flat_map(Map::keys).collect();
        names.sort();
        names.dedup();
        let cell = |value: Option<&Value>| match value {
            None => String::new(),
            Some(Value::Null) => "none".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&names).expect("a vector takes all");
        for row in &rows {
            let cells = names.iter().map(|name| cell(row.get(*name)));
            writer.write_record(cells).expect("a vector takes all");
        }
        let bytes = writer.into_inner().expect("a vector takes all");
        ("rows.csv", String::from_utf8(bytes).expect("text of texts"))
    }
}
