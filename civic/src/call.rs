//! A call: the city's public offer to add its part to what people give for projects, and on which terms.
//!
//! Rule: everything that a project may count on is data of the call and is frozen when the call is published; a change
//! after that is a new call. The end of the window for applications alone can become later, for a public reason. What time decides (whether the window for applications is open) is derived from `cx.now`, at
//! its minute. Deliberately absent: the money itself, which is the pot's in the ledger, and the applications.

pub mod read;
pub mod rule;
pub(crate) mod store;
mod terms;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::id::{CallId, ConsultationId, DistrictId};
use crate::language::Localised;
use crate::match_rule::MatchRule;
use crate::money::{Money, MoneyError};
use crate::named::named;
use crate::time::{Timestamp, Window, Zone};

pub use terms::{PublishedTerms, read_rounds};

named! {
    /// Where a call stands.
    pub enum CallState {
        /// Being written; seen by those who keep calls.
        Draft = "draft",
        /// Public, and its terms are frozen.
        Published = "published",
        /// The commission's list is public.
        Ranked = "ranked",
        /// Nothing more comes of it.
        Closed = "closed",
    }

    /// A step of a call's life.
    pub enum CallStep {
        /// It is made public, and its pot is filled.
        Publish = "publish",
        /// The commission's list is made public.
        PublishRanking = "publish_ranking",
        /// It ends.
        Close = "close",
    }

    /// Where a call stands for people, by its state and the time.
    pub enum CallStanding {
        /// Not public.
        Draft = "draft",
        /// Applications will be taken.
        Coming = "coming",
        /// Applications are taken now.
        Open = "open",
        /// The applications are being looked at.
        Assessing = "assessing",
        /// The list is out.
        Ranked = "ranked",
        /// It is over.
        Closed = "closed",
    }

    /// What somebody who applies is by law.
    pub enum LegalForm {
        /// One person.
        Person = "person",
        /// Several persons without a body of their own.
        Group = "group",
        /// An association.
        Association = "association",
        /// A body of the third sector, in the national register (RUNTS).
        ThirdSector = "third_sector",
        /// A foundation.
        Foundation = "foundation",
        /// A social cooperative.
        Cooperative = "cooperative",
        /// A social enterprise in the form of a company.
        SocialEnterprise = "social_enterprise",
        /// Any other company.
        Company = "company",
    }
}

impl CallState {
    /// Where `step` leads from here.
    ///
    /// # Errors
    /// `Conflict(WrongState)` when the lifecycle has no such step.
    pub const fn after(self, step: CallStep) -> Result<Self> {
        match (self, step) {
            (Self::Draft, CallStep::Publish) => Ok(Self::Published),
            (Self::Published, CallStep::PublishRanking) => Ok(Self::Ranked),
            (Self::Published | Self::Ranked, CallStep::Close) => Ok(Self::Closed),
            (Self::Draft | Self::Published | Self::Ranked | Self::Closed, _) => Err(Error::Conflict(Code::WrongState)),
        }
    }
}

/// Where a call in this state, whose applications are taken in `window`, stands at `now`.
#[must_use]
pub fn standing(state: CallState, window: Window, now: Timestamp) -> CallStanding {
    match state {
        CallState::Draft => CallStanding::Draft,
        CallState::Ranked => CallStanding::Ranked,
        CallState::Closed => CallStanding::Closed,
        CallState::Published if now < window.start => CallStanding::Coming,
        CallState::Published if now < window.end => CallStanding::Open,
        CallState::Published => CallStanding::Assessing,
    }
}

/// By what applications are judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// What is judged.
    pub name: Localised,
    /// How often its points count.
    pub weight: u32,
    /// The most points that a commissioner can give.
    pub max_points: u32,
    /// The least that its points must be on average.
    pub min_points: u32,
}

/// Days in which a part of the admitted projects raises money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Its first day, as `2021-02-01`.
    pub first_day: String,
    /// How many days it lasts.
    pub days: u32,
}

impl Round {
    /// From the midnight at which it begins to the one at which it ends, in the city's own days; `None` when it has no
    /// such days.
    #[must_use]
    pub fn window(&self, zone: &Zone) -> Option<Window> {
        let first: jiff::civil::Date = self.first_day.parse().ok()?;
        let after = first.checked_add(jiff::Span::new().try_days(self.days).ok()?).ok()?;
        Window::new(zone.day_start(first)?, zone.day_start(after)?)
    }
}

