//! What the treasurer of the city works on: transfers and cash that are waited for, disputes, and a refund to be paid.
//!
//! Rule: the lists are for whoever keeps the money of the whole city; what one treasurer of a call may do is asked for each
//! gift. What is owed to donors is in `read.rs`, since the interface for programs shows it too.

use super::super::known::Return;
use super::super::store::desk::{Work, work};
use super::super::store::{self, money, row};
use super::{DonationCard, RefundCard, refund_card, with_titles};
use crate::Cx;
use crate::campaign::store as campaigns;
use crate::error::{Error, Result};
use crate::id::{CampaignId, RefundId, TypedId};
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};

async fn list(cx: &Cx, what: Work, paging: Paging) -> Result<Page<DonationCard>> {
    cx.check(Act::SeeDonations, On::City)?;
    let rows = work(cx.db(), what, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row: &row::Model| Cursor {
        key: row.promised_at.ms(),
        id: row.id.uuid(),
    });
    let cards = with_titles(cx, &page.items).await?;
    Ok(page.with(cards))
}

/// A page of transfers and cash that are waited for, longest promised first; for treasurers of the city.
///
/// # Errors
/// `Denied` for others, and those of the database.
pub async fn waited(cx: &Cx, paging: Paging) -> Result<Page<DonationCard>> {
    list(cx, Work::Waited, paging).await
}

/// A page of gifts that a bank disputes, longest promised first; for treasurers of the city.
///
/// # Errors
/// `Denied` for others, and those of the database.
pub async fn disputed(cx: &Cx, paging: Paging) -> Result<Page<DonationCard>> {
    list(cx, Work::Disputed, paging).await
}

/// What is owed to a donor, with what is to be known before it is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundPage {
    /// What lists show too.
    pub card: RefundCard,
    /// Of which campaign the gift was.
    pub campaign: CampaignId,
    /// The campaign's title.
    pub title: String,
    /// Where the donor gets letters, if the gift was made without an account.
    pub email: Option<String>,
    /// Whether the actor may say that it is paid: it is owed, and another person asked for it.
    pub can_settle: bool,
}

/// One refund; for those who see the gifts of its campaign.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of, `Denied` for others.
pub async fn refund(cx: &Cx, id: RefundId) -> Result<RefundPage> {
    let refund = money::find_refund(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let card = refund_card(&refund)?.ok_or(Error::NotFound)?;
    let gift = store::find(cx.db(), card.donation).await?.ok_or(Error::NotFound)?;
    let campaign = campaigns::find(cx.db(), gift.campaign_id).await?;
    let campaign = campaign.ok_or(Error::NotFound)?;
    let facts = gift.facts(&campaign, false);
    let on = On::Donation(&facts);
    cx.check(Act::SeeDonations, on)?;
    let by_hand = refund.way != money::RefundWay::Provider.as_str();
    let owed = match refund.state()? {
        Return::Failed => true,
        Return::Wanted => by_hand,
        Return::Pending | Return::Succeeded | Return::Settled | Return::Dropped => false,
    };
    let own = refund.asked_by.is_some() && refund.asked_by == cx.actor.member();
    Ok(RefundPage {
        card,
        campaign: campaign.id,
        title: campaign.title,
        email: gift.email,
        can_settle: owed && !own && cx.offers(Act::KeepMoney, on),
    })
}
