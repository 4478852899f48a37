//! The configuration file: which value holds, what is refused, and where a token may come from.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::os::unix::fs::symlink;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::support::answer::Answer;
use super::support::command::{Output, Signal, Workspace};
use super::support::secrets::expect_no_token;
use super::support::sent::{command, done};
use super::support::server::Server;

/// A workspace with two rows in `rows.csv` and that configuration in its usual place.
fn configured(config: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a", "b"]));
    workspace.configure(config);
    workspace
}

/// The key for a password manager that does as this script. Tests write no program of their own: a
/// file that was open for writing a moment ago cannot always be run.
fn token_script(script: &str) -> String {
    format!("token_command = ['sh', '-c', '''{script}''']")
}

/// A profile `eu` that sends to `server`, with these further keys.
fn profile(server: &Server, keys: &str) -> String {
    let base_url = server.base_url();
    format!(
        "[profiles.eu]\nbase_url = '{base_url}'\nemail = 'eu@example.com'\nrate = '500/s'\n{keys}\n"
    )
}

/// The login and token of every request.
fn logins(server: &Server) -> Vec<String> {
    let logins = server.requests().into_iter().map(|request| {
        let basic = request.headers["authorization"].replace("Basic ", "");
        String::from_utf8(STANDARD.decode(basic).expect("base64")).expect("UTF-8")
    });
    logins.collect()
}

/// Runs over `rows.csv` without asking, and fails the test unless it ends so.
fn run(workspace: &Workspace, options: &str, status: i32) -> Output {
    let line = format!("run rows.csv --yes --out out {options}");
    let output = command(workspace, &line).output();
    assert_eq!(output.status, status, "{options}: {output:#?}");
    output
}

fn run_file(workspace: &Workspace) -> Value {
    serde_json::from_str(&workspace.read("out/run.json")).expect("JSON")
}

const LAYERS: &str = r#"
brand = "top"
email = "top@example.com"
rate = "10/m"
workers = 10
timeout = "10s"
max_failures = 10
timezone = "Europe/Rome"

[profiles.eu]
brand = "eu"
email = "eu@example.com"
rate = "20/m"
workers = 20
timeout = 20
max_differs = "2%"
timezone = "Europe/Berlin"

[profiles.some]
rate = "30/m"
"#;

#[test]
fn each_value_is_taken_from_the_first_place_that_has_it_and_v_says_which() {
    const ENVIRONMENT: [(&str, &str); 2] = [
        ("REAMAZE_BRAND", "env"),
        ("REAMAZE_EMAIL", "env@example.com"),
    ];
    const OPTIONS: &str = "--brand flag --email flag@example.com --rate 40/m --workers 40 \
                           --timeout 40s --max-differs none --timezone Europe/Oslo";
    let top = "brand top (FILE)|email top@example.com (FILE)|rate 10/m (FILE)|workers 10 (FILE)|\
               timeout 10s (FILE)|max-failures 10 (FILE)|max-differs 20% (default)|timezone Europe/Rome (FILE)";
    let eu = "brand eu (profile eu in FILE)|email eu@example.com (profile eu in FILE)|\
              rate 20/m (profile eu in FILE)|workers 20 (profile eu in FILE)|\
              timeout 20s (profile eu in FILE)|max-failures 10 (FILE)|max-differs 2% (profile eu in FILE)|timezone Europe/Berlin (profile eu in FILE)";
    let some = "brand top (FILE)|rate 30/m (profile some in FILE)|timezone Europe/Rome (FILE)";
    let variables = "brand env (REAMAZE_BRAND)|email env@example.com (REAMAZE_EMAIL)|\
                     rate 20/m (profile eu in FILE)|timeout 20s (profile eu in FILE)";
    let options = "brand flag (--brand)|email flag@example.com (--email)|rate 40/m (--rate)|\
                   workers 40 (--workers)|timeout 40s (--timeout)|max-differs none (--max-differs)|timezone Europe/Oslo (--timezone)";
    let defaults = "rate 120/m (default)|workers 4 (default)|timeout 30s (default)|max-failures 50% (default)|\
                    max-differs 20% (default)|\
                    timezone none (default)";
    for (config, typed, variable, expected) in [
        ("", "", &[][..], defaults),
        (LAYERS, "", &[], top),
        (LAYERS, "--profile eu", &[], eu),
        (LAYERS, "--profile some", &[], some),
        (LAYERS, "--profile eu", &ENVIRONMENT, variables),
        (
            LAYERS,
            &format!("--profile eu {OPTIONS}"),
            &ENVIRONMENT,
            options,
        ),
    ] {
        let workspace = configured(config);
        let mut run = command(&workspace, &format!("run rows.csv --dry-run -v {typed}"));
        for (name, value) in variable {
            run = run.env(name, *value);
        }
        let output = run.output();
        assert_eq!(output.status, 0, "{output:#?}");
        let file = workspace.config_file().display().to_string();
        for expected in expected.replace("FILE", &file).split('|') {
            let is_told = output.stderr.lines().any(|line| line == expected);
            assert!(is_told, "{expected}: {output:#?}");
        }
    }
}

