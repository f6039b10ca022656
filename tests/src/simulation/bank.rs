//! The provider of payments of a simulation, with its own truth: pages, payments, refunds, disputes, fees. It answers late,
//! wrongly or never, tells things twice and out of order, and forgets keys after a day, as real ones do.
//!
//! Rule: all that the city hears from it, by answer or by message, is noted in the order in which it is heard; nothing else
//! ever tells the oracle of it. What a refund would give back twice is noted as wrong.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use civic::City;
use civic::id::{DonationId, RefundId};
use civic::money::Money;
use civic::payment::{DisputeState, Fact, Method, PaymentError, RefundState, Session};
use civic::time::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::Notify;

use super::counts::Counts;

/// Faults among a thousand calls, each kind after the one before.
const FAULTS: [(u32, Fault); 6] = [
    (45, Fault::LostAfterwards),
    (75, Fault::Later),
    (90, Fault::Replayed),
    (97, Fault::CrashBefore),
    (108, Fault::CrashAfter),
    (190, Fault::Early),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// It is done, and the answer is lost.
    LostAfterwards,
    /// Nothing is done; come again.
    Later,
    /// It is done, the answer is an error, and the same error is given again for the same key.
    Replayed,
    /// The program is killed before anything is done.
    CrashBefore,
    /// The program is killed when it is done.
    CrashAfter,
    /// The message is worked off before the answer is there.
    Early,
}

/// How the city heard something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Message,
    Open,
    Find,
    Close,
    Look,
    Refund,
    List,
}

/// What the city heard.
#[derive(Debug, Clone)]
pub enum Heard {
    Fact(Fact),
    /// It asks for something of this gift.
    Asked(DonationId),
    /// There is no page for this gift.
    NoPage(DonationId),
    /// It will not open a page for this gift.
    Unwilling(DonationId),
    /// It will not give this back.
    Refused(DonationId, RefundId),
    /// That was all that was given back of a payment.
    Listed(Vec<RefundId>),
    /// The program was killed while it asked about this gift.
    Killed(DonationId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Open,
    Over,
    UnderWay,
    Paid,
    Failed,
}

#[derive(Debug, Clone)]
pub struct Back {
    pub reference: String,
    pub ours: Option<RefundId>,
    pub amount: i64,
    pub state: RefundState,
}

#[derive(Debug, Clone)]
pub struct Payment {
    pub status: Status,
    pub amount: i64,
    pub method: Method,
    pub print: Option<i64>,
    pub paid_at: i64,
    pub fee: Option<(String, i64)>,
    pub refunds: Vec<Back>,
    pub disputes: Vec<(String, i64, DisputeState)>,
    pub(super) session: Session,
    pub(super) replays: bool,
}

impl Payment {
    /// What can still be given back, or disputed.
    pub fn rest(&self) -> i64 {
        let back: i64 = self
            .refunds
            .iter()
            .filter(|one| one.state != RefundState::Failed)
            .map(|one| one.amount)
            .sum();
        let held = self
            .disputes
            .iter()
            .filter(|(_, _, state)| matches!(state, DisputeState::Open | DisputeState::Lost));
        self.amount - back - held.map(|(_, amount, _)| amount).sum::<i64>()
    }

    pub fn in_dispute(&self) -> bool {
        self.disputes
            .iter()
            .any(|(_, _, state)| matches!(state, DisputeState::Open | DisputeState::Inquiry))
    }
}

#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) facts: Vec<Fact>,
    pub(super) look: Option<String>,
    pub(super) at: i64,
    pub(super) readable: bool,
}

pub struct Truth {
    pub payments: BTreeMap<DonationId, Payment>,
    pub heard: Vec<(By, Heard)>,
    pub wrongs: Vec<String>,
    /// Messages that wait to be sent, by their numbers.
    pub queue: Vec<usize>,
    pub faulty: bool,
    pub now: i64,
    pub counts: Counts,
    pub(super) messages: Vec<Message>,
    pub(super) keys: BTreeMap<RefundId, (i64, Result<Fact, ()>)>,
    pub(super) chance: StdRng,
    numbers: u64,
    city: Option<City>,
}

/// The account at the provider.
pub struct Bank {
    truth: Mutex<Truth>,
    /// Rings when the program is to be killed.
    pub killed: Notify,
}

pub(super) fn payment_of(donation: DonationId) -> String {
    format!("pi_{donation}")
}

impl Truth {
    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(super) fn say(&mut self, by: By, heard: Heard) {
        self.heard.push((by, heard));
    }

