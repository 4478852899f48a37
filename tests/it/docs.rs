//! README and docs are true: their options and tables are the program's, their commands work, their links lead
//! somewhere.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use reamaze_bulk::exit;
use serde_json::{Value, json};

use crate::read_first::{adding_vip, puts};
use crate::support::account::Account;
use crate::support::answer::Answer;
use crate::support::command::{Output, Workspace};
use crate::support::request::Request;
use crate::support::sandbox::served;
use crate::support::sent::{command, numbered};
use crate::support::server::Server;
use crate::support::workbook::{Xlsx, header};

/// A newcomer reads it to the end.
const MAX_README_LINES: usize = 200;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect(name)
}

/// The README and all other pages, by their paths from the root.
fn pages() -> Vec<String> {
    let docs = fs::read_dir(root().join("docs")).expect("docs");
    let docs = docs.map(|entry| entry.expect("a page").file_name());
    let docs = docs.map(|name| format!("docs/{}", name.to_str().expect("UTF-8")));
    let docs = docs.filter(|name| Path::new(name).extension().is_some_and(|kind| kind == "md"));
    let others = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
    ];
    docs.chain(others.map(str::to_owned)).collect()
}

/// The lines of all code blocks of a page in that language.
fn code(page_name: &str, language: &str) -> Vec<String> {
    blocks(page_name, language).concat()
}

/// The code blocks of a page in that language, each as its lines.
fn blocks(page_name: &str, language: &str) -> Vec<Vec<String>> {
    let page = page(page_name);
    let mut blocks: Vec<Vec<String>> = Vec::new();
    let mut is_wanted = false;
    let mut is_code = false;
    for line in page.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("```") {
            is_code = !is_code;
            is_wanted = is_code && name == language;
            if is_wanted {
                blocks.push(Vec::new());
            }
        } else if let Some(lines) = blocks.last_mut().filter(|_| is_wanted) {
            lines.push(line.to_owned());
        }
    }
    blocks
}

/// A directory like a fresh clone, as far as commands need it.
fn clone() -> Workspace {
    let workspace = Workspace::new();
    fs::create_dir(workspace.path().join("samples")).expect("a directory");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for sample in fs::read_dir(samples).expect("samples") {
        let sample = sample.expect("a sample");
        let to = workspace.path().join("samples").join(sample.file_name());
        if sample.path().is_file() {
            fs::copy(sample.path(), to).expect("a copy");
        }
    }
    workspace.write("changes.csv", code("README.md", "csv").join("\n"));
    // An address without its host is right for every account.
    let tickets = [
        ["Ticket URL", "Subject", "Agent"],
        ["/admin/conversations/late-parcel", "Late parcel", "Ana"],
        ["/admin/conversations/gift-wrapping-question", "Gift", ""],
    ];
    let tickets: String = tickets.iter().map(|cells| header(cells)).collect();
    workspace.write("tickets.xlsx", Xlsx::new(&tickets).bytes());
    workspace
}

/// Runs one line as a shell would, without where its output goes. There is no terminal to say yes on.
fn run(line: &str, workspace: &Workspace, server: &Server) -> Output {
    let line = line.split(" | ").next().unwrap_or_default();
    let line = line.split(" > ").next().unwrap_or_default();
    let home = workspace.path().parent().expect("a root").join("home");
    let line = line.replace('~', &home.display().to_string());
    let words = shlex::split(&line).expect("words");
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    let asks = ["run", "undo"].contains(&words[0])
        && !["--dry-run", "--sandbox", "--yes"]
            .iter()
            .any(|option| words.contains(option));
    if asks {
        words.extend(["--yes", "--rate", "500/s"]);
    }
    fs::write(home.join(".reamaze-token"), "token-of-the-readme\n").expect("a token file");
    workspace.configure(&code("docs/profiles.md", "toml").join("\n"));
    // The scripted server has no lists.
    let is_listing = ["select", "check"].contains(&words[0]);
    let lists = is_listing.then(|| served(workspace, "--quiet"));
    let address = lists
        .as_ref()
        .map(|(_, address)| format!("http://{address}/api/v1"));
    if let Some(address) = &address {
        words.extend(["--base-url", address]);
    }
    if words[0] == "select" {
        words.extend(["--rate", "500/s"]);
    }
    workspace.command(&words).against(server).output()
}

