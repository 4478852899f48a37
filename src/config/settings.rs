//! Options, a resumed run and the configuration file -> what a run is to do.

use std::env;
use std::io::{IsTerminal as _, stderr, stdin};
use std::path::{Path, PathBuf};

use super::catalog::NameSettings;
use super::file::Configuration;
use super::follow_up::FollowUp;
use super::found::Environment;
use super::input_settings::{InputSettings, InvalidRows};
use super::input_source::InputSource;
use super::limits::Limits;
use super::pace::{PaceSettings, default_rate};
use super::progress::progress;
use super::read_policy::read_policy;
use super::target::{self, Resolved, Target};
use crate::api::{Account, BaseUrl, Client, Verification};
use crate::cli::{AccountArgs, InputArgs, PreviewArgs, ReportFileArgs, RunArgs};
use crate::error::Error;
use crate::input::{Format, Layout, Wanted};
use crate::ledger::{
    FORMAT_VERSION, RunAccount, RunDirectory, RunDirectoryTarget, RunFile, RunInput, RunOptions,
};
use crate::model::{DataMode, Delimiter, Detail, PlainRows, ReadPolicy};
use crate::report::html::ReportFile;
use crate::report::{LogFormat, ProgressDisplay};
use crate::send::Adaptation;
use crate::stop::Stop;
use crate::validate::{Draft, Naming, Terms};

/// Whether sending needs a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// It was given on the command line.
    Given,
    /// It is asked for on the terminal.
    Ask,
}

/// How a dry run looks at the account.
#[derive(Debug, Clone)]
pub struct OnlineOptions {
    /// Conversations that are read, spread evenly; else all.
    pub sample: Option<u64>,
    /// Where the rows that would change are written.
    pub plan: Option<PathBuf>,
    /// The report of what is found.
    pub report: Option<ReportFile>,
}

/// A run, resolved: nothing that was typed is needed after this.
#[derive(Debug)]
pub struct Settings {
    /// Where rows come from.
    pub source: InputSource,
    /// Where to send.
    pub target: Target,
    /// What to know of the input's form before opening it.
    pub wanted: Wanted,
    /// What names of columns and keys stand for.
    pub naming: Naming,
    /// What values are checked against.
    pub terms: Terms,
    /// Values for fields that a row leaves empty.
    pub set: Draft<'static>,
    /// The names that rows are compared with.
    pub names: NameSettings,
    /// What invalid rows mean for the others.
    pub invalid_rows: InvalidRows,
    /// Which rows are read before they are sent.
    pub read_policy: ReadPolicy,
    /// How fast to send.
    pub pace: PaceSettings,
    /// When to stop although rows are left.
    pub limits: Limits,
    /// Whether answers are compared with what was asked for.
    pub verification: Verification,
    /// Whether nothing is sent or written.
    pub dry_run: bool,
    /// How the dry run looks at the account, if it does.
    pub online: Option<OnlineOptions>,
    /// Whether another run may use the account at the same time.
    pub allow_overlap: bool,
    /// Whether a JSON document goes to standard output.
    pub json: bool,
    /// How progress is shown.
    pub progress: ProgressDisplay,
    /// What events are shown.
    pub detail: Detail,
    /// Where the run directory appears.
    pub place: RunDirectoryTarget,
    /// Whether to ask.
    pub consent: Consent,
    /// The commands that follow this one.
    pub follow_up: FollowUp,
    /// What the user should know, and no reason not to start.
    pub warnings: Vec<String>,
    /// Where each value came from.
    pub origins: Vec<String>,
    /// How rows are read, in the words of options.
    input_args: InputArgs,
}

/// What an earlier run determines of one.
#[derive(Clone, Copy, Default)]
struct Recorded<'a> {
    account: Option<&'a RunAccount>,
    options: Option<&'a RunOptions>,
}