    /// Puts a message into the queue; now and then the same change is told by two.
    pub fn tell(&mut self, facts: Vec<Fact>, look: Option<String>) {
        let (at, readable) = (self.now, !(self.faulty && self.chance.random_ratio(1, 150)));
        if !readable {
            self.counts.fault("unreadable message");
        }
        let message = Message {
            facts,
            look,
            at,
            readable,
        };
        let twins = if self.faulty && self.chance.random_ratio(1, 20) {
            2
        } else {
            1
        };
        if twins == 2 {
            self.counts.fault("two messages for one change");
        }
        for _ in 0..twins {
            self.queue.push(self.messages.len());
            self.messages.push(message.clone());
        }
    }

    /// A message of a kind that nobody knows.
    pub fn babble(&mut self) {
        self.counts.fault("unknown message");
        self.queue.push(self.messages.len());
        self.messages.push(Message {
            facts: Vec::new(),
            look: None,
            at: self.now,
            readable: true,
        });
    }

    /// From now on every message can be read and nothing fails.
    pub fn heal(&mut self) {
        self.faulty = false;
        self.messages.iter_mut().for_each(|message| message.readable = true);
    }

    pub(super) fn facts(&self, donation: DonationId) -> Vec<Fact> {
        let payment = &self.payments[&donation];
        let reference = payment_of(donation);
        match payment.status {
            Status::Open => Vec::new(),
            Status::Over => vec![Fact::Expired { donation }],
            Status::UnderWay => vec![Fact::Authorised {
                donation,
                payment: reference,
            }],
            Status::Failed => vec![Fact::Failed {
                donation,
                payment: reference,
            }],
            Status::Paid => vec![Fact::Confirmed {
                donation,
                payment: reference,
                amount: Money::eur(payment.amount),
                method: payment.method,
                fingerprint: payment.print.map(|print| format!("print{print}")),
                at: Timestamp::from_ms(payment.paid_at),
            }],
        }
    }

    pub(super) fn refund_fact(&self, donation: DonationId, place: usize) -> Fact {
        let back = &self.payments[&donation].refunds[place];
        Fact::Refunded {
            payment: payment_of(donation),
            reference: back.reference.clone(),
            refund: back.ours,
            amount: Money::eur(back.amount),
            state: back.state,
            at: Timestamp::from_ms(self.now),
        }
    }

    /// Whether nobody can pay the page any more.
    pub fn over(&self, donation: DonationId) -> bool {
        self.payments[&donation].session.expires_at.ms() <= self.now
    }

    /// How many messages there are, sent or not.
    pub fn sent(&self) -> usize {
        self.messages.len()
    }

    /// Whether what a message tells is also found by looking.
    pub fn may_be_lost(&self, number: usize) -> bool {
        let of_payment = |fact: &Fact| {
            matches!(
                fact,
                Fact::Authorised { .. } | Fact::Confirmed { .. } | Fact::Failed { .. } | Fact::Expired { .. }
            )
        };
        let message = &self.messages[number];
        message.look.is_none() && !message.facts.is_empty() && message.facts.iter().all(of_payment)
    }

    /// The donor is done with the page, or the bank with the debit.
    pub fn become_(&mut self, donation: DonationId, status: Status) {
        let fee_number = self.number();
        let now = self.now;
        let payment = self.payments.get_mut(&donation).expect("a page");
        payment.status = status;
        if status == Status::Paid {
            payment.paid_at = now;
            payment.fee = Some((format!("fee_{fee_number}"), payment.amount * 14 / 1_000 + 25));
            self.tell(Vec::new(), Some(format!("ch_{donation}")));
        }
        let facts = self.facts(donation);
        self.tell(facts, None);
    }

    /// Gives back so much, whoever asked for it.
    pub fn give_back(&mut self, donation: DonationId, ours: Option<RefundId>, amount: i64) -> Fact {
        let number = self.number();
        let reference = ours.map_or_else(|| format!("re_out_{number}"), |id| format!("re_{id}_{number}"));
        let twice = self.payments[&donation].refunds.iter();
        if ours.is_some() && twice.filter(|one| one.ours == ours).count() > 0 {
            self.wrongs.push(format!("{ours:?} is given back twice"));
        }
        let state = if self.chance.random_ratio(3, 5) {
            RefundState::Pending
        } else {
            RefundState::Succeeded
        };
        let payment = self.payments.get_mut(&donation).expect("a payment");
        payment.refunds.push(Back {
            reference,
            ours,
            amount,
            state,
        });
        let place = payment.refunds.len() - 1;
        let fact = self.refund_fact(donation, place);
        self.tell(vec![fact.clone()], None);
        fact
    }

    /// A refund gets further.
    pub fn refund_becomes(&mut self, donation: DonationId, place: usize, state: RefundState) {
        self.payments.get_mut(&donation).expect("a payment").refunds[place].state = state;
        let fact = self.refund_fact(donation, place);
        self.tell(vec![fact], None);
    }

