//! Pictures and files: their bytes, and adding and removing them with the form of a proposal's details or an application's
//! files.
//!
//! Rule: what is served can do nothing in a reader's browser: a type that we chose, never guessed, in a sandbox; what is
//! no picture is downloaded. A draft's are kept by no cache.

use std::sync::Arc;

use civic::attachment::read::{self, AttachmentCard};
use civic::attachment::{AttachmentKind, Owner, Variant, write};
use civic::error::{Error, Result};
use civic::id::{AttachmentId, ProposalId};
use civic::proposal::read as proposal;
use poem::Response;
use poem::http::header;

use super::application::files;
use super::writing::closed;
use super::writing::details::{Kept, change_fields, keep_as};
use crate::error::signed_in;
use crate::visit::Visit;

/// Whoever got these bytes may keep them, since others never get their address; a day, so that what a moderator hides
/// is gone from what lies between soon.
const PUBLIC: &str = "public, max-age=86400, immutable";
/// What only its author may see.
const PRIVATE: &str = "private, no-store";

/// The bytes of one, whole or as on a card.
///
/// # Errors
/// `NotFound` when there is none, or none that the reader may see.
pub async fn bytes(visit: Arc<Visit>) -> Result<Response> {
    let id: AttachmentId = visit.id("id")?;
    let variant = Variant::parse(visit.param("variant")).ok_or(Error::NotFound)?;
    let (card, bytes) = read::bytes(&visit.cx, id, variant).await?;
    let cache = if read::is_public(&visit.cx, &card).await? {
        PUBLIC
    } else {
        PRIVATE
    };
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, media_type(&card))
        .header(header::CONTENT_DISPOSITION, disposition(&card))
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
        .header("cross-origin-resource-policy", "same-origin")
        .header(header::CACHE_CONTROL, cache)
        .body(bytes))
}

/// The types that we store; anything else would be a fault of ours and is handed out as bytes.
fn media_type(card: &AttachmentCard) -> &'static str {
    match &*card.media_type {
        "image/jpeg" => "image/jpeg",
        "image/png" => "image/png",
        "application/pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

/// A picture is shown, a file is saved; both under a name whose ending fits what they are.
fn disposition(card: &AttachmentCard) -> String {
    let stem = card.name.rsplit_once('.').map_or(&*card.name, |(stem, _)| stem);
    let ending = match media_type(card) {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "application/pdf" => ".pdf",
        _ => "",
    };
    let name = format!("{stem}{ending}");
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let kind = match card.kind {
        AttachmentKind::Picture => "inline",
        AttachmentKind::File => "attachment",
    };
    format!(
        "{kind}; filename=\"{plain}\"; filename*=UTF-8''{}",
        percent_encoded(&name)
    )
}

/// The form of a text in RFC 8187, in which every header can carry it.
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encode).collect()
}

/// Adds a picture or file to a proposal, with what was chosen beside it.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn add(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let id: ProposalId = visit.id("id")?;
    match proposal::editing(&visit.cx, id).await {
        Ok(about) => keep_as(&visit, &about, Kept::Upload).await,
        Err(error) => closed::by_rule(&visit, id, error).await,
    }
}

/// Removes a picture or file, and keeps what was chosen beside it.
///
/// # Errors
/// `NotFound` when there is none, and those of the use case.
pub async fn remove(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let id: AttachmentId = visit.id("id")?;
    let back = match read::one(&visit.cx, id).await?.owner {
        Owner::Proposal(proposal) => {
            change_fields(&visit, proposal).await?;
            format!("/proposals/{proposal}/edit/details#files")
        }
        Owner::Application(application) => files::back(application),
    };
    write::remove(&visit.cx, id).await?;
    Ok(visit.done(&back, "file-removed"))
}
