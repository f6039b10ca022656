//! Whether a message is the provider's: its signature over the bytes as they came.
//!
//! Rule: any `v1` of the header under any secret in force will do, so that secrets can be rolled; the time that was signed
//! must be near; every comparison takes the same time wherever it differs. Deliberately absent: parsing what is not
//! signed, and older schemes than `v1`.

use civic::limits::{PAYMENT_SIGNATURE_MS, PAYMENT_SIGNATURES_MAX};
use civic::time::{SECOND_MS, Timestamp};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Longest header that is looked at: a time and the signatures that we look at, with room for other schemes.
const HEADER_MAX_CHARS: usize = 2_048;

/// Whether one of the header's signatures is that of `body` under one of `secrets`, made around `now`.
///
/// # Errors
/// Says what is wrong, for the log; the sender is told nothing of it.
pub fn check(header: &str, body: &[u8], now: Timestamp, secrets: &[String]) -> Result<(), &'static str> {
    if header.len() > HEADER_MAX_CHARS {
        return Err("its signature is too long");
    }
    let (time, signatures) = parts(header)?;
    let signed_at = time.parse::<i64>().map_err(|_| "its signature has no time")?;
    let signed_at = Timestamp::from_ms(signed_at.saturating_mul(SECOND_MS));
    // First, because it costs nothing: an old message that somebody sends again and again is not even computed.
    if now.since_ms(signed_at).saturating_abs() > PAYMENT_SIGNATURE_MS {
        return Err("it was signed too long ago, or the clocks differ");
    }
    let right = secrets.iter().filter_map(|secret| mac(secret, time, body)).any(|mac| {
        // Every signature is looked at, so that nobody learns which of them came close.
        let same = |signature: &&Vec<u8>| mac.clone().verify_slice(signature).is_ok();
        signatures.iter().filter(same).count() > 0
    });
    if right {
        Ok(())
    } else {
        Err("its signature is not right")
    }
}

/// The time as it was signed, and the signatures in bytes.
fn parts(header: &str) -> Result<(&str, Vec<Vec<u8>>), &'static str> {
    let mut time = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", _)) if time.is_some() => return Err("its signature has two times"),
            Some(("t", value)) => time = Some(value),
            Some(("v1", value)) if signatures.len() < PAYMENT_SIGNATURES_MAX => {
                signatures.extend(HEXLOWER_PERMISSIVE.decode(value.as_bytes()));
            }
            _ => {}
        }
    }
    let time = time.filter(|time| !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit()));
    Ok((time.ok_or("its signature has no time")?, signatures))
}

fn mac(secret: &str, time: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    // An empty secret would let everybody in; the configuration refuses one too.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .ok()
        .filter(|_| !secret.is_empty())?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

/// The header under which `body` is the message of whoever knows `secret`.
#[must_use]
pub fn sign(body: &[u8], at: Timestamp, secret: &str) -> String {
    let time = (at.ms() / SECOND_MS).to_string();
    let mac = mac(secret, &time, body).map(|mac| HEXLOWER.encode(&mac.finalize().into_bytes()));
    format!("t={time},v1={}", mac.unwrap_or_default())
}
