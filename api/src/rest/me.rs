//! One's own things over REST. Changing the account needs a session, so it is a matter of pages.

use civic::page::Paging;
use civic::{application, call as calls, campaign, comment, donation, member, proposal, receipt, support};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;

use super::Tag;
use super::answer::{
    Answered, ApplicationList, Call, CallList, CampaignList, CommentList, DonationList, ProposalList, ReceiptList,
    Shown,
};
use crate::wire::member::MemberOut;

/// The operations on one's own things.
pub struct Me;

#[OpenApi(tag = "Tag::Me", prefix_path = "/me")]
impl Me {
    /// Show one's own profile
    #[oai(path = "/", method = "get", operation_id = "me_get")]
    async fn get(&self, call: Call) -> Answered<Shown<MemberOut>> {
        Ok(Shown(member::read::profile(&call.0).await?.into()))
    }

    /// List one's drafts
    #[oai(path = "/drafts", method = "get", operation_id = "me_drafts")]
    async fn drafts(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<ProposalList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(proposal::read::own(&call.0, true, paging).await?.into()))
    }

    /// List the proposals that one published
    #[oai(path = "/proposals", method = "get", operation_id = "me_proposals")]
    async fn proposals(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<ProposalList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(proposal::read::own(&call.0, false, paging).await?.into()))
    }

    /// List the proposals that one supports
    #[oai(path = "/supports", method = "get", operation_id = "me_supports")]
    async fn supports(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<ProposalList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(support::read::own(&call.0, paging).await?.into()))
    }

    /// List one's comments
    #[oai(path = "/comments", method = "get", operation_id = "me_comments")]
    async fn comments(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<CommentList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(comment::read::own(&call.0, paging).await?.into()))
    }

    /// List one's applications, last begun first
    #[oai(path = "/applications", method = "get", operation_id = "me_applications")]
    async fn applications(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<ApplicationList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(application::read::own(&call.0, paging).await?.into()))
    }

    /// List one's campaigns, last begun first
    #[oai(path = "/campaigns", method = "get", operation_id = "me_campaigns")]
    async fn campaigns(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<CampaignList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(campaign::read::own(&call.0, paging).await?.into()))
    }

    /// List one's gifts, last promised first
    #[oai(path = "/donations", method = "get", operation_id = "me_donations")]
    async fn donations(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<DonationList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(donation::read::own(&call.0, paging).await?.into()))
    }

    /// List one's receipts, last issued first
    #[oai(path = "/receipts", method = "get", operation_id = "me_receipts")]
    async fn receipts(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<ReceiptList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(receipt::read::own(&call.0, paging).await?.into()))
    }

    /// List the drafts of calls, as one who keeps calls
    #[oai(path = "/call-drafts", method = "get", operation_id = "me_call_drafts")]
    async fn call_drafts(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<CallList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(calls::read::drafts(&call.0, paging).await?.into()))
    }
}
