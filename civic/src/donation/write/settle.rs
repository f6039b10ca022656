//! What follows when more is known of a gift: its state, the campaign's sums, the match, the reward, the quote, the books.
//!
//! Rule: everything here is computed from what was known before and what is known now, under the locks of pot, campaign and
//! gift; so whatever made it known is told of once. After its campaign's outcome a gift changes neither the campaign's sums
//! nor its match.

use sea_orm::ActiveValue::Set;

use super::super::DonationState;
use super::super::known::Known;
use super::super::moves::{Aside, Place, of_gift, of_match};
use super::super::news;
use super::super::store::{self, money, row};
use crate::Cx;
use crate::campaign::store as campaigns;
use crate::campaign::write::locked as locked_campaign;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::id::DonationId;
use crate::ledger::{self, PotBalances};
use crate::match_rule::{MatchRule, PerDonation};
use crate::matching::Standing;
use crate::money::Money;
use crate::outbox::{self, Event};
use crate::time::Timestamp;

/// A gift with its campaign and pot, all locked, and what is known of its money.
pub(super) struct Locked {
    pub campaign: campaigns::row::Model,
    pub pot: Option<PotBalances>,
    pub row: row::Model,
    pub known: Known,
}

/// Locks a gift after its campaign and pot.
pub(super) async fn locked(tx: &Tx, id: DonationId) -> Result<Locked> {
    let seen = store::find(&**tx, id).await?.ok_or(Error::NotFound)?;
    let (campaign, pot) = locked_campaign(tx, seen.campaign_id).await?;
    let row = store::lock(tx, id).await?;
    let known = money::known(tx, &row).await?;
    Ok(Locked {
        campaign,
        pot,
        row,
        known,
    })
}

/// What a gift adds to its campaign's sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Adds {
    raised: i64,
    towards: i64,
    gifts: i64,
    base: i64,
    base_held: i64,
}

fn adds(row: &row::Model) -> Result<Adds> {
    let mut adds = Adds::default();
    if row.late == 1 {
        return Ok(adds);
    }
    match row.state()? {
        DonationState::Confirmed => {
            adds.raised = row.left_minor;
            adds.towards = if row.insider == 1 { 0 } else { row.left_minor };
            adds.gifts = 1;
            adds.base = row.base_minor;
        }
        DonationState::Disputed => adds.base_held = row.base_minor,
        DonationState::Promised
        | DonationState::Authorised
        | DonationState::Expired
        | DonationState::Failed
        | DonationState::Lost
        | DonationState::Refunding
        | DonationState::Refunded => {}
    }
    Ok(adds)
}

/// Makes of what is known now everything that follows from it. `row` is the gift's row with what changed in it by itself.
pub(super) async fn settle(tx: &Tx, cx: &Cx, before: &Locked, mut row: row::Model, at: Timestamp) -> Result<()> {
    let mut known = money::known(tx, &row).await?;
    if known.failed_for_nothing() {
        money::drop_failed(tx, row.id).await?;
        known = money::known(tx, &row).await?;
    }
    let state = known.state();
    if !before.row.state()?.leads_to(state) {
        let (from, to) = (&before.row.state, state.as_str());
        return Err(Error::Bug(format!("{}: no way leads from {from} to {to}", row.id)));
    }
    let open = !before.campaign.state()?.has_outcome();
    row.state = state.as_str().to_owned();
    row.version = before.row.version + 1;
    row.refunded_minor = known.refunded();
    row.left_minor = known.left();
    if known.captured > 0 {
        row.receipt_due_at = Some(cx.now);
    }
    let rule = match before.campaign.rule()? {
        Some(MatchRule::PerDonation(rule)) if open => Some(rule),
        _ => None,
    };
    if let Some(rule) = &rule
        && before.known.captured == 0
        && known.captured > 0
    {
        row.base_minor = base(tx, before, &row, rule).await?.minor();
    }
    // After the outcome a base is history, and changes no more.
    if open {
        row.base_minor = PerDonation::base_after(Money::eur(row.base_minor), Money::eur(row.left_minor)).minor();
    }
    settle_reward(tx, &mut row, open).await?;
    let mut txns = of_gift(row.id, &before.known, &known, place(tx, before).await?, at)?;
    if open {
        txns.extend(settle_campaign(tx, cx, before, &row, rule.as_ref(), at).await?);
    }
    store::change(tx, &before.row, changed(&row)).await?;
    let event = Event::DonationChanged {
        donation: row.id,
        campaign: row.campaign_id,
    };
    outbox::put(tx, cx, &event).await?;
    for (news, refund) in news::of(row.way()?, &before.known, &known) {
        let told = Event::DonorTold {
            donation: row.id,
            news,
            refund,
        };
        outbox::put(tx, cx, &told).await?;
    }
    if !txns.is_empty() {
        ledger::post_all(tx, cx, &txns).await?;
    }
    Ok(())
}

