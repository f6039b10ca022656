//! Changing proposals: begin, keep, publish, edit, add, correct, withdraw, discard; answering and joining have their own files.
//!
//! Rule: each reads in one order: repeat? load and lock, policy (who), rule (whether), change, outbox, commit.

mod answer;
mod merge;
mod often;

use sea_orm::ActiveValue::Set;

use super::store::{self, row};
use super::{
    Origin, ProposalInput, ProposalState, ProposalStep, VersionKind, Wording, is_freely_editable, read_complete,
    read_draft, read_lang, read_public,
};
use crate::Cx;
use crate::audit;
use crate::consultation::{self, DistrictKind, Doing};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::{ConsultationId, MemberId, ProposalId, ThemeId};
use crate::limits::{EXCERPT_CHARS, PROPOSAL_BODY_MAX_CHARS};
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::repeat;
use crate::text::{Markdown, read_reason};

pub use answer::answer;
pub use merge::merge;
use often::{check_moves, check_often, check_room};

/// Begins a draft, kept by the server as it is being written; gives its id.
///
/// # Errors
/// `Invalid` for texts over their limits or themes and places of another consultation, `Conflict(TooManyDrafts)`,
/// `TooMany` for too many in an hour.
pub async fn begin(cx: &Cx, consultation: ConsultationId, input: ProposalInput) -> Result<ProposalId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    cx.check(Act::WriteProposal, On::Consultation(consultation))?;
    let author = cx.actor.member().ok_or(Error::Unauthenticated)?;
    consultation::read::rules(cx, consultation).await?;
    check_room(cx, &tx, author, consultation).await?;
    let mut row = blank(cx, consultation, author);
    let wording = read_draft(
        input.title.as_deref().unwrap_or(""),
        input.body.as_deref().unwrap_or(""),
    )?;
    word(&mut row, &wording);
    row.lang = Set(read_lang(input.lang.as_deref(), &wording.body)?.code().to_owned());
    place(cx, consultation, &mut row, &input).await?;
    let id = *row.id.as_ref();
    store::insert(&tx, row).await?;
    cx.commit(tx, id).await
}

fn blank(cx: &Cx, consultation: ConsultationId, author: MemberId) -> row::ActiveModel {
    row::ActiveModel {
        id: Set(cx.id()),
        consultation_id: Set(consultation),
        author_id: Set(Some(author)),
        origin: Set(Origin::Online.as_str().to_owned()),
        state: Set(ProposalState::Draft.as_str().to_owned()),
        version: Set(1),
        shuffle: Set(store::shuffle(&cx.city)),
        created_at: Set(cx.now),
        ..Default::default()
    }
}

fn word(row: &mut row::ActiveModel, wording: &Wording) {
    let excerpt = Markdown::from_stored(wording.body.clone()).excerpt(EXCERPT_CHARS);
    row.title = Set(wording.title.clone());
    row.body = Set(wording.body.clone());
    row.excerpt = Set(excerpt);
}

/// Sets theme, place and origin as far as the input names them.
async fn place(cx: &Cx, consultation: ConsultationId, row: &mut row::ActiveModel, input: &ProposalInput) -> Result<()> {
    if let Some(theme) = input.theme {
        if let Some(theme) = theme {
            consultation::read::check_theme(cx, consultation, theme).await?;
        }
        row.theme_id = Set(theme);
    }
    for (named, kind, field) in [
        (input.district, DistrictKind::District, &mut row.district_id),
        (input.quarter, DistrictKind::Quarter, &mut row.quarter_id),
    ] {
        if let Some(district) = named {
            if let Some(district) = district {
                consultation::read::check_district(cx, consultation, kind, district).await?;
            }
            *field = Set(district);
        }
    }
    if let Some(point) = input.point {
        if let Some(point) = point {
            consultation::read::check_point(cx, consultation, point).await?;
        }
        row.latitude_e6 = Set(point.map(|point| point.latitude_e6));
        row.longitude_e6 = Set(point.map(|point| point.longitude_e6));
    }
    if let Some(origin) = input.origin {
        if origin != Origin::Online {
            cx.check(Act::SayOrigin, On::Consultation(consultation))?;
        }
        row.origin = Set(origin.as_str().to_owned());
    }
    Ok(())
}

