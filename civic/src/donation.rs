//! A donation: one person's gift to one campaign or fund.
//!
//! Rule: money counts while the gift is confirmed and in no other state. Partial refunds are amounts, not states; a refund
//! that fails leaves the gift refunding, to be paid another way. Deliberately absent: the provider's own states, which its
//! answers are translated from, and steps that skip one: who learns of two steps at once takes both.

use crate::error::{Code, Error, Result};
use crate::named::named;

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
            (Self::Promised, Step::Authorise) => Ok(Self::Authorised),
            (Self::Authorised, Step::Confirm) => Ok(Self::Confirmed),
            (Self::Promised | Self::Authorised, Step::Expire) => Ok(Self::Expired),
            (Self::Promised | Self::Authorised, Step::Fail) => Ok(Self::Failed),
            (Self::Confirmed, Step::Dispute) => Ok(Self::Disputed),
            (Self::Disputed, Step::Win) => Ok(Self::Confirmed),
            (Self::Disputed, Step::Lose) => Ok(Self::Lost),
            (Self::Confirmed, Step::Refund) => Ok(Self::Refunding),
            (Self::Refunding, Step::FinishRefund) => Ok(Self::Refunded),
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
