//! Rows -> what is to be done with each. The dry run and the run ask the same planner.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use crate::ledger::Recorded;
use crate::model::text::quoted;
use crate::model::{Row, Update, Violation};
use crate::validate::{Checked, Repeat, Repeated, Rules};

/// Plans rows in the order of the file. A clone starts again at its first row.
#[derive(Debug, Clone)]
pub struct Planner {
    rules: Arc<Rules>,
    repeated: Repeated,
    recorded: Arc<Recorded>,
}

/// What is to be done with one row.
#[derive(Debug)]
pub struct Planned<'a> {
    /// The physical line on which the row starts.
    pub line: u64,
    /// The slug as the row has it, usable or not.
    pub slug: Cow<'a, str>,
    /// What is to be done.
    pub decision: Decision<'a>,
}

/// What is to be done with a row.
#[derive(Debug)]
pub enum Decision<'a> {
    /// It is settled already: a resumed run lets it be.
    Skip,
    /// It is legal.
    Send(Update<'a>),
    /// It is not.
    Refuse {
        /// What is wrong with it.
        violations: Vec<Violation>,
        /// That a later row has its slug. The later one is reported, this one only not sent.
        shared: Option<Violation>,
    },
}

impl Planner {
    /// Plans by `rules`, refuses the rows of every slug in `repeated`, and skips what is settled in
    /// `recorded`.
    #[must_use]
    pub fn new(rules: Arc<Rules>, repeated: Repeated, recorded: Arc<Recorded>) -> Self {
        Self {
            rules,
            repeated,
            recorded,
        }
    }

    /// What was recorded before.
    pub(super) fn recorded(&self) -> &Arc<Recorded> {
        &self.recorded
    }

    /// Plans the next rows of the file.
    #[must_use]
    pub fn plan<'a>(&'a mut self, rows: &'a [Row]) -> Vec<Planned<'a>> {
        let checked = rows.iter().map(|row| self.rules.check(row));
        let decide = |checked| decided(checked, &mut self.repeated, &self.recorded);
        checked.map(decide).collect()
    }

    /// The same, on all cores.
    #[must_use]
    pub fn plan_in_parallel<'a>(&'a mut self, rows: &'a [Row]) -> Vec<Planned<'a>> {
        let checked: Vec<_> = rows.par_iter().map(|row| self.rules.check(row)).collect();
        let decide = |checked| decided(checked, &mut self.repeated, &self.recorded);
        checked.into_iter().map(decide).collect()
    }
}

fn decided<'a>(
    Checked {
        line,
        slug,
        verdict,
    }: Checked<'a>,
    repeated: &mut Repeated,
    recorded: &Recorded,
) -> Planned<'a> {
    let violation = |message: String| Violation {
        line,
        field: "slug".into(),
        message,
    };
    let repeat = repeated.next(&slug, line);
    let decision = match (verdict, repeat) {
        _ if recorded.is_settled(line) => Decision::Skip,
        (Ok(update), None) => Decision::Send(update),
        (verdict, repeat) => {
            let mut violations = verdict.err().unwrap_or_default();
            let shared = match repeat {
                None => None,
                Some(Repeat::First) => Some(violation(format!(
                    "{} is in a later row too (keep one of them)",
                    quoted(&slug)
                ))),
                Some(Repeat::Of(first)) => {
                    violations.push(violation(format!(
                        "{} is in line {first} already (keep one of them)",
                        quoted(&slug)
                    )));
                    None
                }
            };
            Decision::Refuse { violations, shared }
        }
    };
    Planned {
        line,
        slug,
        decision,
    }
}
