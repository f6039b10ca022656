//! What the city heard, told to the oracle in the same order; and the worker's turn, whose order is that of its use case:
//! pages that are over by the order of their gifts, payments under way, campaigns, what goes back, refunds.

use std::future::Future;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use civic::donation::read::RefundCard;
use civic::donation::write::turn;
use civic::id::{DonationId, RefundId, TypedId};
use civic::payment::{DisputeState, Fact, RefundState};

use super::Life;
use super::bank::{By, Heard};
use super::oracle_gift::{Quarrel, Stage, Way};

/// Keys of refunds that the city has not named yet begin here.
pub const UNNAMED: u128 = 1 << 100;

/// A refund that the provider refused; it is owed when looking for it right after, and once, does not find it.
#[derive(Debug, Clone, Copy)]
struct Refusal {
    of: DonationId,
    id: RefundId,
    asked: bool,
}

/// The number at the end of a name.
fn tail(reference: &str) -> Result<u128> {
    let digits = reference.rsplit('_').next().unwrap_or_default();
    digits.parse().with_context(|| format!("{reference} has no number"))
}

pub fn key_of(refund: RefundId) -> u128 {
    refund.uuid().as_u128()
}

impl Life {
    /// Does something that may get the program killed; none when it was, and is up again.
    pub async fn guarded<T>(&mut self, work: impl Future<Output = T>) -> Result<Option<T>> {
        let bank = Arc::clone(&self.town.bank);
        let done = tokio::select! {
            biased;
            done = work => Some(done),
            () = bank.killed.notified() => None,
        };
        if done.is_none() {
            self.town.kill().await.context("starting again")?;
        }
        Ok(done)
    }

    /// Tells the oracle what was heard, outside of a turn.
    pub fn listen(&mut self) -> Result<()> {
        let heard = std::mem::take(&mut self.town.bank.truth().heard);
        self.tell_all(heard)
    }

    fn tell_all(&mut self, heard: Vec<(By, Heard)>) -> Result<()> {
        let mut refused = None;
        for (by, what) in heard {
            refused = self.tell(by, what, refused)?;
        }
        Ok(())
    }

    fn of(&self, donation: DonationId) -> Result<usize> {
        self.ids
            .get(&donation)
            .copied()
            .with_context(|| format!("{donation} is nobody's"))
    }

    fn of_payment(&self, payment: &str) -> Result<usize> {
        let id = payment
            .strip_prefix("pi_")
            .and_then(DonationId::read)
            .context("a payment of ours")?;
        self.of(id)
    }

    /// Notes the step that a gift takes.
    pub fn stepping(&mut self, gift: usize, act: impl FnOnce(&mut super::oracle::Oracle)) {
        let before = self.oracle.gifts[gift].state();
        act(&mut self.oracle);
        self.counts.edge("", before, self.oracle.gifts[gift].state());
        self.touched.insert(gift);
    }

    fn tell(&mut self, by: By, what: Heard, refused: Option<Refusal>) -> Result<Option<Refusal>> {
        let now = self.now();
        match what {
            Heard::Asked(id) => {
                let gift = self.of(id)?;
                if by == By::Open {
                    self.oracle.asked(gift, now);
                }
                let listed = refused.filter(|refusal| by == By::List && !refusal.asked && refusal.of == id);
                return Ok(listed.map(|refusal| Refusal { asked: true, ..refusal }));
            }
            Heard::Refused(of, id) => return Ok(Some(Refusal { of, id, asked: false })),
            Heard::Listed(ours) => {
                if let Some(Refusal { of, id, .. }) = refused.filter(|refusal| !ours.contains(&refusal.id)) {
                    let gift = self.of(of)?;
                    self.name(gift, key_of(id), None);
                    self.stepping(gift, |oracle| oracle.refund(gift, key_of(id), 0, Stage::Failed));
                }
            }
            Heard::NoPage(id) => {
                let gift = self.of(id)?;
                if self.oracle.overdue(gift, now) {
                    self.stepping(gift, |oracle| oracle.expire(gift));
                }
            }
            Heard::Unwilling(id) => {
                let gift = self.of(id)?;
                if self.oracle.gifts[gift].state() == "promised" {
                    self.stepping(gift, |oracle| oracle.fail(gift));
                }
            }
            Heard::Killed(_) => {}
            Heard::Fact(fact) => {
                self.fact(&fact)?;
                return Ok(refused.filter(|_| by == By::List));
            }
        }
        Ok(None)
    }

