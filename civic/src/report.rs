//! A report: what the promoter of a funded campaign spent, line by line, and what the city accepts of it.
//!
//! Rule: the promoter writes it and the office closes it; closing fixes what of the spending is eligible and with it the
//! final grant, once. What the final grant leaves of the first one is free again, or is owed back when it was paid.
//! Deliberately absent: the papers themselves, which are named by their numbers.

pub mod read;
pub(crate) mod store;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::money::Money;

/// Something that was spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// For which line of the costs, counted from nothing.
    pub cost_line: u32,
    /// On what.
    pub what: String,
    /// The paper that proves it: an invoice's or receipt's number and issuer.
    pub document: String,
    /// On which day, as in "2026-11-30".
    pub day: String,
    /// How much.
    pub amount: Money,
}

/// What somebody typed into the form of a report; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportInput {
    /// What was done with the money, in Markdown.
    pub text: Option<String>,
    /// The language it is written in; detected when not said.
    pub lang: Option<String>,
    /// What was spent.
    pub spendings: Option<Vec<Spending>>,
}
