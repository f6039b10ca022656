//! Changing calls: open a draft, keep it, publish it, extend its window, close it. The list is published with the applications' use cases.
//!
//! Rule: publishing freezes the terms and fills the pot, in one transaction.

use sea_orm::ActiveValue::Set;

use super::store::{self, one_changed, row, to_json};
use super::{CallState, CallStep, Extension, NewCall, PublishedTerms, pot_total, read_rounds, rule};
use crate::application;
use crate::audit;
use crate::consultation;
use crate::db::{Tx, duplicate_as};
use crate::error::{Code, Error, Faults, Result};
use crate::id::{CallId, DistrictId, PotId};
use crate::language::Localised;
use crate::ledger::{self, Account, Kind, NewTxn, PotAccount};
use crate::limits::{EXTENSIONS_PER_CALL, REASON_MAX_CHARS};
use crate::money::Money;
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::repeat;
use crate::text::Markdown;
use crate::time::{MINUTE_MS, Timestamp};
use crate::{Cx, error::Fault};

/// Opens a draft of a call; gives its id.
///
/// # Errors
/// `Invalid` with every fault of the terms, `Conflict(NameTaken)` when the part of the address is used.
pub async fn open(cx: &Cx, new: NewCall) -> Result<CallId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    cx.check(Act::KeepCall, On::City)?;
    let new = read(cx, new).await?;
    let id: CallId = cx.id();
    let mut row = terms(&new)?;
    row.id = Set(id);
    row.state = Set(CallState::Draft.as_str().to_owned());
    row.pot_id = Set(cx.id::<PotId>());
    row.extensions = Set("[]".to_owned());
    row.version = Set(1);
    row.created_at = Set(cx.now);
    store::insert(&tx, row)
        .await
        .map_err(|error| duplicate_as(error, Code::NameTaken))?;
    store::set_places(&tx, id, &new.places_in, &new.places_out).await?;
    audit::note(&tx, cx, "call_open", &id, "").await?;
    cx.commit(tx, id).await
}

/// Reads the terms, and that places are of the consultation named.
async fn read(cx: &Cx, new: NewCall) -> Result<NewCall> {
    let new = PublishedTerms::read(new, &cx.city.settings.zone)?.into_call();
    let Some(consultation) = new.consultation else {
        return Ok(new);
    };
    if consultation::read::rules(cx, consultation).await.is_err() {
        return Err(Error::field("consultation", Code::UnknownValue));
    }
    let known = consultation::read::districts(cx, consultation).await?;
    let is_known = |place: &DistrictId| known.iter().any(|district| district.id == *place);
    for (field, places) in [("places_in", &new.places_in), ("places_out", &new.places_out)] {
        if !places.iter().all(is_known) {
            return Err(Error::Invalid(vec![Fault::new(field, Code::DistrictUnknown)]));
        }
    }
    Ok(new)
}

/// The columns of the terms.
fn terms(new: &NewCall) -> Result<row::ActiveModel> {
    let text = rule::canonical(&new.rule)?;
    let pot = pot_total(&new.contributors).map_err(|error| Error::Bug(error.to_string()))?;
    Ok(row::ActiveModel {
        slug: Set(new.slug.clone()),
        title: Set(new.title.to_stored()),
        summary: Set(new.summary.to_stored()),
        description: Set(new.description.to_stored()),
        consultation_id: Set(new.consultation),
        opens_at: Set(new.opens_at),
        closes_at: Set(new.closes_at),
        legal_forms: Set(to_json(&new.legal_forms)?),
        cost_min_minor: Set(new.cost_min.minor()),
        cost_max_minor: Set(new.cost_max.minor()),
        criteria: Set(to_json(&new.criteria)?),
        min_score: Set(new.min_score),
        admitted_most: Set(new.admitted_most.map(i64::from)),
        reserve_most: Set(new.reserve_most.map(i64::from)),
        rounds: Set(to_json(&new.rounds)?),
        pot_minor: Set(pot.minor()),
        contributors: Set(to_json(&new.contributors)?),
        tranches: Set(to_json(&new.tranches)?),
        hold_back_ppm: Set(i64::from(new.hold_back_ppm)),
        grace_days: Set(i64::from(new.grace_days)),
        rule_hash: Set(rule::hash(&text)),
        rule: Set(text),
        ..Default::default()
    })
}

/// Replaces the terms of a draft; gives the new version's number.
///
/// # Errors
/// `Conflict(OutOfDate)` when `expected` is not the present version, `Conflict(CallFrozen)` when it is public, else those
/// of `open`.
pub async fn edit(cx: &Cx, id: CallId, expected: Option<i64>, new: NewCall) -> Result<i64> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::KeepCall, On::Call(&before.facts()?))?;
    if before.state()? != CallState::Draft {
        return Err(Error::Conflict(Code::CallFrozen));
    }
    if expected.is_some_and(|version| version != before.version) {
        return Err(Error::Conflict(Code::OutOfDate));
    }
    let new = read(cx, new).await?;
    let version = before.version + 1;
    let mut after = terms(&new)?;
    after.version = Set(version);
    let changed = store::change(&tx, &before, after).await;
    one_changed(changed.map_err(|error| duplicate_as(error, Code::NameTaken))?)?;
    store::set_places(&tx, id, &new.places_in, &new.places_out).await?;
    audit::note(&tx, cx, "call_edit", &id, "").await?;
    cx.commit(tx, version).await
}

