//! Changing applications, as who applies: begin, keep, hand in, complete, withdraw, discard.
//!
//! Rule: each reads in one order: repeat? load and lock, policy (who), rule (whether), change, outbox, commit. Handing in
//! happens once, inside the call's window, by the operation's instant.

mod check;
mod judge;
mod list;

use sea_orm::ActiveValue::Set;

use super::paper::Paper;
use super::store::{self, row};
use super::{ApplicationInput, ApplicationNews, ApplicationState, ApplicationStep};
use crate::Cx;
use crate::audit;
use crate::call::{self, CallState, store as calls};
use crate::consultation;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::{ApplicationId, CallId};
use crate::limits::{APPLICATION_DRAFTS_PER_MEMBER, APPLICATIONS_PER_CALL, APPLICATIONS_PER_HOUR};
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::repeat;
use crate::text::read_reason;
use crate::time::{HOUR_MS, HOUR_S};

pub use check::{ask_completion, exclude, find_admissible};
pub use judge::{declare_conflict, score};
pub use list::{publish_ranking, rank};

/// Begins an application, kept by the server as it is being written; gives its id.
///
/// # Errors
/// `Conflict(TooEarly)` or `Conflict(TooLate)` outside the call's window, `Conflict(TooManyDrafts)`, `TooMany` for too many
/// in an hour, `Invalid` for texts over their limits and places of another consultation.
pub async fn begin(cx: &Cx, call: CallId, input: ApplicationInput) -> Result<ApplicationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (terms, facts) = call::read::known(cx, call).await?;
    cx.check(Act::WriteApplication, On::Call(&facts))?;
    let author = cx.actor.member().ok_or(Error::Unauthenticated)?;
    check_open(cx, &terms)?;
    if store::count_drafts(&tx, author, call).await? >= APPLICATION_DRAFTS_PER_MEMBER {
        return Err(Error::Conflict(Code::TooManyDrafts));
    }
    if store::count_since(&tx, author, cx.now.plus_ms(-HOUR_MS)).await? >= APPLICATIONS_PER_HOUR {
        return Err(Error::TooMany {
            limit: APPLICATIONS_PER_HOUR,
            retry_after_s: HOUR_S,
        });
    }
    let paper = Paper::default().with(input)?;
    check_place(cx, &terms, &paper).await?;
    let id: ApplicationId = cx.id();
    let mut row = store::written(&paper)?;
    row.id = Set(id);
    row.call_id = Set(call);
    row.author_id = Set(author);
    row.state = Set(ApplicationState::Draft.as_str().to_owned());
    row.version = Set(1);
    row.created_at = Set(cx.now);
    store::insert(&tx, row).await?;
    cx.commit(tx, id).await
}

/// Whether applications are taken now, to the minute.
fn check_open(cx: &Cx, call: &calls::row::Model) -> Result<()> {
    if call.state()? != CallState::Published || cx.now >= call.closes_at {
        return Err(Error::Conflict(Code::TooLate));
    }
    if cx.now < call.opens_at {
        return Err(Error::Conflict(Code::TooEarly));
    }
    Ok(())
}

/// A district must be one of the call's consultation; whether the call allows it is asked when it is handed in.
async fn check_place(cx: &Cx, call: &calls::row::Model, paper: &Paper) -> Result<()> {
    let (Some(district), consultation) = (paper.district, call.consultation_id) else {
        return Ok(());
    };
    let known = match consultation {
        Some(id) => consultation::read::districts(cx, id).await?,
        None => Vec::new(),
    };
    if known.iter().any(|one| one.id == district) {
        Ok(())
    } else {
        Err(Error::field("district", Code::DistrictUnknown))
    }
}

/// The application, locked, and its call, which does not change while the application is being written.
async fn locked(cx: &Cx, tx: &Tx, id: ApplicationId) -> Result<(row::Model, calls::row::Model)> {
    let row = store::lock(tx, id).await?;
    let call = calls::find(cx.db(), row.call_id).await?.ok_or(Error::NotFound)?;
    Ok((row, call))
}

