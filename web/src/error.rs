//! What went wrong, as a page with a way out; and the same for what no route answers.
//!
//! Rule: nothing internal is told; a fault of ours is logged with its cause. Who must sign in, or give the second factor,
//! is led there and back; what they had typed is in the answer and goes along, because it was kept nowhere (`held.rs`).

use askama::Template;
use civic::City;
use civic::actor::Actor;
use civic::error::{Code, Error};
use civic::language::Language;
use civic::policy::{Act, On};
use poem::Response;
use poem::http::{Method, StatusCode, Uri, header};

use crate::held::{Held, Typed};
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html_as, redirect, split_language};

#[derive(Template)]
#[template(path = "parts/error.html")]
struct ErrorPage {
    page: Page,
    sentence: String,
    code: &'static str,
}

#[derive(Template)]
#[template(path = "parts/typed.html")]
struct TypedPage {
    page: Page,
    sentence: String,
    typed: Vec<Typed>,
    /// The form as it goes along to `way`; empty where it cannot.
    kept: String,
    way: String,
    back: String,
    button: String,
}

#[derive(Template)]
#[template(path = "parts/plain.html")]
struct PlainPage {
    language: Language,
    title: String,
    sentence: String,
    city_name: String,
    home: String,
}

/// The status of an answer to an error: of a page about it, and of a form that comes back.
#[must_use]
pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Denied(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(Code::BodyTooLarge | Code::FileTooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Conflict(Code::MediaTypeRefused) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::Conflict(Code::BadRequest) => StatusCode::BAD_REQUEST,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Bug(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The answer to an error on a page.
#[must_use]
pub fn answer(visit: &Visit, error: Error) -> Response {
    if matches!(error, Error::Bug(_) | Error::Unavailable(_)) {
        tracing::error!(%error, path = visit.path, "a page failed");
    }
    match came_late(visit, &error) {
        Ok(Some(answer)) => return answer,
        Ok(None) => {}
        Err(failed) => tracing::error!(error = %failed, path = visit.path, "a late form was not given back"),
    }
    let key = match status(&error).as_u16() {
        404 => "error-not-found",
        403 => "error-denied",
        500..=599 => "error-ours",
        _ => "error-refused",
    };
    let template = ErrorPage {
        page: Page::new(visit, words(visit.language, key)),
        sentence: sentence(&error, visit.language),
        code: error.code().as_str(),
    };
    let mut answer = html_as(status(&error), &template).unwrap_or_else(|_| status(&error).into());
    if let Error::TooMany { retry_after_s, .. } = error {
        answer.headers_mut().insert(header::RETRY_AFTER, retry_after_s.into());
    }
    answer
}

/// The answer to who must first be let in: the way there and, of a form, what was typed.
fn came_late(visit: &Visit, error: &Error) -> Result<Option<Response>, Error> {
    let late = || Held::with(visit).or_else(|| Held::of(visit));
    let (door, button) = match error {
        Error::Unauthenticated => ("/sign-in", "sign-in"),
        Error::Denied(Code::SecondFactorNeeded) => ("/second-factor", "factor-give"),
        Error::Denied(Code::ForeignForm) => {
            return match late() {
                // Somebody signed in meanwhile, in another window. Only where the browser vouches for the page it came from
                // does its text stand there ready to be sent.
                Some(held) if visit.from_own_page => held.offer(visit, status(error)).map(Some),
                Some(held) => given_back(visit, error, &held, "", "typed-back-to-form").map(Some),
                None => Ok(None),
            };
        }
        _ => return Ok(None),
    };
    match late() {
        Some(held) => given_back(visit, error, &held, door, button).map(Some),
        None => {
            let back = Page::new(visit, "").return_query();
            Ok(Some(redirect(&visit.to(&format!("{door}{back}")))))
        }
    }
}

/// The page with what was typed: it goes along through `door`, or is to be copied where there is none.
fn given_back(visit: &Visit, error: &Error, held: &Held, door: &str, button: &str) -> Result<Response, Error> {
    let back = visit.to(visit.filled_on.as_deref().unwrap_or_default());
    let template = TypedPage {
        page: Page::new(visit, words(visit.language, "typed-title")),
        sentence: sentence(error, visit.language),
        button: words(visit.language, button),
        typed: held.typed(visit.language),
        kept: if door.is_empty() { String::new() } else { held.packed() },
        way: if door.is_empty() { back.clone() } else { visit.to(door) },
        back,
    };
    html_as(status(error), &template)
}

fn sentence(error: &Error, language: Language) -> String {
    match error {
        Error::Invalid(faults) => faults
            .first()
            .map_or(Code::Invalid, |fault| fault.code)
            .sentence(language),
        other => other.code().sentence(language),
    }
}

/// The answer where there is no visit to speak of: outside the languages, or before the database answered.
#[must_use]
pub fn plain(city: &City, language: Language, error: &Error) -> Response {
    let template = PlainPage {
        language,
        title: words(
            language,
            if *error == Error::NotFound {
                "error-not-found"
            } else {
                "error-ours"
            },
        ),
        sentence: sentence(error, language),
        city_name: city.settings.city_name.clone(),
        home: format!("/{}", language.code()),
    };
    if matches!(error, Error::Bug(_) | Error::Unavailable(_)) {
        tracing::error!(%error, "a page failed");
    }
    html_as(status(error), &template).unwrap_or_else(|_| status(error).into())
}

/// The answer to what no route takes: the beginning leads to the reader's language, the rest is not there.
#[must_use]
pub fn unrouted(city: &City, method: &Method, uri: &Uri, accepts: &str, status: StatusCode) -> Response {
    let language = split_language(uri.path()).map_or_else(|| Language::negotiate(accepts), |(language, _)| language);
    let error = match status {
        StatusCode::NOT_FOUND => Error::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Error::Conflict(Code::MethodRefused),
        status if status.is_client_error() => Error::Conflict(Code::BadRequest),
        status => Error::Bug(format!("{method} {uri}: {status}")),
    };
    let mut answer = plain(city, language, &error);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        answer.set_status(status);
    }
    answer
}

/// Leads staff whose role sleeps to the second factor, where a page offers them nothing because of that.
///
/// # Errors
/// `Denied(SecondFactorNeeded)` when the role is there and sleeps.
pub fn awake(visit: &Visit, act: Act, on: On<'_>) -> Result<(), Error> {
    match visit.cx.check(act, on) {
        Err(asleep @ Error::Denied(Code::SecondFactorNeeded)) => Err(asleep),
        _ => Ok(()),
    }
}

/// Whether a page may show a member's own things.
///
/// # Errors
/// `Unauthenticated`, which leads to signing in.
pub fn signed_in(visit: &Visit) -> Result<(), Error> {
    if visit.cx.actor == Actor::Visitor {
        Err(Error::Unauthenticated)
    } else {
        Ok(())
    }
}
