//! An application: what a promoter hands in for a call, and how far it comes.
//!
//! Rule: it is handed in once, before the minute; whoever is out is told why; a reserve moves up when an admitted one
//! withdraws before going online. Deliberately absent: being completed on the office's request, which changes no state.

use crate::error::{Code, Error, Result};
use crate::named::named;

named! {
    /// Where an application stands.
    pub enum ApplicationState {
        /// Being written; saved as it is.
        Draft = "draft",
        /// Handed in.
        Submitted = "submitted",
        /// It fits the call.
        Admissible = "admissible",
        /// It does not, for a reason.
        Excluded = "excluded",
        /// It has its place on the commission's list.
        Ranked = "ranked",
        /// It may have a campaign.
        Admitted = "admitted",
        /// It waits for an admitted one to withdraw.
        Reserve = "reserve",
        /// It is too far down the list, or below the least score.
        Rejected = "rejected",
        /// Taken back before it went online.
        Withdrawn = "withdrawn",
    }

    /// A step of an application's life.
    pub enum ApplicationStep {
        /// The promoter hands it in.
        Submit = "submit",
        /// The office finds that it fits.
        FindAdmissible = "find_admissible",
        /// The office finds that it does not.
        Exclude = "exclude",
        /// The commission's list is drawn up.
        Rank = "rank",
        /// It is admitted, at once or moving up.
        Admit = "admit",
        /// It is kept in reserve.
        HoldInReserve = "hold_in_reserve",
        /// It is not admitted.
        Reject = "reject",
        /// The promoter takes it back.
        Withdraw = "withdraw",
    }
}

impl ApplicationState {
    /// Where `step` leads from here.
    ///
    /// # Errors
    /// `Conflict(WrongState)` when the lifecycle has no such step.
    pub const fn after(self, step: ApplicationStep) -> Result<Self> {
        use ApplicationStep as Step;
        match (self, step) {
            (Self::Draft, Step::Submit) => Ok(Self::Submitted),
            (Self::Submitted, Step::FindAdmissible) => Ok(Self::Admissible),
            (Self::Submitted, Step::Exclude) => Ok(Self::Excluded),
            (Self::Admissible, Step::Rank) => Ok(Self::Ranked),
            (Self::Ranked | Self::Reserve, Step::Admit) => Ok(Self::Admitted),
            (Self::Ranked, Step::HoldInReserve) => Ok(Self::Reserve),
            (Self::Ranked, Step::Reject) => Ok(Self::Rejected),
            (Self::Submitted | Self::Admissible | Self::Ranked | Self::Admitted | Self::Reserve, Step::Withdraw) => {
                Ok(Self::Withdrawn)
            }
            (
                Self::Draft
                | Self::Submitted
                | Self::Admissible
                | Self::Excluded
                | Self::Ranked
                | Self::Admitted
                | Self::Reserve
                | Self::Rejected
                | Self::Withdrawn,
                _,
            ) => Err(Error::Conflict(Code::WrongState)),
        }
    }
}

impl ApplicationStep {
    /// Whether whoever takes it must say why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Exclude | Self::Reject)
    }
}
