//! What things have besides what they carry: the fields that lead to other things.
//!
//! Rule: each goes through a loader, so that a list of things asks once. What lists do not show of a proposal or a
//! consultation is read whole with its first such field.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context};
use civic::error::Error;

use super::asker::loading;
use super::connection::{Connection, paging};
use super::error::Result;
use super::limits::cost;
use super::loaders::Threads;
use crate::wire::attachment::AttachmentOut;
use crate::wire::comment::{CommentOut, CommentSort, ThreadOut};
use crate::wire::consultation::{ConsultationOut, ConsultationPageOut, DistrictOut, FiguresOut, PhaseOut, ThemeOut};
use crate::wire::proposal::{
    AddendumOut, AnswerOut, AnswerStep, DistrictNameOut, Point, ProposalLinkOut, ProposalOut, ProposalPageOut,
    ProposalPermissionsOut,
};
use crate::wire::{Language, Moment};

impl ConsultationOut {
    async fn whole(&self, ctx: &Context<'_>) -> Result<Arc<ConsultationPageOut>> {
        let found = loading(ctx).load_one(self.id.0).await?;
        Ok(found.ok_or(Error::NotFound)?)
    }
}

#[ComplexObject]
impl ConsultationOut {
    /// The rest of its text in Markdown.
    async fn description(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.whole(ctx).await?.description.clone())
    }

    /// The rest of its text as safe HTML.
    async fn html(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.whole(ctx).await?.html.clone())
    }

    /// The language that the rest really is in.
    async fn description_lang(&self, ctx: &Context<'_>) -> Result<Language> {
        Ok(self.whole(ctx).await?.description_lang)
    }

    /// Its themes in their order, those below after theirs.
    #[graphql(complexity = "cost(None, child_complexity)")]
    async fn themes(&self, ctx: &Context<'_>) -> Result<Vec<ThemeOut>> {
        Ok(self.whole(ctx).await?.themes.clone())
    }

    /// Its districts and quarters.
    #[graphql(complexity = "cost(None, child_complexity)")]
    async fn districts(&self, ctx: &Context<'_>) -> Result<Vec<DistrictOut>> {
        Ok(self.whole(ctx).await?.districts.clone())
    }

    /// How much was contributed.
    async fn figures(&self, ctx: &Context<'_>) -> Result<FiguresOut> {
        Ok(self.whole(ctx).await?.figures)
    }
}

impl ProposalOut {
    async fn whole(&self, ctx: &Context<'_>) -> Result<Arc<ProposalPageOut>> {
        let found = loading(ctx).load_one(self.id.0).await?;
        Ok(found.ok_or(Error::NotFound)?)
    }
}

#[ComplexObject]
impl ProposalOut {
    /// The consultation to which it belongs.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<ConsultationOut> {
        let found = loading(ctx).load_one(self.consultation_id.0).await?;
        Ok(found.ok_or(Error::NotFound)?.consultation.clone())
    }

    /// What is said about it. All that one request shows together have at most 200 answers; `more` says where some are
    /// left, and `thread` gives them.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which order; the newest first when not said.")] sort: Option<CommentSort>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<ThreadOut>> {
        let key = Threads {
            proposal: self.id.0,
            sort: sort.unwrap_or(CommentSort::Newest).into(),
            paging: paging(first, after.as_deref())?,
        };
        Ok(loading(ctx).load_one(key).await?.ok_or(Error::NotFound)?)
    }

    /// The whole text in Markdown.
    async fn body(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.whole(ctx).await?.body.clone())
    }

    /// The whole text as safe HTML.
    async fn html(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.whole(ctx).await?.html.clone())
    }

    /// Notes added below it.
    async fn addenda(&self, ctx: &Context<'_>) -> Result<Vec<AddendumOut>> {
        Ok(self.whole(ctx).await?.addenda.clone())
    }

    /// The quarter, beside the district.
    async fn quarter(&self, ctx: &Context<'_>) -> Result<Option<DistrictNameOut>> {
        Ok(self.whole(ctx).await?.quarter.clone())
    }

    /// The point on the map.
    async fn point(&self, ctx: &Context<'_>) -> Result<Option<Point>> {
        Ok(self.whole(ctx).await?.point)
    }

    /// Supports that an import brought as a number without persons.
    async fn tally_support_count(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.whole(ctx).await?.tally_support_count)
    }

    /// Whether the asking member supports it.
    async fn supported(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.whole(ctx).await?.supported)
    }

    /// When the text was last changed.
    async fn edited_at(&self, ctx: &Context<'_>) -> Result<Option<Moment>> {
        Ok(self.whole(ctx).await?.edited_at)
    }

    /// When it was taken back.
    async fn withdrawn_at(&self, ctx: &Context<'_>) -> Result<Option<Moment>> {
        Ok(self.whole(ctx).await?.withdrawn_at)
    }

    /// Why it was taken back.
    async fn withdraw_reason(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.whole(ctx).await?.withdraw_reason.clone())
    }

    /// Why a moderator hid it; for its author and moderators.
    async fn hidden_reason(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.whole(ctx).await?.hidden_reason.clone())
    }

    /// The city's answer.
    async fn answer(&self, ctx: &Context<'_>) -> Result<Option<AnswerOut>> {
        Ok(self.whole(ctx).await?.answer.clone())
    }

    /// The one it lives on in, when it was joined to another.
    async fn merged_into(&self, ctx: &Context<'_>) -> Result<Option<ProposalLinkOut>> {
        Ok(self.whole(ctx).await?.merged_into.clone())
    }

    /// Those that live on in it, first published first, at most 50.
    #[graphql(complexity = "cost(None, child_complexity)")]
    async fn merged(&self, ctx: &Context<'_>) -> Result<Vec<ProposalLinkOut>> {
        Ok(self.whole(ctx).await?.merged.clone())
    }

    /// Pictures and files.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<AttachmentOut>> {
        Ok(self.whole(ctx).await?.attachments.clone())
    }

    /// The reference number in the source of an import.
    async fn reference(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.whole(ctx).await?.reference.clone())
    }

    /// The steps by which the asking member can answer it now.
    async fn steps(&self, ctx: &Context<'_>) -> Result<Vec<AnswerStep>> {
        Ok(self.whole(ctx).await?.steps.clone())
    }

    /// What the asking member may do.
    async fn can(&self, ctx: &Context<'_>) -> Result<ProposalPermissionsOut> {
        Ok(self.whole(ctx).await?.can)
    }

    /// The consultation's phase now.
    async fn phase(&self, ctx: &Context<'_>) -> Result<Option<PhaseOut>> {
        Ok(self.whole(ctx).await?.phase.clone())
    }
}

#[ComplexObject]
impl CommentOut {
    /// The proposal that it is about; not there when it is hidden.
    async fn proposal(&self, ctx: &Context<'_>) -> Result<Option<ProposalOut>> {
        let found = loading(ctx).load_one(self.proposal_id.0).await?;
        Ok(found.map(|page| page.proposal.clone()))
    }

    /// The comment that it answers.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<CommentOut>> {
        match self.parent_id {
            Some(id) => loading(ctx).load_one(id.0).await,
            None => Ok(None),
        }
    }
}
