//! Whether a run sends updates, or only reads what they would change.

/// Whether a run changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunMode {
    /// Rows are sent.
    Send,
    /// Every conversation is read, and nothing is changed. Rows that would be changed end as updated,
    /// with an image of what they would replace.
    ReadOnly,
}
