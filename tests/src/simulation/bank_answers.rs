//! What the provider of a simulation answers, when it does.

use async_trait::async_trait;
use civic::id::DonationId;
use civic::money::Money;
use civic::payment::{Envelope, Fact, Method, Movements, NewRefund, NewSession, PaymentError, Payments, Session, Told};
use civic::time::{DAY_MS, MINUTE_MS, Timestamp};
use rand::RngExt;

use super::bank::{Bank, By, Fault, Heard, Payment, Status, payment_of};

/// A key is remembered for so long.
const KEY_MS: i64 = DAY_MS;
/// A debit is given back at the earliest so long after it came: seven days of work and the weekend among them.
const DEBIT_MS: i64 = 8 * DAY_MS;
/// A page can be paid for so long after the promise is over, unless it is closed.
const MARGIN_MS: i64 = 32 * MINUTE_MS;

#[async_trait]
impl Payments for Bank {
    async fn open(&self, new: &NewSession) -> Result<Session, PaymentError> {
        let mut fault = self.begin(By::Open, new.donation).await?;
        let unwilling = {
            let mut truth = self.truth();
            let unwilling = truth.faulty && fault == Fault::None && truth.chance.random_ratio(1, 60);
            unwilling && !truth.payments.contains_key(&new.donation)
        };
        if unwilling {
            let mut truth = self.truth();
            truth.counts.fault("refused page");
            truth.say(By::Open, Heard::Unwilling(new.donation));
            return Err(PaymentError::Refused("not so".to_owned()));
        }
        let session = {
            let mut truth = self.truth();
            let page = truth.payments.entry(new.donation).or_insert_with(|| Payment {
                status: Status::Open,
                amount: new.amount.minor(),
                method: Method::Card,
                print: None,
                paid_at: 0,
                fee: None,
                refunds: Vec::new(),
                disputes: Vec::new(),
                session: Session {
                    reference: format!("cs_{}", new.donation),
                    url: format!("https://pay.example.org/{}", new.donation),
                    expires_at: new.expires_at.plus_ms(MARGIN_MS),
                },
                replays: false,
            });
            if page.replays {
                fault = Fault::Replayed;
            }
            page.replays |= fault == Fault::Replayed;
            let session = page.session.clone();
            if fault == Fault::Replayed {
                truth.counts.fault("error replayed for a key");
            }
            session
        };
        self.end(By::Open, new.donation, fault, session).await
    }

    async fn close(&self, session: &str) -> Result<Vec<Fact>, PaymentError> {
        let donation = self.of_session(session)?;
        let fault = self.begin(By::Close, donation).await?;
        let facts = {
            let mut truth = self.truth();
            if truth.payments[&donation].status == Status::Open {
                truth.become_(donation, Status::Over);
            }
            truth.facts(donation)
        };
        let facts = self.end(By::Close, donation, fault, facts).await?;
        self.heard(By::Close, &facts);
        Ok(facts)
    }

    async fn look(&self, reference: &str) -> Result<Vec<Fact>, PaymentError> {
        let charge = reference.strip_prefix("ch_").map(|id| format!("cs_{id}"));
        let donation = self.of_session(charge.as_deref().unwrap_or(reference))?;
        let fault = self.begin(By::Look, donation).await?;
        let facts = {
            let truth = self.truth();
            match (&charge, &truth.payments[&donation].fee) {
                (None, _) => truth.facts(donation),
                (Some(_), Some((reference, fee))) => vec![Fact::Charged {
                    payment: payment_of(donation),
                    reference: reference.clone(),
                    fee: Money::eur(*fee),
                    at: Timestamp::from_ms(truth.now),
                }],
                (Some(_), None) => Vec::new(),
            }
        };
        let facts = self.end(By::Look, donation, fault, facts).await?;
        self.heard(By::Look, &facts);
        Ok(facts)
    }

    async fn find(&self, donation: DonationId, _: Timestamp) -> Result<Option<Session>, PaymentError> {
        let fault = self.begin(By::Find, donation).await?;
        let found = self.truth().payments.get(&donation).map(|page| page.session.clone());
        let found = self.end(By::Find, donation, fault, found).await?;
        if found.is_none() {
            self.truth().say(By::Find, Heard::NoPage(donation));
        }
        Ok(found)
    }

