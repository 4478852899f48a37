//! The first bytes of a file -> whether they are JSON, and in which form other than an object a line.

use super::InputError;
use super::layout::Format;
use super::lines::first_line;
use crate::model::Members;

/// Fails if a file that starts like this, read as `format`, is JSON in another form than that.
pub(super) fn refuse(text: &[u8], format: Format) -> Result<(), InputError> {
    let text = text.trim_ascii_start();
    match text.first() {
        Some(b'[') if is_array(text) => Err(InputError::JsonArray),
        Some(b'{') if opens_object(text) => refuse_object(text, format),
        _ => Ok(()),
    }
}

fn refuse_object(text: &[u8], format: Format) -> Result<(), InputError> {
    let first = first_line(text);
    let object = str::from_utf8(first).unwrap_or_default();
    let members = serde_json::from_str::<Members<'_>>(object);
    let is_row = |members: &Members<'_>| {
        let mut keys = members.0.iter();
        keys.any(|(key, _)| key.trim().eq_ignore_ascii_case("slug"))
    };
    let is_row = members.as_ref().is_ok_and(is_row);
    if let Some(path) = array_in(text).filter(|_| !is_row) {
        return Err(InputError::JsonAround(path));
    }
    let next = text[first.len()..].trim_ascii_start().first();
    let is_open = members.is_err_and(|error| error.is_eof());
    if is_open && next.is_some_and(|next| *next != b'{') {
        return Err(InputError::JsonIndented);
    }
    match format {
        Format::Jsonl => Ok(()),
        Format::Csv | Format::Tsv | Format::Xlsx | Format::Ods => Err(InputError::Json),
    }
}

/// The first byte that is not white space.
fn first_of(text: &[u8]) -> Option<u8> {
    text.trim_ascii_start().first().copied()
}

/// Whether the array that `text` begins with is all there is: it contains objects, or spans several
/// lines. One of text alone is some line that is not an object.
fn is_array(text: &[u8]) -> bool {
    matches!(first_of(&text[1..]), None | Some(b'{' | b']'))
        || !first_line(text).trim_ascii_end().ends_with(b"]")
}

fn opens_object(text: &[u8]) -> bool {
    matches!(first_of(&text[1..]), Some(b'"' | b'}'))
}

/// The first array of objects in the object that `text` begins with, as `jq` names it; none that is
/// under a name like `_notes`, which is for notes.
fn array_in(text: &[u8]) -> Option<String> {
    let mut path: Vec<&str> = Vec::new();
    let (mut key, mut arrays, mut at) = ("", 0_usize, 0);
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let end = end_of_string(text, at)?;
                if first_of(&text[end + 1..]) == Some(b':') {
                    key = str::from_utf8(&text[at..end]).ok()?;
                }
                at = end + 1;
            }
            b'[' if arrays == 0 && first_of(&text[at..]) == Some(b'{') => {
                path.push(key);
                return named(&path[1..]);
            }
            b'[' => arrays += 1,
            b']' => arrays = arrays.saturating_sub(1),
            b'{' if arrays == 0 => path.push(key),
            b'}' if arrays == 0 => {
                path.pop();
                if path.is_empty() {
                    return None;
                }
            }
            _ => {}
        }
    }
    None
}

/// Where the string ends whose text starts at `from`.
fn end_of_string(text: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', &text[from..])?;
        if text[at] == b'"' {
            return Some(at);
        }
        from = (at + 2).min(text.len());
    }
}

/// Names of members as a path of `jq`; `None` where one of them needs more than that.
fn named(keys: &[&str]) -> Option<String> {
    let is_plain = |key: &&str| {
        key.starts_with(|c: char| c.is_ascii_alphabetic())
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let is_known = keys.iter().all(is_plain) && *keys != ["tag_list"];
    is_known.then(|| format!(".{}", keys.join(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str, format: Format) -> String {
        let refused = refuse(text.as_bytes(), format);
        refused.map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn every_form_of_json_is_named_with_its_fix() {
        for (text, fix) in [
            ("[", "'.[]'"),
            ("[]", "'.[]'"),
            (" [{\"slug\":\"a\"}, {\"slug\":\"b\"}]", "'.[]'"),
            ("[\n  {\n", "'.[]'"),
            ("[\"a\",\n\"b\"]", "'.[]'"),
            ("{\"conversations\": [{\"slug\"", "'.conversations[]'"),
            (
                "{\n\"n\": [1, [2]], \"t\": \"[{\\\"\",\n\"d\": {\"rows\": [ {",
                "'.d.rows[]'",
            ),
            ("{\"a\": {}, \"b\": [{}]}\n{\"a\":1}", "'.b[]'"),
            ("{\n  \"slug\": \"a\"\n}\n{\n", "jq -c . FILE"),
            ("{\"slug\": \"a\",\n  \"status\": 2}", "jq -c . FILE"),
        ] {
            for format in [Format::Jsonl, Format::Csv] {
                let message = message(text, format);
                assert!(message.contains(fix), "{text}: {message}");
            }
        }
    }

    #[test]
    fn lines_of_json_are_no_other_form() {
        for text in [
            "",
            "{}",
            "{\"slug\":\"a\"}\n{\"slug\":\"b\"}",
            "{\"slug\":\"a\"\n{\"slug\":\"b\"}",
            "{\"slug\":\"a\"",
            "{\"_old\":[{\"slug\":\"a\"}],\"slug\":\"a\"}",
            "{\"data\":{\"x\":[{}]},\"Slug\":\"a\"}",
            "{\"tag_list\":[{\"x",
            "{\"_notes\":[{\"x",
            "[\"a\",2]\n[\"b\",2]",
            "{x}",
        ] {
            assert_eq!(message(text, Format::Jsonl), "", "{text}");
        }
        assert!(message("{\"slug\":\"a\"}", Format::Tsv).contains("--format jsonl"));
        assert_eq!(message("{x},slug", Format::Csv), "");
    }
}
