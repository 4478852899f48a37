//! The lists of the sandbox as clients see them: pages, filters and orders, staff, channels and used
//! tags, what updates make of them, and what the colleagues of `--meanwhile` do.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::support::command::Workspace;
use super::support::sandbox::{conversation, put, send, served};
use super::support::sent::command;

fn get(address: &str, path: &str) -> Value {
    send(address, &format!("GET /api/v1/{path}"), "")
}

fn items<'a>(page: &'a Value, name: &str) -> &'a Vec<Value> {
    page[name].as_array().expect("a list")
}

/// The entries of all pages of a list, as many as each page says.
fn listed(address: &str, parameters: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for number in 1.. {
        let page = get(
            address,
            &format!("conversations?page={number}&{parameters}"),
        );
        all.extend(items(&page, "conversations").iter().cloned());
        assert_eq!(page["page_size"], 30);
        if page["page_count"].as_u64().expect("a number") <= number {
            assert_eq!(page["total_count"], all.len(), "{parameters}");
            break;
        }
    }
    all
}

fn slug(conversation: &Value) -> String {
    let slug = conversation["slug"].as_str().expect("a slug");
    slug.to_owned()
}

fn slugs(conversations: &[Value]) -> Vec<String> {
    conversations.iter().map(slug).collect()
}

#[test]
fn the_stock_is_listed_in_pages_and_an_entry_is_what_a_single_read_shows() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "-q");
    let all = listed(&address, "filter=all");
    let distinct: BTreeSet<String> = slugs(&all).into_iter().collect();
    assert_eq!((all.len(), distinct.len()), (300, 300));
    assert!(distinct.contains("late-parcel"));
    for entry in all.iter().step_by(17) {
        assert_eq!(*entry, conversation(&address, &slug(entry)));
    }
    assert!(items(&get(&address, "conversations?page=99"), "conversations").is_empty());
    let created: Vec<&str> = all
        .iter()
        .filter_map(|entry| entry["created_at"].as_str())
        .collect();
    assert!(created.is_sorted_by(|newer, older| newer >= older));
    let distinct: BTreeSet<&&str> = created.iter().collect();
    assert!(distinct.len() > 290, "{}", distinct.len());
}

#[test]
fn filters_agree_with_the_entries_of_the_whole_list() {
    type Wanted = fn(&Value) -> bool;
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "-q --conversations 500");
    let all = listed(&address, "filter=all");
    let cases: [(&str, Wanted); 12] = [
        ("", |entry| entry["status"] != 4),
        ("filter=open", |entry| entry["status"] == 0),
        ("filter=archived", |entry| entry["status"] == 4),
        ("filter=unassigned", |entry| {
            entry["status"] != 4 && entry["assignee"].is_null()
        }),
        ("filter=all&tag=Vip", |entry| tagged(entry, "vip")),
        ("filter=all&tag=vip,%20NEW", |entry| {
            tagged(entry, "vip") && tagged(entry, "new")
        }),
        ("filter=all&category=sales", |entry| {
            entry["category"]["slug"] == "sales"
        }),
        ("filter=all&for=ana%40example.com", |entry| {
            entry["assignee"]["email"] == "ana@example.com"
        }),
        ("filter=all&for=emma@example.org", |entry| {
            entry["author"]["email"] == "emma@example.org"
        }),
        ("filter=all&origin=6", |entry| {
            entry["category"]["slug"] == "chat"
        }),
        ("filter=all&data%5Bplan%5D=team", |entry| {
            entry["data"]["plan"] == "team"
        }),
        (
            "filter=all&start_date=2025-06-01&end_date=2025-07-31T12:00:00Z",
            |entry| {
                let wrote = entry["last_customer_message"]["created_at"]
                    .as_str()
                    .expect("a time");
                ("2025-06-01T00:00:00.000Z"..="2025-07-31T12:00:00.000Z").contains(&wrote)
            },
        ),
    ];
    for (parameters, wanted) in cases {
        let expected: Vec<Value> = all.iter().filter(|entry| wanted(entry)).cloned().collect();
        assert!(expected.len() > 3, "{parameters}: {}", expected.len());
        assert_eq!(
            slugs(&listed(&address, parameters)),
            slugs(&expected),
            "{parameters}"
        );
    }
}

