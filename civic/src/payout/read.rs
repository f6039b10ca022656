//! Looking at payouts: what a promoter gets and when, what waits for whom, and the files for the bank.
//!
//! Rule: what is due is computed from the books and the payouts that are paid or on their way, each time it is asked.
//! Accounts' numbers are shown by their tail; whole only to whoever compares them with the paper.

use super::store::{self, account, file, row};
use super::{Part, PayoutState, Sums};
use crate::campaign::store as campaigns;
use crate::campaign::{self, CampaignState};
use crate::error::{Error, Result};
use crate::iban::Iban;
use crate::id::{BankAccountId, CampaignId, PayoutFileId, PayoutId, TypedId};
use crate::language::Language;
use crate::ledger::{Account, CampaignAccount, store as books};
use crate::member;
use crate::money::Money;
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On, is_own};
use crate::time::Timestamp;
use crate::{City, Cx};

/// A promoter's bank account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankAccountCard {
    /// Which.
    pub id: BankAccountId,
    /// Its number: whole for treasurers, its last four characters for the promoter.
    pub iban: String,
    /// Whose it is.
    pub holder: String,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// When another person verified it.
    pub verified_at: Option<Timestamp>,
    /// From when it may be used, once verified.
    pub usable_at: Timestamp,
    /// Whether the actor may verify it.
    pub can_verify: bool,
}

/// What may be done with a payout now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PayoutPermissions {
    /// Agree to it, or not.
    pub decide: bool,
    /// Take it back.
    pub withdraw: bool,
    /// Say that the bank paid it.
    pub pay: bool,
    /// Say that the bank sent it back.
    pub send_back: bool,
}

/// A payout as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutCard {
    /// Which.
    pub id: PayoutId,
    /// Of which campaign.
    pub campaign: CampaignId,
    /// The campaign's title.
    pub title: String,
    /// Which part of what the promoter gets, counted from nothing.
    pub part: u32,
    /// How much.
    pub sums: Sums,
    /// Where it stands.
    pub state: PayoutState,
    /// Whose account it goes to.
    pub holder: String,
    /// The last four characters of its number.
    pub iban_tail: String,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When another person decided.
    pub decided_at: Option<Timestamp>,
    /// Why it was declined.
    pub reason: Option<String>,
    /// In which file.
    pub file: Option<PayoutFileId>,
    /// When it went into the file.
    pub sent_at: Option<Timestamp>,
    /// When the bank paid it.
    pub paid_at: Option<Timestamp>,
    /// When the bank sent it back.
    pub returned_at: Option<Timestamp>,
    /// The paper by which that is known.
    pub evidence: Option<String>,
    /// What the actor may do with it.
    pub can: PayoutPermissions,
}

/// Everything about how a campaign's promoter is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutPage {
    /// Which campaign.
    pub campaign: CampaignId,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: CampaignState,
    /// The account in use, if one is entered.
    pub account: Option<BankAccountCard>,
    /// The parts, in their order; none before the outcome.
    pub parts: Vec<Part>,
    /// Every payout, first requested first.
    pub payouts: Vec<PayoutCard>,
    /// What the promoter owes, after losses of money that was paid out.
    pub receivable: Money,
    /// Whether the actor may enter another account.
    pub can_enter_account: bool,
    /// Whether the actor may ask for the next part now.
    pub can_request: bool,
}

/// How the promoter of a campaign is paid, for the promoter and treasurers.
///
/// # Errors
/// `NotFound` when there is no such campaign that the actor may know of, `Denied` for others.
pub async fn of_campaign(cx: &Cx, id: CampaignId) -> Result<PayoutPage> {
    let campaign = campaign::read::known(cx, id).await?;
    let facts = campaign.facts()?;
    let on = On::Campaign(&facts);
    cx.check(Act::SeePayouts, on)?;
    let keeps = cx.offers(Act::KeepMoney, on);
    let standing = store::standing(cx.db(), &campaign).await?;
    let rows = store::of_campaign(cx.db(), id).await?;
    let account = store::present_account(cx.db(), id).await?;
    let usable = |account: &account::Model| account.verified_at.is_some() && account.usable_at <= cx.now;
    let usable = account.as_ref().is_some_and(usable);
    let due = standing
        .as_ref()
        .is_some_and(|standing| standing.next(cx.now).is_some());
    let receivable = Account::Campaign(id, CampaignAccount::Receivable);
    let receivable = books::find_account(cx.db(), receivable)
        .await?
        .map_or(0, |row| row.balance_minor);
    Ok(PayoutPage {
        campaign: id,
        title: campaign.title.clone(),
        state: campaign.state_at(cx.now)?,
        account: account.map(|account| account_card(cx, &campaign, &account, keeps)),
        parts: standing.map(|standing| standing.parts()).unwrap_or_default(),
        payouts: cards(cx, rows).await?,
        receivable: Money::eur(receivable),
        can_enter_account: cx.offers(Act::KeepBankAccount, on)
            && campaign.scheduled_at.is_some()
            && !campaign.state()?.returns_gifts(),
        can_request: keeps && due && usable,
    })
}