#[test]
fn a_profile_is_what_a_run_sends_by() {
    let server = Server::start(Answer::echo);
    let keys = "token_file = 'token'\nworkers = 3\ntimeout = '7s'\ntimezone = 'Europe/Berlin'";
    let workspace = configured(&profile(&server, keys));
    workspace.configure_beside("token", "t0ken");
    workspace.write("rows.csv", "slug,status,hold_until\na,5,2099-07-01 09:00\n");
    run(&workspace, "--profile eu -q", 0);
    assert_eq!(logins(&server), ["eu@example.com:t0ken"]);
    let held = &server.requests()[0].body["conversation"]["hold_until"];
    assert!(
        held.to_string().contains("07:00") || held.to_string().contains("+02:00"),
        "{held}"
    );
    let run = run_file(&workspace);
    assert_eq!(run["account"]["email"], "eu@example.com");
    assert_eq!(run["options"]["rate"], "500/s");
    assert_eq!(run["options"]["workers"], 3);
    assert_eq!(run["options"]["timeout_s"], 7.0);
    assert_eq!(run["options"]["timezone"], "Europe/Berlin");
}

#[test]
fn a_profile_that_says_where_to_send_or_where_the_token_is_says_all_of_it() {
    let server = Server::start(Answer::echo);
    let outside = format!(
        "base_url = 'https://stranger.example/api'\ntoken_file = 'none'\n{}",
        profile(&server, "token_command = ['echo', 'eu-token']")
    );
    run(&configured(&outside), "--profile eu", 0);
    assert_eq!(logins(&server)[0], "eu@example.com:eu-token");
    // A brand takes the place of a base URL that stands outside.
    let outside = "base_url = 'https://stranger.example/api'\n[profiles.eu]\nbrand = 'eu'\n";
    let look = run(&configured(outside), "--profile eu --dry-run", 0);
    assert!(look.stdout.contains("https://eu.reamaze.io"), "{look:#?}");
    // Of one part, none of the two would be right for sure.
    let both = "[profiles.eu]\nbase_url = 'https://x.example'\nbrand = 'x'\n";
    let told = run(&configured(both), "--dry-run", 2).stderr;
    assert!(
        told.contains(":3: profiles.eu.brand: ") && told.contains("set brand or base_url"),
        "{told}"
    );
    // What is typed takes the place of either.
    let look = run(&configured(outside), "--dry-run --brand typed", 0);
    assert!(
        look.stdout.contains("https://typed.reamaze.io"),
        "{look:#?}"
    );
}

#[test]
fn an_environment_that_goes_before_a_chosen_profile_is_warned_about() {
    let server = Server::start(Answer::echo);
    let config = profile(&server, "token_command = ['false']");
    let variables = |workspace: &Workspace, options: &str| {
        command(
            workspace,
            &format!("run rows.csv --yes --out out {options}"),
        )
        .env("REAMAZE_BASE_URL", format!("{}/other", server.base_url()))
        .env("REAMAZE_EMAIL", "env@example.com")
        .env("REAMAZE_API_TOKEN", "env-token")
        .output()
    };
    let output = variables(&configured(&config), "--profile eu");
    assert_eq!(output.status, 0, "{output:#?}");
    for name in ["REAMAZE_BASE_URL", "REAMAZE_EMAIL", "REAMAZE_API_TOKEN"] {
        let warning = format!("warning: {name} is set, and takes precedence over");
        assert!(output.stderr.contains(&warning), "{output:#?}");
    }
    assert_eq!(logins(&server)[0], "env@example.com:env-token");
    // What is the same, or holds for no profile in particular, is none of that.
    let outside = config.replace("[profiles.eu]\n", "");
    let output = variables(&configured(&outside), "");
    assert!(!output.stderr.contains("warning"), "{output:#?}");
}

