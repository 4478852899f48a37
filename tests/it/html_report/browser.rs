//! Reports in a real browser: nothing runs, nothing is fetched, all text can be read, on a telephone as on a desk, in
//! light, dark and print.
//!
//! Where there is no Chromium or Chrome, these tests print why and pass; `.ci/run` installs one. The check of
//! accessibility needs axe-core besides: `npm ci --prefix tests/browser`.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use serde_json::{Value, json};

use super::devtools::{Browser, installed};
use super::runs;

/// What looks for text that cannot be read.
const LAYOUT: &str = include_str!("../../browser/layout.js");

/// Where npm puts what looks for whatever keeps people from using a page.
const AXE: &str = "tests/browser/node_modules/axe-core/axe.min.js";

/// Rules that a page has to keep.
const RULES: [&str; 6] = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
];

/// How a page is shown: the width of the window, and medium and colors. A sheet of A4 has 700 pixels between its margins.
const VIEWS: [(u32, &str, &str); 6] = [
    (400, "screen", "light"),
    (400, "screen", "dark"),
    (1400, "screen", "light"),
    (1400, "screen", "dark"),
    (700, "print", "light"),
    (700, "print", "dark"),
];

/// One browser at a time: they are large.
static BROWSER: Mutex<()> = Mutex::new(());

/// A browser for a test; none where none is installed.
fn browser() -> Option<(Browser, MutexGuard<'static, ()>)> {
    let Some(path) = installed() else {
        skipped("no Chromium or Chrome is installed (or set CHROME_PATH)");
        return None;
    };
    let turn = BROWSER.lock().unwrap_or_else(PoisonError::into_inner);
    Some((Browser::start(&path), turn))
}

/// Says so even where the harness keeps what tests print to itself.
fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: reports in a browser: {why}");
}

fn axe() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(AXE);
    let script = fs::read_to_string(path);
    if script.is_err() {
        skipped("the check of accessibility (npm ci --prefix tests/browser)");
    }
    script.ok()
}

fn address(page: &Path) -> String {
    format!("file://{}", page.display())
}

/// Opens a page; what it did beside showing itself.
fn deeds(browser: &mut Browser, address: &str) -> Vec<String> {
    browser.open(address);
    let deed = |event: &Value| {
        let (method, parameters) = (event["method"].as_str()?, &event["params"]);
        let what = match method {
            "Network.requestWillBeSent" => parameters["request"]["url"].as_str()?,
            "Debugger.scriptParsed" => "a script",
            "Log.entryAdded" => parameters["entry"]["text"].as_str()?,
            "Audits.issueAdded" => parameters["issue"]["code"].as_str()?,
            "Page.javascriptDialogOpening"
            | "Runtime.consoleAPICalled"
            | "Runtime.exceptionThrown" => "",
            _ => return None,
        };
        (what != address).then(|| format!("{method} {what}"))
    };
    browser.events.iter().filter_map(deed).collect()
}

/// What cannot be read on the page that is shown.
fn unreadable(browser: &mut Browser) -> Vec<String> {
    let found = browser.evaluate(LAYOUT);
    assert!(found["texts"].as_u64() > Some(10), "{found}");
    strings(&found["problems"])
}

/// What keeps people from using the page that is shown.
fn barriers(browser: &mut Browser, axe: &str) -> Vec<String> {
    browser.evaluate(&format!("{axe};0"));
    let options = json!({ "runOnly": RULES, "resultTypes": ["violations"] });
    let found = browser.evaluate(&format!(
        "axe.run(document, {options}).then((found) => found.violations.map(
            (rule) => rule.id + ': ' + rule.nodes.slice(0, 3).map((node) => node.html + ' ' + node.failureSummary).join('; ')
        ))"
    ));
    strings(&found)
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|text| text.as_str().expect("text").to_owned())
        .collect()
}

