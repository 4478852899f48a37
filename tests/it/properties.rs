//! What holds of every file: what is written as CSV or JSONL is read back the same, no bytes are
//! too strange to be judged, and the failed rows of a run are the rows that failed.

#![expect(clippy::expect_used, reason = "tests")]

use std::io::Cursor;

use csv::{QuoteStyle, Terminator};
use jiff::Timestamp;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use reamaze_bulk::input::{Format, Reader, Wanted};
use reamaze_bulk::model::{Content, Members, Row};
use reamaze_bulk::validate::{Clock, Columns, Damaged, Draft, Naming, Rules, Terms};
use serde_json::{Map, Value, json};

use super::support::answer::Answer;
use super::support::command::failed;
use super::support::rows::{Sent, send_to};
use super::support::server::Server;

/// So many cases, and no file to remember failures in: a case worth keeping becomes a test.
pub(super) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// How a CSV file may be written.
#[derive(Clone, Copy, Debug)]
struct Dialect {
    delimiter: u8,
    terminator: Terminator,
    quotes: QuoteStyle,
}

impl Dialect {
    /// The table as text, and the line on which each record starts.
    fn write(self, table: &[Vec<String>]) -> (String, Vec<u64>) {
        let (mut text, mut lines) = (String::new(), Vec::new());
        for record in table {
            lines.push(line_ends(&text) + 1);
            let mut writer = csv::WriterBuilder::new()
                .delimiter(self.delimiter)
                .terminator(self.terminator)
                .quote_style(self.quotes)
                .from_writer(Vec::new());
            writer.write_record(record).expect("a vector takes all");
            let bytes = writer.into_inner().expect("a vector takes all");
            text.push_str(str::from_utf8(&bytes).expect("text of texts"));
        }
        (text, lines)
    }
}

/// The line ends in a text, whichever they are.
fn line_ends(text: &str) -> u64 {
    text.replace("\r\n", "\n").matches(['\r', '\n']).count() as u64
}

fn dialects() -> impl Strategy<Value = Dialect> {
    let delimiters = (1..128_u8).prop_filter("stands for something else", |byte| {
        !b"\"\r\n".contains(byte)
    });
    let terminators = [
        Terminator::CRLF,
        Terminator::Any(b'\n'),
        Terminator::Any(b'\r'),
    ];
    // Not NonNumeric, which writes a number bare even if it holds the delimiter.
    let quotes = [QuoteStyle::Necessary, QuoteStyle::Always];
    (
        prop_oneof![select(b",;\t|".as_slice()), delimiters],
        select(terminators.to_vec()),
        select(quotes.to_vec()),
    )
        .prop_map(|(delimiter, terminator, quotes)| Dialect {
            delimiter,
            terminator,
            quotes,
        })
}

/// Any text that can stand in a file: letters of all kinds, and what files are made of.
fn cells() -> impl Strategy<Value = String> {
    let structure = "[a1,;|\t\"\r\n {}\\[\\]:.=+@\u{1b}\u{feff}\u{202e}é🎉-]{0,12}";
    let any = any::<String>().prop_map(|text| text.replace('\0', ""));
    prop_oneof![3 => structure, 1 => any]
}

/// Records of the same length, no two of which begin with the same cell, and none of them empty.
fn tables() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1..5_usize).prop_flat_map(|width| {
        vec(vec(cells(), width), 0..12).prop_map(|rows| {
            let named = rows.into_iter().enumerate();
            named
                .map(|(number, row)| [vec![format!("s{number}")], row].concat())
                .collect()
        })
    })
}

fn header_of(width: usize) -> Vec<String> {
    let names = (1..width).map(|number| format!("data.c{number}"));
    [vec!["slug".to_owned()], names.collect()].concat()
}

/// A table with its header.
fn headed(table: &[Vec<String>]) -> Vec<Vec<String>> {
    [
        vec![header_of(table.first().map_or(1, Vec::len))],
        table.to_vec(),
    ]
    .concat()
}

fn json_values() -> impl Strategy<Value = Value> {
    let leaves = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaves.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(cells(), inner, 0..4).prop_map(|map| Value::from(Map::from_iter(map))),
        ]
    })
}

fn open(
    bytes: impl Into<Vec<u8>>,
    format: Option<Format>,
    delimiter: Option<u8>,
) -> Option<Reader> {
    Reader::open(
        Cursor::new(bytes.into()),
        &Wanted {
            format,
            delimiter,
            sheet: None,
        },
    )
    .ok()
}

