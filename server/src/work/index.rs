//! The index follows the outbox; and the seam through which the city asks it.

use std::sync::Arc;

use async_trait::async_trait;
use civic::City;
use civic::documents::{self, Document, Documents, Found, Hit, Kind, Question, Span};
use civic::error::{Error, Result};
use civic::limits::EXCERPT_CHARS;
use civic::outbox::{self, Event};

use super::Follow;

/// The search crate behind the city's seam.
pub struct Searching(pub Arc<search::Index>);

fn unavailable(error: search::Error) -> Error {
    Error::Unavailable(error.to_string())
}

/// Searching takes a processor for a moment, and writing takes the disk: off the threads that answer requests.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> search::Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Bug(error.to_string()))?
        .map_err(unavailable)
}

fn owned(filters: &[(&'static str, String)]) -> Vec<(String, String)> {
    filters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

#[async_trait]
impl Documents for Searching {
    async fn apply(&self, put: Vec<Document>, drop: Vec<String>, number: i64) -> Result<()> {
        let index = Arc::clone(&self.0);
        let put: Vec<search::Document> = put.into_iter().map(outward).collect();
        aside(move || index.apply(&put, &drop, u64::try_from(number).unwrap_or(0))).await
    }

    async fn position(&self) -> Result<i64> {
        let index = Arc::clone(&self.0);
        aside(move || index.number())
            .await
            .map(|number| i64::try_from(number).unwrap_or(i64::MAX))
    }

    async fn find(&self, question: &Question) -> Result<Found> {
        let index = Arc::clone(&self.0);
        let query = search::Query {
            text: question.text.clone(),
            kinds: question.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
            filters: owned(&question.filters),
            count: question.count.iter().map(|name| (*name).to_owned()).collect(),
            typing: question.typing,
            limit: question.limit,
            offset: question.offset,
            excerpt_chars: EXCERPT_CHARS,
        };
        let found = aside(move || index.find(&query)).await?;
        let counts = question
            .count
            .iter()
            .copied()
            .zip(found.counts.into_iter().map(|(_, values)| values))
            .collect();
        Ok(Found {
            total: found.total as u64,
            hits: found.hits.into_iter().filter_map(inward).collect(),
            counts,
            did_you_mean: found.did_you_mean,
        })
    }

    async fn similar(
        &self,
        text: &str,
        kind: Kind,
        filters: &[(&'static str, String)],
        except: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Hit>> {
        let index = Arc::clone(&self.0);
        let (text, filters, except) = (text.to_owned(), owned(filters), except.map(str::to_owned));
        let hits = aside(move || index.similar(&text, kind.as_str(), &filters, except.as_deref(), limit)).await?;
        Ok(hits.into_iter().filter_map(inward).collect())
    }
}

fn outward(document: Document) -> search::Document {
    search::Document {
        id: document.id,
        kind: document.kind.as_str().to_owned(),
        lang: search::Lang::from_code(document.lang.code()),
        title: document.title,
        body: document.body,
        filters: owned(&document.filters),
        weight: document.supports,
    }
}

fn inward(hit: search::Hit) -> Option<Hit> {
    let spans = |spans: Vec<search::Span>| {
        spans
            .into_iter()
            .map(|span| Span {
                text: span.text,
                marked: span.marked,
            })
            .collect()
    };
    Some(Hit {
        kind: Kind::parse(&hit.kind)?,
        id: hit.id,
        title: spans(hit.title),
        excerpt: spans(hit.excerpt),
    })
}

/// Keeps the index up with the outbox.
pub struct Follower {
    city: City,
    index: Arc<search::Index>,
}

impl Follower {
    /// A follower that goes on from the number in the index.
    #[must_use]
    pub const fn new(city: City, index: Arc<search::Index>) -> Self {
        Self { city, index }
    }

    /// Takes in everything that was numbered since.
    ///
    /// # Errors
    /// Those of the database and of the index; the same work is done again at the next turn.
    pub async fn catch_up(&self) -> Result<()> {
        self.index.adopt().map_err(unavailable)?;
        let last = outbox::last_number(&self.city).await?;
        let written = Searching(Arc::clone(&self.index));
        loop {
            let position = written.position().await?;
            let events = outbox::after(&self.city, position).await?;
            let first = events.first().map_or(last + 1, |event| event.number);
            // An index from before a restored database, one that was away until events were forgotten, or none at all, is
            // built anew.
            if position > last || (position == 0 && last > 0) || position + 1 < first {
                rebuild(&self.city, &self.index, &mut |_| {}).await?;
                return Ok(());
            }
            let Some(reached) = events.last().map(|event| event.number) else {
                return Ok(());
            };
            let events: Vec<Event> = events.into_iter().map(|numbered| numbered.event).collect();
            if events.iter().any(|event| matches!(event, Event::Imported { .. })) {
                rebuild(&self.city, &self.index, &mut |_| {}).await?;
                continue;
            }
            let (put, drop) = documents::read::after(&self.city, &events).await?;
            written.apply(put, drop, reached).await?;
        }
    }
}

#[async_trait]
impl Follow for Follower {
    fn name(&self) -> &'static str {
        "index"
    }

    async fn step(&mut self) -> Result<bool> {
        self.catch_up().await?;
        Ok(false)
    }
}

/// Builds the index anew from the database, while searches go on in the present one; tells how many texts were read.
///
/// # Errors
/// Those of the database and of the index; then the present index stays.
pub async fn rebuild(city: &City, index: &Arc<search::Index>, progress: &mut (dyn FnMut(u64) + Send)) -> Result<u64> {
    let number = outbox::last_number(city).await?;
    // Reading is asynchronous and the index is not: a channel of a few batches lies between them.
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Vec<search::Document>>(4);
    let writing = Arc::clone(index);
    let writer = tokio::task::spawn_blocking(move || {
        writing.rebuild(u64::try_from(number).unwrap_or(0), |sink| {
            while let Some(batch) = receiver.blocking_recv() {
                sink(batch)?;
            }
            Ok::<(), search::Error>(())
        })
    });
    let mut place = documents::read::Place::default();
    let mut read: u64 = 0;
    loop {
        let batch = documents::read::batch(city, &mut place).await?;
        if batch.is_empty() {
            break;
        }
        read += batch.len() as u64;
        if sender.send(batch.into_iter().map(outward).collect()).await.is_err() {
            break;
        }
        progress(read);
    }
    drop(sender);
    writer
        .await
        .map_err(|error| Error::Bug(error.to_string()))?
        .map_err(unavailable)?;
    Ok(read)
}
