//! Which names of a row are wrong, and what is said of them.

use std::borrow::Cow;

use super::*;
use crate::model::{Changes, Slug, StaffUser, TagEdits, UsedTag};

fn channel(slug: &str, brand: &str, is_email: bool) -> Channel {
    Channel {
        slug: slug.to_owned(),
        name: None,
        brand_name: None,
        brand_url: Some(format!("https://{brand}.reamaze.io")),
        is_email: Some(is_email),
    }
}

fn names(others: Vec<Channel>) -> KnownNames {
    let staff = |email: &str| StaffUser {
        email: email.to_owned(),
        name: None,
    };
    let catalog = Catalog {
        base_url: "https://acme.reamaze.io/api/v1".to_owned(),
        fetched_at: jiff::Timestamp::UNIX_EPOCH,
        staff: vec![staff("Ann@acme.com"), staff("bob.smith@acme.com")],
        channels: vec![
            channel("support", "acme", true),
            channel("sales", "acme", true),
            channel("chat", "acme", false),
        ],
        tags_since: None,
        tags: vec![UsedTag {
            name: "refund".to_owned(),
            count: 9,
        }],
    };
    KnownNames::new(
        catalog,
        others,
        "3d".to_owned(),
        "refresh --brand acme".to_owned(),
    )
}

