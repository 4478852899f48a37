//! Which addresses are read, and which are not.

use super::*;

fn acme() -> Site {
    Site::new("acme.reamaze.io", None, "/api/v1")
}

fn local() -> Site {
    Site::new("127.0.0.1", Some(8080), "/tenant/api/v1/")
}

fn slug(text: &str, site: Option<&Site>) -> Option<String> {
    let read = slug_of_address(text, site)?;
    read.ok().map(|read| read.slug)
}

#[test]
fn an_address_of_the_account_is_read_as_the_slug_in_it() {
    for text in [
        "https://acme.reamaze.io/admin/conversations/late-parcel",
        "https://acme.reamaze.com/admin/conversations/late-parcel/",
        "http://acme.reamaze.io/conversations/late-parcel?page=2",
        "HTTPS://ACME.Reamaze.IO:443/Admin/Conversations/late-parcel#message-12",
        "http://acme.reamaze.io:80/admin/conversations/late-parcel",
        "acme.reamaze.io/api/v1/conversations/late%2Dparcel",
        "//acme.reamaze.io/admin/conversations/late-parcel",
        "/admin/conversations/late-parcel",
        "admin/conversations/late-parcel/?q=a/b#c/d",
        "/conversations/late-parcel",
    ] {
        for site in [Some(acme()), None] {
            let read = slug(text, site.as_ref());
            assert_eq!(read.as_deref(), Some("late-parcel"), "{text}");
        }
    }
    let decoded = slug("/admin/conversations/caf%C3%A9", None);
    assert_eq!(decoded.as_deref(), Some("café"));
}

#[test]
fn the_port_and_the_path_of_the_base_url_count() {
    for text in [
        "http://127.0.0.1:8080/tenant/admin/conversations/a",
        "127.0.0.1:8080/tenant/conversations/a",
        "/tenant/admin/conversations/a",
        "/admin/conversations/a",
    ] {
        assert_eq!(slug(text, Some(&local())).as_deref(), Some("a"), "{text}");
    }
    for text in [
        "http://127.0.0.1/tenant/admin/conversations/a",
        "http://127.0.0.1:8081/tenant/admin/conversations/a",
        "http://127.0.0.1:8080/other/admin/conversations/a",
        "http://127.0.0.1:8080/admin/conversations/a",
        "https://acme.reamaze.io/admin/conversations/a",
    ] {
        assert_eq!(slug(text, Some(&local())), None, "{text}");
    }
}

#[test]
fn without_an_account_only_a_host_of_reamaze_is_read_and_it_is_named() {
    let host = |text| slug_of_address(text, None)?.ok()?.unproven_host;
    let io = Some("acme.reamaze.io".to_owned());
    assert_eq!(host("https://acme.reamaze.io/admin/conversations/a"), io);
    assert_eq!(host("Acme.Reamaze.com/admin/conversations/a"), io);
    assert_eq!(host("/admin/conversations/a"), None);
    for text in [
        "https://reamaze.io/admin/conversations/a",
        "https://www.reamaze.com/admin/conversations/a",
        "https://\u{430}cme.reamaze.io/admin/conversations/a",
        "https://a.b.reamaze.io/admin/conversations/a",
        "https://acmereamaze.io/admin/conversations/a",
        "https://acme.reamaze.io.example/admin/conversations/a",
        "https://acme.reamaze.io:8443/admin/conversations/a",
        "https://help.example.com/conversations/a",
    ] {
        let why = slug_of_address(text, None).and_then(Result::err);
        let why = why.unwrap_or_default();
        assert!(
            why.contains("--brand") && why.contains("slug only)"),
            "{text}: {why}"
        );
    }
}

#[test]
fn the_address_of_another_account_is_refused_and_both_hosts_are_named() {
    let text = "https://other.reamaze.io/admin/conversations/a";
    let why = slug_of_address(text, Some(&acme())).and_then(Result::err);
    assert_eq!(
        why.as_deref(),
        Some(
            "`https://other.reamaze.io/admin/conversations/a` is at `other.reamaze.io`, not at the account's `acme.reamaze.io` (is it a conversation of another account? If not, write the slug only)"
        )
    );
}

#[test]
fn the_address_of_a_list_is_refused_as_such() {
    for text in [
        "https://acme.reamaze.io/admin/conversations/archived",
        "https://acme.reamaze.com/admin/conversations/All?page=2",
        "/admin/conversations/unassigned/",
    ] {
        for site in [Some(acme()), None] {
            let why = slug_of_address(text, site.as_ref()).and_then(Result::err);
            let why = why.unwrap_or_default();
            assert!(
                why.contains("is the address of a list, not of a conversation"),
                "{text}: {why}"
            );
        }
    }
    let open = slug("/admin/conversations/open-question", None);
    assert_eq!(open.as_deref(), Some("open-question"));
}

#[test]
fn an_address_of_something_else_is_none() {
    for text in [
        "https://acme.reamaze.io/admin/conversations",
        "https://acme.reamaze.io/admin/conversations/",
        "https://acme.reamaze.io/admin/conversations?q=late-parcel",
        "https://acme.reamaze.io/admin/conversations/?q=late-parcel",
        "https://acme.reamaze.io/admin/conversations//late-parcel",
        "https://acme.reamaze.io/admin/conversations/late-parcel/messages/12",
        "https://acme.reamaze.io/admin/contacts/late-parcel",
        "https://acme.reamaze.io/admin/contacts?back=/admin/conversations/late-parcel",
        "https://acme.reamaze.io/kb/conversations/late-parcel",
        "https://acme.reamaze.io/admin/conversations/a%2Fb",
        "https://acme.reamaze.io/admin/conversations/..",
        "https://acme.reamaze.io/admin/conversations/a%20b",
        "https://acme.reamaze.io/admin/conversations/%252e",
        "=HYPERLINK(\"https://acme.reamaze.io/admin/conversations/a\")",
        "late-parcel/",
        "a/b",
    ] {
        for site in [Some(acme()), None] {
            let read = slug_of_address(text, site.as_ref());
            assert_eq!(read, None, "{text}");
        }
    }
}

#[test]
fn an_address_of_another_host_or_kind_is_refused_without_a_slug() {
    for text in [
        "https://acme.reamaze.io@example.com/admin/conversations/evil",
        "https://example.com\\@acme.reamaze.io/admin/conversations/evil",
        "https://acme.reamaze.io:99999/admin/conversations/evil",
        "ftp://acme.reamaze.io/admin/conversations/evil",
        "javascript:/conversations/evil",
        "https:acme.reamaze.io/admin/conversations/evil",
        "https:///admin/conversations/evil",
        "https://example.com/acme.reamaze.io/admin/conversations/evil",
        "<https://example.com/admin/conversations/evil>",
        "[x](https://example.com/admin/conversations/evil)",
    ] {
        for site in [Some(acme()), None] {
            let why = slug_of_address(text, site.as_ref()).and_then(Result::err);
            let why = why.unwrap_or_default();
            assert!(why.contains("write the slug only)"), "{text}: {why}");
        }
    }
}
