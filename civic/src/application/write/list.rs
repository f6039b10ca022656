//! The commission's list: drawn up, made public, and moved up on a withdrawal.
//!
//! Rule: whoever changes the list has locked its call. Drawing up freezes the scores; publishing fixes who is admitted.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;

use super::super::ranking::{self, Candidate, Placed};
use super::super::store::{self, row};
use super::super::{ApplicationNews, ApplicationState, ApplicationStep};
use super::{moved, step};
use crate::Cx;
use crate::audit;
use crate::call::store::{self as calls, json, one_changed, to_json};
use crate::call::write::moved as call_moved;
use crate::call::{CallState, CallStep, NewCall};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::{ApplicationId, CallId};
use crate::money::Money;
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::repeat;

async fn terms(cx: &Cx, call: &calls::row::Model) -> Result<NewCall> {
    let places = calls::places(cx.db(), &[call.id]).await?;
    call.terms(&places)
}

/// Draws up the list of a call from the scores, for the office to look at before it is public.
///
/// # Errors
/// `Conflict(TooEarly)` while applications are taken, `Conflict(ChecksMissing)` while some are not checked,
/// `Conflict(ScoresMissing)` while some are not scored, `Conflict(AlreadyDone)` when it is drawn up, `Conflict(WrongState)`
/// when nothing was found admissible or the call is past it.
pub async fn rank(cx: &Cx, call: CallId) -> Result<CallId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let row = calls::lock(&tx, call).await?;
    cx.check(Act::RankApplications, On::Call(&row.facts()?))?;
    if row.state()? != CallState::Published {
        return Err(Error::Conflict(Code::WrongState));
    }
    if cx.now < row.closes_at {
        return Err(Error::Conflict(Code::TooEarly));
    }
    let counts = store::counts(&*tx, call).await?;
    match (counts.waiting, counts.admissible, counts.ranked) {
        (waiting, _, _) if waiting > 0 => return Err(Error::Conflict(Code::ChecksMissing)),
        (_, 0, 0) => return Err(Error::Conflict(Code::WrongState)),
        (_, 0, _) => return Err(Error::Conflict(Code::AlreadyDone)),
        _ => {}
    }
    let found = store::lock_in(&tx, call, &[ApplicationState::Admissible]).await?;
    let jury = store::jury(&*tx, call, cx.now).await?;
    if !jury.is_complete() {
        return Err(Error::Conflict(Code::ScoresMissing));
    }
    let candidates: Vec<Candidate> = found
        .iter()
        .map(|row| Candidate {
            id: row.id,
            submitted_at: row.submitted_at.unwrap_or(row.created_at),
            scores: jury.scores(row.id, row.author_id),
        })
        .collect();
    let terms = terms(cx, &row).await?;
    let rows: HashMap<ApplicationId, &row::Model> = found.iter().map(|row| (row.id, row)).collect();
    for placed in ranking::rank(&terms.criteria, terms.min_score, &candidates) {
        let Placed {
            id,
            place,
            score,
            criterion_points,
            ..
        } = placed;
        let before = rows.get(&id).ok_or(Error::NotFound)?;
        let mut after = moved(before, ApplicationStep::Rank)?;
        after.place_on_list = Set(Some(place));
        after.points = Set(Some(score.points));
        after.voters = Set(Some(score.voters));
        after.criterion_points = Set(Some(to_json(&criterion_points)?));
        step(&tx, cx, before, after, (ApplicationNews::Ranked, "application_rank")).await?;
    }
    audit::note(&tx, cx, "call_rank", &call, "").await?;
    cx.commit(tx, call).await
}

/// Makes the list of a call public, with its scores, and admits the first ones: as many as the call has places and the pot
/// holds the city's part of.
///
/// # Errors
/// `Conflict(RankingMissing)` when it is not drawn up, `Conflict(WrongState)` when the call is past it.
pub async fn publish_ranking(cx: &Cx, call: CallId) -> Result<CallId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let row = calls::lock(&tx, call).await?;
    cx.check(Act::KeepCall, On::Call(&row.facts()?))?;
    let mut after = call_moved(&row, CallStep::PublishRanking)?;
    let mut listed = store::lock_in(&tx, call, &[ApplicationState::Ranked]).await?;
    if listed.is_empty() {
        return Err(Error::Conflict(Code::RankingMissing));
    }
    listed.sort_by_key(|row| row.place_on_list);
    let terms = terms(cx, &row).await?;
    let list = listed.iter().map(|row| {
        let (score, points) = (row.score(), row.criterion_points.as_deref());
        let score = score.ok_or_else(|| Error::Bug(format!("{} has no score", row.id)))?;
        let points: Vec<i64> = json(points.unwrap_or("[]"))?;
        let passes = ranking::passes(&terms.criteria, terms.min_score, score, &points);
        Ok((row.id, Money::eur(row.cost_minor), passes))
    });
    let list = list.collect::<Result<Vec<_>>>()?;
    let steps = ranking::admit(&terms, Money::eur(row.pot_minor), &list);
    for (before, (_, by)) in listed.iter().zip(steps) {
        apply(&tx, cx, before, by, by.news()).await?;
    }
    after.ranked_at = Set(Some(cx.now));
    one_changed(calls::change(&tx, &row, after).await?)?;
    outbox::put(&tx, cx, &Event::CallChanged { call }).await?;
    audit::note(&tx, cx, "call_publish_ranking", &call, "").await?;
    cx.commit(tx, call).await
}

async fn apply(tx: &Tx, cx: &Cx, before: &row::Model, by: ApplicationStep, news: ApplicationNews) -> Result<()> {
    let act = match by {
        ApplicationStep::Admit => "application_admit",
        ApplicationStep::HoldInReserve => "application_hold_in_reserve",
        _ => "application_reject",
    };
    step(tx, cx, before, moved(before, by)?, (news, act)).await
}

/// Admits the first of the reserve, as far as there is room now. The call is locked.
pub(super) async fn move_up(cx: &Cx, tx: &Tx, call: &calls::row::Model) -> Result<()> {
    let terms = terms(cx, call).await?;
    let mut reserve = store::lock_in(tx, call.id, &[ApplicationState::Reserve]).await?;
    reserve.sort_by_key(|row| row.place_on_list);
    let costs = store::admitted_costs(&**tx, call.id).await?;
    let admitted: Vec<Money> = costs.into_iter().map(Money::eur).collect();
    let waiting: Vec<_> = reserve.iter().map(|row| (row.id, Money::eur(row.cost_minor))).collect();
    let up = ranking::moving_up(&terms, Money::eur(call.pot_minor), &admitted, &waiting);
    for before in reserve.iter().filter(|row| up.contains(&row.id)) {
        apply(tx, cx, before, ApplicationStep::Admit, ApplicationNews::MovedUp).await?;
    }
    Ok(())
}
