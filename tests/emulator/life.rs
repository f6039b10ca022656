//! What happens to a payment: a card that is good or declined, a debit that arrives or comes back days later, a page that
//! is closed or runs out, a dispute. Each step tells its events in the provider's order.

use serde_json::{Value, json};

use crate::world::{Answer, Due, Happening, Refusal, World};

/// A debit is settled after six days, a stand-in for six business days.
pub const DEBIT_S: i64 = 6 * 24 * 60 * 60;
/// What the provider asks for a dispute, in cents.
pub const DISPUTE_FEE: i64 = 2_000;

/// The fee of a card: 1.5 % and 25 cents.
pub fn card_fee(amount: i64) -> i64 {
    (amount * 15 + 500) / 1_000 + 25
}

/// The fee of a debit: 35 cents.
const DEBIT_FEE: i64 = 35;

fn text(thing: &Value, name: &str) -> String {
    thing[name].as_str().unwrap_or_default().to_owned()
}

impl World {
    /// The payment of a page; made when somebody first tries to pay.
    fn payment_of(&mut self, session: &str) -> String {
        let page = self.thing(session);
        if let Some(known) = page["payment_intent"].as_str() {
            return known.to_owned();
        }
        let (id, empty) = (self.name("pi"), json!({}));
        let intent = json!({
            "id": id,
            "object": "payment_intent",
            "amount": page["amount_total"],
            "amount_capturable": 0,
            "amount_received": 0,
            "canceled_at": null,
            "capture_method": "automatic_async",
            "client_secret": null,
            "confirmation_method": "automatic",
            "created": self.now,
            "currency": "eur",
            "description": page["_payment"]["description"],
            "last_payment_error": null,
            "latest_charge": null,
            "livemode": false,
            "metadata": page["_payment"].get("metadata").unwrap_or(&empty),
            "payment_method": null,
            "payment_method_types": page["payment_method_types"],
            "status": "requires_payment_method",
        });
        self.put(intent.clone());
        self.change(session, json!({ "payment_intent": id }));
        self.tell("payment_intent.created", &intent);
        id
    }

    fn charge(&mut self, payment: &str, method: &str, who: &str, status: &str) -> String {
        let intent = self.thing(payment);
        let id = self.name(if method == "card" { "ch" } else { "py" });
        let details = if method == "card" {
            json!({ "brand": "visa", "country": "IT", "exp_month": 12, "exp_year": 2030, "fingerprint": who,
                    "funding": "debit", "last4": "4242", "network": "visa" })
        } else {
            json!({ "bank_code": "03069", "branch_code": "09606", "country": "IT", "fingerprint": who, "last4": "3000",
                    "mandate": null })
        };
        let charge = json!({
            "id": id,
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": if status == "failed" { json!(0) } else { intent["amount"].clone() },
            "amount_refunded": 0,
            "balance_transaction": null,
            "billing_details": { "address": null, "email": null, "name": null, "phone": null, "tax_id": null },
            "captured": status != "failed",
            "created": self.now,
            "currency": "eur",
            "description": intent["description"],
            "disputed": false,
            "failure_code": if status == "failed" { json!("card_declined") } else { json!(null) },
            "livemode": false,
            "metadata": intent["metadata"],
            "paid": status == "succeeded",
            "payment_intent": payment,
            "payment_method_details": { "type": method, method: details },
            "receipt_url": null,
            "refunded": false,
            "status": status,
        });
        self.put(charge);
        self.change(payment, json!({ "latest_charge": id }));
        id
    }

    /// A movement on the account; what it is of is given by name.
    pub fn movement(&mut self, kind: &str, source: &str, amount: i64, fee: i64) -> String {
        let id = self.name("txn");
        let details = if fee == 0 {
            json!([])
        } else {
            json!([{ "amount": fee, "application": null, "currency": "eur", "description": "Stripe processing fees",
                     "type": "stripe_fee" }])
        };
        let movement = json!({
            "id": id,
            "object": "balance_transaction",
            "amount": amount,
            "available_on": self.now,
            "balance_type": "payments",
            "created": self.now,
            "currency": "eur",
            "description": null,
            "exchange_rate": null,
            "fee": fee,
            "fee_details": details,
            "net": amount - fee,
            "reporting_category": if kind == "adjustment" { "dispute" } else { kind },
            "source": source,
            "status": "available",
            "type": kind,
        });
        self.put(movement);
        id
    }

