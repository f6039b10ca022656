//! What went wrong, as RFC 9457 has it: `application/problem+json` with our stable code and a sentence that says what to
//! do, in the reader's language.
//!
//! Rule: every error of this surface goes through here, the framework's own too. Nothing internal is told; a fault of
//! ours is logged with its cause. GraphQL takes its codes and sentences from here as well.

use civic::error::{Code, Error, Fault};
use civic::language::Language;
use poem::Response;
use poem::error::{MethodNotAllowedError, NotFoundError, SizedLimitError};
use poem::http::{StatusCode, header};
use poem_openapi::error::{
    ContentTypeError, ParseMultipartError, ParseParamError, ParsePathError, ParseRequestPayloadError,
};
use poem_openapi::{Object, types::ToJSON};

/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Seconds after which a busy system may be asked again.
const BUSY_RETRY_S: u64 = 5;

/// One wrong field.
#[derive(Debug, Clone, Object)]
#[oai(rename = "FieldProblem", skip_serializing_if_is_none)]
pub struct FieldProblem {
    /// The field's name.
    pub field: String,
    /// What is wrong with it; never changes its meaning.
    pub code: String,
    /// What to do, in the reader's language.
    pub title: String,
    /// The limit that was passed.
    pub limit: Option<u64>,
}

impl FieldProblem {
    /// The fault as the reader is told of it.
    #[must_use]
    pub fn of(fault: &Fault, language: Language) -> Self {
        Self {
            field: fault.field.to_string(),
            code: fault.code.as_str().to_owned(),
            title: fault.code.sentence(language),
            limit: fault.limit,
        }
    }
}

/// An error (RFC 9457).
#[derive(Debug, Clone, Object)]
#[oai(rename = "Problem", skip_serializing_if_is_none)]
pub struct Problem {
    /// Names the kind of problem: `urn:arengo:` and its code.
    #[oai(rename = "type")]
    pub kind: String,
    /// What is wrong and what to do, in the reader's language.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// The stable code; never changes its meaning.
    pub code: String,
    /// The wrong fields, where there are any.
    pub errors: Option<Vec<FieldProblem>>,
}

/// The status that says an error.
#[must_use]
pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Denied(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) | Error::Conflict(Code::KeyReused) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(Code::OutOfDate) => StatusCode::PRECONDITION_FAILED,
        Error::Conflict(Code::BodyTooLarge | Code::FileTooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Conflict(Code::MediaTypeRefused) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::Conflict(Code::MethodRefused) => StatusCode::METHOD_NOT_ALLOWED,
        Error::Conflict(Code::BadRequest) => StatusCode::BAD_REQUEST,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Bug(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The answer to an error.
#[must_use]
pub fn answer(error: &Error, language: Language) -> Response {
    if matches!(error, Error::Bug(_) | Error::Unavailable(_)) {
        tracing::error!(%error, "a request failed");
    }
    let (code, status) = (error.code(), status(error));
    let errors = match error {
        Error::Invalid(faults) => Some(faults.iter().map(|fault| FieldProblem::of(fault, language)).collect()),
        _ => None,
    };
    let problem = Problem {
        kind: format!("urn:arengo:{}", code.as_str()),
        title: code.sentence(language),
        status: status.as_u16(),
        code: code.as_str().to_owned(),
        errors,
    };
    let retry = match error {
        Error::TooMany { retry_after_s, .. } => Some(*retry_after_s),
        Error::Busy | Error::Unavailable(_) => Some(BUSY_RETRY_S),
        _ => None,
    };
    let mut answer = Response::builder()
        .status(status)
        .content_type(MEDIA_TYPE)
        .header(header::CONTENT_LANGUAGE, language.code())
        .header(header::CACHE_CONTROL, "no-store");
    if status == StatusCode::UNAUTHORIZED {
        answer = answer.header(header::WWW_AUTHENTICATE, "Bearer");
    }
    if let Some(seconds) = retry {
        answer = answer.header(header::RETRY_AFTER, seconds);
    }
    if let Error::TooMany { limit, retry_after_s } = error {
        answer = answer
            .header("RateLimit-Limit", *limit)
            .header("RateLimit-Remaining", 0)
            .header("RateLimit-Reset", *retry_after_s);
    }
    answer.body(problem.to_json_string())
}

/// An error of `civic` on its way through the framework.
#[derive(Debug)]
pub struct Refused(pub Error);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refused {}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl poem::error::ResponseError for Refused {
    fn status(&self) -> StatusCode {
        status(&self.0)
    }
}

/// The `civic` error that a framework's error amounts to.
#[must_use]
pub fn of_framework(error: poem::Error) -> Error {
    if error.is::<Refused>() {
        return error.downcast::<Refused>().map_or(Error::NotFound, |refused| refused.0);
    }
    if let Some(bad) = error.downcast_ref::<ParseParamError>() {
        return Error::field(bad.name, Code::Malformed);
    }
    if error.is::<ParsePathError>() || error.is::<NotFoundError>() {
        return Error::NotFound;
    }
    if error.is::<MethodNotAllowedError>() {
        return Error::Conflict(Code::MethodRefused);
    }
    if error.is::<ContentTypeError>() {
        return Error::Conflict(Code::MediaTypeRefused);
    }
    if error.is::<SizedLimitError>() {
        return Error::Conflict(Code::BodyTooLarge);
    }
    if error.is::<ParseMultipartError>() || error.is::<ParseRequestPayloadError>() {
        return Error::Conflict(Code::BadRequest);
    }
    match error.status() {
        StatusCode::NOT_FOUND => Error::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Error::Conflict(Code::MethodRefused),
        StatusCode::PAYLOAD_TOO_LARGE => Error::Conflict(Code::BodyTooLarge),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Error::Conflict(Code::MediaTypeRefused),
        status if status.is_client_error() => Error::Conflict(Code::BadRequest),
        _ => Error::Bug(error.to_string()),
    }
}
