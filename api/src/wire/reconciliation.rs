//! Reconciliation with the provider's account on the wire, for treasurers.

use async_graphql::{Enum, SimpleObject};
use civic::id::{DonationId, MovementId};
use civic::reconciliation::read::{Astray, AstrayCard, MovementCard, RunCard};
use poem_openapi::{Enum as ApiEnum, Object};

use super::money::Cents;
use super::{Moment, Ref, all};

/// Where a movement on the provider's account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::reconciliation::MovementState")]
pub enum MovementState {
    /// Nobody knows what it is; its money is in suspense.
    Open,
    /// It is a gift, a refund or a dispute of ours.
    Known,
    /// It went to the custodian's bank, or came from there.
    Banked,
    /// The provider took it for itself, or gave it back.
    Charged,
}

/// One comparison of the provider's list with our books.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Comparison", skip_serializing_if_is_none)]
#[graphql(name = "Comparison")]
pub struct ComparisonOut {
    /// When it was begun.
    pub begun_at: Moment,
    /// When it was ended.
    pub ended_at: Option<Moment>,
    /// How many movements it read.
    pub movement_count: i64,
    /// How many of them told something that was not known.
    pub news_count: i64,
    /// What our books said that the provider has.
    pub clearing_minor: Cents,
    /// What the provider's movements came to.
    pub provider_minor: Cents,
    /// Why it was broken off the last time.
    pub error: Option<String>,
}

impl From<RunCard> for ComparisonOut {
    fn from(card: RunCard) -> Self {
        Self {
            begun_at: Moment(card.begun_at),
            ended_at: card.ended_at.map(Moment),
            movement_count: card.movements,
            news_count: card.news,
            clearing_minor: card.clearing.into(),
            provider_minor: card.provider.into(),
            error: card.error,
        }
    }
}

/// What is in our books and not on the provider's list.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Astray")]
#[graphql(name = "Astray")]
pub struct AstrayOut {
    /// Of which gift.
    pub donation_id: Ref<DonationId>,
    /// The provider's name of the payment or refund.
    pub reference: String,
    /// How much.
    pub amount_minor: Cents,
    /// Since when it is in our books.
    pub since: Moment,
}

impl From<AstrayCard> for AstrayOut {
    fn from(card: AstrayCard) -> Self {
        Self {
            donation_id: Ref(card.donation),
            reference: card.reference,
            amount_minor: card.amount.into(),
            since: Moment(card.since),
        }
    }
}

/// How our books stand against the provider's account.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Reconciliation", skip_serializing_if_is_none)]
#[graphql(name = "Reconciliation")]
pub struct ReconciliationOut {
    /// The last comparison; none when there was none yet.
    pub last: Option<ComparisonOut>,
    /// Gifts that the provider has not shown for a day, oldest first, at most fifty.
    pub missing_gifts: Vec<AstrayOut>,
    /// Refunds that the provider has not shown for a day, oldest first, at most fifty.
    pub missing_refunds: Vec<AstrayOut>,
}

impl From<(Option<RunCard>, Astray)> for ReconciliationOut {
    fn from((last, astray): (Option<RunCard>, Astray)) -> Self {
        Self {
            last: last.map(Into::into),
            missing_gifts: all(astray.gifts),
            missing_refunds: all(astray.refunds),
        }
    }
}

/// A movement on the provider's account.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Movement", skip_serializing_if_is_none)]
#[graphql(name = "Movement")]
pub struct MovementOut {
    /// Which.
    pub id: Ref<MovementId>,
    /// The provider's own name of it.
    pub reference: String,
    /// The payment, refund or dispute that it belongs to.
    pub source: Option<String>,
    /// What came; below nothing when it went.
    pub amount_minor: Cents,
    /// What the provider kept of it.
    pub fee_minor: Cents,
    /// When it happened.
    pub happened_at: Moment,
    /// When it was seen first.
    pub seen_at: Moment,
    /// Where it stands.
    pub state: MovementState,
    /// Why a person decided so.
    pub reason: Option<String>,
}

impl From<MovementCard> for MovementOut {
    fn from(card: MovementCard) -> Self {
        Self {
            id: Ref(card.id),
            reference: card.reference,
            source: card.source,
            amount_minor: card.amount.into(),
            fee_minor: card.fee.into(),
            happened_at: Moment(card.happened_at),
            seen_at: Moment(card.seen_at),
            state: card.state.into(),
            reason: card.reason,
        }
    }
}
