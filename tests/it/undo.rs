//! `undo`: what a run changed goes back, what others changed since stays, and what cannot be put back is
//! said before anything is sent.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use serde_json::{Value, json};

use super::support::account::Account;
use super::support::answer::Answer;
use super::support::command::{Output, Signal, Workspace, ledger, summary};
use super::support::resumed::HEADER;
use super::support::sent::{Sent, command, done, eventually, send_file, start, to_out};
use super::support::server::Server;

/// A run that has ended, and the account that it changed.
struct Changed {
    account: Arc<Account>,
    server: Server,
    sent: Sent,
}

impl Changed {
    /// Runs `rows`, the lines of a JSONL file, on these conversations.
    fn new<'a>(
        conversations: impl IntoIterator<Item = (&'a str, Value)>,
        rows: &[Value],
        options: &str,
    ) -> Self {
        let account = Account::new(conversations);
        let server = account.serve();
        let lines: Vec<_> = rows.iter().map(Value::to_string).collect();
        let sent = send_file(&server, "rows.jsonl", lines.join("\n"), options);
        Self {
            account,
            server,
            sent,
        }
    }

    /// Undoes a run of that directory, into `DIRECTORY-undone`.
    fn undo_of(&self, directory: &str, options: &str) -> Output {
        let line =
            format!("undo {directory} --yes --rate 500/s --out {directory}-undone {options}");
        command(&self.sent.workspace, &line)
            .against(&self.server)
            .output()
    }

    fn undo(&self, options: &str) -> Output {
        self.undo_of("out", options)
    }

    /// The outcomes of a run, as `SLUG OUTCOME`.
    fn outcomes(&self, directory: &str) -> Vec<String> {
        let lines = ledger(&self.sent.workspace.path().join(directory));
        let lines = lines.iter();
        lines
            .map(|line| format!("{} {}", line.slug, line.outcome))
            .collect()
    }

    fn puts(&self) -> usize {
        let requests = self.server.requests();
        requests
            .iter()
            .filter(|request| request.method == "PUT")
            .count()
    }
}

/// A conversation with its tags in one order: that is not restored.
fn shown(account: &Account, slug: &str) -> Value {
    let mut shown = account.show(slug);
    if let Some(tags) = shown["tag_list"].as_array_mut() {
        tags.sort_by_key(Value::to_string);
    }
    shown
}

fn preview(workspace: &Workspace, line: &str) -> Output {
    let output = command(workspace, line).output();
    assert_eq!(output.status, 0, "{output:#?}");
    output
}

fn json_of(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).expect("a document")
}

