//! Letters follow the outbox: who signs in, whose text was decided on, whose supported text changed.

use std::sync::Arc;

use civic::error::{Error, Result};
use civic::id::{DecisionId, MemberId, ProposalId, SignInId};
use civic::mail::Mailer;
use civic::moderation::Subject;
use civic::outbox::{self, Event};
use civic::{City, member, moderation, proposal, support};
use web::letters;

const NAME: &str = "letters";
/// A letter that could not be handed over so often is left out, so that the others go on.
const TRIES: u32 = 20;
/// Supporters who are read at a time.
const SUPPORTERS: u64 = 200;

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
                if let Err(error) = self.follow(&numbered.event).await
                    && !self.give_up(numbered.number, &error)
                {
                    outbox::move_to(&self.city, NAME, numbered.number - 1).await?;
                    return Err(error);
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

    async fn follow(&self, event: &Event) -> Result<()> {
        match event {
            Event::SignInAsked { sign_in } => self.sign_in(*sign_in).await,
            Event::Decided {
                decision,
                author: Some(author),
            } => self.decided(*decision, *author).await,
            Event::ProposalCorrected { proposal, version } => self.corrected(*proposal, *version).await,
            Event::AttachmentRemoved { attachment } => {
                civic::attachment::write::forget_bytes(&self.city, *attachment).await
            }
            Event::Decided { author: None, .. }
            | Event::ProposalChanged { .. }
            | Event::ProposalTallied { .. }
            | Event::CommentWritten { .. }
            | Event::CommentChanged { .. }
            | Event::CommentTallied { .. }
            | Event::Imported { .. } => Ok(()),
        }
    }

    async fn sign_in(&self, id: SignInId) -> Result<()> {
        match member::sign_in::letter(&self.city, id).await? {
            Some(due) => self.mailer.send(&letters::sign_in(&self.city, &due, id)).await,
            None => Ok(()),
        }
    }

    async fn decided(&self, id: DecisionId, author: MemberId) -> Result<()> {
        let Some((to, language)) = member::read::address(&self.city, author).await? else {
            return Ok(());
        };
        let decision = moderation::read::decision(&self.city, id).await?;
        let path = match decision.subject {
            Subject::Proposal(proposal) => format!("/proposals/{proposal}"),
            Subject::Comment(comment) => format!("/comments/{comment}"),
        };
        let letter = letters::decided(&self.city, (&to, language), id, decision.kind, &decision.reason, &path);
        self.mailer.send(&letter).await
    }

    /// Tells everybody who supports the proposal, some at a time.
    async fn corrected(&self, id: ProposalId, version: i64) -> Result<()> {
        let title = proposal::read::page(&self.city.system(), id).await?.card.title;
        let mut after = None;
        loop {
            let readers = support::read::supporters(&self.city, id, after, SUPPORTERS).await?;
            let Some(last) = readers.last() else { return Ok(()) };
            after = Some(*last);
            for reader in readers {
                if let Some((to, language)) = member::read::address(&self.city, reader).await? {
                    let about = (version, reader.to_string());
                    let letter = letters::corrected(&self.city, (&to, language), id, &title, about.0, &about.1);
                    self.mailer.send(&letter).await?;
                }
            }
        }
    }
}
