//! The emulated provider of payments, started as a process of its own, and what a test tells it: the time, faults, what
//! donors and banks do.
//!
//! Rule: it is reached as the provider is, over HTTP; what our program learns of it comes through `server::stripe` only.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use civic::City;
use civic::error::Result;
use civic::id::{DonationId, Ids, RefundId};
use civic::language::Language;
use civic::money::Money;
use civic::payment::write::Learn;
use civic::payment::{Fact, NewRefund, NewSession, Payments, Session};
use civic::time::{MINUTE_MS, SECOND_MS, Timestamp};
use http::Method;
use serde_json::{Value, json};
use server::stripe::{Access, Stripe};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::city::START;
use crate::http::{Answer, Client};

/// The key that opens the emulated account.
pub const KEY: &str = "sk_test_emulated";
/// The secret under which it signs unless told otherwise.
pub const SECRET: &str = "whsec_of_tests";
/// How long our program waits for it: long for a busy machine, short for a test that waits it out.
const PATIENCE: Duration = Duration::from_secs(3);

/// A running emulator; it ends with this value.
pub struct Emulator {
    /// Where it is reached.
    pub base: String,
    http: Client,
    _child: Child,
}

impl Emulator {
    /// Starts one at the instant at which every test begins. `program` is `env!("CARGO_BIN_EXE_stripe-emulator")`.
    pub async fn start(program: &str) -> Self {
        let now = Timestamp::parse_rfc3339(START).expect("an instant").ms() / SECOND_MS;
        let mut child = Command::new(Path::new(program))
            .args(["--now", &now.to_string()])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the emulator starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let line = lines.next_line().await.expect("a line").expect("it says where it is");
        let base = line.trim_start_matches("emulating on ").to_owned();
        Self {
            http: Client::new(&base),
            base,
            _child: child,
        }
    }

    /// Our program's way to it.
    pub fn account(&self) -> Stripe {
        self.account_with(KEY, &[SECRET])
    }

    /// The same with another key and other secrets.
    pub fn account_with(&self, key: &str, secrets: &[&str]) -> Stripe {
        Stripe::new(Access {
            key: key.to_owned(),
            secrets: secrets.iter().map(|secret| (*secret).to_owned()).collect(),
            base: self.base.clone(),
            patience: PATIENCE,
        })
        .expect("it can be named")
    }

    /// Tells it something.
    pub async fn tell(&self, path: &str, body: &Value) -> Value {
        let path = format!("/control/{path}");
        self.http.send_json(Method::POST, &path, body).await.expect(200).json()
    }

    /// What goes wrong with the next call that begins so.
    pub async fn fault(&self, on: &str, what: &str) {
        self.tell("faults", &json!({ "on": on, "what": what })).await;
    }

    /// Moves its clock on.
    pub async fn advance_ms(&self, ms: i64) {
        self.tell("clock", &json!({ "by_s": ms / SECOND_MS })).await;
    }

    /// Sets its clock to the city's.
    pub async fn follow(&self, city: &City) {
        let now = city.clock.now().ms() / SECOND_MS;
        self.tell("clock", &json!({ "to_s": now })).await;
    }

    /// Messages go to `base` from now on, signed under these secrets.
    pub async fn hook(&self, base: &str, secrets: &[&str]) {
        let url = format!("{base}{}", api::hooks::PATH);
        self.tell("hooks", &json!({ "url": url, "secrets": secrets })).await;
    }

    /// Sends what is due, and tells what came of each.
    pub async fn deliver(&self, manner: Value) -> Vec<Value> {
        let said = self.tell("deliver", &manner).await;
        said.as_array().expect("a list").clone()
    }

    /// A donor does something on a page.
    pub async fn pay(&self, session: &str, way: &str) -> Answer {
        self.http.post_form(&format!("/pay/{session}"), &[("way", way)]).await
    }

