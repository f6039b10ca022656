//! Looking at statements: what came in with which file, and the lines that wait for a person; for treasurers of the city.
//!
//! Rule: lines hold what donors wrote and their accounts' numbers, so that nobody else sees them.

use super::LineState;
use super::store::{self, line, row};
use crate::Cx;
use crate::error::{Error, Result};
use crate::id::{DonationId, PayoutId, StatementId, StatementLineId, TypedId};
use crate::money::Money;
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::time::Timestamp;

/// A statement as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementCard {
    /// Which.
    pub id: StatementId,
    /// When it was taken in.
    pub imported_at: Timestamp,
    /// How many lines it has.
    pub lines: i64,
    /// How many of them were known from other files.
    pub known: i64,
}

/// A line as a treasurer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineCard {
    /// Which.
    pub id: StatementLineId,
    /// On which day it was booked.
    pub booked_at: Timestamp,
    /// How much came; below nothing when it went.
    pub amount: Money,
    /// From or to whom.
    pub name: String,
    /// The number of their account; empty where the bank does not say.
    pub iban: String,
    /// What they wrote.
    pub text: String,
    /// Where it stands.
    pub state: LineState,
    /// Which gift it is.
    pub donation: Option<DonationId>,
    /// Which payout it is.
    pub payout: Option<PayoutId>,
    /// Which gift it may be: its code was named, and something else did not fit.
    pub suggested: Option<DonationId>,
    /// Why it was set aside.
    pub reason: Option<String>,
}

fn statement_card(row: &row::Model) -> StatementCard {
    StatementCard {
        id: row.id,
        imported_at: row.imported_at,
        lines: row.lines,
        known: row.known,
    }
}

fn line_card(row: &line::Model) -> Result<LineCard> {
    Ok(LineCard {
        id: row.id,
        booked_at: row.booked_at,
        amount: Money::eur(row.amount_minor),
        name: row.name.clone(),
        iban: row.iban.clone(),
        text: row.text.clone(),
        state: row.state()?,
        donation: row.donation_id,
        payout: row.payout_id,
        suggested: row.suggested_id,
        reason: row.reason.clone(),
    })
}

/// One statement.
///
/// # Errors
/// `NotFound` when there is none, `Denied` for others than treasurers of the city.
pub async fn one(cx: &Cx, id: StatementId) -> Result<StatementCard> {
    cx.check(Act::SeeDonations, On::City)?;
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    Ok(statement_card(&row))
}

/// A page of the statements, last taken in first.
///
/// # Errors
/// `Denied` for others than treasurers of the city.
pub async fn list(cx: &Cx, paging: Paging) -> Result<Page<StatementCard>> {
    cx.check(Act::SeeDonations, On::City)?;
    let rows = store::list(cx.db(), paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.imported_at.ms(),
        id: row.id.uuid(),
    });
    Ok(page.map(|row| statement_card(&row)))
}

/// A page of the lines in a state, last booked first.
///
/// # Errors
/// `Denied` for others than treasurers of the city.
pub async fn lines(cx: &Cx, state: LineState, paging: Paging) -> Result<Page<LineCard>> {
    cx.check(Act::SeeDonations, On::City)?;
    let rows = store::lines(cx.db(), state, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.booked_at.ms(),
        id: row.id.uuid(),
    });
    let cards = page.items.iter().map(line_card).collect::<Result<_>>()?;
    Ok(page.with(cards))
}

/// One line.
///
/// # Errors
/// `NotFound` when there is none, `Denied` for others than treasurers of the city.
pub async fn line(cx: &Cx, id: StatementLineId) -> Result<LineCard> {
    cx.check(Act::SeeDonations, On::City)?;
    let row = store::find_line(cx.db(), id).await?.ok_or(Error::NotFound)?;
    line_card(&row)
}
