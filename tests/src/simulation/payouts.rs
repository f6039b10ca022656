//! What becomes of funded campaigns: agreements, accounts, payouts by two persons, reports.

use anyhow::{Context, Result, ensure};
use civic::campaign::write::agree;
use civic::error::{Code, Error};
use civic::money::Money;
use civic::payout::write as payouts;
use civic::report::{ReportInput, Spending, write as reports};
use civic::time::DAY_MS;
use rand::RngExt;

use super::{Life, Sent};

const IBAN: &str = "IT60X0542811101000000123456";
const FAR_MS: i64 = 2 * DAY_MS;

fn code<T>(done: &Result<T, Error>) -> Result<Option<Code>> {
    match done {
        Ok(_) => Ok(None),
        Err(error @ (Error::Bug(_) | Error::Busy | Error::NotFound)) => anyhow::bail!("{error}"),
        Err(error) => Ok(Some(error.code())),
    }
}

impl Life {
    /// One step for one of the campaigns that reached their target.
    pub async fn payout(&mut self) -> Result<()> {
        let decided: Vec<usize> = (0..self.oracle.campaigns.len())
            .filter(|place| {
                matches!(
                    self.oracle.campaigns[*place].state,
                    "funded" | "agreed" | "settled" | "reporting" | "closed"
                )
            })
            .collect();
        let Some(place) = self.one_of(&decided) else {
            return Ok(());
        };
        let drawn = self.chance.random_range(0..10);
        match self.oracle.campaigns[place].state {
            "funded" if drawn < 4 && self.is_signed(place) => self.agree(place).await,
            "funded" => Ok(()),
            "settled" if drawn < 3 => self.report(place).await,
            "reporting" if drawn < 5 => self.close(place).await,
            _ if drawn < 3 => self.back(place).await,
            _ if drawn < 5 => self.send().await,
            _ => self.pay_out(place).await,
        }
    }

    /// Whether anybody will sign the agreement; those of funds, which never lapse, are signed.
    pub fn is_signed(&self, place: usize) -> bool {
        self.oracle.campaigns[place].pot.is_none() || place % 3 != 1
    }

    /// The agreement is signed.
    pub async fn agree(&mut self, place: usize) -> Result<()> {
        let (now, before) = (self.now(), self.oracle.campaigns[place].state);
        let done = agree(&self.town.city.system(), self.town.campaigns[place], "PG 1/2027").await;
        let may = self.oracle.agree(place, now);
        ensure!(code(&done)?.is_none() == may, "{done:?}");
        self.counts
            .edge("campaign ", before, self.oracle.campaigns[place].state);
        Ok(())
    }

    /// The next step of a payout: the account, asking, and what another person says to it.
    async fn pay_out(&mut self, place: usize) -> Result<()> {
        let id = self.town.campaigns[place];
        let (one, other) = (self.town.treasurer(0), self.town.treasurer(1));
        let paying = self.paying.entry(place).or_default();
        if paying.account.is_none() {
            let account = payouts::enter_account(&one, id, IBAN, "Associazione Orti")
                .await
                .context("entered")?;
            let own = payouts::verify_account(&one, id, account).await;
            ensure!(code(&own)? == Some(Code::AnotherPerson), "{own:?}");
            payouts::verify_account(&other, id, account).await.context("verified")?;
            paying.account = Some(account);
            return Ok(());
        }
        let Some(asked) = paying.asked else {
            let now = self.now();
            let done = payouts::request(&one, id).await;
            let wanted = self.oracle.request(place, now);
            match (done, wanted) {
                (Ok(payout), Some(sums)) => {
                    let card = civic::payout::read::one(&one, payout).await.context("read")?;
                    let asked = (card.sums.gifts.minor(), card.sums.grant.minor());
                    ensure!(asked == sums, "asked for {asked:?}, and not {sums:?}");
                    self.paying.entry(place).or_default().asked = Some(payout);
                }
                (Err(error), None) => ensure!(error.code() == Code::NothingDue, "{error}"),
                (done, wanted) => anyhow::bail!("came out as {done:?}, and not {wanted:?}"),
            }
            return Ok(());
        };
        let approved = self.oracle.campaigns[place]
            .asking
            .is_some_and(|(_, _, _, approved)| approved);
        match self.chance.random_range(0..6) {
            0 => {
                payouts::withdraw(&other, asked).await.context("withdrawn")?;
                self.oracle.withdraw(place);
                self.paying.entry(place).or_default().asked = None;
            }
            1 if !approved => {
                payouts::decline(&other, asked, "Manca un visto del dirigente.")
                    .await
                    .context("declined")?;
                self.oracle.withdraw(place);
                self.paying.entry(place).or_default().asked = None;
            }
            _ if !approved => {
                let own = payouts::approve(&one, asked).await;
                ensure!(code(&own)? == Some(Code::AnotherPerson), "{own:?}");
                payouts::approve(&other, asked).await.context("approved")?;
                self.oracle.approve(place);
            }
            _ => {}
        }
        Ok(())
    }

