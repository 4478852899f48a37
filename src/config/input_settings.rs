//! Options, or a resumed run -> how rows are read. A resumed run is bound to how it was started: rows
//! that were sent would have meant something else.

use std::path::Path;

use jiff::Timestamp;

use super::found::{Found, Origin};
use crate::cli::{InputArgs, RunArgs};
use crate::error::Error;
use crate::input::{Format, Wanted};
use crate::ledger::RunOptions;
use crate::model::{Delimiter, Zone};
use crate::validate::{Clock, Damaged, Naming, Terms, UnknownNames};

/// What invalid rows mean for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidRows {
    /// One of them, and nothing is sent.
    Refuse,
    /// They are left out.
    Skip,
}

/// How rows are read.
#[derive(Debug)]
pub(super) struct InputSettings {
    pub(super) wanted: Wanted,
    pub(super) naming: Naming,
    pub(super) terms: Terms,
    pub(super) invalid_rows: InvalidRows,
    /// As it was typed, or as the resumed run was started.
    pub(super) args: InputArgs,
    /// Where the time zone was found.
    pub(super) origin: String,
}

impl InputSettings {
    /// `zone` is what the configuration file has.
    pub(super) fn resolve(
        typed: &RunArgs,
        recorded: Option<&RunOptions>,
        zone: Option<Found<Zone>>,
    ) -> Result<Self, Error> {
        let (mut args, mut origin) = match recorded {
            Some(run) => (started(&typed.form, run)?, Origin::Run),
            None => (typed.form.clone(), Origin::Typed("--timezone")),
        };
        if args.timezone.is_none() && recorded.is_none() {
            (args.timezone, origin) = zone.map_or((None, Origin::Default), |zone| {
                (Some(zone.value), zone.origin)
            });
        }
        let unknown = UnknownNames::new(args.ignore_unknown_columns);
        let naming = Naming::from_options(&args.map, unknown).map_err(Error::Usage)?;
        let zone = args.timezone.as_ref();
        let zone_name = zone.map_or_else(|| "none".into(), Zone::to_string);
        let path = typed.input.as_deref().unwrap_or(Path::new(""));
        let delimiter = args.delimiter.map(Delimiter::byte);
        let wanted = Wanted::new(args.format, delimiter, args.sheet.clone(), path);
        if wanted.format == Some(Format::Jsonl) && args.delimiter.is_some() {
            return Err(Error::usage("--delimiter: does not apply to JSONL"));
        }
        Ok(Self {
            origin: format!("timezone {}", Found::new(zone_name, origin)),
            wanted,
            naming,
            terms: Terms {
                clock: Clock {
                    now: Timestamp::now(),
                    timezone: zone.map(Zone::time_zone).cloned(),
                },
                damaged: if args.allow_damaged {
                    Damaged::Send
                } else {
                    Damaged::Refuse
                },
                // The account is not known yet.
                site: None,
            },
            // Rows of a resumed run that have become invalid meanwhile do not hold up the others.
            invalid_rows: if args.skip_invalid || recorded.is_some() {
                InvalidRows::Skip
            } else {
                InvalidRows::Refuse
            },
            args,
        })
    }
}

/// What a resumed run was started with, unless something else was typed.
fn started(typed: &InputArgs, run: &RunOptions) -> Result<InputArgs, Error> {
    let changed = [
        ("set", !typed.set.is_empty() && typed.set != run.set),
        (
            "timezone",
            typed.timezone.is_some() && typed.timezone != run.timezone,
        ),
        (
            "format",
            typed.format.is_some_and(|format| format != run.format),
        ),
        (
            "delimiter",
            typed.delimiter.is_some() && typed.delimiter != run.delimiter,
        ),
        ("map", !typed.map.is_empty() && typed.map != run.map),
        (
            "ignore-unknown-columns",
            typed.ignore_unknown_columns && !run.ignore_unknown_columns,
        ),
        ("sheet", typed.sheet.is_some() && typed.sheet != run.sheet),
        ("skip-invalid", typed.skip_invalid && !run.skip_invalid),
        ("allow-damaged", typed.allow_damaged && !run.allow_damaged),
    ];
    if let Some((name, _)) = changed.iter().find(|(_, is_changed)| *is_changed) {
        return Err(Error::Usage(format!(
            "--{name} cannot be changed when a run is resumed"
        )));
    }
    Ok(InputArgs {
        format: Some(run.format),
        delimiter: run.delimiter,
        sheet: run.sheet.clone(),
        timezone: run.timezone.clone(),
        set: run.set.clone(),
        map: run.map.clone(),
        ignore_unknown_columns: run.ignore_unknown_columns,
        skip_invalid: run.skip_invalid,
        allow_damaged: run.allow_damaged,
        // May be given again, like limits.
        catalog: typed.catalog.or(Some(run.catalog)),
    })
}
