//! How much of what a page shows: with all of it used, a page has less than 5 MB.

/// Rows that need attention: how many are listed at most, and their bytes.
pub(super) const NEED_A_LOOK: (usize, usize) = (10_000, 2_500_000);

/// Rows that were not sent: the same.
pub(super) const NOT_SENT: (usize, usize) = (1_000, 300_000);

/// Rows whose changes are shown one by one: the same.
pub(super) const CHANGED_ROWS: (usize, usize) = (1_000, 900_000);

/// Values of such a row, and tags of each kind: a row may have as many as it likes.
pub(super) const VALUES: usize = 40;

/// Groups of reasons: as many as a summary has.
pub(super) const REASONS: usize = 50;

/// Transitions, and tags of each kind, the most frequent ones.
pub(super) const MOST_FREQUENT: usize = 50;

/// Passes, the last ones.
pub(super) const PASSES: usize = 50;

/// Passes in the chart, the last ones.
pub(super) const CHARTED_PASSES: usize = 12;

/// The longest slug, in characters.
pub(super) const SLUG_CHARS: usize = 255;

/// The longest subject, in characters.
pub(super) const SUBJECT_CHARS: usize = 120;

/// The longest reason, in characters.
pub(super) const REASON_CHARS: usize = 300;

/// The longest value of a field and the longest tag, in characters.
pub(super) const VALUE_CHARS: usize = 60;

/// The longest name of an input or a directory, in characters.
pub(super) const NAME_CHARS: usize = 300;

/// The longest message of an error, in characters.
pub(super) const ERROR_CHARS: usize = 2_000;
