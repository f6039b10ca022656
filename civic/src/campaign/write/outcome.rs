//! What time does with campaigns: they open, end, get their outcome once, and lapse when nobody signs.
//!
//! Rule: the outcome is computed when nothing that could count is pending, or when the grace ends, from the sums that are
//! kept under the campaign's lock; it moves what was set aside, and makes the gifts that count the campaign's. Whoever
//! comes second finds it done. Deliberately absent: giving gifts back, which is a gift's use case, one by one.

use sea_orm::ActiveValue::Set;

use super::super::store::{self, Due, row};
use super::super::{CampaignState, CampaignStep};
use super::{locked, step};
use crate::Cx;
use crate::db::Tx;
use crate::donation::store as gifts;
use crate::error::{Error, Result};
use crate::id::CampaignId;
use crate::ledger::{self, Account, CampaignAccount, Kind, NewTxn, PotAccount};
use crate::limits::AGREEMENT_DAYS;
use crate::match_rule::MatchRule;
use crate::matching::{Outcome, Raised};
use crate::money::Money;
use crate::time::DAY_MS;

/// Does everything that is due for campaigns at the operation's instant; gives how many were changed. Once broken off, it goes on where it was.
///
/// # Errors
/// Those of the database.
pub async fn turn(cx: &Cx) -> Result<u64> {
    let mut done = 0;
    for what in [Due::Opening, Due::Ending, Due::Outcome, Due::Lapsing] {
        let mut after = None;
        loop {
            let ids = store::due(cx.db(), what, cx.now, after).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            for id in ids {
                done += u64::from(one(cx, what, id).await?);
            }
        }
    }
    Ok(done)
}

async fn one(cx: &Cx, what: Due, id: CampaignId) -> Result<bool> {
    match what {
        Due::Opening | Due::Ending => {
            let tx = cx.begin().await?;
            let before = store::lock(&tx, id).await?;
            let after = open_or_end(&tx, cx, before.clone()).await?;
            cx.commit(tx, after.state != before.state).await
        }
        Due::Outcome => finish(cx, id).await,
        Due::Lapsing => lapse(cx, id).await,
    }
}

/// Opens or ends a campaign whose instant has come, in whoever's transaction needs to know; gives it as it stands then.
pub(crate) async fn open_or_end(tx: &Tx, cx: &Cx, mut row: row::Model) -> Result<row::Model> {
    let wanted = row.state_at(cx.now)?;
    while row.state()? != wanted {
        let (by, act) = match row.state()? {
            CampaignState::Scheduled => (CampaignStep::Open, "campaign_open"),
            _ => (CampaignStep::End, "campaign_end"),
        };
        let after = row.moved(by)?;
        step(tx, cx, &row, after, act, "").await?;
        row = store::lock(tx, row.id).await?;
    }
    Ok(row)
}

/// Computes the outcome if it is time; whether it was.
async fn finish(cx: &Cx, id: CampaignId) -> Result<bool> {
    let tx = cx.begin().await?;
    let (before, _) = locked(&tx, id).await?;
    let grace_over = before.grace_ends_at.is_some_and(|end| end <= cx.now);
    if before.state()? != CampaignState::WaitingForFunds || (!grace_over && gifts::any_pending(&*tx, id).await?) {
        return Ok(false);
    }
    let outcome = outcome_now(&before)?;
    if !outcome.reached {
        let after = before.moved(CampaignStep::Miss)?;
        without_grant(&tx, cx, &before, after, "campaign_miss").await?;
        return cx.commit(tx, true).await;
    }
    let mut after = before.moved(CampaignStep::Fund)?;
    after.outcome_at = Set(Some(cx.now));
    after.granted_minor = Set(Some(outcome.granted.minor()));
    after.base_held_minor = Set(0);
    if before.call_id.is_some() {
        after.agree_by = Set(Some(cx.now.plus_ms(AGREEMENT_DAYS * DAY_MS)));
    }
    step(&tx, cx, &before, after, "campaign_fund", "").await?;
    let mut txns = freed(&tx, cx, &before, before.reserved_minor - outcome.granted.minor()).await?;
    if let Some(pot) = before.pot_id.filter(|_| outcome.granted.minor() > 0) {
        let of = |account| Account::Pot(pot, account);
        let granted = NewTxn::new(Kind::MatchGranted, id, cx.now);
        txns.push(granted.entry(of(PotAccount::Reserved), of(PotAccount::Committed), outcome.granted));
    }
    gifts::mark_counted(&tx, id, cx.now).await?;
    // What is on its way back and was not sent leaves with the gifts that it is of.
    let whole = before.raised_minor + gifts::money::leaving(&*tx, id).await?;
    if whole > 0 {
        let of = |account| Account::Campaign(id, account);
        let granted = NewTxn::new(Kind::GiftsGranted, id, cx.now);
        let whole = Money::eur(whole);
        txns.push(granted.entry(of(CampaignAccount::DonorFunds), of(CampaignAccount::Payable), whole));
    }
    ledger::post_all(&tx, cx, &txns).await?;
    cx.commit(tx, true).await
}