/// Changes a draft, or the text of a published proposal while that is free; gives the new version's number.
///
/// # Errors
/// `Conflict(OutOfDate)` when `expected` is not the present version, `Conflict(EditingClosed)` when the text has
/// supporters, `Conflict(TooManyChanges)` for too many in a day, `Invalid` as in `begin`.
pub async fn edit(cx: &Cx, id: ProposalId, expected: Option<i64>, input: ProposalInput) -> Result<i64> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    let facts = before.facts()?;
    cx.check(Act::EditProposal, On::Proposal(&facts))?;
    check_version(&before, expected)?;
    let title = input.title.as_deref().unwrap_or(&before.title);
    let body = input.body.as_deref().unwrap_or(&before.body);
    let wording = if facts.is_draft() {
        read_draft(title, body)?
    } else {
        read_public(title, body)?
    };
    let reworded = wording.title != before.title || wording.body != before.body;
    if !facts.is_draft() {
        check_editable(cx, &before)?;
        check_themed(cx, before.consultation_id, input.theme.unwrap_or(before.theme_id)).await?;
    }
    let mut after = row::ActiveModel::default();
    place(cx, before.consultation_id, &mut after, &input).await?;
    if reworded {
        word(&mut after, &wording);
    }
    // A language that was chosen against the guess stays when a draft is reworded.
    let guessed = || read_lang(None, &before.body).is_ok_and(|lang| lang.code() == before.lang);
    if input.lang.is_some() || (reworded && facts.is_draft() && guessed()) {
        after.lang = Set(read_lang(input.lang.as_deref(), &wording.body)?.code().to_owned());
    }
    if !reworded && !moves(&before, &after) {
        return cx.commit(tx, before.version).await;
    }
    if !facts.is_draft() {
        after.edited_at = Set(Some(cx.now));
        if reworded {
            after.text_version = Set(before.text_version + 1);
            check_often(&tx, cx, id, VersionKind::Edit).await?;
            let version = (before.text_version + 1, VersionKind::Edit);
            store::insert_version(&tx, cx, id, version, &wording, "").await?;
        } else {
            // No version has it, so the trail does.
            check_moves(&tx, cx, id).await?;
            audit::note(&tx, cx, "proposal_place", &id, "").await?;
        }
        tell(&tx, cx, &before, reworded).await?;
    }
    let raised = reworded || !facts.is_draft();
    // The steps of a draft are gone through back and forth: a theme chosen in one must not make the others out of date.
    let version = before.version + i64::from(raised);
    after.version = Set(version);
    store::change(&tx, &before, after).await?;
    cx.commit(tx, version).await
}

/// What is public has a theme, where its consultation has any.
async fn check_themed(cx: &Cx, consultation: ConsultationId, theme: Option<ThemeId>) -> Result<()> {
    if theme.is_none() && consultation::read::has_themes(cx, consultation).await? {
        return Err(Error::field("theme", Code::Empty));
    }
    Ok(())
}

/// Whether anything but the words would be another: saving without a change leaves no trace.
fn moves(before: &row::Model, after: &row::ActiveModel) -> bool {
    fn differs<T: PartialEq + Into<sea_orm::Value>>(after: &sea_orm::ActiveValue<T>, before: &T) -> bool {
        matches!(after, Set(value) if value != before)
    }
    differs(&after.theme_id, &before.theme_id)
        || differs(&after.district_id, &before.district_id)
        || differs(&after.quarter_id, &before.quarter_id)
        || differs(&after.latitude_e6, &before.latitude_e6)
        || differs(&after.longitude_e6, &before.longitude_e6)
        || differs(&after.origin, &before.origin)
        || differs(&after.lang, &before.lang)
}

