//! Payouts and statements over REST: looking only, since whatever moves money asks for a session with a fresh second factor.

use civic::id::{CampaignId, PayoutId};
use civic::page::Paging;
use civic::payout::read;
use civic::statement;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::Tag;
use super::answer::{Answered, Call, LineList, PayableList, PayoutFileList, PayoutList, Shown, StatementList};
use crate::wire::Ref;
use crate::wire::payout::{PayoutOut, PayoutPlanOut, PayoutState};
use crate::wire::statement::LineState;

/// The operations on payouts.
pub struct Payouts;

#[OpenApi(tag = "Tag::Payouts")]
impl Payouts {
    /// Show how a campaign's promoter is paid, as the promoter, the office or a treasurer
    #[oai(path = "/campaigns/:id/payouts", method = "get", operation_id = "payout_plan")]
    async fn plan(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
    ) -> Answered<Shown<PayoutPlanOut>> {
        Ok(Shown(read::of_campaign(&call.0, id.0.0).await?.into()))
    }

    /// List payouts, last requested first, as a treasurer of the city
    #[oai(path = "/payouts", method = "get", operation_id = "payout_list")]
    async fn list(
        &self,
        call: Call,
        /// Only those in this state.
        state: Query<Option<PayoutState>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<PayoutList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        let state = state.0.map(Into::into);
        Ok(Shown(read::list(&call.0, state, paging).await?.into()))
    }

    /// List the campaigns whose promoters are paid, with what is due, as a treasurer of the city
    #[oai(path = "/payouts/due", method = "get", operation_id = "payout_due")]
    async fn due(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<PayableList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::payable(&call.0, paging).await?.into()))
    }

    /// List the files of payouts for the bank, last made first, as a treasurer of the city
    #[oai(path = "/payouts/files", method = "get", operation_id = "payout_files")]
    async fn files(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<PayoutFileList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::files(&call.0, paging).await?.into()))
    }

    /// List the statements of the bank that were taken in, last first, as a treasurer of the city
    #[oai(path = "/statements", method = "get", operation_id = "statement_list")]
    async fn statements(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<StatementList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(statement::read::list(&call.0, paging).await?.into()))
    }

    /// List the lines of statements in a state, last booked first, as a treasurer of the city
    #[oai(path = "/statements/lines", method = "get", operation_id = "statement_lines")]
    async fn lines(
        &self,
        call: Call,
        /// In which state.
        state: Query<LineState>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<LineList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        let page = statement::read::lines(&call.0, state.0.into(), paging).await?;
        Ok(Shown(page.into()))
    }

    /// Show a payout, as its promoter, the office or a treasurer
    #[oai(path = "/payouts/:id", method = "get", operation_id = "payout_get")]
    async fn get(
        &self,
        call: Call,
        /// The payout.
        id: Path<Ref<PayoutId>>,
    ) -> Answered<Shown<PayoutOut>> {
        Ok(Shown(read::one(&call.0, id.0.0).await?.into()))
    }
}
