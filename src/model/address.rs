//! What people copy from the address bar -> the slug in it.

use percent_encoding::percent_decode_str;

use super::text::quoted;

/// Whether `text` has what a slug gets from an address only: other parts of it, or characters that
/// are percent-encoded.
pub(super) fn is_one(text: &str) -> bool {
    text.contains(['/', '?', '#']) || is_encoded(text)
}

fn is_encoded(text: &str) -> bool {
    text.as_bytes().windows(3).any(
        |bytes| matches!(bytes, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()),
    )
}

/// What is wrong with such a text, and which slug was meant, where that shows. `is_slug` decides
/// whether a part of the text can be one.
pub(super) fn advice(text: &str, is_slug: impl Fn(&str) -> bool) -> String {
    let what = if text.contains('/') {
        "contains a `/`, as an address does"
    } else if text.contains('?') {
        "contains a `?`, as an address does"
    } else if text.contains('#') {
        "contains a `#`, as an address does"
    } else {
        "is percent-encoded, as in an address"
    };
    match name(text).filter(|name| is_slug(name)) {
        Some(name) => format!("{what} (did you mean {}?)", quoted(&name)),
        None => format!("{what} (write the slug only: the last part of the address)"),
    }
}

/// Where a slug is in an address, or in a part of one: what is there.
fn name(text: &str) -> Option<String> {
    const FOLDER: &str = "conversations/";
    let lower = text.to_ascii_lowercase();
    let segment = if let Some(at) = lower.find(FOLDER) {
        if !leads_to_app(&lower[..at]) {
            return None;
        }
        text[at + FOLDER.len()..]
            .split(['/', '?', '#', '"', '\'', '>', ')'])
            .next()?
    } else {
        if lower.contains("://") {
            return None;
        }
        let path = text.split(['?', '#']).next()?;
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let only = segments.next()?;
        if segments.next().is_some() {
            return None;
        }
        only
    };
    let decoded = percent_decode_str(segment).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// Whether that is what stands before `conversations/` in an address of the app, in lower case. Behind
/// anything else a slug may be that of another account.
fn leads_to_app(start: &str) -> bool {
    let start = start.rsplit(['<', '(', '"', '\'']).next().unwrap_or(start);
    let (has_scheme, rest) = match start.split_once("//") {
        Some(("https:" | "http:" | "", rest)) => (true, rest),
        _ => (false, start),
    };
    let path = match rest.split_once('/') {
        Some((host, path)) if has_scheme || host.contains('.') => {
            if ![".reamaze.io", ".reamaze.com"]
                .iter()
                .any(|end| host.ends_with(end))
            {
                return false;
            }
            path
        }
        _ => rest.trim_start_matches('/'),
    };
    ["", "admin/", "api/v1/"].contains(&path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Slug;

    fn slug(text: &str) -> Option<Slug<'static>> {
        Slug::parse(name(text)?).ok()
    }

    #[test]
    fn the_slug_in_an_address_is_found() {
        for text in [
            "https://acme.reamaze.com/admin/conversations/late-parcel",
            "http://acme.reamaze.io/admin/conversations/late-parcel/?page=2#message-12",
            "HTTPS://ACME.REAMAZE.COM/Admin/Conversations/late-parcel",
            "acme.reamaze.io/admin/conversations/late-parcel",
            "/admin/conversations/late-parcel",
            "conversations/late-parcel/messages/12",
            "https://acme.reamaze.io/api/v1/conversations/late-parcel",
            "=HYPERLINK(\"https://acme.reamaze.com/admin/conversations/late-parcel\")",
            "late-parcel?page=2",
            "late-parcel#message-12",
            "late-parcel/",
            "/late-parcel",
            "late%2Dparcel",
        ] {
            assert!(is_one(text), "{text}");
            let found = slug(text);
            assert_eq!(
                found.as_ref().map(Slug::as_str),
                Some("late-parcel"),
                "{text}"
            );
        }
        let decoded = slug("caf%C3%A9-invoice");
        assert_eq!(decoded.as_ref().map(Slug::as_str), Some("café-invoice"));
    }

    #[test]
    fn no_slug_is_guessed() {
        for text in [
            "https://acme.reamaze.com/admin",
            "https://acme.reamaze.com/admin/conversations/",
            "https://acme.reamaze.io/redirect/https://evil.com/admin/conversations/evil",
            "https://acme.reamaze.io@evil.com/admin/conversations/evil",
            "https://evil.com/acme.reamaze.io/admin/conversations/evil",
            "evil.com/admin/conversations/evil/messages",
            "javascript:/conversations/evil",
            "ftp://acme.reamaze.io/admin/conversations/evil",
            "a/b",
            "#12",
            "%2e%2e",
            "a%20b",
            "%ff",
            "?page=2",
        ] {
            assert!(is_one(text), "{text}");
            assert_eq!(slug(text), None, "{text}");
        }
        assert!(!is_one("100%") && !is_one("%zz") && !is_one("late-parcel"));
    }
}
