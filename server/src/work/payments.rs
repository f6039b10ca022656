//! The provider's messages are worked off: each fact is handed on until it is taken.
//!
//! Rule: a message that cannot be worked off waits longer each time and holds up no other. Deliberately absent: what a fact
//! changes, which is the donations' own.

use std::sync::Arc;

use async_trait::async_trait;
use civic::City;
use civic::error::Result;
use civic::payment::write::{Learn, work_off};
use tokio::sync::Notify;

use super::Follow;

/// Works off what the provider told.
pub struct Reader {
    city: City,
    learn: Arc<dyn Learn>,
}

impl Reader {
    /// A reader that hands facts to `learn`.
    pub const fn new(city: City, learn: Arc<dyn Learn>) -> Self {
        Self { city, learn }
    }
}

#[async_trait]
impl Follow for Reader {
    fn name(&self) -> &'static str {
        "messages of the provider of payments"
    }

    async fn step(&mut self) -> Result<bool> {
        work_off(&self.city, &*self.learn).await
    }

    fn rouses(&self) -> bool {
        true
    }

    fn bell(&self) -> Option<&Notify> {
        Some(&self.city.messages)
    }
}