/// Opens a report, and fails the test unless all is well with it in every view.
fn expect_good(browser: &mut Browser, name: &str, page: &Path, axe: Option<&str>) {
    assert_eq!(deeds(browser, &address(page)), [""; 0], "{name}");
    for (width, medium, scheme) in VIEWS {
        browser.show(width, medium, scheme);
        browser.picture(&format!("{name}-{width}-{medium}-{scheme}"));
        let view = format!("{name}, {width} pixels, {medium}, {scheme}");
        assert_eq!(unreadable(browser), [""; 0], "{view}");
        let is_dark = browser.evaluate(
            "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every((part) => part < 60)",
        );
        assert_eq!(is_dark, medium == "screen" && scheme == "dark", "{view}");
        if let Some(axe) = axe {
            assert_eq!(barriers(browser, axe), [""; 0], "{view}");
        }
    }
    let pages = browser.call("Page.printToPDF", &json!({ "pageRanges": "1" }));
    assert!(pages["data"].as_str().is_some_and(|pdf| pdf.len() > 1000));
}

#[test]
fn a_report_can_be_read_by_all_and_does_nothing() {
    let Some((mut browser, _turn)) = browser() else {
        return;
    };
    let axe = axe();
    for (name, run) in [
        ("throttled", runs::throttled()),
        ("hostile", runs::hostile()),
        ("resumed", runs::resumed()),
    ] {
        expect_good(
            &mut browser,
            name,
            &run.report("--with-subjects"),
            axe.as_deref(),
        );
    }
    let (_workspace, page) = runs::hostile_preview();
    let html = fs::read_to_string(&page).expect("a report");
    assert!(html.contains("<bdi>&lt;script&gt;alert(1)"), "subjects");
    expect_good(&mut browser, "preview", &page, axe.as_deref());
}

#[test]
fn a_report_of_a_hundred_thousand_rows_can_be_read() {
    let Some((mut browser, _turn)) = browser() else {
        return;
    };
    let run = runs::fabricated(100_000, runs::hostile_failure);
    expect_good(&mut browser, "large", &run.report(""), None);
}

#[test]
fn a_report_on_a_web_server_asks_it_for_nothing_else() {
    let Some((mut browser, _turn)) = browser() else {
        return;
    };
    let page = fs::read(runs::hostile().report("")).expect("a report");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut request) = (stream.expect("a connection"), [0; 4096]);
            let length = stream.read(&mut request).unwrap_or_default();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            // A browser opens connections before it needs them.
            let Some(line) = request.lines().next() else {
                continue;
            };
            noted.lock().expect("a list").push(line.to_owned());
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                page.len()
            );
            let _ = stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(&page));
        }
    });
    let address = format!("http://127.0.0.1:{port}/report.html");
    assert_eq!(deeds(&mut browser, &address), [""; 0]);
    let asked = asked.lock().expect("a list").clone();
    assert_eq!(asked, ["GET /report.html HTTP/1.1"]);
}

#[test]
fn the_checks_find_what_is_wrong() {
    let Some((mut browser, _turn)) = browser() else {
        return;
    };
    let directory = tempfile::tempdir().expect("a directory");
    let page: PathBuf = directory.path().join("bad.html");
    let words = "<p>Some words.</p>".repeat(12);
    let bad = format!(
        "<!DOCTYPE html><title>Bad</title><script>console.log(1)</script><img src=missing.png>{words}
         <p style='margin-top:-2em'>Above what is there.</p>
         <p style='width:9px;overflow:hidden'>Cutcutcut</p><p style='visibility:hidden'>Hidden</p>
         <p style='width:9000px'>Wide <span style='float:right'>right</span></p>
         <p style='color:#eee;background:#fff'>Pale</p>"
    );
    fs::write(&page, bad).expect("a page");
    let deeds = deeds(&mut browser, &address(&page)).join("\n");
    for deed in ["missing.png", "a script", "Runtime.consoleAPICalled"] {
        assert!(deeds.contains(deed), "{deed}: {deeds}");
    }
    browser.show(400, "screen", "light");
    let unreadable = unreadable(&mut browser).join("\n");
    for problem in [
        "above other text: ",
        "cut off: Cut",
        "not shown: Hidden",
        "beyond the page: right",
        "the page scrolls sideways",
    ] {
        assert!(unreadable.contains(problem), "{problem}: {unreadable}");
    }
    if let Some(axe) = axe() {
        let barriers = barriers(&mut browser, &axe).join("\n");
        for barrier in ["color-contrast", "image-alt", "html-has-lang"] {
            assert!(barriers.contains(barrier), "{barrier}: {barriers}");
        }
    }
}
