//! How an operation ended that was not carried out: what is known of it. `attempts` decides which end it is.

/// Ends the message about an operation of which nobody knows whether it was applied.
pub const MAY_BE_APPLIED: &str = "; it may have been applied";

/// Ends the message about a conversation that was read, and then not found by an update.
pub const THOUGH_READ: &str = ", though it was read before (deleted since?)";

/// How an operation ended that was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The server refuses it, for the reasons that it gives.
    Rejected(String),
    /// There is no such conversation; the server's words.
    NotFound(String),
    /// It was definitely not carried out, for another reason.
    Failed(String),
    /// It may have been applied: why that is not known.
    Unknown(String),
    /// The run stopped before anything can have been applied; why, if there is more to say.
    NotSent(String),
}
