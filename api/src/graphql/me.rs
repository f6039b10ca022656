//! One's own things: the profile, drafts, what one published, supports and said.

use async_graphql::{ComplexObject, Context, SimpleObject};
use civic::page::Paging;
use civic::{application, campaign, comment, donation, proposal, receipt, support};

use super::asker::cx;
use super::connection::{Connection, paging};
use super::error::Result;
use super::limits::cost;
use crate::wire::application::ApplicationOut;
use crate::wire::campaign::CampaignOut;
use crate::wire::comment::CommentOut;
use crate::wire::donation::DonationOut;
use crate::wire::member::MemberOut;
use crate::wire::proposal::ProposalOut;
use crate::wire::receipt::ReceiptOut;

/// Oneself.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Me {
    /// One's profile.
    pub profile: MemberOut,
}

async fn own(ctx: &Context<'_>, drafts: bool, paging: Paging) -> Result<Connection<ProposalOut>> {
    let page = proposal::read::own(&cx(ctx).await?, drafts, paging).await?;
    Ok(Connection::of(page, paging, |card| card.id))
}

#[ComplexObject]
impl Me {
    /// Proposals that one is still writing, last begun first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn drafts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<ProposalOut>> {
        own(ctx, true, paging(first, after.as_deref())?).await
    }

    /// Proposals that one has published, last begun first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<ProposalOut>> {
        own(ctx, false, paging(first, after.as_deref())?).await
    }

    /// Proposals that one supports, last supported first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn supports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<ProposalOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = support::read::own(&cx(ctx).await?, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// Comments that one has written, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<CommentOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = comment::read::own(&cx(ctx).await?, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// Applications that one has written, last begun first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<ApplicationOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = application::read::own(&cx(ctx).await?, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// Campaigns that one promotes, last begun first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<CampaignOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = campaign::read::own(&cx(ctx).await?, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// One's gifts, last promised first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn donations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<DonationOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = donation::read::own(&cx(ctx).await?, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }
    /// One's receipts, last issued first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn receipts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<ReceiptOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = receipt::read::own(&cx(ctx).await?, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }
}
