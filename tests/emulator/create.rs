//! Opening a Checkout page: what is checked, and what is made of it.

use serde_json::{Value, json};

use crate::params::{at, items, number, text};
use crate::world::{Answer, Refusal, World};

/// Parameters that are known; any other is refused.
const KNOWN: [&str; 16] = [
    "mode",
    "submit_type",
    "client_reference_id",
    "metadata",
    "payment_intent_data",
    "line_items",
    "locale",
    "success_url",
    "cancel_url",
    "expires_at",
    "customer_email",
    "expand",
    "payment_method_types",
    "currency",
    "ui_mode",
    "automatic_tax",
];
/// The least that can be charged, in cents.
const LEAST: i64 = 50;
/// A page lives from half an hour to a day.
const SHORTEST_S: i64 = 30 * 60;
const LONGEST_S: i64 = 24 * 60 * 60;

pub fn session(world: &mut World, params: &Value) -> Answer {
    for name in params.as_object().into_iter().flatten().map(|(name, _)| name) {
        if !KNOWN.contains(&name.as_str()) {
            return Err(Refusal::param(name, &format!("Received unknown parameter: {name}")));
        }
    }
    if text(params, "mode") != Some("payment") {
        return Err(Refusal::param("mode", "Missing required param: mode."));
    }
    let success = text(params, "success_url");
    let success = success.filter(|url| url.starts_with("http://") || url.starts_with("https://"));
    let success = success.ok_or_else(|| Refusal::param("success_url", "Not a valid URL"))?;
    if text(params, "customer_email").is_some_and(|email| !email.contains('@')) {
        return Err(Refusal::param("customer_email", "Invalid email address"));
    }
    let (amount, name) = charged(params)?;
    let expires_at = number(params, "expires_at").unwrap_or(world.now + LONGEST_S);
    if !(world.now + SHORTEST_S..=world.now + LONGEST_S).contains(&expires_at) {
        let why = "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.";
        return Err(Refusal::param("expires_at", why));
    }
    let id = world.name("cs_test");
    let empty = json!({});
    let session = json!({
        "id": id,
        "object": "checkout.session",
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
        "cancel_url": text(params, "cancel_url"),
        "client_reference_id": text(params, "client_reference_id"),
        "created": world.now,
        "currency": "eur",
        "custom_fields": [],
        "custom_text": { "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null },
        "customer": null,
        "customer_details": null,
        "customer_email": text(params, "customer_email"),
        "expires_at": expires_at,
        "livemode": false,
        "locale": text(params, "locale"),
        "metadata": at(params, "metadata").unwrap_or(&empty),
        "mode": "payment",
        "payment_intent": null,
        "payment_method_types": ["card", "sepa_debit"],
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "submit_type": text(params, "submit_type"),
        "success_url": success,
        "ui_mode": "hosted_page",
        "url": format!("{}/pay/{id}", world.base),
        // Not shown by the provider; kept for the payment that comes of it.
        "_title": name,
        "_payment": at(params, "payment_intent_data").unwrap_or(&empty),
    });
    world.put(session.clone());
    Ok(session)
}

/// What is charged in all, and what the first line is called.
fn charged(params: &Value) -> Result<(i64, String), Refusal> {
    let lines = items(params, "line_items");
    let first = lines
        .first()
        .ok_or_else(|| Refusal::param("line_items", "Missing required param: line_items."))?;
    let name = text(first, "price_data.product_data.name");
    let name = name.ok_or_else(|| Refusal::param("line_items[0][price_data]", "Missing the product's name"))?;
    let mut amount = 0_i64;
    for line in &lines {
        if text(line, "price_data.currency") != Some("eur") {
            return Err(Refusal::param(
                "line_items[0][price_data][currency]",
                "Invalid currency",
            ));
        }
        let unit = number(line, "price_data.unit_amount").filter(|unit| *unit >= 0);
        let quantity = number(line, "quantity").filter(|quantity| *quantity > 0);
        let sum = unit
            .zip(quantity)
            .and_then(|(unit, quantity)| unit.checked_mul(quantity));
        amount += sum.ok_or_else(|| Refusal::param("line_items", "Invalid integer"))?;
    }
    if amount < LEAST {
        let mut refusal = Refusal::state(
            "amount_too_small",
            "The Checkout Session's total amount must be at least €0.50.",
        );
        refusal.before = true;
        return Err(refusal);
    }
    if amount > 99_999_999 {
        return Err(Refusal::param("line_items", "Amount must be no more than €999,999.99"));
    }
    Ok((amount, name.to_owned()))
}
