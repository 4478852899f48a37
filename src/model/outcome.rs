//! How one row ended.

use serde::{Deserialize, Serialize};

/// How one row ended. Every row of the input has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answered 200 with the conversation.
    Updated,
    /// Read first: the conversation already shows all that was asked for, and nothing was sent.
    Unchanged,
    /// Read first: a guard did not hold, or the change cannot be made safely; nothing was sent.
    Conflict,
    /// Answered 422.
    Rejected,
    /// Answered 404.
    NotFound,
    /// Definitely refused for another reason, or the server was never reached.
    Failed,
    /// It may or may not have been applied.
    Unknown,
    /// Not legal, never sent.
    Invalid,
    /// The run stopped before anything could have been applied.
    NotSent,
}

impl Outcome {
    /// All outcomes, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Updated,
        Self::Unchanged,
        Self::Conflict,
        Self::Rejected,
        Self::NotFound,
        Self::Failed,
        Self::Unknown,
        Self::Invalid,
        Self::NotSent,
    ];

    /// The name in ledger and summary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Conflict => "conflict",
            Self::Rejected => "rejected",
            Self::NotFound => "not_found",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Invalid => "invalid",
            Self::NotSent => "not_sent",
        }
    }

    /// Whether the conversation has what was asked for, as far as the server says.
    #[must_use]
    pub fn is_success(self) -> bool {
        match self {
            Self::Updated | Self::Unchanged => true,
            Self::Conflict
            | Self::Rejected
            | Self::NotFound
            | Self::Failed
            | Self::Unknown
            | Self::Invalid
            | Self::NotSent => false,
        }
    }

    /// Whether the change was applied, or may have been.
    #[must_use]
    pub fn may_be_applied(self) -> bool {
        match self {
            Self::Updated | Self::Unknown => true,
            Self::Unchanged
            | Self::Conflict
            | Self::Rejected
            | Self::NotFound
            | Self::Failed
            | Self::Invalid
            | Self::NotSent => false,
        }
    }

    /// Whether a resumed run skips the row: its answer was definite, or it can never be sent.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Updated
            | Self::Unchanged
            | Self::Conflict
            | Self::Rejected
            | Self::NotFound
            | Self::Invalid => true,
            Self::Failed | Self::Unknown | Self::NotSent => false,
        }
    }

    /// Whether the row belongs into the file of rows that need a person: to fix, and to feed back.
    #[must_use]
    pub fn goes_to_failed_file(self) -> bool {
        match self {
            // A resume sends what was not sent.
            Self::Updated | Self::Unchanged | Self::NotSent => false,
            Self::Conflict
            | Self::Rejected
            | Self::NotFound
            | Self::Failed
            | Self::Unknown
            | Self::Invalid => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_listed_in_its_place_and_has_one_name() {
        let listed = Outcome::ALL.map(|outcome| format!("`{}`", outcome.name()));
        let listed = format!("expected one of {} at", listed.join(", "));
        // The derived parser knows them all.
        let known = serde_json::from_str::<Outcome>("\"\"").expect_err("no name");
        assert!(known.to_string().contains(&listed), "{known}");
        let places = Outcome::ALL.map(|outcome| outcome as usize);
        assert!(places.into_iter().eq(0..Outcome::ALL.len()));
    }
}
