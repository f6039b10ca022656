//! What comes in about calls.

use async_graphql::InputObject;
use civic::call::{Contributor, Criterion, NewCall, Round, Tranche};
use civic::error::Result;
use civic::id::{ConsultationId, DistrictId};
use civic::limits::{GRACE_DAYS, HOLD_BACK_PPM};
use poem_openapi::Object;

use super::LegalForm;
use super::rule::MatchRuleIn;
use crate::wire::consultation::LocalisedIn;
use crate::wire::money::Cents;
use crate::wire::{Moment, Ref, all};

/// By what applications are to be judged.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct CriterionIn {
    /// What is judged.
    pub name: LocalisedIn,
    /// How often its points count: 1 to 100.
    pub weight: u32,
    /// The most points that a commissioner can give: 1 to 100.
    pub max_points: u32,
    /// The least that its points must be on average.
    pub min_points: u32,
}

impl From<CriterionIn> for Criterion {
    fn from(criterion: CriterionIn) -> Self {
        Self {
            name: criterion.name.into(),
            weight: criterion.weight,
            max_points: criterion.max_points,
            min_points: criterion.min_points,
        }
    }
}

/// Days in which a part of the admitted projects is to raise money.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct RoundIn {
    /// Its first day, as `2021-02-01`, in the city's calendar; not before applications end.
    pub first_day: String,
    /// How many days it lasts: 1 to 366.
    pub day_count: u32,
}

impl From<RoundIn> for Round {
    fn from(round: RoundIn) -> Self {
        Self {
            first_day: round.first_day,
            days: round.day_count,
        }
    }
}

/// Who is to put how much into the pot.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ContributorIn {
    /// Their name.
    pub name: String,
    /// How much.
    pub amount_minor: Cents,
}

impl From<ContributorIn> for Contributor {
    fn from(contributor: ContributorIn) -> Self {
        Self {
            name: contributor.name,
            amount: contributor.amount_minor.into(),
        }
    }
}

/// A part of the grant that is to be paid at one time.
#[derive(Debug, Clone, Copy, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct TrancheIn {
    /// Which part of the grant, in parts per million.
    pub share_ppm: u32,
    /// So many days after the outcome.
    pub days_after_outcome: u32,
}

impl From<TrancheIn> for Tranche {
    fn from(tranche: TrancheIn) -> Self {
        Self {
            share_ppm: tranche.share_ppm,
            days_after_outcome: tranche.days_after_outcome,
        }
    }
}

/// The terms of a call, whole.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct CallIn {
    /// Its part of the address: small letters, digits and hyphens.
    pub slug: String,
    /// Its title.
    pub title: LocalisedIn,
    /// What it is, in a sentence or two.
    pub summary: LocalisedIn,
    /// The rest, in Markdown.
    pub description: LocalisedIn,
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
    /// Where projects may be; everywhere when not said.
    pub places_in: Option<Vec<Ref<DistrictId>>>,
    /// Where they may not be.
    pub places_out: Option<Vec<Ref<DistrictId>>>,
    /// By what applications are judged: at most 20.
    pub criteria: Vec<CriterionIn>,
    /// The least that weighted points must be on average.
    pub min_score: i64,
    /// How many are admitted at most; as many as the pot holds when not said.
    pub admitted_most: Option<u32>,
    /// How many are kept in reserve at most; all that reach the least score when not said.
    pub reserve_most: Option<u32>,
    /// When admitted projects raise money: at most 12.
    pub rounds: Vec<RoundIn>,
    /// Who fills the pot, in the order in which they are drawn on: at most 20.
    pub contributors: Vec<ContributorIn>,
    /// When the grant is paid, but for what is held back; 80 % two weeks after the outcome when not said.
    pub tranches: Option<Vec<TrancheIn>>,
    /// The part of the grant that is paid after the report, in parts per million; 200,000 when not said.
    pub hold_back_ppm: Option<u32>,
    /// Days after the deadline in which promised money may still come: at most 60; 14 when not said.
    pub grace_days: Option<u32>,
    /// What the city adds.
    pub rule: MatchRuleIn,
}

impl CallIn {
    /// The terms.
    ///
    /// # Errors
    /// `Invalid` when the rule is none.
    pub fn read(self) -> Result<NewCall> {
        let places = |given: Option<Vec<Ref<DistrictId>>>| {
            let places = given.unwrap_or_default().into_iter();
            places.map(|id| id.0).collect()
        };
        Ok(NewCall {
            slug: self.slug,
            title: self.title.into(),
            summary: self.summary.into(),
            description: self.description.into(),
            consultation: self.consultation.map(|id| id.0),
            opens_at: self.opens_at.0,
            closes_at: self.closes_at.0,
            legal_forms: all(self.legal_forms),
            cost_min: self.cost_min_minor.into(),
            cost_max: self.cost_max_minor.into(),
            places_in: places(self.places_in),
            places_out: places(self.places_out),
            criteria: all(self.criteria),
            min_score: self.min_score,
            admitted_most: self.admitted_most,
            reserve_most: self.reserve_most,
            rounds: all(self.rounds),
            contributors: all(self.contributors),
            tranches: self.tranches.map_or_else(|| vec![Tranche::default()], all),
            hold_back_ppm: self.hold_back_ppm.unwrap_or(HOLD_BACK_PPM),
            grace_days: self.grace_days.unwrap_or(GRACE_DAYS),
            rule: self.rule.read()?,
        })
    }
}
