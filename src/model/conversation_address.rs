//! The address of a conversation, as people copy it from a browser -> the slug in it, if the conversation is
//! the account's. Nothing is looked up.

use percent_encoding::percent_decode_str;

use super::Slug;
use super::text::quoted;

/// Where the conversations of an account are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    host: String,
    /// Only if it is not that of the scheme.
    port: Option<u16>,
    /// What is in front of the paths that every account has; mostly nothing.
    root: String,
}

impl Site {
    /// The site of the account whose API is at that host, port (if it is not that of the scheme) and path.
    #[must_use]
    pub fn new(host: &str, port: Option<u16>, api_path: &str) -> Self {
        Self {
            host: host.to_owned(),
            port,
            root: app_root(api_path).to_owned(),
        }
    }
}

/// What is in front of `/api/v1` in the address of an API, or in its path.
#[must_use]
pub fn app_root(api: &str) -> &str {
    let api = api.trim_end_matches('/');
    api.strip_suffix("/api/v1").unwrap_or(api)
}

/// A conversation that was named by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressedSlug {
    /// Its slug.
    pub slug: String,
    /// The host in the address, in lower case and with the ending `.io`, if there is no account to compare it
    /// with.
    pub unproven_host: Option<String>,
}

/// The conversation whose address `text` is, on the site of the account, if that is known; `None` if it is
/// not an address that shows a slug.
///
/// # Errors
/// When it is an address of another host, of a list, or not of the web: what to do.
#[must_use]
pub fn slug_of_address(text: &str, site: Option<&Site>) -> Option<Result<AddressedSlug, String>> {
    if let Some(inner) = in_marks(text) {
        return slug_of_address(inner, site).filter(Result::is_err);
    }
    let Some(address) = Parts::new(text) else {
        let why = "is not the address of a conversation (write the slug only)";
        return has_scheme(text).then(|| Err(format!("{} {why}", quoted(text))));
    };
    let root = site.map_or("", |site| &site.root);
    let Some(host) = address.host else {
        let slug = slug_in(address.path, root).or_else(|| slug_in(address.path, ""))?;
        return Some(addressed(text, slug, None));
    };
    let known = account_host(host);
    let is_at_account = match site {
        Some(site) => known == account_host(&site.host) && address.port == site.port,
        None => is_reamaze(&known) && address.port.is_none(),
    };
    if is_at_account {
        let slug = slug_in(address.path, root)?;
        return Some(addressed(text, slug, site.is_none().then_some(known)));
    }
    // Something else may well have a dot and a slash.
    if !text.starts_with("//") && !has_scheme(text) {
        slug_in(address.path, "")?;
    }
    let text = quoted(text);
    let at = quoted(&with_port(host, address.port));
    Some(Err(match site {
        Some(site) => {
            let own = quoted(&with_port(&site.host, site.port));
            format!(
                "{text} is at {at}, not at the account's {own} (is it a conversation of another account? If not, write the slug only)"
            )
        }
        None => format!(
            "{text} is at {at}, not at a Re:amaze host like `acme.reamaze.io` (name the account with --brand or --base-url, or write the slug only)"
        ),
    }))
}

/// What stands in addresses of lists where others have a slug.
const LISTS: [&str; 6] = ["all", "archived", "new", "open", "search", "unassigned"];

/// The conversation with that slug, if it is not the name of a list.
fn addressed(
    text: &str,
    slug: String,
    unproven_host: Option<String>,
) -> Result<AddressedSlug, String> {
    if LISTS.iter().any(|list| list.eq_ignore_ascii_case(&slug)) {
        return Err(format!(
            "{} is the address of a list, not of a conversation (open the conversation, and copy its address)",
            quoted(text)
        ));
    }
    Ok(AddressedSlug {
        slug,
        unproven_host,
    })
}

/// An address, taken apart.
struct Parts<'a> {
    host: Option<&'a str>,
    /// Only if it is not that of the scheme.
    port: Option<u16>,
    /// What follows, query and fragment too.
    path: &'a str,
}

impl<'a> Parts<'a> {
    fn new(text: &'a str) -> Option<Self> {
        let (rest, usual_port) = ["https://", "http://", "//"]
            .into_iter()
            .zip([443, 80, 443])
            .find_map(|(scheme, port)| Some((after(scheme, text)?, Some(port))))
            .unwrap_or((text, None));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        // Without a scheme, `admin/conversations/...` may be a path that lost its first slash.
        if usual_port.is_none() && !authority.contains(['.', ':']) {
            return Some(Self {
                host: None,
                port: None,
                path: rest,
            });
        }
        let is_host_part = |c: char| c.is_alphanumeric() || "-._[]:".contains(c);
        if authority.is_empty() || !authority.chars().all(is_host_part) {
            return None;
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
            _ => (authority, None),
        };
        Some(Self {
            host: Some(host),
            port: port.filter(|port| *port != usual_port.unwrap_or(443)),
            path,
        })
    }
}

/// The slug in a path of the app or of the API, if it is that of one conversation.
fn slug_in(path: &str, root: &str) -> Option<String> {
    let path = path.split(['?', '#']).next()?;
    let path = if root.is_empty() {
        path
    } else {
        after(root, path)?
    };
    let path = path.strip_prefix('/').unwrap_or(path);
    let name = [
        "admin/conversations/",
        "conversations/",
        "api/v1/conversations/",
    ]
    .into_iter()
    .find_map(|folder| after(folder, path))?;
    let name = name.strip_suffix('/').unwrap_or(name);
    if name.contains('/') {
        return None;
    }
    let name = percent_decode_str(name).decode_utf8().ok()?;
    Slug::parse(name).ok().map(|slug| slug.into_inner().into())
}

/// The address between marks of a text format, as in `<https://...>`.
fn in_marks(text: &str) -> Option<&str> {
    let at = text.to_ascii_lowercase().find("http")?;
    let marks = ['<', '>', '(', ')', '"', '\''];
    let is_marked = text.get(..at)?.ends_with(marks);
    is_marked.then(|| text[at..].split(marks).next().unwrap_or_default())
}

/// Whether the text begins like an address of the web or of another kind.
fn has_scheme(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    text.split_once(':')
        .is_some_and(|(scheme, _)| !scheme.is_empty() && scheme.chars().all(is_part))
}

/// What follows `start` in `text`, in any letter case.
fn after<'t>(start: &str, text: &'t str) -> Option<&'t str> {
    let (first, rest) = text.split_at_checked(start.len())?;
    first.eq_ignore_ascii_case(start).then_some(rest)
}

/// A host as all accounts have it: Re:amaze answers at two, which belong to one brand.
fn account_host(host: &str) -> String {
    let host = host.to_lowercase();
    match host.strip_suffix(".reamaze.com") {
        Some(brand) => format!("{brand}.reamaze.io"),
        None => host,
    }
}

fn is_reamaze(host: &str) -> bool {
    let brand = host.strip_suffix(".reamaze.io");
    brand.is_some_and(|brand| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !brand.is_empty() && brand != "www" && brand.bytes().all(is_part)
    })
}

fn with_port(host: &str, port: Option<u16>) -> String {
    port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests;
