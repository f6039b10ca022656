//! Applications over REST.

use civic::Cx;
use civic::application::{read, write};
use civic::id::{ApplicationId, CallId};
use civic::page::Paging;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};

use super::Tag;
use super::answer::{Answered, ApplicationList, Call, Done, Made, One, Shown, expected};
use super::body::{Body, Patch};
use crate::wire::Ref;
use crate::wire::application::{ApplicationIn, ApplicationPageOut, ApplicationState, CompletionIn, ScoreIn};
use crate::wire::moderation::ReasonIn;

/// The operations on applications.
pub struct Applications;

async fn shown(cx: &Cx, id: ApplicationId) -> Answered<One<ApplicationPageOut>> {
    let page = read::page(cx, id).await?;
    let version = page.card.version;
    Ok(One(ApplicationPageOut::of(page, cx.language), version))
}

#[OpenApi(tag = "Tag::Applications")]
impl Applications {
    /// List the applications for a call, first handed in first
    ///
    /// Everybody sees those on a public list; its office sees all that were handed in, its commission those that it judges.
    #[oai(path = "/calls/:id/applications", method = "get", operation_id = "application_list")]
    async fn list(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
        /// In this state.
        state: Query<Option<ApplicationState>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<ApplicationList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        let state = state.0.map(Into::into);
        Ok(Shown(read::of_call(&call.0, id.0.0, state, paging).await?.into()))
    }

    /// Begin an application
    ///
    /// It is a draft that only its author sees, until it is handed in.
    #[oai(
        path = "/calls/:id/applications",
        method = "post",
        operation_id = "application_begin"
    )]
    async fn begin(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
        input: Body<ApplicationIn>,
    ) -> Answered<Made<ApplicationPageOut>> {
        let made = write::begin(&call.0, id.0.0, input.0.into()).await?;
        Ok(Made(shown(&call.0, made).await?, format!("/applications/{made}")))
    }

    /// Show an application
    #[oai(path = "/applications/:id", method = "get", operation_id = "application_get")]
    async fn get(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
    ) -> Answered<One<ApplicationPageOut>> {
        shown(&call.0, id.0.0).await
    }

    /// Change a draft
    #[oai(path = "/applications/:id", method = "patch", operation_id = "application_edit")]
    async fn edit(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        input: Patch<ApplicationIn>,
    ) -> Answered<One<ApplicationPageOut>> {
        write::edit(&call.0, id.0.0, expected(if_match.0)?, input.0.into()).await?;
        shown(&call.0, id.0.0).await
    }

    /// Throw a draft away
    #[oai(path = "/applications/:id", method = "delete", operation_id = "application_discard")]
    async fn discard(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
    ) -> Answered<Done> {
        write::discard(&call.0, id.0.0).await?;
        Ok(Done)
    }

    /// Hand a draft in, once
    #[oai(
        path = "/applications/:id/submit",
        method = "post",
        operation_id = "application_submit"
    )]
    async fn submit(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Answered<One<ApplicationPageOut>> {
        let id = write::submit(&call.0, id.0.0, expected(if_match.0)?).await?;
        shown(&call.0, id).await
    }

    /// Complete an application as the office asked
    #[oai(
        path = "/applications/:id/complete",
        method = "post",
        operation_id = "application_complete"
    )]
    async fn complete(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        input: Body<ApplicationIn>,
    ) -> Answered<One<ApplicationPageOut>> {
        let id = write::complete(&call.0, id.0.0, expected(if_match.0)?, input.0.into()).await?;
        shown(&call.0, id).await
    }

    /// Take an application back
    ///
    /// When it was admitted, the first of the reserve moves up.
    #[oai(
        path = "/applications/:id/withdraw",
        method = "post",
        operation_id = "application_withdraw"
    )]
    async fn withdraw(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
        input: Body<ReasonIn>,
    ) -> Answered<One<ApplicationPageOut>> {
        let id = write::withdraw(&call.0, id.0.0, &input.0.reason).await?;
        shown(&call.0, id).await
    }

    /// Ask for an application to be completed by a date, as the call's office
    #[oai(
        path = "/applications/:id/ask-completion",
        method = "post",
        operation_id = "application_ask_completion"
    )]
    async fn ask_completion(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
        input: Body<CompletionIn>,
    ) -> Answered<One<ApplicationPageOut>> {
        let id = write::ask_completion(&call.0, id.0.0, &input.0.text, input.0.due_at.0).await?;
        shown(&call.0, id).await
    }

    /// Find that an application fits the call, as the call's office
    #[oai(
        path = "/applications/:id/find-admissible",
        method = "post",
        operation_id = "application_find_admissible"
    )]
    async fn find_admissible(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
    ) -> Answered<One<ApplicationPageOut>> {
        let id = write::find_admissible(&call.0, id.0.0).await?;
        shown(&call.0, id).await
    }

    /// Exclude an application for a reason, as the call's office
    #[oai(
        path = "/applications/:id/exclude",
        method = "post",
        operation_id = "application_exclude"
    )]
    async fn exclude(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
        input: Body<ReasonIn>,
    ) -> Answered<One<ApplicationPageOut>> {
        let id = write::exclude(&call.0, id.0.0, &input.0.reason).await?;
        shown(&call.0, id).await
    }

    /// Score an application, as a commissioner of the call
    ///
    /// Nobody sees what others gave until the list of the call is drawn up, which needs all scores.
    #[oai(path = "/applications/:id/score", method = "put", operation_id = "application_score")]
    async fn score(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
        input: Body<ScoreIn>,
    ) -> Answered<One<ApplicationPageOut>> {
        let id = write::score(&call.0, id.0.0, &input.0.points).await?;
        shown(&call.0, id).await
    }

    /// Declare a conflict of interest, as a commissioner of the call
    ///
    /// The commissioner neither scores this application nor is waited for.
    #[oai(
        path = "/applications/:id/conflict",
        method = "put",
        operation_id = "application_declare_conflict"
    )]
    async fn declare_conflict(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
        input: Body<ReasonIn>,
    ) -> Answered<One<ApplicationPageOut>> {
        let id = write::declare_conflict(&call.0, id.0.0, &input.0.reason).await?;
        shown(&call.0, id).await
    }
}
