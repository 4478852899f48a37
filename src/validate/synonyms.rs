//! What other tools and people call a field -> its name here.

/// What people call a field in other tools, and its name here. Spaces, hyphens and underscores do not
/// matter.
const SYNONYMS: [(&str, &str); 54] = [
    ("tags", "tag_list"),
    ("labels", "tag_list"),
    ("set_tags", "tag_list"),
    ("replace_tags", "tag_list"),
    ("additional_tags", "add_tags"),
    ("extra_tags", "add_tags"),
    ("new_tags", "add_tags"),
    ("append_tags", "add_tags"),
    ("added_tags", "add_tags"),
    ("tags_to_add", "add_tags"),
    ("tags_add", "add_tags"),
    ("tag_add", "add_tags"),
    ("tag", "add_tags"),
    ("label", "add_tags"),
    ("add_label", "add_tags"),
    ("add_labels", "add_tags"),
    ("labels_to_add", "add_tags"),
    ("delete_tag", "remove_tags"),
    ("delete_tags", "remove_tags"),
    ("drop_tags", "remove_tags"),
    ("removed_tags", "remove_tags"),
    ("tags_to_remove", "remove_tags"),
    ("tags_remove", "remove_tags"),
    ("tag_remove", "remove_tags"),
    ("untag", "remove_tags"),
    ("remove_label", "remove_tags"),
    ("remove_labels", "remove_tags"),
    ("delete_labels", "remove_tags"),
    ("labels_to_remove", "remove_tags"),
    ("state", "status"),
    ("email", "assignee"),
    ("agent", "assignee"),
    ("agent_email", "assignee"),
    ("assigned_to", "assignee"),
    ("assignee_email", "assignee"),
    ("owner", "assignee"),
    ("owner_email", "assignee"),
    ("staff", "assignee"),
    ("channel", "category"),
    ("inbox", "category"),
    ("mailbox", "category"),
    ("ticket_url", "slug"),
    ("ticket_link", "slug"),
    ("conversation_url", "slug"),
    ("conversation_link", "slug"),
    ("conversation_slug", "slug"),
    ("permalink", "slug"),
    ("url", "slug"),
    ("link", "slug"),
    ("ticket", "slug"),
    ("conversation", "slug"),
    ("ticket_id", "slug"),
    ("id", "slug"),
    ("last_updated", "updated_at"),
];

/// What people write in front of the name of a custom field.
const CUSTOM: [&str; 6] = [
    "custom field",
    "custom_field",
    "customfield",
    "custom",
    "cf",
    "data",
];

/// The field that other tools call so.
pub(super) fn synonym(name: &str) -> Option<&'static str> {
    let found = SYNONYMS.iter().find(|(theirs, _)| is_same(theirs, name));
    found.map(|(_, ours)| *ours)
}

/// How early a name stands in the list of synonyms: of several for one field, the first is the surest.
pub(super) fn rank(name: &str) -> Option<usize> {
    SYNONYMS
        .iter()
        .position(|(theirs, _)| is_same(theirs, name))
}

/// Whether a name says what to do with tags.
pub(super) fn is_tag_edit(name: &str) -> bool {
    let is_noun = matches!(&*squeezed(name), "tags" | "labels" | "tag" | "label");
    !is_noun && synonym(name).is_some_and(|field| field.contains("tag"))
}

/// The custom field, like `data.plan`, that a name like `Custom: plan` stands for.
pub(super) fn custom_field(name: &str) -> Option<String> {
    let is_separator = |c: char| " :._-/".contains(c);
    CUSTOM.into_iter().find_map(|start| {
        let (first, rest) = name.split_at_checked(start.len())?;
        let own = rest.trim_start_matches(is_separator);
        let is_custom = first.eq_ignore_ascii_case(start) && own.len() < rest.len();
        (is_custom && !own.is_empty()).then(|| format!("data.{own}"))
    })
}

/// Whether names differ only in letter case and in what people put between words.
pub(super) fn is_same(name: &str, other: &str) -> bool {
    letters(name).eq(letters(other))
}

/// A name without what people put between words, in lower case.
pub(super) fn squeezed(name: &str) -> String {
    letters(name).collect()
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    let letters = name.chars().filter(|c| !" -_:/#".contains(*c));
    letters.flat_map(char::to_lowercase)
}
