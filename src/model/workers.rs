//! `--workers`: how many requests may be in flight.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use super::scalar::scalar;

/// A maximum of requests in flight: 1 to 256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Workers(u16);

impl Workers {
    /// The most that can be asked for.
    pub const MAX: u16 = 256;

    /// The nearest number that can be asked for.
    #[must_use]
    pub fn clamped(workers: u16) -> Self {
        Self(workers.clamp(1, Self::MAX))
    }

    /// As a number.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }
}

impl FromStr for Workers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.parse().ok();
        let number = number.filter(|number| (1..=Self::MAX).contains(number));
        number
            .map(Self)
            .ok_or_else(|| format!("expected a whole number from 1 to {}", Self::MAX))
    }
}

impl fmt::Display for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Workers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer)
    }
}
