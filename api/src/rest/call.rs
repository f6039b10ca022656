//! Calls over REST.

use civic::Cx;
use civic::application;
use civic::call::{read, write};
use civic::id::CallId;
use civic::page::Paging;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};

use super::Tag;
use super::answer::{Answered, Call, CallList, Made, One, Shown, expected};
use super::body::Body;
use crate::wire::Ref;
use crate::wire::application::RankingOut;
use crate::wire::call::{CallExtensionIn, CallIn, CallPageOut, CallTermsOut, ReckoningOut};
use crate::wire::money::Cents;

/// The operations on calls.
pub struct Calls;

async fn shown(cx: &Cx, id: CallId) -> Answered<One<CallPageOut>> {
    let page = read::page(cx, id).await?;
    let version = page.card.version;
    Ok(One(CallPageOut::of(page, cx.language), version))
}

#[OpenApi(tag = "Tag::Calls")]
impl Calls {
    /// List public calls, those that open last in front
    #[oai(path = "/calls", method = "get", operation_id = "call_list")]
    async fn list(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<CallList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::list(&call.0, paging).await?.into()))
    }

    /// Open a draft of a call, as an editor
    #[oai(path = "/calls", method = "post", operation_id = "call_open")]
    async fn open(&self, call: Call, input: Body<CallIn>) -> Answered<Made<CallPageOut>> {
        let made = write::open(&call.0, input.0.read()?).await?;
        Ok(Made(shown(&call.0, made).await?, format!("/calls/{made}")))
    }

    /// Show a call with its terms
    #[oai(path = "/calls/:id", method = "get", operation_id = "call_get")]
    async fn get(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
    ) -> Answered<One<CallPageOut>> {
        shown(&call.0, id.0.0).await
    }

    /// Replace the terms of a draft, as an editor
    ///
    /// The terms of a public call never change: for other terms there is a new call.
    #[oai(path = "/calls/:id", method = "put", operation_id = "call_edit")]
    async fn edit(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        input: Body<CallIn>,
    ) -> Answered<One<CallPageOut>> {
        write::edit(&call.0, id.0.0, expected(if_match.0)?, input.0.read()?).await?;
        shown(&call.0, id.0.0).await
    }

    /// Make a draft public, as an editor
    ///
    /// Its terms are frozen, and its contributors' money is in its pot.
    #[oai(path = "/calls/:id/publish", method = "post", operation_id = "call_publish")]
    async fn publish(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
    ) -> Answered<One<CallPageOut>> {
        let id = write::publish(&call.0, id.0.0).await?;
        shown(&call.0, id).await
    }

    /// Show the terms of a call in both languages, as an editor
    ///
    /// Under the names of what `call_open` takes, to be changed and sent back.
    #[oai(path = "/calls/:id/terms", method = "get", operation_id = "call_terms")]
    async fn terms(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
    ) -> Answered<One<CallTermsOut>> {
        let found = read::editable(&call.0, id.0.0).await?;
        let version = found.version;
        Ok(One(found.into(), version))
    }

    /// Extend the window for applications, as an editor
    ///
    /// As long as it is not over, for a reason that everybody reads.
    #[oai(path = "/calls/:id/extend", method = "post", operation_id = "call_extend")]
    async fn extend(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
        input: Body<CallExtensionIn>,
    ) -> Answered<One<CallPageOut>> {
        let CallExtensionIn { closes_at, reason } = input.0;
        let id = write::extend(&call.0, id.0.0, closes_at.0, reason.into()).await?;
        shown(&call.0, id).await
    }

    /// End a call, as an editor
    #[oai(path = "/calls/:id/close", method = "post", operation_id = "call_close")]
    async fn close(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
    ) -> Answered<One<CallPageOut>> {
        let id = write::close(&call.0, id.0.0).await?;
        shown(&call.0, id).await
    }

    /// Reckon by a call's rule
    ///
    /// What the rule makes of a project that costs and raised so much. It promises nothing.
    #[oai(path = "/calls/:id/calculation", method = "get", operation_id = "call_calculate")]
    async fn calculate(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
        /// What the project costs, in cents.
        cost_minor: Query<Cents>,
        /// What it raised, in cents; nothing when not said.
        raised_minor: Query<Option<Cents>>,
        /// The size of one more gift, in cents.
        gift_minor: Query<Option<Cents>>,
    ) -> Answered<Shown<ReckoningOut>> {
        let raised = raised_minor.0.unwrap_or(Cents(0)).into();
        let gift = gift_minor.0.map(Into::into);
        let reckoning = read::calculate(&call.0, id.0.0, cost_minor.0.into(), raised, gift).await?;
        Ok(Shown(reckoning.into()))
    }

    /// Show the commission's list of a call
    ///
    /// It is public with its scores once it is published; before that, those see it who see the applications.
    #[oai(path = "/calls/:id/ranking", method = "get", operation_id = "call_ranking")]
    async fn ranking(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<RankingOut>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        let ranking = application::read::ranking(&call.0, id.0.0, paging).await?;
        Ok(Shown(RankingOut::of(ranking, call.0.language)))
    }

    /// Draw up the list of a call, as its office
    #[oai(path = "/calls/:id/ranking", method = "post", operation_id = "call_rank")]
    async fn rank(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
    ) -> Answered<One<CallPageOut>> {
        let id = application::write::rank(&call.0, id.0.0).await?;
        shown(&call.0, id).await
    }

    /// Make the list of a call public, as an editor
    ///
    /// The first ones are admitted: as many as the call has places and the pot holds the city's part of.
    #[oai(
        path = "/calls/:id/ranking/publish",
        method = "post",
        operation_id = "call_publish_ranking"
    )]
    async fn publish_ranking(
        &self,
        call: Call,
        /// The call.
        id: Path<Ref<CallId>>,
    ) -> Answered<One<CallPageOut>> {
        let id = application::write::publish_ranking(&call.0, id.0.0).await?;
        shown(&call.0, id).await
    }
}
