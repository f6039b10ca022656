//! The rule of a call on the wire, and the calculator's answer.

use async_graphql::{Enum, InputObject, SimpleObject};
use civic::call::rule::Reckoning;
use civic::error::Result;
use civic::match_rule::{MatchRule, RULE_VERSION};
use poem_openapi::{Enum as ApiEnum, Object};
use serde_json::json;

use crate::wire::money::Cents;

/// Which kind of rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
pub enum RuleKind {
    /// The city gives its share of the cost once the crowd gave its own.
    CoFinancing,
    /// The city adds so much to each euro.
    PerDonation,
}

/// What gifts above the target do to a reserved grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::match_rule::Overfunding")]
pub enum Overfunding {
    /// The city gives what it reserved; the surplus is the project's.
    Kept,
    /// The city gives only what is still missing to the cost.
    ReducesGrant,
}

/// What the city adds. A field that is not of its kind is not there.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "MatchRule", skip_serializing_if_is_none)]
#[graphql(name = "MatchRule")]
pub struct MatchRuleOut {
    /// Which kind.
    pub kind: RuleKind,
    /// The version of the rules' meaning.
    pub rule_version: u32,
    /// The city's share of the cost, in parts per million.
    pub share_ppm: Option<u32>,
    /// What the city adds to a euro, in parts per million.
    pub rate_ppm: Option<u32>,
    /// The crowd's share of the cost, in parts per million.
    pub threshold_ppm: u32,
    /// The most that one project may get, or of one project's gifts is matched.
    pub cap_per_project_minor: Cents,
    /// How much of one gift is matched at most.
    pub cap_per_donation_minor: Option<Cents>,
    /// How much of one donor's gifts is matched at most.
    pub cap_per_donor_minor: Option<Cents>,
    /// What gifts above the target do.
    pub overfunding: Option<Overfunding>,
}

impl From<MatchRule> for MatchRuleOut {
    fn from(rule: MatchRule) -> Self {
        match rule {
            MatchRule::CoFinancing(rule) => Self {
                kind: RuleKind::CoFinancing,
                rule_version: RULE_VERSION,
                share_ppm: Some(rule.share().ppm()),
                rate_ppm: None,
                threshold_ppm: rule.threshold().ppm(),
                cap_per_project_minor: rule.cap_per_project().into(),
                cap_per_donation_minor: None,
                cap_per_donor_minor: None,
                overfunding: Some(rule.overfunding().into()),
            },
            MatchRule::PerDonation(rule) => Self {
                kind: RuleKind::PerDonation,
                rule_version: RULE_VERSION,
                share_ppm: None,
                rate_ppm: Some(rule.rate_ppm()),
                threshold_ppm: rule.threshold().ppm(),
                cap_per_project_minor: rule.cap_per_project().into(),
                cap_per_donation_minor: Some(rule.cap_per_donation().into()),
                cap_per_donor_minor: Some(rule.cap_per_donor().into()),
                overfunding: None,
            },
        }
    }
}

/// What the city is to add. `share_ppm` and `overfunding` belong to co-financing, `rate_ppm` and the other caps to the rule
/// for each gift.
#[derive(Debug, Clone, Copy, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct MatchRuleIn {
    /// Which kind.
    pub kind: RuleKind,
    /// The city's share of the cost, in parts per million.
    pub share_ppm: Option<u32>,
    /// What the city adds to a euro, in parts per million.
    pub rate_ppm: Option<u32>,
    /// The crowd's share of the cost, in parts per million.
    pub threshold_ppm: u32,
    /// The most that one project may get, or of one project's gifts is matched.
    pub cap_per_project_minor: Cents,
    /// How much of one gift is matched at most.
    pub cap_per_donation_minor: Option<Cents>,
    /// How much of one donor's gifts is matched at most.
    pub cap_per_donor_minor: Option<Cents>,
    /// What gifts above the target do.
    pub overfunding: Option<Overfunding>,
}

impl MatchRuleIn {
    /// The rule.
    ///
    /// # Errors
    /// `Invalid` for bounds that are passed, or fields that are not of its kind.
    pub fn read(self) -> Result<MatchRule> {
        let overfunding = self
            .overfunding
            .map(|overfunding| civic::match_rule::Overfunding::from(overfunding).as_str());
        let mut stored = json!({
            "version": RULE_VERSION,
            "threshold_ppm": self.threshold_ppm,
            "cap_per_project_minor": self.cap_per_project_minor.0,
        });
        stored["kind"] = match self.kind {
            RuleKind::CoFinancing => "co_financing".into(),
            RuleKind::PerDonation => "per_donation".into(),
        };
        for (field, given) in [
            ("share_ppm", self.share_ppm.map(i64::from)),
            ("rate_ppm", self.rate_ppm.map(i64::from)),
            (
                "cap_per_donation_minor",
                self.cap_per_donation_minor.map(|cents| cents.0),
            ),
            ("cap_per_donor_minor", self.cap_per_donor_minor.map(|cents| cents.0)),
        ] {
            if let Some(given) = given {
                stored[field] = given.into();
            }
        }
        if let Some(overfunding) = overfunding {
            stored["overfunding"] = overfunding.into();
        }
        MatchRule::parse(&stored.to_string())
    }
}

/// What somebody who is about to give is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::call::rule::Told")]
pub enum Told {
    /// When the target is reached, the city adds `at_target_minor`.
    WhenReached,
    /// The city's part is secured; a gift goes on top.
    OnTop,
    /// The city's part is secured; a gift lowers what the city adds.
    Lowers,
    /// A gift is matched at once; below the target all of it is released in the end.
    EachGift,
    /// The city adds nothing more.
    NothingMore,
}

/// What the rule makes of a project that costs and raised so much; it promises nothing.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "Reckoning", skip_serializing_if_is_none)]
#[graphql(name = "Reckoning")]
pub struct ReckoningOut {
    /// What the project costs.
    pub cost_minor: Cents,
    /// What it raised, all of it from the crowd.
    pub raised_minor: Cents,
    /// What the crowd must raise.
    pub target_minor: Cents,
    /// What is still missing to that.
    pub missing_minor: Cents,
    /// Whether it is reached.
    pub reached: bool,
    /// What is set aside when the campaign is scheduled.
    pub reserved_minor: Cents,
    /// What the city adds when just the target is raised.
    pub at_target_minor: Cents,
    /// What the city adds when nothing more is raised.
    pub adds_minor: Cents,
    /// What the project then has.
    pub together_minor: Cents,
    /// By how much one more gift of the size asked about would change what the city adds.
    pub gift_changes_minor: Option<Cents>,
    /// What somebody who is about to give is told.
    pub told: Told,
}

impl From<Reckoning> for ReckoningOut {
    fn from(reckoning: Reckoning) -> Self {
        Self {
            cost_minor: reckoning.cost.into(),
            raised_minor: reckoning.raised.into(),
            target_minor: reckoning.target.into(),
            missing_minor: reckoning.missing.into(),
            reached: reckoning.reached,
            reserved_minor: reckoning.reserved.into(),
            at_target_minor: reckoning.at_target.into(),
            adds_minor: reckoning.adds.into(),
            together_minor: reckoning.together.into(),
            gift_changes_minor: reckoning.gift_changes.map(Into::into),
            told: reckoning.told.into(),
        }
    }
}
