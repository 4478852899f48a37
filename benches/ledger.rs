//! What the ledger costs per row: to append a record, and to read which rows are final when a run is
//! resumed.

#![expect(clippy::expect_used, reason = "a benchmark of nothing must not pass")]

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use reamaze_bulk::ledger::{BeforeImages, Journal, Record, ResumeIndex};
use reamaze_bulk::model::Outcome;

const ROWS: u64 = 20_000;

fn records() -> Vec<Record> {
    let record = |row| Record {
        http_status: Some(200),
        attempts: 1,
        elapsed_ms: Some(120),
        finished_at: Some("2026-11-22T10:15:00.123Z".into()),
        ..Record::unsent(
            row + 2,
            format!("conversation-{row}"),
            Outcome::Updated,
            String::new(),
        )
    };
    (0..ROWS).map(record).collect()
}

/// A new ledger with all of `records`.
fn append(records: &[Record], path: &Path) {
    File::create(path).expect("a file");
    let (mut journal, _) = Journal::open(path, &ResumeIndex::default()).expect("an empty ledger");
    for record in records {
        journal.append(record).expect("room for a line");
    }
}

fn benches(criterion: &mut Criterion) {
    let records = records();
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("results.csv");
    let mut group = criterion.benchmark_group("ledger");
    group
        .throughput(Throughput::Elements(ROWS))
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    group.bench_function("append", |bencher| {
        bencher.iter(|| append(&records, &path));
    });
    append(&records, &path);
    group.bench_function("load for a resume", |bencher| {
        bencher.iter(|| {
            let recorded =
                ResumeIndex::read(&path, &BeforeImages::default()).expect("a whole ledger");
            assert_eq!(recorded.final_rows(), ROWS);
        });
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
