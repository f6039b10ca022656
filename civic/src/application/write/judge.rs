//! What a commissioner says of an application: points for each criterion, or a conflict of interest.
//!
//! Rule: points may change until the list is drawn up, for from then on the commission sees them. A conflict once declared
//! stays, and what its commissioner had given counts no more.

use sea_orm::ActiveValue::Set;

use super::super::ApplicationState;
use super::super::jury::Said;
use super::super::store::{self, assessment, row};
use super::locked;
use crate::Cx;
use crate::audit;
use crate::call::store::{self as calls, to_json};
use crate::db::Tx;
use crate::error::{Code, Error, Fault, Result};
use crate::id::{ApplicationId, MemberId};
use crate::policy::{Act, On};
use crate::repeat;
use crate::text::read_reason;

/// The application, locked, with its call, when the actor is to judge it; and who they are.
async fn to_judge(cx: &Cx, tx: &Tx, id: ApplicationId) -> Result<(row::Model, calls::row::Model, MemberId)> {
    let (before, call) = locked(cx, tx, id).await?;
    let facts = before.facts(call.ranked_at.is_some())?;
    cx.check(Act::ScoreApplication, On::Application(&facts))?;
    if before.place_on_list.is_some() {
        return Err(Error::Conflict(Code::ScoresSealed));
    }
    if before.state()? != ApplicationState::Admissible {
        return Err(Error::Conflict(Code::WrongState));
    }
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    Ok((before, call, member))
}

/// Scores an application, one number of points for each criterion in their order; a second time in place of the first.
///
/// # Errors
/// `Invalid` in `points` for a number that is no criterion's, `Conflict(ConflictDeclared)`, `Conflict(ScoresSealed)` when
/// the list is drawn up, `Conflict(WrongState)` when it is not to be scored.
pub async fn score(cx: &Cx, id: ApplicationId, points: &[u32]) -> Result<ApplicationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (_, call, member) = to_judge(cx, &tx, id).await?;
    let criteria = call.terms(&[])?.criteria;
    if points.len() != criteria.len() {
        let limit = criteria.len() as u64;
        return Err(Error::Invalid(vec![Fault::over("points", Code::Empty, limit)]));
    }
    for (given, criterion) in points.iter().zip(&criteria) {
        if *given > criterion.max_points {
            let limit = u64::from(criterion.max_points);
            return Err(Error::Invalid(vec![Fault::over("points", Code::OutOfRange, limit)]));
        }
    }
    let said = store::assessments(&*tx, &[id]).await?;
    let mine = said.iter().find(|row| row.commissioner_id == member);
    if let Some(Said::Conflict(_)) = mine.map(Said::of).transpose()? {
        return Err(Error::Conflict(Code::ConflictDeclared));
    }
    let row = assessment::ActiveModel {
        application_id: Set(id),
        commissioner_id: Set(member),
        points: Set(Some(to_json(&points)?)),
        conflict: Set(None),
        recorded_at: Set(cx.now),
    };
    store::assess(&tx, row).await?;
    audit::note(&tx, cx, "application_score", &id, "").await?;
    cx.commit(tx, id).await
}

/// Declares a conflict of interest: the commissioner neither scores this application nor is waited for.
///
/// # Errors
/// `Invalid` without a reason, `Conflict(AlreadyDone)` the second time, `Conflict(ScoresSealed)` when the list is drawn up,
/// `Conflict(WrongState)` when it is not to be scored.
pub async fn declare_conflict(cx: &Cx, id: ApplicationId, reason: &str) -> Result<ApplicationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (_, _, member) = to_judge(cx, &tx, id).await?;
    let reason = read_reason(reason)?;
    let said = store::assessments(&*tx, &[id]).await?;
    let mine = said.iter().find(|row| row.commissioner_id == member);
    if let Some(Said::Conflict(_)) = mine.map(Said::of).transpose()? {
        return Err(Error::Conflict(Code::AlreadyDone));
    }
    let row = assessment::ActiveModel {
        application_id: Set(id),
        commissioner_id: Set(member),
        points: Set(None),
        conflict: Set(Some(reason)),
        recorded_at: Set(cx.now),
    };
    store::assess(&tx, row).await?;
    audit::note(&tx, cx, "application_declare_conflict", &id, "").await?;
    cx.commit(tx, id).await
}
