//! A conversation as it was listed -> the row that `select` writes of it: its slug, what it shows for people
//! and for a preview, and guards on that.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::listing::SeenConversation;
use crate::api::{BaseUrl, Redactor};
use crate::change::known_status;
use crate::model::text::{one_line, visible_json};
use crate::model::{Assignment, Attribute, Conversation, Slug, TagList, damage};
use crate::report::SelectSummary;
use crate::validate::{Clock, Damaged, Draft, Terms};

/// The longest subject, in characters.
const SUBJECT_CHARS: usize = 300;

/// The longest email or slug, in characters.
const NAME_CHARS: usize = 320;

/// One row: names of columns, and their values.
pub(super) type SelectedRow = Vec<(&'static str, RowValue)>;

/// A value of a row.
#[derive(Debug)]
pub(super) enum RowValue {
    Text(String),
    Tags(Vec<String>),
    /// Nobody, or nothing, which a guard expects.
    Nothing,
    /// It is not known.
    NotShown,
}

/// The columns of what a conversation showed.
pub(super) const COLUMNS: [&str; 10] = [
    "slug",
    "_subject",
    "_status",
    "_assignee",
    "_tags",
    "_category",
    "_created_at",
    "_last_customer_message_at",
    "_url",
    "_read_at",
];

/// The columns of guards.
pub(super) const GUARDS: [&str; 4] = [
    "expect.status",
    "expect.assignee",
    "expect.tag_list",
    "expect.category",
];

/// Makes rows, and counts what they lack.
pub(super) struct RowMaker<'a> {
    base_url: &'a BaseUrl,
    redactor: &'a Redactor,
    /// What guards are checked against, if there are to be any.
    guards: Option<Terms>,
    invalid_slugs: u64,
    unguarded: u64,
    spreadsheet_slugs: u64,
}

impl<'a> RowMaker<'a> {
    pub(super) fn new(base_url: &'a BaseUrl, redactor: &'a Redactor, with_guards: bool) -> Self {
        let terms = || Terms {
            clock: Clock {
                now: Timestamp::now(),
                timezone: None,
            },
            damaged: Damaged::Refuse,
            site: None,
        };
        Self {
            base_url,
            redactor,
            guards: with_guards.then(terms),
            invalid_slugs: 0,
            unguarded: 0,
            spreadsheet_slugs: 0,
        }
    }

    /// The row of a conversation; `None` if its slug is not valid as input.
    pub(super) fn row(&mut self, seen: SeenConversation) -> Option<SelectedRow> {
        let listed = seen.conversation;
        let slug = self.redactor.server_text(&listed.slug);
        if Slug::parse(slug.as_str()).is_err() {
            self.invalid_slugs += 1;
            return None;
        }
        self.spreadsheet_slugs += u64::from(is_rewritten_by_spreadsheets(&slug));
        let conversation = listed.conversation;
        let subject = conversation.subject.as_deref().unwrap_or_default();
        let url = self.base_url.app_address(&slug);
        let time = |time: Option<Timestamp>| time.map_or(RowValue::NotShown, written_time);
        let [status, assignee, tags, category] = self.state(&conversation);
        let guards = self.guards.is_some().then(|| self.guards(&conversation));
        // In a cell, what is not shown is empty like what is not there: nobody may conclude anything from that.
        let is_shown = ![&status, &assignee, &tags]
            .iter()
            .any(|value| matches!(value, RowValue::NotShown));
        let values = [
            RowValue::Text(slug),
            RowValue::Text(one_line(&self.redactor.server_text(subject), SUBJECT_CHARS)),
            status,
            assignee,
            tags,
            category,
            time(listed.created_at),
            time(listed.customer_wrote_at),
            RowValue::Text(url),
            time(is_shown.then_some(seen.read_at)),
        ];
        let guards = GUARDS.into_iter().zip(guards.into_iter().flatten());
        Some(COLUMNS.into_iter().zip(values).chain(guards).collect())
    }

    /// What the rows lack.
    pub(super) fn add_to(&self, selection: &mut SelectSummary) {
        selection.invalid_slugs = self.invalid_slugs;
        selection.unguarded = self.unguarded;
        selection.spreadsheet_slugs = self.spreadsheet_slugs;
    }

    fn state(&self, shown: &Conversation) -> [RowValue; 4] {
        let text = |text: &str| self.redactor.server_text(text);
        let attribute = |attribute: &Attribute<String>| match attribute {
            Attribute::Value(value) => name(&text(value)),
            Attribute::Empty => RowValue::Nothing,
            Attribute::NotShown => RowValue::NotShown,
        };
        let status = shown.status.as_deref().and_then(known_status);
        // In another form, a run would not know them: it could neither compare nor edit them.
        let tags = shown.tag_list.as_ref().and_then(|tags| match tags {
            TagList::Array(tags) => Some(tags),
            TagList::Other(_) => None,
        });
        [
            status.map_or(RowValue::NotShown, |status| {
                RowValue::Text(status.name().to_owned())
            }),
            attribute(&shown.assignee),
            tags.map_or(RowValue::NotShown, |tags| {
                RowValue::Tags(tags.iter().map(|tag| text(tag)).collect())
            }),
            attribute(&shown.category),
        ]
    }

