//! The worker's turn for money: campaigns open and end, promises lapse, outcomes are fixed, gifts go back, receipts are
//! issued.
//!
//! Rule: everything is decided in `civic`, each thing under its own locks, so that two servers may take turns at once.
//! Deliberately absent: a place in the outbox, since time and not events say what is due.

use async_trait::async_trait;
use civic::City;
use civic::donation::write::turn;
use civic::error::Result;
use civic::{receipt, statement};

use super::Follow;

/// Takes a turn each time it is roused, and every half second.
pub struct Turn(City);

impl Turn {
    /// The turns of an installation.
    pub const fn new(city: City) -> Self {
        Self(city)
    }
}

#[async_trait]
impl Follow for Turn {
    fn name(&self) -> &'static str {
        "money"
    }

    async fn step(&mut self) -> Result<bool> {
        // What is left for later is not due again at once, so one turn is enough.
        turn(&self.0).await?;
        statement::write::turn(&self.0).await?;
        receipt::write::turn(&self.0).await?;
        Ok(false)
    }
}
