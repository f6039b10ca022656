//! The seam to whoever takes payments: what we ask of a provider, and the facts that it tells us.
//!
//! Rule: an answer that is not understood is `Unknown`, never "not charged": it is looked up, or its webhook is waited for.
//! A fact says what is so now, not what to do, so that the same fact told twice, late or in another order ends the same.
//! Deliberately absent: cards, accounts and addresses of donors, which stay with the provider.

pub mod read;
pub(crate) mod store;
pub mod write;

use async_trait::async_trait;

use crate::Cx;
use crate::error::Result as Done;
use crate::id::{DonationId, RefundId};
use crate::language::Language;
use crate::money::Money;
use crate::named::named;
use crate::time::Timestamp;

named! {
    /// How a gift is paid.
    pub enum Method {
        /// By card, on the provider's page.
        Card = "card",
        /// By a debit of the donor's bank account, which takes days and may come back.
        SepaDebit = "sepa_debit",
        /// By PayPal, on the provider's page.
        Paypal = "paypal",
        /// In another way that the provider's page offers.
        Other = "other",
        /// By a transfer to the custodian's account, with a reference.
        BankTransfer = "bank_transfer",
        /// In cash at a desk.
        Cash = "cash",
    }

    /// How far a refund has come.
    pub enum RefundState {
        /// On its way.
        Pending = "pending",
        /// With the donor.
        Succeeded = "succeeded",
        /// It came back to us, or never left.
        Failed = "failed",
    }

    /// How far a dispute has come.
    pub enum DisputeState {
        /// A question of the bank, which moves no money.
        Inquiry = "inquiry",
        /// The money is held back.
        Open = "open",
        /// The money is ours again.
        Won = "won",
        /// The money is gone.
        Lost = "lost",
    }
}

/// A page of the provider to be opened, on which one donor pays one gift.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The gift; its id is the idempotency key, so asking twice opens one page.
    pub donation: DonationId,
    /// What is charged.
    pub amount: Money,
    /// What the donor reads beside the amount: the campaign's title.
    pub title: String,
    /// Where the provider's own confirmation goes, when it is known.
    pub email: Option<String>,
    /// The language of the page.
    pub language: Language,
    /// Where the donor comes back to, whatever happened.
    pub return_url: String,
    /// The page cannot be paid after this instant.
    pub expires_at: Timestamp,
}

/// A page of the provider on which a gift can be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The provider's own name of it.
    pub reference: String,
    /// Where the donor is sent.
    pub url: String,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
}

/// A refund to be made.
#[derive(Debug, Clone)]
pub struct NewRefund {
    /// Ours; its id is the idempotency key.
    pub refund: RefundId,
    /// The provider's name of the payment.
    pub payment: String,
    /// How much goes back.
    pub amount: Money,
}

/// Something that is so at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// The donor has agreed to pay; the money is not there yet (a debit under way).
    Authorised { donation: DonationId, payment: String },
    /// The money is there.
    Confirmed {
        donation: DonationId,
        payment: String,
        amount: Money,
        method: Method,
        /// What is the same for every payment from one card or account.
        fingerprint: Option<String>,
        at: Timestamp,
    },
    /// The payment was refused for good.
    Failed { donation: DonationId, payment: String },
    /// The page can no longer be paid, and was not.
    Expired { donation: DonationId },
    /// A refund, whoever began it.
    Refunded {
        payment: String,
        reference: String,
        /// Ours, when we began it.
        refund: Option<RefundId>,
        amount: Money,
        state: RefundState,
        at: Timestamp,
    },
    /// A dispute.
    Disputed {
        payment: String,
        reference: String,
        amount: Money,
        state: DisputeState,
        at: Timestamp,
    },
    /// What the provider kept for itself; less than nothing when it gave back.
    Charged {
        payment: String,
        reference: String,
        fee: Money,
        at: Timestamp,
    },
}

/// A message that is the provider's, before anything else in it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The provider's own name of the message.
    pub id: String,
    /// The provider's own name of its kind.
    pub kind: String,
    /// When what it tells is so; a message about a later instant is worked off then.
    pub at: Timestamp,
}

/// What the provider's message says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// What is so; none in a message of a kind that we do not know, which is kept and answered all the same.
    pub facts: Vec<Fact>,
    /// What is to be looked at as well, because the message alone does not say everything, such as the fee.
    pub look: Option<String>,
}

/// What a movement is, as far as the provider says it of the movement itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementKind {
    /// Of a payment, or something that only its facts can tell.
    Payment,
    /// Between the provider and the custodian's bank.
    Bank,
    /// What the provider takes for itself, or gives back of it.
    Fee,
}

/// One movement on the account at the provider, for reconciliation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The provider's own name of it.
    pub reference: String,
    /// What it is.
    pub kind: MovementKind,
    /// The payment, refund or dispute that it belongs to; none for what the provider does by itself.
    pub source: Option<String>,
    /// What came in; less than nothing went out.
    pub amount: Money,
    /// What the provider kept of it.
    pub fee: Money,
    /// When.
    pub at: Timestamp,
    /// What it made so, when it is about a gift.
    pub facts: Vec<Fact>,
}

/// Movements, newest first, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movements {
    /// Some of them.
    pub items: Vec<Movement>,
    /// What to ask for next; none when these were the last.
    pub next: Option<String>,
}

/// Why a provider did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// It said no, and has done nothing; asking again would be answered the same.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// It has done nothing that would have to be undone, and may be asked again (too many requests, no connection made).
    #[error("the provider cannot now: {0}")]
    Later(String),
    /// It may have done it: no answer, or one that could not be read.
    #[error("it is not known whether the provider did it: {0}")]
    Unknown(String),
    /// A message that is not from the provider, or not whole.
    #[error("the message is not the provider's: {0}")]
    Forged(String),
}

