//! A campaign: one admitted project's fundraising, from its draft to its closing.
//!
//! Rule: the outcome is fixed once. What comes later (refunds, disputes, an agreement that nobody signs) never leads back
//! to it: it lowers what is paid, or lets the grant lapse. Deliberately absent: what time decides, such as whether the
//! deadline has passed, which follows from the clock.

use crate::error::{Code, Error, Result};
use crate::named::named;

named! {
    /// Where a campaign stands.
    pub enum CampaignState {
        /// Being written by its promoter.
        Draft = "draft",
        /// The office looks at it.
        InReview = "in_review",
        /// It has its round, and its match is reserved.
        Scheduled = "scheduled",
        /// It takes gifts.
        Open = "open",
        /// Its deadline has passed, and gifts promised before may still come in.
        WaitingForFunds = "waiting_for_funds",
        /// It reached its target; what the city adds is fixed.
        Funded = "funded",
        /// It did not; every gift goes back.
        Unfunded = "unfunded",
        /// Ended by a reasoned act; every gift goes back.
        Cancelled = "cancelled",
        /// The agreement is signed.
        Agreed = "agreed",
        /// The first money is paid out.
        Settled = "settled",
        /// The promoter reports what was spent.
        Reporting = "reporting",
        /// The final grant is fixed and settled.
        Closed = "closed",
        /// Nobody signed the agreement by its date; every gift goes back.
        Lapsed = "lapsed",
    }

    /// A step of a campaign's life.
    pub enum CampaignStep {
        /// The promoter hands it in.
        Submit = "submit",
        /// Staff puts it into its round.
        Schedule = "schedule",
        /// Its round begins.
        Open = "open",
        /// Its deadline passes.
        End = "end",
        /// The outcome: reached.
        Fund = "fund",
        /// The outcome: not reached.
        Miss = "miss",
        /// Staff ends it, and says why.
        Cancel = "cancel",
        /// The agreement is signed.
        Agree = "agree",
        /// The first tranche is paid.
        Settle = "settle",
        /// The promoter begins to report.
        Report = "report",
        /// Staff accepts the report.
        Close = "close",
        /// The date of the agreement passes.
        Lapse = "lapse",
    }
}

impl CampaignState {
    /// Where `step` leads from here.
    ///
    /// # Errors
    /// `Conflict(WrongState)` when the lifecycle has no such step.
    pub const fn after(self, step: CampaignStep) -> Result<Self> {
        use CampaignStep as Step;
        match (self, step) {
            (Self::Draft, Step::Submit) => Ok(Self::InReview),
            (Self::InReview, Step::Schedule) => Ok(Self::Scheduled),
            (Self::Scheduled, Step::Open) => Ok(Self::Open),
            (Self::Open, Step::End) => Ok(Self::WaitingForFunds),
            (Self::WaitingForFunds, Step::Fund) => Ok(Self::Funded),
            (Self::WaitingForFunds, Step::Miss) => Ok(Self::Unfunded),
            (Self::Draft | Self::InReview | Self::Scheduled | Self::Open | Self::WaitingForFunds, Step::Cancel) => {
                Ok(Self::Cancelled)
            }
            (Self::Funded, Step::Agree) => Ok(Self::Agreed),
            (Self::Funded, Step::Lapse) => Ok(Self::Lapsed),
            (Self::Agreed, Step::Settle) => Ok(Self::Settled),
            (Self::Settled, Step::Report) => Ok(Self::Reporting),
            (Self::Reporting, Step::Close) => Ok(Self::Closed),
            (
                Self::Draft
                | Self::InReview
                | Self::Scheduled
                | Self::Open
                | Self::WaitingForFunds
                | Self::Funded
                | Self::Unfunded
                | Self::Cancelled
                | Self::Agreed
                | Self::Settled
                | Self::Reporting
                | Self::Closed
                | Self::Lapsed,
                _,
            ) => Err(Error::Conflict(Code::WrongState)),
        }
    }

    /// Whether its match is released and every gift goes back.
    #[must_use]
    pub const fn returns_gifts(self) -> bool {
        matches!(self, Self::Unfunded | Self::Cancelled | Self::Lapsed)
    }

    /// Whether its outcome is fixed, so that nothing of it may be computed anew.
    #[must_use]
    pub const fn has_outcome(self) -> bool {
        match self {
            Self::Draft | Self::InReview | Self::Scheduled | Self::Open | Self::WaitingForFunds => false,
            Self::Funded
            | Self::Unfunded
            | Self::Cancelled
            | Self::Agreed
            | Self::Settled
            | Self::Reporting
            | Self::Closed
            | Self::Lapsed => true,
        }
    }
}

impl CampaignStep {
    /// Whether whoever takes it must say why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Cancel)
    }
}
