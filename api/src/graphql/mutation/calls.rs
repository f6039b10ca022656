//! Changing calls and applications: each mutation is the operation of REST with the same name.

use async_graphql::{Context, Object, SimpleObject};
use civic::id::{ApplicationId, CallId};
use civic::{application, call};

use super::super::error::Result;
use super::{Changed, changed};
use crate::wire::Ref;
use crate::wire::application::{ApplicationIn, ApplicationPageOut, CompletionIn, ScoreIn};
use crate::wire::call::{CallExtensionIn, CallIn, CallPageOut};
use crate::wire::moderation::ReasonIn;

/// A call after a change.
#[derive(Debug, Clone, SimpleObject)]
pub struct CallPayload {
    /// As it is now.
    pub call: CallPageOut,
}

/// An application after a change.
#[derive(Debug, Clone, SimpleObject)]
pub struct ApplicationPayload {
    /// As it is now.
    pub application: ApplicationPageOut,
}

/// A draft of an application that is gone.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct ApplicationDiscardPayload {
    /// Which one it was.
    pub id: Ref<ApplicationId>,
}

async fn shown_call(cx: &civic::Cx, id: CallId) -> Result<CallPayload> {
    let call = CallPageOut::of(call::read::page(cx, id).await?, cx.language);
    Ok(CallPayload { call })
}

async fn shown(cx: &civic::Cx, id: ApplicationId) -> Result<ApplicationPayload> {
    let application = ApplicationPageOut::of(application::read::page(cx, id).await?, cx.language);
    Ok(ApplicationPayload { application })
}

/// Changing calls and applications.
#[derive(Default)]
pub struct Calls;

