//! A payout: money on its way from the custodian to a promoter.
//!
//! Rule: one person requests it and another approves it; what was sent is either paid or comes back whole. What may be
//! asked for follows from the call's tranches, the outcome and what was paid before, and is computed anew each time: gifts
//! that go back meanwhile lower it. Deliberately absent: being suspended after a change of bank details, which follows from
//! the time of the change.

pub mod file;
pub mod read;
pub(crate) mod store;
pub mod write;

use crate::call::Tranche;
use crate::error::{Code, Error, Result};
use crate::money::{Money, Share, WHOLE_PPM};
use crate::named::named;
use crate::time::{DAY_MS, Timestamp};

named! {
    /// Where a payout stands.
    pub enum PayoutState {
        /// One person asked for it.
        Requested = "requested",
        /// Another person agreed.
        Approved = "approved",
        /// Another person did not agree, and said why.
        Declined = "declined",
        /// Taken back before it was sent.
        Withdrawn = "withdrawn",
        /// It is in a file for the bank.
        Sent = "sent",
        /// The bank's statement shows it.
        Paid = "paid",
        /// The bank sent it back; the money is owed again.
        Returned = "returned",
    }

    /// A step of a payout's life.
    pub enum PayoutStep {
        /// Another person agrees.
        Approve = "approve",
        /// Another person does not agree.
        Decline = "decline",
        /// It is taken back.
        Withdraw = "withdraw",
        /// It goes into a file for the bank.
        Send = "send",
        /// The bank has paid it.
        Pay = "pay",
        /// The bank sends it back.
        Return = "return",
    }
}

impl PayoutState {
    /// Where `step` leads from here.
    ///
    /// # Errors
    /// `Conflict(WrongState)` when the lifecycle has no such step.
    pub const fn after(self, step: PayoutStep) -> Result<Self> {
        use PayoutStep as Step;
        match (self, step) {
            (Self::Requested, Step::Approve) => Ok(Self::Approved),
            (Self::Requested, Step::Decline) => Ok(Self::Declined),
            (Self::Requested | Self::Approved, Step::Withdraw) => Ok(Self::Withdrawn),
            (Self::Approved, Step::Send) => Ok(Self::Sent),
            (Self::Sent, Step::Pay) => Ok(Self::Paid),
            (Self::Sent | Self::Paid, Step::Return) => Ok(Self::Returned),
            (
                Self::Requested
                | Self::Approved
                | Self::Declined
                | Self::Withdrawn
                | Self::Sent
                | Self::Paid
                | Self::Returned,
                _,
            ) => Err(Error::Conflict(Code::WrongState)),
        }
    }
}

impl PayoutStep {
    /// Whether whoever takes it must say why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Decline)
    }
}

/// What a payout may be of: the gifts are the custodian's to pay, the grant is the pot's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// Of the gifts.
    pub gifts: Money,
    /// Of the city's part.
    pub grant: Money,
}

impl Sums {
    /// Both together; what is paid to one promoter is far below the limit of an amount.
    #[must_use]
    pub const fn whole(self) -> Money {
        Money::eur(self.gifts.minor().saturating_add(self.grant.minor()))
    }
}

/// Where the money of a campaign with an outcome stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The call's tranches; one whole part for a fund.
    pub tranches: Vec<Tranche>,
    /// What is held back until the report, in parts per million.
    pub hold_back_ppm: u32,
    /// When the outcome was fixed.
    pub outcome_at: Timestamp,
    /// What the promoter is owed of gifts, and what was paid of them.
    pub gifts: Left,
    /// The same of the grant: the final one once it is fixed.
    pub grant: Left,
    /// When the report was accepted.
    pub closed_at: Option<Timestamp>,
    /// The parts that are paid or on their way.
    pub taken: Vec<u32>,
    /// Whether one is asked for or approved, so that the next has to wait.
    pub under_way: bool,
}

/// A sum that is paid in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// What is still to be paid.
    pub unpaid: Money,
    /// What was paid.
    pub paid: Money,
}

/// A part of what a promoter gets: a tranche, or at last what was held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its place, counted from nothing.
    pub number: u32,
    /// From when it may be paid; none while the report is not accepted.
    pub due_at: Option<Timestamp>,
    /// How much it is as things stand; nothing when it is taken.
    pub sums: Sums,
    /// Whether it is paid or on its way.
    pub taken: bool,
}

