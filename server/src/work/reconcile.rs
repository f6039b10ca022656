//! The worker's daily look at the provider's account.
//!
//! Rule: it has a task of its own, since a list may be long and a provider slow, and no gift waits for either.

use async_trait::async_trait;
use civic::City;
use civic::error::Result;
use civic::reconciliation::write::turn;

use super::Follow;

/// Holds the provider's list against our books when that is due.
pub struct Reconciler(City);

impl Reconciler {
    /// The reconciler of an installation.
    pub const fn new(city: City) -> Self {
        Self(city)
    }
}

#[async_trait]
impl Follow for Reconciler {
    fn name(&self) -> &'static str {
        "reconciliation with the provider"
    }

    async fn step(&mut self) -> Result<bool> {
        turn(&self.0).await?;
        Ok(false)
    }
}
