//! Campaigns over REST.

use civic::Cx;
use civic::campaign::{read, write};
use civic::id::{ApplicationId, CallId, CampaignId};
use civic::page::Paging;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};

use super::Tag;
use super::answer::{Answered, Call, CampaignList, Made, One, Shown, UpdateList, expected};
use super::body::Body;
use crate::wire::campaign::{
    AgreementIn, CampaignExtensionIn, CampaignIn, CampaignPageOut, CostsIn, ScheduleIn, UpdateIn,
};
use crate::wire::moderation::ReasonIn;
use crate::wire::{Ref, all};

/// The operations on campaigns.
pub struct Campaigns;

async fn shown(cx: &Cx, id: CampaignId) -> Answered<One<CampaignPageOut>> {
    let page = read::page(cx, id).await?;
    let version = page.card.version;
    Ok(One(page.into(), version))
}

#[OpenApi(tag = "Tag::Campaigns")]
impl Campaigns {
    /// List public campaigns, those that open last in front
    #[oai(path = "/campaigns", method = "get", operation_id = "campaign_list")]
    async fn list(
        &self,
        call: Call,
        /// Only those of this call.
        of_call: Query<Option<Ref<CallId>>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<CampaignList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        let of_call = of_call.0.map(|id| id.0);
        Ok(Shown(read::list(&call.0, of_call, paging).await?.into()))
    }

    /// List the campaigns of a call that wait for its office
    #[oai(
        path = "/calls/:id/campaigns/review",
        method = "get",
        operation_id = "campaign_to_review"
    )]
    async fn to_review(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<CampaignList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::to_review(&call.0, id.0.0, paging).await?.into()))
    }

    /// Begin the campaign of an admitted application, as its promoter or the call's office
    ///
    /// It says what the application says until it is changed.
    #[oai(
        path = "/applications/:id/campaign",
        method = "post",
        operation_id = "campaign_begin"
    )]
    async fn begin(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
    ) -> Answered<Made<CampaignPageOut>> {
        let made = write::begin(&call.0, id.0.0).await?;
        Ok(Made(shown(&call.0, made).await?, format!("/campaigns/{made}")))
    }

    /// Begin a fund of the city's own, as an editor
    ///
    /// No call, no threshold, no deadline.
    #[oai(path = "/campaigns", method = "post", operation_id = "campaign_begin_fund")]
    async fn begin_fund(&self, call: Call, input: Body<CampaignIn>) -> Answered<Made<CampaignPageOut>> {
        let made = write::begin_fund(&call.0, input.0.into()).await?;
        Ok(Made(shown(&call.0, made).await?, format!("/campaigns/{made}")))
    }

    /// Show a campaign
    #[oai(path = "/campaigns/:id", method = "get", operation_id = "campaign_get")]
    async fn get(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
    ) -> Answered<One<CampaignPageOut>> {
        shown(&call.0, id.0.0).await
    }

    /// Change a draft
    #[oai(path = "/campaigns/:id", method = "patch", operation_id = "campaign_edit")]
    async fn edit(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        input: Body<CampaignIn>,
    ) -> Answered<One<CampaignPageOut>> {
        write::edit(&call.0, id.0.0, expected(if_match.0)?, input.0.into()).await?;
        shown(&call.0, id.0.0).await
    }

    /// Hand a draft in for the office's review
    #[oai(path = "/campaigns/:id/submit", method = "post", operation_id = "campaign_submit")]
    async fn submit(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Answered<One<CampaignPageOut>> {
        let id = write::submit(&call.0, id.0.0, expected(if_match.0)?).await?;
        shown(&call.0, id).await
    }

    /// Mend the costs of a campaign under review, as the call's office
    #[oai(path = "/campaigns/:id/costs", method = "put", operation_id = "campaign_edit_costs")]
    async fn edit_costs(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        input: Body<CostsIn>,
    ) -> Answered<One<CampaignPageOut>> {
        let lines = all(input.0.cost_lines);
        write::edit_costs(&call.0, id.0.0, expected(if_match.0)?, lines).await?;
        shown(&call.0, id.0.0).await
    }

    /// Give a campaign back to its promoter to be changed, as the call's office
    #[oai(
        path = "/campaigns/:id/send-back",
        method = "post",
        operation_id = "campaign_send_back"
    )]
    async fn send_back(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        input: Body<ReasonIn>,
    ) -> Answered<One<CampaignPageOut>> {
        let id = write::send_back(&call.0, id.0.0, &input.0.reason).await?;
        shown(&call.0, id).await
    }

    /// Put a campaign into its round, as the call's office
    ///
    /// What the city adds at most is set aside for it; when the pot has not so much left, it is refused.
    #[oai(
        path = "/campaigns/:id/schedule",
        method = "post",
        operation_id = "campaign_schedule"
    )]
    async fn schedule(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        input: Body<ScheduleIn>,
    ) -> Answered<One<CampaignPageOut>> {
        let id = write::schedule(&call.0, id.0.0, input.0.read()?).await?;
        shown(&call.0, id).await
    }

    /// Move the deadline of a campaign on, as the call's office
    #[oai(path = "/campaigns/:id/extend", method = "post", operation_id = "campaign_extend")]
    async fn extend(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        input: Body<CampaignExtensionIn>,
    ) -> Answered<One<CampaignPageOut>> {
        let id = write::extend(&call.0, id.0.0, input.0.day_count, &input.0.reason).await?;
        shown(&call.0, id).await
    }

    /// Cancel a campaign, as the call's office
    ///
    /// What is set aside for it is free again, and every gift goes back.
    #[oai(path = "/campaigns/:id/cancel", method = "post", operation_id = "campaign_cancel")]
    async fn cancel(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        input: Body<ReasonIn>,
    ) -> Answered<One<CampaignPageOut>> {
        let id = write::cancel(&call.0, id.0.0, &input.0.reason).await?;
        shown(&call.0, id).await
    }

    /// End a fund, which has no deadline
    #[oai(path = "/campaigns/:id/end", method = "post", operation_id = "campaign_end")]
    async fn end(
        &self,
        call: Call,
        /// The fund.
        id: Path<Ref<CampaignId>>,
    ) -> Answered<One<CampaignPageOut>> {
        let id = write::end(&call.0, id.0.0).await?;
        shown(&call.0, id).await
    }

    /// Record that the agreement with the promoter is signed, as the call's office
    #[oai(path = "/campaigns/:id/agree", method = "post", operation_id = "campaign_agree")]
    async fn agree(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        input: Body<AgreementIn>,
    ) -> Answered<One<CampaignPageOut>> {
        let id = write::agree(&call.0, id.0.0, &input.0.number).await?;
        shown(&call.0, id).await
    }

    /// List a campaign's news, newest first
    #[oai(path = "/campaigns/:id/updates", method = "get", operation_id = "campaign_updates")]
    async fn updates(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<UpdateList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::updates(&call.0, id.0.0, paging).await?.into()))
    }

    /// Tell news of one's campaign
    #[oai(path = "/campaigns/:id/updates", method = "post", operation_id = "campaign_tell")]
    async fn tell(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        input: Body<UpdateIn>,
    ) -> Answered<One<CampaignPageOut>> {
        let UpdateIn { title, body, lang } = input.0;
        write::tell(&call.0, id.0.0, &title, &body, lang.as_deref()).await?;
        shown(&call.0, id.0.0).await
    }
}