fn check_version(before: &row::Model, expected: Option<i64>) -> Result<()> {
    if expected.is_none_or(|version| version == before.version) {
        Ok(())
    } else {
        Err(Error::Conflict(Code::OutOfDate))
    }
}

pub(crate) fn check_editable(cx: &Cx, before: &row::Model) -> Result<()> {
    if before.hidden_by.is_some() {
        return Err(Error::Conflict(Code::Hidden));
    }
    if before.state()? != ProposalState::Published {
        return Err(Error::Conflict(Code::WrongState));
    }
    if is_freely_editable(before.own_supports(), before.published_at, cx.now) {
        Ok(())
    } else {
        Err(Error::Conflict(Code::EditingClosed))
    }
}

/// The index follows every change; supporters are told when words that they supported are others now.
async fn tell(tx: &Tx, cx: &Cx, before: &row::Model, reworded: bool) -> Result<()> {
    outbox::put(tx, cx, &Event::ProposalChanged { proposal: before.id }).await?;
    if reworded && before.own_supports() > 0 {
        outbox::put(
            tx,
            cx,
            &Event::ProposalCorrected {
                proposal: before.id,
                version: before.text_version + 1,
            },
        )
        .await?;
    }
    Ok(())
}

/// Makes a draft public.
///
/// # Errors
/// `Invalid` when title or text are missing, `Conflict(WrongPhase)` when the consultation takes no proposals now.
pub async fn publish(cx: &Cx, id: ProposalId) -> Result<ProposalId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    let facts = before.facts()?;
    cx.check(Act::EditProposal, On::Proposal(&facts))?;
    let state = facts.state.after(ProposalStep::Publish)?;
    consultation::read::rules(cx, before.consultation_id)
        .await?
        .allows(Doing::Propose, cx.now)?;
    let theme_missing = before.theme_id.is_none() && consultation::read::has_themes(cx, before.consultation_id).await?;
    let wording = read_complete(&before.title, &before.body, theme_missing)?;
    // What was kept while drafting is nobody's business: the first public text is number one.
    let mut after = row::ActiveModel {
        state: Set(state.as_str().to_owned()),
        text_version: Set(1),
        published_at: Set(Some(cx.now)),
        ..Default::default()
    };
    word(&mut after, &wording);
    store::change(&tx, &before, after).await?;
    store::insert_version(&tx, cx, id, (1, VersionKind::Original), &wording, "").await?;
    outbox::put(&tx, cx, &Event::ProposalChanged { proposal: id }).await?;
    audit::note(&tx, cx, "proposal_publish", &id, "").await?;
    cx.commit(tx, id).await
}

/// Adds a note below a text that has supporters, who are told; gives the new version's number.
///
/// # Errors
/// `Invalid` for an empty or long note, `Conflict(WrongState)` when the proposal is not open or has no supporters, so that
/// its text itself can change, `Conflict(TooManyChanges)` for too many notes.
pub async fn add(cx: &Cx, id: ProposalId, note: &str) -> Result<i64> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    let facts = before.facts()?;
    cx.check(Act::EditProposal, On::Proposal(&facts))?;
    check_open(&before)?;
    if before.own_supports() == 0 {
        return Err(Error::Conflict(Code::WrongState));
    }
    let body = Markdown::parse(note, PROPOSAL_BODY_MAX_CHARS)
        .map_err(|problem| Error::Invalid(vec![problem.fault("body")]))?
        .into_string();
    let wording = Wording {
        title: before.title.clone(),
        body,
    };
    let number = before.text_version + 1;
    check_often(&tx, cx, id, VersionKind::Addendum).await?;
    store::insert_version(&tx, cx, id, (number, VersionKind::Addendum), &wording, "").await?;
    let after = row::ActiveModel {
        text_version: Set(number),
        edited_at: Set(Some(cx.now)),
        ..Default::default()
    };
    store::change(&tx, &before, after).await?;
    tell(&tx, cx, &before, true).await?;
    cx.commit(tx, before.version + 1).await
}