    /// A file for the bank.
    async fn send(&mut self) -> Result<()> {
        let parts: Vec<_> = self.oracle.campaigns.iter().map(|of| of.asking).collect();
        let done = payouts::send(&self.town.treasurer(1)).await;
        let sent = self.oracle.send();
        ensure!(
            code(&done)? == sent.is_empty().then_some(Code::NothingDue),
            "{done:?}, and not {sent:?}"
        );
        for place in sent {
            let paying = self.paying.entry(place).or_default();
            let id = paying.asked.take().context("a payout")?;
            let (part, gifts, grant, _) = parts[place].context("a part")?;
            paying.sent.push(Sent {
                id,
                part,
                sums: (gifts, grant),
                paid: false,
            });
        }
        Ok(())
    }

    /// The bank pays, or sends back.
    async fn back(&mut self, place: usize) -> Result<()> {
        let Some(last) = self.paying.get(&place).and_then(|paying| paying.sent.last()).cloned() else {
            return Ok(());
        };
        let (one, now) = (self.town.treasurer(0), self.town.city.clock.now());
        let returned = self.odds(1, 6)
            && self.oracle.campaigns[place].asking.is_none()
            && self.oracle.campaigns[place].state != "closed";
        if returned {
            let done = payouts::send_back(&one, last.id, now, "riga 9").await;
            if code(&done)?.is_none() {
                self.oracle.send_back(place, last.part, last.sums);
                self.paying.entry(place).or_default().sent.pop();
            }
        } else if !last.paid {
            let done = payouts::pay(&one, last.id, now, "riga 8").await;
            // A clock that was set back may stand at the day before.
            if code(&done)?.is_none() {
                self.mark_paid(place);
            }
        }
        Ok(())
    }

    fn mark_paid(&mut self, place: usize) {
        if let Some(last) = self.paying.entry(place).or_default().sent.last_mut() {
            last.paid = true;
        }
        if self.oracle.campaigns[place].state == "agreed" {
            self.oracle.go_on(place, "settled");
            self.counts.edge("campaign ", "agreed", "settled");
        }
    }

    async fn report(&mut self, place: usize) -> Result<()> {
        let (cx, id) = (self.town.city.system(), self.town.campaigns[place]);
        reports::begin(&cx, id).await.context("begun")?;
        self.oracle.go_on(place, "reporting");
        self.counts.edge("campaign ", "settled", "reporting");
        Ok(())
    }

    /// The report is written and accepted, with a part of the spending.
    async fn close(&mut self, place: usize) -> Result<()> {
        let of = &self.oracle.campaigns[place];
        if of.asking.is_some() || of.rule == super::oracle::Rule::Fund {
            return Ok(());
        }
        let spent = self.chance.random_range(1..=of.cost * 2);
        let eligible = self.chance.random_range(0..=spent);
        let (cx, id) = (self.town.city.system(), self.town.campaigns[place]);
        let input = ReportInput {
            text: Some("Abbiamo fatto **tutto** quello che avevamo promesso al quartiere.".to_owned()),
            lang: None,
            spendings: Some(vec![Spending {
                cost_line: 0,
                what: "Tutto".to_owned(),
                document: "Fattura 1".to_owned(),
                day: cx.now.plus_ms(-FAR_MS).rfc3339()[..10].to_owned(),
                amount: Money::eur(spent),
            }]),
        };
        reports::edit(&cx, id, None, input).await.context("written")?;
        reports::submit(&cx, id, None).await.context("handed in")?;
        reports::close(&self.town.office(), id, Some(Money::eur(eligible)))
            .await
            .context("accepted")?;
        self.oracle.close(place, eligible);
        self.counts.edge("campaign ", "reporting", "closed");
        Ok(())
    }
}
