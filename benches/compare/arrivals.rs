//! Requests as they arrive -> the figures that show whether a rate was kept to.

use std::fmt;
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// How long a client may take to find out what a limit is.
const LEARNING: Duration = Duration::from_secs(10);

/// When requests arrived, and which of them were refused.
#[derive(Default)]
pub(crate) struct Arrivals {
    requests: Vec<(Instant, bool)>,
    last_answer: Option<Instant>,
}

impl Arrivals {
    /// Takes in one request, in the order of time.
    pub(crate) fn note(&mut self, at: Instant, is_refused: bool) {
        self.requests.push((at, is_refused));
    }

    /// Takes in that an answer was sent.
    pub(crate) fn answered(&mut self, at: Instant) {
        self.last_answer = Some(at);
    }

    /// The most requests in any second, wherever it begins.
    fn busiest_second(&self) -> usize {
        let starts = self.requests.iter().enumerate();
        let counts = starts.map(|(nth, (start, _))| self.before(*start + SECOND) - nth);
        counts.max().unwrap_or(0)
    }

    /// How many requests came before `end`.
    fn before(&self, end: Instant) -> usize {
        self.requests.partition_point(|(at, _)| *at < end)
    }
}

impl fmt::Display for Arrivals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(((first, _), (last, _))) = self.requests.first().zip(self.requests.last()) else {
            return formatter.write_str("requests=0");
        };
        let late = &self.requests[self.before(*first + LEARNING)..];
        let refused = |requests: &[(Instant, bool)]| {
            requests
                .iter()
                .filter(|(_, is_refused)| *is_refused)
                .count()
        };
        let until_answered = self
            .last_answer
            .map_or(Duration::ZERO, |answer| answer - *first);
        write!(
            formatter,
            "requests={} throttled={} late_requests={} late_throttled={} first_second={} busiest_second={} arriving={:.4} answering={:.4}",
            self.requests.len(),
            refused(&self.requests),
            late.len(),
            refused(late),
            self.before(*first + SECOND),
            self.busiest_second(),
            (*last - *first).as_secs_f64(),
            until_answered.as_secs_f64(),
        )
    }
}
