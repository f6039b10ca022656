//! The commission's list: who stands where, and who is admitted.
//!
//! Rule: the points of a criterion count by its weight, on average over the commissioners who scored; averages are compared
//! as exact fractions. Whoever is below the call's least score, or a criterion's, comes after all who are not. Of those
//! alike the one handed in first stands first. Admitted are the first of the list, as many as the call has places and the
//! pot holds what the rule sets aside for each; nobody is passed over, so the first who does not fit opens the reserve.

use std::cmp::Ordering;

use super::ApplicationStep;
use crate::call::{Criterion, NewCall};
use crate::id::ApplicationId;
use crate::match_rule::MatchRule;
use crate::money::Money;
use crate::time::Timestamp;

/// Weighted points over the commissioners who gave them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// All weighted points together.
    pub points: i64,
    /// How many commissioners gave them.
    pub voters: i64,
}

impl Score {
    /// The average in thousandths of a point, rounded down.
    #[must_use]
    pub const fn milli(self) -> i64 {
        match self.voters {
            0 => 0,
            voters => self.points.saturating_mul(1_000).div_euclid(voters),
        }
    }

    fn compare(self, other: Self) -> Ordering {
        let one = i128::from(self.points) * i128::from(other.voters);
        one.cmp(&(i128::from(other.points) * i128::from(self.voters)))
    }

    fn reaches(self, least: i64) -> bool {
        i128::from(self.points) >= i128::from(least) * i128::from(self.voters)
    }
}

/// An application that is to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which one.
    pub id: ApplicationId,
    /// When it was handed in.
    pub submitted_at: Timestamp,
    /// What commissioners gave, each one's points by criterion.
    pub scores: Vec<Vec<u32>>,
}

/// An application with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Which one.
    pub id: ApplicationId,
    /// Its place, from one.
    pub place: i64,
    /// Its weighted points.
    pub score: Score,
    /// The points of each criterion, unweighted, all commissioners together.
    pub criterion_points: Vec<i64>,
    /// Whether it reaches every least score.
    pub passes: bool,
}

/// Puts applications in their places.
#[must_use]
pub fn rank(criteria: &[Criterion], min_score: i64, candidates: &[Candidate]) -> Vec<Placed> {
    let mut placed: Vec<(Placed, Timestamp)> = candidates
        .iter()
        .map(|candidate| (judged(criteria, min_score, candidate), candidate.submitted_at))
        .collect();
    placed.sort_by(|(one, at), (other, other_at)| {
        let by_score = other.passes.cmp(&one.passes).then(other.score.compare(one.score));
        by_score.then(at.cmp(other_at)).then(one.id.cmp(&other.id))
    });
    let numbered = placed.into_iter().zip(1..);
    numbered
        .map(|((placed, _), place)| Placed { place, ..placed })
        .collect()
}

fn judged(criteria: &[Criterion], min_score: i64, candidate: &Candidate) -> Placed {
    let voters = i64::try_from(candidate.scores.len()).unwrap_or(i64::MAX);
    let sum = |at: usize| -> i64 {
        let given = candidate.scores.iter().filter_map(|points| points.get(at));
        given.map(|points| i64::from(*points)).sum()
    };
    let criterion_points: Vec<i64> = (0..criteria.len()).map(sum).collect();
    let weighted = criteria.iter().zip(&criterion_points);
    let points = weighted
        .map(|(criterion, points)| i64::from(criterion.weight) * points)
        .sum();
    let score = Score { points, voters };
    Placed {
        id: candidate.id,
        place: 0,
        passes: passes(criteria, min_score, score, &criterion_points),
        score,
        criterion_points,
    }
}

/// Whether an application with this score reaches every least score.
#[must_use]
pub fn passes(criteria: &[Criterion], min_score: i64, score: Score, criterion_points: &[i64]) -> bool {
    let enough = |(criterion, points): (&Criterion, &i64)| {
        let of_criterion = Score {
            points: *points,
            voters: score.voters,
        };
        of_criterion.reaches(i64::from(criterion.min_points))
    };
    score.voters > 0 && score.reaches(min_score) && criteria.iter().zip(criterion_points).all(enough)
}

/// What is left for whoever stands next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    places: Option<u32>,
    money: i64,
}

impl Room {
    /// All the room of a call.
    #[must_use]
    pub const fn of(admitted_most: Option<u32>, pot: Money) -> Self {
        Self {
            places: admitted_most,
            money: pot.minor(),
        }
    }

    /// The room without one more project, or `None` when it does not fit.
    #[must_use]
    pub fn without(self, rule: &MatchRule, cost: Money) -> Option<Self> {
        let money = self.money.checked_sub(rule.reservation(cost).minor())?;
        let places = match self.places {
            None => None,
            Some(places) => Some(places.checked_sub(1)?),
        };
        (money >= 0).then_some(Self { places, money })
    }
}

/// What becomes of each of the list; they come in their order, each with its costs and whether it reaches the least score.
#[must_use]
pub fn admit(
    terms: &NewCall,
    pot: Money,
    list: &[(ApplicationId, Money, bool)],
) -> Vec<(ApplicationId, ApplicationStep)> {
    let mut room = Some(Room::of(terms.admitted_most, pot));
    let mut reserve = 0_u32;
    let step = |(id, cost, passes): &(ApplicationId, Money, bool)| {
        if !passes {
            return (*id, ApplicationStep::Reject);
        }
        room = room.and_then(|room| room.without(&terms.rule, *cost));
        if room.is_some() {
            return (*id, ApplicationStep::Admit);
        }
        if terms.reserve_most.is_some_and(|most| reserve >= most) {
            return (*id, ApplicationStep::Reject);
        }
        reserve += 1;
        (*id, ApplicationStep::HoldInReserve)
    };
    list.iter().map(step).collect()
}

/// Which of the reserve move up, first to last: the first ones that fit beside those who are admitted.
#[must_use]
pub fn moving_up(
    terms: &NewCall,
    pot: Money,
    admitted: &[Money],
    reserve: &[(ApplicationId, Money)],
) -> Vec<ApplicationId> {
    let all = Some(Room::of(terms.admitted_most, pot));
    let mut room = admitted
        .iter()
        .fold(all, |room, cost| room.and_then(|room| room.without(&terms.rule, *cost)));
    let mut up = Vec::new();
    for (id, cost) in reserve {
        room = room.and_then(|room| room.without(&terms.rule, *cost));
        match room {
            Some(_) => up.push(*id),
            None => break,
        }
    }
    up
}
