//! The worker: numbers what was committed, and lets every follower of the outbox do its part.
//!
//! Rule: each follower has a task of its own, so one that waits for a mail server or a storage holds up none of the others.
//! A step may run twice; one that fails is done again later, and one that panics ends nothing. Deliberately absent: a
//! lock between servers. One numbers at a time by the relay's row, one sends a letter by the letter's own row, and what
//! else is done twice changes nothing.

pub mod files;
pub mod index;
pub mod letters;
mod live;
mod payments;
mod place;
mod post;
mod reconcile;
mod relay;
mod settle;

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use civic::City;
use civic::error::Result;
use civic::mail::Mailer;
use civic::mail::queue::Queue;
use civic::outbox;
use futures_util::FutureExt;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// How long a follower waits when nobody rings: another process may have committed something.
const TURN: Duration = Duration::from_millis(500);
/// How often what is over is forgotten.
const BETWEEN_CLEANING: Duration = Duration::from_mins(10);
/// The followers whose places lie in the database.
const WITH_PLACES: [&str; 2] = [letters::NAME, files::NAME];

/// One that does something for events.
#[async_trait]
trait Follow: Send + Sync {
    /// What it is called in logs.
    fn name(&self) -> &'static str;

    /// Does a piece of what is due; whether there may be more.
    async fn step(&mut self) -> Result<bool>;

    /// Whether a step that did something gives the others something to do.
    fn rouses(&self) -> bool {
        false
    }

    /// What rings for it alone.
    fn bell(&self) -> Option<&Notify> {
        None
    }
}

/// Everything that follows the outbox in one process.
pub struct Worker {
    city: City,
    followers: Vec<Box<dyn Follow>>,
}

impl Worker {
    /// A worker that goes on from where each follower stands.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn new(city: City, index: Arc<search::Index>, mailer: Arc<dyn Mailer>) -> Result<Self> {
        let post = |name, queue| post::Sender::new(city.clone(), Arc::clone(&mailer), name, queue);
        // In the order in which one turn does everything.
        let followers: Vec<Box<dyn Follow>> = vec![
            Box::new(payments::Reader::new(city.clone())),
            Box::new(settle::Turn::new(city.clone())),
            Box::new(reconcile::Reconciler::new(city.clone())),
            Box::new(relay::Relay::new(city.clone())),
            Box::new(live::Follower::new(city.clone()).await?),
            Box::new(index::Follower::new(city.clone(), index)),
            Box::new(letters::Follower::new(city.clone())),
            Box::new(post("post of sign-in letters", Queue::SignIn)),
            Box::new(post("post of other letters", Queue::Other)),
            Box::new(files::Follower::new(city.clone())),
        ];
        Ok(Self { city, followers })
    }

    /// Works until `stop`; each follower ends after the step that it is in.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (tell, stopping) = watch::channel(false);
        let rouse = watch::Sender::new(());
        let mut tasks = JoinSet::new();
        for follower in self.followers {
            tasks.spawn(attend(follower, rouse.clone(), stopping.clone()));
        }
        tasks.spawn(clean_again(self.city, stopping));
        stop.await;
        let _ = tell.send(true);
        while tasks.join_next().await.is_some() {}
    }

    /// One turn: each follower does all that is due, in order.
    pub async fn turn(&mut self) {
        for follower in &mut self.followers {
            while step(&mut **follower).await {}
        }
    }
}

/// One follower, step by step until the end.
async fn attend(mut follower: Box<dyn Follow>, rouse: watch::Sender<()>, mut stopping: watch::Receiver<bool>) {
    let mut roused = rouse.subscribe();
    while !*stopping.borrow() {
        if step(&mut *follower).await {
            if follower.rouses() {
                rouse.send_replace(());
            }
            continue;
        }
        let rung = async {
            match follower.bell() {
                Some(bell) => bell.notified().await,
                // We hold a sender, so there is one.
                None => drop(roused.changed().await),
            }
        };
        tokio::select! {
            _ = stopping.wait_for(|over| *over) => return,
            () = rung => {}
            () = tokio::time::sleep(TURN) => {}
        }
    }
}

/// Whether the step did something and there may be more.
async fn step(follower: &mut dyn Follow) -> bool {
    let what = follower.name();
    match AssertUnwindSafe(follower.step()).catch_unwind().await {
        Ok(Ok(more)) => more,
        Ok(Err(error)) => {
            tracing::error!(%error, what, "the worker will try again");
            false
        }
        Err(_) => {
            tracing::error!(what, "a step broke; the worker will try again");
            false
        }
    }
}

async fn clean_again(city: City, mut stopping: watch::Receiver<bool>) {
    loop {
        if let Err(error) = clean(&city).await {
            tracing::error!(%error, what = "cleaning", "the worker will try again");
        }
        tokio::select! {
            _ = stopping.wait_for(|over| *over) => return,
            () = tokio::time::sleep(BETWEEN_CLEANING) => {}
        }
    }
}

/// Forgets what is over: sign-ins and sessions, kept answers, and events that every follower has passed.
///
/// # Errors
/// Those of the database.
pub async fn clean(city: &City) -> Result<()> {
    civic::member::write::forget_expired(city).await?;
    civic::repeat::forget_old(city).await?;
    civic::payment::write::forget_old(city).await?;
    outbox::forget_passed(city, &WITH_PLACES).await?;
    Ok(())
}
