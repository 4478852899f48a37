//! What was typed and what the environment says -> what a run is to do, resolved and checked.

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _, Read as _, stderr, stdin};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::{Account, BaseUrl, check_email};
use crate::args::{AllowedFailures, AskedRate, RunArgs, max_failures, rate, timezone};
use crate::error::Error;
use crate::input::{Format, Layout, Wanted};
use crate::ledger::{FORMAT_VERSION, Place, RunAccount, RunFile, RunInput, RunOptions};
use crate::model::MAX_WORKERS;
use crate::model::text::{head, one_line};
use crate::validate::{Clock, Draft};

/// Where a run sends.
#[derive(Debug)]
pub enum Target {
    /// To a real account, or to whatever is at a base URL.
    Account(Account),
    /// To a sandbox inside the process.
    Sandbox,
    /// Nowhere: a dry run, with what is known of the account.
    Nowhere {
        /// The address, if it is known.
        base_url: Option<BaseUrl>,
        /// The login, if it is known.
        email: Option<String>,
    },
}

/// Whether sending needs a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// It was given on the command line.
    Given,
    /// It is asked for on the terminal.
    Ask,
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Source {
    fn new(path: &Path) -> Self {
        if path == Path::new("-") {
            Self::Stdin
        } else {
            Self::File(path.to_owned())
        }
    }

    /// The input as the user named it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".into(),
            Self::File(path) => one_line(&path.display().to_string(), 1000),
        }
    }

    /// Where it is, for people: a path need not be text.
    fn absolute(&self) -> String {
        match self {
            Self::Stdin => "-".into(),
            Self::File(path) => {
                let absolute = std::path::absolute(path);
                let absolute = absolute.unwrap_or_else(|_| path.clone());
                absolute.to_string_lossy().into_owned()
            }
        }
    }

    /// The name of a file without its ending.
    fn stem(&self) -> String {
        match self {
            Self::Stdin => "stdin".into(),
            // A name that begins with a dot would hide the results.
            Self::File(path) => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                // A name with the time behind it must stay a name that file systems take.
                head(stem.trim_start_matches('.'), 200).to_owned()
            }
        }
    }
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
    /// What times are judged by.
    pub clock: Clock,
    /// What every row gets that does not say otherwise.
    pub set: Draft,
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
}

/// Time for one request.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Tries after the first.
const RETRIES: u32 = 5;

impl Settings {
    /// Resolves what was typed for a new run.
    ///
    /// # Errors
    /// When something is missing, contradictory, or a way for the token to reach a stranger.
    pub fn resolve(args: RunArgs) -> Result<Self, Error> {
        let source = Source::new(args.input.as_deref().unwrap_or(Path::new("-")));
        Self::of(args, source, None)
    }

    /// Resolves what was typed for going on with the run in `directory`.
    ///
    /// # Errors
    /// The same, and when something is asked for that the run is not bound to.
    pub fn resume(args: RunArgs, directory: &Path, run: &RunFile) -> Result<Self, Error> {
        let args = taken_over(args, &run.options)?;
        let input = directory.join(format!("input.{}", run.options.format.extension()));
        let settings = Self::of(args, Source::File(input), Some(&run.account))?;
        let (base_url, email) = settings.target.account();
        let is_same = base_url.is_none_or(|url| url.as_str() == run.account.base_url)
            && email.is_none_or(|email| email.eq_ignore_ascii_case(&run.account.email));
        if !is_same {
            return Err(Error::Usage(format!(
                "the run belongs to {} at {}: another account cannot go on with it",
                run.account.email, run.account.base_url
            )));
        }
        Ok(settings)
    }

