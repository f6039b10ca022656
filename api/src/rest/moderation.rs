//! Moderation over REST: hiding and restoring, each time with a reason.

use civic::id::{CommentId, ProposalId};
use civic::moderation::{Subject, write};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::Tag;
use super::answer::{Answered, Call, Shown};
use super::body::Body;
use crate::wire::Ref;
use crate::wire::moderation::{DecisionOut, ReasonIn};

/// The operations of moderators.
pub struct Moderation;

#[OpenApi(tag = "Tag::Moderation")]
impl Moderation {
    /// Hide a proposal as a moderator
    #[oai(path = "/proposals/:id/hide", method = "post", operation_id = "proposal_hide")]
    async fn hide_proposal(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        input: Body<ReasonIn>,
    ) -> Answered<Shown<DecisionOut>> {
        let subject = Subject::Proposal(id.0.0);
        let decision = write::hide(&call.0, subject, &input.0.reason).await?;
        Ok(Shown(decision.into()))
    }

    /// Show a hidden proposal again as a moderator
    #[oai(path = "/proposals/:id/restore", method = "post", operation_id = "proposal_restore")]
    async fn restore_proposal(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        input: Body<ReasonIn>,
    ) -> Answered<Shown<DecisionOut>> {
        let subject = Subject::Proposal(id.0.0);
        let decision = write::restore(&call.0, subject, &input.0.reason).await?;
        Ok(Shown(decision.into()))
    }

    /// Hide a comment as a moderator
    #[oai(path = "/comments/:id/hide", method = "post", operation_id = "comment_hide")]
    async fn hide_comment(
        &self,
        call: Call,
        /// The comment.
        id: Path<Ref<CommentId>>,
        input: Body<ReasonIn>,
    ) -> Answered<Shown<DecisionOut>> {
        let subject = Subject::Comment(id.0.0);
        let decision = write::hide(&call.0, subject, &input.0.reason).await?;
        Ok(Shown(decision.into()))
    }

    /// Show a hidden comment again as a moderator
    #[oai(path = "/comments/:id/restore", method = "post", operation_id = "comment_restore")]
    async fn restore_comment(
        &self,
        call: Call,
        /// The comment.
        id: Path<Ref<CommentId>>,
        input: Body<ReasonIn>,
    ) -> Answered<Shown<DecisionOut>> {
        let subject = Subject::Comment(id.0.0);
        let decision = write::restore(&call.0, subject, &input.0.reason).await?;
        Ok(Shown(decision.into()))
    }
}
