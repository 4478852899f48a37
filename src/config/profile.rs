//! A table of a configuration file -> values, each checked as the option of that name is. What is
//! wrong is said without the value: it may be a token in the wrong place.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::address::Address;
use super::directories::home;
use super::token::TokenSource;
use crate::api::check_email;
use crate::model::{CatalogMode, RequestRate, RowLimit, Timeout, Workers, Zone, scalar};

/// What a profile gives, or the part of the file outside of profiles. The keys are named as the
/// options are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Profile {
    #[serde(deserialize_with = "brand")]
    brand: Option<Address>,
    #[serde(deserialize_with = "base_url")]
    base_url: Option<Address>,
    #[serde(deserialize_with = "email")]
    pub(super) email: Option<String>,
    #[serde(deserialize_with = "token_file")]
    token_file: Option<PathBuf>,
    token_command: Option<CommandLine>,
    pub(super) rate: Option<RequestRate>,
    pub(super) workers: Option<Workers>,
    pub(super) timeout: Option<Timeout>,
    pub(super) timezone: Option<Zone>,
    pub(super) max_failures: Option<RowLimit>,
    pub(super) max_differs: Option<RowLimit>,
    pub(super) catalog: Option<CatalogMode>,
}

impl Profile {
    /// The keys.
    pub(super) const KEYS: [&'static str; 12] = [
        "brand",
        "base_url",
        "email",
        "token_file",
        "token_command",
        "rate",
        "workers",
        "timeout",
        "timezone",
        "max_failures",
        "max_differs",
        "catalog",
    ];

    /// Two keys that are given and mean one thing, and which to give.
    pub(super) fn conflict(&self) -> Option<([&'static str; 2], &'static str)> {
        let addresses = self.brand.is_some() && self.base_url.is_some();
        let tokens = self.token_file.is_some() && self.token_command.is_some();
        match (addresses, tokens) {
            (true, _) => Some((["brand", "base_url"], "set brand or base_url, not both")),
            (_, true) => Some((
                ["token_file", "token_command"],
                "the token has one source: set token_command or token_file, not both",
            )),
            (false, false) => None,
        }
    }

    /// Whether it says where the token goes, or names a program to run.
    pub(super) fn decides_on_trust(&self) -> bool {
        self.address().is_some() || self.token_command.is_some()
    }

    /// Where to send.
    pub(super) fn address(&self) -> Option<Address> {
        self.brand.clone().or_else(|| self.base_url.clone())
    }

    /// Where the token comes from; paths are meant as beside the file in `directory`.
    pub(super) fn token(&self, directory: &Path) -> Option<TokenSource> {
        let file = self.token_file.as_ref();
        let file = file.map(|path| TokenSource::File(rooted(path, directory)));
        file.or_else(|| {
            let CommandLine(mut words) = self.token_command.clone()?;
            let program = words.first_mut()?;
            // Any other is looked for on PATH.
            if program.contains('/') {
                let path = rooted(Path::new(program), directory);
                *program = path.to_string_lossy().into_owned();
            }
            Some(TokenSource::Command(words))
        })
    }

    /// What a rehearsal takes: how the file is to be read. Account and pace are those of the real
    /// service; the sandbox has its own.
    pub(super) fn for_sandbox(self) -> Self {
        Self {
            timezone: self.timezone,
            ..Self::default()
        }
    }
}

/// A path of a file in `directory`; `~/` is the home directory.
fn rooted(path: &Path, directory: &Path) -> PathBuf {
    match (path.strip_prefix("~"), home()) {
        (Ok(below), Some(home)) => home.join(below),
        _ => directory.join(path),
    }
}

/// Reads text, and from it a value.
fn parsed<'de, D: Deserializer<'de>, T, E: fmt::Display>(
    deserializer: D,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, D::Error> {
    let text: String = scalar(deserializer)?;
    parse(&text).map(Some).map_err(D::Error::custom)
}

fn brand<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Address>, D::Error> {
    parsed(deserializer, Address::from_brand)
}

fn base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Address>, D::Error> {
    parsed(deserializer, Address::from_url)
}

fn email<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    parsed(deserializer, |email| {
        check_email(email).map(|()| email.to_owned())
    })
}

fn token_file<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    parsed(deserializer, |path| match path {
        "" => Err("is empty"),
        path => Ok(path.into()),
    })
}

/// A program and its arguments; no shell reads them.
#[derive(Debug, Clone)]
struct CommandLine(Vec<String>);

impl CommandLine {
    fn new<E: Error>(words: Vec<String>) -> Result<Self, E> {
        match words.first() {
            Some(program) if !program.is_empty() => Ok(Self(words)),
            _ => Err(Self::wrong()),
        }
    }

    fn wrong<E: Error>() -> E {
        E::custom(format_args!("is not {}", Self::WANTED))
    }

    const WANTED: &str = r#"a program and its arguments, like ["pass", "show", "reamaze"]"#;
}

impl<'de> Deserialize<'de> for CommandLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Words)
    }
}

/// Reads a line in quotes, or words in brackets.
struct Words;

impl<'de> Visitor<'de> for Words {
    type Value = CommandLine;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(CommandLine::WANTED)
    }

    fn visit_str<E: Error>(self, line: &str) -> Result<CommandLine, E> {
        let words = shlex::split(line);
        CommandLine::new(words.ok_or_else(|| E::custom("a quote in it is not closed"))?)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<CommandLine, A::Error> {
        let mut words = Vec::new();
        // What else is in there must not be shown.
        while let Some(word) = array.next_element().map_err(|_| CommandLine::wrong())? {
            words.push(word);
        }
        CommandLine::new(words)
    }
}
