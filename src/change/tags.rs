//! The tags that are there, and edits -> the tags to be there.

use std::collections::HashSet;
use std::fmt;

use super::equal::tag_set;
use crate::model::TagEdits;
use crate::model::text::{folded, quoted};

/// The current tags in their order and spelling, minus removals, plus additions that are not there.
pub(super) fn edited(current: &[String], edits: &TagEdits<'_>) -> Vec<String> {
    let removed = tag_set(&edits.remove);
    let kept = current.iter().filter(|tag| !removed.contains(&folded(tag)));
    let mut tags: Vec<String> = kept.cloned().collect();
    let mut there: HashSet<String> = tags.iter().map(|tag| folded(tag)).collect();
    let new = edits.add.iter().filter(|tag| there.insert(folded(tag)));
    tags.extend(new.map(|tag| tag.clone().into_owned()));
    tags
}

/// Those of `tags` that are not among `others`, each once.
pub(super) fn without(tags: &[String], others: &[String]) -> Vec<String> {
    let mut known: HashSet<_> = others.iter().map(|tag| folded(tag)).collect();
    let new = tags.iter().filter(|tag| known.insert(folded(tag)));
    new.cloned().collect()
}

/// A tag of a conversation that cannot be sent back as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsafeTag {
    /// The tag.
    pub tag: String,
    /// What is the matter with it.
    pub what: &'static str,
}

impl fmt::Display for UnsafeTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tag, what) = (quoted(&self.tag), self.what);
        write!(
            f,
            "the tag {tag} {what}, and would be changed by writing it back (edit the tags in the app)"
        )
    }
}

/// The first tag of a conversation that cannot be sent back, if there is one. A server that joins tags
/// with commas, as tagging libraries do, would make others of them; and what was lost on the way here
/// is not known.
pub(super) fn unsafe_tag(tags: &[String]) -> Option<UnsafeTag> {
    let refusal = |tag: &String, what| {
        let tag = tag.clone();
        Some(UnsafeTag { tag, what })
    };
    if let Some(tag) = tags.iter().find(|tag| tag.contains(',')) {
        return refusal(tag, "contains a comma");
    }
    if let Some(tag) = tags.iter().find(|tag| tag.contains('\u{fffd}')) {
        return refusal(tag, "contains U+FFFD, which stands for lost text");
    }
    for quote in ['"', '\''] {
        let opens = tags.iter().position(|tag| tag.starts_with(quote));
        let Some((at, tag)) = opens.and_then(|at| Some((at, tags.get(at)?))) else {
            continue;
        };
        // Between the quotes, commas separate nothing.
        let is_quoted = tag.len() > 1 && tag.ends_with(quote);
        if is_quoted || tags.iter().skip(at + 1).any(|tag| tag.ends_with(quote)) {
            return refusal(tag, "has quotes around it");
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(tags: &[&str]) -> Vec<String> {
        tags.iter().copied().map(str::to_owned).collect()
    }

    #[test]
    fn tags_keep_their_order_and_spelling() {
        let edits = TagEdits {
            add: vec!["refund".into(), "VIP".into(), "Refund".into()],
            remove: vec!["NEW".into(), "gone".into()],
        };
        let current = owned(&["Inbox", "new", "vip", "New ", "Caf\u{e9}"]);
        let tags = edited(&current, &edits);
        assert_eq!(tags, ["Inbox", "vip", "Caf\u{e9}", "refund"]);
    }

    #[test]
    fn tags_that_a_server_would_take_apart_are_not_written_back() {
        for tags in [
            &["a, b"][..],
            &["\"a\""],
            &["'a'"],
            &["x", "\"a", "b\""],
            &["caf\u{fffd}"],
        ] {
            assert!(unsafe_tag(&owned(tags)).is_some(), "{tags:?}");
        }
        for tags in [
            &["a"][..],
            &["27\""],
            &["rock 'n'"],
            &["\""],
            &["27\"", "\"a"],
            &[],
        ] {
            assert_eq!(unsafe_tag(&owned(tags)), None, "{tags:?}");
        }
    }
}
