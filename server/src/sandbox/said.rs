//! The messages of the sandbox, in the words of Stripe, and the names of its things.
//!
//! Rule: a name says which gift it is about, so that everything about one gift is found by how names begin.

use civic::id::DonationId;
use civic::money::Money;
use civic::payment::{Fact, NewRefund, PaymentError, RefundState, Told};
use civic::time::{SECOND_MS, Timestamp};
use serde_json::{Value, json};

use crate::stripe::facts::{DONATION, REFUND, instant};
use crate::stripe::message;

/// How the name of every message begins.
pub const ALL: &str = "sbxevt.";

/// How the names of all messages about a gift begin.
pub fn about(donation: DonationId) -> String {
    format!("{ALL}{donation}.")
}

/// The name of a gift's page, which can be paid until then.
pub fn page(donation: DonationId, expires_at: Timestamp) -> String {
    format!("sbx.{}.{donation}", expires_at.ms())
}

/// Which gift's page it is, and until when it can be paid.
pub fn read_page(name: &str) -> Option<(DonationId, Timestamp)> {
    let (ms, donation) = name.strip_prefix("sbx.")?.split_once('.')?;
    Some((donation.parse().ok()?, Timestamp::from_ms(ms.parse().ok()?)))
}

fn payment(donation: DonationId) -> String {
    format!("sbxpi.{donation}")
}

/// Which gift's payment it is.
pub fn read_payment(name: &str) -> Option<DonationId> {
    name.strip_prefix("sbxpi.")?.parse().ok()
}

fn seconds(at: Timestamp) -> i64 {
    at.ms() / SECOND_MS
}

fn event(donation: DonationId, what: &str, kind: &str, at: Timestamp, object: &Value) -> Value {
    json!({
        "id": format!("{}{what}", about(donation)),
        "object": "event",
        "type": kind,
        "created": seconds(at),
        "data": { "object": object },
    })
}

fn session(donation: DonationId, status: &str, payment_status: &str) -> Value {
    json!({
        "id": format!("sbxcs.{donation}"),
        "object": "checkout.session",
        "client_reference_id": donation,
        "payment_intent": payment(donation),
        "payment_status": payment_status,
        "status": status,
    })
}

/// A debit is under way.
pub fn authorised(donation: DonationId, at: Timestamp) -> Value {
    let object = session(donation, "complete", "unpaid");
    event(donation, "authorised", "checkout.session.completed", at, &object)
}

/// A debit came back.
pub fn failed(donation: DonationId, at: Timestamp) -> Value {
    let object = session(donation, "complete", "unpaid");
    event(donation, "failed", "checkout.session.async_payment_failed", at, &object)
}

/// A page can no longer be paid.
pub fn expired(donation: DonationId, at: Timestamp) -> Value {
    let object = session(donation, "expired", "unpaid");
    event(donation, "expired", "checkout.session.expired", at, &object)
}

/// The money is there.
pub fn paid(donation: DonationId, amount_minor: i64, method: &str, at: Timestamp) -> Value {
    // Everybody in a demonstration has a card of their own.
    let fingerprint = format!("sandbox-{donation}");
    let object = json!({
        "id": format!("sbxch.{donation}"),
        "object": "charge",
        "amount": amount_minor,
        "currency": "eur",
        "created": seconds(at),
        "payment_intent": payment(donation),
        "metadata": { DONATION: donation },
        "payment_method_details": { "type": method, method: { "fingerprint": fingerprint } },
    });
    event(donation, "paid", "charge.succeeded", at, &object)
}

/// The money is with the donor again.
pub fn refunded(donation: DonationId, refund: &NewRefund, at: Timestamp) -> Value {
    let object = json!({
        "id": format!("sbxre.{}", refund.refund),
        "object": "refund",
        "amount": refund.amount.minor(),
        "currency": "eur",
        "created": seconds(at),
        "payment_intent": payment(donation),
        "status": "succeeded",
        "metadata": { REFUND: refund.refund },
    });
    event(
        donation,
        &format!("refund.{}", refund.refund),
        "refund.created",
        at,
        &object,
    )
}

/// What a message of the sandbox says: as with Stripe, but a refund is final at once and nothing more is to be looked at.
pub fn read(body: &[u8]) -> Result<Told, PaymentError> {
    let mut told = message::read(body)?;
    told.look = None;
    let said: Value = serde_json::from_slice(body).map_err(|error| PaymentError::Unknown(error.to_string()))?;
    if said["type"] == "refund.created" {
        told.facts.extend(refund(&said["data"]["object"]));
    }
    Ok(told)
}

fn refund(object: &Value) -> Option<Fact> {
    Some(Fact::Refunded {
        payment: object["payment_intent"].as_str()?.to_owned(),
        reference: object["id"].as_str()?.to_owned(),
        refund: object["metadata"][REFUND].as_str()?.parse().ok(),
        amount: Money::eur(object["amount"].as_i64()?),
        state: RefundState::Succeeded,
        at: instant(object["created"].as_i64()?),
    })
}
