//! Looking at consultations: the list, one with all that its page shows, and what other nouns ask of it.

use std::collections::HashMap;

use super::{District, DistrictKind, Outline, Phase, PhaseKind, Rules, Standing, Theme, phase_at, standing, store};
use crate::Cx;
use crate::error::{Code, Error, Result};
use crate::id::{ConsultationId, DistrictId, ThemeId, TypedId};
use crate::language::{Language, Localised};
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::proposal::{Point, store as proposal};
use crate::text::Markdown;
use crate::time::{Timestamp, Window};

/// What a list shows of a consultation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsultationCard {
    /// Which one.
    pub id: ConsultationId,
    /// Its part of the address.
    pub slug: String,
    /// Its title, with the language it really is in.
    pub title: (Language, String),
    /// The question.
    pub question: (Language, String),
    /// Where it stands.
    pub standing: Standing,
    /// Its phases, first to last.
    pub phases: Vec<Phase>,
    /// The phase that holds now.
    pub phase: Option<Phase>,
    /// The phase that comes next.
    pub next_phase: Option<Phase>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Grows with each change.
    pub version: i64,
}

/// Everything that a consultation's page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsultationPage {
    /// What lists show too.
    pub card: ConsultationCard,
    /// The rest of its text.
    pub description: (Language, Markdown),
    /// Its themes in their order, those below after theirs.
    pub themes: Vec<Theme>,
    /// Its districts and quarters.
    pub districts: Vec<District>,
    /// How much was contributed.
    pub figures: Figures,
}

/// How much was contributed to a consultation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sea_orm::FromQueryResult)]
pub struct Figures {
    /// Public proposals.
    pub proposals: i64,
    /// Visible comments on them.
    pub comments: i64,
    /// Supports of them.
    pub supports: i64,
    /// Those that the city has answered.
    pub answered: i64,
}

fn phases(rows: Vec<store::phase::Model>) -> HashMap<ConsultationId, Vec<Phase>> {
    let mut by_consultation: HashMap<ConsultationId, Vec<Phase>> = HashMap::new();
    for row in rows {
        let (Some(kind), Some(window)) = (PhaseKind::parse(&row.kind), Window::new(row.starts_at, row.ends_at)) else {
            continue;
        };
        by_consultation.entry(row.consultation_id).or_default().push(Phase {
            id: row.id,
            kind,
            window,
        });
    }
    by_consultation
}

fn card(cx: &Cx, row: &store::row::Model, phases: Vec<Phase>) -> ConsultationCard {
    ConsultationCard {
        id: row.id,
        slug: row.slug.clone(),
        title: localised(cx, &row.title),
        question: localised(cx, &row.question),
        standing: standing(&phases, cx.now),
        phase: phase_at(&phases, cx.now).cloned(),
        next_phase: phases.iter().find(|phase| phase.window.start > cx.now).cloned(),
        phases,
        created_at: row.created_at,
        version: row.version,
    }
}

fn localised(cx: &Cx, stored: &str) -> (Language, String) {
    let text = Localised::from_stored(stored);
    let (language, text) = text.with_language(cx.language);
    (language, text.to_owned())
}

/// A page of consultations, last made first.
///
/// # Errors
/// Those of the database.
pub async fn list(cx: &Cx, paging: Paging) -> Result<Page<ConsultationCard>> {
    cx.check(Act::ReadPublic, On::City)?;
    let rows = store::list(cx.db(), paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.created_at.ms(),
        id: row.id.uuid(),
    });
    let ids: Vec<ConsultationId> = page.items.iter().map(|row| row.id).collect();
    let mut phases = phases(store::phases(cx.db(), &ids).await?);
    Ok(page.map(|row| card(cx, &row, phases.remove(&row.id).unwrap_or_default())))
}

/// The cards of `ids`, in that order.
///
/// # Errors
/// Those of the database.
pub async fn by_ids(cx: &Cx, ids: &[ConsultationId]) -> Result<Vec<ConsultationCard>> {
    let rows = store::find_many(cx.db(), ids).await?;
    let mut phases = phases(store::phases(cx.db(), ids).await?);
    let mut by_id: HashMap<ConsultationId, ConsultationCard> = rows
        .iter()
        .map(|row| (row.id, card(cx, row, phases.remove(&row.id).unwrap_or_default())))
        .collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// Everything that a consultation's page shows.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn page(cx: &Cx, id: ConsultationId) -> Result<ConsultationPage> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    whole(cx, row).await
}

/// The same, found by its part of the address.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn page_by_slug(cx: &Cx, slug: &str) -> Result<ConsultationPage> {
    let row = store::find_by_slug(cx.db(), slug).await?.ok_or(Error::NotFound)?;
    whole(cx, row).await
}

async fn whole(cx: &Cx, row: store::row::Model) -> Result<ConsultationPage> {
    cx.check(Act::ReadPublic, On::Consultation(row.id))?;
    let mut phases = phases(store::phases(cx.db(), &[row.id]).await?);
    let (language, description) = localised(cx, &row.description);
    Ok(ConsultationPage {
        card: card(cx, &row, phases.remove(&row.id).unwrap_or_default()),
        description: (language, Markdown::from_stored(description)),
        themes: themes(cx, row.id).await?,
        districts: districts(cx, row.id).await?,
        figures: proposal::figures(cx.db(), Some(row.id)).await?,
    })
}

/// How much was contributed to all consultations together.
///
/// # Errors
/// Those of the database.
pub async fn figures(cx: &Cx) -> Result<Figures> {
    cx.check(Act::ReadPublic, On::City)?;
    proposal::figures(cx.db(), None).await
}

