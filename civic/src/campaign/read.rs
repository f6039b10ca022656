//! Looking at campaigns: the public list, one with all that its page shows, one's own, and those that wait for the office.
//!
//! Rule: what the city adds is told as the rule says it, and nothing beyond: sure and expected money stand apart. A read
//! model carries `can`. Deliberately absent: who gave, which is the gifts' own to tell.

mod page;

use super::store::{self, Listed, row};
use super::{CampaignFacts, CampaignState, Unit, write::outcome_now};
use crate::Cx;
use crate::donation::store as gifts;
use crate::error::{Error, Result};
use crate::id::{CallId, CampaignId, CampaignUpdateId, TypedId};
use crate::language::Lang;
use crate::limits::AT_RISK_MS;
use crate::match_rule::{MatchRule, Overfunding};
use crate::matching::Raised;
use crate::money::Money;
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::text::{Markdown, slug};
use crate::time::Timestamp;

pub use page::{CampaignPage, CampaignPermissions, RewardCard, page};

/// What the city adds to a campaign, as it can be told now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CityPart {
    /// What it adds as things stand: nothing below the threshold.
    pub now: Money,
    /// What it adds when the threshold is just reached; not said where each gift brings its own.
    pub at_target: Option<Money>,
    /// Whether that is fixed, or the threshold is reached, so that no more gifts are needed for it.
    pub secured: bool,
    /// Whether a further gift lowers what the city adds.
    pub lowered_by_more: bool,
}

/// What a list shows of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignCard {
    /// Which one.
    pub id: CampaignId,
    /// The readable tail of its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub summary: String,
    /// The language it is written in.
    pub lang: Lang,
    /// Of which call; none for a fund.
    pub call: Option<CallId>,
    /// Where it stands now.
    pub state: CampaignState,
    /// What it costs; nothing is said of a fund without costs.
    pub cost: Money,
    /// What the crowd must raise.
    pub target: Money,
    /// What is there.
    pub raised: Money,
    /// The part of it that counts towards the target.
    pub towards: Money,
    /// What the city adds.
    pub city: CityPart,
    /// What a fund counts in.
    pub unit: Option<Unit>,
    /// How many of it are paid for.
    pub units: Option<i64>,
    /// How many gifts count.
    pub gifts: i64,
    /// From when it takes gifts.
    pub opens_at: Option<Timestamp>,
    /// Until when (half-open).
    pub ends_at: Option<Timestamp>,
    /// Days left, today among them, by the city's calendar; while it is open.
    pub days_left: Option<i64>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Grows with each change.
    pub version: i64,
}

/// News of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateCard {
    /// Which.
    pub id: CampaignUpdateId,
    /// Its title.
    pub title: String,
    /// What it says.
    pub body: Markdown,
    /// The language it is written in.
    pub lang: Lang,
    /// When it was told.
    pub published_at: Timestamp,
}

/// What the city adds, by the rule and the sums as they stand.
fn city_part(row: &row::Model) -> Result<CityPart> {
    let cost = Money::eur(row.cost_minor);
    let fixed = row.granted_minor.map(Money::eur);
    let outcome = outcome_now(row)?;
    let now = fixed.unwrap_or(outcome.granted);
    let at_target = match row.rule()? {
        Some(MatchRule::CoFinancing(rule)) => {
            let just = Raised::from_the_crowd(rule.target(cost));
            Some(rule.outcome(cost, just).granted)
        }
        Some(MatchRule::PerDonation(_)) | None => None,
    };
    let reduces = match row.rule()? {
        Some(MatchRule::CoFinancing(rule)) => rule.overfunding() == Overfunding::ReducesGrant,
        Some(MatchRule::PerDonation(_)) | None => false,
    };
    Ok(CityPart {
        now,
        at_target,
        secured: row.rule.is_some() && (fixed.is_some() || outcome.reached),
        lowered_by_more: fixed.is_none() && outcome.reached && reduces && outcome.granted.minor() > 0,
    })
}

pub(crate) fn card(cx: &Cx, row: &row::Model) -> Result<CampaignCard> {
    let paper = row.paper()?;
    let state = row.state_at(cx.now)?;
    let raised = Money::eur(row.raised_minor);
    let zone = &cx.city.settings.zone;
    let days_left = row.ends_at.filter(|_| state == CampaignState::Open).map(|end| {
        let left = cx.now.local(zone).date().until(end.local(zone).date());
        left.map_or(0, |span| i64::from(span.get_days()))
    });
    Ok(CampaignCard {
        id: row.id,
        slug: slug(&row.title),
        title: row.title.clone(),
        summary: row.summary.clone(),
        lang: paper.lang,
        call: row.call_id,
        state,
        cost: Money::eur(row.cost_minor),
        target: Money::eur(row.target_minor),
        raised,
        towards: Money::eur(row.towards_minor),
        city: city_part(row)?,
        units: paper
            .unit
            .as_ref()
            .map(|unit| raised.minor().div_euclid(unit.price.minor().max(1))),
        unit: paper.unit,
        gifts: row.gifts,
        opens_at: row.opens_at,
        ends_at: row.ends_at,
        days_left,
        created_at: row.created_at,
        version: row.version,
    })
}

