//! Options, a resumed run and the configuration file -> what a run is to do.

use std::io::{IsTerminal as _, stderr, stdin};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::account::{Candidates, Target};
use super::file::Configured;
use super::origin::{Origin, Remarks, typed};
use super::pace::{Pace, TIMEOUT};
use super::source::Source;
use super::values::Values;
use crate::api::Account;
use crate::cli::{AllowedFailures, AskedRate, RunArgs, WORKERS, max_failures, rate, timezone};
use crate::error::Error;
use crate::input::{Format, Layout, Wanted};
use crate::ledger::{FORMAT_VERSION, Place, RunAccount, RunFile, RunInput, RunOptions};
use crate::model::MAX_WORKERS;
use crate::report::LogFormat;
use crate::stop::Stop;
use crate::validate::{Clock, Damaged, Draft, Terms};

/// Whether sending needs a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// It was given on the command line.
    Given,
    /// It is asked for on the terminal.
    Ask,
}

/// A run, resolved.
#[derive(Debug)]
pub struct Settings {
    /// What was typed; of a resumed run also what it takes over.
    pub args: RunArgs,
    /// Where rows come from.
    pub source: Source,
    /// Where to send.
    pub target: Target,
    /// What to know of the input's form before opening it.
    pub wanted: Wanted,
    /// What values are judged by.
    pub terms: Terms,
    /// What every row gets that does not say otherwise.
    pub set: Draft<'static>,
    /// The ceiling of requests.
    pub rate: AskedRate,
    /// Requests in flight at most.
    pub workers: u16,
    /// Time for one request.
    pub timeout: Duration,
    /// Tries after the first.
    pub retries: u32,
    /// How many rows may go wrong.
    pub max_failures: AllowedFailures,
    /// Where the run directory appears.
    pub place: Place,
    /// Whether to ask.
    pub consent: Consent,
    /// What the user should know, and no reason not to start.
    pub warnings: Vec<String>,
    /// Where each value came from.
    pub origins: Vec<String>,
}

/// Tries after the first.
const RETRIES: u32 = 5;

impl Settings {
    /// Resolves what was typed for a new run over `source`.
    ///
    /// # Errors
    /// When something is missing, contradictory, or a way for the token to reach a stranger.
    pub fn resolve(args: RunArgs, source: Source, stop: &Stop) -> Result<Self, Error> {
        Self::of(args, source, None, stop)
    }

    /// Resolves what was typed for going on with the run in `directory`.
    ///
    /// # Errors
    /// The same, and when something is asked for that the run is not bound to.
    pub fn resume(
        mut args: RunArgs,
        directory: &Path,
        run: &RunFile,
        stop: &Stop,
    ) -> Result<Self, Error> {
        let taken = taken_over(&mut args, run)?;
        let input = directory.join(format!("input.{}", run.options.format.extension()));
        let mut settings = Self::of(args, Source::File(input), Some(&taken), stop)?;
        // The commands that such a run ends with repeat what it took over.
        settings.args.rate = Some(settings.rate);
        Ok(settings)
    }

    fn of(
        args: RunArgs,
        source: Source,
        run: Option<&TakenOver>,
        stop: &Stop,
    ) -> Result<Self, Error> {
        let mut remarks = Remarks::default();
        let Configured { values, profiles } = configured(&args, stop, &mut remarks)?;
        let clock = Clock {
            now: Timestamp::now(),
            timezone: zone(&args, run, &values, &mut remarks),
        };
        let Pace {
            rate,
            workers,
            timeout,
        } = Pace::of(&args, run.map(|run| run.pace), &values, &mut remarks);
        let terms = Terms {
            clock,
            damaged: if args.allow_damaged {
                Damaged::Send
            } else {
                Damaged::Refuse
            },
        };
        let set =
            Draft::of_set(args.set.iter().map(String::as_str), &terms).map_err(Error::Usage)?;
        let path = args.input.as_deref().unwrap_or(Path::new(""));
        let wanted = Wanted::new(args.format, args.delimiter, path);
        if wanted.format == Some(Format::Jsonl) && args.delimiter.is_some() {
            return Err(Error::usage("--delimiter: JSONL has none"));
        }
        let consent = consent(&args, &source)?;
        let time = terms.clock.now.strftime("%Y%m%dT%H%M%SZ");
        let named = || Place::Named(format!("{}-{time}", source.stem()));
        let place = args.out.clone().map_or_else(named, Place::At);
        let candidates = Candidates {
            args: &args,
            file: values,
            profiles: &profiles,
            run: run.map(|run| &run.account),
        };
        let target = candidates.target(stop, &mut remarks)?;
        Ok(Self {
            workers,
            timeout,
            retries: args.retries.unwrap_or(RETRIES),
            max_failures: args.max_failures.clone().unwrap_or_default(),
            args,
            source,
            target,
            wanted,
            terms,
            set,
            rate,
            place,
            consent,
            warnings: remarks.warnings,
            origins: remarks.origins,
        })
    }

    /// The name of the zone of times without an offset.
    #[must_use]
    pub fn zone_name(&self) -> Option<String> {
        zone_name(self.terms.clock.timezone.as_ref()).map(str::to_owned)
    }

