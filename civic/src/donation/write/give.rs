//! Promising a gift: what is refused, what the donor is told, and what is kept for them while they pay.
//!
//! Rule: one key of the donor's program is one gift, whatever is asked twice. A reward is taken when it is promised, so
//! that nobody pays for what is gone; a quote is kept in the pot, or the donor is told that it is not.

use sea_orm::ActiveValue::Set;
use serde::Serialize;

use super::super::moves::{Aside, of_match};
use super::super::news::DonationNews;
use super::super::store::{self, Others, hold, row};
use super::super::{DonationState, Given, NewDonation, Way};
use crate::Cx;
use crate::application::{Promoter, store as applications};
use crate::call::store::json;
use crate::campaign::CampaignState;
use crate::campaign::store as campaigns;
use crate::campaign::write::{locked, open_or_end};
use crate::db::Tx;
use crate::error::{Code, Error, Fault, Faults, Result};
use crate::id::{CampaignId, DonationId, MemberId, RewardId};
use crate::ledger::{self, PotBalances};
use crate::limits::{
    CASH_MAX_MINOR, DONATION_KEY_MAX_CHARS, DONATION_KEY_MIN_CHARS, DONATION_MAX_MINOR, DONATION_MESSAGE_MAX_CHARS,
    DONATION_MIN_MINOR, DONATION_SESSION_MS, DONATIONS_PER_DONOR_HOUR, DONATIONS_PER_NETWORK_HOUR,
    DONOR_NAME_MAX_CHARS, TRANSFER_WAIT_MS,
};
use crate::match_rule::{MatchRule, PerDonation};
use crate::matching::{Quote, Standing, room_for_holds};
use crate::member::{self, Email};
use crate::money::Money;
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::rate::{self, Rate};
use crate::repeat;
use crate::secret;
use crate::text::{TextProblem, Title};

/// For what a gift's proof is made.
pub(crate) const PROOF: &str = "donation";
/// For what the key of a donor without an account is made.
const DONOR: &str = "donor";
/// The letters of a reference: none that is taken for another.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// How many letters a reference has: more than anybody tries, few enough to type.
pub(crate) const CODE_LEN: usize = 10;
/// Bytes of a public id.
const PUBLIC_ID_BYTES: usize = 12;

/// A gift as it was read.
#[derive(Debug, Clone, Serialize)]
struct Read {
    campaign: CampaignId,
    amount: Money,
    way: Way,
    email: Option<String>,
    name_shown: Option<String>,
    message: Option<String>,
    reward: Option<RewardId>,
    insider: bool,
}

fn read(cx: &Cx, campaign: CampaignId, new: &NewDonation) -> Result<Read> {
    let mut faults = Faults::new();
    let key = new.key.chars().count();
    if !(DONATION_KEY_MIN_CHARS..=DONATION_KEY_MAX_CHARS).contains(&key)
        || !new.key.chars().all(|c| c.is_ascii_graphic())
    {
        faults.add(Fault::new("key", Code::Malformed));
    }
    let most = if new.way == Way::Cash {
        CASH_MAX_MINOR
    } else {
        DONATION_MAX_MINOR
    };
    if new.amount.minor() < DONATION_MIN_MINOR {
        faults.add(Fault::over(
            "amount_minor",
            Code::GiftTooSmall,
            DONATION_MIN_MINOR.unsigned_abs(),
        ));
    } else if new.amount.minor() > most {
        faults.add(Fault::over("amount_minor", Code::GiftTooLarge, most.unsigned_abs()));
    }
    if !new.terms {
        faults.add(Fault::new("terms", Code::TermsMissing));
    }
    let email = match (cx.actor.member(), &new.email) {
        (Some(_), _) => None,
        (None, email) => match Email::parse(email.as_deref().unwrap_or_default()) {
            Ok(email) => Some(email.as_str().to_owned()),
            Err(error) => {
                error.faults().into_iter().for_each(|fault| faults.add(fault));
                None
            }
        },
    };
    let mut line = |field, given: &Option<String>, max| {
        let given = given.as_deref().filter(|text| !text.trim().is_empty())?;
        let read = Title::parse(given, 1, max).map(Title::into_string);
        faults.take(read.map_err(|problem: TextProblem| problem.fault(field)))
    };
    let name_shown = line("name_shown", &new.name_shown, DONOR_NAME_MAX_CHARS);
    let message = line("message", &new.message, DONATION_MESSAGE_MAX_CHARS);
    faults.check()?;
    Ok(Read {
        campaign,
        amount: new.amount,
        way: new.way,
        email,
        name_shown,
        message,
        reward: new.reward,
        insider: new.insider,
    })
}

