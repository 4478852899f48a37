//! A command line that is not understood -> the call that was probably meant.
//!
//! Nothing that is recognized here works: the words of other tools are in `other_tools`.

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory as _;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::args::Args;
use super::other_tools::{COMMANDS, OPTIONS, UNDO_OPTIONS, tips_for};

/// The error, with a tip, or several, where what was probably meant is known.
pub(super) fn with_tip(mut error: clap::Error, words: &[OsString]) -> clap::Error {
    let tip = match error.kind() {
        ErrorKind::InvalidSubcommand => command_tip(&mut error, words),
        ErrorKind::UnknownArgument => option_tip(&error, words),
        ErrorKind::MissingRequiredArgument if lacks(&error, "<INPUT>") => {
            Some("to preview a file: reamaze-bulk run rows.csv --dry-run".into())
        }
        ErrorKind::MissingRequiredArgument if lacks(&error, "<RUN_DIR|latest>") => {
            Some(if words.iter().any(|word| word == "report") {
                "to report on the newest run: reamaze-bulk report latest".into()
            } else {
                "to see what would be restored: reamaze-bulk undo latest --dry-run".into()
            })
        }
        ErrorKind::MissingRequiredArgument
            if lacks(&error, "--dry-run") || lacks(&error, "--online") =>
        {
            Some("to preview against the account: add --dry-run --online".into())
        }
        ErrorKind::ArgumentConflict => conflict_tip(&error.to_string()),
        _ => None,
    };
    // A command or option is never meant as a value.
    error.remove(ContextKind::Suggested);
    if let Some(tip) = tip {
        error.remove(ContextKind::SuggestedSubcommand);
        error.remove(ContextKind::SuggestedArg);
        let tips = tip
            .lines()
            .map(|tip| StyledStr::from(tip.to_owned()))
            .collect();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    }
    error
}

/// A tip for options that exclude each other.
fn conflict_tip(message: &str) -> Option<String> {
    let has = |option| message.contains(option);
    let tip = if has("--plan") && has("--sample") {
        "a plan needs every row: leave out --sample"
    } else if has("--plan") && has("--limit") {
        "a plan needs every row: leave out --limit, and use it when you run the plan"
    } else if has("--sample") && has("--limit") {
        "a sample is spread evenly, --limit takes the first rows: leave out one of them"
    } else if !has("--resume") {
        return None;
    } else if has("--online") {
        "to see what is left to do, preview the input: finished rows show as already as requested"
    } else {
        "a resumed run reads its own copy of the input: reamaze-bulk run --resume DIR"
    };
    Some(tip.into())
}

/// Whether that argument is missing.
fn lacks(error: &clap::Error, argument: &str) -> bool {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(missing)) => missing.iter().any(|name| name == argument),
        _ => false,
    }
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
    if let Some(tip) = tips_for(COMMANDS, &bare) {
        return Some(match next {
            Some(next) if bare == "resume" || tip.ends_with("undo latest") => {
                tip.replace("latest", &quoted(next))
            }
            Some(next) => tip.replace("FILE", &quoted(next)),
            None => tip,
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
        format!("to preview a file: reamaze-bulk run {file} --dry-run\nto send it: reamaze-bulk run {file}")
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
    match (command, typed.starts_with('-')) {
        ("run", false) => {
            let tip = "a run reads one file (quote a name that contains spaces)";
            return Some(tip.into());
        }
        ("undo", true) => return undo_tip(&name),
        ("check", false) => {
            return Some(format!(
                "check is about the account; to check and preview a file: reamaze-bulk run {} --dry-run",
                quoted(&typed)
            ));
        }
        ("undo", false) => {
            return Some("an undo is of one run: its directory, or `latest`".into());
        }
        ("-v", _) => return Some("to show the version: reamaze-bulk --version".into()),
        (command, true) if command == "run" || command.starts_with('-') => {}
        _ => return None,
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
    tips_for(OPTIONS, &name)
}

/// The tips for an option that `undo` does not have.
fn undo_tip(name: &str) -> Option<String> {
    let known = Args::command();
    let undo = known.find_subcommand("undo")?;
    tips_for(UNDO_OPTIONS, name).or_else(|| {
        // Of those for `run`, the ones that an undo has too.
        let tip = tips_for(OPTIONS, name)?;
        let mut meant = tip.split([' ', ',', ';']);
        let meant = meant.find_map(|word| word.strip_prefix("--"))?;
        let mut options = undo.get_arguments().filter_map(clap::Arg::get_long);
        options.any(|option| option == meant).then_some(tip)
    })
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| "FILE".into(), Into::into)
}
