//! What may happen next: donors give and pay, banks take back, messages come, people at the desk act, time passes, the
//! program is killed. Each act asks the oracle what must come of it, and compares that with what did.

use anyhow::{Context, Result, ensure};
use civic::City;
use civic::actor::Actor;
use civic::donation::write::{Gifts, give, look, pay, quote};
use civic::donation::{Given as Promised, NewDonation, Way as CivicWay};
use civic::error::{Code, Error};
use civic::language::Language;
use civic::money::Money;
use civic::payment::Method;
use civic::payment::write::{Receipt, receive, work_off};
use civic::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use rand::RngExt;

use super::bank::Status;
use super::oracle_gift::{Stage, Way};
use super::town::sized;
use super::{Given, Life};

/// So many gifts may one donor promise in an hour.
const PER_HOUR: usize = 20;
/// So far the program's clock may be wrong.
const SKEW_MS: i64 = 10 * MINUTE_MS;

/// What happens next, with how often among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Donate,
    Again,
    Donor,
    ComesBack,
    Message,
    Known,
    Forged,
    Babble,
    Bank,
    Dashboard,
    Dispute,
    Hand,
    Desk,
    Settle,
    Tick,
    Cancel,
    Extend,
    Kill,
    Clock,
    Payout,
}

const MIX: [(Act, u32); 20] = [
    (Act::Donate, 235),
    (Act::Again, 15),
    (Act::Donor, 170),
    (Act::ComesBack, 10),
    (Act::Message, 230),
    (Act::Known, 30),
    (Act::Forged, 4),
    (Act::Babble, 3),
    (Act::Bank, 70),
    (Act::Dashboard, 8),
    (Act::Dispute, 45),
    (Act::Hand, 25),
    (Act::Desk, 30),
    (Act::Settle, 15),
    (Act::Tick, 55),
    (Act::Cancel, 4),
    (Act::Extend, 3),
    (Act::Kill, 8),
    (Act::Clock, 13),
    (Act::Payout, 70),
];

impl Act {
    pub fn draw(life: &mut Life) -> Self {
        let all: u32 = MIX.iter().map(|(_, often)| often).sum();
        let mut drawn = life.chance.random_range(0..all);
        for (act, often) in MIX {
            if drawn < often {
                return act;
            }
            drawn -= often;
        }
        Self::Tick
    }
}

impl Act {
    /// Whether it happens outside of the city, which hears of it later.
    pub const fn is_outside(self) -> bool {
        matches!(
            self,
            Self::Donor | Self::Babble | Self::Bank | Self::Dashboard | Self::Dispute | Self::Clock
        )
    }
}

/// Sends a message, and lets it be worked off with whatever waits.
pub async fn deliver(city: &City, number: usize) {
    receive(city, number.to_string().as_bytes(), "right")
        .await
        .expect("kept");
    work(city).await;
}

/// Works off what waits.
pub async fn work(city: &City) {
    while work_off(city, &Gifts).await.expect("the database answers") {}
}

/// What an error is called, and that it is no fault of ours.
pub(super) fn called<T>(done: &Result<T, Error>) -> Result<Option<&'static str>> {
    match done {
        Ok(_) => Ok(None),
        Err(error @ (Error::Bug(_) | Error::Busy | Error::NotFound)) => anyhow::bail!("{error}"),
        Err(error) => Ok(Some(error.code().as_str())),
    }
}

impl Life {
    pub async fn act(&mut self, act: Act) -> Result<()> {
        self.counts.act(&format!("{act:?}"));
        let passed = self.chance.random_range(SECOND_MS..40 * SECOND_MS);
        self.town.advance_ms(passed);
        match act {
            Act::Donate => self.donate().await?,
            Act::Again => self.again().await?,
            Act::Donor => self.donor(),
            Act::ComesBack => self.comes_back().await?,
            Act::Message => self.message().await?,
            Act::Known => self.known().await?,
            Act::Forged => self.forged().await?,
            Act::Babble => self.town.bank.truth().babble(),
            Act::Bank => self.bank(),
            Act::Dashboard => self.dashboard(),
            Act::Dispute => self.dispute(),
            Act::Hand => self.hand().await?,
            Act::Desk => self.desk().await?,
            Act::Settle => self.settle().await?,
            Act::Tick => self.tick().await?,
            Act::Cancel => self.cancel().await?,
            Act::Extend => self.extend().await?,
            Act::Kill => {
                self.counts.fault("killed between two acts");
                self.town.kill().await?;
            }
            Act::Clock => self.clock(),
            Act::Payout => self.payout().await?,
        }
        self.listen()
    }