#[test]
fn the_readme_is_short() {
    assert!(page("README.md").lines().count() <= MAX_README_LINES);
}

/// Options as help shows them: `-y, --yes`, `--rate <N/s|N/m>`.
fn signatures(lines: &str, start: &str, end: char) -> BTreeSet<String> {
    let lines = lines
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix(start));
    let options = lines.filter(|line| line.starts_with('-'));
    let options = options.map(|line| match line.split_once("  ") {
        Some((option, _)) if end == ' ' => option,
        _ => line.split(end).next().unwrap_or_default(),
    });
    options.map(|option| option.trim().to_owned()).collect()
}

#[test]
fn the_options_page_has_each_option_of_the_help() {
    let page = page("docs/options.md");
    let (_, page) = page.split_once("\n## run\n").expect("options of run");
    let (run, rest) = page
        .split_once("\n## sandbox\n")
        .expect("options of sandbox");
    let (sandbox, _) = rest.split_once("\n## ").expect("more");
    for (command, section) in [("run", run), ("sandbox", sandbox)] {
        let help = Workspace::new().command(&[command, "-h"]).output().stdout;
        assert_eq!(signatures(section, "- `", '`'), signatures(&help, "", ' '));
    }
    // A selection shares the groups of a run.
    let help = Workspace::new().command(&["select", "-h"]).output().stdout;
    let (_, select) = rest.split_once("\n## select\n").expect("options of select");
    let (select, _) = select.split_once("\n## ").expect("more");
    for option in signatures(&help, "", ' ') {
        let is_shared = signatures(run, "- `", '`').contains(&option);
        assert!(
            is_shared || select.contains(&format!("`{option}`")),
            "{option}"
        );
    }
    // An undo takes most options of a run.
    let help = Workspace::new().command(&["undo", "-h"]).output().stdout;
    let (_, undo) = rest.split_once("\n## undo\n").expect("options of undo");
    let known = signatures(&(run.to_owned() + undo), "- `", '`');
    let undo = signatures(&help, "", ' ');
    assert!(undo.is_subset(&known), "{:?}", undo.difference(&known));
}

/// What `run` prints for that option.
fn help(option: &str) -> String {
    Workspace::new().command(&["run", option]).output().stdout
}

#[test]
fn the_short_help_is_grouped_and_has_one_line_for_each_option() {
    let help = help("-h");
    let (_, groups) = help.split_once("\nOptions:\n").expect("options");
    for line in groups.lines() {
        let is_option = line.trim_start().starts_with('-');
        let is_heading = line.ends_with(':') && !line.starts_with(' ');
        assert!(is_option || is_heading || line.is_empty(), "{line:?}");
    }
    for heading in ["Input", "Safety", "Pace", "Account", "Results", "Output"] {
        assert!(groups.contains(&format!("\n{heading}:\n")), "{heading}");
    }
}

#[test]
fn the_examples_of_the_help_work() {
    let slugs = numbered("slug-", 30);
    let account = Account::new(slugs.iter().map(|slug| (slug.as_str(), json!({}))));
    let server = account.serve();
    let workspace = Workspace::new();
    workspace.write("rows.csv", adding_vip(&slugs));
    for (command, statuses, updates) in [
        ("run", &[0, 0, 4, 0, 0][..], 30),
        ("undo", &[0, 0, 0], 30 + 30),
        ("report", &[0, 2], 30 + 30),
    ] {
        let help = workspace.command(&[command, "--help"]).output().stdout;
        let (_, examples) = help.split_once("\nExamples:\n").expect("examples");
        let found = examples.lines().map(|line| {
            let (command, _) = line.split_once("   ").expect("a command and what it does");
            let command = command.trim().trim_start_matches("reamaze-bulk ");
            run(command, &workspace, &server).status
        });
        assert_eq!(found.collect::<Vec<_>>(), statuses);
        assert_eq!(puts(&server).len(), updates);
    }
}

