//! The seam to mail: letters are rendered by the pages' crate and sent by whatever the server is wired to.

pub mod queue;

use async_trait::async_trait;

use crate::error::Result;

/// A letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text, plain.
    pub text: String,
    /// The same as HTML, made by us alone.
    pub html: String,
    /// A name that is the same when the same letter is sent twice.
    pub message_id: String,
}

/// Sends letters: by SMTP in a city, into a folder on a desk, into memory in a test.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one letter.
    ///
    /// # Errors
    /// `Unavailable` when no server took it and `Busy` when its mailbox was put off: it is tried again later. `Invalid` in
    /// `email` when the mailbox is none.
    async fn send(&self, letter: &Letter) -> Result<()>;
}
