//! What went wrong, as a page with a way out; and the same for what no route answers.
//!
//! Rule: nothing internal is told; a fault of ours is logged with its cause. Who must sign in, or give the second factor,
//! is led there and back; what they had typed is in the answer, because it was kept nowhere.

use askama::Template;
use civic::City;
use civic::actor::Actor;
use civic::error::{Code, Error};
use civic::language::Language;
use civic::policy::{Act, On};
use poem::Response;
use poem::http::{Method, StatusCode, Uri, header};

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

/// A text that somebody wrote in a form.
struct Typed {
    name: String,
    label: String,
    text: String,
}

#[derive(Template)]
#[template(path = "parts/typed.html")]
struct TypedPage {
    page: Page,
    sentence: String,
    typed: Vec<Typed>,
    way: String,
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
    let back = Page::new(visit, "").return_query();
    let lapsed = match error {
        Error::Unauthenticated => Some((visit.to(&format!("/sign-in{back}")), "sign-in")),
        Error::Denied(Code::SecondFactorNeeded) => Some((visit.to(&format!("/second-factor{back}")), "factor-give")),
        Error::Denied(Code::ForeignForm) => visit
            .filled_on
            .as_ref()
            .map(|page| (visit.to(page), "typed-back-to-form")),
        _ => None,
    };
    if let Some((way, button)) = lapsed {
        let typed = typed(visit);
        if !typed.is_empty() {
            return given_back(visit, &error, typed, way, button);
        }
        if !matches!(error, Error::Denied(Code::ForeignForm)) {
            return redirect(&way);
        }
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

/// Fields that people write in even when it is one word.
const WRITTEN: [&str; 6] = ["title", "body", "comment", "note", "answer", "reason"];

/// What somebody wrote in a form, by the names of its fields; what was chosen is chosen again more quickly.
fn typed(visit: &Visit) -> Vec<Typed> {
    let written = |(name, text): (&str, &str)| {
        let key = format!("field-{name}");
        let label = words(visit.language, &key);
        let wrote = WRITTEN.contains(&name) || text.trim().contains(char::is_whitespace);
        (wrote && label != key && !text.trim().is_empty()).then(|| Typed {
            name: name.to_owned(),
            label,
            text: text.to_owned(),
        })
    };
    visit.form.pairs().filter_map(written).collect()
}

fn given_back(visit: &Visit, error: &Error, typed: Vec<Typed>, way: String, button: &str) -> Response {
    let template = TypedPage {
        page: Page::new(visit, words(visit.language, "typed-title")),
        sentence: sentence(error, visit.language),
        button: words(visit.language, button),
        typed,
        way,
    };
    html_as(status(error), &template).unwrap_or_else(|_| status(error).into())
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
