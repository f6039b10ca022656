//! Pictures and files of a proposal or an application.
//!
//! Rule: what comes in is judged by its content, pictures are written anew without their metadata, and everything is
//! stored under names that we make. Deliberately absent: the uploader's file name in any path.

pub mod read;
pub(crate) mod store;
pub mod write;

use crate::id::{ApplicationId, AttachmentId, ProposalId, TypedId};
use crate::limits::{ATTACHMENTS_PER_APPLICATION, ATTACHMENTS_PER_PROPOSAL};

/// What a picture or file belongs to; whoever may read that may read the file, and whoever changes its text may change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A proposal.
    Proposal(ProposalId),
    /// An application.
    Application(ApplicationId),
}

impl Owner {
    /// How many it may have.
    #[must_use]
    pub const fn most(self) -> u64 {
        match self {
            Self::Proposal(_) => ATTACHMENTS_PER_PROPOSAL,
            Self::Application(_) => ATTACHMENTS_PER_APPLICATION,
        }
    }

    /// The proposal, when it is one.
    #[must_use]
    pub const fn proposal(self) -> Option<ProposalId> {
        match self {
            Self::Proposal(id) => Some(id),
            Self::Application(_) => None,
        }
    }

    /// The application, when it is one.
    #[must_use]
    pub const fn application(self) -> Option<ApplicationId> {
        match self {
            Self::Application(id) => Some(id),
            Self::Proposal(_) => None,
        }
    }
}

impl From<ProposalId> for Owner {
    fn from(id: ProposalId) -> Self {
        Self::Proposal(id)
    }
}

impl From<ApplicationId> for Owner {
    fn from(id: ApplicationId) -> Self {
        Self::Application(id)
    }
}

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
