//! The configuration file -> the values that hold for one run.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::directories::user_directory;
use super::origin::Section;
use super::values::Values;
use crate::files::{self, FileError, MAX_TEXT_BYTES};
use crate::model::Shown as _;
use crate::model::nearest;
use crate::model::text::{one_line, quoted};
use crate::stop::Stop;

/// The table that holds the profiles.
const PROFILES: &str = "profiles";

/// What a configuration file says for one run.
#[derive(Debug, Default)]
pub(super) struct Configured {
    /// The values of the profile, and for the rest those outside of profiles.
    pub(super) values: Values,
    /// The profiles that could have been chosen, if none was.
    pub(super) profiles: Vec<String>,
}

impl Configured {
    /// Reads the file at `config`, or the user's own, if there is one.
    ///
    /// The error says what is wrong, and where.
    pub(super) fn load(
        config: Option<&Path>,
        profile: Option<&str>,
        stop: &Stop,
    ) -> Result<Self, String> {
        let path = config.map(Path::to_owned).or_else(usual_place);
        let text = match &path {
            None => None,
            Some(path) => match read(path, stop) {
                Ok(text) => Some(text),
                Err(error) if config.is_none() && is_absent(&error) => None,
                Err(error) => {
                    let option = if config.is_some() { "--config " } else { "" };
                    let why = error.to_string();
                    return Err(format!("{option}{}: {why}", path.shown()));
                }
            },
        };
        match (path, text, profile) {
            (Some(path), Some((text, trust)), _) => {
                Content::new(&path, &text, trust).chosen(profile)
            }
            (_, _, None) => Ok(Self::default()),
            (path, _, Some(name)) => Err(format!(
                "--profile {}: there is no configuration file{} (make one, or name it with --config)",
                one_line(name, 60),
                path.map_or_else(String::new, |path| format!(" {}", path.shown()))
            )),
        }
    }
}

