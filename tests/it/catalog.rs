//! `catalog`: the names of an account are read into a file of its own, and rows are compared with them
//! before anything is sent.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::command::{Output, Workspace, summary};
use crate::support::request::Request;
use crate::support::sandbox::served;
use crate::support::server::Server;

/// The staff users of the account, two on a page.
const STAFF: [&str; 5] = ["ann", "bob", "carol", "dave", "erin"];

/// An account with staff on three pages, three channels and some tags, that takes every update.
fn account(request: &Request) -> Answer {
    let path = request.path.trim_start_matches("/api/v1");
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    match path {
        "/staff" => Answer::json(200, &staff(query)),
        "/channels" => Answer::json(200, &channels()),
        "/reports/tags" => Answer::json(
            200,
            &json!({"tags": {"refund": 1204, "vip": 3, "on-hold": 2}}),
        ),
        _ => Answer::echo(request),
    }
}

fn staff(query: &str) -> Value {
    let page: usize = query.trim_start_matches("page=").parse().expect("a page");
    let users = STAFF.iter().skip((page - 1) * 2).take(2);
    let users =
        users.map(|name| json!({"name": name, "email": format!("{name}@acme.com"), "role": {}}));
    json!({"page_size": 2, "page_count": 3, "total_count": 5, "staff": users.collect::<Vec<_>>()})
}

fn channels() -> Value {
    let channel = |slug: &str, kind: u64| {
        json!({"slug": slug, "name": slug, "email": "hidden@acme.com", "channel": kind,
            "brand": {"name": "Acme", "url": "https://acme.reamaze.io"}})
    };
    json!({"total_count": 3, "channels": [channel("support", 1), channel("sales", 1), channel("chat", 6)]})
}

fn catalog(workspace: &Workspace, server: &Server, words: &str) -> Output {
    let words: Vec<_> = ["catalog"]
        .into_iter()
        .chain(words.split_whitespace())
        .collect();
    workspace.command(&words).against(server).output()
}

/// A workspace with a catalog of an account.
fn refreshed() -> (Workspace, Server) {
    let (workspace, server) = (Workspace::new(), Server::start(account));
    let output = catalog(&workspace, &server, "refresh --rate 100/s");
    assert_eq!(output.status, 0, "{}", output.stderr);
    (workspace, server)
}

fn cache(workspace: &Workspace) -> PathBuf {
    workspace.root().join("home/.cache/reamaze-bulk")
}

