//! A row, and what its conversation showed if it was read -> what the row changes there, field by field,
//! in words.

use super::equal::{is_alike, is_same_data, is_same_time, known_status};
use super::tags::without;
use super::undo::asked;
use crate::model::{
    Attribute, BeforeImage, Changes, Conversation, FieldDiff, RowDiff, StatusChange, TagDiff,
    TagList, Update, ValueBefore, literal,
};

/// What `update` changes in the conversation that `image` shows; without an image, what it sets.
#[must_use]
pub fn diff(update: &Update<'_>, image: Option<&BeforeImage>) -> RowDiff {
    match image {
        Some(image) => changed(update, &image.before, &image.after),
        None => RowDiff {
            fields: set_fields(&update.changes),
            tags: set_tags(update),
        },
    }
}

/// What differs between the two in the fields that `update` sets.
pub(super) fn changed(update: &Update<'_>, before: &Conversation, after: &Conversation) -> RowDiff {
    RowDiff {
        fields: fields(before, after),
        tags: tags(update, before, after),
    }
}

fn field(field: impl Into<String>, before: ValueBefore, after: String) -> FieldDiff {
    FieldDiff {
        field: field.into(),
        before,
        after,
    }
}

/// Fields that differ.
fn fields(before: &Conversation, after: &Conversation) -> Vec<FieldDiff> {
    let mut fields = Vec::new();
    let status = after.status.as_deref();
    if let Some(ours) = status.filter(|ours| !is_same_status(before.status.as_deref(), ours)) {
        let before = before.status.as_deref().map(status_name);
        let before = before.map_or(ValueBefore::Unknown, ValueBefore::Value);
        fields.push(field("status", before, status_name(ours)));
    }
    fields.extend(attribute(
        "hold_until",
        &before.hold_until,
        &after.hold_until,
        is_same_time,
    ));
    let texts = [
        ("assignee", &before.assignee, &after.assignee),
        ("category", &before.category, &after.category),
        ("brand", &before.brand, &after.brand),
    ];
    for (name, before, after) in texts {
        fields.extend(attribute(name, before, after, |a, b| is_alike(a, b)));
    }
    for (name, ours) in after.data.iter().flat_map(|data| &data.0) {
        let old = before.data.as_ref().map(|data| data.get(name));
        if old.is_some_and(|old| is_same_data(&asked(ours), old)) {
            continue;
        }
        let before = match old {
            None => ValueBefore::Unknown,
            Some(None) => ValueBefore::Nothing,
            Some(Some(value)) => ValueBefore::Value(literal(value)),
        };
        fields.push(field(format!("data.{name}"), before, literal(ours)));
    }
    fields
}

fn is_same_status(before: Option<&str>, ours: &str) -> bool {
    before.is_some_and(|before| known_status(before) == known_status(ours))
}

fn status_name(status: &str) -> String {
    known_status(status).map_or_else(|| status.to_owned(), |status| status.name().to_owned())
}

