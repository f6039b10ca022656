//! Everything the emulated provider knows: the time, the things, what was answered under which key, what goes out.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use crate::deliver::{Delivery, Hook};
use crate::idempotency::Remembered;

/// The version of the interface that answers are in.
pub const VERSION: &str = "2026-09-30.endive";

/// A refusal, as the provider words it.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub status: u16,
    pub body: Value,
    /// Whether it is given before the request is begun, so that it is not remembered under its key.
    pub before: bool,
}

impl Refusal {
    fn new(status: u16, kind: &str, code: Option<&str>, message: &str) -> Self {
        let error = json!({ "type": kind, "code": code, "message": message, "doc_url": null, "param": null });
        Self {
            status,
            body: json!({ "error": error }),
            before: false,
        }
    }

    /// A parameter is wrong or missing: found before the request is begun.
    pub fn param(name: &str, message: &str) -> Self {
        let mut refusal = Self::new(400, "invalid_request_error", None, message);
        refusal.body["error"]["param"] = json!(name);
        refusal.before = true;
        refusal
    }

    /// The state of things is against it.
    pub fn state(code: &str, message: &str) -> Self {
        Self::new(400, "invalid_request_error", Some(code), message)
    }

    pub fn missing(what: &str, id: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        let mut refusal = Self::new(404, "invalid_request_error", Some("resource_missing"), &message);
        refusal.before = true;
        refusal
    }

    pub fn of_kind(status: u16, kind: &str, message: &str) -> Self {
        let mut refusal = Self::new(status, kind, None, message);
        refusal.before = true;
        refusal
    }
}

pub type Answer = Result<Value, Refusal>;

/// Something that goes wrong on purpose.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Fault {
    /// Method and beginning of the path, such as `POST /v1/refunds`.
    pub on: String,
    /// What goes wrong.
    pub what: String,
    /// How often.
    #[serde(default = "once")]
    pub times: u32,
}

const fn once() -> u32 {
    1
}

/// Something that happens by itself at a time.
#[derive(Debug, Clone)]
pub struct Due {
    pub at: i64,
    pub what: Happening,
}

#[derive(Debug, Clone)]
pub enum Happening {
    DebitSettles(String),
    DebitFails(String),
    RefundArrives(String),
}

/// A thing as it is shown: what is only for ourselves begins with a line and is left out.
pub fn public(mut thing: Value) -> Value {
    match &mut thing {
        Value::Object(fields) => {
            fields.retain(|name, _| !name.starts_with('_'));
            for value in fields.values_mut() {
                *value = public(value.take());
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| *one = public(one.take())),
        _ => {}
    }
    thing
}

pub struct World {
    pub base: String,
    /// Seconds.
    pub now: i64,
    things: BTreeMap<String, Value>,
    order: Vec<String>,
    made: u64,
    pub remembered: BTreeMap<String, Remembered>,
    pub faults: Vec<Fault>,
    pub due: Vec<Due>,
    pub hooks: Vec<Hook>,
    pub deliveries: VecDeque<Delivery>,
    pub log: Vec<Value>,
}

impl World {
    pub fn new(base: String, now: i64) -> Self {
        Self {
            base,
            now,
            things: BTreeMap::new(),
            order: Vec::new(),
            made: 0,
            remembered: BTreeMap::new(),
            faults: Vec::new(),
            due: Vec::new(),
            hooks: Vec::new(),
            deliveries: VecDeque::new(),
            log: Vec::new(),
        }
    }

    /// A new name of a thing.
    pub fn name(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}_{:08}", self.made)
    }

    pub fn put(&mut self, thing: Value) -> String {
        let id = thing["id"].as_str().expect("a thing has an id").to_owned();
        if self.things.insert(id.clone(), thing).is_none() {
            self.order.push(id.clone());
        }
        id
    }

    pub fn get(&self, id: &str) -> Option<&Value> {
        self.things.get(id)
    }

    /// A thing that must be there, because we made it.
    pub fn thing(&self, id: &str) -> Value {
        self.things[id].clone()
    }

    /// Changes some fields of a thing.
    pub fn change(&mut self, id: &str, fields: Value) -> Value {
        let thing = self.things.get_mut(id).expect("it is there");
        for (name, value) in fields.as_object().into_iter().flatten() {
            thing[name] = value.clone();
        }
        thing.clone()
    }

    /// Everything of a kind, newest first.
    pub fn all(&self, kind: &str) -> Vec<&Value> {
        let all = self.order.iter().rev().map(|id| &self.things[id]);
        all.filter(|thing| thing["object"] == kind).collect()
    }

    /// Notes something for whoever audits later.
    pub fn note(&mut self, what: &str, detail: Value) {
        let (number, at) = (self.log.len(), self.now);
        self.log
            .push(json!({ "number": number, "at": at, "what": what, "detail": detail }));
    }

    /// Tells that something happened: an event is kept, and goes out to every hook.
    pub fn tell(&mut self, kind: &str, object: &Value) {
        let object = public(object.clone());
        let id = self.name("evt");
        let event = json!({
            "id": id,
            "object": "event",
            "api_version": VERSION,
            "created": self.now,
            "data": { "object": object },
            "livemode": false,
            "pending_webhooks": self.hooks.len(),
            "request": { "id": null, "idempotency_key": null },
            "type": kind,
        });
        self.note("event", json!({ "id": id, "type": kind, "object": object["id"] }));
        self.put(event);
        for hook in 0..self.hooks.len() {
            self.deliveries.push_back(Delivery::new(hook, &id, self.now));
        }
    }

    /// Moves the clock on, and lets happen what is due on the way, in order.
    pub fn move_to(&mut self, then: i64) {
        loop {
            let sessions = self.all("checkout.session").into_iter();
            let expiring = sessions
                .filter(|session| session["status"] == "open")
                .filter_map(|session| Some((session["expires_at"].as_i64()?, session["id"].as_str()?.to_owned())))
                .min();
            let happening = self.due.iter().enumerate().map(|(place, due)| (due.at, place)).min();
            match (expiring, happening) {
                (Some((at, id)), other) if at <= then && other.is_none_or(|(next, _)| at <= next) => {
                    self.now = self.now.max(at);
                    self.expire(&id);
                }
                (_, Some((at, place))) if at <= then => {
                    self.now = self.now.max(at);
                    let due = self.due.remove(place);
                    self.happen(due.what);
                }
                _ => break,
            }
        }
        self.now = self.now.max(then);
    }
}
