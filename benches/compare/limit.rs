//! Requests -> those that a limit refuses.

use std::time::{Duration, Instant};

use super::answer;

/// A limit of requests per fixed window; the first window begins with the first request.
pub(crate) struct Limit {
    requests: usize,
    window: Duration,
    retry_after: bool,
    began: Option<Instant>,
    taken: usize,
}

impl Limit {
    pub(crate) fn new(requests: usize, window: Duration, retry_after: bool) -> Self {
        Self {
            requests,
            window,
            retry_after,
            began: None,
            taken: 0,
        }
    }

    /// The answer to a request that comes at `now`, if it is one too many.
    pub(crate) fn refusal(&mut self, now: Instant) -> Option<Vec<u8>> {
        let mut began = *self.began.get_or_insert(now);
        while now >= began + self.window {
            began += self.window;
            self.taken = 0;
        }
        self.began = Some(began);
        if self.taken < self.requests {
            self.taken += 1;
            return None;
        }
        // Whole seconds, rounded up.
        let left = (began + self.window - now).as_secs_f64().ceil();
        let header = if self.retry_after {
            format!("Retry-After: {left}\r\n")
        } else {
            String::new()
        };
        Some(answer(
            "429 Too Many Requests",
            &header,
            r#"{"error":"Too many requests"}"#,
        ))
    }
}
