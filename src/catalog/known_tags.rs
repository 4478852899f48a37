//! Tags in use -> the one that a tag which nobody uses was probably meant to be.
//!
//! Looking for a near one must be quick: a file may have a tag of its own in every row. So each tag in use is
//! found by itself, and by what is left of it without one of its characters: two texts that differ in one
//! character, or in the order of two neighbors, have one of these in common.

use std::collections::{HashMap, HashSet};

use crate::model::UsedTag;
use crate::model::text::{folded, nfc};

/// Tags that are looked for, the most used ones.
const MOST_TAGS: usize = 20_000;

/// Shorter tags that differ in a character are different: `vip` is not `via`.
const LEAST_CHARS: usize = 4;

/// Longer tags are compared without spelling mistakes.
const MOST_CHARS: usize = 40;

/// Tags in use.
#[derive(Debug, Default)]
pub(super) struct KnownTags {
    names: HashSet<String>,
    /// The most used first.
    most_used: Vec<String>,
    /// Places in `most_used` by what is left of tags.
    places: HashMap<String, Vec<usize>>,
}

impl KnownTags {
    /// These tags, the most used first.
    pub(super) fn new(tags: Vec<UsedTag>) -> Self {
        let mut known = Self::default();
        for tag in tags {
            if known.most_used.len() < MOST_TAGS {
                for part in parts(&plain(&tag.name)) {
                    let places = known.places.entry(part).or_default();
                    places.push(known.most_used.len());
                }
                known.most_used.push(tag.name.clone());
            }
            known.names.insert(nfc(&tag.name).into_owned());
        }
        known
    }

    /// The tag in use that is much like `tag`, which is not in use itself.
    pub(super) fn meant(&self, tag: &str) -> Option<&str> {
        if self.names.contains(nfc(tag).as_ref()) {
            return None;
        }
        let plain_tag = plain(tag);
        let parts = parts(&plain_tag);
        let places = parts.iter().filter_map(|part| self.places.get(part));
        let mut places: Vec<_> = places.flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        let near = |place: usize| {
            let known = self.most_used.get(place)?;
            let distance = strsim::osa_distance(&plain(known), &plain_tag);
            (distance <= 1 && digits(known).eq(digits(tag))).then_some((distance, known))
        };
        // Of several the nearest, and of these the most used.
        let nearest = places.into_iter().filter_map(near);
        nearest
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, known)| known.as_str())
    }
}

/// What tags have in common that differ only in letter case, blanks and hyphens.
fn plain(tag: &str) -> String {
    let separates = |c: char| c.is_whitespace() || matches!(c, '-' | '_');
    folded(tag).replace(separates, "")
}

/// Another number is another tag: `2025` is not a misspelled `2026`.
fn digits(tag: &str) -> impl Iterator<Item = char> + '_ {
    tag.chars().filter(|c| c.is_numeric())
}

/// A plain tag, and what is left of it without each of its characters.
fn parts(plain: &str) -> Vec<String> {
    let mut parts = vec![plain.to_owned()];
    let chars = plain.chars().count();
    if (LEAST_CHARS..=MOST_CHARS).contains(&chars) {
        parts.extend(plain.char_indices().map(|(at, c)| {
            let (before, after) = (&plain[..at], &plain[at + c.len_utf8()..]);
            format!("{before}{after}")
        }));
        parts.sort_unstable();
        parts.dedup();
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known(tags: &[(&str, u64)]) -> KnownTags {
        let tags = tags.iter().map(|(name, count)| UsedTag {
            name: (*name).to_owned(),
            count: *count,
        });
        KnownTags::new(tags.collect())
    }

    #[test]
    fn a_misspelled_tag_is_recognized() {
        let known = known(&[("refund", 90), ("VIP", 5), ("on-hold", 3), ("café", 1)]);
        for (tag, meant) in [
            ("refudn", "refund"),
            ("refunds", "refund"),
            ("refnd", "refund"),
            ("Refund", "refund"),
            ("re fund", "refund"),
            ("vip", "VIP"),
            ("on hold", "on-hold"),
            ("On_Hold", "on-hold"),
            ("onhold", "on-hold"),
            ("CAFE\u{301}", "café"),
        ] {
            assert_eq!(known.meant(tag), Some(meant), "{tag}");
        }
    }

    #[test]
    fn a_tag_in_use_and_a_new_one_are_left_alone() {
        let tags = [("refund", 90), ("vip", 5), ("batch-2025", 3), ("q1", 1)];
        let known = known(&tags);
        for tag in [
            "refund",
            "vip",
            "via",
            "batch-2026",
            "q2",
            "returned",
            "",
            "-",
            "batch 20255",
        ] {
            assert_eq!(known.meant(tag), None, "{tag}");
        }
    }

    #[test]
    fn of_several_the_nearest_and_then_the_most_used_is_meant() {
        let known = known(&[("refund", 500), ("Refunds", 40), ("refunds", 1)]);
        assert_eq!(known.meant("REFUNDS"), Some("Refunds"));
        assert_eq!(known.meant("refunde"), Some("refund"));
        assert_eq!(known.meant("refunds"), None);
    }

    proptest! {
        #[test]
        fn every_tag_that_differs_in_one_place_is_found(
            known_tag in "[a-zé日]{4,12}",
            at in 0..12_usize,
            edit in 0..4,
            other in "[a-zé日]",
        ) {
            let mut chars: Vec<char> = known_tag.chars().collect();
            let at = at % chars.len();
            let other = other.chars().next().unwrap_or('a');
            match edit {
                0 => { chars.remove(at); }
                1 => chars.insert(at, other),
                2 => chars[at] = other,
                _ => { let next = (at + 1) % chars.len(); if next > at { chars.swap(at, next); } }
            }
            let tag: String = chars.iter().collect();
            let known = known(&[(&known_tag, 1), ("entirely different", 9)]);
            let meant = known.meant(&tag);
            // What became too short to be compared is not.
            if tag == known_tag || tag.chars().count() < LEAST_CHARS {
                prop_assert!(meant.is_none() || tag != known_tag);
            } else {
                prop_assert_eq!(meant, Some(known_tag.as_str()));
            }
        }

        #[test]
        fn no_tag_is_taken_for_one_that_differs_more(a in ".{0,20}", b in ".{0,20}") {
            let known = known(&[(&a, 1)]);
            if known.meant(&b).is_some() {
                prop_assert!(strsim::osa_distance(&plain(&a), &plain(&b)) <= 1);
                prop_assert_ne!(a, b);
            }
        }
    }
}
