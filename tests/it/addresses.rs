//! Slugs as people have them, from the address bar: recognized, and refused with the slug to use.

use super::support::rows::{preview, send};

#[test]
fn an_address_or_a_part_of_one_is_refused_with_the_slug_in_it() {
    for text in [
        "https://acme.reamaze.com/admin/conversations/late-parcel",
        "http://acme.reamaze.io/admin/conversations/late-parcel/",
        "https://acme.reamaze.io/admin/conversations/late-parcel?page=2#message-12",
        "acme.reamaze.io/admin/conversations/late-parcel",
        "https://acme.reamaze.io/api/v1/conversations/late-parcel",
        "/admin/conversations/late-parcel",
        "conversations/late-parcel/messages",
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
