//! Where a follower stands in the database, and what comes next that concerns it.
//!
//! Rule: most events concern few followers, so what is passed over is noted only now and then: reading it again after a
//! crash costs nothing, and writing it down each time would cost a transaction.

use civic::City;
use civic::error::Result;
use civic::outbox::{self, BATCH, Event, Numbered};

/// The place of one follower.
pub struct Place {
    city: City,
    name: &'static str,
    /// As it was read from the database.
    stored: i64,
    /// Up to which number nothing concerned the follower.
    seen: i64,
}

/// Events that hold some that concern the follower.
pub struct Next {
    /// Where the follower stands in the database.
    pub from: i64,
    /// What came after, in order.
    pub events: Vec<Numbered>,
}

impl Place {
    /// The place of the follower `name`.
    pub const fn new(city: City, name: &'static str) -> Self {
        Self {
            city,
            name,
            stored: 0,
            seen: 0,
        }
    }

    /// The next events, when there are some that concern the follower.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn next(&mut self, concerns: impl Fn(&Event) -> bool + Send) -> Result<Option<Next>> {
        loop {
            let stored = outbox::place(&self.city, self.name).await?;
            if stored != self.stored {
                (self.stored, self.seen) = (stored, stored);
            }
            let events = outbox::after(&self.city, self.seen).await?;
            let Some(last) = events.last() else { return Ok(None) };
            if events.iter().any(|numbered| concerns(&numbered.event)) {
                return Ok(Some(Next { from: stored, events }));
            }
            self.seen = last.number;
            if self.seen.saturating_sub(stored).unsigned_abs() >= BATCH {
                self.reach(self.seen).await?;
            }
        }
    }

    /// Notes that everything up to `number` is done.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn reach(&self, number: i64) -> Result<()> {
        outbox::move_to(&self.city, self.name, number).await
    }
}
