//! A table of a configuration file -> values, each judged as the option of that name is.
//!
//! What is secret has no place in such a file.

use std::fmt;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeString, DeValue};

use super::directories::home;
use super::origin::{Found, Origin, Section};
use super::token::Keeper;
use crate::api::{BaseUrl, check_email};
use crate::model::text::{one_line, quoted};
use crate::model::{RequestRate, Timeout, Workers, Zone, nearest};

/// The keys, named as the options are.
const KEYS: [&str; 9] = [
    "brand",
    "base_url",
    "email",
    "token_file",
    "token_command",
    "rate",
    "workers",
    "timeout",
    "timezone",
];

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

/// Where the API is, and how that was told.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) base_url: BaseUrl,
    /// `brand acme`, or `base_url https://...`.
    pub(super) told: String,
}

impl Address {
    pub(super) fn of_brand(brand: &str) -> Result<Self, String> {
        let base_url = BaseUrl::from_brand(brand).map_err(|error| error.to_string())?;
        let told = format!("brand {brand}");
        Ok(Self { base_url, told })
    }

    pub(super) fn of_url(url: &str) -> Result<Self, String> {
        let base_url = BaseUrl::parse(url).map_err(|error| error.to_string())?;
        let told = format!("base_url {base_url}");
        Ok(Self { base_url, told })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}

/// What a configuration file gives.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Of `brand` or `base_url`.
    pub(super) address: Option<Found<Address>>,
    pub(super) email: Option<Found<String>>,
    /// Of `token_file` or `token_command`.
    pub(super) token: Option<Found<Keeper>>,
    pub(super) rate: Option<Found<RequestRate>>,
    pub(super) workers: Option<Found<Workers>>,
    pub(super) timeout: Option<Found<Timeout>>,
    pub(super) timezone: Option<Found<Zone>>,
}

/// A key of a table, with its value.
pub(super) type Entry<'a, 'i> = (&'a Spanned<DeString<'i>>, &'a Spanned<DeValue<'i>>);

impl Values {
    /// Reads one table. `told` makes a message of what is wrong with a key.
    pub(super) fn read<'a, 'i: 'a>(
        entries: impl Iterator<Item = Entry<'a, 'i>>,
        section: &Section,
        told: impl Fn(&Spanned<DeString<'i>>, &str) -> String,
    ) -> Result<Self, String> {
        let mut values = Self::default();
        for (key, value) in entries {
            let taken = values.take(key.as_ref(), value.as_ref(), section);
            taken.map_err(|why| told(key, &why))?;
        }
        Ok(values)
    }

    /// Whether they say where the token goes, or name a program to run.
    pub(super) fn is_about_trust(&self) -> bool {
        let keeper = self.token.as_ref().map(|found| &found.value);
        self.address.is_some() || matches!(keeper, Some(Keeper::Command(_)))
    }

    fn take(&mut self, key: &str, value: &DeValue<'_>, section: &Section) -> Result<(), String> {
        match key {
            "brand" => self.send_to(section, Address::of_brand(text(value)?))?,
            "base_url" => self.send_to(section, Address::of_url(text(value)?))?,
            "email" => self.email = found(section, login(text(value)?))?,
            "token_file" => self.keep(section, file(text(value)?, section).map(Keeper::File))?,
            "token_command" => self.keep(section, command(value, section).map(Keeper::Command))?,
            "rate" => self.rate = found(section, bare(value)?.parse())?,
            "workers" => self.workers = found(section, bare(value)?.parse())?,
            "timeout" => self.timeout = found(section, bare(value)?.parse())?,
            "timezone" => self.timezone = found(section, text(value)?.parse())?,
            _ => return Err(unknown(key, value)),
        }
        Ok(())
    }

    fn send_to(
        &mut self,
        section: &Section,
        address: Result<Address, String>,
    ) -> Result<(), String> {
        if self.address.is_some() {
            return Err("there is one place to send to: give brand or base_url".into());
        }
        self.address = found(section, address)?;
        Ok(())
    }

