//! What a user can run next, as a line for a shell.

use std::ffi::OsString;
use std::path::Path;

use crate::cli::RunArgs;
use crate::config::Settings;
use crate::model::shell_word;

/// The command that feeds `failed` back, so that its rows mean the same and go the same way.
pub(super) fn resubmission(settings: &Settings, failed: &Path) -> String {
    let args = &settings.args;
    let mut words = Words::new([failed.into()]);
    words.option("--delimiter", typed_delimiter(args));
    words.option("--timezone", settings.zone_name());
    for set in &args.set {
        words.option("--set", Some(set.clone()));
    }
    words.switch("--allow-damaged", args.allow_damaged);
    words.account(args);
    words.quoted()
}

/// The command that goes on with the run in `directory`.
pub(super) fn resumption(settings: &Settings, directory: &Path) -> String {
    let mut words = Words::new(["--resume".into(), directory.into()]);
    words.account(&settings.args);
    words.quoted()
}

fn typed_delimiter(args: &RunArgs) -> Option<String> {
    match args.delimiter? {
        // What a resumed run takes over was typed only if no header line shows it.
        b',' | b';' | b'\t' | b'|' if args.resume.is_some() => None,
        b'\t' => Some("tab".to_owned()),
        byte => Some(char::from(byte).to_string()),
    }
}

/// A command line, word by word.
struct Words(Vec<OsString>);

impl Words {
    fn new(words: impl IntoIterator<Item = OsString>) -> Self {
        let start = ["reamaze-bulk".into(), "run".into()];
        Self(start.into_iter().chain(words).collect())
    }

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

    /// The options that say where to send, and how fast, as they were typed.
    fn account(&mut self, args: &RunArgs) {
        self.option("--rate", args.rate.map(|rate| rate.to_string()));
        self.switch("--fixed-rate", args.fixed_rate);
        let config = args.config.as_ref();
        self.option("--config", config);
        self.option("--profile", args.profile.clone());
        self.option("--brand", args.brand.clone());
        self.option("--email", args.email.clone());
        let token_file = args.token_file.as_ref();
        self.option("--token-file", token_file);
        self.option("--base-url", args.base_url.clone());
        self.switch("--sandbox", args.sandbox);
    }

    /// As a shell reads it.
    fn quoted(&self) -> String {
        let words: Vec<_> = self.0.iter().map(|word| shell_word(word)).collect();
        words.join(" ")
    }
}
