//! The members of a JSON object -> a draft.

use super::draft::Draft;
use super::faults::Faults;
use super::field::{Field, fault_of_name};
use super::names::{Name, Names};
use super::terms::Terms;
use super::value::Value;
use crate::model::Members;
use crate::model::spreadsheet::trimmed;
use crate::model::text::part;

/// Reads a JSON object's members.
pub(super) fn draft<'a>(members: Members<'a>, terms: &Terms, faults: &mut Faults) -> Draft<'a> {
    let mut draft = Draft::default();
    let mut names = Names::default();
    for (key, value) in members.0 {
        let name = part(key.clone(), str::trim);
        let value = Value::Json(value);
        match Field::named(key) {
            Err(why) => faults.add(&name, why),
            Ok(field) => {
                if !names.check(Name::Key(name.clone()), &field, faults) {
                    continue;
                }
                if field == Field::DataObject {
                    data_object(value, &mut draft, &mut names, terms, faults);
                } else if (matches!(field, Field::Data(_)) || !value.is_null())
                    && let Err(why) = draft.take_value(field, value, terms)
                {
                    faults.add(&name, why);
                }
            }
        }
    }
    draft
}

/// Reads `"data": {...}`, whose keys are names of custom fields.
fn data_object<'a>(
    value: Value<'a>,
    draft: &mut Draft<'a>,
    names: &mut Names<'a>,
    terms: &Terms,
    faults: &mut Faults,
) {
    if value.is_null() {
        return;
    }
    let members = match value.members() {
        Ok(members) => members,
        Err(why) => return faults.add("data", why),
    };
    for (key, value) in members.0 {
        let key = part(key, trimmed);
        if key.is_empty() {
            faults.add(
                "data",
                "contains a custom field without a name (give it one)",
            );
            continue;
        }
        let name = Name::InData(key.clone());
        if let Some(why) = fault_of_name(&key) {
            faults.add(&name.to_string(), why);
            continue;
        }
        let field = Field::Data(key);
        if names.check(name.clone(), &field, faults)
            && let Err(why) = draft.take_value(field, Value::Json(value), terms)
        {
            faults.add(&name.to_string(), why);
        }
    }
}
