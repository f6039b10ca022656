//! Keys under which a request is made once: the same again is answered the same, failures of the provider included;
//! something else under the key is refused; a key is forgotten after a day. A request that was refused before it was begun
//! leaves its key free.

use serde_json::Value;

use crate::world::{Refusal, World};

/// How long a key is remembered, in seconds.
pub const KEPT_S: i64 = 24 * 60 * 60;

/// Longest key.
const LONGEST: usize = 255;

/// What was answered under a key.
#[derive(Debug, Clone)]
pub struct Remembered {
    asked: String,
    at: i64,
    status: u16,
    body: Value,
}

/// What was answered before under this key, if anything.
pub fn earlier(world: &mut World, key: &str, asked: &str) -> Result<Option<(u16, Value)>, Refusal> {
    let now = world.now;
    world.remembered.retain(|_, kept| now - kept.at < KEPT_S);
    if key.len() > LONGEST {
        let why = "Idempotency keys may be at most 255 characters";
        return Err(Refusal::of_kind(400, "invalid_request_error", why));
    }
    match world.remembered.get(key) {
        None => Ok(None),
        Some(kept) if kept.asked == asked => Ok(Some((kept.status, kept.body.clone()))),
        Some(_) => {
            let why =
                "Keys for idempotent requests can only be used with the same parameters they were first used with.";
            Err(Refusal::of_kind(400, "idempotency_error", why))
        }
    }
}

/// Keeps an answer under its key.
pub fn remember(world: &mut World, key: &str, asked: &str, status: u16, body: &Value) {
    let kept = Remembered {
        asked: asked.to_owned(),
        at: world.now,
        status,
        body: body.clone(),
    };
    world.remembered.insert(key.to_owned(), kept);
}
