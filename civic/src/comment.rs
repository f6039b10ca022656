//! A comment: what somebody says about a proposal, or in answer to another comment.
//!
//! Rule: threads may be deep, but are shown no deeper than a phone can; an author may change a comment for an hour,
//! with the earlier wording kept, and remove it at any time; its place in the thread stays. Deliberately absent: the
//! state of being hidden, which is a mark with a decision behind it.

pub mod read;
pub(crate) mod store;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::id::{CommentId, MemberId};
use crate::limits::COMMENT_EDIT_MS;
use crate::proposal::ProposalFacts;
use crate::time::Timestamp;

/// Where a comment stands towards the proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// Speaks for it.
    For,
    /// Speaks against it.
    Against,
    /// Neither.
    Neutral,
}

impl Stance {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::For, Self::Against, Self::Neutral];

    /// The name in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Neutral => "neutral",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stance| stance.as_str() == text)
    }
}

/// What permissions on a comment depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentFacts {
    /// Which one.
    pub id: CommentId,
    /// Who wrote it.
    pub author: Option<MemberId>,
    /// The proposal it is under.
    pub proposal: ProposalFacts,
    /// Whether a moderator hid it.
    pub hidden: bool,
    /// Whether its author removed it.
    pub removed: bool,
}

/// What somebody typed into the form of a comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewComment {
    /// The text in Markdown.
    pub body: String,
    /// Where it stands.
    pub stance: Option<Stance>,
    /// Which comment it answers.
    pub parent: Option<CommentId>,
    /// The language it is written in; detected when not said.
    pub lang: Option<String>,
}

/// Whether the author may still change the text.
#[must_use]
pub const fn is_editable(written_at: Timestamp, now: Timestamp) -> bool {
    now.since_ms(written_at) < COMMENT_EDIT_MS
}
