//! What is known of one gift's money, and what follows from it: where the gift stands, what is left of it, where its cents
//! lie.
//!
//! Rule: everything here is a function of the set of things that are known, not of the order in which they were learnt. A
//! thing that has got further never goes back, so that what is told late or twice changes nothing. What a refund and a
//! dispute take together beyond the gift is the custodian's loss, never other donors'. Deliberately absent: the database,
//! and the match.

use std::collections::BTreeMap;

use super::DonationState;
use crate::ledger::CustodianAccount;
use crate::payment::{DisputeState, RefundState};

/// How far a refund has come, as we know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Return {
    /// To be made; for a provider's the money is still where it was.
    Wanted,
    /// On its way.
    Pending,
    /// With the donor.
    Succeeded,
    /// It came back to us, or never left: owed.
    Failed,
    /// Owed, and paid another way.
    Settled,
    /// Not to be made any more: the donor's bank took the money, or it went back otherwise.
    Dropped,
}

impl From<RefundState> for Return {
    fn from(state: RefundState) -> Self {
        match state {
            RefundState::Pending => Self::Pending,
            RefundState::Succeeded => Self::Succeeded,
            RefundState::Failed => Self::Failed,
        }
    }
}

/// A refund as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRefund {
    /// What it is called in the books.
    pub name: String,
    /// How much, in cents.
    pub amount: i64,
    /// Whether the provider makes it; else it is owed from the moment it is wanted.
    pub by_provider: bool,
    /// How far it has come.
    pub state: Return,
    /// From where it was paid another way.
    pub settled_from: CustodianAccount,
}

/// A dispute as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDispute {
    /// What it is called in the books.
    pub name: String,
    /// How far it has come.
    pub state: DisputeState,
    /// What was held when it was opened, in cents.
    pub opened: Option<i64>,
    /// What its end was told of, in cents.
    pub closed: Option<i64>,
}

impl KnownDispute {
    fn held(&self) -> i64 {
        match self.state {
            DisputeState::Open => self.opened.unwrap_or(0),
            DisputeState::Inquiry | DisputeState::Won | DisputeState::Lost => 0,
        }
    }

    fn lost(&self) -> i64 {
        match self.state {
            DisputeState::Lost => self.closed.or(self.opened).unwrap_or(0),
            DisputeState::Inquiry | DisputeState::Open | DisputeState::Won => 0,
        }
    }

    /// The same when it was opened; none while it was not, or when nothing says that it held anything.
    fn when_it_was_opened(&self) -> Option<Self> {
        let opened = match self.state {
            DisputeState::Inquiry => None,
            DisputeState::Open | DisputeState::Won => self.opened,
            DisputeState::Lost => self.opened.or(self.closed),
        };
        opened.map(|_| Self {
            name: self.name.clone(),
            state: DisputeState::Open,
            opened,
            closed: None,
        })
    }

    /// What a won dispute brought back beyond what was held; nobody can say why, so a person must.
    fn unexplained(&self) -> i64 {
        match (self.state, self.opened, self.closed) {
            (DisputeState::Won, Some(opened), Some(closed)) => closed - opened,
            _ => 0,
        }
    }
}

/// Everything that is known of one gift's money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What came in, in cents; nothing while nothing did.
    pub captured: i64,
    /// Where it came in.
    pub source: CustodianAccount,
    /// Whether it belongs to nothing that counts, and is owed back from the start.
    pub late: bool,
    /// The payment is under way.
    pub authorised: bool,
    /// The payment was refused.
    pub failed: bool,
    /// It was not paid in time.
    pub expired: bool,
    /// What goes back, by whoever began it.
    pub refunds: Vec<KnownRefund>,
    /// What the donor's bank disputes.
    pub disputes: Vec<KnownDispute>,
}

/// Where a cent of a gift can lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// With the gift's campaign.
    Gift,
    /// On an account of the custodian.
    Of(CustodianAccount),
}

