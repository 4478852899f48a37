//! What a row's tries so far mean: a pure judgement, without clock or network.

use std::time::Duration;

use super::watch::Login;
use crate::api::{Reply, Said};
use crate::ledger::{Earlier, Record};
use crate::model::{Outcome, StopReason};

/// How often what can be retried is tried again.
#[derive(Debug, Clone, Copy)]
pub struct Retries(pub u32);

/// The longest wait between two tries of a row.
const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// The wait before the second try of a row, on average.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);

/// The tries of one row.
#[derive(Debug, Clone, Default)]
pub(super) struct Tries {
    /// Requests sent.
    pub(super) attempts: u32,
    /// Of these, those that count against the retries.
    counted: u32,
    /// What the last try said that was neither definite nor a 429.
    trouble: Option<String>,
    /// Whether some try may have been applied.
    in_doubt: bool,
    /// Whether the last try went wrong in another way than by a 429.
    is_in_trouble: bool,
    /// What the server said when it refused the login.
    refusal: Option<String>,
    /// The last status code.
    pub(super) http_status: Option<u16>,
}

/// What to do after a try.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Next {
    /// The row is done.
    Settle { outcome: Outcome, reasons: String },
    /// Try again, no sooner than after this wait.
    Again(Duration),
    /// Nobody sends any more. This row ends as its tries say.
    StopRun(StopReason),
}

impl Tries {
    /// No try yet in this run, after those of an earlier one.
    pub(super) fn after(earlier: Earlier) -> Self {
        Self {
            in_doubt: earlier == Earlier::InDoubt,
            ..Self::default()
        }
    }

    /// Takes in one reply and says what follows. `chance` (0 to 1) spreads waits.
    pub(super) fn judge(
        &mut self,
        reply: Reply,
        retries: Retries,
        login: Login,
        chance: f64,
    ) -> Next {
        self.attempts += 1;
        self.http_status = reply.http_status.or(self.http_status);
        self.is_in_trouble = !matches!(reply.said, Said::Throttled { .. });
        let condemns_nobody = matches!(
            reply.said,
            Said::Throttled { .. }
                | Said::LoginRefused { .. }
                | Said::Forbidden { .. }
                | Said::Unreachable { .. }
        );
        if condemns_nobody && !self.in_doubt {
            // What went before was harmless too: nothing can have been applied.
            self.trouble = None;
        }
        let settle = |outcome, reasons| Next::Settle { outcome, reasons };
        match reply.said {
            Said::Updated { differences, note } => {
                let note = note.map(|note| format!("{}{note}", Record::NOTE));
                let reasons: Vec<_> = differences.into_iter().chain(note).collect();
                settle(Outcome::Updated, reasons.join("; "))
            }
            Said::Rejected { reasons } => settle(Outcome::Rejected, reasons),
            Said::NotFound { reasons } => settle(Outcome::NotFound, reasons),
            Said::Refused { what } => settle(Outcome::Failed, what),
            Said::Forbidden { reasons } if login == Login::Proven => {
                settle(Outcome::Failed, format!("HTTP 403 Forbidden: {reasons}"))
            }
            Said::Forbidden { reasons } => self.login_refused("403 Forbidden", &reasons),
            Said::LoginRefused { reasons } => self.login_refused("401 Unauthorized", &reasons),
            Said::Unreachable { what } => Next::StopRun(StopReason::Unreachable { told: what }),
            Said::Throttled { .. } => Next::Again(Duration::ZERO),
            Said::NotYet { what, .. } | Said::Unreached { what } => {
                self.trouble = Some(what);
                self.again(retries, chance)
            }
            Said::Unclear { what, .. } => {
                self.trouble = Some(what);
                self.in_doubt = true;
                self.again(retries, chance)
            }
        }
    }

    /// Whether a further request is a retry: not the first, and not the repeat of a throttled one.
    pub(super) fn is_in_trouble(&self) -> bool {
        self.is_in_trouble
    }

    /// What went wrong last.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// The how manieth try comes next, of those that are counted.
    pub(super) fn next(&self) -> u32 {
        self.counted + 1
    }

    /// The outcome of a row that gets no further try.
    pub(super) fn given_up(&self) -> (Outcome, String) {
        let tries = match self.attempts {
            1 => "1 try".to_owned(),
            tries => format!("{tries} tries"),
        };
        match &self.trouble {
            Some(what) if self.in_doubt => (
                Outcome::Unknown,
                format!("{what} ({tries}); it may have been applied"),
            ),
            Some(what) => (Outcome::Failed, format!("{what} ({tries})")),
            None if self.in_doubt && self.attempts > 0 => (
                Outcome::Unknown,
                match self.without_trouble() {
                    what if what.is_empty() => "an earlier try may have been applied".into(),
                    what => format!("{what}; an earlier try may have been applied"),
                },
            ),
            None => (Outcome::NotSent, self.without_trouble()),
        }
    }

    fn without_trouble(&self) -> String {
        match (&self.refusal, self.http_status) {
            (Some(refusal), _) => format!("the server refused the login ({refusal})"),
            (None, Some(status)) => {
                format!("the server was throttling (HTTP {status}) when the run stopped")
            }
            (None, None) => String::new(),
        }
    }

    fn login_refused(&mut self, status: &str, reasons: &str) -> Next {
        let said = format!("HTTP {status}: {reasons}");
        self.refusal = Some(said.clone());
        Next::StopRun(StopReason::LoginRefused { said })
    }

