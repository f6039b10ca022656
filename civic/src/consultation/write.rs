//! Changing consultations: open one, change it, set its phases, put its quarters in.
//!
//! Rule: each change raises the version, and what proposals point to does not vanish.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};

use super::store::{self, district, phase, row, theme};
use super::wording::{read_change, read_districts, read_texts};
use super::{ConsultationChange, NewConsultation, NewDistrict, NewPhase, NewTheme, Outline, read_phases};
use crate::Cx;
use crate::audit;
use crate::db::{Tx, duplicate_as, referenced_as};
use crate::error::{Code, Error, Fault, Result};
use crate::id::{ConsultationId, DistrictId, ThemeId};
use crate::limits::{DISTRICTS_PER_CONSULTATION, POINTS_PER_OUTLINE};
use crate::policy::{Act, On};
use crate::repeat;

/// Opens a consultation with its phases, themes and districts; gives its id.
///
/// # Errors
/// `Conflict(NameTaken)` when the slug is used, `Conflict(PhasesOverlap)`, `Invalid` for too many of anything or a slug
/// that is none.
pub async fn open(cx: &Cx, new: NewConsultation) -> Result<ConsultationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    cx.check(Act::KeepConsultation, On::City)?;
    let new = read_texts(new)?;
    let id: ConsultationId = cx.id();
    let row = row::ActiveModel {
        id: Set(id),
        slug: Set(new.slug),
        title: Set(new.title.to_stored()),
        question: Set(new.question.to_stored()),
        description: Set(new.description.to_stored()),
        time_zone: Set(cx.city.settings.zone.name().to_owned()),
        created_at: Set(cx.now),
        version: Set(1),
        source: Set(new.source),
    };
    store::insert(&tx, row)
        .await
        .map_err(|error| duplicate_as(error, Code::NameTaken))?;
    add_phases(cx, &tx, id, &new.phases).await?;
    add_themes(cx, &tx, id, new.themes).await?;
    add_districts(cx, &tx, id, new.districts, 0).await?;
    audit::note(&tx, cx, "consultation_open", &id, "").await?;
    cx.commit(tx, id).await
}

fn check_number(field: &'static str, number: usize, limit: usize) -> Result<()> {
    if number <= limit {
        Ok(())
    } else {
        Err(Error::Invalid(vec![Fault::over(field, Code::TooMany, limit as u64)]))
    }
}

async fn add_phases(cx: &Cx, tx: &Tx, id: ConsultationId, phases: &[NewPhase]) -> Result<()> {
    let rows = read_phases(phases)?
        .into_iter()
        .map(|(kind, window)| phase::ActiveModel {
            id: Set(cx.id()),
            consultation_id: Set(id),
            kind: Set(kind.as_str().to_owned()),
            starts_at: Set(window.start),
            ends_at: Set(window.end),
        })
        .collect();
    store::insert_phases(tx, rows).await
}

async fn add_themes(cx: &Cx, tx: &Tx, id: ConsultationId, themes: Vec<NewTheme>) -> Result<()> {
    store::insert_themes(tx, place_themes(cx, id, &[], themes)?).await
}

/// The rows of themes in this order, with the ids of those that are there. A theme above comes before those below it, so
/// that one pass finds every parent.
fn place_themes(
    cx: &Cx,
    id: ConsultationId,
    known: &[theme::Model],
    themes: Vec<NewTheme>,
) -> Result<Vec<theme::Model>> {
    let mut placed: Vec<theme::Model> = Vec::with_capacity(themes.len());
    for (position, new) in (0_i64..).zip(themes) {
        let parent_id = match &new.parent {
            None => None,
            Some(slug) => {
                let above = placed.iter().find(|above| above.slug == *slug);
                Some(above.ok_or_else(|| Error::field("themes", Code::UnknownValue))?.id)
            }
        };
        let here = known.iter().find(|row| row.slug == new.slug);
        placed.push(theme::Model {
            id: here.map_or_else(|| cx.id(), |row| row.id),
            consultation_id: id,
            parent_id,
            slug: new.slug,
            name: new.name.to_stored(),
            position,
        });
    }
    Ok(placed)
}