/// How much lies where because of one gift, debits above nothing; it always adds up to nothing.
pub type Position = BTreeMap<Spot, i64>;

impl Known {
    fn sum(&self, which: impl Fn(&KnownRefund) -> bool) -> i64 {
        let refunds = self.refunds.iter().filter(|refund| which(refund));
        refunds.map(|refund| refund.amount).sum()
    }

    fn lost(&self) -> i64 {
        self.disputes.iter().map(KnownDispute::lost).sum()
    }

    fn held(&self) -> i64 {
        self.disputes.iter().map(KnownDispute::held).sum()
    }

    /// All that goes back or went back, whether it has arrived or not; at most what came in.
    #[must_use]
    pub fn refunded(&self) -> i64 {
        self.sum(|refund| refund.state != Return::Dropped).min(self.captured)
    }

    /// What is left of the gift.
    #[must_use]
    pub fn left(&self) -> i64 {
        (self.captured - self.refunded() - self.lost()).max(0)
    }

    /// What came and is still here; less than nothing when more went than came.
    const fn here(&self, sent: i64, settled: i64, lost: i64) -> i64 {
        self.captured - sent - settled - lost
    }

    /// Whether a refund that failed was made in another way since, so that nothing of it is owed any more.
    #[must_use]
    pub fn failed_for_nothing(&self) -> bool {
        let sent = self.sum(|refund| matches!(refund.state, Return::Pending | Return::Succeeded));
        let settled = self.sum(|refund| refund.state == Return::Settled);
        let failed = self.refunds.iter().any(|refund| refund.state == Return::Failed);
        failed && self.captured > 0 && self.here(sent, settled, self.lost()) <= 0
    }

    /// What is owed to the donor and has not been sent.
    #[must_use]
    pub fn owed(&self) -> i64 {
        self.position()
            .get(&Spot::Of(CustodianAccount::RefundsPayable))
            .map_or(0, |debit| -debit)
    }

