//! Paying promoters: the account it goes to, asking, agreeing, the file for the bank, and what the bank did.
//!
//! Rule: whoever enters an account does not verify it, and whoever asks for a payout does not agree to it; the database
//! says the same. Money leaves the books when the file is made, since from then on it is out of our hands; what the bank
//! sends back is owed again. Deliberately absent: talking to a bank.

mod account;

use std::collections::BTreeSet;

use sea_orm::ActiveValue::Set;

use super::store::{self, row};
use super::{PayoutState, PayoutStep, Sums};
use crate::Cx;
use crate::audit;
use crate::campaign::write::locked;
use crate::campaign::{CampaignStep, store as campaigns};
use crate::db::{Tx, duplicate_as};
use crate::donation::store::money as gifts;
use crate::error::{Code, Error, Result};
use crate::id::{CampaignId, PayoutFileId, PayoutId, PotId};
use crate::ledger::{self, Account, CampaignAccount, CustodianAccount, Kind, NewTxn, PotAccount};
use crate::limits::{PAYMENT_REFERENCE_MAX_CHARS, PAYOUTS_PER_CAMPAIGN};
use crate::money::Money;
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::repeat;
use crate::text::read_reason;
use crate::time::Timestamp;

pub use account::{enter_account, verify_account};

/// Asks for the part that is due next. Gives its id.
///
/// # Errors
/// `Conflict(NothingDue)` when no part is due or nothing is left, `Conflict(BankAccountMissing)` without a verified account,
/// `Conflict(BankAccountResting)` while a changed one rests, `Conflict(PayoutUnderWay)` while another is under way.
pub async fn request(cx: &Cx, campaign: CampaignId) -> Result<PayoutId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (of, _) = locked(&tx, campaign).await?;
    cx.check(Act::KeepMoney, On::Campaign(&of.facts()?))?;
    let by = cx.actor.member().ok_or(Error::Unauthenticated)?;
    if store::count(&*tx, campaign).await? >= PAYOUTS_PER_CAMPAIGN {
        return Err(Error::Conflict(Code::TooMany));
    }
    let account = account::usable(&tx, cx, campaign).await?;
    let standing = store::standing(&*tx, &of)
        .await?
        .ok_or(Error::Conflict(Code::WrongState))?;
    if standing.under_way {
        return Err(Error::Conflict(Code::PayoutUnderWay));
    }
    let part = standing.next(cx.now).ok_or(Error::Conflict(Code::NothingDue))?;
    let id: PayoutId = cx.id();
    let new = row::ActiveModel {
        id: Set(id),
        campaign_id: Set(campaign),
        part: Set(i64::from(part.number)),
        bank_account_id: Set(account.id),
        gifts_minor: Set(part.sums.gifts.minor()),
        grant_minor: Set(part.sums.grant.minor()),
        state: Set(PayoutState::Requested.as_str().to_owned()),
        version: Set(1),
        requested_by: Set(by),
        requested_at: Set(cx.now),
        decided_by: Set(None),
        decided_at: Set(None),
        reason: Set(None),
        file_id: Set(None),
        sent_at: Set(None),
        paid_at: Set(None),
        returned_at: Set(None),
        evidence: Set(None),
    };
    store::insert(&tx, new)
        .await
        .map_err(|error| duplicate_as(error, Code::PayoutUnderWay))?;
    audit::note(&tx, cx, "payout_request", &id, &part.sums.whole().minor().to_string()).await?;
    cx.commit(tx, id).await
}

/// A payout and its campaign, locked after its pot; whoever keeps money may go on.
async fn begun(cx: &Cx, tx: &Tx, id: PayoutId) -> Result<(row::Model, campaigns::row::Model)> {
    let seen = store::find(&**tx, id).await?.ok_or(Error::NotFound)?;
    let (campaign, _) = locked(tx, seen.campaign_id).await?;
    cx.check(Act::KeepMoney, On::Campaign(&campaign.facts()?))?;
    let now = store::find(&**tx, id).await?.ok_or(Error::NotFound)?;
    Ok((now, campaign))
}

/// Applies a step with its change, notes it, and lets the promoter know.
async fn step(tx: &Tx, cx: &Cx, before: &row::Model, after: row::ActiveModel, act: &str, detail: &str) -> Result<()> {
    let state = after.state.try_as_ref().and_then(|state| PayoutState::parse(state));
    store::change(tx, before, after).await?;
    let event = Event::PayoutChanged {
        payout: before.id,
        state: state.ok_or_else(|| Error::Bug(format!("{act} leads to no state")))?,
    };
    outbox::put(tx, cx, &event).await?;
    audit::note(tx, cx, act, &before.id, detail).await
}

