//! Gifts on the wire. Of others' gifts everybody sees the amount, the day, an id that says nothing, and a name only if it
//! is to be shown.

use async_graphql::{Enum, InputObject, SimpleObject};
use civic::donation::read::{DonationCard, DonationPage, DonationPermissions, PublicGift, RefundCard};
use civic::donation::{Given, NewDonation};
use civic::id::{CampaignId, DonationId, RefundId, RewardId};
use civic::matching::Quote;
use civic::payment::Session;
use poem_openapi::{Enum as ApiEnum, Object};

use super::money::Cents;
use super::{Moment, Ref, all};

/// How a donor chooses to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::donation::Way")]
pub enum Way {
    /// On the provider's page.
    Online,
    /// By a transfer with a reference.
    BankTransfer,
    /// In cash at a desk.
    Cash,
}

/// How a gift was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::payment::Method")]
pub enum Method {
    /// By card.
    Card,
    /// By a debit of the donor's bank account.
    SepaDebit,
    /// By PayPal.
    Paypal,
    /// In another way that the provider's page offers.
    Other,
    /// By a transfer.
    BankTransfer,
    /// In cash at a desk.
    Cash,
}

/// Where a gift stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::donation::DonationState")]
pub enum DonationState {
    /// The donor was sent to pay.
    Promised,
    /// The payment is under way and may still fail.
    Authorised,
    /// The money is there.
    Confirmed,
    /// It was not paid in time.
    Expired,
    /// The payment was refused.
    Failed,
    /// The donor's bank holds the money back.
    Disputed,
    /// The dispute was lost; the money is gone.
    Lost,
    /// The whole of it is on its way back.
    Refunding,
    /// The whole of it is back.
    Refunded,
}

/// A gift to be promised.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct DonationIn {
    /// Made once for each gift, 16 to 100 characters that nobody guesses: the same key again is the same gift.
    pub key: String,
    /// How much: 50 cents to 10,000 euros.
    pub amount_minor: Cents,
    /// How it will be paid; on the provider's page when not said.
    pub way: Option<Way>,
    /// Where letters go; needed from somebody who is not signed in.
    pub email: Option<String>,
    /// The name that everybody sees; none for a gift without one.
    pub name_shown: Option<String>,
    /// A few words to the promoter: at most 300 characters.
    pub message: Option<String>,
    /// The reward; none for a pure gift.
    pub reward: Option<Ref<RewardId>>,
    /// Whether the donor is the promoter, a partner or one of their representatives.
    pub insider: Option<bool>,
    /// What the donor was told that the city adds; when it would be less, the gift is refused.
    pub expected_minor: Option<Cents>,
    /// That the donor agrees to the terms.
    pub terms: bool,
}

impl From<DonationIn> for NewDonation {
    fn from(input: DonationIn) -> Self {
        Self {
            key: input.key,
            amount: input.amount_minor.into(),
            way: input.way.unwrap_or(Way::Online).into(),
            email: input.email,
            name_shown: input.name_shown,
            message: input.message,
            reward: input.reward.map(|id| id.0),
            insider: input.insider.unwrap_or(false),
            expected: input.expected_minor.map(Into::into),
            terms: input.terms,
        }
    }
}

/// What came of a promise.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Given", skip_serializing_if_is_none)]
#[graphql(name = "Given")]
pub struct GivenOut {
    /// The gift.
    pub donation_id: Ref<DonationId>,
    /// To which campaign.
    pub campaign_id: Ref<CampaignId>,
    /// How much.
    pub amount_minor: Cents,
    /// How it is to be paid.
    pub way: Way,
    /// What the city adds because of it, as things stand.
    pub brings_minor: Cents,
    /// How much of that is kept while the donor pays.
    pub held_minor: Cents,
    /// Until when it can be paid.
    pub expires_at: Moment,
    /// What a transfer must say.
    pub reference_code: Option<String>,
    /// What opens the gift for somebody who is not signed in; whoever has it sees the gift.
    pub proof: String,
}

impl From<Given> for GivenOut {
    fn from(given: Given) -> Self {
        Self {
            donation_id: Ref(given.donation),
            campaign_id: Ref(given.campaign),
            amount_minor: given.amount.into(),
            way: given.way.into(),
            brings_minor: given.brings.into(),
            held_minor: given.held.into(),
            expires_at: Moment(given.expires_at),
            reference_code: given.reference_code,
            proof: given.proof,
        }
    }
}

/// What the city would add to a gift now.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "Quote")]
#[graphql(name = "Quote")]
pub struct QuoteOut {
    /// How much of the gift is matched.
    pub base_minor: Cents,
    /// What the city adds because of it.
    pub brings_minor: Cents,
    /// How much of that could be kept while the donor pays.
    pub held_minor: Cents,
}

impl From<Quote> for QuoteOut {
    fn from(quote: Quote) -> Self {
        Self {
            base_minor: quote.base.into(),
            brings_minor: quote.brings.into(),
            held_minor: quote.held.into(),
        }
    }
}

/// The provider's page on which a gift is paid.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "PaymentPage")]
#[graphql(name = "PaymentPage")]
pub struct PaymentPageOut {
    /// Where the donor goes.
    pub url: String,
    /// Until when it can be paid.
    pub expires_at: Moment,
}

impl From<Session> for PaymentPageOut {
    fn from(session: Session) -> Self {
        Self {
            url: session.url,
            expires_at: Moment(session.expires_at),
        }
    }
}

