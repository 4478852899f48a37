//! The source keeps to the picture in `src/lib.rs`: arrows between folders, no circles, one name for
//! one thing, files of a size that one can read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support::source_tree::{Arrows, SourceTree};

/// The longest that a file may be.
const MAX_LINES: usize = 350;

/// The part that may use all others, whether it does or not.
const TOP: &str = "commands";

/// The folder of a file; of one in `src/` itself, its name.
fn folder(file: &str) -> &str {
    let end = file.find('/').unwrap_or(file.len() - ".rs".len());
    &file[..end]
}

/// The arrows that are drawn in the docs of `src/lib.rs`, and the folders in the order of their lines.
///
/// A line is `a | b -> c, d`, and after two blanks a comment; `everything` is all lines below, and
/// `nothing` is no arrow.
fn picture(lib: &str) -> (Arrows, Vec<String>) {
    let lines = lib.lines().filter_map(|line| line.strip_prefix("//! "));
    let lines: Vec<(&str, &str)> = lines
        .filter(|line| !line.contains("--"))
        .filter_map(|line| line.split_once(" -> "))
        .collect();
    let names = |list: &str, separator| -> Vec<String> {
        let list = list.trim().split("  ").next().unwrap_or_default();
        list.split(separator)
            .map(|name| name.trim().to_owned())
            .collect()
    };
    let rows: Vec<Vec<String>> = lines.iter().map(|(from, _)| names(from, '|')).collect();
    let mut arrows = Arrows::new();
    for (row, (_, to)) in lines.iter().enumerate() {
        let to = match names(to, ',') {
            to if to == ["everything"] => rows[row + 1..].concat(),
            to if to == ["nothing"] => Vec::new(),
            to => to,
        };
        for from in &rows[row] {
            arrows.extend(to.iter().map(|to| (from.clone(), to.clone())));
        }
    }
    (arrows, rows.concat())
}

/// The arrows between the parts that `part` makes of files, without those from a part to itself.
fn between<'a>(arrows: &'a Arrows, part: impl Fn(&'a str) -> &'a str) -> Arrows {
    let parts = arrows.iter().map(|(from, to)| (part(from), part(to)));
    let parts = parts.filter(|(from, to)| from != to);
    parts
        .map(|(from, to)| (from.to_owned(), to.to_owned()))
        .collect()
}

/// Where an arrow leads from each end to the next one.
type Next<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The circles among arrows: of each set of parts that reach each other, a shortest way around.
fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let mut next = Next::new();
    for (from, to) in arrows {
        next.entry(from).or_default().insert(to);
    }
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for start in next.keys().copied() {
        let circle = around(&next, start);
        if circle.iter().all(|part| seen.insert(*part)) && !circle.is_empty() {
            circles.push(circle.into_iter().map(str::to_owned).collect());
        }
    }
    circles
}

/// A shortest way from `start` back to it; empty if there is none.
fn around<'a>(next: &Next<'a>, start: &'a str) -> Vec<&'a str> {
    let mut ways: BTreeMap<&str, Vec<&str>> = BTreeMap::from([(start, vec![start])]);
    let mut open = vec![start];
    while !open.is_empty() {
        let mut reached = Vec::new();
        for from in open {
            for to in next.get(from).into_iter().flatten().copied() {
                let way = ways[from].clone();
                if to == start {
                    return way;
                }
                if !ways.contains_key(to) {
                    ways.insert(to, [way, vec![to]].concat());
                    reached.push(to);
                }
            }
        }
        open = reached;
    }
    Vec::new()
}

/// Names of types that several files define, private ones aside, with these files.
fn repeated_types(tree: &SourceTree) -> BTreeMap<String, BTreeSet<&str>> {
    let mut files: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (file, text) in tree.files() {
        for line in text.lines() {
            let mut words = line
                .trim()
                .split(|character: char| !character.is_alphanumeric());
            let mut words = words.by_ref().filter(|word| !word.is_empty());
            if words.next() != Some("pub") {
                continue;
            }
            let words = words.filter(|word| !["crate", "super", "in"].contains(word));
            let words: Vec<&str> = words.take(2).collect();
            if let ["struct" | "enum" | "trait" | "type" | "union", name] = words[..] {
                files.entry(name.to_owned()).or_default().insert(file);
            }
        }
    }
    files.retain(|_, files| files.len() > 1);
    files
}

#[test]
fn folders_use_each_other_as_the_picture_shows() {
    let tree = SourceTree::of_this_crate();
    let lib = tree.files().find(|(file, _)| *file == "lib.rs");
    let (drawn, order) = picture(lib.expect("a root").1);
    let real = between(&tree.arrows(), folder);
    let extra: Vec<_> = real.difference(&drawn).collect();
    assert!(
        extra.is_empty(),
        "not in the picture of src/lib.rs: {extra:?}"
    );
    let unused = drawn.difference(&real).filter(|(from, _)| from != TOP);
    let unused: Vec<_> = unused.collect();
    assert!(
        unused.is_empty(),
        "only in the picture of src/lib.rs: {unused:?}"
    );
    let line = |name: &String| order.iter().position(|other| other == name);
    let upwards = drawn.iter().filter(|(from, to)| line(from) >= line(to));
    let upwards: Vec<_> = upwards.collect();
    assert!(
        upwards.is_empty(),
        "the picture points upwards: {upwards:?}"
    );
}

