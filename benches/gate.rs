//! Whether the gate, which workers pass one after the other, keeps up with the highest rate.

#![expect(clippy::expect_used, reason = "a benchmark of nothing must not pass")]

use std::thread;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use reamaze_bulk::send::{Adaptation, Gate, Priority, Rate};
use reamaze_bulk::stop::Stop;

/// In all threads together: 100 ms at the rate that is asked for.
const PASSES: u32 = 100_000;

fn pass(threads: u32) {
    let ceiling = Rate::new(1_000_000, Duration::from_secs(1));
    let gate = Gate::new(ceiling, Adaptation::Adaptive);
    let stop = Stop::default();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..PASSES / threads {
                    gate.pass(&stop, Priority::New).expect("nobody stops");
                }
            });
        }
    });
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gate");
    group
        .throughput(Throughput::Elements(u64::from(PASSES)))
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    for threads in [1, 8] {
        let id = BenchmarkId::new("1000000/s, threads", threads);
        group.bench_with_input(id, &threads, |bencher, threads| {
            bencher.iter(|| pass(*threads));
        });
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