    fn of(args: RunArgs, source: Source, account: Option<&RunAccount>) -> Result<Self, Error> {
        let clock = Clock {
            now: Timestamp::now(),
            timezone: args.timezone.clone(),
        };
        let set =
            Draft::of_set(args.set.iter().map(String::as_str), &clock).map_err(Error::Usage)?;
        let path = args.input.as_deref().unwrap_or(Path::new(""));
        let wanted = Wanted::new(args.format, args.delimiter, path);
        if wanted.format == Some(Format::Jsonl) && args.delimiter.is_some() {
            return Err(Error::usage("--delimiter: JSONL has none"));
        }
        let consent = consent(&args, &source)?;
        let rate = args.rate.unwrap_or_else(|| default_rate(&args));
        let time = clock.now.strftime("%Y%m%dT%H%M%SZ");
        let named = || Place::Named(format!("{}-{time}", source.stem()));
        let place = args.out.clone().map_or_else(named, Place::At);
        let mut warnings = Vec::new();
        let target = target(&args, account, &mut warnings)?;
        Ok(Self {
            workers: args.workers.unwrap_or_else(|| default_workers(rate)),
            timeout: args.timeout.unwrap_or(TIMEOUT),
            retries: args.retries.unwrap_or(RETRIES),
            max_failures: args.max_failures.clone().unwrap_or_default(),
            args,
            source,
            target,
            wanted,
            clock,
            set,
            rate,
            place,
            consent,
            warnings,
        })
    }