    fn again(&mut self, retries: Retries, chance: f64) -> Next {
        self.counted += 1;
        if self.counted > retries.0 {
            let (outcome, reasons) = self.given_up();
            return Next::Settle { outcome, reasons };
        }
        let doubled = FIRST_BACKOFF.saturating_mul(1 << (self.counted - 1).min(16));
        Next::Again(doubled.min(MAX_BACKOFF).mul_f64(0.5 + chance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(http_status: impl Into<Option<u16>>, said: Said) -> Reply {
        Reply {
            http_status: http_status.into(),
            said,
        }
    }

    fn unclear() -> Reply {
        reply(
            500,
            Said::Unclear {
                what: "HTTP 500".into(),
                retry_after: None,
            },
        )
    }

    fn unreached() -> Reply {
        reply(
            None,
            Said::Unreached {
                what: "refused".into(),
            },
        )
    }

    fn throttled() -> Reply {
        reply(429, Said::Throttled { retry_after: None })
    }

    /// Judges one reply after another, with two retries, in a run without success.
    fn judged(replies: impl IntoIterator<Item = Reply>) -> (Next, Tries) {
        let mut tries = Tries::default();
        let mut next = Next::Again(Duration::ZERO);
        for reply in replies {
            next = tries.judge(reply, Retries(2), Login::Unproven, 0.5);
        }
        (next, tries)
    }

    fn outcome(replies: impl IntoIterator<Item = Reply>) -> Option<Outcome> {
        match judged(replies).0 {
            Next::Settle { outcome, .. } => Some(outcome),
            Next::Again(_) | Next::StopRun(_) => None,
        }
    }

    #[test]
    fn a_throttled_row_is_sent_again_and_no_429_counts() {
        assert_eq!(outcome((0..50).map(|_| throttled())), None);
        let mut replies: Vec<_> = (0..50).map(|_| throttled()).collect();
        replies.extend([unclear(), unclear()]);
        assert_eq!(outcome(replies), None);
    }

    #[test]
    fn doubt_stays_until_a_definite_answer() {
        assert_eq!(
            outcome([unclear(), unreached(), unreached()]),
            Some(Outcome::Unknown)
        );
        assert_eq!(
            outcome([unreached(), unreached(), unreached()]),
            Some(Outcome::Failed)
        );
        let rejected = reply(
            422,
            Said::Rejected {
                reasons: "no".into(),
            },
        );
        assert_eq!(outcome([unclear(), rejected]), Some(Outcome::Rejected));
        let updated = reply(
            200,
            Said::Updated {
                differences: vec![],
                note: None,
            },
        );
        assert_eq!(
            outcome([unclear(), throttled(), updated]),
            Some(Outcome::Updated)
        );
    }

    #[test]
    fn a_refused_login_stops_the_run_and_condemns_no_row() {
        let refused = || {
            let reasons = "who?".into();
            reply(401, Said::LoginRefused { reasons })
        };
        let (next, tries) = judged([refused()]);
        let said = "HTTP 401 Unauthorized: who?".to_owned();
        assert_eq!(next, Next::StopRun(StopReason::LoginRefused { said }));
        let (outcome, reasons) = tries.given_up();
        assert_eq!(outcome, Outcome::NotSent);
        assert!(reasons.contains("who?"), "{reasons}");
        let (_, tries) = judged([unclear(), refused()]);
        assert_eq!(tries.given_up().0, Outcome::Unknown);
    }

    #[test]
    fn a_403_after_a_success_is_about_its_row() {
        let forbidden = || {
            reply(
                403,
                Said::Forbidden {
                    reasons: "no".into(),
                },
            )
        };
        let said = "HTTP 403 Forbidden: no".to_owned();
        assert_eq!(
            judged([forbidden()]).0,
            Next::StopRun(StopReason::LoginRefused { said })
        );
        let next = Tries::default().judge(forbidden(), Retries(2), Login::Proven, 0.5);
        assert!(matches!(
            next,
            Next::Settle {
                outcome: Outcome::Failed,
                ..
            }
        ));
    }

    #[test]
    fn what_an_earlier_run_left_in_doubt_stays_so_without_a_definite_answer() {
        let after = |earlier, reply| {
            let mut tries = Tries::after(earlier);
            tries.judge(reply, Retries(9), Login::Unproven, 0.5);
            tries.given_up().0
        };
        assert_eq!(after(Earlier::InDoubt, unreached()), Outcome::Unknown);
        assert_eq!(after(Earlier::InDoubt, throttled()), Outcome::Unknown);
        assert_eq!(after(Earlier::Tried, unreached()), Outcome::Failed);
        assert_eq!(after(Earlier::Tried, throttled()), Outcome::NotSent);
    }

    #[test]
    fn waits_double_up_to_half_a_minute() {
        let mut tries = Tries::default();
        let waits: Vec<_> = (0..9)
            .map(
                |_| match tries.judge(unclear(), Retries(99), Login::Unproven, 0.5) {
                    Next::Again(wait) => wait.as_millis(),
                    Next::Settle { .. } | Next::StopRun(_) => 0,
                },
            )
            .collect();
        assert_eq!(
            waits,
            [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]
        );
    }

    #[test]
    fn a_row_between_two_tries_gets_what_its_tries_say() {
        assert_eq!(judged([throttled()]).1.given_up().0, Outcome::NotSent);
        assert_eq!(judged([unreached()]).1.given_up().0, Outcome::Failed);
        assert_eq!(
            judged([unreached(), throttled()]).1.given_up().0,
            Outcome::NotSent
        );
        assert_eq!(
            judged([unclear(), throttled()]).1.given_up().0,
            Outcome::Unknown
        );
    }
}
