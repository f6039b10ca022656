//! Things by their id alone, as Relay finds them again.

use async_graphql::{Context, ID, Interface};
use civic::id::{ApplicationId, CallId, CommentId, ConsultationId, ProposalId, TypedId};
use civic::{application, call};

use super::asker::{cx, loading};
use super::error::Result;
use super::query::some;
use crate::wire::Ref;
use crate::wire::application::ApplicationPageOut;
use crate::wire::call::CallPageOut;
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
    /// A call.
    Call(Box<CallPageOut>),
    /// An application.
    Application(Box<ApplicationPageOut>),
}

// Their ids stand in a part that is told flat, which the interface does not look into.
impl CallPageOut {
    #[expect(clippy::unused_async, reason = "the interface awaits its fields")]
    async fn id(&self, _: &Context<'_>) -> async_graphql::Result<&Ref<CallId>> {
        Ok(&self.call.id)
    }
}

impl ApplicationPageOut {
    #[expect(clippy::unused_async, reason = "the interface awaits its fields")]
    async fn id(&self, _: &Context<'_>) -> async_graphql::Result<&Ref<ApplicationId>> {
        Ok(&self.application.id)
    }
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
    let cx = cx(ctx).await?;
    if let Some(id) = CallId::read(id) {
        let found = some(call::read::page(&cx, id).await)?;
        return Ok(found.map(|page| Node::Call(Box::new(CallPageOut::of(page, cx.language)))));
    }
    if let Some(id) = ApplicationId::read(id) {
        let found = some(application::read::page(&cx, id).await)?;
        return Ok(found.map(|page| Node::Application(Box::new(ApplicationPageOut::of(page, cx.language)))));
    }
    Ok(None)
}
