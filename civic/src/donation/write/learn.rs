//! Learning what is so at the provider, the bank or the desk.
//!
//! Rule: a fact is kept under its own name, merged with what was known of the same thing, and what follows is settled; so
//! the same fact told twice, late or in another order ends the same. What is told of a payment before its gift waits for
//! it. A sum that is not what was promised counts for nothing and is owed back. Deliberately absent: any call to a provider.

use async_trait::async_trait;
use sea_orm::ActiveValue::Set;

use super::super::RefundReason;
use super::super::known::Return;
use super::super::store::money::{self, RefundWay, dispute, fee, refund};
use super::settle::{Locked, locked, settle};
use crate::db::{Tx, duplicate_as};
use crate::error::{Code, Error, Result};
use crate::id::{DonationId, RefundId};
use crate::ledger::{self, Account, CustodianAccount, Kind, NewTxn};
use crate::limits::{AMOUNT_MAX_MINOR, PAYMENT_REFERENCE_MAX_CHARS};
use crate::money::Money;
use crate::payment::write::Learn;
use crate::payment::{DisputeState, Fact, Method, RefundState};
use crate::time::Timestamp;
use crate::{City, Cx};

/// What a fact was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learned {
    /// It was new, and what follows from it is done.
    New,
    /// It was known.
    Known,
    /// It is kept, and waits for the gift that it belongs to.
    Waits,
}

/// Takes the provider's facts: what its messages tell is learnt.
pub struct Gifts;

#[async_trait]
impl Learn for Gifts {
    async fn learn(&self, city: &City, fact: &Fact) -> Result<()> {
        learn(&city.system(), fact).await.map(|_| ())
    }
}

/// Learns that something is so. It may be told again, late, and in any order.
///
/// # Errors
/// `NotFound` for a gift that is not ours, `Conflict(PaymentDiffers)` when the payment is another gift's or the gift has
/// another payment, `Invalid` for names and sums that no provider tells.
pub async fn learn(cx: &Cx, fact: &Fact) -> Result<Learned> {
    check(fact)?;
    let tx = cx.begin().await?;
    let learned = take_in(&tx, cx, fact).await?;
    tx.commit().await?;
    cx.city.bell.notify_one();
    Ok(learned)
}

/// The same in a transaction of the caller, who has locked nothing yet.
pub(crate) async fn take_in(tx: &Tx, cx: &Cx, fact: &Fact) -> Result<Learned> {
    match fact {
        Fact::Authorised { donation, payment } => {
            let gift = of_payment(tx, *donation, payment).await?;
            if gift.row.authorised_at.is_some() {
                return Ok(Learned::Known);
            }
            let mut row = gift.row.clone();
            row.authorised_at = Some(cx.now);
            settled(tx, cx, &gift, row, cx.now).await
        }
        Fact::Confirmed {
            donation,
            payment,
            amount,
            method,
            fingerprint,
            at,
        } => {
            let gift = of_payment(tx, *donation, payment).await?;
            if gift.row.captured_minor > 0 {
                return Ok(Learned::Known);
            }
            let mut row = gift.row.clone();
            row.captured_minor = amount.minor();
            row.method = Some(method.as_str().to_owned());
            row.fingerprint.clone_from(fingerprint);
            row.confirmed_at = Some(*at);
            row.learnt_at = Some(cx.now);
            row.late = i64::from(is_late(&gift, *amount, *method, *at)?);
            settled(tx, cx, &gift, row, *at).await
        }
        Fact::Failed { donation, payment } => {
            let gift = of_payment(tx, *donation, payment).await?;
            if gift.row.failed_at.is_some() {
                return Ok(Learned::Known);
            }
            let mut row = gift.row.clone();
            row.failed_at = Some(cx.now);
            settled(tx, cx, &gift, row, cx.now).await
        }
        Fact::Expired { donation } => {
            let gift = locked(tx, *donation).await?;
            if gift.row.expired_at.is_some() {
                return Ok(Learned::Known);
            }
            let mut row = gift.row.clone();
            row.expired_at = Some(cx.now);
            settled(tx, cx, &gift, row, cx.now).await
        }
        Fact::Refunded {
            payment,
            reference,
            refund,
            amount,
            state,
            at,
        } => refunded(tx, cx, payment, (reference, *refund), *amount, (*state, *at)).await,
        Fact::Disputed {
            payment,
            reference,
            amount,
            state,
            at,
        } => disputed(tx, cx, payment, reference, *amount, (*state, *at)).await,
        Fact::Charged {
            payment,
            reference,
            fee,
            at,
        } => charged(tx, cx, payment, reference, *fee, *at).await,
    }
}

