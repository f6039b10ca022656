//! The terms of a call as its keepers read them back: with every text in both languages, under the names of what comes in.

use async_graphql::SimpleObject;
use civic::call::read::EditableCall;
use civic::call::{Criterion, Round};
use civic::id::{ConsultationId, DistrictId};
use civic::language::{Language, Localised};
use poem_openapi::Object;

use super::{ContributorOut, LegalForm, MatchRuleOut, TrancheOut};
use crate::wire::money::Cents;
use crate::wire::{Moment, Ref, all};

/// A text of the city in the languages that it is said in.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Localised")]
#[graphql(name = "Localised")]
pub struct LocalisedOut {
    /// In Italian; empty when nothing is said in it.
    pub it: String,
    /// In English; empty when nothing is said in it.
    pub en: String,
}

impl From<&Localised> for LocalisedOut {
    fn from(text: &Localised) -> Self {
        Self {
            it: text.own(Language::It).to_owned(),
            en: text.own(Language::En).to_owned(),
        }
    }
}

/// By what applications are judged, in both languages.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "CriterionTerms")]
#[graphql(name = "CriterionTerms")]
pub struct CriterionTermsOut {
    /// What is judged.
    pub name: LocalisedOut,
    /// How often its points count.
    pub weight: u32,
    /// The most points that a commissioner can give.
    pub max_points: u32,
    /// The least that its points must be on average.
    pub min_points: u32,
}

impl From<Criterion> for CriterionTermsOut {
    fn from(criterion: Criterion) -> Self {
        Self {
            name: (&criterion.name).into(),
            weight: criterion.weight,
            max_points: criterion.max_points,
            min_points: criterion.min_points,
        }
    }
}

/// Days in which a part of the admitted projects raises money, as they were typed.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "RoundTerms")]
#[graphql(name = "RoundTerms")]
pub struct RoundTermsOut {
    /// Its first day, as `2021-02-01`, in the city's calendar.
    pub first_day: String,
    /// How many days it lasts.
    pub day_count: u32,
}

impl From<Round> for RoundTermsOut {
    fn from(round: Round) -> Self {
        Self {
            first_day: round.first_day,
            day_count: round.days,
        }
    }
}

/// The terms of a call, whole.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "CallTerms", skip_serializing_if_is_none)]
#[graphql(name = "CallTerms")]
pub struct CallTermsOut {
    /// Its part of the address.
    pub slug: String,
    /// Its title.
    pub title: LocalisedOut,
    /// What it is, in a sentence or two.
    pub summary: LocalisedOut,
    /// The rest, in Markdown.
    pub description: LocalisedOut,
    /// The consultation whose districts its places are.
    pub consultation: Option<Ref<ConsultationId>>,
    /// The first minute in which applications are taken.
    pub opens_at: Moment,
    /// The first minute in which they are not taken any more.
    pub closes_at: Moment,
    /// Who may apply.
    pub legal_forms: Vec<LegalForm>,
    /// The least that a project may cost.
    pub cost_min_minor: Cents,
    /// The most that a project may cost.
    pub cost_max_minor: Cents,
    /// Where projects may be; everywhere when empty.
    pub places_in: Vec<Ref<DistrictId>>,
    /// Where they may not be.
    pub places_out: Vec<Ref<DistrictId>>,
    /// By what applications are judged.
    pub criteria: Vec<CriterionTermsOut>,
    /// The least that weighted points must be on average.
    pub min_score: i64,
    /// How many are admitted at most; as many as the pot holds when not said.
    pub admitted_most: Option<u32>,
    /// How many are kept in reserve at most; all that reach the least score when not said.
    pub reserve_most: Option<u32>,
    /// When admitted projects raise money.
    pub rounds: Vec<RoundTermsOut>,
    /// Who fills the pot, in the order in which they are drawn on.
    pub contributors: Vec<ContributorOut>,
    /// When the grant is paid, but for what is held back.
    pub tranches: Vec<TrancheOut>,
    /// The part of the grant that is paid after the report, in parts per million.
    pub hold_back_ppm: u32,
    /// Days after the deadline in which promised money may still come.
    pub grace_days: u32,
    /// What the city adds.
    pub rule: MatchRuleOut,
    /// Grows with each change of the call.
    pub version: i64,
}

impl From<EditableCall> for CallTermsOut {
    fn from(call: EditableCall) -> Self {
        let terms = call.terms;
        let places = |ids: Vec<DistrictId>| ids.into_iter().map(Ref).collect();
        Self {
            slug: terms.slug,
            title: (&terms.title).into(),
            summary: (&terms.summary).into(),
            description: (&terms.description).into(),
            consultation: terms.consultation.map(Ref),
            opens_at: Moment(terms.opens_at),
            closes_at: Moment(terms.closes_at),
            legal_forms: all(terms.legal_forms),
            cost_min_minor: terms.cost_min.into(),
            cost_max_minor: terms.cost_max.into(),
            places_in: places(terms.places_in),
            places_out: places(terms.places_out),
            criteria: all(terms.criteria),
            min_score: terms.min_score,
            admitted_most: terms.admitted_most,
            reserve_most: terms.reserve_most,
            rounds: all(terms.rounds),
            contributors: all(terms.contributors),
            tranches: all(terms.tranches),
            hold_back_ppm: terms.hold_back_ppm,
            grace_days: terms.grace_days,
            rule: terms.rule.into(),
            version: call.version,
        }
    }
}
