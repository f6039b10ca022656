//! What comes in about consultations.

use async_graphql::InputObject;
use civic::consultation::{ConsultationChange, NewConsultation, NewDistrict, NewPhase, NewTheme};
use civic::language::Localised;
use poem_openapi::Object;

use super::{DistrictKind, PhaseKind};
use crate::wire::{Moment, all};

/// A text of the city in both languages.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct LocalisedIn {
    /// In Italian.
    pub it: String,
    /// In English.
    pub en: String,
}

impl From<LocalisedIn> for Localised {
    fn from(text: LocalisedIn) -> Self {
        Self::both(&text.it, &text.en)
    }
}

/// A phase to be made.
#[derive(Debug, Clone, Copy, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct PhaseIn {
    /// What kind.
    pub kind: PhaseKind,
    /// Its first instant.
    pub starts_at: Moment,
    /// The first instant after it.
    pub ends_at: Moment,
}

impl From<PhaseIn> for NewPhase {
    fn from(phase: PhaseIn) -> Self {
        Self {
            kind: phase.kind.into(),
            starts_at: phase.starts_at.0,
            ends_at: phase.ends_at.0,
        }
    }
}

/// A theme to be made; those below come after theirs.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ThemeIn {
    /// Its part of addresses.
    pub slug: String,
    /// Its name.
    pub name: LocalisedIn,
    /// The slug of the theme above it.
    pub parent: Option<String>,
}

impl From<ThemeIn> for NewTheme {
    fn from(theme: ThemeIn) -> Self {
        Self {
            slug: theme.slug,
            name: theme.name.into(),
            parent: theme.parent,
        }
    }
}

/// A district or quarter to be made; its outline comes with an import.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct DistrictIn {
    /// Which of the two.
    pub kind: DistrictKind,
    /// The city's own code: at most 20 characters.
    pub code: String,
    /// Its name.
    pub name: LocalisedIn,
}

impl From<DistrictIn> for NewDistrict {
    fn from(district: DistrictIn) -> Self {
        Self {
            kind: district.kind.into(),
            code: district.code,
            name: district.name.into(),
            outline: None,
        }
    }
}

/// A consultation to be opened.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ConsultationIn {
    /// Its part of the address: small letters, digits and hyphens.
    pub slug: String,
    /// Its title.
    pub title: LocalisedIn,
    /// The question, in a sentence or two.
    pub question: LocalisedIn,
    /// The rest, in Markdown.
    pub description: LocalisedIn,
    /// Its phases: at most 20, none over another.
    pub phases: Vec<PhaseIn>,
    /// Its themes: at most 300.
    pub themes: Vec<ThemeIn>,
    /// Its districts and quarters: at most 500; none when not said.
    pub districts: Option<Vec<DistrictIn>>,
}

impl From<ConsultationIn> for NewConsultation {
    fn from(given: ConsultationIn) -> Self {
        Self {
            slug: given.slug,
            title: given.title.into(),
            question: given.question.into(),
            description: given.description.into(),
            phases: all(given.phases),
            themes: all(given.themes),
            districts: given.districts.map_or_else(Vec::new, all),
            source: None,
        }
    }
}

/// What is changed in a consultation; what is left out stays as it is.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ConsultationChangeIn {
    /// Its title.
    pub title: Option<LocalisedIn>,
    /// The question, in a sentence or two.
    pub question: Option<LocalisedIn>,
    /// The rest, in Markdown.
    pub description: Option<LocalisedIn>,
    /// All its phases: at most 20, none over another.
    pub phases: Option<Vec<PhaseIn>>,
    /// All its themes, known by their slugs: at most 300. Those that proposals have may not be left out.
    pub themes: Option<Vec<ThemeIn>>,
    /// All its districts and quarters, known by kind and code: at most 500. Those in which proposals are may not be left
    /// out; outlines stay.
    pub districts: Option<Vec<DistrictIn>>,
}

impl From<ConsultationChangeIn> for ConsultationChange {
    fn from(given: ConsultationChangeIn) -> Self {
        Self {
            title: given.title.map(Into::into),
            question: given.question.map(Into::into),
            description: given.description.map(Into::into),
            phases: given.phases.map(all),
            themes: given.themes.map(all),
            districts: given.districts.map(all),
        }
    }
}

/// The phases that replace those of a consultation.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct PhasesIn {
    /// At most 20, none over another.
    pub phases: Vec<PhaseIn>,
}
