//! What went wrong, as GraphQL tells it: `extensions.code` is civic's stable code, the message its sentence.
//!
//! Rule: resolvers fail with `Failed`, which keeps civic's error until the answer goes out; there the reader's language
//! is known. What the library itself objects to gets one of our codes, and its words stand in `extensions.detail`, since
//! they speak of the schema alone. Deliberately absent: `Display`, by which the library would drop the code.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use civic::error::{Code, Error, Fault};
use civic::language::Language;

/// A use case's error on its way through the library.
#[derive(Debug, Clone)]
pub struct Failed(pub Error);

/// What a resolver returns.
pub type Result<T> = std::result::Result<T, Failed>;

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Failed> for async_graphql::Error {
    fn from(failed: Failed) -> Self {
        Self {
            message: failed.0.code().as_str().to_owned(),
            source: Some(Arc::new(failed.0)),
            extensions: None,
        }
    }
}

/// How the library says that a query is too deep, too costly or repeats directives; it has no codes of its own.
const TOO_COSTLY: [&str; 4] = [
    "Query is too complex.",
    "Query is nested too deep.",
    "The recursion depth of the query",
    "The number of directives",
];

/// Gives every error of an answer its code, and its sentence in the reader's language.
pub fn tell(answer: &mut Response, language: Language) {
    for error in &mut answer.errors {
        let known = error.source::<Error>().cloned();
        let detail = std::mem::take(&mut error.message);
        let mut extensions = ErrorExtensionValues::default();
        let code = match &known {
            Some(known) => {
                explain(known, language, &mut extensions);
                known.code()
            }
            None => {
                extensions.set("detail", detail.as_str());
                if TOO_COSTLY.iter().any(|said| detail.starts_with(said)) {
                    Code::QueryTooCostly
                } else {
                    Code::BadRequest
                }
            }
        };
        extensions.set("code", code.as_str());
        error.message = code.sentence(language);
        error.extensions = Some(extensions);
        error.source = None;
    }
}

fn explain(error: &Error, language: Language, extensions: &mut ErrorExtensionValues) {
    match error {
        Error::Invalid(faults) => {
            let fields = faults.iter().map(|fault| field(fault, language)).collect();
            extensions.set("fields", Value::List(fields));
        }
        Error::TooMany { limit, retry_after_s } => {
            extensions.set("limit", *limit);
            extensions.set("retryAfterS", *retry_after_s);
        }
        Error::Bug(_) | Error::Unavailable(_) => tracing::error!(%error, "a GraphQL field failed"),
        Error::NotFound | Error::Denied(_) | Error::Conflict(_) | Error::Unauthenticated | Error::Busy => {}
    }
}

fn field(fault: &Fault, language: Language) -> Value {
    let mut told = async_graphql::indexmap::IndexMap::new();
    let mut put = |name: &str, value: Value| told.insert(async_graphql::Name::new(name), value);
    put("field", Value::from(fault.field.as_ref()));
    put("code", Value::from(fault.code.as_str()));
    put("message", Value::from(fault.code.sentence(language)));
    if let Some(limit) = fault.limit {
        put("limit", Value::from(limit));
    }
    Value::Object(told)
}

/// An answer that is nothing but this error.
#[must_use]
pub fn refusal(error: Error) -> Response {
    Response::from_errors(vec![refused(error)])
}

/// An error of the whole request.
#[must_use]
pub fn refused(error: Error) -> ServerError {
    async_graphql::Error::from(Failed(error)).into_server_error(async_graphql::Pos::default())
}
