//! Looking at consultations: the list, one with all that its page shows, and what other nouns ask of it.

mod desk;

use std::collections::HashMap;

use super::{
    District, DistrictKind, Doing, Outline, Phase, PhaseKind, Rules, Standing, Theme, phase_at, standing, store,
};
use crate::Cx;
use crate::error::{Code, Error, Result};
use crate::id::{ConsultationId, DistrictId, ThemeId, TypedId};
use crate::language::{Language, Localised};
use crate::limits::PAGE_MAX;
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::proposal::{Point, store as proposal};
use crate::text::Markdown;
use crate::time::{Timestamp, Window};

pub use desk::{DeskCard, EditableConsultation, desk, editable};

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
    /// Whether proposals can be published now.
    pub collects: bool,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
    let phase = phase_at(&phases, cx.now).cloned();
    ConsultationCard {
        id: row.id,
        slug: row.slug.clone(),
        title: localised(cx, &row.title),
        question: localised(cx, &row.question),
        standing: standing(&phases, cx.now),
        collects: phase.as_ref().is_some_and(|phase| phase.kind.allows(Doing::Propose)),
        phase,
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

/// The consultations that collect proposals now, those that close first in front; as many as one page holds.
///
/// # Errors
/// Those of the database.
pub async fn open_for_proposals(cx: &Cx) -> Result<Vec<ConsultationCard>> {
    cx.check(Act::ReadPublic, On::City)?;
    let kinds = PhaseKind::ALL.into_iter().filter(|kind| kind.allows(Doing::Propose));
    let ids = store::in_phase(cx.db(), kinds, cx.now, PAGE_MAX).await?;
    by_ids(cx, &ids).await
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
    pages(cx, &[id]).await?.pop().ok_or(Error::NotFound)
}

/// The same, found by its part of the address.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn page_by_slug(cx: &Cx, slug: &str) -> Result<ConsultationPage> {
    let row = store::find_by_slug(cx.db(), slug).await?.ok_or(Error::NotFound)?;
    whole(cx, vec![row]).await?.pop().ok_or(Error::NotFound)
}

/// The same of several, in that order; those that are not there are left out.
///
/// # Errors
/// Those of the database.
pub async fn pages(cx: &Cx, ids: &[ConsultationId]) -> Result<Vec<ConsultationPage>> {
    let rows = store::find_many(cx.db(), ids).await?;
    let pages = whole(cx, rows).await?;
    let mut by_id: HashMap<ConsultationId, ConsultationPage> =
        pages.into_iter().map(|page| (page.card.id, page)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

async fn whole(cx: &Cx, rows: Vec<store::row::Model>) -> Result<Vec<ConsultationPage>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    cx.check(Act::ReadPublic, On::City)?;
    let ids: Vec<ConsultationId> = rows.iter().map(|row| row.id).collect();
    let mut phases = phases(store::phases(cx.db(), &ids).await?);
    let mut themes: HashMap<ConsultationId, Vec<Theme>> = HashMap::new();
    for row in store::themes(cx.db(), &ids).await? {
        themes.entry(row.consultation_id).or_default().push(theme(row));
    }
    let mut districts: HashMap<ConsultationId, Vec<District>> = HashMap::new();
    for row in store::districts(cx.db(), &ids).await? {
        districts.entry(row.consultation_id).or_default().extend(district(row));
    }
    let mut figures = proposal::figures(cx.db(), Some(&ids)).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (language, description) = localised(cx, &row.description);
            ConsultationPage {
                card: card(cx, &row, phases.remove(&row.id).unwrap_or_default()),
                description: (language, Markdown::from_stored(description)),
                themes: themes.remove(&row.id).unwrap_or_default(),
                districts: districts.remove(&row.id).unwrap_or_default(),
                figures: figures.remove(&row.id).unwrap_or_default(),
            }
        })
        .collect())
}

fn theme(row: store::theme::Model) -> Theme {
    Theme {
        id: row.id,
        parent: row.parent_id,
        slug: row.slug,
        name: Localised::from_stored(&row.name),
    }
}

fn district(row: store::district::Model) -> Option<District> {
    Some(District {
        id: row.id,
        kind: DistrictKind::parse(&row.kind)?,
        code: row.code,
        name: Localised::from_stored(&row.name),
    })
}

/// How much was contributed to all consultations together.
///
/// # Errors
/// Those of the database.
pub async fn figures(cx: &Cx) -> Result<Figures> {
    cx.check(Act::ReadPublic, On::City)?;
    let each = proposal::figures(cx.db(), None).await?;
    Ok(each.into_values().fold(Figures::default(), |all, one| Figures {
        proposals: all.proposals + one.proposals,
        comments: all.comments + one.comments,
        supports: all.supports + one.supports,
        answered: all.answered + one.answered,
    }))
}