/// What the rule says to the sums as they stand.
pub(crate) fn outcome_now(row: &row::Model) -> Result<Outcome> {
    let cost = Money::eur(row.cost_minor);
    let raised = Raised {
        all: Money::eur(row.raised_minor),
        towards: Money::eur(row.towards_minor),
    };
    Ok(match row.rule()? {
        Some(MatchRule::CoFinancing(rule)) => rule.outcome(cost, raised),
        Some(MatchRule::PerDonation(rule)) => rule.outcome(cost, raised, Money::eur(row.base_minor)),
        None => Outcome {
            reached: true,
            granted: Money::eur(0),
            released: Money::eur(0),
        },
    })
}

/// What is set aside for the campaign and not granted, and what is held for its quotes and disputes, is free again.
async fn freed(tx: &Tx, cx: &Cx, row: &row::Model, reserved: i64) -> Result<Vec<NewTxn>> {
    let Some(pot) = row.pot_id else { return Ok(Vec::new()) };
    let held = gifts::held_for_quotes(&**tx, row.id).await? + gifts::held_for_disputes(row)?;
    gifts::end_holds(tx, row.id, cx.now).await?;
    let of = |account| Account::Pot(pot, account);
    let mut txns = Vec::new();
    for (kind, from, amount) in [
        (Kind::MatchReleased, PotAccount::Reserved, reserved),
        (Kind::MatchUnheld, PotAccount::Held, held),
    ] {
        if amount > 0 {
            let new = NewTxn::new(kind, row.id, cx.now);
            txns.push(new.entry(of(from), of(PotAccount::Available), Money::eur(amount)));
        }
    }
    Ok(txns)
}

/// Ends a campaign whose gifts go back: all that was set aside is free again.
pub(crate) async fn without_grant(
    tx: &Tx,
    cx: &Cx,
    before: &row::Model,
    mut after: row::ActiveModel,
    act: &str,
) -> Result<()> {
    after.outcome_at = Set(Some(cx.now));
    after.granted_minor = Set(Some(0));
    after.base_held_minor = Set(0);
    step(tx, cx, before, after, act, "").await?;
    let txns = freed(tx, cx, before, before.reserved_minor).await?;
    ledger::post_all(tx, cx, &txns).await.map(|_| ())
}

/// Lets the grant of a campaign lapse whose agreement nobody signed; its gifts go back.
async fn lapse(cx: &Cx, id: CampaignId) -> Result<bool> {
    let tx = cx.begin().await?;
    let (before, _) = locked(&tx, id).await?;
    if before.state()? != CampaignState::Funded || before.agree_by.is_none_or(|by| by > cx.now) {
        return Ok(false);
    }
    let after = before.moved(CampaignStep::Lapse)?;
    step(&tx, cx, &before, after, "campaign_lapse", "").await?;
    let granted = before
        .granted_minor
        .ok_or_else(|| Error::Bug(format!("{id} has no outcome")))?;
    if let Some(pot) = before.pot_id.filter(|_| granted > 0) {
        let of = |account| Account::Pot(pot, account);
        let back = NewTxn::new(Kind::MatchReleased, format!("{id}/lapsed"), cx.now);
        let back = back.entry(
            of(PotAccount::Committed),
            of(PotAccount::Available),
            Money::eur(granted),
        );
        ledger::post(&tx, cx, &back).await?;
    }
    cx.commit(tx, true).await
}
