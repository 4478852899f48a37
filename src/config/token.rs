//! Where a token is kept -> the token, which is never shown.

use std::env;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::origin::{Found, Origin, variable};
use super::token_command;
use crate::error::Error;
use crate::pipeline::Stop;

/// The variable that holds the token itself.
pub(super) const VARIABLE: &str = "REAMAZE_API_TOKEN";

/// The longest token, in bytes, with what stands around it.
pub(super) const MAX_TOKEN_BYTES: u64 = 4 << 10;

/// Where a token is kept.
#[derive(Debug)]
pub(super) enum Keeper {
    /// In the environment.
    Variable,
    /// In a file of its own.
    File(PathBuf),
    /// With a program that prints it: that program and its arguments.
    Command(Vec<String>),
}

impl fmt::Display for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable => f.write_str("token"),
            Self::File(path) => write!(f, "token_file {}", path.display()),
            // Its arguments may be nobody's business.
            Self::Command(_) => f.write_str("token_command"),
        }
    }
}

/// Fetches the token.
pub(super) fn fetch(
    kept: &Found<Keeper>,
    stop: &Stop,
    warnings: &mut Vec<String>,
) -> Result<String, Error> {
    let place = match (&kept.value, &kept.origin) {
        (Keeper::File(path), Origin::Typed(name)) => format!("{name} {}", path.display()),
        (keeper, origin) => format!("{keeper} ({origin})"),
    };
    match &kept.value {
        Keeper::Variable => Ok(variable(VARIABLE)?.map_or_else(String::new, |found| found.value)),
        Keeper::File(path) => {
            read(path, warnings).map_err(|error| Error::Usage(format!("{place}: {error}")))
        }
        Keeper::Command(words) => token_command::run(words, &place, stop),
    }
}

fn read(path: &Path, warnings: &mut Vec<String>) -> io::Result<String> {
    let file = File::open(path)?;
    if others_can_read(&file.metadata()?) && !is_credential(path) {
        warnings.push(format!(
            "the token file {} can be read by others: chmod 600 it",
            path.display()
        ));
    }
    let mut text = String::new();
    file.take(MAX_TOKEN_BYTES).read_to_string(&mut text)?;
    if text.len() as u64 == MAX_TOKEN_BYTES {
        return Err(io::Error::other(
            "it is too long for a token (is it the right file?)",
        ));
    }
    // Some editors begin every file with a byte order mark.
    Ok(text.trim_start_matches('\u{feff}').trim().to_owned())
}

/// Whether it is systemd that keeps the file from others: it does so by an access list, and what
/// that grants to the service shows as rights of the group (systemd issue 29435).
fn is_credential(path: &Path) -> bool {
    let directory = env::var_os("CREDENTIALS_DIRECTORY");
    directory.is_some_and(|directory| path.parent() == Some(Path::new(&directory)))
}

fn others_can_read(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}
