//! What mutations give back: the thing as it is afterwards, for whoever changed it.

use async_graphql::{Context, SimpleObject};
use civic::error::Error;
use civic::id::{AttachmentId, CommentId, ConsultationId, DecisionId, ProposalId};
use civic::support::Tally;

use super::asker::loading;
use super::error::Result;
use crate::wire::Ref;
use crate::wire::attachment::AttachmentOut;
use crate::wire::comment::CommentOut;
use crate::wire::consultation::ConsultationOut;
use crate::wire::moderation::DecisionOut;
use crate::wire::proposal::ProposalOut;
use crate::wire::support::TallyOut;

/// A consultation after a change.
#[derive(Debug, Clone, SimpleObject)]
pub struct ConsultationPayload {
    /// As it is now.
    pub consultation: ConsultationOut,
}

impl ConsultationPayload {
    pub(super) async fn of(ctx: &Context<'_>, id: ConsultationId) -> Result<Self> {
        let found = loading(ctx).load_one(id).await?.ok_or(Error::NotFound)?;
        let consultation = found.consultation.clone();
        Ok(Self { consultation })
    }
}

async fn proposal(ctx: &Context<'_>, id: ProposalId) -> Result<ProposalOut> {
    let found = loading(ctx).load_one(id).await?.ok_or(Error::NotFound)?;
    Ok(found.proposal.clone())
}

async fn comment(ctx: &Context<'_>, id: CommentId) -> Result<CommentOut> {
    Ok(loading(ctx).load_one(id).await?.ok_or(Error::NotFound)?)
}

/// A proposal after a change.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProposalPayload {
    /// As it is now.
    pub proposal: ProposalOut,
}

impl ProposalPayload {
    pub(super) async fn of(ctx: &Context<'_>, id: ProposalId) -> Result<Self> {
        let proposal = proposal(ctx, id).await?;
        Ok(Self { proposal })
    }
}

/// A draft that is gone.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct ProposalDiscardPayload {
    /// Which one it was.
    pub id: Ref<ProposalId>,
}

/// A support that was given or taken back.
#[derive(Debug, Clone, SimpleObject)]
pub struct SupportPayload {
    /// The proposal as it is now.
    pub proposal: ProposalOut,
    /// The support.
    pub tally: TallyOut,
}

impl SupportPayload {
    pub(super) async fn of(ctx: &Context<'_>, id: ProposalId, tally: Tally) -> Result<Self> {
        let proposal = proposal(ctx, id).await?;
        let tally = tally.into();
        Ok(Self { proposal, tally })
    }
}

/// A comment after a change.
#[derive(Debug, Clone, SimpleObject)]
pub struct CommentPayload {
    /// As it is now.
    pub comment: CommentOut,
}

impl CommentPayload {
    pub(super) async fn of(ctx: &Context<'_>, id: CommentId) -> Result<Self> {
        let comment = comment(ctx, id).await?;
        Ok(Self { comment })
    }
}

/// A support of a comment that was given or taken back.
#[derive(Debug, Clone, SimpleObject)]
pub struct CommentSupportPayload {
    /// The comment as it is now.
    pub comment: CommentOut,
    /// The support.
    pub tally: TallyOut,
}

impl CommentSupportPayload {
    pub(super) async fn of(ctx: &Context<'_>, id: CommentId, tally: Tally) -> Result<Self> {
        let comment = comment(ctx, id).await?;
        let tally = tally.into();
        Ok(Self { comment, tally })
    }
}

/// A decision on a proposal.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProposalDecisionPayload {
    /// The decision.
    pub decision: DecisionOut,
    /// The proposal as it is now.
    pub proposal: ProposalOut,
}

impl ProposalDecisionPayload {
    pub(super) async fn of(ctx: &Context<'_>, id: ProposalId, decision: DecisionId) -> Result<Self> {
        let proposal = proposal(ctx, id).await?;
        let decision = decision.into();
        Ok(Self { decision, proposal })
    }
}

/// A decision on a comment.
#[derive(Debug, Clone, SimpleObject)]
pub struct CommentDecisionPayload {
    /// The decision.
    pub decision: DecisionOut,
    /// The comment as it is now.
    pub comment: CommentOut,
}

impl CommentDecisionPayload {
    pub(super) async fn of(ctx: &Context<'_>, id: CommentId, decision: DecisionId) -> Result<Self> {
        let comment = comment(ctx, id).await?;
        let decision = decision.into();
        Ok(Self { decision, comment })
    }
}

/// A picture or file after a change.
#[derive(Debug, Clone, SimpleObject)]
pub struct AttachmentPayload {
    /// As it is now.
    pub attachment: AttachmentOut,
}

/// A picture or file that is gone.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct AttachmentRemovePayload {
    /// Which one it was.
    pub id: Ref<AttachmentId>,
}
