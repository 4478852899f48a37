//! What was sent over time, in many buckets of any length -> a few bars for each pass, side by side on one axis.

use jiff::{SignedDuration, Timestamp};

use super::limits::CHARTED_PASSES;
use crate::model::{Pass, TimelineBucket};

/// Bars of a chart, about.
const BARS: f64 = 160.0;

/// The least length of a bar, in seconds: a rate over less says nothing.
const LEAST_SECONDS: f64 = 1.0;

/// The least width of a pass beside longer ones, in percent.
const LEAST_WIDTH: f64 = 3.0;

/// What one pass sent over time.
#[derive(Debug)]
pub(super) struct Series {
    /// Which pass it is, from 1 on.
    pub(super) pass: usize,
    /// When it began to send.
    pub(super) began: Timestamp,
    /// How long it sent.
    pub(super) seconds: f64,
    /// Where it begins on the axis, and how much of that it takes, in percent.
    pub(super) at: f64,
    pub(super) width: f64,
    /// Requests per second that were asked for at most.
    pub(super) asked: Option<f64>,
    pub(super) bars: Vec<RateBar>,
}

/// What was sent in some seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct RateBar {
    /// Seconds since the pass began to send.
    pub(super) start: f64,
    pub(super) seconds: f64,
    requests: u64,
    pub(super) throttled: u64,
    pub(super) paused: f64,
}

impl Series {
    /// When the server's pauses were, as seconds since the beginning, and how long. In a bar of which only
    /// a part was paused, that is its end where a pause begins.
    pub(super) fn pauses(&self) -> Vec<(f64, f64)> {
        let mut pauses: Vec<(f64, f64)> = Vec::new();
        let mut was_paused = false;
        for bar in &self.bars {
            match pauses.last_mut().filter(|_| was_paused) {
                Some((_, seconds)) => *seconds += bar.paused,
                None if bar.paused > 0.0 => {
                    pauses.push((bar.start + bar.seconds - bar.paused, bar.paused));
                }
                None => {}
            }
            // What is not paused to its end is followed by another pause.
            let is_short = bar.paused < bar.seconds * 0.99;
            was_paused = bar.paused > 0.0 && !(was_paused && is_short);
        }
        pauses
    }

    /// Where on the axis it is so many seconds after its beginning.
    pub(super) fn place(&self, seconds: f64) -> f64 {
        self.at + self.width * seconds / self.seconds
    }
}

impl RateBar {
    /// Requests per second.
    #[expect(clippy::cast_precision_loss, reason = "a rate that is shown")]
    pub(super) fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    fn take_in(&mut self, next: &Self) {
        self.seconds += next.seconds;
        self.requests += next.requests;
        self.throttled += next.throttled;
        self.paused += next.paused;
    }
}

/// The last passes that sent something, in order.
pub(super) fn series(buckets: &[TimelineBucket], passes: &[Pass]) -> Vec<Series> {
    let pass_of = |bucket: &TimelineBucket| {
        let begun = passes
            .iter()
            .filter(|pass| pass.started_at <= Some(bucket.ended));
        begun.count().max(1)
    };
    let parts: Vec<_> = buckets.chunk_by(|a, b| pass_of(a) == pass_of(b)).collect();
    let parts = &parts[parts.len().saturating_sub(CHARTED_PASSES)..];
    let seconds = |part: &[TimelineBucket]| part.iter().map(|bucket| bucket.seconds).sum::<f64>();
    let all: f64 = parts.iter().map(|part| seconds(part)).sum();
    let width = |part: &[TimelineBucket]| (seconds(part) * 100.0 / all).max(LEAST_WIDTH);
    let whole: f64 = parts.iter().map(|part| width(part)).sum();
    let mut at = 0.0;
    let mut series = Vec::with_capacity(parts.len());
    for part in parts {
        let (first, width) = (&part[0], width(part) * 100.0 / whole);
        let lasted = SignedDuration::try_from_secs_f64(first.seconds).unwrap_or_default();
        let began = first.ended.checked_sub(lasted).unwrap_or(first.ended);
        let least = (seconds(part) / (BARS * width / 100.0)).max(LEAST_SECONDS);
        series.push(Series {
            pass: pass_of(first),
            began,
            seconds: seconds(part),
            at,
            width,
            asked: passes
                .get(pass_of(first) - 1)
                .and_then(|pass| pass.rate_asked),
            bars: bars(part, least),
        });
        at += width;
    }
    series
}

