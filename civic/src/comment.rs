//! Comments.
use crate::id::{CommentId, MemberId};
use crate::proposal::ProposalFacts;
/// What permissions on a comment depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentFacts {
    pub id: CommentId,
    pub author: Option<MemberId>,
    pub proposal: ProposalFacts,
    pub hidden: bool,
    pub removed: bool,
}
