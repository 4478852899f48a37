//! A value, and where it was found: so that `-v` can show it.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use crate::error::Error;
use crate::ledger::RunFile;
use crate::model::Shown as _;
use crate::model::text::one_line;

/// Where a value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// An option, by its name.
    Typed(&'static str),
    /// An environment variable, by its name.
    Variable(&'static str),
    /// The record of the run that is resumed.
    Run,
    /// A configuration file.
    File(Section),
    /// Nowhere.
    Default,
}

/// A part of a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// The file.
    pub(super) path: PathBuf,
    /// The profile; `None` is what is outside of profiles.
    pub(super) profile: Option<String>,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Typed(name) | Self::Variable(name) => f.write_str(name),
            Self::Run => f.write_str(RunFile::NAME),
            Self::File(section) => section.fmt(f),
            Self::Default => f.write_str("default"),
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(profile) = &self.profile {
            write!(f, "profile {} in ", one_line(profile, 60))?;
        }
        f.write_str(&one_line(&self.path.shown(), 1000))
    }
}

/// A value, and where it was found.
#[derive(Debug, Clone)]
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

impl<T> Found<T> {
    pub(super) fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// The value that `parse` makes of this one; an error names the origin, and not the value, which
    /// may be a secret in the wrong place.
    pub(super) fn parse<U, E: fmt::Display>(
        self,
        parse: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<Found<U>, Error> {
        let Self { value, origin } = self;
        match parse(value) {
            Ok(value) => Ok(Found { value, origin }),
            Err(why) => Err(Error::Usage(format!("{origin}: {why}"))),
        }
    }
}

/// What `-v` shows of it.
impl<T: fmt::Display> fmt::Display for Found<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.value, self.origin)
    }
}

/// What was typed for the option of that name.
pub(super) fn typed<T>(name: &'static str, value: Option<T>) -> Option<Found<T>> {
    value.map(|value| Found::new(value, Origin::Typed(name)))
}

/// The value of the first place that has one; `recorded` is what the run that is resumed says.
pub(super) fn first<T>(
    typed: Option<Found<T>>,
    recorded: Option<T>,
    file: Option<Found<T>>,
    default: T,
) -> Found<T> {
    typed
        .or_else(|| recorded.map(|value| Found::new(value, Origin::Run)))
        .or(file)
        .unwrap_or_else(|| Found::new(default, Origin::Default))
}

/// The environment: the value of a variable by its name.
pub(super) struct Environment<'a>(pub(super) &'a dyn Fn(&str) -> Option<OsString>);

impl Environment<'_> {
    /// A variable; one that is empty counts as not set.
    pub(super) fn variable(&self, name: &'static str) -> Result<Option<Found<String>>, Error> {
        let value = (self.0)(name).filter(|value| !value.is_empty());
        let found = value.map(|value| Found::new(value, Origin::Variable(name)));
        let found = found
            .map(|found| found.parse(|value| value.into_string().map_err(|_| "is not UTF-8 text")));
        found.transpose()
    }
}