/// Promises a gift; the same key again gives the same gift again.
///
/// # Errors
/// `Conflict` with `CampaignNotOpen`, `CampaignClosed`, `SoldOut`, or `PotEmpty` and `QuoteChanged` when the city would add
/// less than the donor expects; `Conflict(KeyReused)` for another gift under the same key; `Invalid` with `GiftTooSmall`,
/// `GiftTooLarge`, `GiftBelowReward` and what else is wrong; `TooMany` for too many in an hour.
pub async fn give(cx: &Cx, campaign: CampaignId, new: NewDonation) -> Result<Given> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let gift = read(cx, campaign, &new)?;
    let content_hash = secret::hash(&serde_json::to_string(&gift).map_err(|error| Error::Bug(error.to_string()))?);
    let client_key = secret::hash(&new.key);
    let tx = cx.begin().await?;
    let (to, pot) = locked(&tx, campaign).await?;
    cx.check(Act::Give, On::Campaign(&to.facts()?))?;
    if let Some(earlier) = store::find_by_client_key(&*tx, &client_key).await? {
        if earlier.content_hash != content_hash {
            return Err(Error::Conflict(Code::KeyReused));
        }
        let given = given_before(cx, &tx, &earlier).await?;
        return cx.commit(tx, given).await;
    }
    let donor_key = donor_key(cx, gift.email.as_deref());
    take_places(cx, &tx, &donor_key).await?;
    let to = open_or_end(&tx, cx, to).await?;
    check_open(&to)?;
    take_reward(&tx, campaign, &gift).await?;
    let insider = gift.insider || is_insider(cx, &to, gift.email.as_deref()).await?;
    let quote = match (to.rule()?, pot) {
        (Some(MatchRule::PerDonation(rule)), Some(pot)) => {
            let others = store::others(&*tx, &to, &donor_key).await?;
            Some(quoted(&rule, &to, &pot, &others, (insider, gift.way), gift.amount))
        }
        _ => None,
    };
    check_expected(new.expected, quote.as_ref())?;
    let id: DonationId = cx.id();
    let mut row = promised(cx, id, &gift, insider, (&to, &donor_key), (client_key, content_hash));
    row.quoted_minor = Set(quote.map_or(0, |quote| quote.brings.minor()));
    let given = Given {
        donation: id,
        campaign,
        amount: gift.amount,
        way: gift.way,
        brings: quote.map_or(Money::eur(0), |quote| quote.brings),
        held: quote.map_or(Money::eur(0), |quote| quote.held),
        expires_at: *row.expires_at.as_ref(),
        reference_code: row.reference_code.as_ref().clone(),
        proof: cx.city.secret.proof(PROOF, &id.to_string()),
    };
    store::insert(&tx, row)
        .await
        .map_err(|error| crate::db::duplicate_as(error, Code::KeyReused))?;
    outbox::put(&tx, cx, &Event::DonationChanged { donation: id, campaign }).await?;
    if gift.way != Way::Online {
        let told = Event::DonorTold {
            donation: id,
            news: DonationNews::Promised,
            refund: None,
        };
        outbox::put(&tx, cx, &told).await?;
    }
    if let Some(quote) = quote {
        keep(&tx, cx, &to, (id, &donor_key), gift.amount, quote).await?;
    }
    cx.commit(tx, given).await
}

/// Who gives, for caps: the member, else their address; no address stands in it.
fn donor_key(cx: &Cx, email: Option<&str>) -> String {
    match (cx.actor.member(), email) {
        (Some(member), _) => member.to_string(),
        (None, Some(email)) => format!("eml_{}", cx.city.secret.proof(DONOR, &email.to_lowercase())),
        (None, None) => "nobody".to_owned(),
    }
}

async fn take_places(cx: &Cx, tx: &Tx, donor_key: &str) -> Result<()> {
    rate::take(cx, tx, "donation", donor_key, Rate::hourly(DONATIONS_PER_DONOR_HOUR)).await?;
    match cx.from {
        Some(from) => {
            let network = rate::network(from);
            rate::take(
                cx,
                tx,
                "donation network",
                &network,
                Rate::hourly(DONATIONS_PER_NETWORK_HOUR),
            )
            .await
        }
        None => Ok(()),
    }
}

