//! A donation: one person's gift to one campaign or fund.
//!
//! Rule: money counts while the gift is confirmed and in no other state. Partial refunds are amounts, not states; a refund
//! that fails leaves the gift refunding, to be paid another way. Where a gift stands follows from all that is known of it
//! (`known.rs`), so that the same things told in any order end the same; the lifecycle says which ways may lead there, and
//! who learns of two steps at once takes both. Deliberately absent: the provider's own states, which its answers are
//! translated from.

pub mod known;
pub(crate) mod moves;
pub mod news;
pub mod read;
pub(crate) mod store;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::id::{CallId, CampaignId, DonationId, MemberId, RewardId};
use crate::language::Language;
use crate::money::Money;
use crate::named::named;
use crate::time::Timestamp;

named! {
    /// Where a donation stands.
    pub enum DonationState {
        /// The donor was sent to pay.
        Promised = "promised",
        /// The payment is under way and may still fail.
        Authorised = "authorised",
        /// The money is there.
        Confirmed = "confirmed",
        /// It was not paid in time.
        Expired = "expired",
        /// The payment was refused.
        Failed = "failed",
        /// The donor's bank holds the money back.
        Disputed = "disputed",
        /// The dispute was lost; the money is gone.
        Lost = "lost",
        /// The whole of it is on its way back.
        Refunding = "refunding",
        /// The whole of it is back.
        Refunded = "refunded",
    }

    /// A step of a donation's life.
    pub enum DonationStep {
        /// The provider accepts the payment.
        Authorise = "authorise",
        /// The money has come in.
        Confirm = "confirm",
        /// Its time to pay is over.
        Expire = "expire",
        /// The provider or the bank refuses it.
        Fail = "fail",
        /// The donor's bank asks for it back.
        Dispute = "dispute",
        /// The dispute ends for us.
        Win = "win",
        /// The dispute ends against us.
        Lose = "lose",
        /// We begin to give it back.
        Refund = "refund",
        /// It has come back to the donor.
        FinishRefund = "finish_refund",
        /// What was to go back does not, since the donor's bank took a part: the rest is a gift again.
        Resume = "resume",
    }
}

impl DonationState {
    /// Where `step` leads from here.
    ///
    /// # Errors
    /// `Conflict(WrongState)` when the lifecycle has no such step.
    pub const fn after(self, step: DonationStep) -> Result<Self> {
        use DonationStep as Step;
        match (self, step) {
            // What was believed over is not, when the money comes after all.
            (Self::Promised | Self::Expired | Self::Failed, Step::Authorise) => Ok(Self::Authorised),
            (Self::Authorised, Step::Confirm) => Ok(Self::Confirmed),
            (Self::Promised | Self::Authorised, Step::Expire) => Ok(Self::Expired),
            (Self::Promised | Self::Authorised | Self::Expired, Step::Fail) => Ok(Self::Failed),
            (Self::Confirmed, Step::Dispute) => Ok(Self::Disputed),
            (Self::Disputed, Step::Win) => Ok(Self::Confirmed),
            // A dispute may come over a refund and the other way round; and a refund that arrived may come back.
            (Self::Disputed | Self::Refunding | Self::Refunded, Step::Lose) => Ok(Self::Lost),
            (Self::Confirmed | Self::Disputed | Self::Refunded, Step::Refund) => Ok(Self::Refunding),
            (Self::Refunding, Step::FinishRefund) => Ok(Self::Refunded),
            (Self::Refunding, Step::Resume) => Ok(Self::Confirmed),
            (
                Self::Promised
                | Self::Authorised
                | Self::Confirmed
                | Self::Expired
                | Self::Failed
                | Self::Disputed
                | Self::Lost
                | Self::Refunding
                | Self::Refunded,
                _,
            ) => Err(Error::Conflict(Code::WrongState)),
        }
    }

    /// Whether the lifecycle leads from here to `other`, by no step or by several.
    #[must_use]
    pub fn leads_to(self, other: Self) -> bool {
        let mut seen = vec![self];
        let mut next = 0;
        while let Some(state) = seen.get(next).copied() {
            if state == other {
                return true;
            }
            for step in DonationStep::ALL {
                if let Ok(after) = state.after(*step)
                    && !seen.contains(&after)
                {
                    seen.push(after);
                }
            }
            next += 1;
        }
        false
    }

    /// Whether the gift counts as raised.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Confirmed)
    }

    /// Whether its campaign still waits to learn whether it counts.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Promised | Self::Authorised)
    }
}

named! {
    /// How a donor chooses to pay.
    pub enum Way {
        /// On the provider's page.
        Online = "online",
        /// By a transfer with a reference.
        BankTransfer = "bank_transfer",
        /// In cash at a desk.
        Cash = "cash",
    }

    /// Why money goes back.
    pub enum RefundReason {
        /// The campaign did not reach its threshold.
        Unfunded = "unfunded",
        /// The campaign was cancelled.
        Cancelled = "cancelled",
        /// Nobody signed the agreement.
        Lapsed = "lapsed",
        /// It came when nothing counted any more, or is not what was promised.
        TooLate = "too_late",
        /// The donor or the office asked for it.
        Asked = "asked",
        /// It was begun at the provider's.
        Outside = "outside",
    }
}

/// A gift to be promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDonation {
    /// Made by the donor's program once for each gift, so that a double click, a way back and two tabs are one gift.
    pub key: String,
    /// How much.
    pub amount: Money,
    /// How it will be paid.
    pub way: Way,
    /// Where letters go; needed from somebody who is not signed in.
    pub email: Option<String>,
    /// The name that everybody sees; none for a gift without one.
    pub name_shown: Option<String>,
    /// A few words to the promoter.
    pub message: Option<String>,
    /// The reward; none for a pure gift.
    pub reward: Option<RewardId>,
    /// Whether the donor says that they are the promoter, a partner or one of their representatives.
    pub insider: bool,
    /// What the donor was told that the city adds; a smaller sum is refused, so that nobody gives on a promise that is over.
    pub expected: Option<Money>,
    /// Whether the donor agrees to the terms.
    pub terms: bool,
}

/// What came of a promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The gift.
    pub donation: DonationId,
    /// To which campaign.
    pub campaign: CampaignId,
    /// How much.
    pub amount: Money,
    /// How it is to be paid.
    pub way: Way,
    /// What the city adds because of it, as things stand.
    pub brings: Money,
    /// How much of that is kept while the donor pays.
    pub held: Money,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
    /// What a transfer must say.
    pub reference_code: Option<String>,
    /// What opens the gift's own page for somebody who is not signed in.
    pub proof: String,
}

/// What permissions on a gift depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DonationFacts {
    /// Which one.
    pub id: DonationId,
    /// To which campaign.
    pub campaign: CampaignId,
    /// Of which call the campaign is.
    pub call: Option<CallId>,
    /// Who promotes the campaign.
    pub promoter: MemberId,
    /// The member who gave.
    pub donor: Option<MemberId>,
    /// Whether the asker showed the gift's own proof.
    pub proven: bool,
}

/// What a donor's letters and pages are written in, as it is stored.
pub(crate) fn language(code: &str) -> Language {
    Language::parse(code).unwrap_or(Language::It)
}