/// Names and sums as any provider tells them.
fn check(fact: &Fact) -> Result<()> {
    let name = |text: &str| {
        let fits =
            (1..=PAYMENT_REFERENCE_MAX_CHARS).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
        if fits {
            Ok(())
        } else {
            Err(Error::field("reference", Code::Malformed))
        }
    };
    let sum = |amount: &Money| {
        let fits = (1..=AMOUNT_MAX_MINOR).contains(&amount.minor());
        if fits {
            Ok(())
        } else {
            Err(Error::field("amount", Code::OutOfRange))
        }
    };
    match fact {
        Fact::Authorised { payment, .. } | Fact::Failed { payment, .. } => name(payment),
        Fact::Expired { .. } => Ok(()),
        Fact::Confirmed { payment, amount, .. } => name(payment).and_then(|()| sum(amount)),
        Fact::Refunded {
            payment,
            reference,
            amount,
            ..
        }
        | Fact::Disputed {
            payment,
            reference,
            amount,
            ..
        } => name(payment).and_then(|()| name(reference)).and_then(|()| sum(amount)),
        Fact::Charged {
            payment,
            reference,
            fee,
            ..
        } => name(payment).and_then(|()| name(reference)).and_then(|()| {
            let fits = fee.minor().abs() <= AMOUNT_MAX_MINOR;
            if fits {
                Ok(())
            } else {
                Err(Error::field("fee", Code::OutOfRange))
            }
        }),
    }
}

async fn settled(
    tx: &Tx,
    cx: &Cx,
    gift: &Locked,
    row: super::super::store::row::Model,
    at: Timestamp,
) -> Result<Learned> {
    settle(tx, cx, gift, row, at).await?;
    Ok(Learned::New)
}

/// The gift that a payment says it is for, locked; and the two belong together from now on.
async fn of_payment(tx: &Tx, id: DonationId, payment: &str) -> Result<Locked> {
    let known = money::lock_payment(tx, payment).await?;
    let gift = locked(tx, id).await?;
    match known {
        Some(other) if other != id => return Err(Error::Conflict(Code::PaymentDiffers)),
        Some(_) => {}
        // What was told of the payment before is known of the gift from now on.
        None => money::link(tx, payment, id)
            .await
            .map_err(|error| duplicate_as(error, Code::PaymentDiffers))?,
    }
    Ok(gift)
}

/// Whether money counts for nothing: its campaign has its outcome or waited long enough, or it is not what was promised.
/// For a transfer or cash a person has said which gift it is, so another sum is the gift.
fn is_late(gift: &Locked, amount: Money, method: Method, at: Timestamp) -> Result<bool> {
    let over = gift.campaign.grace_ends_at.is_some_and(|end| end <= at);
    let by_hand = matches!(method, Method::BankTransfer | Method::Cash);
    let as_promised = by_hand || amount.minor() == gift.row.amount_minor;
    Ok(gift.campaign.state()?.has_outcome() || over || !as_promised)
}

