//! What was typed -> the commands that a user can run next, each as a line for a shell. They repeat
//! the options that say what rows mean, where they go and how fast.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::iter;
use std::path::Path;

use super::input_settings::InputSettings;
use super::pace::PaceSettings;
use crate::cli::{AccountArgs, RunArgs};
use crate::input::{DELIMITERS, Format};
use crate::model::{CatalogMode, DataMode, PlainRows, ReadPolicy, StopReason, Zone, shell_word};
use crate::send::Adaptation;

/// The commands that can follow a run.
#[derive(Debug)]
pub struct FollowUp {
    /// Options that say what rows mean.
    meaning: Vec<OsString>,
    /// The same for the rows of a plan, which say themselves what the others say.
    of_plan: Vec<OsString>,
    /// Options that say where rows go, and how fast.
    sending: Vec<OsString>,
    /// Options that say where they go; none for the sandbox, which ends with its run.
    account: Option<Vec<OsString>>,
}

impl FollowUp {
    pub(super) fn new(
        args: &RunArgs,
        rows: &InputSettings,
        policy: ReadPolicy,
        pace: &PaceSettings,
    ) -> Self {
        let mut meaning = Words::default();
        meaning.option("--delimiter", delimiter(args, rows));
        let zone = rows.args.timezone.as_ref();
        meaning.option("--timezone", zone.map(Zone::to_string));
        for set in &rows.args.set {
            meaning.option("--set", Some(set.to_string()));
        }
        for map in &rows.args.map {
            meaning.option("--map", Some(map));
        }
        meaning.switch("--ignore-unknown-columns", rows.args.ignore_unknown_columns);
        let mut of_plan = Words::default();
        for words in [&mut meaning, &mut of_plan] {
            words.switch("--allow-damaged", rows.args.allow_damaged);
            let catalog = rows.args.catalog.filter(|mode| *mode != CatalogMode::Warn);
            words.option("--catalog", catalog.map(|mode| mode.to_string()));
            words.switch("--read-first", policy.plain_rows == PlainRows::ReadFirst);
            words.switch("--data-whole", policy.data == DataMode::Whole);
        }
        let account = account(&args.account);
        let mut sending = Words::default();
        // A resumed run has one from its start, typed or not.
        let has_rate = args.pace.rate.is_some() || args.resume.is_some();
        sending.option("--rate", has_rate.then(|| pace.rate.to_string()));
        sending.switch("--fixed-rate", pace.adaptation == Adaptation::Fixed);
        sending.0.extend(account.iter().cloned());
        sending.switch("--sandbox", args.sandbox);
        Self {
            meaning: meaning.0,
            of_plan: of_plan.0,
            sending: sending.0,
            account: (!args.sandbox).then_some(account),
        }
    }

    /// The command that sends the rows of `failed` again, so that they mean the same and go the same
    /// way.
    #[must_use]
    pub fn resubmission(&self, failed: &Path) -> String {
        let options = self.meaning.iter().chain(&self.sending);
        let failed = operand(failed);
        shell_line(
            "run",
            iter::once(&*failed).chain(options.map(OsString::as_os_str)),
        )
    }

    /// The command that runs a plan, whatever the name of its file.
    #[must_use]
    pub fn applying(&self, plan: &Path) -> String {
        let format = match Format::from_name(plan) {
            Some(Format::Jsonl) => &[][..],
            _ => &["--format", "jsonl"].map(OsStr::new),
        };
        let options = self.of_plan.iter().chain(&self.sending);
        let plan = operand(plan);
        let words = iter::once(&*plan).chain(format.iter().copied());
        shell_line("run", words.chain(options.map(OsString::as_os_str)))
    }

    /// The command that continues the run in `directory`.
    #[must_use]
    pub fn resumption(&self, directory: &Path) -> String {
        self.about("run", &[OsStr::new("--resume"), &operand(directory)])
    }

    /// The command that puts back what the run in `directory` changed.
    #[must_use]
    pub fn undoing(&self, directory: &Path) -> String {
        self.about("undo", &[&*operand(directory)])
    }

    /// The command that checks the account, if that may be why a run was stopped.
    #[must_use]
    pub fn checking(&self, stop_reason: Option<&StopReason>) -> Option<String> {
        let is_about_account = stop_reason.is_some_and(StopReason::is_about_account);
        let account = self.account.as_ref().filter(|_| is_about_account)?;
        let options = account.iter().map(OsString::as_os_str);
        Some(shell_line("check", options))
    }

    /// A command about a run, with its words first, sent the same way.
    fn about(&self, command: &str, first: &[&OsStr]) -> String {
        let first = first.iter().copied();
        shell_line(
            command,
            first.chain(self.sending.iter().map(OsString::as_os_str)),
        )
    }
}

/// The command that reads the catalog of this account again.
pub(super) fn refreshing(args: &AccountArgs) -> String {
    let account = account(args);
    let words = iter::once(OsStr::new("refresh"));
    shell_line(
        "catalog",
        words.chain(account.iter().map(OsString::as_os_str)),
    )
}

/// The command that previews what a selection has written: `format` is that of the file, if its name does not
/// say it.
#[must_use]
pub fn previewing(account: &AccountArgs, file: &Path, format: Option<&str>) -> String {
    let mut options = Words::default();
    options.option("--format", format);
    options.switch("--dry-run", true);
    options.0.extend(self::account(account));
    let file = operand(file);
    let words = iter::once(&*file).chain(options.0.iter().map(OsString::as_os_str));
    shell_line("run", words)
}

/// What was typed for the account.
fn account(args: &AccountArgs) -> Vec<OsString> {
    let mut words = Words::default();
    words.option("--config", args.config.as_ref());
    words.option("--profile", args.profile.as_ref());
    words.option("--brand", args.brand.as_ref());
    words.option("--email", args.email.as_ref());
    words.option("--token-file", args.token_file.as_ref());
    words.option("--base-url", args.base_url.as_ref());
    words.0
}

/// A path as the program takes it for one, not for an option.
fn operand(path: &Path) -> Cow<'_, OsStr> {
    if path.as_os_str().as_encoded_bytes().starts_with(b"-") {
        Cow::Owned(Path::new(".").join(path).into_os_string())
    } else {
        Cow::Borrowed(path.as_os_str())
    }
}

fn delimiter(args: &RunArgs, rows: &InputSettings) -> Option<String> {
    match rows.wanted.delimiter? {
        // What a resumed run takes over was typed only if no header line shows it.
        byte if args.resume.is_some() && DELIMITERS.contains(&byte) => None,
        b'\t' => Some("tab".to_owned()),
        byte => Some(char::from(byte).to_string()),
    }
}

/// Words of a command line.
#[derive(Default)]
struct Words(Vec<OsString>);

impl Words {
    fn option(&mut self, name: &str, value: Option<impl Into<OsString>>) {
        if let Some(value) = value {
            self.0.extend([name.into(), value.into()]);
        }
    }

    fn switch(&mut self, name: &str, is_on: bool) {
        if is_on {
            self.0.push(name.into());
        }
    }
}

/// `reamaze-bulk COMMAND` with these words, as a shell reads it.
fn shell_line<'a>(command: &'a str, words: impl Iterator<Item = &'a OsStr>) -> String {
    let start = ["reamaze-bulk", command].map(OsStr::new);
    let words: Vec<_> = start.into_iter().chain(words).map(shell_word).collect();
    words.join(" ")
}
