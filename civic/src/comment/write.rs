//! Changing comments: write, edit, remove, support.

use sea_orm::ActiveValue::Set;

use super::store::{self, row};
use super::{NewComment, is_editable};
use crate::Cx;
use crate::consultation::{self, Doing};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::{CommentId, ProposalId};
use crate::limits::{COMMENT_BODY_MAX_CHARS, COMMENTS_PER_HOUR, EDITS_PER_COMMENT, REPLY_DEPTH_MAX};
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::proposal::{read_lang, store as proposal};
use crate::repeat;
use crate::support::Tally;
use crate::text::Markdown;
use crate::time::{HOUR_MS, HOUR_S};

/// Writes a comment under a proposal, or in answer to another; gives its id.
///
/// # Errors
/// `Invalid` for an empty or long text, `Conflict(WrongPhase)` when the consultation takes no comments now,
/// `Conflict(Removed)` when what it answers is gone, `TooMany` for too many in an hour.
pub async fn write(cx: &Cx, id: ProposalId, new: NewComment) -> Result<CommentId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let above = proposal::lock(&tx, id).await?;
    let facts = above.facts()?;
    cx.check(Act::WriteComment, On::Proposal(&facts))?;
    let author = cx.actor.member().ok_or(Error::Unauthenticated)?;
    check_open(cx, &above).await?;
    if store::count_since(&tx, author, cx.now.plus_ms(-HOUR_MS)).await? >= COMMENTS_PER_HOUR {
        return Err(Error::TooMany {
            limit: COMMENTS_PER_HOUR,
            retry_after_s: HOUR_S,
        });
    }
    let body = read_body(&new.body)?;
    let lang = read_lang(new.lang.as_deref(), body.as_str())?;
    let comment: CommentId = cx.id();
    let answered = answered(&tx, id, new.parent).await?;
    store::insert(
        &tx,
        row::ActiveModel {
            id: Set(comment),
            proposal_id: Set(id),
            thread_id: Set(answered.as_ref().map_or(comment, |parent| parent.thread_id)),
            parent_id: Set(answered.as_ref().map(|parent| parent.id)),
            depth: Set(answered.as_ref().map_or(0, |parent| parent.depth + 1)),
            author_id: Set(Some(author)),
            stance: Set(new.stance.map(|stance| stance.as_str().to_owned())),
            body: Set(body.into_string()),
            lang: Set(lang.code().to_owned()),
            version: Set(1),
            written_at: Set(cx.now),
            ..Default::default()
        },
    )
    .await?;
    proposal::add_to(&tx, id, proposal::row::Column::Comments, 1).await?;
    outbox::put(&tx, cx, &Event::CommentWritten { comment, proposal: id }).await?;
    cx.commit(tx, comment).await
}

async fn check_open(cx: &Cx, above: &proposal::row::Model) -> Result<()> {
    if above.hidden_by.is_some() {
        return Err(Error::Conflict(Code::Hidden));
    }
    if !above.state()?.is_listed() {
        return Err(Error::Conflict(Code::WrongState));
    }
    consultation::read::rules(cx, above.consultation_id)
        .await?
        .allows(Doing::Comment, cx.now)
}

/// The comment that is answered: it must be there, under the same proposal, and not too deep.
async fn answered(tx: &Tx, under: ProposalId, parent: Option<CommentId>) -> Result<Option<row::Model>> {
    let Some(parent) = parent else { return Ok(None) };
    let found = store::find(&**tx, parent).await?.filter(|row| row.proposal_id == under);
    let found = found.ok_or_else(|| Error::field("parent", Code::UnknownValue))?;
    if found.removed_at.is_some() {
        return Err(Error::Conflict(Code::Removed));
    }
    if found.hidden_by.is_some() {
        return Err(Error::Conflict(Code::Hidden));
    }
    if found.depth >= REPLY_DEPTH_MAX {
        return Err(Error::field("parent", Code::OutOfRange));
    }
    Ok(Some(found))
}

fn read_body(raw: &str) -> Result<Markdown> {
    Markdown::parse(raw, COMMENT_BODY_MAX_CHARS).map_err(|problem| Error::Invalid(vec![problem.fault("body")]))
}

