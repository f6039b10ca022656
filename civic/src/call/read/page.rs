//! One call with all that its page shows, what its form shows, and its calculator.

use std::collections::HashMap;

use super::super::rule::{Reckoning, reckon};
use super::super::store::{self, row};
use super::super::{
    CallPermissions, CallStanding, CallState, Contributor, Criterion, Extension, LegalForm, NewCall, Tranche,
    most_points,
};
use super::{CallCard, card, known, localised};
use crate::Cx;
use crate::application;
use crate::consultation::{self, District};
use crate::error::{Error, Result};
use crate::id::{CallId, ConsultationId, DistrictId, PotId};
use crate::language::Language;
use crate::match_rule::MatchRule;
use crate::money::Money;
use crate::policy::{Act, On};
use crate::text::Markdown;
use crate::time::Window;

/// A round with its days and its instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundDays {
    /// Its first day, as `2021-02-01`.
    pub first_day: String,
    /// How many days it lasts.
    pub days: u32,
    /// From when until when (half-open).
    pub window: Window,
}

/// Everything that a call's page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPage {
    /// What lists show too.
    pub card: CallCard,
    /// The rest of its text.
    pub description: (Language, Markdown),
    /// The consultation whose districts its places are.
    pub consultation: Option<ConsultationId>,
    /// Where projects may be; everywhere when empty.
    pub places_in: Vec<District>,
    /// Where they may not be.
    pub places_out: Vec<District>,
    /// Where a project can say it is: the districts that are allowed.
    pub places: Vec<District>,
    /// Who may apply.
    pub legal_forms: Vec<LegalForm>,
    /// By what applications are judged.
    pub criteria: Vec<Criterion>,
    /// The least that weighted points must be on average.
    pub min_score: i64,
    /// The most that they can be.
    pub most_points: i64,
    /// How many are admitted at most.
    pub admitted_most: Option<u32>,
    /// How many are kept in reserve at most.
    pub reserve_most: Option<u32>,
    /// When admitted projects raise money.
    pub rounds: Vec<RoundDays>,
    /// The pot in the ledger; its balances are there once the call is public.
    pub pot: PotId,
    /// Who fills it, in the order in which they are drawn on.
    pub contributors: Vec<Contributor>,
    /// When the grant is paid.
    pub tranches: Vec<Tranche>,
    /// What is held back until the report, in parts per million.
    pub hold_back_ppm: u32,
    /// Days after the deadline in which promised money may still come.
    pub grace_days: u32,
    /// What the city adds.
    pub rule: MatchRule,
    /// The rule's canonical text.
    pub rule_text: String,
    /// The SHA-256 of that text.
    pub rule_hash: String,
    /// How the window for applications was extended, first to last.
    pub extensions: Vec<Extension>,
    /// How many applications were handed in; told once the window is over.
    pub submitted: Option<u64>,
    /// How many are admitted; told with the list.
    pub admitted: Option<u64>,
    /// What the actor may do now.
    pub can: CallPermissions,
}

/// A call as its keeper's form shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditableCall {
    /// Which one.
    pub id: CallId,
    /// Where it stands; only a draft can be changed.
    pub state: CallState,
    /// Its terms.
    pub terms: NewCall,
    /// Grows with each change.
    pub version: i64,
}

/// Everything that a call's page shows.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of.
pub async fn page(cx: &Cx, id: CallId) -> Result<CallPage> {
    let (row, _) = known(cx, id).await?;
    whole(cx, row).await
}

/// The same, found by its part of the address.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of.
pub async fn page_by_slug(cx: &Cx, slug: &str) -> Result<CallPage> {
    let row = store::find_by_slug(cx.db(), slug).await?.ok_or(Error::NotFound)?;
    cx.check(Act::ReadCall, On::Call(&row.facts()?))?;
    whole(cx, row).await
}