fn check_version(before: &row::Model, expected: Option<i64>) -> Result<()> {
    if expected.is_none_or(|version| version == before.version) {
        Ok(())
    } else {
        Err(Error::Conflict(Code::OutOfDate))
    }
}

/// Changes a draft; gives the new version's number.
///
/// # Errors
/// `Conflict(OutOfDate)` when `expected` is not the present version, `Conflict(AlreadySubmitted)` when it was handed in,
/// `Conflict(TooLate)` when the call takes none any more, `Invalid` as in `begin`.
pub async fn edit(cx: &Cx, id: ApplicationId, expected: Option<i64>, input: ApplicationInput) -> Result<i64> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, call) = locked(cx, &tx, id).await?;
    cx.check(
        Act::EditApplication,
        On::Application(&before.facts(call.ranked_at.is_some())?),
    )?;
    check_version(&before, expected)?;
    check_draft(&before)?;
    check_open(cx, &call)?;
    let old = before.paper()?;
    let paper = old.clone().with(input)?;
    if paper == old {
        return cx.commit(tx, before.version).await;
    }
    check_place(cx, &call, &paper).await?;
    let version = before.version + 1;
    let mut after = store::written(&paper)?;
    after.version = Set(version);
    store::change(&tx, &before, after).await?;
    cx.commit(tx, version).await
}

fn check_draft(before: &row::Model) -> Result<()> {
    match before.state()? {
        ApplicationState::Draft => Ok(()),
        _ => Err(Error::Conflict(Code::AlreadySubmitted)),
    }
}

/// Whether the files of an application may change now: as long as it can be handed in, or is to be completed.
///
/// # Errors
/// `NotFound`, `Denied`, `Conflict(AlreadySubmitted)`, and `Conflict(TooEarly)` or `Conflict(TooLate)` outside the window.
pub(crate) async fn check_changeable(cx: &Cx, id: ApplicationId) -> Result<()> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let call = calls::find(cx.db(), row.call_id).await?.ok_or(Error::NotFound)?;
    changeable(cx, &row, &call)
}

/// The same, with the application locked.
pub(crate) async fn lock_changeable(cx: &Cx, tx: &Tx, id: ApplicationId) -> Result<()> {
    let (row, call) = locked(cx, tx, id).await?;
    changeable(cx, &row, &call)
}

fn changeable(cx: &Cx, row: &row::Model, call: &calls::row::Model) -> Result<()> {
    let facts = row.facts(call.ranked_at.is_some())?;
    cx.check(Act::EditApplication, On::Application(&facts))?;
    match row.state()? {
        ApplicationState::Draft => check_open(cx, call),
        ApplicationState::Submitted if row.awaits_completion(cx.now) => Ok(()),
        _ => Err(Error::Conflict(Code::AlreadySubmitted)),
    }
}

/// The change that a step makes.
fn moved(before: &row::Model, step: ApplicationStep) -> Result<row::ActiveModel> {
    Ok(row::ActiveModel {
        state: Set(before.state()?.after(step)?.as_str().to_owned()),
        version: Set(before.version + 1),
        ..Default::default()
    })
}

/// Applies a change, and lets it be known; `act` is its name in the audit.
async fn step(
    tx: &Tx,
    cx: &Cx,
    before: &row::Model,
    after: row::ActiveModel,
    (news, act): (ApplicationNews, &str),
) -> Result<()> {
    store::change(tx, before, after).await?;
    let event = Event::ApplicationChanged {
        application: before.id,
        call: before.call_id,
        news,
    };
    outbox::put(tx, cx, &event).await?;
    audit::note(tx, cx, act, &before.id, "").await
}