/// The names of the profiles in the file at `config`, or in the user's own; none where it cannot be
/// read.
#[must_use]
pub fn profile_names(config: Option<&Path>) -> Vec<String> {
    let path = config.map(Path::to_owned).or_else(usual_place);
    // A pipe would keep whoever asks waiting.
    let text = path
        .filter(|path| path.is_file())
        .and_then(|path| read(&path, &Stop::default()).ok());
    let text = text.map(|(text, _)| text).unwrap_or_default();
    let root = DeTable::parse(text.trim_start_matches('\u{feff}'));
    let root = root.ok().map(Spanned::into_inner);
    match root
        .as_ref()
        .and_then(|root| root.get(PROFILES))
        .map(Spanned::get_ref)
    {
        Some(DeValue::Table(profiles)) => {
            let names = profiles.keys();
            names
                .map(|name| name.get_ref().clone().into_owned())
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Where the user's own configuration is.
fn usual_place() -> Option<PathBuf> {
    Some(user_directory("XDG_CONFIG_HOME", ".config")?.join("config.toml"))
}

/// Nobody has asked for it: where the home directory is closed, as to services, there is none.
fn is_absent(error: &FileError) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    matches!(error.kind(), NotFound | NotADirectory | PermissionDenied)
}

/// The text of the file, and whether others can have written it. It may be a pipe.
fn read(path: &Path, stop: &Stop) -> Result<(String, Result<(), FileError>), FileError> {
    let path = path.to_owned();
    let read = move || {
        let file = File::open(path)?;
        let trust = files::check_config(&file.metadata()?);
        Ok((files::text(file, MAX_TEXT_BYTES)?, trust))
    };
    files::interruptible(read, stop)
}

/// The text of a configuration file.
struct Content<'a> {
    path: &'a Path,
    text: &'a str,
    /// Why others can have written it, if so.
    trust: Result<(), FileError>,
}

impl<'a> Content<'a> {
    fn new(path: &'a Path, text: &'a str, trust: Result<(), FileError>) -> Self {
        // Some editors begin every file with a byte order mark.
        let text = text.trim_start_matches('\u{feff}');
        Self { path, text, trust }
    }

    /// The values for that profile. The whole file is judged, so that what is wrong with it shows
    /// as soon as it is written.
    fn chosen(&self, profile: Option<&str>) -> Result<Configured, String> {
        let root = DeTable::parse(self.text).map_err(|error| self.not_toml(&error))?;
        let root = root.get_ref();
        let outside = root
            .iter()
            .filter(|(key, _)| key.get_ref().as_ref() != PROFILES);
        let section = self.section(None);
        let outside = Values::read(outside, &section, |key, why| self.wrong("", key, why))?;
        let mut profiles = self.profiles(root)?;
        let is_about_trust =
            outside.is_about_trust() || profiles.values().any(Values::is_about_trust);
        if let (Err(why), true) = (&self.trust, is_about_trust) {
            return Err(format!(
                "{}: {why}: it says where the token goes, or what program is run",
                self.path.shown()
            ));
        }
        let Some(name) = profile else {
            return Ok(Configured {
                values: outside,
                profiles: profiles.into_keys().collect(),
            });
        };
        let Some(chosen) = profiles.remove(name) else {
            return Err(self.no_such_profile(name, &profiles));
        };
        Ok(Configured {
            values: chosen.or(outside),
            profiles: Vec::new(),
        })
    }

    fn profiles(&self, root: &DeTable<'_>) -> Result<BTreeMap<String, Values>, String> {
        let mut profiles = BTreeMap::new();
        let Some((key, value)) = root.get_key_value(PROFILES) else {
            return Ok(profiles);
        };
        let DeValue::Table(tables) = value.get_ref() else {
            return Err(self.wrong(
                "",
                key,
                "is no table (a profile is written [profiles.NAME])",
            ));
        };
        for (name, value) in tables {
            let DeValue::Table(table) = value.get_ref() else {
                let why = "is no profile (one is written [profiles.NAME], with its keys below)";
                return Err(self.wrong("profiles.", name, why));
            };
            let above = format!("profiles.{}.", name.get_ref());
            let section = self.section(Some(name.get_ref()));
            let told = |key: &_, why: &_| self.wrong(&above, key, why);
            let values = Values::read(table.iter(), &section, told)?;
            profiles.insert(name.get_ref().clone().into_owned(), values);
        }
        Ok(profiles)
    }

    fn section(&self, profile: Option<&str>) -> Section {
        Section {
            path: self.path.to_owned(),
            profile: profile.map(str::to_owned),
        }
    }

    fn no_such_profile(&self, name: &str, profiles: &BTreeMap<String, Values>) -> String {
        let names = || profiles.keys().map(String::as_str);
        let meant = nearest(name, names());
        let meant = meant.map(|meant| format!("did you mean {}? ", quoted(meant)));
        let there = match names().collect::<Vec<_>>().as_slice() {
            [] => "there is none: write [profiles.NAME]".to_owned(),
            names => format!("there are: {}", one_line(&names.join(", "), 1000)),
        };
        format!(
            "--profile {}: there is no such profile in {} ({}{there})",
            one_line(name, 60),
            self.path.shown(),
            meant.unwrap_or_default()
        )
    }

    /// The library's own words would show the line, in which a token may stand.
    fn not_toml(&self, error: &toml::de::Error) -> String {
        let line = error.span().map(|span| format!(":{}", self.line(&span)));
        format!(
            "{}{}: is not TOML: {}",
            self.path.shown(),
            line.unwrap_or_default(),
            error.message()
        )
    }

    fn wrong(&self, above: &str, key: &Spanned<DeString<'_>>, why: &str) -> String {
        let (path, line) = (self.path.shown(), self.line(&key.span()));
        let name = one_line(&format!("{above}{}", key.get_ref()), 100);
        format!("{path}: {name} (line {line}): {why}")
    }

    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        1 + before.matches('\n').count()
    }
}
