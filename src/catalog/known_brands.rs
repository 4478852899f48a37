//! A brand as a row names it, against the address of a channel's brand.

/// Whether a row names by `given` the brand at `url`: by its host, or by the label that makes it.
pub(super) fn is_brand(given: &str, url: &str) -> bool {
    let (given, host) = (host(given), host(url));
    if given.is_empty() {
        return false;
    }
    let own = given.strip_suffix(".reamaze.io");
    given == host || given == label(&host) || own.is_some_and(|own| own == host)
}

/// The host of an address, which may be a host already, in lower case.
fn host(address: &str) -> String {
    let address = address.trim();
    let (_, rest) = address.split_once("://").unwrap_or(("", address));
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    rest[..end].trim_end_matches('.').to_lowercase()
}

/// What is before the first dot.
fn label(host: &str) -> &str {
    host.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brand_is_known_by_label_or_host() {
        let url = "https://Acme.reamaze.io/";
        for given in [
            "acme",
            "ACME",
            "acme.reamaze.io",
            "https://acme.reamaze.io",
            "http://acme.reamaze.io/admin?x",
        ] {
            assert!(is_brand(given, url), "{given}");
            assert!(is_brand(given, "acme"), "{given}");
        }
        for given in [
            "",
            "acm",
            "acme.example.com",
            "https://",
            "reamaze.io",
            "acme-eu",
        ] {
            assert!(!is_brand(given, url), "{given}");
        }
        assert!(is_brand(
            "support.acme.com",
            "https://support.acme.com:8443/x"
        ));
        assert!(!is_brand("acme", ""));
    }
}
