//! What was typed and what the environment says -> what a run is to do, resolved and checked.

use std::env;
use std::fs;
use std::io::{IsTerminal as _, stderr, stdin};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use crate::api::{Account, BaseUrl, check_email};
use crate::args::{AskedRate, RunArgs};
use crate::error::Error;
use crate::input::Wanted;
use crate::ledger::Place;
use crate::model::text::{quoted, visible};
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

/// A run, resolved.
#[derive(Debug)]
pub struct Settings {
    /// What was typed.
    pub args: RunArgs,
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
    pub workers: usize,
    /// Where the run directory appears.
    pub place: Place,
    /// Whether to ask.
    pub consent: Consent,
    /// What the user should know, and no reason not to start.
    pub warnings: Vec<String>,
}

impl Settings {
    /// Resolves what was typed.
    ///
    /// # Errors
    /// When something is missing, contradictory, or a way for the token to reach a stranger.
    pub fn resolve(args: RunArgs) -> Result<Self, Error> {
        let clock = Clock {
            now: Timestamp::now(),
            timezone: args.timezone.clone(),
        };
        let set =
            Draft::of_set(args.set.iter().map(String::as_str), &clock).map_err(Error::Usage)?;
        let wanted = Wanted::new(args.format, args.delimiter, &args.input);
        if wanted.format == Some(crate::input::Format::Jsonl) && args.delimiter.is_some() {
            return Err(Error::usage("--delimiter: JSONL has none"));
        }
        let consent = consent(&args)?;
        let rate = args.rate.unwrap_or_else(|| default_rate(&args));
        let place = match &args.out {
            Some(path) => Place::At(path.clone()),
            None => Place::Named(format!(
                "{}-{}",
                stem(&args.input),
                clock.now.strftime("%Y%m%dT%H%M%SZ")
            )),
        };
        let mut warnings = Vec::new();
        let target = target(&args, &mut warnings)?;
        let workers = args
            .workers
            .map_or_else(|| default_workers(rate), usize::from);
        Ok(Self {
            args,
            target,
            wanted,
            clock,
            set,
            rate,
            workers,
            place,
            consent,
            warnings,
        })
    }

    /// The input as the user named it.
    #[must_use]
    pub fn input_name(&self) -> String {
        if self.reads_stdin() {
            "standard input".into()
        } else {
            visible(&self.args.input.display().to_string())
        }
    }

    /// Whether rows come from standard input.
    #[must_use]
    pub fn reads_stdin(&self) -> bool {
        self.args.input == Path::new("-")
    }
}

fn consent(args: &RunArgs) -> Result<Consent, Error> {
    if args.yes || args.dry_run || args.sandbox {
        return Ok(Consent::Given);
    }
    if args.input == Path::new("-") {
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
        window: std::time::Duration::from_secs(seconds),
    }
}

/// Enough for answers that take two seconds.
fn default_workers(rate: AskedRate) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "2 to 64"
    )]
    let workers = (rate.rate().per_second() * 2.0).clamp(2.0, 64.0) as usize;
    workers
}

fn stem(input: &Path) -> String {
    if input == Path::new("-") {
        return "stdin".into();
    }
    let stem = input
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    // A name that begins with a dot would hide the results.
    stem.unwrap_or_default().trim_start_matches('.').to_owned()
}

fn target(args: &RunArgs, warnings: &mut Vec<String>) -> Result<Target, Error> {
    if args.sandbox {
        return Ok(Target::Sandbox);
    }
    let base_url = base_url(args, warnings)?;
    let email = args
        .email
        .clone()
        .map_or_else(|| variable("REAMAZE_EMAIL"), |email| Ok(Some(email)))?;
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
    let told =
        |error: std::io::Error| Error::Usage(format!("--token-file {}: {error}", path.display()));
    let metadata = fs::metadata(path).map_err(told)?;
    if others_can_read(&metadata) {
        warnings.push(format!(
            "the token file {} can be read by others: chmod 600 it",
            path.display()
        ));
    }
    let text = fs::read_to_string(path).map_err(told)?;
    Ok(Some(text.trim().to_owned()))
}

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

/// `run.json`: what was asked. Never the token.
#[derive(Debug, Serialize)]
pub struct RunFile {
    version: &'static str,
    format_version: u32,
    account: RunAccount,
    input: RunInput,
    options: RunOptions,
}

#[derive(Debug, Serialize)]
struct RunAccount {
    base_url: String,
    email: String,
}

#[derive(Debug, Serialize)]
struct RunInput {
    path: PathBuf,
    sha256: String,
}

#[derive(Debug, Serialize)]
struct RunOptions {
    format: crate::input::Format,
    delimiter: Option<char>,
    timezone: Option<String>,
    set: Vec<String>,
    skip_invalid: bool,
    rate: String,
    workers: usize,
    timeout_s: f64,
    retries: u32,
    verify: bool,
    sandbox: bool,
}

impl RunFile {
    /// What `settings` ask for, of an input of that layout and hash.
    #[must_use]
    pub fn new(
        settings: &Settings,
        account: &Account,
        layout: crate::input::Layout,
        sha256: String,
    ) -> Self {
        let args = &settings.args;
        let path = if settings.reads_stdin() {
            args.input.clone()
        } else {
            std::path::absolute(&args.input).unwrap_or_else(|_| args.input.clone())
        };
        let has_cells = layout.format != crate::input::Format::Jsonl;
        Self {
            version: env!("CARGO_PKG_VERSION"),
            format_version: 1,
            account: RunAccount {
                base_url: account.base_url().to_string(),
                email: account.email().to_owned(),
            },
            input: RunInput { path, sha256 },
            options: RunOptions {
                format: layout.format,
                delimiter: has_cells.then(|| char::from(layout.delimiter)),
                timezone: args
                    .timezone
                    .as_ref()
                    .and_then(|zone| zone.iana_name().map(str::to_owned)),
                set: args.set.clone(),
                skip_invalid: args.skip_invalid,
                rate: settings.rate.to_string(),
                workers: settings.workers,
                timeout_s: args.timeout.as_secs_f64(),
                retries: args.retries,
                verify: !args.no_verify,
                sandbox: args.sandbox,
            },
        }
    }
}

/// The command that feeds `failed` back under the same options.
#[must_use]
pub fn resubmission(settings: &Settings, failed: &Path) -> String {
    let args = &settings.args;
    let mut words = vec![
        "reamaze-bulk".to_owned(),
        "run".to_owned(),
        failed.display().to_string(),
    ];
    let mut option = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.extend([name.to_owned(), value]);
        }
    };
    let delimiter = args.delimiter.map(|byte| match byte {
        b'\t' => "tab".to_owned(),
        byte => char::from(byte).to_string(),
    });
    option("--delimiter", delimiter);
    option(
        "--timezone",
        args.timezone
            .as_ref()
            .and_then(|zone| zone.iana_name().map(str::to_owned)),
    );
    for set in &args.set {
        option("--set", Some(set.clone()));
    }
    option("--rate", args.rate.map(|rate| rate.to_string()));
    option("--brand", args.brand.clone());
    option("--email", args.email.clone());
    option(
        "--token-file",
        args.token_file
            .as_ref()
            .map(|path| path.display().to_string()),
    );
    option("--base-url", args.base_url.clone());
    if args.sandbox {
        words.push("--sandbox".to_owned());
    }
    shlex::try_join(words.iter().map(String::as_str)).unwrap_or_else(|_| quoted(&words.join(" ")))
}