    /// Pays a page by a good card whose number always has the same print.
    pub fn pay_by_card(&mut self, session: &str, who: &str) {
        let payment = self.payment_of(session);
        let charge = self.charge(&payment, "card", who, "succeeded");
        self.arrive(&payment, &charge);
        let page = self.change(
            session,
            json!({ "status": "complete", "payment_status": "paid", "url": null }),
        );
        self.tell("checkout.session.completed", &page);
    }

    /// Tries a card that is declined; the page stays open.
    pub fn decline(&mut self, session: &str) {
        let payment = self.payment_of(session);
        let charge = self.charge(&payment, "card", "declined", "failed");
        let charge = self.thing(&charge);
        self.tell("charge.failed", &charge);
        let error = json!({ "type": "card_error", "code": "card_declined", "message": "Your card was declined." });
        let intent = self.change(&payment, json!({ "last_payment_error": error }));
        self.tell("payment_intent.payment_failed", &intent);
    }

    /// Pays by a debit, which settles or comes back days later.
    pub fn pay_by_debit(&mut self, session: &str, who: &str, fails: bool) {
        let payment = self.payment_of(session);
        let charge = self.charge(&payment, "sepa_debit", who, "pending");
        let intent = self.change(&payment, json!({ "status": "processing" }));
        self.tell("payment_intent.processing", &intent);
        let charge = self.thing(&charge);
        self.tell("charge.pending", &charge);
        let page = self.change(session, json!({ "status": "complete", "url": null }));
        self.tell("checkout.session.completed", &page);
        let what = if fails {
            Happening::DebitFails(payment)
        } else {
            Happening::DebitSettles(payment)
        };
        self.due.push(Due {
            at: self.now + DEBIT_S,
            what,
        });
    }

    fn arrive(&mut self, payment: &str, charge: &str) {
        let seen = self.thing(charge);
        let amount = seen["amount"].as_i64().unwrap_or(0);
        let is_card = seen["payment_method_details"]["type"] == "card";
        let (kind, fee) = if is_card {
            ("charge", card_fee(amount))
        } else {
            ("payment", DEBIT_FEE)
        };
        let movement = self.movement(kind, charge, amount, fee);
        let fields = json!({ "balance_transaction": movement, "paid": true, "status": "succeeded" });
        let seen = self.change(charge, fields);
        self.tell("charge.succeeded", &seen);
        let intent = self.change(payment, json!({ "status": "succeeded", "amount_received": amount }));
        self.tell("payment_intent.succeeded", &intent);
    }

    fn session_of(&self, payment: &str) -> Option<String> {
        let page = self
            .all("checkout.session")
            .into_iter()
            .find(|page| page["payment_intent"] == payment)?;
        Some(text(page, "id"))
    }

    /// What was due.
    pub fn happen(&mut self, what: Happening) {
        match what {
            Happening::DebitSettles(payment) => {
                let charge = text(&self.thing(&payment), "latest_charge");
                self.arrive(&payment, &charge);
                if let Some(session) = self.session_of(&payment) {
                    let page = self.change(&session, json!({ "payment_status": "paid" }));
                    self.tell("checkout.session.async_payment_succeeded", &page);
                }
            }
            Happening::DebitFails(payment) => {
                let charge = text(&self.thing(&payment), "latest_charge");
                let charge = self.change(&charge, json!({ "status": "failed", "captured": false, "paid": false }));
                self.tell("charge.failed", &charge);
                let intent = self.change(&payment, json!({ "status": "requires_payment_method" }));
                self.tell("payment_intent.payment_failed", &intent);
                if let Some(session) = self.session_of(&payment) {
                    let page = self.thing(&session);
                    self.tell("checkout.session.async_payment_failed", &page);
                }
            }
            Happening::RefundArrives(refund) => self.refund_to(&refund, "succeeded"),
        }
    }

