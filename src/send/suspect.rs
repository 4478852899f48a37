//! Whom a wish for a pause is about: everybody, or one conversation that the server throttles alone.
//! Pure: told the time by its caller.
//!
//! The first one always holds for everybody, because nobody can know better. Only if the same row is
//! throttled again, although others that were sent meanwhile were taken, it is about that row.

use std::time::{Duration, Instant};

/// How long several rows that are answered 503 count as together.
const TOGETHER: Duration = Duration::from_secs(10);

/// So many rows answered 503 together mean a server that is under load.
const SEVERAL: usize = 3;

/// What was seen of rows that were refused.
#[derive(Debug, Default)]
pub(crate) struct Suspects {
    throttled: Option<Suspect>,
    /// Rows that were answered 503 without more, and when.
    overloaded: Vec<(Instant, u64)>,
}

/// The row that was throttled last.
#[derive(Debug)]
struct Suspect {
    line: u64,
    at: Instant,
    /// Whether another row that was sent later was taken.
    are_others_taken: bool,
}

impl Suspects {
    /// The row on that line was throttled at `now`; whether that is about this row alone.
    pub(crate) fn throttled(&mut self, line: u64, now: Instant) -> bool {
        let is_alone = self
            .throttled
            .as_ref()
            .is_some_and(|last| last.line == line && last.are_others_taken);
        self.throttled = Some(Suspect {
            line,
            at: now,
            // Once alone, always so, until another row is throttled.
            are_others_taken: is_alone,
        });
        is_alone
    }

    /// The row on that line, sent at `sent`, was answered otherwise.
    pub(crate) fn answered(&mut self, line: u64, sent: Instant) {
        if let Some(last) = &mut self.throttled {
            last.are_others_taken |= last.line != line && sent > last.at;
        }
    }

    /// The row on that line was answered 503 without more; whether several were of late.
    pub(crate) fn overloaded(&mut self, line: u64, now: Instant) -> bool {
        let rows = &mut self.overloaded;
        rows.retain(|(at, other)| now.duration_since(*at) < TOGETHER && *other != line);
        rows.push((now, line));
        let are_several = rows.len() >= SEVERAL;
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
    fn a_row_that_is_throttled_while_others_are_taken_is_alone() {
        let start = Instant::now();
        let mut suspects = Suspects::default();
        assert!(!suspects.throttled(2, start));
        suspects.answered(3, start + SECOND);
        assert!(suspects.throttled(2, start + 2 * SECOND));
        assert!(suspects.throttled(2, start + 3 * SECOND));
    }

    #[test]
    fn a_general_throttle_is_nobodys_alone() {
        let start = Instant::now();
        let mut suspects = Suspects::default();
        // Nothing but 429; then an answer to what was sent before.
        assert!(!suspects.throttled(2, start + SECOND));
        assert!(!suspects.throttled(2, start + 2 * SECOND));
        suspects.answered(3, start);
        assert!(!suspects.throttled(2, start + 3 * SECOND));
        // Another row is throttled too.
        suspects.answered(3, start + 4 * SECOND);
        assert!(!suspects.throttled(3, start + 5 * SECOND));
        assert!(!suspects.throttled(2, start + 6 * SECOND));
        // Its own answer says nothing of others.
        suspects.answered(2, start + 7 * SECOND);
        assert!(!suspects.throttled(2, start + 8 * SECOND));
    }

    #[test]
    fn several_rows_answered_503_together_mean_load() {
        let start = Instant::now();
        let mut suspects = Suspects::default();
        assert!(!suspects.overloaded(2, start));
        assert!(!suspects.overloaded(2, start + SECOND));
        assert!(!suspects.overloaded(3, start + SECOND));
        assert!(suspects.overloaded(4, start + 2 * SECOND));
        assert!(!suspects.overloaded(5, start + 20 * SECOND));
        assert!(!suspects.overloaded(6, start + 40 * SECOND));
        assert!(!suspects.overloaded(7, start + 60 * SECOND));
    }
}