/// Joins buckets to bars of at least so many seconds each.
fn bars(buckets: &[TimelineBucket], least: f64) -> Vec<RateBar> {
    let mut bars: Vec<RateBar> = Vec::new();
    let mut open: Option<RateBar> = None;
    let mut start = 0.0;
    for bucket in buckets {
        let next = RateBar {
            start,
            seconds: bucket.seconds,
            requests: bucket.requests,
            throttled: bucket.throttled,
            paused: bucket.paused_s,
        };
        start += bucket.seconds;
        let bar = open.get_or_insert(RateBar {
            start: next.start,
            ..RateBar::default()
        });
        bar.take_in(&next);
        if bar.seconds >= least {
            bars.extend(open.take());
        }
    }
    match (open, bars.last_mut()) {
        // What is left is too short for a rate of its own.
        (Some(rest), Some(before)) if rest.seconds < least / 2.0 => before.take_in(&rest),
        (rest, _) => bars.extend(rest),
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(ended: i64, seconds: f64, requests: u64) -> TimelineBucket {
        TimelineBucket {
            ended: Timestamp::from_second(ended).unwrap_or_default(),
            seconds,
            requests,
            throttled: 0,
            paused_s: 0.0,
        }
    }

    #[test]
    fn a_long_run_becomes_a_few_bars_with_the_same_sum() {
        let buckets: Vec<_> = (1..=4000).map(|at| bucket(at, 1.0, 3)).collect();
        let [series] = &series(&buckets, &[])[..] else {
            panic!("one pass");
        };
        assert!(
            (100..=170).contains(&series.bars.len()),
            "{}",
            series.bars.len()
        );
        let requests: u64 = series.bars.iter().map(|bar| bar.requests).sum();
        assert_eq!(requests, 12_000);
        assert!(
            series
                .bars
                .iter()
                .all(|bar| (bar.rate() - 3.0).abs() < 1e-9)
        );
    }

    #[test]
    fn a_pause_over_several_bars_is_one() {
        let paused = [0.0, 0.25, 1.0, 1.0, 0.5, 0.0, 1.0];
        let buckets = (1..).zip(paused).map(|(at, paused_s)| TimelineBucket {
            paused_s,
            ..bucket(at, 1.0, 1)
        });
        let series = series(&buckets.collect::<Vec<_>>(), &[]);
        assert_eq!(series[0].pauses(), [(1.75, 2.75), (6.0, 1.0)]);
    }

    #[test]
    fn a_rest_of_a_moment_has_no_rate_of_its_own() {
        let buckets = [bucket(1, 1.0, 50), bucket(2, 1.0, 50), bucket(2, 0.01, 3)];
        let series = series(&buckets, &[]);
        let rates: Vec<_> = series[0].bars.iter().map(RateBar::rate).collect();
        assert_eq!(rates.len(), 2);
        assert!(rates[1] < 60.0, "{rates:?}");
    }

    #[test]
    fn passes_are_side_by_side_whatever_lies_between() {
        let pass = |at: i64| Pass {
            started_at: Timestamp::from_second(at).ok(),
            ..Pass::default()
        };
        let buckets = [
            bucket(11, 1.0, 1),
            bucket(12, 1.0, 1),
            bucket(90_001, 1.0, 1),
        ];
        let series = series(&buckets, &[pass(10), pass(90_000)]);
        let shown: Vec<_> = series
            .iter()
            .map(|part| (part.pass, part.bars.len()))
            .collect();
        assert_eq!(shown, [(1, 2), (2, 1)]);
        assert!((series[1].place(1.0) - 100.0).abs() < 1e-9);
        assert!((series[1].at - 200.0 / 3.0).abs() < 1e-9);
    }
}
