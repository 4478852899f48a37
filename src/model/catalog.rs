//! What an account knows by name: its staff, its channels, the tags in use. And what a run makes of
//! names that are not among these.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The names of an account, as they were at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// The address of the API.
    pub base_url: String,
    /// When the names were read: RFC 3339, UTC.
    pub fetched_at: Timestamp,
    /// The staff users of the account.
    pub staff: Vec<StaffUser>,
    /// The channels of the brand.
    pub channels: Vec<Channel>,
    /// The first day of the period in which tags were used; `None` if none were read (`--tag-years 0`).
    pub tags_since: Option<Date>,
    /// Tags used since then, the most used first.
    pub tags: Vec<UsedTag>,
}

/// A staff user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffUser {
    /// What an assignee is given by.
    pub email: String,
    /// The name, if there is one.
    #[serde(default)]
    pub name: Option<String>,
}

/// A channel, to which conversations belong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// What a category is given by.
    pub slug: String,
    /// The name, if there is one.
    #[serde(default)]
    pub name: Option<String>,
    /// The name of its brand, if that is known.
    #[serde(default)]
    pub brand_name: Option<String>,
    /// The address of its brand, if that is known.
    #[serde(default)]
    pub brand_url: Option<String>,
    /// Whether conversations can be moved to it; `None` where that is not known.
    #[serde(default)]
    pub is_email: Option<bool>,
}

/// A tag, and how often it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedTag {
    /// The tag.
    pub name: String,
    /// Uses that the server counts.
    pub count: u64,
}

/// What becomes of names in rows that the catalog does not know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CatalogMode {
    /// A warning, if there is a catalog.
    #[default]
    Warn,
    /// Their rows are invalid, and there must be a catalog.
    Error,
    /// Nothing: no catalog is read.
    Off,
}

impl FromStr for CatalogMode {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "warn" => Ok(Self::Warn),
            "error" => Ok(Self::Error),
            "off" => Ok(Self::Off),
            _ => Err("expected warn, error or off"),
        }
    }
}

impl fmt::Display for CatalogMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Off => "off",
        })
    }
}