    /// What `run.json` says of a run of these settings.
    #[must_use]
    pub fn run_file(&self, account: &Account, layout: Layout, sha256: String) -> RunFile {
        let args = &self.args;
        let has_cells = layout.format != Format::Jsonl;
        RunFile {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            format_version: FORMAT_VERSION,
            created_at: self.terms.clock.now,
            account: RunAccount {
                base_url: account.base_url().to_string(),
                email: account.email().to_owned(),
            },
            input: RunInput {
                path: self.source.absolute(),
                sha256,
                damaged: 0,
            },
            options: RunOptions {
                format: layout.format,
                delimiter: has_cells.then(|| char::from(layout.delimiter)),
                timezone: self.zone_name(),
                set: args.set.clone(),
                skip_invalid: args.skip_invalid,
                allow_damaged: args.allow_damaged,
                rate: self.rate.to_string(),
                fixed_rate: args.fixed_rate,
                workers: self.workers,
                timeout_s: self.timeout.as_secs_f64(),
                retries: self.retries,
                max_failures: self.max_failures.to_string(),
                verify: !args.no_verify,
                sandbox: args.sandbox,
            },
        }
    }
}

/// The zone of times without an offset. A resumed run is bound to its own, or to none.
fn zone(
    args: &RunArgs,
    run: Option<&TakenOver>,
    file: &Values,
    remarks: &mut Remarks,
) -> Option<TimeZone> {
    let found = typed("--timezone", args.timezone.clone()).or_else(|| file.timezone.clone());
    let (zone, origin) = match (run, found) {
        (Some(run), _) => (run.timezone.clone(), Origin::Run),
        (None, Some(found)) => (Some(found.value), found.origin),
        (None, None) => (None, Origin::Default),
    };
    let name = zone_name(zone.as_ref()).unwrap_or("none");
    remarks.note(format_args!("timezone {name}"), &origin);
    zone
}

fn zone_name(zone: Option<&TimeZone>) -> Option<&str> {
    zone?.iana_name()
}

/// What the configuration file says for such a run.
fn configured(args: &RunArgs, stop: &Stop, remarks: &mut Remarks) -> Result<Configured, Error> {
    let loaded = Configured::load(args.config.as_deref(), args.profile.as_deref(), stop);
    let mut configured =
        loaded.map_err(|error| Error::of_stop(stop).unwrap_or(Error::Usage(error)))?;
    if args.sandbox {
        configured.values = configured.values.for_sandbox();
        if let Some(name) = &args.profile {
            remarks.warnings.push(format!("of profile {name} the sandbox takes the time zone only: account and pace are its own"));
        }
    }
    Ok(configured)
}

/// What a resumed run takes over in the place of options, or is bound to.
struct TakenOver {
    account: RunAccount,
    timezone: Option<TimeZone>,
    pace: Pace,
}

/// Completes what was typed from the run that goes on. What a run is bound to cannot be changed:
/// rows that were sent would have meant something else.
fn taken_over(args: &mut RunArgs, file: &RunFile) -> Result<TakenOver, Error> {
    let run = &file.options;
    if run.sandbox {
        return Err(Error::usage(
            "a run in the sandbox cannot be resumed: its simulated Re:amaze is gone",
        ));
    }
    let bound = |name: &str, is_same: bool| {
        let message = format!("--{name}: a resumed run is bound to what it was started with");
        if is_same {
            Ok(())
        } else {
            Err(Error::Usage(message))
        }
    };
    let delimiter = run.delimiter.and_then(|c| u8::try_from(c).ok());
    bound("set", args.set.is_empty() || args.set == run.set)?;
    bound(
        "timezone",
        args.timezone.is_none() || zone_name(args.timezone.as_ref()) == run.timezone.as_deref(),
    )?;
    bound(
        "format",
        args.format.is_none_or(|format| format == run.format),
    )?;
    bound(
        "delimiter",
        args.delimiter.is_none() || args.delimiter == delimiter,
    )?;
    bound("skip-invalid", !args.skip_invalid || run.skip_invalid)?;
    bound("allow-damaged", !args.allow_damaged || run.allow_damaged)?;
    let broken = |error: String| Error::Usage(format!("{}: {error}", RunFile::NAME));
    args.set.clone_from(&run.set);
    args.format = Some(run.format);
    args.delimiter = delimiter;
    args.skip_invalid = run.skip_invalid;
    args.allow_damaged = run.allow_damaged;
    args.retries = args.retries.or(Some(run.retries));
    let allowed = args.max_failures.take();
    let allowed = allowed.map_or_else(|| max_failures(&run.max_failures), Ok);
    args.max_failures = Some(allowed.map_err(broken)?);
    args.no_verify |= !run.verify;
    args.fixed_rate |= run.fixed_rate;
    if !WORKERS.contains(&run.workers) {
        return Err(broken(format!("workers go from 1 to {MAX_WORKERS}")));
    }
    let zone = run.timezone.as_deref().map(timezone).transpose();
    Ok(TakenOver {
        account: file.account.clone(),
        timezone: zone.map_err(broken)?,
        pace: Pace {
            rate: rate(&run.rate).map_err(broken)?,
            workers: run.workers,
            timeout: Duration::try_from_secs_f64(run.timeout_s).unwrap_or(TIMEOUT),
        },
    })
}

fn consent(args: &RunArgs, source: &Source) -> Result<Consent, Error> {
    if args.yes || args.dry_run {
        return Ok(Consent::Given);
    }
    let has_terminal = stdin().is_terminal() && stderr().is_terminal();
    let can_ask = *source != Source::Stdin && args.log_format == LogFormat::Text && has_terminal;
    if can_ask {
        return Ok(Consent::Ask);
    }
    if args.sandbox {
        // Nothing is at stake there.
        return Ok(Consent::Given);
    }
    if *source == Source::Stdin {
        return Err(Error::usage(
            "cannot ask for confirmation: standard input holds the rows. Use --yes, or preview with --dry-run",
        ));
    }
    if args.log_format == LogFormat::Json {
        return Err(Error::usage(
            "cannot ask for confirmation with --log-format json. Use --yes, or preview with --dry-run",
        ));
    }
    Err(Error::usage(
        "cannot ask for confirmation: not a terminal. Use --yes, or preview with --dry-run",
    ))
}
