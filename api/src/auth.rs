//! Who asks: a bearer token, or nobody. Cookies are for pages and are not looked at here.
//!
//! Rule: a token that is not one, or not any more, is refused even where a visitor might ask the same, so that a program
//! learns of it.

use civic::actor::Actor;
use civic::error::{Error, Result};
use civic::{City, member};
use poem::Request;
use poem::http::header;

/// Who sent the request.
///
/// # Errors
/// `Unauthenticated` for a token that opens nothing, and those of the database.
pub async fn actor(city: &City, request: &Request) -> Result<Actor> {
    let Some(said) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(Actor::Visitor);
    };
    let token = said.to_str().ok().and_then(bearer).ok_or(Error::Unauthenticated)?;
    member::read::by_token(city, token).await?.ok_or(Error::Unauthenticated)
}

fn bearer(said: &str) -> Option<&str> {
    let (scheme, token) = said.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
