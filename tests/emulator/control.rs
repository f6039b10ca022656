//! What a test tells the emulator: the time, what goes wrong, what donors and banks do, and when messages go out. All of it
//! is JSON by POST below `/control/`; `GET /control/log` gives everything that ever happened, for an auditor.

use http::Method;
use serde_json::{Value, json};

use crate::deliver::{self, Hook, Manner};
use crate::wire::{Asked, Shared};
use crate::world::{Answer, Fault, Refusal, World};

pub async fn answer(shared: &Shared, asked: &Asked) -> Answer {
    let steps: Vec<&str> = asked.path.trim_start_matches("/control/").split('/').collect();
    if asked.method == Method::GET {
        let world = shared.lock().await;
        return match steps.as_slice() {
            ["log"] => Ok(Value::Array(world.log.clone())),
            ["waiting"] => Ok(json!({ "now": world.now, "deliveries": world.deliveries.len() })),
            _ => Err(Refusal::missing("control", &asked.path)),
        };
    }
    let body: Value = match asked.body.as_ref() {
        b"" => json!({}),
        some => serde_json::from_slice(some).map_err(|error| Refusal::param("body", &error.to_string()))?,
    };
    if steps == ["deliver"] {
        let manner: Manner = read(&body)?;
        return Ok(deliver::deliver(shared, &manner).await);
    }
    let mut world = shared.lock().await;
    if steps != ["clock"] {
        world.note("control", json!({ "path": asked.path, "body": body }));
    }
    told(&mut world, &steps, &body)
}

fn read<T: serde::de::DeserializeOwned>(body: &Value) -> Result<T, Refusal> {
    serde_json::from_value(body.clone()).map_err(|error| Refusal::param("body", &error.to_string()))
}

fn told(world: &mut World, steps: &[&str], body: &Value) -> Answer {
    let known = |world: &World, id: &str| world.get(id).map(|_| ()).ok_or_else(|| Refusal::missing("thing", id));
    match steps {
        ["clock"] => {
            let by = body["by_s"].as_i64().unwrap_or(0);
            let then = body["to_s"].as_i64().unwrap_or(world.now + by);
            world.move_to(then);
            Ok(json!({ "now": world.now }))
        }
        ["hooks"] => {
            let hook: Hook = read(body)?;
            // The same address again changes its secrets, as when one is rolled.
            match world.hooks.iter_mut().find(|known| known.url == hook.url) {
                Some(known) => known.secrets = hook.secrets,
                None => world.hooks.push(hook),
            }
            Ok(json!({ "hooks": world.hooks.len() }))
        }
        ["faults"] => {
            let fault: Fault = read(body)?;
            world.faults.push(fault);
            Ok(json!({ "faults": world.faults.len() }))
        }
        ["disputes"] => {
            let payment = body["payment_intent"].as_str().unwrap_or_default();
            world.dispute(payment, body["amount"].as_i64(), body["inquiry"] == true)
        }
        ["disputes", id, status] => {
            known(world, id)?;
            Ok(world.dispute_to(id, status))
        }
        ["refunds", id, status] => {
            known(world, id)?;
            world.refund_to(id, status);
            Ok(world.thing(id))
        }
        // A payment that the account took by another way, such as its dashboard, and a payout to its bank.
        ["movements"] => {
            let kind = body["type"].as_str().unwrap_or("payout");
            let source = body["source"].as_str().unwrap_or_default();
            let amount = body["amount"].as_i64().unwrap_or(0);
            let id = world.movement(kind, source, amount, 0);
            let fields = json!({ "source": if source.is_empty() { Value::Null } else { json!(source) } });
            Ok(world.change(&id, fields))
        }
        // Somebody changes a thing as our program never would: another currency, a field that is gone.
        ["change", id] => {
            known(world, id)?;
            Ok(world.change(id, body.clone()))
        }
        ["tell"] => {
            let kind = body["type"].as_str().unwrap_or_default().to_owned();
            world.tell(&kind, &body["object"]);
            Ok(json!({}))
        }
        _ => Err(Refusal::missing("control", &steps.join("/"))),
    }
}
