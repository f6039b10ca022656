//! What a message of the provider says, read as leniently as its money allows.
//!
//! Rule: only what is needed is looked for, by hand, so that a new version of a message breaks nothing. What can change
//! later (refunds, disputes) is never believed from a message, which may be old: it names what is to be looked at. A message
//! of a known kind that lacks something is an error, and so kept; one of another kind says nothing. Deliberately absent:
//! `payment_intent.payment_failed` as the end of a gift, because on a page that is still open another card may be tried.

use civic::id::DonationId;
use civic::payment::{Envelope, Fact, PaymentError, Told};
use civic::time::{SECOND_MS, Timestamp};
use serde_json::Value;

use super::facts::{DONATION, Paid};

/// The name, kind and time of a message.
///
/// # Errors
/// `Forged` when it has none.
pub fn envelope(body: &[u8]) -> Result<Envelope, PaymentError> {
    let forged = |why: &str| PaymentError::Forged(why.to_owned());
    let message: Value = serde_json::from_slice(body).map_err(|_| forged("it is not JSON"))?;
    let text = |name: &str| {
        message[name]
            .as_str()
            .filter(|text| is_name(text))
            .map(ToOwned::to_owned)
    };
    Ok(Envelope {
        id: text("id").ok_or_else(|| forged("it has no id"))?,
        kind: text("type").ok_or_else(|| forged("it has no type"))?,
        at: seconds(&message["created"]).ok_or_else(|| forged("it has no time"))?,
    })
}

/// What is taken as a name: short and plain.
fn is_name(text: &str) -> bool {
    const LONGEST: usize = 255;
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn seconds(value: &Value) -> Option<Timestamp> {
    let ms = value.as_i64()?.checked_mul(SECOND_MS)?;
    Some(Timestamp::from_ms(ms))
}

/// The thing that a message is about.
struct About<'a> {
    kind: &'a str,
    object: &'a Value,
}

impl<'a> About<'a> {
    fn missing(&self, what: &str) -> PaymentError {
        PaymentError::Unknown(format!("{} without {what}", self.kind))
    }

    fn text(&self, name: &str) -> Result<&'a str, PaymentError> {
        self.object[name].as_str().ok_or_else(|| self.missing(name))
    }

    /// A name that stands there alone, or in the thing itself where that was put in.
    fn name(&self, name: &str) -> Result<&'a str, PaymentError> {
        let value = &self.object[name];
        let found = value.as_str().or_else(|| value["id"].as_str());
        found.ok_or_else(|| self.missing(name))
    }

    /// Our name of the gift; none when the payment is somebody else's on the same account.
    fn donation(&self) -> Option<DonationId> {
        let own = self.object["client_reference_id"].as_str();
        let own = own.or_else(|| self.object["metadata"][DONATION].as_str());
        own.and_then(|text| text.parse().ok())
    }

    fn looked_at(&self) -> Result<Told, PaymentError> {
        Ok(Told {
            facts: Vec::new(),
            look: Some(self.text("id")?.to_owned()),
        })
    }

    fn says(fact: Fact) -> Told {
        Told {
            facts: vec![fact],
            look: None,
        }
    }
}

/// What a message says.
///
/// # Errors
/// `Unknown` when it is of a kind that we know, but lacks what we need.
pub fn read(body: &[u8]) -> Result<Told, PaymentError> {
    let message: Value = serde_json::from_slice(body).map_err(|error| PaymentError::Unknown(error.to_string()))?;
    let about = About {
        kind: message["type"].as_str().unwrap_or_default(),
        object: &message["data"]["object"],
    };
    match about.kind.split_once('.') {
        Some(("checkout", _)) => session(&about),
        Some(("payment_intent", _)) => intent(&about),
        Some(("charge", _)) => charge(&about),
        Some(("refund", "created" | "updated" | "failed")) => about.looked_at(),
        _ => Ok(Told::default()),
    }
}

fn session(about: &About<'_>) -> Result<Told, PaymentError> {
    let Some(donation) = about.donation() else {
        return Ok(Told::default());
    };
    match about.kind {
        "checkout.session.completed" if about.text("payment_status")? == "unpaid" => {
            let payment = about.name("payment_intent")?.to_owned();
            Ok(Told {
                facts: vec![Fact::Authorised { donation, payment }],
                look: Some(about.text("id")?.to_owned()),
            })
        }
        // How it was paid, and with what, stands in the payment only.
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" => about.looked_at(),
        "checkout.session.async_payment_failed" => {
            let payment = about.name("payment_intent")?.to_owned();
            Ok(About::says(Fact::Failed { donation, payment }))
        }
        "checkout.session.expired" => Ok(About::says(Fact::Expired { donation })),
        _ => Ok(Told::default()),
    }
}

fn intent(about: &About<'_>) -> Result<Told, PaymentError> {
    let known = ["succeeded", "processing", "payment_failed", "canceled"];
    let step = about.kind.trim_start_matches("payment_intent.");
    if !known.contains(&step) || about.donation().is_none() {
        return Ok(Told::default());
    }
    about.looked_at()
}

fn charge(about: &About<'_>) -> Result<Told, PaymentError> {
    match about.kind {
        "charge.succeeded" => succeeded(about),
        // The fee of a charge may be known only later, and is told so.
        "charge.updated" | "charge.refunded" if about.donation().is_some() => Ok(Told {
            facts: Vec::new(),
            look: Some(about.name("payment_intent")?.to_owned()),
        }),
        "charge.refund.updated" => about.looked_at(),
        kind if kind.starts_with("charge.dispute.") => about.looked_at(),
        _ => Ok(Told::default()),
    }
}

/// A charge is the one message that says all of a payment but its fee.
fn succeeded(about: &About<'_>) -> Result<Told, PaymentError> {
    let Some(donation) = about.donation() else {
        return Ok(Told::default());
    };
    let payment = about.name("payment_intent")?.to_owned();
    let details = &about.object["payment_method_details"];
    let kind = details["type"].as_str().unwrap_or_default();
    let paid = Paid {
        donation,
        payment: &payment,
        amount: about.object["amount"].as_i64().ok_or_else(|| about.missing("amount"))?,
        currency: about.text("currency")?,
        method: kind,
        fingerprint: details[kind]["fingerprint"].as_str(),
        at_s: about.object["created"]
            .as_i64()
            .ok_or_else(|| about.missing("created"))?,
    };
    Ok(Told {
        facts: vec![paid.confirmed()?],
        look: Some(payment),
    })
}
