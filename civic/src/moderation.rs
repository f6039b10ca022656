//! Moderation: hiding and restoring what people wrote, each time by a reasoned decision.
//!
//! Rule: nothing is hidden without a decision row, and its author is told why. Hiding is a mark, not a state, so
//! restoring returns exactly to where things were. Deliberately absent until reports and appeals come: queues.

pub mod read;
pub(crate) mod store;
pub mod write;

use crate::id::{CommentId, ProposalId};

/// What is hidden or restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A proposal.
    Proposal(ProposalId),
    /// A comment.
    Comment(CommentId),
}

impl Subject {
    /// The typed id as text, as the decision stores it.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Proposal(id) => id.to_string(),
            Self::Comment(id) => id.to_string(),
        }
    }

    /// Reads the typed id of either.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        use crate::id::TypedId;
        ProposalId::read(text)
            .map(Self::Proposal)
            .or_else(|| CommentId::read(text).map(Self::Comment))
    }
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionKind {
    /// Not shown any more.
    Hide,
    /// Shown again.
    Restore,
}

impl DecisionKind {
    /// The name in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hide => "hide",
            Self::Restore => "restore",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Hide, Self::Restore]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}
