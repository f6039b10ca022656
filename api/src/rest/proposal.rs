//! Proposals over REST.

use civic::id::{ConsultationId, DistrictId, MemberId, ProposalId, ThemeId};
use civic::page::Paging;
use civic::proposal::{read, write};
use civic::{Cx, support};
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};

use super::Tag;
use super::answer::{Answered, Call, Done, Made, One, ProposalList, Shown, VersionList, Written, expected};
use super::body::{Body, Patch};
use crate::wire::Ref;
use crate::wire::moderation::ReasonIn;
use crate::wire::proposal::{
    AddendumIn, AnswerIn, CorrectionIn, FacetsOut, MergeIn, Origin, ProposalIn, ProposalPageOut, ProposalSort,
    ProposalState,
};
use crate::wire::support::TallyOut;

/// The operations on proposals.
pub struct Proposals;

async fn shown(cx: &Cx, id: ProposalId) -> Answered<One<ProposalPageOut>> {
    let page = read::page(cx, id).await?;
    let version = page.card.version;
    Ok(One(page.into(), version))
}

/// The filters that the list and its counts share.
fn filter(
    theme: Query<Vec<Ref<ThemeId>>>,
    district: Query<Vec<Ref<DistrictId>>>,
    state: Query<Option<ProposalState>>,
    origin: Query<Option<Origin>>,
) -> read::Filter {
    read::Filter {
        themes: theme.0.into_iter().map(|id| id.0).collect(),
        districts: district.0.into_iter().map(|id| id.0).collect(),
        state: state.0.map(Into::into),
        origin: origin.0.map(Into::into),
        ..read::Filter::default()
    }
}

#[OpenApi(tag = "Tag::Proposals")]
#[allow(clippy::too_many_arguments, reason = "one for each parameter of the query")]
impl Proposals {
    /// List published proposals
    ///
    /// Filters of one kind are alternatives, kinds add up. Drafts, hidden and (unless asked for) withdrawn and merged
    /// ones are left out.
    #[oai(path = "/proposals", method = "get", operation_id = "proposal_list")]
    async fn list(
        &self,
        call: Call,
        /// Of this consultation.
        consultation: Query<Option<Ref<ConsultationId>>>,
        /// With this theme, or one below it.
        theme: Query<Vec<Ref<ThemeId>>>,
        /// In this district or quarter.
        district: Query<Vec<Ref<DistrictId>>>,
        /// In this state.
        state: Query<Option<ProposalState>>,
        /// That came in this way.
        origin: Query<Option<Origin>>,
        /// By this member.
        author: Query<Option<Ref<MemberId>>>,
        /// In which order; the newest first when not said.
        sort: Query<Option<ProposalSort>>,
        /// The seed of the random order, which stays the same for one seed.
        seed: Query<Option<u32>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Written<ProposalList>> {
        let filter = read::Filter {
            consultation: consultation.0.map(|id| id.0),
            author: author.0.map(|id| id.0),
            ..filter(theme, district, state, origin)
        };
        let sort = sort.0.unwrap_or(ProposalSort::Newest).with_seed(seed.0.unwrap_or(0));
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Written(read::list(&call.0, &filter, sort, paging).await?.into()))
    }

    /// Count the proposals of a consultation by each filter
    ///
    /// Each count is what the filter's value would show, given the other filters.
    #[oai(path = "/consultations/:id/facets", method = "get", operation_id = "proposal_facets")]
    async fn facets(
        &self,
        call: Call,
        /// The consultation.
        id: Path<Ref<ConsultationId>>,
        /// With this theme, or one below it.
        theme: Query<Vec<Ref<ThemeId>>>,
        /// In this district or quarter.
        district: Query<Vec<Ref<DistrictId>>>,
        /// In this state.
        state: Query<Option<ProposalState>>,
        /// That came in this way.
        origin: Query<Option<Origin>>,
    ) -> Answered<Shown<FacetsOut>> {
        let filter = filter(theme, district, state, origin);
        Ok(Shown(read::facets(&call.0, id.0.0, &filter).await?.into()))
    }

