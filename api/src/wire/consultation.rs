//! Consultations on the wire.

mod input;

use async_graphql::{Enum, SimpleObject};
use civic::consultation::read::{ConsultationCard, ConsultationPage, Figures};
use civic::consultation::{District, Phase, Theme};
use civic::id::{ConsultationId, DistrictId, PhaseId, ThemeId};
use civic::language::Language as Reader;
use poem_openapi::{Enum as ApiEnum, Object};

use super::{Language, Moment, Ref, all};

pub use input::{ConsultationChangeIn, ConsultationIn, DistrictIn, LocalisedIn, PhaseIn, PhasesIn, ThemeIn};

/// What kind of step of a consultation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::consultation::PhaseKind")]
pub enum PhaseKind {
    /// The question is explained.
    Information,
    /// Proposals are collected.
    Collection,
    /// What was collected is discussed.
    Discussion,
    /// The offices examine it.
    Review,
    /// The city's answers are out.
    Results,
}

/// Where a consultation stands as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::consultation::Standing")]
pub enum Standing {
    /// Something may be done, or will be in its next phase.
    Open,
    /// It has not begun.
    Coming,
    /// It is over.
    Closed,
}

/// Whether a part of the city is large or small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::consultation::DistrictKind")]
pub enum DistrictKind {
    /// One of the few large parts.
    District,
    /// One of the many small parts.
    Quarter,
}

/// A dated step.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Phase")]
#[graphql(name = "Phase")]
pub struct PhaseOut {
    /// Which one.
    pub id: Ref<PhaseId>,
    /// What kind.
    pub kind: PhaseKind,
    /// Its first instant.
    pub starts_at: Moment,
    /// The first instant after it.
    pub ends_at: Moment,
}

impl From<Phase> for PhaseOut {
    fn from(phase: Phase) -> Self {
        Self {
            id: Ref(phase.id),
            kind: phase.kind.into(),
            starts_at: Moment(phase.window.start),
            ends_at: Moment(phase.window.end),
        }
    }
}

/// A consultation as lists show it.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Consultation", skip_serializing_if_is_none)]
#[graphql(complex, name = "Consultation")]
pub struct ConsultationOut {
    /// Which one.
    pub id: Ref<ConsultationId>,
    /// Its part of the address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// The language that the title really is in.
    pub title_lang: Language,
    /// The question.
    pub question: String,
    /// The language that the question really is in.
    pub question_lang: Language,
    /// Where it stands.
    pub standing: Standing,
    /// Its phases, first to last.
    pub phases: Vec<PhaseOut>,
    /// The phase that holds now.
    pub phase: Option<PhaseOut>,
    /// The phase that comes next.
    pub next_phase: Option<PhaseOut>,
    /// When it was made.
    pub created_at: Moment,
    /// Grows with each change.
    pub version: i64,
}

impl From<ConsultationCard> for ConsultationOut {
    fn from(card: ConsultationCard) -> Self {
        Self {
            id: Ref(card.id),
            slug: card.slug,
            title: card.title.1,
            title_lang: card.title.0.into(),
            question: card.question.1,
            question_lang: card.question.0.into(),
            standing: card.standing.into(),
            phases: all(card.phases),
            phase: card.phase.map(Into::into),
            next_phase: card.next_phase.map(Into::into),
            created_at: Moment(card.created_at),
            version: card.version,
        }
    }
}

/// A theme of a consultation.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Theme", skip_serializing_if_is_none)]
#[graphql(name = "Theme")]
pub struct ThemeOut {
    /// Which one.
    pub id: Ref<ThemeId>,
    /// The theme above it.
    pub parent_id: Option<Ref<ThemeId>>,
    /// Its part of addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

impl ThemeOut {
    /// The theme with its name in the reader's language.
    #[must_use]
    pub fn of(theme: Theme, language: Reader) -> Self {
        Self {
            id: Ref(theme.id),
            parent_id: theme.parent.map(Ref),
            slug: theme.slug,
            name: theme.name.get(language).to_owned(),
        }
    }
}

/// A district or quarter of a consultation.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "District")]
#[graphql(name = "District")]
pub struct DistrictOut {
    /// Which one.
    pub id: Ref<DistrictId>,
    /// Which of the two.
    pub kind: DistrictKind,
    /// The city's own code.
    pub code: String,
    /// Its name.
    pub name: String,
}

impl DistrictOut {
    /// The district with its name in the reader's language.
    #[must_use]
    pub fn of(district: District, language: Reader) -> Self {
        Self {
            id: Ref(district.id),
            kind: district.kind.into(),
            code: district.code,
            name: district.name.get(language).to_owned(),
        }
    }
}

/// How much was contributed to a consultation.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "Figures")]
#[graphql(name = "Figures")]
pub struct FiguresOut {
    /// Public proposals.
    pub proposal_count: i64,
    /// Visible comments on them.
    pub comment_count: i64,
    /// Supports of them.
    pub support_count: i64,
    /// Those that the city has answered.
    pub answered_count: i64,
}

impl From<Figures> for FiguresOut {
    fn from(figures: Figures) -> Self {
        Self {
            proposal_count: figures.proposals,
            comment_count: figures.comments,
            support_count: figures.supports,
            answered_count: figures.answered,
        }
    }
}

/// Everything about one consultation.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "ConsultationPage")]
#[graphql(name = "ConsultationPage")]
pub struct ConsultationPageOut {
    /// What lists show too.
    #[oai(flatten)]
    pub consultation: ConsultationOut,
    /// The rest of its text in Markdown.
    pub description: String,
    /// The rest of its text as safe HTML.
    pub html: String,
    /// The language that the rest really is in.
    pub description_lang: Language,
    /// Its themes in their order, those below after theirs.
    pub themes: Vec<ThemeOut>,
    /// Its districts and quarters.
    pub districts: Vec<DistrictOut>,
    /// How much was contributed.
    pub figures: FiguresOut,
}

impl ConsultationPageOut {
    /// The consultation with names in the reader's language.
    #[must_use]
    pub fn of(page: ConsultationPage, language: Reader) -> Self {
        let (description_lang, description) = page.description;
        Self {
            consultation: page.card.into(),
            html: description.to_html().as_str().to_owned(),
            description: description.into_string(),
            description_lang: description_lang.into(),
            themes: page
                .themes
                .into_iter()
                .map(|theme| ThemeOut::of(theme, language))
                .collect(),
            districts: page
                .districts
                .into_iter()
                .map(|district| DistrictOut::of(district, language))
                .collect(),
            figures: page.figures.into(),
        }
    }
}
