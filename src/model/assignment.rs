//! `--set`: a value for a field, written `FIELD=VALUE`.

use std::fmt;
use std::str::FromStr;

/// A value for a field, both as they were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// What is before the first `=`.
    pub field: String,
    /// What is after it.
    pub value: String,
}

impl FromStr for Assignment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (field, value) = text
            .split_once('=')
            .ok_or("write FIELD=VALUE, like status=done")?;
        Ok(Self {
            field: field.to_owned(),
            value: value.to_owned(),
        })
    }
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.field, self.value)
    }
}
