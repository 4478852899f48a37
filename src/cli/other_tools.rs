//! What other tools call their commands and options -> what to write here. Each line is a tip.

/// What other tools call their commands, in lower case and with `-` between words, and what to call
/// here. FILE is the word that follows the command.
pub(super) const COMMANDS: [(&[&str], &str); 10] = [
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
        "to continue a run: reamaze-bulk run --resume latest\nto retry failed rows, fix them in failed.csv in its run \
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
pub(super) const OPTIONS: [(&[&str], &str); 24] = [
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::super::args::Args;
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
