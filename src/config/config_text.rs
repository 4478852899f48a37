//! The text of a configuration file -> its tables. An error names the line and the key, and never
//! quotes a value: it may be a token in the wrong place.

use std::fmt::Display;
use std::path::Path;

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue, ValueDeserializer};

use super::profile::Profile;
use crate::model::text::{one_line, quoted};
use crate::model::{Shown as _, nearest};

/// The table that contains the profiles.
const PROFILES: &str = "profiles";

/// What a token is called by people who would write it here; without `-`, `_` and case.
const SECRETS: [&str; 10] = [
    "token",
    "apitoken",
    "authtoken",
    "accesstoken",
    "reamazeapitoken",
    "reamazetoken",
    "apikey",
    "key",
    "password",
    "secret",
];

type Key<'i> = Spanned<DeString<'i>>;

/// The text of a configuration file.
pub(super) struct ConfigText<'a> {
    path: &'a Path,
    text: &'a str,
}

impl<'a> ConfigText<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        // Some editors begin every file with a byte order mark.
        let text = text.trim_start_matches('\u{feff}');
        Self { path, text }
    }

    /// What is outside of profiles, and the profiles by name.
    pub(super) fn profiles(&self) -> Result<(Profile, Vec<(String, Profile)>), String> {
        // The library's own form of the error would show the line.
        let mut root = DeTable::parse(self.text)
            .map_err(|error| {
                let at = error.span().map_or(0, |span| span.start);
                let why = error.message();
                format!(
                    "{}:{}: not valid TOML: {why}",
                    self.path.shown(),
                    self.line(at)
                )
            })?
            .into_inner();
        let tables = root.remove_entry(PROFILES);
        let outside = self.profile("", &root)?;
        let mut profiles = Vec::new();
        if let Some((key, tables)) = tables {
            let DeValue::Table(tables) = tables.get_ref() else {
                let why = "is not a table (a profile is written [profiles.NAME])";
                return Err(self.wrong("", &key, why));
            };
            for (name, table) in tables {
                let DeValue::Table(table) = table.get_ref() else {
                    let why =
                        "is not a profile (one is written [profiles.NAME], with its keys below)";
                    return Err(self.wrong("profiles.", name, why));
                };
                let name = name.get_ref().clone().into_owned();
                let profile = self.profile(&format!("profiles.{name}."), table)?;
                profiles.push((name, profile));
            }
        }
        Ok((outside, profiles))
    }

    /// The names of the profiles; none if the file cannot be read as TOML.
    pub(super) fn names(&self) -> Vec<String> {
        let root = DeTable::parse(self.text).map(Spanned::into_inner);
        let mut root = root.unwrap_or_default();
        match root.remove(PROFILES).map(Spanned::into_inner) {
            Some(DeValue::Table(profiles)) => profiles
                .keys()
                .map(|name| name.get_ref().clone().into_owned())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Reads one table; `above` is what its keys are below.
    fn profile(&self, above: &str, table: &DeTable<'_>) -> Result<Profile, String> {
        let value = Spanned::new(0..0, DeValue::Table(table.clone()));
        let profile = Profile::deserialize(ValueDeserializer::from(value)).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let is_there = |(key, value): &(&Key<'_>, &Spanned<DeValue<'_>>)| {
                key.span().contains(&at) || value.span().contains(&at)
            };
            match table.iter().find(is_there) {
                None => format!("{}:{}: is not a profile", self.path.shown(), self.line(at)),
                Some((key, value)) => {
                    let known = Profile::KEYS.contains(&key.get_ref().as_ref());
                    let why = if known {
                        without_value(error.message())
                    } else {
                        unknown(key.get_ref(), value.get_ref())
                    };
                    self.wrong(above, key, why)
                }
            }
        })?;
        if let Some((keys, why)) = profile.conflict() {
            let keys = keys.iter().filter_map(|key| table.get_key_value(*key));
            let last = keys.map(|(key, _)| key).max_by_key(|key| key.span().start);
            return last.map_or(Ok(profile), |key| Err(self.wrong(above, key, why)));
        }
        Ok(profile)
    }

    fn wrong(&self, above: &str, key: &Key<'_>, why: impl Display) -> String {
        let (path, line) = (self.path.shown(), self.line(key.span().start));
        let name = one_line(&format!("{above}{}", key.get_ref()), 100);
        format!("{path}:{line}: {name}: {why}")
    }

    fn line(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or(self.text);
        1 + before.matches('\n').count()
    }
}

/// What is wrong with a value. The words of serde for one of another type quote it.
fn without_value(message: &str) -> String {
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("is not {expected}"),
        None => message.to_owned(),
    }
}

fn unknown(key: &str, value: &DeValue<'_>) -> String {
    let bare: String = key.to_lowercase().replace(['-', '_'], "");
    if SECRETS.contains(&bare.as_str()) {
        return "do not put the token here, such files get copied, shared and committed: use token_file, \
                token_command or REAMAZE_API_TOKEN"
            .into();
    }
    if let DeValue::Table(_) = value {
        let name = match key {
            "profile" => "NAME".to_owned(),
            _ => one_line(key, 60),
        };
        return format!("unknown table (a profile is written [profiles.{name}])");
    }
    match nearest(key, Profile::KEYS.into_iter()) {
        Some(meant) => format!("unknown key (did you mean {}?)", quoted(meant)),
        None => format!("unknown key (known keys: {})", Profile::KEYS.join(", ")),
    }
}
