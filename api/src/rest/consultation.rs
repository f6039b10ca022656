//! Consultations over REST.

use civic::Cx;
use civic::consultation::{NewPhase, read, write};
use civic::id::ConsultationId;
use civic::page::Paging;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};

use super::Tag;
use super::answer::{Answered, Call, ConsultationList, Made, One, Shown, expected};
use super::body::{Body, Patch};
use crate::wire::Ref;
use crate::wire::consultation::{ConsultationChangeIn, ConsultationIn, ConsultationPageOut, PhasesIn};

/// The operations on consultations.
pub struct Consultations;

async fn shown(cx: &Cx, id: ConsultationId) -> Answered<One<ConsultationPageOut>> {
    let page = read::page(cx, id).await?;
    let version = page.card.version;
    Ok(One(ConsultationPageOut::of(page, cx.language), version))
}

#[OpenApi(tag = "Tag::Consultations")]
impl Consultations {
    /// List consultations, last opened first
    #[oai(path = "/consultations", method = "get", operation_id = "consultation_list")]
    async fn list(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<ConsultationList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::list(&call.0, paging).await?.into()))
    }

    /// Open a consultation as an editor
    #[oai(path = "/consultations", method = "post", operation_id = "consultation_open")]
    async fn open(&self, call: Call, input: Body<ConsultationIn>) -> Answered<Made<ConsultationPageOut>> {
        let made = write::open(&call.0, input.0.into()).await?;
        Ok(Made(shown(&call.0, made).await?, format!("/consultations/{made}")))
    }

    /// Show a consultation with its phases, themes and districts
    #[oai(path = "/consultations/:id", method = "get", operation_id = "consultation_get")]
    async fn get(
        &self,
        call: Call,
        /// The consultation.
        id: Path<Ref<ConsultationId>>,
    ) -> Answered<One<ConsultationPageOut>> {
        shown(&call.0, id.0.0).await
    }

    /// Change a consultation as an editor
    ///
    /// Its part of the address stays. Themes and districts that proposals have may be renamed and not left out.
    #[oai(path = "/consultations/:id", method = "patch", operation_id = "consultation_change")]
    async fn change(
        &self,
        call: Call,
        /// The consultation.
        id: Path<Ref<ConsultationId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        input: Patch<ConsultationChangeIn>,
    ) -> Answered<One<ConsultationPageOut>> {
        let id = write::change(&call.0, id.0.0, expected(if_match.0)?, input.0.into()).await?;
        shown(&call.0, id).await
    }

    /// Replace the phases of a consultation as an editor
    #[oai(
        path = "/consultations/:id/phases",
        method = "put",
        operation_id = "consultation_set_phases"
    )]
    async fn set_phases(
        &self,
        call: Call,
        /// The consultation.
        id: Path<Ref<ConsultationId>>,
        input: Body<PhasesIn>,
    ) -> Answered<One<ConsultationPageOut>> {
        let phases: Vec<NewPhase> = crate::wire::all(input.0.phases);
        let id = write::set_phases(&call.0, id.0.0, &phases).await?;
        shown(&call.0, id).await
    }
}
