//! A command line that is not understood -> the call that was probably meant.
//!
//! Words of other tools of the kind are known here, and only here: none of them works.

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory as _;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Args;

/// What other tools call their commands, in lower case and with `-` between words, and what to call
/// here. FILE is the word that follows the command.
const COMMANDS: [(&[&str], &str); 10] = [
    (
        &[
            "validate", "verify", "check", "lint", "test", "dry-run", "dryrun", "preview", "plan",
            "diff", "show", "inspect",
        ],
        "to check and preview a file: reamaze-bulk run FILE --dry-run",
    ),
    (
        &[
            "send", "update", "import", "upload", "apply", "push", "put", "start", "exec",
            "execute", "load", "process", "submit", "edit", "change", "tag", "retag", "set",
            "close", "bulk",
        ],
        "to send a file: reamaze-bulk run FILE",
    ),
    (
        &["resume", "continue", "restart"],
        "to continue a run: reamaze-bulk run --resume latest",
    ),
    (
        &["retry", "rerun", "resend", "resubmit", "redo", "failed"],
        "to continue a run: reamaze-bulk run --resume latest; to retry failed rows, fix them in failed.csv in its run \
         directory, then: reamaze-bulk run RUN_DIR/failed.csv",
    ),
    (
        &["undo", "rollback", "revert", "restore"],
        "a run cannot be undone; to set other values, send them: reamaze-bulk run FILE",
    ),
    (
        &["simulate", "rehearse", "demo", "try"],
        "to rehearse on a simulated Re:amaze: reamaze-bulk run FILE --sandbox",
    ),
    (
        &["serve", "server", "mock"],
        "to serve a simulated Re:amaze: reamaze-bulk sandbox",
    ),
    (
        &[
            "status", "list", "runs", "results", "summary", "log", "logs",
        ],
        "to see what is left of a run: reamaze-bulk run --resume latest --dry-run",
    ),
    (
        &[
            "login",
            "auth",
            "configure",
            "config",
            "init",
            "setup",
            "account",
        ],
        "there is no login: give --brand, --email and --token-file, or put them into a profile (reamaze-bulk run --help)",
    ),
    (&["version"], "to show the version: reamaze-bulk --version"),
];

/// What other tools call their options, and what to write here.
const OPTIONS: [(&[&str], &str); 24] = [
    (
        &[
            "token",
            "api-token",
            "apitoken",
            "api-key",
            "apikey",
            "key",
            "password",
            "pass",
            "secret",
            "auth",
            "access-token",
            "bearer",
        ],
        "no option takes the token itself, as other users of this machine can see command lines: use --token-file PATH \
         or REAMAZE_API_TOKEN",
    ),
    (
        &[
            "n", "dryrun", "noop", "no-op", "check", "validate", "preview", "simulate", "test",
            "what-if", "plan",
        ],
        "use --dry-run",
    ),
    (
        &[
            "concurrency",
            "parallel",
            "threads",
            "jobs",
            "j",
            "c",
            "connections",
            "max-concurrency",
            "pool",
            "p",
        ],
        "use --workers N",
    ),
    (
        &[
            "file",
            "f",
            "input",
            "input-file",
            "i",
            "csv",
            "infile",
            "source",
        ],
        "INPUT has no option: reamaze-bulk run rows.csv",
    ),
    (
        &[
            "output",
            "o",
            "output-dir",
            "out-dir",
            "outdir",
            "results",
            "dir",
            "run-dir",
        ],
        "use --out DIR",
    ),
    (
        &[
            "rps",
            "qps",
            "rpm",
            "throttle",
            "rate-limit",
            "ratelimit",
            "max-rate",
            "delay",
            "sleep",
            "speed",
            "r",
        ],
        "use --rate, like --rate 120/m",
    ),
    (
        &[
            "force",
            "assume-yes",
            "no-confirm",
            "noconfirm",
            "no-input",
            "non-interactive",
            "batch",
            "confirm",
            "auto-approve",
        ],
        "use --yes",
    ),
    (
        &["continue", "restart", "resume-from"],
        "use --resume DIR or --resume latest",
    ),
    (&["debug", "trace"], "use --verbose"),
    (&["silent", "s", "no-output"], "use --quiet"),
    (
        &["subdomain", "account", "domain", "site", "org", "tenant"],
        "use --brand NAME, `acme` of acme.reamaze.io",
    ),
    (
        &["url", "host", "endpoint", "api-url", "server", "u"],
        "use --base-url URL",
    ),
    (
        &["user", "username", "login", "login-email", "mail"],
        "use --email ADDRESS",
    ),
    (
        &["tz", "time-zone", "zone"],
        "use --timezone, like --timezone Europe/Berlin",
    ),
    (
        &["sep", "separator", "d", "delim"],
        "use --delimiter, like --delimiter ';'",
    ),
    (
        &["max-retries", "retry", "max-attempts", "attempts"],
        "use --retries N",
    ),
    (
        &[
            "tags",
            "tag",
            "tag-list",
            "status",
            "assignee",
            "category",
            "hold-until",
            "field",
            "add-tag",
            "add-tags",
        ],
        "use --set FIELD=VALUE, like --set status=done",
    ),
    (
        &["first", "head", "top", "count", "max", "l", "rows"],
        "use --limit N",
    ),
    (
        &[
            "skip-errors",
            "ignore-errors",
            "skip-bad",
            "ignore-invalid",
            "keep-going",
            "k",
        ],
        "use --skip-invalid",
    ),
    (
        &["max-errors", "fail-fast", "stop-on-error", "abort-on-error"],
        "use --max-failures N",
    ),
    (&["no-progress", "no-bar"], "use --progress none"),
    (
        &["insecure", "no-check-certificate", "no-verify-ssl"],
        "certificates are always verified; SSL_CERT_FILE names one that is trusted",
    ),
    (&["proxy"], "set HTTPS_PROXY in the environment"),
    (
        &["overwrite", "clean", "purge"],
        "nothing is ever overwritten; use --out DIR for another run directory",
    ),
];

