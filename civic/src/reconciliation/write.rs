//! Holding the provider's list against our books, and what a person decides of the rest.
//!
//! Rule: one comparison a day, by whichever server comes first; one that is broken off is taken up again, and what was seen
//! stays seen. A movement is taken once. Its money goes where it belongs, or into suspense, in the transaction in which it
//! is kept. Deliberately absent: undoing what a person decided, which is for a txn of reversal.

use sea_orm::ActiveValue::Set;

use super::store::{self, movement, row};
use super::{MovementState, MovementStep};
use crate::audit;
use crate::db::Tx;
use crate::donation::write::{Learned, learn};
use crate::error::{Code, Error, Result};
use crate::id::{MovementId, ReconciliationId};
use crate::ledger::{self, Account, CustodianAccount, Kind, NewTxn};
use crate::limits::{
    AMOUNT_MAX_MINOR, PAYMENT_REFERENCE_MAX_CHARS, RECONCILE_AGAIN_MS, RECONCILE_PAGES_MAX, RECONCILE_RETRY_MS,
};
use crate::money::Money;
use crate::payment::{Fact, Movement, MovementKind};
use crate::policy::{Act, On};
use crate::repeat;
use crate::text::read_reason;
use crate::time::Timestamp;
use crate::{City, Cx};

/// Makes the comparison that is due; false when none is.
///
/// # Errors
/// Those of the database. A provider that does not answer is noted, and asked again later.
pub async fn turn(city: &City) -> Result<bool> {
    let cx = city.system();
    let Some(run) = claim(&cx).await? else {
        return Ok(false);
    };
    match go_through(city, run.since).await {
        Ok(counted) => end(&city.system(), &run, counted).await?,
        Err(Error::Unavailable(why)) => {
            tracing::warn!(error = why, "the provider's list waits");
            let broken = row::ActiveModel {
                error: Set(Some(why)),
                ..Default::default()
            };
            let tx = cx.begin().await?;
            store::change(&tx, &run, broken).await?;
            tx.commit().await?;
        }
        Err(error) => return Err(error),
    }
    Ok(true)
}

/// Takes today's comparison: begins it, or takes it up again when it was broken off.
async fn claim(cx: &Cx) -> Result<Option<row::Model>> {
    let day = cx.now.local(&cx.city.settings.zone).date().to_string();
    let due = cx.now.plus_ms(RECONCILE_RETRY_MS);
    let found = match store::of_day(cx.db(), &day).await? {
        Some(run) if run.due_at.is_none_or(|due| cx.now < due) => return Ok(None),
        found => found,
    };
    let tx = cx.begin().await?;
    let ours = match &found {
        Some(run) => {
            let taken = row::ActiveModel {
                due_at: Set(Some(due)),
                ..Default::default()
            };
            store::change(&tx, run, taken).await?
        }
        None => {
            // The first comparison reads everything that the provider has.
            let before = store::last(&*tx, true).await?;
            let since = before.map_or(Timestamp::from_ms(0), |run| run.begun_at.plus_ms(-RECONCILE_AGAIN_MS));
            let new = row::ActiveModel {
                id: Set(cx.id::<ReconciliationId>()),
                day: Set(day.clone()),
                since: Set(since),
                begun_at: Set(cx.now),
                due_at: Set(Some(due)),
                ended_at: Set(None),
                movements: Set(0),
                news: Set(0),
                clearing_minor: Set(0),
                provider_minor: Set(0),
                error: Set(None),
            };
            store::begin(&tx, new).await?
        }
    };
    tx.commit().await?;
    if ours {
        store::of_day(cx.db(), &day).await
    } else {
        Ok(None)
    }
}

/// How many movements there were, and how many of them told something new.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    movements: i64,
    news: i64,
}

async fn go_through(city: &City, since: Timestamp) -> Result<Counted> {
    let (mut counted, mut place) = (Counted::default(), None);
    for _ in 0..RECONCILE_PAGES_MAX {
        let asked = city.payments.movements(since, place.as_deref()).await;
        let some = asked.map_err(|error| Error::Unavailable(error.to_string()))?;
        for one in &some.items {
            counted.movements += 1;
            counted.news += i64::from(keep(&city.system(), one).await?);
        }
        place = some.next;
        if place.is_none() {
            return Ok(counted);
        }
    }
    Err(Error::Unavailable(
        "there are more movements than are gone through".to_owned(),
    ))
}