    /// Guards on the same; none on what an input may not have.
    fn guards(&mut self, shown: &Conversation) -> [RowValue; 4] {
        let mut state = self.state(shown);
        let mut is_guarded = true;
        for (name, value) in GUARDS.into_iter().zip(&mut state) {
            let assignment = Assignment {
                field: name.to_owned(),
                value: value.guard_cell(),
            };
            let is_valid = self
                .guards
                .as_ref()
                .is_some_and(|terms| Draft::from_assignments(&[assignment], terms).is_ok());
            if !is_valid || matches!(value, RowValue::NotShown) {
                *value = RowValue::NotShown;
                is_guarded = false;
            }
        }
        self.unguarded += u64::from(!is_guarded);
        state
    }
}

/// An email or a slug. What is not one plain line is neither.
fn name(shown: &str) -> RowValue {
    let shown = shown.trim();
    if one_line(shown, NAME_CHARS) == shown {
        RowValue::Text(shown.to_owned())
    } else {
        RowValue::NotShown
    }
}

fn written_time(time: Timestamp) -> RowValue {
    let time = time.to_zoned(TimeZone::UTC);
    RowValue::Text(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

impl RowValue {
    /// The value as the cell of a guard; an empty cell is no guard.
    pub(super) fn guard_cell(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Tags(tags) if tags.is_empty() => "[]".to_owned(),
            Self::Tags(tags) => tags_cell(tags),
            Self::Nothing => "none".to_owned(),
            Self::NotShown => String::new(),
        }
    }

    /// The value for people.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Tags(tags) => tags.join(", "),
            other => other.cell(),
        }
    }

    /// The value as a cell of a file.
    pub(super) fn cell(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Tags(tags) => tags_cell(tags),
            Self::Nothing | Self::NotShown => String::new(),
        }
    }
}

/// Tags as a cell of `tag_list` has them: between commas, if none of them would be read as something else.
fn tags_cell(tags: &[String]) -> String {
    let is_plain = |tag: &String| {
        let is_usual = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | ':');
        let is_trimmed = tag.trim() == tag && tag.starts_with(char::is_alphanumeric);
        is_trimmed && tag.chars().all(is_usual) && damage::of_tag(tag).is_none()
    };
    let is_rewritten = tags.len() == 1 && is_rewritten_by_spreadsheets(&tags[0]);
    if tags.iter().all(is_plain) && !is_rewritten {
        return tags.join(", ");
    }
    let json = serde_json::to_string(tags).unwrap_or_default();
    visible_json(&json).into_owned()
}

/// Whether a spreadsheet would make a number, a date or a formula of it.
fn is_rewritten_by_spreadsheets(slug: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let is_number = |text: &str| text.parse::<f64>().is_ok();
    let is_part_of_date = |text: &str| {
        let lower = text.to_ascii_lowercase();
        is_number(text) || MONTHS.iter().any(|month| lower.starts_with(month))
    };
    let parts = slug.split(['-', '.']).count();
    let is_date = (2..=3).contains(&parts)
        && slug.contains(|c: char| c.is_ascii_digit())
        && slug.split(['-', '.']).all(is_part_of_date);
    is_number(slug) || is_date || slug.starts_with(['=', '+', '-', '@'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_that_a_spreadsheet_would_rewrite_are_known() {
        for slug in [
            "1042",
            "1e5",
            "2026-11-26",
            "may-2024",
            "1-mar",
            "-a",
            "+49",
        ] {
            assert!(is_rewritten_by_spreadsheets(slug), "{slug}");
        }
        for slug in ["late-parcel", "order-1042", "may-i-ask", "late-parcel-2"] {
            assert!(!is_rewritten_by_spreadsheets(slug), "{slug}");
        }
    }

    #[test]
    fn tags_are_a_cell_that_is_read_as_the_same_tags() {
        let cell = |tags: &[&str]| {
            let tags: Vec<_> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            tags_cell(&tags)
        };
        assert_eq!(cell(&["vip", "two words"]), "vip, two words");
        assert_eq!(cell(&["=cmd()"]), r#"["=cmd()"]"#);
        assert_eq!(cell(&["a,b", "c"]), r#"["a,b","c"]"#);
        assert_eq!(cell(&["001"]), r#"["001"]"#);
        assert_eq!(cell(&["mar-3"]), r#"["mar-3"]"#);
        assert_eq!(cell(&["none", "vip"]), r#"["none","vip"]"#);
        assert_eq!(cell(&[]), "");
    }
}