fn tagged(entry: &Value, tag: &str) -> bool {
    let tags = entry["tag_list"].as_array().expect("tags");
    let mut tags = tags.iter().filter_map(Value::as_str);
    tags.any(|known| known.eq_ignore_ascii_case(tag))
}

#[test]
fn a_date_that_is_none_is_refused() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "-q");
    let refused = json!({"errors": {"start_date": ["is not a date"]}});
    for list in ["conversations", "reports/tags"] {
        assert_eq!(get(&address, &format!("{list}?start_date=soon")), refused);
    }
}

#[test]
fn changes_show_in_lists_and_so_does_every_slug_that_was_read() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "-q --conversations 40");
    let vips = slugs(&listed(&address, "filter=all&tag=moved"));
    assert!(vips.is_empty());
    conversation(&address, "knock-knock");
    put(
        &address,
        "late-parcel",
        &json!({"tag_list": ["Moved"], "status": 4}),
    );
    let left = put(
        &address,
        "who-is-there",
        &json!({"tag_list": ["moved"], "status": 0}),
    );
    assert_eq!(listed(&address, "filter=all").len(), 42);
    let moved = listed(&address, "filter=all&sort=changed&tag=moved");
    assert_eq!(slugs(&moved), ["who-is-there", "late-parcel"]);
    assert_eq!(moved[0], left);
    let not_archived = slugs(&listed(&address, "tag=moved"));
    assert_eq!(not_archived, ["who-is-there"]);
    // Digits lead to another conversation, which is then there by its own slug.
    conversation(&address, "123");
    let all = slugs(&listed(&address, "filter=all"));
    assert!(all.contains(&"unrelated-123".to_owned()) && !all.contains(&"123".to_owned()));
}

#[test]
fn staff_and_channels_are_those_that_conversations_have_and_updates_take() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "-q");
    put(
        &address,
        "late-parcel",
        &json!({"assignee": {"email": "dora@example.com"}, "category": "returns"}),
    );
    let staff = get(&address, "staff");
    let emails: Vec<&str> = items(&staff, "staff")
        .iter()
        .filter_map(|user| user["email"].as_str())
        .collect();
    assert_eq!(
        emails,
        [
            "ana@example.com",
            "ben@example.com",
            "chloe@example.com",
            "dora@example.com"
        ]
    );
    assert_eq!(staff["total_count"], 4);
    let channels = get(&address, "channels");
    let known: BTreeMap<&str, &Value> = items(&channels, "channels")
        .iter()
        .map(|channel| {
            (
                channel["slug"].as_str().expect("a slug"),
                &channel["channel"],
            )
        })
        .collect();
    let expected = [
        ("chat", &json!(6)),
        ("returns", &json!(1)),
        ("sales", &json!(1)),
        ("support", &json!(1)),
    ];
    assert_eq!(known, BTreeMap::from(expected));
    let support = &items(&channels, "channels")[0];
    assert_eq!(
        *support,
        json!({
            "name": "Support", "slug": "support", "email": "support@example.com", "channel": 1,
            "visibility": 1, "verified": true, "brand": {"name": "Acme", "url": "https://acme.reamaze.io"},
        })
    );
    let email = get(&address, "channels?channel=email");
    assert_eq!(
        (&email["total_count"], email["page_count"].clone()),
        (&json!(3), json!(1))
    );
    for entry in listed(&address, "filter=all") {
        let slug = entry["category"]["slug"].as_str().expect("a slug");
        assert_eq!(known[slug], &entry["category"]["channel"]);
        if let Some(email) = entry["assignee"]["email"].as_str() {
            assert!(emails.contains(&email), "{email}");
        }
    }
    for email in emails {
        let update = json!({"assignee": {"email": email}});
        assert!(
            put(&address, "knock-knock", &update)["errors"].is_null(),
            "{email}"
        );
    }
    for (slug, kind) in known {
        let refused =
            put(&address, "knock-knock", &json!({"category": slug}))["errors"].is_object();
        assert_eq!(refused, kind != 1, "{slug}");
    }
}