fn rows(mut reader: Reader) -> Vec<Row> {
    std::iter::from_fn(|| reader.next_row().expect("a vector can be read")).collect()
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn what_is_written_as_csv_is_read_back_the_same(table in tables(), dialect in dialects()) {
        let table = headed(&table);
        let (text, lines) = dialect.write(&table);
        let reader = open(text, Some(Format::Csv), Some(dialect.delimiter)).expect("a header");
        prop_assert_eq!(reader.header().expect("a header"), table[0].clone());
        let read = rows(reader);
        prop_assert_eq!(read.len(), table.len() - 1);
        for ((row, cells), line) in read.iter().zip(&table[1..]).zip(&lines[1..]) {
            prop_assert_eq!(row.line, *line);
            let Content::Cells(found) = &row.content else {
                return Err(TestCaseError::fail(format!("{row:?}")));
            };
            prop_assert_eq!(found, cells.clone());
        }
    }

    #[test]
    fn what_is_written_as_jsonl_is_read_back_the_same(
        mut objects in vec((btree_map(cells(), json_values(), 0..5), 0..3_usize), 0..10),
        end in select(["\n", "\r\n"].as_slice()),
    ) {
        let mut text = String::new();
        let mut lines = Vec::new();
        for (object, blank_lines) in &mut objects {
            // Without it, an array of objects is taken for the rows.
            object.insert("slug".into(), "a".into());
            text.push_str(&end.repeat(*blank_lines));
            lines.push(line_ends(&text) + 1);
            text.push_str(&serde_json::to_string(object).expect("text of a map"));
            text.push_str(end);
        }
        let read = rows(open(text, Some(Format::Jsonl), None).expect("JSONL needs no header"));
        prop_assert_eq!(read.iter().map(|row| row.line).collect::<Vec<_>>(), lines);
        for (row, (object, _)) in read.iter().zip(&objects) {
            let Content::Object(line) = &row.content else {
                return Err(TestCaseError::fail(format!("{row:?}")));
            };
            let members = Members::from_line(line).expect("an object that was written as one");
            let found = members.0.iter().map(|(key, value)| format!("{key:?} {value}"));
            let expected = object.iter().map(|(key, value)| format!("{key:?} {value}"));
            prop_assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_bytes_are_too_strange_to_be_judged_line_by_line(
        bytes in strange_bytes(),
        format in option::of(select([Format::Csv, Format::Tsv, Format::Jsonl].as_slice())),
        delimiter in option::of(select(b",;\t|a ".as_slice())),
    ) {
        let lines = bytes.iter().filter(|byte| b"\r\n".contains(byte)).count() as u64 + 1;
        let Some(reader) = open(bytes, format, delimiter) else { return Ok(()) };
        let columns = match reader.header() {
            Some(header) => Columns::from_header(header, reader.header_line(), &Naming::default(), None).unwrap_or_default(),
            None => Columns::default(),
        };
        let mut before = if reader.header().is_some() { reader.header_line() } else { 0 };
        let clock = Clock { now: Timestamp::UNIX_EPOCH, timezone: None };
        let rules = Rules::new(columns, Draft::default(), Terms { clock, damaged: Damaged::Refuse, site: None });
        for row in rows(reader) {
            prop_assert!(before < row.line && row.line <= lines, "{} after {before}", row.line);
            before = row.line;
            match rules.check(&row) {
                Ok(update) => {
                    prop_assert_eq!(update.line, row.line);
                    let may_edit = format!("{:?}", row.content).contains('[');
                    prop_assert!(may_edit || !update.is_without_change());
                }
                Err(invalid) => {
                    prop_assert!(invalid.line == row.line && !invalid.violations.is_empty());
                    let mut lines = invalid.violations.iter().map(|violation| violation.line);
                    prop_assert!(lines.all(|line| line == row.line));
                }
            }
        }
    }
}

/// Noise, files that are almost right, and both in every encoding.
fn strange_bytes() -> impl Strategy<Value = Vec<u8>> {
    let words = "slug status tag_list hold_until assignee brand data.x add_tags expect.status \
                 expect.data.x _note a 5 none [] [\"a\"] \
                 2099-01-01T00:00:00Z 2099-01-01 , , ; | \" \"\" {\"slug\":\"a\", \"status\": \
                 \"data\":{ \"expect\":{ \"remove_tags\": } { ] : \\u0000 \\ud800 1e999 null é";
    let blanks = ["\n", "\n", "\r\n", "\r", "\t", " ", "\u{feff}", "\0"];
    let pieces: Vec<_> = words.split(' ').chain(blanks).collect();
    let bytes = vec(any::<u8>(), 0..200);
    let almost = vec(select(pieces), 0..60).prop_map(|pieces| pieces.concat());
    let header = almost
        .clone()
        .prop_map(|text| format!("slug,status,data.x\n{text}").into_bytes());
    let utf16 = almost.clone().prop_map(|text| {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    });
    let broken = (almost.clone(), bytes.clone())
        .prop_map(|(text, noise)| [text.as_bytes(), &noise].concat());
    prop_oneof![
        bytes,
        almost.prop_map(String::into_bytes),
        header,
        utf16,
        broken
    ]
}

/// Sends to a server that refuses every row.
fn refused(name: &str, content: &str, options: &[&str]) -> Sent {
    let server =
        Server::start(|_| Answer::json(422, &json!({"errors": {"x": ["=is, \"not\"\n; so"]}})));
    let sent = send_to(&server, name, content, options);
    assert_eq!(sent.output.status, 1, "{:?}", sent.output);
    sent
}

/// The failed file of a run, which is fed back twice and must ask for the same each time.
fn fed_back(name: &str, content: &str, options: &[&str]) -> String {
    let sent = refused(name, content, options);
    let file = |sent: &Sent| {
        let extension = name.rsplit('.').next().expect("an ending");
        failed(&sent.workspace.run_dirs()[0], extension).expect("rows that failed")
    };
    let first = file(&sent);
    let again = refused(name, &first, options);
    assert_eq!(again.rows(), sent.rows());
    assert_eq!(file(&again), first, "notes replace older ones");
    first
}

/// What a failed CSV file holds: the cells, and beside them outcome and reasons.
fn cells_and_notes(text: &str, delimiter: u8) -> (Vec<Vec<String>>, Vec<[String; 2]>) {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).delimiter(delimiter);
    let records = reader.from_reader(text.as_bytes()).into_records();
    let split = records.map(|record| {
        let record = record.expect("a cell for every column");
        let mut cells: Vec<String> = record.iter().map(str::to_owned).collect();
        let notes = cells.split_off(cells.len() - 2);
        (cells, notes.try_into().expect("two notes"))
    });
    split.unzip()
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn a_failed_csv_file_is_the_same_rows_again(
        table in tables().prop_filter("rows", |table| !table.is_empty()),
        dialect in dialects(),
    ) {
        let delimiter = format!("--delimiter={}", char::from(dialect.delimiter));
        let table = headed(&table);
        let (text, _) = dialect.write(&table);
        let text = fed_back("rows.csv", &text, &[&delimiter, "--set=status=0", "--allow-damaged"]);
        let (cells, notes) = cells_and_notes(&text, dialect.delimiter);
        prop_assert_eq!(cells, table);
        prop_assert_eq!(&notes[0], &["_outcome", "_reasons"]);
        for [outcome, reasons] in &notes[1..] {
            prop_assert!(outcome == "rejected" && reasons.contains("is, \"not\""), "{reasons}");
        }
    }

    #[test]
    fn a_failed_jsonl_file_is_the_same_rows_again(
        table in tables().prop_filter("rows", |table| !table.is_empty()),
    ) {
        let object = |row: &Vec<String>| {
            let members = header_of(row.len()).into_iter().zip(row);
            members.map(|(name, cell)| (name, json!(cell))).collect::<Map<_, _>>()
        };
        let objects: Vec<_> = table.iter().map(object).collect();
        let lines: Vec<_> = objects.iter().map(|object| json!(object).to_string()).collect();
        let text = fed_back("rows.jsonl", &lines.join("\n"), &["--set=status=0", "--allow-damaged"]);
        let kept = text.lines().map(|line| {
            let mut object: Map<_, _> = serde_json::from_str(line).expect("an object a line");
            assert_eq!(object.remove("_outcome"), Some(json!("rejected")));
            assert!(object.remove("_reasons").is_some());
            object
        });
        prop_assert_eq!(kept.collect::<Vec<_>>(), objects);
    }
}
