//! Letters follow the outbox: who signs in, whose text was decided on, whose supported text changed.

use std::sync::Arc;

use civic::City;
use civic::error::{Error, Result};
use civic::mail::{Letter, Mailer};
use civic::outbox::{self, Event};

const NAME: &str = "letters";
/// A letter that could not be handed over so often is left out, so that the others go on.
const TRIES: u32 = 20;

/// Sends the letters that events call for.
pub struct Follower {
    city: City,
    mailer: Arc<dyn Mailer>,
    /// The event that failed last, and how often.
    stuck: (i64, u32),
}

impl Follower {
    /// A follower that goes on from its place in the database.
    #[must_use]
    pub const fn new(city: City, mailer: Arc<dyn Mailer>) -> Self {
        Self {
            city,
            mailer,
            stuck: (0, 0),
        }
    }

    /// Sends what is due. A crash between sending and moving on sends a letter twice, with the same message id.
    ///
    /// # Errors
    /// `Unavailable` when the mail server does not take a letter; it is tried again at the next turn.
    pub async fn catch_up(&mut self) -> Result<()> {
        loop {
            let place = outbox::place(&self.city, NAME).await?;
            let events = outbox::after(&self.city, place).await?;
            let Some(last) = events.last().map(|event| event.number) else {
                return Ok(());
            };
            for numbered in events {
                if let Err(error) = self.send_all(&numbered.event).await {
                    if !self.give_up(numbered.number, &error) {
                        outbox::move_to(&self.city, NAME, numbered.number - 1).await?;
                        return Err(error);
                    }
                }
            }
            outbox::move_to(&self.city, NAME, last).await?;
        }
    }

    fn give_up(&mut self, number: i64, error: &Error) -> bool {
        let again = matches!(error, Error::Unavailable(_) | Error::Busy);
        self.stuck = if self.stuck.0 == number {
            (number, self.stuck.1 + 1)
        } else {
            (number, 1)
        };
        let over = !again || self.stuck.1 >= TRIES;
        if over {
            tracing::error!(%error, number, "a letter is left out");
        }
        over
    }

    async fn send_all(&self, event: &Event) -> Result<()> {
        for letter in self.letters(event).await? {
            self.mailer.send(&letter).await?;
        }
        Ok(())
    }

    async fn letters(&self, event: &Event) -> Result<Vec<Letter>> {
        match event {
            Event::SignInAsked { sign_in } => {
                let due = civic::member::sign_in::letter(&self.city, *sign_in).await?;
                Ok(due
                    .map(|due| web::letters::sign_in(&self.city, &due, *sign_in))
                    .into_iter()
                    .collect())
            }
            Event::Decided { .. }
            | Event::ProposalCorrected { .. }
            | Event::ProposalChanged { .. }
            | Event::ProposalTallied { .. }
            | Event::CommentWritten { .. }
            | Event::CommentChanged { .. }
            | Event::CommentTallied { .. }
            | Event::AttachmentRemoved { .. }
            | Event::Imported { .. } => Ok(Vec::new()),
        }
    }
}
