//! The names by which one row or header gives fields -> whether a field is given twice.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::faults::Faults;
use super::field::Field;
use crate::model::text::quoted;

/// How a row names a field.
#[derive(Clone)]
pub(super) enum Name<'a> {
    /// By a column, or by a key of its own.
    Key(Cow<'a, str>),
    /// By a key in an object of that name, as in `"data": {...}`.
    In(&'static str, Cow<'a, str>),
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(name) => f.write_str(name),
            Self::In(object, name) => write!(f, "{object}.{name}"),
        }
    }
}

/// Checks that no field is given twice, under one name or two.
#[derive(Default)]
pub(super) struct Names<'a>(BTreeMap<Field<'a>, Name<'a>>);

impl<'a> Names<'a> {
    /// Whether the field is new; if not, that is noted.
    pub(super) fn check(&mut self, name: Name<'a>, field: &Field<'a>, faults: &mut Faults) -> bool {
        let field = field.composed();
        let Some(first) = self.0.get(&field) else {
            self.0.insert(field, name);
            return true;
        };
        let (first, name) = (first.to_string(), name.to_string());
        let message = if first == name {
            "is given twice (keep one)".to_owned()
        } else {
            format!("is the same field as {} (keep one)", quoted(&first))
        };
        faults.add(&name, message);
        false
    }
}
