//! How fast rows are read and validated, beside a bare pass over the same bytes.

#![expect(clippy::expect_used, reason = "a benchmark of nothing must not pass")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Cursor;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use reamaze_bulk::input::{Reader, Wanted};
use reamaze_bulk::model::ReadPolicy;
use reamaze_bulk::pipeline::{Check, KeepViolations, columns};
use reamaze_bulk::stop::Stop;
use reamaze_bulk::validate::{Clock, Damaged, Draft, Naming, Rules, Terms};

const ROWS: usize = 20_000;

fn csv_rows() -> String {
    let mut text = String::from("slug,tag_list,status,hold_until,assignee,data.order\n");
    for row in 0..ROWS {
        let _ = writeln!(
            text,
            "conversation-{row},\"vip, refund-{}\",done,,staff{}@example.com,{row:06}",
            row % 50,
            row % 9
        );
    }
    text
}

fn jsonl_rows() -> String {
    let mut text = String::new();
    for row in 0..ROWS {
        let _ = writeln!(
            text,
            r#"{{"slug": "conversation-{row}", "tag_list": ["vip", "refund-{}"], "status": 2, "data": {{"order": {row}}}}}"#,
            row % 50
        );
    }
    text
}

/// Everything that a dry run does with the rows; the number of valid ones.
fn validated(text: &str) -> u64 {
    let open = || Reader::open(Cursor::new(text.to_owned()), &Wanted::default());
    let reader = open().expect("the rows are readable");
    let columns = columns(&reader, &Naming::default(), None).expect("the header is right");
    let terms = Terms {
        clock: Clock {
            now: Timestamp::UNIX_EPOCH,
            timezone: None,
        },
        damaged: Damaged::Refuse,
        site: None,
    };
    let rules = Arc::new(Rules::new(columns, Draft::default(), terms));
    let check = Check {
        keep: KeepViolations::First,
        policy: ReadPolicy::default(),
        limit: None,
        max_rows: None,
        names: None,
        recorded: Arc::default(),
        stop: &Stop::default(),
    };
    let (findings, _) = check
        .rows(reader, &rules, None, open)
        .expect("the rows are readable");
    findings.preview.legal
}

fn benches(criterion: &mut Criterion) {
    let (csv_text, jsonl_text) = (csv_rows(), jsonl_rows());
    let mut group = criterion.benchmark_group("read_and_validate");
    group
        .throughput(Throughput::Elements(ROWS as u64))
        .sample_size(20);
    group.bench_function("csv", |bencher| {
        bencher.iter(|| validated(black_box(&csv_text)));
    });
    group.bench_function("csv, bare pass", |bencher| {
        bencher.iter(|| {
            let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
            reader.byte_records().flatten().count()
        });
    });
    group.bench_function("jsonl", |bencher| {
        bencher.iter(|| validated(black_box(&jsonl_text)));
    });
    group.bench_function("jsonl, bare pass", |bencher| {
        bencher.iter(|| {
            let values = jsonl_text
                .lines()
                .map(serde_json::from_str::<serde_json::Value>);
            values.flatten().count()
        });
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
