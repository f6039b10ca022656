//! The ledger's tables: the only SQL of this noun.
//!
//! Rule: rows of `txn` and `entry` are inserted and nothing else; triggers refuse the rest. Balances are written only
//! while their rows are locked, in the order of `Account`.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, LockType, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::{Account, CampaignAccount, Kind, PotAccount, PotBalances};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::id::{CampaignId, PotId, TxnId};
use crate::money::Money;
use crate::page::Paging;
use crate::time::Timestamp;
use uuid::Uuid;

pub(crate) mod account {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub balance_minor: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod pot {
    use super::PotId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pot")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PotId,
        pub total_minor: i64,
        pub available_minor: i64,
        pub held_minor: i64,
        pub reserved_minor: i64,
        pub committed_minor: i64,
        pub payable_minor: i64,
        pub paid_minor: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod txn {
    use super::{Timestamp, TxnId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "txn")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub id: TxnId,
        pub kind: String,
        pub cause: String,
        pub reverses: Option<TxnId>,
        pub effective_at: Timestamp,
        pub recorded_at: Timestamp,
        pub previous_hash: String,
        pub hash: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub debit: String,
        pub credit: String,
        pub amount_minor: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod head {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_head")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub number: i64,
        pub hash: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl pot::Model {
    fn empty(id: PotId) -> Self {
        Self {
            id,
            total_minor: 0,
            available_minor: 0,
            held_minor: 0,
            reserved_minor: 0,
            committed_minor: 0,
            payable_minor: 0,
            paid_minor: 0,
        }
    }

    const fn of(&mut self, account: PotAccount) -> &mut i64 {
        match account {
            PotAccount::Total => &mut self.total_minor,
            PotAccount::Available => &mut self.available_minor,
            PotAccount::Held => &mut self.held_minor,
            PotAccount::Reserved => &mut self.reserved_minor,
            PotAccount::Committed => &mut self.committed_minor,
            PotAccount::Payable => &mut self.payable_minor,
            PotAccount::Paid => &mut self.paid_minor,
        }
    }

    /// The row as balances of accounts.
    pub(crate) fn accounts(mut self) -> impl Iterator<Item = (Account, i64)> {
        PotAccount::ALL
            .iter()
            .map(move |account| (Account::Pot(self.id, *account), *self.of(*account)))
    }

    pub(crate) const fn balances(&self) -> PotBalances {
        PotBalances {
            total: Money::eur(self.total_minor),
            available: Money::eur(self.available_minor),
            held: Money::eur(self.held_minor),
            reserved: Money::eur(self.reserved_minor),
            committed: Money::eur(self.committed_minor),
            payable: Money::eur(self.payable_minor),
            paid: Money::eur(self.paid_minor),
        }
    }
}

/// Makes a pot's row; nothing when it is there.
pub(crate) async fn add_pot(tx: &Tx, id: PotId) -> Result<()> {
    pot::Entity::insert(pot::Model::empty(id).into_active_model())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

/// Makes a campaign's accounts; nothing when they are there.
pub(crate) async fn add_campaign(tx: &Tx, id: CampaignId) -> Result<()> {
    let rows = CampaignAccount::ALL.iter().map(|account| account::ActiveModel {
        code: Set(Account::Campaign(id, *account).to_string()),
        balance_minor: Set(0),
    });
    account::Entity::insert_many(rows)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

/// Locks these pots, in their order, and gives those that are there.
pub(crate) async fn lock_pots(tx: &Tx, ids: &[PotId]) -> Result<Vec<pot::Model>> {
    Ok(pot::Entity::find()
        .filter(pot::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(pot::Column::Id)
        .lock(LockType::Update)
        .all(&**tx)
        .await?)
}

/// Locks these accounts and gives those that are there. Their codes sort campaigns before the custodian's.
pub(crate) async fn lock_accounts(tx: &Tx, codes: &[String]) -> Result<Vec<account::Model>> {
    Ok(account::Entity::find()
        .filter(account::Column::Code.is_in(codes.iter().map(String::as_str)))
        .order_by_asc(account::Column::Code)
        .lock(LockType::Update)
        .all(&**tx)
        .await?)
}

/// Locks the chain's head; what else is locked is locked before.
pub(crate) async fn lock_head(tx: &Tx) -> Result<head::Model> {
    head::Entity::find_by_id(1)
        .lock(LockType::Update)
        .one(&**tx)
        .await?
        .ok_or_else(|| Error::Bug("the ledger has no head".to_owned()))
}

/// Adds a txn with its entries and moves the head to it.
pub(crate) async fn add(tx: &Tx, txn: txn::Model, entries: Vec<entry::Model>) -> Result<()> {
    let (number, hash) = (txn.number, txn.hash.clone());
    txn::Entity::insert(txn.into_active_model())
        .exec_without_returning(&**tx)
        .await?;
    entry::Entity::insert_many(entries.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(&**tx)
        .await?;
    head::Entity::update_many()
        .col_expr(head::Column::Number, number.into())
        .col_expr(head::Column::Hash, hash.into())
        .filter(head::Column::Id.eq(1))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Writes balances: those of one pot in one statement, so that its checks see all of them.
pub(crate) async fn set_balances(tx: &Tx, balances: &BTreeMap<Account, i64>) -> Result<()> {
    let mut pots: BTreeMap<PotId, pot::Model> = BTreeMap::new();
    for (account, balance) in balances {
        if let Account::Pot(id, of) = *account {
            *pots.entry(id).or_insert_with(|| pot::Model::empty(id)).of(of) = *balance;
        } else {
            account::Entity::update_many()
                .col_expr(account::Column::BalanceMinor, (*balance).into())
                .filter(account::Column::Code.eq(account.to_string()))
                .exec(&**tx)
                .await?;
        }
    }
    for pot in pots.into_values() {
        pot::Entity::update_many()
            .col_expr(pot::Column::TotalMinor, pot.total_minor.into())
            .col_expr(pot::Column::AvailableMinor, pot.available_minor.into())
            .col_expr(pot::Column::HeldMinor, pot.held_minor.into())
            .col_expr(pot::Column::ReservedMinor, pot.reserved_minor.into())
            .col_expr(pot::Column::CommittedMinor, pot.committed_minor.into())
            .col_expr(pot::Column::PayableMinor, pot.payable_minor.into())
            .col_expr(pot::Column::PaidMinor, pot.paid_minor.into())
            .filter(pot::Column::Id.eq(pot.id))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}

/// A txn with its entries in their order.
pub(crate) type Whole = (txn::Model, Vec<entry::Model>);

pub(crate) async fn find(db: &impl ConnectionTrait, id: TxnId) -> Result<Option<Whole>> {
    let found = txn::Entity::find().filter(txn::Column::Id.eq(id)).one(db).await?;
    let Some(txn) = found else { return Ok(None) };
    let entries = entry::Entity::find()
        .filter(entry::Column::Number.eq(txn.number))
        .order_by_asc(entry::Column::Position)
        .all(db)
        .await?;
    Ok(Some((txn, entries)))
}

/// The txns after `number` in their order, with their entries.
pub(crate) async fn after(db: &impl ConnectionTrait, number: i64, limit: u64) -> Result<Vec<Whole>> {
    let txns = txn::Entity::find()
        .filter(txn::Column::Number.gt(number))
        .order_by_asc(txn::Column::Number)
        .limit(limit)
        .all(db)
        .await?;
    let Some(last) = txns.last().map(|txn| txn.number) else {
        return Ok(Vec::new());
    };
    let mut entries: BTreeMap<i64, Vec<entry::Model>> = BTreeMap::new();
    let rows = entry::Entity::find()
        .filter(entry::Column::Number.gt(number))
        .filter(entry::Column::Number.lte(last))
        .order_by_asc(entry::Column::Number)
        .order_by_asc(entry::Column::Position)
        .all(db)
        .await?;
    for row in rows {
        entries.entry(row.number).or_default().push(row);
    }
    let whole = |txn: txn::Model| {
        let of = entries.remove(&txn.number).unwrap_or_default();
        (txn, of)
    };
    Ok(txns.into_iter().map(whole).collect())
}

pub(crate) async fn count_entries(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(entry::Entity::find().count(db).await?)
}

pub(crate) async fn head(db: &impl ConnectionTrait) -> Result<Option<head::Model>> {
    Ok(head::Entity::find_by_id(1).one(db).await?)
}

pub(crate) async fn find_pot(db: &impl ConnectionTrait, id: PotId) -> Result<Option<pot::Model>> {
    Ok(pot::Entity::find_by_id(id).one(db).await?)
}

pub(crate) async fn find_account(db: &impl ConnectionTrait, account: Account) -> Result<Option<account::Model>> {
    Ok(account::Entity::find_by_id(account.to_string()).one(db).await?)
}

/// Accounts that are no pot's, after one of them, in the order of their codes.
pub(crate) async fn accounts(
    db: &impl ConnectionTrait,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<account::Model>> {
    let mut query = account::Entity::find();
    if let Some(after) = after {
        query = query.filter(account::Column::Code.gt(after));
    }
    Ok(query.order_by_asc(account::Column::Code).limit(limit).all(db).await?)
}

/// Pots after one of them, oldest first.
pub(crate) async fn pots(db: &impl ConnectionTrait, after: Option<PotId>, limit: u64) -> Result<Vec<pot::Model>> {
    let mut query = pot::Entity::find();
    if let Some(after) = after {
        query = query.filter(pot::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(pot::Column::Id).limit(limit).all(db).await?)
}

/// Of each of these pots, what moved back to `available`, in all.
pub(crate) async fn released(db: &impl ConnectionTrait, pots: &[PotId]) -> Result<HashMap<PotId, i64>> {
    let of = |account: PotAccount| pots.iter().map(move |pot| Account::Pot(*pot, account).to_string());
    let from = [
        PotAccount::Held,
        PotAccount::Reserved,
        PotAccount::Committed,
        PotAccount::Payable,
    ];
    // PostgreSQL sums whole numbers to a kind of its own; the cast makes it one again.
    let sum = Func::cast_as(Expr::col(entry::Column::AmountMinor).sum(), Alias::new("BIGINT"));
    let sums: Vec<(String, i64)> = entry::Entity::find()
        .select_only()
        .column(entry::Column::Credit)
        .expr(sum)
        .filter(entry::Column::Credit.is_in(of(PotAccount::Available)))
        .filter(entry::Column::Debit.is_in(from.into_iter().flat_map(of)))
        .group_by(entry::Column::Credit)
        .into_tuple()
        .all(db)
        .await?;
    let pot = |code: &str| match Account::parse(code) {
        Some(Account::Pot(id, _)) => Some(id),
        _ => None,
    };
    Ok(sums
        .into_iter()
        .filter_map(|(code, sum)| Some((pot(&code)?, sum)))
        .collect())
}

/// Which moves of the books are asked for; all when nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moves {
    /// Only those of this pot.
    pub pot: Option<PotId>,
    /// Only those of this campaign's gifts.
    pub campaign: Option<CampaignId>,
    /// Only those of this kind.
    pub kind: Option<Kind>,
}

/// In which order moves are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// First to last, as the chain goes.
    #[default]
    OldestFirst,
    /// Last to first.
    NewestFirst,
}

/// The place of an entry in its txn, in the form that cursors have.
pub(crate) fn place_of(position: i64) -> Uuid {
    Uuid::from_u128(u128::from(position.unsigned_abs()))
}

/// One page of moves and one row more.
pub(crate) async fn entries(
    db: &impl ConnectionTrait,
    which: Moves,
    direction: Direction,
    paging: Paging,
) -> Result<Vec<entry::Model>> {
    use entry::Column as C;
    let mut query = entry::Entity::find();
    if let Some(pot) = which.pot {
        // Both accounts of such a move are this pot's.
        let of = PotAccount::ALL
            .iter()
            .map(|account| Account::Pot(pot, *account).to_string());
        query = query.filter(C::Debit.is_in(of));
    }
    if let Some(campaign) = which.campaign {
        let of: Vec<String> = CampaignAccount::ALL
            .iter()
            .map(|account| Account::Campaign(campaign, *account).to_string())
            .collect();
        query = query.filter(
            Condition::any()
                .add(C::Debit.is_in(of.clone()))
                .add(C::Credit.is_in(of)),
        );
    }
    if let Some(kind) = which.kind {
        let numbers = Query::select()
            .column(txn::Column::Number)
            .from(txn::Entity)
            .and_where(Expr::col(txn::Column::Kind).eq(kind.as_str()))
            .to_owned();
        query = query.filter(C::Number.in_subquery(numbers));
    }
    if let Some(cursor) = paging.after {
        let position = i64::try_from(cursor.id.as_u128()).unwrap_or(i64::MAX);
        let number = cursor.key;
        query = query.filter(match direction {
            Direction::OldestFirst => C::Number
                .gt(number)
                .or(C::Number.eq(number).and(C::Position.gt(position))),
            Direction::NewestFirst => C::Number
                .lt(number)
                .or(C::Number.eq(number).and(C::Position.lt(position))),
        });
    }
    query = match direction {
        Direction::OldestFirst => query.order_by_asc(C::Number).order_by_asc(C::Position),
        Direction::NewestFirst => query.order_by_desc(C::Number).order_by_desc(C::Position),
    };
    Ok(query.limit(paging.limit + 1).all(db).await?)
}

/// These txns by their numbers.
pub(crate) async fn txns(db: &impl ConnectionTrait, numbers: &HashSet<i64>) -> Result<HashMap<i64, txn::Model>> {
    let among = txn::Column::Number.is_in(numbers.iter().copied());
    let found = txn::Entity::find().filter(among).all(db).await?;
    Ok(found.into_iter().map(|txn| (txn.number, txn)).collect())
}

pub(crate) async fn find_pots(db: &impl ConnectionTrait, ids: &[PotId]) -> Result<Vec<pot::Model>> {
    let among = pot::Column::Id.is_in(ids.iter().copied());
    Ok(pot::Entity::find().filter(among).all(db).await?)
}

/// The balances of these campaigns' accounts.
pub(crate) async fn find_campaigns(db: &impl ConnectionTrait, ids: &[CampaignId]) -> Result<HashMap<Account, i64>> {
    let codes = ids.iter().flat_map(|id| {
        let of = |account: &CampaignAccount| Account::Campaign(*id, *account).to_string();
        CampaignAccount::ALL.iter().map(of)
    });
    let found = account::Entity::find()
        .filter(account::Column::Code.is_in(codes))
        .all(db)
        .await?;
    let read = |row: account::Model| Some((Account::parse(&row.code)?, row.balance_minor));
    Ok(found.into_iter().filter_map(read).collect())
}