#[test]
fn no_folder_is_in_a_circle() {
    let arrows = SourceTree::of_this_crate().arrows();
    let circles = circles(&between(&arrows, folder));
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn no_file_is_in_a_circle() {
    let circles = circles(&SourceTree::of_this_crate().arrows());
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn a_name_means_one_type() {
    let tree = SourceTree::of_this_crate();
    let repeated = repeated_types(&tree);
    assert!(repeated.is_empty(), "{repeated:#?}");
}

#[test]
fn a_file_can_be_read_at_one_sitting() {
    let tree = SourceTree::of_this_crate();
    let lengths = tree
        .files()
        .map(|(file, text)| (file, text.lines().count()));
    let long = lengths.filter(|(_, lines)| *lines > MAX_LINES);
    let long: Vec<_> = long.collect();
    assert!(long.is_empty(), "over {MAX_LINES} lines: {long:?}");
}

#[test]
fn the_page_on_architecture_names_each_folder_and_no_file_that_is_gone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/architecture.md")).expect("a page");
    let code = page.split('`').skip(1).step_by(2);
    let named = code.filter(|name| {
        let folders = ["src/", "tests/", "benches/", "fuzz/"];
        folders.iter().any(|folder| name.starts_with(folder))
    });
    let gone: Vec<&str> = named.filter(|name| !root.join(name).exists()).collect();
    assert!(gone.is_empty(), "{gone:?}");
    let tree = SourceTree::of_this_crate();
    let folders = tree.files().filter_map(|(file, _)| file.split_once('/'));
    for (folder, _) in folders {
        assert!(page.contains(&format!("\n  {folder}/ ")), "{folder}");
    }
}

/// A tree of files that are given as name and text.
fn tree(files: &[(&str, &str)]) -> SourceTree {
    let owned = |(file, text): &(&str, &str)| ((*file).to_owned(), (*text).to_owned());
    SourceTree::from_files(files.iter().map(owned).collect())
}

/// The arrows of a tree, as `from -> to`.
fn arrows_of(files: &[(&str, &str)]) -> Vec<String> {
    let arrows = tree(files).arrows();
    let arrows = arrows.iter().map(|(from, to)| format!("{from} -> {to}"));
    arrows.collect()
}

#[test]
fn a_path_leads_to_the_file_that_defines_the_item() {
    let arrows = arrows_of(&[
        ("lib.rs", "pub mod api;\npub mod model;"),
        (
            "api/mod.rs",
            "mod client;\nmod answer;\npub use client::Client;",
        ),
        (
            "api/client.rs",
            "use super::answer::Answer;\nuse crate::model::{Row, text::{self, short as cut}};",
        ),
        ("api/answer.rs", "fn f() { crate::model::other() }"),
        (
            "model/mod.rs",
            "mod row;\npub mod text;\npub use row::Row;\npub fn other() {}",
        ),
        (
            "model/row.rs",
            "// crate::api::Client\n#[cfg(test)]\nuse crate::api::Client;",
        ),
        (
            "model/text.rs",
            "use std::fmt;\nuse super::super::api::Client;",
        ),
    ]);
    let expected = [
        "api/answer.rs -> model/mod.rs",
        "api/client.rs -> api/answer.rs",
        "api/client.rs -> model/row.rs",
        "api/client.rs -> model/text.rs",
        "model/text.rs -> api/client.rs",
    ];
    assert_eq!(arrows, expected);
}

#[test]
fn a_circle_is_found_and_so_is_a_repeated_type() {
    let files = [
        ("lib.rs", ""),
        ("a/mod.rs", "pub mod one;"),
        (
            "a/one.rs",
            "use crate::b::Two;\npub(crate) struct One;\nstruct Two;",
        ),
        ("b.rs", "use crate::c::Three;\npub struct Two<T>(T);"),
        ("c.rs", "use crate::a::one::One;\npub enum One {}"),
        ("d.rs", "use crate::c::Three;"),
    ];
    let tree = tree(&files);
    assert_eq!(circles(&tree.arrows()), [["a/one.rs", "b.rs", "c.rs"]]);
    assert_eq!(circles(&between(&tree.arrows(), folder)), [["a", "b", "c"]]);
    assert_eq!(
        repeated_types(&tree).into_keys().collect::<Vec<_>>(),
        ["One"]
    );
}

#[test]
fn the_picture_is_read_line_by_line() {
    let lib = "//! text\n//! top -> everything\n//! a | b -> c    why, what\n//! c -> nothing\n";
    let (arrows, order) = picture(lib);
    let arrows = arrows.iter().map(|(from, to)| format!("{from} {to}"));
    assert_eq!(
        arrows.collect::<Vec<_>>(),
        ["a c", "b c", "top a", "top b", "top c"]
    );
    assert_eq!(order, ["top", "a", "b", "c"]);
}
