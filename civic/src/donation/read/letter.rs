//! What the letters to donors say: read when they go out, so that what is over by then is not told as if it were to come.
//!
//! Rule: a letter goes to whoever gave, in the language in which they gave; a donor without an account gets the proof that
//! opens the gift's page, and nobody else does.

use super::super::known::Return;
use super::super::news::DonationNews;
use super::super::store::money::{self, refund};
use super::super::store::{self, row};
use super::super::write::PROOF;
use super::super::{DonationState, language};
use super::{DonationCard, card};
use crate::City;
use crate::campaign::read::CampaignCard;
use crate::campaign::{self, CampaignState, store as campaigns};
use crate::error::{Error, Result};
use crate::id::{CampaignId, DonationId, RefundId};
use crate::language::Language;
use crate::match_rule::MatchRule;
use crate::member;
use crate::money::Money;

/// What a letter about a gift says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DonationLetter {
    /// To whom.
    pub email: String,
    /// In which language.
    pub language: Language,
    /// What opens the gift's page for a donor without an account.
    pub proof: Option<String>,
    /// The sum that the letter is about: what was promised, what came, what goes back, or what is left.
    pub amount: Money,
    /// The gift.
    pub card: DonationCard,
    /// Its campaign.
    pub campaign: CampaignCard,
    /// What the city adds to this very gift, where its rule adds to each.
    pub adds: Option<Money>,
    /// By which way it goes or went back: `provider`, `bank` or `cash`; of letters about that.
    pub back_by: Option<String>,
    /// Why the campaign was cancelled.
    pub reason: Option<String>,
}

/// What the letter about a piece of news says; nothing for those without an address, and of what is over.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn letter(
    city: &City,
    id: DonationId,
    news: DonationNews,
    refund: Option<RefundId>,
) -> Result<Option<DonationLetter>> {
    let row = store::find(city.db.read(), id).await?.ok_or(Error::NotFound)?;
    let state = row.state()?;
    let (amount, back_by) = match (news, refund) {
        (DonationNews::Promised, _) if state == DonationState::Promised => (row.amount_minor, None),
        (DonationNews::Confirmed, _) => (row.captured_minor, None),
        (DonationNews::Expired, _) if state == DonationState::Expired => (row.amount_minor, None),
        (DonationNews::Failed, _) if state == DonationState::Failed => (row.amount_minor, None),
        (DonationNews::RefundBegun | DonationNews::RefundMade | DonationNews::RefundFailed, Some(refund)) => {
            let refund = money::find_refund(city.db.read(), refund).await?;
            match refund.ok_or(Error::NotFound)? {
                refund if tells(&row, &refund, news)? => {
                    let by = refund.settled_way.unwrap_or(refund.way);
                    (refund.amount_minor, Some(by))
                }
                _ => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    let letter = written(city, &row, amount).await?;
    Ok(letter.map(|letter| DonationLetter { back_by, ..letter }))
}

/// Whether a refund still stands as the news of it say, and another letter does not say the same.
fn tells(row: &row::Model, refund: &refund::Model, news: DonationNews) -> Result<bool> {
    let state = refund.state()?;
    Ok(match news {
        DonationNews::RefundBegun => {
            // That a gift came too late, and what became of its campaign, tells that it goes back.
            let of_campaign = CampaignState::parse(&refund.reason).is_some();
            matches!(state, Return::Wanted | Return::Pending) && row.late == 0 && !of_campaign
        }
        DonationNews::RefundMade => matches!(state, Return::Succeeded | Return::Settled),
        DonationNews::RefundFailed => state == Return::Failed,
        DonationNews::Promised | DonationNews::Confirmed | DonationNews::Expired | DonationNews::Failed => false,
    })
}

/// What the letter about a campaign's outcome says to one of its donors; nothing to those whose gift it does not concern.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn outcome_letter(city: &City, id: DonationId, outcome: CampaignState) -> Result<Option<DonationLetter>> {
    let row = store::find(city.db.read(), id).await?.ok_or(Error::NotFound)?;
    let stays = row.state()? == DonationState::Confirmed && row.late == 0;
    let amount = if !outcome.returns_gifts() {
        (stays && row.counted == 1).then_some(row.left_minor)
    } else if stays {
        Some(row.left_minor)
    } else {
        let refunds = money::refunds_of(city.db.read(), id).await?;
        let because = refunds.into_iter().find(|refund| refund.reason == outcome.as_str());
        match because {
            Some(refund) if refund.state()? != Return::Dropped => Some(refund.amount_minor),
            _ => None,
        }
    };
    let Some(amount) = amount else { return Ok(None) };
    let letter = written(city, &row, amount).await?;
    Ok(letter.filter(|letter| letter.campaign.state.returns_gifts() == outcome.returns_gifts()))
}

/// Gifts to a campaign whose donors may be told of its outcome, after one of them, at most `limit`.
///
/// # Errors
/// Those of the database.
pub async fn donors(
    city: &City,
    campaign: CampaignId,
    after: Option<DonationId>,
    limit: u64,
) -> Result<Vec<DonationId>> {
    store::arrived(city.db.read(), campaign, after, limit).await
}

async fn written(city: &City, row: &row::Model, amount: i64) -> Result<Option<DonationLetter>> {
    let email = match (&row.email, row.member_id) {
        (Some(email), _) => Some(email.clone()),
        (None, Some(member)) => member::read::address(city, member).await?.map(|(address, _)| address),
        (None, None) => None,
    };
    let Some(email) = email else { return Ok(None) };
    let to = campaigns::find(city.db.read(), row.campaign_id)
        .await?
        .ok_or(Error::NotFound)?;
    let adds = match to.rule()? {
        Some(MatchRule::PerDonation(rule)) => Some(rule.matched(Money::eur(row.base_minor))),
        Some(MatchRule::CoFinancing(_)) | None => None,
    };
    let proof = || city.secret.proof(PROOF, &row.id.to_string());
    Ok(Some(DonationLetter {
        email,
        language: language(&row.language),
        proof: row.member_id.is_none().then(proof),
        amount: Money::eur(amount),
        card: card(row, &to.title)?,
        campaign: campaign::read::card(&city.system(), &to)?,
        adds,
        back_by: None,
        reason: to.cancel_reason,
    }))
}
