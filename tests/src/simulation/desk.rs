//! Acts of people at the desk: transfers and cash that came, gifts given back, what is owed paid, campaigns cancelled and
//! extended.

use anyhow::{Context, Result, ensure};
use civic::donation::Way as CivicWay;
use civic::donation::read::RefundCard;
use civic::donation::write::{confirm_by_hand, refund, settle_refund};
use civic::error::Error;
use civic::id::RefundId;
use civic::money::Money;
use civic::page::Paging;
use civic::time::Timestamp;
use rand::RngExt;

use super::Life;
use super::deeds::called;
use super::heard::key_of;
use super::oracle_gift::Way;

impl Life {
    /// A transfer or cash has come.
    pub(super) async fn hand(&mut self) -> Result<()> {
        let waiting = self.gifts_that(|gift| !self.online(gift) && self.oracle.gifts[gift].captured == 0);
        let Some(gift) = self.one_of(&waiting) else {
            return Ok(());
        };
        let (promised, now) = (self.oracle.gifts[gift].promised, self.now());
        let most = if self.oracle.gifts[gift].way == Way::Cash {
            499_999
        } else {
            9_000_000
        };
        let amount = if self.odds(1, 8) {
            self.chance.random_range(1..=(promised * 2).min(most))
        } else {
            promised
        };
        let from = self.gifts[gift].promised_at.min(now);
        let at = if self.odds(1, 3) {
            self.chance.random_range(from..=now)
        } else {
            now
        };
        let evidence = format!("line-{}", self.number());
        let done = confirm_by_hand(
            &self.town.treasurer(0),
            self.gifts[gift].id,
            Money::eur(amount),
            Timestamp::from_ms(at),
            &evidence,
        )
        .await;
        match called(&done)? {
            None => self.stepping(gift, |oracle| oracle.confirm(gift, amount, None, at)),
            // The clock was set back since the promise.
            Some("invalid") if self.gifts[gift].promised_at > now => {}
            Some(why) => anyhow::bail!("refused as {why}"),
        }
        Ok(())
    }

    /// The desk gives a gift or a part of it back.
    pub(super) async fn desk(&mut self) -> Result<()> {
        let there = self.gifts_that(|gift| self.oracle.gifts[gift].captured > 0);
        let Some(gift) = self.one_of(&there) else { return Ok(()) };
        let left = self.oracle.gifts[gift].left();
        let amount = match self.chance.random_range(0..10) {
            0..3 => None,
            3 => Some(left + 1),
            _ => Some(self.chance.random_range(1..=left.max(1))),
        };
        let done: Result<RefundId, Error> =
            refund(&self.town.treasurer(0), self.gifts[gift].id, amount.map(Money::eur)).await;
        let key = done.as_ref().map_or(0, |id| key_of(*id));
        let mut wanted = Ok(0);
        self.stepping(gift, |oracle| wanted = oracle.want(gift, key, amount));
        let (done, wanted) = (called(&done)?, wanted.err());
        ensure!(done == wanted, "came out as {done:?}, and not {wanted:?}");
        Ok(())
    }

    /// Somebody pays what is owed.
    pub(super) async fn settle(&mut self) -> Result<()> {
        let cx = self.town.treasurer(1);
        let paging = Paging::parse(Some(100), None).context("a page")?;
        let owed = civic::donation::read::owed(&cx, paging).await.context("a list")?.items;
        if owed.is_empty() {
            return Ok(());
        }
        let card = &owed[self.chance.random_range(0..owed.len())];
        self.settle_one(card).await
    }

    /// Pays one refund that is owed, when it still is and the cash desk has so much.
    pub async fn settle_one(&mut self, card: &RefundCard) -> Result<()> {
        let gift = self.ids[&card.donation];
        let key = self.key_of_card(gift, card);
        let cash = self.odds(1, 3);
        let way = if cash { CivicWay::Cash } else { CivicWay::BankTransfer };
        let done = settle_refund(&self.town.treasurer(1), card.id, way).await;
        let wanted = self.oracle.may_settle(gift, key, cash).err();
        let came = called(&done)?;
        ensure!(
            came == wanted,
            "came out as {came:?}, and not {wanted:?}: {:?}",
            self.oracle.gifts[gift]
        );
        if wanted.is_none() {
            self.stepping(gift, |oracle| oracle.settle(gift, key, cash));
        }
        Ok(())
    }

    pub(super) async fn cancel(&mut self) -> Result<()> {
        let campaign = self.chance.random_range(0..self.oracle.campaigns.len());
        let now = self.now();
        let before = self.oracle.campaigns[campaign].state;
        let id = self.town.campaigns[campaign];
        let done =
            civic::campaign::write::cancel(&self.town.city.system(), id, "Il promotore ha rinunciato al progetto.")
                .await;
        let may = self.oracle.cancel(campaign, now);
        ensure!(called(&done)? == (!may).then_some("wrong_state"), "{done:?}");
        self.counts
            .edge("campaign ", before, self.oracle.campaigns[campaign].state);
        Ok(())
    }

    pub(super) async fn extend(&mut self) -> Result<()> {
        let campaign = self.chance.random_range(0..self.oracle.campaigns.len());
        let now = self.now();
        let days = self.chance.random_range(1..6);
        let id = self.town.campaigns[campaign];
        let done =
            civic::campaign::write::extend(&self.town.city.system(), id, days, "La festa del quartiere si sposta.")
                .await;
        let may = self.oracle.extend(campaign, i64::from(days), now);
        ensure!(called(&done)? == (!may).then_some("wrong_state"), "{done:?}");
        Ok(())
    }
}