impl Standing {
    /// The parts, in their order. What the earlier ones left, through rounding or gifts that went back, is the last one's.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::with_capacity(self.tranches.len() + 1);
        let mut before = 0_u32;
        let mut dues: Vec<(u32, Option<Timestamp>)> = self.tranches.iter().map(|one| self.due(one)).collect();
        if self.hold_back_ppm > 0 {
            dues.push((self.hold_back_ppm, self.closed_at));
        }
        for (number, (share_ppm, due_at)) in (0_u32..).zip(dues) {
            let upto = before.saturating_add(share_ppm).min(WHOLE_PPM);
            let taken = self.taken.contains(&number);
            let of = |left: Left| if taken { Money::eur(0) } else { left.part(before, upto) };
            let sums = Sums {
                gifts: of(self.gifts),
                grant: of(self.grant),
            };
            parts.push(Part {
                number,
                due_at,
                sums,
                taken,
            });
            before = upto;
        }
        self.give_last_the_rest(&mut parts);
        parts
    }

    fn due(&self, tranche: &Tranche) -> (u32, Option<Timestamp>) {
        let days = i64::from(tranche.days_after_outcome);
        (tranche.share_ppm, Some(self.outcome_at.plus_ms(days * DAY_MS)))
    }

    /// When only one part is left, it is all that is unpaid.
    fn give_last_the_rest(&self, parts: &mut [Part]) {
        let mut left = parts.iter_mut().filter(|part| !part.taken);
        if let (Some(last), None) = (left.next(), left.next()) {
            last.sums = Sums {
                gifts: self.gifts.unpaid,
                grant: self.grant.unpaid,
            };
        }
    }

    /// The part to be asked for next: the first that is due at `now`, is not taken, and is more than nothing; none while
    /// another is under way.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Option<Part> {
        if self.under_way {
            return None;
        }
        let due = |part: &Part| part.due_at.is_some_and(|at| at <= now);
        let ready = |part: &Part| !part.taken && due(part) && part.sums.whole().minor() > 0;
        self.parts().into_iter().find(ready)
    }
}

impl Left {
    /// The piece between two shares of the whole, at most what is unpaid.
    fn part(self, from_ppm: u32, to_ppm: u32) -> Money {
        let whole = Money::eur(self.unpaid.minor().saturating_add(self.paid.minor()));
        let upto = |ppm: u32| {
            Share::from_ppm(ppm)
                .map_or(whole, |share| whole.share_floor(share))
                .minor()
        };
        Money::eur((upto(to_ppm) - upto(from_ppm)).min(self.unpaid.minor()).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(tranches: &[(u32, u32)], hold_back_ppm: u32) -> Standing {
        let tranches = tranches.iter().map(|(share_ppm, days)| Tranche {
            share_ppm: *share_ppm,
            days_after_outcome: *days,
        });
        Standing {
            tranches: tranches.collect(),
            hold_back_ppm,
            outcome_at: Timestamp::from_ms(0),
            gifts: left(2_500_001, 0),
            grant: left(3_750_000, 0),
            closed_at: None,
            taken: Vec::new(),
            under_way: false,
        }
    }

    fn left(unpaid: i64, paid: i64) -> Left {
        Left {
            unpaid: Money::eur(unpaid),
            paid: Money::eur(paid),
        }
    }

    fn sums(part: Option<Part>) -> Option<(u32, i64, i64)> {
        part.map(|part| (part.number, part.sums.gifts.minor(), part.sums.grant.minor()))
    }

    #[test]
    fn a_part_is_due_by_its_day_and_what_is_held_back_after_the_report() {
        let mut of = standing(&[(800_000, 14)], 200_000);
        let day = |days: i64| Timestamp::from_ms(days * DAY_MS);
        assert_eq!(of.next(day(13)), None);
        assert_eq!(sums(of.next(day(14))), Some((0, 2_000_000, 3_000_000)));
        of.taken = vec![0];
        of.gifts = left(500_001, 2_000_000);
        of.grant = left(750_000, 3_000_000);
        assert_eq!(of.next(day(900)), None, "no report");
        of.closed_at = Some(day(901));
        assert_eq!(sums(of.next(day(901))), Some((1, 500_001, 750_000)));
    }

    #[test]
    fn gifts_that_go_back_lower_what_is_left_and_the_parts_never_pay_more_than_there_is() {
        let mut of = standing(&[(500_000, 0), (500_000, 30)], 0);
        let now = Timestamp::from_ms(40 * DAY_MS);
        assert_eq!(sums(of.next(now)), Some((0, 1_250_000, 1_875_000)));
        of.taken = vec![0];
        of.gifts = left(10, 1_250_000);
        of.grant = left(0, 1_875_000);
        assert_eq!(sums(of.next(now)), Some((1, 10, 0)));
        of.gifts = left(0, 1_250_000);
        assert_eq!(of.next(now), None, "nothing is left");
        of.taken = vec![1];
        of.gifts = left(7, 1_250_000);
        assert_eq!(sums(of.next(now)), Some((0, 7, 0)), "the first came back from the bank");
    }
}
