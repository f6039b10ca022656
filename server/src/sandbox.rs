//! A provider of payments that moves no money: a page of our own on which paying is tried out, for `make run`.
//!
//! Rule: it speaks as Stripe does. Each thing that happens is a signed message in Stripe's words, handed in at the same
//! door and stored before the donor is sent back, so a demonstration goes the whole way and a restart loses no gift. What
//! is so of a page is read from those messages; the page itself is in its address, proved by the installation's key, so
//! nothing else is stored. Deliberately absent: a table of its own, fees, and disputes.

mod said;

use std::sync::OnceLock;

use async_trait::async_trait;
use civic::error::{Code, Error, Result};
use civic::id::DonationId;
use civic::language::Language;
use civic::limits::TRIAL_DEBIT_MS;
use civic::money::Money;
use civic::payment::read::Kept;
use civic::payment::{
    Attempt, Envelope, Fact, Movement, MovementKind, Movements, NewRefund, NewSession, PaymentError, Payments, Session,
    Told, Trial, Trying, read, write,
};
use civic::secret::{Secret, same};
use civic::time::Timestamp;
use civic::{City, Cx};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::stripe::{message, signature};

/// Messages about one gift that are looked at: a handful, and a refund each.
const ABOUT_ONE_MAX: u64 = 200;
/// Messages that are looked at for movements.
const ABOUT_ALL_MAX: u64 = 10_000;

/// The provider that moves no money.
pub struct Sandbox {
    base: String,
    key: Secret,
    /// Set once, right after the city is put together, which needs its provider first.
    city: OnceLock<City>,
}

/// A page, as its address says it.
#[derive(Debug, Serialize, Deserialize)]
struct Page {
    donation: DonationId,
    amount_minor: i64,
    title: String,
    return_url: String,
    expires_at: Timestamp,
}

type Answer<T> = std::result::Result<T, PaymentError>;

fn later(error: Error) -> PaymentError {
    PaymentError::Later(error.to_string())
}

impl Sandbox {
    /// A provider for the site at `base`.
    #[must_use]
    pub fn new(base: &str, key: &Secret) -> Self {
        Self {
            base: base.to_owned(),
            key: key.clone(),
            city: OnceLock::new(),
        }
    }

    /// Tells it where its messages go.
    pub fn attach(&self, city: &City) {
        // Only the first city counts; there is no second.
        let _ = self.city.set(city.clone());
    }

    fn city(&self) -> Answer<&City> {
        let city = self.city.get();
        city.ok_or_else(|| PaymentError::Later("the city is not there yet".to_owned()))
    }

    fn secret(&self) -> String {
        self.key.proof("messages of the sandbox", "")
    }

    fn proof(&self, page: &str) -> String {
        self.key.proof("page of the sandbox", page)
    }

    fn page(&self, name: &str) -> Option<Page> {
        let (page, proof) = name.split_once('.')?;
        let bytes = BASE64URL_NOPAD.decode(page.as_bytes()).ok()?;
        same(proof, &self.proof(page)).then(|| serde_json::from_slice(&bytes).ok())?
    }

    /// Hands a message in at the door through which the provider's come.
    async fn say(&self, city: &City, message: &Value) -> Result<()> {
        let body = message.to_string();
        let signed = signature::sign(body.as_bytes(), city.system().now, &self.secret());
        match write::receive(city, body.as_bytes(), &signed).await? {
            write::Receipt::Kept | write::Receipt::Known => Ok(()),
            write::Receipt::Forged(why) => Err(Error::Bug(why)),
        }
    }

    /// What was said so far about a gift, and is so at `now`.
    async fn about(&self, donation: DonationId, now: Timestamp) -> Answer<Vec<Kept>> {
        let all = read::beginning(self.city()?, &said::about(donation), ABOUT_ONE_MAX).await;
        let all = all.map_err(later)?;
        Ok(all.into_iter().filter(|one| one.happened_at <= now).collect())
    }

    async fn facts(&self, donation: DonationId, now: Timestamp) -> Answer<Vec<Fact>> {
        let mut facts = Vec::new();
        for one in self.about(donation, now).await? {
            facts.extend(said::read(one.body.as_bytes())?.facts);
        }
        Ok(facts)
    }

    /// Whether somebody paid, or began to, or the page was closed.
    async fn is_over(&self, city: &City, donation: DonationId) -> Result<bool> {
        let said = read::beginning(city, &said::about(donation), 1).await?;
        Ok(!said.is_empty())
    }
}

#[async_trait]
impl Payments for Sandbox {
    async fn open(&self, session: &NewSession) -> Answer<Session> {
        let page = Page {
            donation: session.donation,
            amount_minor: session.amount.minor(),
            title: session.title.clone(),
            return_url: session.return_url.clone(),
            expires_at: session.expires_at,
        };
        let text = serde_json::to_vec(&page).map_err(|error| PaymentError::Refused(error.to_string()))?;
        let name = BASE64URL_NOPAD.encode(&text);
        let proof = self.proof(&name);
        Ok(Session {
            reference: said::page(session.donation, session.expires_at),
            url: format!(
                "{}/{}/sandbox/{name}.{proof}",
                self.base,
                Language::code(session.language)
            ),
            expires_at: session.expires_at,
        })
    }

    async fn close(&self, session: &str) -> Answer<Vec<Fact>> {
        let (donation, _) = said::read_page(session).ok_or_else(unknown)?;
        let city = self.city()?;
        if !self.is_over(city, donation).await.map_err(later)? {
            let message = said::expired(donation, city.system().now);
            self.say(city, &message).await.map_err(later)?;
        }
        self.facts(donation, city.system().now).await
    }

