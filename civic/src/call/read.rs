//! Looking at calls: the list, one with all that its page shows, and what other nouns ask of it.

mod page;

use std::collections::HashMap;

use super::store::{self, row};
use super::{CallFacts, CallStanding, CallState, standing};
use crate::Cx;
use crate::error::{Error, Result};
use crate::id::{CallId, TypedId};
use crate::language::{Language, Localised};
use crate::money::Money;
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::time::Timestamp;

pub(crate) use page::allows;
pub use page::{CallPage, EditableCall, RoundDays, calculate, editable, page, page_by_slug, pages};

/// What a list shows of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallCard {
    /// Which one.
    pub id: CallId,
    /// Its part of the address.
    pub slug: String,
    /// Its title, with the language it really is in.
    pub title: (Language, String),
    /// What it is.
    pub summary: (Language, String),
    /// Where it stands by its steps.
    pub state: CallState,
    /// Where it stands for people now.
    pub standing: CallStanding,
    /// The first minute in which applications are taken.
    pub opens_at: Timestamp,
    /// The first minute in which they are not taken any more.
    pub closes_at: Timestamp,
    /// The least that a project may cost.
    pub cost_min: Money,
    /// The most that a project may cost.
    pub cost_max: Money,
    /// All that contributors put into the pot.
    pub pot: Money,
    /// When it was made public.
    pub published_at: Option<Timestamp>,
    /// When its list was made public.
    pub ranked_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

fn localised(cx: &Cx, stored: &str) -> (Language, String) {
    let text = Localised::from_stored(stored);
    let (language, text) = text.with_language(cx.language);
    (language, text.to_owned())
}

pub(crate) fn card(cx: &Cx, row: &row::Model) -> Result<CallCard> {
    let state = row.state()?;
    Ok(CallCard {
        id: row.id,
        slug: row.slug.clone(),
        title: localised(cx, &row.title),
        summary: localised(cx, &row.summary),
        state,
        standing: standing(state, row.window(), cx.now),
        opens_at: row.opens_at,
        closes_at: row.closes_at,
        cost_min: Money::eur(row.cost_min_minor),
        cost_max: Money::eur(row.cost_max_minor),
        pot: Money::eur(row.pot_minor),
        published_at: row.published_at,
        ranked_at: row.ranked_at,
        version: row.version,
    })
}

/// A page of public calls, those that open last in front.
///
/// # Errors
/// Those of the database.
pub async fn list(cx: &Cx, paging: Paging) -> Result<Page<CallCard>> {
    cx.check(Act::ReadPublic, On::City)?;
    cards(cx, store::list(cx.db(), false, paging).await?, paging)
}

/// A page of the drafts, for those who keep calls.
///
/// # Errors
/// `Unauthenticated`, `Denied`, and those of the database.
pub async fn drafts(cx: &Cx, paging: Paging) -> Result<Page<CallCard>> {
    cx.check(Act::KeepCall, On::City)?;
    cards(cx, store::list(cx.db(), true, paging).await?, paging)
}

fn cards(cx: &Cx, rows: Vec<row::Model>, paging: Paging) -> Result<Page<CallCard>> {
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.opens_at.ms(),
        id: row.id.uuid(),
    });
    let items = page.items.iter().map(|row| card(cx, row)).collect::<Result<_>>()?;
    Ok(page.with(items))
}

/// The calls in which the actor's roles let them act, for their desk: those named in their roles.
///
/// # Errors
/// `Unauthenticated`, `Denied` for those without a role, and those of the database.
pub async fn mine(cx: &Cx) -> Result<Vec<CallCard>> {
    cx.check(Act::SeeDesk, On::City)?;
    let grants = cx.actor.person().map_or(&[][..], |person| &person.grants);
    let mut ids: Vec<CallId> = grants.iter().filter_map(|grant| grant.within.call()).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = store::find_many(cx.db(), &ids).await?;
    rows.iter().map(|row| card(cx, row)).collect()
}

/// These calls, those that the actor may know of.
///
/// # Errors
/// Those of the database.
pub async fn by_ids(cx: &Cx, ids: &[CallId]) -> Result<Vec<CallCard>> {
    let rows = store::find_many(cx.db(), ids).await?;
    let mut cards = Vec::with_capacity(rows.len());
    for row in rows {
        if cx.can(Act::ReadCall, On::Call(&row.facts()?)) {
            cards.push(card(cx, &row)?);
        }
    }
    Ok(cards)
}

/// The titles of these calls, for what is shown beside them; those that are not there are left out.
pub(crate) async fn titles(cx: &Cx, ids: &[CallId]) -> Result<HashMap<CallId, Localised>> {
    let rows = store::find_many(cx.db(), ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, Localised::from_stored(&row.title)))
        .collect())
}

/// Whether there is such a call, public or not.
pub(crate) async fn exists(cx: &Cx, id: CallId) -> Result<bool> {
    Ok(store::find(cx.db(), id).await?.is_some())
}

/// One that the actor may know of, with its facts.
pub(crate) async fn known(cx: &Cx, id: CallId) -> Result<(row::Model, CallFacts)> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let facts = row.facts()?;
    cx.check(Act::ReadCall, On::Call(&facts))?;
    Ok((row, facts))
}
