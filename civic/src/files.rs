//! Where pictures and files lie: a folder by default, S3-compatible storage by configuration, memory in tests.
//!
//! Rule: keys are made by us, never from what a person typed.

mod s3;

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

pub use s3::S3;

/// The storage of one installation.
#[derive(Debug, Clone)]
pub struct Files(Arc<dyn ObjectStore>);

/// The storage did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("the file storage does not answer: {0}")]
pub struct FilesError(#[from] object_store::Error);

impl Files {
    /// Files in a folder, which is made when it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn folder(path: &Path) -> Result<Self, std::io::Error> {
        std::fs::create_dir_all(path)?;
        let store = object_store::local::LocalFileSystem::new_with_prefix(path).map_err(std::io::Error::other)?;
        Ok(Self(Arc::new(store.with_automatic_cleanup(true))))
    }

    /// Files in a bucket of S3-compatible storage; nothing is sent yet.
    ///
    /// # Errors
    /// When the address or the bucket's name cannot be one.
    pub fn s3(s3: &S3) -> Result<Self, FilesError> {
        Ok(Self(Arc::new(s3::open(s3)?)))
    }

    /// Whether the storage answers and lets us in.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<(), FilesError> {
        self.get("check").await.map(|_| ())
    }

    /// Files that are gone with the process, for tests.
    #[must_use]
    pub fn memory() -> Self {
        Self(Arc::new(object_store::memory::InMemory::new()))
    }

    /// Stores bytes under a key.
    ///
    /// # Errors
    /// When the storage does not take them.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), FilesError> {
        self.0.put(&Key::from(key), PutPayload::from_bytes(bytes)).await?;
        Ok(())
    }

    /// The bytes under a key; `None` when there are none.
    ///
    /// # Errors
    /// When the storage does not answer.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, FilesError> {
        match self.0.get(&Key::from(key)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes what is under a key; nothing happens when nothing is.
    ///
    /// # Errors
    /// When the storage does not answer.
    pub async fn delete(&self, key: &str) -> Result<(), FilesError> {
        match self.0.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
