//! The fields of one row, each checked by itself and not yet together.

use std::borrow::Cow;

use super::field::Field;
use super::guarded::Guarded;
use super::guards::guard;
use super::slugs::{self, SlugText};
use super::tags::{self, TagUse};
use super::terms::Terms;
use super::times;
use super::value::{self, Value};
use crate::model::text::{nfc, owned};
use crate::model::{Assignment, DataValue, Guard, HoldUntil, Status};

/// The value that a row gives to one attribute. An invalid value counts as given, so that rules about
/// combinations do not report the row a second time.
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
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Given<U> {
        match self {
            Self::Absent => Given::Absent,
            Self::Invalid => Given::Invalid,
            Self::Valid(value) => Given::Valid(change(value)),
        }
    }

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

/// Which tags a row does not give itself: if they are given, `--set` gives them.
#[derive(Debug, Clone, Copy)]
pub(super) struct TagsFromSet {
    pub(super) tag_list: bool,
    pub(super) add_tags: bool,
    pub(super) remove_tags: bool,
}

/// The fields of one row, or those that `--set` gives to every row.
#[derive(Debug, Clone, Default)]
pub struct Draft<'a> {
    pub(super) slug: Given<SlugText<'a>>,
    pub(super) tag_list: Given<Vec<Cow<'a, str>>>,
    pub(super) add_tags: Given<Vec<Cow<'a, str>>>,
    pub(super) remove_tags: Given<Vec<Cow<'a, str>>>,
    pub(super) status: Given<Status>,
    pub(super) hold_until: Given<HoldUntil>,
    pub(super) assignee: Given<Cow<'a, str>>,
    pub(super) category: Given<Cow<'a, str>>,
    pub(super) brand: Given<Cow<'a, str>>,
    pub(super) data: Vec<(Cow<'a, str>, Given<DataValue<'a>>)>,
    pub(super) guards: Vec<(Guarded<'a>, Given<Guard<'a>>)>,
}

impl<'a> Draft<'a> {
    /// The changes that `--set FIELD=VALUE` options ask for, values written as CSV cells.
    ///
    /// # Errors
    /// Says which option is wrong, and what would be right.
    pub fn from_assignments(
        assignments: &[Assignment],
        terms: &Terms,
    ) -> Result<Draft<'static>, String> {
        let mut draft = Self::default();
        let mut seen = Vec::new();
        for option in assignments {
            let (name, value) = (option.field.as_str(), option.value.as_str());
            let field = Field::named(Cow::Borrowed(name))
                .map_err(|why| format!("--set {option}: `{name}` {why}"))?;
            let is_object = field.form_of_column().is_some();
            if is_object || matches!(field, Field::Slug | Field::Ignored(_)) {
                return Err(format!(
                    "--set {option}: `{name}` cannot be set for every row (set another field, like status=done)"
                ));
            }
            if value::cell(&field, value).is_empty() {
                let or_none = match field {
                    Field::TagList => ", or write tag_list=[] to remove all tags",
                    _ => "",
                };
                return Err(format!(
                    "--set {option}: the value is empty (leave the option out{or_none})"
                ));
            }
            if seen.contains(&field) {
                return Err(format!("--set {option}: `{name}` is set twice (keep one)"));
            }
            draft
                .take_value(field.clone(), Value::Option(value), terms)
                .map_err(|why| format!("--set {option}: {why}"))?;
            seen.push(field);
        }
        Ok(draft.into_owned())
    }

    /// Reads one value into its field.
    pub(super) fn take_value(
        &mut self,
        field: Field<'a>,
        value: Value<'a>,
        terms: &Terms,
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
            Field::Slug => put(&mut self.slug, slugs::slug(value, terms.site.as_ref())),
            Field::TagList => put(&mut self.tag_list, tags::tags(value, TagUse::Replace)),
            Field::AddTags => put(&mut self.add_tags, tags::tags(value, TagUse::Edit)),
            Field::RemoveTags => put(&mut self.remove_tags, tags::tags(value, TagUse::Edit)),
            Field::Status => put(&mut self.status, value::status(value)),
            Field::HoldUntil => put(
                &mut self.hold_until,
                value::time(value, &terms.clock, times::future),
            ),
            Field::Assignee => put(&mut self.assignee, value::assignee(value)),
            Field::Category => put(&mut self.category, value::name(value)),
            Field::Brand => put(&mut self.brand, value::name(value)),
            Field::Data(name) => {
                let mut given = Given::Absent;
                let result = put(
                    &mut given,
                    value::data(value, terms.damaged, "sends it as it is"),
                );
                self.data.push((name, given));
                result
            }
            Field::Expect(guarded) => {
                let mut given = Given::Absent;
                let result = put(&mut given, guard(guarded.clone(), value, terms));
                self.guards.push((guarded, given));
                result
            }
            Field::DataObject
            | Field::ExpectObject
            | Field::ExpectDataObject
            | Field::Ignored(_) => Ok(()),
        }
    }

    fn into_owned(self) -> Draft<'static> {
        let tags = |tags: Vec<_>| tags.into_iter().map(owned).collect();
        let data = self.data.into_iter();
        let guards = self.guards.into_iter();
        Draft {
            // `--set` has none.
            slug: Given::Absent,
            tag_list: self.tag_list.map(tags),
            add_tags: self.add_tags.map(tags),
            remove_tags: self.remove_tags.map(tags),
            status: self.status,
            hold_until: self.hold_until,
            assignee: self.assignee.map(owned),
            category: self.category.map(owned),
            brand: self.brand.map(owned),
            data: data
                .map(|(name, value)| (owned(name), value.map(DataValue::into_owned)))
                .collect(),
            guards: guards
                .map(|(guarded, guard)| (guarded.into_owned(), guard.map(Guard::into_owned)))
                .collect(),
        }
    }

    /// Takes from `set` what this row does not give itself.
    pub(super) fn fill_from(&mut self, set: &Self) -> TagsFromSet {
        fn fill<T: Clone>(own: &mut Given<T>, set: &Given<T>) -> bool {
            let is_absent = own.is_absent();
            if is_absent {
                own.clone_from(set);
            }
            is_absent
        }
        let tags_from_set = TagsFromSet {
            tag_list: fill(&mut self.tag_list, &set.tag_list),
            add_tags: fill(&mut self.add_tags, &set.add_tags),
            remove_tags: fill(&mut self.remove_tags, &set.remove_tags),
        };
        fill(&mut self.status, &set.status);
        fill(&mut self.hold_until, &set.hold_until);
        fill(&mut self.assignee, &set.assignee);
        fill(&mut self.category, &set.category);
        fill(&mut self.brand, &set.brand);
        for (name, value) in &set.data {
            if !self.data.iter().any(|(own, _)| nfc(own) == nfc(name)) {
                self.data.push((name.clone(), value.clone()));
            }
        }
        for (guarded, guard) in &set.guards {
            let is_same = |own: &Guarded<'_>| own.composed() == guarded.composed();
            if !self.guards.iter().any(|(own, _)| is_same(own)) {
                self.guards.push((guarded.clone(), guard.clone()));
            }
        }
        tags_from_set
    }
}