async fn end(cx: &Cx, run: &row::Model, counted: Counted) -> Result<()> {
    let clearing = Account::Custodian(CustodianAccount::ProviderClearing);
    let clearing = match ledger::balance(cx, clearing).await {
        Ok(balance) => balance.minor(),
        Err(Error::NotFound) => 0,
        Err(error) => return Err(error),
    };
    let over = row::ActiveModel {
        due_at: Set(None),
        ended_at: Set(Some(cx.now)),
        movements: Set(counted.movements),
        news: Set(counted.news),
        clearing_minor: Set(clearing),
        provider_minor: Set(store::sum(cx.db()).await?),
        error: Set(None),
        ..Default::default()
    };
    let tx = cx.begin().await?;
    store::change(&tx, run, over).await?;
    tx.commit().await
}

/// Takes one movement: what it tells of gifts is learnt, the rest goes where the provider says or into suspense. Whether it
/// told something that was not known.
///
/// # Errors
/// `Invalid` for names and sums that no provider tells, and those of the database.
pub async fn keep(cx: &Cx, one: &Movement) -> Result<bool> {
    check(one)?;
    let heard = hear(cx, one).await?;
    let tx = cx.begin().await?;
    match store::find_by_reference(&*tx, &one.reference).await? {
        None => add(&tx, cx, one, heard.known).await?,
        Some(row) if row.state()? == MovementState::Open && heard.known => recognise(&tx, cx, &row).await?,
        Some(_) => {}
    }
    tx.commit().await?;
    Ok(heard.new)
}

fn check(one: &Movement) -> Result<()> {
    let name = |text: &str| {
        (1..=PAYMENT_REFERENCE_MAX_CHARS).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic())
    };
    if !name(&one.reference) || one.source.as_deref().is_some_and(|source| !name(source)) {
        return Err(Error::field("reference", Code::Malformed));
    }
    let sum = |amount: Money| amount.minor().checked_abs().is_some_and(|sum| sum <= AMOUNT_MAX_MINOR);
    if sum(one.amount) && sum(one.fee) {
        Ok(())
    } else {
        Err(Error::field("amount", Code::OutOfRange))
    }
}

/// What became of what a movement tells.
struct Heard {
    /// Something of it was not known.
    new: bool,
    /// All of it is of gifts that are ours.
    known: bool,
}

