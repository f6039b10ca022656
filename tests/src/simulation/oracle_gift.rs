//! The oracle's one gift: what is known of its money, and what follows from that alone. Like all of the oracle, it imports
//! nothing of the workspace.

use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Wanted,
    Sent,
    Done,
    Failed,
    Settled,
    Dropped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quarrel {
    Inquiry,
    Open,
    Won,
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Online,
    Transfer,
    Cash,
}

#[derive(Debug, Clone)]
pub struct Refund {
    pub key: u128,
    pub amount: i64,
    pub stage: Stage,
    pub hand: bool,
    pub from_cash: bool,
}

#[derive(Debug, Clone)]
pub struct Gift {
    pub campaign: usize,
    pub donor: i64,
    pub promised: i64,
    pub way: Way,
    pub insider: bool,
    pub expires: i64,
    pub asked: bool,
    pub authorised: bool,
    pub failed: bool,
    pub expired: bool,
    pub captured: i64,
    pub late: bool,
    pub counted: bool,
    pub print: Option<i64>,
    pub base: i64,
    pub refunds: Vec<Refund>,
    pub disputes: BTreeMap<u128, (i64, Quarrel)>,
    pub hold: Option<(i64, i64)>,
}

impl Gift {
    pub(super) fn back(&self, which: impl Fn(&Refund) -> bool) -> i64 {
        // What is told of a payment before its money came waits for it.
        let all = self.refunds.iter().filter(|_| self.captured > 0);
        all.filter(|one| which(one)).map(|one| one.amount).sum()
    }
    pub(super) fn disputed(&self, how: Quarrel) -> i64 {
        let all = self.disputes.values().filter(|_| self.captured > 0);
        all.filter(|(_, now)| *now == how).map(|(amount, _)| amount).sum()
    }
    pub fn refunded(&self) -> i64 {
        self.back(|one| one.stage != Stage::Dropped).min(self.captured)
    }
    pub fn left(&self) -> i64 {
        (self.captured - self.refunded() - self.disputed(Quarrel::Lost)).max(0)
    }
    pub(super) fn sent(&self) -> i64 {
        self.back(|one| matches!(one.stage, Stage::Sent | Stage::Done))
    }
    pub(super) fn settled(&self) -> i64 {
        self.back(|one| one.stage == Stage::Settled)
    }
    /// What is here of it; less than nothing when more went than came.
    pub(super) fn here(&self) -> i64 {
        self.captured - self.sent() - self.settled() - self.disputed(Quarrel::Lost)
    }
    pub(super) fn owed(&self) -> i64 {
        let failed = self.back(|one| one.stage == Stage::Failed || (one.stage == Stage::Wanted && one.hand));
        if self.late {
            self.here().max(0)
        } else {
            failed.min(self.here()).max(0)
        }
    }
    pub(super) fn with_campaign(&self) -> i64 {
        self.here().max(0) - self.owed()
    }
    /// A refund that is owed, so that a person can pay it: how much.
    pub fn payable(&self, key: u128) -> Result<i64, &'static str> {
        let found = self.refunds.iter().find(|one| one.key == key).ok_or("not_found")?;
        let owed = found.stage == Stage::Failed || (found.stage == Stage::Wanted && found.hand);
        let amount = found.amount.min(self.owed());
        if owed && amount > 0 {
            Ok(amount)
        } else {
            Err("wrong_state")
        }
    }
    /// What is still its campaign's in the books and on its way back.
    pub(super) fn leaving(&self) -> i64 {
        self.back(|one| one.stage == Stage::Wanted && !one.hand)
            .min(self.with_campaign())
    }
    pub fn held(&self) -> bool {
        self.disputed(Quarrel::Open) > 0
    }
    pub fn state(&self) -> &'static str {
        let lost = self.disputed(Quarrel::Lost) > 0;
        let gone = |one: &Refund| matches!(one.stage, Stage::Done | Stage::Settled | Stage::Dropped);
        match (self.captured, self.left()) {
            (0, _) if self.failed => "failed",
            (0, _) if self.authorised => "authorised",
            (0, _) if self.expired => "expired",
            (0, _) => "promised",
            (_, 0) if lost => "lost",
            (_, 0) if self.refunds.iter().all(gone) => "refunded",
            (_, 0) => "refunding",
            _ if self.held() => "disputed",
            _ => "confirmed",
        }
    }
    pub(super) fn pending(&self) -> bool {
        matches!(self.state(), "promised" | "authorised")
    }
}

pub(super) fn drop_wanted(gift: &mut Gift) {
    for one in gift
        .refunds
        .iter_mut()
        .filter(|one| one.stage == Stage::Wanted && !one.hand)
    {
        one.stage = Stage::Dropped;
    }
}
