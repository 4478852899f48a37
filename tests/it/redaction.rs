//! A server that repeats token or login in any form, in any place: nothing of it is printed, logged
//! or written.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use super::support::answer::Answer;
use super::support::command::Workspace;
use super::support::request::Request;
use super::support::sent::{numbered, to_out, tree};
use super::support::server::Server;

const TOKEN: &str = "s3cr3t-T0ken-abcdefghij";
const EMAIL: &str = "agent@example.com";

fn basic() -> String {
    STANDARD.encode(format!("{EMAIL}:{TOKEN}"))
}

/// The secrets, in every form that a server or what stands before it may write them.
fn forms() -> Vec<String> {
    let each = |escape: fn(u8) -> String| TOKEN.bytes().map(escape).collect::<Vec<_>>().concat();
    let (head, tail) = TOKEN.split_at(9);
    let basic = basic();
    let (first, second) = basic.split_at(30);
    let mut forms = vec![
        TOKEN.to_owned(),
        format!("{EMAIL}:{TOKEN}"),
        TOKEN.to_uppercase(),
        each(|byte| format!("%{byte:02X}")),
        each(|byte| format!("%25{byte:02x}")),
        each(|byte| format!("&#{byte};")),
        each(|byte| format!("&#x{byte:x};")),
        each(|byte| format!("\\u{byte:04x}")),
        basic.clone(),
        basic.trim_end_matches('=').to_owned(),
        basic.to_uppercase(),
        basic.replace('=', "%3D"),
        URL_SAFE_NO_PAD.encode(format!("{EMAIL}:{TOKEN}")),
        STANDARD.encode(TOKEN),
        TOKEN[..TOKEN.len() - 2].to_owned(),
        basic[..basic.len() - 4].to_owned(),
    ];
    for between in [
        "\u{ad}",
        "\u{200b}",
        "\u{2060}",
        "\r\n",
        "\n ",
        " ",
        "<wbr>",
        "</b><b>",
        "&shy;",
        "&#8203;",
        "%0d%0a",
        "\\n",
        "<!-- x -->",
        "\0",
    ] {
        forms.push(format!("{head}{between}{tail}"));
        forms.push(format!("{first}{between}{second}"));
    }
    forms
}

/// What says each form, in every place that an answer has.
fn answers() -> Vec<Answer> {
    let mut answers = Vec::new();
    for (form, number) in forms().into_iter().zip(0..) {
        let padded = |room: usize| "x".repeat(room.saturating_sub(form.len()) + 5) + " " + &form;
        let error = json!({ "error": format!("bad login {form}!") });
        let in_key = json!({ padded(100): "is bad" });
        let style = format!("<html><style>{}</style>{form}", "p".repeat((16 << 10) - 40));
        let deep = json!({"errors": {padded(60): {padded(60): [form]}}});
        let shown =
            json!({"slug": format!("row-{number}"), "tag_list": [padded(100)], "status": form});
        answers.extend([
            Answer::json(422, &error),
            Answer::json(422, &in_key),
            Answer::json(422, &deep),
            Answer::json(400, &error),
            Answer::json(403, &error),
            Answer::json(404, &error),
            Answer::json(409, &error),
            Answer::json(500, &error),
            Answer::json(200, &error),
            Answer::json(200, &json!({"slug": form})),
            Answer::json(200, &shown),
            Answer::html(200, &format!("<p>{form}</p>")),
            Answer::html(422, &style),
            Answer::html(502, &format!("<a href=\"/x?{form}\">{form}</a>")),
            Answer::text(422, &padded(1000)),
            Answer::text(422, &padded(200)),
            Answer::text(422, &format!("{{\"error\": \"{form}")),
        ]);
        if !form.contains(['\r', '\n', '\0']) {
            answers
                .push(Answer::text(302, "").header("location", &format!("/login/{form}?{form}")));
            answers.push(Answer::raw(
                format!("HTTP/1.1 200 OK\r\n{form}\r\n\r\n").into_bytes(),
            ));
        }
    }
    answers
}

/// Letters and digits, in lower case: whatever stands between them.
fn letters(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_lowercase()
}

/// Fails the test if most of a secret is in the output or in any file.
fn expect_none(workspace: &Workspace, printed: String) {
    let secrets = [TOKEN.to_owned(), basic(), STANDARD.encode(TOKEN)].map(|form| letters(&form));
    let files = tree(workspace.root())
        .into_iter()
        .filter(|path| path.is_file());
    let texts = files.map(|path| {
        let bytes = fs::read(&path).expect("a readable file");
        (
            path.display().to_string(),
            String::from_utf8_lossy(&bytes).into_owned(),
        )
    });
    for (place, text) in texts.chain([("output".to_owned(), printed)]) {
        for line in text.lines() {
            let found = letters(line);
            for secret in &secrets {
                let most = &secret[..secret.len() - 4];
                assert!(!found.contains(most), "{place}: {line}");
            }
        }
    }
}

/// Sends a row for each answer, after one that goes well.
fn send(answers: Vec<Answer>, options: &str, status: i32) {
    let slugs = numbered("row-", answers.len());
    let slugs = [vec!["ok".to_owned()], slugs].concat();
    let rows: Vec<_> = slugs.iter().map(|slug| format!("{slug},vip,2\n")).collect();
    let server = Server::start(move |request: &Request| {
        let number = request
            .slug
            .strip_prefix("row-")
            .and_then(|number| number.parse().ok());
        number.map_or_else(
            || Answer::echo(request),
            |number: usize| answers[number].clone(),
        )
    });
    let workspace = Workspace::new();
    workspace.write(
        "rows.csv",
        format!("slug,tag_list,status\n{}", rows.concat()),
    );
    let options = format!("--retries 0 --rate 5000/s {options}");
    let output = to_out(&workspace, "rows.csv", &options)
        .env("REAMAZE_BASE_URL", server.base_url())
        .env("REAMAZE_EMAIL", EMAIL)
        .env("REAMAZE_API_TOKEN", TOKEN)
        .output();
    assert_eq!(output.status, status, "{}", output.stderr);
    expect_none(&workspace, format!("{}\n{}", output.stdout, output.stderr));
}

#[test]
fn no_form_of_a_secret_is_told_wherever_it_comes() {
    send(
        answers(),
        "-v --json --metrics metrics.prom --max-failures none --workers 4",
        1,
    );
    send(
        answers(),
        "-v --log-format json --max-failures none --workers 4",
        1,
    );
}

#[test]
fn no_form_of_a_secret_is_told_by_a_stop() {
    for form in [
        TOKEN.to_owned(),
        TOKEN.replace('k', "\u{ad}k"),
        basic().trim_end_matches('=').into(),
    ] {
        for (status, stop) in [(401, 6), (403, 1)] {
            let answer = Answer::json(status, &json!({ form.clone(): form }));
            send(
                vec![answer; 2],
                "-v --json --max-failures none --workers 1",
                stop,
            );
        }
        send(
            vec![Answer::text(422, &form); 9],
            "--max-failures 2 --workers 1",
            6,
        );
        send(
            vec![Answer::text(500, &form); 30],
            "-v --max-failures none --workers 1",
            6,
        );
    }
}
