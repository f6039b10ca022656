//! Changing consultations: open one, set its phases, put its quarters in.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};

use super::store::{self, district, phase, row, theme};
use super::wording::read_texts;
use super::{NewConsultation, NewDistrict, NewPhase, NewTheme, Outline, read_phases};
use crate::Cx;
use crate::audit;
use crate::db::{Tx, duplicate_as};
use crate::error::{Code, Error, Fault, Result};
use crate::id::{ConsultationId, DistrictId, ThemeId};
use crate::limits::{DISTRICTS_PER_CONSULTATION, POINTS_PER_OUTLINE, THEMES_PER_CONSULTATION};
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
    if new.slug.is_empty() || crate::text::slug(&new.slug) != new.slug {
        return Err(Error::field("slug", Code::Malformed));
    }
    check_number("themes", new.themes.len(), THEMES_PER_CONSULTATION)?;
    check_number("districts", new.districts.len(), DISTRICTS_PER_CONSULTATION)?;
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

/// A theme above comes before those below it, so that one pass finds every parent.
async fn add_themes(cx: &Cx, tx: &Tx, id: ConsultationId, themes: Vec<NewTheme>) -> Result<()> {
    let mut known: Vec<(String, ThemeId)> = Vec::with_capacity(themes.len());
    let mut rows = Vec::with_capacity(themes.len());
    for (position, new) in (0_i64..).zip(themes) {
        let parent = match &new.parent {
            None => None,
            Some(slug) => {
                let above = known.iter().find(|(known, _)| known == slug);
                Some(above.ok_or_else(|| Error::field("themes", Code::UnknownValue))?.1)
            }
        };
        let theme: ThemeId = cx.id();
        known.push((new.slug.clone(), theme));
        rows.push(theme::ActiveModel {
            id: Set(theme),
            consultation_id: Set(id),
            parent_id: Set(parent),
            slug: Set(new.slug),
            name: Set(new.name.to_stored()),
            position: Set(position),
        });
    }
    store::insert_themes(tx, rows).await
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

/// Replaces the phases of a consultation.
///
/// # Errors
/// `Conflict(PhasesOverlap)`, `Invalid` for an empty phase or too many.
pub async fn set_phases(cx: &Cx, id: ConsultationId, phases: &[NewPhase]) -> Result<ConsultationId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    store::lock(&tx, id).await?;
    cx.check(Act::KeepConsultation, On::Consultation(id))?;
    store::delete_phases(&tx, id).await?;
    add_phases(cx, &tx, id, phases).await?;
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
/// `Invalid` in `districts` when there would be too many, or an outline has too many points.
pub async fn put_districts(cx: &Cx, id: ConsultationId, districts: Vec<NewDistrict>) -> Result<PutDistricts> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    store::lock(&tx, id).await?;
    cx.check(Act::KeepConsultation, On::Consultation(id))?;
    let known = store::districts(&*tx, id).await?;
    let outlines: HashMap<DistrictId, Option<String>> = store::outlines(&*tx, id)
        .await?
        .into_iter()
        .map(|row| (row.id, row.polygon))
        .collect();
    let mut put = PutDistricts::default();
    let mut fresh: Vec<NewDistrict> = Vec::new();
    for new in districts {
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
