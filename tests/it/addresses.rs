//! Slugs as people have them, from the address bar: the address of a conversation of the account is read as
//! its slug; anything else is refused with the slug to use.

use proptest::prelude::*;
use proptest::sample::select;
use reamaze_bulk::api::BaseUrl;
use reamaze_bulk::model::{Slug, slug_of_address};

use super::properties::cases;
use super::support::answer::Answer;
use super::support::command::Workspace;
use super::support::rows::{preview, send, send_to};
use super::support::server::Server;

const ADDRESSES: [&str; 6] = [
    "https://acme.reamaze.com/admin/conversations/late-parcel",
    "http://acme.reamaze.io/admin/conversations/late-parcel/",
    "https://acme.reamaze.io/admin/conversations/late%2Dparcel?page=2#message-12",
    "ACME.reamaze.io/conversations/late-parcel",
    "https://acme.reamaze.io/api/v1/conversations/late-parcel",
    "/admin/conversations/late-parcel",
];

#[test]
fn the_address_of_a_conversation_is_read_as_its_slug() {
    for text in ADDRESSES {
        let csv = format!("slug,status\n{text},2\n");
        let jsonl = format!(r#"{{"slug":"{text}","status":2}}"#);
        for (name, rows) in [("rows.csv", csv), ("rows.jsonl", jsonl)] {
            for options in [&["--brand", "acme"][..], &[]] {
                let preview = preview(name, &rows, options);
                assert_eq!(preview.violations(), [""; 0], "{text}");
                let slug = preview.rows().remove(0);
                assert!(slug.contains(" late-parcel {"), "{slug}");
                let host = preview.document["warnings"].to_string();
                let is_noted = options.is_empty() && !text.starts_with('/');
                assert_eq!(
                    host.contains("acme.reamaze.io in 1 row"),
                    is_noted,
                    "{text}: {host}"
                );
            }
        }
    }
}

#[test]
fn the_address_of_another_account_is_refused_and_both_hosts_are_named() {
    let rows = "slug,status\nhttps://other.reamaze.io/admin/conversations/a,2\n";
    let other = preview("rows.csv", rows, &["--brand", "acme"]);
    assert_eq!(other.status, 3);
    let found = other.violations().join("");
    assert!(
        found.contains("2: slug: ")
            && found.contains("`other.reamaze.io`")
            && found.contains("`acme.reamaze.io`"),
        "{found}"
    );
    let rows = "slug,status\nhttps://help.example.com/conversations/a,2\n";
    let foreign = preview("rows.csv", rows, &[]);
    let found = foreign.violations().join("");
    assert!(
        found.contains("`help.example.com`") && found.contains("`acme.reamaze.io`"),
        "{found}"
    );
}

#[test]
fn without_an_account_all_addresses_must_be_of_one() {
    let rows = "slug,status\nhttps://acme.reamaze.io/admin/conversations/a,2\n\
                https://acme.reamaze.com/admin/conversations/b,2\n\
                https://other.reamaze.io/admin/conversations/c,2\n";
    for options in [&[][..], &["--skip-invalid"]] {
        let two = preview("rows.csv", rows, options);
        assert_eq!((two.status, two.violations().len()), (3, 0));
        let error = two.document["error"].to_string();
        let hosts =
            "acme.reamaze.io (2 rows, first on line 2), other.reamaze.io (1 row, first on line 4)";
        assert!(error.contains(hosts), "{error}");
    }
    let workspace = Workspace::new();
    workspace.write("rows.csv", rows);
    let rehearsal = workspace
        .command(&["run", "rows.csv", "--sandbox"])
        .output();
    assert_eq!(rehearsal.status, 3, "{rehearsal:?}");
}

#[test]
fn the_host_and_port_of_a_base_url_count_and_the_ledger_has_the_slug() {
    let server = Server::start(|request| match &*request.slug {
        "refused" => Answer::text(404, "{}"),
        _ => Answer::echo(request),
    });
    let host = server.base_url().replace("/api/v1", "");
    let rows = format!(
        "slug,status\n{host}/admin/conversations/late-parcel?x=1,2\n{host}/conversations/refused,2\n"
    );
    let sent = send_to(&server, "rows.csv", &rows, &["--out", "out"]);
    assert_eq!(sent.output.status, 1, "{:?}", sent.output);
    assert_eq!(
        sent.rows(),
        [r#"late-parcel {"status":2}"#, r#"refused {"status":2}"#]
    );
    let ledger = sent.workspace.read("out/results.csv");
    assert!(
        ledger.contains("\n2,late-parcel,updated,") && ledger.contains("\n3,refused,not_found,")
    );
    // What is to be fixed is as it was.
    let failed = sent.workspace.read("out/failed.csv");
    assert!(
        failed.contains(&format!("\n{host}/conversations/refused,2,not_found,")),
        "{failed}"
    );
    let elsewhere = rows.replace(&host, "http://127.0.0.1:1");
    let refused = send_to(&server, "rows.csv", elsewhere, &[]);
    assert_eq!(refused.output.status, 3, "{:?}", refused.output);
    let port = host.trim_start_matches("http://");
    assert!(
        refused
            .output
            .stderr
            .contains(&format!("not at the account's `{port}`"))
    );
}

#[test]
fn an_address_and_its_slug_are_one_conversation() {
    let rows = "slug,status\nlate-parcel,2\n/admin/conversations/late-parcel,4\n";
    let twice = preview("rows.csv", rows, &[]);
    assert_eq!(
        twice.violations(),
        ["3: slug: `late-parcel` is already on line 2 (keep one of them)"]
    );
}

#[test]
fn a_part_of_an_address_is_refused_with_the_slug_in_it() {
    for text in [
        "conversations/late-parcel/messages",
        "https://acme.reamaze.io/admin/conversations/late-parcel/messages",
        "/late-parcel",
        "late-parcel/",
        "late-parcel?page=2",
        "late-parcel#message-12",
        "late-parcel?page=2&sort=a#message-12",
        "late%2Dparcel",
        "<https://acme.reamaze.com/admin/conversations/late-parcel>",
    ] {
        let csv = preview("rows.csv", format!("slug,status\n{text},2\n"), &[]);
        let jsonl = preview(
            "rows.jsonl",
            format!(r#"{{"slug":"{text}","status":2}}"#),
            &[],
        );
        for preview in [csv, jsonl] {
            let told = preview.violations();
            assert_eq!((preview.status, told.len()), (3, 1), "{text}: {told:?}");
            let is_told =
                told[0].contains(": slug: ") && told[0].ends_with("(did you mean `late-parcel`?)");
            assert!(is_told, "{text}: {told:?}");
        }
    }
}

#[test]
fn what_is_percent_encoded_is_told_decoded() {
    for (text, slug) in [
        ("caf%C3%A9-invoice", "café-invoice"),
        ("%e5%ae%85-1", "宅-1"),
        ("a%2Bb", "a+b"),
    ] {
        let told = preview("rows.csv", format!("slug,status\n{text},2\n"), &[]).violations();
        let expected = format!("is percent-encoded, as in an address (did you mean `{slug}`?)");
        assert!(told[0].ends_with(&expected), "{told:?}");
    }
}

#[test]
fn where_no_slug_shows_none_is_suggested() {
    for text in [
        "https://acme.reamaze.com/admin",
        "a/b",
        "#12",
        "?page=2",
        "%2e%2e",
        "a%20b",
        "%ff",
        "/",
    ] {
        let told = preview("rows.csv", format!("slug,status\n{text},2\n"), &[]).violations();
        let is_told = told[0].contains("(write the slug only: the last part of the address)");
        assert!(is_told, "{text}: {told:?}");
    }
}

#[test]
fn a_percent_sign_alone_is_no_encoding() {
    let sent = send("rows.csv", "slug,status\n100%,2\n5%-off,2\n", &[]);
    assert_eq!(
        sent.rows(),
        [r#"100% {"status":2}"#, r#"5%-off {"status":2}"#]
    );
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn the_page_of_a_conversation_leads_back_to_it(
        slug in "[a-z0-9-]{1,8}|\\PC{1,20}",
        base in select(&[
            "https://acme.reamaze.io/api/v1",
            "https://acme.reamaze.com/api/v1/",
            "http://127.0.0.1:8080/api/v1",
            "http://[::1]:8080/api/v1",
            "https://proxy.example.com/tenant%20a/api/v1",
            "https://proxy.example.com/rest",
        ][..]),
    ) {
        if let Ok(slug) = Slug::parse(slug) {
            let base = BaseUrl::parse(base).expect("an address");
            let page = base.app_address(slug.as_str());
            let read = slug_of_address(&page, Some(&base.site()));
            let read = read.and_then(Result::ok).map(|read| read.slug);
            prop_assert_eq!(read.as_deref(), Some(slug.as_str()), "{}", page);
        }
    }
}
