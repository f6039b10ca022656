//! Giving gifts back: what is to go back is noted once, then asked of the provider until it is known what became of it.
//!
//! Rule: a refund's own id is the provider's key, and before it is asked a second time it is looked for, since a provider
//! forgets keys. A debit waits some days of work, in which the donor's bank might take it back by itself. What the provider
//! refuses is owed, and paid another way. Nothing goes back while the donor's bank holds it.

use sea_orm::ActiveValue::Set;

use super::super::known::Return;
use super::super::store::money::{self, RefundWay, refund};
use super::super::store::row;
use super::super::{DonationState, RefundReason};
use super::learn::learn;
use super::settle::{Locked, locked, settle};
use crate::Cx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::id::{DonationId, MemberId, RefundId};
use crate::limits::{DEBIT_REFUND_DAYS, PAYMENT_LOOK_MS};
use crate::money::Money;
use crate::payment::{Fact, Method, NewRefund, PaymentError};
use crate::time::{Timestamp, Zone};

/// Notes that so much of a gift is to go back, and what follows.
pub(super) async fn want(
    tx: &Tx,
    cx: &Cx,
    gift: &Locked,
    amount: i64,
    (reason, by): (RefundReason, Option<MemberId>),
) -> Result<RefundId> {
    let id: RefundId = cx.id();
    let method = gift.row.method.as_deref().and_then(Method::parse);
    let method = method.ok_or_else(|| Error::Bug(format!("{} came by no method", gift.row.id)))?;
    let came = gift.row.confirmed_at.unwrap_or(cx.now);
    let due_at = match method {
        Method::SepaDebit => cx
            .now
            .max(after_work_days(came, DEBIT_REFUND_DAYS, &cx.city.settings.zone)),
        Method::Card | Method::Paypal | Method::Other | Method::BankTransfer | Method::Cash => cx.now,
    };
    let new = refund::ActiveModel {
        id: Set(id),
        donation_id: Set(Some(gift.row.id)),
        payment: Set(money::payment_of(&**tx, gift.row.id).await?),
        reference: Set(None),
        way: Set(RefundWay::of(method).as_str().to_owned()),
        amount_minor: Set(amount),
        state: Set(Return::Wanted.as_str().to_owned()),
        reason: Set(reason.as_str().to_owned()),
        asked_by: Set(by),
        wanted_at: Set(cx.now),
        due_at: Set(due_at),
        asked_at: Set(None),
        happened_at: Set(None),
        settled_way: Set(None),
        settled_at: Set(None),
        settled_by: Set(None),
    };
    money::insert_refund(tx, new).await?;
    settle(tx, cx, gift, gift.row.clone(), cx.now).await?;
    Ok(id)
}

/// The instant so many days of work later: Saturdays and Sundays are none.
fn after_work_days(from: Timestamp, days: u32, zone: &Zone) -> Timestamp {
    use jiff::civil::Weekday::{Saturday, Sunday};
    let mut day = from.local(zone).date();
    let mut left = days;
    while left > 0 {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        if !matches!(day.weekday(), Saturday | Sunday) {
            left -= 1;
        }
    }
    zone.day_start(day).unwrap_or(from)
}

/// Begins to give a gift back whose campaign gives all back, or that came too late; whether there was something to begin.
pub(super) async fn begin(cx: &Cx, id: DonationId) -> Result<bool> {
    let tx = cx.begin().await?;
    let gift = locked(&tx, id).await?;
    if gift.row.state()? != DonationState::Confirmed {
        return Ok(false);
    }
    let Some(reason) = reason(&gift)? else { return Ok(false) };
    want(&tx, cx, &gift, gift.known.left(), (reason, None)).await?;
    tx.commit().await?;
    cx.city.bell.notify_one();
    Ok(true)
}

