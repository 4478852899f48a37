//! The state columns of a row, as `select` writes them -> what its conversation showed when it was listed.
//! They are ignored for sending: a cell that cannot be read is only not known.

use std::borrow::Cow;

use csv::StringRecord;
use jiff::{SignedDuration, Timestamp};

use super::columns::Columns;
use super::field::Field;
use super::naming::Naming;
use super::tags::shown_tags;
use super::terms::Clock;
use super::times;
use super::value::{self, Value};
use crate::model::spreadsheet::meant;
use crate::model::{Attribute, Conversation, Members, TagList};

/// When the page was read on which the conversation was listed. A row without it has no state.
const READ_AT: &str = "_read_at";

/// What the conversation showed.
const STATUS: &str = "_status";
const TAGS: &str = "_tags";
const ASSIGNEE: &str = "_assignee";
const CATEGORY: &str = "_category";

/// How much later than now a conversation may have been read: clocks differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);

/// What the state columns of a row contain.
#[derive(Debug)]
pub struct RowState {
    /// When the conversation was read; `None` if that is empty or not a valid time.
    pub read_at: Option<Timestamp>,
    /// What it showed then, as far as the columns carry it and can be read.
    pub conversation: Conversation,
    /// The columns whose cells cannot be read.
    pub unreadable: Vec<&'static str>,
}

/// Where the state columns of a CSV or TSV file are; nowhere without a `_read_at`.
#[derive(Debug, Default)]
pub(super) struct StateColumns(Vec<(&'static str, usize)>);

impl StateColumns {
    pub(super) fn new(columns: &Columns) -> Self {
        let place = |name: &'static str| {
            let field = Some(Field::Ignored(name.into()));
            let at = columns
                .all
                .iter()
                // Another column that is mapped to the name was not written by `select`.
                .position(|column| {
                    column.field == field && column.name.eq_ignore_ascii_case(name)
                })?;
            Some((name, at))
        };
        let others = [STATUS, TAGS, ASSIGNEE, CATEGORY].into_iter();
        let places =
            place(READ_AT).map(|read_at| std::iter::once(read_at).chain(others.filter_map(place)));
        Self(places.into_iter().flatten().collect())
    }

    /// Whether there are any.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads a row's cells.
    pub(super) fn state(&self, cells: &StringRecord, clock: &Clock) -> Option<RowState> {
        let cell = |wanted: &'static str| {
            let (_, at) = self.0.iter().find(|(name, _)| *name == wanted)?;
            cells.get(*at).map(Value::Cell)
        };
        state(cell, clock)
    }
}

/// Whether a line of JSONL may have a state: most files have no such key, and are not parsed again for it.
pub(super) fn may_be_in(text: &str) -> bool {
    text.contains(READ_AT)
}

/// Reads the members of a line of JSONL, which have just these names.
pub(super) fn of_object(text: &str, naming: &Naming, clock: &Clock) -> Option<RowState> {
    if !may_be_in(text) {
        return None;
    }
    let members = Members::from_line(text).ok()?;
    let is_mapped = |name| naming.position(name, std::iter::empty).is_some();
    let value = |name| members.get(name).filter(|_| !is_mapped(name));
    state(|name| value(name).map(Value::Json), clock)
}

/// The state whose values `value` has by name; `None` without a `_read_at`.
fn state<'a>(value: impl Fn(&'static str) -> Option<Value<'a>>, clock: &Clock) -> Option<RowState> {
    value(READ_AT)?;
    let mut cells = Cells {
        value,
        unreadable: Vec::new(),
    };
    let read_at = cells.read(READ_AT, |value| {
        let read_at = value::time(value, clock, times::any)?.instant;
        if read_at.duration_since(clock.now) > CLOCKS_DIFFER {
            return Err("is in the future".to_owned());
        }
        Ok(read_at)
    });
    let status = cells.read(STATUS, value::status);
    let tags = cells.read(TAGS, shown_tags);
    let owned = |read: fn(Value<'a>) -> Result<Cow<'a, str>, String>| {
        move |value| read(value).map(Cow::into_owned)
    };
    let conversation = Conversation {
        status: value_of(status).map(|status| status.code().to_string()),
        tag_list: match tags {
            Attribute::NotShown => None,
            Attribute::Empty => Some(TagList::Array(Vec::new())),
            Attribute::Value(tags) => Some(TagList::Array(tags)),
        },
        assignee: cells.read(ASSIGNEE, owned(value::assignee)),
        // Every conversation has a channel: without one in the file, it is not known.
        category: match cells.read(CATEGORY, owned(value::name)) {
            Attribute::Empty => Attribute::NotShown,
            category => category,
        },
        ..Conversation::default()
    };
    Some(RowState {
        read_at: value_of(read_at),
        conversation,
        unreadable: cells.unreadable,
    })
}

fn value_of<T>(attribute: Attribute<T>) -> Option<T> {
    match attribute {
        Attribute::Value(value) => Some(value),
        Attribute::Empty | Attribute::NotShown => None,
    }
}

/// The state columns of one row, while they are read.
struct Cells<V> {
    value: V,
    unreadable: Vec<&'static str>,
}

