//! The rules of one input: a row -> a legal update, or everything that is wrong with the row.

use std::borrow::Cow;
use std::sync::Arc;

use super::columns::Columns;
use super::draft::{Draft, Given};
use super::faults::Faults;
use super::field::Field;
use super::header_again::HeaderAgain;
use super::slugs::SlugText;
use super::state::{RowState, StateColumns};
use super::terms::Terms;
use super::{combinations, members, state};
use crate::catalog::KnownNames;
use crate::model::{Content, Members, Row, Update, Violation};

/// The rules for the rows of one input.
#[derive(Debug)]
pub struct Rules {
    columns: Columns,
    state_columns: StateColumns,
    set: Draft<'static>,
    terms: Terms,
    names: Option<Arc<KnownNames>>,
}

/// A row that is not legal.
#[derive(Debug)]
pub struct InvalidRow<'a> {
    /// The physical line on which the row starts.
    pub line: u64,
    /// The slug as the row has it, usable or not.
    pub slug: Cow<'a, str>,
    /// All that is wrong with the row.
    pub violations: Vec<Violation>,
}

const FIELD_NAME: &str =
    "is the name of the field (was a header line converted too? remove this line)";

/// Whether a slug is what the field of slugs is called: converters make such an object of a header.
fn is_name_of_field(slug: &Given<SlugText<'_>>) -> bool {
    matches!(slug, Given::Valid(slug) if slug.text.eq_ignore_ascii_case("slug"))
}

impl Rules {
    /// Rules for an input with these columns, in which every row also gets `set` where it gives
    /// no value itself.
    #[must_use]
    pub fn new(columns: Columns, set: Draft<'static>, terms: Terms) -> Self {
        Self {
            state_columns: StateColumns::new(&columns),
            columns,
            set,
            terms,
            names: None,
        }
    }

    /// The same, where rows with names that are not among `names` are not legal; with `None`, they are.
    #[must_use]
    pub fn with_names(self, names: Option<Arc<KnownNames>>) -> Self {
        Self { names, ..self }
    }

    /// The update that a row asks for.
    ///
    /// # Errors
    /// When the row is not legal: all that is wrong with it.
    pub fn check<'a>(&'a self, row: &'a Row) -> Result<Update<'a>, InvalidRow<'a>> {
        let mut faults = Faults {
            line: row.line,
            found: Vec::new(),
        };
        if let Content::Cells(cells) = &row.content
            && let Some(again) = self.columns.header_again(cells)
        {
            let field = match again {
                HeaderAgain::Same => Violation::ROW,
                HeaderAgain::Other => Violation::HEADER,
            };
            faults.add(field, again.message());
            return Err(InvalidRow::new(faults, Cow::default()));
        }
        let mut draft = match self.draft(&row.content, &mut faults) {
            Ok(draft) => draft,
            Err(why) => {
                faults.add(Violation::ROW, why);
                return Err(InvalidRow::new(faults, Cow::default()));
            }
        };
        if matches!(&row.content, Content::Object(_)) && is_name_of_field(&draft.slug) {
            faults.found.clear();
            faults.add("slug", FIELD_NAME);
            return Err(InvalidRow::new(faults, Cow::default()));
        }
        let tags_from_set = draft.fill_from(&self.set);
        let slug = draft.slug.clone().valid().unwrap_or_default().text;
        let update = combinations::update(row.line, draft, tags_from_set, &mut faults);
        if let (Some(names), Some(update)) = (&self.names, &update) {
            let problems = names.problems(update).into_iter();
            for problem in problems.filter(|problem| problem.is_violation) {
                faults.add(problem.field, names.violation(&problem));
            }
        }
        match update {
            Some(update) if faults.found.is_empty() => Ok(update),
            _ => {
                self.columns.in_their_names(&mut faults.found);
                Err(InvalidRow::new(faults, slug))
            }
        }
    }

    /// Whether rows may have state columns: those of JSONL, and those of a file whose header has them.
    #[must_use]
    pub fn may_have_state(&self) -> bool {
        self.columns.all.is_empty() || !self.state_columns.is_empty()
    }

    /// Whether a row may have state columns; most have none, which is quickly seen.
    #[must_use]
    pub fn row_may_have_state(&self, row: &Row) -> bool {
        match &row.content {
            Content::Cells(_) => !self.state_columns.is_empty(),
            Content::Object(text) => state::may_be_in(text),
            Content::Unreadable { .. } => false,
        }
    }

    /// What the state columns of a row contain, if it has them.
    #[must_use]
    pub fn state(&self, row: &Row) -> Option<RowState> {
        let clock = &self.terms.clock;
        match &row.content {
            Content::Cells(cells) => self.state_columns.state(cells, clock),
            Content::Object(text) => state::of_object(text, &self.columns.naming, clock),
            Content::Unreadable { .. } => None,
        }
    }

    /// What the input calls the field that names a conversation.
    #[must_use]
    pub fn name_of_slug(&self) -> &str {
        self.columns.their_name(&Field::Slug).unwrap_or("slug")
    }

    /// Columns or keys that are not fields and were left out, in words; `None` if there are none.
    #[must_use]
    pub fn left_out(&self) -> Option<String> {
        self.columns.left_out()
    }

    /// A key that is mapped to a field, and that no row so far has: its name, and the option.
    #[must_use]
    pub fn missing_key(&self) -> Option<(&str, &str)> {
        self.columns.missing_key()
    }

    /// The fields of a record, or why it has none.
    fn draft<'a>(&'a self, content: &'a Content, faults: &mut Faults) -> Result<Draft<'a>, String> {
        match content {
            Content::Cells(cells) => Ok(self.columns.draft(cells, &self.terms, faults)),
            Content::Object(text) => {
                let members = Members::from_line(text)?;
                Ok(members::draft(&members, &self.columns, &self.terms, faults))
            }
            Content::Unreadable { why, .. } => Err(why.clone()),
        }
    }
}

impl<'a> InvalidRow<'a> {
    fn new(faults: Faults, slug: Cow<'a, str>) -> Self {
        Self {
            line: faults.line,
            slug,
            violations: faults.found,
        }
    }
}