    async fn look(&self, reference: &str) -> Answer<Vec<Fact>> {
        let now = self.city()?.system().now;
        if let Some(donation) = said::read_payment(reference) {
            return self.facts(donation, now).await;
        }
        let (donation, expires_at) = said::read_page(reference).ok_or_else(unknown)?;
        let facts = self.facts(donation, now).await?;
        let over =
            facts.is_empty() && expires_at <= now && !self.is_over(self.city()?, donation).await.map_err(later)?;
        Ok(if over { vec![Fact::Expired { donation }] } else { facts })
    }

    async fn find(&self, _: DonationId, _: Timestamp) -> Answer<Option<Session>> {
        // Opening stores nothing and gives the same page again, so there is nothing to be found.
        Ok(None)
    }

    async fn refund(&self, refund: &NewRefund) -> Answer<Fact> {
        let never = || PaymentError::Refused("nothing of this name was ever paid here".to_owned());
        let donation = said::read_payment(&refund.payment).ok_or_else(never)?;
        let city = self.city()?;
        let now = city.system().now;
        let mut left = 0_i64;
        for fact in self.facts(donation, now).await? {
            match fact {
                Fact::Confirmed { amount, .. } => left = left.saturating_add(amount.minor()),
                Fact::Refunded { refund: Some(own), .. } if own == refund.refund => return Ok(fact),
                Fact::Refunded { amount, .. } => left = left.saturating_sub(amount.minor()),
                _ => {}
            }
        }
        if refund.amount.minor() > left {
            return Err(PaymentError::Refused("more than is left of the payment".to_owned()));
        }
        let message = said::refunded(donation, refund, now);
        self.say(city, &message).await.map_err(later)?;
        let told = said::read(message.to_string().as_bytes())?;
        told.facts.into_iter().next().ok_or_else(unknown)
    }

    async fn refunds(&self, payment: &str) -> Answer<Vec<Fact>> {
        let donation = said::read_payment(payment).ok_or_else(unknown)?;
        let facts = self.facts(donation, self.city()?.system().now).await?;
        let is_refund = |fact: &Fact| matches!(fact, Fact::Refunded { .. });
        Ok(facts.into_iter().filter(is_refund).collect())
    }

    async fn movements(&self, since: Timestamp, _: Option<&str>) -> Answer<Movements> {
        let city = self.city()?;
        let now = city.system().now;
        let all = read::beginning(city, said::ALL, ABOUT_ALL_MAX).await.map_err(later)?;
        let mut items = Vec::new();
        for one in all
            .iter()
            .filter(|one| since <= one.happened_at && one.happened_at <= now)
        {
            for fact in said::read(one.body.as_bytes())?.facts {
                items.extend(movement(&one.reference, fact));
            }
        }
        items.sort_by_key(|item: &Movement| std::cmp::Reverse(item.at));
        Ok(Movements { items, next: None })
    }

    fn receive(&self, body: &[u8], header: &str, now: Timestamp) -> Answer<Envelope> {
        let secrets = [self.secret()];
        signature::check(header, body, now, &secrets).map_err(|why| PaymentError::Forged(why.to_owned()))?;
        message::envelope(body)
    }

    fn read(&self, body: &[u8]) -> Answer<Told> {
        said::read(body)
    }

    fn trial(&self) -> Option<&dyn Trial> {
        Some(self)
    }
}

fn unknown() -> PaymentError {
    PaymentError::Unknown("nothing of this name was ever made here".to_owned())
}

fn movement(reference: &str, fact: Fact) -> Option<Movement> {
    let (source, amount, at) = match &fact {
        Fact::Confirmed {
            payment, amount, at, ..
        } => (payment.clone(), *amount, *at),
        Fact::Refunded {
            reference, amount, at, ..
        } => (reference.clone(), Money::eur(amount.minor().saturating_neg()), *at),
        _ => return None,
    };
    Some(Movement {
        reference: reference.to_owned(),
        kind: MovementKind::Payment,
        source: Some(source),
        amount,
        fee: Money::eur(0),
        at,
        facts: vec![fact],
    })
}

#[async_trait]
impl Trial for Sandbox {
    async fn show(&self, cx: &Cx, name: &str) -> Result<Trying> {
        let page = self.page(name).ok_or(Error::NotFound)?;
        let over = cx.now >= page.expires_at || self.is_over(&cx.city, page.donation).await?;
        Ok(Trying {
            amount: Money::eur(page.amount_minor),
            title: page.title,
            return_url: page.return_url,
            open: !over,
        })
    }

    async fn attempt(&self, cx: &Cx, name: &str, attempt: Attempt) -> Result<bool> {
        let page = self.page(name).ok_or(Error::NotFound)?;
        if !self.show(cx, name).await?.open {
            return Err(Error::Conflict(Code::AlreadyDone));
        }
        let (donation, amount) = (page.donation, page.amount_minor);
        let arrives = cx.now.plus_ms(TRIAL_DEBIT_MS);
        let messages = match attempt {
            Attempt::Refused => return Ok(false),
            Attempt::Card => vec![said::paid(donation, amount, "card", cx.now)],
            Attempt::Debit => vec![
                said::authorised(donation, cx.now),
                said::paid(donation, amount, "sepa_debit", arrives),
            ],
            Attempt::DebitFails => vec![said::authorised(donation, cx.now), said::failed(donation, arrives)],
        };
        // What comes later is stored first: should the second not be stored, the page is still open.
        for message in messages.iter().rev() {
            self.say(&cx.city, message).await?;
        }
        Ok(true)
    }
}