    fn fact(&mut self, fact: &Fact) -> Result<()> {
        match fact {
            Fact::Authorised { donation, .. } => {
                let gift = self.of(*donation)?;
                self.stepping(gift, |oracle| oracle.authorise(gift));
            }
            Fact::Confirmed {
                donation,
                amount,
                fingerprint,
                at,
                ..
            } => {
                let gift = self.of(*donation)?;
                let print = match fingerprint {
                    Some(print) => Some(print.trim_start_matches("print").parse()?),
                    None => None,
                };
                let (amount, at) = (amount.minor(), at.ms());
                self.stepping(gift, |oracle| oracle.confirm(gift, amount, print, at));
            }
            Fact::Failed { donation, .. } => {
                let gift = self.of(*donation)?;
                self.stepping(gift, |oracle| oracle.fail(gift));
            }
            Fact::Expired { donation } => {
                let gift = self.of(*donation)?;
                self.stepping(gift, |oracle| oracle.expire(gift));
            }
            Fact::Refunded {
                payment,
                reference,
                refund,
                amount,
                state,
                ..
            } => {
                let gift = self.of_payment(payment)?;
                let stage = match state {
                    RefundState::Pending => Stage::Sent,
                    RefundState::Succeeded => Stage::Done,
                    RefundState::Failed => Stage::Failed,
                };
                let key = match refund {
                    Some(id) => key_of(*id),
                    None => tail(reference)?,
                };
                if refund.is_some() {
                    self.name(gift, key, Some(amount.minor()));
                }
                let amount = amount.minor();
                self.stepping(gift, |oracle| oracle.refund(gift, key, amount, stage));
            }
            Fact::Disputed {
                payment,
                reference,
                amount,
                state,
                ..
            } => {
                let gift = self.of_payment(payment)?;
                let how = match state {
                    DisputeState::Inquiry => Quarrel::Inquiry,
                    DisputeState::Open => Quarrel::Open,
                    DisputeState::Won => Quarrel::Won,
                    DisputeState::Lost => Quarrel::Lost,
                };
                let (key, amount) = (tail(reference)?, amount.minor());
                self.stepping(gift, |oracle| oracle.dispute(gift, key, amount, how));
            }
            Fact::Charged { reference, fee, .. } => self.oracle.charge(tail(reference)?, fee.minor()),
        }
        Ok(())
    }

    /// Gives a refund that the oracle wanted the city's name for it, when it has none yet.
    pub fn name(&mut self, gift: usize, key: u128, amount: Option<i64>) {
        let refunds = &mut self.oracle.gifts[gift].refunds;
        if refunds.iter().any(|one| one.key == key) {
            return;
        }
        let unnamed = |one: &&mut super::oracle_gift::Refund| {
            (UNNAMED..UNNAMED * 2).contains(&one.key) && amount.is_none_or(|amount| amount == one.amount)
        };
        if let Some(one) = refunds.iter_mut().find(unnamed) {
            one.key = key;
        }
    }

    /// The oracle's key of a refund that the city shows.
    pub fn key_of_card(&mut self, gift: usize, card: &RefundCard) -> u128 {
        let key = key_of(card.id);
        if card.reason != "outside" {
            self.name(gift, key, Some(card.amount.minor()));
            return key;
        }
        if let Some(known) = self.outside.get(&key) {
            return *known;
        }
        let refunds = self.oracle.gifts[gift].refunds.iter();
        let mut same = refunds.filter(|one| one.key < UNNAMED && one.amount == card.amount.minor());
        let taken: Vec<u128> = self.outside.values().copied().collect();
        let found = same.find(|one| !taken.contains(&one.key)).map_or(0, |one| one.key);
        self.outside.insert(key, found);
        found
    }

