//! Checking the books: the whole chain, every move, every balance.
//!
//! Rule: nothing that the tables say of themselves is believed. Numbers, links and hashes are computed anew from the first
//! txn on, balances are added up from the entries and compared with the rows, and no account was ever below nothing that
//! may not be. All of it is read at one moment. Deliberately absent: noticing that the newest txns were cut off together
//! with the head, which only a head that was kept elsewhere can tell: `verify` takes one.

use std::collections::BTreeMap;

use super::store::{self, Whole, entry, head, txn};
use super::write::change;
use super::{Account, Kind, PotAccount, chain};
use crate::City;
use crate::db::Snapshot;
use crate::error::Result;
use crate::limits::{LEDGER_FINDINGS_MAX, LEDGER_PAGE};
use crate::named::named;

named! {
    /// What can be wrong with the books.
    pub enum Wrong {
        /// The numbers do not follow each other.
        Number = "number",
        /// The txn names another hash than that of the one before.
        Link = "link",
        /// The txn does not have the hash of its content.
        Hash = "hash",
        /// The txn moves nothing, or something that its kind does not move.
        Move = "move",
        /// The reversal does not move exactly back.
        Reversal = "reversal",
        /// An account was below nothing that may not be.
        BelowZero = "below_zero",
        /// The head is not the last txn.
        Head = "head",
        /// The head that was kept elsewhere is not in the chain.
        KeptHead = "kept_head",
        /// There are entries of no txn.
        Stray = "stray",
        /// A balance is not the sum of its entries.
        Balance = "balance",
        /// Less was put into a pot than is promised from it.
        Pot = "pot",
        /// Debits and credits do not come to the same.
        Sum = "sum",
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// At which txn; nowhere for what concerns the whole.
    pub number: Option<i64>,
    /// What.
    pub wrong: Wrong,
    /// Which account or value, for the operator.
    pub detail: String,
}

/// A head of the chain: how far it goes, and the hash there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The number of the last txn.
    pub number: i64,
    /// Its hash.
    pub hash: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Where the chain ends: to be kept elsewhere.
    pub head: Head,
    /// How many txns were read.
    pub txns: u64,
    /// How many entries were read.
    pub entries: u64,
    /// What is wrong, first things first, up to a bound.
    pub findings: Vec<Finding>,
    /// How much is wrong in all.
    pub wrong: u64,
}

impl Verified {
    /// The first txn at which something is wrong.
    #[must_use]
    pub fn first_broken(&self) -> Option<i64> {
        self.findings.iter().filter_map(|finding| finding.number).min()
    }
}

/// Checks everything; `kept` is a head that was written down earlier, and must still be in the chain.
///
/// # Errors
/// Those of the database. What is wrong with the books is no error but a finding.
pub async fn verify(city: &City, kept: Option<&Head>) -> Result<Verified> {
    let db = city.db.snapshot().await?;
    let mut check = Check {
        kept,
        kept_seen: kept.is_none_or(|head| head.number == 0 && head.hash == chain::BEGINNING),
        last: Head {
            number: 0,
            hash: chain::BEGINNING.to_owned(),
        },
        balances: BTreeMap::new(),
        found: Verified {
            head: Head {
                number: 0,
                hash: chain::BEGINNING.to_owned(),
            },
            txns: 0,
            entries: 0,
            findings: Vec::new(),
            wrong: 0,
        },
    };
    loop {
        let page = store::after(&*db, check.last.number, LEDGER_PAGE).await?;
        if page.is_empty() {
            break;
        }
        for whole in &page {
            let undone = match whole.0.reverses {
                Some(id) => store::find(&*db, id).await?,
                None => None,
            };
            check.txn(whole, undone.as_ref());
        }
    }
    check.end(store::head(&*db).await?, store::count_entries(&*db).await?);
    check.rows(&db).await?;
    Ok(check.found)
}

struct Check<'a> {
    kept: Option<&'a Head>,
    kept_seen: bool,
    last: Head,
    balances: BTreeMap<Account, i128>,
    found: Verified,
}

