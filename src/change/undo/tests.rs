use serde_json::{Value as Json, json};

use super::*;

const NOW: &str = "2026-06-01T00:00:00Z";

fn undone(before: &Json, after: &Json, others: UnsetFields) -> (Json, Vec<(String, NotUndone)>) {
    let image = json!({
        "line": 2, "slug": "late-parcel", "read_at": NOW, "before": before, "after": after,
    });
    let image: BeforeImage = serde_json::from_str(&image.to_string()).expect("an image");
    let Undo { parts, left_out } = undo(&image, others, NOW.parse().expect("a time"));
    let row = UndoRow {
        slug: &image.slug,
        parts: &parts,
    };
    let mut row = serde_json::to_value(&row).expect("JSON");
    assert_eq!(row["slug"], "late-parcel");
    row.as_object_mut().expect("an object").remove("slug");
    let left_out = left_out.into_iter().map(|left| (left.field, left.reason));
    (row, left_out.collect())
}

/// Each case is what was there, what the row set, and the row that undoes it.
fn check(cases: &[(Json, Json, Json)]) {
    for (before, after, expected) in cases {
        let (row, left_out) = undone(before, after, UnsetFields::Kept);
        assert_eq!((&row, left_out), (expected, vec![]), "{before} {after}");
    }
}

/// Each case is what was there, what the row set, and why the field is left out.
fn check_left_out(cases: &[(Json, Json, &str, NotUndone)]) {
    for (before, after, field, reason) in cases {
        let (row, left_out) = undone(before, after, UnsetFields::Kept);
        let expected = vec![((*field).to_owned(), *reason)];
        assert_eq!((row, left_out), (json!({}), expected), "{before} {after}");
    }
}

#[test]
fn tags_go_back_by_the_inverse_edit_in_the_old_spelling() {
    let tags = |tags: Json| json!({ "tag_list": tags });
    check(&[
        (
            tags(json!(["a", "B"])),
            tags(json!(["a", "B", "c"])),
            json!({"remove_tags": ["c"]}),
        ),
        (
            tags(json!(["VIP", "b"])),
            tags(json!(["b"])),
            json!({"add_tags": ["VIP"]}),
        ),
        (
            tags(json!(["x", "Y "])),
            tags(json!(["new", "X"])),
            json!({"add_tags": ["Y "], "remove_tags": ["new"]}),
        ),
        (
            tags(json!(["vip", "Vip"])),
            tags(json!([])),
            json!({"add_tags": ["vip"]}),
        ),
        (tags(json!(["a", "b"])), tags(json!(["B", "A"])), json!({})),
    ]);
    check_left_out(&[(
        json!({}),
        tags(json!(["a"])),
        "tag_list",
        NotUndone::NotShown,
    )]);
}

fn hold(status: &str, until: &str) -> Json {
    json!({"status": status, "hold_until": until})
}

#[test]
fn a_status_goes_back_with_ours_as_its_guard() {
    let (late, later) = ("2026-07-01T00:00:00Z", "2026-08-01T02:00:00+02:00");
    check(&[
        (
            json!({"status": "0"}),
            json!({"status": "2"}),
            json!({"status": 0, "expect.status": 2}),
        ),
        (
            json!({"status": "Open"}),
            json!({"status": "1"}),
            json!({"status": 0, "expect.status": 1}),
        ),
        (json!({"status": "2"}), json!({"status": "2"}), json!({})),
        (
            hold("5", late),
            json!({"status": "2"}),
            json!({"status": 5, "hold_until": late, "expect.status": 2}),
        ),
        (
            json!({"status": "0", "hold_until": null}),
            hold("5", late),
            json!({"status": 0, "expect.status": 5, "expect.hold_until": late}),
        ),
        // The account shows no time.
        (
            json!({"status": "0"}),
            hold("5", late),
            json!({"status": 0, "expect.status": 5}),
        ),
        (
            hold("5", late),
            hold("5", later),
            json!({
                "status": 5, "hold_until": late, "expect.status": 5, "expect.hold_until": later
            }),
        ),
        (
            hold("5", "2026-08-01T00:00:00.5Z"),
            hold("5", later),
            json!({}),
        ),
    ]);
}

#[test]
fn a_status_that_cannot_be_set_again_is_left_out() {
    let late = "2026-07-01T00:00:00Z";
    let done = || json!({"status": "2"});
    check_left_out(&[
        (json!({}), done(), "status", NotUndone::NotShown),
        (
            json!({"status": "12"}),
            done(),
            "status",
            NotUndone::NotShown,
        ),
        (
            json!({"status": "6"}),
            done(),
            "status",
            NotUndone::OtherStatus,
        ),
        (
            json!({"status": "9"}),
            done(),
            "status",
            NotUndone::OtherStatus,
        ),
        (json!({"status": "5"}), done(), "status", NotUndone::NoTime),
        (
            json!({"status": "5", "hold_until": null}),
            done(),
            "status",
            NotUndone::NoTime,
        ),
        (
            json!({"status": "5"}),
            hold("5", late),
            "status",
            NotUndone::NoTime,
        ),
        (hold("5", NOW), done(), "status", NotUndone::PastTime),
    ]);
}

