//! The public books: every move of every account, so that anybody can follow the city's money and check the chain, and
//! the balances of pots and campaigns.
//!
//! Rule: everything is shown of what the city does with money (a pot that is filled, a grant, a payout): cause and instants
//! too. Of what is about one gift cause and instants are left out, and the day stands alone: a gift's id tells the
//! millisecond of its promise, and who knows when a neighbour gave would find how much; its causes name refunds and
//! disputes, which are nobody's business. Where a gift came in, the cause is the random id under which the campaign's page
//! shows it, with a name only if the donor wants that; what happened to it later is not led back to it. The seal stands in
//! for what is left out, so the chain can be checked from the first txn to the last (`chain.rs`). Deliberately absent: sums
//! over people.

use std::collections::{HashMap, HashSet};

use super::store::{self, entry, txn};
use super::{Account, CampaignAccount, CampaignBalances, Kind, PotBalances, chain};
use crate::Cx;
use crate::call::store as calls;
use crate::campaign::{self, CampaignState, store as campaigns};
use crate::donation::store as gifts;
use crate::error::{Error, Result};
use crate::id::{CallId, CampaignId, DonationId, PayoutId, PotId, TxnId, TypedId};
use crate::language::{Lang, Language, Localised};
use crate::money::Money;
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::time::Timestamp;

pub use super::store::{Direction, Moves};

/// One move as the public books show it, with its txn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookEntry {
    /// The place of its txn in the chain.
    pub number: i64,
    /// Its place in the txn, from one.
    pub position: i64,
    /// Its txn.
    pub txn: TxnId,
    /// Why.
    pub kind: Kind,
    /// What it follows from.
    pub cause: String,
    /// Which txn it undoes.
    pub reverses: Option<TxnId>,
    /// The day on which it happened, by the city's calendar.
    pub day: String,
    /// When it happened outside; left out of what is about one gift.
    pub effective_at: Option<Timestamp>,
    /// When it was posted; left out of what is about one gift.
    pub recorded_at: Option<Timestamp>,
    /// The hash of cause and instants.
    pub seal: String,
    /// The account that is debited.
    pub debit: Account,
    /// The account that is credited.
    pub credit: Account,
    /// How much.
    pub amount: Money,
    /// The hash of the txn before.
    pub previous_hash: String,
    /// The hash of its txn.
    pub hash: String,
}

/// The cause of what is about one gift and is not led back to it.
const OF_A_GIFT: &str = "gift";
/// The cause of what names something that is not public, such as a line of the bank's statement.
const OF_SOMETHING_ELSE: &str = "other";
/// What the causes of the provider's fees begin with; each is for one gift.
const FEE: &str = "fee";

/// Whether a cause names nothing but what is public: a call, a campaign, a payout, and how far it came.
fn is_public(cause: &str) -> bool {
    let named = cause.split('/').next().unwrap_or_default();
    let is = [
        CallId::read(named).is_some(),
        CampaignId::read(named).is_some(),
        PotId::read(named).is_some(),
        PayoutId::read(named).is_some(),
    ];
    is.contains(&true)
}

fn is_of_a_gift(cause: &str) -> bool {
    let named = cause.split('/').next().unwrap_or_default();
    named == FEE || DonationId::read(named).is_some()
}

/// The gift that a txn lets in; none of any other txn.
fn gift_of(txn: &txn::Model) -> Option<DonationId> {
    let confirmed = Kind::parse(&txn.kind) == Some(Kind::GiftConfirmed);
    let named = txn.cause.split('/').next().filter(|_| confirmed)?;
    DonationId::read(named)
}

