//! The commission's list on the wire.

use async_graphql::SimpleObject;
use civic::application::ranking::Score;
use civic::application::read::{RankedEntry, Ranking};
use civic::language::Language as Reader;
use poem_openapi::Object;

use super::ApplicationOut;
use crate::wire::all;
use crate::wire::call::{CallOut, CriterionOut};
use crate::wire::money::Cents;

/// Weighted points over the commissioners who gave them.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "Score")]
#[graphql(name = "Score")]
pub struct ScoreOut {
    /// All weighted points together.
    pub points: i64,
    /// How many commissioners gave them.
    pub voter_count: i64,
    /// The average in thousandths of a point, rounded down.
    pub average_milli: i64,
}

impl From<Score> for ScoreOut {
    fn from(score: Score) -> Self {
        Self {
            points: score.points,
            voter_count: score.voters,
            average_milli: score.milli(),
        }
    }
}

/// A place on the list.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "RankedApplication")]
#[graphql(name = "RankedApplication")]
pub struct RankedOut {
    /// The application.
    pub application: ApplicationOut,
    /// The points of each criterion in their order, unweighted, all commissioners together.
    pub criterion_points: Vec<i64>,
    /// Whether it reaches every least score.
    pub passes: bool,
    /// What the rule sets aside for it.
    pub reservation_minor: Cents,
}

impl From<RankedEntry> for RankedOut {
    fn from(entry: RankedEntry) -> Self {
        Self {
            application: entry.card.into(),
            criterion_points: entry.criterion_points,
            passes: entry.passes,
            reservation_minor: entry.reservation.into(),
        }
    }
}

/// The commission's list of a call. Of those alike, the one handed in first stands first; nobody is passed over.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Ranking", skip_serializing_if_is_none)]
#[graphql(name = "Ranking")]
pub struct RankingOut {
    /// The call.
    pub call: CallOut,
    /// Whether everybody may read it.
    pub public: bool,
    /// By what applications were judged.
    pub criteria: Vec<CriterionOut>,
    /// The least that weighted points must be on average.
    pub min_score: i64,
    /// The most that they can be.
    pub most_points: i64,
    /// What the rule sets aside for all that are admitted.
    pub reserved_minor: Cents,
    /// The places, first to last.
    pub items: Vec<RankedOut>,
    /// What to give as `after` for the next page; not there on the last one.
    pub next: Option<String>,
}

impl RankingOut {
    /// The list with names in the reader's language.
    #[must_use]
    pub fn of(ranking: Ranking, language: Reader) -> Self {
        Self {
            call: ranking.call.into(),
            public: ranking.public,
            criteria: crate::wire::call::criteria(&ranking.criteria, language),
            min_score: ranking.min_score,
            most_points: ranking.most_points,
            reserved_minor: ranking.reserved.into(),
            next: ranking.entries.next.map(|cursor| cursor.text()),
            items: all(ranking.entries.items),
        }
    }
}
