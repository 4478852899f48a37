//! The source as a graph: which file of `src/` uses which, read from the paths in the text.
//!
//! A path is followed through the re-exports of a `mod.rs` to the file that defines the item. What
//! is behind `#[cfg(test)]`, and comments, do not count. Nothing here knows which arrows are allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// From where to where, both relative to `src/`.
pub(crate) type Arrows = BTreeSet<(String, String)>;

/// The files of a crate by module: `""` is `lib.rs`, `api::client` is `api/client.rs`.
pub(crate) struct SourceTree {
    /// Name and text of each file, those of unit tests included.
    files: Vec<(String, String)>,
    modules: BTreeMap<String, Module>,
}

struct Module {
    file: String,
    /// What `pub use` offers here, by name, as an absolute path.
    exports: BTreeMap<String, String>,
    uses: BTreeSet<String>,
}

impl SourceTree {
    /// Reads `src/` of this crate.
    pub(crate) fn of_this_crate() -> Self {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        let mut folders = vec![src.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder of sources") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let name = path.strip_prefix(&src).expect("below src").to_str();
                    let text = fs::read_to_string(&path).expect("UTF-8");
                    files.push((name.expect("UTF-8").to_owned(), text));
                }
            }
        }
        Self::from_files(files)
    }

    /// The same of files that are given as name and text.
    pub(crate) fn from_files(files: Vec<(String, String)>) -> Self {
        let sources = files.iter().filter(|(file, _)| !is_test(file));
        let sources = sources.map(|(file, text)| (module_of(file), (file, text)));
        let sources: BTreeMap<_, _> = sources.collect();
        let known: BTreeSet<String> = sources.keys().cloned().collect();
        let modules = sources.into_iter().map(|(module, (file, text))| {
            let (exports, uses) = paths_in(&module, text, &known);
            let file = file.clone();
            let parsed = Module {
                file,
                exports,
                uses,
            };
            (module, parsed)
        });
        let modules = modules.collect();
        Self { files, modules }
    }

    /// Name and text of each file.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter();
        files.map(|(file, text)| (file.as_str(), text.as_str()))
    }

    /// Which file uses which other file.
    pub(crate) fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for module in self.modules.values() {
            for path in &module.uses {
                let to = self.file_of(path);
                if to != module.file {
                    arrows.insert((module.file.clone(), to));
                }
            }
        }
        arrows
    }

    /// The file that defines what an absolute path names.
    fn file_of(&self, path: &str) -> String {
        let (module, item) = split(path, |module| self.modules.contains_key(module));
        let found = &self.modules[module];
        match item.and_then(|item| found.exports.get(item)) {
            Some(target) if target != path => self.file_of(target),
            _ => found.file.clone(),
        }
    }
}

/// Whether a file holds only tests.
fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

/// `api/mod.rs` is `api`, `api/client.rs` is `api::client`.
fn module_of(file: &str) -> String {
    let path = file.trim_end_matches(".rs").replace('/', "::");
    match path.as_str() {
        "lib" => String::new(),
        path => path.strip_suffix("::mod").unwrap_or(path).to_owned(),
    }
}

/// The longest module that a path begins with, and the name that follows it.
fn split(path: &str, is_module: impl Fn(&str) -> bool) -> (&str, Option<&str>) {
    let ends = path.match_indices("::").map(|(end, _)| end);
    let mut ends: Vec<usize> = ends.chain([path.len()]).collect();
    ends.reverse();
    let end = ends.into_iter().find(|end| is_module(&path[..*end]));
    let end = end.unwrap_or_default();
    let rest = path[end..].trim_start_matches(':');
    (
        &path[..end],
        rest.split("::").next().filter(|name| !name.is_empty()),
    )
}

/// What a module re-exports from below itself, and the absolute paths of all else that it names.
fn paths_in(
    module: &str,
    text: &str,
    known: &BTreeSet<String>,
) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut exports = BTreeMap::new();
    let mut uses = BTreeSet::new();
    for (start, word) in words(&code) {
        let Some(root) = root_of(module, word, known) else {
            continue;
        };
        let is_export = code[..start].ends_with("pub use ")
            || code[..start].ends_with("pub(crate) use ")
            || code[..start].ends_with("pub(super) use ");
        for path in expand(&root, &code[start + word.len()..]) {
            let path = path.trim_start_matches("::").to_owned();
            let below = module.is_empty() || path.starts_with(&format!("{module}::"));
            let (path, name) = path.split_once(" as ").map_or_else(
                || (path.as_str(), path.rsplit("::").next().unwrap_or_default()),
                |(path, name)| (path, name),
            );
            if is_export {
                exports.insert(name.to_owned(), path.to_owned());
            }
            if !(is_export && below) {
                uses.insert(path.to_owned());
            }
        }
    }
    (exports, uses)
}

/// Each word that begins a path, and where it stands.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    code.match_indices("::").filter_map(move |(end, _)| {
        let start = code[..end].rfind(|character| !is_word(character));
        let start = start.map_or(0, |before| before + 1);
        let begins = start < end && !code[..start].ends_with("::");
        begins.then(|| (start, &code[start..end]))
    })
}

/// The module that the first word of a path means; nothing for another crate or a type.
fn root_of(module: &str, word: &str, known: &BTreeSet<String>) -> Option<String> {
    let parent = || module.rsplit_once("::").map_or("", |(parent, _)| parent);
    let child = format!("{module}::{word}");
    match word {
        "crate" | "reamaze_bulk" => Some(String::new()),
        "self" => Some(module.to_owned()),
        "super" => Some(parent().to_owned()),
        _ if known.contains(child.trim_start_matches("::")) => Some(child),
        _ => None,
    }
}

/// The paths that `::a::{b, c::d as e}` adds to a root.
fn expand(root: &str, rest: &str) -> Vec<String> {
    let Some(rest) = rest.strip_prefix("::") else {
        return vec![root.to_owned()];
    };
    if let Some(group) = rest.strip_prefix('{') {
        return members(group)
            .flat_map(|member| expand(root, &format!("::{member}")))
            .collect();
    }
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let end = rest
        .find(|character| !is_word(character))
        .unwrap_or(rest.len());
    let after = &rest[end..];
    match &rest[..end] {
        "" | "self" => vec![root.to_owned()],
        "super" => expand(
            root.rsplit_once("::").map_or("", |(parent, _)| parent),
            after,
        ),
        word => match after.strip_prefix(" as ") {
            Some(name) => {
                let end = name
                    .find(|character| !is_word(character))
                    .unwrap_or(name.len());
                vec![format!("{root}::{word} as {}", &name[..end])]
            }
            None => expand(&format!("{root}::{word}"), after),
        },
    }
}

/// The members of a group up to its closing brace.
fn members(group: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    let end = group.find(|character| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        depth < 0
    });
    let group = &group[..end.unwrap_or(group.len())];
    let mut depth = 0_i32;
    let parts = group.split(move |character| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        character == ',' && depth == 0
    });
    parts.map(str::trim).filter(|member| !member.is_empty())
}