    /// Find proposals of a consultation that say something like a text
    #[oai(
        path = "/consultations/:id/similar-proposals",
        method = "get",
        operation_id = "proposal_similar"
    )]
    async fn similar(
        &self,
        call: Call,
        /// The consultation.
        id: Path<Ref<ConsultationId>>,
        /// The title and text as far as they are written.
        text: Query<String>,
        /// Without this one.
        except: Query<Option<Ref<ProposalId>>>,
    ) -> Answered<Shown<ProposalList>> {
        let except = except.0.map(|id| id.0);
        Ok(Shown(read::similar(&call.0, id.0.0, &text.0, except).await?.into()))
    }

    /// Begin a proposal
    ///
    /// It is a draft that only its author sees, until it is published.
    #[oai(
        path = "/consultations/:id/proposals",
        method = "post",
        operation_id = "proposal_begin"
    )]
    async fn begin(
        &self,
        call: Call,
        /// The consultation.
        id: Path<Ref<ConsultationId>>,
        input: Body<ProposalIn>,
    ) -> Answered<Made<ProposalPageOut>> {
        let made = write::begin(&call.0, id.0.0, input.0.into()).await?;
        Ok(Made(shown(&call.0, made).await?, format!("/proposals/{made}")))
    }

    /// Show a proposal
    #[oai(path = "/proposals/:id", method = "get", operation_id = "proposal_get")]
    async fn get(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
    ) -> Answered<One<ProposalPageOut>> {
        shown(&call.0, id.0.0).await
    }

    /// Change a draft, or a published text while that is free
    ///
    /// A published text may change until its first support or for an hour; then there are addenda.
    #[oai(path = "/proposals/:id", method = "patch", operation_id = "proposal_edit")]
    async fn edit(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        input: Patch<ProposalIn>,
    ) -> Answered<One<ProposalPageOut>> {
        write::edit(&call.0, id.0.0, expected(if_match.0)?, input.0.into()).await?;
        shown(&call.0, id.0.0).await
    }

    /// Throw a draft away
    #[oai(path = "/proposals/:id", method = "delete", operation_id = "proposal_discard")]
    async fn discard(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
    ) -> Answered<Done> {
        write::discard(&call.0, id.0.0).await?;
        Ok(Done)
    }

    /// Make a draft public
    #[oai(path = "/proposals/:id/publish", method = "post", operation_id = "proposal_publish")]
    async fn publish(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
    ) -> Answered<One<ProposalPageOut>> {
        let id = write::publish(&call.0, id.0.0).await?;
        shown(&call.0, id).await
    }

    /// Take a proposal back
    ///
    /// Its text stays readable, with the reason.
    #[oai(
        path = "/proposals/:id/withdraw",
        method = "post",
        operation_id = "proposal_withdraw"
    )]
    async fn withdraw(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        input: Body<ReasonIn>,
    ) -> Answered<One<ProposalPageOut>> {
        let id = write::withdraw(&call.0, id.0.0, &input.0.reason).await?;
        shown(&call.0, id).await
    }

    /// Add a note below a text that may not change any more
    #[oai(path = "/proposals/:id/addenda", method = "post", operation_id = "proposal_add")]
    async fn add(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        input: Body<AddendumIn>,
    ) -> Answered<Made<ProposalPageOut>> {
        write::add(&call.0, id.0.0, &input.0.body).await?;
        Ok(Made(shown(&call.0, id.0.0).await?, format!("/proposals/{}", id.0.0)))
    }

    /// Correct a public text as an editor
    ///
    /// The correction is marked as such, with its reason, and supporters are told.
    #[oai(
        path = "/proposals/:id/corrections",
        method = "post",
        operation_id = "proposal_correct"
    )]
    async fn correct(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        /// The `ETag` of the version that was read; another version now is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        input: Body<CorrectionIn>,
    ) -> Answered<Made<ProposalPageOut>> {
        let (change, reason) = input.0.split();
        write::correct(&call.0, id.0.0, expected(if_match.0)?, change, &reason).await?;
        Ok(Made(shown(&call.0, id.0.0).await?, format!("/proposals/{}", id.0.0)))
    }

    /// Answer a proposal for the city, or move it on
    #[oai(path = "/proposals/:id/answer", method = "post", operation_id = "proposal_answer")]
    async fn answer(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        input: Body<AnswerIn>,
    ) -> Answered<One<ProposalPageOut>> {
        let AnswerIn { step, text } = input.0;
        let id = write::answer(&call.0, id.0.0, step.into(), text.as_deref()).await?;
        shown(&call.0, id).await
    }

    /// Join a proposal to another that says the same
    ///
    /// Its text stays readable and names the other one, which names it in turn.
    #[oai(path = "/proposals/:id/merge", method = "post", operation_id = "proposal_merge")]
    async fn merge(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        input: Body<MergeIn>,
    ) -> Answered<One<ProposalPageOut>> {
        let MergeIn { into, reason } = input.0;
        let id = write::merge(&call.0, id.0.0, into.0, &reason).await?;
        shown(&call.0, id).await
    }

    /// List the versions of a proposal's text, last first
    #[oai(path = "/proposals/:id/versions", method = "get", operation_id = "proposal_versions")]
    async fn versions(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<VersionList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::versions(&call.0, id.0.0, paging).await?.into()))
    }

    /// Support a proposal
    #[oai(path = "/proposals/:id/support", method = "put", operation_id = "support_give")]
    async fn support(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
    ) -> Answered<Shown<TallyOut>> {
        Ok(Shown(support::write::give(&call.0, id.0.0).await?.into()))
    }

    /// Take one's support of a proposal back
    #[oai(
        path = "/proposals/:id/support",
        method = "delete",
        operation_id = "support_take_back"
    )]
    async fn take_back(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
    ) -> Answered<Shown<TallyOut>> {
        Ok(Shown(support::write::take_back(&call.0, id.0.0).await?.into()))
    }
}
