//! The pages: server-rendered HTML in Italian and English over civic's read models, and the letters.
//!
//! Rule: a handler parses, makes one call and wraps; every word is in `locales/` or `texts/`, every shape in `templates/`.
//! All of it works without a script. Deliberately absent: rules, which are civic's, and SQL.

pub mod amount;
pub mod assets;
pub mod error;
pub mod form;
pub mod format;
pub mod held;
pub mod language;
pub mod letters;
pub mod map;
pub mod page;
pub mod pages;
pub mod paper;
pub mod session;
pub mod visit;

use civic::City;
use poem::endpoint::BoxEndpoint;
use poem::http::header;
use poem::middleware::Compression;
use poem::{Endpoint, EndpointExt, Request, Response};

/// What a page may load: our own files, and nothing inline. Markup enters scripts through one named policy.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types arengo";

/// Everything that is mounted at `/`.
#[must_use]
pub fn app(city: City) -> BoxEndpoint<'static, Response> {
    let pages = pages::routes(&city);
    pages
        .around(move |pages, request| {
            let city = city.clone();
            async move { Ok(guarded(&city, pages, request).await) }
        })
        .with(Compression::new())
        .map_to_response()
        .boxed()
}

/// What no route answers is answered with a page, and every answer carries the headers that keep readers safe.
async fn guarded(city: &City, pages: std::sync::Arc<impl Endpoint<Output = Response>>, request: Request) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let language = request.header(header::ACCEPT_LANGUAGE).unwrap_or("").to_owned();
    let mut answer = match pages.call(request).await {
        Ok(answer) => answer,
        Err(unrouted) => error::unrouted(city, &method, &uri, &language, unrouted.status()),
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        if !headers.contains_key(&name) {
            headers.insert(name, header::HeaderValue::from_static(value));
        }
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(
            header::CACHE_CONTROL,
            header::HeaderValue::from_static("private, no-cache"),
        );
    }
    answer
}