/// Why a confirmed gift is to go back; none when it is not.
fn reason(gift: &Locked) -> Result<Option<RefundReason>> {
    use crate::campaign::CampaignState as State;
    let state = gift.campaign.state()?;
    Ok(match state {
        _ if gift.row.late == 1 => Some(RefundReason::TooLate),
        State::Unfunded => Some(RefundReason::Unfunded),
        State::Cancelled => Some(RefundReason::Cancelled),
        State::Lapsed => Some(RefundReason::Lapsed),
        // It was in dispute when the outcome counted the gifts.
        _ if state.has_outcome() && gift.row.counted == 0 => Some(RefundReason::TooLate),
        _ => None,
    })
}

/// Asks the provider for a refund that is due; whether anything was done.
pub(super) async fn ask(cx: &Cx, refund: &refund::Model) -> Result<bool> {
    let Some((payment, row)) = ready(cx, refund).await? else {
        return Ok(false);
    };
    if refund.asked_at.is_some() && look(cx, &payment, refund.id).await? {
        return Ok(true);
    }
    let new = NewRefund {
        refund: refund.id,
        payment: payment.clone(),
        amount: Money::eur(refund.amount_minor),
    };
    match cx.city.payments.refund(&new).await {
        Ok(fact) => learn(cx, &fact).await.map(|_| true),
        Err(PaymentError::Refused(_)) => {
            if !look(cx, &payment, refund.id).await? {
                refuse(cx, row.id, refund.id).await?;
            }
            Ok(true)
        }
        Err(PaymentError::Later(_) | PaymentError::Unknown(_) | PaymentError::Forged(_)) => Ok(false),
    }
}

/// Notes that a refund is asked for now; none when it is not to be made, or not now.
async fn ready(cx: &Cx, refund: &refund::Model) -> Result<Option<(String, row::Model)>> {
    let Some((payment, donation)) = refund.payment.clone().zip(refund.donation_id) else {
        return Err(Error::Bug(format!("{} is of no payment", refund.id)));
    };
    let tx = cx.begin().await?;
    let gift = locked(&tx, donation).await?;
    let now = money::find_refund(&*tx, refund.id).await?.ok_or(Error::NotFound)?;
    if now.state()? != Return::Wanted || now.due_at > cx.now {
        return Ok(None);
    }
    let again = cx.now.plus_ms(PAYMENT_LOOK_MS);
    let held = gift.known.is_held();
    let after = refund::ActiveModel {
        asked_at: Set(if held { now.asked_at } else { Some(cx.now) }),
        due_at: Set(again),
        ..Default::default()
    };
    money::change_refund(&tx, refund.id, after).await?;
    tx.commit().await?;
    Ok((!held).then_some((payment, gift.row)))
}

/// Learns everything that was given back of a payment; whether our refund is among it.
async fn look(cx: &Cx, payment: &str, ours: RefundId) -> Result<bool> {
    let facts = match cx.city.payments.refunds(payment).await {
        Ok(facts) => facts,
        Err(error) => return Err(Error::Unavailable(error.to_string())),
    };
    let mut found = false;
    for fact in facts {
        found |= matches!(&fact, Fact::Refunded { refund: Some(refund), .. } if *refund == ours);
        learn(cx, &fact).await?;
    }
    Ok(found)
}

/// The provider does not give it back: it is owed.
async fn refuse(cx: &Cx, donation: DonationId, id: RefundId) -> Result<()> {
    let tx = cx.begin().await?;
    let gift = locked(&tx, donation).await?;
    let now = money::find_refund(&*tx, id).await?.ok_or(Error::NotFound)?;
    if now.state()? == Return::Wanted {
        let after = refund::ActiveModel {
            state: Set(Return::Failed.as_str().to_owned()),
            happened_at: Set(Some(cx.now)),
            ..Default::default()
        };
        money::change_refund(&tx, id, after).await?;
        settle(&tx, cx, &gift, gift.row.clone(), cx.now).await?;
    }
    tx.commit().await?;
    cx.city.bell.notify_one();
    Ok(())
}
