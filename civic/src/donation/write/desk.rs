//! What the treasurer does: say that a transfer or cash has come, give a gift back, say that what was owed is paid.
//!
//! Rule: each is an act of a person with a fresh second factor, noted in the audit trail; what was asked by one is settled
//! by another. A sum that a person says came is the gift, also when another was promised.

use sea_orm::ActiveValue::Set;

use super::super::known::Return;
use super::super::store::money::{self, RefundWay, refund as refunds};
use super::super::store::{self};
use super::super::{DonationState, RefundReason, Way};
use super::learn::take_in;
use super::refund::want;
use super::settle::{locked, settle};
use crate::Cx;
use crate::audit;
use crate::campaign::store as campaigns;
use crate::error::{Code, Error, Fault, Result};
use crate::id::{DonationId, RefundId};
use crate::limits::{AMOUNT_MAX_MINOR, CASH_MAX_MINOR, PAYMENT_REFERENCE_MAX_CHARS};
use crate::money::Money;
use crate::payment::{Fact, Method};
use crate::policy::{Act, On};
use crate::repeat;
use crate::time::Timestamp;

/// Says that a transfer or cash for a gift has come, when, and by which paper that is known: the line of the bank's
/// statement, or the number of the receipt. One paper is one gift.
///
/// # Errors
/// `Conflict(WrongState)` for a gift that is paid online or has come, `Conflict(PaymentDiffers)` for a paper of another
/// gift, `Invalid` for a sum or an instant that cannot be.
pub async fn confirm_by_hand(
    cx: &Cx,
    id: DonationId,
    amount: Money,
    at: Timestamp,
    evidence: &str,
) -> Result<DonationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let campaign = campaigns::find(cx.db(), row.campaign_id)
        .await?
        .ok_or(Error::NotFound)?;
    cx.check(Act::KeepMoney, On::Donation(&row.facts(&campaign, false)))?;
    let (method, most) = match row.way()? {
        Way::BankTransfer => (Method::BankTransfer, AMOUNT_MAX_MINOR),
        Way::Cash => (Method::Cash, CASH_MAX_MINOR),
        Way::Online => return Err(Error::Conflict(Code::WrongState)),
    };
    if !(1..=most).contains(&amount.minor()) {
        let fault = Fault::over("amount_minor", Code::OutOfRange, most.unsigned_abs());
        return Err(Error::Invalid(vec![fault]));
    }
    if at > cx.now || at < row.promised_at {
        return Err(Error::field("at", Code::OutOfRange));
    }
    let payment = format!("{}:{evidence}", method.as_str());
    let fits = !evidence.is_empty() && evidence.chars().all(|c| c.is_ascii_graphic());
    if !fits || payment.len() > PAYMENT_REFERENCE_MAX_CHARS {
        return Err(Error::field("evidence", Code::Malformed));
    }
    let fact = Fact::Confirmed {
        donation: id,
        payment,
        amount,
        method,
        fingerprint: None,
        at,
    };
    let tx = cx.begin().await?;
    if take_in(&tx, cx, &fact).await? == super::learn::Learned::Known {
        return Err(Error::Conflict(Code::WrongState));
    }
    audit::note(&tx, cx, "donation_confirm", &id, &amount.minor().to_string()).await?;
    cx.commit(tx, id).await
}

/// Gives a gift or a part of it back; all that is left when no amount is said.
///
/// # Errors
/// `Conflict(RefundTooLarge)`, `Conflict(GiftInDispute)`, `Conflict(WrongState)` when nothing of it is there.
pub async fn refund(cx: &Cx, id: DonationId, amount: Option<Money>) -> Result<RefundId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let gift = locked(&tx, id).await?;
    cx.check(Act::KeepMoney, On::Donation(&gift.row.facts(&gift.campaign, false)))?;
    match gift.row.state()? {
        DonationState::Confirmed => {}
        DonationState::Disputed => return Err(Error::Conflict(Code::GiftInDispute)),
        DonationState::Promised
        | DonationState::Authorised
        | DonationState::Expired
        | DonationState::Failed
        | DonationState::Lost
        | DonationState::Refunding
        | DonationState::Refunded => return Err(Error::Conflict(Code::WrongState)),
    }
    let amount = amount.map_or(gift.known.left(), Money::minor);
    if amount < 1 || amount > gift.known.left() {
        return Err(Error::Conflict(Code::RefundTooLarge));
    }
    let refund = want(&tx, cx, &gift, amount, (RefundReason::Asked, cx.actor.member())).await?;
    audit::note(&tx, cx, "donation_refund", &id, &amount.to_string()).await?;
    cx.commit(tx, refund).await
}

/// Says that a refund which was owed is paid by a transfer or in cash: as much of it as is still owed, when a part went back
/// otherwise meanwhile.
///
/// # Errors
/// `Conflict(WrongState)` when it is not owed, `Conflict(AnotherPerson)` for whoever asked for it.
pub async fn settle_refund(cx: &Cx, id: RefundId, way: Way) -> Result<RefundId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let paid_by = match way {
        Way::BankTransfer => RefundWay::Bank,
        Way::Cash => RefundWay::Cash,
        Way::Online => return Err(Error::field("way", Code::UnknownValue)),
    };
    let seen = money::find_refund(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let donation = seen.donation_id.ok_or(Error::NotFound)?;
    let tx = cx.begin().await?;
    let gift = locked(&tx, donation).await?;
    cx.check(Act::KeepMoney, On::Donation(&gift.row.facts(&gift.campaign, false)))?;
    let refund = money::find_refund(&*tx, id).await?.ok_or(Error::NotFound)?;
    let owed = match refund.state()? {
        Return::Failed => true,
        Return::Wanted => refund.way != RefundWay::Provider.as_str(),
        Return::Pending | Return::Succeeded | Return::Settled | Return::Dropped => false,
    };
    let amount = refund.amount_minor.min(gift.known.owed());
    if !owed || amount == 0 {
        return Err(Error::Conflict(Code::WrongState));
    }
    if refund.asked_by.is_some() && refund.asked_by == cx.actor.member() {
        return Err(Error::Conflict(Code::AnotherPerson));
    }
    let after = refunds::ActiveModel {
        amount_minor: Set(amount),
        settled_way: Set(Some(paid_by.as_str().to_owned())),
        settled_at: Set(Some(cx.now)),
        settled_by: Set(cx.actor.member()),
        ..Default::default()
    };
    money::change_refund(&tx, id, after).await?;
    settle(&tx, cx, &gift, gift.row.clone(), cx.now).await?;
    audit::note(&tx, cx, "refund_settle", &id, paid_by.as_str()).await?;
    cx.commit(tx, id).await
}
