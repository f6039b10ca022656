//! Looking at receipts: what REST shows of them by GET, but for their papers, whose bytes have no place in a document.

use async_graphql::{Context, Object};
use civic::id::{CampaignId, ReceiptId};
use civic::receipt::read;

use super::asker::cx;
use super::connection::{Connection, paging};
use super::error::Result;
use super::limits::cost;
use super::query::some;
use crate::wire::Ref;
use crate::wire::receipt::{ReceiptOut, ReceiptPageOut, ToldGiftOut};

/// Looking at receipts.
#[derive(Default)]
pub struct Receiving;

#[Object]
impl Receiving {
    /// One receipt, for its donor, whoever has the gift's proof, its promoter and treasurers; nothing for others.
    async fn receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Ref<ReceiptId>,
        #[graphql(desc = "The gift's own proof.")] proof: Option<String>,
    ) -> Result<Option<ReceiptPageOut>> {
        let found = some(read::page(&cx(ctx).await?, id.0, proof.as_deref()).await)?;
        Ok(found.map(Into::into))
    }

    /// The receipts of a campaign, last issued first; for its promoter and treasurers.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn receipts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which campaign.")] campaign: Ref<CampaignId>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<ReceiptOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = read::of_campaign(&cx(ctx).await?, campaign.0, paging).await?;
        Ok(Connection::in_order(page, paging))
    }

    /// What the promoter of a campaign tells the tax office of one year, by the numbers of the receipts; for the promoter and
    /// treasurers.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn told_gifts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of the promoter of which campaign.")] campaign: Ref<CampaignId>,
        #[graphql(desc = "The year of the gifts.")] year: i32,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<ToldGiftOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = read::told_gifts(&cx(ctx).await?, campaign.0, i64::from(year), paging).await?;
        Ok(Connection::in_order(page, paging))
    }
}
