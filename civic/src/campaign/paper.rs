//! What a campaign says: kept as it is written, and read in full when it is handed in.
//!
//! Rule: a draft is only bounded; what is handed in is complete, and every fault is told at once, each under its field's
//! name. Rewards are read apart, since they are rows of their own.

use super::{CampaignInput, Need, NewReward, TeamMember, Unit};
use crate::application::CostLine;
use crate::application::paper::{body, bounded_lines, line, take, there};
use crate::error::{Code, Fault, Faults, Result};
use crate::language::Lang;
use crate::limits::{
    AMOUNT_MAX_MINOR, APPLICATION_LINE_MAX_CHARS, DONATION_MAX_MINOR, DONATION_MIN_MINOR, NEEDS_PER_CAMPAIGN,
    REASON_MAX_CHARS, REWARD_STOCK_MAX, REWARDS_PER_CAMPAIGN, STORY_MAX_CHARS, TEAM_MAX, TITLE_MAX_CHARS,
    TITLE_MIN_CHARS,
};
use crate::money::Money;
use crate::proposal::read_lang;
use crate::text::Title;

/// The whole of what a campaign says, but for its rewards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paper {
    pub title: String,
    pub summary: String,
    pub story: String,
    pub lang: Lang,
    pub cost_lines: Vec<CostLine>,
    pub needs: Vec<Need>,
    pub team: Vec<TeamMember>,
    pub unit: Option<Unit>,
}

impl Default for Paper {
    fn default() -> Self {
        Self {
            title: String::new(),
            summary: String::new(),
            story: String::new(),
            lang: Lang::italian(),
            cost_lines: Vec::new(),
            needs: Vec::new(),
            team: Vec::new(),
            unit: None,
        }
    }
}

impl Paper {
    /// The same with what the input names, within its limits, and the rewards that it names.
    pub fn with(mut self, input: CampaignInput) -> Result<(Self, Option<Vec<NewReward>>)> {
        let mut faults = Faults::new();
        let rewritten = input.story.is_some();
        if let Some(title) = input.title {
            take(&mut faults, line(&title, TITLE_MAX_CHARS, "title"), &mut self.title);
        }
        for (field, given, max, text) in [
            ("summary", input.summary, REASON_MAX_CHARS, &mut self.summary),
            ("story", input.story, STORY_MAX_CHARS, &mut self.story),
        ] {
            if let Some(given) = given {
                take(&mut faults, body(&given, max, field), text);
            }
        }
        if let Some(lines) = input.cost_lines {
            self.cost_lines = bounded_lines(lines, &mut faults);
        }
        if let Some(needs) = input.needs {
            self.needs = bounded_needs(needs, &mut faults);
        }
        if let Some(team) = input.team {
            self.team = bounded_team(team, &mut faults);
        }
        if let Some(unit) = input.unit {
            self.unit = unit.map(|unit| bounded_unit(unit, &mut faults));
        }
        let rewards = input.rewards.map(|rewards| bounded_rewards(rewards, &mut faults));
        faults.check()?;
        if input.lang.is_some() || rewritten {
            self.lang = read_lang(input.lang.as_deref(), &self.story)?;
        }
        Ok((self, rewards))
    }

    /// All costs together; lines are bounded, so that they always add up.
    pub fn cost(&self) -> Money {
        Money::eur(self.cost_lines.iter().map(|line| line.amount.minor()).sum())
    }

    /// Whether it could be handed in; `costs` are the least and the most that the call allows, none for a fund.
    ///
    /// # Errors
    /// `Invalid` with everything that is missing or does not fit.
    pub fn check(&self, costs: Option<(Money, Money)>) -> Result<()> {
        let mut faults = Faults::new();
        let title = Title::parse(&self.title, TITLE_MIN_CHARS, TITLE_MAX_CHARS);
        faults.take(title.map_err(|problem| problem.fault("title")));
        there(&mut faults, "summary", &self.summary);
        there(&mut faults, "story", &self.story);
        if let Some((least, most)) = costs {
            let cost = self.cost().minor();
            if self.cost_lines.is_empty() {
                faults.add(Fault::new("cost_lines", Code::Empty));
            } else if cost < least.minor() {
                faults.add(Fault::over(
                    "cost_lines",
                    Code::CostOutOfRange,
                    least.minor().unsigned_abs(),
                ));
            } else if cost > most.minor() {
                faults.add(Fault::over(
                    "cost_lines",
                    Code::CostOutOfRange,
                    most.minor().unsigned_abs(),
                ));
            }
        }
        faults.check()
    }
}

fn bounded_needs(mut needs: Vec<Need>, faults: &mut Faults) -> Vec<Need> {
    check_number(faults, "needs", needs.len(), NEEDS_PER_CAMPAIGN);
    for need in &mut needs {
        take(
            faults,
            line(&need.what, APPLICATION_LINE_MAX_CHARS, "needs.what"),
            &mut need.what,
        );
        there(faults, "needs.what", &need.what);
        if need.number == 0 {
            faults.add(Fault::new("needs.number", Code::OutOfRange));
        }
    }
    needs
}

fn bounded_team(mut team: Vec<TeamMember>, faults: &mut Faults) -> Vec<TeamMember> {
    check_number(faults, "team", team.len(), TEAM_MAX);
    for member in &mut team {
        take(
            faults,
            line(&member.name, APPLICATION_LINE_MAX_CHARS, "team.name"),
            &mut member.name,
        );
        take(
            faults,
            line(&member.task, APPLICATION_LINE_MAX_CHARS, "team.task"),
            &mut member.task,
        );
        there(faults, "team.name", &member.name);
    }
    team
}

fn bounded_unit(mut unit: Unit, faults: &mut Faults) -> Unit {
    take(
        faults,
        line(&unit.label, APPLICATION_LINE_MAX_CHARS, "unit.label"),
        &mut unit.label,
    );
    there(faults, "unit.label", &unit.label);
    if !(1..=AMOUNT_MAX_MINOR).contains(&unit.price.minor()) {
        faults.add(Fault::new("unit.price_minor", Code::OutOfRange));
    }
    unit
}

fn bounded_rewards(mut rewards: Vec<NewReward>, faults: &mut Faults) -> Vec<NewReward> {
    check_number(faults, "rewards", rewards.len(), REWARDS_PER_CAMPAIGN);
    for reward in &mut rewards {
        take(
            faults,
            line(&reward.title, TITLE_MAX_CHARS, "rewards.title"),
            &mut reward.title,
        );
        there(faults, "rewards.title", &reward.title);
        let description = body(&reward.description, REASON_MAX_CHARS, "rewards.description");
        take(faults, description, &mut reward.description);
        if !(DONATION_MIN_MINOR..=DONATION_MAX_MINOR).contains(&reward.amount.minor()) {
            faults.add(Fault::over(
                "rewards.amount_minor",
                Code::OutOfRange,
                DONATION_MAX_MINOR.unsigned_abs(),
            ));
        }
        if reward
            .stock
            .is_some_and(|stock| !(1..=REWARD_STOCK_MAX).contains(&stock))
        {
            faults.add(Fault::over(
                "rewards.stock",
                Code::OutOfRange,
                REWARD_STOCK_MAX.unsigned_abs(),
            ));
        }
    }
    rewards
}

fn check_number(faults: &mut Faults, field: &'static str, number: usize, limit: usize) {
    if number > limit {
        faults.add(Fault::over(field, Code::TooMany, limit as u64));
    }
}