#[test]
fn the_exit_table_is_the_programs() {
    let readme = page("README.md");
    let help = help("--help");
    for (status, meaning) in exit::TABLE {
        let row = format!("| {status} | {meaning} |\n");
        assert!(readme.contains(&row), "{row}");
        assert!(help.contains(status), "{status} is missing in --help");
    }
}

#[test]
fn the_first_command_runs_the_main_job_and_the_second_all_tests() {
    let commands = code("README.md", "sh");
    assert_eq!(
        commands[0],
        "cargo run --release -- run samples/retag.csv --sandbox"
    );
    assert_eq!(commands[1], "cargo test");
    assert!(page(".ci/run").contains(&commands[1]));
}

#[test]
fn the_commands_of_the_readme_work_in_their_order() {
    let account = Account::new([
        ("late-parcel", json!({"tag_list": ["new"]})),
        ("gift-wrapping-question", json!({"tag_list": ["Inbox"]})),
    ]);
    let server = account.serve();
    let workspace = clone();
    let mut statuses = Vec::new();
    for line in code("README.md", "sh") {
        let Some(words) = line
            .strip_prefix("cargo run --release -- ")
            .or_else(|| line.strip_prefix("reamaze-bulk "))
        else {
            continue;
        };
        let output = run(words, &workspace, &server);
        statuses.push((line, output.status));
    }
    // All end well, apart from the limit of one row.
    let found: Vec<i32> = statuses.iter().map(|(_, status)| *status).collect();
    assert_eq!(found, [0, 0, 0, 0, 0, 4, 0, 0], "{statuses:#?}");
    let updated = puts(&server)
        .into_iter()
        .map(|changes| changes["tag_list"].clone());
    let mut updated: Vec<_> = updated.collect();
    let tags = [json!(["returns", "vip"]), json!([])];
    let undone = [json!(["Inbox"]), json!(["new"])];
    // Both are put back at once.
    updated[2..].sort_by_key(Value::to_string);
    assert_eq!(updated, [tags, undone].concat());
}

/// Lists with nothing in them, and for conversations what was asked for.
fn lists_or_echo(request: &Request) -> Answer {
    let lists = ["/conversations?", "/staff?", "/channels?", "/reports/tags?"];
    if lists.iter().any(|list| request.path.contains(list)) {
        return Answer::json(
            200,
            &json!({"conversations": [], "staff": [], "channels": [], "tags": {}}),
        );
    }
    Answer::echo(request)
}

#[test]
fn the_commands_of_the_docs_work() {
    let server = Server::start(lists_or_echo);
    let workspace = clone();
    let mut ran = 0;
    for page in pages().iter().filter(|page| page.starts_with("docs/")) {
        for line in code(page, "sh") {
            let Some(words) = line.strip_prefix("reamaze-bulk ") else {
                continue;
            };
            let output = run(words, &workspace, &server);
            assert_eq!(output.status, 0, "{page}: {line}\n{}", output.stderr);
            if line.contains("json") {
                serde_json::from_str::<Value>(&output.stdout).expect("one document");
            }
            ran += 1;
        }
    }
    assert!(ran >= 3, "only {ran} commands were found");
}

/// Text without its numbers, so that two runs of the same kind read alike.
fn without_numbers(text: &str) -> String {
    let mut words = String::new();
    for character in text.chars() {
        match character {
            '0'..='9' if words.ends_with('#') => {}
            '0'..='9' => words.push('#'),
            _ => words.push(character),
        }
    }
    let words = words.replace("#.#", "#").replace("#.#", "#");
    words.replace("#m #s", "#s")
}