impl<'a, V: Fn(&'static str) -> Option<Value<'a>>> Cells<V> {
    /// What a column has: one that is not there, or that cannot be read, shows nothing.
    fn read<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Value<'a>) -> Result<T, String>,
    ) -> Attribute<T> {
        let Some(value) = (self.value)(name) else {
            return Attribute::NotShown;
        };
        let is_empty = match value {
            Value::Cell(cell) | Value::Option(cell) => meant(cell).is_empty(),
            Value::Json(json) => ["null", "\"\""].contains(&json.get()),
        };
        if is_empty {
            return Attribute::Empty;
        }
        read(value).map_or_else(
            |_| {
                self.unreadable.push(name);
                Attribute::NotShown
            },
            Attribute::Value,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::UnknownNames;

    fn clock() -> Clock {
        Clock {
            now: "2026-01-01T12:00:00Z".parse().expect("a time"),
            timezone: None,
        }
    }

    /// What is known of a conversation with these cells, and which cannot be read.
    fn known(cells: &[&str]) -> Option<(bool, String, String)> {
        let header = StringRecord::from(vec![
            "slug",
            "_Status",
            "_tags",
            "_assignee",
            "_category",
            "_read_at",
        ]);
        let columns = Columns::from_header(&header, 1, &Naming::default(), None).expect("a header");
        let cells: Vec<_> = std::iter::once("a").chain(cells.iter().copied()).collect();
        let columns = StateColumns::new(&columns);
        let state = columns.state(&StringRecord::from(cells), &clock())?;
        let shown = serde_json::to_string(&state.conversation).expect("JSON");
        Some((state.read_at.is_some(), shown, state.unreadable.join(" ")))
    }

    #[test]
    fn cells_are_what_the_conversation_showed() {
        const AT: &str = "2026-01-01T11:48:00Z";
        let open = r#"{"tag_list":["vip","Two words"],"status":0,"assignee":"kim@example.com","category":"support"}"#;
        let none = r#"{"tag_list":[],"assignee":null}"#;
        for (cells, expected) in [
            (
                ["Open", "vip, Two words", "kim@example.com", "support", AT],
                (true, open, ""),
            ),
            (["", "", "", "", AT], (true, none, "")),
            (
                ["9", r#"["a, b", "c;d"]"#, "", "", AT],
                (
                    true,
                    r#"{"tag_list":["a, b","c;d"],"status":9,"assignee":null}"#,
                    "",
                ),
            ),
            (
                ["#N/A", "1.23E+11", "####", "[object Object]", AT],
                (true, "{}", "_status _tags _assignee _category"),
            ),
            (["", "", "", "", ""], (false, none, "")),
            (
                ["", "", "", "", "01/01/2026 11:48"],
                (false, none, "_read_at"),
            ),
            (
                ["", "", "", "", "2027-01-01T00:00:00Z"],
                (false, none, "_read_at"),
            ),
            (
                ["", "[broken", "", "", "2026-01-01T12:04:00Z"],
                (true, r#"{"assignee":null}"#, "_tags"),
            ),
        ] {
            let (is_read, shown, unreadable) = expected;
            let expected = Some((is_read, shown.to_owned(), unreadable.to_owned()));
            assert_eq!(known(&cells), expected, "{cells:?}");
        }
    }

    #[test]
    fn a_column_of_another_name_is_no_state_even_if_it_is_mapped_to_one() {
        let header = StringRecord::from(vec!["slug", "Status", "_read_at"]);
        let map = ["Status=_status".to_owned()];
        let naming = Naming::from_options(&map, UnknownNames::Refuse).expect("options");
        let columns = Columns::from_header(&header, 1, &naming, None).expect("a header");
        let cells = StringRecord::from(vec!["a", "Open", "2026-01-01T11:48:00Z"]);
        let state = StateColumns::new(&columns).state(&cells, &clock());
        assert_eq!(state.expect("a state").conversation.status, None);
    }

    #[test]
    fn without_a_time_of_reading_there_is_no_state() {
        let header = StringRecord::from(vec!["slug", "_status", "status"]);
        let columns = Columns::from_header(&header, 1, &Naming::default(), None).expect("a header");
        let columns = StateColumns::new(&columns);
        assert!(columns.is_empty());
        let row = StringRecord::from(vec!["a", "Open", "2"]);
        assert!(columns.state(&row, &clock()).is_none());
        let object = |text, map: &[String]| {
            let naming = Naming::from_options(map, UnknownNames::Refuse).expect("options");
            of_object(text, &naming, &clock())
        };
        assert!(object(r#"{"slug":"a","_status":"Open"}"#, &[]).is_none());
        let text =
            r#"{"_read_at":"2026-01-01T11:00:00Z","_status":5,"_tags":["x"],"_assignee":null}"#;
        let state = object(text, &[]).expect("a state");
        assert_eq!(state.conversation.status.as_deref(), Some("5"));
        assert_eq!(state.conversation.assignee, Attribute::Empty);
        assert!(state.conversation.category.is_not_shown());
        let mapped = object(text, &["_status=status".to_owned()]).expect("a state");
        assert_eq!(mapped.conversation.status, None);
    }
}
