//! What the index may hold, and searching: asked of the index, read again in the database.
//!
//! Rule: a document is made only of what everybody may see. A hit is shown only when the database says so now, so a
//! stale index shows nothing that was hidden or withdrawn.

use std::collections::HashMap;

use super::{Document, Hit, Kind, Question, Span};
use crate::comment::read::CommentCard;
use crate::comment::store as comment;
use crate::consultation::store as consultation;
use crate::error::Result;
use crate::id::{CommentId, ConsultationId, ProposalId, ThemeId, TypedId};
use crate::language::Lang;
use crate::limits::{PAGE_MAX, SEARCH_MAX_CHARS, SEARCH_REACH};
use crate::outbox::Event;
use crate::policy::{Act, On};
use crate::proposal::read::ProposalCard;
use crate::proposal::store as proposal;
use crate::text::Markdown;
use crate::{City, Cx};

/// What somebody looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// The words as typed.
    pub text: String,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only in this consultation.
    pub consultation: Option<ConsultationId>,
    /// Further exact values, such as `theme` → `thm_…`.
    pub filters: Vec<(&'static str, String)>,
    /// Whether the last word is still being typed.
    pub typing: bool,
    /// How many results.
    pub limit: u64,
    /// After how many.
    pub offset: u64,
}

/// The names by which results can be filtered and counted.
pub const FILTERS: [&str; 7] = ["kind", "consultation", "theme", "district", "state", "origin", "stance"];

/// A thing that was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Thing {
    /// A proposal.
    Proposal(Box<ProposalCard>),
    /// A comment, with the proposal it is under.
    Comment(Box<CommentCard>, Box<ProposalCard>),
}

/// One result.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchResult {
    /// What was found.
    pub thing: Thing,
    /// Its title with marks; of a comment that of its proposal.
    pub title: Vec<Span>,
    /// A stretch of its text with marks.
    pub excerpt: Vec<Span>,
}

/// What a search gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SearchPage {
    /// How many fit, as the index knows it.
    pub total: u64,
    /// The best ones.
    pub items: Vec<SearchResult>,
    /// Where the next results begin.
    pub next_offset: Option<u64>,
    /// How many each value of each filter would show given the other filters, as the index knows it.
    pub counts: Vec<(&'static str, Vec<(String, u64)>)>,
    /// Another spelling that finds more.
    pub did_you_mean: Option<String>,
}

/// Searches proposals and comments.
///
/// # Errors
/// `Unavailable` when the index cannot be read, and those of the database.
pub async fn find(cx: &Cx, search: &Search) -> Result<SearchPage> {
    cx.check(Act::ReadPublic, On::City)?;
    let text: String = search.text.chars().take(SEARCH_MAX_CHARS).collect();
    if text.trim().is_empty() {
        return Ok(SearchPage::default());
    }
    let mut filters = search.filters.clone();
    filters.extend(search.consultation.map(|id| ("consultation", id.to_string())));
    let offset = search.offset.min(SEARCH_REACH);
    let question = Question {
        text,
        kinds: search.kind.into_iter().collect(),
        filters,
        count: FILTERS.to_vec(),
        typing: search.typing,
        limit: usize::try_from(search.limit.clamp(1, PAGE_MAX)).unwrap_or(usize::MAX),
        offset: usize::try_from(offset).unwrap_or(usize::MAX),
    };
    let found = cx.city.documents.find(&question).await?;
    let reached = offset + found.hits.len() as u64;
    let more = reached < found.total && reached < SEARCH_REACH && !found.hits.is_empty();
    Ok(SearchPage {
        total: found.total,
        items: read_again(cx, found.hits).await?,
        next_offset: more.then_some(reached),
        counts: found.counts,
        did_you_mean: found.did_you_mean,
    })
}

