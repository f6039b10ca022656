//! What comes in about campaigns.

use async_graphql::InputObject;
use civic::campaign::{CampaignInput, Need, NewReward, Run, TeamMember, Unit};
use civic::error::{Code, Error, Result};
use poem_openapi::Object;

use crate::wire::application::CostLineIn;
use crate::wire::money::Cents;
use crate::wire::{Given, Moment, all};

/// Something that a project needs and that is no money.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct NeedIn {
    /// What.
    pub what: String,
    /// How many.
    pub number: u32,
}

impl From<NeedIn> for Need {
    fn from(need: NeedIn) -> Self {
        Self {
            what: need.what,
            number: need.number,
        }
    }
}

/// Somebody who works on a project.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct TeamMemberIn {
    /// Their name.
    pub name: String,
    /// What they do in it.
    pub task: Option<String>,
}

impl From<TeamMemberIn> for TeamMember {
    fn from(member: TeamMemberIn) -> Self {
        Self {
            name: member.name,
            task: member.task.unwrap_or_default(),
        }
    }
}

/// What a fund counts in.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct UnitIn {
    /// One of it.
    pub label: String,
    /// What one costs.
    pub price_minor: Cents,
}

impl From<UnitIn> for Unit {
    fn from(unit: UnitIn) -> Self {
        Self {
            label: unit.label,
            price: unit.price_minor.into(),
        }
    }
}

/// A reward to be offered.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct RewardIn {
    /// Its name.
    pub title: String,
    /// What it is.
    pub description: Option<String>,
    /// The least that a gift must be for it.
    pub amount_minor: Cents,
    /// How many there are; as many as are asked for when not said.
    pub stock_count: Option<i64>,
}

impl From<RewardIn> for NewReward {
    fn from(reward: RewardIn) -> Self {
        Self {
            title: reward.title,
            description: reward.description.unwrap_or_default(),
            amount: reward.amount_minor.into(),
            stock: reward.stock_count,
        }
    }
}

/// A campaign as far as it is written: what is left out stays as it is, and `null` empties it.
#[derive(Debug, Clone, Default, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct CampaignIn {
    /// The title: at most 250 characters.
    pub title: Given<String>,
    /// What it is: at most 1,000 characters.
    pub summary: Given<String>,
    /// The story in Markdown: at most 10,000 characters.
    pub story: Given<String>,
    /// The language it is written in (ISO 639); detected when not said.
    pub lang: Given<String>,
    /// What it costs: at most 50 lines.
    pub cost_lines: Given<Vec<CostLineIn>>,
    /// What it needs beside money: at most 30.
    pub needs: Given<Vec<NeedIn>>,
    /// Who works on it: at most 30.
    pub team: Given<Vec<TeamMemberIn>>,
    /// What a fund counts in; `null` takes it away.
    pub unit: Given<UnitIn>,
    /// What donors get: at most 30.
    pub rewards: Given<Vec<RewardIn>>,
}

impl From<CampaignIn> for CampaignInput {
    fn from(input: CampaignIn) -> Self {
        Self {
            title: input.title.or_empty(),
            summary: input.summary.or_empty(),
            story: input.story.or_empty(),
            lang: input.lang.or_empty(),
            cost_lines: input.cost_lines.or_empty().map(all),
            needs: input.needs.or_empty().map(all),
            team: input.team.or_empty().map(all),
            unit: input.unit.change(Into::into),
            rewards: input.rewards.or_empty().map(all),
        }
    }
}

/// Costs as the office mends them.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct CostsIn {
    /// All of them: at most 50 lines.
    pub cost_lines: Vec<CostLineIn>,
}

/// When a campaign raises money.
#[derive(Debug, Clone, Copy, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ScheduleIn {
    /// The round of its call, counted from nothing; for a campaign of a call.
    pub round: Option<u32>,
    /// From when on; for a fund.
    pub opens_at: Option<Moment>,
}

impl ScheduleIn {
    /// The one that is said.
    ///
    /// # Errors
    /// `Invalid` when none or both are.
    pub fn read(self) -> Result<Run> {
        match (self.round, self.opens_at) {
            (Some(round), None) => Ok(Run::Round(round)),
            (None, Some(at)) => Ok(Run::From(at.0)),
            (None, None) | (Some(_), Some(_)) => Err(Error::field("round", Code::Malformed)),
        }
    }
}

/// A deadline that is moved on.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct CampaignExtensionIn {
    /// By so many days: at most 90.
    pub day_count: u32,
    /// Why: at most 1,000 characters.
    pub reason: String,
}

/// An agreement that was signed.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct AgreementIn {
    /// The number under which the city keeps it.
    pub number: String,
}

/// News to be told.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct UpdateIn {
    /// Its title: at most 250 characters.
    pub title: String,
    /// What it says, in Markdown: at most 10,000 characters.
    pub body: String,
    /// The language it is written in (ISO 639); detected when not said.
    pub lang: Option<String>,
}