    fn keep(&mut self, section: &Section, keeper: Result<Keeper, String>) -> Result<(), String> {
        if self.token.is_some() {
            return Err("the token has one place: give token_command or token_file".into());
        }
        self.token = found(section, keeper)?;
        Ok(())
    }

    /// These values, and for what they do not say `others`. Where to send is one thing, whichever
    /// way it is told, and so is the token.
    pub(super) fn or(self, others: Self) -> Self {
        Self {
            address: self.address.or(others.address),
            email: self.email.or(others.email),
            token: self.token.or(others.token),
            rate: self.rate.or(others.rate),
            workers: self.workers.or(others.workers),
            timeout: self.timeout.or(others.timeout),
            timezone: self.timezone.or(others.timezone),
        }
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

fn found<T>(section: &Section, value: Result<T, String>) -> Result<Option<Found<T>>, String> {
    let origin = Origin::File(section.clone());
    value.map(|value| Some(Found { value, origin }))
}

fn text<'a>(value: &'a DeValue<'_>) -> Result<&'a str, String> {
    match value {
        DeValue::String(text) => Ok(text),
        _ => Err("write it as text, in quotes".into()),
    }
}

/// A number may stand without quotes.
fn bare(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::Integer(number) => Ok(number.to_string()),
        DeValue::Float(number) => Ok(number.to_string()),
        _ => text(value).map(str::to_owned),
    }
}

fn login(email: &str) -> Result<String, String> {
    check_email(email).map_err(|error| error.to_string())?;
    Ok(email.to_owned())
}

/// A path as it is meant in a file: beside that file; `~/` is the home directory.
fn file(path: &str, section: &Section) -> Result<PathBuf, String> {
    if path.is_empty() {
        return Err("names no file".into());
    }
    if let Some(below) = path.strip_prefix("~/") {
        let home = home().ok_or("there is no home directory for `~`")?;
        return Ok(home.join(below));
    }
    Ok(section.path.parent().unwrap_or(Path::new("")).join(path))
}

/// A program and its arguments; no shell reads them. A program that is a path is meant as files
/// are, any other is looked for on PATH.
fn command(value: &DeValue<'_>, section: &Section) -> Result<Vec<String>, String> {
    let wrong = || r#"write a program and its arguments, like ["pass", "show", "reamaze"]"#;
    let mut words = match value {
        DeValue::String(line) => shlex::split(line).ok_or("a quote in it is not closed")?,
        DeValue::Array(words) => {
            let words = words.iter().map(|word| match word.as_ref() {
                DeValue::String(word) => Ok(word.clone().into_owned()),
                _ => Err(wrong()),
            });
            words.collect::<Result<_, _>>()?
        }
        _ => return Err(wrong().into()),
    };
    let program = words.first_mut().filter(|program| !program.is_empty());
    let program = program.ok_or_else(wrong)?;
    if program.contains('/') {
        // Both were text.
        *program = file(program, section)?.to_string_lossy().into_owned();
    }
    Ok(words)
}

fn unknown(key: &str, value: &DeValue<'_>) -> String {
    let bare: String = key.to_lowercase().replace(['-', '_'], "");
    if SECRETS.contains(&bare.as_str()) {
        return "a token is not kept here, as such files get copied, shared and committed: let token_file \
                name a file of its own, or token_command a program that prints it, or set REAMAZE_API_TOKEN"
            .into();
    }
    if let DeValue::Table(_) = value {
        let name = match key {
            "profile" => "NAME".to_owned(),
            _ => one_line(key, 60),
        };
        return format!("is no known table (a profile is written [profiles.{name}])");
    }
    match nearest(key, KEYS.into_iter()) {
        Some(meant) => format!("is no known key (did you mean {}?)", quoted(meant)),
        None => format!("is no known key (known are {})", KEYS.join(", ")),
    }
}
