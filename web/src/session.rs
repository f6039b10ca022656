//! The two cookies: the session's, and the ten-minute one that binds a sign-in to the browser that asked.
//!
//! Rule: both are `__Host-`: sent over TLS to this host alone, out of reach of scripts. There is no third.

use civic::actor::Actor;
use civic::error::Result;
use civic::limits::{SESSION_MS, SIGN_IN_MS};
use civic::member::NewSession;
use civic::secret::hash;
use civic::{City, Cx, member};
use data_encoding::BASE64URL_NOPAD;
use poem::Request;
use poem::http::header;

/// The name of the session's cookie.
pub const SESSION: &str = "__Host-session";
/// The name of the sign-in cookie.
pub const SIGN_IN: &str = "__Host-sign-in";

/// A cookie that came with the request.
#[must_use]
pub fn cookie<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request
        .headers()
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty() && value.len() <= 200)
}

/// Who sent the request, and the token of their session.
///
/// # Errors
/// Those of the database.
pub async fn actor(cx: &Cx, request: &Request) -> Result<(Actor, Option<String>)> {
    let Some(token) = cookie(request, SESSION) else {
        return Ok((Actor::Visitor, None));
    };
    match member::read::by_session(cx, token).await? {
        Some((actor, _)) => Ok((actor, Some(token.to_owned()))),
        None => Ok((Actor::Visitor, None)),
    }
}

fn set(name: &str, value: &str, seconds: i64) -> String {
    format!("{name}={value}; Max-Age={seconds}; Path=/; Secure; HttpOnly; SameSite=Lax")
}

/// The header that keeps a new session.
#[must_use]
pub fn keep(session: &NewSession) -> String {
    set(SESSION, &session.token, SESSION_MS / 1_000)
}

/// The header that forgets the session.
#[must_use]
pub fn forget() -> String {
    set(SESSION, "", 0)
}

/// The header that keeps the token of a browser that asks to sign in.
#[must_use]
pub fn keep_browser(token: &str) -> String {
    set(SIGN_IN, token, SIGN_IN_MS / 1_000)
}

/// The header that forgets it.
#[must_use]
pub fn forget_browser() -> String {
    set(SIGN_IN, "", 0)
}

/// A random text that nobody guesses: for a browser, or for one filled form.
#[must_use]
pub fn chance(city: &City) -> String {
    let mut bytes = [0_u8; 16];
    city.ids.fill(&mut bytes);
    BASE64URL_NOPAD.encode(&bytes)
}

/// The proof that a form with this key was made by us for this session; it is another for every form, so that it tells
/// nothing to whoever measures compressed pages.
#[must_use]
pub fn form_proof(city: &City, token: Option<&str>, once: &str) -> String {
    let of = token.map_or_else(|| "visitor".to_owned(), hash);
    city.secret.proof("form", &format!("{of} {once}"))
}
