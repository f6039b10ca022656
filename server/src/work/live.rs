//! Subscriptions follow the outbox: whoever listens in this process is told of each event.

use async_trait::async_trait;
use civic::City;
use civic::error::Result;
use civic::outbox;

use super::Follow;

/// Tells those who listen.
pub struct Follower {
    city: City,
    /// Up to which number they were told.
    told: i64,
}

impl Follower {
    /// A follower that tells what happens from now on.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn new(city: City) -> Result<Self> {
        let told = outbox::last_number(&city).await?;
        Ok(Self { city, told })
    }
}

#[async_trait]
impl Follow for Follower {
    fn name(&self) -> &'static str {
        "subscriptions"
    }

    async fn step(&mut self) -> Result<bool> {
        let events = outbox::after(&self.city, self.told).await?;
        let Some(last) = events.last() else { return Ok(false) };
        self.told = last.number;
        for event in events {
            // Nobody listening is no failure.
            let _ = self.city.live.send(event);
        }
        Ok(true)
    }
}