/// A gift as everybody may see it.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "PublicGift", skip_serializing_if_is_none)]
#[graphql(name = "PublicGift")]
pub struct PublicGiftOut {
    /// An id that says nothing.
    pub id: String,
    /// What is left of it.
    pub amount_minor: Cents,
    /// The day on which its money came, by the city's calendar.
    pub day: String,
    /// The name, if it is to be shown.
    pub name: Option<String>,
}

impl From<PublicGift> for PublicGiftOut {
    fn from(gift: PublicGift) -> Self {
        Self {
            id: gift.id,
            amount_minor: gift.amount.into(),
            day: gift.day,
            name: gift.name,
        }
    }
}

/// A gift as its donor's list shows it.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Donation", skip_serializing_if_is_none)]
#[graphql(name = "DonationCard")]
pub struct DonationOut {
    /// Which.
    pub id: Ref<DonationId>,
    /// To which campaign.
    pub campaign_id: Ref<CampaignId>,
    /// The campaign's title.
    pub campaign_title: String,
    /// How much was promised.
    pub amount_minor: Cents,
    /// What is left of it; nothing while it has not come.
    pub left_minor: Cents,
    /// What goes or went back.
    pub refunded_minor: Cents,
    /// How it is to be paid.
    pub way: Way,
    /// How it was paid.
    pub method: Option<Method>,
    /// Where it stands.
    pub state: DonationState,
    /// Whether it came too late to count.
    pub late: bool,
    /// What the donor was told that the city adds.
    pub quoted_minor: Cents,
    /// How much of it is matched.
    pub matched_base_minor: Cents,
    /// The reward.
    pub reward_id: Option<Ref<RewardId>>,
    /// The name that everybody sees.
    pub name_shown: Option<String>,
    /// When it was promised.
    pub promised_at: Moment,
    /// Until when it can be paid.
    pub expires_at: Moment,
    /// When its money came.
    pub confirmed_at: Option<Moment>,
    /// What a transfer must say.
    pub reference_code: Option<String>,
    /// Grows with each change.
    pub version: i64,
}

impl From<DonationCard> for DonationOut {
    fn from(card: DonationCard) -> Self {
        Self {
            id: Ref(card.id),
            campaign_id: Ref(card.campaign),
            campaign_title: card.title,
            amount_minor: card.amount.into(),
            left_minor: card.left.into(),
            refunded_minor: card.refunded.into(),
            way: card.way.into(),
            method: card.method.map(Into::into),
            state: card.state.into(),
            late: card.late,
            quoted_minor: card.quoted.into(),
            matched_base_minor: card.matched_base.into(),
            reward_id: card.reward.map(Ref),
            name_shown: card.name_shown,
            promised_at: Moment(card.promised_at),
            expires_at: Moment(card.expires_at),
            confirmed_at: card.confirmed_at.map(Moment),
            reference_code: card.reference_code,
            version: card.version,
        }
    }
}

/// What goes back of a gift.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Refund")]
#[graphql(name = "Refund")]
pub struct RefundOut {
    /// Which.
    pub id: Ref<RefundId>,
    /// Of which gift.
    pub donation_id: Ref<DonationId>,
    /// How much.
    pub amount_minor: Cents,
    /// How far it has come: `wanted`, `pending`, `succeeded`, `failed`, `settled` or `dropped`.
    pub state: String,
    /// Why: `unfunded`, `cancelled`, `lapsed`, `too_late`, `asked` or `outside`.
    pub reason: String,
    /// Since when it is wanted.
    pub wanted_at: Moment,
    /// When it is to be made.
    pub due_at: Moment,
}

impl From<RefundCard> for RefundOut {
    fn from(card: RefundCard) -> Self {
        Self {
            id: Ref(card.id),
            donation_id: Ref(card.donation),
            amount_minor: card.amount.into(),
            state: card.state.to_owned(),
            reason: card.reason,
            wanted_at: Moment(card.wanted_at),
            due_at: Moment(card.due_at),
        }
    }
}

/// What the asking person may do with a gift now.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "DonationPermissions")]
#[graphql(name = "DonationPermissions")]
pub struct DonationPermissionsOut {
    /// Pay it on the provider's page.
    pub pay: bool,
    /// Say that its transfer or cash has come.
    pub confirm: bool,
    /// Give it back.
    pub refund: bool,
}

impl From<DonationPermissions> for DonationPermissionsOut {
    fn from(can: DonationPermissions) -> Self {
        Self {
            pay: can.pay,
            confirm: can.confirm,
            refund: can.refund,
        }
    }
}

/// A gift with all that its own page shows; for its donor and the treasurer.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "DonationPage", skip_serializing_if_is_none)]
#[graphql(name = "Donation")]
pub struct DonationPageOut {
    /// What lists show too.
    #[oai(flatten)]
    #[graphql(flatten)]
    pub card: DonationOut,
    /// Where letters go, from somebody without an account.
    pub email: Option<String>,
    /// The words to the promoter.
    pub message: Option<String>,
    /// Whether the donor is on the promoter's side.
    pub insider: bool,
    /// What goes or went back.
    pub refunds: Vec<RefundOut>,
    /// What the asking person may do.
    pub can: DonationPermissionsOut,
}

impl From<DonationPage> for DonationPageOut {
    fn from(page: DonationPage) -> Self {
        Self {
            card: page.card.into(),
            email: page.email,
            message: page.message,
            insider: page.insider,
            refunds: all(page.refunds),
            can: page.can.into(),
        }
    }
}

/// What opens a gift for somebody who is not signed in.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ProofIn {
    /// The gift's own proof; not needed from its signed-in donor.
    pub proof: Option<String>,
}
