//! The ledger: where every cent is, whose it is, and why it moved.
//!
//! Rule: money moves only through `post`, inside the transaction of what it follows from. Each entry debits one account
//! and credits one, so the books balance by construction; txns and entries are never changed, which the database sees to;
//! a mistake is undone by another txn. Every txn carries the hash of the one before, so that whoever keeps one hash can
//! tell whether anything before it was changed; `books` shows all of it to everybody. Deliberately absent: which event
//! moves what, which is for the use cases.
//!
//! Whoever locks more than this module does keeps the order: pot, campaign, donation, and the chain's head last. So a
//! transaction posts once, with everything that it posts (`post_all`), after its own rows are locked.

pub mod books;
pub(crate) mod chain;
pub mod kind;
pub mod read;
pub(crate) mod store;
pub mod verify;
pub mod write;

use std::fmt;

use sha2::{Digest, Sha256};

pub use kind::{Kind, Place};
pub use read::balance;
pub use verify::verify;
pub use write::{open_campaign, open_pot, post, post_all, reverse};

use crate::error::{Error, Result};
use crate::id::{CampaignId, PotId, TxnId, TypedId};
use crate::limits::{AMOUNT_MAX_MINOR, CAUSE_MAX_CHARS, ENTRIES_PER_TXN};
use crate::money::Money;
use crate::named::named;
use crate::time::Timestamp;

named! {
    /// The accounts of a pot. All but the first hold what the first says was put in.
    pub enum PotAccount {
        /// What its contributors put in.
        Total = "total",
        /// What is promised to nobody.
        Available = "available",
        /// Quotes under way, and gifts in dispute.
        Held = "held",
        /// Set aside for campaigns without an outcome.
        Reserved = "reserved",
        /// Granted.
        Committed = "committed",
        /// To be paid.
        Payable = "payable",
        /// Paid.
        Paid = "paid",
    }

    /// The accounts of a campaign.
    pub enum CampaignAccount {
        /// Gifts before the outcome: still the donors'.
        DonorFunds = "donor_funds",
        /// What the promoter is owed.
        Payable = "payable",
        /// What the promoter owes after a refund or a lost dispute of money that was paid out.
        Receivable = "receivable",
    }

    /// The custodian's own accounts.
    pub enum CustodianAccount {
        /// What the provider has of ours. It may be below nothing: refunds and disputes may exceed it for a while.
        ProviderClearing = "provider_clearing",
        /// What the provider cost and nobody bore yet. Fees given back may exceed it.
        ProviderFees = "provider_fees",
        /// The bank. A statement may come later than what was paid by it.
        Bank = "bank",
        /// The cash desk.
        CashDesk = "cash_desk",
        /// Money that nobody can explain yet, in either direction; nothing a day later.
        Suspense = "suspense",
        /// What donors are owed and could not be sent.
        RefundsPayable = "refunds_payable",
        /// What the provider holds back in disputes.
        DisputeHold = "dispute_hold",
    }
}

/// One account. The order of the variants is that in which they are locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// A pot's.
    Pot(PotId, PotAccount),
    /// A campaign's.
    Campaign(CampaignId, CampaignAccount),
    /// The custodian's own.
    Custodian(CustodianAccount),
}

/// What the custodian's own accounts begin with, where a pot's or a campaign's begin with its id.
const CUSTODIAN: &str = "custodian";

impl Account {
    /// Which account it is, without whose.
    #[must_use]
    pub const fn place(self) -> Place {
        match self {
            Self::Pot(_, account) => Place::Pot(account),
            Self::Campaign(_, account) => Place::Campaign(account),
            Self::Custodian(account) => Place::Custodian(account),
        }
    }

    /// Whether a debit adds to its balance; otherwise a credit does.
    #[must_use]
    pub const fn grows_by_debit(self) -> bool {
        match self {
            Self::Pot(_, account) => matches!(account, PotAccount::Total),
            Self::Campaign(_, account) => matches!(account, CampaignAccount::Receivable),
            Self::Custodian(account) => match account {
                CustodianAccount::ProviderClearing
                | CustodianAccount::ProviderFees
                | CustodianAccount::Bank
                | CustodianAccount::CashDesk
                | CustodianAccount::DisputeHold => true,
                CustodianAccount::Suspense | CustodianAccount::RefundsPayable => false,
            },
        }
    }

    /// Whether its balance may be below nothing; a check of the database says the same.
    #[must_use]
    pub const fn may_be_below_zero(self) -> bool {
        match self {
            Self::Pot(..) | Self::Campaign(..) => false,
            Self::Custodian(account) => match account {
                CustodianAccount::ProviderClearing
                | CustodianAccount::ProviderFees
                | CustodianAccount::Bank
                | CustodianAccount::Suspense => true,
                CustodianAccount::CashDesk | CustodianAccount::RefundsPayable | CustodianAccount::DisputeHold => false,
            },
        }
    }

