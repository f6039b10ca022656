//! Search and the state of the system over REST.

use civic::documents::read::{Search, find};
use civic::id::{ConsultationId, DistrictId, ThemeId};
use civic::page::Paging;
use poem_openapi::param::Query;
use poem_openapi::{Object, OpenApi};

use super::Tag;
use super::answer::{Answered, Call, Shown};
use crate::wire::comment::Stance;
use crate::wire::proposal::{Origin, ProposalState};
use crate::wire::search::{Kind, SearchFilter, SearchOut, offset};
use crate::wire::{Moment, Ref};

/// The operations that belong to no noun.
pub struct Finding;

/// That the system answers.
#[derive(Debug, Clone, Object)]
pub struct Status {
    /// `ok`.
    pub status: String,
    /// The present instant.
    pub now: Moment,
    /// The program's version.
    pub version: String,
}

#[OpenApi(tag = "Tag::Search")]
#[allow(clippy::too_many_arguments, reason = "one for each parameter of the query")]
impl Finding {
    /// Search proposals and comments
    ///
    /// Case and accents do not matter and a typing error is forgiven. The most relevant come first.
    #[oai(path = "/search", method = "get", operation_id = "search")]
    async fn search(
        &self,
        call: Call,
        /// The words; what is longer than 200 characters is cut.
        q: Query<String>,
        /// Only this kind.
        kind: Query<Option<Kind>>,
        /// Only in this consultation.
        consultation: Query<Option<Ref<ConsultationId>>>,
        /// Only with this theme.
        theme: Query<Option<Ref<ThemeId>>>,
        /// Only in this district.
        district: Query<Option<Ref<DistrictId>>>,
        /// Only in this state.
        state: Query<Option<ProposalState>>,
        /// Only those that came in this way.
        origin: Query<Option<Origin>>,
        /// Only comments of this stance.
        stance: Query<Option<Stance>>,
        /// Whether the last word is still being typed.
        typing: Query<Option<bool>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After so many results: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<SearchOut>> {
        let filter = SearchFilter {
            kind: kind.0,
            consultation: consultation.0,
            theme: theme.0,
            district: district.0,
            state: state.0,
            origin: origin.0,
            stance: stance.0,
        };
        let search = Search {
            text: q.0,
            typing: typing.0.unwrap_or(false),
            limit: Paging::parse(limit.0, None)?.limit,
            offset: offset(after.0.as_deref())?,
            ..filter.into()
        };
        Ok(Shown(find(&call.0, &search).await?.into()))
    }
}

/// The operations on the system.
pub struct System;

#[OpenApi(tag = "Tag::System")]
impl System {
    /// Tell that the system answers
    #[oai(path = "/status", method = "get", operation_id = "status")]
    async fn status(&self, call: Call) -> Answered<Shown<Status>> {
        Ok(Shown(Status {
            status: "ok".to_owned(),
            now: Moment(call.0.now),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }))
    }
}