/// A page of the books: all moves, or those of a pot, a campaign or a kind.
///
/// # Errors
/// `NotFound` for a pot or campaign that the actor may not know of, and those of the database.
pub async fn entries(cx: &Cx, which: Moves, direction: Direction, paging: Paging) -> Result<Page<BookEntry>> {
    cx.check(Act::ReadPublic, On::City)?;
    if let Some(id) = which.campaign {
        campaign::read::known(cx, id).await?;
    }
    if let Some(id) = which.pot {
        store::find_pot(cx.db(), id).await?.ok_or(Error::NotFound)?;
    }
    let rows = store::entries(cx.db(), which, direction, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.number,
        id: store::place_of(row.position),
    });
    let numbers: HashSet<i64> = page.items.iter().map(|row| row.number).collect();
    let txns = store::txns(cx.db(), &numbers).await?;
    let ids: Vec<DonationId> = txns.values().filter_map(gift_of).collect();
    let gifts = gifts::public_ids(cx.db(), &ids).await?;
    let shown = page.items.iter().map(|row| {
        let missing = || Error::Bug(format!("entry {} of no txn", row.number));
        shown(cx, txns.get(&row.number).ok_or_else(missing)?, row, &gifts)
    });
    let shown = shown.collect::<Result<_>>()?;
    Ok(page.with(shown))
}

fn shown(cx: &Cx, txn: &txn::Model, row: &entry::Model, gifts: &HashMap<DonationId, String>) -> Result<BookEntry> {
    let bad = |what: &str| Error::Bug(format!("txn {}: {what} is not known", txn.number));
    let account = |code: &str| Account::parse(code).ok_or_else(|| bad(code));
    let public = is_public(&txn.cause);
    let cause = match gift_of(txn).and_then(|id| gifts.get(&id)) {
        _ if public => txn.cause.clone(),
        Some(gift) => format!("{OF_A_GIFT}/{gift}"),
        None if is_of_a_gift(&txn.cause) => OF_A_GIFT.to_owned(),
        None => OF_SOMETHING_ELSE.to_owned(),
    };
    Ok(BookEntry {
        number: txn.number,
        position: row.position,
        txn: txn.id,
        kind: Kind::parse(&txn.kind).ok_or_else(|| bad(&txn.kind))?,
        cause,
        reverses: txn.reverses,
        day: txn.effective_at.local(&cx.city.settings.zone).date().to_string(),
        effective_at: public.then_some(txn.effective_at),
        recorded_at: public.then_some(txn.recorded_at),
        seal: chain::seal(txn),
        debit: account(&row.debit)?,
        credit: account(&row.credit)?,
        amount: Money::eur(row.amount_minor),
        previous_hash: txn.previous_hash.clone(),
        hash: txn.hash.clone(),
    })
}

/// A pot as the public books show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PotCard {
    /// Which.
    pub pot: PotId,
    /// Of which call.
    pub call: CallId,
    /// The call's part of the address.
    pub slug: String,
    /// The call's title, with the language it really is in.
    pub title: (Language, String),
    /// What is where.
    pub balances: PotBalances,
    /// What was promised once and became free again, in all.
    pub released: Money,
}

/// A page of the pots of public calls, those that open last in front.
///
/// # Errors
/// Those of the database.
pub async fn pots(cx: &Cx, paging: Paging) -> Result<Page<PotCard>> {
    cx.check(Act::ReadPublic, On::City)?;
    let rows = calls::list(cx.db(), false, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.opens_at.ms(),
        id: row.id.uuid(),
    });
    let cards = pot_cards(cx, &page.items).await?;
    Ok(page.with(cards))
}

/// One pot of a public call.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn pot(cx: &Cx, id: PotId) -> Result<PotCard> {
    cx.check(Act::ReadPublic, On::City)?;
    let mut rows = calls::of_pots(cx.db(), &[id]).await?;
    for row in &rows {
        cx.check(Act::ReadCall, On::Call(&row.facts()?))?;
    }
    rows.retain(|row| row.published_at.is_some());
    pot_cards(cx, &rows).await?.pop().ok_or(Error::NotFound)
}

async fn pot_cards(cx: &Cx, rows: &[calls::row::Model]) -> Result<Vec<PotCard>> {
    let ids: Vec<PotId> = rows.iter().map(|row| row.pot_id).collect();
    let balances = store::find_pots(cx.db(), &ids).await?;
    let released = store::released(cx.db(), &ids).await?;
    let card = |row: &calls::row::Model| {
        let of = balances.iter().find(|pot| pot.id == row.pot_id);
        let of = of.ok_or_else(|| Error::Bug(format!("{} of a public call is not open", row.pot_id)))?;
        let released = released.get(&row.pot_id).copied().unwrap_or_default();
        Ok(PotCard {
            pot: row.pot_id,
            call: row.id,
            slug: row.slug.clone(),
            title: title(cx, row),
            balances: of.balances(),
            released: Money::eur(released),
        })
    };
    rows.iter().map(card).collect()
}

