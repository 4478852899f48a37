//! What was typed, without effects. What it means is resolved in `config`.

use std::fmt::{Display, Write as _};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::exit;
use crate::input::Format;
use crate::model::MAX_WORKERS;
use crate::pipeline::{MaxFailures, Rate};
use crate::report::LogFormat;

/// Change thousands of Re:amaze conversations from one file, and account for every row.
#[derive(Debug, Parser)]
#[command(name = "reamaze-bulk", version, max_term_width = 100)]
pub struct Args {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Validate a file of changes, preview it, send it, record every outcome
    #[command(after_long_help = exit_table() + &examples())]
    Run(Box<RunArgs>),
    /// Serve a simulated Re:amaze on 127.0.0.1, until it is interrupted
    #[command(long_about = SANDBOX_ABOUT)]
    Sandbox(SandboxArgs),
    /// Print a JSON Schema of one row of a JSONL file
    Schema,
    /// Print a script that lets a shell complete commands, options and files
    Completions {
        /// The shell that is to read it
        shell: Shell,
    },
    /// Print the manual page, all commands and options in it
    Man,
}

const SANDBOX_ABOUT: &str = "\
Serve a simulated Re:amaze on 127.0.0.1, until it is interrupted.

Any login and token that are not empty are accepted. Conversations exist as soon as they are \
asked for, except those whose slug begins with `missing-`. Every staff email and channel is known, \
except those that hold `unknown`, `missing`, `nobody`, `no-such` or `nonexistent`. Nothing is kept \
beyond the end of the process.";

/// Commands to begin with, and what each is for.
pub const EXAMPLES: [(&str, &str); 4] = [
    (
        "reamaze-bulk run rows.csv --dry-run",
        "look first: what changes, what is wrong",
    ),
    (
        "reamaze-bulk run rows.csv --sandbox",
        "rehearse on a simulated Re:amaze",
    ),
    (
        "reamaze-bulk run rows.csv --limit 20",
        "send 20 rows as a canary ...",
    ),
    ("reamaze-bulk run --resume latest", "... and then the rest"),
];

/// Options of `run`. `-h` shows a line for each, the first of its comment; `--help` shows it all.
#[derive(Debug, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one switch of the command line"
)]
#[expect(
    clippy::doc_markdown,
    reason = "--help shows these comments as they stand"
)]
pub struct RunArgs {
    /// File of rows (CSV, TSV or JSONL), or `-` for standard input
    #[arg(required_unless_present = "resume", value_hint = ValueHint::FilePath)]
    pub input: Option<PathBuf>,

    /// Go on with a run that was cut short: its directory, or `latest`
    ///
    /// `latest` is the newest run under reamaze-runs. The run's own copy of the input is read, and
    /// what is settled is not sent again.
    #[arg(long, value_name = "DIR|latest", value_hint = ValueHint::DirPath, conflicts_with_all = ["input", "out", "max_rows", "sandbox"], help_heading = "Input")]
    pub resume: Option<PathBuf>,

    /// Format of INPUT: csv, tsv, jsonl [default: by its name, or content]
    #[arg(long, value_enum, hide_possible_values = true, help_heading = "Input")]
    pub format: Option<Format>,

    /// Between cells: a character, or `tab` [default: by the header line]
    ///
    /// The header line shows which of `,` `;` tab and `|` it is.
    #[arg(long, value_name = "C", value_parser = delimiter, help_heading = "Input")]
    pub delimiter: Option<u8>,

    /// For times without an offset [default: none, such times are invalid]
    ///
    /// A name like Europe/Berlin.
    #[arg(long, value_name = "AREA/CITY", value_parser = timezone, help_heading = "Input")]
    pub timezone: Option<TimeZone>,

    /// The same change for every row that does not say otherwise; repeatable
    #[arg(long, value_name = "FIELD=VALUE", help_heading = "Input")]
    pub set: Vec<String>,

    /// Send the valid rows although others are invalid
    #[arg(long, help_heading = "Input")]
    pub skip_invalid: bool,

    /// Validate and preview; send nothing, write nothing; needs no token
    #[arg(long, help_heading = "Safety")]
    pub dry_run: bool,

    /// Do not ask before sending
    #[arg(short, long, help_heading = "Safety")]
    pub yes: bool,

