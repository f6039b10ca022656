//! The relay numbers what was committed, so that the others can follow.

use async_trait::async_trait;
use civic::City;
use civic::error::Result;
use civic::outbox;
use tokio::sync::Notify;

use super::Follow;

/// Numbers as soon as something was committed.
pub struct Relay(City);

impl Relay {
    /// The relay of an installation.
    pub const fn new(city: City) -> Self {
        Self(city)
    }
}

#[async_trait]
impl Follow for Relay {
    fn name(&self) -> &'static str {
        "relay"
    }

    async fn step(&mut self) -> Result<bool> {
        Ok(outbox::relay(&self.0).await? > 0)
    }

    fn rouses(&self) -> bool {
        true
    }

    fn bell(&self) -> Option<&Notify> {
        Some(&self.0.bell)
    }
}