impl Settings {
    /// Resolves what was typed for a new run over `source`.
    ///
    /// # Errors
    /// When something is missing, contradictory, or a way for the token to reach another host.
    pub fn resolve(args: RunArgs, source: InputSource, stop: &Stop) -> Result<Self, Error> {
        Self::from_options(args, source, Recorded::default(), stop)
    }

    /// Resolves what was typed for undoing a run, whose account it is bound to. `source` has the rows
    /// that do so.
    ///
    /// # Errors
    /// The same, and when another account is asked for.
    pub fn undo(
        args: RunArgs,
        source: InputSource,
        account: &RunAccount,
        stop: &Stop,
    ) -> Result<Self, Error> {
        let recorded = Recorded {
            account: Some(account),
            options: None,
        };
        Self::from_options(args, source, recorded, stop)
    }

    /// Resolves what was typed for continuing the run in `directory`.
    ///
    /// # Errors
    /// The same, and when something is asked for that the run is not bound to.
    pub fn resume(
        args: RunArgs,
        directory: &Path,
        run: &RunFile,
        stop: &Stop,
    ) -> Result<Self, Error> {
        if run.options.sandbox {
            return Err(Error::usage(
                "a run in the sandbox cannot be resumed: its simulated Re:amaze is gone",
            ));
        }
        let input = directory.join(RunDirectory::input_name(run.options.format));
        let recorded = Recorded {
            account: Some(&run.account),
            options: Some(&run.options),
        };
        Self::from_options(args, InputSource::File(input), recorded, stop)
    }

    fn from_options(
        args: RunArgs,
        source: InputSource,
        recorded: Recorded<'_>,
        stop: &Stop,
    ) -> Result<Self, Error> {
        let Recorded {
            account: bound,
            options: recorded,
        } = recorded;
        let file = configuration(&args, stop)?;
        let zone = file.find(|profile, _| profile.timezone.clone());
        let rows = InputSettings::resolve(&args, recorded, zone)?;
        let read_policy = read_policy(args.read, recorded)?;
        let default_rate = default_rate(args.sandbox);
        let (pace, pace_origins) = PaceSettings::resolve(&args.pace, default_rate, recorded, &file);
        let set = Draft::from_assignments(&rows.args.set, &rows.terms).map_err(Error::Usage)?;
        let (limits, limit_origins) = Limits::resolve(&args.safety, recorded, &file);
        let consent = consent(&args, &source)?;
        let time = rows.terms.clock.now.strftime("%Y%m%dT%H%M%SZ");
        let follow_up = FollowUp::new(&args, &rows, read_policy, &pace);
        let variables = |name: &str| env::var_os(name);
        let environment = Environment(&variables);
        let Resolved {
            target,
            mut warnings,
            origins,
        } = target::resolve(&args, &environment, &file, bound, stop)?;
        let mut names = NameSettings::resolve(&args, recorded, &file, &target)?;
        warnings.append(&mut names.warnings);
        let names_origin = std::mem::take(&mut names.origin);
        let by_name = || RunDirectoryTarget::Named(format!("{}-{time}", source.stem()));
        Ok(Self {
            place: args.out.map_or_else(by_name, RunDirectoryTarget::At),
            source,
            wanted: rows.wanted,
            naming: rows.naming,
            terms: Terms {
                site: target.account().0.map(BaseUrl::site),
                ..rows.terms
            },
            target,
            set,
            names,
            invalid_rows: rows.invalid_rows,
            read_policy,
            pace,
            limits,
            verification: verification(args.no_verify, recorded),
            dry_run: args.safety.dry_run,
            online: online(args.preview, &args.report),
            allow_overlap: args.safety.allow_overlap,
            json: args.output.json,
            progress: progress(&args.output),
            detail: args.output.detail(),
            consent,
            follow_up,
            warnings,
            origins: [rows.origin, names_origin]
                .into_iter()
                .chain(pace_origins)
                .chain(limit_origins)
                .chain(origins)
                .collect(),
            input_args: rows.args,
        })
    }

