//! Looking at campaigns and gifts: what REST shows of them by GET.

use async_graphql::{Context, Object};
use civic::id::{CallId, CampaignId, DonationId};
use civic::{campaign, donation};

use super::asker::cx;
use super::connection::{Connection, paging};
use super::error::Result;
use super::limits::cost;
use super::query::some;
use crate::wire::Ref;
use crate::wire::campaign::{CampaignOut, CampaignPageOut, UpdateOut};
use crate::wire::donation::{DonationOut, DonationPageOut, PublicGiftOut, QuoteOut, RefundOut};
use crate::wire::money::Cents;

/// Looking at campaigns and gifts.
#[derive(Default)]
pub struct Giving;

#[Object]
impl Giving {
    /// Public campaigns, those that open last in front.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this call.")] call: Option<Ref<CallId>>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<CampaignOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = campaign::read::list(&cx(ctx).await?, call.map(|id| id.0), paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// The campaigns of a call that wait for its office.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn campaigns_to_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which call.")] call: Ref<CallId>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<CampaignOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = campaign::read::to_review(&cx(ctx).await?, call.0, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// One campaign; nothing when there is none that you may know of.
    async fn campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Ref<CampaignId>,
    ) -> Result<Option<CampaignPageOut>> {
        let found = some(campaign::read::page(&cx(ctx).await?, id.0).await)?;
        Ok(found.map(Into::into))
    }

    /// A campaign's news, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn campaign_updates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<UpdateOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = campaign::read::updates(&cx(ctx).await?, id.0, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// The public gifts of a campaign, last confirmed first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn public_gifts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which campaign.")] campaign: Ref<CampaignId>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<PublicGiftOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = donation::read::public(&cx(ctx).await?, campaign.0, paging).await?;
        Ok(Connection::in_order(page, paging))
    }

    /// All gifts to a campaign, last promised first; for treasurers.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn donations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To which campaign.")] campaign: Ref<CampaignId>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<DonationOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = donation::read::of_campaign(&cx(ctx).await?, campaign.0, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// One gift, for its donor, whoever has its proof, and treasurers; nothing for others.
    async fn donation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Ref<DonationId>,
        #[graphql(desc = "Its own proof.")] proof: Option<String>,
    ) -> Result<Option<DonationPageOut>> {
        let found = some(donation::read::page(&cx(ctx).await?, id.0, proof.as_deref()).await)?;
        Ok(found.map(Into::into))
    }

    /// The gift that a transfer's reference names; for treasurers.
    async fn donation_by_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reference as the statement shows it.")] reference_code: String,
    ) -> Result<Option<DonationPageOut>> {
        let found = some(donation::read::by_reference_code(&cx(ctx).await?, &reference_code).await)?;
        Ok(found.map(Into::into))
    }

    /// What the city would add to a gift now; nothing where gifts do not each bring their own.
    async fn donation_quote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To which campaign.")] campaign: Ref<CampaignId>,
        #[graphql(desc = "The gift.")] amount_minor: Cents,
    ) -> Result<Option<QuoteOut>> {
        let quote = donation::write::quote(&cx(ctx).await?, campaign.0, amount_minor.into()).await?;
        Ok(quote.map(Into::into))
    }

    /// What is owed to donors and must be paid by a person, longest wanted first; for treasurers.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn refunds_owed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<RefundOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = donation::read::owed(&cx(ctx).await?, paging).await?;
        Ok(Connection::in_order(page, paging))
    }
}
