//! Looking at gifts: one's own, one by its proof, the public books of a campaign, and what the treasurer works on.
//!
//! Rule: everybody sees of a gift its amount, its day, an id that says nothing, and the name only if the donor wants it
//! shown. Addresses and messages are for the treasurer and the donor. Deliberately absent: sums over people.

pub mod desk;
mod letter;

use std::collections::HashMap;

use super::store::money::{self, refund};
use super::store::{self, Listed, row};
use super::{DonationState, Way, write::proves};
use crate::Cx;
use crate::campaign::read::known as known_campaign;
use crate::campaign::{self, store as campaigns};
use crate::error::{Error, Result};
use crate::id::{CampaignId, DonationId, RefundId, RewardId, TypedId};
use crate::money::Money;
use crate::page::{Cursor, Page, Paging};
use crate::payment::Method;
use crate::policy::{Act, On};
use crate::time::Timestamp;

pub use letter::{DonationLetter, donors, letter, outcome_letter};

/// A gift as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicGift {
    /// An id that says nothing.
    pub id: String,
    /// What is left of it.
    pub amount: Money,
    /// The day on which its money came, by the city's calendar.
    pub day: String,
    /// The name, if the donor wants it shown.
    pub name: Option<String>,
}

/// A gift as its donor's list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DonationCard {
    /// Which.
    pub id: DonationId,
    /// To which campaign.
    pub campaign: CampaignId,
    /// The campaign's title.
    pub title: String,
    /// How much was promised.
    pub amount: Money,
    /// What is left of it; nothing while it has not come.
    pub left: Money,
    /// What goes or went back.
    pub refunded: Money,
    /// How it is to be paid.
    pub way: Way,
    /// How it was paid.
    pub method: Option<Method>,
    /// Where it stands.
    pub state: DonationState,
    /// Whether it came too late to count.
    pub late: bool,
    /// What the donor was told that the city adds.
    pub quoted: Money,
    /// How much of it is matched.
    pub matched_base: Money,
    /// The reward.
    pub reward: Option<RewardId>,
    /// The name that everybody sees.
    pub name_shown: Option<String>,
    /// When it was promised.
    pub promised_at: Timestamp,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
    /// When its money came.
    pub confirmed_at: Option<Timestamp>,
    /// What a transfer must say.
    pub reference_code: Option<String>,
    /// Grows with each change.
    pub version: i64,
}

/// What goes back of a gift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundCard {
    /// Which.
    pub id: RefundId,
    /// Of which gift.
    pub donation: DonationId,
    /// How much.
    pub amount: Money,
    /// How far it has come: `wanted`, `pending`, `succeeded`, `failed`, `settled` or `dropped`.
    pub state: &'static str,
    /// Why.
    pub reason: String,
    /// Since when it is wanted.
    pub wanted_at: Timestamp,
    /// When it is to be made.
    pub due_at: Timestamp,
}

/// What the actor may do with a gift now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DonationPermissions {
    /// Pay it on the provider's page.
    pub pay: bool,
    /// Say that its transfer or cash has come.
    pub confirm: bool,
    /// Give it back.
    pub refund: bool,
}

/// A gift with all that its own page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DonationPage {
    /// What lists show too.
    pub card: DonationCard,
    /// Where letters go, from somebody without an account; for the donor and the treasurer.
    pub email: Option<String>,
    /// The words to the promoter.
    pub message: Option<String>,
    /// Whether the donor is on the promoter's side.
    pub insider: bool,
    /// What goes or went back.
    pub refunds: Vec<RefundCard>,
    /// What the actor may do now.
    pub can: DonationPermissions,
}

fn card(row: &row::Model, title: &str) -> Result<DonationCard> {
    Ok(DonationCard {
        id: row.id,
        campaign: row.campaign_id,
        title: title.to_owned(),
        amount: Money::eur(row.amount_minor),
        left: Money::eur(row.left_minor),
        refunded: Money::eur(row.refunded_minor),
        way: row.way()?,
        method: row.method.as_deref().and_then(Method::parse),
        state: row.state()?,
        late: row.late == 1,
        quoted: Money::eur(row.quoted_minor),
        matched_base: Money::eur(row.base_minor),
        reward: row.reward_id.filter(|_| row.reward_kept == 1),
        name_shown: row.name_shown.clone(),
        promised_at: row.promised_at,
        expires_at: row.expires_at,
        confirmed_at: row.confirmed_at,
        reference_code: row.reference_code.clone(),
        version: row.version,
    })
}

fn refund_card(row: &refund::Model) -> Result<Option<RefundCard>> {
    let Some(donation) = row.donation_id else {
        return Ok(None);
    };
    Ok(Some(RefundCard {
        id: row.id,
        donation,
        amount: Money::eur(row.amount_minor),
        state: row.state()?.as_str(),
        reason: row.reason.clone(),
        wanted_at: row.wanted_at,
        due_at: row.due_at,
    }))
}