async fn add_districts(cx: &Cx, tx: &Tx, id: ConsultationId, districts: Vec<NewDistrict>, from: i64) -> Result<()> {
    let mut rows = Vec::with_capacity(districts.len());
    for (position, new) in (from..).zip(districts) {
        let district: DistrictId = cx.id();
        rows.push(district::ActiveModel {
            id: Set(district),
            consultation_id: Set(id),
            kind: Set(new.kind.as_str().to_owned()),
            code: Set(new.code),
            name: Set(new.name.to_stored()),
            polygon: Set(stored_outline(new.outline.as_ref())?),
            position: Set(position),
        });
    }
    store::insert_districts(tx, rows).await
}

/// The next version of a consultation.
fn raised(before: &row::Model) -> row::ActiveModel {
    row::ActiveModel {
        version: Set(before.version + 1),
        ..Default::default()
    }
}

/// Changes texts, phases, themes and districts of a consultation.
///
/// # Errors
/// `Conflict(OutOfDate)` when `expected` is not the present version, `Conflict(ThemeInUse)` and `Conflict(DistrictInUse)`
/// when proposals have what is left out, `Conflict(PhasesOverlap)`, `Invalid` as in `open`.
pub async fn change(
    cx: &Cx,
    id: ConsultationId,
    expected: Option<i64>,
    change: ConsultationChange,
) -> Result<ConsultationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::KeepConsultation, On::Consultation(id))?;
    if expected.is_some_and(|version| version != before.version) {
        return Err(Error::Conflict(Code::OutOfDate));
    }
    let change = read_change(change)?;
    let mut after = raised(&before);
    for (text, column) in [
        (change.title, &mut after.title),
        (change.question, &mut after.question),
        (change.description, &mut after.description),
    ] {
        if let Some(text) = text {
            *column = Set(text.to_stored());
        }
    }
    if let Some(phases) = &change.phases {
        replace_phases(cx, &tx, id, phases).await?;
    }
    if let Some(themes) = change.themes {
        replace_themes(cx, &tx, id, themes).await?;
    }
    if let Some(districts) = change.districts {
        replace_districts(cx, &tx, id, districts).await?;
    }
    store::update(&tx, id, after).await?;
    audit::note(&tx, cx, "consultation_change", &id, "").await?;
    cx.commit(tx, id).await
}

/// Phases that are the same keep their ids.
async fn replace_phases(cx: &Cx, tx: &Tx, id: ConsultationId, phases: &[NewPhase]) -> Result<()> {
    let known = store::phases(&**tx, &[id]).await?;
    let known = known.iter().map(|row| (row.kind.as_str(), row.starts_at, row.ends_at));
    let wanted = read_phases(phases)?;
    let wanted = wanted
        .iter()
        .map(|(kind, window)| (kind.as_str(), window.start, window.end));
    if known.eq(wanted) {
        return Ok(());
    }
    store::delete_phases(tx, id).await?;
    add_phases(cx, tx, id, phases).await
}

/// Themes are known by their slugs: those that are there are renamed and moved, new ones added, the others go.
async fn replace_themes(cx: &Cx, tx: &Tx, id: ConsultationId, themes: Vec<NewTheme>) -> Result<()> {
    let known = store::themes(&**tx, &[id]).await?;
    let gone: Vec<ThemeId> = known
        .iter()
        .filter(|row| themes.iter().all(|theme| theme.slug != row.slug))
        .map(|row| row.id)
        .collect();
    let placed = place_themes(cx, id, &known, themes)?;
    let is_here = |row: &theme::Model| known.iter().any(|old| old.id == row.id);
    let (here, fresh): (Vec<_>, Vec<_>) = placed.into_iter().partition(is_here);
    store::insert_themes(tx, fresh).await?;
    for row in here.into_iter().filter(|row| !known.contains(row)) {
        let moved = theme::ActiveModel {
            parent_id: Set(row.parent_id),
            name: Set(row.name),
            position: Set(row.position),
            ..Default::default()
        };
        store::update_theme(tx, row.id, moved).await?;
    }
    store::delete_themes(tx, &gone)
        .await
        .map_err(|error| referenced_as(error, Code::ThemeInUse))
}