async fn read_again(cx: &Cx, hits: Vec<Hit>) -> Result<Vec<SearchResult>> {
    let comments: Vec<CommentId> = hits.iter().filter_map(|hit| CommentId::read(&hit.id)).collect();
    let proposals: Vec<ProposalId> = hits.iter().filter_map(|hit| ProposalId::read(&hit.id)).collect();
    let (comments, proposals) = tokio::try_join!(
        crate::comment::read::by_ids(cx, &comments),
        crate::proposal::read::by_ids(cx, &proposals, false),
    )?;
    let comments: HashMap<CommentId, CommentCard> = comments
        .into_iter()
        .filter(|card| card.gone.is_none())
        .map(|card| (card.id, card))
        .collect();
    let mut proposals: HashMap<ProposalId, ProposalCard> = proposals.into_iter().map(|card| (card.id, card)).collect();
    let mut above: Vec<ProposalId> = comments.values().map(|card| card.proposal).collect();
    above.retain(|id| !proposals.contains_key(id));
    let above = crate::proposal::read::by_ids(cx, &above, false).await?;
    proposals.extend(above.into_iter().map(|card| (card.id, card)));
    let thing = |hit: &Hit| match hit.kind {
        Kind::Proposal => ProposalId::read(&hit.id)
            .and_then(|id| proposals.get(&id).cloned())
            .map(|card| Thing::Proposal(Box::new(card))),
        Kind::Comment => {
            let card = CommentId::read(&hit.id).and_then(|id| comments.get(&id).cloned())?;
            let above = proposals.get(&card.proposal)?.clone();
            Some(Thing::Comment(Box::new(card), Box::new(above)))
        }
    };
    Ok(hits
        .into_iter()
        .filter_map(|hit| {
            Some(SearchResult {
                thing: thing(&hit)?,
                title: hit.title,
                excerpt: hit.excerpt,
            })
        })
        .collect())
}

/// What the index must take in and drop after these events.
///
/// # Errors
/// Those of the database.
pub async fn after(city: &City, events: &[Event]) -> Result<(Vec<Document>, Vec<String>)> {
    let mut proposals = Vec::new();
    let mut with_comments = Vec::new();
    let mut comments = Vec::new();
    for event in events {
        match event {
            Event::ProposalChanged { proposal } => {
                proposals.push(*proposal);
                with_comments.push(*proposal);
            }
            Event::ProposalTallied { proposal } => proposals.push(*proposal),
            Event::CommentWritten { comment, .. }
            | Event::CommentChanged { comment, .. }
            | Event::CommentTallied { comment, .. } => comments.push(*comment),
            Event::SignInAsked { .. }
            | Event::ProposalCorrected { .. }
            | Event::ProposalAnswered { .. }
            | Event::Decided { .. }
            | Event::RoleChanged { .. }
            | Event::AttachmentRemoved { .. }
            | Event::CallChanged { .. }
            | Event::ApplicationChanged { .. }
            | Event::CampaignChanged { .. }
            | Event::PayoutChanged { .. }
            | Event::BankAccountChanged { .. }
            | Event::CampaignDecided { .. }
            | Event::ReceiptChanged { .. }
            | Event::DonationChanged { .. }
            | Event::DonorTold { .. }
            | Event::Imported { .. } => {}
        }
    }
    for ids in [&mut proposals, &mut with_comments] {
        ids.sort();
        ids.dedup();
    }
    let db = city.db.read();
    for proposal in with_comments {
        comments.extend(
            comment::visible_under(db, proposal)
                .await?
                .into_iter()
                .map(|row| row.id),
        );
    }
    comments.sort();
    comments.dedup();
    let shown = comment::visible_of(db, &comments).await?;
    let mut needed = proposals.clone();
    needed.extend(shown.iter().map(|row| row.proposal_id));
    needed.sort();
    needed.dedup();
    let rows = proposal::public_of(db, &needed).await?;
    let parents = parents(city, &rows).await?;
    let above: HashMap<ProposalId, &proposal::row::Model> = rows.iter().map(|row| (row.id, row)).collect();
    let mut put: Vec<Document> = rows
        .iter()
        .filter(|row| proposals.binary_search(&row.id).is_ok())
        .map(|row| of_proposal(row, &parents))
        .collect();
    put.extend(
        shown
            .iter()
            .filter_map(|row| Some(of_comment(row, above.get(&row.proposal_id)?, &parents))),
    );
    let gone = |id: &String| !put.iter().any(|document| document.id == *id);
    let named = proposals
        .iter()
        .map(ToString::to_string)
        .chain(comments.iter().map(ToString::to_string));
    let drop = named.filter(gone).collect();
    Ok((put, drop))
}