/// Makes a draft public: its terms are frozen, and its contributors' money is in its pot.
///
/// # Errors
/// `Conflict(WrongState)` when it is public already, `Invalid` in `closes_at` when nobody could apply any more.
pub async fn publish(cx: &Cx, id: CallId) -> Result<CallId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::KeepCall, On::Call(&before.facts()?))?;
    let mut after = moved(&before, CallStep::Publish)?;
    if before.closes_at <= cx.now {
        return Err(Error::field("closes_at", Code::TooLate));
    }
    after.published_at = Set(Some(cx.now));
    one_changed(store::change(&tx, &before, after).await?)?;
    fill(&tx, cx, &before).await?;
    outbox::put(&tx, cx, &Event::CallChanged { call: id }).await?;
    audit::note(&tx, cx, "call_publish", &id, &before.rule_hash).await?;
    cx.commit(tx, id).await
}

/// Opens the pot and puts in what the contributors promised.
async fn fill(tx: &Tx, cx: &Cx, call: &row::Model) -> Result<()> {
    ledger::open_pot(tx, call.pot_id).await?;
    let of = |account| Account::Pot(call.pot_id, account);
    let funded = NewTxn::new(Kind::PotFunded, call.id, cx.now).entry(
        of(PotAccount::Total),
        of(PotAccount::Available),
        Money::eur(call.pot_minor),
    );
    ledger::post(tx, cx, &funded).await.map(|_| ())
}

/// The change that a step makes.
pub(crate) fn moved(before: &row::Model, step: CallStep) -> Result<row::ActiveModel> {
    Ok(row::ActiveModel {
        state: Set(before.state()?.after(step)?.as_str().to_owned()),
        version: Set(before.version + 1),
        ..Default::default()
    })
}

/// Extends the window for applications, for a reason that everybody reads; as long as it is open or has not opened yet.
///
/// # Errors
/// `Invalid` without a reason, or in `closes_at` for what is no later minute or after the first round begins;
/// `Conflict(TooLate)` when the window is over, `Conflict(TooManyChanges)` when it was extended often, `Conflict(WrongState)`
/// for a draft, whose form says it.
pub async fn extend(cx: &Cx, id: CallId, closes_at: Timestamp, reason: Localised) -> Result<CallId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::KeepCall, On::Call(&before.facts()?))?;
    if before.state()? != CallState::Published {
        return Err(Error::Conflict(Code::WrongState));
    }
    if cx.now >= before.closes_at {
        return Err(Error::Conflict(Code::TooLate));
    }
    let mut extensions = before.extensions()?;
    if extensions.len() >= EXTENSIONS_PER_CALL {
        return Err(Error::Conflict(Code::TooManyChanges));
    }
    let extension = Extension {
        made_at: cx.now,
        was: before.closes_at,
        closes_at,
        reason: read_extension(cx, &before, closes_at, &reason)?,
    };
    extensions.push(extension);
    let after = row::ActiveModel {
        closes_at: Set(closes_at),
        extensions: Set(to_json(&extensions)?),
        version: Set(before.version + 1),
        ..Default::default()
    };
    one_changed(store::change(&tx, &before, after).await?)?;
    outbox::put(&tx, cx, &Event::CallChanged { call: id }).await?;
    audit::note(&tx, cx, "call_extend", &id, &closes_at.rfc3339()).await?;
    cx.commit(tx, id).await
}

/// The reason, and that the new end is a later minute, before the first round.
fn read_extension(cx: &Cx, before: &row::Model, closes_at: Timestamp, reason: &Localised) -> Result<Localised> {
    let mut faults = Faults::new();
    let rounds = before.terms(&[])?.rounds;
    if closes_at.ms().rem_euclid(MINUTE_MS) != 0 {
        faults.add(Fault::new("closes_at", Code::Malformed));
    } else if closes_at <= before.closes_at || read_rounds(&rounds, closes_at, &cx.city.settings.zone).is_err() {
        faults.add(Fault::new("closes_at", Code::OutOfRange));
    }
    let read = |raw: &str| Markdown::parse(raw, REASON_MAX_CHARS).map(Markdown::into_string);
    let reason = faults.take(reason.try_map(read).map_err(|problem| problem.fault("reason")));
    faults.check()?;
    reason.ok_or_else(|| Error::field("reason", Code::Empty))
}

/// Ends a call.
///
/// # Errors
/// `Conflict(WrongState)` when it is a draft or over, `Conflict(TooEarly)` while applications are taken,
/// `Conflict(RankingMissing)` while some were handed in and no list is public.
pub async fn close(cx: &Cx, id: CallId) -> Result<CallId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::KeepCall, On::Call(&before.facts()?))?;
    let mut after = moved(&before, CallStep::Close)?;
    if cx.now < before.closes_at {
        return Err(Error::Conflict(Code::TooEarly));
    }
    if before.state()? == CallState::Published && application::store::any_waits(&tx, id).await? {
        return Err(Error::Conflict(Code::RankingMissing));
    }
    after.closed_at = Set(Some(cx.now));
    one_changed(store::change(&tx, &before, after).await?)?;
    outbox::put(&tx, cx, &Event::CallChanged { call: id }).await?;
    audit::note(&tx, cx, "call_close", &id, "").await?;
    cx.commit(tx, id).await
}
