//! One update -> one record: tries until the row is settled or the run stops.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use jiff::Timestamp;

use super::Stop;
use super::pace::{Gate, Pause};
use super::retry::{Login, Next, Retries, Tries};
use crate::api::{Exchange, Said};
use crate::ledger::Record;
use crate::model::{Event, Outcome, Pace, StopReason, Update};

/// What all workers share.
pub(super) struct Desk<'a, E> {
    pub(super) exchange: &'a E,
    pub(super) gate: &'a Gate,
    pub(super) retries: Retries,
    pub(super) stop: &'a Stop,
    pub(super) counters: Counters,
}

/// What workers count.
#[derive(Debug, Default)]
pub(super) struct Counters {
    retries: AtomicU64,
    throttled: AtomicU64,
    succeeded: AtomicBool,
}

impl<E: Exchange> Desk<'_, E> {
    /// Sends one update until it is settled. `tell` is called with what happens meanwhile.
    pub(super) fn settle(&self, update: &Update, tell: &dyn Fn(Event)) -> Record {
        let mut tries = Tries::default();
        let mut began = None;
        let settled = loop {
            let Some(sent) = self.gate.pass(self.stop) else {
                break tries.given_up();
            };
            began.get_or_insert(sent);
            tell(Event::Sending {
                request: self.exchange.in_words(update),
            });
            let reply = self.exchange.put(update);
            tell(Event::Answered {
                slug: update.slug.to_string(),
                http_status: reply.http_status,
                said: reply.said.in_words(),
            });
            self.note(&reply.said);
            let login = if self.counters.succeeded.load(Ordering::Relaxed) {
                Login::Proven
            } else {
                Login::Unproven
            };
            match tries.judge(reply, self.retries, login, fastrand::f64()) {
                Next::Settle { outcome, reasons } => break (outcome, reasons),
                Next::Wait(wait) => {
                    self.counters.retries.fetch_add(1, Ordering::Relaxed);
                    self.stop.wait_until(Instant::now() + wait);
                }
                Next::PauseAll {
                    retry_after,
                    because,
                } => self.pause(sent, retry_after, because, tell),
                Next::StopRun(reason) => {
                    self.stop(reason, tell);
                    break tries.given_up();
                }
            }
        };
        record(update, &tries, settled, began)
    }

    fn note(&self, said: &Said) {
        match said {
            Said::Throttled { .. } => {
                self.counters.throttled.fetch_add(1, Ordering::Relaxed);
                return;
            }
            Said::Unclear {
                retry_after: Some(_),
                ..
            } => return,
            Said::Updated { .. } => self.counters.succeeded.store(true, Ordering::Relaxed),
            _ => {}
        }
        self.gate.answered();
    }

    fn pause(
        &self,
        sent: Instant,
        retry_after: Option<std::time::Duration>,
        because: &'static str,
        tell: &dyn Fn(Event),
    ) {
        match self.gate.throttled(sent, retry_after) {
            Pause::Wait { wait, is_new: true } => tell(Event::Pausing { wait, because }),
            Pause::Wait { .. } => {}
            Pause::TooLong(told) => self.stop(StopReason::LongPause { told }, tell),
        }
    }

    fn stop(&self, reason: StopReason, tell: &dyn Fn(Event)) {
        if self.stop.because(reason.clone()) {
            tell(Event::Stopping { reason });
        }
    }

    /// What went over the wire so far.
    pub(super) fn pace(&self) -> Pace {
        Pace {
            retries: self.counters.retries.load(Ordering::Relaxed),
            throttled: self.counters.throttled.load(Ordering::Relaxed),
            ..self.gate.passed()
        }
    }
}

fn record(
    update: &Update,
    tries: &Tries,
    (outcome, reasons): (Outcome, String),
    began: Option<Instant>,
) -> Record {
    Record {
        line: update.line,
        slug: update.slug.to_string(),
        outcome,
        http_status: tries.http_status,
        reasons,
        attempts: tries.attempts,
        elapsed_ms: began
            .map(|began| u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)),
        finished_at: began.map(|_| crate::model::utc_millis(Timestamp::now())),
    }
}