    /// Send nothing if there are more rows than this [default: no limit]
    #[arg(long, value_name = "N", value_parser = rows, help_heading = "Safety")]
    pub max_rows: Option<u64>,

    /// Send the first N rows that are due, no more [default: all]
    ///
    /// A canary: --resume sends the rest.
    #[arg(long, value_name = "N", value_parser = limit, help_heading = "Safety")]
    pub limit: Option<u64>,

    /// Stop sending after this long, like 6h [default: no limit]
    ///
    /// --resume goes on.
    #[arg(long, value_name = "T", value_parser = duration, help_heading = "Safety")]
    pub max_duration: Option<Duration>,

    /// Stop past so many rows that went wrong [default: 50%]
    ///
    /// Those that are rejected, not found, failed or unknown: N, N% (from the 50th row on) or none.
    #[arg(long, value_name = "N|N%|none", value_parser = max_failures, help_heading = "Safety")]
    pub max_failures: Option<AllowedFailures>,

    /// Run although another run holds the account
    #[arg(long, help_heading = "Safety")]
    pub allow_overlap: bool,

    /// Requests at most, retries included [default: 120/m; 50/s in the sandbox]
    ///
    /// So many a second or a minute, from 1/m to 1000000/s.
    #[arg(long, value_name = "N/s|N/m", value_parser = rate, help_heading = "Pace")]
    pub rate: Option<AskedRate>,

    /// Pause when the server throttles, but never lower the rate after it
    #[arg(long, help_heading = "Pace")]
    pub fixed_rate: bool,

    /// Requests in flight at most, 1 to 256 [default: rate x 2 s, within 2 to 64]
    #[arg(long, value_name = "N", value_parser = workers, help_heading = "Pace")]
    pub workers: Option<u16>,

    /// Time for one request, like 30s, 2m or bare seconds [default: 30s]
    #[arg(long, value_name = "T", value_parser = timeout, help_heading = "Pace")]
    pub timeout: Option<Duration>,

    /// Tries after the first, for what can be retried [default: 5]
    ///
    /// A 429 never counts.
    #[arg(long, value_name = "N", value_parser = retries, help_heading = "Pace")]
    pub retries: Option<u32>,

    /// Configuration file [default: ~/.config/reamaze-bulk/config.toml]
    ///
    /// TOML with brand, base_url, email, token_file, token_command, rate, workers, timeout and
    /// timezone; those outside of profiles hold for every profile that says nothing else. An
    /// option goes before the environment, the environment before the profile. The default is
    /// below $XDG_CONFIG_HOME, if that is set.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, help_heading = "Account")]
    pub config: Option<PathBuf>,

    /// Named set of options in the configuration file [default: none]
    ///
    /// `--profile eu` takes what is below [profiles.eu]. The sandbox takes its timezone only.
    #[arg(long, value_name = "NAME", help_heading = "Account")]
    pub profile: Option<String>,

    /// `acme` of `https://acme.reamaze.io` [env: REAMAZE_BRAND]
    #[arg(long, help_heading = "Account")]
    pub brand: Option<String>,

    /// Login [env: REAMAZE_EMAIL]
    #[arg(long, help_heading = "Account")]
    pub email: Option<String>,

    /// File with the API token [env: REAMAZE_API_TOKEN, the token itself]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, help_heading = "Account")]
    pub token_file: Option<PathBuf>,

    /// Instead of `https://BRAND.reamaze.io/api/v1` [env: REAMAZE_BASE_URL]
    #[arg(long, value_name = "URL", help_heading = "Account")]
    pub base_url: Option<String>,

    /// Run against a simulated Re:amaze inside this process
    #[arg(long, conflicts_with_all = ["base_url", "brand", "email", "token_file"], help_heading = "Account")]
    pub sandbox: bool,

    /// Run directory, new or empty [default: reamaze-runs/INPUT-TIME, in UTC]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Results")]
    pub out: Option<PathBuf>,

    /// Do not compare the server's answers with what was asked for
    #[arg(long, help_heading = "Results")]
    pub no_verify: bool,