/// The files in the cache.
fn files(workspace: &Workspace) -> Vec<PathBuf> {
    let entries = fs::read_dir(cache(workspace)).expect("a cache");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

/// The one file in the cache.
fn file(workspace: &Workspace) -> PathBuf {
    let [file] = files(workspace).try_into().expect("one file");
    file
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

/// A dry run over `rows`, offline, with these options.
fn dry_run(workspace: &Workspace, server: &Server, rows: &str, options: &str) -> Output {
    workspace.write("rows.csv", rows);
    let words = ["run", "rows.csv", "--dry-run"].into_iter();
    let words: Vec<_> = words.chain(options.split_whitespace()).collect();
    let run = workspace.command(&words);
    run.env("REAMAZE_BASE_URL", server.base_url()).output()
}

fn document(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).expect("one document")
}

const ROWS: &str = "slug,assignee,add_tags
a,anna@acme.com,vip
b,ANN@acme.com,refudn
c,anna@acme.com,new-tag
d,zoe@acme.com,Vip
";

#[test]
fn all_pages_are_read_into_a_file_for_the_user_alone() {
    let (workspace, server) = refreshed();
    assert_eq!(server.requests().len(), 5);
    let file = file(&workspace);
    assert_eq!((mode(&file), mode(&cache(&workspace))), (0o600, 0o700));
    let text = fs::read_to_string(&file).expect("text");
    let catalog: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(catalog["base_url"], server.base_url());
    let emails = catalog["staff"].as_array().expect("staff").iter();
    let emails: Vec<_> = emails.map(|user| user["email"].clone()).collect();
    assert_eq!(emails, STAFF.map(|name| json!(format!("{name}@acme.com"))));
    assert_eq!(catalog["channels"][0]["is_email"], false);
    assert_eq!(catalog["tags"][0], json!({"name": "refund", "count": 1204}));
    // No address of a channel, no role, and no secret.
    for absent in ["hidden@", "role", "test-token", "agent@example.com"] {
        assert!(!text.contains(absent), "{absent}");
    }
}

#[test]
fn the_document_of_a_refresh_is_what_was_read() {
    let (workspace, server) = (Workspace::new(), Server::start(account));
    let output = catalog(
        &workspace,
        &server,
        "refresh --json --tag-years 3 --rate 100/s -q",
    );
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let document = document(&output);
    assert_eq!(document["exit_status"], 0);
    assert_eq!(document["path"], file(&workspace).display().to_string());
    // Uses in all three years.
    assert_eq!(
        document["tags"][0],
        json!({"name": "refund", "count": 3612})
    );
    let spans = server.requests().into_iter().map(|request| request.path);
    assert_eq!(
        spans
            .filter(|path| path.contains("/reports/tags?start_date="))
            .count(),
        3
    );
    let none = catalog(
        &workspace,
        &server,
        "refresh --json --tag-years 0 --rate 100/s -q",
    );
    let none: Value = serde_json::from_str(&none.stdout).expect("a document");
    assert_eq!(
        (&none["tags"], &none["tags_since"]),
        (&json!([]), &Value::Null)
    );
}

#[test]
fn it_is_shown_without_credentials_and_without_a_request() {
    let (workspace, server) = refreshed();
    let before = server.requests().len();
    let show = |words: &[&str]| {
        let run = workspace.command(&[&["catalog", "show"], words].concat());
        run.env("REAMAZE_BASE_URL", server.base_url()).output()
    };
    let text = show(&[]);
    assert_eq!((text.status, text.stderr.as_str()), (0, ""));
    for shown in [
        "5 staff users, 3 channels (2 for email), 3 tags used since",
        "erin@acme.com",
        "1204",
    ] {
        assert!(text.stdout.contains(shown), "{shown}: {}", text.stdout);
    }
    let shown = document(&show(&["--json"]));
    assert_eq!(shown["staff"][4]["email"], "erin@acme.com");
    assert!(shown["age_s"].is_u64());
    assert_eq!(server.requests().len(), before);
    server.finish();
}

#[test]
fn each_account_has_a_catalog_of_its_own() {
    let (workspace, first) = refreshed();
    let second = Server::start(|request| {
        if request.path.contains("/staff") {
            return Answer::json(200, &json!({"staff": [{"email": "zoe@acme.com"}]}));
        }
        account(request)
    });
    let output = catalog(&workspace, &second, "refresh --rate 100/s");
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(files(&workspace).len(), 2);
    let zoe = "slug,assignee\na,zoe@acme.com\n";
    let unknown = dry_run(&workspace, &first, zoe, "--catalog error");
    assert_eq!(unknown.status, 3, "{}", unknown.stdout);
    let known = dry_run(&workspace, &second, zoe, "--catalog error");
    assert_eq!(known.status, 0, "{}", known.stdout);
    // A profile's catalog is that of its account.
    workspace.configure(&format!(
        "[profiles.two]\nbase_url = '{}'\n",
        second.base_url()
    ));
    let shown = workspace
        .command(&["catalog", "show", "--profile", "two"])
        .output();
    assert!(
        shown.stdout.contains("1 staff user"),
        "{} {}",
        shown.stdout,
        shown.stderr
    );
}

#[test]
fn a_failed_refresh_leaves_what_was_there() {
    let workspace = Workspace::new();
    let broken: Arc<Mutex<Option<(&str, Answer)>>> = Arc::default();
    let shared = Arc::clone(&broken);
    let server = Server::start(move |request| match &*shared.lock().expect("a lock") {
        Some((part, answer)) if request.path.contains(part) => answer.clone(),
        _ => account(request),
    });
    assert_eq!(
        catalog(&workspace, &server, "refresh --rate 100/s").status,
        0
    );
    let before = fs::read(file(&workspace)).expect("a file");
    let forbidden = Answer::json(403, &json!({"error": "Forbidden"}));
    let login = Answer::html(200, "<html><title>Log in</title></html>");
    let endless = json!({"staff": [{"email": "a@b.c"}], "page_count": 2_000_000});
    for (part, answer, expected) in [
        (
            "channels",
            login,
            "HTTP 200 with a web page instead of channels",
        ),
        (
            "channels",
            Answer::cut(200, &channels().to_string(), 40),
            "channels, page 1",
        ),
        ("tags", forbidden, "--tag-years 0"),
        (
            "tags",
            Answer::text(503, "busy"),
            "used tags, page 1: HTTP 503",
        ),
        ("staff", Answer::json(404, &json!({})), "no such list"),
        ("staff", Answer::json(200, &endless), "2000000 pages"),
    ] {
        *broken.lock().expect("a lock") = Some((part, answer));
        let output = catalog(
            &workspace,
            &server,
            "refresh --json --retries 0 --rate 100/s",
        );
        assert_eq!(output.status, 6, "{expected}: {}", output.stderr);
        assert!(
            output.stderr.contains(expected),
            "{expected}: {}",
            output.stderr
        );
        // Only where it helps.
        let is_about_reports = output.stderr.contains("--tag-years 0");
        assert_eq!(is_about_reports, expected == "--tag-years 0");
        assert_eq!(document(&output)["exit_status"], 6);
        assert_eq!(fs::read(file(&workspace)).expect("a file"), before);
    }
}

#[test]
fn a_list_that_is_shorter_than_the_server_counts_is_read_again_and_then_refused() {
    let (workspace, _first) = refreshed();
    for always in [false, true] {
        let server = Server::start(move |request| {
            if !request.path.contains("/staff") {
                return account(request);
            }
            let mut staff = staff("page=1");
            staff["page_count"] = json!(1);
            if !always && request.nth > 0 {
                staff["total_count"] = json!(2);
            }
            Answer::json(200, &staff)
        });
        let output = catalog(&workspace, &server, "refresh --rate 100/s");
        let told = "staff users: the server counts 5, but lists 2 (try again later; the catalog is as it was)";
        assert_eq!(output.stderr.contains(told), always, "{}", output.stderr);
        assert_eq!(output.status, if always { 6 } else { 0 });
        let asked = server.requests().into_iter();
        assert_eq!(
            asked
                .filter(|request| request.path.contains("/staff"))
                .count(),
            2
        );
        assert_eq!(files(&workspace).len(), 2);
    }
}

#[test]
fn what_stands_in_the_way_of_a_catalog_is_told_with_what_to_do() {
    let (workspace, server) = refreshed();
    let file = file(&workspace);
    let text = fs::read_to_string(&file).expect("text");
    // Others can write the directory: a refresh closes it to them.
    fs::set_permissions(cache(&workspace), fs::Permissions::from_mode(0o777)).expect("a mode");
    assert_eq!(catalog(&workspace, &server, "show").status, 2);
    assert_eq!(
        catalog(&workspace, &server, "refresh --rate 100/s").status,
        0
    );
    assert_eq!(catalog(&workspace, &server, "show").status, 0);
    let year = text.find("\"fetched_at\": \"").expect("a time") + 15;
    let mut future = text;
    future.replace_range(year..year + 4, "2099");
    fs::write(&file, future).expect("written");
    let shown = catalog(&workspace, &server, "show");
    assert!(
        shown.stdout.contains(", dated in the future (2099-"),
        "{}",
        shown.stdout
    );
    let warned = dry_run(&workspace, &server, ROWS, "--json");
    assert!(
        warned.stderr.contains("is dated in the future: 2099-"),
        "{warned:?}"
    );
    fs::remove_file(&file).expect("removed");
    fs::create_dir(&file).expect("a directory");
    for (words, status) in [("show", 2), ("refresh --rate 100/s", 6)] {
        let told = catalog(&workspace, &server, words);
        assert_eq!(told.status, status, "{}", told.stderr);
        let why = "is a directory, not a regular file (move it away)";
        assert!(told.stderr.contains(why), "{}", told.stderr);
    }
}

#[test]
fn a_limit_of_the_server_and_a_lost_answer_are_waited_for_and_tried_again() {
    let workspace = Workspace::new();
    let server = Server::start(|request| match (request.path.as_str(), request.nth) {
        (path, 0) if path.contains("channels") => {
            Answer::text(429, "Retry later").header("Retry-After", "0")
        }
        (path, 0) if path.contains("/staff") => Answer::cut(200, &staff("page=1").to_string(), 20),
        _ => account(request),
    });
    let output = catalog(&workspace, &server, "refresh --rate 100/s");
    assert_eq!(output.status, 0, "{}", output.stderr);
    let shown = catalog(&workspace, &server, "show");
    assert!(
        shown.stdout.contains("5 staff users, 3 channels"),
        "{}",
        shown.stdout
    );
}

#[test]
fn hostile_names_are_shown_in_a_safe_form_and_the_token_never() {
    let workspace = Workspace::new();
    let server = Server::start(|request| match request.path.as_str() {
        path if path.contains("/staff") => Answer::json(
            200,
            &json!({"staff": [
            {"email": "ann@acme.com", "name": "\u{1b}]0;x\u{7}Ann\nBob \u{202e}x"},
            {"email": "test-token@acme.com", "name": "test-token"},
            {"email": "x".repeat(5000)}, {"email": ["a"]}, null]}),
        ),
        path if path.contains("tags") => Answer::json(
            200,
            &json!({"tags": {"=cmd()\u{1b}[31m": 5, "\u{200b}vip": "many"}}),
        ),
        _ => account(request),
    });
    let output = catalog(&workspace, &server, "refresh --rate 100/s");
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(
        output
            .stderr
            .contains("staff users: 3 entries without a usable name skipped"),
        "{}",
        output.stderr
    );
    for words in ["show", "show --json"] {
        let shown = catalog(&workspace, &server, words);
        assert_eq!(shown.status, 0, "{}", shown.stderr);
        for absent in [
            "\u{1b}",
            "\u{7}",
            "\u{202e}",
            "\u{200b}",
            "test-token",
            "xxxxx",
        ] {
            assert!(
                !shown.stdout.contains(absent),
                "{absent:?}: {}",
                shown.stdout
            );
        }
    }
}

#[test]
fn unknown_names_are_warnings_once_each_with_the_name_that_was_meant() {
    let (workspace, server) = refreshed();
    let output = dry_run(&workspace, &server, ROWS, "");
    assert_eq!(output.status, 0, "{}", output.stderr);
    // Lines are wrapped.
    let page = output
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for warning in [
        "warning: rows.csv:2: assignee: `anna@acme.com` is not a staff user (2 rows; did you mean `ann@acme.com`?)",
        "warning: rows.csv:3: add_tags: `refudn` is not a tag in use (1 row; did you mean `refund`?)",
        "warning: rows.csv:5: assignee: `zoe@acme.com` is not a staff user (1 row)",
        "warning: these and 1 more name are not in the catalog, which is",
    ] {
        assert!(page.contains(warning), "{warning}: {page}");
    }
    assert_eq!(page.matches("anna@acme.com` is not").count(), 1, "{page}");
    let json = document(&dry_run(&workspace, &server, ROWS, "--json"));
    let names = json["unknown_names"].as_array().expect("names");
    assert_eq!(names.len(), 4);
    let first = json!({"field": "assignee", "value": "anna@acme.com", "problem": "is not a staff user",
        "did_you_mean": "ann@acme.com", "rows": 2, "first_line": 2});
    assert_eq!(names[0], first);
    assert_eq!(
        (&names[3]["value"], &names[3]["did_you_mean"]),
        (&json!("Vip"), &json!("vip"))
    );
    // Against the account, they are said before it is read.
    let words = [
        "run",
        "rows.csv",
        "--dry-run",
        "--online",
        "--rate",
        "100/s",
    ];
    let online = workspace.command(&words).against(&server).output();
    assert_eq!(online.status, 0, "{}", online.stderr);
    let expected = "warning: rows.csv:2: assignee: `anna@acme.com` is not a staff user";
    assert!(online.stderr.contains(expected), "{}", online.stderr);
    let off = document(&dry_run(&workspace, &server, ROWS, "--json --catalog off"));
    assert_eq!(
        (&off["unknown_names"], &off["warnings"]),
        (&json!([]), &json!([]))
    );
}

#[test]
fn as_errors_they_make_their_rows_invalid_but_for_tags() {
    let (workspace, server) = refreshed();
    let output = dry_run(&workspace, &server, ROWS, "--catalog error --json");
    assert_eq!(output.status, 3);
    let json = document(&output);
    let violations = json["violations"].as_array().expect("violations");
    let lines: Vec<_> = violations
        .iter()
        .map(|found| found["line"].clone())
        .collect();
    assert_eq!(lines, [2, 4, 5]);
    let message = violations[0]["message"].as_str().expect("a message");
    assert!(
        message.starts_with("`anna@acme.com` is not a staff user (by the catalog, which is "),
        "{message}"
    );
    assert!(
        message.ends_with("old; did you mean `ann@acme.com`?)"),
        "{message}"
    );
    assert_eq!(violations[0]["field"], "assignee");
    assert_eq!(json["unknown_names"].as_array().expect("names").len(), 1);
    // The run agrees with the dry run, and sends the others.
    let words = [
        "run",
        "rows.csv",
        "--catalog",
        "error",
        "--yes",
        "--rate",
        "100/s",
    ];
    let run = workspace.command(&words).against(&server).output();
    assert_eq!(run.status, 3, "{}", run.stderr);
    let run = workspace.command(&[&words[..], &["--skip-invalid"]].concat());
    let run = run.against(&server).output();
    assert_eq!(run.status, 1, "{}", run.stderr);
    let [directory] = workspace.run_dirs().try_into().expect("one run");
    assert_eq!(summary(&directory)["counts"]["invalid"], 3);
    let failed = fs::read_to_string(directory.join("failed.csv")).expect("failed rows");
    assert!(failed.contains("is not a staff user"), "{failed}");
    let recorded = fs::read_to_string(directory.join("run.json")).expect("a record");
    assert!(recorded.contains("\"catalog\": \"error\""), "{recorded}");
    let report = workspace.command(&["report", "latest"]).output();
    assert_eq!(report.status, 0, "{}", report.stderr);
}

#[test]
fn values_for_every_row_are_compared_too_and_so_are_channels_and_brands() {
    let (workspace, server) = refreshed();
    let slugs = "slug\na\nb\n";
    for (options, status, expected) in [
        (
            "--set category=suport",
            3,
            "category: `suport` is not a channel of this brand",
        ),
        (
            "--set category=chat",
            3,
            "category: `chat` is not an email channel",
        ),
        ("--set category=sales", 0, ""),
        (
            "--set category=sales --set brand=https://acme.reamaze.io",
            0,
            "",
        ),
        (
            "--set category=sales --set brand=globex",
            0,
            "brand: `globex` is a brand without a catalog, and channel",
        ),
        // What another brand has is not known.
        ("--set category=returns --set brand=globex", 0, ""),
        (
            "--set assignee=an@acme.com",
            3,
            "did you mean `ann@acme.com`?",
        ),
    ] {
        let output = dry_run(
            &workspace,
            &server,
            slugs,
            &format!("--catalog error {options}"),
        );
        assert_eq!(output.status, status, "{options}: {}", output.stdout);
        assert!(
            output.stdout.contains(expected),
            "{options}: {}",
            output.stdout
        );
    }
    let guards = "slug,expect.assignee,status\na,gone@acme.com,done\n";
    let output = dry_run(&workspace, &server, guards, "--catalog error");
    assert_eq!(output.status, 0);
    assert!(
        output
            .stdout
            .contains("expect.assignee: `gone@acme.com` is not a staff"),
        "{}",
        output.stdout
    );
}

#[test]
fn without_a_catalog_nothing_is_said_unless_it_is_needed() {
    let (workspace, server) = (Workspace::new(), Server::start(account));
    let silent = dry_run(&workspace, &server, ROWS, "");
    assert_eq!((silent.status, silent.stderr.as_str()), (0, ""));
    assert!(!silent.stdout.contains("staff user"), "{}", silent.stdout);
    let needed = dry_run(&workspace, &server, ROWS, "--catalog error");
    assert_eq!(needed.status, 2);
    let expected = "no catalog for http://127.0.0.1:";
    assert!(
        needed.stderr.contains(expected) && needed.stderr.contains("catalog refresh"),
        "{}",
        needed.stderr
    );
    let nowhere = workspace
        .command(&["run", "rows.csv", "--dry-run", "--catalog", "error"])
        .output();
    assert_eq!(nowhere.status, 2);
    assert!(
        nowhere
            .stderr
            .contains("the account is not known (give its --brand)"),
        "{}",
        nowhere.stderr
    );
    let sandbox = workspace
        .command(&["run", "rows.csv", "--sandbox", "--catalog", "error"])
        .output();
    assert_eq!(sandbox.status, 2, "{}", sandbox.stderr);
    let shown = workspace
        .command(&["catalog", "show", "--json", "--brand", "acme"])
        .output();
    assert_eq!(
        (shown.status, &document(&shown)["exit_status"]),
        (2, &json!(2))
    );
    let shown = workspace.command(&["catalog", "show"]).output();
    assert_eq!(shown.status, 2);
    assert!(
        shown
            .stderr
            .contains("missing credentials: brand (--brand or REAMAZE_BRAND)"),
        "{}",
        shown.stderr
    );
}

#[test]
fn the_command_to_refresh_it_is_for_the_same_account() {
    let (workspace, server) = refreshed();
    workspace.configure(&format!(
        "[profiles.eu]\nbase_url = '{}'\n[profiles.us]\nbrand = 'acme-us'\n",
        server.base_url()
    ));
    workspace.write("rows.csv", "slug,assignee\na,zoe@acme.com\n");
    let run = |words: &str| {
        let words: Vec<_> = words.split_whitespace().collect();
        let output = workspace.command(&words).output();
        let said = output.stdout + &output.stderr;
        // Lines are wrapped.
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (words, profile) in [
        ("run rows.csv --dry-run --profile eu", "eu"),
        ("run rows.csv --dry-run --profile eu --catalog error", "eu"),
        ("run rows.csv --dry-run --profile us --catalog error", "us"),
        ("catalog show --profile us", "us"),
    ] {
        let said = run(words);
        let expected = format!("reamaze-bulk catalog refresh --profile {profile})");
        assert!(said.contains(&expected), "{words}: {said}");
    }
}

#[test]
fn a_command_that_cannot_be_understood_has_the_document_of_a_catalog() {
    let workspace = Workspace::new();
    for words in ["show --json --what", "refresh --json --tag-years x"] {
        let words: Vec<_> = words.split_whitespace().collect();
        let output = workspace
            .command(&[&["catalog"], &words[..]].concat())
            .output();
        assert_eq!(output.status, 2, "{}", output.stderr);
        let document = document(&output);
        assert_eq!(document["exit_status"], 2);
        assert!(
            document["error"].is_string() && document.get("age_s").is_some(),
            "{document}"
        );
    }
}

#[test]
fn a_catalog_that_is_old_is_named_so() {
    let (workspace, server) = refreshed();
    let file = file(&workspace);
    let mut catalog: Value =
        serde_json::from_slice(&fs::read(&file).expect("a file")).expect("JSON");
    let mut with_age = |hours: i64| {
        let then = Timestamp::now() - jiff::SignedDuration::from_hours(hours);
        catalog["fetched_at"] = json!(then.to_string());
        fs::write(&file, catalog.to_string()).expect("written");
        dry_run(&workspace, &server, ROWS, "")
    };
    assert_eq!(with_age(24 * 6).stderr, "");
    let old = with_age(24 * 8 + 3);
    assert_eq!(old.status, 0);
    let expected = "is 8d 3h old (to refresh it: reamaze-bulk catalog refresh)";
    assert_eq!(old.stderr.matches(expected).count(), 1, "{}", old.stderr);
    // A clock that was put back.
    let future = with_age(-48).stderr;
    assert!(future.contains("is dated in the future: "), "{future}");
}

#[test]
fn a_file_that_cannot_be_trusted_or_read_is_no_catalog() {
    let (workspace, server) = refreshed();
    let file = file(&workspace);
    let whole = fs::read_to_string(&file).expect("text");
    let newer = whole.replace("\"format_version\": 1", "\"format_version\": 7");
    for (text, file_mode, expected) in [
        (&whole[..100], 0o600, "is damaged"),
        (newer.as_str(), 0o600, "newer reamaze-bulk"),
        (whole.as_str(), 0o666, "can be written by others"),
    ] {
        fs::write(&file, text).expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(file_mode)).expect("a mode");
        let output = dry_run(&workspace, &server, ROWS, "");
        assert_eq!(output.status, 0, "{}", output.stderr);
        assert_eq!(
            output.stderr.matches(expected).count(),
            1,
            "{}",
            output.stderr
        );
        assert!(!output.stdout.contains("staff user"), "{}", output.stdout);
        let needed = dry_run(&workspace, &server, ROWS, "--catalog error");
        assert_eq!(needed.status, 2);
        assert!(needed.stderr.contains(expected), "{}", needed.stderr);
        assert_eq!(
            dry_run(&workspace, &server, ROWS, "--catalog off").stderr,
            ""
        );
    }
    // A refresh replaces it.
    assert_eq!(
        catalog(&workspace, &server, "refresh --rate 100/s").status,
        0
    );
    assert_eq!(mode(&file), 0o600);
    assert_eq!(
        dry_run(&workspace, &server, ROWS, "--catalog error").status,
        3
    );
}

#[test]
fn a_profile_says_how_names_are_taken_and_a_resume_takes_it_over() {
    let (workspace, server) = refreshed();
    workspace.configure(&format!(
        "base_url = '{}'\ncatalog = 'error'\n",
        server.base_url()
    ));
    workspace.write("rows.csv", ROWS);
    let profile = workspace
        .command(&["run", "rows.csv", "--dry-run"])
        .output();
    assert_eq!(profile.status, 3, "{}", profile.stdout);
    let typed = workspace
        .command(&["run", "rows.csv", "--dry-run", "--catalog", "warn"])
        .output();
    assert_eq!(typed.status, 0, "{}", typed.stdout);
    workspace.configure("catalog = 'loud'\n");
    let wrong = workspace
        .command(&["run", "rows.csv", "--dry-run"])
        .output();
    assert_eq!(wrong.status, 2);
    assert!(
        wrong.stderr.contains("expected warn, error or off"),
        "{}",
        wrong.stderr
    );
    workspace.configure("");
    // Rows that were left are compared again, and become invalid; those before are final.
    let rows = "slug,assignee\na,ann@acme.com\nb,bob@acme.com\nc,carol@acme.com\n";
    workspace.write("rows.csv", rows);
    let words = [
        "run",
        "rows.csv",
        "--catalog",
        "error",
        "--yes",
        "--limit",
        "1",
        "--rate",
        "100/s",
    ];
    let first = workspace.command(&words).against(&server).output();
    assert_eq!(first.status, 4, "{}", first.stderr);
    let file = file(&workspace);
    let without_bob = fs::read_to_string(&file)
        .expect("text")
        .replace("bob@", "rob@");
    fs::write(&file, without_bob).expect("written");
    let resume = ["run", "--resume", "latest", "--yes"];
    let resumed = workspace.command(&resume).against(&server).output();
    assert_eq!(resumed.status, 1, "{}", resumed.stderr);
    let [directory] = workspace.run_dirs().try_into().expect("one run");
    let counts = summary(&directory)["counts"].clone();
    assert_eq!(
        (&counts["updated"], &counts["invalid"]),
        (&json!(2), &json!(1))
    );
}

#[test]
fn the_simulated_account_has_a_catalog_too() {
    let workspace = Workspace::new();
    let (child, address) = served(&workspace, "-q");
    let against = |words: &str| {
        let words: Vec<_> = words.split_whitespace().collect();
        let run = workspace.command(&words);
        run.env("REAMAZE_BASE_URL", format!("http://{address}/api/v1"))
            .env("REAMAZE_EMAIL", "me@example.com")
            .env("REAMAZE_API_TOKEN", "s3cret")
            .output()
    };
    let refreshed = against("catalog refresh --json -q --tag-years 2 --rate 100/s");
    assert_eq!(refreshed.status, 0, "{}", refreshed.stderr);
    let names = document(&refreshed);
    for list in ["staff", "channels", "tags"] {
        assert!(
            !names[list].as_array().expect("a list").is_empty(),
            "{list}"
        );
    }
    let staff = names["staff"][0]["email"].as_str().expect("an email");
    let rows = format!("slug,assignee,category\na,{staff},support\nb,x{staff},chat\n");
    workspace.write("rows.csv", rows);
    let checked = against("run rows.csv --dry-run --catalog error");
    assert_eq!(checked.status, 3, "{}", checked.stderr);
    for expected in [
        &format!("did you mean `{staff}`?"),
        "`chat` is not an email channel",
        "1 of 2 rows is invalid",
    ] {
        let said = checked.stdout.clone() + &checked.stderr;
        assert!(said.contains(expected), "{expected}: {said}");
    }
    drop(child);
}
