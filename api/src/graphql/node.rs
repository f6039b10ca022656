//! Things by their id alone, as Relay finds them again.

use async_graphql::{Context, ID, Interface};
use civic::id::{CommentId, ConsultationId, ProposalId, TypedId};

use super::asker::loading;
use super::error::Result;
use crate::wire::Ref;
use crate::wire::comment::CommentOut;
use crate::wire::consultation::ConsultationOut;
use crate::wire::proposal::ProposalOut;

/// Something with an id.
#[derive(Debug, Clone, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Which one."))]
pub enum Node {
    /// A consultation.
    Consultation(ConsultationOut),
    /// A proposal.
    Proposal(ProposalOut),
    /// A comment.
    Comment(CommentOut),
}

impl<T: TypedId> From<&Ref<T>> for ID {
    fn from(id: &Ref<T>) -> Self {
        Self(id.0.text())
    }
}

/// The thing with this id; nothing when there is none that the asker may know of.
///
/// # Errors
/// Those of the database.
pub async fn find(ctx: &Context<'_>, id: &str) -> Result<Option<Node>> {
    let loading = loading(ctx);
    if let Some(id) = ConsultationId::read(id) {
        let found = loading.load_one(id).await?;
        return Ok(found.map(|page| Node::Consultation(page.consultation.clone())));
    }
    if let Some(id) = ProposalId::read(id) {
        let found = loading.load_one(id).await?;
        return Ok(found.map(|page| Node::Proposal(page.proposal.clone())));
    }
    if let Some(id) = CommentId::read(id) {
        return Ok(loading.load_one(id).await?.map(Node::Comment));
    }
    Ok(None)
}