    async fn refund(&self, new: &NewRefund) -> Result<Fact, PaymentError> {
        let donation = self.of_payment(&new.payment)?;
        let fault = self.begin(By::Refund, donation).await?;
        let known = {
            let truth = self.truth();
            let remembered = truth.keys.get(&new.refund).filter(|(at, _)| truth.now - at < KEY_MS);
            remembered.map(|(_, answer)| answer.clone())
        };
        let fact = match known {
            Some(Ok(fact)) => fact,
            Some(Err(())) => {
                self.truth().counts.fault("error replayed for a key");
                return Err(PaymentError::Unknown("an error".to_owned()));
            }
            None => {
                let mut truth = self.truth();
                let payment = &truth.payments[&donation];
                let refused =
                    payment.status != Status::Paid || payment.in_dispute() || new.amount.minor() > payment.rest();
                let early = payment.method == Method::SepaDebit && truth.now - payment.paid_at < DEBIT_MS;
                if early {
                    truth
                        .wrongs
                        .push(format!("the debit of {donation} is given back too early"));
                }
                if refused {
                    truth.counts.fault("refused refund");
                    truth.say(By::Refund, Heard::Refused(donation, new.refund));
                    return Err(PaymentError::Refused("not so".to_owned()));
                }
                if truth.keys.contains_key(&new.refund) {
                    truth.counts.fault("key forgotten");
                }
                let fact = truth.give_back(donation, Some(new.refund), new.amount.minor());
                let stored = if fault == Fault::Replayed {
                    Err(())
                } else {
                    Ok(fact.clone())
                };
                let now = truth.now;
                truth.keys.insert(new.refund, (now, stored));
                fact
            }
        };
        let fact = self.end(By::Refund, donation, fault, fact).await?;
        self.heard(By::Refund, std::slice::from_ref(&fact));
        Ok(fact)
    }

    async fn refunds(&self, payment: &str) -> Result<Vec<Fact>, PaymentError> {
        let donation = self.of_payment(payment)?;
        let fault = self.begin(By::List, donation).await?;
        let facts = {
            let truth = self.truth();
            let all = 0..truth.payments[&donation].refunds.len();
            all.map(|place| truth.refund_fact(donation, place))
                .collect::<Vec<Fact>>()
        };
        let facts = self.end(By::List, donation, fault, facts).await?;
        self.heard(By::List, &facts);
        let ours = facts.iter().filter_map(|fact| match fact {
            Fact::Refunded { refund, .. } => *refund,
            _ => None,
        });
        let ours = ours.collect();
        self.truth().say(By::List, Heard::Listed(ours));
        Ok(facts)
    }

    async fn movements(&self, _: Timestamp, _: Option<&str>) -> Result<Movements, PaymentError> {
        Err(PaymentError::Later("nobody asks".to_owned()))
    }

    fn receive(&self, body: &[u8], signature: &str, _: Timestamp) -> Result<Envelope, PaymentError> {
        let number = std::str::from_utf8(body)
            .ok()
            .and_then(|text| text.parse::<usize>().ok());
        match number {
            Some(number) if signature == "right" => Ok(Envelope {
                id: format!("evt_{number}"),
                kind: "fact".to_owned(),
                at: Timestamp::from_ms(self.truth().messages[number].at),
            }),
            _ => Err(PaymentError::Forged("not signed".to_owned())),
        }
    }

    fn read(&self, body: &[u8]) -> Result<Told, PaymentError> {
        let number: usize = std::str::from_utf8(body)
            .ok()
            .and_then(|text| text.parse().ok())
            .expect("a number");
        let message = self.truth().messages[number].clone();
        if !message.readable {
            return Err(PaymentError::Unknown("not to be read".to_owned()));
        }
        self.heard(By::Message, &message.facts);
        Ok(Told {
            facts: message.facts,
            look: message.look,
        })
    }
}