    /// How to show progress: auto, bar, lines, none [default: auto]
    ///
    /// auto: a bar on a terminal, and elsewhere lines, one every 30 seconds.
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        value_name = "HOW",
        help_heading = "Output"
    )]
    pub progress: ProgressStyle,

    /// Print one JSON document on standard output
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// Form of what standard error says: text, json [default: text]
    ///
    /// json: an object a line. Nobody is asked then (--yes is needed), and no bar is shown.
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub log_format: LogFormat,

    /// Replace FILE by metrics of this run for Prometheus [default: none]
    ///
    /// For the textfile collector of its node exporter, which wants a name that ends in `.prom`.
    /// Written at the end, whatever the exit status; not by a dry run.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub metrics: Option<PathBuf>,

    /// Show where settings came from, and every request and answer
    ///
    /// Never the token.
    #[arg(short, long, conflicts_with = "quiet", help_heading = "Output")]
    pub verbose: bool,

    /// Show warnings and errors only
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ProgressStyle {
    /// A bar on a terminal, lines elsewhere
    #[default]
    Auto,
    /// A bar
    Bar,
    /// A line every 30 seconds
    Lines,
    /// Nothing
    None,
}

/// Options of `sandbox`.
#[derive(Debug, clap::Args)]
pub struct SandboxArgs {
    /// Port on 127.0.0.1; 0 takes any that is free
    #[arg(long, value_parser = port, default_value_t = 0)]
    pub port: u16,

    /// Requests allowed for each token: N/s or N/m, in fixed windows [default: no limit]
    #[arg(long, value_name = "N/s|N/m", value_parser = rate)]
    pub limit: Option<AskedRate>,

    /// Send no Retry-After with a 429
    #[arg(long)]
    pub no_retry_after: bool,

    /// Time that an answer takes, like 100ms
    #[arg(long, value_name = "T", value_parser = duration, default_value = "0s")]
    pub latency: Duration,

    /// Share of requests that are answered with a 5xx, like 5%
    #[arg(long, value_name = "P%", value_parser = percentage, default_value = "0%")]
    pub errors: f64,
}

fn exit_table() -> String {
    let mut table = String::from("Exit status:\n");
    for (status, meaning) in exit::TABLE {
        let _ = writeln!(table, "  {status:<13}  {meaning}");
    }
    table
}

fn examples() -> String {
    let lines = EXAMPLES.map(|(command, what)| format!("\n  {command:<44}  {what}"));
    format!("\nExamples:{}", lines.concat())
}

/// A rate as it was typed: so many requests in a second or a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedRate {
    /// Requests.
    pub requests: u32,
    /// In so much time: a second or a minute.
    pub window: Duration,
}

impl AskedRate {
    /// A gate's ceiling.
    #[must_use]
    pub fn rate(self) -> Rate {
        Rate::new(self.requests, self.window)
    }
}

impl std::fmt::Display for AskedRate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = if self.window == Duration::from_secs(1) {
            "s"
        } else {
            "m"
        };
        write!(f, "{}/{unit}", self.requests)
    }
}

/// How many rows may go wrong, and how that was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct AllowedFailures {
    /// What it means.
    pub most: MaxFailures,
    text: String,
}

impl Default for AllowedFailures {
    fn default() -> Self {
        Self {
            most: MaxFailures::Share(0.5),
            text: "50%".into(),
        }
    }
}

impl std::fmt::Display for AllowedFailures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Reads `N`, `N%` or `none`.
///
/// # Errors
/// Says what would be right.
pub fn max_failures(text: &str) -> Result<AllowedFailures, String> {
    let most = match text {
        "none" => MaxFailures::Unlimited,
        _ if text.ends_with('%') => MaxFailures::Share(percentage(text)?),
        _ => MaxFailures::Rows(
            text.parse()
                .map_err(|_| "write a number of rows, a share like 50%, or none")?,
        ),
    };
    Ok(AllowedFailures {
        most,
        text: text.to_owned(),
    })
}

