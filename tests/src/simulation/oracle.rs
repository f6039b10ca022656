//! The rules of record once more, as integers and nothing else: what every account, campaign and gift must be after what
//! was promised, told and decided so far. It imports nothing of the workspace, and was written from the rules and not from
//! the code, so that the same mistake would have to be made twice.
//!
//! Readings, where the rules leave room. A cap for each donor is one for each donor and campaign, who is joined by what
//! they paid with. A quote counts other live quotes of its campaign as if they had come. A transfer or cash is waited for
//! until the grace ends, also when that is moved on. What is wanted back but not sent is still its campaign's in the
//! books, and never in a payout. A refund asked for here that no longer fits beside what went back elsewhere is let go.
//! What a refund and a dispute take together beyond the gift is the custodian's, beside the provider's fees. What the bank
//! sends back of a payout is owed again, beside what the promoter may owe. A rate gives at closing what it gives for the
//! spending.

use std::collections::BTreeMap;

use super::oracle_gift::{Gift, Quarrel, Refund, Stage, Way, drop_wanted};

pub(super) const WHOLE: i128 = 1_000_000;
const MINUTE: i64 = 60_000;
pub(super) const DAY: i64 = 24 * 60 * MINUTE;
pub(super) const SESSION: i64 = 30 * MINUTE;
pub(super) const SIGNING: i64 = 60 * DAY;
/// The first days after the clocks of 2027 were moved on and back, counted from 1970.
const SUMMER: (i64, i64) = (20_906, 21_123);
pub(super) const HOLDS: i64 = 50_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    Fund,
    Share {
        share: i64,
        threshold: i64,
        cap: i64,
        kept: bool,
    },
    Rate {
        rate: i64,
        threshold: i64,
        gift: i64,
        donor: i64,
        project: i64,
    },
}

#[derive(Debug, Clone)]
pub struct Campaign {
    pub pot: Option<usize>,
    pub rule: Rule,
    pub cost: i64,
    pub opens: i64,
    pub last_day: Option<i64>,
    pub grace_days: i64,
    pub state: &'static str,
    pub outcome_at: Option<i64>,
    pub raised: i64,
    pub granted: i64,
    pub agree_by: Option<i64>,
    pub payable: i64,
    pub receivable: i64,
    pub due: i64,
    pub paid: i64,
    pub paid_gifts: i64,
    pub spare: i64,
    pub fixed: Option<i64>,
    pub taken: [bool; 2],
    pub asking: Option<(usize, i64, i64, bool)>,
    pub tranche: (i64, i64),
}

impl Campaign {
    pub fn ends(&self) -> Option<i64> {
        self.last_day.map(midnight)
    }
    pub(super) fn grace(&self) -> Option<i64> {
        self.last_day.map(|day| midnight(day + self.grace_days))
    }
    pub fn is_open(&self) -> bool {
        matches!(self.state, "scheduled" | "open" | "waiting_for_funds")
    }
    pub fn returns_gifts(&self) -> bool {
        matches!(self.state, "unfunded" | "cancelled" | "lapsed")
    }
}

/// The midnight of Milan with which a day begins.
pub fn midnight(day: i64) -> i64 {
    day * DAY - if (SUMMER.0..SUMMER.1).contains(&day) { 120 } else { 60 } * MINUTE
}

pub(super) fn part(of: i64, ppm: i64) -> i64 {
    whole(i128::from(of) * i128::from(ppm) / WHOLE)
}
pub(super) fn whole(number: i128) -> i64 {
    i64::try_from(number).expect("a sum of money")
}

#[derive(Debug, Clone, Default)]
pub struct Oracle {
    pub pots: Vec<i64>,
    pub campaigns: Vec<Campaign>,
    pub gifts: Vec<Gift>,
    charges: BTreeMap<u128, i64>,
    pub(super) paid_out: i64,
}

