//! `catalog refresh`: the lists of the account -> the file with its names. The file is replaced when all of
//! them have been read.

use std::cmp::Reverse;
use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use super::super::session::{Pages, Session, session};
use crate::api::{ListChannels, ListPage, ListStaff, ListUsedTags, Operation};
use crate::cli::CatalogRefreshArgs;
use crate::config::{Connection, catalog_cache};
use crate::error::Error;
use crate::exit;
use crate::model::text::folded;
use crate::model::{Catalog, Shown as _, UsedTag};
use crate::report::{CatalogDocument, Log, Notice, catalog_counts, print_json};
use crate::stop::Stop;

/// The longest list that is read, in pages.
const MOST_PAGES: u64 = 1000;

/// Days that one request for tags spans: a year, and never more than one.
const DAYS: i64 = 365;

/// Refreshes the catalog; the exit status.
pub(super) fn refresh(
    args: &CatalogRefreshArgs,
    log: &Arc<Log>,
    stop: &Arc<Stop>,
) -> Result<u8, Error> {
    let cache = catalog_cache()?;
    let connection = Connection::resolve(&args.account, &args.pace, &args.output, stop)?;
    let catalog = session(&connection, log, stop, |session| {
        names(&connection, args.tag_years, log, session)
    })?;
    let path = cache.write(&catalog).map_err(|error| {
        Error::Fatal(format!(
            "the catalog cannot be written: {error}{}",
            error.remedy()
        ))
    })?;
    let message = format!(
        "catalog of {}: {}, in {}",
        catalog.base_url,
        catalog_counts(&catalog),
        path.shown()
    );
    log.report(&Notice::Note { message: &message });
    if args.output.json {
        let document = CatalogDocument {
            exit_status: exit::DONE,
            error: None,
            path: Some(path.shown()),
            age_s: Some(0),
            catalog: Some(&catalog),
        };
        print_json(&document).map_err(Error::Output)?;
    }
    Ok(exit::DONE)
}

/// Reads all names.
fn names(
    connection: &Connection,
    tag_years: u16,
    log: &Log,
    session: &Session<'_>,
) -> Result<Catalog, Error> {
    let fetched_at = Timestamp::now();
    let mut staff = all(session, log, "staff users", |page| ListStaff { page })?;
    staff.sort_by_cached_key(|user| folded(&user.email));
    staff.dedup_by_key(|user| folded(&user.email));
    let mut channels = all(session, log, "channels", |page| ListChannels { page })?;
    channels.sort_by(|a, b| (&a.slug, &a.brand_url).cmp(&(&b.slug, &b.brand_url)));
    channels.dedup_by(|a, b| (&a.slug, &a.brand_url) == (&b.slug, &b.brand_url));
    let spans = spans(fetched_at, tag_years);
    Ok(Catalog {
        base_url: connection.account.base_url().to_string(),
        fetched_at,
        staff,
        channels,
        tags_since: spans.last().map(|(first, _)| *first),
        tags: used_tags(session, log, &spans)?,
    })
}

/// All entries of a list. What is not as many as the server counts is read once more: the list may have changed.
fn all<T: Send, O: Operation<Output = ListPage<T>>>(
    session: &Session<'_>,
    log: &Log,
    list: &str,
    operation: impl Fn(u64) -> O + Sync,
) -> Result<Vec<T>, Error> {
    let mut is_again = false;
    loop {
        let read = once(session, list, &operation)?;
        let listed = read.length();
        match read.total_count.filter(|counted| *counted != listed) {
            Some(counted) if is_again => {
                return Err(Error::Fatal(format!(
                    "{list}: the server counts {counted}, but lists {listed} (try again later; the catalog is as it was)"
                )));
            }
            Some(_) => is_again = true,
            None => {
                warn_of_unreadable(log, list, read.unreadable);
                return Ok(read.entries);
            }
        }
    }
}

