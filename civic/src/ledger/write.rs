//! Posting: the one way in which money moves.
//!
//! Rule: everything that a txn touches is locked first, in one order, then asked whether it was posted before, then
//! changed together with its balances. Called inside the transaction of the change that it follows from; when that rolls
//! back, nothing was posted. Deliberately absent: any way to change or delete.

use std::collections::{BTreeMap, BTreeSet};

use super::store::{self, Whole, entry, head, txn};
use super::{Account, CampaignBalances, Entry, Kind, NewTxn, Posted, PotAccount, PotBalances, chain, id_of};
use crate::Cx;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::{CampaignId, PotId, TxnId, TypedId};
use crate::ledger::CampaignAccount;
use crate::limits::AMOUNT_MAX_MINOR;
use crate::money::Money;
use crate::time::Timestamp;

/// Opens the accounts of a pot, empty; once open they stay.
///
/// # Errors
/// Those of the database.
pub async fn open_pot(tx: &Tx, pot: PotId) -> Result<()> {
    store::add_pot(tx, pot).await
}

/// Opens the accounts of a campaign, empty; once open they stay.
///
/// # Errors
/// Those of the database.
pub async fn open_campaign(tx: &Tx, campaign: CampaignId) -> Result<()> {
    store::add_campaign(tx, campaign).await
}

/// Locks a pot until the transaction ends and gives its balances. It is the first lock of all.
///
/// # Errors
/// `NotFound` when it is not open.
pub async fn lock_pot(tx: &Tx, pot: PotId) -> Result<PotBalances> {
    let rows = store::lock_pots(tx, &[pot]).await?;
    rows.first().map(store::pot::Model::balances).ok_or(Error::NotFound)
}

/// Locks a campaign's accounts until the transaction ends and gives their balances. It comes after the pot's lock and
/// before the donation's.
///
/// # Errors
/// `NotFound` when they are not open.
pub async fn lock_campaign(tx: &Tx, campaign: CampaignId) -> Result<CampaignBalances> {
    let code = |account| Account::Campaign(campaign, account).to_string();
    let codes: Vec<String> = CampaignAccount::ALL.iter().copied().map(code).collect();
    let rows = store::lock_accounts(tx, &codes).await?;
    let balance = |account| {
        let row = rows.iter().find(|row| row.code == code(account));
        row.map(|row| Money::eur(row.balance_minor)).ok_or(Error::NotFound)
    };
    Ok(CampaignBalances {
        donor_funds: balance(CampaignAccount::DonorFunds)?,
        payable: balance(CampaignAccount::Payable)?,
        receivable: balance(CampaignAccount::Receivable)?,
    })
}

/// Posts one txn. The same id with the same content moves nothing again and gives what came of it the first time.
///
/// # Errors
/// `Conflict(PotExceeded)` when a pot has not so much left, `Conflict(AccountShort)` when another account has not,
/// `Conflict(TxnDiffers)` when the id was posted with other content, `Bug` for a move that its kind does not know and for
/// accounts that are not open.
pub async fn post(tx: &Tx, cx: &Cx, new: &NewTxn) -> Result<Posted> {
    let posted = post_all(tx, cx, std::slice::from_ref(new)).await?;
    posted
        .into_iter()
        .next()
        .ok_or_else(|| Error::Bug("nothing was posted".to_owned()))
}

/// Posts several txns in their order: all that one transaction posts, since the head is locked last.
///
/// # Errors
/// Those of `post`.
pub async fn post_all(tx: &Tx, cx: &Cx, all: &[NewTxn]) -> Result<Vec<Posted>> {
    for new in all {
        new.check()?;
    }
    let moved = all.iter().flat_map(|new| &new.entries);
    let accounts: BTreeSet<Account> = moved.flat_map(|entry| [entry.debit, entry.credit]).collect();
    let before = lock(tx, &accounts).await?;
    let mut head = store::lock_head(tx).await?;
    let mut balances = before.clone();
    let mut posted = Vec::with_capacity(all.len());
    for new in all {
        if let Some(earlier) = store::find(&**tx, new.id).await? {
            posted.push(again(new, &earlier)?);
            continue;
        }
        for entry in &new.entries {
            apply(&mut balances, entry)?;
        }
        all_covered(&balances, &new.entries)?;
        let (txn, entries) = sealed(cx, new, &head)?;
        head.number = txn.number;
        head.hash.clone_from(&txn.hash);
        posted.push(Posted {
            id: txn.id,
            number: txn.number,
            hash: txn.hash.clone(),
            again: false,
        });
        store::add(tx, txn, entries).await?;
    }
    if balances != before {
        // Pots are written whole, and so with the balances that did not change.
        balances.retain(|account, balance| matches!(account, Account::Pot(..)) || before.get(account) != Some(balance));
        store::set_balances(tx, &balances).await?;
    }
    Ok(posted)
}

