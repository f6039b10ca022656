//! Looking at receipts: one's own and their yearly sums, one by its gift's proof, those of a campaign, and what a promoter tells
//! the tax office.
//!
//! Rule: a receipt is its donor's, who may show the gift's own proof instead of signing in, its promoter's, who issues it, and
//! the treasurer's. A donor's tax data is for the same; addresses for letters are in none of it. Deliberately absent: how a
//! paper looks, which is behind the seam.

use std::collections::HashMap;

use super::store::{self, Listed, row};
use super::write::promoter_key_of;
use super::{CancelReason, Printed, ReceiptState, TaxBenefit, TaxData, benefit};
use crate::campaign::read::known as known_campaign;
use crate::campaign::store as campaigns;
use crate::donation::store as gifts;
use crate::donation::write::proves;
use crate::donation::{DonationFacts, language};
use crate::error::{Code, Error, Result};
use crate::id::{CampaignId, DonationId, MemberId, ReceiptId, TypedId};
use crate::language::Language;
use crate::limits::RECEIPTS_PER_STATEMENT;
use crate::member;
use crate::money::Money;
use crate::page::{Cursor, Page, Paging};
use crate::payment::Method;
use crate::policy::{Act, On};
use crate::time::Timestamp;
use crate::{City, Cx};

/// A receipt as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptCard {
    /// Which.
    pub id: ReceiptId,
    /// For which gift.
    pub donation: DonationId,
    /// To which campaign.
    pub campaign: CampaignId,
    /// The campaign's title.
    pub title: String,
    /// The year of the gift.
    pub year: i64,
    /// Its number among its promoter's of that year.
    pub number: i64,
    /// All that it is over.
    pub amount: Money,
    /// What of that is a gift.
    pub gift: Money,
    /// What of that is for the reward.
    pub reward: Money,
    /// How it was paid.
    pub method: Method,
    /// When it was given.
    pub given_at: Timestamp,
    /// On which day that was, by the city's calendar.
    pub given_on: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Where it stands.
    pub state: ReceiptState,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// Why.
    pub cancel_reason: Option<CancelReason>,
    /// The donor, once the receipt was completed.
    pub donor: Option<TaxData>,
    /// What the tax office gives for it, or why it gives nothing.
    pub benefit: TaxBenefit,
}

impl ReceiptCard {
    /// The number as it is said: `12/2026`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.number, self.year)
    }
}

/// What the actor may do with a receipt now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReceiptPermissions {
    /// Complete it with their tax data.
    pub give_tax_data: bool,
}

/// A receipt with all that its paper says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptPage {
    /// What lists show too.
    pub card: ReceiptCard,
    /// What never changes of it.
    pub printed: Printed,
    /// What the actor may do now.
    pub can: ReceiptPermissions,
}

/// A year of a donor's receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearCard {
    /// Which year.
    pub year: i64,
    /// How many hold.
    pub receipts: i64,
    /// What they are over, together.
    pub amount: Money,
}

/// The receipts of a donor that hold for one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearStatement {
    /// Which year.
    pub year: i64,
    /// Each, first given first, with who received it.
    pub receipts: Vec<(ReceiptCard, String)>,
    /// What they are over, together.
    pub amount: Money,
    /// What of that is gifts.
    pub gift: Money,
    /// What of that is gifts for which the tax office gives something.
    pub benefits: Money,
}

/// A gift as a promoter tells the tax office of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldGift {
    /// The number of its receipt.
    pub number: i64,
    /// The year of the gift.
    pub year: i64,
    /// To which campaign.
    pub title: String,
    /// Who gave it.
    pub donor: TaxData,
    /// On which day, by the city's calendar.
    pub given_on: String,
    /// What is left of it, without its reward.
    pub gift: Money,
    /// How it was paid.
    pub method: Method,
}

/// What permissions on a receipt depend on.
pub(super) async fn facts(cx: &Cx, row: &row::Model, proof: Option<&str>) -> Result<DonationFacts> {
    let gift = gifts::find(cx.db(), row.donation_id).await?.ok_or(Error::NotFound)?;
    let to = campaigns::find(cx.db(), row.campaign_id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(gift.facts(&to, proves(cx, row.donation_id, proof)))
}

fn card(cx: &Cx, row: &row::Model, printed: &Printed) -> Result<ReceiptCard> {
    let (method, donor, gift) = (row.method()?, row.tax_data()?, Money::eur(row.gift_minor));
    Ok(ReceiptCard {
        id: row.id,
        donation: row.donation_id,
        campaign: row.campaign_id,
        title: printed.title.clone(),
        year: row.year,
        number: row.number,
        amount: Money::eur(row.amount_minor),
        gift,
        reward: Money::eur(row.reward_minor),
        method,
        given_at: row.given_at,
        given_on: day(cx, row.given_at),
        issued_at: row.issued_at,
        state: row.state(),
        cancelled_at: row.cancelled_at,
        cancel_reason: row.cancel_reason(),
        benefit: benefit(&printed.recipient, method, gift, donor.as_ref()),
        donor,
    })
}

fn day(cx: &Cx, at: Timestamp) -> String {
    at.local(&cx.city.settings.zone).date().to_string()
}

fn cards(cx: &Cx, rows: &[row::Model]) -> Result<Vec<ReceiptCard>> {
    rows.iter().map(|row| card(cx, row, &row.printed()?)).collect()
}

/// One receipt, for its donor, whoever shows the gift's proof, its promoter, and the treasurer.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of.
pub async fn page(cx: &Cx, id: ReceiptId, proof: Option<&str>) -> Result<ReceiptPage> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let facts = facts(cx, &row, proof).await?;
    cx.check(Act::ReadReceipt, On::Receipt(&facts))?;
    let printed = row.printed()?;
    let card = card(cx, &row, &printed)?;
    let open = card.state == ReceiptState::Issued && card.donor.is_none();
    Ok(ReceiptPage {
        can: ReceiptPermissions {
            give_tax_data: open && cx.can(Act::GiveTaxData, On::Receipt(&facts)),
        },
        card,
        printed,
    })
}