    /// One of these; none when there is none.
    pub fn one_of(&mut self, all: &[usize]) -> Option<usize> {
        (!all.is_empty()).then(|| all[self.chance.random_range(0..all.len())])
    }

    pub(super) fn gifts_that(&self, are: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.gifts.len()).filter(|gift| are(*gift)).collect()
    }

    async fn donate(&mut self) -> Result<()> {
        let now = self.now();
        let open: Vec<usize> = (0..self.oracle.campaigns.len())
            .filter(|place| self.oracle.state_at(*place, now) == "open")
            .collect();
        let anywhere = self.odds(1, 40) || open.is_empty();
        let campaign = if anywhere {
            self.chance.random_range(0..self.oracle.campaigns.len())
        } else {
            self.one_of(&open).context("an open one")?
        };
        let donor = if self.odds(1, 4) {
            self.chance.random_range(0..6)
        } else {
            self.chance.random_range(6..400)
        };
        let way = match self.chance.random_range(0..10) {
            0 => CivicWay::BankTransfer,
            1 => CivicWay::Cash,
            _ => CivicWay::Online,
        };
        let amount = match self.chance.random_range(0..60) {
            0 => 49,
            1 => 1_000_001,
            2 => 50,
            3 => 1_000_000,
            _ => sized(&mut self.chance, 50, 1_000_000),
        };
        let number = self.number();
        let email = if self.odds(1, 5) {
            format!("Donor{donor}@Example.org")
        } else {
            format!("donor{donor}@example.org")
        };
        let mut new = NewDonation {
            key: format!("key-{number:020}"),
            amount: Money::eur(amount),
            way,
            email: Some(email),
            name_shown: None,
            message: None,
            reward: None,
            insider: self.odds(1, 12),
            expected: None,
            terms: true,
        };
        if self.odds(1, 8) {
            let cx = self.town.city.cx(Actor::Visitor, Language::It);
            let told = quote(&cx, self.town.campaigns[campaign], new.amount).await;
            let more = i64::from(self.odds(1, 4));
            new.expected = told
                .context("a quote")?
                .map(|told| Money::eur(told.brings.minor() + more));
        }
        if let Some(gift) = self.promise(campaign, donor, new).await?
            && self.odds(7, 8)
        {
            self.pay(gift).await?;
        }
        Ok(())
    }

    /// Promises a gift, as the oracle says it must come out; its place when it was taken.
    async fn promise(&mut self, campaign: usize, donor: i64, new: NewDonation) -> Result<Option<usize>> {
        let now = self.now();
        let way = match new.way {
            CivicWay::Online => Way::Online,
            CivicWay::BankTransfer => Way::Transfer,
            CivicWay::Cash => Way::Cash,
        };
        let cx = self.town.city.cx(Actor::Visitor, Language::It);
        let done = give(&cx, self.town.campaigns[campaign], new.clone()).await;
        let by_rate = self.matched(campaign);
        let lately = self.promises.entry(donor).or_default();
        lately.retain(|at| now - at < 2 * HOUR_MS);
        if called(&done)? == Some("slow_down") {
            ensure!(lately.len() >= PER_HOUR, "{} gifts are too many", lately.len());
            return Ok(None);
        }
        let mut after = self.oracle.clone();
        let mut wanted = after.promise(now, campaign, (donor, way, new.insider), new.amount.minor());
        if let (Ok((brings, _)), Some(expected), true) = (wanted, new.expected, by_rate)
            && brings < expected.minor()
        {
            wanted = Err(if brings == 0 { "pot_empty" } else { "quote_changed" });
        }
        match (done, wanted) {
            (Ok(given), Ok(told)) => {
                ensure!(
                    (given.brings.minor(), given.held.minor()) == told,
                    "told {given:?}, and not {told:?}"
                );
                self.oracle = after;
                lately.push(now);
                Ok(Some(self.remember(given, new, donor)))
            }
            (Err(error), Err(why)) => {
                ensure!(error.code().as_str() == why, "refused as {error}, and not {why}");
                Ok(None)
            }
            (done, wanted) => anyhow::bail!(
                "campaign {campaign} at {now}: {done:?}, and not {wanted:?}: {:?}",
                self.oracle.campaigns[campaign]
            ),
        }
    }

    fn matched(&self, campaign: usize) -> bool {
        matches!(self.oracle.campaigns[campaign].rule, super::oracle::Rule::Rate { .. })
    }

    fn remember(&mut self, given: Promised, new: NewDonation, donor: i64) -> usize {
        let gift = self.gifts.len();
        self.ids.insert(given.donation, gift);
        self.touched.insert(gift);
        self.gifts.push(Given {
            id: given.donation,
            proof: given.proof,
            new,
            donor,
            promised_at: self.now(),
        });
        gift
    }

    /// The same once more: under the same key, or in another window.
    async fn again(&mut self) -> Result<()> {
        let online = self.gifts_that(|gift| self.oracle.gifts[gift].state() == "promised");
        let Some(gift) = self.one_of(&online) else {
            return Ok(());
        };
        let (campaign, donor) = (self.oracle.gifts[gift].campaign, self.gifts[gift].donor);
        let mut new = self.gifts[gift].new.clone();
        if self.odds(1, 2) {
            let number = self.number();
            (new.key, new.expected) = (format!("key-{number:020}"), None);
            if let Some(twin) = self.promise(campaign, donor, new).await? {
                self.pay(gift).await?;
                self.pay(twin).await?;
            }
            return Ok(());
        }
        let cx = self.town.city.cx(Actor::Visitor, Language::It);
        let same = give(&cx, self.town.campaigns[campaign], new.clone())
            .await
            .context("the same again")?;
        ensure!(same.donation == self.gifts[gift].id, "one key is one gift");
        new.amount = Money::eur(if new.amount.minor() > 60 { 60 } else { 61 });
        let other = give(&cx, self.town.campaigns[campaign], new).await;
        ensure!(
            other.as_ref().is_err_and(|error| error.code() == Code::KeyReused),
            "{other:?}"
        );
        Ok(())
    }

    async fn pay(&mut self, gift: usize) -> Result<()> {
        if !self.online(gift) {
            return Ok(());
        }
        let cx = self.town.city.cx(Actor::Visitor, Language::It);
        let (id, proof) = (self.gifts[gift].id, self.gifts[gift].proof.clone());
        let done = self.guarded(pay(&cx, id, Some(&proof))).await?;
        self.listen()?;
        if let Some(done) = done {
            called(&done)?;
        }
        Ok(())
    }

    /// A donor does something on a page of the provider.
    fn donor(&mut self) {
        let mut truth = self.town.bank.truth();
        let open: Vec<_> = truth
            .payments
            .iter()
            .filter(|(_, page)| page.status == Status::Open)
            .map(|(id, _)| *id)
            .collect();
        if open.is_empty() {
            return;
        }
        let id = open[self.chance.random_range(0..open.len())];
        if truth.over(id) {
            truth.become_(id, Status::Over);
            return;
        }
        let print = match (self.chance.random_range(0..5), self.ids.get(&id)) {
            (0, Some(gift)) => Some(self.gifts[*gift].donor / 2),
            (1..3, Some(gift)) => Some(self.gifts[*gift].donor + 1_000),
            _ => None,
        };
        let drawn = self.chance.random_range(0..100);
        let wrong = self.chance.random_ratio(1, 80);
        let page = truth.payments.get_mut(&id).expect("open");
        page.print = print;
        let status = match drawn {
            0..70 => Status::Paid,
            70..88 => Status::UnderWay,
            _ => return,
        };
        if status == Status::UnderWay {
            page.method = Method::SepaDebit;
        } else if drawn % 5 == 0 {
            page.method = Method::Paypal;
        }
        if wrong {
            page.amount += 1;
            self.counts.fault("other sum than promised");
        }
        truth.become_(id, status);
    }

    async fn comes_back(&mut self) -> Result<()> {
        let online = self.gifts_that(|gift| {
            self.online(gift) && self.oracle.gifts[gift].asked && self.oracle.gifts[gift].captured == 0
        });
        let Some(gift) = self.one_of(&online) else {
            return Ok(());
        };
        let cx = self.town.city.cx(Actor::Visitor, Language::It);
        let (id, proof) = (self.gifts[gift].id, self.gifts[gift].proof.clone());
        if let Some(done) = self.guarded(look(&cx, id, Some(&proof))).await? {
            called(&done)?;
        }
        Ok(())
    }

    async fn message(&mut self) -> Result<()> {
        let count = self.town.bank.truth().queue.len();
        if count == 0 {
            return Ok(());
        }
        let place = if self.odds(2, 3) {
            0
        } else {
            self.chance.random_range(0..count)
        };
        if place > 0 {
            self.counts.fault("messages reordered");
        }
        let lost = self.odds(1, 25);
        let number = {
            let mut truth = self.town.bank.truth();
            let number = truth.queue.remove(place);
            if lost && truth.may_be_lost(number) {
                self.counts.fault("lost message");
                return Ok(());
            }
            number
        };
        let city = self.town.city.clone();
        self.guarded(deliver(&city, number)).await?;
        Ok(())
    }

    /// A message that was sent before, or one that waits its turn, comes twice.
    async fn known(&mut self) -> Result<()> {
        let all = self.town.bank.truth().sent();
        if all == 0 {
            return Ok(());
        }
        let number = self.chance.random_range(0..all);
        self.counts.fault("message twice");
        let city = self.town.city.clone();
        for _ in 0..2 {
            if self.guarded(deliver(&city, number)).await?.is_none() {
                break;
            }
        }
        Ok(())
    }

    async fn forged(&mut self) -> Result<()> {
        self.counts.fault("forged message");
        let receipt = receive(&self.town.city, b"0", "wrong").await.context("answered")?;
        ensure!(matches!(receipt, Receipt::Forged(_)), "{receipt:?}");
        Ok(())
    }

    async fn tick(&mut self) -> Result<()> {
        let passes = sized(&mut self.chance, MINUTE_MS, 5 * DAY_MS);
        let until = self.now() + passes;
        let edge = self.odds(1, 6);
        // Now and then exactly to a midnight, or a millisecond before.
        let ends = self
            .oracle
            .campaigns
            .iter()
            .filter_map(super::oracle::Campaign::ends)
            .filter(|end| *end > self.now() && *end < until)
            .max();
        let passes = match ends {
            Some(end) if edge => end - self.now() - i64::from(self.odds(1, 2)),
            _ => passes,
        };
        self.town.advance_ms(passes);
        let city = self.town.city.clone();
        self.guarded(work(&city)).await?;
        self.turn().await
    }

    fn clock(&mut self) {
        self.counts.fault("step of the clock");
        let skew = self.chance.random_range(-SKEW_MS..=SKEW_MS);
        self.town.step_ms(skew - self.skew_ms);
        self.skew_ms = skew;
    }

    /// The program's clock is right again.
    pub fn set_clock(&mut self) {
        self.town.step_ms(-self.skew_ms);
        self.skew_ms = 0;
    }

    /// Whether any refund of a gift is not over.
    pub fn goes_back(&self, gift: usize) -> bool {
        let over = |stage| matches!(stage, Stage::Done | Stage::Settled | Stage::Dropped);
        self.oracle.gifts[gift].refunds.iter().any(|one| !over(one.stage))
    }
}
