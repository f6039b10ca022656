//! What is read for many fields at once.
//!
//! Rule: however many things of a list ask for what stands beside them, it is read in the same number of statements; a
//! loader is one call of a use case that takes many ids. What was read is kept as long as one request, and forgotten
//! before each of its mutations.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use civic::comment::read::Sort;
use civic::id::{CommentId, ConsultationId, ProposalId};
use civic::page::Paging;
use civic::{comment, consultation, proposal};

use super::asker::Asker;
use super::connection::Connection;
use super::error::Failed;
use crate::wire::comment::{CommentOut, ThreadOut};
use crate::wire::consultation::ConsultationPageOut;
use crate::wire::proposal::ProposalPageOut;

/// What the loaders read with.
pub struct Loaders(Asker);

/// The loaders of one request.
pub type Loading = DataLoader<Loaders, HashMapCache>;

/// The loaders for one request, or for one socket, which outlives whatever it has read.
#[must_use]
pub fn loaders(asker: Asker) -> Loading {
    let keeps = matches!(asker, Asker::Request(..));
    let loading = DataLoader::with_cache(Loaders(asker), tokio::spawn, HashMapCache::default());
    loading.enable_all_cache(keeps);
    loading
}

/// Forgets what was read, because something is about to change.
pub fn forget(loading: &Loading) {
    loading.clear::<ConsultationId>();
    loading.clear::<ProposalId>();
    loading.clear::<CommentId>();
    loading.clear::<Threads>();
}

/// A page of threads under one proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Threads {
    /// Under which.
    pub proposal: ProposalId,
    /// In which order.
    pub sort: Sort,
    /// Which page.
    pub paging: Paging,
}

impl Loader<ConsultationId> for Loaders {
    type Value = Arc<ConsultationPageOut>;
    type Error = Failed;

    async fn load(&self, keys: &[ConsultationId]) -> Result<HashMap<ConsultationId, Self::Value>, Failed> {
        let cx = self.0.cx().await?;
        let pages = consultation::read::pages(&cx, keys).await?;
        Ok(pages
            .into_iter()
            .map(|page| (page.card.id, Arc::new(ConsultationPageOut::of(page, cx.language))))
            .collect())
    }
}

impl Loader<ProposalId> for Loaders {
    type Value = Arc<ProposalPageOut>;
    type Error = Failed;

    async fn load(&self, keys: &[ProposalId]) -> Result<HashMap<ProposalId, Self::Value>, Failed> {
        let cx = self.0.cx().await?;
        let pages = proposal::read::pages(&cx, keys).await?;
        Ok(pages
            .into_iter()
            .map(|page| (page.card.id, Arc::new(page.into())))
            .collect())
    }
}

impl Loader<CommentId> for Loaders {
    type Value = CommentOut;
    type Error = Failed;

    async fn load(&self, keys: &[CommentId]) -> Result<HashMap<CommentId, CommentOut>, Failed> {
        let cx = self.0.cx().await?;
        let cards = comment::read::by_ids(&cx, keys).await?;
        Ok(cards.into_iter().map(|card| (card.id, card.into())).collect())
    }
}

impl Loader<Threads> for Loaders {
    type Value = Connection<ThreadOut>;
    type Error = Failed;

    /// Those that are asked for alike are read together; one document seldom asks in two ways.
    async fn load(&self, keys: &[Threads]) -> Result<HashMap<Threads, Self::Value>, Failed> {
        let cx = self.0.cx().await?;
        let mut alike: HashMap<(Sort, Paging), Vec<ProposalId>> = HashMap::new();
        for key in keys {
            alike.entry((key.sort, key.paging)).or_default().push(key.proposal);
        }
        let mut read = HashMap::new();
        for ((sort, paging), proposals) in alike {
            for (proposal, page) in comment::read::threads_of(&cx, &proposals, sort, paging).await? {
                let key = Threads { proposal, sort, paging };
                read.insert(key, Connection::of(page, paging, |thread| thread.root.id));
            }
        }
        Ok(read)
    }
}
