//! `add_tags` and `remove_tags`: what is legal, alone, together, and with `--set`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use reamaze_bulk::model::{Content, Row};
use reamaze_bulk::validate::{Clock, Columns, Damaged, Draft, Rules, Terms};
use serde_json::{Map, json};

use super::properties::cases;
use super::support::rows::preview;

/// Checks that the file is refused with just these violations, each as `LINE: FIELD: MESSAGE`.
fn assert_refused(name: &str, rows: &str, options: &[&str], expected: &[&str]) {
    let preview = preview(name, rows, options);
    assert_eq!(preview.violations(), expected, "{rows} {options:?}");
    assert_eq!(preview.status, 3);
}

fn assert_legal(name: &str, rows: &str, options: &[&str]) {
    let preview = preview(name, rows, options);
    assert_eq!(
        preview.status,
        0,
        "{rows} {options:?} {:?}",
        preview.violations()
    );
}

#[test]
fn tags_are_edited_by_cell_by_key_and_by_option() {
    assert_legal(
        "rows.csv",
        "slug,Add_Tags,remove_tags\na,\"vip, x\",new\nb,\"[\"\"c\"\"]\",\n",
        &[],
    );
    let jsonl = r#"{"slug":"a","add_tags":["vip"],"remove_tags":["new"]}"#;
    assert_legal("rows.jsonl", jsonl, &[]);
    assert_legal(
        "rows.csv",
        "slug\na\n",
        &["--set=add_tags=vip", "--set=remove_tags=a, b"],
    );
    // None for this row, whatever else it changes.
    assert_legal("rows.csv", "slug,add_tags,status\na,[],\nb,[],2\n", &[]);
    assert_legal(
        "rows.csv",
        "slug,add_tags\na,[]\nb,\n",
        &["--set=add_tags=vip"],
    );
    assert_legal(
        "rows.jsonl",
        r#"{"slug":"a","add_tags":[],"remove_tags":[]}"#,
        &[],
    );
}

#[test]
fn replacing_and_editing_exclude_each_other() {
    let replaces = "which replaces all tags";
    assert_refused(
        "rows.csv",
        "slug,tag_list,add_tags,remove_tags\na,x,y,z\nb,[],,z\nc,x,[],\n",
        &[],
        &[
            &format!(
                "2: add_tags: cannot be combined with `tag_list`, {replaces} (remove one of them)"
            ),
            &format!(
                "2: remove_tags: cannot be combined with `tag_list`, {replaces} (remove one of them)"
            ),
            &format!(
                "3: remove_tags: cannot be combined with `tag_list`, {replaces} (remove one of them)"
            ),
        ],
    );
    let of_set = "2: add_tags: of --set cannot be combined with the row's `tag_list`, which replaces all tags \
                  (write `[]` in add_tags of this row, or remove its tag_list)";
    let set = ["--set=add_tags=vip"];
    assert_refused("rows.csv", "slug,tag_list\na,x\n", &set, &[of_set]);
    assert_legal("rows.csv", "slug,tag_list,add_tags\na,x,[]\n", &set);
    let to_set = "2: remove_tags: cannot be combined with the `tag_list` of --set, which replaces all tags \
                  (remove one of them)";
    let set = ["--set=tag_list=vip"];
    assert_refused("rows.csv", "slug,remove_tags\na,x\n", &set, &[to_set]);
}

#[test]
fn a_tag_is_added_or_removed() {
    for (added, removed) in [
        ("vip", "VIP"),
        (" vip ", "vip"),
        ("caf\u{e9}", "cafe\u{301}"),
    ] {
        let row = json!({"slug": "a", "add_tags": ["x", added], "remove_tags": [removed]});
        let removed = removed.trim();
        let told = format!("1: remove_tags: `{removed}`: also in `add_tags` (keep one)");
        assert_refused("rows.jsonl", &row.to_string(), &[], &[&told]);
    }
    let told = "2: remove_tags: `VIP`: also in `add_tags` (keep one; `[]` in add_tags of this row leaves out that of --set)";
    let set = ["--set=add_tags=vip"];
    assert_refused("rows.csv", "slug,remove_tags\na,VIP\n", &set, &[told]);
    assert_legal("rows.csv", "slug,remove_tags,add_tags\na,VIP,[]\n", &set);
}

#[test]
fn what_a_set_option_cannot_mean_is_told_in_words_for_options() {
    let none = "looks like an exported empty value (leave the option out; if it is meant, write an array: [\"none\"])";
    let rows = "slug,status\na,2\n";
    for (set, words) in [
        ("add_tags=", "the value is empty (leave the option out)"),
        ("status=", "the value is empty (leave the option out)"),
        (
            "tag_list=",
            "the value is empty (leave the option out, or write tag_list=[] to remove all tags)",
        ),
        ("add_tags=none", none),
        ("remove_tags=, ,", "contains no tag (leave the option out)"),
        (
            "tag_list=NULL",
            "(leave the option out, or write `[]` to remove all tags)",
        ),
        ("assignee=none", "empty value (leave the option out)"),
    ] {
        let preview = preview("rows.csv", rows, &[&format!("--set={set}")]);
        assert_eq!(preview.status, 2, "{set}");
        assert!(preview.stderr.contains(words), "{}", preview.stderr);
    }
}

