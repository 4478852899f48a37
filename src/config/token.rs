//! Where a token comes from -> the token, which is never shown.

use std::env;
use std::fmt;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use super::found::{Found, Origin};
use super::token_command::{self, MAX_TOKEN_BYTES};
use crate::error::Error;
use crate::files::{self, FileError};
use crate::model::Shown as _;
use crate::stop::Stop;

/// Where a token comes from.
#[derive(Debug)]
pub(super) enum TokenSource {
    /// The environment: this is it.
    Variable(SecretString),
    /// A file of its own.
    File(PathBuf),
    /// A program that prints it: that program and its arguments.
    Command(Vec<String>),
}

impl fmt::Display for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(_) => f.write_str("token"),
            Self::File(path) => write!(f, "token_file {}", path.shown()),
            // Its arguments may be nobody's business.
            Self::Command(_) => f.write_str("token_command"),
        }
    }
}

/// A token, and what the user should know of where it was.
pub(super) struct Token {
    pub(super) token: String,
    pub(super) warning: Option<String>,
}

impl From<String> for Token {
    fn from(token: String) -> Self {
        let warning = None;
        Self { token, warning }
    }
}

impl TokenSource {
    /// The variable that contains the token itself.
    pub(super) const VARIABLE: &str = "REAMAZE_API_TOKEN";
}

/// Reads the token.
pub(super) fn read(source: &Found<TokenSource>, stop: &Stop) -> Result<Token, Error> {
    let place = match (&source.value, &source.origin) {
        // What was typed there by mistake may be the token.
        (TokenSource::File(path), Origin::Typed(name)) if is_like_a_token(path) => {
            format!("{name} (not shown, is it the token itself? it takes the path of a file)")
        }
        (TokenSource::File(path), Origin::Typed(name)) => format!("{name} {}", path.shown()),
        _ => source.to_string(),
    };
    match &source.value {
        TokenSource::Variable(token) => Ok(token.expose_secret().to_owned().into()),
        TokenSource::Command(words) => token_command::run(words, &place, stop).map(Token::from),
        TokenSource::File(path) => file(path, stop).map_err(|why| {
            Error::from_stop(stop).unwrap_or_else(|| Error::Usage(format!("{place}: {why}")))
        }),
    }
}

/// The token in a file. The error says what is wrong.
fn file(path: &Path, stop: &Stop) -> Result<Token, String> {
    let owned = path.to_owned();
    // It may be a pipe, from a program that prints the token.
    let read = move || {
        let file = File::open(owned)?;
        Ok((file.metadata()?, files::text(file, MAX_TOKEN_BYTES)?))
    };
    let (metadata, text) =
        files::interruptible(read, stop).map_err(|error: FileError| match error.kind() {
            io::ErrorKind::NotFound => {
                "no such file (write the API token into it, or set REAMAZE_API_TOKEN)".into()
            }
            _ => error.to_string(),
        })?;
    // Some editors begin every file with a byte order mark.
    let token = alone(text.trim_start_matches('\u{feff}').trim())?;
    let is_exposed = others_can_read(&metadata) && !is_credential(path);
    Ok(Token {
        token,
        warning: is_exposed.then(|| {
            format!(
                "other users can read the token file {}: chmod 600 it",
                path.shown()
            )
        }),
    })
}

/// The token, if `text` is that alone. What is wrong is said without showing any of it.
fn alone(text: &str) -> Result<String, &'static str> {
    let is_assignment = text.contains("REAMAZE_API_TOKEN") || text.starts_with("export ");
    let is_in_quotes = text.starts_with(['"', '\'', '{']);
    let is_wrong = |c: char| c.is_control() || c.is_whitespace();
    match text {
        "" => Err("is empty (write the API token into it, and nothing else)"),
        _ if is_assignment => Err("has an assignment in it (the file must contain only the token)"),
        _ if is_in_quotes => {
            Err("has quotes or braces around the token (the file must contain only the token)")
        }
        _ if text.contains('\n') => Err("has several lines (the file must contain only the token)"),
        _ if text.contains(is_wrong) => {
            Err("contains white space or a control character (is it the right file?)")
        }
        token => Ok(token.to_owned()),
    }
}

/// Whether what should be a path looks like a token, and no such file is there.
fn is_like_a_token(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let is_long = text.len() >= 20 && text.bytes().any(|byte| byte.is_ascii_digit());
    is_long && !text.contains(['/', '.']) && !path.exists()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_more_than_the_token_says_what_is_in_it_and_shows_nothing() {
        assert_eq!(alone("0123abcd"), Ok("0123abcd".into()));
        for (text, message) in [
            ("", "is empty"),
            ("REAMAZE_API_TOKEN=0123abcd", "assignment"),
            ("export TOKEN=0123abcd", "assignment"),
            ("\"0123abcd\"", "quotes"),
            ("{\"token\": \"0123abcd\"}", "quotes or braces"),
            ("0123abcd\nme@example.com", "several lines"),
            ("0123 abcd", "white space"),
        ] {
            let why = alone(text).expect_err(text);
            assert!(why.contains(message) && !why.contains("0123"), "{why}");
        }
    }

    #[test]
    fn a_token_in_the_place_of_its_file_is_not_shown() {
        assert!(is_like_a_token(Path::new(
            "0123456789abcdef0123456789abcdef"
        )));
        for path in [
            "token",
            "reamaze-token-of-acme-eu",
            "tokens/0123456789abcdef0123",
            "Cargo.toml",
        ] {
            assert!(!is_like_a_token(Path::new(path)), "{path}");
        }
    }
}
