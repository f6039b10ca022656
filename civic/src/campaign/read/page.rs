//! One campaign with all that its page shows.

use super::super::store::{self, row};
use super::super::{CampaignState, Need, TeamMember};
use super::{CampaignCard, card, expected, known};
use crate::Cx;
use crate::application::{CostLine, Promoter, public_name, store as applications};
use crate::call::store::json;
use crate::error::{Error, Result};
use crate::id::{ApplicationId, CampaignId, RewardId};
use crate::money::Money;
use crate::policy::{Act, On, is_own};
use crate::text::Markdown;
use crate::time::Timestamp;

/// A reward as it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardCard {
    /// Which.
    pub id: RewardId,
    /// Its name.
    pub title: String,
    /// What it is.
    pub description: String,
    /// The least that a gift must be for it.
    pub amount: Money,
    /// How many there are; as many as are asked for when not said.
    pub stock: Option<i64>,
    /// How many are left.
    pub left: Option<i64>,
}

/// What the actor may do with a campaign now; a button is shown where its field is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CampaignPermissions {
    /// Change the draft.
    pub edit: bool,
    /// Hand it in.
    pub submit: bool,
    /// Tell its news.
    pub tell: bool,
    /// Mend its costs, send it back or schedule it.
    pub review: bool,
    /// Extend it.
    pub extend: bool,
    /// Cancel it.
    pub cancel: bool,
    /// End a fund.
    pub end: bool,
    /// Record that the agreement is signed.
    pub agree: bool,
    /// Give to it.
    pub give: bool,
    /// See its gifts with what is not public of them.
    pub see_donations: bool,
    /// See how its promoter is paid.
    pub see_payouts: bool,
    /// See the receipts for its gifts.
    pub see_receipts: bool,
}

/// Everything that a campaign's page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignPage {
    /// What lists show too.
    pub card: CampaignCard,
    /// The story.
    pub story: Markdown,
    /// Who promotes it, where that is no person's name.
    pub promoter: Option<String>,
    /// The application that it was made from.
    pub application: Option<ApplicationId>,
    /// What it costs.
    pub cost_lines: Vec<CostLine>,
    /// What it needs beside money.
    pub needs: Vec<Need>,
    /// Who works on it.
    pub team: Vec<TeamMember>,
    /// What donors get.
    pub rewards: Vec<RewardCard>,
    /// What is promised and not there yet; it may still come to nothing.
    pub expected: Money,
    /// Until when promised money is waited for.
    pub grace_ends_at: Option<Timestamp>,
    /// Why the deadline was moved.
    pub extension_reason: Option<String>,
    /// When the outcome was fixed.
    pub outcome_at: Option<Timestamp>,
    /// What the city gives, once fixed.
    pub granted: Option<Money>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// Why the office sent it back; for its promoter and the office.
    pub sent_back_reason: Option<String>,
    /// Until when the agreement is to be signed.
    pub agree_by: Option<Timestamp>,
    /// When it was.
    pub agreed_at: Option<Timestamp>,
    /// What the actor may do now.
    pub can: CampaignPermissions,
}

/// Everything that a campaign's page shows.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of.
pub async fn page(cx: &Cx, id: CampaignId) -> Result<CampaignPage> {
    let row = known(cx, id).await?;
    let paper = row.paper()?;
    let rewards = store::rewards(cx.db(), id).await?.into_iter().map(|reward| RewardCard {
        id: reward.id,
        title: reward.title,
        description: reward.description,
        amount: Money::eur(reward.amount_minor),
        stock: reward.stock,
        left: reward.stock.map(|stock| stock - reward.taken),
    });
    let can = permissions(cx, &row)?;
    let insider = is_own(&cx.actor, Some(row.author_id)) || cx.can(Act::ReviewCampaign, On::Campaign(&row.facts()?));
    Ok(CampaignPage {
        card: card(cx, &row)?,
        story: Markdown::from_stored(paper.story),
        promoter: promoter(cx, &row).await?,
        application: row.application_id,
        cost_lines: paper.cost_lines,
        needs: paper.needs,
        team: paper.team,
        rewards: rewards.collect(),
        expected: expected(cx, id).await?,
        grace_ends_at: row.grace_ends_at,
        extension_reason: row.extension_reason,
        outcome_at: row.outcome_at,
        granted: row.granted_minor.map(Money::eur),
        cancel_reason: row.cancel_reason,
        sent_back_reason: row.sent_back_reason.filter(|_| insider),
        agree_by: row.agree_by,
        agreed_at: row.agreed_at,
        can,
    })
}

async fn promoter(cx: &Cx, row: &row::Model) -> Result<Option<String>> {
    let Some(application) = row.application_id else {
        return Ok(None);
    };
    let found = applications::find(cx.db(), application).await?.ok_or(Error::NotFound)?;
    let promoter: Promoter = json(&found.promoter)?;
    Ok(public_name(promoter.legal_form, &promoter.name))
}

fn permissions(cx: &Cx, row: &row::Model) -> Result<CampaignPermissions> {
    let facts = row.facts()?;
    let (stored, now) = (row.state()?, row.state_at(cx.now)?);
    let on = On::Campaign(&facts);
    let own = cx.can(Act::EditCampaign, on);
    let office = cx.can(Act::ReviewCampaign, on);
    let running = matches!(now, CampaignState::Scheduled | CampaignState::Open);
    Ok(CampaignPermissions {
        edit: own && stored == CampaignState::Draft,
        submit: own && stored == CampaignState::Draft,
        tell: own && row.scheduled_at.is_some(),
        review: office && stored == CampaignState::InReview,
        extend: office && running && row.ends_at.is_some(),
        cancel: office && !now.has_outcome(),
        end: office && now == CampaignState::Open && row.ends_at.is_none(),
        agree: office && now == CampaignState::Funded,
        give: cx.can(Act::Give, on) && now == CampaignState::Open,
        see_donations: cx.can(Act::SeeDonations, on),
        see_payouts: cx.offers(Act::SeePayouts, on) && row.scheduled_at.is_some() && !stored.returns_gifts(),
        see_receipts: cx.offers(Act::SeeReceipts, on)
            && row.scheduled_at.is_some()
            && (stored.has_outcome() || row.call_id.is_none()),
    })
}
