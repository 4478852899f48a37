//! The ten states of a conversation, by number and by name.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// A conversation's status: a number on the wire, 0 to 9.
/// Source: the public API page "Retrieving Conversations" and the app's help on states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(u8);

/// Per number: the app's name, the API page's name, further spellings.
const NAMES: [&[&str]; 10] = [
    &["Open", "Unresolved"],
    &["Responded", "Pending"],
    &["Done", "Resolved"],
    &["Spam"],
    &["Archived"],
    &["On Hold"],
    &["Auto-Done", "Auto-Resolved"],
    &["AI Agent Assigned", "Chatbot Assigned"],
    &["AI Agent Done", "Chatbot Resolved"],
    &["Spam (AI)", "Spam (by AI)"],
];

/// What people and other helpdesks call a status.
const OTHER_NAMES: [(&[&str], Status); 8] = [
    (
        &[
            "reopen",
            "reopened",
            "re open",
            "new",
            "active",
            "todo",
            "in progress",
        ],
        Status(0),
    ),
    (
        &[
            "answered",
            "replied",
            "waiting on customer",
            "awaiting reply",
        ],
        Status(1),
    ),
    (
        &[
            "close",
            "closed",
            "solve",
            "solved",
            "resolve",
            "complete",
            "completed",
            "finished",
            "fixed",
            "handled",
        ],
        Status(2),
    ),
    (&["junk", "spammed"], Status(3)),
    (
        &[
            "archive", "delete", "deleted", "trash", "trashed", "bin", "remove", "removed",
        ],
        Status(4),
    ),
    (
        &[
            "hold",
            "onhold",
            "held",
            "wait",
            "waiting",
            "snooze",
            "snoozed",
            "pause",
            "paused",
            "later",
            "deferred",
            "postponed",
            "scheduled",
        ],
        Status(5),
    ),
    (
        &["autodone", "auto resolve", "auto close", "auto closed"],
        Status(6),
    ),
    (&["bot", "ai", "chatbot"], Status(7)),
];

static SHOWN: LazyLock<Vec<String>> = LazyLock::new(|| {
    let shown = |status: Status| format!("{} ({})", status.code(), status.name());
    Status::all().map(shown).collect()
});

/// Names as listed, the usual spelling, and normalised.
static BY_NAME: LazyLock<HashMap<String, Status>> = LazyLock::new(|| {
    let names = (0..).zip(NAMES).flat_map(|(code, names)| {
        names
            .iter()
            .flat_map(|name| [(*name).to_owned(), normalised(name)])
            .map(move |name| (name, Status(code)))
    });
    names.collect()
});

impl Status {
    /// The one status that needs a `hold_until`.
    pub const ON_HOLD: Self = Self(5);

    /// The status of that number; `None` beyond 9.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        (usize::from(code) < NAMES.len()).then_some(Self(code))
    }

    /// The status of that name: the app's or the API page's, in any case, with `-`, `_` and
    /// blanks alike.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let status = BY_NAME.get(name).or_else(|| BY_NAME.get(&normalised(name)));
        status.copied()
    }

    /// The ten of them, by number.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..).map_while(Self::from_code)
    }

    /// The accepted name that was probably meant by `text`: what others call that status, or what
    /// is spelled most like it.
    #[must_use]
    pub fn suggestion(text: &str) -> Option<&'static str> {
        let lower = normalised(text);
        let other = OTHER_NAMES
            .iter()
            .find(|(names, _)| names.contains(&lower.as_str()));
        if let Some((_, status)) = other {
            return Some(status.name());
        }
        let names = Self::all().flat_map(|status| status.own_names().iter().copied());
        names
            .map(|name| (strsim::damerau_levenshtein(&lower, &normalised(name)), name))
            .filter(|(distance, name)| *distance <= name.len() / 3)
            .min()
            .map(|(_, name)| name)
    }

    /// Every accepted name of this status, the app's first.
    #[must_use]
    pub fn own_names(self) -> &'static [&'static str] {
        NAMES[usize::from(self.0)]
    }

    /// The words of a name, in which alone spellings agree (and there in any case).
    pub fn words(name: &str) -> impl Iterator<Item = &str> {
        name.split(|c: char| c == '-' || c == '_' || c.is_whitespace())
            .filter(|word| !word.is_empty())
    }

    /// The number on the wire, 0 to 9.
    #[must_use]
    pub fn code(self) -> u8 {
        self.0
    }

    /// Number and name, for people.
    #[must_use]
    pub fn shown(self) -> &'static str {
        &SHOWN[usize::from(self.0)]
    }

    /// The name in the app.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.own_names()[0]
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown())
    }
}

fn normalised(name: &str) -> String {
    let words: Vec<_> = Status::words(name).collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_in_any_spelling() {
        for (code, names) in (0u8..).zip(NAMES) {
            for name in names {
                for spelling in [
                    (*name).to_owned(),
                    name.to_uppercase(),
                    name.replace([' ', '-'], "_"),
                    name.replace([' ', '_'], "-"),
                    name.replace(['-', '_'], " "),
                ] {
                    assert_eq!(
                        Status::from_name(&spelling).map(Status::code),
                        Some(code),
                        "{spelling}"
                    );
                }
            }
        }
        assert_eq!(Status::from_name("opne"), None);
        assert_eq!(Status::from_code(10), None);
    }

    #[test]
    fn what_others_call_a_status_suggests_its_name() {
        for (text, name) in [
            ("closed", "Done"),
            ("Solved", "Done"),
            ("waiting", "On Hold"),
            ("on_hld", "On Hold"),
            ("HOLD", "On Hold"),
            ("re-open", "Open"),
            ("reopen", "Open"),
            ("trash", "Archived"),
            ("auto-close", "Auto-Done"),
            ("opne", "Open"),
        ] {
            assert_eq!(Status::suggestion(text), Some(name), "{text}");
        }
        assert_eq!(Status::suggestion("nope"), None);
        for (names, _) in OTHER_NAMES {
            for name in names {
                assert_eq!(Status::from_name(name), None, "{name}");
                assert_eq!(normalised(name), *name);
            }
        }
    }
}
