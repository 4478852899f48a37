//! A row, and what is known of its conversation without reading it -> what the row would change there, as
//! a preview against the account has it. A value that is not known never holds a row back.

use super::decision::{GuardMode, NoChange, decide};
use super::diff::{changed, set_tags};
use super::guards::{failed_guards, is_on_shown};
use crate::model::{Conversation, DataMode, Outcome, RowDiff, TagEdits, Update};

/// What would become of a row.
#[derive(Debug)]
pub struct PreviewedChange {
    /// How it would end; updated means that it would be.
    pub outcome: Outcome,
    /// Why it would not be changed.
    pub reasons: String,
    /// What it would change.
    pub diff: RowDiff,
}

/// What would become of `update` if its conversation were as `known`. Guards on what is not known are
/// not looked at.
#[must_use]
pub fn previewed(update: &Update<'_>, known: Conversation) -> PreviewedChange {
    let ended = |outcome, reasons| PreviewedChange {
        outcome,
        reasons,
        diff: RowDiff::default(),
    };
    let updated = |diff| PreviewedChange {
        outcome: Outcome::Updated,
        reasons: String::new(),
        diff,
    };
    if update.is_without_change() {
        return ended(Outcome::Unchanged, String::new());
    }
    let known = Conversation {
        slug: Some(update.slug.as_str().to_owned()),
        ..known
    };
    let edits_unknown = known.tag_list.is_none() && !update.tag_edits.is_empty();
    let guards = update.guards.iter();
    let decided = Update {
        tag_edits: if edits_unknown {
            TagEdits::default()
        } else {
            update.tag_edits.clone()
        },
        guards: guards
            .filter(|guard| is_on_shown(guard, &known))
            .cloned()
            .collect(),
        ..update.clone()
    };
    match decide(&decided, &known, GuardMode::Check, DataMode::Changed) {
        Ok(change) => {
            let mut diff = changed(&decided, &change.before, &change.after);
            if edits_unknown {
                diff.tags = set_tags(update);
            }
            updated(diff)
        }
        Err(NoChange::NotNeeded) if edits_unknown => updated(RowDiff {
            tags: set_tags(update),
            ..RowDiff::default()
        }),
        Err(NoChange::NotNeeded) => ended(Outcome::Unchanged, String::new()),
        Err(NoChange::Guards {
            failing,
            is_changed_already,
        }) => ended(
            Outcome::Conflict,
            failed_guards(failing, is_changed_already),
        ),
        Err(NoChange::UnsafeTag(tag)) => ended(Outcome::Conflict, tag.to_string()),
        Err(NoChange::Unsafe(why)) => ended(Outcome::Conflict, why.to_owned()),
        Err(NoChange::Unreadable(what)) => ended(Outcome::Failed, what.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Changes, Guard, Slug, Status, StatusChange};

    fn update() -> Update<'static> {
        Update {
            line: 2,
            slug: Slug::parse("123").expect("a slug"),
            unproven_host: None,
            changes: Changes {
                status: Status::from_code(2).map(StatusChange::To),
                ..Changes::default()
            },
            tag_edits: TagEdits {
                add: vec!["vip".into()],
                remove: Vec::new(),
            },
            guards: vec![
                Guard::Status(Status::from_code(0)),
                Guard::UpdatedAt(None),
                Guard::Data("plan".into(), None),
            ],
        }
    }

    fn shown(update: &Update<'_>, known: &str) -> String {
        let known = serde_json::from_str(known).expect("a conversation");
        let PreviewedChange {
            outcome,
            reasons,
            diff,
        } = previewed(update, known);
        format!("{}: {diff}{reasons}", outcome.name())
    }

    #[test]
    fn only_guards_on_what_is_known_are_looked_at() {
        let update = update();
        for (known, expected) in [
            (
                r#"{"status": 0, "tag_list": ["new"]}"#,
                "updated: status Open -> Done  tags +vip",
            ),
            (
                r#"{"status": 4, "tag_list": []}"#,
                "conflict: status: expected 0 (Open), the conversation shows 4 (Archived)",
            ),
            (
                r#"{"status": 2, "tag_list": ["VIP"]}"#,
                "conflict: status: expected 0 (Open), the conversation shows 2 (Done); the conversation already has all requested values",
            ),
            (
                r#"{"tag_list": ["a, b"]}"#,
                "conflict: the tag `a, b` contains a comma, and would be changed by writing it back (edit the tags in the app)",
            ),
        ] {
            assert_eq!(shown(&update, known), expected, "{known}");
        }
    }

    #[test]
    fn what_is_not_known_would_change() {
        let mut update = update();
        assert_eq!(shown(&update, "{}"), "updated: status -> Done  tags +vip");
        update.guards.clear();
        let done = r#"{"status": 2}"#;
        assert_eq!(shown(&update, done), "updated: tags +vip");
        update.tag_edits.add.clear();
        assert_eq!(shown(&update, done), "unchanged: ");
        update.changes = Changes::default();
        assert_eq!(shown(&update, "{}"), "unchanged: ");
    }
}
