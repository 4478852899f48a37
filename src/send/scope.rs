//! Whether a throttled answer applies to all rows, or to one conversation that is busy. Pure: the
//! caller passes the time.
//!
//! The first one is taken to apply to all rows. Only if the same row is throttled again, while others
//! that were sent in between were accepted, it applies to that row alone.

use std::time::{Duration, Instant};

/// How close together several 503 answers are a sign of overload.
const OVERLOAD_WINDOW: Duration = Duration::from_secs(10);

/// How many rows must be answered 503 within that time.
const OVERLOADED_ROWS: usize = 3;

/// The rows that were throttled or answered 503 of late.
#[derive(Debug, Default)]
pub(crate) struct ThrottleScope {
    throttled: Option<ThrottledRow>,
    /// Rows that were answered 503 without `Retry-After`, and when.
    overloaded: Vec<(Instant, u64)>,
}

/// The row that was throttled last.
#[derive(Debug)]
struct ThrottledRow {
    line: u64,
    at: Instant,
    /// Whether another row that was sent later was accepted.
    are_others_accepted: bool,
}

impl ThrottleScope {
    /// The row on that line was throttled at `now`; whether that applies to this row alone.
    pub(crate) fn throttled(&mut self, line: u64, now: Instant) -> bool {
        let is_alone = self
            .throttled
            .as_ref()
            .is_some_and(|last| last.line == line && last.are_others_accepted);
        self.throttled = Some(ThrottledRow {
            line,
            at: now,
            // It stays alone until another row is throttled.
            are_others_accepted: is_alone,
        });
        is_alone
    }

    /// The row on that line, sent at `sent`, was answered otherwise.
    pub(crate) fn answered(&mut self, line: u64, sent: Instant) {
        if let Some(last) = &mut self.throttled {
            last.are_others_accepted |= last.line != line && sent > last.at;
        }
    }

    /// The row on that line was answered 503 without `Retry-After`; whether several were of late.
    pub(crate) fn overloaded(&mut self, line: u64, now: Instant) -> bool {
        let rows = &mut self.overloaded;
        rows.retain(|(at, other)| now.duration_since(*at) < OVERLOAD_WINDOW && *other != line);
        rows.push((now, line));
        let are_several = rows.len() >= OVERLOADED_ROWS;
        if are_several {
            rows.clear();
        }
        are_several
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_row_that_is_throttled_while_others_are_accepted_is_alone() {
        let start = Instant::now();
        let mut scope = ThrottleScope::default();
        assert!(!scope.throttled(2, start));
        scope.answered(3, start + SECOND);
        assert!(scope.throttled(2, start + 2 * SECOND));
        assert!(scope.throttled(2, start + 3 * SECOND));
    }

    #[test]
    fn a_general_rate_limit_applies_to_no_row_alone() {
        let start = Instant::now();
        let mut scope = ThrottleScope::default();
        // Nothing but 429; then an answer to what was sent before.
        assert!(!scope.throttled(2, start + SECOND));
        assert!(!scope.throttled(2, start + 2 * SECOND));
        scope.answered(3, start);
        assert!(!scope.throttled(2, start + 3 * SECOND));
        // Another row is throttled too.
        scope.answered(3, start + 4 * SECOND);
        assert!(!scope.throttled(3, start + 5 * SECOND));
        assert!(!scope.throttled(2, start + 6 * SECOND));
        // Its own answer shows nothing about others.
        scope.answered(2, start + 7 * SECOND);
        assert!(!scope.throttled(2, start + 8 * SECOND));
    }

    #[test]
    fn several_rows_answered_503_together_are_an_overload() {
        let start = Instant::now();
        let mut scope = ThrottleScope::default();
        assert!(!scope.overloaded(2, start));
        assert!(!scope.overloaded(2, start + SECOND));
        assert!(!scope.overloaded(3, start + SECOND));
        assert!(scope.overloaded(4, start + 2 * SECOND));
        assert!(!scope.overloaded(5, start + 20 * SECOND));
        assert!(!scope.overloaded(6, start + 40 * SECOND));
        assert!(!scope.overloaded(7, start + 60 * SECOND));
    }
}
