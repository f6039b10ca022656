//! Issuing and cancelling receipts as gifts become final and change, and completing one with the donor's tax data.
//!
//! Rule: whatever changes a gift's money says that its receipt is to be looked at; the turn looks, under the gift's own lock,
//! at what is left and issues, cancels or does both. Whoever looks second finds it done, so a turn may be broken off
//! anywhere and taken by two servers at once. The counter is raised in the transaction that writes the receipt.

use sea_orm::ActiveValue::Set;

use super::read::facts;
use super::store::{self, row};
use super::{CancelReason, Printed, ReceiptState, Recipient, TaxData};
use crate::application::store as applications;
use crate::call::store::to_json;
use crate::campaign::store as campaigns;
use crate::db::{Tx, duplicate_as};
use crate::donation::store::{self as gifts, money};
use crate::donation::{DonationState, Way};
use crate::error::{Code, Error, Result};
use crate::id::{DonationId, ReceiptId};
use crate::limits::RECEIPT_FUND_MS;
use crate::outbox::{self, Event};
use crate::payment::Method;
use crate::policy::{Act, On};
use crate::repeat;
use crate::tax_code::TaxCode;
use crate::time::Timestamp;
use crate::{City, Cx};

/// Whose numbers the city's own funds have.
const CITY: &str = "city";

