//! The bank account that a promoter is paid to: entered by one person, verified by another.
//!
//! Rule: a change of an account that was verified makes payouts rest for some days, and the promoter is told of it, so that
//! whoever stole a session cannot have money sent elsewhere unseen. Accounts are kept, never changed.

use sea_orm::ActiveValue::Set;

use super::super::store::{self, account};
use crate::Cx;
use crate::audit;
use crate::campaign::store as campaigns;
use crate::db::Tx;
use crate::error::{Code, Error, Fault, Faults, Result};
use crate::iban::Iban;
use crate::id::{BankAccountId, CampaignId};
use crate::limits::{ACCOUNT_REST_MS, HOLDER_MAX_CHARS};
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::repeat;
use crate::text::Title;

/// Enters the account that the promoter of a campaign is paid to, by the promoter or a treasurer. Gives its id.
///
/// # Errors
/// `Invalid` for a number that cannot be one or a holder without a name, `Conflict(WrongState)` for a campaign that is not
/// public, `Conflict(AlreadyDone)` when it is the account that is there.
pub async fn enter_account(cx: &Cx, campaign: CampaignId, iban: &str, holder: &str) -> Result<BankAccountId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let of = campaigns::lock(&tx, campaign).await?;
    cx.check(Act::KeepBankAccount, On::Campaign(&of.facts()?))?;
    let by = cx.actor.member().ok_or(Error::Unauthenticated)?;
    if of.scheduled_at.is_none() || of.state()?.returns_gifts() {
        return Err(Error::Conflict(Code::WrongState));
    }
    let (iban, holder) = read(iban, holder)?;
    let present = store::present_account(&*tx, campaign).await?;
    if present.is_some_and(|account| account.iban == iban.as_str() && account.holder == holder) {
        return Err(Error::Conflict(Code::AlreadyDone));
    }
    let rest = if store::had_account(&*tx, campaign).await? {
        ACCOUNT_REST_MS
    } else {
        0
    };
    let id: BankAccountId = cx.id();
    let new = account::ActiveModel {
        id: Set(id),
        campaign_id: Set(campaign),
        iban: Set(iban.as_str().to_owned()),
        holder: Set(holder),
        entered_by: Set(by),
        entered_at: Set(cx.now),
        verified_by: Set(None),
        verified_at: Set(None),
        usable_at: Set(cx.now.plus_ms(rest)),
        replaced_at: Set(None),
    };
    store::replace_account(&tx, campaign, new, cx.now).await?;
    outbox::put(&tx, cx, &Event::BankAccountChanged { campaign, account: id }).await?;
    audit::note(&tx, cx, "bank_account_enter", &id, &campaign.to_string()).await?;
    cx.commit(tx, id).await
}

fn read(iban: &str, holder: &str) -> Result<(Iban, String)> {
    let mut faults = Faults::new();
    let iban = Iban::parse(iban, "iban").map_err(|fault| faults.add(fault)).ok();
    let holder = Title::parse(holder, 1, HOLDER_MAX_CHARS)
        .map_err(|problem| faults.add(problem.fault("holder")))
        .ok();
    match iban.zip(holder) {
        Some((iban, holder)) => Ok((iban, holder.into_string())),
        None => {
            faults.check()?;
            Err(Error::Invalid(vec![Fault::new("iban", Code::Empty)]))
        }
    }
}

/// Verifies the account that another person entered: that number and holder belong to the promoter was seen on paper.
///
/// # Errors
/// `Conflict(BankAccountMissing)` when none waits to be verified, `Conflict(AnotherPerson)` for whoever entered it,
/// `Conflict(OutOfDate)` when another one was entered meanwhile.
pub async fn verify_account(cx: &Cx, campaign: CampaignId, id: BankAccountId) -> Result<BankAccountId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let of = campaigns::lock(&tx, campaign).await?;
    cx.check(Act::KeepMoney, On::Campaign(&of.facts()?))?;
    let by = cx.actor.member().ok_or(Error::Unauthenticated)?;
    let present = store::present_account(&*tx, campaign).await?;
    let present = present.ok_or(Error::Conflict(Code::BankAccountMissing))?;
    if present.id != id {
        return Err(Error::Conflict(Code::OutOfDate));
    }
    if present.entered_by == by {
        return Err(Error::Conflict(Code::AnotherPerson));
    }
    if !store::verify_account(&tx, id, by, cx.now).await? {
        return Err(Error::Conflict(Code::AlreadyDone));
    }
    audit::note(&tx, cx, "bank_account_verify", &id, &campaign.to_string()).await?;
    cx.commit(tx, id).await
}

/// The account that the campaign's promoter may be paid to now.
pub(super) async fn usable(tx: &Tx, cx: &Cx, campaign: CampaignId) -> Result<account::Model> {
    let present = store::present_account(&**tx, campaign).await?;
    let verified = present.filter(|account| account.verified_at.is_some());
    let account = verified.ok_or(Error::Conflict(Code::BankAccountMissing))?;
    if account.usable_at > cx.now {
        return Err(Error::Conflict(Code::BankAccountResting));
    }
    Ok(account)
}
