//! Looking at the public books: what REST shows of them by GET.

use async_graphql::{Context, Object};
use civic::id::{CallId, CampaignId, PotId};
use civic::ledger::books::{self, Direction, Moves};

use super::asker::cx;
use super::connection::{Connection, paging};
use super::error::Result;
use super::limits::cost;
use crate::wire::Ref;
use crate::wire::ledger::{CampaignBalancesOut, LedgerEntryOut, LedgerKind, PotBalancesOut};

/// Looking at the public books.
#[derive(Default)]
pub struct Books;

#[Object]
impl Books {
    /// Every move of money, as the chain goes.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn ledger_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this pot.")] pot: Option<Ref<PotId>>,
        #[graphql(desc = "Only those of the gifts of this campaign.")] campaign: Option<Ref<CampaignId>>,
        #[graphql(desc = "Only those of this kind.")] kind: Option<LedgerKind>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<LedgerEntryOut>> {
        let paging = paging(first, after.as_deref())?;
        let which = Moves {
            pot: pot.map(|id| id.0),
            campaign: campaign.map(|id| id.0),
            kind: kind.map(Into::into),
        };
        let page = books::entries(&cx(ctx).await?, which, Direction::OldestFirst, paging).await?;
        Ok(Connection::in_order(page, paging))
    }

    /// The pots of public calls with their balances, those that open last in front.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn ledger_balances(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<PotBalancesOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = books::pots(&cx(ctx).await?, paging).await?;
        Ok(Connection::in_order(page, paging))
    }

    /// Public campaigns with the balances of their gifts, those that open last in front.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn ledger_balances_of_campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this call.")] call: Option<Ref<CallId>>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<CampaignBalancesOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = books::campaigns(&cx(ctx).await?, call.map(|id| id.0), paging).await?;
        Ok(Connection::in_order(page, paging))
    }
}