    /// Whether a simulated Re:amaze takes the place of the real one.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        matches!(self.target, Target::Sandbox)
    }

    /// The client that sends to `account`.
    ///
    /// # Errors
    /// When certificates, proxy or login cannot be used.
    pub fn client(&self, account: &Account) -> Result<Client, Error> {
        self.pace.client(account)
    }

    /// What `run.json` says of a new run of these settings.
    #[must_use]
    pub fn run_file(&self, account: &Account, layout: &Layout, sha256: String) -> RunFile {
        let has_delimiter = layout.format != Format::Jsonl && !layout.format.is_workbook();
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
                undo_of: self.source.undo_of(),
                sha256,
                damaged: 0,
                cannot_put_back: None,
            },
            options: RunOptions {
                format: layout.format,
                delimiter: has_delimiter.then(|| Delimiter::from(layout.delimiter)),
                sheet: layout.sheet.clone(),
                timezone: self.input_args.timezone.clone(),
                set: self.input_args.set.clone(),
                map: self.input_args.map.clone(),
                ignore_unknown_columns: self.input_args.ignore_unknown_columns,
                skip_invalid: self.input_args.skip_invalid,
                allow_damaged: self.input_args.allow_damaged,
                read_first: self.read_policy.plain_rows == PlainRows::ReadFirst,
                data_whole: self.read_policy.data == DataMode::Whole,
                rate: self.pace.rate,
                fixed_rate: self.pace.adaptation == Adaptation::Fixed,
                workers: self.pace.workers,
                timeout_s: self.pace.timeout,
                retries: self.pace.retries,
                max_failures: self.limits.max_failures,
                max_differs: Some(self.limits.max_differs),
                catalog: self.names.mode,
                verify: self.verification == Verification::Compare,
                sandbox: self.is_sandbox(),
            },
        }
    }
}

/// How a dry run looks at the account, if it does.
fn online(preview: PreviewArgs, report: &ReportFileArgs) -> Option<OnlineOptions> {
    preview.online.then_some(OnlineOptions {
        sample: preview.sample,
        plan: preview.plan,
        report: report.file(),
    })
}

/// Whether answers are compared: no, if this command or the run that it resumes says so.
fn verification(no_verify: bool, recorded: Option<&RunOptions>) -> Verification {
    if no_verify || recorded.is_some_and(|recorded| !recorded.verify) {
        Verification::Skip
    } else {
        Verification::Compare
    }
}

/// What the configuration file says for such a run.
fn configuration(args: &RunArgs, stop: &Stop) -> Result<Configuration, Error> {
    let loaded = configured(&args.account, stop)?;
    Ok(if args.sandbox {
        loaded.for_sandbox()
    } else {
        loaded
    })
}

/// What the configuration file says for these options.
pub(super) fn configured(args: &AccountArgs, stop: &Stop) -> Result<Configuration, Error> {
    let AccountArgs {
        config, profile, ..
    } = args;
    let loaded = Configuration::load(config.as_deref(), profile.as_deref(), stop);
    loaded.map_err(|error| Error::from_stop(stop).unwrap_or(Error::Usage(error)))
}

fn consent(args: &RunArgs, source: &InputSource) -> Result<Consent, Error> {
    if args.safety.yes || args.safety.dry_run {
        return Ok(Consent::Given);
    }
    let why = if matches!(source, InputSource::Stdin) {
        ": standard input contains the rows"
    } else if args.output.log_format == LogFormat::Json {
        " with --log-format json"
    } else if !(stdin().is_terminal() && stderr().is_terminal()) {
        ": not a terminal"
    } else {
        return Ok(Consent::Ask);
    };
    if args.sandbox {
        // Nothing is at stake there.
        return Ok(Consent::Given);
    }
    Err(Error::Usage(format!(
        "cannot ask for confirmation{why}. Use --yes, or preview with --dry-run"
    )))
}
