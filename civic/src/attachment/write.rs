//! Adding and removing pictures and files.
//!
//! Rule: the bytes are stored before the row that names them, and go after it: a crash may leave bytes that nobody
//! names, never a name without bytes. They change as long as the text does, and no longer.

use bytes::Bytes;
use sea_orm::ActiveValue::Set;
use tokio::sync::Semaphore;

use super::{AttachmentKind, Owner, Variant, key, store};
use crate::application::write as application;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::AttachmentId;
use crate::limits::{FILE_NAME_MAX_CHARS, PICTURES_AT_ONCE, UPLOADS_PER_HOUR};
use crate::outbox::{self, Event};
use crate::picture::{self, FileKind, FileProblem, Prepared};
use crate::policy::{Act, On};
use crate::proposal::store as proposal;
use crate::proposal::write::check_editable;
use crate::repeat;
use crate::text::Title;
use crate::time::{HOUR_MS, HOUR_S};
use crate::{City, Cx};

/// What somebody uploads.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// The uploader's file name; kept for downloads only, cleaned.
    pub name: String,
    /// What it shows, for those who cannot see it.
    pub description: String,
    /// The content.
    pub bytes: Bytes,
}

/// What will be stored.
struct Stored {
    kind: AttachmentKind,
    media_type: String,
    size: Option<(i64, i64)>,
    full: Bytes,
    card: Option<Bytes>,
}

/// Adds a picture or a file to one's proposal or application; gives its id.
///
/// # Errors
/// `Invalid` without a description or with the file's problem, `TooMany` in `file` when there are as many as can be,
/// `Conflict` when the text it belongs to cannot be changed now, `TooMany` for too many in an hour.
pub async fn add(cx: &Cx, owner: impl Into<Owner>, new: NewAttachment) -> Result<AttachmentId> {
    let owner = owner.into();
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    match owner {
        Owner::Proposal(id) => check_open(cx, &proposal::find(cx.db(), id).await?.ok_or(Error::NotFound)?)?,
        Owner::Application(id) => application::check_changeable(cx, id).await?,
    }
    let hour_ago = cx.now.plus_ms(-HOUR_MS);
    check_room(owner, store::counts(cx.db(), owner, cx.actor.member(), hour_ago).await?)?;
    let description = read_description(&new.description)?;
    let stored = prepare(new.bytes).await?;
    let attachment: AttachmentId = cx.id();
    keep(&cx.city, attachment, &stored).await?;
    let tx = cx.begin().await?;
    let named = name(cx, &tx, (owner, attachment), stored, (&new.name, description)).await;
    if let Err(refused) = named {
        drop(tx);
        forget_bytes(&cx.city, attachment).await?;
        return Err(refused);
    }
    cx.commit(tx, attachment).await
}

/// Locks what attachments belong to, when they may change with its text.
async fn lock(cx: &Cx, tx: &Tx, owner: Owner) -> Result<()> {
    match owner {
        Owner::Proposal(id) => check_open(cx, &proposal::lock(tx, id).await?),
        Owner::Application(id) => application::lock_changeable(cx, tx, id).await,
    }
}

/// Whether what belongs to the text of a proposal may change with it.
fn check_open(cx: &Cx, row: &proposal::row::Model) -> Result<()> {
    let facts = row.facts()?;
    cx.check(Act::EditProposal, On::Proposal(&facts))?;
    if facts.is_draft() {
        Ok(())
    } else {
        check_editable(cx, row)
    }
}

/// Whether there may be one more, with so many of them and so many of the member's in the last hour.
fn check_room(owner: Owner, (of_owner, of_hour): (u64, u64)) -> Result<u64> {
    if of_owner >= owner.most() {
        return Err(Error::field("file", Code::TooMany));
    }
    if of_hour >= UPLOADS_PER_HOUR {
        return Err(Error::TooMany {
            limit: UPLOADS_PER_HOUR,
            retry_after_s: HOUR_S,
        });
    }
    Ok(of_owner)
}

/// Puts the row that names the stored bytes.
async fn name(
    cx: &Cx,
    tx: &Tx,
    (owner, attachment): (Owner, AttachmentId),
    stored: Stored,
    (name, description): (&str, String),
) -> Result<()> {
    lock(cx, tx, owner).await?;
    let hour_ago = cx.now.plus_ms(-HOUR_MS);
    let number = check_room(owner, store::counts(&**tx, owner, cx.actor.member(), hour_ago).await?)?;
    let row = store::row::ActiveModel {
        id: Set(attachment),
        proposal_id: Set(owner.proposal()),
        application_id: Set(owner.application()),
        kind: Set(stored.kind.as_str().to_owned()),
        media_type: Set(stored.media_type),
        name: Set(clean_name(name)),
        description: Set(description),
        size_bytes: Set(i64::try_from(stored.full.len()).unwrap_or(i64::MAX)),
        width: Set(stored.size.map(|size| size.0)),
        height: Set(stored.size.map(|size| size.1)),
        position: Set(i64::try_from(number).unwrap_or(0)),
        added_by: Set(cx.actor.member()),
        added_at: Set(cx.now),
        removed_at: Set(None),
    };
    store::insert(tx, row).await
}