/// Looks at the gifts whose receipts are to be looked at; gives at how many.
///
/// # Errors
/// Those of the database.
pub async fn turn(city: &City) -> Result<u64> {
    let (mut looked, mut after) = (0, None);
    loop {
        let cx = city.system();
        let due = gifts::receipt_due(cx.db(), cx.now, after).await?;
        let Some(last) = due.last() else { return Ok(looked) };
        after = Some(*last);
        for id in due {
            match look(&city.system(), id).await {
                Ok(()) => looked += 1,
                // One gift's failure is no other's: it is taken again at the next turn.
                Err(error @ (Error::Busy | Error::Conflict(_) | Error::NotFound | Error::Bug(_))) => {
                    tracing::warn!(%error, gift = %id, "a receipt waits for the next turn");
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// What a gift's receipt is to be over.
enum Wanted {
    /// So much, from now on.
    Now(i64),
    /// Nothing before this instant.
    Later(Timestamp),
    /// Nothing.
    Nothing,
    /// What it is over: nobody knows yet what becomes of the gift.
    AsItIs,
}

/// What the receipt of a gift is to be over, as things stand.
fn wanted(cx: &Cx, gift: &gifts::row::Model, to: &campaigns::row::Model) -> Result<Wanted> {
    let (state, decided) = (gift.state()?, to.state()?);
    if state == DonationState::Disputed {
        return Ok(Wanted::AsItIs);
    }
    let counts = state.counts() && gift.late == 0 && gift.left_minor > 0 && !decided.returns_gifts();
    if !counts || (decided.has_outcome() && gift.counted == 0) {
        return Ok(Wanted::Nothing);
    }
    let final_at = match to.call_id {
        Some(_) if decided.has_outcome() => cx.now,
        // Its outcome will say that it is to be looked at.
        Some(_) => return Ok(Wanted::Nothing),
        None => gift.confirmed_at.unwrap_or(cx.now).plus_ms(RECEIPT_FUND_MS),
    };
    Ok(if final_at <= cx.now {
        Wanted::Now(gift.left_minor)
    } else {
        Wanted::Later(final_at)
    })
}

/// Makes the receipt of one gift what it is to be.
async fn look(cx: &Cx, id: DonationId) -> Result<()> {
    let tx = cx.begin().await?;
    let gift = gifts::lock(&tx, id).await?;
    if gift.receipt_due_at.is_none_or(|due| due > cx.now) {
        return Ok(());
    }
    // Read after the gift is locked: an outcome that comes meanwhile says again that it is to be looked at.
    let to = campaigns::find(&*tx, gift.campaign_id).await?.ok_or(Error::NotFound)?;
    let present = store::valid(&tx, id).await?;
    let mut again = None;
    match (wanted(cx, &gift, &to)?, present) {
        (Wanted::Nothing, None) | (Wanted::AsItIs, _) => {}
        (Wanted::Now(amount), Some(present)) if present.amount_minor == amount => {}
        (Wanted::Now(amount), None) => issue(&tx, cx, (&gift, &to), amount, None).await?,
        (Wanted::Now(amount), Some(present)) => {
            cancel(&tx, cx, &present, CancelReason::Changed).await?;
            issue(&tx, cx, (&gift, &to), amount, Some(&present)).await?;
        }
        (Wanted::Later(at), None) => again = Some(at),
        (Wanted::Nothing | Wanted::Later(_), Some(present)) => {
            let lost = gift.state()? == DonationState::Lost;
            let reason = if lost {
                CancelReason::Lost
            } else {
                CancelReason::Refunded
            };
            cancel(&tx, cx, &present, reason).await?;
        }
    }
    gifts::set_receipt_due(&tx, id, again).await?;
    tx.commit().await?;
    cx.city.bell.notify_one();
    Ok(())
}

async fn cancel(tx: &Tx, cx: &Cx, present: &row::Model, reason: CancelReason) -> Result<()> {
    if !store::cancel(tx, present.id, reason, cx.now).await? {
        return Err(Error::Conflict(Code::AlreadyDone));
    }
    let event = Event::ReceiptChanged {
        receipt: present.id,
        state: ReceiptState::Cancelled,
    };
    outbox::put(tx, cx, &event).await
}

/// Issues a receipt over so much of a gift, with the tax data that an earlier one was completed with.
async fn issue(
    tx: &Tx,
    cx: &Cx,
    (gift, to): (&gifts::row::Model, &campaigns::row::Model),
    amount: i64,
    before: Option<&row::Model>,
) -> Result<()> {
    let method = gift.method.as_deref().and_then(Method::parse);
    let method = method.ok_or_else(|| Error::Bug(format!("{} came by no method", gift.id)))?;
    let reward = match gift.reward_id.filter(|_| gift.reward_kept == 1) {
        Some(reward) => campaigns::find_reward(&**tx, reward).await?,
        None => None,
    };
    let reward = reward.map_or(0, |reward| reward.amount_minor.min(amount));
    let (recipient, promoter_key) = recipient(tx, cx, to).await?;
    let given_at = given_at(gift)?;
    let year = i64::from(given_at.local(&cx.city.settings.zone).year());
    let printed = Printed {
        recipient,
        custodian: cx.city.settings.custodian.clone(),
        title: to.title.clone(),
        donor_name: gift.name_shown.clone(),
        payment: payment(tx, gift, method).await?,
    };
    let id: ReceiptId = cx.id();
    let row = row::ActiveModel {
        id: Set(id),
        donation_id: Set(gift.id),
        campaign_id: Set(gift.campaign_id),
        member_id: Set(gift.member_id),
        number: Set(store::next_number(tx, &promoter_key, year).await?),
        promoter_key: Set(promoter_key),
        year: Set(year),
        amount_minor: Set(amount),
        gift_minor: Set(amount - reward),
        reward_minor: Set(reward),
        method: Set(method.as_str().to_owned()),
        given_at: Set(given_at),
        issued_at: Set(cx.now),
        printed: Set(to_json(&printed)?),
        tax_data: Set(before.and_then(|before| before.tax_data.clone())),
        tax_data_at: Set(before.and_then(|before| before.tax_data_at)),
        cancelled_at: Set(None),
        cancel_reason: Set(None),
    };
    store::insert(tx, row)
        .await
        .map_err(|error| duplicate_as(error, Code::AlreadyDone))?;
    let event = Event::ReceiptChanged {
        receipt: id,
        state: ReceiptState::Issued,
    };
    outbox::put(tx, cx, &event).await
}

/// The day of the gift is that on which the donor gave, not that on which a provider credited it; of a transfer and of cash
/// the day is known only from the bank and the desk.
fn given_at(gift: &gifts::row::Model) -> Result<Timestamp> {
    Ok(match gift.way()? {
        Way::Online => gift.promised_at,
        Way::BankTransfer | Way::Cash => gift.confirmed_at.unwrap_or(gift.promised_at),
    })
}

/// By which name a payment is known to the donor: what their transfer said, the number of the desk's paper, the provider's name.
async fn payment(tx: &Tx, gift: &gifts::row::Model, method: Method) -> Result<String> {
    if let Some(code) = gift.reference_code.clone().filter(|_| method == Method::BankTransfer) {
        return Ok(code);
    }
    let known = money::payment_of(&**tx, gift.id).await?.unwrap_or_default();
    let own = format!("{}:", method.as_str());
    Ok(known.strip_prefix(&own).unwrap_or(&known).to_owned())
}

/// Who receives what is given to a campaign, and whose numbers its receipts have.
async fn recipient(tx: &Tx, cx: &Cx, to: &campaigns::row::Model) -> Result<(Recipient, String)> {
    let Some(application) = to.application_id else {
        return Ok((Recipient::city(&cx.city.settings), CITY.to_owned()));
    };
    let found = applications::find(&**tx, application).await?.ok_or(Error::NotFound)?;
    let promoter = found.paper()?.promoter;
    let key = promoter_key(&promoter.tax_code);
    Ok((Recipient::of(&promoter), key))
}

fn promoter_key(tax_code: &str) -> String {
    let code = TaxCode::parse(tax_code, "tax_code");
    format!("tax {}", code.as_ref().map_or(tax_code, TaxCode::as_str))
}

/// Whose numbers the receipts of a campaign have.
pub(super) async fn promoter_key_of(cx: &Cx, to: &campaigns::row::Model) -> Result<String> {
    let Some(application) = to.application_id else {
        return Ok(CITY.to_owned());
    };
    let found = applications::find(cx.db(), application).await?.ok_or(Error::NotFound)?;
    Ok(promoter_key(&found.paper()?.promoter.tax_code))
}

/// Completes a receipt with its donor's tax data, once. The number stays.
///
/// # Errors
/// `Invalid` for a wrong tax code and what is missing, `Conflict(AlreadyDone)` the second time, `Conflict(WrongState)` for a
/// cancelled one, `NotFound` for one that the actor may not know of, `Denied` for others than the donor.
pub async fn give_tax_data(cx: &Cx, id: ReceiptId, proof: Option<&str>, data: &TaxData) -> Result<ReceiptId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let found = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    cx.check(Act::GiveTaxData, On::Receipt(&facts(cx, &found, proof).await?))?;
    let data = data.read()?;
    if found.state() == ReceiptState::Cancelled {
        return Err(Error::Conflict(Code::WrongState));
    }
    let tx = cx.begin().await?;
    if !store::set_tax_data(&tx, id, &to_json(&data)?, cx.now).await? {
        return Err(Error::Conflict(Code::AlreadyDone));
    }
    cx.commit(tx, id).await
}
