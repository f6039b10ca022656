//! The second factor of staff: six digits that change every thirty seconds (RFC 6238).
//!
//! Rule: each time step is used once, five wrong tries close it for a quarter of an hour, and giving it begins a new
//! session, because the session's power changes. The shared secret is read by this file only.

use data_encoding::BASE32_NOPAD;
use sea_orm::ActiveValue::Set;
use totp_rs::{Algorithm, Builder, Totp};

use super::NewSession;
use super::sign_in::begin_session;
use super::store::{self, row};
use super::write::own;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::MemberId;
use crate::secret::hash;
use crate::time::MINUTE_MS;
use crate::{Cx, audit};

/// Wrong tries before a pause.
const TRIES: i64 = 5;
/// The pause in milliseconds.
const PAUSE_MS: i64 = 15 * MINUTE_MS;
/// Length of a time step in seconds.
const STEP_S: u64 = 30;

/// What an authenticator app needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The shared secret in base 32, for typing.
    pub secret: String,
    /// The same as an `otpauth` address.
    pub address: String,
    /// The same as a square of dots, an SVG picture.
    pub picture: String,
}

fn totp(secret: &[u8]) -> Totp {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP_S)
        .with_secret(secret.to_vec())
        .build_noncompliant()
}

fn decode(stored: &str) -> Result<Vec<u8>> {
    BASE32_NOPAD
        .decode(stored.as_bytes())
        .map_err(|error| Error::Bug(error.to_string()))
}

/// Begins to set up a second factor; it counts once `confirm` has seen a code of it.
///
/// # Errors
/// `Conflict(AlreadyDone)` when there is one.
pub async fn begin(cx: &Cx) -> Result<Setup> {
    let tx = cx.begin().await?;
    let id = own(cx)?;
    let member = store::lock(&tx, id).await?;
    if member.totp_confirmed_at.is_some() {
        return Err(Error::Conflict(Code::AlreadyDone));
    }
    let mut chance = [0_u8; 20];
    cx.city.ids.fill(&mut chance);
    let secret = BASE32_NOPAD.encode(&chance);
    let change = row::ActiveModel {
        totp_secret: Set(Some(secret.clone())),
        ..Default::default()
    };
    store::update(&tx, id, change).await?;
    cx.commit(tx, ()).await?;
    shown(id, secret)
}

/// What `begin` gave, for as long as no code of it was seen; `None` when nothing was begun or all is done.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn begun(cx: &Cx) -> Result<Option<Setup>> {
    let id = own(cx)?;
    let member = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let secret = member.totp_secret.filter(|_| member.totp_confirmed_at.is_none());
    secret.map(|secret| shown(id, secret)).transpose()
}

fn shown(id: MemberId, secret: String) -> Result<Setup> {
    let address = format!("otpauth://totp/Arengo:{id}?secret={secret}&issuer=Arengo&algorithm=SHA1&digits=6&period=30");
    let code = qrcode::QrCode::new(&address).map_err(|error| Error::Bug(error.to_string()))?;
    let picture = code
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(200, 200)
        .build();
    Ok(Setup {
        secret,
        address,
        picture,
    })
}

/// Confirms the second factor with a first code; gives a new session that has it.
///
/// # Errors
/// `Conflict(CodeWrong)`, `TooMany` after five wrong ones.
pub async fn confirm(cx: &Cx, code: &str, session: &str) -> Result<NewSession> {
    let tx = cx.begin().await?;
    let id = own(cx)?;
    let member = store::lock(&tx, id).await?;
    if member.totp_confirmed_at.is_some() {
        return Err(Error::Conflict(Code::AlreadyDone));
    }
    let tx = check(cx, tx, &member, code).await?;
    let change = row::ActiveModel {
        totp_confirmed_at: Set(Some(cx.now)),
        ..Default::default()
    };
    store::update(&tx, id, change).await?;
    audit::note(&tx, cx, "second_factor_confirm", &id, "").await?;
    renew(cx, tx, id, session).await
}

/// Gives the second factor; the answer is a new session that has it.
///
/// # Errors
/// `Conflict(CodeWrong)`, `TooMany` after five wrong ones, `NotFound` when none is set up.
pub async fn give(cx: &Cx, code: &str, session: &str) -> Result<NewSession> {
    let tx = cx.begin().await?;
    let id = own(cx)?;
    let member = store::lock(&tx, id).await?;
    if member.totp_confirmed_at.is_none() {
        return Err(Error::NotFound);
    }
    let tx = check(cx, tx, &member, code).await?;
    renew(cx, tx, id, session).await
}

/// Takes the second factor away; asks for it once more.
///
/// # Errors
/// `Denied(SecondFactorNeeded)` when it was not given within the last minutes.
pub async fn drop_it(cx: &Cx) -> Result<()> {
    let tx = cx.begin().await?;
    let id = own(cx)?;
    if !cx
        .actor
        .person()
        .is_some_and(|person| person.second_factor_is_fresh(cx.now))
    {
        return Err(Error::Denied(Code::SecondFactorNeeded));
    }
    let change = row::ActiveModel {
        totp_secret: Set(None),
        totp_confirmed_at: Set(None),
        ..Default::default()
    };
    store::update(&tx, id, change).await?;
    store::delete_sessions_of(&tx, id).await?;
    audit::note(&tx, cx, "second_factor_drop", &id, "").await?;
    cx.commit(tx, ()).await
}

/// Gives the transaction back when the code is right; a wrong one is counted and committed.
async fn check(cx: &Cx, tx: Tx, member: &row::Model, code: &str) -> Result<Tx> {
    let secret = decode(member.totp_secret.as_deref().ok_or(Error::NotFound)?)?;
    let running = cx.now.ms() - member.totp_tries_since < PAUSE_MS;
    let tries = if running { member.totp_tries } else { 0 };
    if tries >= TRIES {
        let wait_ms = PAUSE_MS - (cx.now.ms() - member.totp_tries_since);
        return Err(Error::TooMany {
            retry_after_s: u64::try_from(wait_ms / 1_000 + 1).unwrap_or(1),
        });
    }
    let typed: String = code.chars().filter(char::is_ascii_digit).collect();
    let now_s = u64::try_from(cx.now.ms() / 1_000).unwrap_or(0);
    let step = totp(&secret)
        .check(&typed, now_s)
        .and_then(|step| i64::try_from(step).ok());
    if let Some(step) = step
        && store::use_step(&tx, member.id, step).await?
    {
        return Ok(tx);
    }
    let since = if running && tries > 0 {
        member.totp_tries_since
    } else {
        cx.now.ms()
    };
    let change = row::ActiveModel {
        totp_tries: Set(tries + 1),
        totp_tries_since: Set(since),
        ..Default::default()
    };
    store::update(&tx, member.id, change).await?;
    tx.commit().await?;
    Err(Error::Conflict(Code::CodeWrong))
}

async fn renew(cx: &Cx, tx: Tx, id: MemberId, session: &str) -> Result<NewSession> {
    store::delete_session(&tx, &hash(session)).await?;
    let new = begin_session(cx, &tx, id, Some(cx.now)).await?;
    // What is committed may be kept for repeats, and a session's token is kept nowhere.
    cx.commit(tx, ()).await?;
    Ok(new)
}
