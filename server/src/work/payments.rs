//! The provider's messages are worked off: each fact is handed on until it is taken.
//!
//! Rule: a message that cannot be worked off waits longer each time and holds up no other. Deliberately absent: what a fact
//! changes, which is the donations' own.

use async_trait::async_trait;
use civic::City;
use civic::donation::write::Gifts;
use civic::error::Result;
use civic::payment::write::work_off;
use tokio::sync::Notify;

use super::Follow;

/// Works off what the provider told.
pub struct Reader(City);

impl Reader {
    /// A reader of an installation's messages.
    pub const fn new(city: City) -> Self {
        Self(city)
    }
}

#[async_trait]
impl Follow for Reader {
    fn name(&self) -> &'static str {
        "messages of the provider of payments"
    }

    async fn step(&mut self) -> Result<bool> {
        work_off(&self.0, &Gifts).await
    }

    fn rouses(&self) -> bool {
        true
    }

    fn bell(&self) -> Option<&Notify> {
        Some(&self.0.messages)
    }
}
