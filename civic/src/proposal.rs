//! Proposals.
use crate::id::{ConsultationId, MemberId, ProposalId};
/// What permissions on a proposal depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalFacts {
    pub id: ProposalId,
    pub consultation: ConsultationId,
    pub author: Option<MemberId>,
    pub draft: bool,
    pub hidden: bool,
}
impl ProposalFacts {
    #[must_use]
    pub const fn is_draft(&self) -> bool {
        self.draft
    }
}
