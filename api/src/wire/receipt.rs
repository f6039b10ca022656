//! Receipts on the wire: for their donors, their promoters and treasurers.

use async_graphql::{Enum, InputObject, SimpleObject};
use civic::id::{CampaignId, DonationId, ReceiptId};
use civic::receipt::read::{ReceiptCard, ReceiptPage, ToldGift};
use civic::receipt::{Recipient, TaxData};
use poem_openapi::{Enum as ApiEnum, Object};

use super::donation::Method;
use super::money::Cents;
use super::{Moment, Ref};

/// Where a receipt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::receipt::ReceiptState")]
pub enum ReceiptState {
    /// It holds.
    Issued,
    /// It does not hold any more.
    Cancelled,
}

/// Why a receipt does not hold any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::receipt::CancelReason")]
pub enum CancelReason {
    /// The whole gift goes back.
    Refunded,
    /// Another sum is left of the gift, and has its own receipt.
    Changed,
    /// The donor's bank took the gift back.
    Lost,
}

/// What the tax office gives for a gift, or why it gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[graphql(remote = "civic::receipt::TaxBenefit")]
pub enum TaxBenefit {
    /// A person's tax is lower by 35 % of the gift.
    #[oai(rename = "credit_35")]
    #[graphql(name = "CREDIT_35")]
    Credit35,
    /// A person's tax is lower by 30 % of the gift.
    #[oai(rename = "credit_30")]
    #[graphql(name = "CREDIT_30")]
    Credit30,
    /// A body deducts the gift from its income, up to a tenth of it.
    #[oai(rename = "deduction_10")]
    #[graphql(name = "DEDUCTION_10")]
    Deduction10,
    /// None: whoever receives it is no body of the third sector.
    #[oai(rename = "not_for_them")]
    NotForThem,
    /// None: cash leaves no trace.
    #[oai(rename = "cash")]
    Cash,
    /// None: all of it is for the reward.
    #[oai(rename = "all_reward")]
    AllReward,
    /// None: the donor's tax code is not there.
    #[oai(rename = "no_tax_code")]
    NoTaxCode,
}

/// What a donor completes a receipt with.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct TaxDataIn {
    /// The name, as in the register of residents or of companies: at most 120 characters.
    pub name: String,
    /// The tax code, of a person or a body.
    pub tax_code: String,
    /// Where they live, or their seat: at most 120 characters.
    pub address: String,
    /// The gift's own proof; not needed from its signed-in donor.
    pub proof: Option<String>,
}

impl TaxDataIn {
    /// The proof, and the data.
    #[must_use]
    pub fn parts(self) -> (Option<String>, TaxData) {
        let data = TaxData {
            name: self.name,
            tax_code: self.tax_code,
            address: self.address,
        };
        (self.proof, data)
    }
}

/// A donor's tax data, as it was given.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "TaxData")]
#[graphql(name = "TaxData")]
pub struct TaxDataOut {
    /// The name.
    pub name: String,
    /// The tax code.
    pub tax_code: String,
    /// The address.
    pub address: String,
}

impl From<TaxData> for TaxDataOut {
    fn from(data: TaxData) -> Self {
        Self {
            name: data.name,
            tax_code: data.tax_code,
            address: data.address,
        }
    }
}

/// A receipt.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Receipt", skip_serializing_if_is_none)]
#[graphql(name = "Receipt")]
pub struct ReceiptOut {
    /// Which.
    pub id: Ref<ReceiptId>,
    /// For which gift.
    pub donation_id: Ref<DonationId>,
    /// To which campaign.
    pub campaign_id: Ref<CampaignId>,
    /// The campaign's title.
    pub title: String,
    /// The year of the gift.
    pub year: i64,
    /// Its number among its promoter's of that year.
    pub number: i64,
    /// All that it is over.
    pub amount_minor: Cents,
    /// What of that is a gift.
    pub gift_minor: Cents,
    /// What of that is for the reward.
    pub reward_minor: Cents,
    /// How it was paid.
    pub method: Method,
    /// On which day it was given, by the city's calendar, as in "2026-11-30".
    pub given_on: String,
    /// When it was issued.
    pub issued_at: Moment,
    /// Where it stands.
    pub state: ReceiptState,
    /// When it was cancelled.
    pub cancelled_at: Option<Moment>,
    /// Why.
    pub cancel_reason: Option<CancelReason>,
    /// The donor, once the receipt was completed.
    pub donor: Option<TaxDataOut>,
    /// What the tax office gives for it, or why it gives nothing.
    pub tax_benefit: TaxBenefit,
}

