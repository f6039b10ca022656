//! Reports over REST: written by the promoter, read by the office, public once accepted.

use civic::Cx;
use civic::id::CampaignId;
use civic::report::{read, write};
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path};

use super::Tag;
use super::answer::{Answered, Call, Made, One, expected};
use super::body::Body;
use crate::wire::Ref;
use crate::wire::moderation::ReasonIn;
use crate::wire::report::{ClosingIn, ReportIn, ReportOut};

/// The operations on reports.
pub struct Reports;

async fn shown(cx: &Cx, id: CampaignId) -> Answered<One<ReportOut>> {
    let page = read::page(cx, id).await?;
    let version = page.version;
    Ok(One(page.into(), version))
}

#[OpenApi(tag = "Tag::Payouts")]
impl Reports {
    /// Show what the promoter of a campaign spent
    #[oai(path = "/campaigns/:id/report", method = "get", operation_id = "report_get")]
    async fn get(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
    ) -> Answered<One<ReportOut>> {
        shown(&call.0, id.0.0).await
    }

    /// Begin the report of one's campaign, once something of it was paid
    #[oai(path = "/campaigns/:id/report", method = "post", operation_id = "report_begin")]
    async fn begin(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
    ) -> Answered<Made<ReportOut>> {
        let id = write::begin(&call.0, id.0.0).await?;
        Ok(Made(shown(&call.0, id).await?, format!("/campaigns/{id}/report")))
    }

    /// Change the report of one's campaign
    #[oai(path = "/campaigns/:id/report", method = "patch", operation_id = "report_edit")]
    async fn edit(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        input: Body<ReportIn>,
    ) -> Answered<One<ReportOut>> {
        write::edit(&call.0, id.0.0, expected(if_match.0)?, input.0.into()).await?;
        shown(&call.0, id.0.0).await
    }

    /// Hand in the report of one's campaign
    #[oai(
        path = "/campaigns/:id/report/submit",
        method = "post",
        operation_id = "report_submit"
    )]
    async fn submit(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Answered<One<ReportOut>> {
        let id = write::submit(&call.0, id.0.0, expected(if_match.0)?).await?;
        shown(&call.0, id).await
    }

    /// Give a report back to be changed, as the call's office
    #[oai(
        path = "/campaigns/:id/report/send-back",
        method = "post",
        operation_id = "report_send_back"
    )]
    async fn send_back(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        input: Body<ReasonIn>,
    ) -> Answered<One<ReportOut>> {
        let id = write::send_back(&call.0, id.0.0, &input.0.reason).await?;
        shown(&call.0, id).await
    }

    /// Accept a report, as the call's office
    ///
    /// It fixes the final grant; what of the first one is left is free again, or owed back when it was paid.
    #[oai(path = "/campaigns/:id/report/close", method = "post", operation_id = "report_close")]
    async fn close(
        &self,
        call: Call,
        /// The campaign.
        id: Path<Ref<CampaignId>>,
        input: Body<ClosingIn>,
    ) -> Answered<One<ReportOut>> {
        let eligible = input.0.eligible_minor.map(Into::into);
        let id = write::close(&call.0, id.0.0, eligible).await?;
        shown(&call.0, id).await
    }
}