/// Districts and quarters are known by kind and code; outlines stay.
async fn replace_districts(cx: &Cx, tx: &Tx, id: ConsultationId, districts: Vec<NewDistrict>) -> Result<()> {
    let mut left = store::districts(&**tx, &[id]).await?;
    let mut fresh = Vec::new();
    for (position, new) in (0_i64..).zip(districts) {
        let here = left
            .iter()
            .position(|row| row.kind == new.kind.as_str() && row.code == new.code);
        let Some(here) = here else {
            fresh.push((position, new));
            continue;
        };
        let (row, name) = (left.swap_remove(here), new.name.to_stored());
        if row.name != name || row.position != position {
            let renamed = district::ActiveModel {
                name: Set(name),
                position: Set(position),
                ..Default::default()
            };
            store::update_district(tx, row.id, renamed).await?;
        }
    }
    for (position, new) in fresh {
        add_districts(cx, tx, id, vec![new], position).await?;
    }
    let gone: Vec<DistrictId> = left.iter().map(|row| row.id).collect();
    store::delete_districts(tx, &gone)
        .await
        .map_err(|error| referenced_as(error, Code::DistrictInUse))
}

/// Replaces the phases of a consultation.
///
/// # Errors
/// `Conflict(PhasesOverlap)`, `Invalid` for an empty phase or too many.
pub async fn set_phases(cx: &Cx, id: ConsultationId, phases: &[NewPhase]) -> Result<ConsultationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::KeepConsultation, On::Consultation(id))?;
    replace_phases(cx, &tx, id, phases).await?;
    store::update(&tx, id, raised(&before)).await?;
    audit::note(&tx, cx, "consultation_set_phases", &id, "").await?;
    cx.commit(tx, id).await
}

/// What became of districts that were put into a consultation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutDistricts {
    /// So many were new.
    pub new: u64,
    /// So many had another outline, or none, and have this one now.
    pub changed: u64,
    /// So many were there as they are.
    pub same: u64,
}

/// Adds those of `districts` whose code is new in this consultation, and gives the others their new outline; names that
/// are there stay.
///
/// # Errors
/// `Invalid` in `districts` when there would be too many, or an outline has too many points, or a code or name is none or
/// too long.
pub async fn put_districts(cx: &Cx, id: ConsultationId, districts: Vec<NewDistrict>) -> Result<PutDistricts> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::KeepConsultation, On::Consultation(id))?;
    let known = store::districts(&*tx, &[id]).await?;
    let outlines: HashMap<DistrictId, Option<String>> = store::outlines(&*tx, id)
        .await?
        .into_iter()
        .map(|row| (row.id, row.polygon))
        .collect();
    let mut put = PutDistricts::default();
    let mut fresh: Vec<NewDistrict> = Vec::new();
    for new in read_districts(districts)? {
        let here = known
            .iter()
            .find(|row| row.kind == new.kind.as_str() && row.code == new.code);
        let outline = stored_outline(new.outline.as_ref())?;
        match here {
            None if fresh.iter().any(|one| one.kind == new.kind && one.code == new.code) => put.same += 1,
            None => fresh.push(new),
            Some(row) if outline.is_none() || outlines.get(&row.id) == Some(&outline) => put.same += 1,
            Some(row) => {
                store::set_outline(&tx, row.id, outline).await?;
                put.changed += 1;
            }
        }
    }
    check_number("districts", known.len() + fresh.len(), DISTRICTS_PER_CONSULTATION)?;
    put.new = fresh.len() as u64;
    add_districts(cx, &tx, id, fresh, i64::try_from(known.len()).unwrap_or(0)).await?;
    if put.new + put.changed > 0 {
        store::update(&tx, id, raised(&before)).await?;
    }
    let said = format!("{} new, {} changed", put.new, put.changed);
    audit::note(&tx, cx, "consultation_put_districts", &id, &said).await?;
    cx.commit(tx, put).await
}

fn stored_outline(outline: Option<&Outline>) -> Result<Option<String>> {
    let Some(outline) = outline else { return Ok(None) };
    check_number("districts", outline.0.iter().map(Vec::len).sum(), POINTS_PER_OUTLINE)?;
    let stored = serde_json::to_string(outline).map_err(|error| Error::Bug(error.to_string()))?;
    Ok(Some(stored))
}