    /// Everything that happened there of one kind.
    pub async fn log(&self, what: &str) -> Vec<Value> {
        let log = self.http.get_json("/control/log").await.expect(200).json();
        let all = log.as_array().expect("a list");
        all.iter()
            .filter(|one| one["what"] == what)
            .map(|one| one["detail"].clone())
            .collect()
    }

    /// Asks the interface as any program does, without our own.
    pub async fn ask(&self, method: Method, path: &str, fields: &[(&str, &str)], key: Option<&str>) -> Answer {
        let body = serde_urlencoded::to_string(fields).expect("encoded");
        let mut request = self
            .http
            .request(method.clone(), path)
            .header("authorization", format!("Bearer {KEY}"));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if method == Method::GET {
            let request = request.uri(format!("{path}?{body}"));
            return self.http.send(request.body(bytes::Bytes::new()).expect("a GET")).await;
        }
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.http.send(request.body(body.into()).expect("a POST")).await
    }
}

/// The instant at which every test begins.
pub fn start() -> Timestamp {
    Timestamp::parse_rfc3339(START).expect("an instant")
}

/// A gift's page to be opened, for so many cents.
pub fn gift(ids: &Ids, cents: i64) -> NewSession {
    NewSession {
        donation: ids.next::<DonationId>(start()),
        amount: Money::eur(cents),
        title: "Un orto per la scuola & il quartiere".to_owned(),
        email: Some("ada@example.org".to_owned()),
        language: Language::It,
        return_url: "https://arengo.example.org/it/gifts/return".to_owned(),
        expires_at: start().plus_ms(30 * MINUTE_MS),
    }
}

/// A refund of a payment.
pub fn giving_back(ids: &Ids, payment: &str, cents: i64) -> NewRefund {
    NewRefund {
        refund: ids.next::<RefundId>(start()),
        payment: payment.to_owned(),
        amount: Money::eur(cents),
    }
}

/// Opens a page and pays it.
pub async fn paid(emulator: &Emulator, account: &Stripe, new: &NewSession, way: &str) -> (Session, Vec<Fact>) {
    let session = account.open(new).await.expect("opened");
    emulator.pay(&session.reference, way).await;
    let facts = account.look(&session.reference).await.expect("looked at");
    (session, facts)
}

/// The payment that facts are about.
pub fn payment_of(facts: &[Fact]) -> String {
    let named = facts.iter().find_map(|fact| match fact {
        Fact::Authorised { payment, .. } | Fact::Confirmed { payment, .. } | Fact::Failed { payment, .. } => {
            Some(payment)
        }
        _ => None,
    });
    named.unwrap_or_else(|| panic!("no payment in {facts:?}")).clone()
}

/// Somebody who learns by remembering, and refuses as often as it is told.
#[derive(Default)]
pub struct Memory {
    facts: Mutex<Vec<Fact>>,
    refusals: Mutex<u32>,
}

impl Memory {
    /// One that can be shared.
    pub fn shared() -> Arc<Self> {
        Arc::default()
    }

    /// Refuses the next facts, so many.
    pub fn refuse(&self, times: u32) {
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner) = times;
    }

    /// What was learnt, each once, in the order in which it was first told.
    pub fn facts(&self) -> Vec<Fact> {
        let all = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut once: Vec<Fact> = Vec::new();
        for fact in all.iter() {
            if !once.contains(fact) {
                once.push(fact.clone());
            }
        }
        once
    }
}

#[async_trait]
impl Learn for Memory {
    async fn learn(&self, _: &City, fact: &Fact) -> Result<()> {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        if *refusals > 0 {
            *refusals -= 1;
            return Err(civic::error::Error::Busy);
        }
        self.facts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(fact.clone());
        Ok(())
    }
}

/// Works off everything that is due now.
pub async fn work_off_all(city: &City, memory: &Memory) {
    while civic::payment::write::work_off(city, memory)
        .await
        .expect("the database answers")
    {}
}
