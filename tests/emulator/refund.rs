//! Refunds: never above what is left of a charge, never of one that is disputed; a card's at once, a debit's days later,
//! and each may fail afterwards.

use serde_json::{Value, json};

use crate::params::{at, number, text};
use crate::world::{Answer, Due, Happening, Refusal, World};

/// A refund of a debit arrives after so long.
const DEBIT_REFUND_S: i64 = 5 * 24 * 60 * 60;

const KNOWN: [&str; 6] = ["payment_intent", "charge", "amount", "metadata", "reason", "expand"];

pub fn create(world: &mut World, params: &Value) -> Answer {
    for name in params.as_object().into_iter().flatten().map(|(name, _)| name) {
        if !KNOWN.contains(&name.as_str()) {
            return Err(Refusal::param(name, &format!("Received unknown parameter: {name}")));
        }
    }
    let payment = text(params, "payment_intent").map(ToOwned::to_owned);
    let charge = match (&payment, text(params, "charge")) {
        (Some(payment), _) => {
            let intent = world.get(payment).filter(|thing| thing["object"] == "payment_intent");
            let intent = intent.ok_or_else(|| Refusal::missing("payment_intent", payment))?;
            intent["latest_charge"].as_str().unwrap_or_default().to_owned()
        }
        (None, Some(charge)) => charge.to_owned(),
        (None, None) => {
            return Err(Refusal::param(
                "charge",
                "One of the following params should be provided: charge.",
            ));
        }
    };
    let seen = world
        .get(&charge)
        .filter(|thing| thing["status"] == "succeeded")
        .cloned();
    let seen = seen.ok_or_else(|| {
        Refusal::state(
            "charge_not_refundable",
            "This PaymentIntent does not have a successful charge to refund.",
        )
    })?;
    if seen["disputed"] == true
        && world.all("dispute").iter().any(|dispute| {
            dispute["charge"] == charge && dispute["is_charge_refundable"] != true && dispute["status"] != "won"
        })
    {
        return Err(Refusal::state(
            "charge_disputed",
            "Charge has been charged back; cannot issue a refund.",
        ));
    }
    let whole = seen["amount"].as_i64().unwrap_or(0);
    let left = whole - seen["amount_refunded"].as_i64().unwrap_or(0);
    if left == 0 {
        return Err(Refusal::state(
            "charge_already_refunded",
            "Charge has already been refunded.",
        ));
    }
    let amount = match text(params, "amount") {
        None => left,
        Some(_) => number(params, "amount")
            .filter(|amount| *amount > 0)
            .ok_or_else(|| Refusal::param("amount", "Invalid positive integer"))?,
    };
    if amount > left {
        let mut refusal = Refusal::state(
            "amount_too_large",
            "Refund amount is greater than unrefunded amount on charge.",
        );
        refusal.body["error"]["param"] = json!("amount");
        return Err(refusal);
    }
    let is_card = seen["payment_method_details"]["type"] == "card";
    let id = world.name(if is_card { "re" } else { "pyr" });
    let movement = world.movement(if is_card { "refund" } else { "payment_refund" }, &id, -amount, 0);
    let empty = json!({});
    let refund = json!({
        "id": id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": movement,
        "charge": charge,
        "created": world.now,
        "currency": "eur",
        "metadata": at(params, "metadata").unwrap_or(&empty),
        "payment_intent": seen["payment_intent"],
        "reason": text(params, "reason"),
        "receipt_number": null,
        "status": if is_card { "succeeded" } else { "pending" },
    });
    world.put(refund.clone());
    world.count_refunds(&charge);
    world.tell("refund.created", &refund);
    let seen = world.thing(&charge);
    world.tell("charge.refunded", &seen);
    if !is_card {
        let at = world.now + DEBIT_REFUND_S;
        world.due.push(Due {
            at,
            what: Happening::RefundArrives(id),
        });
    }
    Ok(refund)
}

impl World {
    /// What of a charge is with the donor again, or on the way: refunds that failed are not.
    fn count_refunds(&mut self, charge: &str) {
        let all = self.all("refund").into_iter();
        let standing = all.filter(|refund| refund["charge"] == charge && refund["status"] != "failed");
        let sum: i64 = standing.filter_map(|refund| refund["amount"].as_i64()).sum();
        let whole = self.thing(charge)["amount"].as_i64().unwrap_or(0);
        self.change(charge, json!({ "amount_refunded": sum, "refunded": sum == whole }));
    }

    /// A refund arrives, or fails and the money is on the account again.
    pub fn refund_to(&mut self, id: &str, status: &str) {
        if self.thing(id)["status"] == "failed" {
            return;
        }
        let mut refund = self.change(id, json!({ "status": status }));
        if status == "failed" {
            let amount = refund["amount"].as_i64().unwrap_or(0);
            let movement = self.movement("refund_failure", id, amount, 0);
            let fields =
                json!({ "failure_balance_transaction": movement, "failure_reason": "expired_or_canceled_card" });
            refund = self.change(id, fields);
            let charge = refund["charge"].as_str().unwrap_or_default().to_owned();
            self.count_refunds(&charge);
            self.tell("refund.failed", &refund);
        }
        self.tell("refund.updated", &refund);
        self.tell("charge.refund.updated", &refund);
    }
}
