//! The interface below `/v1`: which address does what.

use http::Method;
use serde_json::{Value, json};

use crate::params::{self, nested};
use crate::wire::Asked;
use crate::world::{Answer, Refusal, World, public};
use crate::{create, list, refund};

/// Things that are shown and listed, by the name in their address.
const KINDS: &[(&str, &str)] = &[
    ("checkout/sessions", "checkout.session"),
    ("payment_intents", "payment_intent"),
    ("charges", "charge"),
    ("refunds", "refund"),
    ("disputes", "dispute"),
    ("balance_transactions", "balance_transaction"),
    ("events", "event"),
];

/// One call.
pub fn call(world: &mut World, asked: &Asked) -> Answer {
    let params = nested(&asked.pairs);
    let path = asked.path.trim_start_matches("/v1/");
    let unknown = || Refusal::of_kind(404, "invalid_request_error", "Unrecognized request URL");
    let kind = KINDS
        .iter()
        .find(|(name, _)| path == *name || path.starts_with(&format!("{name}/")));
    let Some((name, kind)) = kind else {
        return if path == "balance" {
            Ok(balance(world))
        } else {
            Err(unknown())
        };
    };
    let rest: Vec<&str> = path[name.len()..].split('/').filter(|step| !step.is_empty()).collect();
    let post = asked.method == Method::POST;
    let answer = match (post, rest.as_slice(), *name) {
        (false, [], _) => list::page(world, kind, &format!("/v1/{name}"), &params)?,
        (false, [id], _) => shown(world, kind, id)?,
        (true, [], "checkout/sessions") => create::session(world, &params)?,
        (true, [id, "expire"], "checkout/sessions") => {
            shown(world, kind, id)?;
            world.close(id)?
        }
        (true, [], "refunds") => refund::create(world, &params)?,
        (true, [id, "close"], "disputes") => {
            shown(world, kind, id)?;
            world.dispute_to(id, "lost")
        }
        _ => return Err(unknown()),
    };
    let fields = params::items(&params, "expand");
    let expanded = expand(world, answer, fields.iter().filter_map(Value::as_str))?;
    Ok(public(expanded))
}

fn shown(world: &World, kind: &str, id: &str) -> Answer {
    let thing = world.get(id).filter(|thing| thing["object"] == kind);
    thing.cloned().ok_or_else(|| Refusal::missing(kind, id))
}

fn balance(world: &World) -> Value {
    let all = world.all("balance_transaction");
    let net: i64 = all.iter().filter_map(|movement| movement["net"].as_i64()).sum();
    json!({
        "object": "balance",
        "available": [{ "amount": net, "currency": "eur" }],
        "pending": [{ "amount": 0, "currency": "eur" }],
        "livemode": false,
    })
}

/// Puts things in where only their names stand.
fn expand<'a>(world: &World, mut answer: Value, fields: impl Iterator<Item = &'a str>) -> Answer {
    /// Deeper than this is refused, as documented.
    const DEEPEST: usize = 4;
    for field in fields {
        let steps: Vec<&str> = field.split('.').collect();
        if steps.len() > DEEPEST {
            return Err(Refusal::param(
                "expand",
                "You cannot expand more than 4 levels of a property",
            ));
        }
        put_in(world, &mut answer, &steps)?;
    }
    Ok(answer)
}

fn put_in(world: &World, thing: &mut Value, steps: &[&str]) -> Result<(), Refusal> {
    let [step, rest @ ..] = steps else { return Ok(()) };
    if let Some(all) = thing.as_array_mut() {
        return all.iter_mut().try_for_each(|one| put_in(world, one, steps));
    }
    if *step == "refunds" && thing["object"] == "charge" {
        let id = thing["id"].as_str().unwrap_or_default();
        let all: Vec<Value> = world
            .all("refund")
            .into_iter()
            .filter(|refund| refund["charge"] == id)
            .cloned()
            .collect();
        thing["refunds"] = json!({
            "object": "list", "data": all, "has_more": false, "url": format!("/v1/charges/{id}/refunds"),
        });
        return Ok(());
    }
    let Some(value) = thing.get_mut(*step) else {
        let message = format!("This property cannot be expanded ({step}).");
        return Err(Refusal::param("expand", &message));
    };
    if let Some(found) = value.as_str().and_then(|id| world.get(id)) {
        *value = found.clone();
    }
    match value {
        Value::Object(_) => put_in(world, value, rest),
        Value::Array(all) => all.iter_mut().try_for_each(|one| put_in(world, one, rest)),
        _ => Ok(()),
    }
}
