//! Calls on the wire.

mod extension;
mod input;
mod rule;
mod terms;

use async_graphql::{Enum, SimpleObject};
use civic::call::read::{CallCard, CallPage, RoundDays};
use civic::call::{CallPermissions, Contributor, Criterion, Tranche};
use civic::id::{CallId, ConsultationId, PotId};
use civic::language::Language as Reader;
use poem_openapi::{Enum as ApiEnum, Object};

use super::consultation::DistrictOut;
use super::money::Cents;
use super::{Language, Moment, Ref, all};

pub use extension::{CallExtensionIn, CallExtensionOut};
pub use input::{CallIn, ContributorIn, CriterionIn, RoundIn, TrancheIn};
pub use rule::{MatchRuleIn, MatchRuleOut, ReckoningOut};
pub use terms::CallTermsOut;

/// Where a call stands by its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::call::CallState")]
pub enum CallState {
    /// Being written.
    Draft,
    /// Public, and its terms are frozen.
    Published,
    /// The commission's list is public.
    Ranked,
    /// Nothing more comes of it.
    Closed,
}

/// Where a call stands for people, by its state and the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::call::CallStanding")]
pub enum CallStanding {
    /// Not public.
    Draft,
    /// Applications will be taken.
    Coming,
    /// Applications are taken now.
    Open,
    /// The applications are being looked at.
    Assessing,
    /// The list is out.
    Ranked,
    /// It is over.
    Closed,
}

/// What somebody who applies is by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::call::LegalForm")]
pub enum LegalForm {
    /// One person.
    Person,
    /// Several persons without a body of their own.
    Group,
    /// An association.
    Association,
    /// A body of the third sector, in the national register (RUNTS).
    ThirdSector,
    /// A foundation.
    Foundation,
    /// A social cooperative.
    Cooperative,
    /// A social enterprise in the form of a company.
    SocialEnterprise,
    /// Any other company.
    Company,
}

/// A call as lists show it.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Call", skip_serializing_if_is_none)]
#[graphql(name = "CallCard")]
pub struct CallOut {
    /// Which one.
    pub id: Ref<CallId>,
    /// Its part of the address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// The language that the title really is in.
    pub title_lang: Language,
    /// What it is.
    pub summary: String,
    /// The language that the summary really is in.
    pub summary_lang: Language,
    /// Where it stands by its steps.
    pub state: CallState,
    /// Where it stands for people now.
    pub standing: CallStanding,
    /// The first minute in which applications are taken.
    pub opens_at: Moment,
    /// The first minute in which they are not taken any more.
    pub closes_at: Moment,
    /// The least that a project may cost.
    pub cost_min_minor: Cents,
    /// The most that a project may cost.
    pub cost_max_minor: Cents,
    /// All that contributors put into the pot.
    pub pot_minor: Cents,
    /// When it was made public.
    pub published_at: Option<Moment>,
    /// When its list was made public.
    pub ranked_at: Option<Moment>,
    /// Grows with each change.
    pub version: i64,
}

impl From<CallCard> for CallOut {
    fn from(card: CallCard) -> Self {
        Self {
            id: Ref(card.id),
            slug: card.slug,
            title: card.title.1,
            title_lang: card.title.0.into(),
            summary: card.summary.1,
            summary_lang: card.summary.0.into(),
            state: card.state.into(),
            standing: card.standing.into(),
            opens_at: Moment(card.opens_at),
            closes_at: Moment(card.closes_at),
            cost_min_minor: card.cost_min.into(),
            cost_max_minor: card.cost_max.into(),
            pot_minor: card.pot.into(),
            published_at: card.published_at.map(Moment),
            ranked_at: card.ranked_at.map(Moment),
            version: card.version,
        }
    }
}

/// By what applications are judged.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Criterion")]
#[graphql(name = "Criterion")]
pub struct CriterionOut {
    /// What is judged.
    pub name: String,
    /// How often its points count.
    pub weight: u32,
    /// The most points that a commissioner can give.
    pub max_points: u32,
    /// The least that its points must be on average.
    pub min_points: u32,
}

impl CriterionOut {
    /// The criterion with its name in the reader's language.
    #[must_use]
    pub fn of(criterion: &Criterion, language: Reader) -> Self {
        Self {
            name: criterion.name.get(language).to_owned(),
            weight: criterion.weight,
            max_points: criterion.max_points,
            min_points: criterion.min_points,
        }
    }
}

/// Days in which a part of the admitted projects raises money.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Round")]
#[graphql(name = "Round")]
pub struct RoundOut {
    /// Its first day, as `2021-02-01`, in the city's calendar.
    pub first_day: String,
    /// How many days it lasts.
    pub day_count: u32,
    /// Its first instant.
    pub starts_at: Moment,
    /// The first instant after it.
    pub ends_at: Moment,
}

impl From<RoundDays> for RoundOut {
    fn from(round: RoundDays) -> Self {
        Self {
            first_day: round.first_day,
            day_count: round.days,
            starts_at: Moment(round.window.start),
            ends_at: Moment(round.window.end),
        }
    }
}

/// Who puts how much into the pot.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Contributor")]
#[graphql(name = "Contributor")]
pub struct ContributorOut {
    /// Their name.
    pub name: String,
    /// How much.
    pub amount_minor: Cents,
}

impl From<Contributor> for ContributorOut {
    fn from(contributor: Contributor) -> Self {
        Self {
            name: contributor.name,
            amount_minor: contributor.amount.into(),
        }
    }
}

