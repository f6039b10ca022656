//! Files follow the outbox: the bytes of what was removed go too. Deleting them twice, or from two servers, is deleting
//! them.

use async_trait::async_trait;
use civic::City;
use civic::attachment::write::forget_bytes;
use civic::error::{Error, Result};
use civic::outbox::Event;

use super::Follow;
use super::place::Place;

/// Its name among the followers' places.
pub const NAME: &str = "files";

/// Deletes the bytes of removed pictures and files.
pub struct Follower {
    city: City,
    place: Place,
}

impl Follower {
    /// A follower that goes on from its place in the database.
    #[must_use]
    pub fn new(city: City) -> Self {
        let place = Place::new(city.clone(), NAME);
        Self { city, place }
    }
}

#[async_trait]
impl Follow for Follower {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn step(&mut self) -> Result<bool> {
        let removes = |event: &Event| matches!(event, Event::AttachmentRemoved { .. });
        let Some(next) = self.place.next(removes).await? else {
            return Ok(false);
        };
        let mut reached = next.from;
        for numbered in next.events {
            if let Event::AttachmentRemoved { attachment } = numbered.event {
                match forget_bytes(&self.city, attachment).await {
                    Err(error @ (Error::Unavailable(_) | Error::Busy)) => {
                        self.place.reach(reached).await?;
                        return Err(error);
                    }
                    Err(error) => tracing::error!(%error, %attachment, "bytes are left behind"),
                    Ok(()) => {}
                }
            }
            reached = numbered.number;
        }
        self.place.reach(reached).await?;
        Ok(true)
    }
}
