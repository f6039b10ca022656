//! Payouts on the wire: what a promoter gets and when. Accounts' numbers are shown as far as the reader may know them.

use async_graphql::{Enum, SimpleObject};
use civic::id::{BankAccountId, CampaignId, PayoutFileId, PayoutId};
use civic::payout::Part;
use civic::payout::read::{BankAccountCard, PayableCard, PayoutCard, PayoutFileCard, PayoutPage};
use poem_openapi::{Enum as ApiEnum, Object};

use super::campaign::CampaignState;
use super::money::Cents;
use super::{Moment, Ref, all};

/// Where a payout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::payout::PayoutState")]
pub enum PayoutState {
    /// One person asked for it.
    Requested,
    /// Another person agreed.
    Approved,
    /// Another person did not agree, and said why.
    Declined,
    /// Taken back before it was sent.
    Withdrawn,
    /// It is in a file for the bank.
    Sent,
    /// The bank's statement shows it.
    Paid,
    /// The bank sent it back; the money is owed again.
    Returned,
}

/// A promoter's bank account.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "BankAccount", skip_serializing_if_is_none)]
#[graphql(name = "BankAccount")]
pub struct BankAccountOut {
    /// Which.
    pub id: Ref<BankAccountId>,
    /// Its number, or its last four characters for whoever need not compare it with the paper.
    pub iban: String,
    /// Whose it is.
    pub holder: String,
    /// When it was entered.
    pub entered_at: Moment,
    /// When another person verified it.
    pub verified_at: Option<Moment>,
    /// From when it may be used, once verified.
    pub usable_at: Moment,
}

impl From<BankAccountCard> for BankAccountOut {
    fn from(card: BankAccountCard) -> Self {
        Self {
            id: Ref(card.id),
            iban: card.iban,
            holder: card.holder,
            entered_at: Moment(card.entered_at),
            verified_at: card.verified_at.map(Moment),
            usable_at: Moment(card.usable_at),
        }
    }
}

/// A part of what a promoter gets: a tranche, or at last what was held back.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "PayoutPart", skip_serializing_if_is_none)]
#[graphql(name = "PayoutPart")]
pub struct PayoutPartOut {
    /// Its place, counted from nothing.
    pub number: u32,
    /// From when it may be paid; not there while the report is not accepted.
    pub due_at: Option<Moment>,
    /// How much of the gifts it is as things stand; nothing when it is taken.
    pub gifts_minor: Cents,
    /// How much of the city's part.
    pub grant_minor: Cents,
    /// Whether it is paid or on its way.
    pub taken: bool,
}

impl From<Part> for PayoutPartOut {
    fn from(part: Part) -> Self {
        Self {
            number: part.number,
            due_at: part.due_at.map(Moment),
            gifts_minor: part.sums.gifts.into(),
            grant_minor: part.sums.grant.into(),
            taken: part.taken,
        }
    }
}

/// A payout.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Payout", skip_serializing_if_is_none)]
#[graphql(name = "Payout")]
pub struct PayoutOut {
    /// Which.
    pub id: Ref<PayoutId>,
    /// Of which campaign.
    pub campaign_id: Ref<CampaignId>,
    /// The campaign's title.
    pub title: String,
    /// Which part of what the promoter gets, counted from nothing.
    pub part: u32,
    /// How much of the gifts.
    pub gifts_minor: Cents,
    /// How much of the city's part.
    pub grant_minor: Cents,
    /// Where it stands.
    pub state: PayoutState,
    /// Whose account it goes to.
    pub holder: String,
    /// The last four characters of its number.
    pub iban_tail: String,
    /// When it was asked for.
    pub requested_at: Moment,
    /// When another person decided.
    pub decided_at: Option<Moment>,
    /// Why it was declined.
    pub reason: Option<String>,
    /// In which file for the bank.
    pub file_id: Option<Ref<PayoutFileId>>,
    /// When it went into the file.
    pub sent_at: Option<Moment>,
    /// When the bank paid it.
    pub paid_at: Option<Moment>,
    /// When the bank sent it back.
    pub returned_at: Option<Moment>,
    /// The paper by which that is known.
    pub evidence: Option<String>,
}

impl From<PayoutCard> for PayoutOut {
    fn from(card: PayoutCard) -> Self {
        Self {
            id: Ref(card.id),
            campaign_id: Ref(card.campaign),
            title: card.title,
            part: card.part,
            gifts_minor: card.sums.gifts.into(),
            grant_minor: card.sums.grant.into(),
            state: card.state.into(),
            holder: card.holder,
            iban_tail: card.iban_tail,
            requested_at: Moment(card.requested_at),
            decided_at: card.decided_at.map(Moment),
            reason: card.reason,
            file_id: card.file.map(Ref),
            sent_at: card.sent_at.map(Moment),
            paid_at: card.paid_at.map(Moment),
            returned_at: card.returned_at.map(Moment),
            evidence: card.evidence,
        }
    }
}

/// How a campaign's promoter is paid.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "PayoutPlan", skip_serializing_if_is_none)]
#[graphql(name = "PayoutPlan")]
pub struct PayoutPlanOut {
    /// Which campaign.
    pub campaign_id: Ref<CampaignId>,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: CampaignState,
    /// The account in use, if one is entered.
    pub account: Option<BankAccountOut>,
    /// The parts, in their order; none before the agreement.
    pub parts: Vec<PayoutPartOut>,
    /// Every payout, first requested first.
    pub payouts: Vec<PayoutOut>,
    /// What the promoter owes, after losses of money that was paid out.
    pub receivable_minor: Cents,
}

impl From<PayoutPage> for PayoutPlanOut {
    fn from(page: PayoutPage) -> Self {
        Self {
            campaign_id: Ref(page.campaign),
            title: page.title,
            state: page.state.into(),
            account: page.account.map(Into::into),
            parts: all(page.parts),
            payouts: all(page.payouts),
            receivable_minor: page.receivable.into(),
        }
    }
}

/// A campaign of which something may still be paid.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "PayableCampaign", skip_serializing_if_is_none)]
#[graphql(name = "PayableCampaign")]
pub struct PayableOut {
    /// Which.
    pub campaign_id: Ref<CampaignId>,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: CampaignState,
    /// The part that is due now; not there when nothing is.
    pub due: Option<PayoutPartOut>,
}

impl From<PayableCard> for PayableOut {
    fn from(card: PayableCard) -> Self {
        Self {
            campaign_id: Ref(card.campaign),
            title: card.title,
            state: card.state.into(),
            due: card.due.map(Into::into),
        }
    }
}

/// A file of payouts for the bank.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "PayoutFile")]
#[graphql(name = "PayoutFile")]
pub struct PayoutFileOut {
    /// Which.
    pub id: Ref<PayoutFileId>,
    /// When it was made.
    pub made_at: Moment,
    /// How many payouts are in it.
    pub payout_count: i64,
    /// How much of gifts they are.
    pub gifts_minor: Cents,
    /// How much of the city's parts.
    pub grant_minor: Cents,
}

impl From<PayoutFileCard> for PayoutFileOut {
    fn from(card: PayoutFileCard) -> Self {
        Self {
            id: Ref(card.id),
            made_at: Moment(card.made_at),
            payout_count: card.payouts,
            gifts_minor: card.sums.gifts.into(),
            grant_minor: card.sums.grant.into(),
        }
    }
}