/// The paper of one receipt, as a PDF in the language of the operation.
///
/// # Errors
/// As for one, and those of the seam.
pub async fn paper(cx: &Cx, id: ReceiptId, proof: Option<&str>) -> Result<Vec<u8>> {
    let page = page(cx, id, proof).await?;
    let (city, language) = (cx.city.clone(), cx.language);
    aside(move || city.printer.receipt(&city.settings, language, &page)).await
}

/// Making a paper takes a while, in which others are served.
async fn aside(make: impl FnOnce() -> Result<Vec<u8>> + Send + 'static) -> Result<Vec<u8>> {
    let made = tokio::task::spawn_blocking(make).await;
    made.map_err(|error| Error::Bug(error.to_string()))?
}

/// The actor, for their own receipts.
fn own_member(cx: &Cx) -> Result<MemberId> {
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::ReadOwn, On::Member(member))?;
    Ok(member)
}

/// A page of the actor's own receipts, last issued first.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn own(cx: &Cx, paging: Paging) -> Result<Page<ReceiptCard>> {
    list(cx, Listed::OfMember(own_member(cx)?), paging).await
}

async fn list(cx: &Cx, which: Listed, paging: Paging) -> Result<Page<ReceiptCard>> {
    let rows = store::list(cx.db(), which, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.issued_at.ms(),
        id: row.id.uuid(),
    });
    let cards = cards(cx, &page.items)?;
    Ok(page.with(cards))
}

/// The actor's receipts for these gifts of theirs, last issued first; what is of others is left out.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn of_own_gifts(cx: &Cx, gifts: &[DonationId]) -> Result<HashMap<DonationId, Vec<ReceiptCard>>> {
    let member = own_member(cx)?;
    let mut rows = store::of_gifts(cx.db(), gifts).await?;
    rows.retain(|row| row.member_id == Some(member));
    let mut of: HashMap<DonationId, Vec<ReceiptCard>> = HashMap::new();
    for card in cards(cx, &rows)? {
        of.entry(card.donation).or_default().push(card);
    }
    Ok(of)
}

/// The receipts of one gift, last issued first, for those who may read them.
///
/// # Errors
/// `NotFound` when there is no such gift that the actor may know of.
pub async fn of_gift(cx: &Cx, id: DonationId, proof: Option<&str>) -> Result<Vec<ReceiptCard>> {
    let gift = gifts::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let to = campaigns::find(cx.db(), gift.campaign_id)
        .await?
        .ok_or(Error::NotFound)?;
    let facts = gift.facts(&to, proves(cx, id, proof));
    cx.check(Act::ReadReceipt, On::Receipt(&facts))?;
    cards(cx, &store::of_gifts(cx.db(), &[id]).await?)
}

/// The years in which the actor has receipts that hold, last first.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn own_years(cx: &Cx) -> Result<Vec<YearCard>> {
    let years = store::years_of_member(cx.db(), own_member(cx)?).await?;
    let card = |sum: store::YearSum| YearCard {
        year: sum.year,
        receipts: sum.receipts,
        amount: Money::eur(sum.amount_minor),
    };
    Ok(years.into_iter().map(card).collect())
}

/// The actor's receipts that hold for one year, and their sums.
///
/// # Errors
/// `NotFound` when there is none, `Conflict(TooMany)` when they are more than a paper takes, `Unauthenticated`.
pub async fn statement(cx: &Cx, year: i64) -> Result<YearStatement> {
    let member = own_member(cx)?;
    let rows = store::of_year(cx.db(), member, year, RECEIPTS_PER_STATEMENT + 1).await?;
    if rows.is_empty() {
        return Err(Error::NotFound);
    }
    if rows.len() as u64 > RECEIPTS_PER_STATEMENT {
        return Err(Error::Conflict(Code::TooMany));
    }
    let mut receipts = Vec::with_capacity(rows.len());
    for row in &rows {
        let printed = row.printed()?;
        receipts.push((card(cx, row, &printed)?, printed.recipient.name));
    }
    let sum = |of: &dyn Fn(&ReceiptCard) -> Money| Money::eur(receipts.iter().map(|(card, _)| of(card).minor()).sum());
    let nothing = Money::eur(0);
    Ok(YearStatement {
        year,
        amount: sum(&|card| card.amount),
        gift: sum(&|card| card.gift),
        benefits: sum(&|card| if card.benefit.is_there() { card.gift } else { nothing }),
        receipts,
    })
}

