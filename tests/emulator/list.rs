//! Lists: newest first, filtered, a page at a time after or before a thing.

use serde_json::{Value, json};

use crate::params::{number, text};
use crate::world::{Answer, Refusal, World};

const DEFAULT: i64 = 10;
const MOST: i64 = 100;

/// Fields by which a list is filtered when they are asked for.
const FILTERS: [&str; 6] = [
    "payment_intent",
    "charge",
    "source",
    "type",
    "status",
    "client_reference_id",
];

/// One page of everything of a kind.
pub fn page(world: &World, kind: &str, url: &str, params: &Value) -> Answer {
    let limit = match text(params, "limit") {
        None => DEFAULT,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=MOST).contains(limit))
            .ok_or_else(|| Refusal::param("limit", "This value must be between 1 and 100 (inclusive)."))?,
    };
    let mut all: Vec<&Value> = world.all(kind);
    for filter in FILTERS {
        if let Some(wanted) = text(params, filter) {
            if filter == "client_reference_id" {
                return Err(Refusal::param(
                    filter,
                    "Received unknown parameter: client_reference_id",
                ));
            }
            all.retain(|thing| thing[filter] == wanted);
        }
    }
    let within = |name: &str, holds: fn(i64, i64) -> bool| {
        let bound = number(params, &format!("created.{name}"));
        move |thing: &Value| bound.is_none_or(|bound| holds(thing["created"].as_i64().unwrap_or(0), bound))
    };
    let bounds = [
        within("gte", |at, bound| at >= bound),
        within("gt", |at, bound| at > bound),
        within("lte", |at, bound| at <= bound),
        within("lt", |at, bound| at < bound),
    ];
    all.retain(|thing| bounds.iter().all(|bound| bound(thing)));
    // The thing after which a page begins may be outside of the filter, so places are looked for in all of them.
    let whole = world.all(kind);
    let place = |id: &str| {
        let found = whole.iter().position(|thing| thing["id"] == id);
        found.ok_or_else(|| Refusal::missing(kind, id))
    };
    let rank = |thing: &Value| whole.iter().position(|one| one["id"] == thing["id"]).unwrap_or(0);
    let mut before = false;
    if let Some(after) = text(params, "starting_after") {
        let place = place(after)?;
        all.retain(|thing| rank(thing) > place);
    } else if let Some(end) = text(params, "ending_before") {
        let place = place(end)?;
        all.retain(|thing| rank(thing) < place);
        before = true;
    }
    let limit = usize::try_from(limit).expect("at most a hundred");
    let more = all.len() > limit;
    let data: Vec<&Value> = if before && more {
        all.split_off(all.len() - limit)
    } else {
        all.truncate(limit);
        all
    };
    Ok(json!({ "object": "list", "url": url, "has_more": more, "data": data }))
}
