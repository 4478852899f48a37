//! Slugs of all rows -> which of them more than one row has, at 16 bytes a row.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use crate::model::text::nfc;

/// A keyed 128-bit fingerprint of a slug. Two slugs share one with a probability of 2^-128, and
/// nobody who does not know the keys can make a pair: a hit needs no second look at the input.
type Fingerprint = u128;

/// The fingerprints of a file's slugs.
#[derive(Debug, Default)]
pub struct Fingerprints {
    keys: Keys,
    seen: Vec<Fingerprint>,
}

#[derive(Debug, Default, Clone)]
struct Keys(RandomState, RandomState);

impl Keys {
    /// Composed and decomposed, a slug is the same.
    fn fingerprint(&self, slug: &str) -> Fingerprint {
        let slug = &*nfc(slug);
        u128::from(self.0.hash_one(slug)) << 64 | u128::from(self.1.hash_one(slug))
    }
}

impl Fingerprints {
    /// Notes the slug of one more row. Rows without a slug share none.
    pub fn note(&mut self, slug: &str) {
        if !slug.is_empty() {
            self.seen.push(self.keys.fingerprint(slug));
        }
    }

    /// The slugs that came more than once.
    #[must_use]
    pub fn repeated(mut self) -> Repeated {
        self.seen.sort_unstable();
        let mut repeated: Vec<Fingerprint> = self
            .seen
            .windows(2)
            .filter(|pair| pair[0] == pair[1])
            .map(|pair| pair[0])
            .collect();
        repeated.dedup();
        repeated.shrink_to_fit();
        let first_lines = vec![0; repeated.len()];
        Repeated {
            keys: self.keys,
            fingerprints: repeated.into(),
            first_lines,
        }
    }
}

/// The slugs that more than one row has, asked row by row in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Repeated {
    keys: Keys,
    /// Sorted.
    fingerprints: Arc<[Fingerprint]>,
    /// Of each of them the line on which it came first; 0 where it has not come yet.
    first_lines: Vec<u64>,
}

/// How a row shares its slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// A later row has the slug too.
    First,
    /// The row on this line has it already.
    Of(u64),
}

impl Repeated {
    /// Whether every slug is there once.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fingerprints.is_empty()
    }

    /// How the row on `line`, the next in the file, shares its slug; `None` if it does not.
    pub fn next(&mut self, slug: &str, line: u64) -> Option<Repeat> {
        if self.fingerprints.is_empty() || slug.is_empty() {
            return None;
        }
        let at = self
            .fingerprints
            .binary_search(&self.keys.fingerprint(slug))
            .ok()?;
        let first = &mut self.first_lines[at];
        if *first == 0 {
            *first = line;
            return Some(Repeat::First);
        }
        Some(Repeat::Of(*first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_that_shares_a_slug_is_known_and_later_ones_name_the_first() {
        let slugs = [
            "a",
            "b",
            "a",
            "",
            "c",
            "",
            "a",
            "caf\u{e9}",
            "cafe\u{301}",
            "cafe",
        ];
        let mut fingerprints = Fingerprints::default();
        for slug in slugs {
            fingerprints.note(slug);
        }
        let mut repeated = fingerprints.repeated();
        let found: Vec<_> = (2..)
            .zip(slugs)
            .map(|(line, slug)| repeated.next(slug, line))
            .collect();
        assert_eq!(
            found,
            [
                Some(Repeat::First),
                None,
                Some(Repeat::Of(2)),
                None,
                None,
                None,
                Some(Repeat::Of(2)),
                Some(Repeat::First),
                Some(Repeat::Of(9)),
                None
            ]
        );
    }
}
