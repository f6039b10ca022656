//! Looking: everything that REST shows by GET, and Relay's `node`.

use async_graphql::{Context, ID, MergedObject, Object};
use civic::documents::read as documents;
use civic::error::{Code, Error};
use civic::id::{ApplicationId, CallId, CommentId, ConsultationId, ProposalId, TypedId};
use civic::{application, call, comment, consultation, proposal};

use super::asker::{cx, loading};
use super::books::Books;
use super::connection::{Connection, paging};
use super::error::{Failed, Result};
use super::giving::Giving;
use super::input::ProposalFilter;
use super::limits::cost;
use super::me::Me;
use super::node::{self, Node};
use super::paying::Paying;
use super::receipts::Receiving;
use crate::wire::application::{ApplicationOut, ApplicationPageOut, ApplicationState, RankingOut};
use crate::wire::call::{CallOut, CallPageOut, CallTermsOut, ReckoningOut};
use crate::wire::comment::{CommentOut, WordingOut};
use crate::wire::consultation::{ConsultationOut, ConsultationPageOut};
use crate::wire::money::Cents;
use crate::wire::proposal::{FacetsOut, ProposalOut, ProposalSort, VersionOut};
use crate::wire::search::{SearchFilter, SearchOut, offset};
use crate::wire::{Ref, all};

/// What the versions of one text cost, beside their own fields: few texts have more.
const VERSIONS: u64 = 20;

