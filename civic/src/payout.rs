//! A payout: money on its way from the custodian to a promoter.
//!
//! Rule: one person requests it and another approves it; what was sent is either paid or comes back whole. Deliberately
//! absent: being suspended after a change of bank details, which follows from the time of the change.

use crate::error::{Code, Error, Result};
use crate::named::named;

named! {
    /// Where a payout stands.
    pub enum PayoutState {
        /// One person asked for it.
        Requested = "requested",
        /// Another person agreed.
        Approved = "approved",
        /// Another person did not agree, and said why.
        Declined = "declined",
        /// Taken back before it was sent.
        Withdrawn = "withdrawn",
        /// It is in a file for the bank.
        Sent = "sent",
        /// The bank's statement shows it.
        Paid = "paid",
        /// The bank sent it back; the money is owed again.
        Returned = "returned",
    }

    /// A step of a payout's life.
    pub enum PayoutStep {
        /// Another person agrees.
        Approve = "approve",
        /// Another person does not agree.
        Decline = "decline",
        /// It is taken back.
        Withdraw = "withdraw",
        /// It goes into a file for the bank.
        Send = "send",
        /// The bank has paid it.
        Pay = "pay",
        /// The bank sends it back.
        Return = "return",
    }
}

impl PayoutState {
    /// Where `step` leads from here.
    ///
    /// # Errors
    /// `Conflict(WrongState)` when the lifecycle has no such step.
    pub const fn after(self, step: PayoutStep) -> Result<Self> {
        use PayoutStep as Step;
        match (self, step) {
            (Self::Requested, Step::Approve) => Ok(Self::Approved),
            (Self::Requested, Step::Decline) => Ok(Self::Declined),
            (Self::Requested | Self::Approved, Step::Withdraw) => Ok(Self::Withdrawn),
            (Self::Approved, Step::Send) => Ok(Self::Sent),
            (Self::Sent, Step::Pay) => Ok(Self::Paid),
            (Self::Sent | Self::Paid, Step::Return) => Ok(Self::Returned),
            (
                Self::Requested
                | Self::Approved
                | Self::Declined
                | Self::Withdrawn
                | Self::Sent
                | Self::Paid
                | Self::Returned,
                _,
            ) => Err(Error::Conflict(Code::WrongState)),
        }
    }
}

impl PayoutStep {
    /// Whether whoever takes it must say why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Decline)
    }
}
