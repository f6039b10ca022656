//! Changing: each mutation is the operation of REST with the same name, `proposal_publish` is `proposalPublish`.
//!
//! Rule: one call of a use case, then the thing is read again. Deliberately absent: adding pictures and files, whose bytes
//! have no place in a document; REST takes them.

mod calls;
mod campaigns;
mod receipts;
mod reports;

use async_graphql::{Context, MergedObject, Object};
use civic::Cx;
use civic::id::{AttachmentId, CommentId, ConsultationId, ProposalId};
use civic::moderation::{self, Subject};
use civic::{attachment, comment, consultation, proposal, support};

use super::asker::{loading, mutating};
use super::error::Result;
use super::loaders::forget;
use super::payload::{
    AttachmentPayload, AttachmentRemovePayload, CommentDecisionPayload, CommentPayload, CommentSupportPayload,
    ConsultationPayload, ProposalDecisionPayload, ProposalDiscardPayload, ProposalPayload, SupportPayload,
};
use crate::wire::attachment::DescriptionIn;
use crate::wire::comment::{CommentIn, WordingIn};
use crate::wire::consultation::{ConsultationChangeIn, ConsultationIn, PhasesIn};
use crate::wire::moderation::ReasonIn;
use crate::wire::proposal::{AddendumIn, AnswerIn, CorrectionIn, MergeIn, ProposalIn};
use crate::wire::{Ref, all};

/// What one mutation gives: nothing beside its error when it fails, so that the others of its document still tell what
/// they did.
type Changed<T> = Option<Result<T>>;

/// Runs one mutation in an operation of its own; what was read before it is forgotten.
async fn changed<T>(ctx: &Context<'_>, run: impl AsyncFnOnce(Cx) -> Result<T>) -> Changed<T> {
    forget(loading(ctx));
    Some(match mutating(ctx).await {
        Ok(cx) => run(cx).await,
        Err(error) => Err(error.into()),
    })
}

/// What members and staff may do; each is the operation of REST with the same name. A request with the header
/// `Idempotency-Key` does what it asks for once, however often it is sent.
#[derive(MergedObject, Default)]
pub struct Mutation(
    TakingPart,
    calls::Calls,
    campaigns::Campaigns,
    receipts::Receipts,
    reports::Reports,
);

/// Changing consultations, proposals and what is said about them.
#[derive(Default)]
pub struct TakingPart;