#[test]
fn the_tags_of_a_year_are_those_that_conversations_have() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "-q");
    put(&address, "late-parcel", &json!({"tag_list": ["brand new"]}));
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for entry in listed(&address, "filter=all") {
        for tag in entry["tag_list"].as_array().expect("tags") {
            *expected
                .entry(tag.as_str().expect("a tag").to_owned())
                .or_default() += 1;
        }
    }
    let report = get(
        &address,
        "reports/tags?start_date=2027-01-01&end_date=2027-12-31",
    );
    assert_eq!(
        report,
        json!({
            "tags": expected, "start_date": "2027-01-01", "end_date": "2027-12-31",
        })
    );
    let lately = get(&address, "reports/tags");
    assert_eq!(lately["tags"]["brand new"], 1);
    let too_long = get(
        &address,
        "reports/tags?start_date=2020-01-01&end_date=2027-12-31",
    );
    assert!(too_long["errors"]["start_date"].is_array(), "{too_long}");
}

#[test]
fn a_list_that_moves_is_not_what_its_pages_add_up_to() {
    for (parameters, misses) in [("filter=all", false), ("", true), ("sort=updated", true)] {
        let workspace = Workspace::new();
        let (_busy, busy) = served(&workspace, "-q --meanwhile 100% --conversations 900");
        let mut seen = Vec::new();
        let mut totals = BTreeSet::new();
        for number in 1.. {
            let page = get(&busy, &format!("conversations?page={number}&{parameters}"));
            totals.insert(page["total_count"].as_u64().expect("a number"));
            seen.extend(items(&page, "conversations").iter().map(slug));
            if page["page_count"].as_u64().expect("a number") <= number {
                break;
            }
        }
        let (_calm, calm) = served(&workspace, "-q --conversations 900");
        let distinct: BTreeSet<&String> = seen.iter().collect();
        let before = slugs(&listed(&calm, parameters));
        let missed = before.iter().any(|slug| !distinct.contains(slug));
        assert!(totals.len() > 1, "{parameters}");
        assert!(missed || distinct.len() < seen.len(), "{parameters}");
        assert_eq!(missed, misses, "{parameters}");
    }
}

#[test]
fn limits_and_errors_are_those_of_every_request() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "-q --limit 2/m");
    let statuses = ["conversations", "staff", "channels", "reports/tags"]
        .map(|list| get(&address, list)["error"].clone());
    let refused = json!("Too Many Requests");
    assert_eq!(
        statuses,
        [Value::Null, Value::Null, refused.clone(), refused]
    );
    let (_child, address) = served(&workspace, "-q --errors 100%");
    for list in ["conversations", "staff", "channels", "reports/tags"] {
        assert!(get(&address, list)["error"].is_string(), "{list}");
    }
}

#[test]
fn every_page_of_a_hundred_thousand_conversations_can_be_read() {
    let workspace = Workspace::new();
    let (_child, address) = served(&workspace, "-q --conversations 100000 --meanwhile 100%");
    let page = get(&address, "conversations?filter=all&page=3334");
    assert_eq!(
        (&page["total_count"], &page["page_count"]),
        (&json!(100_000), &json!(3334))
    );
    assert_eq!(items(&page, "conversations").len(), 10);
    let mut seen = BTreeSet::new();
    for number in (1..=3334).step_by(10) {
        let page = get(&address, &format!("conversations?filter=all&page={number}"));
        seen.extend(items(&page, "conversations").iter().map(slug));
    }
    assert!(seen.len() > 9_900, "{}", seen.len());
}

#[test]
fn more_than_a_hundred_thousand_conversations_are_refused() {
    let workspace = Workspace::new();
    for number in ["100001", "-1", "many"] {
        let output = command(&workspace, &format!("sandbox --conversations={number}")).output();
        assert_eq!(output.status, 2, "{output:?}");
        assert!(output.stderr.contains("from 0 to 100000"), "{output:?}");
    }
    let (_child, address) = served(&workspace, "-q --conversations 0");
    let empty = json!({"page_size": 30, "page_count": 0, "total_count": 0, "conversations": []});
    assert_eq!(get(&address, "conversations"), empty);
}
