//! The post: takes the letters that are due from their queue, writes them, and hands them over.
//!
//! Rule: a letter is written from what is true when it goes out; what was hidden meanwhile is not told. A mailbox that
//! puts us off keeps only its own letter waiting, a server that does not answer keeps this queue until the next turn.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use civic::error::{Error, Result};
use civic::id::{DecisionId, DonationId, MemberId, ProposalId};
use civic::limits::{LETTER_MS, LETTERS_SPREAD};
use civic::mail::queue::{self, Due, Queue, Taken};
use civic::mail::{Letter, Mailer};
use civic::moderation::Subject;
use civic::{City, application, donation, member, moderation, payout, proposal, receipt, support};
use tokio::time::timeout;
use web::letters;

use super::Follow;

/// Sends the letters of one queue, one after the other.
pub struct Sender {
    city: City,
    mailer: Arc<dyn Mailer>,
    name: &'static str,
    queue: Queue,
}

impl Sender {
    /// A sender of this queue.
    pub fn new(city: City, mailer: Arc<dyn Mailer>, name: &'static str, queue: Queue) -> Self {
        Self {
            city,
            mailer,
            name,
            queue,
        }
    }

    async fn send(&self, due: &Due) -> Result<()> {
        let Some(letter) = self.write(due).await? else {
            return Ok(());
        };
        let sent = timeout(Duration::from_millis(LETTER_MS), self.mailer.send(&letter)).await;
        sent.unwrap_or_else(|_| Err(Error::Unavailable("the letter was not taken in time".to_owned())))
    }

    /// The letter; none when there is nothing to tell any more, or nobody.
    async fn write(&self, due: &Due) -> Result<Option<Letter>> {
        match due {
            Due::SignIn { sign_in } => {
                let due = member::sign_in::letter(&self.city, *sign_in).await?;
                Ok(due.map(|due| letters::sign_in(&self.city, &due, *sign_in)))
            }
            Due::Decided { decision, author } => self.decided(*decision, *author).await,
            Due::Role { grant, given } => {
                let due = member::read::role_letter(&self.city, *grant, *given).await?;
                Ok(due.map(|due| letters::role(&self.city, &due, *grant, *given)))
            }
            Due::Application {
                application,
                news,
                number,
            } => {
                let due = application::read::letter(&self.city, *application, *news).await?;
                Ok(due.map(|due| letters::application(&self.city, &due, *application, *news, *number)))
            }
            Due::Corrected {
                proposal,
                version,
                reader,
            } => self.corrected(*proposal, *version, *reader).await,
            Due::Answered { proposal, reader } => self.answered(*proposal, *reader).await,
            Due::Gift {
                donation,
                news,
                refund,
                number,
            } => {
                let due = donation::read::letter(&self.city, *donation, *news, *refund).await?;
                Ok(due.map(|due| letters::gift::news(&self.city, &due, *news, *number)))
            }
            Due::Outcome {
                campaign: _,
                state,
                donation,
            } => {
                let due = donation::read::outcome_letter(&self.city, *donation, *state).await?;
                Ok(due.map(|due| letters::gift::outcome(&self.city, &due, *state)))
            }
            Due::Payout { payout, state } => {
                let due = payout::read::letter(&self.city, *payout).await?;
                Ok(due.map(|due| letters::payout::news(&self.city, &due, *payout, *state)))
            }
            Due::BankAccount { campaign, account } => {
                let due = payout::read::account_letter(&self.city, *campaign, *account).await?;
                Ok(due.map(|due| letters::payout::account_entered(&self.city, &due, *account)))
            }
            Due::Receipt { receipt, state } => {
                let due = receipt::read::letter(&self.city, *receipt, *state).await?;
                Ok(due.map(|due| letters::receipt::news(&self.city, &due, *state)))
            }
            Due::Outcomes { .. } => Ok(None),
        }
    }

    async fn decided(&self, id: DecisionId, author: MemberId) -> Result<Option<Letter>> {
        let Some((to, language)) = member::read::address(&self.city, author).await? else {
            return Ok(None);
        };
        let decision = moderation::read::decision(&self.city, id).await?;
        let path = match decision.subject {
            Subject::Proposal(proposal) => format!("/proposals/{proposal}"),
            Subject::Comment(comment) => format!("/comments/{comment}"),
        };
        let letter = letters::decided(&self.city, (&to, language), id, decision.kind, &decision.reason, &path);
        Ok(Some(letter))
    }

    async fn corrected(&self, id: ProposalId, version: i64, reader: MemberId) -> Result<Option<Letter>> {
        let cx = self.city.system();
        if !support::read::is_supported(&cx, id, reader).await? {
            return Ok(None);
        }
        // What is hidden now is not in there.
        let readable = proposal::read::by_ids(&cx, &[id], true).await?;
        let (Some(card), Some((to, language))) = (readable.first(), member::read::address(&self.city, reader).await?)
        else {
            return Ok(None);
        };
        let about = reader.to_string();
        let letter = letters::corrected(&self.city, (&to, language), id, &card.title, version, &about);
        Ok(Some(letter))
    }

    async fn answered(&self, id: ProposalId, reader: MemberId) -> Result<Option<Letter>> {
        let cx = self.city.system();
        let readable = proposal::read::by_ids(&cx, &[id], true).await?;
        let Some(card) = readable.first() else { return Ok(None) };
        let wrote = card.author.as_ref().is_some_and(|author| author.id == reader);
        if !wrote && !support::read::is_supported(&cx, id, reader).await? {
            return Ok(None);
        }
        let to = member::read::address(&self.city, reader).await?;
        Ok(to.map(|(to, language)| letters::answered(&self.city, (&to, language), card, reader)))
    }

    /// Queues the letters to the next donors of a campaign in the place of what was taken, and what comes after them.
    async fn spread(&self, taken: &Taken) -> Result<bool> {
        let Due::Outcomes { campaign, state, after } = &taken.due else {
            return Ok(false);
        };
        let donors = donation::read::donors(&self.city, *campaign, *after, LETTERS_SPREAD).await?;
        let one = |donation: &DonationId| Due::Outcome {
            campaign: *campaign,
            state: *state,
            donation: *donation,
        };
        let mut next: Vec<Due> = donors.iter().map(one).collect();
        next.extend(donors.last().map(|last| Due::Outcomes {
            campaign: *campaign,
            state: *state,
            after: Some(*last),
        }));
        queue::spread(&self.city, taken, &next).await?;
        Ok(true)
    }

    async fn put_off(&self, letter: &Taken, error: &Error) -> Result<()> {
        if queue::put_off(&self.city, letter).await? {
            tracing::warn!(%error, letter = ?letter.due, "a letter is put off");
        } else {
            tracing::error!(%error, letter = ?letter.due, "a letter is given up");
        }
        Ok(())
    }
}

#[async_trait]
impl Follow for Sender {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn step(&mut self) -> Result<bool> {
        let Some(letter) = queue::take(&self.city, self.queue).await? else {
            return Ok(false);
        };
        if self.spread(&letter).await? {
            return Ok(true);
        }
        match self.send(&letter.due).await {
            Ok(()) => queue::done(&self.city, &letter).await?,
            Err(error @ (Error::NotFound | Error::Invalid(_))) => {
                tracing::error!(%error, letter = ?letter.due, "a letter is left out");
                queue::done(&self.city, &letter).await?;
            }
            Err(error) => {
                self.put_off(&letter, &error).await?;
                if matches!(error, Error::Unavailable(_)) {
                    return Err(error);
                }
            }
        }
        Ok(true)
    }
}
