//! What the demonstration's file of campaigns says: their texts, what they raise, and where they are left.

use civic::campaign::CampaignState;
use civic::error::Result;
use civic::payout::PayoutState;
use serde::Deserialize;

/// All campaigns, in the order in which they are begun.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Campaigns {
    campaign: Vec<Campaign>,
}

/// A campaign and its fate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// The title of the application that it is made of.
    pub application: String,
    /// The round of its call.
    pub round: u32,
    /// Where it is left.
    pub end: CampaignState,
    /// Where its first payout is left, when the agreement is all that was reached.
    pub payout: Option<PayoutState>,
    /// Why it was cancelled.
    pub because: Option<String>,
    /// What its gifts are together, in euros.
    pub raised: i64,
    /// How many there are.
    pub gifts: i64,
    /// Name, what it is, least gift in euros, and stock of each reward.
    pub rewards: Vec<(String, String, i64, i64)>,
    /// What it needs, and how many.
    pub needs: Vec<(String, u32)>,
    /// Who works on it, and at what.
    pub team: Vec<(String, String)>,
    /// Title and text of its news.
    pub news: Option<(String, String)>,
    /// The story.
    pub story: String,
}

const CAMPAIGNS: &str = include_str!("../../../demonstration/campaigns.toml");

/// The campaigns.
///
/// # Errors
/// `Bug` when the file cannot be read.
pub fn campaigns() -> Result<Vec<Campaign>> {
    super::read::<Campaigns>(CAMPAIGNS).map(|all| all.campaign)
}
