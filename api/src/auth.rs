//! Who asks: a bearer token, or nobody. Cookies are for pages and are not looked at here.
//!
//! Rule: a token that is not one, or not any more, is refused even where a visitor might ask the same, so that a program
//! learns of it.

use civic::actor::Actor;
use civic::error::{Error, Result};
use civic::language::Language;
use civic::{City, Cx, member};
use poem::Request;
use poem::http::header;

/// The operation of a request: who sent it, at the one instant at which they are looked up too.
///
/// # Errors
/// `Unauthenticated` for a token that opens nothing, and those of the database.
pub async fn cx(city: &City, request: &Request, language: Language) -> Result<Cx> {
    let mut cx = city.cx(Actor::Visitor, language);
    if let Some(said) = request.headers().get(header::AUTHORIZATION) {
        let token = said.to_str().ok().and_then(bearer).ok_or(Error::Unauthenticated)?;
        let found = member::read::by_token(&cx, token).await?;
        cx.actor = found.ok_or(Error::Unauthenticated)?;
    }
    Ok(cx)
}

/// The token in an `Authorization` header; nothing when it holds something else.
#[must_use]
pub fn bearer(said: &str) -> Option<&str> {
    let (scheme, token) = said.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
