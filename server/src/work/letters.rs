//! Letters follow the outbox: who signs in, whose text was decided on, whose supported text changed.

use std::sync::Arc;

use civic::error::{Error, Result};
use civic::id::{DecisionId, MemberId, ProposalId, SignInId};
use civic::mail::{Letter, Mailer};
use civic::moderation::Subject;
use civic::outbox::{self, Event};
use civic::{City, member, moderation, proposal, support};
use web::letters;

const NAME: &str = "letters";
/// A letter whose mailbox was busy so often is left out, so that the others go on.
const TRIES: u32 = 20;
/// Supporters who are read at a time.
const SUPPORTERS: u64 = 200;

/// Sends the letters that events call for.
pub struct Follower {
    city: City,
    mailer: Arc<dyn Mailer>,
    /// How often the mailbox of the letter that is due was busy.
    tries: u32,
    /// Which supporter was told last of the correction that is being told, so that going on repeats nobody's letter.
    told: Option<(ProposalId, i64, MemberId)>,
}

impl Follower {
    /// A follower that goes on from its place in the database.
    #[must_use]
    pub const fn new(city: City, mailer: Arc<dyn Mailer>) -> Self {
        Self {
            city,
            mailer,
            tries: 0,
            told: None,
        }
    }

    /// Sends what is due. A crash between sending and moving on sends a letter twice, with the same message id.
    ///
    /// # Errors
    /// `Unavailable` when the mail server does not answer, `Busy` when it puts one mailbox off; it is tried again at the
    /// next turn.
    pub async fn catch_up(&mut self) -> Result<()> {
        loop {
            let place = outbox::place(&self.city, NAME).await?;
            let events = outbox::after(&self.city, place).await?;
            let Some(last) = events.last().map(|event| event.number) else {
                return Ok(());
            };
            for numbered in events {
                match self.follow(&numbered.event).await {
                    Ok(()) => {}
                    Err(error @ (Error::Unavailable(_) | Error::Busy)) => {
                        outbox::move_to(&self.city, NAME, numbered.number - 1).await?;
                        return Err(error);
                    }
                    Err(error) => tracing::error!(%error, number = numbered.number, "an event's letters are left out"),
                }
            }
            outbox::move_to(&self.city, NAME, last).await?;
        }
    }

    /// Hands one letter over. One that its mailbox refuses for good, or puts off too often, is left out; a server that
    /// does not answer at all is waited for.
    async fn send(&mut self, letter: &Letter) -> Result<()> {
        let error = match self.mailer.send(letter).await {
            Ok(()) => {
                self.tries = 0;
                return Ok(());
            }
            Err(error) => error,
        };
        let waits = match error {
            Error::Unavailable(_) => true,
            Error::Busy => {
                self.tries += 1;
                self.tries < TRIES
            }
            _ => false,
        };
        if waits {
            return Err(error);
        }
        self.tries = 0;
        tracing::error!(%error, letter = letter.message_id, "a letter is left out");
        Ok(())
    }

    async fn follow(&mut self, event: &Event) -> Result<()> {
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

    async fn sign_in(&mut self, id: SignInId) -> Result<()> {
        match member::sign_in::letter(&self.city, id).await? {
            Some(due) => self.send(&letters::sign_in(&self.city, &due, id)).await,
            None => Ok(()),
        }
    }

    async fn decided(&mut self, id: DecisionId, author: MemberId) -> Result<()> {
        let Some((to, language)) = member::read::address(&self.city, author).await? else {
            return Ok(());
        };
        let decision = moderation::read::decision(&self.city, id).await?;
        let path = match decision.subject {
            Subject::Proposal(proposal) => format!("/proposals/{proposal}"),
            Subject::Comment(comment) => format!("/comments/{comment}"),
        };
        let letter = letters::decided(&self.city, (&to, language), id, decision.kind, &decision.reason, &path);
        self.send(&letter).await
    }

    /// Tells everybody who supports the proposal, some at a time.
    async fn corrected(&mut self, id: ProposalId, version: i64) -> Result<()> {
        let title = proposal::read::page(&self.city.system(), id).await?.card.title;
        let told = self.told.filter(|(of, at, _)| (*of, *at) == (id, version));
        let mut after = told.map(|(_, _, reader)| reader);
        loop {
            let readers = support::read::supporters(&self.city, id, after, SUPPORTERS).await?;
            if readers.is_empty() {
                return Ok(());
            }
            for reader in readers {
                if let Some((to, language)) = member::read::address(&self.city, reader).await? {
                    let about = reader.to_string();
                    let letter = letters::corrected(&self.city, (&to, language), id, &title, version, &about);
                    self.send(&letter).await?;
                }
                after = Some(reader);
                self.told = Some((id, version, reader));
            }
        }
    }
}
