//! The names that an account knows -> the page for people, and the document for programs.

use serde::Serialize;

use super::table::{Side, table};
use crate::model::Catalog;
use crate::model::text::{counted, exact, one_line};

/// The longest name in a table, in characters.
const NAME_CHARS: usize = 60;

/// The document of `catalog show` and `catalog refresh`.
#[derive(Debug, Serialize)]
pub struct CatalogDocument<'a> {
    /// The program's exit status.
    pub exit_status: u8,
    /// Why there is no catalog.
    pub error: Option<String>,
    /// The file.
    pub path: Option<String>,
    /// How old it is, in seconds.
    pub age_s: Option<u64>,
    /// What is in it.
    #[serde(flatten)]
    pub catalog: Option<&'a Catalog>,
}

/// What is in a catalog, in a line: how many names of each kind.
#[must_use]
pub fn catalog_counts(catalog: &Catalog) -> String {
    let channels = catalog.channels.iter();
    let email = channels.filter(|channel| channel.is_email == Some(true));
    let tags = match catalog.tags_since {
        Some(since) => {
            let tags = counted(catalog.tags.len() as u64, "tag");
            format!("{tags} used since {since}")
        }
        None => "no tags read".to_owned(),
    };
    format!(
        "{}, {} ({} for email), {tags}",
        counted(catalog.staff.len() as u64, "staff user"),
        counted(catalog.channels.len() as u64, "channel"),
        email.count()
    )
}

/// The page of a catalog; `age` says when it was read.
#[must_use]
pub fn catalog_page(catalog: &Catalog, age: &str) -> String {
    let read_at = catalog.fetched_at.strftime("%Y-%m-%d %H:%M UTC");
    let head = format!(
        "catalog of {}, {age} ({read_at}):\n{}\n",
        one_line(&catalog.base_url, 1000),
        catalog_counts(catalog)
    );
    let staff = catalog.staff.iter();
    let staff = staff.map(|user| [shown(&user.email), shown_name(user.name.as_deref())]);
    let channels = catalog.channels.iter().map(|channel| {
        let kind = match channel.is_email {
            Some(true) => "email",
            Some(false) => "not email",
            None => "unknown",
        };
        let brand = channel.brand_url.as_ref().or(channel.brand_name.as_ref());
        [
            shown(&channel.slug),
            kind.to_owned(),
            shown_name(brand.map(String::as_str)),
            shown_name(channel.name.as_deref()),
        ]
    });
    let tags = catalog.tags.iter();
    let tags = tags.map(|tag| [shown(&tag.name), tag.count.to_string()]);
    let parts = [
        ("staff", table(2, [Side::Left; 2], staff)),
        ("channels", table(2, [Side::Left; 4], channels)),
        ("tags, by use", table(2, [Side::Left, Side::Right], tags)),
    ];
    let parts = parts.into_iter().filter(|(_, rows)| !rows.is_empty());
    let parts = parts.map(|(title, rows)| format!("\n{title}:\n{rows}"));
    head + &parts.collect::<String>()
}

/// A name by which rows refer to something: in full, as it would have to be written.
fn shown(key: &str) -> String {
    exact(key).into_owned()
}

fn shown_name(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| one_line(name, NAME_CHARS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Channel, StaffUser, UsedTag};

    #[test]
    fn the_page_shows_foreign_text_in_a_safe_form() {
        let staff = |email: &str, name: Option<&str>| StaffUser {
            email: email.to_owned(),
            name: name.map(str::to_owned),
        };
        let channel = |slug: &str, is_email| Channel {
            slug: slug.to_owned(),
            name: Some("Support \u{1b}[31m".to_owned()),
            brand_name: Some("Acme".to_owned()),
            brand_url: Some("https://acme.reamaze.io".to_owned()),
            is_email,
        };
        let tag = |name: &str, count| UsedTag {
            name: name.to_owned(),
            count,
        };
        let catalog = Catalog {
            base_url: "https://acme.reamaze.io/api/v1".to_owned(),
            fetched_at: jiff::Timestamp::UNIX_EPOCH,
            staff: vec![
                staff("ann@acme.com", Some("Ann\u{202e} Smith")),
                staff("bob@acme.com", None),
            ],
            channels: vec![channel("support", Some(true)), channel("chat", Some(false))],
            tags_since: Some(jiff::civil::date(2025, 11, 26)),
            tags: vec![tag("refund", 1204), tag("v\u{200b}ip ", 3)],
        };
        insta::assert_snapshot!(catalog_page(&catalog, "read 3d 2h ago"), @r#"
        catalog of https://acme.reamaze.io/api/v1, read 3d 2h ago (1970-01-01 00:00 UTC):
        2 staff users, 2 channels (1 for email), 2 tags used since 2025-11-26

        staff:
          ann@acme.com  Ann\u{202e} Smith
          bob@acme.com

        channels:
          support  email      https://acme.reamaze.io  Support \u{1b}[31m
          chat     not email  https://acme.reamaze.io  Support \u{1b}[31m

        tags, by use:
          refund        1204
          "v\u200bip "     3
        "#);
        let empty = Catalog {
            staff: Vec::new(),
            channels: Vec::new(),
            tags_since: None,
            tags: Vec::new(),
            ..catalog
        };
        insta::assert_snapshot!(catalog_page(&empty, "read 1s ago"), @r"
        catalog of https://acme.reamaze.io/api/v1, read 1s ago (1970-01-01 00:00 UTC):
        0 staff users, 0 channels (0 for email), no tags read
        ");
    }
}