    /// What `run.json` says of a run of these settings.
    #[must_use]
    pub fn run_file(&self, account: &Account, layout: Layout, sha256: String) -> RunFile {
        let args = &self.args;
        let has_cells = layout.format != Format::Jsonl;
        RunFile {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            format_version: FORMAT_VERSION,
            created_at: self.clock.now,
            account: RunAccount {
                base_url: account.base_url().to_string(),
                email: account.email().to_owned(),
            },
            input: RunInput {
                path: self.source.absolute(),
                sha256,
            },
            options: RunOptions {
                format: layout.format,
                delimiter: has_cells.then(|| char::from(layout.delimiter)),
                timezone: zone_name(args),
                set: args.set.clone(),
                skip_invalid: args.skip_invalid,
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

impl Target {
    /// The address and the login, as far as they are known.
    #[must_use]
    pub fn account(&self) -> (Option<&BaseUrl>, Option<&str>) {
        match self {
            Self::Account(account) => (Some(account.base_url()), Some(account.email())),
            Self::Sandbox => (None, None),
            Self::Nowhere { base_url, email } => (base_url.as_ref(), email.as_deref()),
        }
    }
}

/// The name of the time zone that was asked for.
#[must_use]
pub fn zone_name(args: &RunArgs) -> Option<String> {
    args.timezone.as_ref()?.iana_name().map(str::to_owned)
}

/// What was typed, completed from the run that goes on. What a run is bound to cannot be changed:
/// rows that were sent would have meant something else.
fn taken_over(mut args: RunArgs, run: &RunOptions) -> Result<RunArgs, Error> {
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
        args.timezone.is_none() || zone_name(&args) == run.timezone,
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
    let broken = |error: String| Error::Usage(format!("{}: {error}", RunFile::NAME));
    args.set.clone_from(&run.set);
    args.timezone = run
        .timezone
        .as_deref()
        .map(timezone)
        .transpose()
        .map_err(broken)?;
    args.format = Some(run.format);
    args.delimiter = delimiter;
    args.skip_invalid = run.skip_invalid;
    args.rate = Some(
        args.rate
            .map_or_else(|| rate(&run.rate), Ok)
            .map_err(broken)?,
    );
    if !(1..=MAX_WORKERS).contains(&run.workers) {
        return Err(broken(format!("workers go from 1 to {MAX_WORKERS}")));
    }
    args.workers = args.workers.or(Some(run.workers));
    args.timeout = args
        .timeout
        .or_else(|| Duration::try_from_secs_f64(run.timeout_s).ok());
    args.retries = args.retries.or(Some(run.retries));
    let allowed = args.max_failures.take();
    let allowed = allowed.map_or_else(|| max_failures(&run.max_failures), Ok);
    args.max_failures = Some(allowed.map_err(broken)?);
    args.no_verify |= !run.verify;
    args.fixed_rate |= run.fixed_rate;
    Ok(args)
}

fn consent(args: &RunArgs, source: &Source) -> Result<Consent, Error> {
    if args.yes || args.dry_run || args.sandbox {
        return Ok(Consent::Given);
    }
    if *source == Source::Stdin {
        return Err(Error::usage(
            "rows come from standard input, so nobody can be asked there: give --yes, or look first with --dry-run",
        ));
    }
    if stdin().is_terminal() && stderr().is_terminal() {
        return Ok(Consent::Ask);
    }
    Err(Error::usage(
        "there is no terminal to ask on: give --yes, or look first with --dry-run",
    ))
}

fn default_rate(args: &RunArgs) -> AskedRate {
    let (requests, seconds) = if args.sandbox { (50, 1) } else { (120, 60) };
    AskedRate {
        requests,
        window: Duration::from_secs(seconds),
    }
}

/// Enough for answers that take two seconds.
fn default_workers(rate: AskedRate) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "2 to 64"
    )]
    let workers = (rate.rate().per_second() * 2.0).clamp(2.0, 64.0) as u16;
    workers
}

fn target(
    args: &RunArgs,
    account: Option<&RunAccount>,
    warnings: &mut Vec<String>,
) -> Result<Target, Error> {
    if args.sandbox {
        return Ok(Target::Sandbox);
    }
    let recorded = account.map(|account| BaseUrl::parse(&account.base_url));
    let recorded = recorded.transpose().map_err(Error::usage)?;
    let base_url = base_url(args, warnings)?.or(recorded);
    let email = match &args.email {
        Some(email) => Some(email.clone()),
        None => variable("REAMAZE_EMAIL")?,
    };
    let email = email.or_else(|| Some(account?.email.clone()));
    if let Some(email) = &email {
        check_email(email).map_err(Error::usage)?;
    }
    if args.dry_run {
        return Ok(Target::Nowhere { base_url, email });
    }
    let token = token(args, warnings)?;
    match (base_url, email, token) {
        (Some(base_url), Some(email), Some(token)) => Account::new(base_url, &email, &token)
            .map(Target::Account)
            .map_err(Error::usage),
        (base_url, email, token) => {
            let missing = [
                (base_url.is_none(), "--brand (or REAMAZE_BRAND)"),
                (email.is_none(), "--email (or REAMAZE_EMAIL)"),
                (token.is_none(), "--token-file (or REAMAZE_API_TOKEN)"),
            ];
            let missing: Vec<_> = missing
                .iter()
                .filter(|(is_missing, _)| *is_missing)
                .map(|(_, name)| *name)
                .collect();
            Err(Error::Usage(format!(
                "the account is not complete: give {} (or rehearse with --sandbox, or look with --dry-run)",
                missing.join(", ")
            )))
        }
    }
}

fn base_url(args: &RunArgs, warnings: &mut Vec<String>) -> Result<Option<BaseUrl>, Error> {
    let brand = match &args.brand {
        Some(brand) => Some(brand.clone()),
        None => variable("REAMAZE_BRAND")?,
    };
    // A brand that is wrong is told even where a base URL takes its place.
    let of_brand = brand
        .as_deref()
        .map(BaseUrl::of_brand)
        .transpose()
        .map_err(Error::usage)?;
    let given = match &args.base_url {
        Some(url) => Some(url.clone()),
        None => variable("REAMAZE_BASE_URL")?,
    };
    let Some(given) = given else {
        return Ok(of_brand);
    };
    let base_url = BaseUrl::parse(&given).map_err(Error::usage)?;
    if args.base_url.is_none() && args.brand.is_some() {
        warnings.push(format!(
            "REAMAZE_BASE_URL is set: {base_url} is used, and --brand is not"
        ));
    }
    Ok(Some(base_url))
}

fn token(args: &RunArgs, warnings: &mut Vec<String>) -> Result<Option<String>, Error> {
    let Some(path) = &args.token_file else {
        return variable("REAMAZE_API_TOKEN");
    };
    let told = |error: io::Error| Error::Usage(format!("--token-file {}: {error}", path.display()));
    let file = fs::File::open(path).map_err(told)?;
    let metadata = file.metadata().map_err(told)?;
    if others_can_read(&metadata) {
        warnings.push(format!(
            "the token file {} can be read by others: chmod 600 it",
            path.display()
        ));
    }
    let mut text = String::new();
    file.take(MAX_TOKEN_BYTES)
        .read_to_string(&mut text)
        .map_err(told)?;
    if text.len() as u64 == MAX_TOKEN_BYTES {
        return Err(told(io::Error::other(
            "it is too long for a token (is it the right file?)",
        )));
    }
    // Some editors begin every file with a byte order mark.
    Ok(Some(text.trim_start_matches('\u{feff}').trim().to_owned()))
}

/// The longest token file, in bytes.
const MAX_TOKEN_BYTES: u64 = 4 << 10;

fn others_can_read(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

/// An environment variable; one that is empty counts as not set.
fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Error::Usage(format!("{name} is not UTF-8 text"))),
    }
}
