//! Rows -> what is to be done with each. The dry run and the run ask the same planner.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use crate::ledger::ResumeIndex;
use crate::model::text::quoted;
use crate::model::{Row, Update, Violation};
use crate::validate::{InvalidRow, Repeat, Repeated, Rules};

/// Plans rows in the order of the file. A clone starts again at its first row.
#[derive(Debug, Clone)]
pub struct Planner {
    rules: Arc<Rules>,
    repeated: Repeated,
    recorded: Arc<ResumeIndex>,
}

/// What is to be done with one row.
#[derive(Debug)]
pub enum Planned<'a> {
    /// Nothing: its outcome is final.
    Skip {
        /// The physical line on which the row starts.
        line: u64,
        /// The slug as the row has it, usable or not.
        slug: Cow<'a, str>,
    },
    /// It is legal, and to be sent.
    Send(Update<'a>),
    /// It is not legal.
    Invalid {
        /// The row, and all that is wrong with it.
        row: InvalidRow<'a>,
        /// That a later row has its slug. The later one is reported, this one only not sent.
        shared: Option<Violation>,
    },
}

impl Planned<'_> {
    /// The physical line on which the row starts.
    #[must_use]
    pub fn line(&self) -> u64 {
        match self {
            Self::Skip { line, .. } => *line,
            Self::Send(update) => update.line,
            Self::Invalid { row, .. } => row.line,
        }
    }

    /// The slug as the row has it, usable or not.
    #[must_use]
    pub fn slug(&self) -> &str {
        match self {
            Self::Skip { slug, .. } => slug,
            Self::Send(update) => update.slug.as_str(),
            Self::Invalid { row, .. } => &row.slug,
        }
    }
}

impl Planner {
    /// Plans by `rules`, refuses the rows of every slug in `repeated`, and skips rows whose outcome
    /// in `recorded` is final.
    #[must_use]
    pub fn new(rules: Arc<Rules>, repeated: Repeated, recorded: Arc<ResumeIndex>) -> Self {
        Self {
            rules,
            repeated,
            recorded,
        }
    }

    /// The rules for each row.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// What was recorded before.
    pub(super) fn recorded(&self) -> &Arc<ResumeIndex> {
        &self.recorded
    }

    /// The same for all rows, those too whose outcome is final.
    #[must_use]
    pub(super) fn of_all_rows(&self) -> Self {
        Self {
            recorded: Arc::default(),
            ..self.clone()
        }
    }

    /// Plans the next rows of the file.
    #[must_use]
    pub fn plan<'a>(&'a mut self, rows: &'a [Row]) -> Vec<Planned<'a>> {
        let checked = rows.iter().map(|row| self.rules.check(row));
        let name = self.rules.name_of_slug();
        let decide = |checked| decide(checked, name, &mut self.repeated, &self.recorded);
        checked.map(decide).collect()
    }

    /// The same, on all cores.
    #[must_use]
    pub fn plan_in_parallel<'a>(&'a mut self, rows: &'a [Row]) -> Vec<Planned<'a>> {
        let checked: Vec<_> = rows.par_iter().map(|row| self.rules.check(row)).collect();
        let name = self.rules.name_of_slug();
        let decide = |checked| decide(checked, name, &mut self.repeated, &self.recorded);
        checked.into_iter().map(decide).collect()
    }
}

fn decide<'a>(
    checked: Result<Update<'a>, InvalidRow<'a>>,
    name_of_slug: &str,
    repeated: &mut Repeated,
    recorded: &ResumeIndex,
) -> Planned<'a> {
    let (line, slug) = match &checked {
        Ok(update) => (update.line, update.slug.as_str()),
        Err(row) => (row.line, &*row.slug),
    };
    let repeat = repeated.next(slug, line);
    if recorded.is_final(line) {
        let slug = match checked {
            Ok(update) => update.slug.into_inner(),
            Err(row) => row.slug,
        };
        return Planned::Skip { line, slug };
    }
    let repeat = repeat.map(|repeat| {
        let message = match repeat {
            Repeat::First => format!("{} is also in a later row (keep one of them)", quoted(slug)),
            Repeat::Of(first) => format!(
                "{} is already on line {first} (keep one of them)",
                quoted(slug)
            ),
        };
        let field = name_of_slug.to_owned();
        (
            repeat,
            Violation {
                line,
                field,
                message,
            },
        )
    });
    let mut row = match (checked, &repeat) {
        (Ok(update), None) => return Planned::Send(update),
        (Ok(update), Some(_)) => InvalidRow {
            line,
            slug: update.slug.into_inner(),
            violations: Vec::new(),
        },
        (Err(row), _) => row,
    };
    let shared = match repeat {
        Some((Repeat::First, violation)) => Some(violation),
        Some((Repeat::Of(_), violation)) => {
            row.violations.push(violation);
            None
        }
        None => None,
    };
    Planned::Invalid { row, shared }
}
