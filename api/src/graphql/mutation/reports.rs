//! Changing reports: each mutation is the operation of REST with the same name.

use async_graphql::{Context, Object, SimpleObject};
use civic::id::CampaignId;
use civic::report::{read, write};

use super::super::error::Result;
use super::{Changed, changed};
use crate::wire::Ref;
use crate::wire::moderation::ReasonIn;
use crate::wire::report::{ClosingIn, ReportIn, ReportOut};

/// A report after a change.
#[derive(Debug, Clone, SimpleObject)]
pub struct ReportPayload {
    /// As it is now.
    pub report: ReportOut,
}

async fn shown(cx: &civic::Cx, id: CampaignId) -> Result<ReportPayload> {
    let report = read::page(cx, id).await?.into();
    Ok(ReportPayload { report })
}

/// Changing reports.
#[derive(Default)]
pub struct Reports;

#[Object]
impl Reports {
    /// Begins the report of one's campaign, once something of it was paid.
    async fn report_begin(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which campaign.")] id: Ref<CampaignId>,
    ) -> Changed<ReportPayload> {
        changed(ctx, async |cx| {
            let id = write::begin(&cx, id.0).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Changes the report of one's campaign.
    async fn report_edit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "What is to change.")] input: ReportIn,
        #[graphql(desc = "The version that was read; another one now is out of date.")] version: Option<i64>,
    ) -> Changed<ReportPayload> {
        changed(ctx, async |cx| {
            write::edit(&cx, id.0, version, input.into()).await?;
            shown(&cx, id.0).await
        })
        .await
    }

    /// Hands in the report of one's campaign.
    async fn report_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "The version that was read; another one now is out of date.")] version: Option<i64>,
    ) -> Changed<ReportPayload> {
        changed(ctx, async |cx| {
            let id = write::submit(&cx, id.0, version).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Gives a report back to be changed; for the call's office.
    async fn report_send_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "Why.")] input: ReasonIn,
    ) -> Changed<ReportPayload> {
        changed(ctx, async |cx| {
            let id = write::send_back(&cx, id.0, &input.reason).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Accepts a report, which fixes the final grant; for the call's office.
    async fn report_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which campaign.")] id: Ref<CampaignId>,
        #[graphql(desc = "What of the spending is accepted.")] input: ClosingIn,
    ) -> Changed<ReportPayload> {
        changed(ctx, async |cx| {
            let id = write::close(&cx, id.0, input.eligible_minor.map(Into::into)).await?;
            shown(&cx, id).await
        })
        .await
    }
}
