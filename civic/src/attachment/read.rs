//! Looking at attachments: those of a proposal or an application, and the bytes of one.

use bytes::Bytes;

use super::{AttachmentKind, Owner, Variant, key, store};
use crate::Cx;
use crate::error::{Error, Result};
use crate::id::{ApplicationId, AttachmentId, ProposalId, TypedId};
use crate::page::{Cursor, Page, Paging};

/// An attachment as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentCard {
    /// Which one.
    pub id: AttachmentId,
    /// Of what.
    pub owner: Owner,
    /// Whether it is looked at or downloaded.
    pub kind: AttachmentKind,
    /// The type of what is stored, not of what came in.
    pub media_type: String,
    /// What to call it when it is downloaded.
    pub name: String,
    /// What it shows, for those who cannot see it.
    pub description: String,
    /// Its size in bytes.
    pub size_bytes: i64,
    /// The picture's width and height in pixels.
    pub size: Option<(i64, i64)>,
}

/// The attachments of proposals that the actor may read (the caller has checked).
pub(crate) async fn of(cx: &Cx, proposals: &[ProposalId]) -> Result<Vec<AttachmentCard>> {
    store::of(cx.db(), proposals).await?.into_iter().map(card).collect()
}

/// The attachments of an application that the actor may read (the caller has checked).
pub(crate) async fn of_application(cx: &Cx, application: ApplicationId) -> Result<Vec<AttachmentCard>> {
    let all = store::of_application(cx.db(), application).await?;
    all.into_iter().map(card).collect()
}

/// Whether the actor may know of what attachments belong to, and whether everybody may.
async fn known(cx: &Cx, owner: Owner) -> Result<bool> {
    match owner {
        Owner::Proposal(id) => {
            let facts = crate::proposal::read::facts(cx, id).await?;
            Ok(!(facts.is_draft() || facts.hidden))
        }
        Owner::Application(id) => Ok(crate::application::read::facts(cx, id).await?.listed),
    }
}

/// A page of the attachments of a proposal or an application.
///
/// # Errors
/// `NotFound` when the actor may not know of it.
pub async fn list(cx: &Cx, owner: impl Into<Owner>, paging: Paging) -> Result<Page<AttachmentCard>> {
    let owner = owner.into();
    known(cx, owner).await?;
    let rows = store::list(cx.db(), owner, paging).await?;
    let Page { items, next, places } = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.position,
        id: row.id.uuid(),
    });
    let items = items.into_iter().map(card).collect::<Result<_>>()?;
    Ok(Page { items, next, places })
}

fn card(row: store::row::Model) -> Result<AttachmentCard> {
    let kind = AttachmentKind::parse(&row.kind).ok_or_else(|| Error::Bug(format!("attachment kind {}", row.kind)))?;
    Ok(AttachmentCard {
        id: row.id,
        owner: row.owner()?,
        kind,
        media_type: row.media_type,
        name: row.name,
        description: row.description,
        size_bytes: row.size_bytes,
        size: row.width.zip(row.height),
    })
}

/// One attachment.
///
/// # Errors
/// `NotFound` when there is none, or none that the actor may see.
pub async fn one(cx: &Cx, id: AttachmentId) -> Result<AttachmentCard> {
    let card = card(store::find(cx.db(), id).await?.ok_or(Error::NotFound)?)?;
    known(cx, card.owner).await?;
    Ok(card)
}

/// Whether everybody may see an attachment that the actor may see.
///
/// # Errors
/// `NotFound` when the actor may not.
pub async fn is_public(cx: &Cx, card: &AttachmentCard) -> Result<bool> {
    known(cx, card.owner).await
}

/// One attachment and its bytes.
///
/// # Errors
/// `NotFound` when there is none, or none that the actor may see; `Unavailable` when the storage does not answer.
pub async fn bytes(cx: &Cx, id: AttachmentId, variant: Variant) -> Result<(AttachmentCard, Bytes)> {
    let card = one(cx, id).await?;
    let variant = if card.kind == AttachmentKind::File {
        Variant::Full
    } else {
        variant
    };
    let bytes = cx
        .city
        .files
        .get(&key(id, variant))
        .await
        .map_err(|e| Error::Unavailable(e.to_string()))?;
    Ok((card, bytes.ok_or(Error::NotFound)?))
}
