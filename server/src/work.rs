//! The worker: numbers what was committed, and lets every follower of the outbox catch up.
//!
//! Rule: a follower's step may run twice; it moves its place on only after it has done its work. One that fails is
//! tried again at the next turn and holds up none of the others.

pub mod index;
pub mod letters;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use civic::City;
use civic::error::Result;
use civic::mail::Mailer;
use civic::outbox;

/// How long the worker waits when nobody rings: another process may have committed something.
const TURN: Duration = Duration::from_millis(500);
/// How often what is over is forgotten, in turns: about every ten minutes.
const TURNS_BETWEEN_CLEANING: u64 = 1_200;

/// Everything that follows the outbox in one process.
pub struct Worker {
    city: City,
    index: index::Follower,
    letters: letters::Follower,
    /// Up to which number subscriptions of this process were told.
    told: i64,
}

impl Worker {
    /// A worker that goes on from where each follower stands.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn new(city: City, index: Arc<search::Index>, mailer: Arc<dyn Mailer>) -> Result<Self> {
        let told = outbox::last_number(&city).await?;
        Ok(Self {
            index: index::Follower::new(city.clone(), index),
            letters: letters::Follower::new(city.clone(), mailer),
            city,
            told,
        })
    }

    /// Works until `stop`.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut turns: u64 = 0;
        loop {
            self.turn().await;
            if turns.is_multiple_of(TURNS_BETWEEN_CLEANING) {
                log("cleaning", self.clean().await);
            }
            turns += 1;
            tokio::select! {
                () = &mut stop => return,
                () = self.city.bell.notified() => {}
                () = tokio::time::sleep(TURN) => {}
            }
        }
    }

    /// One turn: number, then let each follower catch up.
    pub async fn turn(&mut self) {
        while log("relay", outbox::relay(&self.city).await).is_some_and(|numbered| numbered > 0) {}
        log("subscriptions", self.tell().await);
        log("index", self.index.catch_up().await);
        log("letters", self.letters.catch_up().await);
    }

    async fn tell(&mut self) -> Result<()> {
        loop {
            let events = outbox::after(&self.city, self.told).await?;
            let Some(last) = events.last() else { return Ok(()) };
            self.told = last.number;
            for event in events {
                // Nobody listening is no failure.
                let _ = self.city.live.send(event);
            }
        }
    }

    async fn clean(&self) -> Result<()> {
        civic::member::write::forget_expired(&self.city).await?;
        civic::repeat::forget_old(&self.city).await?;
        Ok(())
    }
}

fn log<T>(what: &str, done: Result<T>) -> Option<T> {
    done.inspect_err(|error| tracing::error!(%error, what, "the worker will try again"))
        .ok()
}
