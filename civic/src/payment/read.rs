//! Looking at the provider's messages: what waits, and what was ever said about one thing.

use super::store;
use crate::City;
use crate::error::Result;
use crate::limits::PAYMENT_MESSAGE_LATE_MS;
use crate::time::Timestamp;

/// A message as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The provider's own name of it.
    pub reference: String,
    /// The provider's own name of its kind.
    pub kind: String,
    /// The message word by word.
    pub body: String,
    /// When what it tells is so.
    pub happened_at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// When nothing was left to do for it.
    pub worked_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it was not worked off the last time.
    pub error: Option<String>,
}

impl From<store::row::Model> for Kept {
    fn from(row: store::row::Model) -> Self {
        Self {
            reference: row.reference,
            kind: row.kind,
            body: row.body,
            happened_at: row.happened_at,
            received_at: row.received_at,
            worked_at: row.worked_at,
            attempts: row.attempts,
            error: row.error,
        }
    }
}

/// Messages whose names begin so, by name, at most so many; an empty beginning is every message.
///
/// # Errors
/// Those of the database.
pub async fn beginning(city: &City, start: &str, most: u64) -> Result<Vec<Kept>> {
    let rows = store::beginning(city.db.read(), start, most).await?;
    Ok(rows.into_iter().map(Kept::from).collect())
}

/// How many messages wait for longer than an operator should let them, and why one of them does.
///
/// # Errors
/// Those of the database.
pub async fn late(city: &City) -> Result<(u64, Option<String>)> {
    let then = city.system().now.plus_ms(-PAYMENT_MESSAGE_LATE_MS);
    store::late(city.db.read(), then).await
}