fn update(changes: Changes<'static>) -> Update<'static> {
    Update {
        line: 2,
        slug: Slug::parse(Cow::Borrowed("knock-knock")).expect("a slug"),
        unproven_host: None,
        changes,
        tag_edits: TagEdits::default(),
        guards: Vec::new(),
    }
}

/// What is said of a row as a warning, and whether that would be a violation.
fn said(names: &KnownNames, update: &Update<'_>) -> Vec<(String, bool)> {
    let problems = names.problems(update).into_iter();
    let said = problems.map(|problem| {
        let message = problem.message(names.meant(&problem).as_deref(), &[]);
        (
            format!("{}: {message}", problem.field),
            problem.is_violation,
        )
    });
    said.collect()
}

fn assigned(email: &'static str) -> Update<'static> {
    update(Changes {
        assignee: Some(email.into()),
        ..Changes::default()
    })
}

fn moved(category: &'static str, brand: Option<&'static str>) -> Update<'static> {
    update(Changes {
        destination: Some(Destination {
            category: category.into(),
            brand: brand.map(Cow::Borrowed),
        }),
        ..Changes::default()
    })
}

#[test]
fn an_assignee_is_a_staff_user_in_any_letter_case() {
    let names = names(Vec::new());
    assert_eq!(said(&names, &assigned("ANN@ACME.com")), []);
    for (email, meant) in [
        ("anna@acme.com", " (did you mean `Ann@acme.com`?)"),
        ("ann@gmail.com", " (did you mean `Ann@acme.com`?)"),
        ("bob@acme.com", " (did you mean `bob.smith@acme.com`?)"),
        ("zoe@acme.com", ""),
    ] {
        let expected = format!("assignee: `{email}` is not a staff user{meant}");
        assert_eq!(said(&names, &assigned(email)), [(expected, true)]);
    }
}

#[test]
fn a_category_is_an_email_channel_of_the_brand() {
    let names = names(Vec::new());
    for (category, brand) in [
        ("support", None),
        ("support", Some("acme")),
        ("support", Some("https://ACME.reamaze.io/")),
        // Of another brand, there may be any.
        ("returns", Some("globex")),
    ] {
        assert_eq!(said(&names, &moved(category, brand)), [], "{category}");
    }
    for (category, brand, expected) in [
        (
            "suport",
            None,
            "category: `suport` is not a channel of this brand (did you mean `support`?)",
        ),
        (
            "xyz",
            Some("acme"),
            "category: `xyz` is not a channel of brand `acme`",
        ),
        (
            "chat",
            None,
            "category: `chat` is not an email channel, and conversations can only be moved to those",
        ),
        (
            "chat",
            Some("acme"),
            "category: `chat` is not an email channel, and conversations can only be moved to those",
        ),
    ] {
        let expected = [(expected.to_owned(), true)];
        assert_eq!(said(&names, &moved(category, brand)), expected);
    }
    // Another brand may have a channel of the same name.
    let expected = "brand: `globex` is a brand without a catalog, and channel `support` is known only of `https://acme.reamaze.io`";
    let said = said(&names, &moved("support", Some("globex")));
    assert_eq!(said, [(expected.to_owned(), false)]);
}

#[test]
fn the_catalog_of_another_brand_says_what_channels_it_has() {
    let names = names(vec![
        channel("support", "globex", true),
        channel("voice", "globex", false),
    ]);
    assert_eq!(said(&names, &moved("support", Some("globex"))), []);
    assert_eq!(said(&names, &moved("support", Some("acme"))), []);
    for (category, brand, field) in [
        ("voice", Some("globex"), "category"),
        ("suport", Some("globex"), "category"),
        ("sales", Some("globex"), "brand"),
        // Without a brand, it is a channel of the account's own.
        ("voice", None, "category"),
    ] {
        let said = said(&names, &moved(category, brand));
        let [(said, true)] = said.as_slice() else {
            panic!("{category}: {said:?}")
        };
        assert!(said.starts_with(field), "{said}");
    }
    // What is suggested is a channel of that brand.
    for (category, meant) in [("sale", ""), ("suport", " (did you mean `support`?)")] {
        let expected = format!("category: `{category}` is not a channel of brand `globex`{meant}");
        let said = said(&names, &moved(category, Some("globex")));
        assert_eq!(said, [(expected, true)]);
    }
}

#[test]
fn tags_and_guards_are_only_ever_warnings() {
    let names = names(Vec::new());
    let tags = |tags: &[&'static str]| tags.iter().copied().map(Cow::Borrowed).collect::<Vec<_>>();
    let row = Update {
        tag_edits: TagEdits {
            add: tags(&["refudn", "brand new"]),
            remove: tags(&["re-fund"]),
        },
        guards: vec![
            Guard::Assignee(Some("zoe@acme.com".into())),
            Guard::Category(Some("chat".into())),
            Guard::Category(Some("suport".into())),
            Guard::TagList(tags(&["refund", "Refund"])),
        ],
        ..update(Changes::default())
    };
    let expected = [
        "add_tags: `refudn` is not a tag in use (did you mean `refund`?)",
        "remove_tags: `re-fund` is not a tag in use (did you mean `refund`?)",
        "expect.assignee: `zoe@acme.com` is not a staff user",
        "expect.category: `suport` is not a channel of this brand (did you mean `support`?)",
        "expect.tag_list: `Refund` is not a tag in use (did you mean `refund`?)",
    ];
    let expected: Vec<_> = expected.map(|said| (said.to_owned(), false)).into();
    assert_eq!(said(&names, &row), expected);
}

#[test]
fn lists_that_are_empty_say_nothing() {
    let catalog = Catalog {
        base_url: String::new(),
        fetched_at: jiff::Timestamp::UNIX_EPOCH,
        staff: Vec::new(),
        channels: Vec::new(),
        tags_since: None,
        tags: Vec::new(),
    };
    let names = KnownNames::new(catalog, Vec::new(), String::new(), String::new());
    for row in [
        assigned("a@example.com"),
        moved("x", None),
        moved("x", Some("acme")),
    ] {
        assert_eq!(said(&names, &row), []);
    }
}

#[test]
fn a_violation_says_how_old_the_catalog_is_and_how_to_refresh_it() {
    let names = names(Vec::new());
    let said = |email| {
        let problems = names.problems(&assigned(email));
        let said = problems.iter().map(|problem| names.violation(problem));
        said.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(said("anna@acme.com"), @"`anna@acme.com` is not a staff user (by the catalog, which is 3d old; did you mean `Ann@acme.com`?)");
    insta::assert_snapshot!(said("zoe@acme.com"), @"`zoe@acme.com` is not a staff user (by the catalog, which is 3d old; to refresh it: refresh --brand acme)");
}
