//! Looking at payouts, statements and reports: what REST shows of them by GET.

use async_graphql::{Context, Object};
use civic::id::{CampaignId, PayoutId};
use civic::{payout, reconciliation, report, statement};

use super::asker::cx;
use super::connection::{Connection, paging};
use super::error::Result;
use super::limits::cost;
use super::query::some;
use crate::wire::Ref;
use crate::wire::payout::{PayableOut, PayoutFileOut, PayoutOut, PayoutPlanOut, PayoutState};
use crate::wire::reconciliation::{MovementOut, MovementState, ReconciliationOut};
use crate::wire::report::ReportOut;
use crate::wire::statement::{LineOut, LineState, StatementOut};

/// Looking at payouts and reports.
#[derive(Default)]
pub struct Paying;

#[Object]
impl Paying {
    /// How a campaign's promoter is paid; for the promoter, the office and treasurers.
    async fn payout_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which campaign.")] campaign: Ref<CampaignId>,
    ) -> Result<Option<PayoutPlanOut>> {
        let found = some(payout::read::of_campaign(&cx(ctx).await?, campaign.0).await)?;
        Ok(found.map(Into::into))
    }

    /// Payouts, last requested first; for treasurers of the city.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn payouts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those in this state.")] state: Option<PayoutState>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<PayoutOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = payout::read::list(&cx(ctx).await?, state.map(Into::into), paging).await?;
        Ok(Connection::in_order(page, paging))
    }

    /// The campaigns whose promoters are paid, with what is due; for treasurers of the city.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn payouts_due(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<PayableOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = payout::read::payable(&cx(ctx).await?, paging).await?;
        Ok(Connection::in_order(page, paging))
    }

    /// The files of payouts for the bank, last made first; for treasurers of the city.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn payout_files(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<PayoutFileOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = payout::read::files(&cx(ctx).await?, paging).await?;
        Ok(Connection::in_order(page, paging))
    }

    /// The statements of the bank that were taken in, last first; for treasurers of the city.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn statements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<StatementOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = statement::read::list(&cx(ctx).await?, paging).await?;
        Ok(Connection::in_order(page, paging))
    }

    /// The lines of statements in a state, last booked first; for treasurers of the city.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn statement_lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which state.")] state: LineState,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<LineOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = statement::read::lines(&cx(ctx).await?, state.into(), paging).await?;
        Ok(Connection::in_order(page, paging))
    }

    /// How the books stand against the provider's account; for treasurers of the city.
    async fn reconciliation(&self, ctx: &Context<'_>) -> Result<ReconciliationOut> {
        let cx = cx(ctx).await?;
        let last = reconciliation::read::last(&cx).await?;
        Ok((last, reconciliation::read::astray(&cx).await?).into())
    }

    /// The movements on the provider's account in a state, newest first; for treasurers of the city.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn movements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which state.")] state: MovementState,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<MovementOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = reconciliation::read::movements(&cx(ctx).await?, state.into(), paging).await?;
        Ok(Connection::in_order(page, paging))
    }

    /// One payout; for its promoter, the office and treasurers.
    async fn payout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Ref<PayoutId>,
    ) -> Result<Option<PayoutOut>> {
        let found = some(payout::read::one(&cx(ctx).await?, id.0).await)?;
        Ok(found.map(Into::into))
    }

    /// What the promoter of a campaign spent; nothing when there is no report that you may know of.
    async fn report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which campaign.")] campaign: Ref<CampaignId>,
    ) -> Result<Option<ReportOut>> {
        let found = some(report::read::page(&cx(ctx).await?, campaign.0).await)?;
        Ok(found.map(Into::into))
    }
}