/// Hands a draft in, once.
///
/// # Errors
/// `Conflict(AlreadySubmitted)`, `Conflict(TooEarly)` or `Conflict(TooLate)` outside the call's window, `Invalid` with
/// everything that is missing or does not fit the call, `Conflict(TooMany)` when the call has as many as it can take.
pub async fn submit(cx: &Cx, id: ApplicationId, expected: Option<i64>) -> Result<ApplicationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, call) = locked(cx, &tx, id).await?;
    cx.check(
        Act::EditApplication,
        On::Application(&before.facts(call.ranked_at.is_some())?),
    )?;
    check_version(&before, expected)?;
    check_draft(&before)?;
    check_open(cx, &call)?;
    let places = calls::places(cx.db(), &[call.id]).await?;
    before.paper()?.check(&call.terms(&places)?)?;
    if store::counts(&*tx, call.id).await?.submitted >= APPLICATIONS_PER_CALL {
        return Err(Error::Conflict(Code::TooMany));
    }
    let mut after = moved(&before, ApplicationStep::Submit)?;
    after.submitted_at = Set(Some(cx.now));
    let told = (ApplicationNews::Submitted, "application_submit");
    step(&tx, cx, &before, after, told).await?;
    cx.commit(tx, id).await
}

/// Completes an application as the office asked, with all that changes; what comes of it must be whole.
///
/// # Errors
/// `Conflict(WrongState)` when nothing was asked, `Conflict(TooLate)` after the date, `Conflict(AlreadyDone)` the second
/// time, `Invalid` as in `submit`.
pub async fn complete(
    cx: &Cx,
    id: ApplicationId,
    expected: Option<i64>,
    input: ApplicationInput,
) -> Result<ApplicationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, call) = locked(cx, &tx, id).await?;
    cx.check(
        Act::EditApplication,
        On::Application(&before.facts(call.ranked_at.is_some())?),
    )?;
    check_version(&before, expected)?;
    if before.state()? != ApplicationState::Submitted || before.completion_asked_at.is_none() {
        return Err(Error::Conflict(Code::WrongState));
    }
    if before.completion_done_at.is_some() {
        return Err(Error::Conflict(Code::AlreadyDone));
    }
    if !before.awaits_completion(cx.now) {
        return Err(Error::Conflict(Code::TooLate));
    }
    let paper = before.paper()?.with(input)?;
    check_place(cx, &call, &paper).await?;
    let places = calls::places(cx.db(), &[call.id]).await?;
    paper.check(&call.terms(&places)?)?;
    let mut after = store::written(&paper)?;
    after.version = Set(before.version + 1);
    after.completion_done_at = Set(Some(cx.now));
    let told = (ApplicationNews::Completed, "application_complete");
    step(&tx, cx, &before, after, told).await?;
    cx.commit(tx, id).await
}

/// Takes an application back before it goes online. When it was admitted, the first of the reserve moves up.
///
/// # Errors
/// `Invalid` without a reason, `Conflict(WrongState)` for a draft (which is discarded) and for what is out already.
pub async fn withdraw(cx: &Cx, id: ApplicationId, reason: &str) -> Result<ApplicationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let found = store::find(&*tx, id).await?.ok_or(Error::NotFound)?;
    let call = calls::lock(&tx, found.call_id).await?;
    let before = store::lock(&tx, id).await?;
    cx.check(
        Act::WithdrawApplication,
        On::Application(&before.facts(call.ranked_at.is_some())?),
    )?;
    let mut after = moved(&before, ApplicationStep::Withdraw)?;
    after.withdrawn_at = Set(Some(cx.now));
    after.withdraw_reason = Set(Some(read_reason(reason)?));
    if call.ranked_at.is_none() {
        // Whoever leaves before the list is out was never on it.
        after.place_on_list = Set(None);
    }
    let told = (ApplicationNews::Withdrawn, "application_withdraw");
    step(&tx, cx, &before, after, told).await?;
    if before.state()? == ApplicationState::Admitted && call.state()? == CallState::Ranked {
        list::move_up(cx, &tx, &call).await?;
    }
    cx.commit(tx, id).await
}

/// Throws a draft away.
///
/// # Errors
/// `Conflict(AlreadySubmitted)` when it was handed in.
pub async fn discard(cx: &Cx, id: ApplicationId) -> Result<()> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, call) = locked(cx, &tx, id).await?;
    cx.check(
        Act::EditApplication,
        On::Application(&before.facts(call.ranked_at.is_some())?),
    )?;
    check_draft(&before)?;
    crate::attachment::write::drop_all(&tx, cx, id).await?;
    store::delete_draft(&tx, id).await?;
    cx.commit(tx, ()).await
}
