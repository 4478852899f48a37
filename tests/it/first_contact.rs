//! What somebody sees who tries the program for the first time, and gets something wrong.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::support::answer::Answer;
use super::support::command::{Output, Workspace};
use super::support::request::Request;
use super::support::sent::{command, done, numbered, send, to_out};
use super::support::server::Server;

/// A workspace with 30 rows in `rows.csv`.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&numbered("slug-", 30)));
    workspace
}

/// Runs this line, as for a shell; fails the test unless it ends so, and says all that.
fn expect(workspace: &Workspace, line: &str, status: i32, told: &[&str]) -> Output {
    let output = command(workspace, line).output();
    assert_eq!(output.status, status, "{line}: {output:#?}");
    for words in told {
        assert!(
            output.stderr.contains(words),
            "{line}: {words:?} in {}",
            output.stderr
        );
    }
    output
}

#[test]
fn an_input_that_is_not_there_is_told_before_anything_else_that_is_missing() {
    let workspace = workspace();
    fs::create_dir(workspace.path().join("directory")).expect("a directory");
    for options in [
        "",
        "--yes",
        "--sandbox",
        "--dry-run",
        "--profile eu",
        "--brand a.b",
    ] {
        for (name, why) in [
            ("nope.csv", "no such file"),
            ("row.csv", "no such file (did you mean `rows.csv`?)"),
            ("none/nope.csv", "no such file"),
            ("rows.csv/nope.csv", "no such file"),
            ("directory", "is a directory, not a file"),
        ] {
            let told = format!("error: {name}: {why}");
            expect(&workspace, &format!("run {name} {options}"), 3, &[&told]);
        }
    }
    // What is there gets to the next question.
    expect(
        &workspace,
        "run rows.csv --yes",
        2,
        &["missing credentials: brand"],
    );
}

#[test]
fn all_that_is_missing_of_the_account_is_told_at_once_with_every_way_to_give_it() {
    let told = [
        "--brand or REAMAZE_BRAND",
        "--email or REAMAZE_EMAIL",
        "--token-file or REAMAZE_API_TOKEN",
        "configuration file",
        "--dry-run",
        "--sandbox",
    ];
    expect(&workspace(), "run rows.csv --yes", 2, &told);
}

#[test]
fn a_token_file_that_gives_no_token_says_why() {
    let workspace = workspace();
    fs::create_dir(workspace.path().join("directory")).expect("a directory");
    for (name, content) in [
        ("empty", &b""[..]),
        ("blank", b" \r\n"),
        ("lines", b"s3cret\nmore\n"),
        ("env", b"REAMAZE_API_TOKEN=s3cret\n"),
        ("quoted", b"\"s3cret\"\n"),
        ("utf-16", b"\xff\xfes\x003\x00"),
    ] {
        let path = workspace.write(name, content);
        fs::set_permissions(path, Permissions::from_mode(0o600)).expect("a mode");
    }
    for (name, why) in [
        ("none", "no such file"),
        ("none/token", "no such file"),
        ("directory", "is a directory, not a file"),
        ("empty", "is empty"),
        ("blank", "is empty"),
        ("lines", "has several lines"),
        ("env", "has an assignment in it"),
        ("quoted", "has quotes"),
        ("utf-16", "is not UTF-8 text"),
    ] {
        let line =
            format!("run rows.csv --yes --brand acme --email a@example.com --token-file {name}");
        let told = format!("error: --token-file {name}: {why}");
        let output = expect(&workspace, &line, 2, &[&told]);
        assert!(!output.stderr.contains("s3cret") && !output.stderr.contains("os error"));
        // In a profile it is named with its place.
        let path = workspace.path().join(name);
        workspace.configure(&format!(
            "brand = \"acme\"\nemail = \"a@example.com\"\ntoken_file = \"{}\"\n",
            path.display()
        ));
        let told = format!("config.toml): {why}");
        expect(&workspace, "run rows.csv --yes", 2, &[&told]);
        fs::remove_file(workspace.config_file()).expect("a configuration");
    }
}

#[test]
fn a_token_that_was_typed_is_never_repeated() {
    const TOKEN: &str = "0123456789abcdef0123456789abcdef";
    let workspace = workspace();
    for line in [
        "run rows.csv --yes --token {}",
        "run rows.csv --yes --token={}",
        "run --api-key {} rows.csv",
        "--token {} run rows.csv",
        "run rows.csv --password={} --json",
        "validate --token {} rows.csv",
        "REAMAZE_API_TOKEN={} run rows.csv",
        "run rows.csv --yes --brand acme --email a@example.com --token-file {}",
        "run rows.csv --yes --log-format json --token {}",
    ] {
        let output = expect(&workspace, &line.replace("{}", TOKEN), 2, &[]);
        assert!(!output.stderr.contains(TOKEN), "{}", output.stderr);
        assert!(!output.stdout.contains(TOKEN), "{}", output.stdout);
    }
    expect(
        &workspace,
        "run rows.csv --token x",
        2,
        &["--token-file PATH or REAMAZE_API_TOKEN", "command lines"],
    );
}

