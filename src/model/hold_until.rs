//! When a conversation comes back from On Hold: an instant, in the words in which it was given.

use jiff::Timestamp;

/// When a conversation comes back from On Hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldUntil {
    /// The instant.
    pub instant: Timestamp,
    /// The same as RFC 3339 text, with the offset that the row gave.
    pub text: String,
}

impl serde::Serialize for HoldUntil {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> serde::Deserialize<'de> for HoldUntil {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let instant = text.trim().parse().map_err(serde::de::Error::custom)?;
        Ok(Self { instant, text })
    }
}

impl std::fmt::Display for HoldUntil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}
