//! Runs to report on: one that is throttled, one with texts that nobody likes to show, one that is resumed, and large
//! ones made by hand.

use std::fmt::Write as _;
use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::account::Account;
use crate::support::answer::Answer;
use crate::support::command::Workspace;
use crate::support::request::Request;
use crate::support::resumed::HEADER;
use crate::support::sent::{Sent, command, numbered, send_file, tree};
use crate::support::server::Server;

/// A token that is to be found nowhere.
pub(crate) const TOKEN: &str = "tok-0123456789abcdef";

/// Texts that break what shows them carelessly.
pub(crate) const HOSTILE: [&str; 24] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "</td></tr></table><h1>Not a heading</h1>",
    "</style><style>*{display:none}</style>",
    "<!-- a comment that does not end",
    "]]><![CDATA[",
    "<a href=\"javascript:alert(1)\">click</a>",
    "<iframe src=\"https://example.com\"></iframe><base href=\"https://example.com/\">",
    "<meta http-equiv=refresh content=0;url=https://example.com>",
    "&lt;b&gt; &amp;amp; &#x3c;script&#x3e; &nbsp;",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= 7 * 7 %>",
    "\u{202e}drowkcab si siht\u{202c} and \u{2066}isolated",
    "שלום עולם (מימין לשמאל)",
    "مرحبا بالعالم 123",
    "nul\u{0} bell\u{7} escape\u{1b}[31mred\u{1b}[0m c1\u{9b}2J",
    "zero\u{200b}width\u{200d}joiner\u{feff}mark\u{ad}hyphen",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪 ☎️ 𝕿𝖍𝖊",
    "田中さんにあげて下さい 찦차를 타고 온 펲시맨",
    "a\nline\r\nbreak\u{2028}separator\u{85}and\ttab",
    "=HYPERLINK(\"https://example.com\",\"click\")",
    "NULL undefined NaN -1/0 ../../etc/passwd %00 %s%n \\u{202e} \\\"",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsfeierabendzeitungsausträgermützenknopflochrand_0123456789_0123456789_0123456789_0123456789_0123456789",
];

/// A run of `out`.
pub(crate) struct Reported {
    pub(crate) workspace: Workspace,
    pub(crate) run_dir: PathBuf,
}

impl Reported {
    /// The report of it, in a new file.
    pub(crate) fn report(&self, options: &str) -> PathBuf {
        let line = format!("report out -o new.html {options}");
        let output = command(&self.workspace, &line).output();
        assert_eq!(
            (output.status, &*output.stdout),
            (0, "new.html\n"),
            "{output:#?}"
        );
        self.workspace.path().join("new.html")
    }
}

impl From<Sent> for Reported {
    fn from(sent: Sent) -> Self {
        Self {
            workspace: sent.workspace,
            run_dir: sent.run_dir,
        }
    }
}

/// Rows that edit tags, with subjects.
fn edits(slugs: &[String]) -> String {
    let mut rows = "slug,status,add_tags,remove_tags,_subject\n".to_owned();
    for (number, slug) in slugs.iter().enumerate() {
        let _ = writeln!(rows, "{slug},done,vip,new,Where is my parcel no. {number}?");
    }
    rows
}

/// A server with such conversations, which answers 429 to the request with that number.
fn account(slugs: &[String], throttled: usize) -> Server {
    let statuses = [0, 1, 4].into_iter().cycle();
    let conversations = slugs.iter().zip(statuses);
    let account = Account::new(conversations.map(|(slug, status)| {
        let own = json!({ "status": status, "tag_list": ["new", "parcel"] });
        (slug.as_str(), own)
    }));
    let requests = std::sync::atomic::AtomicUsize::new(0);
    Server::start(move |request| {
        let number = requests.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        if number == throttled {
            return Answer::text(429, "").header("Retry-After", "1");
        }
        match (request.slug.as_str(), &*request.method) {
            (slug, "PUT") if slug.ends_with('7') => {
                Answer::json(422, &json!({"errors": ["the channel is restricted"]}))
            }
            (slug, _) if slug.ends_with('9') => Answer::text(404, ""),
            _ => account.answer(request),
        }
    })
}

/// The files of a run, as often as they are needed.
struct Original(Vec<(String, Vec<u8>)>);

impl Original {
    fn of(run: &Reported) -> Self {
        let files = tree(&run.run_dir).into_iter().map(|path| {
            let name = path.strip_prefix(run.workspace.path()).expect("below it");
            let bytes = fs::read(&path).expect("a file of the run");
            (name.to_string_lossy().into_owned(), bytes)
        });
        Self(files.collect())
    }

    fn copied(&self) -> Reported {
        let workspace = Workspace::new();
        for (name, bytes) in &self.0 {
            workspace.write(name, bytes);
        }
        let run_dir = workspace.path().join("out");
        fs::set_permissions(&run_dir, Permissions::from_mode(0o700)).expect("a directory");
        Reported { workspace, run_dir }
    }
}

/// A run of four seconds that was throttled in the middle. It is made once.
pub(crate) fn throttled() -> Reported {
    static RUN: OnceLock<Original> = OnceLock::new();
    RUN.get_or_init(|| Original::of(&throttle())).copied()
}

fn throttle() -> Reported {
    let slugs = numbered("late-parcel-", 40);
    let server = account(&slugs, 40);
    let sent = send_file(
        &server,
        "rows.csv",
        edits(&slugs),
        "--rate 25/s --fixed-rate",
    );
    sent.expect_status(1);
    sent.into()
}