/// What the transcript says of the step in a spreadsheet, which [`edited`] does.
const EDIT: &str = "\
# In a spreadsheet: a new column `status` with done in every row, and a new column
# `add_tags` with refund in the first 10 rows and exchange in the others.
";

/// The rows of a selection, as [`EDIT`] says.
fn edited(rows: &str) -> String {
    let rows = rows.lines().enumerate().map(|(at, row)| {
        let cells = match at {
            0 => ",status,add_tags\n",
            1..=10 => ",done,refund\n",
            _ => ",done,exchange\n",
        };
        [row, cells].concat()
    });
    rows.collect()
}

/// The rows of a selection without when they were read, which is the last cell.
fn without_read_at(rows: &str) -> BTreeSet<&str> {
    let cells = rows.lines().filter_map(|row| row.rsplit_once(','));
    cells.map(|(row, _)| row).collect()
}

#[test]
fn the_transcript_shows_what_the_program_prints() {
    let transcript = page("README.md");
    let (_, transcript) = transcript.split_once("```text\n$ ").expect("a transcript");
    let (transcript, _) = transcript.split_once("\n```").expect("its end");
    assert!(transcript.contains(EDIT), "{transcript}");
    let transcript = transcript.replace(EDIT, "");
    let workspace = clone();
    let (_server, address) = served(&workspace, "--quiet");
    let printed = |line: &str, asks: bool| {
        let mut words: Vec<&str> = line.split(' ').skip(1).collect();
        // As fast as can be, in the unit of the transcript.
        if words[0] != "report" {
            words.extend(["--rate", "30000/m"]);
        }
        let run = workspace.command(&words);
        let run = run.env("REAMAZE_BASE_URL", format!("http://{address}/api/v1"));
        let run = run.env("REAMAZE_EMAIL", "you@example.com");
        let run = run.env("REAMAZE_API_TOKEN", "token").env("NO_COLOR", "1");
        let (status, text) = if asks {
            run.on_terminal("y\n")
        } else {
            // A terminal would not show what goes to standard output here.
            let output = run.output();
            (output.status, output.stderr + &output.stdout)
        };
        assert_eq!(status, 0, "{line}: {text}");
        text
    };
    let mut commands = Vec::new();
    let mut selected = String::new();
    for part in transcript.split("\n$ ") {
        let (command, shown) = part.split_once('\n').expect("a command and its output");
        let text = printed(command, shown.contains("[y/N]"));
        let plain = without_numbers(&text);
        for line in shown.lines().filter(|line| *line != "...") {
            let line = without_numbers(line.trim_end_matches(" y"));
            assert!(plain.contains(&line), "{line}\n\n{text}");
        }
        if command.contains(" select ") {
            selected = workspace.read("returns.csv");
            workspace.write("returns.csv", edited(&selected));
        }
        commands.push(command.split(' ').nth(1).unwrap_or_default());
    }
    assert_eq!(commands, ["select", "run", "run", "report", "undo"]);
    // The account is as it was.
    let select = "reamaze-bulk select --tag returns --status open -o again.csv";
    printed(select, false);
    let again = workspace.read("again.csv");
    assert!(selected.lines().count() > 10 + 1, "{selected}");
    assert_eq!(without_read_at(&again), without_read_at(&selected));
}

#[test]
fn the_configuration_of_the_readme_is_all_that_an_account_needs() {
    let workspace = clone();
    workspace.configure(&code("README.md", "toml").join("\n"));
    workspace.write("../home/.reamaze-token", "token-of-the-readme\n");
    let preview = command(&workspace, "run changes.csv --dry-run").output();
    let account = "you@example.com at https://acme.reamaze.io/api/v1";
    assert!(preview.stdout.contains(account), "{}", preview.stdout);
    let (_server, address) = served(&workspace, "--quiet");
    let line = format!("check --base-url http://{address}/api/v1");
    let check = command(&workspace, &line).output();
    assert_eq!(check.status, 0, "{}", check.stderr);
}