/// The themes of a consultation in their order.
///
/// # Errors
/// Those of the database.
pub async fn themes(cx: &Cx, id: ConsultationId) -> Result<Vec<Theme>> {
    let rows = store::themes(cx.db(), id).await?;
    Ok(rows
        .into_iter()
        .map(|row| Theme {
            id: row.id,
            parent: row.parent_id,
            slug: row.slug,
            name: Localised::from_stored(&row.name),
        })
        .collect())
}

/// The districts and quarters of a consultation in their order.
///
/// # Errors
/// Those of the database.
pub async fn districts(cx: &Cx, id: ConsultationId) -> Result<Vec<District>> {
    let rows = store::districts(cx.db(), id).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let kind = DistrictKind::parse(&row.kind)?;
            Some(District {
                id: row.id,
                kind,
                code: row.code,
                name: Localised::from_stored(&row.name),
            })
        })
        .collect())
}

/// What other nouns need to know of a consultation.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn rules(cx: &Cx, id: ConsultationId) -> Result<Rules> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let phases = phases(store::phases(cx.db(), &[id]).await?)
        .remove(&id)
        .unwrap_or_default();
    Ok(Rules {
        id,
        slug: row.slug,
        title: Localised::from_stored(&row.title),
        phases,
    })
}

/// The names of a proposal's theme and places.
pub(crate) struct Places {
    pub theme: Option<String>,
    pub districts: HashMap<DistrictId, String>,
}

pub(crate) async fn places(cx: &Cx, theme: Option<ThemeId>, districts: &[Option<DistrictId>]) -> Result<Places> {
    let name = |stored: &str| Localised::from_stored(stored).get(cx.language).to_owned();
    let theme = match theme {
        None => None,
        Some(theme) => store::theme(cx.db(), theme).await?.map(|row| name(&row.name)),
    };
    let ids: Vec<DistrictId> = districts.iter().copied().flatten().collect();
    let rows = store::districts_of(cx.db(), &ids).await?;
    Ok(Places {
        theme,
        districts: rows.into_iter().map(|row| (row.id, name(&row.name))).collect(),
    })
}

/// Each theme with the one above it.
pub(crate) async fn theme_parents(cx: &Cx, id: ConsultationId) -> Result<HashMap<ThemeId, Option<ThemeId>>> {
    Ok(store::themes(cx.db(), id)
        .await?
        .into_iter()
        .map(|row| (row.id, row.parent_id))
        .collect())
}

pub(crate) async fn has_themes(cx: &Cx, id: ConsultationId) -> Result<bool> {
    Ok(!store::themes(cx.db(), id).await?.is_empty())
}

pub(crate) async fn check_theme(cx: &Cx, id: ConsultationId, theme: ThemeId) -> Result<()> {
    let found = store::theme(cx.db(), theme).await?;
    if found.is_some_and(|row| row.consultation_id == id) {
        Ok(())
    } else {
        Err(Error::field("theme", Code::ThemeUnknown))
    }
}

pub(crate) async fn check_district(cx: &Cx, id: ConsultationId, district: DistrictId) -> Result<()> {
    let found = store::districts_of(cx.db(), &[district]).await?;
    if found.iter().any(|row| row.consultation_id == id) {
        Ok(())
    } else {
        Err(Error::field("district", Code::DistrictUnknown))
    }
}

/// The latitude of the poles, in millionths of a degree.
const POLE_E6: i64 = 90_000_000;
/// The longitude of the date line, in millionths of a degree.
const DATE_LINE_E6: i64 = 180_000_000;

/// A point must lie in one of the consultation's outlines, where it has any, and on the globe in any case.
pub(crate) async fn check_point(cx: &Cx, id: ConsultationId, point: Point) -> Result<()> {
    let on_globe = point.latitude_e6.abs() <= POLE_E6 && point.longitude_e6.abs() <= DATE_LINE_E6;
    let outlines = store::outlines(cx.db(), id).await?;
    let inside = outlines.is_empty() || district_among(&outlines, point).is_some();
    if on_globe && inside {
        Ok(())
    } else {
        Err(Error::field("point", Code::PointOutside))
    }
}

fn district_among(rows: &[store::district::Model], point: Point) -> Option<&store::district::Model> {
    rows.iter().find(|row| {
        let outline: Option<Outline> = row
            .polygon
            .as_deref()
            .and_then(|stored| serde_json::from_str(stored).ok());
        outline.is_some_and(|outline| outline.holds(point.longitude_e6, point.latitude_e6))
    })
}

/// The districts and quarters of a consultation that hold a point.
///
/// # Errors
/// Those of the database.
pub async fn holding(cx: &Cx, id: ConsultationId, point: Point) -> Result<Vec<District>> {
    let all = outlines(cx, id).await?.into_iter();
    let holds = |outline: &Outline| outline.holds(point.longitude_e6, point.latitude_e6);
    Ok(all
        .filter(|(_, outline)| holds(outline))
        .map(|(district, _)| district)
        .collect())
}

/// The outlines of a consultation's quarters or districts, for drawing them.
///
/// # Errors
/// Those of the database.
pub async fn outlines(cx: &Cx, id: ConsultationId) -> Result<Vec<(District, Outline)>> {
    let rows = store::outlines(cx.db(), id).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let outline = serde_json::from_str(row.polygon.as_deref()?).ok()?;
            let kind = DistrictKind::parse(&row.kind)?;
            let name = Localised::from_stored(&row.name);
            Some((
                District {
                    id: row.id,
                    kind,
                    code: row.code,
                    name,
                },
                outline,
            ))
        })
        .collect())
}