    /// Whether both may stand in one entry: two accounts of one pot, or none of a pot and none of another campaign.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Pot(one, _), Self::Pot(two, _)) => one == two && self != other,
            (Self::Pot(..), _) | (_, Self::Pot(..)) => false,
            (Self::Campaign(one, _), Self::Campaign(two, _)) => one == two && self != other,
            (Self::Campaign(..) | Self::Custodian(_), Self::Campaign(..) | Self::Custodian(_)) => self != other,
        }
    }

    /// Reads the name of an account, such as `custodian:bank`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let (whose, name) = code.split_once(':')?;
        if whose == CUSTODIAN {
            return CustodianAccount::parse(name).map(Self::Custodian);
        }
        if let Some(pot) = PotId::read(whose) {
            return PotAccount::parse(name).map(|account| Self::Pot(pot, account));
        }
        CampaignId::read(whose)
            .zip(CampaignAccount::parse(name))
            .map(|(campaign, account)| Self::Campaign(campaign, account))
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.place().as_str();
        match self {
            Self::Pot(pot, _) => write!(f, "{pot}:{name}"),
            Self::Campaign(campaign, _) => write!(f, "{campaign}:{name}"),
            Self::Custodian(_) => write!(f, "{CUSTODIAN}:{name}"),
        }
    }
}

/// One move of an amount, from the credited account to the debited one in the bookkeepers' sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The account that is debited.
    pub debit: Account,
    /// The account that is credited.
    pub credit: Account,
    /// How much; more than nothing.
    pub amount: Money,
}

/// What is to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTxn {
    /// Made by whoever posts, so that the same thing told twice is posted once.
    pub id: TxnId,
    /// Why.
    pub kind: Kind,
    /// What it follows from: ids and words, no personal data, for a txn can never be erased.
    pub cause: String,
    /// When it happened outside: the provider's time, the bank's day. A repeat must say the same.
    pub effective_at: Timestamp,
    /// The moves, in their order.
    pub entries: Vec<Entry>,
    reverses: Option<TxnId>,
}

impl NewTxn {
    /// Nothing moved yet, under the id that belongs to this kind and cause: one cause has one effect of a kind, however
    /// often it is heard of. A second effect of the same kind needs its own cause, such as the refund's or dispute's id.
    #[must_use]
    pub fn new(kind: Kind, cause: impl fmt::Display, effective_at: Timestamp) -> Self {
        let cause = cause.to_string();
        Self {
            id: id_of(kind, &cause),
            kind,
            cause,
            effective_at,
            entries: Vec::new(),
            reverses: None,
        }
    }

    /// Also moves `amount`.
    #[must_use]
    pub fn entry(mut self, debit: Account, credit: Account, amount: Money) -> Self {
        self.entries.push(Entry { debit, credit, amount });
        self
    }

    /// Which txn it undoes.
    #[must_use]
    pub const fn reverses(&self) -> Option<TxnId> {
        self.reverses
    }

    /// Whether it may be posted at all; what is wrong here is a fault of ours and no state of the books.
    fn check(&self) -> Result<()> {
        let fault = |what: &str| Err(Error::Bug(format!("{} of {}: {what}", self.kind.as_str(), self.cause)));
        if self.cause.is_empty()
            || self.cause.len() > CAUSE_MAX_CHARS
            || !self.cause.chars().all(|c| c.is_ascii_graphic())
        {
            return fault("a cause is ids and words");
        }
        if self.entries.is_empty() || self.entries.len() > ENTRIES_PER_TXN {
            return fault("a txn has some entries");
        }
        if (self.kind == Kind::Reversal) != self.reverses.is_some() {
            return fault("a reversal, and nothing else, undoes a txn");
        }
        for entry in &self.entries {
            if !(1..=AMOUNT_MAX_MINOR).contains(&entry.amount.minor()) {
                return fault("an amount is more than nothing");
            }
            let allowed = self.kind.allows(entry.debit.place(), entry.credit.place());
            if !allowed || !entry.debit.meets(entry.credit) {
                return fault(&format!("{} to {} is no such move", entry.credit, entry.debit));
            }
        }
        Ok(())
    }
}

/// The id that belongs to a kind and a cause: sixteen bytes of their hash, marked as a UUID of our own making.
#[must_use]
pub fn id_of(kind: Kind, cause: &str) -> TxnId {
    let digest = Sha256::digest(format!("{}\n{cause}", kind.as_str()));
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    TxnId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// What came of posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The txn.
    pub id: TxnId,
    /// Its place in the chain.
    pub number: i64,
    /// Its hash.
    pub hash: String,
    /// Whether it had been posted before, so that nothing moved now.
    pub again: bool,
}

/// The balances of a pot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PotBalances {
    /// What its contributors put in.
    pub total: Money,
    /// What is promised to nobody.
    pub available: Money,
    /// Quotes under way, and gifts in dispute.
    pub held: Money,
    /// Set aside for campaigns without an outcome.
    pub reserved: Money,
    /// Granted.
    pub committed: Money,
    /// To be paid.
    pub payable: Money,
    /// Paid.
    pub paid: Money,
}

/// The balances of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CampaignBalances {
    /// Gifts before the outcome.
    pub donor_funds: Money,
    /// What the promoter is owed.
    pub payable: Money,
    /// What the promoter owes.
    pub receivable: Money,
}