/// The themes of a consultation in their order.
///
/// # Errors
/// Those of the database.
pub async fn themes(cx: &Cx, id: ConsultationId) -> Result<Vec<Theme>> {
    let rows = store::themes(cx.db(), &[id]).await?;
    Ok(rows.into_iter().map(theme).collect())
}

/// The districts and quarters of a consultation in their order.
///
/// # Errors
/// Those of the database.
pub async fn districts(cx: &Cx, id: ConsultationId) -> Result<Vec<District>> {
    let rows = store::districts(cx.db(), &[id]).await?;
    Ok(rows.into_iter().filter_map(district).collect())
}

/// What other nouns need to know of a consultation.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn rules(cx: &Cx, id: ConsultationId) -> Result<Rules> {
    rules_of(cx, &[id]).await?.remove(&id).ok_or(Error::NotFound)
}

/// The same of several; those that are not there are left out.
pub(crate) async fn rules_of(cx: &Cx, ids: &[ConsultationId]) -> Result<HashMap<ConsultationId, Rules>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (rows, phased) = tokio::try_join!(store::find_many(cx.db(), ids), store::phases(cx.db(), ids))?;
    let mut phases = phases(phased);
    Ok(rows
        .into_iter()
        .map(|row| {
            let rules = Rules {
                id: row.id,
                slug: row.slug,
                title: Localised::from_stored(&row.title),
                phases: phases.remove(&row.id).unwrap_or_default(),
            };
            (row.id, rules)
        })
        .collect())
}

/// The names of districts and quarters.
pub(crate) async fn district_names(cx: &Cx, ids: &[DistrictId]) -> Result<HashMap<DistrictId, String>> {
    let name = |stored: &str| Localised::from_stored(stored).get(cx.language).to_owned();
    let districts = store::districts_of(cx.db(), ids).await?;
    Ok(districts.into_iter().map(|row| (row.id, name(&row.name))).collect())
}

/// Each theme with the one above it.
pub(crate) async fn theme_parents(cx: &Cx, id: ConsultationId) -> Result<HashMap<ThemeId, Option<ThemeId>>> {
    Ok(store::themes(cx.db(), &[id])
        .await?
        .into_iter()
        .map(|row| (row.id, row.parent_id))
        .collect())
}

pub(crate) async fn has_themes(cx: &Cx, id: ConsultationId) -> Result<bool> {
    Ok(!store::themes(cx.db(), &[id]).await?.is_empty())
}

pub(crate) async fn check_theme(cx: &Cx, id: ConsultationId, theme: ThemeId) -> Result<()> {
    let found = store::themes_of(cx.db(), &[theme]).await?;
    if found.iter().any(|row| row.consultation_id == id) {
        Ok(())
    } else {
        Err(Error::field("theme", Code::ThemeUnknown))
    }
}

/// A district or quarter must be of this kind and of the consultation; the fault is in the field of that name.
pub(crate) async fn check_district(
    cx: &Cx,
    id: ConsultationId,
    kind: DistrictKind,
    district: DistrictId,
) -> Result<()> {
    let found = store::districts_of(cx.db(), &[district]).await?;
    let fits = |row: &store::district::Model| row.consultation_id == id && row.kind == kind.as_str();
    if found.iter().any(fits) {
        Ok(())
    } else {
        Err(Error::field(kind.as_str(), Code::DistrictUnknown))
    }
}

/// A point must lie in one of the consultation's outlines, where it has any, and on the globe in any case.
pub(crate) async fn check_point(cx: &Cx, id: ConsultationId, point: Point) -> Result<()> {
    if point.is_on_globe() && (!has_outlines(cx, id).await? || !holding(cx, id, point).await?.is_empty()) {
        Ok(())
    } else {
        Err(Error::field("point", Code::PointOutside))
    }
}

/// The districts and quarters of a consultation that hold a point.
///
/// # Errors
/// Those of the database.
pub async fn holding(cx: &Cx, id: ConsultationId, point: Point) -> Result<Vec<District>> {
    if !point.is_on_globe() {
        return Ok(Vec::new());
    }
    let all = outlines(cx, id).await?.into_iter();
    let holds = |outline: &Outline| outline.holds(point.longitude_e6, point.latitude_e6);
    Ok(all
        .filter(|(_, outline)| holds(outline))
        .map(|(district, _)| district)
        .collect())
}

/// Whether there is anything to draw a map of.
///
/// # Errors
/// Those of the database.
pub async fn has_outlines(cx: &Cx, id: ConsultationId) -> Result<bool> {
    store::has_outlines(cx.db(), id).await
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
            Some((district(row)?, outline))
        })
        .collect())
}