fn account_card(cx: &Cx, campaign: &campaigns::row::Model, row: &account::Model, keeps: bool) -> BankAccountCard {
    let whole = keeps && !is_own(&cx.actor, Some(campaign.author_id));
    BankAccountCard {
        id: row.id,
        iban: if whole { row.iban.clone() } else { tail(&row.iban) },
        holder: row.holder.clone(),
        entered_at: row.entered_at,
        verified_at: row.verified_at,
        usable_at: row.usable_at,
        can_verify: whole && row.verified_at.is_none() && cx.actor.member() != Some(row.entered_by),
    }
}

fn tail(iban: &str) -> String {
    Iban::parse(iban, "iban").map_or_else(|_| String::new(), |iban| iban.tail().to_owned())
}

async fn cards(cx: &Cx, rows: Vec<row::Model>) -> Result<Vec<PayoutCard>> {
    let mut campaign_ids: Vec<CampaignId> = rows.iter().map(|row| row.campaign_id).collect();
    let mut account_ids: Vec<BankAccountId> = rows.iter().map(|row| row.bank_account_id).collect();
    campaign_ids.sort_unstable();
    campaign_ids.dedup();
    account_ids.sort_unstable();
    account_ids.dedup();
    let campaigns = campaigns::find_many(cx.db(), &campaign_ids).await?;
    let accounts = store::accounts(cx.db(), &account_ids).await?;
    let missing = || Error::Bug("a payout without its campaign or account".to_owned());
    let card = |row: row::Model| {
        let campaign = campaigns.iter().find(|campaign| campaign.id == row.campaign_id);
        let account = accounts.iter().find(|account| account.id == row.bank_account_id);
        let (campaign, account) = campaign.zip(account).ok_or_else(missing)?;
        card(cx, row, campaign, account)
    };
    rows.into_iter().map(card).collect()
}

fn card(cx: &Cx, row: row::Model, campaign: &campaigns::row::Model, account: &account::Model) -> Result<PayoutCard> {
    let state = row.state()?;
    let keeps = cx.offers(Act::KeepMoney, On::Campaign(&campaign.facts()?));
    let sent = matches!(state, PayoutState::Sent);
    Ok(PayoutCard {
        id: row.id,
        campaign: campaign.id,
        title: campaign.title.clone(),
        part: u32::try_from(row.part).map_err(|error| Error::Bug(error.to_string()))?,
        sums: Sums {
            gifts: Money::eur(row.gifts_minor),
            grant: Money::eur(row.grant_minor),
        },
        state,
        holder: account.holder.clone(),
        iban_tail: tail(&account.iban),
        requested_at: row.requested_at,
        decided_at: row.decided_at,
        reason: row.reason,
        file: row.file_id,
        sent_at: row.sent_at,
        paid_at: row.paid_at,
        returned_at: row.returned_at,
        evidence: row.evidence,
        can: PayoutPermissions {
            decide: keeps && state == PayoutState::Requested && cx.actor.member() != Some(row.requested_by),
            withdraw: keeps && matches!(state, PayoutState::Requested | PayoutState::Approved),
            pay: keeps && sent,
            send_back: keeps && (sent || state == PayoutState::Paid),
        },
    })
}

/// One payout, for its promoter and treasurers.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of, `Denied` for others.
pub async fn one(cx: &Cx, id: PayoutId) -> Result<PayoutCard> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let campaign = campaigns::find(cx.db(), row.campaign_id)
        .await?
        .ok_or(Error::NotFound)?;
    cx.check(Act::SeePayouts, On::Campaign(&campaign.facts()?))?;
    let mut cards = cards(cx, vec![row]).await?;
    cards.pop().ok_or(Error::NotFound)
}

/// A page of payouts, all or those in one state, last requested first; for treasurers of the city.
///
/// # Errors
/// `Denied` for others, and those of the database.
pub async fn list(cx: &Cx, state: Option<PayoutState>, paging: Paging) -> Result<Page<PayoutCard>> {
    cx.check(Act::SeePayouts, On::City)?;
    let rows = store::list(cx.db(), state, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.requested_at.ms(),
        id: row.id.uuid(),
    });
    let cards = cards(cx, page.items.clone()).await?;
    Ok(page.with(cards))
}

