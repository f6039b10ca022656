//! Consultations as staff see them at the desk: those in which a role lets them act, and one with all its texts.

use std::collections::BTreeSet;

use super::{ConsultationCard, by_ids, district, list, phases, theme};
use crate::Cx;
use crate::consultation::{District, Phase, Theme, store};
use crate::error::{Error, Result};
use crate::id::ConsultationId;
use crate::language::Localised;
use crate::page::{Page, Paging};
use crate::policy::{Act, On};

/// A consultation with what the reader's roles allow in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskCard {
    /// What lists show.
    pub card: ConsultationCard,
    /// Whether they may change it.
    pub keeps: bool,
    /// Whether they may hide and restore in it.
    pub moderates: bool,
}

/// A consultation as its editor's form shows it, with each text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditableConsultation {
    /// Which one.
    pub id: ConsultationId,
    /// Its part of the address.
    pub slug: String,
    /// Its title.
    pub title: Localised,
    /// The question.
    pub question: Localised,
    /// The rest, in Markdown.
    pub description: Localised,
    /// Its phases, first to last.
    pub phases: Vec<Phase>,
    /// Its themes in their order, those below after theirs.
    pub themes: Vec<Theme>,
    /// Its districts and quarters.
    pub districts: Vec<District>,
    /// Grows with each change.
    pub version: i64,
}

/// A page of the consultations in which the actor's roles let them act, last made first.
///
/// # Errors
/// `Unauthenticated`, `Denied` for those without a role, and those of the database.
pub async fn desk(cx: &Cx, paging: Paging) -> Result<Page<DeskCard>> {
    cx.check(Act::SeeDesk, On::City)?;
    let everywhere = cx.can(Act::KeepConsultation, On::City) || cx.can(Act::Moderate, On::City);
    let page = if everywhere {
        list(cx, paging).await?
    } else {
        // A person's roles are few, so those for single consultations fit one page.
        let grants = cx.actor.person().map_or(&[][..], |person| &person.grants);
        let named: BTreeSet<ConsultationId> = grants.iter().filter_map(|grant| grant.within.consultation()).collect();
        let named: Vec<ConsultationId> = named.into_iter().rev().collect();
        Page {
            items: by_ids(cx, &named).await?,
            next: None,
            places: Vec::new(),
        }
    };
    Ok(page.map(|card| {
        let here = On::Consultation(card.id);
        DeskCard {
            keeps: cx.can(Act::KeepConsultation, here),
            moderates: cx.can(Act::Moderate, here),
            card,
        }
    }))
}

/// A consultation as its editor's form shows it.
///
/// # Errors
/// `NotFound` when there is none, `Denied` for others than its editors.
pub async fn editable(cx: &Cx, slug: &str) -> Result<EditableConsultation> {
    let row = store::find_by_slug(cx.db(), slug).await?.ok_or(Error::NotFound)?;
    cx.check(Act::KeepConsultation, On::Consultation(row.id))?;
    let ids = [row.id];
    let mut phases = phases(store::phases(cx.db(), &ids).await?);
    let themes = store::themes(cx.db(), &ids).await?;
    let districts = store::districts(cx.db(), &ids).await?;
    Ok(EditableConsultation {
        id: row.id,
        title: Localised::from_stored(&row.title),
        question: Localised::from_stored(&row.question),
        description: Localised::from_stored(&row.description),
        phases: phases.remove(&row.id).unwrap_or_default(),
        themes: themes.into_iter().map(theme).collect(),
        districts: districts.into_iter().filter_map(district).collect(),
        version: row.version,
        slug: row.slug,
    })
}
