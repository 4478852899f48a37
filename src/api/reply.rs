//! What one exchange said.

use std::time::Duration;

/// What one exchange said.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The answer's status code, if an answer began to arrive.
    pub http_status: Option<u16>,
    /// What it says.
    pub said: Said,
}

/// What an answer, or its absence, says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// 200 with the conversation.
    Updated {
        /// What the conversation shows other than was asked for.
        differences: Vec<String>,
        /// What is no difference, and good to know.
        note: Option<String>,
    },
    /// 422, or an error in a 200 that names the change.
    Rejected {
        /// The server's reasons, one line.
        reasons: String,
    },
    /// 404.
    NotFound {
        /// That, and what the server says beside it, one line.
        reasons: String,
    },
    /// 401: the login is refused.
    LoginRefused {
        /// The server's reasons, one line.
        reasons: String,
    },
    /// 403: the login, or this conversation, is refused.
    Forbidden {
        /// The server's reasons, one line.
        reasons: String,
    },
    /// Another 4xx, or a 3xx: a definite no.
    Refused {
        /// What came, one line.
        what: String,
    },
    /// 429, or a 403 that asks for a pause.
    Throttled {
        /// How long the server wants nothing.
        retry_after: Option<Duration>,
    },
    /// 408, 409 or 425: not taken, and worth another try.
    NotYet {
        /// What came, one line.
        what: String,
        /// How long the server wants nothing.
        retry_after: Option<Duration>,
    },
    /// 5xx, a timeout, a reset, a cut-off or unreadable answer: perhaps applied.
    Unclear {
        /// What came, one line.
        what: String,
        /// How long the server wants nothing.
        retry_after: Option<Duration>,
    },
    /// No connection was made, and no further try would make one.
    Unreachable {
        /// What is wrong, and what to do, one line.
        what: String,
    },
    /// No connection was made: certainly not applied.
    Unreached {
        /// What the network said, one line.
        what: String,
    },
}

impl Said {
    /// Whether the server wants a pause from everybody, and for how long if it says so.
    #[must_use]
    pub fn pause(&self) -> Option<Option<Duration>> {
        match self {
            Self::Throttled { retry_after } => Some(*retry_after),
            Self::NotYet { retry_after, .. } | Self::Unclear { retry_after, .. } => {
                retry_after.map(Some)
            }
            Self::Updated { .. }
            | Self::Rejected { .. }
            | Self::NotFound { .. }
            | Self::LoginRefused { .. }
            | Self::Forbidden { .. }
            | Self::Refused { .. }
            | Self::Unreachable { .. }
            | Self::Unreached { .. } => None,
        }
    }

    /// Whether the server has done its work: what came is about the request.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        match self {
            Self::Updated { .. }
            | Self::Rejected { .. }
            | Self::NotFound { .. }
            | Self::LoginRefused { .. }
            | Self::Forbidden { .. }
            | Self::Refused { .. }
            | Self::Throttled { .. } => true,
            Self::NotYet { .. }
            | Self::Unclear { .. }
            | Self::Unreachable { .. }
            | Self::Unreached { .. } => false,
        }
    }

    /// The same, with `change` made to every text.
    #[must_use]
    pub(super) fn map_texts(self, change: impl Fn(String) -> String) -> Self {
        match self {
            Self::Updated { differences, note } => Self::Updated {
                differences: differences.into_iter().map(&change).collect(),
                note: note.map(change),
            },
            Self::Rejected { reasons } => Self::Rejected {
                reasons: change(reasons),
            },
            Self::NotFound { reasons } => Self::NotFound {
                reasons: change(reasons),
            },
            Self::LoginRefused { reasons } => Self::LoginRefused {
                reasons: change(reasons),
            },
            Self::Forbidden { reasons } => Self::Forbidden {
                reasons: change(reasons),
            },
            Self::Refused { what } => Self::Refused { what: change(what) },
            Self::NotYet { what, retry_after } => Self::NotYet {
                what: change(what),
                retry_after,
            },
            Self::Unclear { what, retry_after } => Self::Unclear {
                what: change(what),
                retry_after,
            },
            Self::Unreachable { what } => Self::Unreachable { what: change(what) },
            Self::Unreached { what } => Self::Unreached { what: change(what) },
            Self::Throttled { .. } => self,
        }
    }

    /// A few words for the log.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Updated { differences, note } => {
                let differences = differences.join("; ");
                let but = if differences.is_empty() { "" } else { ", but " };
                let note = note.iter().map(|note| format!(", note: {note}"));
                format!("updated{but}{differences}{}", note.collect::<String>())
            }
            Self::Rejected { reasons } => format!("rejected: {reasons}"),
            Self::NotFound { reasons } => reasons.clone(),
            Self::LoginRefused { reasons } => format!("login refused: {reasons}"),
            Self::Forbidden { reasons } => format!("forbidden: {reasons}"),
            Self::Throttled { .. } => "throttled".into(),
            Self::Refused { what }
            | Self::NotYet { what, .. }
            | Self::Unclear { what, .. }
            | Self::Unreachable { what }
            | Self::Unreached { what } => what.clone(),
        }
    }
}