/// Who puts how much into the pot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contributor {
    /// Their name.
    pub name: String,
    /// How much.
    pub amount: Money,
}

/// A part of the grant that is paid at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tranche {
    /// Which part of the grant, in parts per million.
    pub share_ppm: u32,
    /// So many days after the outcome.
    pub days_after_outcome: u32,
}

/// A later end of the window for applications, by a reasoned act. It takes nothing from anybody who applied in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// When it was made.
    pub made_at: Timestamp,
    /// The end that was announced before.
    pub was: Timestamp,
    /// The end since then.
    pub closes_at: Timestamp,
    /// Why.
    pub reason: Localised,
}

/// A call to be made, or its draft as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCall {
    /// Its part of the address.
    pub slug: String,
    /// Its title.
    pub title: Localised,
    /// What it is, in a sentence or two.
    pub summary: Localised,
    /// The rest, in Markdown.
    pub description: Localised,
    /// The consultation whose districts its places are; none where it is the whole city.
    pub consultation: Option<ConsultationId>,
    /// The first minute in which applications are taken.
    pub opens_at: Timestamp,
    /// The first minute in which they are not taken any more.
    pub closes_at: Timestamp,
    /// Who may apply.
    pub legal_forms: Vec<LegalForm>,
    /// The least that a project may cost.
    pub cost_min: Money,
    /// The most that a project may cost.
    pub cost_max: Money,
    /// Where projects may be; everywhere when none is named.
    pub places_in: Vec<DistrictId>,
    /// Where they may not be.
    pub places_out: Vec<DistrictId>,
    /// By what applications are judged.
    pub criteria: Vec<Criterion>,
    /// The least that the weighted points of an application must be on average.
    pub min_score: i64,
    /// How many are admitted at most; as many as the pot holds when not said.
    pub admitted_most: Option<u32>,
    /// How many are kept in reserve at most; all that reach the least score when not said.
    pub reserve_most: Option<u32>,
    /// When admitted projects raise money.
    pub rounds: Vec<Round>,
    /// Who fills the pot, in the order in which they are drawn on.
    pub contributors: Vec<Contributor>,
    /// When the grant is paid, but for what is held back.
    pub tranches: Vec<Tranche>,
    /// The part of the grant that is paid after the report, in parts per million.
    pub hold_back_ppm: u32,
    /// Days after the deadline in which money that was promised before it may still come.
    pub grace_days: u32,
    /// What the city adds.
    pub rule: MatchRule,
}

/// All that contributors put in.
///
/// # Errors
/// `TooLarge`.
pub fn pot_total(contributors: &[Contributor]) -> std::result::Result<Money, MoneyError> {
    contributors
        .iter()
        .try_fold(Money::eur(0), |all, one| all.plus(one.amount))
}

/// The most that weighted points can be.
#[must_use]
pub fn most_points(criteria: &[Criterion]) -> i64 {
    criteria
        .iter()
        .map(|criterion| i64::from(criterion.weight) * i64::from(criterion.max_points))
        .sum()
}

/// What permissions on a call depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallFacts {
    /// Which one.
    pub id: CallId,
    /// Whether only those who keep calls may know of it.
    pub draft: bool,
}

/// What the actor may do with a call now; a button is shown where its field is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallPermissions {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR_MS;

    #[test]
    fn a_round_over_the_end_of_summer_time_has_an_hour_more() {
        let rome = Zone::named("Europe/Rome").expect("Rome is in the list");
        let round = Round {
            first_day: "2022-10-21".to_owned(),
            days: 45,
        };
        let window = round.window(&rome).expect("days");
        assert_eq!(window.end.since_ms(window.start), 45 * 24 * HOUR_MS + HOUR_MS);
        let none = Round {
            first_day: "2022-10-32".to_owned(),
            days: 1,
        };
        assert_eq!(none.window(&rome), None);
    }

    #[test]
    fn the_window_of_applications_is_open_from_its_first_minute_to_before_its_last() {
        let window = Window::new(Timestamp::from_ms(100), Timestamp::from_ms(200)).expect("not empty");
        let at = |ms| standing(CallState::Published, window, Timestamp::from_ms(ms));
        assert_eq!(
            (at(99), at(100), at(199), at(200)),
            (
                CallStanding::Coming,
                CallStanding::Open,
                CallStanding::Open,
                CallStanding::Assessing
            )
        );
    }
}
