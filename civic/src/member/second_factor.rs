//! The second factor of staff: six digits that change every thirty seconds (RFC 6238).
//!
//! Rule: each time step is used once, five wrong tries close it for a quarter of an hour, and giving it begins a new
//! session, because the session's power changes. The shared secret is made by the installation's key from a salt: whoever
//! has only the database cannot give it. Whoever takes the factor away takes with it what was opened by it, sessions and
//! tokens alike.

use data_encoding::BASE32_NOPAD;
use sea_orm::ActiveValue::Set;
use totp_rs::{Algorithm, Builder, Totp};

use super::NewSession;
use super::sign_in::begin_session;
use super::store::{self, row};
use super::write::{end_all, own};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::MemberId;
use crate::policy::{Act, On};
use crate::secret::hash;
use crate::time::MINUTE_MS;
use crate::{Cx, audit};

/// Wrong tries before a pause.
const TRIES: i64 = 5;
/// The pause in milliseconds.
const PAUSE_MS: i64 = 15 * MINUTE_MS;
/// Length of the shared secret.
const SECRET_BYTES: usize = 20;
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

/// The secret that the key makes of a member's salt, as long as RFC 4226 (4) wants it.
fn secret(cx: &Cx, id: MemberId, salt: &str) -> Vec<u8> {
    cx.city.secret.derive("second factor", &format!("{id} {salt}"))[..SECRET_BYTES].to_vec()
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
    let mut chance = [0_u8; 16];
    cx.city.ids.fill(&mut chance);
    let salt = BASE32_NOPAD.encode(&chance);
    let change = row::ActiveModel {
        totp_salt: Set(Some(salt.clone())),
        ..Default::default()
    };
    store::update(&tx, id, change).await?;
    cx.commit(tx, ()).await?;
    shown(cx, id, &salt)
}

/// What `begin` gave, for as long as no code of it was seen; `None` when nothing was begun or all is done.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn begun(cx: &Cx) -> Result<Option<Setup>> {
    let id = own(cx)?;
    let member = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let salt = member.totp_salt.filter(|_| member.totp_confirmed_at.is_none());
    salt.map(|salt| shown(cx, id, &salt)).transpose()
}

fn shown(cx: &Cx, id: MemberId, salt: &str) -> Result<Setup> {
    let secret = BASE32_NOPAD.encode(&secret(cx, id, salt));
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

/// Takes one's second factor away, and ends all one's sessions and tokens; asks for it once more.
///
/// # Errors
/// `Denied(SecondFactorNeeded)` when it was not given within the last minutes.
pub async fn remove(cx: &Cx) -> Result<()> {
    let tx = cx.begin().await?;
    let id = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::RemoveSecondFactor, On::Member(id))?;
    take_away(cx, &tx, id).await?;
    cx.commit(tx, ()).await
}

/// Takes the second factor of somebody away who lost it, and ends all their sessions and tokens.
///
/// # Errors
/// `NotFound` when there is none, `Denied` for others than those who give roles.
pub async fn reset(cx: &Cx, id: MemberId) -> Result<()> {
    let tx = cx.begin().await?;
    cx.check(Act::GrantRoles, On::City)?;
    if store::lock(&tx, id).await?.totp_salt.is_none() {
        return Err(Error::NotFound);
    }
    take_away(cx, &tx, id).await?;
    cx.commit(tx, ()).await
}

async fn take_away(cx: &Cx, tx: &Tx, id: MemberId) -> Result<()> {
    let change = row::ActiveModel {
        totp_salt: Set(None),
        totp_confirmed_at: Set(None),
        totp_tries: Set(0),
        ..Default::default()
    };
    store::update(tx, id, change).await?;
    end_all(cx, tx, id).await?;
    audit::note(tx, cx, "second_factor_remove", &id, "").await
}

/// Gives the transaction back when the code is right; a wrong one is counted and committed.
async fn check(cx: &Cx, tx: Tx, member: &row::Model, code: &str) -> Result<Tx> {
    let secret = secret(cx, member.id, member.totp_salt.as_deref().ok_or(Error::NotFound)?);
    let running = cx.now.ms() - member.totp_tries_since < PAUSE_MS;
    let tries = if running { member.totp_tries } else { 0 };
    if tries >= TRIES {
        let wait_ms = PAUSE_MS - (cx.now.ms() - member.totp_tries_since);
        return Err(Error::TooMany {
            limit: u64::try_from(TRIES).unwrap_or(0),
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
