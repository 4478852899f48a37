//! The parts of a run, one for its start and one for each resume, and what they add up to.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::instant::as_utc_millis;
use super::{Pace, StopReason};

/// One start or resume of a run that had something to send. What is not known is `None`: of a part
/// that was killed only what the ledger proves is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pass {
    /// When the command started.
    #[serde(serialize_with = "as_utc_millis")]
    pub started_at: Option<Timestamp>,
    /// When it ended; `None` while it continues, and if it was killed.
    #[serde(serialize_with = "as_utc_millis")]
    pub finished_at: Option<Timestamp>,
    /// The program's exit status.
    pub exit_status: Option<u8>,
    /// Why it ended before the last row.
    pub stop_reason: Option<String>,
    /// Requests sent, every try counted.
    pub requests: Option<u64>,
    /// Of these, those that only read; also `None` in runs from before any did.
    pub reads: Option<u64>,
    /// Of these, tries after an error that was worth another try (throttling aside).
    pub retries: Option<u64>,
    /// Answers 429.
    pub throttled: Option<u64>,
    /// Requests a second asked for at most.
    pub rate_asked: Option<f64>,
    /// Requests a second, from the first to the last.
    pub rate_reached: Option<f64>,
    /// Requests a second that the server seemed to allow, where that was less.
    pub limit_found: Option<f64>,
    /// How many requests in flight would have reached the rate asked for.
    pub workers_needed: Option<u64>,
}

impl Pass {
    /// One that begins.
    #[must_use]
    pub fn begun(started_at: Option<Timestamp>, rate_asked: f64) -> Self {
        Self {
            started_at,
            rate_asked: Some(rounded(rate_asked)),
            ..Self::default()
        }
    }

    /// Takes in what it sent.
    pub fn sent(&mut self, pace: &Pace) {
        self.requests = Some(pace.requests);
        self.reads = Some(pace.reads);
        self.retries = Some(pace.retries);
        self.throttled = Some(pace.throttled);
        self.rate_reached = pace.rate_reached.map(rounded);
        self.limit_found = pace.limit_found.map(rounded);
        self.workers_needed = pace.workers_needed;
    }

    /// Takes in how it ended.
    pub fn ended(&mut self, exit_status: u8, reason: Option<&StopReason>, at: Timestamp) {
        self.exit_status = Some(exit_status);
        self.stop_reason = reason.map(|reason| reason.name().to_owned());
        self.finished_at = Some(at);
    }
}

/// A rate in few enough digits that it is read back as it was written: totals never drift.
fn rounded(rate: f64) -> f64 {
    (rate * 1e9).round() / 1e9
}

/// All requests of `passes`, as far as they are known.
#[must_use]
pub fn requests(passes: &[Pass]) -> u64 {
    passes.iter().filter_map(|pass| pass.requests).sum()
}

/// What `passes` add up to. The rate is that of the time in which requests were sent; what was found
/// out about server and workers is from the last one that sent any.
#[must_use]
pub fn total(passes: &[Pass]) -> Pace {
    let sum = |number: fn(&Pass) -> Option<u64>| passes.iter().filter_map(number).sum();
    let last = passes.iter().rev().find(|pass| pass.rate_reached.is_some());
    Pace {
        requests: requests(passes),
        reads: sum(|pass| pass.reads),
        retries: sum(|pass| pass.retries),
        throttled: sum(|pass| pass.throttled),
        rate_reached: rate(passes),
        limit_found: last.and_then(|pass| pass.limit_found),
        workers_needed: last.and_then(|pass| pass.workers_needed),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate of requests")]
fn rate(passes: &[Pass]) -> Option<f64> {
    let known = passes.iter().filter_map(|pass| {
        let (requests, rate) = (pass.requests?, pass.rate_reached?);
        (requests > 0 && rate > 0.0).then_some((requests as f64, rate))
    });
    let (requests, seconds) = known.fold((0.0, 0.0), |(requests, seconds), (more, rate)| {
        (requests + more, seconds + more / rate)
    });
    (seconds > 0.0).then(|| rounded(requests / seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(requests: u64, rate_reached: Option<f64>) -> Pass {
        Pass {
            requests: Some(requests),
            reads: Some(requests / 2),
            retries: Some(1),
            rate_reached,
            ..Pass::default()
        }
    }

    #[test]
    fn passes_add_up_and_unknown_numbers_count_for_nothing() {
        let killed = Pass {
            requests: Some(3),
            ..Pass::default()
        };
        let total = total(&[pass(10, Some(10.0)), killed, pass(10, Some(2.5))]);
        let Pace {
            requests,
            reads,
            retries,
            throttled,
            ..
        } = total;
        assert_eq!((requests, reads, retries, throttled), (23, 10, 2, 0));
        // 20 requests in 1 s and 4 s.
        assert_eq!(total.rate_reached, Some(4.0));
        assert_eq!(super::total(&[pass(0, None)]).rate_reached, None);
    }

    #[test]
    fn one_pass_is_the_whole_run() {
        let pace = Pace {
            requests: 7,
            rate_reached: Some(0.1),
            limit_found: Some(2.0),
            ..Pace::default()
        };
        let mut pass = Pass::begun(None, 3.0);
        pass.sent(&pace);
        assert!((total(&[pass]).rate_reached.unwrap_or_default() - 0.1).abs() < 1e-9);
    }
}