/// All pages of a list as one; the first says how many there are.
fn once<T: Send, O: Operation<Output = ListPage<T>>>(
    session: &Session<'_>,
    list: &str,
    operation: &(impl Fn(u64) -> O + Sync),
) -> Result<ListPage<T>, Error> {
    let mut entries = Vec::new();
    let (mut pages, mut unreadable, mut total_count) = (1, 0, None);
    let mut read = |numbers: Vec<u64>, expected| {
        let wanted = Pages {
            list,
            numbers,
            expected,
        };
        session.read(wanted, operation, |read| {
            total_count = read.page.total_count.or(total_count);
            pages = pages_of(&read.page).max(pages);
            unreadable += read.page.unreadable;
            entries.extend(read.page.entries);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok::<u64, Error>(pages)
    };
    let pages = read(vec![1], 1)?;
    if pages > MOST_PAGES {
        return Err(Error::Fatal(format!(
            "{list}: {pages} pages are more than an account can have (is the base URL right?)"
        )));
    }
    read((2..=pages).collect(), pages)?;
    Ok(ListPage {
        entries,
        unreadable,
        page_count: Some(pages),
        total_count,
    })
}

/// Pages of the list; where only the entries are counted, as many as these take.
fn pages_of<T>(page: &ListPage<T>) -> u64 {
    let on_page = page.length();
    let counted = page.total_count.filter(|_| on_page > 0);
    let counted = counted.map(|total| total.div_ceil(on_page));
    page.page_count.or(counted).unwrap_or(1)
}

fn warn_of_unreadable(log: &Log, list: &str, unreadable: u64) {
    if unreadable > 0 {
        let entries = if unreadable == 1 { "entry" } else { "entries" };
        log.warning(&format!(
            "{list}: {unreadable} {entries} without a usable name skipped"
        ));
    }
}

/// The spans of a year each in which tags were in use, the latest first.
fn spans(now: Timestamp, years: u16) -> Vec<(Date, Date)> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let spans = (0..i64::from(years)).map(|year| {
        let last = today.saturating_sub((year * DAYS).days());
        (last.saturating_sub((DAYS - 1).days()), last)
    });
    spans.collect()
}

/// Tags in use in any of these spans, the most used first.
fn used_tags(
    session: &Session<'_>,
    log: &Log,
    spans: &[(Date, Date)],
) -> Result<Vec<UsedTag>, Error> {
    let mut counts = std::collections::BTreeMap::new();
    let mut unreadable = 0;
    let pages = Pages {
        list: "used tags",
        numbers: (1..=spans.len() as u64).collect(),
        expected: spans.len() as u64,
    };
    let operation = |number: u64| {
        let (first, last) = spans[usize::try_from(number - 1).unwrap_or_default()];
        ListUsedTags { first, last }
    };
    let read = session.read(pages, operation, |read| {
        unreadable += read.page.unreadable;
        for tag in read.page.entries {
            let count: &mut u64 = counts.entry(tag.name).or_default();
            *count = count.saturating_add(tag.count);
        }
        Ok(ControlFlow::Continue(()))
    });
    read.map_err(|error| match error {
        // Reports are refused by one, or hidden by the other.
        Error::Fatal(why) if ["HTTP 403", "HTTP 404"].iter().any(|no| why.contains(no)) => {
            Error::Fatal(format!(
                "{why} (reports need a permission of their own; to read no tags: --tag-years 0)"
            ))
        }
        error => error,
    })?;
    warn_of_unreadable(log, "used tags", unreadable);
    let tags = counts
        .into_iter()
        .map(|(name, count)| UsedTag { name, count });
    let mut tags: Vec<_> = tags.collect();
    tags.sort_by_key(|tag| Reverse(tag.count));
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_follow_each_other_without_a_gap_and_are_a_year_at_most() {
        let now = "2026-11-26T07:00:00Z".parse().expect("a time");
        let spans = spans(now, 3);
        let [(first, last), rest @ ..] = spans.as_slice() else {
            panic!("no span")
        };
        assert_eq!(
            (first.to_string(), last.to_string()),
            ("2025-11-27".into(), "2026-11-26".into())
        );
        let mut before = *first;
        for (first, last) in rest {
            assert_eq!(last.tomorrow().expect("a day"), before);
            assert_eq!(first.until(*last).expect("days").get_days(), 364);
            before = *first;
        }
        assert_eq!(rest.len(), 2);
        assert!(super::spans(now, 0).is_empty());
    }

    #[test]
    fn a_list_has_as_many_pages_as_it_says_or_as_its_entries_take() {
        let pages = |page_count, total_count, entries: usize| {
            pages_of(&ListPage {
                entries: vec![(); entries],
                unreadable: 0,
                page_count,
                total_count,
            })
        };
        assert_eq!(pages(Some(4), Some(9), 3), 4);
        assert_eq!(pages(None, Some(9), 3), 3);
        assert_eq!(pages(None, Some(10), 3), 4);
        assert_eq!(pages(None, Some(10), 0), 1);
        assert_eq!(pages(None, None, 3), 1);
    }
}