/// Undoes a txn by another that moves everything exactly back; once, however often it is asked for.
///
/// # Errors
/// `NotFound` when there is no such txn, `Conflict(AlreadyDone)` when it was undone for another cause, else those of
/// `post`.
pub async fn reverse(tx: &Tx, cx: &Cx, of: TxnId, cause: &str, effective_at: Timestamp) -> Result<Posted> {
    let (_, entries) = store::find(&**tx, of).await?.ok_or(Error::NotFound)?;
    let back = entries.iter().map(|row| {
        Ok(Entry {
            debit: read(&row.credit)?,
            credit: read(&row.debit)?,
            amount: Money::eur(row.amount_minor),
        })
    });
    let new = NewTxn {
        id: id_of(Kind::Reversal, &of.text()),
        kind: Kind::Reversal,
        cause: cause.to_owned(),
        effective_at,
        entries: back.collect::<Result<_>>()?,
        reverses: Some(of),
    };
    match post(tx, cx, &new).await {
        Err(Error::Conflict(Code::TxnDiffers)) => Err(Error::Conflict(Code::AlreadyDone)),
        done => done,
    }
}

fn read(code: &str) -> Result<Account> {
    Account::parse(code).ok_or_else(|| Error::Bug(format!("{code} is no account")))
}

/// Locks the accounts and gives their balances; of a pot all of them.
async fn lock(tx: &Tx, accounts: &BTreeSet<Account>) -> Result<BTreeMap<Account, i64>> {
    let (mut pots, mut codes) = (Vec::new(), Vec::new());
    for account in accounts {
        match account {
            Account::Pot(pot, _) if pots.last() == Some(pot) => {}
            Account::Pot(pot, _) => pots.push(*pot),
            Account::Campaign(..) | Account::Custodian(_) => codes.push(account.to_string()),
        }
    }
    let mut balances = BTreeMap::new();
    if !pots.is_empty() {
        let rows = store::lock_pots(tx, &pots).await?;
        balances.extend(rows.into_iter().flat_map(store::pot::Model::accounts));
    }
    if !codes.is_empty() {
        for row in store::lock_accounts(tx, &codes).await? {
            balances.insert(read(&row.code)?, row.balance_minor);
        }
    }
    match accounts.iter().find(|account| !balances.contains_key(account)) {
        Some(missing) => Err(Error::Bug(format!("{missing} is not open"))),
        None => Ok(balances),
    }
}

/// Changes both balances of an entry, in memory.
fn apply(balances: &mut BTreeMap<Account, i64>, entry: &Entry) -> Result<()> {
    for (account, debited) in [(entry.debit, true), (entry.credit, false)] {
        let change = change(account, debited, entry.amount.minor());
        let balance = balances.entry(account).or_default();
        *balance = balance
            .checked_add(change)
            .filter(|sum| sum.abs() <= AMOUNT_MAX_MINOR)
            .ok_or_else(|| Error::Bug(format!("{account} cannot hold so much")))?;
    }
    Ok(())
}

/// By how much an account's balance changes when it is debited or credited.
pub(super) const fn change(account: Account, debited: bool, amount_minor: i64) -> i64 {
    if account.grows_by_debit() == debited {
        amount_minor
    } else {
        -amount_minor
    }
}

/// Whether every account that was touched has what was taken from it; entries of one txn happen together.
fn all_covered(balances: &BTreeMap<Account, i64>, entries: &[Entry]) -> Result<()> {
    for account in entries.iter().flat_map(|entry| [entry.debit, entry.credit]) {
        if balances.get(&account).is_some_and(|balance| *balance < 0) && !account.may_be_below_zero() {
            let code = match account {
                Account::Pot(_, PotAccount::Available) => Code::PotExceeded,
                Account::Pot(..) | Account::Campaign(..) | Account::Custodian(_) => Code::AccountShort,
            };
            return Err(Error::Conflict(code));
        }
    }
    Ok(())
}

/// The rows of a txn that follows `head`, with its hash.
fn sealed(cx: &Cx, new: &NewTxn, head: &head::Model) -> Result<Whole> {
    let number = head.number + 1;
    let rows = new.entries.iter().zip(1..).map(|(entry, position)| entry::Model {
        number,
        position,
        debit: entry.debit.to_string(),
        credit: entry.credit.to_string(),
        amount_minor: entry.amount.minor(),
    });
    let entries: Vec<entry::Model> = rows.collect();
    let mut txn = txn::Model {
        number,
        id: new.id,
        kind: new.kind.as_str().to_owned(),
        cause: new.cause.clone(),
        reverses: new.reverses,
        effective_at: new.effective_at,
        recorded_at: cx.now,
        previous_hash: head.hash.clone(),
        hash: String::new(),
    };
    txn.hash = chain::hash(&txn, &entries);
    Ok((txn, entries))
}

/// What a txn that was posted before gives again, when it says the same.
fn again(new: &NewTxn, (txn, entries): &Whole) -> Result<Posted> {
    let same_entry = |(new, old): (&Entry, &entry::Model)| {
        new.debit.to_string() == old.debit
            && new.credit.to_string() == old.credit
            && new.amount.minor() == old.amount_minor
    };
    let same = txn.kind == new.kind.as_str()
        && txn.cause == new.cause
        && txn.reverses == new.reverses
        && txn.effective_at == new.effective_at
        && entries.len() == new.entries.len()
        && new.entries.iter().zip(entries).all(same_entry);
    if !same {
        return Err(Error::Conflict(Code::TxnDiffers));
    }
    Ok(Posted {
        id: txn.id,
        number: txn.number,
        hash: txn.hash.clone(),
        again: true,
    })
}
