//! The text of an option -> its value, where its type does not parse itself.

use std::ffi::OsStr;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PathBufValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::input::Format;
use crate::model::{Assignment, CatalogMode, Status};
use crate::report::LogFormat;

/// Reads a path. One that begins with `~` was not expanded, and would be a file of that name here.
pub(super) fn path() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        let first = path.components().next();
        if first.is_some_and(|first| first.as_os_str() == OsStr::new("~")) {
            return Err(
                "`~` was not expanded by the shell; write $HOME instead of it, or a space before it",
            );
        }
        Ok(path)
    })
}

/// Reads the format of an input.
pub(super) fn format() -> impl TypedValueParser<Value = Format> {
    choice(&[
        (
            "csv",
            "Cells between delimiters, a header row first",
            Format::Csv,
        ),
        ("tsv", "The same with tabs", Format::Tsv),
        ("jsonl", "A JSON object per line", Format::Jsonl),
        ("xlsx", "An Excel workbook", Format::Xlsx),
        (
            "ods",
            "An OpenDocument spreadsheet, as of LibreOffice",
            Format::Ods,
        ),
    ])
}

/// Reads what becomes of names that the catalog does not know.
pub(super) fn catalog_mode() -> impl TypedValueParser<Value = CatalogMode> {
    choice(&[
        (
            "warn",
            "A warning, if there is a catalog",
            CatalogMode::Warn,
        ),
        ("error", "Their rows are invalid", CatalogMode::Error),
        ("off", "Nothing", CatalogMode::Off),
    ])
}

/// Reads the format of messages.
pub(super) fn log_format() -> impl TypedValueParser<Value = LogFormat> {
    choice(&[
        ("text", "For people", LogFormat::Text),
        ("json", "For programs: one object per line", LogFormat::Json),
    ])
}

/// Reads one of these words, each with its help and its meaning.
fn choice<T: Copy + Send + Sync + 'static>(
    choices: &'static [(&str, &str, T)],
) -> impl TypedValueParser<Value = T> {
    let words = choices
        .iter()
        .map(|(word, help, _)| PossibleValue::new(*word).help(*help));
    PossibleValuesParser::new(words.collect::<Vec<_>>()).try_map(|text| {
        let found = choices.iter().find(|(word, _, _)| *word == text);
        found.map(|(_, _, value)| *value).ok_or("unknown")
    })
}

/// Reads a status, by name or number.
pub(super) fn status(text: &str) -> Result<Status, String> {
    let code = text.trim().parse().ok().and_then(Status::from_code);
    code.or_else(|| Status::from_name(text)).ok_or_else(|| {
        Status::suggestion(text).map_or_else(
            || "expected a status like open, done or archived".to_owned(),
            |name| format!("unknown status (did you mean {name}?)"),
        )
    })
}

/// Reads an email address, or `none`.
pub(super) fn email_or_none(text: &str) -> Result<String, &'static str> {
    if text.contains('@') || text == "none" {
        return Ok(text.to_owned());
    }
    Err("expected an email address, or none")
}

/// Reads the email address of somebody.
pub(super) fn email(text: &str) -> Result<String, &'static str> {
    let is_email = text.contains('@');
    is_email
        .then(|| text.to_owned())
        .ok_or("expected an email address")
}

/// Reads what a filter compares: an empty text would select everything, or nothing.
pub(super) fn filled(text: &str) -> Result<String, &'static str> {
    let is_filled = !text.trim().is_empty();
    is_filled
        .then(|| text.to_owned())
        .ok_or("it is empty (write a value, or remove the option)")
}

/// Reads a value of a custom field.
pub(super) fn custom_field(text: &str) -> Result<Assignment, &'static str> {
    let read = text.parse().ok().filter(|Assignment { field, value }| {
        let is_filled = |text: &str| !text.trim().is_empty();
        is_filled(field) && is_filled(value)
    });
    read.ok_or("write NAME=VALUE, like plan=team")
}

pub(super) fn origin(text: &str) -> Result<u16, String> {
    whole(text, &(0..=u16::MAX))
}

pub(super) fn retries(text: &str) -> Result<u32, String> {
    whole(text, &(0..=1000))
}

pub(super) fn years(text: &str) -> Result<u16, String> {
    whole(text, &(0..=20))
}

pub(super) fn port(text: &str) -> Result<u16, String> {
    whole(text, &(0..=u16::MAX))
}

pub(super) fn stock(text: &str) -> Result<usize, String> {
    whole(text, &(0..=100_000))
}

fn whole<N: FromStr + PartialOrd + Display>(
    text: &str,
    range: &RangeInclusive<N>,
) -> Result<N, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    let (least, most) = (range.start(), range.end());
    number.ok_or_else(|| format!("expected a whole number from {least} to {most}"))
}

pub(super) fn rows(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .map_err(|_| "expected a whole number of rows, like 5000")
}

pub(super) fn limit(text: &str) -> Result<u64, &'static str> {
    let limit = rows(text).ok().filter(|limit| *limit > 0);
    limit.ok_or("expected a whole number of rows, 1 or more")
}