#[Object]
impl Calls {
    /// Opens a draft of a call; for editors.
    async fn call_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its terms.")] input: CallIn,
    ) -> Changed<CallPayload> {
        changed(ctx, async |cx| {
            let id = call::write::open(&cx, input.read()?).await?;
            shown_call(&cx, id).await
        })
        .await
    }

    /// Replaces the terms of a draft; for editors.
    async fn call_edit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which call.")] id: Ref<CallId>,
        #[graphql(desc = "The version that was read; refused when it changed meanwhile.")] version: Option<i64>,
        #[graphql(desc = "Its terms.")] input: CallIn,
    ) -> Changed<CallPayload> {
        changed(ctx, async |cx| {
            call::write::edit(&cx, id.0, version, input.read()?).await?;
            shown_call(&cx, id.0).await
        })
        .await
    }

    /// Makes a draft public: its terms are frozen, and its pot is filled; for editors.
    async fn call_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which call.")] id: Ref<CallId>,
    ) -> Changed<CallPayload> {
        changed(ctx, async |cx| {
            let id = call::write::publish(&cx, id.0).await?;
            shown_call(&cx, id).await
        })
        .await
    }

    /// Extends the window for applications, for a reason that everybody reads; for editors.
    async fn call_extend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which call.")] id: Ref<CallId>,
        #[graphql(desc = "The new end, and why.")] input: CallExtensionIn,
    ) -> Changed<CallPayload> {
        changed(ctx, async |cx| {
            let id = call::write::extend(&cx, id.0, input.closes_at.0, input.reason.into()).await?;
            shown_call(&cx, id).await
        })
        .await
    }

    /// Ends a call; for editors.
    async fn call_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which call.")] id: Ref<CallId>,
    ) -> Changed<CallPayload> {
        changed(ctx, async |cx| {
            let id = call::write::close(&cx, id.0).await?;
            shown_call(&cx, id).await
        })
        .await
    }

    /// Draws up the list of a call; for its office.
    async fn call_rank(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which call.")] id: Ref<CallId>,
    ) -> Changed<CallPayload> {
        changed(ctx, async |cx| {
            let id = application::write::rank(&cx, id.0).await?;
            shown_call(&cx, id).await
        })
        .await
    }

    /// Makes the list of a call public, and admits the first ones; for editors.
    async fn call_publish_ranking(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which call.")] id: Ref<CallId>,
    ) -> Changed<CallPayload> {
        changed(ctx, async |cx| {
            let id = application::write::publish_ranking(&cx, id.0).await?;
            shown_call(&cx, id).await
        })
        .await
    }

    /// Begins an application, which only its author sees.
    async fn application_begin(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For which call.")] call: Ref<CallId>,
        #[graphql(desc = "What is written so far.")] input: ApplicationIn,
    ) -> Changed<ApplicationPayload> {
        changed(ctx, async |cx| {
            let id = application::write::begin(&cx, call.0, input.into()).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Changes a draft.
    async fn application_edit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: Ref<ApplicationId>,
        #[graphql(desc = "The version that was read; refused when it changed meanwhile.")] version: Option<i64>,
        #[graphql(desc = "What changes.")] input: ApplicationIn,
    ) -> Changed<ApplicationPayload> {
        changed(ctx, async |cx| {
            application::write::edit(&cx, id.0, version, input.into()).await?;
            shown(&cx, id.0).await
        })
        .await
    }

    /// Throws a draft away.
    async fn application_discard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: Ref<ApplicationId>,
    ) -> Changed<ApplicationDiscardPayload> {
        changed(ctx, async |cx| {
            application::write::discard(&cx, id.0).await?;
            Ok(ApplicationDiscardPayload { id })
        })
        .await
    }

    /// Hands a draft in, once.
    async fn application_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: Ref<ApplicationId>,
        #[graphql(desc = "The version that was read; refused when it changed meanwhile.")] version: Option<i64>,
    ) -> Changed<ApplicationPayload> {
        changed(ctx, async |cx| {
            let id = application::write::submit(&cx, id.0, version).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Completes an application as the office asked.
    async fn application_complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: Ref<ApplicationId>,
        #[graphql(desc = "The version that was read; refused when it changed meanwhile.")] version: Option<i64>,
        #[graphql(desc = "What changes.")] input: ApplicationIn,
    ) -> Changed<ApplicationPayload> {
        changed(ctx, async |cx| {
            let id = application::write::complete(&cx, id.0, version, input.into()).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Takes an application back; when it was admitted, the first of the reserve moves up.
    async fn application_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: Ref<ApplicationId>,
        #[graphql(desc = "Why.")] input: ReasonIn,
    ) -> Changed<ApplicationPayload> {
        changed(ctx, async |cx| {
            let id = application::write::withdraw(&cx, id.0, &input.reason).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Asks for an application to be completed by a date; for the call's office.
    async fn application_ask_completion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: Ref<ApplicationId>,
        #[graphql(desc = "What is missing, and until when.")] input: CompletionIn,
    ) -> Changed<ApplicationPayload> {
        changed(ctx, async |cx| {
            let id = application::write::ask_completion(&cx, id.0, &input.text, input.due_at.0).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Finds that an application fits the call; for the call's office.
    async fn application_find_admissible(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: Ref<ApplicationId>,
    ) -> Changed<ApplicationPayload> {
        changed(ctx, async |cx| {
            let id = application::write::find_admissible(&cx, id.0).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Excludes an application, with a reason that the applicant is told; for the call's office.
    async fn application_exclude(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: Ref<ApplicationId>,
        #[graphql(desc = "Why.")] input: ReasonIn,
    ) -> Changed<ApplicationPayload> {
        changed(ctx, async |cx| {
            let id = application::write::exclude(&cx, id.0, &input.reason).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Scores an application; for the call's commissioners.
    async fn application_score(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: Ref<ApplicationId>,
        #[graphql(desc = "The points.")] input: ScoreIn,
    ) -> Changed<ApplicationPayload> {
        changed(ctx, async |cx| {
            let id = application::write::score(&cx, id.0, &input.points).await?;
            shown(&cx, id).await
        })
        .await
    }

    /// Declares a conflict of interest: the commissioner neither scores the application nor is waited for.
    async fn application_declare_conflict(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: Ref<ApplicationId>,
        #[graphql(desc = "Which.")] input: ReasonIn,
    ) -> Changed<ApplicationPayload> {
        changed(ctx, async |cx| {
            let id = application::write::declare_conflict(&cx, id.0, &input.reason).await?;
            shown(&cx, id).await
        })
        .await
    }
}