/// Conversations with a bit of everything that a run can change.
fn conversations() -> [(&'static str, Value); 3] {
    [
        (
            "a",
            json!({
                "tag_list": ["VIP", "new"], "status": 0, "assignee": {"email": "ann@example.com"},
                "data": {"plan": "trial", "n": 7, "#": "#N/A", "flag": true, "nothing": null},
            }),
        ),
        (
            "b",
            json!({"tag_list": ["b"], "status": 5, "hold_until": "2099-01-01T00:00:00Z"}),
        ),
        ("c", json!({"tag_list": [], "status": 2})),
    ]
}

fn rows() -> [Value; 3] {
    [
        json!({
            "slug": "a", "add_tags": ["refund"], "remove_tags": ["vip"], "status": "done",
            "assignee": "ben@example.com", "category": "sales",
            "data": {"plan": "pro", "n": "8", "#": "x", "flag": false, "nothing": 1},
        }),
        json!({"slug": "b", "tag_list": ["x", "y"], "status": 1}),
        json!({"slug": "c", "status": "on hold", "hold_until": "2099-02-01T00:00:00Z"}),
    ]
}

#[test]
fn run_then_undo_restores_what_nobody_else_touched() {
    let changed = Changed::new(conversations(), &rows(), "--read-first");
    changed.sent.expect_status(0);
    let before = Account::new(conversations());
    for slug in ["a", "b", "c"] {
        assert_ne!(shown(&changed.account, slug), shown(&before, slug));
    }
    let output = changed.undo("");
    assert_eq!(output.status, 0, "{output:#?}");
    assert_eq!(
        changed.outcomes("out-undone"),
        ["a updated", "b updated", "c updated"]
    );
    for slug in ["a", "b", "c"] {
        assert_eq!(shown(&changed.account, slug), shown(&before, slug));
    }
    // Once more, there is nothing to do.
    let line = "undo out --yes --rate 500/s --out again";
    let puts = changed.puts();
    let output = command(&changed.sent.workspace, line)
        .against(&changed.server)
        .output();
    assert_eq!(output.status, 1, "{output:#?}");
    assert_eq!(changed.puts(), puts);
}

#[test]
fn an_undo_can_be_undone() {
    let changed = Changed::new(conversations(), &rows(), "--read-first");
    let after: Vec<_> = ["a", "b", "c"]
        .map(|slug| shown(&changed.account, slug))
        .into();
    assert_eq!(changed.undo("").status, 0);
    let output = changed.undo_of("out-undone", "");
    assert_eq!(output.status, 0, "{output:#?}");
    assert!(
        output
            .stderr
            .contains("out-undone is itself an undo: undoing it reapplies the original changes"),
        "{output:#?}"
    );
    let again: Vec<_> = ["a", "b", "c"]
        .map(|slug| shown(&changed.account, slug))
        .into();
    assert_eq!(again, after);
}

#[test]
fn a_second_undo_of_the_latest_run_does_not_make_the_changes_again() {
    let server = Account::new([("a", json!({"status": 0}))]);
    let (account, server) = (Arc::clone(&server), server.serve());
    let workspace = Workspace::new();
    workspace.write("rows.jsonl", json!({"slug": "a", "status": 2}).to_string());
    let run = |line: &str| command(&workspace, line).against(&server).output();
    assert_eq!(run("run rows.jsonl --read-first --yes").status, 0);
    assert_eq!(run("undo latest -y -q").status, 0);
    assert_eq!(account.show("a")["status"], 0);
    let refused = run("undo latest -y -q");
    assert_eq!(refused.status, 2, "{refused:#?}");
    let words = "undo latest: the newest run is itself an undo; to undo it, give its directory: reamaze-bulk undo reamaze-runs/undo-";
    assert!(refused.stderr.contains(words), "{refused:#?}");
    assert_eq!(account.show("a")["status"], 0);
    // Whoever is asked, or only looks, sees what it is.
    let question = command(&workspace, "undo latest").against(&server);
    let (_, screen) = question.on_terminal("n\n");
    assert!(
        screen.contains("Reapply the original changes to 1 conversation at "),
        "{screen}"
    );
    for line in ["undo latest --dry-run --yes", "undo latest --print --yes"] {
        assert_eq!(run(line).status, 0, "{line}");
    }
    // Its directory says just which run is meant.
    let words = refused.stderr.trim().rsplit(' ').next();
    let line = format!("undo {} -y", words.expect("a directory"));
    assert_eq!(run(&line).status, 0);
    assert_eq!(account.show("a")["status"], 2);
}

#[test]
fn the_end_of_a_run_names_the_rows_that_its_undo_leaves_out() {
    let conversations = [("a", json!({"tag_list": []})), ("b", json!({"status": 0}))];
    let rows = [
        json!({"slug": "a", "add_tags": ["x"]}),
        json!({"slug": "b", "status": 2}),
    ];
    let changed = Changed::new(conversations, &rows, "-v");
    let words = "to undo this run (all but 1 row, which was not read first):\n  reamaze-bulk undo ";
    let stderr = &changed.sent.output.stderr;
    assert!(stderr.contains(words), "{stderr}");
}

#[test]
fn what_others_changed_since_stays() {
    let tags = || json!({"tag_list": ["vip", "new"], "status": 0});
    let conversations = [("a", tags()), ("b", tags()), ("c", tags())];
    let row =
        |slug| json!({"slug": slug, "add_tags": ["refund"], "remove_tags": ["new"], "status": 2});
    let only_tags = json!({"slug": "c", "add_tags": ["refund"], "remove_tags": ["new"]});
    let changed = Changed::new(conversations, &[row("a"), row("b"), only_tags], "");
    changed.sent.expect_status(0);
    changed
        .account
        .change("a", json!({"tag_list": ["refund", "vip", "theirs"]}));
    changed.account.change("b", json!({"status": 1}));
    changed
        .account
        .change("c", json!({"tag_list": ["theirs"], "status": 4}));
    let output = changed.undo("");
    assert_eq!(output.status, 1, "{output:#?}");
    assert_eq!(
        changed.outcomes("out-undone"),
        ["a updated", "b conflict", "c updated"]
    );
    assert_eq!(
        shown(&changed.account, "a")["tag_list"],
        json!(["new", "theirs", "vip"])
    );
    assert_eq!(
        shown(&changed.account, "b")["tag_list"],
        json!(["refund", "vip"])
    );
    assert_eq!(
        shown(&changed.account, "c")["tag_list"],
        json!(["new", "theirs"])
    );
    let failed = changed.sent.workspace.read("out-undone/failed.jsonl");
    assert!(
        failed.contains("expected 2 (Done/Resolved)") || failed.contains("expected 2"),
        "{failed}"
    );
}

#[test]
fn what_cannot_be_put_back_is_said_before_anything_is_sent() {
    let conversations = [
        ("a", json!({"assignee": null, "tag_list": ["x"]})),
        ("b", json!({"data": {"nested": {"x": 1}, "kept": "k"}})),
        ("c", json!({"status": 7})),
        ("d", json!({"tag_list": ["fine"]})),
    ];
    let rows = [
        json!({"slug": "a", "add_tags": ["new"], "assignee": "ben@example.com"}),
        json!({"slug": "b", "data": {"nested": 1, "made": 2, "kept": "other"}}),
        json!({"slug": "c", "status": 2}),
        json!({"slug": "d", "add_tags": ["new"]}),
    ];
    let changed = Changed::new(conversations, &rows, "--read-first");
    changed.sent.expect_status(0);
    let puts = changed.puts();
    let workspace = &changed.sent.workspace;
    let page = preview(workspace, "undo out --dry-run").stdout;
    for words in [
        "undo of out: 3 rows, all valid\n",
        "3 conversations cannot be fully restored (1 of them not at all):\n",
        "  assignee: was unassigned: 1\n",
        "  data.made: custom field that did not exist: 1\n",
        "  a (line 1 of the run): assignee: was unassigned\n",
        "  b (line 2 of the run): data.made: custom field that did not exist; data.neste…\n",
        "  c (line 3 of the run): status: had a status from 6 to 9\n",
        "not undone: side effects of the changes (workflows, emails, statistics)\n",
        "\n3 conversations will not be fully restored\n",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let document = json_of(&preview(workspace, "undo out --dry-run --json"));
    let left_out = &document["cannot_put_back"];
    assert_eq!(left_out["rows"], 3, "{left_out:#}");
    assert_eq!(
        left_out["fields"].as_array().map(Vec::len),
        Some(4),
        "{left_out:#}"
    );
    assert_eq!(
        left_out["fields"][0],
        json!({"line": 1, "slug": "a", "field": "assignee", "reason": "was unassigned", "detail": null})
    );
    let asked = command(workspace, "undo out --out asked --rate 500/s").against(&changed.server);
    let (status, shown) = asked.on_terminal("n\n");
    assert_eq!(status, 2, "{shown}");
    let listed = shown.find("c (line 3 of the run): status: had a status from 6 to 9");
    let warning = shown.find("3 conversations will not be fully restored");
    let question = shown.find("Undo the changes on 3 conversations at ");
    assert!(listed.is_some() && listed < warning, "{shown}");
    assert!(warning < question, "{shown}");
    assert_eq!(changed.puts(), puts);
    let output = changed.undo("--json");
    assert_eq!(output.status, 0, "{output:#?}");
    assert!(
        output
            .stderr
            .contains("c (line 3 of the run): status: had a status"),
        "{output:#?}"
    );
    // A script that has not looked first is told afterwards, and so is one that looks later.
    let undone = workspace.path().join("out-undone");
    for summary in [json_of(&output), summary(&undone)] {
        assert_eq!(summary["cannot_put_back"]["rows"], 3, "{summary:#}");
    }
    assert_eq!(changed.account.show("a")["tag_list"], json!(["x"]));
    assert_eq!(changed.account.show("b")["data"]["kept"], "k");
    assert_eq!(changed.account.show("c")["status"], 2);
    assert_eq!(changed.account.show("d")["tag_list"], json!(["fine"]));
}

#[test]
fn values_that_an_input_may_not_have_are_left_out_and_not_sent() {
    let conversations = [
        (
            "a",
            json!({
                "assignee": {"email": "not an address"}, "status": 0, "tag_list": ["x;y", "z"],
            }),
        ),
        ("b", json!({"tag_list": ["one, two", "three"]})),
        ("c", json!({"data": {" odd ": "1", "f": "=\"007\""}})),
    ];
    let rows = [
        json!({"slug": "a", "assignee": "ben@example.com", "status": 2, "tag_list": []}),
        json!({"slug": "b", "tag_list": ["x"]}),
        json!({"slug": "c", "data": {"f": "8"}}),
    ];
    let changed = Changed::new(conversations, &rows, "--read-first");
    let document = json_of(&preview(
        &changed.sent.workspace,
        "undo out --dry-run --json",
    ));
    let fields = document["cannot_put_back"]["fields"]
        .as_array()
        .expect("a list");
    let fields: Vec<_> = fields.iter().map(|field| &field["field"]).collect();
    assert_eq!(fields, ["assignee", "tag_list", "data.f"], "{document:#}");
    assert_eq!(document["rows"], 2, "{document:#}");
    assert_eq!(document["invalid"], 0, "{document:#}");
    let rows = preview(&changed.sent.workspace, "undo out --print").stdout;
    let tags = r#"{"slug":"b","add_tags":["three"],"remove_tags":["x"]}"#;
    assert!(rows.contains(tags), "{rows}");
    assert!(rows.contains(r#""add_tags":["x;y","z"]"#), "{rows}");
}

#[test]
fn printed_rows_are_an_input_that_does_the_same() {
    let changed = Changed::new(conversations(), &rows(), "--read-first");
    let workspace = &changed.sent.workspace;
    let output = preview(workspace, "undo out --print");
    let lines: Vec<Value> = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a row"))
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        lines[2],
        json!({
            "slug": "c", "status": 2, "expect.status": 5,
            "expect.hold_until": "2099-02-01T00:00:00Z",
        })
    );
    let advice = "reamaze-bulk run FILE --read-first --allow-damaged";
    assert!(output.stderr.contains(advice), "{output:#?}");
    workspace.write("undo.jsonl", &output.stdout);
    let line = "run undo.jsonl --read-first --allow-damaged --yes --rate 500/s --out again";
    let output = command(workspace, line).against(&changed.server).output();
    assert_eq!(output.status, 0, "{output:#?}");
    let before = Account::new(conversations());
    for slug in ["a", "b", "c"] {
        assert_eq!(shown(&changed.account, slug), shown(&before, slug));
    }
}

#[test]
fn an_undo_is_a_run_of_its_own() {
    let changed = Changed::new(conversations(), &rows(), "--read-first");
    let workspace = &changed.sent.workspace;
    let line = "undo out --yes --rate 500/s --limit 1 --json";
    let output = command(workspace, line).against(&changed.server).output();
    assert_eq!(output.status, 4, "{output:#?}");
    let directory = workspace.run_dirs().pop().expect("a run directory");
    let name = directory.file_name().expect("a name").to_string_lossy();
    assert!(name.starts_with("undo-out-"), "{name}");
    let run: Value =
        serde_json::from_str(&fs::read_to_string(directory.join("run.json")).expect("a file"))
            .expect("JSON");
    let of = fs::canonicalize(&changed.sent.run_dir).expect("a path");
    let undo_of = run["input"]["undo_of"].as_str().expect("a path");
    assert_eq!(fs::canonicalize(undo_of).expect("a path"), of);
    assert_eq!(run["options"]["read_first"], true);
    assert_eq!(run["options"]["allow_damaged"], true);

    // The newest run is one that may be continued or undone.
    let output = command(workspace, "undo latest --yes")
        .against(&changed.server)
        .output();
    assert_eq!(output.status, 2, "{output:#?}");
    for words in [
        "run --resume reamaze-runs/undo-out-",
        "undo reamaze-runs/undo-out-",
    ] {
        assert!(output.stderr.contains(words), "{output:#?}");
    }
    let line = "run --resume latest --yes";
    let output = command(workspace, line).against(&changed.server).output();
    assert_eq!(output.status, 0, "{output:#?}");
    let before = Account::new(conversations());
    for slug in ["a", "b", "c"] {
        assert_eq!(shown(&changed.account, slug), shown(&before, slug));
    }
    // Now it is finished, and is undone.
    let output = preview(workspace, "undo latest --dry-run");
    assert!(output.stdout.contains("is itself an undo"), "{output:#?}");
}

/// A server that erases the custom fields that an update does not name, and then waits before it answers.
fn erasing(account: &Arc<Account>, wait: impl Fn() + Send + Sync + 'static) -> Server {
    let account = Arc::clone(account);
    Server::start(move |request| {
        let erases = request.method == "PUT" && request.body["conversation"].get("data").is_some();
        if erases {
            account.change(&request.slug, json!({"data": {}}));
        }
        let answer = account.answer(request);
        if erases {
            wait();
        }
        answer
    })
}

#[test]
fn custom_fields_that_the_server_erased_are_put_back_whatever_ended_the_run() {
    let data = json!({"plan": "trial", "n": 7});
    let account = Account::new([("a", json!({ "data": data })), ("b", json!({}))]);
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let server = erasing(&account, move || {
        // The end of the other side is what is waited for.
        let _ = held.lock().expect("one waits at a time").recv();
    });
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,data.plan\na,pro\nb,pro\n");
    let child = to_out(&workspace, "rows.csv", "--read-first --workers 1")
        .against(&server)
        .spawn();
    server.wait_for_requests(2);
    child.signal(Signal::INT);
    child.wait_for_stderr("waiting for 1 request in flight");
    drop(release);
    let output = child.wait();
    assert_eq!(output.status, 130, "{output:#?}");
    assert_eq!(account.show("a")["data"], json!({"plan": "pro"}));
    // Nor does it need what a kill would not have left.
    fs::remove_file(workspace.path().join("out/summary.json")).expect("a summary");
    let output = command(&workspace, "undo out --yes --rate 500/s --out undone")
        .against(&server)
        .output();
    assert_eq!(output.status, 0, "{output:#?}");
    assert_eq!(account.show("a")["data"], data);
}

#[test]
fn custom_fields_that_the_server_erased_are_put_back() {
    let data = || json!({"data": {"plan": "trial", "n": 7, "deep": {"x": 1}}});
    let account = Account::new([("a", data()), ("b", data())]);
    let server = erasing(&account, || ());
    let sent = send_file(
        &server,
        "rows.csv",
        "slug,data.plan\na,pro\nb,pro\n",
        "--read-first --workers 1",
    );
    sent.expect_status(6);
    assert_eq!(account.show("a")["data"], json!({"plan": "pro"}));
    let changed = Changed {
        account,
        server,
        sent,
    };
    let output = changed.undo("");
    assert_eq!(output.status, 0, "{output:#?}");
    assert!(
        output
            .stderr
            .contains("data.deep: custom field with an object"),
        "{output:#?}"
    );
    assert_eq!(
        changed.account.show("a")["data"],
        json!({"plan": "trial", "n": 7})
    );
    assert_eq!(changed.account.show("b")["data"], data()["data"]);
    let run = changed.sent.workspace.read("out-undone/run.json");
    let run: Value = serde_json::from_str(&run).expect("JSON");
    assert_eq!(run["options"]["data_whole"], true);
}

#[test]
fn a_run_that_sent_all_custom_fields_is_undone_in_the_same_way() {
    let data = json!({"plan": "trial", "n": 7});
    let account = Account::new([("a", json!({ "data": data }))]);
    let shared = Arc::clone(&account);
    let server = Server::start(move |request| {
        if request.method == "PUT" {
            shared.change(&request.slug, json!({"data": {}}));
        }
        shared.answer(request)
    });
    let sent = send_file(
        &server,
        "rows.csv",
        "slug,data.plan\na,pro\n",
        "--data-whole",
    );
    sent.expect_status(0);
    let changed = Changed {
        account,
        server,
        sent,
    };
    let page = preview(&changed.sent.workspace, "undo out --dry-run").stdout;
    assert!(
        page.contains("sends all custom fields of 1 conversation (--data-whole)"),
        "{page}"
    );
    let output = changed.undo("");
    assert_eq!(output.status, 0, "{output:#?}");
    assert_eq!(changed.account.show("a")["data"], data);
}

/// A server of `account` whose answers to updates do not come before `is_killed`, though it makes the
/// changes.
fn silent_until(account: &Arc<Account>, is_killed: &Arc<AtomicBool>) -> Server {
    let (account, is_killed) = (Arc::clone(account), Arc::clone(is_killed));
    Server::start(move |request| {
        let answer = account.answer(request);
        if request.method == "PUT" && !is_killed.load(Ordering::Relaxed) {
            return Answer::hang();
        }
        answer
    })
}

/// Starts a command, and kills it as soon as the status of `a` is that.
fn killed_at(workspace: &Workspace, server: &Server, line: &str, account: &Account, status: u8) {
    let child = command(workspace, line).against(server).spawn();
    eventually("the change has arrived", || {
        account.show("a")["status"] == status
    });
    child.signal(Signal::KILL);
    child.wait();
}

#[test]
fn a_row_that_was_in_flight_when_the_run_was_killed_is_undone() {
    let account = Account::new([("a", json!({"tag_list": ["x"], "status": 1}))]);
    let is_killed = Arc::new(AtomicBool::new(false));
    let server = silent_until(&account, &is_killed);
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,add_tags,status\na,vip,2\n");
    let line = "run rows.csv --yes --rate 500/s --out out";
    killed_at(&workspace, &server, line, &account, 2);
    let ledger_before = workspace.read("out/results.csv");
    assert_eq!(ledger_before.lines().count(), 1, "{ledger_before}");
    // So is one of the undo, when that is killed too and continued.
    let line = "undo out --yes --rate 500/s --out undone";
    killed_at(&workspace, &server, line, &account, 1);
    is_killed.store(true, Ordering::Relaxed);
    let line = "run --resume undone --yes";
    let output = command(&workspace, line).against(&server).output();
    assert_eq!(output.status, 0, "{output:#?}");
    assert_eq!(account.show("a")["tag_list"], json!(["x"]));
    assert_eq!(account.show("a")["status"], 1);
    // The run that was undone stays as it was.
    assert_eq!(workspace.read("out/results.csv"), ledger_before);
}

#[test]
fn a_change_that_never_arrived_is_not_undone() {
    let conversations = [
        ("a", json!({"tag_list": ["x"]})),
        ("b", json!({"status": 1})),
    ];
    let rows = [
        json!({"slug": "a", "add_tags": ["vip"]}),
        json!({"slug": "b", "status": 2}),
    ];
    let changed = Changed::new(conversations.clone(), &rows, "--read-first");
    // As if it had been killed between the images and the updates.
    changed.sent.crash(HEADER);
    for (slug, own) in conversations {
        changed.account.change(slug, own);
    }
    let puts = changed.puts();
    let output = changed.undo("");
    assert_eq!(output.status, 1, "{output:#?}");
    assert_eq!(
        changed.outcomes("out-undone"),
        ["a unchanged", "b conflict"]
    );
    assert_eq!(changed.puts(), puts);
}

#[test]
fn an_undo_is_bound_to_the_account_of_its_run() {
    let changed = Changed::new(conversations(), &rows(), "--read-first");
    let other = Server::start(Answer::echo);
    let (status, words) = refused(&changed.sent.workspace, &other, "undo out --yes");
    assert_eq!(status, 2, "{words}");
    assert!(
        words.contains("can only be continued or undone on its own account"),
        "{words}"
    );
    assert!(other.requests().is_empty());
}

/// The exit status of `undo out`, and what it says.
fn refused(workspace: &Workspace, server: &Server, line: &str) -> (i32, String) {
    let output = command(workspace, line).against(server).output();
    (output.status, output.stderr)
}

#[test]
fn runs_that_cannot_be_undone_are_refused_with_the_reason() {
    let server = Server::start(Answer::echo);
    let plain = send_file(&server, "rows.csv", done(&["a"]), "");
    plain.expect_status(0);
    let (status, words) = refused(&plain.workspace, &server, "undo out --yes");
    assert_eq!(status, 2, "{words}");
    assert!(
        words.contains("out: cannot undo: its conversations were changed without being read first"),
        "{words}"
    );
    assert!(words.contains("--read-first"), "{words}");

    let workspace = Workspace::new();
    workspace.write("rows.csv", done(&["a"]));
    assert_eq!(
        command(&workspace, "run rows.csv --sandbox --out out")
            .output()
            .status,
        0
    );
    for (line, expected) in [
        ("undo out --yes", "cannot undo: it ran in the sandbox"),
        ("undo none --yes", "none: cannot undo: no such directory"),
        ("undo latest --yes", "undo latest: no such directory"),
        (
            "undo rows.csv --yes",
            "cannot undo: it is a file, not a run directory",
        ),
        ("undo", "RUN_DIR"),
    ] {
        let (status, words) = refused(&workspace, &server, line);
        assert_eq!(status, 2, "{line}: {words}");
        assert!(words.contains(expected), "{line}: {words}");
    }
    let sandbox = command(&workspace, "run rows.csv --sandbox").output();
    assert_eq!(sandbox.status, 0, "{sandbox:#?}");
    let (status, words) = refused(&workspace, &server, "undo latest --yes");
    assert_eq!(status, 2, "{words}");
    assert!(
        words.contains("reamaze-runs: all runs there are sandbox runs, which cannot be undone"),
        "{words}"
    );
}

#[test]
fn a_run_that_is_still_open_is_not_undone() {
    let server = Server::start(|_| Answer::hang());
    let started = start(&server, &["a"], "--read-first");
    eventually("the run has begun", || {
        started.run_dir().join("run.json").exists()
    });
    let (status, words) = refused(
        &started.workspace,
        &server,
        "undo out --yes --allow-overlap",
    );
    assert_eq!(status, 5, "{words}");
    let (status, _) = refused(&started.workspace, &server, "undo out --print");
    assert_eq!(status, 5);
    started.end_by(Signal::KILL);
}

#[test]
fn nothing_to_put_back_is_said_and_is_a_success() {
    const NOTHING: &str = "undo of out: nothing to restore\n";
    const LIST: &str = "\
1 conversation cannot be restored at all:
  assignee: was unassigned: 1
  b (line 2 of the run): assignee: was unassigned
";
    let conversations = [
        ("a", json!({"tag_list": ["vip"]})),
        ("b", json!({"assignee": null})),
    ];
    let rows = [
        json!({"slug": "a", "add_tags": ["vip"]}),
        json!({"slug": "b", "assignee": "ben@example.com"}),
    ];
    for (rows, list) in [(&rows[..], LIST), (&rows[..1], "")] {
        let changed = Changed::new(conversations.clone(), rows, "--read-first");
        changed.sent.expect_status(0);
        let requests = changed.server.requests().len();
        let workspace = &changed.sent.workspace;
        let output = changed.undo("");
        assert_eq!(output.status, 0, "{output:#?}");
        assert_eq!(output.stderr, format!("{NOTHING}{list}"));
        assert_eq!(changed.undo("--quiet").stderr, list);
        let output = preview(workspace, "undo out --dry-run");
        assert_eq!(output.stdout, format!("{NOTHING}{list}"));
        let output = preview(workspace, "undo out --print");
        assert_eq!(output.stdout, "");
        assert_eq!(output.stderr, format!("{NOTHING}{list}"));
        let document = json_of(&preview(workspace, "undo out --dry-run --json"));
        assert_eq!(document["rows"], 0, "{document:#}");
        assert_eq!(changed.server.requests().len(), requests);
        assert!(!workspace.path().join("out-undone").exists());
    }
}

#[test]
fn what_cannot_be_put_back_is_a_warning_of_its_own_in_the_log() {
    let conversations = [("a", json!({"assignee": null, "status": 0}))];
    let row = json!({"slug": "a", "assignee": "ben@example.com", "status": 2});
    let changed = Changed::new(conversations, &[row], "--read-first");
    let workspace = &changed.sent.workspace;
    let list = "\
1 conversation cannot be fully restored:
  assignee: was unassigned: 1
  a (line 1 of the run): assignee: was unassigned
";
    let quiet = preview(workspace, "undo out --print --quiet");
    assert_eq!(quiet.stderr, list);
    let output = preview(workspace, "undo out --print --log-format json");
    let events = output.stderr.lines();
    let events: Vec<Value> = events
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    let found = events.iter().map(|event| {
        let message = event["message"].as_str().unwrap_or_default();
        assert!(!message.contains('\n'), "{event}");
        (event["event"].as_str(), event["level"].as_str())
    });
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            (Some("cannot_put_back"), Some("warning")),
            (Some("note"), Some("info")),
            (Some("note"), Some("info")),
        ]
    );
    assert_eq!(events[0]["rows"], 1);
    assert_eq!(events[0]["whole_rows"], 0);
    // Whoever asked for quiet learns of it too.
    let output = changed.undo("--quiet");
    assert_eq!(output.status, 0, "{output:#?}");
    let words = "1 conversation cannot be fully restored";
    assert!(output.stderr.contains(words), "{output:#?}");
}

#[test]
fn the_question_of_an_undo_of_an_undo_says_so() {
    let conversations = [("a", json!({"status": 0}))];
    let rows = [json!({"slug": "a", "status": 2})];
    let changed = Changed::new(conversations, &rows, "--read-first");
    let ask = |run: &str| {
        let line = format!("undo {run} --out asked");
        let asked = command(&changed.sent.workspace, &line).against(&changed.server);
        let (status, screen) = asked.on_terminal("n\n");
        assert_eq!(status, 2, "{screen}");
        screen
    };
    let told = "is itself an undo: undoing it reapplies the original changes";
    let screen = ask("out");
    assert!(
        screen.contains("Undo the changes on 1 conversation at ") && !screen.contains(told),
        "{screen}"
    );
    assert_eq!(changed.undo("").status, 0);
    let screen = ask("out-undone");
    let question = "Reapply the original changes to 1 conversation at ";
    assert!(
        screen.contains(question) && screen.contains(told),
        "{screen}"
    );
}

#[test]
fn rows_that_were_not_read_first_are_named() {
    let changed = Changed::new(
        [("a", json!({})), ("b", json!({}))],
        &[
            json!({"slug": "a", "add_tags": ["vip"]}),
            json!({"slug": "b", "status": 2}),
        ],
        "",
    );
    changed.sent.expect_status(0);
    let page = preview(&changed.sent.workspace, "undo out --dry-run").stdout;
    assert!(
        page.contains("b (line 2 of the run): changed without being read first"),
        "{page}"
    );
    assert!(page.contains("undo of out: 1 row, valid"), "{page}");
    fs::remove_file(changed.sent.run_dir.join("before.jsonl")).expect("images");
    let (status, words) = refused(
        &changed.sent.workspace,
        &changed.server,
        "undo out --dry-run",
    );
    assert_eq!(status, 2, "{words}");
    assert!(words.contains("or before.jsonl was removed"), "{words}");
}

#[test]
fn an_image_of_another_conversation_than_the_ledger_has_is_an_error() {
    let changed = Changed::new(conversations(), &rows(), "--read-first");
    let path = changed.sent.run_dir.join("before.jsonl");
    let images = fs::read_to_string(&path).expect("images");
    fs::write(&path, images.replace("\"slug\":\"b\"", "\"slug\":\"z\"")).expect("room");
    let output = changed.undo("");
    assert_eq!(output.status, 6, "{output:#?}");
    assert!(output.stderr.contains("before.jsonl:"), "{output:#?}");
    assert!(
        output
            .stderr
            .contains("slug: `z`, and results.csv has another"),
        "{output:#?}"
    );
}

#[test]
fn the_document_of_an_undo_counts_its_rows() {
    let changed = Changed::new(conversations(), &rows(), "--read-first");
    let output = changed.undo("--json");
    let document = json_of(&output);
    assert_eq!(document["counts"]["updated"], 3, "{document:#}");
    let directory = changed.sent.workspace.path().join("out-undone");
    assert_eq!(summary(&directory)["rows"], 3);
}