/// A gift, for its donor, whoever shows its proof, and the treasurer.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of.
pub async fn page(cx: &Cx, id: DonationId, proof: Option<&str>) -> Result<DonationPage> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let campaign = campaigns::find(cx.db(), row.campaign_id)
        .await?
        .ok_or(Error::NotFound)?;
    let facts = row.facts(&campaign, proves(cx, id, proof));
    let on = On::Donation(&facts);
    cx.check(Act::ReadDonation, on)?;
    let refunds = money::refunds_of(cx.db(), id).await?;
    let refunds: Vec<Option<RefundCard>> = refunds.iter().map(refund_card).collect::<Result<_>>()?;
    let state = row.state()?;
    let promised = matches!(state, DonationState::Promised);
    let keeps = cx.offers(Act::KeepMoney, on);
    let online = row.way()? == Way::Online;
    Ok(DonationPage {
        card: card(&row, &campaign.title)?,
        email: row.email.clone(),
        message: row.message.clone(),
        insider: row.insider == 1,
        refunds: refunds.into_iter().flatten().collect(),
        can: DonationPermissions {
            pay: online && promised && cx.now < row.expires_at && cx.can(Act::PayDonation, on),
            confirm: !online && row.captured_minor == 0 && keeps,
            refund: state == DonationState::Confirmed && keeps,
        },
    })
}

/// A page of the actor's own gifts, last promised first.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn own(cx: &Cx, paging: Paging) -> Result<Page<DonationCard>> {
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::ReadOwn, On::Member(member))?;
    cards(cx, Listed::OfMember(member), paging).await
}

async fn cards(cx: &Cx, which: Listed, paging: Paging) -> Result<Page<DonationCard>> {
    let rows = store::list(cx.db(), which, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.promised_at.ms(),
        id: row.id.uuid(),
    });
    let cards = with_titles(cx, &page.items).await?;
    Ok(page.with(cards))
}

async fn with_titles(cx: &Cx, rows: &[row::Model]) -> Result<Vec<DonationCard>> {
    let mut ids: Vec<CampaignId> = rows.iter().map(|row| row.campaign_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let campaigns = campaigns::find_many(cx.db(), &ids).await?;
    let titles: HashMap<CampaignId, &str> = campaigns.iter().map(|row| (row.id, row.title.as_str())).collect();
    let title = |row: &row::Model| titles.get(&row.campaign_id).copied().unwrap_or_default();
    rows.iter().map(|row| card(row, title(row))).collect()
}

/// A page of all gifts to a campaign, last promised first; for the treasurer.
///
/// # Errors
/// `NotFound` when there is no such campaign, `Denied` for others.
pub async fn of_campaign(cx: &Cx, id: CampaignId, paging: Paging) -> Result<Page<DonationCard>> {
    let row = known_campaign(cx, id).await?;
    cx.check(Act::SeeDonations, On::Campaign(&row.facts()?))?;
    cards(cx, Listed::OfCampaign(id), paging).await
}

/// A page of the public books of a campaign, last confirmed first.
///
/// # Errors
/// `NotFound` when there is no such campaign that the actor may know of.
pub async fn public(cx: &Cx, id: CampaignId, paging: Paging) -> Result<Page<PublicGift>> {
    campaign::read::known(cx, id).await?;
    let rows = store::list(cx.db(), Listed::Public(id), paging).await?;
    let at = |row: &row::Model| row.confirmed_at.unwrap_or(row.promised_at);
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: at(row).ms(),
        id: row.id.uuid(),
    });
    let zone = &cx.city.settings.zone;
    let gifts = page.items.iter().map(|row| PublicGift {
        id: row.public_id.clone(),
        amount: Money::eur(row.left_minor),
        day: at(row).local(zone).date().to_string(),
        name: row.name_shown.clone(),
    });
    let gifts = gifts.collect();
    Ok(page.with(gifts))
}

/// A page of what is owed to donors and must be paid by a person, longest wanted first; for the treasurer.
///
/// # Errors
/// `Denied` for others, and those of the database.
pub async fn owed(cx: &Cx, paging: Paging) -> Result<Page<RefundCard>> {
    cx.check(Act::SeeDonations, On::City)?;
    let rows = money::owed(cx.db(), paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.wanted_at.ms(),
        id: row.id.uuid(),
    });
    let cards: Vec<Option<RefundCard>> = page.items.iter().map(refund_card).collect::<Result<_>>()?;
    Ok(page.with(cards.into_iter().flatten().collect()))
}

/// The gift that a transfer's reference names; for the treasurer.
///
/// # Errors
/// `NotFound` when no gift has it, `Denied` for others.
pub async fn by_reference_code(cx: &Cx, code: &str) -> Result<DonationPage> {
    cx.check(Act::SeeDonations, On::City)?;
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let row = store::find_by_reference_code(cx.db(), &code.to_ascii_uppercase()).await?;
    page(cx, row.ok_or(Error::NotFound)?.id, None).await
}