    /// A dispute begins or gets further.
    pub fn dispute(&mut self, donation: DonationId, place: Option<usize>, amount: i64, state: DisputeState) {
        let reference = format!("dp_{}", self.number());
        let payment = self.payments.get_mut(&donation).expect("a payment");
        let place = place.unwrap_or_else(|| {
            payment.disputes.push((reference, amount, state));
            payment.disputes.len() - 1
        });
        payment.disputes[place].2 = state;
        let (reference, amount, state) = payment.disputes[place].clone();
        let fact = Fact::Disputed {
            payment: payment_of(donation),
            reference,
            amount: Money::eur(amount),
            state,
            at: Timestamp::from_ms(self.now),
        };
        self.tell(vec![fact], None);
    }

    /// What the provider has of ours.
    pub fn balance(&self) -> i64 {
        let paid = self.payments.values().filter(|one| one.status == Status::Paid);
        paid.map(|one| one.rest() - one.fee.as_ref().map_or(0, |(_, fee)| *fee))
            .sum()
    }

    pub(super) fn fault(&mut self) -> Fault {
        if !self.faulty {
            return Fault::None;
        }
        let drawn = self.chance.random_range(0..1_000_u32);
        FAULTS
            .iter()
            .find(|(upto, _)| drawn < *upto)
            .map_or(Fault::None, |(_, fault)| *fault)
    }
}

impl Bank {
    pub fn new(seed: u64, now: i64) -> Self {
        let truth = Truth {
            payments: BTreeMap::new(),
            heard: Vec::new(),
            wrongs: Vec::new(),
            queue: Vec::new(),
            faulty: true,
            now,
            counts: Counts::default(),
            messages: Vec::new(),
            keys: BTreeMap::new(),
            chance: StdRng::seed_from_u64(seed),
            numbers: 0,
            city: None,
        };
        Self {
            truth: Mutex::new(truth),
            killed: Notify::new(),
        }
    }

    pub fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To whom messages go that are there before their answer.
    pub fn belongs_to(&self, city: &City) {
        self.truth().city = Some(city.clone());
    }

    /// The fault that a call about this gift meets before it does anything.
    pub(super) async fn begin(&self, by: By, donation: DonationId) -> Result<Fault, PaymentError> {
        let fault = {
            let mut truth = self.truth();
            truth.say(by, Heard::Asked(donation));
            // Only of refunds does a message tell while the answer is awaited.
            Some(truth.fault())
                .filter(|fault| *fault != Fault::Early || by == By::Refund)
                .unwrap_or(Fault::None)
        };
        match fault {
            Fault::Later => {
                self.truth().counts.fault("busy provider");
                Err(PaymentError::Later("busy".to_owned()))
            }
            Fault::CrashBefore => {
                self.truth().counts.fault("killed before the provider did it");
                Err(self.kill(by, donation).await)
            }
            other => Ok(other),
        }
    }

    pub(super) async fn kill(&self, by: By, donation: DonationId) -> PaymentError {
        self.truth().say(by, Heard::Killed(donation));
        self.killed.notify_one();
        std::future::pending().await
    }

    /// What comes of a call that was done: the answer, unless it is lost.
    pub(super) async fn end<T>(
        &self,
        by: By,
        donation: DonationId,
        fault: Fault,
        answer: T,
    ) -> Result<T, PaymentError> {
        match fault {
            Fault::CrashAfter => {
                self.truth().counts.fault("killed after the provider did it");
                Err(self.kill(by, donation).await)
            }
            Fault::LostAfterwards | Fault::Replayed => {
                self.truth().counts.fault("timeout after success");
                Err(PaymentError::Unknown("no answer".to_owned()))
            }
            Fault::Early => {
                let (city, last) = {
                    let mut truth = self.truth();
                    (truth.city.clone(), truth.queue.pop())
                };
                if let (Some(city), Some(last)) = (city, last) {
                    self.truth().counts.fault("message before the answer");
                    super::deeds::deliver(&city, last).await;
                }
                Ok(answer)
            }
            Fault::None | Fault::Later | Fault::CrashBefore => Ok(answer),
        }
    }

    /// Notes the facts of an answer that arrives.
    pub(super) fn heard(&self, by: By, facts: &[Fact]) {
        let mut truth = self.truth();
        for fact in facts {
            truth.say(by, Heard::Fact(fact.clone()));
        }
    }

    pub(super) fn of_session(&self, session: &str) -> Result<DonationId, PaymentError> {
        let truth = self.truth();
        let found = truth
            .payments
            .iter()
            .find(|(_, page)| page.session.reference == session);
        found
            .map(|(id, _)| *id)
            .ok_or_else(|| PaymentError::Unknown("no such page".to_owned()))
    }

    pub(super) fn of_payment(&self, payment: &str) -> Result<DonationId, PaymentError> {
        let truth = self.truth();
        let found = truth.payments.keys().find(|id| payment_of(**id) == payment);
        found
            .copied()
            .ok_or_else(|| PaymentError::Unknown("no such payment".to_owned()))
    }
}