fn cards(
    cx: &Cx,
    rows: Vec<row::Model>,
    paging: Paging,
    key: impl Fn(&row::Model) -> Timestamp,
) -> Result<Page<CampaignCard>> {
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: key(row).ms(),
        id: row.id.uuid(),
    });
    let items = page.items.iter().map(|row| card(cx, row)).collect::<Result<_>>()?;
    Ok(page.with(items))
}

/// A page of the public campaigns, of one call or of all, those that open last in front.
///
/// # Errors
/// Those of the database.
pub async fn list(cx: &Cx, call: Option<CallId>, paging: Paging) -> Result<Page<CampaignCard>> {
    cx.check(Act::ReadPublic, On::City)?;
    let rows = store::list(cx.db(), Listed::Public(call), paging).await?;
    cards(cx, rows, paging, |row| row.opens_at.unwrap_or(row.created_at))
}

/// The campaigns that take gifts now, those that end soonest in front, at most so many.
///
/// # Errors
/// Those of the database.
pub async fn open(cx: &Cx, limit: u64) -> Result<Vec<CampaignCard>> {
    cx.check(Act::ReadPublic, On::City)?;
    let rows = store::open(cx.db(), cx.now, limit).await?;
    rows.iter().map(|row| card(cx, row)).collect()
}

/// A page of the actor's own campaigns, last begun first.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn own(cx: &Cx, paging: Paging) -> Result<Page<CampaignCard>> {
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::ReadOwn, On::Member(member))?;
    let rows = store::list(cx.db(), Listed::OfAuthor(member), paging).await?;
    cards(cx, rows, paging, |row| row.created_at)
}

/// A page of the campaigns of a call that wait for its office, last begun first.
///
/// # Errors
/// `NotFound` when there is no such call that the actor may know of, `Denied` for others than its office.
pub async fn to_review(cx: &Cx, call: CallId, paging: Paging) -> Result<Page<CampaignCard>> {
    let (_, facts) = crate::call::read::known(cx, call).await?;
    cx.check(Act::ReviewCampaign, On::Call(&facts))?;
    let rows = store::list(cx.db(), Listed::ToReview(call), paging).await?;
    cards(cx, rows, paging, |row| row.created_at)
}

/// What permissions on a campaign depend on.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of.
pub async fn facts(cx: &Cx, id: CampaignId) -> Result<CampaignFacts> {
    known(cx, id).await?.facts()
}

/// A page of campaigns at risk, those that end first in front: open ones that end soon below their target, and those that
/// wait for money that was promised; for treasurers of the city.
///
/// # Errors
/// `Denied` for others, and those of the database.
pub async fn at_risk(cx: &Cx, paging: Paging) -> Result<Page<CampaignCard>> {
    cx.check(Act::SeeDonations, On::City)?;
    let rows = store::at_risk(cx.db(), cx.now.plus_ms(AT_RISK_MS), paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.ends_at.map_or(0, Timestamp::ms),
        id: row.id.uuid(),
    });
    let cards = page.items.iter().map(|row| card(cx, row)).collect::<Result<_>>()?;
    Ok(page.with(cards))
}

/// One that the actor may know of.
pub(crate) async fn known(cx: &Cx, id: CampaignId) -> Result<row::Model> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    cx.check(Act::ReadCampaign, On::Campaign(&row.facts()?))?;
    Ok(row)
}

/// A page of a campaign's news, newest first.
///
/// # Errors
/// `NotFound` when there is no such campaign that the actor may know of.
pub async fn updates(cx: &Cx, id: CampaignId, paging: Paging) -> Result<Page<UpdateCard>> {
    known(cx, id).await?;
    let rows = store::updates(cx.db(), id, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.published_at.ms(),
        id: row.id.uuid(),
    });
    let cards = page.items.iter().map(|row| UpdateCard {
        id: row.id,
        title: row.title.clone(),
        body: Markdown::from_stored(row.body.clone()),
        lang: Lang::parse(&row.lang).unwrap_or_else(Lang::italian),
        published_at: row.published_at,
    });
    let cards = cards.collect();
    Ok(page.with(cards))
}

/// What is promised to a campaign and not there yet.
async fn expected(cx: &Cx, id: CampaignId) -> Result<Money> {
    Ok(Money::eur(gifts::expected(cx.db(), id).await?))
}
