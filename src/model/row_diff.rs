//! What a row changes in its conversation, field by field, and in one line for people.

use std::fmt;

use serde::ser::{Serialize, Serializer};

use super::text::{exact, one_line};

/// The longest value in a line, in characters.
const VALUE_CHARS: usize = 60;

/// What a row changes in its conversation: nothing that is there already.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct RowDiff {
    /// Fields other than tags, in the order of the documentation.
    pub fields: Vec<FieldDiff>,
    /// Tags.
    pub tags: TagDiff,
}

/// A field with another value after than before.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldDiff {
    /// Its name.
    pub field: String,
    /// What was there.
    #[serde(skip_serializing_if = "ValueBefore::is_unknown")]
    pub before: ValueBefore,
    /// What the row sets: a status by its name, null as empty text.
    pub after: String,
}

/// What was in a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueBefore {
    /// Nobody has read it, or the answer does not show it.
    Unknown,
    /// Nothing.
    Nothing,
    /// This, in the form of [`FieldDiff::after`].
    Value(String),
}

/// Tags that a row adds and removes. Of a conversation that nobody has read, those of the row.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct TagDiff {
    /// Tags that were not there.
    pub added: Vec<String>,
    /// Tags that the row names to be removed.
    pub removed: Vec<String>,
    /// Tags that go because the row replaces all tags by others.
    pub wiped: Vec<String>,
    /// All tags that there are then, of a row that replaces what nobody has read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<Vec<String>>,
}

impl RowDiff {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.tags == TagDiff::default()
    }
}

impl FieldDiff {
    /// The same with shorter texts.
    #[must_use]
    pub fn shortened(&self, shorten: impl Fn(&str) -> String) -> Self {
        Self {
            field: shorten(&self.field),
            before: match &self.before {
                ValueBefore::Value(value) => ValueBefore::Value(shorten(value)),
                before => before.clone(),
            },
            after: shorten(&self.after),
        }
    }
}

impl ValueBefore {
    /// Whether nobody knows.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}

/// What is unknown is to be left out; nothing is null.
impl Serialize for ValueBefore {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown | Self::Nothing => serializer.serialize_none(),
            Self::Value(value) => serializer.serialize_str(value),
        }
    }
}

/// The value, `none`, or nothing where it is unknown.
impl fmt::Display for ValueBefore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => Ok(()),
            Self::Nothing => f.write_str("none"),
            Self::Value(value) => f.write_str(&in_line(value)),
        }
    }
}

/// As `status Open -> Done`; a field that nobody has read, as `status -> Done`.
impl fmt::Display for FieldDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (field, after) = (in_line(&self.field), in_line(&self.after));
        match &self.before {
            ValueBefore::Unknown => write!(f, "{field} -> {after}"),
            before => write!(f, "{field} {before} -> {after}"),
        }
    }
}

/// As `tags +vip -new wiped -old -"two words"`; tags that replace what nobody has read, as
/// `tags = vip, new`.
impl fmt::Display for TagDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tags")?;
        match self.set.as_deref() {
            Some([]) => return f.write_str(" = none"),
            Some(tags) => {
                let tags: Vec<_> = tags.iter().map(|tag| one_word(tag)).collect();
                return write!(f, " = {}", tags.join(", "));
            }
            None => {}
        }
        let signed = |f: &mut fmt::Formatter<'_>, sign, tags: &[String]| {
            let mut tags = tags.iter();
            tags.try_for_each(|tag| write!(f, " {sign}{}", one_word(tag)))
        };
        signed(f, '+', &self.added)?;
        signed(f, '-', &self.removed)?;
        if self.wiped.is_empty() {
            return Ok(());
        }
        f.write_str(" wiped")?;
        signed(f, '-', &self.wiped)
    }
}

/// As `status Open -> Done  tags +vip -new`, in one line.
impl fmt::Display for RowDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.fields.iter().map(ToString::to_string);
        let tags = (self.tags != TagDiff::default()).then(|| self.tags.to_string());
        let parts: Vec<_> = fields.chain(tags).collect();
        f.write_str(&parts.join("  "))
    }
}

/// A value in a line: quoted where it would not show as it is, cut where it is long.
fn in_line(value: &str) -> String {
    if value.chars().nth(VALUE_CHARS).is_some() {
        return one_line(value, VALUE_CHARS);
    }
    exact(value).into_owned()
}

/// A tag in a line of tags: quoted where it would look like several.
fn one_word(tag: &str) -> String {
    let shown = in_line(tag);
    if shown.contains(' ') && !shown.starts_with('"') {
        return format!("{shown:?}");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_one_line() {
        let tags = |tags: &[&str]| tags.iter().copied().map(str::to_owned).collect::<Vec<_>>();
        let field = |field: &str, before, after: &str| FieldDiff {
            field: field.into(),
            before,
            after: after.into(),
        };
        let diff = RowDiff {
            fields: vec![
                field("status", ValueBefore::Value("Open".into()), "Done"),
                field("assignee", ValueBefore::Nothing, "kim@example.com"),
                field("data.plan", ValueBefore::Unknown, ""),
                field(
                    "data.note",
                    ValueBefore::Value("a\nb".into()),
                    &"x".repeat(61),
                ),
            ],
            tags: TagDiff {
                added: tags(&["vip", "two words"]),
                removed: tags(&["new"]),
                wiped: tags(&["old", "Old 2"]),
                set: None,
            },
        };
        assert_eq!(
            diff.to_string(),
            format!(
                "status Open -> Done  assignee none -> kim@example.com  data.plan -> \"\"  data.note \"a\\nb\" -> {}…  tags +vip +\"two words\" -new wiped -old -\"Old 2\"",
                "x".repeat(60)
            )
        );
        for (set, shown) in [
            (tags(&["a", "b"]), "tags = a, b"),
            (Vec::new(), "tags = none"),
        ] {
            let diff = RowDiff {
                tags: TagDiff {
                    set: Some(set),
                    ..TagDiff::default()
                },
                ..RowDiff::default()
            };
            assert_eq!(diff.to_string(), shown);
        }
        assert!(RowDiff::default().is_empty());
    }
}