/// A run of two passes.
pub(crate) fn resumed() -> Reported {
    let slugs = numbered("late-parcel-", 30);
    let server = account(&slugs, usize::MAX);
    let sent = send_file(&server, "rows.csv", edits(&slugs), "--rate 20/s --limit 15");
    sent.expect_status(4);
    let (sent, _) = sent.resume(&server, "--rate 20/s");
    sent.expect_status(1);
    sent.into()
}

/// Rows of which every slug, tag, custom field and subject is hostile, and a server whose conversations are so too; it
/// refuses requests of that method to some of them.
fn hostile_rows(refused: &'static str) -> (String, Server) {
    let mut rows = String::new();
    let mut conversations: Vec<(String, Value)> = Vec::new();
    for (number, text) in (0..).zip(HOSTILE) {
        // Most are no slugs, and so their rows are invalid.
        let row =
            json!({ "slug": format!("{number}-{text}"), "add_tags": [text], "_subject": text });
        let _ = writeln!(rows, "{row}");
        for slug in [format!("{number}-updated"), format!("{number}-refused")] {
            let row = json!({
                "slug": slug, "tag_list": ["vip"], "data": { "note": text }, "_subject": text,
            });
            let _ = writeln!(rows, "{row}");
            let own = json!({
                "tag_list": ["new", text], "data": { "note": format!("old {text}") }, "subject": text,
            });
            conversations.push((slug, own));
        }
    }
    let account = Account::new((conversations.iter()).map(|(slug, own)| (&**slug, own.clone())));
    let server =
        Server::start(move |request| refuse_some(request, refused, || account.answer(request)));
    (rows, server)
}

/// A preview of such rows, and its report.
pub(crate) fn hostile_preview() -> (Workspace, PathBuf) {
    let (rows, server) = hostile_rows("GET");
    let workspace = Workspace::new();
    workspace.write("rows.jsonl", rows);
    let line = "run rows.jsonl --dry-run --online --rate 5000/s --skip-invalid --allow-damaged \
                --report new.html --with-subjects";
    let output = command(&workspace, line).against(&server).output();
    assert_eq!(output.status, 3, "{output:#?}");
    let report = workspace.path().join("new.html");
    (workspace, report)
}

/// A run of such rows.
pub(crate) fn hostile() -> Reported {
    let (rows, server) = hostile_rows("PUT");
    let options =
        "--read-first --skip-invalid --max-failures none --max-differs none --allow-damaged";
    let sent = send_file(&server, "rows.jsonl", rows, options);
    sent.expect_status(1);
    let outcomes = sent.outcomes().join("\n");
    for outcome in ["updated", "rejected", "invalid"] {
        assert!(outcomes.contains(outcome), "{outcomes}");
    }
    sent.into()
}

/// Refuses requests of a method to some conversations, with hostile words.
fn refuse_some(request: &Request, method: &str, otherwise: impl FnOnce() -> Answer) -> Answer {
    let parts = request.slug.split_once('-');
    match parts.and_then(|(number, what)| Some((number.parse::<usize>().ok()?, what))) {
        Some((number, "refused")) if request.method == method => {
            let text = HOSTILE[number];
            Answer::json(422, &json!({ "errors": { text: [text] } }))
        }
        _ => otherwise(),
    }
}

/// A run in the sandbox, made into one of so many rows, of which `record` makes the lines of results.csv from
/// `outcome` on.
pub(crate) fn fabricated(rows: u64, record: fn(u64) -> String) -> Reported {
    let workspace = Workspace::new();
    workspace.write("rows.csv", "slug,status,add_tags\nknock-knock,done,vip\n");
    let output = command(&workspace, "run rows.csv --sandbox --out out").output();
    assert_eq!(output.status, 0, "{output:#?}");
    let (mut input, mut results) = ("slug,status,add_tags\n".to_owned(), HEADER.to_owned());
    for line in 2..rows + 2 {
        let _ = writeln!(input, "late-parcel-{line},done,\"vip,no-{line}\"");
        let _ = writeln!(results, "{line},late-parcel-{line},{}", record(line));
    }
    let run_dir = workspace.path().join("out");
    let run_file = run_dir.join("run.json");
    let mut run: Value =
        serde_json::from_slice(&fs::read(&run_file).expect("run.json")).expect("an object");
    run["input"]["sha256"] = json!(hex(&Sha256::digest(&input)));
    let files = [
        ("input.csv", input),
        ("results.csv", results),
        ("run.json", run.to_string()),
    ];
    for (name, text) in files {
        fs::write(run_dir.join(name), text).expect("a file of the run");
    }
    for name in ["summary.json", "before.jsonl"] {
        fs::remove_file(run_dir.join(name)).expect("a file of the run");
    }
    Reported { workspace, run_dir }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A row that failed for a long reason of its own, in quotes that become longer as HTML.
pub(crate) fn hostile_failure(line: u64) -> String {
    let text = HOSTILE[usize::try_from(line).unwrap_or_default() % 10].replace('"', "\"\"");
    format!(
        "failed,400,\"HTTP 400: {line} {}\",1,12,2026-01-01T00:00:00.000Z",
        text.repeat(9)
    )
}

/// A row that was updated.
pub(crate) fn success(_line: u64) -> String {
    "updated,200,,1,12,2026-01-01T00:00:00.000Z".to_owned()
}

/// A row that the run did not come to.
pub(crate) fn not_sent(_line: u64) -> String {
    "not_sent,,,0,,".to_owned()
}
