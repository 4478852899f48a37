//! The one form of an instant in all files.

use jiff::Timestamp;
use serde::ser::{Serialize, Serializer};

/// An instant as RFC 3339 in UTC with milliseconds, the one form of all files.
#[must_use]
pub fn utc_millis(instant: Timestamp) -> String {
    format!("{instant:.3}")
}

#[expect(clippy::ref_option, reason = "the form that serde calls")]
pub(super) fn as_utc_millis<S: Serializer>(
    instant: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    instant.map(utc_millis).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_milliseconds() {
        let instant = Timestamp::from_millisecond(1_500).unwrap_or_default();
        assert_eq!(utc_millis(instant), "1970-01-01T00:00:01.500Z");
    }
}
