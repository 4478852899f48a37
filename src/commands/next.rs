//! What a user can run next, as a line for a shell.

use std::path::Path;

use crate::args::RunArgs;
use crate::config::Settings;
use crate::model::text::quoted;

/// The command that feeds `failed` back, so that its rows mean the same and go the same way.
pub(super) fn resubmission(settings: &Settings, failed: &Path) -> String {
    let args = &settings.args;
    let mut words = Words::new([failed.display().to_string()]);
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
    let mut words = Words::new(["--resume".to_owned(), directory.display().to_string()]);
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
struct Words(Vec<String>);

impl Words {
    fn new(words: impl IntoIterator<Item = String>) -> Self {
        let start = ["reamaze-bulk".to_owned(), "run".to_owned()];
        Self(start.into_iter().chain(words).collect())
    }

    fn option(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            self.0.extend([name.to_owned(), value]);
        }
    }

    fn switch(&mut self, name: &str, is_on: bool) {
        if is_on {
            self.0.push(name.to_owned());
        }
    }

    /// The options that say where to send, and how fast, as they were typed.
    fn account(&mut self, args: &RunArgs) {
        self.option("--rate", args.rate.map(|rate| rate.to_string()));
        self.switch("--fixed-rate", args.fixed_rate);
        let config = args.config.as_ref();
        self.option("--config", config.map(|path| path.display().to_string()));
        self.option("--profile", args.profile.clone());
        self.option("--brand", args.brand.clone());
        self.option("--email", args.email.clone());
        let token_file = args.token_file.as_ref();
        self.option(
            "--token-file",
            token_file.map(|path| path.display().to_string()),
        );
        self.option("--base-url", args.base_url.clone());
        self.switch("--sandbox", args.sandbox);
    }

    /// As a shell reads it.
    fn quoted(&self) -> String {
        let words = self.0.iter().map(String::as_str);
        shlex::try_join(words).unwrap_or_else(|_| quoted(&self.0.join(" ")))
    }
}
