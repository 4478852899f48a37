//! The filters of `select` agree with a model: a random account, a random combination of filters, and any
//! of the servers that the API page allows.
//!
//! What matches is decided by rules written down here again, from the words of the help.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::collections::BTreeSet;
use std::sync::Arc;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::support::command::Workspace;
use super::support::generated::conversations;
use super::support::moving::{Habits, MovingAccount, slug};
use super::support::selected::{counted, selected};

/// Whether a conversation matches what one option says.
type Rule = Box<dyn Fn(&Value) -> bool>;

fn time_of(conversation: &Value, name: &str) -> Option<Timestamp> {
    let time = match name {
        "created" => &conversation["created_at"],
        _ => &conversation["last_customer_message"]["created_at"],
    };
    time.as_str()?.parse().ok()
}

fn has_tag(conversation: &Value, tag: &str) -> bool {
    let tags = conversation["tag_list"].as_array().expect("tags");
    let mut tags = tags.iter().filter_map(Value::as_str);
    tags.any(|known| known.to_lowercase() == tag.to_lowercase())
}

fn is(email: &Value, wanted: &str) -> bool {
    let email = email.as_str();
    email.is_some_and(|email| email.to_lowercase() == wanted.to_lowercase())
}

/// Tags that are asked for, so that any of them has conversations or none at all.
const TAGS: [&str; 6] = [
    "vip",
    "Returns",
    "LATE parcel",
    "größe",
    "new",
    "nobody-has-this",
];

const STATUSES: [(&str, u8); 5] = [
    ("open", 0),
    ("Done", 2),
    ("on hold", 5),
    ("4", 4),
    ("archived", 4),
];

/// A time within or near those of the account, as somebody types it.
fn time(random: &mut Rng) -> (String, Timestamp) {
    let start: Timestamp = "2025-02-20T00:00:00Z".parse().expect("a time");
    let moment = start + SignedDuration::from_mins(random.i64(0..70_000));
    match random.u8(0..3) {
        0 => (moment.to_string(), moment),
        1 => {
            let there = (moment + SignedDuration::from_hours(2)).to_string();
            (there.replace('Z', "+02:00"), moment)
        }
        _ => {
            let day = &moment.to_string()[..10];
            (
                day.to_owned(),
                format!("{day}T00:00:00Z").parse().expect("a time"),
            )
        }
    }
}