/// The columns that settling may have changed.
fn changed(row: &row::Model) -> row::ActiveModel {
    row::ActiveModel {
        fingerprint: Set(row.fingerprint.clone()),
        method: Set(row.method.clone()),
        reward_kept: Set(row.reward_kept),
        state: Set(row.state.clone()),
        version: Set(row.version),
        authorised_at: Set(row.authorised_at),
        failed_at: Set(row.failed_at),
        expired_at: Set(row.expired_at),
        confirmed_at: Set(row.confirmed_at),
        learnt_at: Set(row.learnt_at),
        late: Set(row.late),
        captured_minor: Set(row.captured_minor),
        refunded_minor: Set(row.refunded_minor),
        left_minor: Set(row.left_minor),
        base_minor: Set(row.base_minor),
        receipt_due_at: Set(row.receipt_due_at),
        ..Default::default()
    }
}

async fn place(tx: &Tx, before: &Locked) -> Result<Place> {
    let counted = before.row.counted == 1;
    let payable = if counted {
        ledger::write::lock_campaign(tx, before.campaign.id)
            .await?
            .payable
            .minor()
    } else {
        0
    };
    Ok(Place {
        campaign: before.campaign.id,
        counted,
        payable,
    })
}

/// The base that a gift gets at its confirmation, once.
async fn base(tx: &Tx, before: &Locked, row: &row::Model, rule: &PerDonation) -> Result<Money> {
    let Some(pot) = before.pot.filter(|_| row.late == 0) else {
        return Ok(Money::eur(0));
    };
    let own = store::of_donor(&**tx, row.campaign_id, &row.donor_key, row.fingerprint.as_deref()).await?;
    let others = own.iter().filter(|(id, _)| *id != row.id);
    let hold = store::live_hold(&**tx, row.id).await?;
    let held = hold.map_or(0, |hold| hold.held_minor);
    let standing = Standing {
        cost: Money::eur(before.campaign.cost_minor),
        raised: Money::eur(before.campaign.raised_minor + row.captured_minor),
        base: Money::eur(before.campaign.base_minor + before.campaign.base_held_minor),
        donor_base: Money::eur(others.map(|(_, base)| base).sum()),
        available: Money::eur(pot.available.minor() + held),
        insider: row.insider == 1,
    };
    Ok(rule.matched_base(Money::eur(row.captured_minor), &standing))
}

/// A reward goes back when its gift comes to nothing, and is taken again when the money comes after all, if one is left.
async fn settle_reward(tx: &Tx, row: &mut row::Model, open: bool) -> Result<()> {
    let Some(reward) = row.reward_id else { return Ok(()) };
    let wanted = match row.state()? {
        DonationState::Promised | DonationState::Authorised => true,
        DonationState::Confirmed | DonationState::Disputed => row.late == 0,
        DonationState::Expired | DonationState::Failed => false,
        // What was given away before the outcome is for others; after it, it may be on its way already.
        DonationState::Lost | DonationState::Refunding | DonationState::Refunded => {
            !open && row.late == 0 && row.reward_kept == 1
        }
    };
    match (wanted, row.reward_kept == 1) {
        (true, false) if campaigns::take_reward(tx, reward).await? => row.reward_kept = 1,
        (false, true) => {
            campaigns::return_reward(tx, reward).await?;
            row.reward_kept = 0;
        }
        _ => {}
    }
    Ok(())
}

/// The campaign's sums, and what its pot sets aside and holds for it.
async fn settle_campaign(
    tx: &Tx,
    cx: &Cx,
    before: &Locked,
    row: &row::Model,
    rule: Option<&PerDonation>,
    at: Timestamp,
) -> Result<Vec<ledger::NewTxn>> {
    let (old, new) = (adds(&before.row)?, adds(row)?);
    let campaign = &before.campaign;
    let sums = Adds {
        raised: campaign.raised_minor + new.raised - old.raised,
        towards: campaign.towards_minor + new.towards - old.towards,
        gifts: campaign.gifts + new.gifts - old.gifts,
        base: campaign.base_minor + new.base - old.base,
        base_held: campaign.base_held_minor + new.base_held - old.base_held,
    };
    let mut after = campaigns::row::ActiveModel {
        raised_minor: Set(sums.raised),
        towards_minor: Set(sums.towards),
        gifts: Set(sums.gifts),
        base_minor: Set(sums.base),
        base_held_minor: Set(sums.base_held),
        ..Default::default()
    };
    let mut txns = Vec::new();
    if let (Some(rule), Some(pot)) = (rule, campaign.pot_id) {
        let ends = !row.state()?.is_pending();
        let hold = store::live_hold(&**tx, row.id).await?.map_or(0, |hold| hold.held_minor);
        if ends {
            store::end_hold(tx, row.id, cx.now).await?;
        }
        let aside = |base: i64, base_held: i64, quote: i64| {
            let reserved = rule.matched(Money::eur(base)).minor();
            Aside {
                reserved,
                held: rule.matched(Money::eur(base + base_held)).minor() - reserved + quote,
            }
        };
        let was = aside(campaign.base_minor, campaign.base_held_minor, hold);
        let is = aside(sums.base, sums.base_held, if ends { 0 } else { hold });
        after.reserved_minor = Set(is.reserved);
        txns = of_match(pot, &format!("{}/{}", row.id, row.version), was, is, at);
    }
    if old != new || !txns.is_empty() {
        campaigns::change(tx, campaign, after).await?;
    }
    Ok(txns)
}