    /// The worker's turn for money.
    pub async fn turn(&mut self) -> Result<()> {
        self.listen()?;
        let now = self.now();
        let unasked: Vec<(DonationId, usize)> = (0..self.gifts.len())
            .filter(|gift| self.oracle.overdue(*gift, now) && !self.oracle.gifts[*gift].asked)
            .map(|gift| (self.gifts[gift].id, gift))
            .collect();
        let city = self.town.city.clone();
        let done = self.guarded(turn(&city)).await?;
        if let Some(done) = done {
            done.context("a turn")?;
        }
        let heard = std::mem::take(&mut self.town.bank.truth().heard);
        let pages = heard
            .iter()
            .position(|(by, _)| !matches!(by, By::Find | By::Close))
            .unwrap_or(heard.len());
        let (pages, rest) = heard.split_at(pages);
        let killed = pages.iter().find_map(|(by, what)| match what {
            Heard::Killed(id) => Some((*by, *id)),
            _ => None,
        });
        self.pages_over(pages, &unasked, killed)?;
        let under_way = rest.iter().position(|(by, _)| *by != By::Look).unwrap_or(rest.len());
        let (looks, refunds) = rest.split_at(under_way);
        self.tell_all(looks.to_vec())?;
        let stopped = looks.iter().any(|(_, what)| matches!(what, Heard::Killed(_)));
        if killed.is_some() || stopped {
            ensure!(refunds.is_empty(), "a program that was killed went on: {refunds:?}");
            return Ok(());
        }
        self.campaigns_move(now);
        for gift in self.oracle.returning() {
            let key = UNNAMED + self.number();
            let mut wanted = Ok(0);
            self.stepping(gift, |oracle| wanted = oracle.want(gift, key, None));
            if let Err(why) = wanted {
                bail!("gift {gift} cannot go back: {why}");
            }
        }
        self.tell_all(refunds.to_vec())
    }

    /// Promises whose time is over, and what was told of their pages: in the order of the gifts.
    fn pages_over(
        &mut self,
        heard: &[(By, Heard)],
        unasked: &[(DonationId, usize)],
        killed: Option<(By, DonationId)>,
    ) -> Result<()> {
        let now = self.now();
        let of = |heard: &Heard| match heard {
            Heard::Fact(
                Fact::Authorised { donation, .. }
                | Fact::Confirmed { donation, .. }
                | Fact::Failed { donation, .. }
                | Fact::Expired { donation },
            )
            | Heard::Asked(donation)
            | Heard::NoPage(donation)
            | Heard::Unwilling(donation)
            | Heard::Killed(donation) => Some(*donation),
            Heard::Fact(_) | Heard::Refused(..) | Heard::Listed(_) => None,
        };
        let mut all: Vec<(DonationId, Option<(By, Heard)>)> = Vec::new();
        for (by, what) in heard {
            let id = of(what).context("only gifts have pages")?;
            all.push((id, Some((*by, what.clone()))));
        }
        let until = match killed {
            Some((By::Find, id)) if !self.oracle.overdue(self.of(id)?, now) => Some(None),
            Some((_, id)) => Some(Some(id)),
            None => None,
        };
        let reached = |id: DonationId| match until {
            None => true,
            Some(at) => at.is_some_and(|at| id.uuid() < at.uuid()),
        };
        all.extend(unasked.iter().filter(|(id, _)| reached(*id)).map(|(id, _)| (*id, None)));
        all.sort_by_key(|(id, _)| id.uuid());
        for (id, what) in all {
            match what {
                Some((by, what)) => {
                    self.tell(by, what, None)?;
                }
                None => {
                    let gift = self.of(id)?;
                    self.stepping(gift, |oracle| oracle.expire(gift));
                }
            }
        }
        Ok(())
    }

    /// What time does with campaigns, step by step.
    pub fn campaigns_move(&mut self, now: i64) {
        let before: Vec<&str> = self.oracle.campaigns.iter().map(|of| of.state).collect();
        let ended: Vec<&str> = (0..before.len())
            .map(|place| self.oracle.state_at(place, now))
            .collect();
        self.oracle.tick(now);
        for (place, before) in before.into_iter().enumerate() {
            let mut at = before;
            if at == "scheduled" && ended[place] != "scheduled" {
                self.counts.edge("campaign ", at, "open");
                at = "open";
            }
            if at == "open" && ended[place] == "waiting_for_funds" {
                self.counts.edge("campaign ", at, ended[place]);
                at = ended[place];
            }
            self.counts.edge("campaign ", at, self.oracle.campaigns[place].state);
        }
    }

    /// Whether a gift is paid on the provider's page.
    pub fn online(&self, gift: usize) -> bool {
        self.oracle.gifts[gift].way == Way::Online
    }
}
