//! What happens meanwhile: new comments and tallies of a proposal, over a socket.
//!
//! Rule: an event only says that something changed. It is read again by a use case, as whoever listens at that moment,
//! so that nothing is sent that could not be asked for. Who falls behind with comments is let go, and asks anew; of
//! tallies only the latest matters, so many changes at once are one.

use std::time::Duration;

use async_graphql::{Context, SimpleObject, Subscription as Stream};
use civic::comment;
use civic::error::Error;
use civic::id::{CommentId, ProposalId};
use civic::limits::TALLY_MS;
use civic::outbox::{Event, Numbered};
use civic::proposal;
use futures_util::stream::unfold;
use futures_util::{Stream as Events, StreamExt};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio_stream::wrappers::BroadcastStream;

use super::asker::{Asker, Caller, Place};
use super::error::Result;
use crate::wire::Ref;
use crate::wire::comment::CommentOut;

/// How many support and how many comments a proposal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SimpleObject)]
pub struct ProposalTally {
    /// Of which proposal.
    pub proposal_id: Ref<ProposalId>,
    /// How many support it.
    pub support_count: i64,
    /// How many comments it has.
    pub comment_count: i64,
}

/// What happens meanwhile.
pub struct Subscription;

/// What happens meanwhile, over a socket that speaks `graphql-transport-ws`.
#[Stream]
impl Subscription {
    /// Each new comment about a proposal.
    async fn comment_written(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "About which proposal.")] proposal: Ref<ProposalId>,
    ) -> Result<impl Events<Item = CommentOut>> {
        let (caller, place, events) = listen(ctx, proposal.0).await?;
        let events = BroadcastStream::new(events).take_while(|event| std::future::ready(event.is_ok()));
        Ok(events.filter_map(move |event| {
            // The place is given back when the stream is dropped.
            let _held = &place;
            let (caller, event) = (caller.clone(), event.ok().map(|numbered| numbered.event));
            async move {
                match event? {
                    Event::CommentWritten {
                        comment,
                        proposal: under,
                    } if under == proposal.0 => read_comment(&caller, comment).await,
                    _ => None,
                }
            }
        }))
    }

    /// The numbers of a proposal, when they change; many changes at once are told as one.
    async fn proposal_tallied(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which proposal.")] proposal: Ref<ProposalId>,
    ) -> Result<impl Events<Item = ProposalTally>> {
        let (caller, place, events) = listen(ctx, proposal.0).await?;
        let listening = Tallies {
            caller,
            proposal: proposal.0,
            events,
            last: None,
            _place: place,
        };
        Ok(unfold(listening, Tallies::next))
    }
}

/// Whoever listens, their place, and the events from now on; refused when the proposal is none that they may know of.
async fn listen(ctx: &Context<'_>, id: ProposalId) -> Result<(Caller, Place, Receiver<Numbered>)> {
    let Asker::Socket(caller) = ctx.data_unchecked::<Asker>() else {
        return Err(Error::NotFound.into());
    };
    let place = caller.place()?;
    // Listening begins before looking, so that nothing falls in between.
    let events = caller.city.live.subscribe();
    proposal::read::facts(&caller.cx().await?, id).await?;
    Ok((caller.clone(), place, events))
}

/// The tallies of one proposal as they are told to one who listens.
struct Tallies {
    caller: Caller,
    proposal: ProposalId,
    events: Receiver<Numbered>,
    last: Option<ProposalTally>,
    /// Given back when the stream is dropped.
    _place: Place,
}

impl Tallies {
    async fn next(mut self) -> Option<(ProposalTally, Self)> {
        loop {
            if self.last.is_some() {
                tokio::time::sleep(Duration::from_millis(TALLY_MS)).await;
            }
            self.changed().await?;
            let tally = read_tally(&self.caller, self.proposal).await;
            if tally.is_some() && tally != self.last {
                self.last = tally;
                return tally.map(|tally| (tally, self));
            }
        }
    }

    /// Waits until the numbers may have changed, and takes all that has come until then; nothing when it is over.
    async fn changed(&mut self) -> Option<()> {
        loop {
            match self.events.recv().await {
                Ok(event) if self.counts(&event.event) => break,
                Ok(_) => {}
                // Whatever was missed may have been about this.
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return None,
            }
        }
        while !matches!(self.events.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
        Some(())
    }

    fn counts(&self, event: &Event) -> bool {
        match event {
            Event::ProposalTallied { proposal }
            | Event::CommentWritten { proposal, .. }
            | Event::CommentChanged { proposal, .. } => *proposal == self.proposal,
            _ => false,
        }
    }
}

async fn read_comment(caller: &Caller, id: CommentId) -> Option<CommentOut> {
    let cx = caller.cx().await.ok()?;
    let read = comment::read::by_ids(&cx, &[id]).await;
    let card = read.inspect_err(|error| tracing::warn!(%error, "a subscription missed a comment"));
    card.ok()?.pop().filter(|card| card.gone.is_none()).map(Into::into)
}

async fn read_tally(caller: &Caller, id: ProposalId) -> Option<ProposalTally> {
    let cx = caller.cx().await.ok()?;
    let read = proposal::read::tally(&cx, id).await;
    let tally = read.inspect_err(|error| tracing::warn!(%error, "a subscription missed a tally"));
    let (support_count, comment_count) = tally.ok()?;
    Some(ProposalTally {
        proposal_id: Ref(id),
        support_count,
        comment_count,
    })
}
