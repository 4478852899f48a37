//! The configuration file -> the values for one run.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::config_text::ConfigText;
use super::directories::user_directory;
use super::found::{Found, Origin, Section};
use super::profile::Profile;
use crate::files::{self, FileError, MAX_TEXT_BYTES};
use crate::model::text::{one_line, quoted};
use crate::model::{Shown as _, nearest};
use crate::stop::Stop;

/// What a configuration file says for one run.
#[derive(Debug, Default)]
pub(super) struct Configuration {
    /// The chosen profile, if one was; then what is outside of profiles.
    layers: Vec<(Section, Profile)>,
    /// The profiles that could have been chosen, if none was.
    pub(super) profiles: Vec<String>,
}

impl Configuration {
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
                    return Err(format!("{option}{}: {error}", path.shown()));
                }
            },
        };
        match (path, text, profile) {
            (Some(path), Some((text, trust)), _) => Self::parse(path, &text, trust, profile),
            (_, _, None) => Ok(Self::default()),
            (path, _, Some(name)) => Err(format!(
                "--profile {}: no configuration file{} (create one, or name it with --config)",
                one_line(name, 60),
                path.map_or_else(String::new, |path| format!(" {}", path.shown()))
            )),
        }
    }

    /// The values for that profile. All of the file is checked, so that what is wrong with it shows
    /// as soon as it is written. `trust` is why others can have written it, if so.
    pub(super) fn parse(
        path: PathBuf,
        text: &str,
        trust: Result<(), FileError>,
        profile: Option<&str>,
    ) -> Result<Self, String> {
        let (outside, mut profiles) = ConfigText::new(&path, text).profiles()?;
        let mut all = profiles.iter().map(|(_, profile)| profile);
        let decides_on_trust = outside.decides_on_trust() || all.any(Profile::decides_on_trust);
        if let (Err(why), true) = (trust, decides_on_trust) {
            return Err(format!(
                "{}: {why}: it decides where the token is sent, or which program is run",
                path.shown()
            ));
        }
        let mut layers = Vec::new();
        if let Some(chosen) = profile {
            let Some(at) = profiles.iter().position(|(name, _)| name == chosen) else {
                return Err(no_such_profile(&path, chosen, &profiles));
            };
            let (name, profile) = profiles.swap_remove(at);
            let section = Section {
                path: path.clone(),
                profile: Some(name),
            };
            layers.push((section, profile));
            profiles.clear();
        }
        let profile = None;
        layers.push((Section { path, profile }, outside));
        Ok(Self {
            layers,
            profiles: profiles.into_iter().map(|(name, _)| name).collect(),
        })
    }

    /// The value of the chosen profile, or the one outside of profiles. What `pick` gets besides is
    /// the directory of the file.
    pub(super) fn find<T>(&self, pick: impl Fn(&Profile, &Path) -> Option<T>) -> Option<Found<T>> {
        self.layers.iter().find_map(|(section, profile)| {
            let directory = section.path.parent().unwrap_or(Path::new(""));
            let value = pick(profile, directory)?;
            Some(Found::new(value, Origin::File(section.clone())))
        })
    }

    /// The same, without what the sandbox does not take.
    pub(super) fn for_sandbox(self) -> Self {
        let layers = self.layers.into_iter();
        Self {
            layers: layers
                .map(|(section, profile)| (section, profile.for_sandbox()))
                .collect(),
            profiles: self.profiles,
        }
    }
}

fn no_such_profile(path: &Path, name: &str, profiles: &[(String, Profile)]) -> String {
    let names: Vec<_> = profiles.iter().map(|(name, _)| name.as_str()).collect();
    let meant = nearest(name, names.iter().copied());
    let meant = meant.map(|meant| format!("did you mean {}? ", quoted(meant)));
    let there = match names.as_slice() {
        [] => "there is none: write [profiles.NAME]".to_owned(),
        names => format!("there are: {}", one_line(&names.join(", "), 1000)),
    };
    format!(
        "--profile {}: no such profile in {} ({}{there})",
        one_line(name, 60),
        path.shown(),
        meant.unwrap_or_default()
    )
}

/// The names of the profiles in the file at `config`, or in the user's own; none where it cannot be
/// read.
#[must_use]
pub fn profile_names(config: Option<&Path>) -> Vec<String> {
    let path = config.map(Path::to_owned).or_else(usual_place);
    // A pipe would keep whoever asks waiting.
    let path = path.filter(|path| path.is_file()).unwrap_or_default();
    let text = read(&path, &Stop::default());
    text.map_or_else(
        |_| Vec::new(),
        |(text, _)| ConfigText::new(&path, &text).names(),
    )
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
