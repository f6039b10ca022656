//! What the office does with what was handed in: ask for a completion, find admissible, exclude.

use sea_orm::ActiveValue::Set;

use super::super::store::row;
use super::super::{ApplicationNews, ApplicationState, ApplicationStep};
use super::{locked, moved, step};
use crate::Cx;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::ApplicationId;
use crate::limits::{COMPLETION_MAX_MS, REASON_MAX_CHARS};
use crate::policy::{Act, On};
use crate::repeat;
use crate::text::{Markdown, read_reason};
use crate::time::Timestamp;

/// The application, locked, when the actor may check it and it is to be checked.
async fn to_check(cx: &Cx, tx: &Tx, id: ApplicationId) -> Result<row::Model> {
    let (before, call) = locked(cx, tx, id).await?;
    let facts = before.facts(call.ranked_at.is_some())?;
    cx.check(Act::CheckApplication, On::Application(&facts))?;
    Ok(before)
}

/// Asks the applicant to complete an application by a date; asking again sets another.
///
/// # Errors
/// `Invalid` without a text or with a date that is past or too far, `Conflict(WrongState)` when it is decided.
pub async fn ask_completion(cx: &Cx, id: ApplicationId, text: &str, due: Timestamp) -> Result<ApplicationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = to_check(cx, &tx, id).await?;
    if before.state()? != ApplicationState::Submitted {
        return Err(Error::Conflict(Code::WrongState));
    }
    let text = Markdown::parse(text, REASON_MAX_CHARS)
        .map_err(|problem| Error::Invalid(vec![problem.fault("text")]))?
        .into_string();
    if due <= cx.now || due > cx.now.plus_ms(COMPLETION_MAX_MS) {
        return Err(Error::field("due_at", Code::OutOfRange));
    }
    let after = row::ActiveModel {
        version: Set(before.version + 1),
        completion_text: Set(Some(text)),
        completion_asked_at: Set(Some(cx.now)),
        completion_due_at: Set(Some(due)),
        completion_done_at: Set(None),
        ..Default::default()
    };
    let told = (ApplicationNews::CompletionAsked, "application_ask_completion");
    step(&tx, cx, &before, after, told).await?;
    cx.commit(tx, id).await
}

/// Finds that an application fits the call.
///
/// # Errors
/// `Conflict(WrongState)` when it is decided, `Conflict(CompletionOpen)` while a completion is awaited.
pub async fn find_admissible(cx: &Cx, id: ApplicationId) -> Result<ApplicationId> {
    decide(cx, id, ApplicationStep::FindAdmissible, None).await
}

/// Finds that an application does not fit the call, for a reason that the applicant is told.
///
/// # Errors
/// `Invalid` without a reason, else those of `find_admissible`.
pub async fn exclude(cx: &Cx, id: ApplicationId, reason: &str) -> Result<ApplicationId> {
    decide(cx, id, ApplicationStep::Exclude, Some(reason)).await
}

async fn decide(cx: &Cx, id: ApplicationId, by: ApplicationStep, reason: Option<&str>) -> Result<ApplicationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = to_check(cx, &tx, id).await?;
    let mut after = moved(&before, by)?;
    let reason = reason.map(read_reason).transpose()?;
    if before.awaits_completion(cx.now) {
        return Err(Error::Conflict(Code::CompletionOpen));
    }
    after.checked_at = Set(Some(cx.now));
    after.exclude_reason = Set(reason);
    let act = if by == ApplicationStep::Exclude {
        "application_exclude"
    } else {
        "application_find_admissible"
    };
    step(&tx, cx, &before, after, (by.news(), act)).await?;
    cx.commit(tx, id).await
}