#[test]
fn a_configuration_that_was_named_and_cannot_be_read_says_why() {
    let workspace = workspace();
    fs::create_dir(workspace.path().join("directory")).expect("a directory");
    workspace.write("utf-16.toml", b"\xff\xfeb\x00");
    for (name, why) in [
        ("none.toml", "no such file"),
        ("directory", "is a directory, not a file"),
        ("utf-16.toml", "is not UTF-8 text"),
    ] {
        let told = format!("error: --config {name}: {why}");
        expect(
            &workspace,
            &format!("run rows.csv --dry-run --config {name}"),
            2,
            &[&told],
        );
    }
}

#[test]
fn a_tilde_that_no_shell_has_expanded_is_no_directory() {
    for option in ["--token-file", "--config", "--out", "--metrics"] {
        let workspace = workspace();
        let line = format!("run rows.csv --sandbox '{option}=~/x'");
        expect(&workspace, &line, 2, &["`~` was not expanded", "$HOME"]);
        assert!(!workspace.path().join("~").exists());
    }
}

#[test]
fn a_value_that_an_option_does_not_take_says_what_would_be_right() {
    let workspace = workspace();
    for (option, told) in [
        ("--rate fast", "not a rate; try 120/m or 5/s"),
        ("--rate 100", "write 100/s or 100/m"),
        ("--rate 100/mins", "did you mean 100/m?"),
        ("--rate 100rpm", "did you mean 100/m?"),
        ("--rate 2/h", "try 1/m"),
        ("--rate 0/s", "rates go from 1/m to 1000000/s"),
        (
            "--timeout soon",
            "not a duration; try one like 30s, 2m or 6h",
        ),
        ("--timeout 0", "the timeout must be 100ms to 1h"),
        ("--max-duration 1d", "a day is 24h"),
        ("--max-failures lots", "try 100, 50% or none"),
        ("--max-differs lots", "try 100, 50% or none"),
        ("--max-failures 200%", "not a percentage from 0% to 100%"),
        ("--delimiter semicolon", "did you mean ';'?"),
        ("--timezone Berlin", "did you mean Europe/Berlin?"),
        ("--timezone +01:00", "an offset is not a time zone"),
        ("--set done", "write FIELD=VALUE, like status=done"),
        ("--set status=closed", "did you mean `Done`?"),
    ] {
        expect(
            &workspace,
            &format!("run rows.csv --dry-run {option}"),
            2,
            &[told],
        );
    }
    let key = "timezone = \"Berlin\"";
    workspace.configure(key);
    expect(
        &workspace,
        "run rows.csv --dry-run",
        2,
        &[":1: timezone: not a time zone; did you mean"],
    );
}

#[test]
fn a_command_that_is_a_guess_names_the_right_call() {
    let workspace = workspace();
    for (line, call) in [
        ("validate rows.csv", "reamaze-bulk run rows.csv --dry-run"),
        (
            "check rows.csv --brand acme",
            "reamaze-bulk run rows.csv --dry-run",
        ),
        ("dry-run", "reamaze-bulk run FILE --dry-run"),
        (
            "dry_run 'my rows.csv'",
            "reamaze-bulk run 'my rows.csv' --dry-run",
        ),
        ("import rows.csv", "reamaze-bulk run rows.csv\n"),
        ("Send rows.csv", "reamaze-bulk run rows.csv\n"),
        ("resume", "reamaze-bulk run --resume latest\n"),
        (
            "resume reamaze-runs/x",
            "reamaze-bulk run --resume reamaze-runs/x\n",
        ),
        ("retry", "reamaze-bulk run RUN_DIR/failed.csv"),
        ("rollback", "reamaze-bulk undo latest\n"),
        (
            "revert reamaze-runs/x",
            "reamaze-bulk undo reamaze-runs/x\n",
        ),
        ("undo", "reamaze-bulk undo latest --dry-run"),
        ("version", "reamaze-bulk --version"),
        ("RUN rows.csv", "reamaze-bulk run\n"),
        ("rows.csv", "reamaze-bulk run rows.csv --dry-run"),
        (
            "/no/such.csv --yes",
            "reamaze-bulk run /no/such.csv --dry-run",
        ),
        ("--dry-run rows.csv", "--dry-run is an option of run"),
        ("--resume latest", "--resume is an option of run"),
        ("-v", "reamaze-bulk --version"),
        ("run rows.csv more.csv", "a run reads one file"),
        (
            "run rows.csv --resume latest",
            "reads its own copy of the input",
        ),
        (
            "run rows.csv --dry-run --online --sample 5 --plan p.jsonl",
            "a plan needs every row: leave out --sample",
        ),
        (
            "run rows.csv --dry-run --online --limit 5 --plan p.jsonl",
            "a plan needs every row: leave out --limit",
        ),
        (
            "run rows.csv --dry-run --online --limit 5 --sample 5",
            "leave out one of them",
        ),
        ("serve", "reamaze-bulk sandbox"),
        ("help validate", "reamaze-bulk run FILE --dry-run"),
        ("run", "run rows.csv --dry-run"),
    ] {
        let output = expect(&workspace, line, 2, &[call]);
        assert!(
            !output.stderr.contains("similar"),
            "{line}: {}",
            output.stderr
        );
    }
    // A program is told too, on one line.
    let output = expect(&workspace, "run rows.csv --dryrun --json", 2, &[]);
    let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("a document");
    let error = document["error"].as_str().expect("an error");
    assert!(
        error.contains("--dryrun") && error.contains("use --dry-run"),
        "{error}"
    );
}

