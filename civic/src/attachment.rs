//! Pictures and files of a proposal.
//!
//! Rule: what comes in is judged by its content, pictures are written anew without their metadata, and everything is
//! stored under names that we make. Deliberately absent: the uploader's file name in any path.

pub mod read;
pub(crate) mod store;
pub mod write;

use crate::id::{AttachmentId, TypedId};

/// Whether something is looked at or downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttachmentKind {
    /// Shown on the page.
    Picture,
    /// Downloaded.
    File,
}

impl AttachmentKind {
    /// The name in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::File => "file",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Picture, Self::File]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// Which rendering of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// The whole file, or the picture at its largest.
    Full,
    /// A picture for a card.
    Card,
}

impl Variant {
    /// The name in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Card => "card",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Full, Self::Card]
            .into_iter()
            .find(|variant| variant.as_str() == text)
    }
}

/// The key under which the bytes are stored.
pub(crate) fn key(id: AttachmentId, variant: Variant) -> String {
    format!("{}/{}", id.uuid(), variant.as_str())
}