fn attribute<T: ToString>(
    name: &str,
    before: &Attribute<T>,
    after: &Attribute<T>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Option<FieldDiff> {
    let Attribute::Value(ours) = after else {
        return None;
    };
    let before = match before {
        Attribute::Value(old) if is_same(old, ours) => return None,
        Attribute::Value(old) => ValueBefore::Value(old.to_string()),
        Attribute::Empty => ValueBefore::Nothing,
        Attribute::NotShown => ValueBefore::Unknown,
    };
    Some(field(name, before, ours.to_string()))
}

fn tags(update: &Update<'_>, before: &Conversation, after: &Conversation) -> TagDiff {
    let Some(TagList::Array(ours)) = &after.tag_list else {
        return TagDiff::default();
    };
    let Some(TagList::Array(old)) = &before.tag_list else {
        return set_tags(update);
    };
    let (added, gone) = (without(ours, old), without(old, ours));
    let (removed, wiped) = match update.changes.tag_list {
        Some(_) => (Vec::new(), gone),
        None => (gone, Vec::new()),
    };
    TagDiff {
        added,
        removed,
        wiped,
        set: None,
    }
}

fn set_fields(changes: &Changes<'_>) -> Vec<FieldDiff> {
    let Changes {
        tag_list: _,
        status,
        assignee,
        destination,
        data,
    } = changes;
    let mut fields = Vec::new();
    let mut set = |name: &str, value: String| fields.push(field(name, ValueBefore::Unknown, value));
    if let Some(change) = status {
        set("status", change.status().name().to_owned());
        if let StatusChange::OnHold(until) = change {
            set("hold_until", until.text.clone());
        }
    }
    if let Some(email) = assignee {
        set("assignee", email.clone().into_owned());
    }
    if let Some(destination) = destination {
        set("category", destination.category.clone().into_owned());
        if let Some(brand) = &destination.brand {
            set("brand", brand.clone().into_owned());
        }
    }
    for (name, value) in data {
        set(&format!("data.{name}"), value.as_text().to_owned());
    }
    fields
}

/// The tags of the row, of a conversation whose tags are not known.
pub(super) fn set_tags(update: &Update<'_>) -> TagDiff {
    let owned = |tags: &[std::borrow::Cow<'_, str>]| -> Vec<String> {
        tags.iter().map(|tag| tag.clone().into_owned()).collect()
    };
    TagDiff {
        added: owned(&update.tag_edits.add),
        removed: owned(&update.tag_edits.remove),
        wiped: Vec::new(),
        set: update.changes.tag_list.as_deref().map(owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{GuardMode, decide};
    use crate::model::{DataMode, Slug, TagEdits};

    fn update() -> Update<'static> {
        Update {
            line: 2,
            slug: Slug::parse("late-parcel").expect("a slug"),
            unproven_host: None,
            changes: Changes::default(),
            tag_edits: TagEdits::default(),
            guards: Vec::new(),
        }
    }

    fn shown(json: &str) -> Conversation {
        serde_json::from_str(json).expect("a conversation")
    }

    fn image(update: &Update<'_>, shown: &Conversation) -> BeforeImage {
        let change = decide(update, shown, GuardMode::Check, DataMode::Changed).expect("a change");
        BeforeImage {
            line: 2,
            slug: "late-parcel".into(),
            attempts: 0,
            read_at: jiff::Timestamp::UNIX_EPOCH,
            before: change.before,
            after: change.after,
            supersedes: false,
        }
    }

    #[test]
    fn a_diff_has_only_what_differs() {
        let mut update = update();
        update.changes.status = Some(StatusChange::To(
            crate::model::Status::from_code(2).expect("Done"),
        ));
        update.changes.assignee = Some("Kim@example.com".into());
        update.tag_edits.add = vec!["VIP".into(), "refund".into()];
        update.tag_edits.remove = vec!["new".into(), "gone".into()];
        let shown = shown(
            r#"{"status": 0, "assignee": "kim@EXAMPLE.com", "tag_list": ["vip", "New", "inbox"]}"#,
        );
        let read = image(&update, &shown);
        let diff = |image| super::diff(&update, image).to_string();
        assert_eq!(diff(Some(&read)), "status Open -> Done  tags +refund -New");
        assert_eq!(
            diff(None),
            "status -> Done  assignee -> Kim@example.com  tags +VIP +refund -new -gone"
        );
    }

    #[test]
    fn tags_that_are_replaced_are_wiped_not_removed() {
        let mut update = update();
        update.changes.tag_list = Some(vec!["vip".into()]);
        let shown = shown(r#"{"tag_list": ["VIP", "urgent"]}"#);
        let tags = super::diff(&update, Some(&image(&update, &shown))).tags;
        assert_eq!(
            (tags.wiped, tags.removed, tags.added),
            (vec!["urgent".to_owned()], vec![], vec![])
        );
        let unread = super::diff(&update, None).tags;
        assert_eq!(unread.set, Some(vec!["vip".to_owned()]));
    }
}
