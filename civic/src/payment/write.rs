//! The provider's messages: kept as they came, and worked off after.
//!
//! Rule: a message is stored before it is answered, so that a crash loses nothing that the provider thinks we know; and it
//! is worked off by whoever comes next, as often as it takes. Each hands facts on and is done only when every one was
//! taken. Deliberately absent: what a fact changes, which is the donations' own, and giving up.

use async_trait::async_trait;

use super::{Fact, PaymentError, store};
use crate::City;
use crate::error::{Error, Result};
use crate::limits::{
    PAYMENT_ERROR_MAX_CHARS, PAYMENT_MESSAGE_AGAIN_MAX_MS, PAYMENT_MESSAGE_AGAIN_MS, PAYMENT_MESSAGE_HELD_MS,
    PAYMENT_MESSAGE_KEPT_MS,
};

/// What became of a message at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// It is stored.
    Kept,
    /// It was stored before.
    Known,
    /// It is not the provider's, or not whole.
    Forged(String),
}

/// Takes facts: what is so at the provider becomes so here.
#[async_trait]
pub trait Learn: Send + Sync {
    /// Takes one fact, which may be known already.
    ///
    /// # Errors
    /// Whatever keeps it from being taken now; then it is told again later.
    async fn learn(&self, city: &City, fact: &Fact) -> Result<()>;
}

/// Keeps a message of the provider. The signature is looked at first, and nothing else before it is stored.
///
/// # Errors
/// Those of the database; then the provider must be asked to come again.
pub async fn receive(city: &City, body: &[u8], signature: &str) -> Result<Receipt> {
    let cx = city.system();
    let envelope = match city.payments.receive(body, signature, cx.now) {
        Ok(envelope) => envelope,
        Err(error) => return Ok(Receipt::Forged(error.to_string())),
    };
    let Ok(text) = std::str::from_utf8(body) else {
        return Ok(Receipt::Forged("it is no text".to_owned()));
    };
    // PostgreSQL takes no zero in a text, and no provider has a reason to send one.
    if text.contains('\0') {
        return Ok(Receipt::Forged("it holds a zero".to_owned()));
    }
    let tx = cx.begin().await?;
    let kept = store::keep(&tx, cx.id(), &envelope, text, cx.now).await?;
    cx.commit(tx, ()).await?;
    city.messages.notify_one();
    Ok(if kept { Receipt::Kept } else { Receipt::Known })
}

/// Works off the message that has been due for longest; false when none is.
///
/// # Errors
/// Those of the database. What is wrong with one message is noted at it, and holds up no other.
pub async fn work_off(city: &City, learn: &dyn Learn) -> Result<bool> {
    let now = city.system().now;
    let Some(message) = store::next_due(city.db.read(), now).await? else {
        return Ok(false);
    };
    let held = now.plus_ms(PAYMENT_MESSAGE_HELD_MS);
    let attempts = message.attempts.saturating_add(1);
    let tx = city.db.begin().await?;
    let ours = store::put_off(&tx, &message, held, attempts, message.error.as_deref()).await?;
    tx.commit().await?;
    if !ours {
        return Ok(true);
    }
    let outcome = tell(city, learn, message.body.as_bytes()).await;
    let now = city.system().now;
    let tx = city.db.begin().await?;
    match outcome {
        Ok(()) => store::worked(&tx, message.id, now).await?,
        Err(error) => {
            let why: String = error.to_string().chars().take(PAYMENT_ERROR_MAX_CHARS).collect();
            tracing::warn!(
                error = why,
                reference = message.reference,
                kind = message.kind,
                attempts,
                "a message of the provider waits"
            );
            let taken = store::row::Model {
                due_at: Some(held),
                ..message
            };
            store::put_off(&tx, &taken, now.plus_ms(wait_ms(attempts)), attempts, Some(&why)).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Hands on what the message says, and then what is so at the provider where the message points to more.
async fn tell(city: &City, learn: &dyn Learn, body: &[u8]) -> Result<()> {
    let told = city.payments.read(body).map_err(unavailable)?;
    for fact in &told.facts {
        learn.learn(city, fact).await?;
    }
    if let Some(reference) = told.look {
        for fact in city.payments.look(&reference).await.map_err(unavailable)? {
            learn.learn(city, &fact).await?;
        }
    }
    Ok(())
}

fn unavailable(error: PaymentError) -> Error {
    Error::Unavailable(error.to_string())
}

/// How long a message waits after so many attempts.
fn wait_ms(attempts: i64) -> i64 {
    /// Doubled so often, every wait is at its longest.
    const MOST_DOUBLED: i64 = 16;
    let doubled = 1_i64 << attempts.saturating_sub(1).clamp(0, MOST_DOUBLED);
    Ord::min(PAYMENT_MESSAGE_AGAIN_MS * doubled, PAYMENT_MESSAGE_AGAIN_MAX_MS)
}

/// Forgets what was worked off so long ago that nobody asks about it any more.
///
/// # Errors
/// Those of the database.
pub async fn forget_old(city: &City) -> Result<u64> {
    let then = city.system().now.plus_ms(-PAYMENT_MESSAGE_KEPT_MS);
    let tx = city.db.begin().await?;
    let forgotten = store::forget(&tx, then).await?;
    tx.commit().await?;
    Ok(forgotten)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_waits_longer_each_time_and_never_longer_than_an_hour() {
        assert_eq!(wait_ms(1), PAYMENT_MESSAGE_AGAIN_MS);
        assert_eq!(wait_ms(2), 2 * PAYMENT_MESSAGE_AGAIN_MS);
        assert_eq!(wait_ms(40), PAYMENT_MESSAGE_AGAIN_MAX_MS);
        assert_eq!(wait_ms(i64::MAX), PAYMENT_MESSAGE_AGAIN_MAX_MS);
    }
}