fn check_open(to: &campaigns::row::Model) -> Result<()> {
    match to.state()? {
        CampaignState::Open => Ok(()),
        CampaignState::Draft | CampaignState::InReview | CampaignState::Scheduled => {
            Err(Error::Conflict(Code::CampaignNotOpen))
        }
        CampaignState::WaitingForFunds
        | CampaignState::Funded
        | CampaignState::Unfunded
        | CampaignState::Cancelled
        | CampaignState::Agreed
        | CampaignState::Settled
        | CampaignState::Reporting
        | CampaignState::Closed
        | CampaignState::Lapsed => Err(Error::Conflict(Code::CampaignClosed)),
    }
}

async fn take_reward(tx: &Tx, campaign: CampaignId, gift: &Read) -> Result<()> {
    let Some(id) = gift.reward else { return Ok(()) };
    let reward = campaigns::find_reward(&**tx, id).await?;
    let Some(reward) = reward.filter(|reward| reward.campaign_id == campaign) else {
        return Err(Error::field("reward", Code::UnknownValue));
    };
    if gift.amount.minor() < reward.amount_minor {
        let least = reward.amount_minor.unsigned_abs();
        return Err(Error::Invalid(vec![Fault::over(
            "amount_minor",
            Code::GiftBelowReward,
            least,
        )]));
    }
    if campaigns::take_reward(tx, id).await? {
        Ok(())
    } else {
        Err(Error::Conflict(Code::SoldOut))
    }
}

/// Whether the donor is on the promoter's side, as far as we know by ourselves.
async fn is_insider(cx: &Cx, to: &campaigns::row::Model, email: Option<&str>) -> Result<bool> {
    let member: Option<MemberId> = cx.actor.member();
    if member == Some(to.author_id) {
        return Ok(true);
    }
    let mut insiders = Vec::new();
    if let Some((address, _)) = member::read::address(&cx.city, to.author_id).await? {
        insiders.push(address.to_lowercase());
    }
    if let Some(application) = to.application_id {
        let found = applications::find(cx.db(), application).await?.ok_or(Error::NotFound)?;
        let promoter: Promoter = json(&found.promoter)?;
        insiders.push(promoter.email.to_lowercase());
    }
    let own = match (member, email) {
        (Some(member), _) => member::read::address(&cx.city, member)
            .await?
            .map(|(address, _)| address),
        (None, email) => email.map(ToOwned::to_owned),
    };
    Ok(own.is_some_and(|own| insiders.contains(&own.to_lowercase())))
}

/// What a gift brings now, and how much of it can be kept.
fn quoted(
    rule: &PerDonation,
    to: &campaigns::row::Model,
    pot: &PotBalances,
    others: &Others,
    (insider, way): (bool, Way),
    gift: Money,
) -> Quote {
    let standing = Standing {
        cost: Money::eur(to.cost_minor),
        raised: Money::eur(to.raised_minor + others.promised + gift.minor()),
        base: Money::eur(to.base_minor + to.base_held_minor + others.base),
        donor_base: Money::eur(others.donor_base),
        available: pot.available,
        insider,
    };
    let room = if way == Way::Online && !others.has_hold {
        room_for_holds(Money::eur(pot.available.minor() + others.held), Money::eur(others.held))
    } else {
        Money::eur(0)
    };
    rule.quote(gift, &standing, room)
}

fn check_expected(expected: Option<Money>, quote: Option<&Quote>) -> Result<()> {
    match (expected, quote) {
        (Some(expected), Some(quote)) if quote.brings.minor() < expected.minor() => {
            let code = if quote.brings.minor() == 0 {
                Code::PotEmpty
            } else {
                Code::QuoteChanged
            };
            Err(Error::Conflict(code))
        }
        _ => Ok(()),
    }
}

/// Keeps a quote in the pot.
async fn keep(
    tx: &Tx,
    cx: &Cx,
    to: &campaigns::row::Model,
    (id, donor_key): (DonationId, &str),
    gift: Money,
    quote: Quote,
) -> Result<()> {
    let Some(pot) = to.pot_id.filter(|_| quote.held.minor() > 0) else {
        return Ok(());
    };
    let row = hold::ActiveModel {
        donation_id: Set(id),
        pot_id: Set(pot),
        campaign_id: Set(to.id),
        donor_key: Set(donor_key.to_owned()),
        gift_minor: Set(gift.minor()),
        base_minor: Set(quote.base.minor()),
        held_minor: Set(quote.held.minor()),
        ended_at: Set(None),
    };
    if !store::insert_hold(tx, row).await? {
        return Err(Error::Busy);
    }
    let held = Aside {
        held: quote.held.minor(),
        ..Aside::default()
    };
    let txns = of_match(pot, &format!("{id}/promised"), Aside::default(), held, cx.now);
    ledger::post_all(tx, cx, &txns).await.map(|_| ())
}