/// Agrees to a payout that another person asked for.
///
/// # Errors
/// `Conflict(AnotherPerson)` for whoever asked, `Conflict(WrongState)` when it is decided.
pub async fn approve(cx: &Cx, id: PayoutId) -> Result<PayoutId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, campaign) = begun(cx, &tx, id).await?;
    let mut after = before.moved(PayoutStep::Approve)?;
    decided(cx, &before, &mut after)?;
    step(&tx, cx, &before, after, "payout_approve", "").await?;
    if let Some(pot) = campaign.pot_id.filter(|_| before.grant_minor > 0) {
        let of = |account| Account::Pot(pot, account);
        let due = NewTxn::new(Kind::MatchDue, id, cx.now).entry(
            of(PotAccount::Committed),
            of(PotAccount::Payable),
            Money::eur(before.grant_minor),
        );
        ledger::post(&tx, cx, &due).await?;
    }
    cx.commit(tx, id).await
}

fn decided(cx: &Cx, before: &row::Model, after: &mut row::ActiveModel) -> Result<()> {
    let by = cx.actor.member().ok_or(Error::Unauthenticated)?;
    if by == before.requested_by {
        return Err(Error::Conflict(Code::AnotherPerson));
    }
    after.decided_by = Set(Some(by));
    after.decided_at = Set(Some(cx.now));
    Ok(())
}

/// Does not agree to a payout that another person asked for.
///
/// # Errors
/// `Invalid` without a reason, `Conflict(AnotherPerson)` for whoever asked, `Conflict(WrongState)` when it is decided.
pub async fn decline(cx: &Cx, id: PayoutId, reason: &str) -> Result<PayoutId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, _) = begun(cx, &tx, id).await?;
    let mut after = before.moved(PayoutStep::Decline)?;
    decided(cx, &before, &mut after)?;
    after.reason = Set(Some(read_reason(reason)?));
    step(&tx, cx, &before, after, "payout_decline", "").await?;
    cx.commit(tx, id).await
}

/// Takes a payout back before it is in a file.
///
/// # Errors
/// `Conflict(WrongState)` when it is sent or was taken back.
pub async fn withdraw(cx: &Cx, id: PayoutId) -> Result<PayoutId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, _) = begun(cx, &tx, id).await?;
    let after = before.moved(PayoutStep::Withdraw)?;
    step(&tx, cx, &before, after, "payout_withdraw", "").await?;
    if before.state()? == PayoutState::Approved && before.grant_minor > 0 {
        undo(&tx, cx, Kind::MatchDue, id, "withdrawn").await?;
    }
    cx.commit(tx, id).await
}

/// Moves exactly back what this payout moved.
async fn undo(tx: &Tx, cx: &Cx, kind: Kind, id: PayoutId, why: &str) -> Result<()> {
    let of = ledger::id_of(kind, &id.to_string());
    let cause = format!("{id}/{why}");
    ledger::reverse(tx, cx, of, &cause, cx.now).await.map(|_| ())
}

/// Puts every approved payout whose account may be used into a file for the bank. Gives the file's id. A payout whose gifts
/// went back meanwhile stays out of it, and is to be asked for anew.
///
/// # Errors
/// `Conflict(NothingDue)` when there is none.
pub async fn send(cx: &Cx) -> Result<PayoutFileId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    cx.check(Act::KeepMoney, On::City)?;
    let by = cx.actor.member().ok_or(Error::Unauthenticated)?;
    let ready = store::ready(cx.db(), cx.now).await?;
    let tx = cx.begin().await?;
    let campaigns = lock_all(&tx, &ready).await?;
    let file: PayoutFileId = cx.id();
    let mut sent = Vec::new();
    let mut txns = Vec::new();
    for campaign in &campaigns {
        let payable = ledger::write::lock_campaign(&tx, campaign.id).await?.payable.minor();
        let payable = payable - gifts::leaving(&*tx, campaign.id).await?;
        // Another file may have taken it since, or its account may have been changed.
        let now = store::ready_of(&*tx, campaign.id, cx.now).await?;
        if let Some(payout) = now.filter(|payout| payout.gifts_minor <= payable.max(0)) {
            txns.extend(leaves(cx, &payout, campaign.pot_id));
            sent.push(payout);
        }
    }
    if sent.is_empty() {
        return Err(Error::Conflict(Code::NothingDue));
    }
    let sums = sum(&sent);
    let new = store::file::ActiveModel {
        id: Set(file),
        made_by: Set(by),
        made_at: Set(cx.now),
        payouts: Set(i64::try_from(sent.len()).unwrap_or(i64::MAX)),
        gifts_minor: Set(sums.gifts.minor()),
        grant_minor: Set(sums.grant.minor()),
    };
    store::insert_file(&tx, new).await?;
    for payout in &sent {
        let mut after = payout.moved(PayoutStep::Send)?;
        after.file_id = Set(Some(file));
        after.sent_at = Set(Some(cx.now));
        step(&tx, cx, payout, after, "payout_send", &file.to_string()).await?;
    }
    ledger::post_all(&tx, cx, &txns).await?;
    cx.commit(tx, file).await
}