/// The error, with a tip where what was probably meant is known.
#[must_use]
pub fn with_tip(mut error: clap::Error, words: &[OsString]) -> clap::Error {
    let tip = match error.kind() {
        ErrorKind::InvalidSubcommand => command_tip(&mut error, words),
        ErrorKind::UnknownArgument => option_tip(&error, words),
        ErrorKind::MissingRequiredArgument if error.to_string().contains("<INPUT>") => Some(
            "give a file, as in reamaze-bulk run rows.csv --dry-run, or --resume latest".into(),
        ),
        _ => None,
    };
    // A command or option is never meant as a value.
    error.remove(ContextKind::Suggested);
    if let Some(tip) = tip {
        error.remove(ContextKind::SuggestedSubcommand);
        error.remove(ContextKind::SuggestedArg);
        let tip = ContextValue::StyledStrs(vec![StyledStr::from(tip)]);
        error.insert(ContextKind::Suggested, tip);
    }
    error
}

fn command_tip(error: &mut clap::Error, words: &[OsString]) -> Option<String> {
    let typed = context(error, ContextKind::InvalidSubcommand)?;
    if let Some((name, _)) = typed.split_once('=') {
        // What follows may be a secret.
        let name = name.to_owned();
        let shown = ContextValue::String(format!("{name}=..."));
        error.insert(ContextKind::InvalidSubcommand, shown);
        return Some(format!(
            "a variable is set before the command: {name}=... reamaze-bulk run FILE"
        ));
    }
    let bare = typed.to_lowercase().replace('_', "-");
    let next = words.iter().skip_while(|word| **word != *typed).nth(1);
    let next = next
        .and_then(|word| word.to_str())
        .filter(|word| !word.starts_with('-'));
    if let Some(tip) = tip_for(&COMMANDS, &bare) {
        return Some(match next {
            Some(next) if bare == "resume" => tip.replace("latest", &quoted(next)),
            Some(next) => tip.replace("FILE", &quoted(next)),
            None => tip.to_owned(),
        });
    }
    if Args::command().find_subcommand(&bare).is_some() {
        return Some(format!("commands are in lower case: reamaze-bulk {bare}"));
    }
    let path = Path::new(&typed);
    let is_file =
        typed == "-" || typed.contains('/') || path.extension().is_some() || path.exists();
    is_file.then(|| {
        let file = quoted(&typed);
        format!("to preview a file: reamaze-bulk run {file} --dry-run; to send it: reamaze-bulk run {file}")
    })
}

fn option_tip(error: &clap::Error, words: &[OsString]) -> Option<String> {
    let typed = context(error, ContextKind::InvalidArg)?;
    let name = typed
        .trim_start_matches('-')
        .to_lowercase()
        .replace('_', "-");
    let command = words
        .get(1)
        .and_then(|word| word.to_str())
        .unwrap_or_default();
    if !typed.starts_with('-') || !(command == "run" || command.starts_with('-')) {
        return None;
    }
    let known = Args::command();
    let run = known.find_subcommand("run")?;
    let is_of_run = run
        .get_arguments()
        .any(|known| known.get_long() == Some(&*name));
    if is_of_run && command.starts_with('-') {
        return Some(format!(
            "--{name} is an option of run: reamaze-bulk run FILE --{name}"
        ));
    }
    tip_for(&OPTIONS, &name).map(str::to_owned)
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn tip_for(known: &[(&[&str], &'static str)], name: &str) -> Option<&'static str> {
    let (_, tip) = known.iter().find(|(names, _)| names.contains(&name))?;
    Some(tip)
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| "FILE".into(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_works_is_taken_for_a_guess() {
        let known = Args::command();
        for (names, _) in COMMANDS {
            for name in names {
                assert!(known.find_subcommand(name).is_none(), "{name}");
            }
        }
        let run = known.find_subcommand("run").expect("run");
        for (names, _) in OPTIONS {
            for name in names {
                let is_known = run.get_arguments().any(|known| {
                    known.get_long() == Some(name)
                        || known.get_short().is_some_and(|c| *name == c.to_string())
                });
                assert!(!is_known, "{name}");
            }
        }
    }

    #[test]
    fn every_guess_has_one_meaning() {
        for table in [&COMMANDS[..], &OPTIONS[..]] {
            let mut names: Vec<_> = table.iter().flat_map(|(names, _)| *names).collect();
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all);
        }
    }
}