async fn hear(cx: &Cx, one: &Movement) -> Result<Heard> {
    let mut heard = Heard {
        new: false,
        known: !one.facts.is_empty(),
    };
    for fact in &one.facts {
        match learn(cx, fact).await {
            Ok(Learned::New) => heard.new = true,
            Ok(Learned::Known) => {}
            Ok(Learned::Waits) => heard.known = false,
            // Whatever keeps this fact from being taken is for a person to look at, and holds up no other.
            Err(error @ (Error::Conflict(_) | Error::Invalid(_) | Error::NotFound)) => {
                tracing::warn!(%error, reference = one.reference, "a movement of the provider is not understood");
                heard.known = false;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(heard)
}

/// The part of a movement that learning its facts has not booked: all of it but a fee that was told.
fn unbooked(one: &Movement) -> i64 {
    let told = |fact: &Fact| matches!(fact, Fact::Charged { reference, .. } if *reference == one.reference);
    let fee = if one.facts.iter().any(told) { 0 } else { one.fee.minor() };
    one.amount.minor().saturating_sub(fee)
}

async fn add(tx: &Tx, cx: &Cx, one: &Movement, known: bool) -> Result<()> {
    let state = match one.kind {
        _ if known => MovementState::Known,
        MovementKind::Bank => MovementState::Banked,
        MovementKind::Fee => MovementState::Charged,
        MovementKind::Payment => MovementState::Open,
    };
    let suspense = if state == MovementState::Open { unbooked(one) } else { 0 };
    let booked = booking(one, state);
    let new = movement::ActiveModel {
        id: Set(cx.id()),
        reference: Set(one.reference.clone()),
        source: Set(one.source.clone()),
        amount_minor: Set(one.amount.minor()),
        fee_minor: Set(one.fee.minor()),
        happened_at: Set(one.at),
        seen_at: Set(cx.now),
        state: Set(state.as_str().to_owned()),
        version: Set(1),
        suspense_minor: Set(suspense),
        suspense_id: Set(booked
            .iter()
            .find(|txn| txn.kind == Kind::Unexplained)
            .map(|txn| txn.id)),
        reason: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
    };
    if store::insert(tx, new).await? && !booked.is_empty() {
        ledger::post_all(tx, cx, &booked).await?;
    }
    Ok(())
}

const CLEARING: CustodianAccount = CustodianAccount::ProviderClearing;

/// What is to be posted for a movement that is in this state from the beginning.
fn booking(one: &Movement, state: MovementState) -> Vec<NewTxn> {
    let cause = cause(&one.reference);
    let (amount, fee) = (one.amount.minor(), one.fee.minor());
    let moved = |kind, other, sum| moved(kind, &cause, one.at, (CLEARING, other), sum);
    let charged = |sum| moved(charge(sum), CustodianAccount::ProviderFees, sum);
    let txns = match state {
        MovementState::Known => Vec::new(),
        MovementState::Open => vec![moved(Kind::Unexplained, CustodianAccount::Suspense, unbooked(one))],
        MovementState::Banked => vec![
            moved(Kind::ProviderSettled, CustodianAccount::Bank, amount),
            charged(fee.saturating_neg()),
        ],
        MovementState::Charged => vec![charged(amount.saturating_sub(fee))],
    };
    txns.into_iter().flatten().collect()
}

fn cause(reference: &str) -> String {
    format!("movement/{reference}")
}

/// The kind of a cost that went out, or that came back.
const fn charge(sum: i64) -> Kind {
    if sum < 0 { Kind::FeeCharged } else { Kind::FeeReturned }
}

/// A txn by which `sum` came onto the first of two accounts from the other, or went there when it is below nothing.
fn moved(
    kind: Kind,
    cause: &str,
    at: Timestamp,
    (here, there): (CustodianAccount, CustodianAccount),
    sum: i64,
) -> Option<NewTxn> {
    let [here, there] = [here, there].map(Account::Custodian);
    let (debit, credit) = if sum < 0 { (there, here) } else { (here, there) };
    let amount = Money::eur(sum.saturating_abs());
    (sum != 0).then(|| NewTxn::new(kind, cause, at).entry(debit, credit, amount))
}

/// A movement that nobody could explain is of a gift after all: what it was booked as is undone.
async fn recognise(tx: &Tx, cx: &Cx, row: &movement::Model) -> Result<()> {
    store::change_movement(tx, row, row.moved(MovementStep::Recognise)?).await?;
    match row.suspense_id {
        Some(txn) => ledger::reverse(tx, cx, txn, &cause(&row.reference), cx.now)
            .await
            .map(drop),
        None => Ok(()),
    }
}

/// Says what a movement is that nobody could explain: by `Bank`, that it moved between the provider and the bank; by
/// `Charge`, that it is the provider's cost.
///
/// # Errors
/// `NotFound`, `Invalid` without a reason, `Conflict(WrongState)` for one that is explained and for `Recognise`, which no
/// person says.
pub async fn decide(cx: &Cx, id: MovementId, step: MovementStep, reason: &str) -> Result<MovementId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    cx.check(Act::KeepMoney, On::City)?;
    let by = cx.actor.member().ok_or(Error::Unauthenticated)?;
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let sum = row.suspense_minor;
    let (kind, to) = match step {
        MovementStep::Bank => (Kind::ProviderSettled, CustodianAccount::Bank),
        MovementStep::Charge => (charge(sum), CustodianAccount::ProviderFees),
        MovementStep::Recognise => return Err(Error::Conflict(Code::WrongState)),
    };
    let mut after = row.moved(step)?;
    after.reason = Set(Some(read_reason(reason)?));
    after.decided_by = Set(Some(by));
    after.decided_at = Set(Some(cx.now));
    let tx = cx.begin().await?;
    store::change_movement(&tx, &row, after).await?;
    let txn = moved(
        kind,
        &cause(&row.reference),
        cx.now,
        (CustodianAccount::Suspense, to),
        sum,
    );
    if let Some(txn) = txn {
        ledger::post(&tx, cx, &txn).await?;
    }
    audit::note(&tx, cx, &format!("movement_{}", step.as_str()), &id, "").await?;
    cx.commit(tx, id).await
}