#[test]
fn what_is_wrong_in_the_file_is_a_usage_error_that_says_where_and_what_would_be_right() {
    let unknown = "unknown key";
    for (config, place, why) in [
        ("brnad = 'x'", ":1: brnad: ", "did you mean `brand`?"),
        (
            "\n\nbase-url = 'x'",
            ":3: base-url: ",
            "did you mean `base_url`?",
        ),
        (
            "zzz = 1",
            ":1: zzz: ",
            "known keys: brand, base_url, email,",
        ),
        ("yes = true", ":1: yes: ", unknown),
        (
            "[profiles.us]\n[profiles.eu]\ntokenfile = 'x'",
            ":3: profiles.eu.tokenfile: ",
            "`token_file`",
        ),
        ("[eu]\nbrand = 'x'", ":1: eu: ", "[profiles.eu]"),
        ("[profiles.eu.more]", "profiles.eu.more", "unknown table"),
        ("profiles = 1", ":1: profiles: ", "[profiles.NAME]"),
        ("profiles.eu = 'x'", ":1: profiles.eu: ", "[profiles.NAME]"),
        (
            "[profiles.eu]\nrate = 5",
            ":2: profiles.eu.rate: ",
            "write 5/s or 5/m",
        ),
        ("rate = '0/s'", ":1: rate: ", "1/m to 1000000/s"),
        ("rate = true", ":1: rate: ", "in quotes"),
        ("workers = 0", ":1: workers: ", "1 to 256"),
        ("workers = 'many'", ":1: workers: ", "1 to 256"),
        (
            "workers = 99999999999999999999",
            ":1: workers: ",
            "1 to 256",
        ),
        ("timeout = '2h'", ":1: timeout: ", "100ms to 1h"),
        ("timeout = 'soon'", ":1: timeout: ", "like 30s"),
        ("max_failures = 'lots'", ":1: max_failures: ", "50% or none"),
        ("max_differs = '200%'", ":1: max_differs: ", "0% to 100%"),
        (
            "timezone = 'Berlin'",
            ":1: timezone: ",
            "did you mean Europe/Berlin?",
        ),
        ("timezone = 1", ":1: timezone: ", "not a time zone"),
        ("brand = 'a.b'", ":1: brand: ", "not a valid brand"),
        ("email = 'a:b'", ":1: email: ", "or contain `:`"),
        (
            "base_url = 'http://x.example'",
            ":1: base_url: ",
            "use https",
        ),
        ("token_file = ''", ":1: token_file: ", "is empty"),
        ("token_command = []", ":1: token_command: ", r#"["pass", "#),
        ("token_command = ''", ":1: token_command: ", r#"["pass", "#),
        (
            "token_command = ['pass', 1]",
            ":1: token_command: ",
            r#"["pass", "#,
        ),
        (
            "token_command = 'pass \"show'",
            ":1: token_command: ",
            "is not closed",
        ),
        (
            "token_command = 'pass'\ntoken_file = 'x'",
            ":2: token_file: ",
            "token_command or token_file",
        ),
        ("brand = 'x'\nbrand = 'y'", ":2:", "duplicate key"),
        ("brand =", ":1:", "not valid TOML"),
        ("\u{feff}zzz = 1", ":1: zzz: ", "known keys"),
        ("br\u{1b}and = 1", ":1:", "not valid TOML"),
    ] {
        let workspace = configured(config);
        for options in ["--dry-run", "--sandbox", "--dry-run --profile eu"] {
            let output = run(&workspace, options, 2);
            let told = output.stderr;
            let file = workspace.config_file().display().to_string();
            assert!(
                told.starts_with(&format!("error: {file}:")),
                "{config}: {told}"
            );
            assert!(
                told.contains(place) && told.contains(why),
                "{config}: {told}"
            );
            assert!(!told.contains('\u{1b}'), "{told:?}");
        }
    }
}

#[test]
fn a_token_in_the_file_is_refused_with_what_to_do_instead_and_not_shown() {
    for key in [
        "token",
        "api_token",
        "API-Token",
        "apikey",
        "api_key",
        "password",
        "secret",
        "REAMAZE_API_TOKEN",
    ] {
        for config in [
            format!("{key} = 's3cret'"),
            format!("[profiles.other]\n{key} = 's3cret'\n[profiles.eu]\n"),
        ] {
            let workspace = configured(&config);
            let told = run(&workspace, "--dry-run --profile eu", 2).stderr;
            assert!(
                told.contains(&format!("{key}: do not put the token")),
                "{told}"
            );
            for word in ["shared", "token_file", "token_command", "REAMAZE_API_TOKEN"] {
                assert!(told.contains(word), "{told}");
            }
            assert!(!told.contains("s3cret"), "{told}");
        }
    }
    for config in [
        "token = s3cret",
        "token = 's3cret",
        "base_url = 'https://me:s3cret@x.example'",
        "base_url = 'https://x.example?key=s3cret'",
        "base_url = 's3cret'",
        "brand = 'me@example.com:s3cret'",
        "email = 'me@example.com:s3cret'",
        "timezone = 's3cret'",
        "rate = 's3cret'",
        "workers = 's3cret'",
        "timeout = ['s3cret']",
        "token_command = [['s3cret']]",
        "token_command = { s3cret = 1 }",
        "profiles = 's3cret'",
        "profiles.eu = 's3cret'",
    ] {
        let told = run(&configured(config), "--dry-run", 2).stderr;
        assert!(!told.contains("s3cret"), "{told}");
    }
}

#[test]
fn a_profile_that_is_not_there_is_a_usage_error_that_lists_those_that_are() {
    let two = "[profiles.acme-eu]\n[profiles.acme-us]\n";
    for (config, name, words) in [
        (
            two,
            "acme-ue",
            "(did you mean `acme-eu`? there are: acme-eu, acme-us)",
        ),
        (two, "zzz", "(there are: acme-eu, acme-us)"),
        (
            "rate = '1/s'",
            "eu",
            "(there is none: write [profiles.NAME])",
        ),
    ] {
        let workspace = configured(config);
        let options =
            ["--dry-run", "--sandbox", "-q"].map(|option| format!("{option} --profile {name}"));
        for options in options {
            let told = run(&workspace, &options, 2).stderr;
            assert!(
                told.contains(&format!("--profile {name}: ")) && told.contains(words),
                "{told}"
            );
        }
    }
    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    let told = run(&workspace, "--dry-run --profile eu", 2).stderr;
    assert!(told.contains("no configuration file"), "{told}");
    assert!(told.contains("config.toml"), "{told}");
    let told = run(&workspace, "--dry-run --config none.toml", 2).stderr;
    assert!(told.contains("none.toml: no such file"), "{told}");
}

#[test]
fn a_file_that_is_named_takes_the_place_of_the_usual_one() {
    let workspace = configured("this is broken");
    workspace.write("own/config.toml", "brand = 'own'\n");
    let output = run(&workspace, "--dry-run --config own/config.toml", 0);
    assert!(
        output.stdout.contains("https://own.reamaze.io"),
        "{output:#?}"
    );
    run(&workspace, "--dry-run --config /dev/null", 0);
    run(&workspace, "--dry-run", 2);
    let elsewhere = workspace.path().join("elsewhere");
    workspace.write(
        "elsewhere/reamaze-bulk/config.toml",
        "brand = 'elsewhere'\n",
    );
    let look = command(&workspace, "run rows.csv --dry-run").env("XDG_CONFIG_HOME", elsewhere);
    let output = look.output();
    assert!(
        output.stdout.contains("https://elsewhere.reamaze.io"),
        "{output:#?}"
    );
}

#[test]
fn a_token_file_is_beside_the_configuration_or_in_the_home_directory() {
    let server = Server::start(Answer::echo);
    for (place, file) in [("below/token", "below/token"), ("../../token", "~/token")] {
        let workspace = configured(&profile(&server, &format!("token_file = '{file}'")));
        workspace.configure_beside(place, "t0ken");
        run(&workspace, "--profile eu", 0);
    }
    assert_eq!(logins(&server), vec!["eu@example.com:t0ken"; 4]);
    let workspace = configured(&profile(&server, "token_file = 'none'"));
    let told = run(&workspace, "--profile eu", 2).stderr;
    let named = workspace
        .config_file()
        .with_file_name("none")
        .display()
        .to_string();
    assert!(
        told.contains(&named) && told.contains("(profile eu in "),
        "{told}"
    );
}

#[test]
fn the_first_line_that_a_token_command_prints_is_the_token() {
    const TOKEN: &str = "tok3n-7f2c9e51b8";
    let server = Server::start(Answer::echo);
    // It gets its arguments as they stand, no shell between, and none of the rows.
    let script = "test \"$1\" = 'a $HOME; b' || exit 1\ncat\necho asking >&2\n\
                  printf '  tok3n-%s \\n' 7f2c9e51b8\nyes more | head -n 100000";
    for line in [
        r#"token_command = ["sh", "./get", "a $HOME; b"]"#,
        r#"token_command = "sh ./get 'a $HOME; b'""#,
    ] {
        let workspace = configured("");
        workspace.write("get", script);
        workspace.write("config.toml", profile(&server, line));
        let rows = workspace.read("rows.csv");
        let options = "run - --yes --out out -v --json --config config.toml --profile eu";
        let output = command(&workspace, options).stdin(rows).output();
        assert_eq!(output.status, 0, "{output:#?}");
        assert!(output.stderr.contains("asking\n"), "{output:#?}");
        assert!(
            output
                .stderr
                .contains("token_command (profile eu in config.toml)"),
            "{output:#?}"
        );
        expect_no_token(&workspace, &output, "eu@example.com", TOKEN);
    }
    assert_eq!(logins(&server), vec![format!("eu@example.com:{TOKEN}"); 4]);
}

#[test]
fn a_token_command_that_is_a_path_is_beside_the_configuration_too() {
    let server = Server::start(Answer::echo);
    for program in ["./below/get", "~/.config/reamaze-bulk/below/get"] {
        let keys = format!("token_command = ['{program}', '-c', 'echo t0ken']");
        let workspace = configured(&profile(&server, &keys));
        let below = workspace.configure_beside("below/other", "");
        symlink("/bin/sh", below.with_file_name("get")).expect("a link");
        run(&workspace, "--profile eu", 0);
    }
    assert_eq!(logins(&server), vec!["eu@example.com:t0ken"; 4]);
}

#[test]
fn a_token_command_that_gives_no_token_is_a_usage_error_and_nothing_is_sent() {
    let server = Server::start(Answer::echo);
    for (script, why) in [
        (
            "echo no such entry >&2; echo t0ken; exit 3",
            "exit status: 3",
        ),
        ("kill -9 $$", "signal: 9"),
        ("true", "printed no token"),
        ("echo; echo t0ken", "printed no token"),
        ("head -c 5000 /dev/zero | tr '\\0' x", "too long"),
        ("printf '\\377\\n'", "printed invalid UTF-8"),
        ("echo t0ken; exec yes", "printed more than 1 MiB"),
        (
            "trap '' PIPE; exec 2>&-; while :; do echo t0ken; done",
            "printed more than 1 MiB",
        ),
        ("echo t0ken two", "white space"),
    ] {
        let workspace = configured(&profile(&server, &token_script(script)));
        let output = command(&workspace, "run rows.csv --yes --profile eu").output();
        let told = &output.stderr;
        assert_eq!(output.status, 2, "{output:#?}");
        assert!(told.contains(why) && !told.contains("t0ken"), "{output:#?}");
        let is_placed = told.contains("token_command (profile eu in ") && told.contains("`sh`");
        assert!(is_placed || why == "white space", "{told}");
        assert!(workspace.run_dirs().is_empty());
    }
    let workspace = configured(&profile(&server, "token_command = ['no-such-program']"));
    let told = run(&workspace, "--profile eu", 2).stderr;
    assert!(told.contains("`no-such-program` cannot be run: "), "{told}");
    assert!(server.requests().is_empty());
}

#[test]
fn a_token_command_runs_only_where_its_token_is_needed() {
    let server = Server::start(Answer::echo);
    for (options, status) in [
        ("--profile eu --dry-run", 0),
        ("--profile eu --sandbox", 0),
        ("--profile eu --token-file token", 0),
        ("--profile eu --email a:b", 2),
        ("--profile eu --set nothing", 2),
        ("", 2),
    ] {
        let keys = token_script("touch ran; echo t0ken");
        let workspace = configured(&profile(&server, &keys));
        let ran = workspace.path().join("ran");
        workspace.write("token", "t0ken");
        run(&workspace, options, status);
        assert!(!ran.exists(), "{options}");
    }
}

#[test]
fn a_signal_ends_the_wait_for_a_token_command() {
    let server = Server::start(Answer::echo);
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let keys = token_script("echo waiting >&2; exec sleep 600");
        let workspace = configured(&profile(&server, &keys));
        let child = command(&workspace, "run rows.csv --yes --profile eu").spawn();
        child.wait_for_stderr("waiting");
        child.signal(signal);
        let output = child.wait();
        assert_eq!(output.status, status, "{output:#?}");
        assert!(
            output.stderr.contains("before anything was sent"),
            "{output:#?}"
        );
    }
    assert!(server.requests().is_empty());
}

#[test]
fn the_sandbox_takes_the_time_zone_of_a_profile_and_says_so() {
    let workspace = configured(LAYERS);
    workspace.write("rows.csv", "slug,status,hold_until\na,5,2099-07-01 09:00\n");
    let told = run(&workspace, "--sandbox -v --profile eu", 0).stderr;
    for line in [
        "timezone Europe/Berlin (profile eu in ",
        "rate 50/s (default)",
        "workers 64 (default)",
        "timeout 30s (default)",
        "warning: the sandbox uses only the time zone of profile eu",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(!told.contains("eu@example.com"), "{told}");
}

#[test]
fn a_resumed_run_goes_on_as_it_was_and_only_what_is_typed_goes_before_that() {
    let server = Server::start(Answer::echo);
    let keys = "workers = 3\nmax_differs = 7\ntimeout = '7s'\ntimezone = 'Europe/Berlin'\ntoken_command = ['echo', 't0ken']";
    let config = profile(&server, keys);
    let workspace = configured(&config);
    let output = run(&workspace, "--profile eu --limit 1", 4);
    let resumption = output
        .stderr
        .lines()
        .find(|line| line.contains("--resume out"));
    assert!(
        resumption.expect("a command").contains("--profile eu"),
        "{output:#?}"
    );
    let changed = config
        .replace("500/s", "1/m")
        .replace("= 3", "= 5")
        .replace("7s", "9s")
        .replace("= 7", "= 9");
    workspace.configure(&changed.replace("Berlin", "Rome"));
    let resume = "run --resume out --yes -v --profile eu";
    let look = command(&workspace, &format!("{resume} --dry-run --workers 4")).output();
    for line in [
        "rate 500/s (run.json)",
        "workers 4 (--workers)",
        "timeout 7s (run.json)",
        "max-differs 7 (run.json)",
        "timezone Europe/Berlin (run.json)",
        "email eu@example.com (profile eu in ",
    ] {
        assert!(look.stderr.contains(line), "{line}: {look:#?}");
    }
    let output = command(&workspace, resume).output();
    assert_eq!(output.status, 0, "{output:#?}");
    assert_eq!(logins(&server), vec!["eu@example.com:t0ken"; 2]);
}

#[test]
fn a_profile_of_another_account_cannot_go_on_with_a_run() {
    let server = Server::start(Answer::echo);
    let eu = profile(&server, "token_command = ['echo', 't0ken']");
    let us = "[profiles.us]\nbrand = 'us'\nemail = 'eu@example.com'\ntoken_command = ['./never']\n";
    let me = "[profiles.me]\nemail = 'me@example.com'\ntoken_command = ['./never']\n";
    let workspace = configured(&format!("{eu}{us}{me}"));
    run(&workspace, "--profile eu --limit 1", 4);
    for (name, word) in [
        ("us", "config.toml has brand us: "),
        ("me", "config.toml has me@example.com: "),
    ] {
        for option in ["--yes", "--dry-run"] {
            let line = format!("run --resume out --profile {name} {option}");
            let output = command(&workspace, &line).output();
            assert_eq!(output.status, 2, "{output:#?}");
            assert!(
                output.stderr.contains("this run belongs to eu@example.com"),
                "{output:#?}"
            );
            assert!(output.stderr.contains(word), "{output:#?}");
        }
    }
    // Without a profile there is no token; what there is to choose from is named.
    let output = command(&workspace, "run --resume out --yes").output();
    assert_eq!(output.status, 2, "{output:#?}");
    assert!(output.stderr.contains("--profile eu|me|us"), "{output:#?}");
    assert_eq!(server.requests().len(), 1);
}
