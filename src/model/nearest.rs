//! A name that nobody knows -> the known one that was probably meant.

/// The known name that is most like `name`, if one is like it.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_is_much_alike_is_suggested() {
        let known = || ["status", "slug"].into_iter();
        assert_eq!(nearest("statsu", known()), Some("status"));
        assert_eq!(nearest("colour", known()), None);
    }
}