/// An option, and what it means.
fn option(random: &mut Rng) -> (String, Rule) {
    match random.u8(0..12) {
        0 => {
            let filter = ["open", "unassigned", "archived", "all"][random.usize(0..4)];
            let rule: Rule = Box::new(move |found| match filter {
                "open" => found["status"] == 0,
                "unassigned" => found["assignee"].is_null() && found["status"] != 4,
                "archived" => found["status"] == 4,
                _ => true,
            });
            (format!("--filter {filter}"), rule)
        }
        1 | 2 => {
            let mut tags = TAGS.to_vec();
            random.shuffle(&mut tags);
            tags.truncate(random.usize(1..4));
            let typed: Vec<String> = tags.iter().map(|tag| format!("--tag {tag:?}")).collect();
            let typed = typed.join(" ");
            match random.u8(0..3) {
                0 => (
                    format!("{typed} --tag-match any"),
                    Box::new(move |found| tags.iter().any(|tag| has_tag(found, tag))),
                ),
                1 => (
                    format!("{typed} --tag-match all"),
                    Box::new(move |found| tags.iter().all(|tag| has_tag(found, tag))),
                ),
                _ => (
                    typed,
                    Box::new(move |found| tags.iter().all(|tag| has_tag(found, tag))),
                ),
            }
        }
        3 => {
            let tag = TAGS[random.usize(0..TAGS.len())];
            (
                format!("--without-tag {tag:?}"),
                Box::new(move |found| !has_tag(found, tag)),
            )
        }
        4 => {
            let (name, status) = STATUSES[random.usize(0..STATUSES.len())];
            let (other, other_status) = STATUSES[random.usize(0..STATUSES.len())];
            (
                format!("--status {name:?} --status {other:?}"),
                Box::new(move |found| found["status"] == status || found["status"] == other_status),
            )
        }
        5 => {
            let email = ["ANA@example.com", "ben@example.com", "none"][random.usize(0..3)];
            let rule: Rule = Box::new(move |found| match email {
                "none" => found["assignee"].is_null(),
                email => is(&found["assignee"]["email"], email),
            });
            (format!("--assignee {email}"), rule)
        }
        6 => {
            let slug = ["support", "chat", "nowhere"][random.usize(0..3)];
            (
                format!("--category {slug}"),
                Box::new(move |found| found["category"]["slug"] == slug),
            )
        }
        7 => {
            let email = ["ana@example.com", "customer1@example.org"][random.usize(0..2)];
            let rule: Rule = Box::new(move |found| {
                is(&found["assignee"]["email"], email) || is(&found["author"]["email"], email)
            });
            (format!("--for {email}"), rule)
        }
        8 => {
            let origin = random.u8(0..3);
            (
                format!("--origin {origin}"),
                Box::new(move |found| found["origin"] == origin),
            )
        }
        9 => {
            let plan = ["team", "trial"][random.usize(0..2)];
            let size = random.u8(0..3).to_string();
            (
                format!("--data plan={plan} --data size={size}"),
                Box::new(move |found| found["data"] == json!({"plan": plan, "size": size})),
            )
        }
        10 => {
            let part = ["PARCEL", "ärger", "größe", "re:"][random.usize(0..4)];
            let rule: Rule = Box::new(move |found| {
                let subject = found["subject"].as_str().expect("a subject");
                subject.to_lowercase().contains(&part.to_lowercase())
            });
            (format!("--subject-contains {part:?}"), rule)
        }
        _ => between(random),
    }
}

/// Times are from the first one on, and before the second one.
fn between(random: &mut Rng) -> (String, Rule) {
    let name = ["created", "customer-message"][random.usize(0..2)];
    let mut times = [time(random), time(random)];
    times.sort_by_key(|(_, moment)| *moment);
    let [(after, from), (before, to)] = times;
    let (has_from, has_to) = [(true, false), (false, true), (true, from < to)][random.usize(0..3)];
    let after = has_from.then(|| format!("--{name}-after {after}"));
    let before = has_to.then(|| format!("--{name}-before {before}"));
    let typed: Vec<String> = after.into_iter().chain(before).collect();
    let rule: Rule = Box::new(move |found| {
        let is_within = |moment| (!has_from || moment >= from) && (!has_to || moment < to);
        time_of(found, name).is_some_and(is_within)
    });
    (typed.join(" "), rule)
}

/// The name of an option, of which each is given once.
fn name(typed: &str) -> &str {
    let name = typed.trim().split(' ').next().unwrap_or_default();
    name.trim_end_matches("-after").trim_end_matches("-before")
}

fn habits(random: &mut Rng) -> Habits {
    Habits {
        any_tag: random.bool(),
        oldest_first: random.bool(),
        shows_data: random.bool(),
        counts: random.u8(0..4) > 0,
        utc_offset_hours: [-8, 0, 9][random.usize(0..3)],
        includes_last_day: random.bool(),
    }
}

