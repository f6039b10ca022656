//! Reconciliation: once a day the provider's own list of what moved on its account is held against our books.
//!
//! Rule: what the list tells of gifts is learnt as if a message had told it, so that a lost message and a refund made in the
//! provider's own window are found and booked. What nobody can explain is in suspense, so that our books say what the
//! provider has, and waits for a person. Deliberately absent: the bank, which is held against its statements.

pub mod read;
pub(crate) mod store;
pub mod write;

use crate::error::{Code, Error, Result};
use crate::named::named;

named! {
    /// Where a movement on the provider's account stands.
    pub enum MovementState {
        /// Nobody knows what it is; its money is in suspense.
        Open = "open",
        /// It is a gift, a refund or a dispute of ours.
        Known = "known",
        /// It went to the custodian's bank, or came from there.
        Banked = "banked",
        /// The provider took it for itself, or gave it back.
        Charged = "charged",
    }

    /// A step of a movement's life.
    pub enum MovementStep {
        /// What it is about becomes known.
        Recognise = "recognise",
        /// A person says that it moved between the provider and the bank.
        Bank = "bank",
        /// A person says that it is the provider's cost.
        Charge = "charge",
    }
}

impl MovementState {
    /// Where `step` leads from here.
    ///
    /// # Errors
    /// `Conflict(WrongState)` when the lifecycle has no such step.
    pub const fn after(self, step: MovementStep) -> Result<Self> {
        match (self, step) {
            (Self::Open, MovementStep::Recognise) => Ok(Self::Known),
            (Self::Open, MovementStep::Bank) => Ok(Self::Banked),
            (Self::Open, MovementStep::Charge) => Ok(Self::Charged),
            (Self::Known | Self::Banked | Self::Charged, _) => Err(Error::Conflict(Code::WrongState)),
        }
    }
}