/// How many texts are read at a time when the index is built anew.
pub const BATCH: u64 = 500;

/// How far building anew has come.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    proposal: Option<ProposalId>,
    proposals_done: bool,
    comment: Option<CommentId>,
}

/// The next public texts after `place`, which moves on; empty when all were read.
///
/// # Errors
/// Those of the database.
pub async fn batch(city: &City, place: &mut Place) -> Result<Vec<Document>> {
    let db = city.db.read();
    if !place.proposals_done {
        let rows = proposal::batch_after(db, place.proposal, BATCH).await?;
        place.proposal = rows.last().map(|row| row.id).or(place.proposal);
        place.proposals_done = rows.is_empty();
        if !rows.is_empty() {
            let parents = parents(city, &rows).await?;
            return Ok(rows.iter().map(|row| of_proposal(row, &parents)).collect());
        }
    }
    loop {
        let rows = comment::batch_after(db, place.comment, BATCH).await?;
        let Some(last) = rows.last() else { return Ok(Vec::new()) };
        place.comment = Some(last.id);
        let mut ids: Vec<ProposalId> = rows.iter().map(|row| row.proposal_id).collect();
        ids.sort();
        ids.dedup();
        let above = proposal::public_of(db, &ids).await?;
        let parents = parents(city, &above).await?;
        let above: HashMap<ProposalId, &proposal::row::Model> = above.iter().map(|row| (row.id, row)).collect();
        let documents: Vec<Document> = rows
            .iter()
            .filter_map(|row| Some(of_comment(row, above.get(&row.proposal_id)?, &parents)))
            .collect();
        if !documents.is_empty() {
            return Ok(documents);
        }
    }
}

/// How many texts there are to read when the index is built anew.
///
/// # Errors
/// Those of the database.
pub async fn count(city: &City) -> Result<u64> {
    Ok(proposal::count_public(city.db.read()).await? + comment::count_visible(city.db.read()).await?)
}

/// The themes above those of some proposals: who asks for one finds what is below it too, as in lists.
type Parents = HashMap<ThemeId, ThemeId>;

async fn parents(city: &City, rows: &[proposal::row::Model]) -> Result<Parents> {
    let mut themes: Vec<ThemeId> = rows.iter().filter_map(|row| row.theme_id).collect();
    themes.sort();
    themes.dedup();
    let rows = consultation::themes_of(city.db.read(), &themes).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.id, row.parent_id?)))
        .collect())
}

fn of_proposal(row: &proposal::row::Model, parents: &Parents) -> Document {
    let mut filters = places(row, parents);
    filters.push(("state", row.state.clone()));
    filters.push(("origin", row.origin.clone()));
    Document {
        id: row.id.to_string(),
        kind: Kind::Proposal,
        lang: Lang::parse(&row.lang).unwrap_or_else(Lang::italian),
        title: row.title.clone(),
        body: Markdown::from_stored(row.body.clone()).to_plain(),
        filters,
        supports: u32::try_from(row.supports).unwrap_or(u32::MAX),
    }
}

fn of_comment(row: &comment::row::Model, above: &proposal::row::Model, parents: &Parents) -> Document {
    let mut filters = places(above, parents);
    filters.extend(row.stance.iter().map(|stance| ("stance", stance.clone())));
    Document {
        id: row.id.to_string(),
        kind: Kind::Comment,
        lang: Lang::parse(&row.lang).unwrap_or_else(Lang::italian),
        title: String::new(),
        body: Markdown::from_stored(row.body.clone()).to_plain(),
        filters,
        supports: u32::try_from(row.supports).unwrap_or(u32::MAX),
    }
}

fn places(row: &proposal::row::Model, parents: &Parents) -> Vec<(&'static str, String)> {
    let parent = row.theme_id.and_then(|theme| parents.get(&theme).copied());
    let themes = row.theme_id.into_iter().chain(parent);
    let districts = row.district_id.into_iter().chain(row.quarter_id);
    std::iter::once(("consultation", row.consultation_id.to_string()))
        .chain(themes.map(|id| ("theme", id.to_string())))
        .chain(districts.map(|id| ("district", id.to_string())))
        .collect()
}
