//! What surrounds every request below `/api`: who asks, in which language; a write that is sent twice is done once; an
//! answer that is still the same is not sent again; every error is a problem; every origin may read.
//!
//! Rule: the key of a write is claimed before it runs, its answer is kept to the letter, and a refused write gets its key
//! back (architecture, decision 13). Reading needs no cookie, so any origin may (decision 12).

use std::sync::Arc;

use civic::City;
use civic::actor::Actor;
use civic::error::{Error, Result};
use civic::language::Language;
use civic::limits::{BODY_MAX_BYTES, UPLOAD_MAX_BYTES};
use civic::repeat::{self, Claim, Claimed};
use civic::secret::hash;
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response};
use serde::{Deserialize, Serialize};

use super::answer::Call;
use super::description::Routes;
use crate::{auth, problem};

/// The routes inside, with what surrounds them.
pub struct Envelope {
    pub(super) city: City,
    pub(super) inner: BoxEndpoint<'static, Response>,
    pub(super) routes: Arc<Routes>,
}

/// An answer as it is kept for a repeat.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// Headers that a kept answer keeps.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

impl Endpoint for Envelope {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let method = request.method().clone();
        let path = request.original_uri().path().to_owned();
        let said = request.header(header::ACCEPT_LANGUAGE).unwrap_or("");
        let language = Language::negotiate(said);
        let known = request.header(header::IF_NONE_MATCH).map(ToOwned::to_owned);
        let reads = matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
        let mut answer = match self.answer(request, language).await {
            Ok(answer) => answer,
            Err(error) => problem::answer(&error, language),
        };
        if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
            set(&mut answer, header::ALLOW, &self.routes.allowed(&path));
        }
        if reads && let Some(known) = known {
            spare(&mut answer, &known);
        }
        dress(&mut answer, reads);
        Ok(answer)
    }
}

impl Envelope {
    async fn answer(&self, mut request: Request, language: Language) -> Result<Response> {
        if *request.method() == Method::OPTIONS {
            return self.options(&request);
        }
        let mut cx = auth::cx(&self.city, &request, language).await?;
        let private = cx.actor != Actor::Visitor;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            match self.receive(&mut request, &cx).await? {
                Received::Answered(answer) => return Ok(answer),
                Received::Run(claim) => cx.repeat = claim,
            }
        }
        let claim = cx.repeat.clone();
        request.extensions_mut().insert(Call(cx));
        let answered = self.inner.call(request).await.map_err(problem::of_framework);
        let answer = match (answered, claim) {
            (Ok(answer), Some(claim)) if answer.status().is_success() => self.keep(answer, &claim).await,
            (answered, Some(claim)) => {
                if let Err(lost) = claim.give_back(&self.city).await {
                    tracing::warn!(error = %lost, "a key was not given back");
                }
                answered
            }
            (answered, None) => answered,
        };
        answer.map(|mut answer| {
            let cache = if private { "private, no-cache" } else { "no-cache" };
            if !answer.headers().contains_key(header::CACHE_CONTROL) {
                set(&mut answer, header::CACHE_CONTROL, cache);
            }
            if !answer.headers().contains_key(header::CONTENT_LANGUAGE) {
                set(&mut answer, header::CONTENT_LANGUAGE, language.code());
            }
            answer
        })
    }

    /// Which methods there are, and that other origins may read.
    fn options(&self, request: &Request) -> Result<Response> {
        let allowed = self.routes.allowed(request.original_uri().path());
        if allowed.is_empty() {
            return Err(Error::NotFound);
        }
        Ok(Response::builder()
            .status(StatusCode::NO_CONTENT)
            .header(header::ALLOW, allowed)
            .header(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD")
            .header(header::ACCESS_CONTROL_ALLOW_HEADERS, "Accept-Language, If-None-Match")
            .header(header::ACCESS_CONTROL_MAX_AGE, "86400")
            .finish())
    }

    /// Reads the body within its limit, and claims the key where there is one.
    async fn receive(&self, request: &mut Request, cx: &civic::Cx) -> Result<Received> {
        let multipart = request
            .content_type()
            .is_some_and(|media| media.to_ascii_lowercase().starts_with("multipart/"));
        let most = if multipart {
            UPLOAD_MAX_BYTES + BODY_MAX_BYTES
        } else {
            BODY_MAX_BYTES
        };
        let body = request.take_body().into_bytes_limit(most).await;
        let body = body.map_err(|error| problem::of_framework(error.into()))?;
        let key = request.headers().get("idempotency-key");
        let key = key.map(|key| key.to_str().unwrap_or("").to_owned());
        let digest = hash(&data_encoding::BASE64.encode(&body));
        let route = format!("{} {}", request.method(), request.original_uri().path());
        request.set_body(body);
        // Visitors have no name under which to keep an answer; what they may write, a gift, has a key of its own.
        let Some(key) = key.filter(|_| cx.actor != Actor::Visitor) else {
            return Ok(Received::Run(None));
        };
        match repeat::claim(cx, &route, &key, &digest).await? {
            Claimed::Run(claim) => Ok(Received::Run(Some(claim))),
            Claimed::Answered(kept) => kept_answer(&kept).map(Received::Answered),
        }
    }

    /// Keeps a whole answer; when it cannot be kept, the recorded outcome still gives the same one.
    async fn keep(&self, mut answer: Response, claim: &Claim) -> Result<Response> {
        let body = answer.take_body().into_string().await;
        let body = body.map_err(|error| Error::Bug(error.to_string()))?;
        let headers = KEPT_HEADERS.iter().filter_map(|name| {
            let value = answer.headers().get(name)?.to_str().ok()?;
            Some((name.to_string(), value.to_owned()))
        });
        let kept = Kept {
            status: answer.status().as_u16(),
            headers: headers.collect(),
            body: body.clone(),
        };
        let text = serde_json::to_string(&kept).map_err(|error| Error::Bug(error.to_string()))?;
        if let Err(lost) = claim.answer(&self.city, &text).await {
            tracing::warn!(error = %lost, "an answer was not kept");
        }
        answer.set_body(body);
        Ok(answer)
    }
}

enum Received {
    Run(Option<Claim>),
    Answered(Response),
}

fn kept_answer(kept: &str) -> Result<Response> {
    let kept: Kept = serde_json::from_str(kept).map_err(|error| Error::Bug(error.to_string()))?;
    let status = StatusCode::from_u16(kept.status).map_err(|error| Error::Bug(error.to_string()))?;
    let mut answer = Response::builder().status(status);
    for (name, value) in kept.headers {
        answer = answer.header(name, value);
    }
    Ok(answer.body(kept.body))
}

fn set(answer: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

/// An answer that the reader has already is not sent again (RFC 9110, 13.1.2).
fn spare(answer: &mut Response, known: &str) {
    let Some(tag) = answer.header(header::ETAG) else { return };
    let same = |other: &str| {
        let other = other.trim();
        other == "*" || other.strip_prefix("W/").unwrap_or(other) == tag
    };
    if answer.status() == StatusCode::OK && known.split(',').any(same) {
        answer.set_status(StatusCode::NOT_MODIFIED);
        answer.headers_mut().remove(header::CONTENT_TYPE);
        answer.set_body(());
    }
}

/// The headers that every answer has.
fn dress(answer: &mut Response, reads: bool) {
    set(answer, header::VARY, "Accept-Language, Authorization");
    set(answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if !answer.headers().contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = "default-src 'none'; frame-ancestors 'none'";
        set(answer, header::CONTENT_SECURITY_POLICY, policy);
    }
    if reads {
        set(answer, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(
            answer,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset",
        );
    }
}