#[test]
fn an_option_of_another_tool_names_ours() {
    let workspace = workspace();
    for (option, told) in [
        ("--dryrun", "use --dry-run"),
        ("-n", "use --dry-run"),
        ("--concurrency=3", "use --workers"),
        ("-j 4", "use --workers"),
        ("--file=x", "reamaze-bulk run rows.csv"),
        ("--output x", "use --out"),
        ("--rps 5", "use --rate"),
        ("--force", "use --yes"),
        ("--subdomain acme", "use --brand"),
        ("--status done", "--set status=done"),
        ("--insecure", "certificates are always verified"),
        ("--time_zone UTC", "use --timezone"),
    ] {
        let output = expect(&workspace, &format!("run rows.csv {option}"), 2, &[told]);
        assert!(!output.stderr.contains("as a value"), "{}", output.stderr);
    }
}

#[test]
fn a_status_by_another_name_suggests_ours() {
    let workspace = Workspace::new();
    for (word, name) in [
        ("closed", "Done"),
        ("Solved", "Done"),
        ("hold", "On Hold"),
        ("waiting", "On Hold"),
        ("reopen", "Open"),
        ("trash", "Archived"),
    ] {
        workspace.write("words.csv", format!("slug,status\na,{word}\n"));
        let output = command(&workspace, "run words.csv --dry-run").output();
        let told = format!("words.csv:2: status: unknown status `{word}` (did you mean `{name}`?)");
        assert!(output.stdout.contains(&told), "{}", output.stdout);
    }
}

#[test]
fn a_run_that_is_not_there_says_where_it_was_looked_for() {
    let workspace = workspace();
    let here = fs::canonicalize(workspace.path()).expect("a path");
    let runs = here.join("reamaze-runs").display().to_string();
    expect(
        &workspace,
        "run --resume latest",
        2,
        &["no such directory", &runs, "run directory"],
    );
    fs::create_dir(workspace.path().join("reamaze-runs")).expect("a directory");
    expect(
        &workspace,
        "run --resume latest",
        2,
        &["no run to resume in", &runs],
    );
    expect(
        &workspace,
        "run --resume none",
        2,
        &["none: cannot resume: no such directory"],
    );
    expect(
        &workspace,
        "run --resume rows.csv",
        2,
        &["it is a file, not a run directory"],
    );
    for word in ["last", "LATEST", "lastest"] {
        for line in [format!("run --resume {word}"), format!("undo {word}")] {
            expect(
                &workspace,
                &line,
                2,
                &["no such directory (did you mean latest?)"],
            );
        }
    }
    workspace.write("reamaze-runs/one/run.json", "{}");
    workspace.write("reamaze-runs/one/failed.csv", "");
    expect(
        &workspace,
        "run --resume reamaze-runs/one/failed.csv",
        2,
        &["did you mean reamaze-runs/one?"],
    );
}

