//! Counts over time -> requests per second of late, and the time that is left. Pure: the caller passes the time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::work::Work;
use crate::model::{Counters, PausedTime};

/// How far back the rate of requests looks.
const RECENT_REQUESTS: Duration = Duration::from_secs(10);

/// How far back the rate of rows looks: the time that is left must not jump.
const RECENT_ROWS: Duration = Duration::from_mins(1);

/// Rows that finish in less than that say little of those to come.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

/// What a run will take, from what it has done.
#[derive(Debug)]
pub(super) struct Estimate {
    work: Work,
    began: Instant,
    pauses: PausedTime,
    requests: Recent,
    /// Rows by the time that was not paused.
    rows: Recent,
    /// Rows that were sent and have finished, and when the last one did.
    finished: u64,
    last_finished: Duration,
}

impl Estimate {
    pub(super) fn new(work: Work, began: Instant) -> Self {
        Self {
            work,
            began,
            pauses: PausedTime::new(began),
            requests: Recent::new(RECENT_REQUESTS),
            rows: Recent::new(RECENT_ROWS),
            finished: 0,
            last_finished: Duration::ZERO,
        }
    }

    /// The server asked for a pause.
    pub(super) fn pause(&mut self, now: Instant, wait: Duration) {
        self.pauses.pause(now, wait);
    }

    /// How long the pause still lasts, if there is one.
    pub(super) fn pause_left(&self, now: Instant) -> Option<Duration> {
        self.pauses.left(now)
    }

    /// So many rows are to be sent in all.
    pub(super) fn expect(&mut self, rows: u64) {
        self.work.to_send.rows = rows;
    }

    /// A row that was sent has finished.
    pub(super) fn finished(&mut self, now: Instant) {
        self.finished += 1;
        self.last_finished = self.unpaused(now);
    }

    /// Takes in what was sent until `now`.
    pub(super) fn tick(&mut self, counters: &Counters, now: Instant) {
        if self.pauses.left(now).is_some() {
            // What was sent before says nothing of what comes after.
            self.requests.restart(counters.requests);
        } else if let Some(sent) = counters.last_sent {
            let sent = sent.saturating_duration_since(self.began);
            self.requests.add(sent, counters.requests);
        }
        if self.finished > 0 {
            self.rows.add(self.last_finished, self.finished);
        }
    }

    /// Requests per second of late, never more than are allowed; `None` while there are too few.
    pub(super) fn rate(&self, now: Instant) -> Option<f64> {
        let rate = self.requests.per_second(now.duration_since(self.began))?;
        Some(rate.min(self.ceiling()))
    }

    /// The time until the last row has finished; `None` before the first one.
    pub(super) fn left(&self, now: Instant) -> Option<Duration> {
        if self.finished == 0 {
            return None;
        }
        let now = self.unpaused(now);
        let is_long_enough = self.rows.span() >= LONG_ENOUGH;
        let seen = self.rows.per_second(now).filter(|_| is_long_enough);
        let rate = seen.unwrap_or_else(|| self.planned()).min(self.ceiling());
        let rows = self.work.to_send.rows.saturating_sub(self.finished);
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = rows as f64 / rate;
        // On the way to the next row.
        let since = now.saturating_sub(self.last_finished).as_secs_f64();
        let left = seconds - since.min(rate.recip());
        Duration::try_from_secs_f64(left.max(0.0)).ok()
    }

    /// Rows per second, where only the rate counts.
    fn planned(&self) -> f64 {
        let planned = self.work.to_send;
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let each = planned.requests().max(1) as f64 / planned.rows.max(1) as f64;
        self.ceiling() / each.max(1.0)
    }

    /// The most requests per second, and so the most rows.
    fn ceiling(&self) -> f64 {
        self.work.rate.per_second()
    }

    /// The time since the beginning without pauses.
    fn unpaused(&self, now: Instant) -> Duration {
        let elapsed = now.duration_since(self.began);
        elapsed.saturating_sub(self.pauses.until(now))
    }
}

/// A count as it grows.
#[derive(Debug)]
struct Recent {
    window: Duration,
    /// What it was when this began; not when.
    first: u64,
    /// When it had come so far: the last sample before the window, and those in it.
    samples: VecDeque<(Duration, u64)>,
}

impl Recent {
    fn new(window: Duration) -> Self {
        Self {
            window,
            first: 0,
            samples: VecDeque::new(),
        }
    }

    /// What comes before the next one does not count.
    fn restart(&mut self, count: u64) {
        self.first = count;
        self.samples.clear();
    }

    /// The count was reached at `at`.
    fn add(&mut self, at: Duration, count: u64) {
        if count == self.samples.back().map_or(self.first, |last| last.1) {
            return;
        }
        self.samples.push_back((at, count));
        while self.samples.len() > 2 && self.samples[1].0 + self.window <= at {
            self.samples.pop_front();
        }
    }

    /// The time from the first sample to the last.
    fn span(&self) -> Duration {
        let (Some(first), Some(last)) = (self.samples.front(), self.samples.back()) else {
            return Duration::ZERO;
        };
        last.0.saturating_sub(first.0)
    }