/// Reads `N/s` or `N/m`, 1/m to 1000000/s.
///
/// # Errors
/// Says what would be right.
pub fn rate(text: &str) -> Result<AskedRate, String> {
    let Some((number, unit)) = text.split_once('/') else {
        return Err(format!(
            "per second or per minute? write {text}/s or {text}/m"
        ));
    };
    let seconds = match unit.trim() {
        "s" => 1,
        "m" => 60,
        _ => return Err("write N/s or N/m, like 120/m".into()),
    };
    let most = 1_000_000 * seconds;
    let requests: u64 = number
        .trim()
        .parse()
        .map_err(|_| "write a whole number before the `/`, like 120/m")?;
    match u32::try_from(requests) {
        Ok(requests) if requests >= 1 && u64::from(requests) <= most => Ok(AskedRate {
            requests,
            window: Duration::from_secs(seconds),
        }),
        _ => Err("rates go from 1/m to 1000000/s".into()),
    }
}

/// Reads a duration: bare seconds, or with units as in `30s`, `2m`, `1h 30m`, `250ms`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a duration like 30s, 2m or 250ms".to_owned();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).map_err(|_| wrong());
    }
    let signed: SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(signed).map_err(|_| wrong())
}

/// Reads the time that a request may take, 100 ms to 1 h.
///
/// # Errors
/// Says what would be right.
pub fn timeout(text: &str) -> Result<Duration, String> {
    let timeout = duration(text)?;
    if (Duration::from_millis(100)..=Duration::from_hours(1)).contains(&timeout) {
        Ok(timeout)
    } else {
        Err("a request may take 100ms to 1h".into())
    }
}

/// How many requests may be in flight.
pub const WORKERS: RangeInclusive<u16> = 1..=MAX_WORKERS;

/// Reads a number of [`WORKERS`].
///
/// # Errors
/// Says what would be right.
pub fn workers(text: &str) -> Result<u16, String> {
    whole(text, &WORKERS)
}

fn retries(text: &str) -> Result<u32, String> {
    whole(text, &(0..=1000))
}

fn port(text: &str) -> Result<u16, String> {
    whole(text, &(0..=u16::MAX))
}

fn whole<N: FromStr + PartialOrd + Display>(
    text: &str,
    range: &RangeInclusive<N>,
) -> Result<N, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    let (least, most) = (range.start(), range.end());
    number.ok_or_else(|| format!("write a whole number from {least} to {most}"))
}

fn rows(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .map_err(|_| "write a whole number of rows, like 5000")
}

fn limit(text: &str) -> Result<u64, &'static str> {
    let limit = rows(text).ok().filter(|limit| *limit > 0);
    limit.ok_or("write a whole number of rows, 1 or more")
}

/// Reads `5%` as 0.05.
fn percentage(text: &str) -> Result<f64, String> {
    let number = text
        .strip_suffix('%')
        .ok_or_else(|| format!("write {text}%"))?;
    match number.trim().parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("write a share from 0% to 100%".into()),
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\r' | b'\n' | 0] => {
            Err("a quote or line break cannot stand between cells".into())
        }
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("write one ASCII character, or `tab`".into()),
    }
}

/// Reads the name of a time zone.
///
/// # Errors
/// When the machine does not know it.
pub fn timezone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text)
        .map_err(|_| "is no time zone that is known here (write one like Europe/Berlin)".into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_rate_names_its_unit() {
        assert_eq!(rate("120/m").map(|rate| rate.rate().per_second()), Ok(2.0));
        assert_eq!(
            rate("1000000/s").map(|rate| rate.to_string()),
            Ok("1000000/s".into())
        );
        for bad in [
            "120",
            "0/s",
            "1000001/s",
            "60000001/m",
            "-1/s",
            "1.5/s",
            "5/h",
            "/s",
            "x/s",
            "99999999999/s",
        ] {
            assert!(rate(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_have_one_grammar() {
        for (text, millis) in [
            ("30s", 30_000),
            ("2m", 120_000),
            ("45", 45_000),
            ("0.5", 500),
            ("250ms", 250),
            ("1h 30m", 5_400_000),
        ] {
            assert_eq!(
                duration(text).map(|wait| wait.as_millis()),
                Ok(millis),
                "{text}"
            );
        }
        for bad in ["", "-1s", "soon", "-5", "inf", "1y"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn shares_are_percentages() {
        assert_eq!(percentage("5%"), Ok(0.05));
        for bad in ["5", "101%", "-1%", "%", "NaN%"] {
            assert!(percentage(bad).is_err(), "{bad}");
        }
    }
}
