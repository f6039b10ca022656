//! A small provider of payments in memory, with its own truth: pages, payments, refunds. What a test makes happen there
//! comes back as facts, to be told when and as often as the test likes.
//!
//! Rule: it keeps the seam's promises: one page for a gift, one refund for an id, and whoever looks is told what is so.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use civic::id::{DonationId, RefundId};
use civic::money::Money;
use civic::payment::{
    Envelope, Fact, Method, Movements, NewRefund, NewSession, PaymentError, Payments, RefundState, Session, Told,
};
use civic::time::Timestamp;

/// What the next call meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is done, and the answer is lost.
    LostAfterwards,
    /// Nothing is done; come again.
    Later,
    /// Nothing is done, for good.
    Refused,
}

#[derive(Debug, Clone)]
struct Page {
    session: Session,
    amount: Money,
    facts: Vec<Fact>,
}

#[derive(Debug, Default)]
struct State {
    pages: BTreeMap<DonationId, Page>,
    refunds: BTreeMap<RefundId, Fact>,
    captured: BTreeMap<String, i64>,
    opened: u64,
    faults: Vec<Fault>,
    refunds_wait: bool,
}

/// The provider.
#[derive(Debug, Default)]
pub struct Provider(Mutex<State>);

impl Provider {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the next calls meet, one each.
    pub fn fail_next(&self, faults: &[Fault]) {
        self.state().faults = faults.iter().rev().copied().collect();
    }

    /// From now on refunds stay on their way instead of arriving at once.
    pub fn let_refunds_wait(&self) {
        self.state().refunds_wait = true;
    }

    /// How often a new page was made.
    pub fn pages(&self) -> u64 {
        self.state().opened
    }

    /// What was given back by our asking, in cents, each refund once.
    pub fn given_back(&self) -> Vec<i64> {
        let state = self.state();
        let amounts = state.refunds.values().map(|fact| match fact {
            Fact::Refunded { amount, .. } => amount.minor(),
            other => panic!("{other:?}"),
        });
        amounts.collect()
    }

    /// The donor pays the page; the fact that follows.
    pub fn paid(&self, donation: DonationId, method: Method, at: Timestamp) -> Fact {
        let mut state = self.state();
        let page = state.pages.get_mut(&donation).expect("a page was opened");
        let payment = payment_of(donation);
        let fact = Fact::Confirmed {
            donation,
            payment: payment.clone(),
            amount: page.amount,
            method,
            fingerprint: None,
            at,
        };
        let amount = page.amount.minor();
        page.facts = vec![fact.clone()];
        state.captured.insert(payment, amount);
        fact
    }

    fn fault(&self) -> Option<Fault> {
        self.state().faults.pop()
    }
}

/// What a gift's payment is called.
pub fn payment_of(donation: DonationId) -> String {
    format!("pi_{donation}")
}

fn said(fault: Option<Fault>) -> Result<(), PaymentError> {
    match fault {
        None | Some(Fault::LostAfterwards) => Ok(()),
        Some(Fault::Later) => Err(PaymentError::Later("busy".to_owned())),
        Some(Fault::Refused) => Err(PaymentError::Refused("not so".to_owned())),
    }
}

fn answer<T>(fault: Option<Fault>, done: T) -> Result<T, PaymentError> {
    match fault {
        Some(Fault::LostAfterwards) => Err(PaymentError::Unknown("no answer".to_owned())),
        None | Some(Fault::Later | Fault::Refused) => Ok(done),
    }
}

#[async_trait]
impl Payments for Provider {
    async fn open(&self, new: &NewSession) -> Result<Session, PaymentError> {
        let fault = self.fault();
        said(fault)?;
        let mut state = self.state();
        if let Some(page) = state.pages.get(&new.donation) {
            return answer(fault, page.session.clone());
        }
        let session = Session {
            reference: format!("cs_{}", new.donation),
            url: format!("https://pay.example.org/{}", new.donation),
            expires_at: new.expires_at,
        };
        let page = Page {
            session: session.clone(),
            amount: new.amount,
            facts: Vec::new(),
        };
        state.pages.insert(new.donation, page);
        state.opened += 1;
        answer(fault, session)
    }

    async fn close(&self, session: &str) -> Result<Vec<Fact>, PaymentError> {
        let fault = self.fault();
        said(fault)?;
        let mut state = self.state();
        let found = state
            .pages
            .iter_mut()
            .find(|(_, page)| page.session.reference == session);
        let Some((donation, page)) = found else {
            return Err(PaymentError::Unknown("no such page".to_owned()));
        };
        if page.facts.is_empty() {
            page.facts = vec![Fact::Expired { donation: *donation }];
        }
        answer(fault, page.facts.clone())
    }

    async fn look(&self, session: &str) -> Result<Vec<Fact>, PaymentError> {
        let state = self.state();
        let found = state.pages.values().find(|page| page.session.reference == session);
        Ok(found.map(|page| page.facts.clone()).unwrap_or_default())
    }

    async fn find(&self, donation: DonationId, _: Timestamp) -> Result<Option<Session>, PaymentError> {
        said(self.fault())?;
        Ok(self.state().pages.get(&donation).map(|page| page.session.clone()))
    }

    async fn refund(&self, new: &NewRefund) -> Result<Fact, PaymentError> {
        let fault = self.fault();
        said(fault)?;
        let mut state = self.state();
        if let Some(fact) = state.refunds.get(&new.refund) {
            return answer(fault, fact.clone());
        }
        let left = state.captured.get_mut(&new.payment);
        match left {
            Some(left) if *left >= new.amount.minor() => *left -= new.amount.minor(),
            _ => return Err(PaymentError::Refused("more than is left".to_owned())),
        }
        let fact = Fact::Refunded {
            payment: new.payment.clone(),
            reference: format!("re_{}", new.refund),
            refund: Some(new.refund),
            amount: new.amount,
            state: if state.refunds_wait {
                RefundState::Pending
            } else {
                RefundState::Succeeded
            },
            at: Timestamp::from_ms(1_790_000_000_000),
        };
        state.refunds.insert(new.refund, fact.clone());
        answer(fault, fact)
    }

    async fn refunds(&self, payment: &str) -> Result<Vec<Fact>, PaymentError> {
        let of = |fact: &&Fact| matches!(fact, Fact::Refunded { payment: of, .. } if of == payment);
        Ok(self.state().refunds.values().filter(of).cloned().collect())
    }

    async fn movements(&self, _: Timestamp, _: Option<&str>) -> Result<Movements, PaymentError> {
        Ok(Movements {
            items: Vec::new(),
            next: None,
        })
    }

    fn receive(&self, _: &[u8], _: &str, _: Timestamp) -> Result<Envelope, PaymentError> {
        Err(PaymentError::Forged("it sends no messages".to_owned()))
    }

    fn read(&self, _: &[u8]) -> Result<Told, PaymentError> {
        Err(PaymentError::Unknown("it sends no messages".to_owned()))
    }
}
