//! Changing campaigns and gifts: each mutation is the operation of REST with the same name.

use async_graphql::{Context, Object, SimpleObject};
use civic::id::{ApplicationId, CampaignId, DonationId};
use civic::{campaign, donation};

use super::super::error::Result;
use super::{Changed, changed};
use crate::wire::campaign::{
    AgreementIn, CampaignExtensionIn, CampaignIn, CampaignPageOut, CostsIn, ScheduleIn, UpdateIn,
};
use crate::wire::donation::{DonationIn, DonationPageOut, GivenOut, PaymentPageOut, ProofIn};
use crate::wire::moderation::ReasonIn;
use crate::wire::{Ref, all};

/// A campaign after a change.
#[derive(Debug, Clone, SimpleObject)]
pub struct CampaignPayload {
    /// As it is now.
    pub campaign: CampaignPageOut,
}

/// A gift after a change.
#[derive(Debug, Clone, SimpleObject)]
pub struct DonationPayload {
    /// As it is now.
    pub donation: DonationPageOut,
}

/// A gift that was promised.
#[derive(Debug, Clone, SimpleObject)]
pub struct GivenPayload {
    /// What came of it.
    pub given: GivenOut,
}

/// The provider's page for a gift.
#[derive(Debug, Clone, SimpleObject)]
pub struct PaymentPagePayload {
    /// The page.
    pub page: PaymentPageOut,
}

async fn shown(cx: &civic::Cx, id: CampaignId) -> Result<CampaignPayload> {
    let campaign = campaign::read::page(cx, id).await?.into();
    Ok(CampaignPayload { campaign })
}

async fn shown_gift(cx: &civic::Cx, id: DonationId, proof: Option<&str>) -> Result<DonationPayload> {
    let donation = donation::read::page(cx, id, proof).await?.into();
    Ok(DonationPayload { donation })
}

/// Changing campaigns and gifts.
#[derive(Default)]
pub struct Campaigns;

#[Object]
impl Campaigns {
    /// Begins the campaign of an admitted application; for its promoter and the call's office.
    async fn campaign_begin(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: Ref<ApplicationId>,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            let id = campaign::write::begin(&cx, id.0).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Begins a fund of the city's own; for editors.
    async fn campaign_begin_fund(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says so far.")] input: CampaignIn,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            let id = campaign::write::begin_fund(&cx, input.into()).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Changes a draft.
    async fn campaign_edit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "The version that was read; refused when it changed meanwhile.")] version: Option<i64>,
        #[graphql(desc = "What changes.")] input: CampaignIn,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            campaign::write::edit(&cx, id.0, version, input.into()).await?;
            shown(&cx, id.0).await
        })
        .await
    }

    /// Hands a draft in for the office's review.
    async fn campaign_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "The version that was read; refused when it changed meanwhile.")] version: Option<i64>,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            let id = campaign::write::submit(&cx, id.0, version).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Mends the costs of a campaign under review; for the call's office.
    async fn campaign_edit_costs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "The version that was read; refused when it changed meanwhile.")] version: Option<i64>,
        #[graphql(desc = "The costs.")] input: CostsIn,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            campaign::write::edit_costs(&cx, id.0, version, all(input.cost_lines)).await?;
            shown(&cx, id.0).await
        })
        .await
    }

    /// Gives a campaign back to its promoter to be changed; for the call's office.
    async fn campaign_send_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "Why.")] input: ReasonIn,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            let id = campaign::write::send_back(&cx, id.0, &input.reason).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Puts a campaign into its round and sets aside what the city adds at most; for the call's office.
    async fn campaign_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "When.")] input: ScheduleIn,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            let id = campaign::write::schedule(&cx, id.0, input.read()?).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Moves the deadline of a campaign on; for the call's office.
    async fn campaign_extend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "By how much, and why.")] input: CampaignExtensionIn,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            let id = campaign::write::extend(&cx, id.0, input.day_count, &input.reason).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Cancels a campaign: every gift goes back; for the call's office.
    async fn campaign_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "Why.")] input: ReasonIn,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            let id = campaign::write::cancel(&cx, id.0, &input.reason).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Ends a fund, which has no deadline.
    async fn campaign_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which fund.")] id: Ref<CampaignId>,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            let id = campaign::write::end(&cx, id.0).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Records that the agreement with the promoter is signed; for the call's office.
    async fn campaign_agree(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "The agreement.")] input: AgreementIn,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            let id = campaign::write::agree(&cx, id.0, &input.number).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Tells news of one's campaign.
    async fn campaign_tell(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "The news.")] input: UpdateIn,
    ) -> Changed<CampaignPayload> {
        changed(ctx, async |cx| {
            let UpdateIn { title, body, lang } = input;
            campaign::write::tell(&cx, id.0, &title, &body, lang.as_deref()).await?;
            shown(&cx, id.0).await
        })
        .await
    }

    /// Promises a gift; the same key again is the same gift.
    async fn donation_give(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "The gift.")] input: DonationIn,
    ) -> Changed<GivenPayload> {
        changed(ctx, async |cx| {
            let given = donation::write::give(&cx, id.0, input.into()).await?.into();
            Ok(GivenPayload { given })
        })
        .await
    }

    /// Gives the provider's page on which a gift is paid.
    async fn donation_pay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which gift.")] id: Ref<DonationId>,
        #[graphql(desc = "The gift's own proof.")] input: ProofIn,
    ) -> Changed<PaymentPagePayload> {
        changed(ctx, async |cx| {
            let page = donation::write::pay(&cx, id.0, input.proof.as_deref()).await?.into();
            Ok(PaymentPagePayload { page })
        })
        .await
    }

    /// Asks the provider what became of a gift.
    async fn donation_look(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which gift.")] id: Ref<DonationId>,
        #[graphql(desc = "The gift's own proof.")] input: ProofIn,
    ) -> Changed<DonationPayload> {
        changed(ctx, async |cx| {
            let proof = input.proof.as_deref();
            donation::write::look(&cx, id.0, proof).await?;
            shown_gift(&cx, id.0, proof).await
        })
        .await
    }
}