fn check_open(before: &row::Model) -> Result<()> {
    match (before.hidden_by, before.state()?) {
        (Some(_), _) => Err(Error::Conflict(Code::Hidden)),
        (None, ProposalState::Published) => Ok(()),
        (None, _) => Err(Error::Conflict(Code::WrongState)),
    }
}

/// Corrects a public text as an editor, marked as such and with a reason; gives the new version's number.
///
/// # Errors
/// `Invalid` without a reason or with texts over their limits, `Conflict(OutOfDate)` when it changed meanwhile,
/// `Conflict(TooManyChanges)` for too many in a day.
pub async fn correct(
    cx: &Cx,
    id: ProposalId,
    expected: Option<i64>,
    input: ProposalInput,
    reason: &str,
) -> Result<i64> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::CorrectProposal, On::Proposal(&before.facts()?))?;
    check_version(&before, expected)?;
    check_open(&before)?;
    let reason = read_reason(reason)?;
    let wording = read_public(
        input.title.as_deref().unwrap_or(&before.title),
        input.body.as_deref().unwrap_or(&before.body),
    )?;
    if input.theme == Some(None) {
        check_themed(cx, before.consultation_id, None).await?;
    }
    let number = before.text_version + 1;
    let mut after = row::ActiveModel {
        text_version: Set(number),
        edited_at: Set(Some(cx.now)),
        ..Default::default()
    };
    place(cx, before.consultation_id, &mut after, &input).await?;
    if wording.title == before.title && wording.body == before.body && !moves(&before, &after) {
        return cx.commit(tx, before.version).await;
    }
    word(&mut after, &wording);
    check_often(&tx, cx, id, VersionKind::Correction).await?;
    store::insert_version(&tx, cx, id, (number, VersionKind::Correction), &wording, &reason).await?;
    store::change(&tx, &before, after).await?;
    tell(&tx, cx, &before, true).await?;
    audit::note(&tx, cx, "proposal_correct", &id, "").await?;
    cx.commit(tx, before.version + 1).await
}

/// Takes a published proposal back; its text stays readable, with the reason.
///
/// # Errors
/// `Invalid` without a reason, `Conflict(WrongState)` when the city has taken it up or it is not public.
pub async fn withdraw(cx: &Cx, id: ProposalId, reason: &str) -> Result<ProposalId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    let facts = before.facts()?;
    cx.check(Act::WithdrawProposal, On::Proposal(&facts))?;
    check_open(&before)?;
    let state = facts.state.after(ProposalStep::Withdraw)?;
    let after = row::ActiveModel {
        state: Set(state.as_str().to_owned()),
        withdrawn_at: Set(Some(cx.now)),
        withdraw_reason: Set(Some(read_reason(reason)?)),
        ..Default::default()
    };
    store::change(&tx, &before, after).await?;
    outbox::put(&tx, cx, &Event::ProposalChanged { proposal: id }).await?;
    audit::note(&tx, cx, "proposal_withdraw", &id, "").await?;
    cx.commit(tx, id).await
}

/// Throws a draft away.
///
/// # Errors
/// `Conflict(WrongState)` when it is public already: then it can only be withdrawn.
pub async fn discard(cx: &Cx, id: ProposalId) -> Result<()> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    let facts = before.facts()?;
    cx.check(Act::EditProposal, On::Proposal(&facts))?;
    if !facts.is_draft() {
        return Err(Error::Conflict(Code::WrongState));
    }
    crate::attachment::write::drop_all(&tx, cx, id).await?;
    store::delete_draft(&tx, id).await?;
    cx.commit(tx, ()).await
}