    /// How fast it grows; `None` until it has.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate, shown with three digits"
    )]
    fn per_second(&self, now: Duration) -> Option<f64> {
        let span = self.span();
        let ((began, first), (_, last)) = (self.samples.front()?, self.samples.back()?);
        if span.is_zero() {
            return None;
        }
        let seen = (last - first) as f64 / span.as_secs_f64();
        // Where nothing comes any more, less than if as much as ever came just now.
        let next = self.samples.iter().zip(self.samples.iter().skip(1));
        let next = next.map(|(one, other)| other.1 - one.1).max()?;
        let until_now = now.saturating_sub(*began).max(span).as_secs_f64();
        Some(seen.min((last - first + next) as f64 / until_now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RateUnit, RequestRate, SendCounts};
    use crate::report::Activity;

    /// 600 rows at two requests per second, of which `reads` are read first.
    fn work(reads: u64) -> Work {
        Work {
            activity: Activity::Sending,
            rows: 600,
            to_send: SendCounts { rows: 600, reads },
            rate: RequestRate::new(120, RateUnit::Minute),
        }
    }

    /// The rate and the seconds left at each tick, where `done` says how many requests were sent and rows
    /// finished by then, with a pause of half a minute from that tick on.
    fn estimates(
        reads: u64,
        pause_at: Option<u32>,
        done: impl Fn(u32) -> (u64, u64),
    ) -> Vec<(Option<f64>, Option<f64>)> {
        let began = Instant::now();
        let mut estimate = Estimate::new(work(reads), began);
        let mut sent = Counters::default();
        let ticks = (1..400).map(|tick| {
            let last_sent = began + tick * Duration::from_millis(500);
            let now = last_sent + Duration::from_millis(100);
            let (requests, rows) = done(tick);
            if pause_at == Some(tick) {
                estimate.pause(now, Duration::from_secs(30));
            }
            if requests > sent.requests {
                sent = Counters {
                    requests,
                    last_sent: Some(last_sent),
                    ..sent
                };
            }
            while estimate.finished < rows {
                estimate.finished(now);
            }
            estimate.tick(&sent, now);
            let left = estimate.left(now);
            (estimate.rate(now), left.map(|left| left.as_secs_f64()))
        });
        ticks.collect()
    }

    /// Fails the test unless at each tick, from the first one with an estimate on, what has passed and what
    /// is left come to about `total` seconds.
    fn expect_total(estimates: &[(Option<f64>, Option<f64>)], total: f64) {
        let known = (1..)
            .zip(estimates)
            .filter_map(|(tick, (_, left))| Some((f64::from(tick) / 2.0, (*left)?)));
        for (passed, left) in known {
            let found = passed + left;
            assert!(
                (found / total - 1.0).abs() < 0.1,
                "{passed}: {found}, {total}"
            );
        }
    }

    #[test]
    fn nothing_is_known_before_the_first_row_has_finished() {
        let estimates = estimates(0, None, |tick| (u64::from(tick), u64::from(tick > 20)));
        assert!(estimates[..20].iter().all(|(_, left)| left.is_none()));
        assert!(estimates[20].1.is_some());
        assert_eq!(estimates[0].0, None, "one request is no rate");
        assert_eq!(estimates[1].0, Some(2.0));
    }

    #[test]
    fn the_time_left_hardly_changes_while_the_rate_is_the_same() {
        expect_total(
            &estimates(0, None, |tick| (tick.into(), tick.into())),
            300.0,
        );
        // Answers come late, and many at a time.
        let late = |tick: u32| (tick.into(), u64::from(tick.saturating_sub(15) / 10 * 10));
        expect_total(&estimates(0, None, late), 305.0);
    }

    #[test]
    fn a_row_of_two_requests_takes_twice_the_time() {
        let two = |tick: u32| (tick.into(), u64::from(tick / 2));
        expect_total(&estimates(600, None, two), 600.0);
    }

    #[test]
    fn rows_that_are_counted_at_once_raise_no_rate() {
        let at_once = |tick: u32| (tick.into(), u64::from(tick / 50 * 50));
        let estimates = estimates(0, None, at_once);
        assert!(
            estimates
                .iter()
                .flat_map(|(rate, _)| rate)
                .all(|rate| *rate <= 2.0)
        );
    }

    #[test]
    fn a_pause_changes_no_estimate_of_the_rows_behind_it() {
        let paused = |tick: u32| {
            let done = tick.min(100) + tick.saturating_sub(160);
            (done.into(), done.into())
        };
        let estimates = estimates(0, Some(100), paused);
        let left = |tick: usize| estimates[tick - 1].1.unwrap_or_default();
        assert!(
            (left(99) - left(162)).abs() < 10.0,
            "{} {}",
            left(99),
            left(162)
        );
        assert_eq!(estimates[120].0, None);
        assert_eq!(estimates[170].0, Some(2.0));
    }

    #[test]
    fn a_rate_falls_when_nothing_is_sent() {
        let stopped = |tick: u32| (tick.min(40).into(), tick.min(40).into());
        let estimates = estimates(0, None, stopped);
        assert_eq!(estimates[39].0, Some(2.0));
        let late = estimates[100].0.unwrap_or_default();
        assert!((0.1..1.0).contains(&late), "{late}");
        assert!(estimates[300].1 > estimates[60].1);
    }
}
