//! What a run costs beside the network: rows are planned, passed to workers, paced and recorded,
//! but every request is answered at once.

#![expect(clippy::expect_used, reason = "a benchmark of nothing must not pass")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use reamaze_bulk::api::{
    Account, BaseUrl, Classifier, Exchange, Operation, Redactor, Reply, Verification,
};
use reamaze_bulk::input::{Reader, Wanted};
use reamaze_bulk::ledger::{BeforeImages, Journal, ResumeIndex};
use reamaze_bulk::model::{Detail, ReadPolicy};
use reamaze_bulk::pipeline::{Known, Planner, RowLimits, Run, RunMode, Selection, columns};
use reamaze_bulk::send::{Adaptation, Gate, Rate, Retries};
use reamaze_bulk::stop::Stop;
use reamaze_bulk::validate::{Clock, Damaged, Draft, Naming, Repeated, Rules, Terms};
use reqwest::StatusCode;

const ROWS: u32 = 20_000;

/// A server that carries out everything, at no distance.
struct Agreeable(Classifier);

impl Exchange for Agreeable {
    fn exchange<O: Operation>(&self, operation: &O) -> Reply<O::Output> {
        let body = br#"{"tag_list": ["vip"], "status": 2, "subject": "any"}"#;
        Reply {
            http_status: Some(200),
            result: self.0.answer(operation, StatusCode::OK, body),
        }
    }

    fn redactor(&self) -> &Redactor {
        self.0.redactor()
    }

    fn in_words<O: Operation>(&self, _: &O) -> String {
        String::new()
    }
}

fn agreeable() -> Agreeable {
    let base_url = BaseUrl::from_brand("acme").expect("a brand");
    let account = Account::new(base_url, "a@example.com", "token").expect("an account");
    Agreeable(Classifier::new(&account))
}

fn rows() -> String {
    let mut text = String::from("slug,tag_list,status,assignee,data.order\n");
    for row in 0..ROWS {
        let _ = writeln!(
            text,
            "conversation-{row},\"vip, refund-{}\",done,staff{}@example.com,{row:06}",
            row % 50,
            row % 9
        );
    }
    text
}

/// One run over `text` that records in `directory`.
fn sent(text: &str, directory: &tempfile::TempDir) {
    let read = || Reader::open(Cursor::new(text.to_owned()), &Wanted::default());
    let terms = Terms {
        clock: Clock {
            now: Timestamp::UNIX_EPOCH,
            timezone: None,
        },
        damaged: Damaged::Refuse,
        site: None,
    };
    let reader = read().expect("the rows are readable");
    let columns = columns(&reader, &Naming::default(), None).expect("the header is right");
    let rules = Arc::new(Rules::new(columns, Draft::default(), terms));
    let path = directory.path().join("results.csv");
    File::create(&path).expect("a file");
    let (mut journal, _) = Journal::open(&path, &ResumeIndex::default()).expect("an empty ledger");
    let run = Run {
        planner: Planner::new(rules, Repeated::default(), Arc::default()),
        exchange: &agreeable(),
        gate: &Gate::new(
            Rate::new(1_000_000, Duration::from_secs(1)),
            Adaptation::Adaptive,
        ),
        detail: Detail::Outcomes,
        retries: Retries(5),
        verification: Verification::Skip,
        read_policy: ReadPolicy::default(),
        workers: 8,
        mode: RunMode::Send,
        selection: Selection::All,
        deadline: None,
        row_limits: RowLimits::UNLIMITED,
        known: Known::default(),
        stop: &Stop::default(),
        monitor: None,
    };
    let pace = run
        .send(
            read,
            &mut journal,
            &mut BeforeImages::default(),
            &mut |_| {},
        )
        .expect("every row is recorded");
    assert_eq!(pace.requests, u64::from(ROWS));
}

fn benches(criterion: &mut Criterion) {
    let text = rows();
    let directory = tempfile::tempdir().expect("a directory");
    let mut group = criterion.benchmark_group("pipeline");
    group
        .throughput(Throughput::Elements(u64::from(ROWS)))
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    group.bench_function("8 workers, no network", |bencher| {
        bencher.iter(|| sent(&text, &directory));
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
