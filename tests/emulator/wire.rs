//! The listener: who asks, what for, under which key; and what goes wrong on the way when it is told to.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use http::{Method, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::world::{Answer, Fault, Refusal, World};
use crate::{api, control, idempotency, page, params};

pub type Shared = Arc<Mutex<World>>;
type Body = BoxBody<Bytes, std::io::Error>;

/// The only key that opens the account.
pub const KEY: &str = "sk_test_emulated";

/// A request, read.
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub pairs: Vec<(String, String)>,
    pub body: Bytes,
    pub key: Option<String>,
    authorization: String,
}

impl Asked {
    /// What makes two requests the same.
    fn same(&self) -> String {
        let mut pairs = self.pairs.clone();
        pairs.sort();
        format!("{} {} {pairs:?}", self.method, self.path)
    }
}

/// Serves until the process ends.
pub async fn serve(listener: TcpListener, world: Shared) -> anyhow::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let world = Arc::clone(&world);
        let answer = service_fn(move |request| answer(request, Arc::clone(&world)));
        let serving = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
        // A client that hangs up half-way is its own test's affair.
        tokio::spawn(async move { serving.await.ok() });
    }
}

async fn read(request: Request<Incoming>) -> Option<Asked> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    let header = |name: &str| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
    let pairs = |bytes: &[u8]| serde_urlencoded::from_bytes::<Vec<(String, String)>>(bytes).unwrap_or_default();
    let mut all = pairs(parts.uri.query().unwrap_or_default().as_bytes());
    if header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        all.extend(pairs(&body));
    }
    Some(Asked {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        pairs: all,
        body,
        key: header("idempotency-key"),
        authorization: header("authorization").unwrap_or_default(),
    })
}

async fn answer(request: Request<Incoming>, world: Shared) -> Result<Response<Body>, std::io::Error> {
    let Some(asked) = read(request).await else {
        return Err(std::io::Error::other("the request was not whole"));
    };
    if asked.path.starts_with("/control/") {
        let answer = control::answer(&world, &asked).await;
        return Ok(json_answer(answer, false));
    }
    if asked.path.starts_with("/pay/") {
        return Ok(page::answer(&mut *world.lock().await, &asked).map(whole));
    }
    let (answer, fault) = {
        let mut world = world.lock().await;
        let fault = take_fault(&mut world, &asked);
        let answer = called(&mut world, &asked, fault.as_ref());
        let said = match &answer {
            Called::Said(status, body, replayed) => json!({ "status": status, "id": body["id"], "replayed": replayed }),
            Called::Nothing => json!(null),
        };
        let detail = json!({
            "asked": format!("{} {}", asked.method, asked.path),
            "params": params::nested(&asked.pairs),
            "key": asked.key,
            "fault": fault.as_ref().map(|fault| fault.what.clone()),
            "said": said,
        });
        world.note("call", detail);
        (answer, fault.map(|fault| fault.what).unwrap_or_default())
    };
    match (answer, fault.as_str()) {
        // Nobody ever answers: the caller must give up by itself.
        (_, "timeout_after" | "timeout_before") => std::future::pending().await,
        (Called::Said(_, body, _), "half") => Ok(half(&body.to_string())),
        (Called::Said(..), "garbage") => Ok(json_answer(Ok(json!({ "object": "something_new" })), false)),
        (Called::Said(_, body, _), "late") => {
            tokio::task::yield_now().await;
            Ok(json_answer(Ok(body), false))
        }
        (Called::Said(status, body, replayed), _) => Ok(with_status(status, &body, replayed)),
        (Called::Nothing, _) => Err(std::io::Error::other("the connection is dropped")),
    }
}

fn take_fault(world: &mut World, asked: &Asked) -> Option<Fault> {
    let line = format!("{} {}", asked.method, asked.path);
    let place = world.faults.iter().position(|fault| line.starts_with(&fault.on))?;
    let fault = world.faults[place].clone();
    if fault.times <= 1 {
        world.faults.remove(place);
    } else {
        world.faults[place].times -= 1;
    }
    Some(fault)
}

enum Called {
    /// Status, body, and whether it was said before under the same key.
    Said(u16, Value, bool),
    Nothing,
}

/// A call of the interface: who asks, whether it was asked before, and what comes of it.
fn called(world: &mut World, asked: &Asked, fault: Option<&Fault>) -> Called {
    if asked.authorization != format!("Bearer {KEY}") {
        return refused(&Refusal::of_kind(
            401,
            "invalid_request_error",
            "Invalid API Key provided",
        ));
    }
    let what = fault.map_or("", |fault| fault.what.as_str());
    match what {
        "429" => return refused(&Refusal::of_kind(429, "invalid_request_error", "Too many requests")),
        "409" => {
            return refused(&Refusal::of_kind(
                409,
                "idempotency_error",
                "There is another request in progress",
            ));
        }
        "reset" | "timeout_before" => return Called::Nothing,
        _ => {}
    }
    let keyed = asked.key.as_ref().filter(|_| asked.method == Method::POST);
    if let Some(key) = keyed {
        match idempotency::earlier(world, key, &asked.same()) {
            Ok(None) => {}
            Ok(Some((status, body))) => return Called::Said(status, body, true),
            Err(refusal) => return refused(&refusal),
        }
    }
    let broken = Refusal::of_kind(500, "api_error", "An unknown error occurred");
    let answer: Answer = match what {
        "500" => Err(Refusal {
            before: false,
            ..broken
        }),
        "500_after" => api::call(world, asked).and(Err(Refusal {
            before: false,
            ..broken
        })),
        _ => api::call(world, asked),
    };
    let begun = !matches!(&answer, Err(refusal) if refusal.before);
    let (status, body) = match answer {
        Ok(body) => (200, body),
        Err(refusal) => (refusal.status, refusal.body),
    };
    if let (Some(key), true) = (keyed, begun) {
        idempotency::remember(world, key, &asked.same(), status, &body);
    }
    Called::Said(status, body, false)
}

fn refused(refusal: &Refusal) -> Called {
    Called::Said(refusal.status, refusal.body.clone(), false)
}

fn json_answer(answer: Answer, replayed: bool) -> Response<Body> {
    match answer {
        Ok(body) => with_status(200, &body, replayed),
        Err(refusal) => with_status(refusal.status, &refusal.body, replayed),
    }
}

fn with_status(status: u16, body: &Value, replayed: bool) -> Response<Body> {
    let mut answer = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    if replayed {
        answer = answer.header("idempotent-replayed", "true");
    }
    answer.body(whole(body.to_string())).expect("an answer")
}

/// A body that is sent as a whole.
pub fn whole(text: String) -> Body {
    Full::new(Bytes::from(text))
        .map_err(|never: Infallible| match never {})
        .boxed()
}

/// The first half of a body whose length was announced; then the line is dead.
fn half(text: &str) -> Response<Body> {
    let first = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
    let pieces = [Ok(Frame::data(first)), Err(std::io::Error::other("the line is dead"))];
    Response::builder()
        .header("content-type", "application/json")
        .header("content-length", text.len())
        .body(StreamBody::new(stream::iter(pieces)).boxed())
        .expect("an answer")
}
