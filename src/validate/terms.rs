//! What the values of all rows are checked against: the time, the time zone, and what was allowed, and
//! where the conversations of the account are.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::Site;

/// What times are compared with.
#[derive(Debug, Clone)]
pub struct Clock {
    /// A `hold_until` must lie after this instant.
    pub now: Timestamp,
    /// What a time without an offset is read in; without it such a time is invalid.
    pub timezone: Option<TimeZone>,
}

/// What becomes of a custom field whose text a spreadsheet or an export has damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damaged {
    /// The row is invalid.
    Refuse,
    /// The text is sent as it is, and counted.
    Send,
}

/// What values are checked against.
#[derive(Debug, Clone)]
pub struct Terms {
    /// What times are compared with.
    pub clock: Clock,
    /// What becomes of damaged text in custom fields.
    pub damaged: Damaged,
    /// Where addresses of conversations must lead to; without it, to any account of Re:amaze.
    pub site: Option<Site>,
}