impl Oracle {
    /// Puts a campaign into its round, or refuses to.
    pub fn schedule(
        &mut self,
        rule: Rule,
        pot: Option<usize>,
        cost: i64,
        (opens, last_day): (i64, Option<i64>),
        grace_days: i64,
        tranche: (i64, i64),
    ) -> bool {
        let campaign = Campaign {
            pot,
            rule,
            cost,
            opens,
            last_day,
            grace_days,
            state: "scheduled",
            outcome_at: None,
            raised: 0,
            granted: 0,
            agree_by: None,
            payable: 0,
            receivable: 0,
            due: 0,
            paid: 0,
            paid_gifts: 0,
            spare: 0,
            fixed: None,
            taken: [false; 2],
            asking: None,
            tranche,
        };
        let (Rule::Share { share, cap, .. }, Some(pot)) = (rule, pot) else {
            self.campaigns.push(campaign);
            return true;
        };
        let fits = part(cost, share).min(cap) <= self.pot(pot)[0];
        if fits {
            self.campaigns.push(campaign);
        }
        fits
    }

    pub(super) fn of(&self, campaign: usize) -> impl Iterator<Item = &Gift> {
        self.gifts.iter().filter(move |gift| gift.campaign == campaign)
    }

    pub(super) fn sum(&self, campaign: usize, state: &str, what: impl Fn(&Gift) -> i64) -> i64 {
        self.of(campaign)
            .filter(|gift| !gift.late && gift.state() == state)
            .map(what)
            .sum()
    }
    /// What counts as raised: as it stands while it may change, else as it was.
    pub fn raised(&self, campaign: usize) -> i64 {
        if self.campaigns[campaign].is_open() {
            self.sum(campaign, "confirmed", Gift::left)
        } else {
            self.campaigns[campaign].raised
        }
    }
    pub(super) fn base(&self, campaign: usize) -> i64 {
        self.sum(campaign, "confirmed", |gift| gift.base)
    }
    pub(super) fn base_with_disputed(&self, campaign: usize) -> i64 {
        self.base(campaign) + self.sum(campaign, "disputed", |gift| gift.base)
    }

    pub(super) fn reserved(&self, campaign: usize) -> i64 {
        let of = &self.campaigns[campaign];
        match of.rule {
            _ if !of.is_open() => 0,
            Rule::Fund => 0,
            Rule::Share { share, cap, .. } => part(of.cost, share).min(cap),
            Rule::Rate { rate, .. } => part(self.base(campaign), rate),
        }
    }

    /// Available, held, reserved, committed, payable and paid of a pot.
    pub fn pot(&self, pot: usize) -> [i64; 6] {
        let mut all = [self.pots[pot], 0, 0, 0, 0, 0];
        for (place, of) in self.campaigns.iter().enumerate().filter(|(_, of)| of.pot == Some(pot)) {
            if let (Rule::Rate { rate, .. }, true) = (of.rule, of.is_open()) {
                all[1] += part(self.base_with_disputed(place), rate) - part(self.base(place), rate);
            }
            all[1] += self
                .of(place)
                .filter_map(|gift| gift.hold)
                .map(|(_, held)| held)
                .sum::<i64>();
            all[2] += self.reserved(place);
            if !of.is_open() && !of.returns_gifts() {
                all[3] += of.granted - of.due - of.paid - of.spare;
            }
            all[4] += of.due;
            all[5] += of.paid;
        }
        all[0] -= all[1..].iter().sum::<i64>();
        all
    }

    /// Clearing, fees, bank, cash desk, suspense, refunds payable and dispute hold.
    pub fn custodian(&self) -> [i64; 7] {
        let sum = |what: &dyn Fn(&Gift) -> i64| self.gifts.iter().map(what).sum::<i64>();
        let came = |way| sum(&|gift| if gift.way == way { gift.captured } else { 0 });
        let settled = |cash| sum(&|gift| gift.back(|one| one.stage == Stage::Settled && one.from_cash == cash));
        let charged: i64 = self.charges.values().sum();
        let held = sum(&|gift| gift.disputed(Quarrel::Open));
        let gone = sum(&|gift| gift.sent() + gift.disputed(Quarrel::Lost) + gift.disputed(Quarrel::Open));
        let loss = sum(&|gift| (-gift.here()).max(0));
        [
            came(Way::Online) - gone - charged,
            charged + loss,
            came(Way::Transfer) - settled(false) - self.paid_out,
            came(Way::Cash) - settled(true),
            0,
            sum(&Gift::owed),
            held,
        ]
    }

    /// Donors' funds, payable and receivable of a campaign.
    pub fn campaign(&self, campaign: usize) -> [i64; 3] {
        let of = &self.campaigns[campaign];
        [
            self.of(campaign)
                .filter(|gift| !gift.counted)
                .map(Gift::with_campaign)
                .sum(),
            of.payable,
            of.receivable,
        ]
    }

