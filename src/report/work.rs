//! What a run is about to do, as far as its progress depends on it.

use crate::model::{RequestRate, SendCounts};

/// What is done with each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activity {
    /// Its change is sent.
    #[default]
    Sending,
    /// Its conversation is read only, to show what would change.
    Reading,
}

/// What a run is about to do.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// What is done with each row.
    pub activity: Activity,
    /// Rows to account for.
    pub rows: u64,
    /// Of these, those that make requests.
    pub to_send: SendCounts,
    /// No faster than that; rates are shown in its unit.
    pub rate: RequestRate,
}
