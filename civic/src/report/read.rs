//! Looking at reports: for the promoter and the office while they are written and read, for everybody once accepted.
//!
//! Rule: what is public names no paper, since invoices name people.

use super::Spending;
use super::store;
use super::write::owed_back;
use crate::Cx;
use crate::application::CostLine;
use crate::call::store::json;
use crate::campaign::{self, CampaignState};
use crate::error::{Error, Result};
use crate::id::CampaignId;
use crate::language::Lang;
use crate::money::Money;
use crate::payout::{PayoutState, store as payouts};
use crate::policy::{Act, On};
use crate::text::Markdown;
use crate::time::Timestamp;

/// What the actor may do with a report now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportPermissions {
    /// Change it.
    pub edit: bool,
    /// Hand it in.
    pub submit: bool,
    /// Send it back or accept it.
    pub review: bool,
    /// Note what was paid back.
    pub pay_back: bool,
}

/// A report with all that its page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPage {
    /// Of which campaign.
    pub campaign: CampaignId,
    /// Its title.
    pub title: String,
    /// What the project was to cost.
    pub cost_lines: Vec<CostLine>,
    /// What was done with the money.
    pub text: Markdown,
    /// The language it is written in.
    pub lang: Lang,
    /// What was spent; the papers only for the promoter and staff.
    pub spendings: Vec<Spending>,
    /// All of it.
    pub spent: Money,
    /// When it was handed in.
    pub submitted_at: Option<Timestamp>,
    /// Why the office sent it back; for the promoter and staff.
    pub sent_back_reason: Option<String>,
    /// What of the spending was accepted, once it is.
    pub eligible: Option<Money>,
    /// What the city had granted.
    pub granted: Money,
    /// What it gives in the end, once fixed.
    pub final_grant: Option<Money>,
    /// What of it was paid too much and is still owed back.
    pub owed_back: Money,
    /// When it was accepted.
    pub closed_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
    /// What the actor may do.
    pub can: ReportPermissions,
}

/// The report of a campaign.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of.
pub async fn page(cx: &Cx, id: CampaignId) -> Result<ReportPage> {
    let campaign = campaign::read::known(cx, id).await?;
    let facts = campaign.facts()?;
    let on = On::Campaign(&facts);
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let insider = cx.can(Act::SeePayouts, on);
    if row.closed_at.is_none() && !insider {
        return Err(Error::NotFound);
    }
    let mut spendings = row.spendings()?;
    if !insider {
        spendings.iter_mut().for_each(|one| one.document.clear());
    }
    let paid = payouts::of_campaign(cx.db(), id).await?;
    let gone = paid
        .iter()
        .filter(|one| matches!(one.state(), Ok(PayoutState::Sent | PayoutState::Paid)));
    let paid: i64 = gone.map(|one| one.grant_minor).sum();
    let owed = row
        .final_minor
        .map_or(0, |fixed| owed_back(paid, fixed, row.paid_back_minor));
    let open = row.submitted_at.is_none() && campaign.state()? == CampaignState::Reporting;
    let own = cx.can(Act::EditCampaign, on);
    Ok(ReportPage {
        campaign: id,
        title: campaign.title.clone(),
        cost_lines: json(&campaign.cost_lines)?,
        text: Markdown::from_stored(row.text),
        lang: Lang::parse(&row.lang).unwrap_or_else(Lang::italian),
        spendings,
        spent: Money::eur(row.spent_minor),
        submitted_at: row.submitted_at,
        sent_back_reason: row.sent_back_reason.filter(|_| insider),
        eligible: row.eligible_minor.map(Money::eur),
        granted: Money::eur(campaign.granted_minor.unwrap_or_default()),
        final_grant: row.final_minor.map(Money::eur),
        owed_back: Money::eur(owed),
        closed_at: row.closed_at,
        version: row.version,
        can: ReportPermissions {
            edit: own && open,
            submit: own && open,
            review: row.submitted_at.is_some() && row.closed_at.is_none() && cx.can(Act::ReviewCampaign, on),
            pay_back: owed > 0 && cx.offers(Act::KeepMoney, on),
        },
    })
}
