//! When an operation that was throttled may be sent again. Pure: the caller passes the time.

use std::time::{Duration, Instant};

use super::backoff::{PATIENCE, too_long};

/// The longest wait of our own choice for one operation, as a power of two of seconds.
const LONGEST_WAIT: u32 = 6;

/// So often, an operation is throttled by what does not pass.
const MANY: u32 = 10;

/// Which operations the server throttles.
#[derive(Debug, Clone, Copy)]
pub(super) enum Throttled {
    /// All, or none.
    All,
    /// This one alone, for as long as the server asks.
    Alone(Option<Duration>),
}

/// When an operation may be sent again.
#[derive(Debug, Clone, Default)]
pub(super) struct Postponement {
    /// Not before then.
    pub(super) until: Option<Instant>,
    /// Since when it alone is throttled, and how often that was.
    alone: Option<(Instant, u32)>,
    /// Since when it is throttled at all, and how often that was.
    first: Option<Instant>,
    times: u32,
}

impl Postponement {
    /// Postpones it for `wait` from `now`; where the server throttles it alone, for as long as the
    /// server asks, or a growing time.
    pub(super) fn extend(&mut self, now: Instant, wait: Duration, throttled: Throttled) {
        self.first.get_or_insert(now);
        self.times += 1;
        let Throttled::Alone(asked) = throttled else {
            self.until = Some(now + wait);
            self.alone = None;
            return;
        };
        let (_, times) = self.alone.get_or_insert((now, 0));
        let doubled = Duration::from_secs(1 << (*times).min(LONGEST_WAIT));
        *times += 1;
        let asked = asked.filter(|asked| !asked.is_zero()).unwrap_or(doubled);
        self.until = Some(now + asked.max(wait));
    }

    /// Why nobody should wait for the operation of that name any longer, if so; `later` says what to do.
    pub(super) fn is_too_long(&self, now: Instant, name: &str, later: &str) -> Option<String> {
        let left = self.until?.saturating_duration_since(now);
        match self.alone {
            _ if left > PATIENCE => Some(too_long(left)),
            Some((since, _)) if now.duration_since(since) >= PATIENCE => Some(format!(
                "only {name} has been rate limited, for 15 minutes: {later}"
            )),
            // Reads may be answered all the while, so that nothing else shows it.
            _ if self.times >= MANY && self.first.is_some_and(|first| now >= first + PATIENCE) => {
                Some(format!(
                    "{name} has been rate limited {} times, over more than 15 minutes: {later}",
                    self.times
                ))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_row_that_is_throttled_alone_is_given_up_after_a_quarter_of_an_hour() {
        let (began, mut postponed) = (Instant::now(), Postponement::default());
        let mut now = began;
        while now < began + PATIENCE {
            assert_eq!(
                postponed.is_too_long(now, "held", "later"),
                None,
                "{:?}",
                now - began
            );
            postponed.extend(now, Duration::ZERO, Throttled::Alone(Some(60 * SECOND)));
            assert_eq!(postponed.until, Some(now + 60 * SECOND));
            now += 60 * SECOND;
        }
        let why = postponed
            .is_too_long(now, "held", "later")
            .expect("a reason");
        assert!(
            why.contains("only held has been rate limited, for 15 minutes"),
            "{why}"
        );
    }

    #[test]
    fn a_row_that_is_throttled_with_all_others_starts_its_quarter_of_an_hour_again() {
        let (began, mut postponed) = (Instant::now(), Postponement::default());
        postponed.extend(began, Duration::ZERO, Throttled::Alone(None));
        postponed.extend(began + 899 * SECOND, SECOND, Throttled::All);
        let late = began + 901 * SECOND;
        postponed.extend(late, Duration::ZERO, Throttled::Alone(None));
        assert_eq!(postponed.is_too_long(late, "held", "later"), None);
    }

    #[test]
    fn a_row_that_is_throttled_without_end_is_given_up_whoever_else_is() {
        let (began, mut postponed) = (Instant::now(), Postponement::default());
        for minute in 0..15 {
            let now = began + 60 * minute * SECOND;
            assert_eq!(
                postponed.is_too_long(now, "held", "later"),
                None,
                "{minute}"
            );
            postponed.extend(now, SECOND, Throttled::All);
        }
        let why = postponed.is_too_long(began + 901 * SECOND, "held", "later");
        assert!(why.is_some_and(|why| why.contains("15 times")));
    }

    #[test]
    fn waits_of_a_row_that_is_throttled_alone_double_unless_the_server_says_how_long() {
        let (now, mut postponed) = (Instant::now(), Postponement::default());
        let mut wait = |asked| {
            postponed.extend(now, Duration::ZERO, Throttled::Alone(asked));
            postponed.until.map(|until| (until - now).as_secs())
        };
        let waits: Vec<_> = (0..8).filter_map(|_| wait(None)).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 64]);
        assert_eq!(wait(Some(7 * SECOND)), Some(7));
        assert_eq!(wait(Some(Duration::ZERO)), Some(64));
    }

    #[test]
    fn too_long_a_pause_for_one_row_gives_it_up_at_once() {
        let (now, mut postponed) = (Instant::now(), Postponement::default());
        let asked = PATIENCE + SECOND;
        postponed.extend(now, Duration::ZERO, Throttled::Alone(Some(asked)));
        assert!(postponed.is_too_long(now, "held", "later").is_some());
    }
}
