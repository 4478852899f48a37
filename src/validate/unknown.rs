//! Names of columns and keys that are not those of fields: left out, or reported in one message.

use super::faults::Faults;
use super::field::Field;
use super::known_names::{MOST_UNKNOWN, several_unknown};
use super::naming::Naming;

/// The unknown names of one header or row.
#[derive(Debug, Default)]
pub(super) struct Unknown {
    /// The first ones.
    names: Vec<String>,
    count: usize,
    /// What is wrong with the first one.
    why: String,
}

impl Unknown {
    /// Whether a name is one more that is only counted: to look for what was meant by each of very many would
    /// take long.
    pub(super) fn is_one_more(&mut self, name: &str) -> bool {
        let is_one_more = self.names.len() == MOST_UNKNOWN && Field::is_unknown(name);
        self.count += usize::from(is_one_more);
        is_one_more
    }

    /// Whether a column or key is left out that is not a field, as `why` says; if not, that is noted.
    pub(super) fn is_left_out(
        &mut self,
        name: &str,
        why: String,
        naming: &Naming,
        faults: &mut Faults,
    ) -> bool {
        match naming.leaves_out(name) {
            Ok(true) => return true,
            Ok(false) => {
                if self.names.is_empty() {
                    self.why = why;
                }
                self.count += 1;
                if self.names.len() < MOST_UNKNOWN {
                    self.names.push(name.to_owned());
                }
            }
            Err(why) => faults.add(name, why),
        }
        false
    }

    /// Reports what there is: a single name by itself, several together, as faults of `of`.
    pub(super) fn report(self, of: &str, what: &str, faults: &mut Faults) {
        match self.names.as_slice() {
            [] => {}
            [name] => faults.add(name, self.why),
            names => faults.add(of, several_unknown(names, self.count, what)),
        }
    }
}
