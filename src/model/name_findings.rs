//! Names in rows that the account does not know -> each once, with its rows, in bounded memory.

use std::collections::HashMap;

use serde::Serialize;

use super::text::{head, quoted};

/// Different names that are kept; rows with further ones are only counted.
const MOST_NAMES: usize = 1000;

/// The longest name kept, in bytes.
const NAME_BYTES: usize = 300;

/// A name in a row that the account does not know, or not as what the row takes it for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct NameProblem {
    /// The field, as the input names it.
    pub field: &'static str,
    /// The name, or how it begins.
    #[serde(rename = "value")]
    pub name: String,
    /// What is wrong with it, in the words that follow it.
    pub problem: String,
    /// The brand that the row names for a channel, if no channel of it has this name.
    #[serde(skip)]
    pub brand: Option<String>,
    /// Whether the row is invalid where unknown names are errors; else it is only ever a warning.
    #[serde(skip)]
    pub is_violation: bool,
}

/// A name, and the rows that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NameFinding {
    /// What is wrong.
    #[serde(flatten)]
    pub problem: NameProblem,
    /// The known name that was probably meant.
    #[serde(rename = "did_you_mean")]
    pub meant: Option<String>,
    /// Rows that have it.
    pub rows: u64,
    /// The first of them, by its line.
    #[serde(rename = "first_line")]
    pub line: u64,
}

/// The names that were found, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct NameFindings {
    found: Vec<NameFinding>,
    /// Where in `found` each problem is.
    places: HashMap<NameProblem, usize>,
    /// Rows with further names.
    further: u64,
}

impl NameProblem {
    /// A problem with the name that a field has.
    #[must_use]
    pub fn new(field: &'static str, name: &str, problem: impl Into<String>) -> Self {
        Self {
            field,
            name: head(name, NAME_BYTES).to_owned(),
            problem: problem.into(),
            brand: None,
            is_violation: false,
        }
    }

    /// The same, as one that makes its row invalid where unknown names are errors.
    #[must_use]
    pub fn as_violation(self) -> Self {
        Self {
            is_violation: true,
            ..self
        }
    }

    /// The same, about a channel of that brand.
    #[must_use]
    pub fn of_brand(self, brand: &str) -> Self {
        Self {
            brand: Some(brand.to_owned()),
            ..self
        }
    }

    /// What is wrong; `meant` is the name that was probably meant, and `rest` what else there is to say in
    /// brackets, if anything.
    #[must_use]
    pub fn message(&self, meant: Option<&str>, rest: &[String]) -> String {
        let meant = meant.map(|meant| format!("did you mean {}?", quoted(meant)));
        let rest: Vec<_> = rest.iter().cloned().chain(meant).collect();
        let (name, problem) = (quoted(&self.name), &self.problem);
        match rest.as_slice() {
            [] => format!("{name} {problem}"),
            rest => format!("{name} {problem} ({})", rest.join("; ")),
        }
    }
}

impl NameFindings {
    /// Adds what is wrong with a name in the row on `line`. `meant` looks for the name that was probably
    /// meant: once for each name.
    pub fn add(
        &mut self,
        line: u64,
        problem: NameProblem,
        meant: impl FnOnce(&NameProblem) -> Option<String>,
    ) {
        if let Some(place) = self.places.get(&problem) {
            self.found[*place].rows += 1;
            return;
        }
        if self.found.len() == MOST_NAMES {
            self.further += 1;
            return;
        }
        self.places.insert(problem.clone(), self.found.len());
        self.found.push(NameFinding {
            meant: meant(&problem),
            problem,
            rows: 1,
            line,
        });
    }

    /// The first thousand names.
    #[must_use]
    pub fn first(&self) -> &[NameFinding] {
        &self.found
    }

    /// Rows with names beyond these.
    #[must_use]
    pub fn further(&self) -> u64 {
        self.further
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(name: &str) -> NameProblem {
        NameProblem::new("assignee", name, "is unknown")
    }

    #[test]
    fn a_name_is_kept_once_and_looked_up_once() {
        let mut findings = NameFindings::default();
        let mut looked_up = 0;
        for line in [2, 3, 7] {
            findings.add(line, problem("ann"), |_| {
                looked_up += 1;
                Some("anna".to_owned())
            });
        }
        findings.add(4, problem("bob"), |_| None);
        let [ann, bob] = findings.first() else {
            panic!("two names: {findings:?}")
        };
        assert_eq!((looked_up, ann.rows, ann.line), (1, 3, 2));
        assert_eq!((bob.rows, bob.line, bob.meant.as_deref()), (1, 4, None));
    }

    #[test]
    fn names_without_end_take_bounded_memory() {
        let mut findings = NameFindings::default();
        let long = "x".repeat(1 << 20);
        for line in 0..3000_u64 {
            findings.add(line, problem(&format!("{line}{long}")), |_| None);
        }
        assert_eq!(findings.first().len(), MOST_NAMES);
        assert_eq!(findings.further(), 2000);
        let kept = findings.first().iter();
        assert!(kept.map(|found| found.problem.name.len()).sum::<usize>() <= 300 * MOST_NAMES);
    }

    #[test]
    fn a_message_says_what_and_what_to_do() {
        let problem = NameProblem::new("assignee", "ann\u{1b}[31m", "is unknown");
        assert_eq!(problem.message(None, &[]), "`ann\\u{1b}[31m` is unknown");
        let rest = ["3 rows".to_owned()];
        assert_eq!(
            problem.message(Some("anna"), &rest),
            "`ann\\u{1b}[31m` is unknown (3 rows; did you mean `anna`?)"
        );
    }
}