/// The same of several, in that order; those that the actor may not know of are left out.
///
/// # Errors
/// Those of the database.
pub async fn pages(cx: &Cx, ids: &[CallId]) -> Result<Vec<CallPage>> {
    let rows = store::find_many(cx.db(), ids).await?;
    let mut found = HashMap::new();
    for row in rows {
        if cx.can(Act::ReadCall, On::Call(&row.facts()?)) {
            found.insert(row.id, whole(cx, row).await?);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

async fn whole(cx: &Cx, row: row::Model) -> Result<CallPage> {
    let terms = row.terms(&store::places(cx.db(), &[row.id]).await?)?;
    let districts = match terms.consultation {
        Some(id) => consultation::read::districts(cx, id).await?,
        None => Vec::new(),
    };
    let named = |ids: &[DistrictId]| -> Vec<District> {
        let named = districts.iter().filter(|district| ids.contains(&district.id));
        named.cloned().collect()
    };
    let allowed = |district: &&District| allows(&terms, district.id);
    let card = card(cx, &row)?;
    let zone = &cx.city.settings.zone;
    let rounds = terms.rounds.iter().filter_map(|round| {
        Some(RoundDays {
            first_day: round.first_day.clone(),
            days: round.days,
            window: round.window(zone)?,
        })
    });
    let counts = application::store::counts(cx.db(), row.id).await?;
    let (language, description) = localised(cx, &row.description);
    Ok(CallPage {
        description: (language, Markdown::from_stored(description)),
        consultation: terms.consultation,
        places_in: named(&terms.places_in),
        places_out: named(&terms.places_out),
        places: districts.iter().filter(allowed).cloned().collect(),
        most_points: most_points(&terms.criteria),
        rounds: rounds.collect(),
        pot: row.pot_id,
        rule_text: row.rule.clone(),
        rule_hash: row.rule_hash.clone(),
        extensions: row.extensions()?,
        submitted: (cx.now >= row.closes_at).then_some(counts.submitted),
        admitted: row.ranked_at.map(|_| counts.admitted),
        can: permissions(cx, &row, &card, counts)?,
        legal_forms: terms.legal_forms,
        criteria: terms.criteria,
        min_score: terms.min_score,
        admitted_most: terms.admitted_most,
        reserve_most: terms.reserve_most,
        contributors: terms.contributors,
        tranches: terms.tranches,
        hold_back_ppm: terms.hold_back_ppm,
        grace_days: terms.grace_days,
        rule: terms.rule,
        card,
    })
}

/// Whether a project may be in this district.
pub(crate) fn allows(terms: &NewCall, district: DistrictId) -> bool {
    (terms.places_in.is_empty() || terms.places_in.contains(&district)) && !terms.places_out.contains(&district)
}

fn permissions(
    cx: &Cx,
    row: &row::Model,
    card: &CallCard,
    counts: application::store::Counts,
) -> Result<CallPermissions> {
    let facts = row.facts()?;
    let can = |act| cx.can(act, On::Call(&facts));
    let keeps = can(Act::KeepCall);
    let assessing = card.standing == CallStanding::Assessing;
    Ok(CallPermissions {
        edit: keeps && card.state == CallState::Draft,
        publish: keeps && card.state == CallState::Draft && cx.now < row.closes_at,
        extend: keeps && matches!(card.standing, CallStanding::Coming | CallStanding::Open),
        apply: card.standing == CallStanding::Open && can(Act::WriteApplication),
        see_applications: can(Act::SeeApplications),
        score: card.state == CallState::Published && can(Act::ScoreApplication),
        rank: assessing && counts.waiting == 0 && counts.admissible > 0 && can(Act::RankApplications),
        publish_ranking: assessing && counts.ranked > 0 && keeps,
        close: keeps
            && match card.standing {
                CallStanding::Ranked => true,
                CallStanding::Assessing => counts.waiting + counts.admissible + counts.ranked == 0,
                CallStanding::Draft | CallStanding::Coming | CallStanding::Open | CallStanding::Closed => false,
            },
    })
}

/// A call as its keeper's form shows it.
///
/// # Errors
/// `NotFound` when there is none, `Denied` for others than those who keep calls.
pub async fn editable(cx: &Cx, id: CallId) -> Result<EditableCall> {
    let (row, facts) = known(cx, id).await?;
    cx.check(Act::KeepCall, On::Call(&facts))?;
    let places = store::places(cx.db(), &[id]).await?;
    Ok(EditableCall {
        id,
        state: row.state()?,
        terms: row.terms(&places)?,
        version: row.version,
    })
}

/// What the call's rule makes of a project that costs and raised so much: the calculator, which promises nothing.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of, `Invalid` for amounts that are none.
pub async fn calculate(cx: &Cx, id: CallId, cost: Money, raised: Money, gift: Option<Money>) -> Result<Reckoning> {
    let (row, _) = known(cx, id).await?;
    reckon(&row.rule()?, cost, raised, gift)
}