fn title(cx: &Cx, row: &calls::row::Model) -> (Language, String) {
    let stored = Localised::from_stored(&row.title);
    let (language, text) = stored.with_language(cx.language);
    (language, text.to_owned())
}

/// A campaign as the public books show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignBooks {
    /// Which.
    pub campaign: CampaignId,
    /// Its title.
    pub title: String,
    /// The language that it is written in.
    pub lang: Lang,
    /// Of which call; none for a fund.
    pub call: Option<CallId>,
    /// Where it stands.
    pub state: CampaignState,
    /// What is where.
    pub balances: CampaignBalances,
}

/// A page of the accounts of public campaigns, of one call or of all, those that open last in front.
///
/// # Errors
/// Those of the database.
pub async fn campaigns(cx: &Cx, call: Option<CallId>, paging: Paging) -> Result<Page<CampaignBooks>> {
    cx.check(Act::ReadPublic, On::City)?;
    let rows = campaigns::list(cx.db(), campaigns::Listed::Public(call), paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.opens_at.map_or(0, Timestamp::ms),
        id: row.id.uuid(),
    });
    let cards = campaign_cards(cx, &page.items).await?;
    Ok(page.with(cards))
}

/// The accounts of one campaign.
///
/// # Errors
/// `NotFound` when there is none that everybody may know of.
pub async fn of_campaign(cx: &Cx, id: CampaignId) -> Result<CampaignBooks> {
    let row = campaign::read::known(cx, id).await?;
    if !row.facts()?.public {
        return Err(Error::NotFound);
    }
    campaign_cards(cx, &[row]).await?.pop().ok_or(Error::NotFound)
}

async fn campaign_cards(cx: &Cx, rows: &[campaigns::row::Model]) -> Result<Vec<CampaignBooks>> {
    let ids: Vec<CampaignId> = rows.iter().map(|row| row.id).collect();
    let balances = store::find_campaigns(cx.db(), &ids).await?;
    let of = |row: &campaigns::row::Model| {
        let of = |account| balances.get(&Account::Campaign(row.id, account)).copied();
        let of = |account| Money::eur(of(account).unwrap_or_default());
        Ok(CampaignBooks {
            campaign: row.id,
            title: row.title.clone(),
            lang: row.paper()?.lang,
            call: row.call_id,
            state: row.state_at(cx.now)?,
            balances: CampaignBalances {
                donor_funds: of(CampaignAccount::DonorFunds),
                payable: of(CampaignAccount::Payable),
                receivable: of(CampaignAccount::Receivable),
            },
        })
    };
    rows.iter().map(of).collect()
}

/// What the pots and campaigns of some moves are called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Of each pot its call's part of the address and title.
    pub pots: HashMap<PotId, (String, (Language, String))>,
    /// Of each campaign its title and the language that it is written in.
    pub campaigns: HashMap<CampaignId, (String, Lang)>,
}

/// What the pots and campaigns of some moves are called; those that are not public are left out.
///
/// # Errors
/// Those of the database.
pub async fn names(cx: &Cx, entries: &[BookEntry]) -> Result<Names> {
    let (mut pots, mut of_campaigns) = (HashSet::new(), HashSet::new());
    for account in entries.iter().flat_map(|entry| [entry.debit, entry.credit]) {
        match account {
            Account::Pot(id, _) => {
                pots.insert(id);
            }
            Account::Campaign(id, _) => {
                of_campaigns.insert(id);
            }
            Account::Custodian(_) => {}
        }
    }
    let of_campaigns: Vec<CampaignId> = of_campaigns.into_iter().collect();
    let mut names = Names::default();
    for row in calls::of_pots(cx.db(), &pots.into_iter().collect::<Vec<_>>()).await? {
        if cx.can(Act::ReadCall, On::Call(&row.facts()?)) {
            names.pots.insert(row.pot_id, (row.slug.clone(), title(cx, &row)));
        }
    }
    for row in campaigns::find_many(cx.db(), &of_campaigns).await? {
        if row.facts()?.public {
            let lang = row.paper()?.lang;
            names.campaigns.insert(row.id, (row.title, lang));
        }
    }
    Ok(names)
}