#[test]
fn any_combination_of_filters_selects_what_matches_all_of_them() {
    let mut selected_any = 0;
    for seed in 0..80 {
        let mut random = Rng::with_seed(seed);
        let all = conversations(seed, random.usize(0..500));
        let mut options: Vec<(String, Rule)> = Vec::new();
        for _ in 0..random.usize(0..5) {
            let (typed, rule) = option(&mut random);
            if options.iter().all(|(known, _)| name(known) != name(&typed)) {
                options.push((typed, rule));
            }
        }
        let typed: Vec<&str> = options.iter().map(|(typed, _)| typed.as_str()).collect();
        let typed = typed.join(" ");
        let matches = |found: &&Value| options.iter().all(|(_, rule)| rule(found));
        let expected: BTreeSet<String> = all.iter().filter(matches).map(slug).collect();

        let habits = habits(&mut random);
        let account = Arc::new(MovingAccount::new(habits, all));
        let server = account.serve();
        let workspace = Workspace::new();
        let (output, rows) = selected(&workspace, &server, &typed);
        let counts = counted(&rows);
        let context = format!("{seed}: {typed} {habits:?} {output:?}");
        assert!(counts.values().all(|count| *count == 1), "{context}");
        let found: BTreeSet<String> = counts.into_keys().collect();
        assert_eq!(found, expected, "{context}");
        assert_eq!(output.status, 0, "{context}");
        selected_any += usize::from(!expected.is_empty());
    }
    assert!(
        selected_any > 20,
        "{selected_any} selections were not empty"
    );
}

#[test]
fn the_server_is_asked_for_what_it_can_filter() {
    let account = Arc::new(MovingAccount::new(Habits::default(), conversations(7, 90)));
    let server = account.serve();
    let asked = |options: &str| {
        let workspace = Workspace::new();
        let (output, _) = selected(&workspace, &server, options);
        assert_eq!(output.status, 0, "{output:?}");
        let request = account.pages().pop().expect("a page");
        request
            .parameters
            .into_iter()
            .filter(|(name, _)| name != "page")
            .collect::<Vec<_>>()
    };
    let pairs = |pairs: &[(&str, &str)]| {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        pairs.collect::<Vec<_>>()
    };
    assert_eq!(asked(""), pairs(&[("filter", "all")]));
    let options =
        "--filter archived --category sales --for a+b@example.com --origin 1 --data 'a&b=c d=e'";
    assert_eq!(
        asked(options),
        pairs(&[
            ("category", "sales"),
            ("data[a&b]", "c d=e"),
            ("filter", "archived"),
            ("for", "a+b@example.com"),
            ("origin", "1"),
        ])
    );
    // Nothing that the API has no filter for narrows what is listed.
    let options = "--status open --assignee none --without-tag vip --subject-contains x --created-after 2026-01-01";
    assert_eq!(asked(options), pairs(&[("filter", "all")]));
}

#[test]
fn for_any_of_several_tags_each_is_asked_for_alone() {
    let account = Arc::new(MovingAccount::new(Habits::default(), conversations(3, 90)));
    let server = account.serve();
    let workspace = Workspace::new();
    let (output, _) = selected(&workspace, &server, "--tag vip --tag new --tag-match any");
    assert_eq!(output.status, 0, "{output:?}");
    let pages = account.pages();
    let tags: BTreeSet<&str> = pages
        .iter()
        .map(|request| request.parameters["tag"].as_str())
        .collect();
    assert_eq!(tags, BTreeSet::from(["new", "vip"]));
}

#[test]
fn what_no_conversation_can_match_is_a_usage_error() {
    let account = Arc::new(MovingAccount::new(Habits::default(), conversations(3, 30)));
    let server = account.serve();
    for options in [
        "--tag 'a,b'",
        "--status dnoe",
        "--filter closed",
        "--tag-match any",
        "--created-after soon",
        "--created-after 2026-02-01 --created-before 2026-01-01",
        "--data plan",
        "--data =team",
        "--data plan=",
        "--tag=",
        "--without-tag=' '",
        "--category=",
        "--for=",
        "--for ana",
        "--origin=",
        "--origin email",
        "--subject-contains=",
        "--assignee=",
        "--status=",
    ] {
        let workspace = Workspace::new();
        let (output, _) = selected(&workspace, &server, options);
        assert_eq!(output.status, 2, "{options}: {output:?}");
    }
    assert!(account.pages().is_empty());
}