    /// Where a campaign stands by the time.
    pub fn state_at(&self, campaign: usize, now: i64) -> &'static str {
        let of = &self.campaigns[campaign];
        match of.state {
            "scheduled" | "open" if of.ends().is_some_and(|at| at <= now) => "waiting_for_funds",
            "scheduled" if of.opens <= now => "open",
            state => state,
        }
    }

    /// The provider was asked for the page of a gift; the first time its donor gets a whole session.
    pub fn asked(&mut self, gift: usize, now: i64) {
        let gift = &mut self.gifts[gift];
        if !gift.asked {
            (gift.asked, gift.expires) = (true, now + SESSION);
        }
    }

    /// Whether the time to pay a promise is over.
    pub fn overdue(&self, gift: usize, now: i64) -> bool {
        self.gifts[gift].state() == "promised" && self.gifts[gift].expires <= now
    }

    /// Something becomes known of a gift, and all that follows does.
    pub(super) fn change(&mut self, place: usize, known: impl FnOnce(&mut Gift)) {
        let of = &mut self.campaigns[self.gifts[place].campaign];
        let gift = &mut self.gifts[place];
        let before = gift.with_campaign();
        known(gift);
        if gift.captured > 0 && gift.here() <= 0 {
            let failed = gift.refunds.iter_mut().filter(|one| one.stage == Stage::Failed);
            failed.for_each(|one| one.stage = Stage::Dropped);
        }
        if of.is_open() {
            gift.base = gift.base.min(gift.left());
        }
        if !gift.pending() {
            gift.hold = None;
        }
        let lost = before - gift.with_campaign();
        if gift.counted {
            let there = lost.min(of.payable);
            of.payable -= there;
            of.receivable += lost - there;
        }
    }
    pub fn authorise(&mut self, gift: usize) {
        self.change(gift, |gift| gift.authorised = true);
    }
    pub fn fail(&mut self, gift: usize) {
        self.change(gift, |gift| gift.failed = true);
    }
    pub fn expire(&mut self, gift: usize) {
        self.change(gift, |gift| gift.expired = true);
    }

    pub fn confirm(&mut self, place: usize, amount: i64, print: Option<i64>, at: i64) {
        let gift = &self.gifts[place];
        if gift.captured > 0 {
            return;
        }
        let of = &self.campaigns[gift.campaign];
        let as_promised = gift.way != Way::Online || amount == gift.promised;
        let late = !of.is_open() || of.grace().is_some_and(|end| end <= at) || !as_promised;
        let mut base = 0;
        if let (false, Some(pot)) = (late, of.pot) {
            let own = gift.hold.map_or(0, |(_, held)| held);
            let at = (
                self.raised(gift.campaign) + amount,
                self.base_with_disputed(gift.campaign),
                self.donor_base(gift.campaign, gift.donor, print, Some(place)),
                self.pot(pot)[0] + own,
            );
            base = self.matched_base(amount, gift.campaign, at, gift.insider);
        }
        self.change(place, |gift| {
            (gift.captured, gift.print, gift.late, gift.base) = (amount, print, late, base)
        });
    }

    pub fn refund(&mut self, place: usize, key: u128, amount: i64, stage: Stage) {
        self.change(place, |gift| {
            let from_cash = gift.way == Way::Cash;
            match gift.refunds.iter_mut().find(|one| one.key == key) {
                Some(one) => one.stage = one.stage.max(stage),
                None => {
                    gift.refunds.push(Refund {
                        key,
                        amount,
                        stage,
                        hand: false,
                        from_cash,
                    });
                    if gift.captured > 0 && gift.back(|one| one.stage != Stage::Dropped) > gift.captured {
                        drop_wanted(gift);
                    }
                }
            }
        });
    }
    /// The donor or the office wants so much back.
    pub fn want(&mut self, place: usize, key: u128, amount: Option<i64>) -> Result<i64, &'static str> {
        let gift = &self.gifts[place];
        let amount = amount.unwrap_or(gift.left());
        match gift.state() {
            "confirmed" if (1..=gift.left()).contains(&amount) => {}
            "confirmed" => return Err("refund_too_large"),
            "disputed" => return Err("gift_in_dispute"),
            _ => return Err("wrong_state"),
        }
        let hand = gift.way != Way::Online;
        self.change(place, |gift| {
            gift.refunds.push(Refund {
                key,
                amount,
                stage: Stage::Wanted,
                hand,
                from_cash: false,
            })
        });
        Ok(amount)
    }
    /// Whether a refund can be paid by a person; the cash desk has no more than came.
    pub fn may_settle(&self, place: usize, key: u128, cash: bool) -> Result<(), &'static str> {
        let amount = self.gifts[place].payable(key)?;
        if cash && self.custodian()[3] < amount {
            Err("account_short")
        } else {
            Ok(())
        }
    }
    pub fn settle(&mut self, place: usize, key: u128, cash: bool) {
        let amount = self.gifts[place].payable(key).unwrap_or_default();
        self.change(place, |gift| {
            let found = gift
                .refunds
                .iter_mut()
                .find(|one| one.key == key)
                .expect("a refund that is owed");
            (found.stage, found.from_cash, found.amount) = (Stage::Settled, cash, amount);
        });
    }
    pub fn dispute(&mut self, place: usize, key: u128, amount: i64, how: Quarrel) {
        self.change(place, |gift| {
            let known = gift.disputes.entry(key).or_insert((amount, how));
            known.1 = known.1.max(how);
            if known.1 == Quarrel::Lost {
                drop_wanted(gift);
            }
        });
    }
    pub fn charge(&mut self, key: u128, fee: i64) {
        self.charges.insert(key, fee);
    }

    /// What time does with campaigns.
    pub fn tick(&mut self, now: i64) {
        for place in 0..self.campaigns.len() {
            self.campaigns[place].state = self.state_at(place, now);
        }
        for place in 0..self.campaigns.len() {
            let over = self.campaigns[place].grace().is_some_and(|end| end <= now);
            if self.campaigns[place].state == "waiting_for_funds" && (over || !self.of(place).any(Gift::pending)) {
                self.decide(place, now);
            }
        }
        for of in self
            .campaigns
            .iter_mut()
            .filter(|of| of.state == "funded" && of.agree_by.is_some_and(|by| by <= now))
        {
            of.state = "lapsed";
        }
    }

    pub(super) fn over(&mut self, place: usize, state: &'static str, now: i64) {
        let raised = self.raised(place);
        let of = &mut self.campaigns[place];
        (of.raised, of.state, of.outcome_at) = (raised, state, Some(now));
        for gift in self.gifts.iter_mut().filter(|gift| gift.campaign == place) {
            gift.hold = None;
        }
    }
    pub fn cancel(&mut self, place: usize, now: i64) -> bool {
        let may = self.campaigns[place].is_open();
        if may {
            self.over(place, "cancelled", now);
        }
        may
    }
    /// Moves the deadline on; transfers and cash are waited for as long.
    pub fn extend(&mut self, place: usize, days: i64, now: i64) -> bool {
        let may = matches!(self.state_at(place, now), "scheduled" | "open") && self.campaigns[place].last_day.is_some();
        if may {
            let of = &mut self.campaigns[place];
            of.last_day = of.last_day.map(|day| day + days);
            let until = of.grace().unwrap_or_default();
            for gift in self
                .gifts
                .iter_mut()
                .filter(|gift| gift.campaign == place && gift.way != Way::Online && gift.state() == "promised")
            {
                gift.expires = until;
            }
        }
        may
    }
    /// The confirmed gifts that are to go back now.
    pub fn returning(&self) -> Vec<usize> {
        let back = |gift: &Gift| {
            let of = &self.campaigns[gift.campaign];
            gift.late || of.returns_gifts() || (!of.is_open() && !gift.counted)
        };
        (0..self.gifts.len())
            .filter(|place| self.gifts[*place].state() == "confirmed" && back(&self.gifts[*place]))
            .collect()
    }
    pub fn agree(&mut self, place: usize, now: i64) -> bool {
        let of = &mut self.campaigns[place];
        let may = of.state == "funded" && of.agree_by.is_none_or(|by| by > now);
        if may {
            of.state = "agreed";
        }
        may
    }
    /// A fund takes no more gifts.
    pub fn end(&mut self, place: usize, now: i64) {
        let of = &mut self.campaigns[place];
        let today = (now / DAY - 1..).find(|day| midnight(day + 1) > now);
        (of.state, of.last_day) = ("waiting_for_funds", today);
    }
    pub fn go_on(&mut self, place: usize, state: &'static str) {
        self.campaigns[place].state = state;
    }
}
