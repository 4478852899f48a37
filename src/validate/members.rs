//! The members of a JSON object -> a draft.

use std::borrow::Cow;

use super::columns::Columns;
use super::draft::Draft;
use super::faults::Faults;
use super::field::Field;
use super::guarded::Guarded;
use super::known_names::fault_of_name;
use super::names::{Name, Names};
use super::terms::Terms;
use super::unknown::Unknown;
use super::value::Value;
use crate::model::spreadsheet::trimmed;
use crate::model::text::part;
use crate::model::{Members, Violation};

/// Reads a JSON object's members.
pub(super) fn draft<'a>(
    members: &Members<'a>,
    columns: &'a Columns,
    terms: &Terms,
    faults: &mut Faults,
) -> Draft<'a> {
    let mut reading = Reading {
        draft: Draft::default(),
        names: Names::default(),
        unknown: Unknown::default(),
        columns,
        terms,
        faults,
    };
    let Columns { naming, noted, .. } = columns;
    let keys = || members.0.iter().map(|(key, _)| &**key);
    for (key, value) in &members.0 {
        let name = Name::Key(part(key.clone(), str::trim));
        let value = Value::Json(value);
        if let Some(position) = naming.position(key, keys) {
            noted.see(position);
            reading.field(&name, naming.renamed[position].field.borrowed(), value);
        } else if !noted.has_left_out(key.trim()) {
            reading.member(&name, key.clone(), value);
        }
    }
    let Reading { draft, unknown, .. } = reading;
    unknown.report(Violation::ROW, "keys", faults);
    draft
}

/// What makes a custom field, or a guard on one, of a name.
type OfName<'a> = fn(Cow<'a, str>) -> Field<'a>;

/// The members of one row, while they are read.
struct Reading<'a, 'r> {
    draft: Draft<'a>,
    names: Names<'a>,
    unknown: Unknown,
    columns: &'r Columns,
    terms: &'r Terms,
    faults: &'r mut Faults,
}

impl<'a> Reading<'a, '_> {
    /// Reads a member; `key` is the full name of a field, which the row writes as `name`.
    fn member(&mut self, name: &Name<'a>, key: Cow<'a, str>, value: Value<'a>) {
        if self.unknown.is_one_more(&key) {
            return;
        }
        match Field::named(key) {
            Ok(field) => self.field(name, field, value),
            Err(why) => {
                let Columns { naming, noted, .. } = self.columns;
                let name = name.to_string();
                if self.unknown.is_left_out(&name, why, naming, self.faults) {
                    noted.leave_out(&name);
                }
            }
        }
    }

    /// Reads a member whose field is known.
    fn field(&mut self, name: &Name<'a>, field: Field<'a>, value: Value<'a>) {
        if !self.names.check(name.clone(), &field, self.faults) {
            return;
        }
        match field {
            Field::ExpectDataObject => {
                let guard: OfName<'a> = |name| Field::Expect(Guarded::Data(name));
                self.custom_fields("expect.data", guard, value);
            }
            Field::Data(_) | Field::Expect(_) => self.value(name, field, value),
            _ if value.is_null() => {}
            Field::DataObject => self.custom_fields("data", Field::Data, value),
            Field::ExpectObject => self.guards(value),
            field => self.value(name, field, value),
        }
    }

    fn value(&mut self, name: &Name<'a>, field: Field<'a>, value: Value<'a>) {
        if let Err(why) = self.draft.take_value(field, value, self.terms) {
            self.faults.add(&name.to_string(), why);
        }
    }

    /// Reads `"data": {...}` or `"expect.data": {...}`, whose keys are names of custom fields.
    fn custom_fields(&mut self, object: &'static str, of_name: OfName<'a>, value: Value<'a>) {
        let members = match value.members() {
            Ok(members) => members,
            Err(why) => return self.faults.add(object, why),
        };
        for (key, value) in members.0 {
            let key = part(key, trimmed);
            if key.is_empty() {
                let why = "contains a custom field without a name (give it one)";
                self.faults.add(object, why);
                continue;
            }
            let name = Name::In(object, key.clone());
            if let Some(why) = fault_of_name(&key) {
                self.faults.add(&name.to_string(), why);
                continue;
            }
            let field = of_name(key);
            if self.names.check(name.clone(), &field, self.faults) {
                self.value(&name, field, Value::Json(value));
            }
        }
    }

    /// Reads `"expect": {...}`, whose keys are those of guards.
    fn guards(&mut self, value: Value<'a>) {
        let members = match value.members() {
            Ok(members) => members,
            Err(why) => return self.faults.add("expect", why),
        };
        for (key, value) in members.0 {
            let key = part(key, str::trim);
            let name = Name::In("expect", key.clone());
            self.member(
                &name,
                Cow::Owned(format!("expect.{key}")),
                Value::Json(value),
            );
        }
    }
}
