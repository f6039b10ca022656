//! What happens meanwhile: new comments and tallies of a proposal, over a socket.
//!
//! Rule: an event only says that something changed. It is read again by a use case, as whoever listens at that moment,
//! so that nothing is sent that could not be asked for. Who falls behind is let go, and asks anew.

use async_graphql::{Context, SimpleObject, Subscription as Stream};
use civic::comment;
use civic::error::Error;
use civic::id::{CommentId, ProposalId};
use civic::outbox::Event;
use civic::proposal;
use futures_util::{Stream as Events, StreamExt};
use tokio_stream::wrappers::BroadcastStream;

use super::asker::{Asker, Caller};
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
        let (caller, events) = listen(ctx, proposal.0).await?;
        Ok(events.filter_map(move |event| {
            let caller = caller.clone();
            async move {
                match event {
                    Event::CommentWritten {
                        comment,
                        proposal: under,
                    } if under == proposal.0 => read_comment(&caller, comment).await,
                    _ => None,
                }
            }
        }))
    }

    /// The numbers of a proposal, whenever one of them changes.
    async fn proposal_tallied(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which proposal.")] proposal: Ref<ProposalId>,
    ) -> Result<impl Events<Item = ProposalTally>> {
        let (caller, events) = listen(ctx, proposal.0).await?;
        Ok(events.filter_map(move |event| {
            let caller = caller.clone();
            async move {
                match event {
                    Event::ProposalTallied { proposal: of }
                    | Event::CommentWritten { proposal: of, .. }
                    | Event::CommentChanged { proposal: of, .. }
                        if of == proposal.0 =>
                    {
                        read_tally(&caller, of).await
                    }
                    _ => None,
                }
            }
        }))
    }
}

/// Whoever listens, and the events from now on; refused when the proposal is none that they may know of.
async fn listen(ctx: &Context<'_>, id: ProposalId) -> Result<(Caller, impl Events<Item = Event> + use<>)> {
    let Asker::Socket(caller) = ctx.data_unchecked::<Asker>() else {
        return Err(Error::NotFound.into());
    };
    let place = caller.place()?;
    // Listening begins before looking, so that nothing falls in between.
    let events = BroadcastStream::new(caller.city.live.subscribe())
        .take_while(|event| std::future::ready(event.is_ok()))
        .filter_map(move |event| {
            // The place is given back when the stream is dropped.
            let _held = &place;
            std::future::ready(event.ok().map(|numbered| numbered.event))
        });
    proposal::read::facts(&caller.cx().await?, id).await?;
    Ok((caller.clone(), events))
}

async fn read_comment(caller: &Caller, id: CommentId) -> Option<CommentOut> {
    let cx = caller.cx().await.ok()?;
    let read = comment::read::by_ids(&cx, &[id]).await;
    let card = read.inspect_err(|error| tracing::warn!(%error, "a subscription missed a comment"));
    card.ok()?.pop().filter(|card| card.gone.is_none()).map(Into::into)
}

async fn read_tally(caller: &Caller, id: ProposalId) -> Option<ProposalTally> {
    let cx = caller.cx().await.ok()?;
    let read = proposal::read::pages(&cx, &[id]).await;
    let page = read.inspect_err(|error| tracing::warn!(%error, "a subscription missed a tally"));
    let card = page.ok()?.pop()?.card;
    Some(ProposalTally {
        proposal_id: Ref(card.id),
        support_count: card.supports,
        comment_count: card.comments,
    })
}