#[test]
fn a_tag_that_is_repeated_in_another_letter_case_is_edited_once() {
    let rows = "slug,add_tags\na,\"vip, VIP, Refund\"\nb,\"Vip, vip\"\n";
    let document = preview("rows.csv", rows, &[]).document;
    let tags = [("Refund", 1), ("Vip", 2)];
    let tags = tags.map(|(tag, rows)| json!({"value": tag, "rows": rows}));
    let shown = document["changes"]["add_tags"]["values"].as_array();
    let mut shown = shown.expect("values").clone();
    shown.sort_by_key(|tag| tag["value"].to_string());
    assert_eq!(shown, tags);
}

#[test]
fn a_tag_to_add_is_checked_like_any_other() {
    for (cell, words) in [
        (
            "NULL",
            "looks like an exported empty value (leave the cell empty, or write `[]` for none in this row)",
        ),
        (
            "a;b",
            "`a;b` contains `;`: is this a separator? (separate tags with commas)",
        ),
        ("\"[\"\"a,b\"\"]\"", "contains a comma"),
        (
            "\", ,\"",
            "contains no tag (write `[]` for none in this row)",
        ),
        ("a\u{200b}b", "contains U+200B"),
        ("\"{a,b}\"", "is a list as a database"),
        (
            &"é".repeat(256),
            "is longer than 255 characters (shorten it)",
        ),
    ] {
        for field in ["add_tags", "remove_tags"] {
            let preview = preview("rows.csv", format!("slug,{field}\na,{cell}\n"), &[]);
            let told = preview.violations();
            let start = format!("2: {field}: ");
            assert!(
                told.len() == 1 && told[0].starts_with(&start) && told[0].contains(words),
                "{told:?}"
            );
        }
    }
    assert_legal(
        "rows.csv",
        &format!("slug,add_tags\na,{}\n", "é".repeat(255)),
        &[],
    );
}

#[test]
fn names_of_other_tools_lead_to_the_right_column() {
    for (theirs, words) in [
        ("additional_tags", "did you mean `add_tags`?"),
        ("add_tag", "did you mean `add_tags`?"),
        ("Add_Labels", "did you mean `add_tags`?"),
        ("tags_to_add", "did you mean `add_tags`?"),
        ("addtags", "did you mean `add_tags`?"),
        ("remove_tag", "did you mean `remove_tags`?"),
        ("delete_tags", "did you mean `remove_tags`?"),
        (
            "tags",
            "did you mean `tag_list`? it replaces all tags; `add_tags` keeps them",
        ),
    ] {
        let told = preview("rows.csv", format!("slug,{theirs}\na,x\n"), &[]).violations();
        assert!(told.len() == 1 && told[0].contains(words), "{told:?}");
    }
}

/// Tags that differ, and tags that only seem to.
fn tags() -> impl Strategy<Value = Option<Vec<&'static str>>> {
    let known = ["vip", "VIP", " vip", "caf\u{e9}", "CAFE\u{301}", "new", "x"];
    option::of(vec(select(known.to_vec()), 0..4))
}

fn folded<T: AsRef<str>>(tags: &[T]) -> BTreeSet<String> {
    let tags = tags.iter().map(|tag| tag.as_ref().trim().to_lowercase());
    tags.map(|tag| tag.replace("e\u{301}", "\u{e9}")).collect()
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn no_update_replaces_and_edits_or_adds_what_it_removes(
        own in [tags(), tags(), tags()],
        set in [tags(), tags(), tags()],
    ) {
        let fields = ["tag_list", "add_tags", "remove_tags"];
        let options: Vec<_> = fields.iter().zip(&set)
            .filter_map(|(field, tags)| {
                let option = format!("{field}={}", json!(tags.as_ref()?));
                Some(option.parse().expect("an assignment"))
            })
            .collect();
        let clock = Clock { now: Timestamp::UNIX_EPOCH, timezone: None };
        let terms = Terms { clock, damaged: Damaged::Refuse, site: None };
        let draft = Draft::from_assignments(&options, &terms).expect("legal tags");
        let rules = Rules::new(Columns::default(), draft, terms);
        let members = fields.iter().zip(&own).map(|(field, tags)| ((*field).to_owned(), json!(tags)));
        let mut object: Map<_, _> = members.collect();
        object.insert("slug".to_owned(), json!("a"));
        let content = Content::Object(json!(object).to_string());
        let row = Row { line: 1, content };

        let [replaced, added, removed] = [0, 1, 2].map(|at| own[at].as_ref().or(set[at].as_ref()));
        let of = |tags: Option<&Vec<_>>| folded(tags.map_or(&[][..], Vec::as_slice));
        let (added_set, removed_set) = (of(added), of(removed));
        let edits = !added_set.is_empty() || !removed_set.is_empty();
        let is_legal = (replaced.is_none() || !edits)
            && added_set.is_disjoint(&removed_set)
            && (replaced.is_some() || added.is_some() || removed.is_some());
        match rules.check(&row) {
            Ok(update) => {
                prop_assert!(is_legal);
                prop_assert_eq!(update.changes.tag_list.is_some(), replaced.is_some());
                let plain = |tags: &[Cow<'_, str>]| folded(tags);
                prop_assert_eq!(plain(&update.tag_edits.add), added_set);
                prop_assert_eq!(plain(&update.tag_edits.remove), removed_set);
            }
            Err(invalid) => prop_assert!(!is_legal, "{:?}", invalid.violations),
        }
    }
}
