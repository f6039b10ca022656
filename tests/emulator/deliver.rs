//! Messages on their way out: signed under every secret of the address, tried again with growing delay for three days.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpStream;

use crate::wire::Shared;
use crate::world::World;

/// How long after each failed try the next one comes, in seconds: eight hours and more at last.
const DELAYS_S: [i64; 7] = [
    5 * 60,
    30 * 60,
    2 * 3_600,
    5 * 3_600,
    10 * 3_600,
    10 * 3_600,
    12 * 3_600,
];
/// After so long a message is given up.
const GIVEN_UP_S: i64 = 3 * 24 * 60 * 60;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN: Duration = Duration::from_millis(100);

/// An address for messages, with the secrets in force: two while one is rolled.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Hook {
    pub url: String,
    pub secrets: Vec<String>,
}

/// One message to one address.
#[derive(Debug, Clone)]
pub struct Delivery {
    hook: usize,
    event: String,
    first: i64,
    due: i64,
    tries: usize,
}

impl Delivery {
    pub fn new(hook: usize, event: &str, now: i64) -> Self {
        Self {
            hook,
            event: event.to_owned(),
            first: now,
            due: now,
            tries: 0,
        }
    }
}

/// How what is due goes out.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Manner {
    /// The last first.
    pub reverse: bool,
    /// Each so often; 0 means once.
    pub times: usize,
    /// The first so many are lost on the way, for good.
    pub lose: usize,
    /// Only messages of these kinds; the others wait.
    pub only: Vec<String>,
    /// Messages of these kinds are lost on the way, for good.
    pub lose_kinds: Vec<String>,
}

/// The header under which a body is ours at a time.
pub fn signed(body: &str, at: i64, secrets: &[String]) -> String {
    let mut header = format!("t={at}");
    for secret in secrets {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(format!("{at}.{body}").as_bytes());
        header.push_str(&format!(",v1={}", HEXLOWER.encode(&mac.finalize().into_bytes())));
    }
    header.push_str(",v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39");
    header
}

/// Sends everything that is due; tells what came of each.
pub async fn deliver(world: &Shared, manner: &Manner) -> Value {
    let mut due = take(&mut *world.lock().await, manner);
    if manner.reverse {
        due.reverse();
    }
    let mut said = Vec::new();
    for (place, delivery) in due.into_iter().enumerate() {
        let (event, hook, now) = {
            let world = world.lock().await;
            (
                world.thing(&delivery.event),
                world.hooks[delivery.hook].clone(),
                world.now,
            )
        };
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        if place < manner.lose || manner.lose_kinds.contains(&kind) {
            said.push(json!({ "event": event["id"], "type": kind, "status": "lost" }));
            continue;
        }
        let mut status = 0;
        for _ in 0..manner.times.max(1) {
            let body = event.to_string();
            status = post(&hook.url, &body, &signed(&body, now, &hook.secrets)).await;
        }
        said.push(json!({ "event": event["id"], "type": kind, "status": status }));
        if !(200..300).contains(&status) {
            again(&mut *world.lock().await, delivery);
        }
    }
    let said = Value::Array(said);
    world.lock().await.note("delivered", said.clone());
    said
}

fn take(world: &mut World, manner: &Manner) -> Vec<Delivery> {
    let now = world.now;
    let wanted = |world: &World, delivery: &Delivery| {
        let kind = world.thing(&delivery.event)["type"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        delivery.due <= now && (manner.only.is_empty() || manner.only.contains(&kind))
    };
    let all = std::mem::take(&mut world.deliveries);
    let (due, waiting): (VecDeque<_>, VecDeque<_>) = all.into_iter().partition(|delivery| wanted(world, delivery));
    world.deliveries = waiting;
    due.into()
}

fn again(world: &mut World, mut delivery: Delivery) {
    let delay = DELAYS_S[delivery.tries.min(DELAYS_S.len() - 1)];
    delivery.tries += 1;
    delivery.due = world.now + delay;
    if delivery.due - delivery.first <= GIVEN_UP_S {
        world.deliveries.push_back(delivery);
    }
}

/// The status that was answered; 0 when there was no answer.
async fn post(url: &str, body: &str, signature: &str) -> u16 {
    let sent = tokio::time::timeout(PATIENCE, exchange(url, body, signature)).await;
    sent.ok().and_then(Result::ok).unwrap_or(0)
}

async fn exchange(url: &str, body: &str, signature: &str) -> anyhow::Result<u16> {
    let rest = url.trim_start_matches("http://");
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let stream = TcpStream::connect(authority).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let request = Request::post(format!("/{path}"))
        .header("host", authority)
        .header("content-type", "application/json; charset=utf-8")
        .header("stripe-signature", signature)
        .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))?;
    let answer = sender.send_request(request).await?;
    let status = answer.status().as_u16();
    answer.into_body().collect().await?;
    connection.abort();
    Ok(status)
}

/// Sends what is due again and again, for a city that runs by the clock on the wall.
pub async fn always(world: Shared) {
    let mut turns = tokio::time::interval(BETWEEN);
    loop {
        turns.tick().await;
        if !world.lock().await.deliveries.is_empty() {
            deliver(&Arc::clone(&world), &Manner::default()).await;
        }
    }
}