    /// Whether the donor's bank holds some of it back now.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held() > 0
    }

    /// Where the gift stands.
    #[must_use]
    pub fn state(&self) -> DonationState {
        if self.captured == 0 {
            return match (self.failed, self.authorised, self.expired) {
                (true, _, _) => DonationState::Failed,
                (false, true, _) => DonationState::Authorised,
                (false, false, true) => DonationState::Expired,
                (false, false, false) => DonationState::Promised,
            };
        }
        let arrived = |refund: &KnownRefund| matches!(refund.state, Return::Succeeded | Return::Settled);
        let under_way = self
            .refunds
            .iter()
            .any(|refund| !arrived(refund) && refund.state != Return::Dropped);
        match (self.left(), self.lost(), self.is_held()) {
            (0, 0, _) if under_way => DonationState::Refunding,
            (0, 0, _) => DonationState::Refunded,
            (0, _, _) => DonationState::Lost,
            (_, _, true) => DonationState::Disputed,
            (_, _, false) => DonationState::Confirmed,
        }
    }

    /// Where its cents lie.
    #[must_use]
    pub fn position(&self) -> Position {
        use CustodianAccount as Account;
        let mut position = Position::new();
        if self.captured == 0 {
            return position;
        }
        let sent = self.sum(|refund| matches!(refund.state, Return::Pending | Return::Succeeded));
        let settled = self.sum(|refund| refund.state == Return::Settled);
        let failed = self
            .sum(|refund| refund.state == Return::Failed || (refund.state == Return::Wanted && !refund.by_provider));
        let unexplained: i64 = self.disputes.iter().map(KnownDispute::unexplained).sum();
        let rest = self.here(sent, settled, self.lost());
        let owed = if self.late {
            rest.max(0)
        } else {
            failed.min(rest).max(0)
        };
        let mut add = |spot, debit: i64| *position.entry(spot).or_insert(0) += debit;
        add(Spot::Of(self.source), self.captured);
        add(
            Spot::Of(Account::ProviderClearing),
            unexplained - sent - self.lost() - self.held(),
        );
        for refund in self.refunds.iter().filter(|refund| refund.state == Return::Settled) {
            add(Spot::Of(refund.settled_from), -refund.amount);
        }
        add(Spot::Of(Account::DisputeHold), self.held());
        add(Spot::Of(Account::Suspense), -unexplained);
        add(Spot::Of(Account::RefundsPayable), -owed);
        add(Spot::Of(Account::ProviderFees), (-rest).max(0));
        add(Spot::Gift, owed - rest.max(0));
        position.retain(|_, debit| *debit != 0);
        position
    }

    /// The ways from what was known before to this, one thing after another: each with its name in the books, and what is
    /// known after it.
    #[must_use]
    pub fn since(&self, before: &Self) -> Vec<(String, Self)> {
        let mut steps = Vec::new();
        let mut known = before.clone();
        (known.authorised, known.failed, known.expired) = (self.authorised, self.failed, self.expired);
        if before.captured == 0 && self.captured > 0 {
            (known.captured, known.late, known.source) = (self.captured, self.late, self.source);
            (known.refunds, known.disputes) = (Vec::new(), Vec::new());
            steps.push(("confirmed".to_owned(), known.clone()));
        }
        let (dropped, made): (Vec<_>, Vec<_>) = self.refunds.iter().partition(|refund| refund.state == Return::Dropped);
        known.take_in(made, &mut steps);
        for dispute in &self.disputes {
            let place = place_of(
                &mut known.disputes,
                |one| one.name == dispute.name,
                || KnownDispute {
                    state: DisputeState::Inquiry,
                    opened: None,
                    closed: None,
                    name: dispute.name.clone(),
                },
            );
            let at_first = known.disputes[place].state == DisputeState::Inquiry;
            if at_first && let Some(open) = dispute.when_it_was_opened() {
                known.disputes[place] = open;
                steps.push((format!("{}/open", dispute.name), known.clone()));
            }
            if known.disputes[place] != *dispute {
                known.disputes[place] = dispute.clone();
                steps.push((format!("{}/{}", dispute.name, dispute.state.as_str()), known.clone()));
            }
        }
        // Why they are dropped is known by now, so that dropping them moves nothing.
        known.take_in(dropped, &mut steps);
        steps
    }

    /// Takes in what is known of some refunds, step by step.
    fn take_in(&mut self, refunds: Vec<&KnownRefund>, steps: &mut Vec<(String, Self)>) {
        for refund in refunds {
            let place = place_of(
                &mut self.refunds,
                |one| one.name == refund.name,
                || KnownRefund {
                    state: Return::Wanted,
                    ..refund.clone()
                },
            );
            for state in refund.state.ways_from(self.refunds[place].state) {
                self.refunds[place] = KnownRefund {
                    state,
                    ..refund.clone()
                };
                steps.push((format!("{}/{}", refund.name, state.as_str()), self.clone()));
            }
        }
    }
}

fn place_of<T>(all: &mut Vec<T>, is_it: impl Fn(&T) -> bool, blank: impl FnOnce() -> T) -> usize {
    if let Some(place) = all.iter().position(is_it) {
        return place;
    }
    all.push(blank());
    all.len() - 1
}

impl Return {
    /// The name of the step to it in the books.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Settled => "settled",
            Self::Dropped => "dropped",
        }
    }

    /// The steps from an earlier state to this one, so that the books show the same ones however late we learn.
    fn ways_from(self, before: Self) -> Vec<Self> {
        let all: &[Self] = match self {
            Self::Wanted => &[Self::Wanted],
            Self::Pending => &[Self::Pending],
            Self::Succeeded => &[Self::Pending, Self::Succeeded],
            Self::Failed => &[Self::Failed],
            Self::Settled => &[Self::Failed, Self::Settled],
            Self::Dropped => &[Self::Dropped],
        };
        all.iter()
            .copied()
            .filter(|state| *state > before || *state == Self::Wanted)
            .collect()
    }
}
