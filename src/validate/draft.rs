//! The fields of one row, each judged by itself and not yet together.

use std::borrow::Cow;

use super::Clock;
use super::columns::Field;
use super::fields::{self, Value};
use crate::model::{DataValue, HoldUntil, Status};

/// What a row says of one attribute. An invalid value is remembered as given, so that rules about
/// combinations do not blame the row a second time.
#[derive(Debug, Clone, Default)]
pub(super) enum Given<T> {
    /// Nothing: the attribute is left alone.
    #[default]
    Absent,
    /// Something that the attribute does not allow.
    Invalid,
    /// A legal value.
    Valid(T),
}

impl<T> Given<T> {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub(super) fn valid(self) -> Option<T> {
        match self {
            Self::Valid(value) => Some(value),
            Self::Absent | Self::Invalid => None,
        }
    }
}

/// The fields of one row, or those that `--set` gives to every row.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub(super) slug: Given<String>,
    pub(super) tag_list: Given<Vec<String>>,
    pub(super) status: Given<Status>,
    pub(super) hold_until: Given<HoldUntil>,
    pub(super) assignee: Given<String>,
    pub(super) category: Given<String>,
    pub(super) brand: Given<String>,
    pub(super) data: Vec<(String, Given<DataValue>)>,
}

impl Draft {
    /// The changes that `--set FIELD=VALUE` options ask for, values written as CSV cells.
    ///
    /// # Errors
    /// Says which option is wrong, and what would be right.
    pub fn of_set<'a>(
        options: impl IntoIterator<Item = &'a str>,
        clock: &Clock,
    ) -> Result<Self, String> {
        let mut draft = Self::default();
        let mut seen = Vec::new();
        for option in options {
            let (name, value) = option
                .split_once('=')
                .ok_or_else(|| format!("--set {option}: write FIELD=VALUE"))?;
            let field =
                Field::named(name).map_err(|why| format!("--set {option}: `{name}` {why}"))?;
            if matches!(field, Field::Slug | Field::Ignored(_) | Field::DataObject) {
                return Err(format!(
                    "--set {option}: `{name}` is nothing that every row can share (set another field, like status=done)"
                ));
            }
            let value = fields::cell(&field, value);
            if value.is_empty() {
                return Err(format!(
                    "--set {option}: the value is empty (to remove all tags, write tag_list=[])"
                ));
            }
            if seen.contains(&field) {
                return Err(format!("--set {option}: `{name}` is set twice (keep one)"));
            }
            draft
                .take_value(&field, Value::Text(value), clock)
                .map_err(|why| format!("--set {option}: {why}"))?;
            seen.push(field);
        }
        Ok(draft)
    }

    /// Reads one value into its field.
    pub(super) fn take_value(
        &mut self,
        field: &Field,
        value: Value<'_>,
        clock: &Clock,
    ) -> Result<(), String> {
        fn put<T>(place: &mut Given<T>, value: Result<T, String>) -> Result<(), String> {
            let (given, result) = match value {
                Ok(value) => (Given::Valid(value), Ok(())),
                Err(why) => (Given::Invalid, Err(why)),
            };
            *place = given;
            result
        }
        match field {
            Field::Slug => put(&mut self.slug, value.text().map(Cow::into_owned)),
            Field::TagList => put(&mut self.tag_list, fields::tag_list(value)),
            Field::Status => put(&mut self.status, fields::status(value)),
            Field::HoldUntil => put(&mut self.hold_until, fields::hold_until(value, clock)),
            Field::Assignee => put(&mut self.assignee, fields::assignee(value)),
            Field::Category => put(&mut self.category, fields::name(value)),
            Field::Brand => put(&mut self.brand, fields::name(value)),
            Field::Data(name) => {
                let mut given = Given::Absent;
                let result = put(&mut given, fields::data(value));
                self.data.push((name.clone(), given));
                result
            }
            Field::DataObject | Field::Ignored(_) => Ok(()),
        }
    }

    /// Takes from `set` what this row does not say itself.
    pub(super) fn fill_from(&mut self, set: &Self) {
        fn fill<T: Clone>(own: &mut Given<T>, set: &Given<T>) {
            if own.is_absent() {
                own.clone_from(set);
            }
        }
        fill(&mut self.tag_list, &set.tag_list);
        fill(&mut self.status, &set.status);
        fill(&mut self.hold_until, &set.hold_until);
        fill(&mut self.assignee, &set.assignee);
        fill(&mut self.category, &set.category);
        fill(&mut self.brand, &set.brand);
        for (name, value) in &set.data {
            if !self.data.iter().any(|(own, _)| own == name) {
                self.data.push((name.clone(), value.clone()));
            }
        }
    }
}
