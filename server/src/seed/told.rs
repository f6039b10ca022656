//! What a provider would tell in the play. Where money moved, it is told as a movement on the provider's account, so that
//! in a demonstration too its list and our books agree.

use civic::Cx;
use civic::donation::write::learn;
use civic::error::Result;
use civic::money::Money;
use civic::payment::{DisputeState, Fact, Movement, MovementKind, RefundState};
use civic::reconciliation::write::keep;
use civic::time::Timestamp;

/// Cents of one euro.
const CENTS: i64 = 100;

/// Takes what the provider tells.
pub(super) async fn told(cx: &Cx, fact: Fact) -> Result<()> {
    match movement(&fact) {
        Some(movement) => keep(cx, &movement).await.map(drop),
        None => learn(cx, &fact).await.map(drop),
    }
}

/// What the provider does by itself: money sent to the bank, a yearly price, and something that waits for a treasurer.
pub(super) async fn of_the_provider(cx: &Cx, at: Timestamp) -> Result<()> {
    for (name, kind, euros) in [
        ("payout", MovementKind::Bank, -900),
        ("price", MovementKind::Fee, -12),
        ("adjustment", MovementKind::Payment, -15),
    ] {
        let movement = Movement {
            reference: format!("demo_{name}"),
            kind,
            source: None,
            amount: Money::eur(euros * CENTS),
            fee: Money::eur(0),
            at,
            facts: Vec::new(),
        };
        keep(cx, &movement).await?;
    }
    Ok(())
}

/// The movement that a fact comes from; none where no money moves.
fn movement(fact: &Fact) -> Option<Movement> {
    let back = |amount: &Money| Money::eur(amount.minor().saturating_neg());
    let nothing = Money::eur(0);
    let (source, reference, amount, fee, at) = match fact {
        Fact::Confirmed {
            payment, amount, at, ..
        } => (payment, payment, *amount, nothing, at),
        Fact::Charged {
            payment,
            reference,
            fee,
            at,
        } => (payment, reference, nothing, *fee, at),
        Fact::Refunded {
            reference,
            amount,
            state: RefundState::Succeeded,
            at,
            ..
        }
        | Fact::Disputed {
            reference,
            amount,
            state: DisputeState::Open,
            at,
            ..
        } => (reference, reference, back(amount), nothing, at),
        _ => return None,
    };
    Some(Movement {
        reference: reference.clone(),
        kind: MovementKind::Payment,
        source: Some(source.clone()),
        amount,
        fee,
        at: *at,
        facts: vec![fact.clone()],
    })
}
