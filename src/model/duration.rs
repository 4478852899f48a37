//! The one grammar of durations; and the timeout of a request, which has bounds.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::scalar::scalar;

/// Reads a duration: bare seconds, or with units as in `30s`, `2m`, `1h 30m`, `250ms`.
///
/// # Errors
/// Says what would be right.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || {
        let is_in_days = text.ends_with(['d', 'w']) || text.contains("day");
        let advice = if is_in_days { " (a day is 24h)" } else { "" };
        format!("not a duration; try one like 30s, 2m or 6h{advice}")
    };
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).map_err(|_| wrong());
    }
    let signed: SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(signed).map_err(|_| wrong())
}

/// How long one request may take: 100 ms to 1 h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout(Duration);

impl Timeout {
    /// As a duration.
    #[must_use]
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl Default for Timeout {
    fn default() -> Self {
        Self(Duration::from_secs(30))
    }
}

impl FromStr for Timeout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let timeout = duration(text)?;
        if (Duration::from_millis(100)..=Duration::from_hours(1)).contains(&timeout) {
            Ok(Self(timeout))
        } else {
            Err("the timeout must be 100ms to 1h; try 30s".into())
        }
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// In seconds.
impl Serialize for Timeout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_secs_f64().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Timeout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_grammar() {
        for (text, millis) in [
            ("30s", 30_000),
            ("2m", 120_000),
            ("45", 45_000),
            ("0.5", 500),
            ("250ms", 250),
            ("1h 30m", 5_400_000),
        ] {
            assert_eq!(
                duration(text).map(|wait| wait.as_millis()),
                Ok(millis),
                "{text}"
            );
        }
        for bad in ["", "-1s", "soon", "-5", "inf", "1y"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert!(duration("2d").is_err_and(|why| why.contains("24h")));
    }

    #[test]
    fn a_timeout_is_read_back_from_its_seconds() {
        for text in ["7s", "250ms", "1h"] {
            let timeout: Timeout = text.parse().expect(text);
            let json = serde_json::to_string(&timeout).expect("JSON");
            assert_eq!(
                serde_json::from_str::<Timeout>(&json).expect("read"),
                timeout
            );
        }
        for bad in ["99ms", "0", "61m"] {
            assert!(bad.parse::<Timeout>().is_err(), "{bad}");
        }
    }
}
