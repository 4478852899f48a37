//! `--map` and `--ignore-unknown-columns` -> what the names of columns and keys stand for, beyond the names that
//! fields have.

use super::field::Field;
use super::known_names::near_miss;
use crate::model::shell_word;
use crate::model::spreadsheet::trimmed;
use crate::model::text::quoted;

/// What becomes of columns and keys that are not fields.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UnknownNames {
    /// They are wrong.
    #[default]
    Refuse,
    /// They are left out, unless they look like a slip in the name of a field.
    Ignore,
}

impl UnknownNames {
    /// What a switch says that lets them be ignored.
    #[must_use]
    pub fn new(ignore: bool) -> Self {
        if ignore { Self::Ignore } else { Self::Refuse }
    }
}

/// What names of columns and keys stand for.
#[derive(Debug, Clone, Default)]
pub struct Naming {
    pub(super) renamed: Vec<Renamed>,
    unknown: UnknownNames,
}

/// A column or key that is read as a field of another name.
#[derive(Debug, Clone)]
pub(super) struct Renamed {
    /// The name in the file, trimmed.
    pub(super) theirs: String,
    pub(super) field: Field<'static>,
    /// The option, for a shell.
    pub(super) option: String,
}

/// The option that maps a column to a field, for a shell.
pub(super) fn map_option(theirs: &str, ours: &str) -> String {
    format!("--map {}", shell_word(format!("{theirs}={ours}").as_ref()))
}

impl Naming {
    /// What `--map THEIRS=OURS` options say.
    ///
    /// # Errors
    /// Says which option is wrong, and what would be right.
    pub fn from_options(map: &[String], unknown: UnknownNames) -> Result<Self, String> {
        let mut renamed: Vec<Renamed> = Vec::with_capacity(map.len());
        for option in map {
            let new = Renamed::from_option(option)?;
            let is_same =
                |known: &&Renamed| known.theirs.to_lowercase() == new.theirs.to_lowercase();
            if renamed.iter().any(|known| is_same(&known)) {
                return Err(format!(
                    "--map {option}: {} is mapped twice (keep one)",
                    quoted(&new.theirs)
                ));
            }
            let is_same = |known: &&Renamed| known.field.composed() == new.field.composed();
            if let Some(first) = renamed.iter().find(is_same) {
                return Err(format!(
                    "--map {option}: {} is already mapped to this field (keep one)",
                    quoted(&first.theirs)
                ));
            }
            renamed.push(new);
        }
        Ok(Self { renamed, unknown })
    }

    /// Which of `renamed` the name in the file is, given all names beside it: letter case counts only where
    /// one of them is spelled exactly so.
    pub(super) fn position<'n, N: IntoIterator<Item = &'n str>>(
        &self,
        name: &str,
        all: impl Fn() -> N,
    ) -> Option<usize> {
        if self.renamed.is_empty() {
            return None;
        }
        let name = trimmed(name);
        let exact = self.renamed.iter().position(|known| known.theirs == name);
        exact.or_else(|| {
            let lower = name.to_lowercase();
            self.renamed.iter().position(|known| {
                known.theirs.to_lowercase() == lower
                    && !all()
                        .into_iter()
                        .any(|other| trimmed(other) == known.theirs)
            })
        })
    }

    /// Whether a column or key of that name, which is not a field, is left out.
    ///
    /// # Errors
    /// If it would be, and looks like a slip in the name of a field: what to do.
    pub(super) fn leaves_out(&self, name: &str) -> Result<bool, String> {
        if self.unknown == UnknownNames::Refuse {
            return Ok(false);
        }
        match near_miss(name) {
            None => Ok(true),
            Some(field) => Err(format!(
                "looks like `{field}`, so it is not ignored (rename it, or put `_` before it)"
            )),
        }
    }
}

impl Renamed {
    fn from_option(option: &str) -> Result<Self, String> {
        let last = option.rfind('=').ok_or_else(|| {
            format!("--map {option}: write THEIRS=OURS, like --map 'Ticket URL=slug'")
        })?;
        let is_field = |at: &usize| Field::named(trimmed(&option[at + 1..]).into()).is_ok();
        let signs = option.rmatch_indices('=').map(|(at, _)| at);
        // A name in the file may contain the sign, as may that of a custom field.
        let at = signs.into_iter().find(is_field).unwrap_or(last);
        let (theirs, ours) = (trimmed(&option[..at]), trimmed(&option[at + 1..]));
        let field = Field::named(ours.to_owned().into())
            .map_err(|why| format!("--map {option}: {} {why}", quoted(ours)))?;
        if theirs.is_empty() {
            return Err(format!(
                "--map {option}: missing column name before `=` (write THEIRS=OURS)"
            ));
        }
        Ok(Self {
            theirs: theirs.to_owned(),
            field,
            option: map_option(theirs, ours),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naming(map: &[&str]) -> Result<Naming, String> {
        let map: Vec<_> = map.iter().map(|&option| option.to_owned()).collect();
        Naming::from_options(&map, UnknownNames::Refuse)
    }

    /// What the option maps to what.
    fn read(option: &str) -> (String, Field<'static>) {
        let naming = naming(&[option]).expect("a mapping");
        let renamed = naming.renamed.into_iter().next().expect("one");
        (renamed.theirs, renamed.field)
    }

    #[test]
    fn an_option_is_split_where_a_field_follows() {
        assert_eq!(read("Ticket URL=slug"), ("Ticket URL".into(), Field::Slug));
        assert_eq!(read(" a = b = Slug "), ("a = b".into(), Field::Slug));
        let plan = Field::Data("a=b".into());
        assert_eq!(read("Plan=data.a=b"), ("Plan".into(), plan));
        let notes = Field::Ignored("_notes".into());
        assert_eq!(read("status=_Notes"), ("status".into(), notes));
    }

    #[test]
    fn what_is_wrong_with_an_option_is_named() {
        for (map, words) in [
            (&["slug"][..], "write THEIRS=OURS"),
            (&["=slug"], "missing column name before `=`"),
            (
                &["URL=slgu"],
                "`slgu` is not a known field (did you mean `slug`?)",
            ),
            (&["URL="], "`` is not a known field"),
            (&["A=slug", "B=slug"], "`A` is already mapped to this field"),
            (
                &["A=assignee", "B=assignee.email"],
                "`A` is already mapped to this field",
            ),
            (&["A=slug", "a=status"], "`a` is mapped twice"),
        ] {
            let why = naming(map).expect_err("an error");
            assert!(why.starts_with("--map ") && why.contains(words), "{why}");
        }
    }

    #[test]
    fn letter_case_counts_only_where_one_name_is_spelled_exactly_so() {
        let naming = naming(&["Url=slug"]).expect("a mapping");
        let position =
            |name, all: &'static [&'static str]| naming.position(name, || all.iter().copied());
        assert_eq!(position(" URL ", &[" URL ", "x"]), Some(0));
        assert_eq!(position("URL", &["URL", "Url"]), None);
        assert_eq!(position("Url", &["URL", "Url"]), Some(0));
        assert_eq!(position("x", &["URL", "x"]), None);
    }
}