/// Without it a picture tells nothing to those who cannot see it, and a file has no name to be opened by.
fn read_description(raw: &str) -> Result<String> {
    Title::parse(raw, 1, FILE_NAME_MAX_CHARS)
        .map(Title::into_string)
        .map_err(|problem| Error::Invalid(vec![problem.fault("description")]))
}

/// Decoding takes much memory for a short time: few at once, however many people upload.
static DECODING: Semaphore = Semaphore::const_new(PICTURES_AT_ONCE);

/// Decoding is work for the processor: off the threads that answer requests.
async fn prepare(bytes: Bytes) -> Result<Stored> {
    let _permit = DECODING
        .acquire()
        .await
        .map_err(|error| Error::Bug(error.to_string()))?;
    let done = tokio::task::spawn_blocking(move || judge(bytes)).await;
    done.map_err(|error| Error::Bug(error.to_string()))?.map_err(problem)
}

fn judge(bytes: Bytes) -> std::result::Result<Stored, FileProblem> {
    Ok(match picture::check_file(&bytes)? {
        FileKind::Picture => {
            let Prepared {
                media_type,
                width,
                height,
                full,
                card,
            } = picture::prepare(&bytes)?;
            Stored {
                kind: AttachmentKind::Picture,
                media_type: media_type.to_owned(),
                size: Some((i64::from(width), i64::from(height))),
                full: full.into(),
                card: Some(card.into()),
            }
        }
        FileKind::Pdf => Stored {
            kind: AttachmentKind::File,
            media_type: "application/pdf".to_owned(),
            size: None,
            full: bytes,
            card: None,
        },
    })
}

fn problem(problem: FileProblem) -> Error {
    Error::field(
        "file",
        match problem {
            FileProblem::TooLarge => Code::FileTooLarge,
            FileProblem::TooManyPixels => Code::PictureTooLarge,
            FileProblem::Broken => Code::PictureBroken,
            FileProblem::Refused => Code::FileKindRefused,
        },
    )
}

async fn keep(city: &City, id: AttachmentId, stored: &Stored) -> Result<()> {
    let unavailable = |error: crate::files::FilesError| Error::Unavailable(error.to_string());
    city.files
        .put(&key(id, Variant::Full), stored.full.clone())
        .await
        .map_err(unavailable)?;
    if let Some(card) = &stored.card {
        city.files
            .put(&key(id, Variant::Card), card.clone())
            .await
            .map_err(unavailable)?;
    }
    Ok(())
}

/// A name for downloads: letters, digits and a few signs; never a path.
fn clean_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or("");
    let kept: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') {
                c
            } else {
                '-'
            }
        })
        .take(FILE_NAME_MAX_CHARS)
        .collect();
    let kept = kept.trim_matches([' ', '.', '-']).to_owned();
    if kept.is_empty() { "file".to_owned() } else { kept }
}

/// Says what a picture or file of one's own shows.
///
/// # Errors
/// `NotFound` when there is none, `Invalid` for a description over its limit, `Conflict` when the text it belongs to
/// cannot be changed now.
pub async fn describe(cx: &Cx, id: AttachmentId, description: &str) -> Result<AttachmentId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let found = store::find(&*tx, id).await?.ok_or(Error::NotFound)?;
    lock(cx, &tx, found.owner()?).await?;
    store::describe(&tx, id, &read_description(description)?).await?;
    cx.commit(tx, id).await
}

/// Removes a picture or file of one's own.
///
/// # Errors
/// `NotFound` when there is none, `Conflict` when the text it belongs to cannot be changed now.
pub async fn remove(cx: &Cx, id: AttachmentId) -> Result<()> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let found = store::find(&*tx, id).await?.ok_or(Error::NotFound)?;
    lock(cx, &tx, found.owner()?).await?;
    store::remove(&tx, id, cx.now).await?;
    outbox::put(&tx, cx, &Event::AttachmentRemoved { attachment: id }).await?;
    cx.commit(tx, ()).await
}

/// Drops everything of a draft that is thrown away; the bytes go with the outbox.
pub(crate) async fn drop_all(tx: &Tx, cx: &Cx, owner: impl Into<Owner>) -> Result<()> {
    for attachment in store::delete_all(tx, owner.into()).await? {
        outbox::put(tx, cx, &Event::AttachmentRemoved { attachment }).await?;
    }
    Ok(())
}

/// Deletes the bytes of a removed attachment; the worker calls it, and may do so twice.
///
/// # Errors
/// `Unavailable` when the storage does not answer.
pub async fn forget_bytes(city: &City, id: AttachmentId) -> Result<()> {
    for variant in [Variant::Full, Variant::Card] {
        city.files
            .delete(&key(id, variant))
            .await
            .map_err(|error| Error::Unavailable(error.to_string()))?;
    }
    Ok(())
}