/// A file for the bank, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutFileCard {
    /// Which.
    pub id: PayoutFileId,
    /// When it was made.
    pub made_at: Timestamp,
    /// How many payouts are in it.
    pub payouts: i64,
    /// How much they are.
    pub sums: Sums,
}

fn file_card(row: &file::Model) -> PayoutFileCard {
    PayoutFileCard {
        id: row.id,
        made_at: row.made_at,
        payouts: row.payouts,
        sums: Sums {
            gifts: Money::eur(row.gifts_minor),
            grant: Money::eur(row.grant_minor),
        },
    }
}

/// A page of the files for the bank, last made first; for treasurers of the city.
///
/// # Errors
/// `Denied` for others, and those of the database.
pub async fn files(cx: &Cx, paging: Paging) -> Result<Page<PayoutFileCard>> {
    cx.check(Act::SeePayouts, On::City)?;
    let rows = store::files(cx.db(), paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.made_at.ms(),
        id: row.id.uuid(),
    });
    Ok(page.map(|row| file_card(&row)))
}

/// A campaign of which something may still be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayableCard {
    /// Which.
    pub campaign: CampaignId,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: CampaignState,
    /// The part that is due now; none when nothing is.
    pub due: Option<Part>,
}

/// A page of the campaigns that are paid, last fixed first; for treasurers of the city.
///
/// # Errors
/// `Denied` for others, and those of the database.
pub async fn payable(cx: &Cx, paging: Paging) -> Result<Page<PayableCard>> {
    cx.check(Act::SeePayouts, On::City)?;
    let rows = store::payable(cx.db(), paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.outcome_at.map_or(0, Timestamp::ms),
        id: row.id.uuid(),
    });
    let mut cards = Vec::with_capacity(page.items.len());
    for campaign in &page.items {
        let standing = store::standing(cx.db(), campaign).await?;
        cards.push(PayableCard {
            campaign: campaign.id,
            title: campaign.title.clone(),
            state: campaign.state()?,
            due: standing.and_then(|standing| standing.next(cx.now)),
        });
    }
    Ok(page.with(cards))
}

/// A letter about how a promoter is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutLetter {
    /// Where it goes.
    pub to: String,
    /// In which language.
    pub language: Language,
    /// Of which campaign.
    pub campaign: CampaignId,
    /// The campaign's title.
    pub title: String,
    /// How much; nothing when the letter is about the account.
    pub sums: Sums,
    /// Whose account it is.
    pub holder: String,
    /// The last four characters of its number.
    pub iban_tail: String,
    /// From when the account may be used, when that is later than its entry.
    pub rests_until: Option<Timestamp>,
}

/// What a promoter is told of a payout; none when there is nobody to be told.
///
/// # Errors
/// Those of the database.
pub async fn letter(city: &City, id: PayoutId) -> Result<Option<PayoutLetter>> {
    let row = store::find(city.db.read(), id).await?.ok_or(Error::NotFound)?;
    let sums = Sums {
        gifts: Money::eur(row.gifts_minor),
        grant: Money::eur(row.grant_minor),
    };
    letter_of(city, row.campaign_id, row.bank_account_id, sums).await
}

/// What a promoter is told of an account that was entered; none when there is nobody to be told.
///
/// # Errors
/// Those of the database.
pub async fn account_letter(city: &City, campaign: CampaignId, id: BankAccountId) -> Result<Option<PayoutLetter>> {
    let nothing = Sums {
        gifts: Money::eur(0),
        grant: Money::eur(0),
    };
    letter_of(city, campaign, id, nothing).await
}

async fn letter_of(city: &City, id: CampaignId, account: BankAccountId, sums: Sums) -> Result<Option<PayoutLetter>> {
    let campaign = campaigns::find(city.db.read(), id).await?.ok_or(Error::NotFound)?;
    let accounts = store::accounts(city.db.read(), &[account]).await?;
    let account = accounts.first().ok_or(Error::NotFound)?;
    let to = member::read::address(city, campaign.author_id).await?;
    Ok(to.map(|(to, language)| PayoutLetter {
        to,
        language,
        campaign: id,
        title: campaign.title.clone(),
        sums,
        holder: account.holder.clone(),
        iban_tail: tail(&account.iban),
        rests_until: Some(account.usable_at).filter(|at| *at > account.entered_at),
    }))
}