/// The campaigns of these payouts, locked in one order, all pots before them.
async fn lock_all(tx: &Tx, payouts: &[row::Model]) -> Result<Vec<campaigns::row::Model>> {
    let ids: BTreeSet<CampaignId> = payouts.iter().map(|payout| payout.campaign_id).collect();
    let ids: Vec<CampaignId> = ids.into_iter().collect();
    let pots: BTreeSet<PotId> = campaigns::find_many(&**tx, &ids)
        .await?
        .iter()
        .filter_map(|campaign| campaign.pot_id)
        .collect();
    for pot in pots {
        ledger::write::lock_pot(tx, pot).await?;
    }
    let mut locked = Vec::with_capacity(ids.len());
    for id in ids {
        locked.push(campaigns::lock(tx, id).await?);
    }
    Ok(locked)
}

fn sum(payouts: &[row::Model]) -> Sums {
    let total = |of: fn(&row::Model) -> i64| Money::eur(payouts.iter().map(of).sum());
    Sums {
        gifts: total(|payout| payout.gifts_minor),
        grant: total(|payout| payout.grant_minor),
    }
}

/// What a payout takes out of the books.
fn leaves(cx: &Cx, payout: &row::Model, pot: Option<PotId>) -> Vec<NewTxn> {
    let mut txns = Vec::new();
    if payout.gifts_minor > 0 {
        let paid = NewTxn::new(Kind::PayoutPaid, payout.id, cx.now);
        txns.push(paid.entry(
            Account::Campaign(payout.campaign_id, CampaignAccount::Payable),
            Account::Custodian(CustodianAccount::Bank),
            Money::eur(payout.gifts_minor),
        ));
    }
    if let Some(pot) = pot.filter(|_| payout.grant_minor > 0) {
        let paid = NewTxn::new(Kind::MatchPaid, payout.id, cx.now);
        txns.push(paid.entry(
            Account::Pot(pot, PotAccount::Payable),
            Account::Pot(pot, PotAccount::Paid),
            Money::eur(payout.grant_minor),
        ));
    }
    txns
}

/// Notes that the bank has paid a payout: when, and by which paper that is known.
///
/// # Errors
/// `Conflict(WrongState)` when it is not sent, `Invalid` for an instant or a paper that cannot be.
pub async fn pay(cx: &Cx, id: PayoutId, at: Timestamp, evidence: &str) -> Result<PayoutId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, campaign) = begun(cx, &tx, id).await?;
    let mut after = before.moved(PayoutStep::Pay)?;
    after.paid_at = Set(Some(read_at(cx, &before, at)?));
    after.evidence = Set(Some(read_evidence(evidence)?));
    step(&tx, cx, &before, after, "payout_pay", "").await?;
    if let Ok(settled) = campaign.moved(CampaignStep::Settle) {
        campaigns::change(&tx, &campaign, settled).await?;
        outbox::put(&tx, cx, &Event::CampaignChanged { campaign: campaign.id }).await?;
        audit::note(&tx, cx, "campaign_settle", &campaign.id, &id.to_string()).await?;
    }
    cx.commit(tx, id).await
}

/// Notes that the bank sent a payout back: its money is owed again.
///
/// # Errors
/// `Conflict(WrongState)` when it is not sent, `Invalid` for an instant or a paper that cannot be.
pub async fn send_back(cx: &Cx, id: PayoutId, at: Timestamp, evidence: &str) -> Result<PayoutId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, _) = begun(cx, &tx, id).await?;
    let mut after = before.moved(PayoutStep::Return)?;
    let at = read_at(cx, &before, at)?;
    after.returned_at = Set(Some(at));
    after.evidence = Set(Some(read_evidence(evidence)?));
    step(&tx, cx, &before, after, "payout_return", "").await?;
    if before.gifts_minor > 0 {
        let back = NewTxn::new(Kind::PayoutReturned, id, at).entry(
            Account::Custodian(CustodianAccount::Bank),
            Account::Campaign(before.campaign_id, CampaignAccount::Payable),
            Money::eur(before.gifts_minor),
        );
        ledger::post(&tx, cx, &back).await?;
    }
    if before.grant_minor > 0 {
        undo(&tx, cx, Kind::MatchPaid, id, "returned").await?;
        undo(&tx, cx, Kind::MatchDue, id, "returned").await?;
    }
    cx.commit(tx, id).await
}

/// Not before it was sent, by the day, and not in the future.
fn read_at(cx: &Cx, before: &row::Model, at: Timestamp) -> Result<Timestamp> {
    let zone = &cx.city.settings.zone;
    let sent_on = before.sent_at.map(|at| at.local(zone).date());
    if at > cx.now || sent_on.is_some_and(|day| at.local(zone).date() < day) {
        return Err(Error::field("at", Code::OutOfRange));
    }
    Ok(at)
}

/// The name of a paper: the line of a statement, or the number of a payment order.
pub(crate) fn read_evidence(raw: &str) -> Result<String> {
    let text = raw.trim();
    let fits = !text.is_empty() && text.len() <= PAYMENT_REFERENCE_MAX_CHARS;
    if fits && text.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        Ok(text.to_owned())
    } else {
        Err(Error::field("evidence", Code::Malformed))
    }
}
