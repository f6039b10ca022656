//! Reports on the wire: what was spent, and what the city accepts of it.

use async_graphql::{InputObject, SimpleObject};
use civic::id::CampaignId;
use civic::report::read::ReportPage;
use civic::report::{ReportInput, Spending};
use poem_openapi::Object;

use super::application::CostLineOut;
use super::given::Given;
use super::money::Cents;
use super::{Moment, Ref, all};

/// Something that was spent.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Spending", skip_serializing_if_is_none)]
#[graphql(name = "Spending")]
pub struct SpendingOut {
    /// For which line of the costs, counted from nothing.
    pub cost_line: u32,
    /// On what.
    pub what: String,
    /// The paper that proves it; only for the promoter and staff.
    pub document: Option<String>,
    /// On which day.
    pub day: String,
    /// How much.
    pub amount_minor: Cents,
}

impl From<Spending> for SpendingOut {
    fn from(one: Spending) -> Self {
        Self {
            cost_line: one.cost_line,
            what: one.what,
            document: Some(one.document).filter(|name| !name.is_empty()),
            day: one.day,
            amount_minor: one.amount.into(),
        }
    }
}

/// What the promoter of a campaign spent.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Report", skip_serializing_if_is_none)]
#[graphql(name = "Report")]
pub struct ReportOut {
    /// Of which campaign.
    pub campaign_id: Ref<CampaignId>,
    /// Its title.
    pub title: String,
    /// What the project was to cost.
    pub cost_lines: Vec<CostLineOut>,
    /// What was done with the money, in Markdown.
    pub text: String,
    /// The language it is written in (ISO 639).
    pub lang: String,
    /// What was spent.
    pub spendings: Vec<SpendingOut>,
    /// All of it.
    pub spent_minor: Cents,
    /// When it was handed in.
    pub submitted_at: Option<Moment>,
    /// Why the office sent it back; for the promoter and staff.
    pub sent_back_reason: Option<String>,
    /// What of the spending was accepted, once it is.
    pub eligible_minor: Option<Cents>,
    /// What the city had granted.
    pub granted_minor: Cents,
    /// What it gives in the end, once fixed.
    pub final_grant_minor: Option<Cents>,
    /// What of it was paid too much and is still owed back.
    pub owed_back_minor: Cents,
    /// When it was accepted.
    pub closed_at: Option<Moment>,
    /// Grows with each change.
    pub version: i64,
}

impl From<ReportPage> for ReportOut {
    fn from(page: ReportPage) -> Self {
        Self {
            campaign_id: Ref(page.campaign),
            title: page.title,
            cost_lines: all(page.cost_lines),
            text: page.text.into_string(),
            lang: page.lang.code().to_owned(),
            spendings: all(page.spendings),
            spent_minor: page.spent.into(),
            submitted_at: page.submitted_at.map(Moment),
            sent_back_reason: page.sent_back_reason,
            eligible_minor: page.eligible.map(Into::into),
            granted_minor: page.granted.into(),
            final_grant_minor: page.final_grant.map(Into::into),
            owed_back_minor: page.owed_back.into(),
            closed_at: page.closed_at.map(Moment),
            version: page.version,
        }
    }
}

/// Something that was spent.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct SpendingIn {
    /// For which line of the costs, counted from nothing.
    pub cost_line: u32,
    /// On what: at most 250 characters.
    pub what: String,
    /// The paper that proves it, as in "Fattura 12 of Rossi srl": at most 250 characters.
    pub document: String,
    /// On which day, as in "2026-11-30".
    pub day: String,
    /// How much.
    pub amount_minor: Cents,
}

impl From<SpendingIn> for Spending {
    fn from(one: SpendingIn) -> Self {
        Self {
            cost_line: one.cost_line,
            what: one.what,
            document: one.document,
            day: one.day,
            amount: one.amount_minor.into(),
        }
    }
}

/// What is to be changed of a report; a member that is not there leaves what it is.
#[derive(Debug, Clone, Default, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ReportIn {
    /// What was done with the money, in Markdown: at most 10,000 characters.
    pub text: Given<String>,
    /// The language it is written in (ISO 639); detected when not said.
    pub lang: Given<String>,
    /// All that was spent: at most 200 lines.
    pub spendings: Given<Vec<SpendingIn>>,
}

impl From<ReportIn> for ReportInput {
    fn from(input: ReportIn) -> Self {
        Self {
            text: input.text.or_empty(),
            lang: input.lang.or_empty(),
            spendings: input.spendings.or_empty().map(all),
        }
    }
}

/// A report that is accepted.
#[derive(Debug, Clone, Copy, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ClosingIn {
    /// How much of the spending is accepted; all of it when not said.
    pub eligible_minor: Option<Cents>,
}
