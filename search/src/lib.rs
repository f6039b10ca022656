//! Full text search over documents: it knows documents, not the city.
//!
//! Rule: the index is derived and never the truth. It remembers up to which number of the caller's log it has come, in
//! the same commit as the documents, so that after a crash the caller goes on from there. A folder that is missing,
//! broken or of another make opens empty at number 0. Deliberately absent: any query syntax but quotation marks.

mod analysis;
mod doc;
mod find;
mod generation;
mod query;
mod schema;
mod similar;
mod snippet;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub use doc::{Document, Found, Hit, Lang, Query, Span};
use generation::Generation;

/// What can go wrong: the disk, or a fault of the library.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The library's own error.
    #[error("search index: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// The disk's error.
    #[error("search index folder: {0}")]
    Disk(#[from] std::io::Error),
}

/// What a search returns.
pub type Result<T> = std::result::Result<T, Error>;

/// An index that is open: cheap to share, safe to use from many threads.
pub struct Index {
    folder: Option<PathBuf>,
    present: RwLock<Arc<Generation>>,
    /// One change at a time, rebuilding included.
    changing: Mutex<()>,
}

impl Index {
    /// Opens the index in `folder`, which is made when it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn open(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let present = Generation::open_current(folder)?;
        Ok(Self {
            folder: Some(folder.to_owned()),
            present: RwLock::new(Arc::new(present)),
            changing: Mutex::new(()),
        })
    }

    /// An index that is gone with the process.
    ///
    /// # Errors
    /// A fault of the library.
    pub fn in_memory() -> Result<Self> {
        let present = Generation::in_memory()?;
        Ok(Self {
            folder: None,
            present: RwLock::new(Arc::new(present)),
            changing: Mutex::new(()),
        })
    }

    fn present(&self) -> Arc<Generation> {
        Arc::clone(&self.present.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes in or replaces `put`, drops the documents with the ids `drop`, and remembers `number`, all in one commit;
    /// when this returns, searches see it. Doing the same twice changes nothing.
    ///
    /// # Errors
    /// When the index cannot be written; then nothing was changed.
    pub fn apply(&self, put: &[Document], drop: &[String], number: u64) -> Result<()> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.adopt()?;
        self.present().apply(put, drop, number)
    }

    /// Up to which number of the caller's log the index has come.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn number(&self) -> Result<u64> {
        self.present().number()
    }

    /// Answers a query.
    ///
    /// # Errors
    /// A fault of the library or of the disk; never because of what the query says.
    pub fn find(&self, query: &Query) -> Result<Found> {
        find::find(&self.present(), query)
    }

    /// The documents of `kind` most like `text`, best first, without the one with the id `except`; without excerpts.
    ///
    /// # Errors
    /// As `find`.
    pub fn similar(
        &self,
        text: &str,
        kind: &str,
        filters: &[(String, String)],
        except: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Hit>> {
        similar::similar(&self.present(), text, kind, filters, except, limit)
    }

    /// Builds a new generation beside the present one, while searches go on in that, and then takes its place. `fill`
    /// is given a sink for batches of documents; `number` is where the log stood before `fill` began to read.
    ///
    /// # Errors
    /// When the new generation cannot be written, or `fill` fails; then the present one stays.
    pub fn rebuild<E: From<Error>>(
        &self,
        number: u64,
        fill: impl FnOnce(&mut dyn FnMut(Vec<Document>) -> Result<()>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = match &self.folder {
            Some(folder) => Generation::next(folder)?,
            None => Generation::in_memory()?,
        };
        fill(&mut |documents| fresh.add(&documents))?;
        fresh.finish(number)?;
        if let Some(folder) = &self.folder {
            fresh.make_current(folder)?;
        }
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(())
    }

    /// Turns to the generation that another process has built meanwhile, if one has.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn adopt(&self) -> Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        if generation::current_name(folder).is_some_and(|name| name != self.present().name()) {
            let newer = Generation::open_current(folder)?;
            *self.present.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(newer);
        }
        Ok(())
    }
}
