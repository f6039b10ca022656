//! What the books must say when more is known of a gift: the txns that lead from one position to the next.
//!
//! Rule: every step has its own cause (the gift, the provider's object, how far it came), so that the ledger itself holds
//! one effect of each and no more. Gifts move between a campaign and the custodian, match within its pot. Deliberately
//! absent: posting, which the use case does last.

use crate::error::{Error, Result};
use crate::id::{CampaignId, DonationId, PotId};
use crate::ledger::{Account, CampaignAccount, CustodianAccount, Kind, NewTxn, PotAccount};
use crate::money::Money;
use crate::time::Timestamp;

use super::known::{Known, Position, Spot};

/// Where a gift's money lies in its campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub campaign: CampaignId,
    /// Whether the outcome made the gift the campaign's.
    pub counted: bool,
    /// What the promoter is owed now: what a later loss takes beyond it, they owe.
    pub payable: i64,
}

/// What is posted when `after` is known where `before` was.
pub(crate) fn of_gift(
    id: DonationId,
    before: &Known,
    after: &Known,
    mut place: Place,
    at: Timestamp,
) -> Result<Vec<NewTxn>> {
    let mut txns = Vec::new();
    let mut position = before.position();
    for (step, known) in after.since(before) {
        let next = known.position();
        for (debit, credit, amount) in moved(&position, &next) {
            let kind = kind(&step, debit, credit)?;
            let cause = format!("{id}/{step}");
            for (account, part) in place.take(debit, amount) {
                add(&mut txns, kind, &cause, at, (account, place.account(credit), part));
            }
        }
        position = next;
    }
    Ok(txns)
}

impl Place {
    const fn account(&self, spot: Spot) -> Account {
        match spot {
            Spot::Gift if self.counted => Account::Campaign(self.campaign, CampaignAccount::Payable),
            Spot::Gift => Account::Campaign(self.campaign, CampaignAccount::DonorFunds),
            Spot::Of(account) => Account::Custodian(account),
        }
    }

    /// From which accounts `amount` is debited: what was paid out already is owed by the promoter.
    fn take(&mut self, spot: Spot, amount: i64) -> Vec<(Account, i64)> {
        if spot != Spot::Gift || !self.counted {
            return vec![(self.account(spot), amount)];
        }
        let there = amount.min(self.payable);
        self.payable -= there;
        let owed = Account::Campaign(self.campaign, CampaignAccount::Receivable);
        let parts = [(self.account(spot), there), (owed, amount - there)];
        parts.into_iter().filter(|(_, part)| *part > 0).collect()
    }
}

fn add(
    txns: &mut Vec<NewTxn>,
    kind: Kind,
    cause: &str,
    at: Timestamp,
    (debit, credit, amount): (Account, Account, i64),
) {
    let same = |txn: &NewTxn| txn.kind == kind && txn.cause == cause;
    let txn = match txns.iter().position(same) {
        Some(place) => txns.remove(place),
        None => NewTxn::new(kind, cause, at),
    };
    txns.push(txn.entry(debit, credit, Money::eur(amount)));
}

/// The moves that lead from one position to another: each debit is met by credits, in the order of the accounts.
fn moved(before: &Position, after: &Position) -> Vec<(Spot, Spot, i64)> {
    let of = |position: &Position, spot: &Spot| position.get(spot).copied().unwrap_or(0);
    let spots: std::collections::BTreeSet<Spot> = before.keys().chain(after.keys()).copied().collect();
    let changes = spots.iter().map(|spot| (*spot, of(after, spot) - of(before, spot)));
    let (mut debits, mut credits): (Vec<_>, Vec<_>) = changes.filter(|(_, by)| *by != 0).partition(|(_, by)| *by > 0);
    let mut moves = Vec::new();
    for (debit, left) in &mut debits {
        for (credit, owed) in &mut credits {
            let amount = (*left).min(-*owed);
            if amount > 0 {
                *left -= amount;
                *owed += amount;
                moves.push((*debit, *credit, amount));
            }
        }
    }
    moves
}

/// Why money moves so at this step.
fn kind(step: &str, debit: Spot, credit: Spot) -> Result<Kind> {
    use CustodianAccount::{DisputeHold, ProviderClearing, ProviderFees, RefundsPayable, Suspense};
    let confirmed = step == "confirmed";
    let lost = step.ends_with("/lost");
    Ok(match (debit, credit) {
        (Spot::Of(_), Spot::Gift) if confirmed => Kind::GiftConfirmed,
        (Spot::Of(_), Spot::Of(RefundsPayable)) if confirmed => Kind::GiftTooLate,
        (Spot::Of(Suspense), _) | (_, Spot::Of(Suspense)) => Kind::Unexplained,
        (Spot::Of(DisputeHold), _) => Kind::DisputeOpened,
        (Spot::Of(ProviderClearing), Spot::Of(DisputeHold)) => Kind::DisputeWon,
        (_, Spot::Of(DisputeHold)) => Kind::DisputeLost,
        (_, Spot::Of(ProviderClearing)) if lost => Kind::DisputeLost,
        (Spot::Gift, Spot::Of(RefundsPayable)) => Kind::RefundOwed,
        (_, Spot::Of(RefundsPayable) | Spot::Of(ProviderFees)) => Kind::RefundFailed,
        (Spot::Of(RefundsPayable), _) => Kind::RefundPaid,
        (Spot::Gift | Spot::Of(ProviderFees), Spot::Of(_)) => Kind::GiftRefunded,
        (_, Spot::Gift) | (Spot::Of(_), Spot::Of(_)) => {
            return Err(Error::Bug(format!(
                "{step}: no money moves from {credit:?} to {debit:?}"
            )));
        }
    })
}

/// What a pot has set aside for one campaign, and keeps for its quotes and disputes, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Aside {
    pub reserved: i64,
    pub held: i64,
}

/// What is posted in a pot when so much is aside where it was otherwise.
pub(crate) fn of_match(pot: PotId, cause: &str, before: Aside, after: Aside, at: Timestamp) -> Vec<NewTxn> {
    let (reserved, held) = (after.reserved - before.reserved, after.held - before.held);
    let changes = [
        (PotAccount::Available, -(reserved + held)),
        (PotAccount::Held, held),
        (PotAccount::Reserved, reserved),
    ];
    let mut grow: Vec<_> = changes.into_iter().filter(|(_, by)| *by > 0).collect();
    let mut shrink: Vec<_> = changes.into_iter().filter(|(_, by)| *by < 0).collect();
    // What was held is used first, and what is free again goes to the holds first.
    shrink.sort_by_key(|(account, _)| std::cmp::Reverse(*account));
    let mut txns = Vec::new();
    for (to, missing) in &mut grow {
        for (from, left) in &mut shrink {
            let amount = (*missing).min(-*left);
            if amount > 0 {
                *missing -= amount;
                *left += amount;
                let kind = match *to {
                    PotAccount::Reserved => Kind::MatchReserved,
                    PotAccount::Held => Kind::MatchHeld,
                    _ if *from == PotAccount::Held => Kind::MatchUnheld,
                    _ => Kind::MatchReleased,
                };
                let entry = (Account::Pot(pot, *from), Account::Pot(pot, *to), amount);
                add(&mut txns, kind, cause, at, entry);
            }
        }
    }
    txns
}
