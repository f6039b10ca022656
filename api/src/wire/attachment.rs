//! Pictures and files on the wire.

use async_graphql::{Enum, InputObject, SimpleObject};
use civic::attachment::read::AttachmentCard;
use civic::id::{ApplicationId, AttachmentId, ProposalId};
use poem_openapi::{Enum as ApiEnum, Object};

use super::Ref;

/// Whether something is looked at or downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::attachment::AttachmentKind")]
pub enum AttachmentKind {
    /// Shown on the page.
    Picture,
    /// Downloaded.
    File,
}

/// A picture or file of a proposal or an application.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Attachment", skip_serializing_if_is_none)]
#[graphql(name = "Attachment")]
pub struct AttachmentOut {
    /// Which one.
    pub id: Ref<AttachmentId>,
    /// Of which proposal, when it is a proposal's.
    pub proposal_id: Option<Ref<ProposalId>>,
    /// Of which application, when it is an application's.
    pub application_id: Option<Ref<ApplicationId>>,
    /// Whether it is looked at or downloaded.
    pub kind: AttachmentKind,
    /// The type of what is stored.
    pub media_type: String,
    /// What to call it when it is downloaded.
    pub name: String,
    /// What it shows, for those who cannot see it.
    pub description: String,
    /// Its size.
    pub size_bytes: i64,
    /// The picture's width.
    pub width_pixels: Option<i64>,
    /// The picture's height.
    pub height_pixels: Option<i64>,
}

impl From<AttachmentCard> for AttachmentOut {
    fn from(card: AttachmentCard) -> Self {
        let (width_pixels, height_pixels) = card.size.unzip();
        Self {
            id: Ref(card.id),
            proposal_id: card.owner.proposal().map(Ref),
            application_id: card.owner.application().map(Ref),
            kind: card.kind.into(),
            media_type: card.media_type,
            name: card.name,
            description: card.description,
            size_bytes: card.size_bytes,
            width_pixels,
            height_pixels,
        }
    }
}

/// What a picture or file shows.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct DescriptionIn {
    /// For those who cannot see it: at most 120 characters.
    pub description: String,
}