/// Changes one's comment; the earlier wording is kept. Gives the new version's number.
///
/// # Errors
/// `Conflict(EditingClosed)` after an hour, `Conflict(TooManyChanges)` after too many, `Conflict(OutOfDate)` when `expected` is not the present version.
pub async fn edit(cx: &Cx, id: CommentId, expected: Option<i64>, body: &str) -> Result<i64> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, above) = store::lock(&tx, id).await?;
    cx.check(Act::EditComment, On::Comment(&before.facts(above.facts()?)))?;
    check_here(&before)?;
    if expected.is_some_and(|version| version != before.version) {
        return Err(Error::Conflict(Code::OutOfDate));
    }
    if !is_editable(before.written_at, cx.now) {
        return Err(Error::Conflict(Code::EditingClosed));
    }
    let body = read_body(body)?;
    if body.as_str() == before.body {
        return cx.commit(tx, before.version).await;
    }
    if before.version > EDITS_PER_COMMENT {
        return Err(Error::Conflict(Code::TooManyChanges));
    }
    store::keep_wording(&tx, &before).await?;
    let version = before.version + 1;
    let after = row::ActiveModel {
        body: Set(body.into_string()),
        version: Set(version),
        edited_at: Set(Some(cx.now)),
        ..Default::default()
    };
    store::change(&tx, &before, after).await?;
    tell(&tx, cx, &before).await?;
    cx.commit(tx, version).await
}

/// The index and whoever follows the proposal hear of the change.
pub(crate) async fn tell(tx: &Tx, cx: &Cx, of: &row::Model) -> Result<()> {
    let event = Event::CommentChanged {
        comment: of.id,
        proposal: of.proposal_id,
    };
    outbox::put(tx, cx, &event).await
}

fn check_here(before: &row::Model) -> Result<()> {
    match (before.removed_at, before.hidden_by) {
        (Some(_), _) => Err(Error::Conflict(Code::Removed)),
        (None, Some(_)) => Err(Error::Conflict(Code::Hidden)),
        (None, None) => Ok(()),
    }
}

/// Removes one's comment: its place stays, its text is gone for everybody.
///
/// # Errors
/// `Conflict(Removed)` when it is gone already.
pub async fn remove(cx: &Cx, id: CommentId) -> Result<CommentId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, above) = store::lock(&tx, id).await?;
    cx.check(Act::RemoveComment, On::Comment(&before.facts(above.facts()?)))?;
    if before.removed_at.is_some() {
        return Err(Error::Conflict(Code::Removed));
    }
    let after = row::ActiveModel {
        removed_at: Set(Some(cx.now)),
        ..Default::default()
    };
    store::change(&tx, &before, after).await?;
    if before.hidden_by.is_none() {
        proposal::add_to(&tx, before.proposal_id, proposal::row::Column::Comments, -1).await?;
    }
    tell(&tx, cx, &before).await?;
    cx.commit(tx, id).await
}

/// Supports a comment, or takes the support back, which is possible at any time.
///
/// # Errors
/// For giving `Conflict(Removed)` or `Conflict(Hidden)` when it is gone, `Conflict(WrongPhase)` when nothing may be said
/// now; `NotFound` for either when the actor may not know of it.
pub async fn support(cx: &Cx, id: CommentId, wanted: bool) -> Result<Tally> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, above) = store::lock(&tx, id).await?;
    cx.check(Act::SupportComment, On::Comment(&before.facts(above.facts()?)))?;
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    if wanted {
        check_here(&before)?;
        check_open(cx, &above).await?;
    }
    let (changed, by) = if wanted {
        (store::add_support(&tx, id, member, cx.now).await?, 1)
    } else {
        (store::take_support(&tx, id, member).await?, -1)
    };
    let by = if changed { by } else { 0 };
    if changed {
        store::add_to_supports(&tx, id, by).await?;
        let event = Event::CommentTallied {
            comment: id,
            proposal: before.proposal_id,
        };
        outbox::put(&tx, cx, &event).await?;
    }
    let tally = Tally {
        supports: before.supports + by,
        supported: wanted,
    };
    cx.commit(tx, tally).await
}
