//! Looking at the books: balances, and single txns.
//!
//! Rule: what is given was committed, and each call sees one moment. Deliberately absent: asking who may look, since this is
//! for use cases and the operator (`books` is for everybody), and sums over people.

use super::store::{self, Whole};
use super::{Account, CampaignAccount, CampaignBalances, Entry, Kind, PotBalances};
use crate::Cx;
use crate::error::{Error, Result};
use crate::id::{CampaignId, PotId, TxnId};
use crate::limits::PAGE_MAX;
use crate::money::Money;
use crate::time::Timestamp;

/// A txn as it stands in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Txn {
    /// Its id.
    pub id: TxnId,
    /// Its place in the chain.
    pub number: i64,
    /// Why.
    pub kind: Kind,
    /// What it follows from.
    pub cause: String,
    /// Which txn it undoes.
    pub reverses: Option<TxnId>,
    /// When it happened outside.
    pub effective_at: Timestamp,
    /// When it was posted.
    pub recorded_at: Timestamp,
    /// The hash of the txn before.
    pub previous_hash: String,
    /// Its hash.
    pub hash: String,
    /// The moves, in their order.
    pub entries: Vec<Entry>,
}

fn whole((txn, entries): Whole) -> Result<Txn> {
    let bad = |what: &str| Error::Bug(format!("txn {}: {what} is not known", txn.number));
    let account = |code: &str| Account::parse(code).ok_or_else(|| bad(code));
    let moves = entries.iter().map(|row| {
        Ok(Entry {
            debit: account(&row.debit)?,
            credit: account(&row.credit)?,
            amount: Money::eur(row.amount_minor),
        })
    });
    Ok(Txn {
        id: txn.id,
        number: txn.number,
        kind: Kind::parse(&txn.kind).ok_or_else(|| bad(&txn.kind))?,
        entries: moves.collect::<Result<_>>()?,
        cause: txn.cause,
        reverses: txn.reverses,
        effective_at: txn.effective_at,
        recorded_at: txn.recorded_at,
        previous_hash: txn.previous_hash,
        hash: txn.hash,
    })
}

/// One txn.
///
/// # Errors
/// `NotFound` when there is none with this id.
pub async fn txn(cx: &Cx, id: TxnId) -> Result<Txn> {
    let found = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    whole(found)
}

/// The txns after a place in the chain, at most a page of them.
///
/// # Errors
/// Those of the database.
pub async fn after(cx: &Cx, number: i64, limit: u64) -> Result<Vec<Txn>> {
    let found = store::after(cx.db(), number, limit.min(PAGE_MAX)).await?;
    found.into_iter().map(whole).collect()
}

/// The balance of one account, on the side on which it grows.
///
/// # Errors
/// `NotFound` when the account is not open.
pub async fn balance(cx: &Cx, account: Account) -> Result<Money> {
    if let Account::Pot(id, _) = account {
        let row = store::find_pot(cx.db(), id).await?.ok_or(Error::NotFound)?;
        let found = row.accounts().find(|(one, _)| *one == account);
        return found.map(|(_, balance)| Money::eur(balance)).ok_or(Error::NotFound);
    }
    let row = store::find_account(cx.db(), account).await?.ok_or(Error::NotFound)?;
    Ok(Money::eur(row.balance_minor))
}

/// The balances of a pot, all of one moment.
///
/// # Errors
/// `NotFound` when it is not open.
pub async fn pot(cx: &Cx, id: PotId) -> Result<PotBalances> {
    let row = store::find_pot(cx.db(), id).await?.ok_or(Error::NotFound)?;
    Ok(row.balances())
}

/// The balances of a campaign, each of its own moment.
///
/// # Errors
/// `NotFound` when its accounts are not open.
pub async fn campaign(cx: &Cx, id: CampaignId) -> Result<CampaignBalances> {
    let of = async |account| balance(cx, Account::Campaign(id, account)).await;
    Ok(CampaignBalances {
        donor_funds: of(CampaignAccount::DonorFunds).await?,
        payable: of(CampaignAccount::Payable).await?,
        receivable: of(CampaignAccount::Receivable).await?,
    })
}

/// What was set aside or granted from a pot and became free again, in all.
///
/// # Errors
/// Those of the database.
pub async fn released(cx: &Cx, pot: PotId) -> Result<Money> {
    let released = store::released(cx.db(), &[pot]).await?;
    Ok(Money::eur(released.get(&pot).copied().unwrap_or_default()))
}

/// How far a list of all accounts has come: first those of campaigns and of the custodian, then those of pots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// After this account.
    Account(String),
    /// After this pot, or before the first.
    Pot(Option<PotId>),
}

/// Accounts with their balances, at most a page of rows, and where the list goes on.
///
/// # Errors
/// Those of the database; `Bug` for an account that is none.
pub async fn balances(cx: &Cx, after: Option<&Reached>) -> Result<(Vec<(Account, Money)>, Option<Reached>)> {
    let pots_after = match after {
        Some(Reached::Pot(pot)) => *pot,
        None | Some(Reached::Account(_)) => {
            let code = after.and_then(|place| match place {
                Reached::Account(code) => Some(code.as_str()),
                Reached::Pot(_) => None,
            });
            let rows = store::accounts(cx.db(), code, PAGE_MAX).await?;
            let next = rows
                .last()
                .map_or(Reached::Pot(None), |row| Reached::Account(row.code.clone()));
            let read = rows.into_iter().map(|row| {
                let account =
                    Account::parse(&row.code).ok_or_else(|| Error::Bug(format!("{} is no account", row.code)))?;
                Ok((account, Money::eur(row.balance_minor)))
            });
            return Ok((read.collect::<Result<_>>()?, Some(next)));
        }
    };
    let rows = store::pots(cx.db(), pots_after, PAGE_MAX).await?;
    let next = rows.last().map(|row| Reached::Pot(Some(row.id)));
    let read = rows.into_iter().flat_map(store::pot::Model::accounts);
    Ok((
        read.map(|(account, balance)| (account, Money::eur(balance))).collect(),
        next,
    ))
}
