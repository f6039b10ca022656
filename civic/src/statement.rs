//! A statement of the custodian's bank: what it says came and went, line by line, and which gift or payout each line is.
//!
//! Rule: a line that names a gift's code and brings exactly what was promised is that gift, and a line that names a payout
//! is that payout; every other line waits for a person. A line is taken once, in however many files it comes. Deliberately
//! absent: fetching statements from a bank.

mod camt;
pub mod read;
pub(crate) mod store;
mod table;
pub mod write;

use crate::error::{Code, Error, Result};
use crate::money::Money;
use crate::named::named;

named! {
    /// Where a line stands.
    pub enum LineState {
        /// Nobody looked at it yet.
        New = "new",
        /// It waits for a person.
        Open = "open",
        /// It is known which gift or payout it is.
        Matched = "matched",
        /// A person said that it is none of ours, and why.
        SetAside = "set_aside",
    }

    /// A step of a line's life.
    pub enum LineStep {
        /// It is found which gift or payout it is.
        Match = "match",
        /// It is not found.
        Leave = "leave",
        /// A person says that it is none of ours.
        SetAside = "set_aside",
    }
}

impl LineState {
    /// Where `step` leads from here.
    ///
    /// # Errors
    /// `Conflict(WrongState)` when the lifecycle has no such step.
    pub const fn after(self, step: LineStep) -> Result<Self> {
        use LineStep as Step;
        match (self, step) {
            (Self::New | Self::Open, Step::Match) => Ok(Self::Matched),
            (Self::New, Step::Leave) => Ok(Self::Open),
            (Self::New | Self::Open, Step::SetAside) => Ok(Self::SetAside),
            (Self::Open | Self::Matched | Self::SetAside, _) => Err(Error::Conflict(Code::WrongState)),
        }
    }
}

/// A line as a file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawLine {
    /// The bank's own name for it; none where the file has none.
    pub reference: Option<String>,
    /// On which day it was booked, as in "2026-11-30".
    pub booked_on: jiff::civil::Date,
    /// How much came; below nothing when it went.
    pub amount: Money,
    /// From or to whom.
    pub name: String,
    /// The number of their account.
    pub iban: String,
    /// What they wrote.
    pub text: String,
    /// The name that whoever ordered it gave it.
    pub end_to_end: String,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawStatement {
    /// The account's number; none where the file does not say.
    pub account: Option<String>,
    /// Its lines, in their order.
    pub lines: Vec<RawLine>,
}

/// Reads a statement as banks give it: CAMT.053, or a table with a line of headings.
///
/// # Errors
/// `Invalid` on `file`, saying what is wrong with it.
pub(crate) fn parse(bytes: &[u8]) -> Result<RawStatement> {
    let text = std::str::from_utf8(bytes).map_err(|_| wrong(Code::StatementUnreadable))?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') {
        camt::parse(text)
    } else {
        table::parse(text)
    }
}

/// Says what is wrong with the file.
fn wrong(code: Code) -> Error {
    Error::field("file", code)
}