    /// Closes an open page at somebody's wish.
    pub fn close(&mut self, session: &str) -> Answer {
        if self.thing(session)["status"] != "open" {
            let why = "Only Checkout Sessions with a status in [\"open\"] can be expired.";
            return Err(Refusal::of_kind(400, "invalid_request_error", why));
        }
        self.expire(session);
        Ok(self.thing(session))
    }

    /// A page runs out.
    pub fn expire(&mut self, session: &str) {
        let page = self.change(session, json!({ "status": "expired", "url": null }));
        if let Some(payment) = page["payment_intent"].as_str() {
            let fields = json!({ "status": "canceled", "canceled_at": self.now, "cancellation_reason": "automatic" });
            let intent = self.change(payment, fields);
            self.tell("payment_intent.canceled", &intent);
        }
        self.tell("checkout.session.expired", &page);
    }

    /// A donor's bank disputes a payment, or only asks about it.
    pub fn dispute(&mut self, payment: &str, amount: Option<i64>, inquiry: bool) -> Answer {
        let charge = self
            .get(payment)
            .map(|intent| text(intent, "latest_charge"))
            .unwrap_or_default();
        let seen = self.get(&charge).filter(|charge| charge["paid"] == true).cloned();
        let seen = seen.ok_or_else(|| Refusal::missing("payment_intent", payment))?;
        let id = self.name("du");
        let is_debit = seen["payment_method_details"]["type"] == "sepa_debit";
        let status = match (inquiry, is_debit) {
            (true, _) => "warning_needs_response",
            // Against a debit's return there is no appeal.
            (false, true) => "lost",
            (false, false) => "needs_response",
        };
        let dispute = json!({
            "id": id,
            "object": "dispute",
            "amount": amount.map_or_else(|| seen["amount"].clone(), Value::from),
            "balance_transactions": [],
            "charge": charge,
            "created": self.now,
            "currency": "eur",
            "enhanced_eligibility_types": [],
            "evidence": { "enhanced_evidence": {} },
            "evidence_details": { "due_by": self.now + 7 * 24 * 60 * 60, "enhanced_eligibility": {},
                                  "has_evidence": false, "past_due": false, "submission_count": 0 },
            "is_charge_refundable": inquiry,
            "livemode": false,
            "metadata": {},
            "payment_intent": payment,
            "reason": "fraudulent",
            "status": status,
        });
        self.put(dispute.clone());
        let fields = json!({ "disputed": true });
        self.change(&charge, fields);
        self.tell("charge.dispute.created", &dispute);
        if !inquiry {
            self.withdraw(&id);
        }
        if status == "lost" {
            let dispute = self.thing(&id);
            self.tell("charge.dispute.closed", &dispute);
        }
        Ok(self.thing(&id))
    }

    fn withdraw(&mut self, id: &str) {
        let amount = self.thing(id)["amount"].as_i64().unwrap_or(0);
        self.move_for_dispute(id, -amount, DISPUTE_FEE);
        let dispute = self.thing(id);
        self.tell("charge.dispute.funds_withdrawn", &dispute);
    }

    fn move_for_dispute(&mut self, id: &str, amount: i64, fee: i64) {
        let movement = self.movement("adjustment", id, amount, fee);
        let movement = self.thing(&movement);
        let mut movements = self.thing(id)["balance_transactions"].clone();
        movements.as_array_mut().expect("a list").push(movement);
        self.change(id, json!({ "balance_transactions": movements }));
    }

    /// A dispute goes on: under review, won, lost, closed without having moved money, or an inquiry becomes one.
    pub fn dispute_to(&mut self, id: &str, status: &str) -> Value {
        let before = text(&self.thing(id), "status");
        let dispute = self.change(id, json!({ "status": status }));
        if before.starts_with("warning_") && status == "needs_response" {
            self.withdraw(id);
        }
        match status {
            "won" => {
                let amount = dispute["amount"].as_i64().unwrap_or(0);
                self.move_for_dispute(id, amount, 0);
                let dispute = self.thing(id);
                self.tell("charge.dispute.funds_reinstated", &dispute);
                self.tell("charge.dispute.closed", &dispute);
            }
            "lost" | "warning_closed" => self.tell("charge.dispute.closed", &dispute),
            _ => self.tell("charge.dispute.updated", &dispute),
        }
        self.thing(id)
    }
}