#[test]
fn an_option_that_undo_does_not_have_leads_to_what_is_meant() {
    let workspace = workspace();
    for (line, told) in [
        ("undo q --read-first", "an undo always reads first"),
        (
            "undo latest --set status=done",
            "to edit the rows of an undo: reamaze-bulk undo RUN_DIR --print > undo.jsonl",
        ),
        ("undo q --parallel 3", "use --workers N"),
        ("undo q r", "an undo is of one run"),
        (
            "run --undo q",
            "to restore what a run changed: reamaze-bulk undo RUN_DIR",
        ),
    ] {
        expect(&workspace, line, 2, &[told]);
    }
    // What helps with a run only is no help here.
    let output = expect(&workspace, "undo q --file rows.csv", 2, &[]);
    assert!(!output.stderr.contains("tip: "), "{}", output.stderr);
}

/// 429 to the first try of `slug-0`, and what was asked for to all else.
fn throttled_once(request: &Request) -> Answer {
    if request.slug == "slug-0" && request.nth == 0 {
        Answer::text(429, "").header("Retry-After", "1")
    } else {
        Answer::echo(request)
    }
}

#[test]
fn rates_are_shown_in_the_unit_that_was_typed() {
    for (rate, shown, other) in [("30000/m", "/min", "/s"), ("500/s", "/s", "/min")] {
        let server = Server::start(throttled_once);
        let slugs = numbered("slug-", 20);
        let sent = send(&server, &slugs, &format!("--rate {rate} --workers 1"));
        let told = &sent.output.stderr;
        assert!(told.contains(", then at most "), "{told}");
        for line in told
            .lines()
            .filter(|line| line.contains("at most") || line.contains("asked for"))
        {
            assert!(line.contains(shown) && !line.contains(other), "{line}");
        }
    }
}

#[test]
fn counts_of_zero_are_not_told() {
    let server = Server::start(Answer::echo);
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,tag_list\na,x\n");
    let output = to_out(&workspace, "rows.csv", "-v")
        .against(&server)
        .output();
    assert!(
        output
            .stderr
            .contains("replaces all tags on 1 conversation; 1 row cannot be undone"),
        "{}",
        output.stderr
    );
    for zero in ["on 0", "0 conversations", "0 retries", "0 throttled"] {
        assert!(!output.stderr.contains(zero), "{}", output.stderr);
    }
}

#[test]
fn help_is_short_where_nothing_was_asked_for_and_no_table_is_broken() {
    let workspace = Workspace::new();
    let output = workspace.command(&[]).env("COLUMNS", "80").output();
    assert_eq!(output.status, 2);
    assert!(output.stderr.lines().count() <= 24, "{}", output.stderr);
    for columns in ["60", "80", "100"] {
        let run = workspace
            .command(&["run", "--help"])
            .env("COLUMNS", columns);
        let help = run.output().stdout;
        let (_, tables) = help.split_once("Exit codes:\n").expect("a table");
        let (statuses, examples) = tables.split_once("\n\nExamples:\n").expect("examples");
        for line in statuses.lines() {
            let (status, meaning) = line.split_at(17);
            assert!(line.len() <= 60 && !meaning.starts_with(' '), "{line:?}");
            assert!(
                status
                    .trim()
                    .chars()
                    .all(|c| c.is_ascii_digit() || ", ".contains(c)),
                "{line:?}"
            );
        }
        for line in examples.lines() {
            assert!(
                line.len() <= 60 && line.starts_with("  reamaze-bulk "),
                "{line:?}"
            );
        }
    }
}

#[test]
fn the_sandbox_asks_on_a_terminal_and_nowhere_else() {
    const QUESTION: &str = "[y/N]";
    for (options, typed, status, asks) in [
        ("", "y\n", 0, true),
        ("", "n\n", 2, true),
        ("--yes", "", 0, false),
    ] {
        let workspace = workspace();
        let line = format!("run rows.csv --sandbox {options}");
        let (ended, shown) = command(&workspace, &line).on_terminal(typed);
        assert_eq!(ended, status, "{line}: {shown}");
        assert_eq!(shown.contains(QUESTION), asks, "{line}: {shown}");
        assert!(shown.contains(" the sandbox (a simulated Re:amaze)"));
        assert_eq!(
            workspace.run_dirs().len(),
            usize::from(status == 0),
            "{shown}"
        );
    }
    let output = expect(&workspace(), "run rows.csv --sandbox", 0, &["30 updated"]);
    assert!(!output.stderr.contains(QUESTION));
}

#[test]
fn a_real_account_is_asked_for_in_the_same_way() {
    let server = Server::start(Answer::echo);
    for (typed, status) in [("yes\n", 0), ("\n", 2)] {
        let workspace = workspace();
        let run = command(&workspace, "run rows.csv --rate 500/s").against(&server);
        let (ended, shown) = run.on_terminal(typed);
        assert_eq!(ended, status, "{shown}");
        assert!(shown.contains("[y/N]"), "{shown}");
    }
    assert_eq!(server.requests().len(), 30);
}
