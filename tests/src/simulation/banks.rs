//! Acts of banks and of the provider: debits and refunds get further, somebody refunds in the dashboard, donors dispute.

use civic::payment::{DisputeState, Method, RefundState};
use rand::RngExt;

use super::Life;
use super::bank::Status;

impl Life {
    /// What was under way gets further.
    pub(super) fn bank(&mut self) {
        let mut truth = self.town.bank.truth();
        let under_way: Vec<_> = truth
            .payments
            .iter()
            .filter(|(_, one)| one.status == Status::UnderWay)
            .map(|(id, _)| *id)
            .collect();
        let backs = |state: RefundState| {
            let of = truth.payments.iter().flat_map(|(id, one)| {
                one.refunds
                    .iter()
                    .enumerate()
                    .map(|(place, back)| (*id, place, back.state))
            });
            of.filter(|(_, _, now)| *now == state)
                .map(|(id, place, _)| (id, place))
                .collect::<Vec<_>>()
        };
        let (pending, done) = (backs(RefundState::Pending), backs(RefundState::Succeeded));
        let drawn = self.chance.random_range(0..10);
        if drawn < 4 && !under_way.is_empty() {
            let id = under_way[self.chance.random_range(0..under_way.len())];
            let status = if self.chance.random_ratio(4, 5) {
                Status::Paid
            } else {
                Status::Failed
            };
            truth.become_(id, status);
        } else if drawn < 9 && !pending.is_empty() {
            let (id, place) = pending[self.chance.random_range(0..pending.len())];
            let state = if self.chance.random_ratio(5, 6) {
                RefundState::Succeeded
            } else {
                RefundState::Failed
            };
            truth.refund_becomes(id, place, state);
        } else if !done.is_empty() {
            let (id, place) = done[self.chance.random_range(0..done.len())];
            truth.refund_becomes(id, place, RefundState::Failed);
        }
    }

    /// Somebody gives a part back in the provider's dashboard.
    pub(super) fn dashboard(&mut self) {
        let mut truth = self.town.bank.truth();
        let paid: Vec<_> = truth
            .payments
            .iter()
            .filter(|(_, one)| one.status == Status::Paid && !one.in_dispute() && one.rest() > 0)
            .map(|(id, one)| (*id, one.rest()))
            .collect();
        if paid.is_empty() {
            return;
        }
        let (id, rest) = paid[self.chance.random_range(0..paid.len())];
        let amount = if self.chance.random_ratio(1, 3) {
            rest
        } else {
            self.chance.random_range(1..=rest)
        };
        truth.give_back(id, None, amount);
    }

    /// A donor's bank asks for a gift back, or decides.
    pub(super) fn dispute(&mut self) {
        let mut truth = self.town.bank.truth();
        let running = |one: &super::bank::Payment| {
            one.disputes
                .iter()
                .position(|(_, _, state)| matches!(state, DisputeState::Open | DisputeState::Inquiry))
        };
        let begun: Vec<_> = truth
            .payments
            .iter()
            .filter_map(|(id, one)| Some((*id, running(one)?, one.method)))
            .collect();
        if self.chance.random_ratio(1, 2) && !begun.is_empty() {
            let (id, place, method) = begun[self.chance.random_range(0..begun.len())];
            let state = match truth.payments[&id].disputes[place].2 {
                DisputeState::Inquiry => DisputeState::Open,
                _ if method == Method::SepaDebit || self.chance.random_ratio(1, 2) => DisputeState::Lost,
                _ => DisputeState::Won,
            };
            truth.dispute(id, Some(place), 0, state);
            return;
        }
        let paid: Vec<_> = truth
            .payments
            .iter()
            .filter(|(_, one)| one.status == Status::Paid && !one.in_dispute())
            .map(|(id, one)| (*id, one.rest(), one.amount))
            .collect();
        if paid.is_empty() {
            return;
        }
        let (id, rest, amount) = paid[self.chance.random_range(0..paid.len())];
        let lost = truth.payments[&id]
            .disputes
            .iter()
            .any(|(_, _, state)| *state == DisputeState::Lost);
        // A bank may ask for all of it, whatever went back meanwhile.
        let amount = if self.chance.random_ratio(1, 4) && !lost {
            amount
        } else {
            rest
        };
        if amount > 0 {
            let state = if self.chance.random_ratio(1, 4) {
                DisputeState::Inquiry
            } else {
                DisputeState::Open
            };
            truth.dispute(id, None, amount, state);
        }
    }
}