/// Takes payments: Stripe in a city, a test page on a desk, an emulator of Stripe in tests.
#[async_trait]
pub trait Payments: Send + Sync {
    /// Opens a page on which a gift is paid. Asked again with the same gift, it gives the same page.
    ///
    /// # Errors
    /// `Refused`, `Later` and `Unknown`.
    async fn open(&self, session: &NewSession) -> Result<Session, PaymentError>;

    /// Closes a page, so that it can no longer be paid; what is so then (paid after all, or expired).
    ///
    /// # Errors
    /// `Later` and `Unknown`.
    async fn close(&self, session: &str) -> Result<Vec<Fact>, PaymentError>;

    /// What is so now of a page and of its payment, or of whatever else a message named as to be looked at.
    ///
    /// # Errors
    /// `Later` and `Unknown`.
    async fn look(&self, reference: &str) -> Result<Vec<Fact>, PaymentError>;

    /// Finds the page that was opened for a gift when the answer to opening it was lost; none when there is none. One that
    /// is over has no address any more, and is found all the same.
    ///
    /// # Errors
    /// `Later` and `Unknown`.
    async fn find(&self, donation: DonationId, since: Timestamp) -> Result<Option<Session>, PaymentError>;

    /// Gives a payment back, or a part of it.
    ///
    /// # Errors
    /// `Refused`, `Later` and `Unknown`.
    async fn refund(&self, refund: &NewRefund) -> Result<Fact, PaymentError>;

    /// What is so of everything that was ever given back of a payment: to find a refund whose answer was lost.
    ///
    /// # Errors
    /// `Later` and `Unknown`.
    async fn refunds(&self, payment: &str) -> Result<Vec<Fact>, PaymentError>;

    /// Movements on the account since an instant, newest first, after a place that an earlier answer named.
    ///
    /// # Errors
    /// `Later` and `Unknown`.
    async fn movements(&self, since: Timestamp, after: Option<&str>) -> Result<Movements, PaymentError>;

    /// Opens a message, when its signature is found to be right at `now`.
    ///
    /// # Errors
    /// `Forged`.
    fn receive(&self, body: &[u8], signature: &str, now: Timestamp) -> Result<Envelope, PaymentError>;

    /// Reads a message that was found to be the provider's when it came.
    ///
    /// # Errors
    /// `Unknown` when it is of a known kind and yet cannot be read; then it is kept until it can.
    fn read(&self, body: &[u8]) -> Result<Told, PaymentError>;

    /// The page on which a payment is tried out; only a provider that moves no money has one.
    fn trial(&self) -> Option<&dyn Trial> {
        None
    }
}

/// What a page for trying out a payment shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trying {
    /// What would be charged.
    pub amount: Money,
    /// The campaign's title.
    pub title: String,
    /// Where the donor comes back to.
    pub return_url: String,
    /// Whether it can still be paid: neither paid, nor over.
    pub open: bool,
}

named! {
    /// What somebody who tries out a payment wants to happen.
    pub enum Attempt {
        /// A card that is accepted.
        Card = "card",
        /// A card that is refused; another may be tried.
        Refused = "refused",
        /// A debit that arrives a little later.
        Debit = "debit",
        /// A debit that comes back a little later.
        DebitFails = "debit_fails",
    }
}

/// Lets one try out how a gift is paid, where no money moves.
#[async_trait]
pub trait Trial: Send + Sync {
    /// What the page of this name shows.
    ///
    /// # Errors
    /// `NotFound` for a name that is not ours, and those of the database.
    async fn show(&self, cx: &Cx, page: &str) -> Done<Trying>;

    /// Pays, or fails to; false when the payment was refused and another may be tried.
    ///
    /// # Errors
    /// As for `show`; `Conflict` when the page is over.
    async fn attempt(&self, cx: &Cx, page: &str, attempt: Attempt) -> Done<bool>;
}

/// Takes no payments, for an installation that has no provider.
pub struct Nobody;

#[async_trait]
impl Payments for Nobody {
    async fn open(&self, _: &NewSession) -> Result<Session, PaymentError> {
        Err(none())
    }

    async fn close(&self, _: &str) -> Result<Vec<Fact>, PaymentError> {
        Err(none())
    }

    async fn look(&self, _: &str) -> Result<Vec<Fact>, PaymentError> {
        Err(none())
    }

    async fn find(&self, _: DonationId, _: Timestamp) -> Result<Option<Session>, PaymentError> {
        Ok(None)
    }

    async fn refund(&self, _: &NewRefund) -> Result<Fact, PaymentError> {
        Err(none())
    }

    async fn refunds(&self, _: &str) -> Result<Vec<Fact>, PaymentError> {
        Err(none())
    }

    async fn movements(&self, _: Timestamp, _: Option<&str>) -> Result<Movements, PaymentError> {
        let (items, next) = (Vec::new(), None);
        Ok(Movements { items, next })
    }

    fn receive(&self, _: &[u8], _: &str, _: Timestamp) -> Result<Envelope, PaymentError> {
        Err(PaymentError::Forged("there is no provider of payments".to_owned()))
    }

    fn read(&self, _: &[u8]) -> Result<Told, PaymentError> {
        Err(none())
    }
}

/// What was asked of nobody may be asked of somebody, once a provider is configured.
fn none() -> PaymentError {
    PaymentError::Later("there is no provider of payments".to_owned())
}