/// A missing thing is nothing, not an error; other errors stay.
pub(super) fn some<T>(found: civic::error::Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What everybody may ask; what only some may see is left out for the others.
#[derive(MergedObject, Default)]
pub struct Query(Looking, Giving, Receiving, Paying, Books);

/// Looking at consultations, proposals, calls and applications.
#[derive(Default)]
pub struct Looking;

#[Object]
impl Looking {
    /// The thing with this id; nothing when there is none that you may know of.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Result<Option<Node>> {
        node::find(ctx, &id).await
    }

    /// The things with these ids, in their order; at most 100.
    #[graphql(complexity = "cost(Some(ids.len() as u64), child_complexity)")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        // The same bound as for a page of a list.
        paging(Some(ids.len().max(1) as u64), None).map_err(|_| Error::field("ids", Code::TooMany))?;
        let found = ids.iter().map(|id| node::find(ctx, id));
        futures_util::future::try_join_all(found).await
    }

    /// Consultations, last made first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn consultations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<ConsultationOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = consultation::read::list(&cx(ctx).await?, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// One consultation, by its id or by its part of the address.
    async fn consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its part of the address.")] slug: Option<String>,
    ) -> Result<Option<ConsultationOut>> {
        let slug = match (id, slug) {
            (Some(id), None) => {
                let Some(id) = ConsultationId::read(&id) else {
                    return Ok(None);
                };
                let found = loading(ctx).load_one(id).await?;
                return Ok(found.map(|page| page.consultation.clone()));
            }
            (None, Some(slug)) => slug,
            (Some(_), Some(_)) | (None, None) => return Err(Error::field("id", Code::Malformed).into()),
        };
        let cx = cx(ctx).await?;
        let found = some(consultation::read::page_by_slug(&cx, &slug).await)?;
        Ok(found.map(|page| ConsultationPageOut::of(page, cx.language).consultation))
    }

    /// Public proposals.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all that are listed when not said.")] filter: Option<ProposalFilter>,
        #[graphql(desc = "In which order; the newest first when not said.")] sort: Option<ProposalSort>,
        #[graphql(desc = "The seed of the random order, which stays the same for one seed.")] seed: Option<u32>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<ProposalOut>> {
        let paging = paging(first, after.as_deref())?;
        let sort = sort.unwrap_or(ProposalSort::Newest).with_seed(seed.unwrap_or(0));
        let filter = filter.unwrap_or_default().into();
        let page = proposal::read::list(&cx(ctx).await?, &filter, sort, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// How many proposals of a consultation each value of each filter would show, given the other filters.
    #[graphql(complexity = "cost(None, child_complexity)")]
    async fn proposal_facets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this consultation.")] consultation: Ref<ConsultationId>,
        #[graphql(desc = "The filters that are set.")] filter: Option<ProposalFilter>,
    ) -> Result<FacetsOut> {
        let filter = filter.unwrap_or_default().into();
        let facets = proposal::read::facets(&cx(ctx).await?, consultation.0, &filter).await?;
        Ok(facets.into())
    }

    /// One proposal; nothing when there is none that you may know of.
    async fn proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Ref<ProposalId>,
    ) -> Result<Option<ProposalOut>> {
        let found = loading(ctx).load_one(id.0).await?;
        Ok(found.map(|page| page.proposal.clone()))
    }

    /// Proposals of a consultation that say something like a text, best first.
    #[graphql(complexity = "cost(Some(civic::limits::SIMILAR_SHOWN as u64), child_complexity)")]
    async fn proposal_similar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this consultation.")] consultation: Ref<ConsultationId>,
        #[graphql(desc = "The title and text as far as they are written.")] text: String,
    ) -> Result<Vec<ProposalOut>> {
        let found = proposal::read::similar(&cx(ctx).await?, consultation.0, &text, None).await?;
        Ok(all(found))
    }

    /// The versions of a proposal's text, last first, with what changed in each.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn proposal_versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which proposal.")] id: Ref<ProposalId>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<VersionOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = proposal::read::versions(&cx(ctx).await?, id.0, paging).await?;
        Ok(Connection::in_order(page, paging))
    }

    /// One comment; nothing when there is none that you may know of.
    async fn comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Ref<CommentId>,
    ) -> Result<Option<CommentOut>> {
        loading(ctx).load_one(id.0).await
    }

    /// All comments of the thread in which a comment stands, oldest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Any comment of it.")] id: Ref<CommentId>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<CommentOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = comment::read::thread(&cx(ctx).await?, id.0, paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// The wordings of a comment, first to last, with what changed in each.
    #[graphql(complexity = "cost(Some(VERSIONS), child_complexity)")]
    async fn comment_wordings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which comment.")] id: Ref<CommentId>,
    ) -> Result<Vec<WordingOut>> {
        Ok(all(comment::read::wordings(&cx(ctx).await?, id.0).await?))
    }

    /// Proposals and comments that fit some words, the most relevant first. Case and accents do not matter and a typing
    /// error is forgiven.
    #[graphql(complexity = "cost(first, child_complexity)")]
    #[allow(clippy::too_many_arguments, reason = "one for each argument of the field")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words; what is longer than 200 characters is cut.")] text: String,
        #[graphql(desc = "Which results; all when not said.")] filter: Option<SearchFilter>,
        #[graphql(desc = "Whether the last word is still being typed.")] typing: Option<bool>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "The `next` of the results before.")] after: Option<String>,
    ) -> Result<SearchOut> {
        let search = documents::Search {
            text,
            typing: typing.unwrap_or(false),
            limit: paging(first, None)?.limit,
            offset: offset(after.as_deref())?,
            ..filter.unwrap_or_default().into()
        };
        Ok(documents::find(&cx(ctx).await?, &search).await?.into())
    }

    /// Public calls, those that open last in front; the drafts when asked for, for those who keep calls.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn calls(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The drafts instead.")] drafts: Option<bool>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<CallOut>> {
        let (cx, paging) = (cx(ctx).await?, paging(first, after.as_deref())?);
        let page = if drafts == Some(true) {
            call::read::drafts(&cx, paging).await?
        } else {
            call::read::list(&cx, paging).await?
        };
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// One call, by its id or by its part of the address.
    async fn call(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its part of the address.")] slug: Option<String>,
    ) -> Result<Option<CallPageOut>> {
        let cx = cx(ctx).await?;
        let found = match (id, slug) {
            (Some(id), None) => match CallId::read(&id) {
                Some(id) => call::read::page(&cx, id).await,
                None => return Ok(None),
            },
            (None, Some(slug)) => call::read::page_by_slug(&cx, &slug).await,
            (Some(_), Some(_)) | (None, None) => return Err(Error::field("id", Code::Malformed).into()),
        };
        Ok(some(found)?.map(|page| CallPageOut::of(page, cx.language)))
    }

    /// The terms of a call in both languages; for those who keep calls.
    async fn call_terms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which call.")] id: Ref<CallId>,
    ) -> Result<Option<CallTermsOut>> {
        let found = some(call::read::editable(&cx(ctx).await?, id.0).await)?;
        Ok(found.map(Into::into))
    }

    /// What a call's rule makes of a project that costs and raised so much. It promises nothing.
    async fn call_calculate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which call.")] id: Ref<CallId>,
        #[graphql(desc = "What the project costs.")] cost_minor: Cents,
        #[graphql(desc = "What it raised; nothing when not said.")] raised_minor: Option<Cents>,
        #[graphql(desc = "The size of one more gift.")] gift_minor: Option<Cents>,
    ) -> Result<ReckoningOut> {
        let raised = raised_minor.unwrap_or(Cents(0)).into();
        let gift = gift_minor.map(Into::into);
        let cx = cx(ctx).await?;
        let reckoning = call::read::calculate(&cx, id.0, cost_minor.into(), raised, gift).await?;
        Ok(reckoning.into())
    }

    /// The commission's list of a call; nothing while there is none that you may know of.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn call_ranking(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which call.")] id: Ref<CallId>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "The `next` of the page before.")] after: Option<String>,
    ) -> Result<Option<RankingOut>> {
        let (cx, paging) = (cx(ctx).await?, paging(first, after.as_deref())?);
        let found = some(application::read::ranking(&cx, id.0, paging).await)?;
        Ok(found.map(|ranking| RankingOut::of(ranking, cx.language)))
    }

    /// The applications for a call that you may know of, first handed in first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For which call.")] call: Ref<CallId>,
        #[graphql(desc = "In this state.")] state: Option<ApplicationState>,
        #[graphql(desc = "At most so many, from 1 to 100; 20 when not said.")] first: Option<u64>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<Connection<ApplicationOut>> {
        let paging = paging(first, after.as_deref())?;
        let page = application::read::of_call(&cx(ctx).await?, call.0, state.map(Into::into), paging).await?;
        Ok(Connection::of(page, paging, |card| card.id))
    }

    /// One application; nothing when there is none that you may know of.
    async fn application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Ref<ApplicationId>,
    ) -> Result<Option<ApplicationPageOut>> {
        let cx = cx(ctx).await?;
        let found = some(application::read::page(&cx, id.0).await)?;
        Ok(found.map(|page| ApplicationPageOut::of(page, cx.language)))
    }

    /// Oneself; nothing for a visitor.
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<Me>> {
        let cx = cx(ctx).await?;
        match civic::member::read::profile(&cx).await {
            Ok(profile) => Ok(Some(Me {
                profile: profile.into(),
            })),
            Err(Error::Unauthenticated) => Ok(None),
            Err(error) => Err(Failed(error)),
        }
    }
}