impl From<ReceiptCard> for ReceiptOut {
    fn from(card: ReceiptCard) -> Self {
        Self {
            id: Ref(card.id),
            donation_id: Ref(card.donation),
            campaign_id: Ref(card.campaign),
            title: card.title,
            year: card.year,
            number: card.number,
            amount_minor: card.amount.into(),
            gift_minor: card.gift.into(),
            reward_minor: card.reward.into(),
            method: card.method.into(),
            given_on: card.given_on,
            issued_at: Moment(card.issued_at),
            state: card.state.into(),
            cancelled_at: card.cancelled_at.map(Moment),
            cancel_reason: card.cancel_reason.map(Into::into),
            donor: card.donor.map(Into::into),
            tax_benefit: card.benefit.into(),
        }
    }
}

/// Who receives a gift, as its receipt prints them.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "ReceiptRecipient", skip_serializing_if_is_none)]
#[graphql(name = "ReceiptRecipient")]
pub struct RecipientOut {
    /// Their name.
    pub name: String,
    /// Their tax code; not there for the city, a person and a group.
    pub tax_code: Option<String>,
    /// Their seat; not there for the city, a person and a group.
    pub seat: Option<String>,
    /// Their number in the national register of the third sector.
    pub third_sector_number: Option<String>,
}

impl From<Recipient> for RecipientOut {
    fn from(to: Recipient) -> Self {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            name: to.name,
            tax_code: some(to.tax_code),
            seat: some(to.seat),
            third_sector_number: some(to.third_sector_number),
        }
    }
}

/// A receipt with all that its paper says.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "ReceiptPage", skip_serializing_if_is_none)]
#[graphql(name = "ReceiptPage")]
pub struct ReceiptPageOut {
    /// What lists show too.
    #[oai(flatten)]
    #[graphql(flatten)]
    pub receipt: ReceiptOut,
    /// Who receives the gift.
    pub recipient: RecipientOut,
    /// Who held the money until it was theirs.
    pub custodian: String,
    /// By which name the payment is known to the provider, the bank or the cash desk.
    pub payment: String,
    /// Whether you may complete it with your tax data.
    pub can_give_tax_data: bool,
}

impl From<ReceiptPage> for ReceiptPageOut {
    fn from(page: ReceiptPage) -> Self {
        Self {
            receipt: page.card.into(),
            recipient: page.printed.recipient.into(),
            custodian: page.printed.custodian,
            payment: page.printed.payment,
            can_give_tax_data: page.can.give_tax_data,
        }
    }
}

/// A gift as a promoter tells the tax office of it.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "ToldGift")]
#[graphql(name = "ToldGift")]
pub struct ToldGiftOut {
    /// The number of its receipt.
    pub number: i64,
    /// The year of the gift.
    pub year: i64,
    /// To which campaign.
    pub title: String,
    /// Who gave it.
    pub donor: TaxDataOut,
    /// On which day, by the city's calendar, as in "2026-11-30".
    pub given_on: String,
    /// What is left of it, without its reward.
    pub gift_minor: Cents,
    /// How it was paid.
    pub method: Method,
}

impl From<ToldGift> for ToldGiftOut {
    fn from(gift: ToldGift) -> Self {
        Self {
            number: gift.number,
            year: gift.year,
            title: gift.title,
            donor: gift.donor.into(),
            given_on: gift.given_on,
            gift_minor: gift.gift.into(),
            method: gift.method.into(),
        }
    }
}