async fn refunded(
    tx: &Tx,
    cx: &Cx,
    payment: &str,
    (reference, ours): (&str, Option<RefundId>),
    amount: Money,
    (state, at): (RefundState, Timestamp),
) -> Result<Learned> {
    let donation = money::lock_payment(tx, payment).await?;
    let gift = match donation {
        Some(id) => Some(locked(tx, id).await?),
        None => None,
    };
    let found = match money::find_refund_by_reference(tx, reference).await? {
        Some(found) => Some(found),
        None => match ours {
            Some(id) => money::find_refund(&**tx, id).await?,
            None => None,
        },
    };
    let next = Return::from(state);
    match &found {
        Some(row) if row.state()? >= next => return Ok(Learned::Known),
        Some(row) => {
            let after = refund::ActiveModel {
                reference: Set(Some(reference.to_owned())),
                payment: Set(Some(payment.to_owned())),
                state: Set(next.as_str().to_owned()),
                happened_at: Set(Some(at)),
                ..Default::default()
            };
            money::change_refund(tx, row.id, after).await?;
        }
        None => {
            let new = refund::ActiveModel {
                id: Set(ours.unwrap_or_else(|| cx.id())),
                donation_id: Set(donation),
                payment: Set(Some(payment.to_owned())),
                reference: Set(Some(reference.to_owned())),
                way: Set(RefundWay::Provider.as_str().to_owned()),
                amount_minor: Set(amount.minor()),
                state: Set(next.as_str().to_owned()),
                reason: Set(RefundReason::Outside.as_str().to_owned()),
                asked_by: Set(None),
                wanted_at: Set(at),
                due_at: Set(at),
                asked_at: Set(Some(at)),
                happened_at: Set(Some(at)),
                settled_way: Set(None),
                settled_at: Set(None),
                settled_by: Set(None),
            };
            money::insert_refund(tx, new).await?;
            // What went back outside need not go back once more.
            if let Some(gift) = &gift
                && money::sum_of_refunds(tx, gift.row.id).await? > gift.row.captured_minor
            {
                money::drop_wanted(tx, gift.row.id).await?;
            }
        }
    }
    match gift {
        Some(gift) => settled(tx, cx, &gift, gift.row.clone(), at).await,
        None => Ok(Learned::Waits),
    }
}

async fn disputed(
    tx: &Tx,
    cx: &Cx,
    payment: &str,
    reference: &str,
    amount: Money,
    (state, at): (DisputeState, Timestamp),
) -> Result<Learned> {
    let donation = money::lock_payment(tx, payment).await?;
    let gift = match donation {
        Some(id) => Some(locked(tx, id).await?),
        None => None,
    };
    let found = money::find_dispute(tx, reference).await?;
    let before = match &found {
        Some(row) => Some(row.known()?),
        None => None,
    };
    let mut opened = before.as_ref().and_then(|known| known.opened);
    let mut closed = before.as_ref().and_then(|known| known.closed);
    let furthest = before.as_ref().map_or(state, |known| known.state.max(state));
    match state {
        DisputeState::Inquiry => {}
        DisputeState::Open => opened = opened.or(Some(amount.minor())),
        DisputeState::Won | DisputeState::Lost => {
            if closed.is_none() || before.as_ref().is_some_and(|known| known.state < state) {
                closed = Some(amount.minor());
            }
        }
    }
    if before
        .as_ref()
        .is_some_and(|known| (known.state, known.opened, known.closed) == (furthest, opened, closed))
    {
        return Ok(Learned::Known);
    }
    let row = dispute::ActiveModel {
        reference: Set(reference.to_owned()),
        donation_id: Set(donation),
        payment: Set(payment.to_owned()),
        state: Set(furthest.as_str().to_owned()),
        opened_minor: Set(opened),
        closed_minor: Set(closed),
        first_at: Set(found.as_ref().map_or(at, |row| row.first_at)),
        last_at: Set(at),
    };
    money::keep_dispute(tx, row).await?;
    let Some(gift) = gift else { return Ok(Learned::Waits) };
    if furthest == DisputeState::Lost {
        money::drop_wanted(tx, gift.row.id).await?;
    }
    settled(tx, cx, &gift, gift.row.clone(), at).await
}

/// A fee belongs to the custodian whichever gift it was for, so it is booked at once.
async fn charged(tx: &Tx, cx: &Cx, payment: &str, reference: &str, fee: Money, at: Timestamp) -> Result<Learned> {
    let row = fee::ActiveModel {
        reference: Set(reference.to_owned()),
        payment: Set(payment.to_owned()),
        fee_minor: Set(fee.minor()),
        happened_at: Set(at),
    };
    if !money::insert_fee(tx, row).await? {
        return Ok(Learned::Known);
    }
    let [clearing, fees] = [CustodianAccount::ProviderClearing, CustodianAccount::ProviderFees].map(Account::Custodian);
    let (kind, debit, credit) = if fee.minor() > 0 {
        (Kind::FeeCharged, fees, clearing)
    } else {
        (Kind::FeeReturned, clearing, fees)
    };
    if fee.minor() != 0 {
        let new = NewTxn::new(kind, format!("fee/{reference}"), at);
        ledger::post(tx, cx, &new.entry(debit, credit, Money::eur(fee.minor().abs()))).await?;
    }
    Ok(Learned::New)
}
