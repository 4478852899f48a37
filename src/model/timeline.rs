//! Events of a pass -> what was sent over time, in buckets: their number is bounded however long it lasts.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use super::{Counters, Event, PausedTime, utc_millis};

/// The length of a bucket in the first ten minutes.
const SHORTEST: Duration = Duration::from_secs(1);

/// Later a bucket is this part of the time since the pass began: 4,000 buckets last for two days.
const PARTS: u32 = 600;

/// What was sent in some seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineBucket {
    /// When these seconds were over.
    #[serde(serialize_with = "as_utc_millis")]
    pub ended: Timestamp,
    /// How many there were; more than 0.
    pub seconds: f64,
    /// Requests sent.
    pub requests: u64,
    /// Answers 429.
    pub throttled: u64,
    /// For how many of the seconds the server had asked for a pause.
    pub paused_s: f64,
}

impl TimelineBucket {
    /// Whether it can be true: a file may contain anything.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        let most = u64::from(u32::MAX);
        self.seconds.is_finite()
            && self.seconds > 0.0
            && (0.0..=self.seconds).contains(&self.paused_s)
            && self.requests <= most
            && self.throttled <= most
    }
}

fn as_utc_millis<S: Serializer>(instant: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    utc_millis(*instant).serialize(serializer)
}

/// Collects the buckets of one pass.
#[derive(Debug)]
pub struct Timeline {
    began: Instant,
    paused: PausedTime,
    /// What is in the buckets so far, and until when.
    until: Instant,
    counters: Counters,
    paused_before: Duration,
    /// What was counted last.
    last: Counters,
}

impl Timeline {
    /// A pass that begins.
    #[must_use]
    pub fn new(began: Instant) -> Self {
        Self {
            began,
            paused: PausedTime::new(began),
            until: began,
            counters: Counters::default(),
            paused_before: Duration::ZERO,
            last: Counters::default(),
        }
    }

    /// Takes in an event of `now`, when the clock shows `clock`: a bucket, if that is full.
    pub fn take_in(
        &mut self,
        event: &Event<'_>,
        now: Instant,
        clock: Timestamp,
    ) -> Option<TimelineBucket> {
        match event {
            Event::Pause { wait, .. } => self.paused.pause(now, *wait),
            Event::Tick { counters, .. } => self.last = *counters,
            _ => return None,
        }
        let length = SHORTEST.max(now.duration_since(self.began) / PARTS);
        let is_full = now.duration_since(self.until) >= length;
        is_full.then(|| self.bucket(now, clock)).flatten()
    }

    /// What the last bucket contains when the pass ends.
    pub fn end(&mut self, now: Instant, clock: Timestamp) -> Option<TimelineBucket> {
        self.bucket(now, clock)
    }

    /// What was counted since the last bucket; `None` if no time has passed.
    fn bucket(&mut self, now: Instant, clock: Timestamp) -> Option<TimelineBucket> {
        let seconds = rounded(now.duration_since(self.until));
        if seconds <= 0.0 {
            return None;
        }
        let paused = self.paused.until(now);
        let bucket = TimelineBucket {
            ended: clock,
            seconds,
            requests: self.last.requests - self.counters.requests,
            throttled: self.last.throttled - self.counters.throttled,
            paused_s: rounded(paused.saturating_sub(self.paused_before)).min(seconds),
        };
        self.until = now;
        self.counters = self.last;
        self.paused_before = paused;
        Some(bucket)
    }
}

/// Seconds, in few enough digits for a file.
fn rounded(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The buckets of a pass of so many seconds that sends two requests in each, with a tick every half
    /// second, and a pause of a quarter of a minute in the first one.
    fn pass(seconds: u64) -> Vec<TimelineBucket> {
        let (began, clock) = (Instant::now(), Timestamp::UNIX_EPOCH);
        let mut timeline = Timeline::new(began);
        let mut buckets = Vec::new();
        for tick in 1..=seconds * 2 {
            let now = began + Duration::from_millis(500) * u32::try_from(tick).unwrap_or(u32::MAX);
            let counters = Counters {
                requests: tick,
                throttled: u64::from(tick > 60),
                ..Counters::default()
            };
            let stall = None;
            buckets.extend(timeline.take_in(&Event::Tick { stall, counters }, now, clock));
            if tick == 61 {
                let pause = Event::Pause {
                    wait: Duration::from_secs(15),
                    http_status: 429,
                    lowered_to: None,
                };
                buckets.extend(timeline.take_in(&pause, now, clock));
            }
        }
        let end = began + Duration::from_secs(seconds) + Duration::from_millis(250);
        buckets.extend(timeline.end(end, clock));
        buckets
    }

    #[test]
    fn buckets_add_up_to_what_was_sent_and_to_the_time_that_it_took() {
        let buckets = pass(60);
        assert_eq!(buckets.len(), 61);
        assert!(buckets.iter().all(TimelineBucket::is_plausible));
        assert_eq!(
            buckets.iter().map(|bucket| bucket.requests).sum::<u64>(),
            120
        );
        assert_eq!(
            buckets.iter().map(|bucket| bucket.throttled).sum::<u64>(),
            1
        );
        let sum = |part: fn(&TimelineBucket) -> f64| buckets.iter().map(part).sum::<f64>();
        let sums = [sum(|bucket| bucket.seconds), sum(|bucket| bucket.paused_s)];
        assert_eq!(format!("{sums:.3?}"), "[60.250, 15.000]");
        let paused: Vec<_> = buckets[29..47]
            .iter()
            .map(|bucket| bucket.paused_s)
            .collect();
        assert_eq!(paused[..3], [0.0, 0.5, 1.0]);
        assert_eq!(paused[15..], [1.0, 0.5, 0.0]);
    }

    #[test]
    fn a_run_of_days_has_a_few_thousand_buckets() {
        let ten_minutes = pass(600).len();
        assert_eq!(ten_minutes, 601);
        let two_days = pass(2 * 24 * 3600);
        assert!(
            (3_000..4_100).contains(&two_days.len()),
            "{}",
            two_days.len()
        );
        let longest = two_days
            .iter()
            .map(|bucket| bucket.seconds)
            .fold(0.0, f64::max);
        assert!((280.0..290.0).contains(&longest), "{longest}");
    }
}
