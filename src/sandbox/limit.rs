//! Turns the requests of each API token into "go ahead" or "wait this long".

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How many requests the simulated service takes from one API token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Requests taken within one window; 0 refuses everything.
    pub requests: u32,
    /// Length of a window. It opens with a token's first request, and does not slide.
    pub window: Duration,
}

/// The open window of every token seen so far.
#[derive(Debug, Default)]
pub(super) struct Windows(HashMap<String, Window>);

#[derive(Debug)]
struct Window {
    opened: Instant,
    taken: u32,
}

impl Windows {
    /// Counts one request, or says how long the window that refuses it stays open.
    pub(super) fn admit(
        &mut self,
        token: &str,
        limit: Limit,
        now: Instant,
    ) -> Result<(), Duration> {
        let fresh = || Window {
            opened: now,
            taken: 0,
        };
        let window = self.0.entry(token.to_owned()).or_insert_with(fresh);
        if now.duration_since(window.opened) >= limit.window {
            *window = fresh();
        }
        if window.taken >= limit.requests {
            return Err(limit
                .window
                .saturating_sub(now.duration_since(window.opened)));
        }
        window.taken += 1;
        Ok(())
    }
}

/// A wait as `Retry-After` says it: whole seconds, rounded up so that a client that waits exactly
/// that long is let in, and at least 1.
pub(super) fn whole_seconds(wait: Duration) -> u64 {
    let begun = u64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(begun).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit {
        requests: 2,
        window: Duration::from_mins(1),
    };

    #[test]
    fn a_full_window_refuses_until_it_ends() {
        let (mut windows, start) = (Windows::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(windows.admit("token", LIMIT, at(0)), Ok(()));
        assert_eq!(windows.admit("token", LIMIT, at(50)), Ok(()));
        assert_eq!(
            windows.admit("token", LIMIT, at(51)),
            Err(Duration::from_secs(9))
        );
        assert_eq!(windows.admit("token", LIMIT, at(60)), Ok(()));
    }

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds() {
        assert_eq!(whole_seconds(Duration::ZERO), 1);
        assert_eq!(whole_seconds(Duration::from_millis(1001)), 2);
        assert_eq!(whole_seconds(Duration::from_secs(9)), 9);
    }
}
