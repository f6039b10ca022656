//! GraphQL over HTTP: POST of JSON, one document or a few.
//!
//! Rule: only `application/json` is read, which no form of another site can send, and cookies are not looked at; so any
//! origin may ask (architecture, decision 12). What was run is answered with 200 and errors inside, or 500
//! where one is a fault of ours; what could not be read, with the status that says why and the same shape.

use std::sync::Arc;

use async_graphql::{BatchResponse, Request as Document, Response as Told, Value};
use civic::error::{Code, Error, Result};
use civic::language::Language;
use civic::limits::{GRAPHQL_BATCH, GRAPHQL_BODY_MAX_BYTES};
use civic::secret::hash;
use data_encoding::BASE64;
use poem::error::ReadBodyError;
use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response, Route};

use super::asker::Keyed;
use super::error::{refusal, tell};
use super::guarded::Guarded;
use crate::{auth, problem};

/// The media type that is read and written.
const JSON: &str = "application/json";

/// Takes documents.
pub struct Post(pub Guarded);

impl Endpoint for Post {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        if *request.method() == Method::OPTIONS {
            return Ok(preflight());
        }
        let language = language(&request);
        Ok(match self.run(&mut request, language).await {
            Ok(told) => json(status(&told), language, &told),
            Err(error) => refuse(error, language),
        })
    }
}

impl Post {
    async fn run(&self, request: &mut Request, language: Language) -> Result<BatchResponse> {
        if *request.method() != Method::POST {
            return Err(Error::Conflict(Code::MethodRefused));
        }
        let media = request.content_type().unwrap_or("");
        if !media.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case(JSON) {
            return Err(Error::Conflict(Code::MediaTypeRefused));
        }
        let cx = auth::cx(&self.0.city, request, language).await?;
        let body = request.take_body().into_bytes_limit(GRAPHQL_BODY_MAX_BYTES).await;
        let body = body.map_err(|error| match error {
            ReadBodyError::PayloadTooLarge => Error::Conflict(Code::BodyTooLarge),
            _ => Error::Conflict(Code::BadRequest),
        })?;
        let key = request.headers().get("idempotency-key");
        let key = key.map(|key| key.to_str().unwrap_or("").to_owned());
        let digest = hash(&BASE64.encode(&body));
        let keyed = |number: usize| {
            let key = key.clone()?;
            Some(Keyed::new(key, digest.clone(), format!("POST /graphql {number}")))
        };
        let bad = |_| Error::Conflict(Code::BadRequest);
        // The library would take an empty list for an empty document.
        if !body.trim_ascii_start().starts_with(b"[") {
            let one = serde_json::from_slice(&body).map_err(bad)?;
            return Ok(BatchResponse::Single(self.0.run(one, cx, keyed(0)).await));
        }
        let several: Vec<Document> = serde_json::from_slice(&body).map_err(bad)?;
        match several.len() {
            0 => return Err(Error::Conflict(Code::BadRequest)),
            number if number > GRAPHQL_BATCH => return Err(Error::Conflict(Code::QueryTooCostly)),
            _ => {}
        }
        let mut told = Vec::with_capacity(several.len());
        for (number, one) in several.into_iter().enumerate() {
            told.push(self.0.run(one, cx.clone(), keyed(number)).await);
        }
        Ok(BatchResponse::Batch(told))
    }
}

/// A fault of ours is told by the status too, so that whoever watches for such sees it.
fn status(told: &BatchResponse) -> StatusCode {
    let answers = match told {
        BatchResponse::Single(one) => std::slice::from_ref(one),
        BatchResponse::Batch(several) => several,
    };
    let bug = Value::from(Code::Bug.as_str());
    let mut codes = answers
        .iter()
        .flat_map(|answer| &answer.errors)
        .filter_map(|error| error.extensions.as_ref()?.get("code"));
    if codes.any(|code| *code == bug) {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::OK
    }
}

/// The language that the reader likes best.
#[must_use]
pub fn language(request: &Request) -> Language {
    request
        .header(header::ACCEPT_LANGUAGE)
        .map_or(Language::It, Language::negotiate)
}

/// An answer that is nothing but an error.
#[must_use]
pub fn refuse(error: Error, language: Language) -> Response {
    let status = match &error {
        Error::Conflict(Code::QueryTooCostly) => StatusCode::BAD_REQUEST,
        error => problem::status(error),
    };
    let mut told: Told = refusal(error);
    tell(&mut told, language);
    let mut answer = json(status, language, &BatchResponse::Single(told));
    let more = match status {
        StatusCode::UNAUTHORIZED => Some((header::WWW_AUTHENTICATE, "Bearer")),
        StatusCode::METHOD_NOT_ALLOWED => Some((header::ALLOW, "POST, OPTIONS")),
        _ => None,
    };
    if let Some((name, value)) = more {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

fn json(status: StatusCode, language: Language, told: &BatchResponse) -> Response {
    let Ok(body) = serde_json::to_vec(told) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into();
    };
    Response::builder()
        .status(status)
        .content_type(JSON)
        .header(header::CONTENT_LANGUAGE, language.code())
        .body(body)
}

fn preflight() -> Response {
    Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header(header::ACCESS_CONTROL_ALLOW_METHODS, "POST")
        .header(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, accept-language, idempotency-key",
        )
        .header(header::ACCESS_CONTROL_MAX_AGE, "600")
        .finish()
}

/// What every answer has: any origin may read it, nobody keeps it, and it is what it says it is.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (header::CACHE_CONTROL, "no-store"),
    (header::VARY, "accept-language"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Answers in our shape whatever the routes have no answer to.
///
/// # Errors
/// None.
pub async fn answered(routes: Arc<Route>, request: Request) -> poem::Result<Response> {
    let language = language(&request);
    let mut answer = match routes.call(request).await {
        Ok(answer) => answer,
        Err(error) => refuse(problem::of_framework(error), language),
    };
    for (name, value) in HEADERS {
        if !answer.headers().contains_key(&name) {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    Ok(answer)
}