/// A part of the grant that is paid at one time.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "Tranche")]
#[graphql(name = "Tranche")]
pub struct TrancheOut {
    /// Which part of the grant, in parts per million.
    pub share_ppm: u32,
    /// So many days after the outcome.
    pub days_after_outcome: u32,
}

impl From<Tranche> for TrancheOut {
    fn from(tranche: Tranche) -> Self {
        Self {
            share_ppm: tranche.share_ppm,
            days_after_outcome: tranche.days_after_outcome,
        }
    }
}

/// What the asking member may do with a call now.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "CallPermissions")]
#[graphql(name = "CallPermissions")]
pub struct CallPermissionsOut {
    /// Change the draft.
    pub edit: bool,
    /// Make the draft public.
    pub publish: bool,
    /// Extend the window for applications.
    pub extend: bool,
    /// Begin an application.
    pub apply: bool,
    /// See the applications that were handed in.
    pub see_applications: bool,
    /// Score them.
    pub score: bool,
    /// Draw up the list.
    pub rank: bool,
    /// Make the list public.
    pub publish_ranking: bool,
    /// End it.
    pub close: bool,
}

impl From<CallPermissions> for CallPermissionsOut {
    fn from(can: CallPermissions) -> Self {
        Self {
            edit: can.edit,
            publish: can.publish,
            extend: can.extend,
            apply: can.apply,
            see_applications: can.see_applications,
            score: can.score,
            rank: can.rank,
            publish_ranking: can.publish_ranking,
            close: can.close,
        }
    }
}

/// Everything about one call.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "CallPage", skip_serializing_if_is_none)]
#[graphql(name = "Call")]
pub struct CallPageOut {
    /// What lists show too.
    #[oai(flatten)]
    #[graphql(flatten)]
    pub call: CallOut,
    /// The rest of its text in Markdown.
    pub description: String,
    /// The rest of its text as safe HTML.
    pub html: String,
    /// The language that the rest really is in.
    pub description_lang: Language,
    /// The consultation whose districts its places are.
    pub consultation_id: Option<Ref<ConsultationId>>,
    /// Where projects may be; everywhere when empty.
    pub places_in: Vec<DistrictOut>,
    /// Where they may not be.
    pub places_out: Vec<DistrictOut>,
    /// Who may apply.
    pub legal_forms: Vec<LegalForm>,
    /// By what applications are judged.
    pub criteria: Vec<CriterionOut>,
    /// The least that weighted points must be on average.
    pub min_score: i64,
    /// The most that they can be.
    pub most_points: i64,
    /// How many are admitted at most; as many as the pot holds when not said.
    pub admitted_most: Option<u32>,
    /// How many are kept in reserve at most; all that reach the least score when not said.
    pub reserve_most: Option<u32>,
    /// When admitted projects raise money.
    pub rounds: Vec<RoundOut>,
    /// The pot.
    pub pot_id: Ref<PotId>,
    /// Who fills it, in the order in which they are drawn on.
    pub contributors: Vec<ContributorOut>,
    /// When the grant is paid, but for what is held back.
    pub tranches: Vec<TrancheOut>,
    /// The part of the grant that is paid after the report, in parts per million.
    pub hold_back_ppm: u32,
    /// Days after the deadline in which promised money may still come.
    pub grace_day_count: u32,
    /// What the city adds.
    pub rule: MatchRuleOut,
    /// The rule's canonical JSON (RFC 8785).
    pub rule_text: String,
    /// The SHA-256 of that text, in hexadecimal.
    pub rule_sha256: String,
    /// How the window for applications was extended, first to last.
    pub extensions: Vec<CallExtensionOut>,
    /// How many applications were handed in; told once the window is over.
    pub submitted_count: Option<u64>,
    /// How many are admitted; told with the list.
    pub admitted_count: Option<u64>,
    /// What the asking member may do.
    pub can: CallPermissionsOut,
}

impl CallPageOut {
    /// The call with names in the reader's language.
    #[must_use]
    pub fn of(page: CallPage, language: Reader) -> Self {
        let (description_lang, description) = page.description;
        let districts = |all: Vec<civic::consultation::District>| {
            let out = all.into_iter().map(|district| DistrictOut::of(district, language));
            out.collect()
        };
        Self {
            call: page.card.into(),
            html: description.to_html().as_str().to_owned(),
            description: description.into_string(),
            description_lang: description_lang.into(),
            consultation_id: page.consultation.map(Ref),
            places_in: districts(page.places_in),
            places_out: districts(page.places_out),
            legal_forms: all(page.legal_forms),
            criteria: criteria(&page.criteria, language),
            min_score: page.min_score,
            most_points: page.most_points,
            admitted_most: page.admitted_most,
            reserve_most: page.reserve_most,
            rounds: all(page.rounds),
            pot_id: Ref(page.pot),
            contributors: all(page.contributors),
            tranches: all(page.tranches),
            hold_back_ppm: page.hold_back_ppm,
            grace_day_count: page.grace_days,
            rule: page.rule.into(),
            rule_text: page.rule_text,
            rule_sha256: page.rule_hash,
            extensions: page
                .extensions
                .iter()
                .map(|one| CallExtensionOut::of(one, language))
                .collect(),
            submitted_count: page.submitted,
            admitted_count: page.admitted,
            can: page.can.into(),
        }
    }
}

/// Criteria with their names in the reader's language.
pub(crate) fn criteria(criteria: &[Criterion], language: Reader) -> Vec<CriterionOut> {
    criteria
        .iter()
        .map(|criterion| CriterionOut::of(criterion, language))
        .collect()
}
