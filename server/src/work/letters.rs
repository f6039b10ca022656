//! Letters follow the outbox: each event queues those that it calls for, to whoever signs in, whose text was decided on,
//! whose role changed, whose application moved on, whose supported text changed, whose proposal the city answered, or who gave.
//!
//! Rule: the letters of an event are queued together with the follower's step over it, so once, however many servers
//! there are. Sending them is `post.rs`.

use async_trait::async_trait;
use civic::City;
use civic::application::ApplicationNews;
use civic::error::Result;
use civic::id::{MemberId, ProposalId};
use civic::limits::LETTERS_QUEUED;
use civic::mail::queue::{self, Due};
use civic::outbox::{Event, Numbered};
use civic::payout::PayoutState;
use civic::support;

use super::Follow;
use super::place::Place;

/// Its name among the followers' places.
pub const NAME: &str = "letters";
/// Supporters who are read at a time.
const SUPPORTERS: u64 = 200;

/// Queues the letters that events call for.
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

    async fn gather(&self, Numbered { number, event, .. }: Numbered, letters: &mut Vec<Due>) -> Result<()> {
        match event {
            Event::SignInAsked { sign_in } => letters.push(Due::SignIn { sign_in }),
            Event::Decided {
                decision,
                author: Some(author),
            } => letters.push(Due::Decided { decision, author }),
            Event::RoleChanged { grant, given } => letters.push(Due::Role { grant, given }),
            Event::ProposalCorrected { proposal, version } => {
                let due = |reader| Due::Corrected {
                    proposal,
                    version,
                    reader,
                };
                letters.extend(self.supporters(proposal).await?.into_iter().map(due));
            }
            Event::ProposalAnswered { proposal, author } => {
                let mut readers = self.supporters(proposal).await?;
                readers.extend(author);
                letters.extend(readers.into_iter().map(|reader| Due::Answered { proposal, reader }));
            }
            Event::ApplicationChanged { application, news, .. } if news != ApplicationNews::Ranked => {
                letters.push(Due::Application {
                    application,
                    news,
                    number,
                });
            }
            Event::DonorTold { donation, news, refund } => letters.push(Due::Gift {
                donation,
                news,
                refund,
                number,
            }),
            Event::PayoutChanged {
                payout,
                state: state @ (PayoutState::Sent | PayoutState::Returned),
            } => letters.push(Due::Payout { payout, state }),
            Event::BankAccountChanged { campaign, account } => letters.push(Due::BankAccount { campaign, account }),
            Event::ReceiptChanged { receipt, state } => letters.push(Due::Receipt { receipt, state }),
            Event::CampaignDecided { campaign, state } => letters.push(Due::Outcomes {
                campaign,
                state,
                after: None,
            }),
            Event::Decided { author: None, .. }
            | Event::ProposalChanged { .. }
            | Event::ProposalTallied { .. }
            | Event::CommentWritten { .. }
            | Event::CommentChanged { .. }
            | Event::CommentTallied { .. }
            | Event::AttachmentRemoved { .. }
            | Event::CallChanged { .. }
            | Event::ApplicationChanged { .. }
            | Event::CampaignChanged { .. }
            | Event::PayoutChanged { .. }
            | Event::DonationChanged { .. }
            | Event::Imported { .. } => {}
        }
        Ok(())
    }

    async fn supporters(&self, proposal: ProposalId) -> Result<Vec<MemberId>> {
        let mut all = Vec::new();
        loop {
            let some = support::read::supporters(&self.city, proposal, all.last().copied(), SUPPORTERS).await?;
            if some.is_empty() {
                return Ok(all);
            }
            all.extend(some);
        }
    }
}

/// Whether the event calls for letters.
const fn calls(event: &Event) -> bool {
    matches!(
        event,
        Event::SignInAsked { .. }
            | Event::Decided { author: Some(_), .. }
            | Event::RoleChanged { .. }
            | Event::ProposalCorrected { .. }
            | Event::ProposalAnswered { .. }
            | Event::ApplicationChanged { .. }
            | Event::DonorTold { .. }
            | Event::PayoutChanged { .. }
            | Event::BankAccountChanged { .. }
            | Event::ReceiptChanged { .. }
            | Event::CampaignDecided { .. }
    )
}

#[async_trait]
impl Follow for Follower {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn step(&mut self) -> Result<bool> {
        let Some(next) = self.place.next(calls).await? else {
            return Ok(false);
        };
        let (mut reached, mut letters) = (next.from, Vec::new());
        for numbered in next.events {
            if letters.len() >= LETTERS_QUEUED {
                break;
            }
            reached = numbered.number;
            self.gather(numbered, &mut letters).await?;
        }
        queue::put(&self.city, NAME, (next.from, reached), &letters).await?;
        Ok(true)
    }

    fn rouses(&self) -> bool {
        true
    }
}
