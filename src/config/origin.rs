//! A value, and where it was found: so that `-v` can say it.

use std::env;
use std::fmt;
use std::path::PathBuf;

use crate::error::Error;
use crate::ledger::RunFile;
use crate::model::Shown as _;
use crate::model::text::one_line;

/// Where a value was found.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// An option, by its name.
    Typed(&'static str),
    /// An environment variable, by its name.
    Variable(&'static str),
    /// What the run that goes on has recorded.
    Run,
    /// A configuration file.
    File(Section),
    /// Nowhere.
    Default,
}

/// A part of a configuration file.
#[derive(Debug, Clone)]
pub(super) struct Section {
    /// The file.
    pub(super) path: PathBuf,
    /// The profile; `None` is what stands outside of profiles.
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
    /// A value that is nowhere but here.
    pub(super) fn default(value: T) -> Self {
        let origin = Origin::Default;
        Self { value, origin }
    }

    /// What the run that goes on has recorded.
    pub(super) fn of_run(value: T) -> Self {
        let origin = Origin::Run;
        Self { value, origin }
    }

    /// The same place, with what `convert` makes of the value.
    pub(super) fn try_map<U, E>(
        self,
        convert: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<Found<U>, E> {
        let Self { value, origin } = self;
        convert(value).map(|value| Found { value, origin })
    }
}

/// What was typed for the option of that name.
pub(super) fn typed<T>(name: &'static str, value: Option<T>) -> Option<Found<T>> {
    let origin = Origin::Typed(name);
    value.map(|value| Found { value, origin })
}

/// An environment variable; one that is empty counts as not set.
pub(super) fn variable(name: &'static str) -> Result<Option<Found<String>>, Error> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => {
            let origin = Origin::Variable(name);
            Ok(Some(Found { value, origin }))
        }
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Error::Usage(format!("{name} is not UTF-8 text"))),
    }
}

/// What there is to say of settings before a run starts.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    /// What the user should know, and no reason not to start.
    pub(super) warnings: Vec<String>,
    /// Where each value came from.
    pub(super) origins: Vec<String>,
}

impl Remarks {
    /// Notes that `what` came from there.
    pub(super) fn note(&mut self, what: impl fmt::Display, origin: &Origin) {
        self.origins.push(format!("{what} ({origin})"));
    }
}
