//! Looking at reconciliation: how the last comparison ended, what nobody can explain, and what the provider does not have;
//! for treasurers of the city.

use super::MovementState;
use super::store::{self, AstrayRow, movement};
use crate::error::{Error, Result};
use crate::id::{DonationId, MovementId, TypedId};
use crate::limits::{ASTRAY_AFTER_MS, RECONCILE_OVERDUE_MS};
use crate::money::Money;
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::time::Timestamp;
use crate::{City, Cx};

/// One comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunCard {
    /// When it was begun.
    pub begun_at: Timestamp,
    /// When it was ended; none while it is under way.
    pub ended_at: Option<Timestamp>,
    /// How many movements it read.
    pub movements: i64,
    /// How many of them told something that was not known.
    pub news: i64,
    /// What our books said that the provider has.
    pub clearing: Money,
    /// What the provider's movements came to.
    pub provider: Money,
    /// Why it was broken off the last time.
    pub error: Option<String>,
}

/// A movement on the provider's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovementCard {
    /// Which.
    pub id: MovementId,
    /// The provider's own name of it.
    pub reference: String,
    /// The payment, refund or dispute that it belongs to.
    pub source: Option<String>,
    /// What came; below nothing when it went.
    pub amount: Money,
    /// What the provider kept of it.
    pub fee: Money,
    /// When it happened.
    pub happened_at: Timestamp,
    /// When we saw it first.
    pub seen_at: Timestamp,
    /// Where it stands.
    pub state: MovementState,
    /// Why a person decided so.
    pub reason: Option<String>,
}

/// What is in our books and not on the provider's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AstrayCard {
    /// Of which gift.
    pub donation: DonationId,
    /// The provider's name of the payment or refund.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// Since when it is in our books.
    pub since: Timestamp,
}

/// What is missing at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Astray {
    /// Gifts, oldest first, up to a bound.
    pub gifts: Vec<AstrayCard>,
    /// Refunds, oldest first, up to a bound.
    pub refunds: Vec<AstrayCard>,
}

fn movement_card(row: &movement::Model) -> Result<MovementCard> {
    Ok(MovementCard {
        id: row.id,
        reference: row.reference.clone(),
        source: row.source.clone(),
        amount: Money::eur(row.amount_minor),
        fee: Money::eur(row.fee_minor),
        happened_at: row.happened_at,
        seen_at: row.seen_at,
        state: row.state()?,
        reason: row.reason.clone(),
    })
}

/// How the last comparison went; none when there was none yet.
///
/// # Errors
/// `Denied` for others than treasurers of the city.
pub async fn last(cx: &Cx) -> Result<Option<RunCard>> {
    cx.check(Act::SeeDonations, On::City)?;
    Ok(store::last(cx.db(), false).await?.map(|row| RunCard {
        begun_at: row.begun_at,
        ended_at: row.ended_at,
        movements: row.movements,
        news: row.news,
        clearing: Money::eur(row.clearing_minor),
        provider: Money::eur(row.provider_minor),
        error: row.error,
    }))
}

/// A page of the movements in a state, newest first.
///
/// # Errors
/// `Denied` for others than treasurers of the city.
pub async fn movements(cx: &Cx, state: MovementState, paging: Paging) -> Result<Page<MovementCard>> {
    cx.check(Act::SeeDonations, On::City)?;
    let rows = store::movements(cx.db(), state, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.happened_at.ms(),
        id: row.id.uuid(),
    });
    let cards = page.items.iter().map(movement_card).collect::<Result<_>>()?;
    Ok(page.with(cards))
}

/// One movement.
///
/// # Errors
/// `NotFound` when there is none, `Denied` for others than treasurers of the city.
pub async fn movement(cx: &Cx, id: MovementId) -> Result<MovementCard> {
    cx.check(Act::SeeDonations, On::City)?;
    movement_card(&store::find(cx.db(), id).await?.ok_or(Error::NotFound)?)
}

/// What has been in our books for a day and is not on the provider's list.
///
/// # Errors
/// `Denied` for others than treasurers of the city.
pub async fn astray(cx: &Cx) -> Result<Astray> {
    cx.check(Act::SeeDonations, On::City)?;
    let then = cx.now.plus_ms(-ASTRAY_AFTER_MS);
    let card = |row: AstrayRow| AstrayCard {
        donation: row.donation_id,
        reference: row.reference,
        amount: Money::eur(row.amount_minor),
        since: row.at,
    };
    let gifts = store::missing_gifts(cx.db(), then).await?;
    let refunds = store::missing_refunds(cx.db(), then).await?;
    Ok(Astray {
        gifts: gifts.into_iter().map(card).collect(),
        refunds: refunds.into_iter().map(card).collect(),
    })
}

/// What an operator must know: what stands against the provider's account longer than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overdue {
    /// No comparison was ended lately, though there should have been one.
    pub comparison: bool,
    /// Movements that nobody could explain for more than a day.
    pub open: u64,
}

/// What is overdue.
///
/// # Errors
/// Those of the database.
pub async fn overdue(city: &City) -> Result<Overdue> {
    let now = city.system().now;
    let then = now.plus_ms(-RECONCILE_OVERDUE_MS);
    let ended = store::last(city.db.read(), true).await?;
    let lately = ended.is_some_and(|run| run.ended_at.is_some_and(|at| then <= at));
    Ok(Overdue {
        comparison: !lately && store::any_before(city.db.read(), then).await?,
        open: store::count_open(city.db.read(), now.plus_ms(-ASTRAY_AFTER_MS)).await?,
    })
}