#[test]
fn an_assignee_goes_back_unless_there_was_none() {
    let to = |email: &str| json!({"assignee": email});
    check(&[
        (
            to("a@x.io"),
            to("b@x.io"),
            json!({"assignee": "a@x.io", "expect.assignee": "b@x.io"}),
        ),
        (to("A@x.io"), to("a@x.io"), json!({})),
    ]);
    check_left_out(&[
        (
            json!({"assignee": null}),
            to("a@x.io"),
            "assignee",
            NotUndone::Unassigned,
        ),
        (json!({}), to("a@x.io"), "assignee", NotUndone::NotShown),
    ]);
}

#[test]
fn a_channel_goes_back_if_it_is_one_of_email_and_of_the_same_brand() {
    let sales = || json!({"category": "sales"});
    let elsewhere = || json!({"category": "sales", "brand": "other"});
    let back = json!({"category": "help", "expect.category": "sales"});
    check(&[
        (json!({"category": "help"}), sales(), back.clone()),
        (
            json!({"category": "help", "is_email": true}),
            sales(),
            back.clone(),
        ),
        (
            json!({"category": "help", "brand": "other"}),
            elsewhere(),
            back,
        ),
        (
            json!({"category": "Sales", "is_email": false}),
            sales(),
            json!({}),
        ),
        (json!({"category": "sales"}), elsewhere(), json!({})),
    ]);
    check_left_out(&[
        (json!({}), sales(), "category", NotUndone::NotShown),
        (
            json!({"category": "chat", "is_email": false}),
            sales(),
            "category",
            NotUndone::NoEmailChannel,
        ),
        (
            json!({"category": "help"}),
            elsewhere(),
            "category",
            NotUndone::OtherBrand,
        ),
        (
            json!({"category": "help", "brand": "ours"}),
            elsewhere(),
            "category",
            NotUndone::OtherBrand,
        ),
    ]);
}

#[test]
fn custom_fields_go_back_digit_for_digit() {
    let data = |data: Json| json!({ "data": data });
    check(&[
        (
            data(json!({"a": "old", "b": 1})),
            data(json!({"a": "new"})),
            json!({"data.a": "old", "expect.data.a": "new"}),
        ),
        (
            data(json!({"a": null})),
            data(json!({"a": 5})),
            json!({"data.a": null, "expect.data.a": 5}),
        ),
        (
            data(json!({"a": true})),
            data(json!({"a": null})),
            json!({"data.a": true, "expect.data.a": null}),
        ),
        (data(json!({"a": "5"})), data(json!({"a": 5})), json!({})),
        (data(json!({"b": 1})), data(json!({"a": null})), json!({})),
    ]);
    check_left_out(&[
        (
            data(json!({})),
            data(json!({"a": 1})),
            "data.a",
            NotUndone::NewField,
        ),
        (
            json!({}),
            data(json!({"a": 1})),
            "data.a",
            NotUndone::NotShown,
        ),
        (
            data(json!({"a": {"b": 1}})),
            data(json!({"a": 1})),
            "data.a",
            NotUndone::Nested,
        ),
        (
            data(json!({"a": [1]})),
            data(json!({"a": 1})),
            "data.a",
            NotUndone::Nested,
        ),
    ]);
    let long = r#"{"line": 2, "slug": "a", "read_at": "2026-01-01T00:00:00Z",
        "before": {"data": {"n": 12345678901234567890.10}}, "after": {"data": {"n": 1}}}"#;
    let image: BeforeImage = serde_json::from_str(long).expect("an image");
    let undo = undo(&image, UnsetFields::Kept, NOW.parse().expect("a time"));
    let row = UndoRow {
        slug: "a",
        parts: &undo.parts,
    };
    let row = serde_json::to_string(&row).expect("JSON");
    assert_eq!(
        row,
        r#"{"slug":"a","data.n":12345678901234567890.10,"expect.data.n":1}"#
    );
}

#[test]
fn fields_that_the_server_erased_go_back_where_they_are_still_missing() {
    let before = json!({"data": {"a": "old", "b": 7, "c": null, "d": [1]}});
    let (row, left_out) = undone(&before, &json!({"data": {"a": "x"}}), UnsetFields::Erased);
    assert_eq!(
        row,
        json!({"data.a": "old", "expect.data.a": "x", "data.b": 7, "expect.data.b": null})
    );
    assert_eq!(left_out, [("data.d".to_owned(), NotUndone::Nested)]);
    // Nothing was sent, so nothing was erased.
    let (row, left_out) = undone(&before, &json!({"data": {"a": "old"}}), UnsetFields::Erased);
    assert_eq!((row, left_out), (json!({}), vec![]));
}