/// What a heading is called in links to it.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let text = text.replace(' ', "-");
    text.chars()
        .filter(|character| character.is_alphanumeric() || "-_".contains(*character))
        .collect()
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut found = 0;
    for name in pages() {
        let folder = root().join(&name);
        let folder = folder.parent().expect("a folder");
        for link in page(&name).split("](").skip(1) {
            let link = link.split(')').next().unwrap_or_default();
            if link.contains("://") {
                continue;
            }
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() {
                root().join(&name)
            } else {
                folder.join(path)
            };
            assert!(target.exists(), "{name}: {link}");
            let anchors = || fs::read_to_string(&target).expect(link);
            let is_heading = |line: &str| line.starts_with('#') && anchor(line) == heading;
            assert!(
                heading.is_empty() || anchors().lines().any(is_heading),
                "{name}: {link}"
            );
            found += 1;
        }
    }
    assert!(found > 20, "only {found} links were found");
}

#[test]
fn the_input_examples_are_valid() {
    let page = "docs/input.md";
    for (files, name) in [
        (vec![code("README.md", "csv")], "rows.csv"),
        (blocks(page, "csv"), "rows.csv"),
        (blocks(page, "json"), "rows.jsonl"),
    ] {
        for rows in files {
            let workspace = Workspace::new();
            workspace.write(name, rows.join("\n"));
            let output = workspace.command(&["run", name, "--dry-run"]).output();
            assert_eq!(output.status, 0, "{}", output.stderr);
        }
    }
}

#[test]
fn the_profiles_are_valid_and_say_where_to_send() {
    let workspace = clone();
    workspace.configure(&code("docs/profiles.md", "toml").join("\n"));
    for (profile, brand) in [("eu", "acme-eu"), ("us", "acme-us")] {
        let arguments = ["run", "changes.csv", "--dry-run", "--profile", profile];
        let output = workspace.command(&arguments).output();
        assert_eq!(output.status, 0, "{}", output.stderr);
        assert!(output.stdout.contains(brand), "{}", output.stdout);
    }
}

#[test]
fn the_sample_of_invalid_rows_breaks_every_rule_and_nothing_is_sent() {
    let workspace = clone();
    let arguments = ["run", "samples/invalid.csv", "--dry-run", "--json"];
    let output = workspace.command(&arguments).output();
    assert_eq!(output.status, 3);
    let document: Value = serde_json::from_str(&output.stdout).expect("one document");
    assert_eq!(document["valid"], 0);
    assert_eq!(document["requests"], 0);
}

#[test]
fn the_sample_of_edited_tags_finds_some_rows_already_right_and_updates_the_others() {
    let workspace = clone();
    let arguments = ["run", "samples/retag.csv", "--sandbox", "--json"];
    let output = workspace.command(&arguments).output();
    assert_eq!(output.status, 0, "{}", output.stderr);
    let summary: Value = serde_json::from_str(&output.stdout).expect("one document");
    assert_eq!(summary["rows"], 40);
    assert_eq!(summary["counts"]["unchanged"], 6);
    assert_eq!(summary["counts"]["updated"], 34);
}

#[test]
fn the_sample_of_mixed_rows_shows_what_comes_back() {
    let workspace = clone();
    let arguments = ["run", "samples/mixed.jsonl", "--sandbox", "--json"];
    let output = workspace.command(&arguments).output();
    assert_eq!(output.status, 1);
    let summary: Value = serde_json::from_str(&output.stdout).expect("one document");
    assert_eq!(summary["counts"]["updated"], 7);
    assert_eq!(summary["counts"]["rejected"], 2);
    assert_eq!(summary["counts"]["not_found"], 1);
    assert_eq!(summary["counts"]["conflict"], 1);
}