/// The paper of the actor's receipts for one year, as a PDF in the language of the operation.
///
/// # Errors
/// As for what it says, and those of the seam.
pub async fn statement_paper(cx: &Cx, year: i64) -> Result<Vec<u8>> {
    let statement = statement(cx, year).await?;
    let (city, language) = (cx.city.clone(), cx.language);
    aside(move || city.printer.statement(&city.settings, language, &statement)).await
}

/// A page of the receipts of a campaign, last issued first; for its promoter and treasurers.
///
/// # Errors
/// `NotFound` when there is no such campaign that the actor may know of, `Denied` for others.
pub async fn of_campaign(cx: &Cx, id: CampaignId, paging: Paging) -> Result<Page<ReceiptCard>> {
    seen(cx, id).await?;
    list(cx, Listed::OfCampaign(id), paging).await
}

/// The campaign, if the actor sees its receipts.
async fn seen(cx: &Cx, id: CampaignId) -> Result<campaigns::row::Model> {
    let row = known_campaign(cx, id).await?;
    cx.check(Act::SeeReceipts, On::Campaign(&row.facts()?))?;
    Ok(row)
}

/// The years of a campaign's receipts, last first; for its promoter and treasurers.
///
/// # Errors
/// As for its receipts.
pub async fn years(cx: &Cx, id: CampaignId) -> Result<Vec<i64>> {
    seen(cx, id).await?;
    store::years_of_campaign(cx.db(), id).await
}

/// A page of what the promoter of a campaign tells the tax office of one year, by the numbers of the receipts: gifts that left a
/// trace, with their donor's tax code, less what went back. Gifts to the promoter's other campaigns are in it as far as the
/// actor sees their receipts.
///
/// # Errors
/// As for its receipts.
pub async fn told_gifts(cx: &Cx, id: CampaignId, year: i64, paging: Paging) -> Result<Page<ToldGift>> {
    let to = seen(cx, id).await?;
    let key = promoter_key_of(cx, &to).await?;
    let ids = store::campaigns_of(cx.db(), &key, year).await?;
    let mut visible = Vec::with_capacity(ids.len());
    for row in campaigns::find_many(cx.db(), &ids).await? {
        if cx.can(Act::SeeReceipts, On::Campaign(&row.facts()?)) {
            visible.push(row.id);
        }
    }
    let rows = store::to_be_told(cx.db(), (&key, year), &visible, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.number,
        id: row.id.uuid(),
    });
    let mut told = Vec::with_capacity(page.items.len());
    for row in &page.items {
        let missing = || Error::Bug(format!("{} has no tax data", row.id));
        told.push(ToldGift {
            number: row.number,
            year: row.year,
            title: row.printed()?.title,
            donor: row.tax_data()?.ok_or_else(missing)?,
            given_on: day(cx, row.given_at),
            gift: Money::eur(row.gift_minor),
            method: row.method()?,
        });
    }
    Ok(page.with(told))
}

/// What a letter about a receipt says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptLetter {
    /// To whom.
    pub email: String,
    /// In which language.
    pub language: Language,
    /// What opens the receipt's page for a donor without an account.
    pub proof: Option<String>,
    /// The receipt.
    pub card: ReceiptCard,
    /// Whether the donor's tax code would earn something that the receipt does not say yet.
    pub asks: bool,
}

/// What the letter about a receipt that was issued or cancelled says; nothing for those without an address, and of one that was
/// cancelled before it was told of.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn letter(city: &City, id: ReceiptId, news: ReceiptState) -> Result<Option<ReceiptLetter>> {
    let row = store::find(city.db.read(), id).await?.ok_or(Error::NotFound)?;
    if row.state() != news {
        return Ok(None);
    }
    let gift = gifts::find(city.db.read(), row.donation_id)
        .await?
        .ok_or(Error::NotFound)?;
    let email = match (&gift.email, gift.member_id) {
        (Some(email), _) => Some(email.clone()),
        (None, Some(member)) => member::read::address(city, member).await?.map(|(address, _)| address),
        (None, None) => None,
    };
    let Some(email) = email else { return Ok(None) };
    let card = card(&city.system(), &row, &row.printed()?)?;
    Ok(Some(ReceiptLetter {
        email,
        language: language(&gift.language),
        proof: gift
            .member_id
            .is_none()
            .then(|| city.secret.proof(crate::donation::write::PROOF, &gift.id.to_string())),
        asks: card.benefit == TaxBenefit::NoTaxCode,
        card,
    }))
}
