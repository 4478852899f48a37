//! Metrics for Prometheus.

use super::super::metrics::text;
use super::{counts, good_run};
use crate::model::Summary;

#[test]
fn all_numbers_of_a_run_are_there() {
    let mut run = good_run();
    run.counts = counts([80, 0, 0, 7, 5, 3, 2, 1, 2]);
    run.differs = 4;
    run.exit_status = Some(1);
    run.pace.reads = 40;
    run.pace.retries = 6;
    run.pace.throttled = 3;
    run.pace.limit_found = Some(1.5);
    insta::with_settings!({ filters => [(env!("CARGO_PKG_VERSION"), "[version]")] }, {
        insta::assert_snapshot!("metrics", text(&run, "nightly"));
    });
}

#[test]
fn what_is_not_known_is_left_out_and_labels_are_escaped() {
    let run = Summary {
        exit_status: Some(2),
        run_dir: Some("a\"b\\c\nd".into()),
        ..Summary::default()
    };
    insta::with_settings!({ filters => [(env!("CARGO_PKG_VERSION"), "[version]")] }, {
        insta::assert_snapshot!("metrics_of_an_error", text(&run, r#"a"b\c.d"#));
    });
}
