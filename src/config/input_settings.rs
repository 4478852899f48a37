//! Options, or a resumed run -> how rows are read. A resumed run is bound to how it was started: rows
//! that were sent would have meant something else.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::origin::{Found, Origin, Remarks, broken, typed};
use crate::cli::{InputArgs, RunArgs, timezone};
use crate::error::Error;
use crate::input::Wanted;
use crate::ledger::RunOptions;
use crate::validate::{Clock, Damaged, Terms};

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
    pub(super) terms: Terms,
    /// `--set`, one by one.
    pub(super) set: Vec<String>,
    pub(super) invalid_rows: InvalidRows,
}

impl InputSettings {
    /// `zone` is what the configuration file has.
    pub(super) fn resolve(
        args: &RunArgs,
        recorded: Option<&RunOptions>,
        zone: Option<Found<TimeZone>>,
        remarks: &mut Remarks,
    ) -> Result<Self, Error> {
        let (rows, zone) = match recorded {
            Some(recorded) => Self::recorded(&args.form, recorded)?,
            None => Self::typed(args, zone),
        };
        let name = zone_name(&rows.terms);
        let name = name.as_deref().unwrap_or("none");
        remarks.note(format_args!("timezone {name}"), &zone);
        Ok(rows)
    }

    fn typed(args: &RunArgs, zone: Option<Found<TimeZone>>) -> (Self, Origin) {
        let path = args.input.as_deref().unwrap_or(Path::new(""));
        let args = &args.form;
        let zone = typed("--timezone", args.timezone.clone()).or(zone);
        let (zone, origin) = match zone {
            Some(Found { value, origin }) => (Some(value), origin),
            None => (None, Origin::Default),
        };
        let rows = Self {
            wanted: Wanted::new(args.format, args.delimiter, path),
            terms: terms(zone, args.allow_damaged),
            set: args.set.clone(),
            invalid_rows: if args.skip_invalid {
                InvalidRows::Skip
            } else {
                InvalidRows::Refuse
            },
        };
        (rows, origin)
    }

    fn recorded(args: &InputArgs, run: &RunOptions) -> Result<(Self, Origin), Error> {
        let zone = run.timezone.as_deref().map(timezone).transpose();
        let zone = zone.map_err(broken)?;
        let delimiter = run.delimiter.and_then(|c| u8::try_from(c).ok());
        let differs = |typed: bool, is_same: bool| typed && !is_same;
        let changed = [
            ("set", differs(!args.set.is_empty(), args.set == run.set)),
            (
                "timezone",
                differs(args.timezone.is_some(), args.timezone == zone),
            ),
            (
                "format",
                differs(args.format.is_some(), args.format == Some(run.format)),
            ),
            (
                "delimiter",
                differs(args.delimiter.is_some(), args.delimiter == delimiter),
            ),
            ("skip-invalid", differs(args.skip_invalid, run.skip_invalid)),
            (
                "allow-damaged",
                differs(args.allow_damaged, run.allow_damaged),
            ),
        ];
        if let Some((name, _)) = changed.iter().find(|(_, is_changed)| *is_changed) {
            return Err(Error::Usage(format!(
                "--{name}: a resumed run is bound to what it was started with"
            )));
        }
        let rows = Self {
            wanted: Wanted {
                format: Some(run.format),
                delimiter,
            },
            terms: terms(zone, run.allow_damaged),
            set: run.set.clone(),
            // Rows that have become invalid meanwhile do not hold up the others.
            invalid_rows: InvalidRows::Skip,
        };
        Ok((rows, Origin::Run))
    }
}

fn terms(timezone: Option<TimeZone>, allow_damaged: bool) -> Terms {
    Terms {
        clock: Clock {
            now: Timestamp::now(),
            timezone,
        },
        damaged: if allow_damaged {
            Damaged::Send
        } else {
            Damaged::Refuse
        },
    }
}

/// The name of the zone of times without an offset.
pub(super) fn zone_name(terms: &Terms) -> Option<String> {
    let zone = terms.clock.timezone.as_ref()?;
    zone.iana_name().map(str::to_owned)
}