/// What the city would add to a gift of so much now, and how much of it could be kept; nothing is kept.
///
/// # Errors
/// `NotFound` when there is no such campaign that the actor may know of.
pub async fn quote(cx: &Cx, campaign: CampaignId, amount: Money) -> Result<Option<Quote>> {
    let to = campaigns::find(cx.db(), campaign).await?.ok_or(Error::NotFound)?;
    cx.check(Act::ReadCampaign, On::Campaign(&to.facts()?))?;
    let (Some(MatchRule::PerDonation(rule)), Some(pot)) = (to.rule()?, to.pot_id) else {
        return Ok(None);
    };
    let pot = ledger::read::pot(cx, pot).await?;
    let insider = cx.actor.member() == Some(to.author_id);
    let others = store::others(cx.db(), &to, &donor_key(cx, None)).await?;
    Ok(Some(quoted(&rule, &to, &pot, &others, (insider, Way::Online), amount)))
}

fn promised(
    cx: &Cx,
    id: DonationId,
    gift: &Read,
    insider: bool,
    (to, donor_key): (&campaigns::row::Model, &str),
    (client_key, content_hash): (String, String),
) -> row::ActiveModel {
    let waits = to.grace_ends_at.unwrap_or_else(|| cx.now.plus_ms(TRANSFER_WAIT_MS));
    let expires_at = match gift.way {
        Way::Online => cx.now.plus_ms(DONATION_SESSION_MS),
        Way::BankTransfer | Way::Cash => waits,
    };
    row::ActiveModel {
        id: Set(id),
        public_id: Set(public_id(cx)),
        campaign_id: Set(gift.campaign),
        member_id: Set(cx.actor.member()),
        email: Set(gift.email.clone()),
        donor_key: Set(donor_key.to_owned()),
        fingerprint: Set(None),
        client_key: Set(client_key),
        content_hash: Set(content_hash),
        amount_minor: Set(gift.amount.minor()),
        way: Set(gift.way.as_str().to_owned()),
        method: Set(None),
        reward_id: Set(gift.reward),
        reward_kept: Set(i64::from(gift.reward.is_some())),
        name_shown: Set(gift.name_shown.clone()),
        message: Set(gift.message.clone()),
        language: Set(cx.language.code().to_owned()),
        insider: Set(i64::from(insider)),
        reference_code: Set((gift.way == Way::BankTransfer).then(|| reference_code(cx))),
        state: Set(DonationState::Promised.as_str().to_owned()),
        version: Set(1),
        promised_at: Set(cx.now),
        expires_at: Set(expires_at),
        asked_at: Set(None),
        session: Set(None),
        session_url: Set(None),
        authorised_at: Set(None),
        failed_at: Set(None),
        expired_at: Set(None),
        confirmed_at: Set(None),
        learnt_at: Set(None),
        late: Set(0),
        counted: Set(0),
        captured_minor: Set(0),
        refunded_minor: Set(0),
        left_minor: Set(0),
        base_minor: Set(0),
        quoted_minor: Set(0),
        receipt_due_at: Set(None),
    }
}

/// A name for the public books that says nothing, not even when.
fn public_id(cx: &Cx) -> String {
    let mut chance = [0_u8; PUBLIC_ID_BYTES];
    cx.city.ids.fill(&mut chance);
    data_encoding::HEXLOWER.encode(&chance)
}

/// What a transfer must say: letters that a bank's form takes.
fn reference_code(cx: &Cx) -> String {
    let mut chance = [0_u8; CODE_LEN];
    cx.city.ids.fill(&mut chance);
    let letters = chance
        .iter()
        .map(|byte| char::from(CODE_LETTERS[usize::from(byte % 32)]));
    letters.collect()
}

/// What came of the promise that was made with the same key.
async fn given_before(cx: &Cx, tx: &Tx, row: &row::Model) -> Result<Given> {
    let hold = store::live_hold(&**tx, row.id).await?;
    let held = Money::eur(hold.map_or(0, |hold| hold.held_minor));
    Ok(Given {
        donation: row.id,
        campaign: row.campaign_id,
        amount: Money::eur(row.amount_minor),
        way: row.way()?,
        brings: Money::eur(row.quoted_minor),
        held,
        expires_at: row.expires_at,
        reference_code: row.reference_code.clone(),
        proof: cx.city.secret.proof(PROOF, &row.id.to_string()),
    })
}