impl Check<'_> {
    fn say(&mut self, number: Option<i64>, wrong: Wrong, detail: impl Into<String>) {
        self.found.wrong += 1;
        if self.found.findings.len() < LEDGER_FINDINGS_MAX {
            let detail = detail.into();
            self.found.findings.push(Finding { number, wrong, detail });
        }
    }

    /// Checks one txn against those before it, then goes on from what it says of itself, so that one break is one
    /// finding.
    fn txn(&mut self, (txn, entries): &Whole, undone: Option<&Whole>) {
        let at = Some(txn.number);
        if txn.number != self.last.number + 1 {
            self.say(at, Wrong::Number, format!("follows {}", self.last.number));
        }
        if txn.previous_hash != self.last.hash {
            self.say(at, Wrong::Link, txn.previous_hash.clone());
        }
        let hash = chain::hash(txn, entries);
        if txn.hash != hash {
            self.say(at, Wrong::Hash, format!("its content has {hash}"));
        }
        self.moves(txn, entries);
        if (txn.kind == Kind::Reversal.as_str()) != undone.is_some_and(|whole| goes_back(entries, &whole.1)) {
            self.say(at, Wrong::Reversal, txn.cause.clone());
        }
        if self
            .kept
            .is_some_and(|kept| kept.number == txn.number && kept.hash == hash)
        {
            self.kept_seen = true;
        }
        self.last = Head {
            number: txn.number,
            hash: txn.hash.clone(),
        };
        self.found.txns += 1;
        self.found.entries += entries.len() as u64;
    }

    fn moves(&mut self, txn: &txn::Model, entries: &[entry::Model]) {
        let at = Some(txn.number);
        let kind = Kind::parse(&txn.kind);
        if entries.is_empty() {
            self.say(at, Wrong::Move, "nothing");
        }
        let mut touched = Vec::new();
        for (row, position) in entries.iter().zip(1..) {
            let accounts = Account::parse(&row.debit).zip(Account::parse(&row.credit));
            let allowed = |(debit, credit): (Account, Account)| {
                let known = kind.is_some_and(|kind| kind.allows(debit.place(), credit.place()));
                known && debit.meets(credit) && row.amount_minor > 0 && row.position == position
            };
            if !accounts.is_some_and(allowed) {
                self.say(at, Wrong::Move, format!("{} to {}", row.credit, row.debit));
            }
            // Even a move that should not be counts: the question is then what the rows make of it.
            for (code, debited) in [(&row.debit, true), (&row.credit, false)] {
                if let Some(account) = Account::parse(code) {
                    *self.balances.entry(account).or_default() +=
                        i128::from(change(account, debited, row.amount_minor));
                    touched.push(account);
                }
            }
        }
        for account in touched {
            if self.balances.get(&account).is_some_and(|sum| *sum < 0) && !account.may_be_below_zero() {
                self.say(at, Wrong::BelowZero, account.to_string());
            }
        }
    }

    fn end(&mut self, head: Option<head::Model>, entries: u64) {
        let last = self.last.clone();
        match head {
            Some(head) if head.number == last.number && head.hash == last.hash => {}
            Some(head) => self.say(None, Wrong::Head, format!("{} {}", head.number, head.hash)),
            None => self.say(None, Wrong::Head, "none"),
        }
        if entries != self.found.entries {
            self.say(
                None,
                Wrong::Stray,
                format!("{entries} entries, {} in txns", self.found.entries),
            );
        }
        if let Some(kept) = self.kept.filter(|_| !self.kept_seen) {
            self.say(None, Wrong::KeptHead, format!("{} {}", kept.number, kept.hash));
        }
        self.found.head = last;
    }

    /// Compares the sums with the rows; an account without a row is one with nothing on it.
    async fn rows(&mut self, db: &Snapshot) -> Result<()> {
        let mut sums = std::mem::take(&mut self.balances);
        let (mut debits, mut credits) = (0, 0);
        for (account, sum) in &sums {
            *(if account.grows_by_debit() {
                &mut debits
            } else {
                &mut credits
            }) += sum;
        }
        if debits != credits {
            self.say(None, Wrong::Sum, format!("{debits} debited, {credits} credited"));
        }
        let mut after: Option<String> = None;
        loop {
            let page = store::accounts(&**db, after.as_deref(), LEDGER_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.code.clone());
            for row in page {
                let sum = Account::parse(&row.code).map(|account| sums.remove(&account).unwrap_or(0));
                self.compare(&row.code, row.balance_minor, sum);
            }
        }
        let mut after = None;
        loop {
            let page = store::pots(&**db, after, LEDGER_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for row in page {
                let id = row.id;
                let (mut total, mut promised) = (0, 0);
                for (account, balance) in row.accounts() {
                    match account.place() {
                        super::Place::Pot(PotAccount::Total) => total = balance,
                        super::Place::Pot(PotAccount::Available) => {}
                        _ => promised += balance,
                    }
                    let sum = sums.remove(&account).unwrap_or(0);
                    self.compare(&account.to_string(), balance, Some(sum));
                }
                if promised > total {
                    self.say(None, Wrong::Pot, id.to_string());
                }
            }
        }
        for (account, sum) in sums {
            self.say(
                None,
                Wrong::Balance,
                format!("{account} has no row, and {sum} in entries"),
            );
        }
        Ok(())
    }

    fn compare(&mut self, code: &str, balance: i64, sum: Option<i128>) {
        if sum != Some(i128::from(balance)) {
            let sum = sum.map_or_else(|| "no account".to_owned(), |sum| sum.to_string());
            self.say(
                None,
                Wrong::Balance,
                format!("{code} says {balance}, its entries {sum}"),
            );
        }
    }
}

/// Whether these entries move exactly back what those moved.
fn goes_back(entries: &[entry::Model], undone: &[entry::Model]) -> bool {
    let opposite = |(one, other): (&entry::Model, &entry::Model)| {
        one.debit == other.credit && one.credit == other.debit && one.amount_minor == other.amount_minor
    };
    entries.len() == undone.len() && entries.iter().zip(undone).all(opposite)
}
