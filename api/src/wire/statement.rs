//! Statements of the bank on the wire, for treasurers.

use async_graphql::{Enum, SimpleObject};
use civic::id::{DonationId, PayoutId, StatementId, StatementLineId};
use civic::statement::read::{LineCard, StatementCard};
use poem_openapi::{Enum as ApiEnum, Object};

use super::money::Cents;
use super::{Moment, Ref};

/// Where a line of a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename = "StatementLineState", rename_all = "snake_case")]
#[graphql(name = "StatementLineState", remote = "civic::statement::LineState")]
pub enum LineState {
    /// Nobody looked at it yet.
    New,
    /// It waits for a person.
    Open,
    /// It is known which gift or payout it is.
    Matched,
    /// A person said that it is none of ours, and why.
    SetAside,
}

/// A statement that was taken in.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "Statement")]
#[graphql(name = "Statement")]
pub struct StatementOut {
    /// Which.
    pub id: Ref<StatementId>,
    /// When it was taken in.
    pub imported_at: Moment,
    /// How many lines it has.
    pub line_count: i64,
    /// How many of them were known from other files.
    pub known_count: i64,
}

impl From<StatementCard> for StatementOut {
    fn from(card: StatementCard) -> Self {
        Self {
            id: Ref(card.id),
            imported_at: Moment(card.imported_at),
            line_count: card.lines,
            known_count: card.known,
        }
    }
}

/// A line of a statement.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "StatementLine", skip_serializing_if_is_none)]
#[graphql(name = "StatementLine")]
pub struct LineOut {
    /// Which.
    pub id: Ref<StatementLineId>,
    /// On which day it was booked: its noon in the city's time.
    pub booked_at: Moment,
    /// How much came; below nothing when it went.
    pub amount_minor: Cents,
    /// From or to whom.
    pub name: String,
    /// The number of their account; empty where the bank does not say.
    pub iban: String,
    /// What they wrote.
    pub text: String,
    /// Where it stands.
    pub state: LineState,
    /// Which gift it is.
    pub donation_id: Option<Ref<DonationId>>,
    /// Which payout it is.
    pub payout_id: Option<Ref<PayoutId>>,
    /// Which gift it may be.
    pub suggested_donation_id: Option<Ref<DonationId>>,
    /// Why it was set aside.
    pub reason: Option<String>,
}

impl From<LineCard> for LineOut {
    fn from(card: LineCard) -> Self {
        Self {
            id: Ref(card.id),
            booked_at: Moment(card.booked_at),
            amount_minor: card.amount.into(),
            name: card.name,
            iban: card.iban,
            text: card.text,
            state: card.state.into(),
            donation_id: card.donation.map(Ref),
            payout_id: card.payout.map(Ref),
            suggested_donation_id: card.suggested.map(Ref),
            reason: card.reason,
        }
    }
}