#[Object]
impl TakingPart {
    /// Opens a consultation; for editors.
    async fn consultation_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The consultation.")] input: ConsultationIn,
    ) -> Changed<ConsultationPayload> {
        changed(ctx, async |cx| {
            let id = consultation::write::open(&cx, input.into()).await?;
            ConsultationPayload::of(ctx, id).await
        })
        .await
    }

    /// Changes a consultation; for editors. Themes and districts that proposals have may be renamed and not left out.
    async fn consultation_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which consultation.")] id: Ref<ConsultationId>,
        #[graphql(desc = "The version that was read; refused when it changed meanwhile.")] version: Option<i64>,
        #[graphql(desc = "What changes.")] input: ConsultationChangeIn,
    ) -> Changed<ConsultationPayload> {
        changed(ctx, async |cx| {
            let id = consultation::write::change(&cx, id.0, version, input.into()).await?;
            ConsultationPayload::of(ctx, id).await
        })
        .await
    }

    /// Replaces the phases of a consultation; for editors.
    async fn consultation_set_phases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which consultation.")] id: Ref<ConsultationId>,
        #[graphql(desc = "Its phases.")] input: PhasesIn,
    ) -> Changed<ConsultationPayload> {
        changed(ctx, async |cx| {
            let phases: Vec<_> = all(input.phases);
            let id = consultation::write::set_phases(&cx, id.0, &phases).await?;
            ConsultationPayload::of(ctx, id).await
        })
        .await
    }

    /// Begins a draft, which only its author sees.
    async fn proposal_begin(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which consultation.")] consultation: Ref<ConsultationId>,
        #[graphql(desc = "What is written so far.")] input: ProposalIn,
    ) -> Changed<ProposalPayload> {
        changed(ctx, async |cx| {
            let id = proposal::write::begin(&cx, consultation.0, input.into()).await?;
            ProposalPayload::of(ctx, id).await
        })
        .await
    }

    /// Changes a draft, or a published text while that is free.
    async fn proposal_edit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
        #[graphql(desc = "The version that was read; refused when it changed meanwhile.")] version: Option<i64>,
        #[graphql(desc = "What changes.")] input: ProposalIn,
    ) -> Changed<ProposalPayload> {
        changed(ctx, async |cx| {
            proposal::write::edit(&cx, id.0, version, input.into()).await?;
            ProposalPayload::of(ctx, id.0).await
        })
        .await
    }

    /// Throws a draft away.
    async fn proposal_discard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
    ) -> Changed<ProposalDiscardPayload> {
        changed(ctx, async |cx| {
            proposal::write::discard(&cx, id.0).await?;
            Ok(ProposalDiscardPayload { id })
        })
        .await
    }

    /// Makes a draft public.
    async fn proposal_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
    ) -> Changed<ProposalPayload> {
        changed(ctx, async |cx| {
            let id = proposal::write::publish(&cx, id.0).await?;
            ProposalPayload::of(ctx, id).await
        })
        .await
    }

    /// Takes a published proposal back; its text stays readable.
    async fn proposal_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
        #[graphql(desc = "Why.")] input: ReasonIn,
    ) -> Changed<ProposalPayload> {
        changed(ctx, async |cx| {
            let id = proposal::write::withdraw(&cx, id.0, &input.reason).await?;
            ProposalPayload::of(ctx, id).await
        })
        .await
    }

    /// Adds a note below a text that may not change any more.
    async fn proposal_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
        #[graphql(desc = "The note.")] input: AddendumIn,
    ) -> Changed<ProposalPayload> {
        changed(ctx, async |cx| {
            proposal::write::add(&cx, id.0, &input.body).await?;
            ProposalPayload::of(ctx, id.0).await
        })
        .await
    }

    /// Corrects a published text, marked as such; for editors.
    async fn proposal_correct(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
        #[graphql(desc = "The version that was read; refused when it changed meanwhile.")] version: Option<i64>,
        #[graphql(desc = "What is corrected, and why.")] input: CorrectionIn,
    ) -> Changed<ProposalPayload> {
        changed(ctx, async |cx| {
            let (change, reason) = input.split();
            proposal::write::correct(&cx, id.0, version, change, &reason).await?;
            ProposalPayload::of(ctx, id.0).await
        })
        .await
    }

    /// Moves a proposal on with the city's answer; for editors.
    async fn proposal_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
        #[graphql(desc = "The step and the reasons.")] input: AnswerIn,
    ) -> Changed<ProposalPayload> {
        changed(ctx, async |cx| {
            let id = proposal::write::answer(&cx, id.0, input.step.into(), input.text.as_deref()).await?;
            ProposalPayload::of(ctx, id).await
        })
        .await
    }

    /// Joins a proposal to another that says the same; for editors.
    async fn proposal_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
        #[graphql(desc = "The other one, and why.")] input: MergeIn,
    ) -> Changed<ProposalPayload> {
        changed(ctx, async |cx| {
            let id = proposal::write::merge(&cx, id.0, input.into.0, &input.reason).await?;
            ProposalPayload::of(ctx, id).await
        })
        .await
    }

    /// Hides a proposal, with a reason that its author is told; for moderators.
    async fn proposal_hide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
        #[graphql(desc = "Why.")] input: ReasonIn,
    ) -> Changed<ProposalDecisionPayload> {
        changed(ctx, async |cx| {
            let decision = moderation::write::hide(&cx, Subject::Proposal(id.0), &input.reason).await?;
            ProposalDecisionPayload::of(ctx, id.0, decision).await
        })
        .await
    }

    /// Shows a hidden proposal again; for moderators.
    async fn proposal_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
        #[graphql(desc = "Why.")] input: ReasonIn,
    ) -> Changed<ProposalDecisionPayload> {
        changed(ctx, async |cx| {
            let decision = moderation::write::restore(&cx, Subject::Proposal(id.0), &input.reason).await?;
            ProposalDecisionPayload::of(ctx, id.0, decision).await
        })
        .await
    }

    /// Supports a proposal; twice is once.
    async fn support_give(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
    ) -> Changed<SupportPayload> {
        changed(ctx, async |cx| {
            let tally = support::write::give(&cx, id.0).await?;
            SupportPayload::of(ctx, id.0, tally).await
        })
        .await
    }

    /// Takes one's support back.
    async fn support_take_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] id: Ref<ProposalId>,
    ) -> Changed<SupportPayload> {
        changed(ctx, async |cx| {
            let tally = support::write::take_back(&cx, id.0).await?;
            SupportPayload::of(ctx, id.0, tally).await
        })
        .await
    }

    /// Comments a proposal, or answers a comment.
    async fn comment_write(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "About which proposal.")] proposal: Ref<ProposalId>,
        #[graphql(desc = "The comment.")] input: CommentIn,
    ) -> Changed<CommentPayload> {
        changed(ctx, async |cx| {
            let id = comment::write::write(&cx, proposal.0, input.into()).await?;
            CommentPayload::of(ctx, id).await
        })
        .await
    }

    /// Changes one's comment; the earlier wording is kept.
    async fn comment_edit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment.")] id: Ref<CommentId>,
        #[graphql(desc = "The version that was read; refused when it changed meanwhile.")] version: Option<i64>,
        #[graphql(desc = "The new wording.")] input: WordingIn,
    ) -> Changed<CommentPayload> {
        changed(ctx, async |cx| {
            comment::write::edit(&cx, id.0, version, &input.body).await?;
            CommentPayload::of(ctx, id.0).await
        })
        .await
    }

    /// Removes one's comment; its place stays.
    async fn comment_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment.")] id: Ref<CommentId>,
    ) -> Changed<CommentPayload> {
        changed(ctx, async |cx| {
            let id = comment::write::remove(&cx, id.0).await?;
            CommentPayload::of(ctx, id).await
        })
        .await
    }

    /// Supports a comment; twice is once.
    async fn comment_support(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment.")] id: Ref<CommentId>,
    ) -> Changed<CommentSupportPayload> {
        changed(ctx, async |cx| {
            let tally = comment::write::support(&cx, id.0, true).await?;
            CommentSupportPayload::of(ctx, id.0, tally).await
        })
        .await
    }

    /// Takes one's support of a comment back.
    async fn comment_take_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment.")] id: Ref<CommentId>,
    ) -> Changed<CommentSupportPayload> {
        changed(ctx, async |cx| {
            let tally = comment::write::support(&cx, id.0, false).await?;
            CommentSupportPayload::of(ctx, id.0, tally).await
        })
        .await
    }

    /// Hides a comment, with a reason that its author is told; for moderators.
    async fn comment_hide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment.")] id: Ref<CommentId>,
        #[graphql(desc = "Why.")] input: ReasonIn,
    ) -> Changed<CommentDecisionPayload> {
        changed(ctx, async |cx| {
            let decision = moderation::write::hide(&cx, Subject::Comment(id.0), &input.reason).await?;
            CommentDecisionPayload::of(ctx, id.0, decision).await
        })
        .await
    }

    /// Shows a hidden comment again; for moderators.
    async fn comment_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment.")] id: Ref<CommentId>,
        #[graphql(desc = "Why.")] input: ReasonIn,
    ) -> Changed<CommentDecisionPayload> {
        changed(ctx, async |cx| {
            let decision = moderation::write::restore(&cx, Subject::Comment(id.0), &input.reason).await?;
            CommentDecisionPayload::of(ctx, id.0, decision).await
        })
        .await
    }

    /// Says what a picture or file shows.
    async fn attachment_describe(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which picture or file.")] id: Ref<AttachmentId>,
        #[graphql(desc = "What it shows.")] input: DescriptionIn,
    ) -> Changed<AttachmentPayload> {
        changed(ctx, async |cx| {
            let id = attachment::write::describe(&cx, id.0, &input.description).await?;
            let attachment = attachment::read::one(&cx, id).await?.into();
            Ok(AttachmentPayload { attachment })
        })
        .await
    }

    /// Removes a picture or file from one's proposal.
    async fn attachment_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which picture or file.")] id: Ref<AttachmentId>,
    ) -> Changed<AttachmentRemovePayload> {
        changed(ctx, async |cx| {
            attachment::write::remove(&cx, id.0).await?;
            Ok(AttachmentRemovePayload { id })
        })
        .await
    }
}
