//! The tables of reconciliation: the only SQL of this noun.
//!
//! Rule: a movement is known by the provider's name of it, so that however often it is read it is one.

use sea_orm::sea_query::{Expr, ExprTrait, Func, OnConflict, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{MovementState, MovementStep};
use crate::db::{Tx, past};
use crate::donation::Way;
use crate::donation::store::money::{RefundWay, payment, refund};
use crate::donation::store::row as gift;
use crate::error::{Code, Error, Result};
use crate::id::{DonationId, MemberId, MovementId, ReconciliationId, TxnId};
use crate::limits::ASTRAY_SHOWN;
use crate::page::Paging;
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{ReconciliationId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reconciliation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReconciliationId,
        pub day: String,
        pub since: Timestamp,
        pub begun_at: Timestamp,
        pub due_at: Option<Timestamp>,
        pub ended_at: Option<Timestamp>,
        pub movements: i64,
        pub news: i64,
        pub clearing_minor: i64,
        pub provider_minor: i64,
        pub error: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod movement {
    use super::{MemberId, MovementId, Timestamp, TxnId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "movement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MovementId,
        pub reference: String,
        pub source: Option<String>,
        pub amount_minor: i64,
        pub fee_minor: i64,
        pub happened_at: Timestamp,
        pub seen_at: Timestamp,
        pub state: String,
        pub version: i64,
        pub suspense_minor: i64,
        pub suspense_id: Option<TxnId>,
        pub reason: Option<String>,
        pub decided_by: Option<MemberId>,
        pub decided_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl movement::Model {
    /// The state; the named check of the table keeps it one of ours.
    pub fn state(&self) -> Result<MovementState> {
        MovementState::parse(&self.state).ok_or_else(|| Error::Bug(format!("state {}", self.state)))
    }

    /// The change that a step makes.
    pub fn moved(&self, step: MovementStep) -> Result<movement::ActiveModel> {
        use sea_orm::ActiveValue::Set;
        Ok(movement::ActiveModel {
            state: Set(self.state()?.after(step)?.as_str().to_owned()),
            version: Set(self.version + 1),
            ..Default::default()
        })
    }
}

/// Begins the comparison of a day; false when somebody began it before.
pub(crate) async fn begin(tx: &Tx, new: row::ActiveModel) -> Result<bool> {
    let begun = row::Entity::insert(new)
        .on_conflict(OnConflict::column(row::Column::Day).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(begun == 1)
}

/// The comparison of a day.
pub(crate) async fn of_day(db: &impl ConnectionTrait, day: &str) -> Result<Option<row::Model>> {
    Ok(row::Entity::find().filter(row::Column::Day.eq(day)).one(db).await?)
}

/// Changes a comparison that is still due as it was read; false when somebody else took it meanwhile.
pub(crate) async fn change(tx: &Tx, before: &row::Model, after: row::ActiveModel) -> Result<bool> {
    let done = row::Entity::update_many()
        .set(after)
        .filter(row::Column::Id.eq(before.id))
        .filter(row::Column::DueAt.eq(before.due_at))
        .exec(&**tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The comparison that was begun last; of those that were ended when `ended`.
pub(crate) async fn last(db: &impl ConnectionTrait, ended: bool) -> Result<Option<row::Model>> {
    let mut query = row::Entity::find();
    if ended {
        query = query.filter(row::Column::EndedAt.is_not_null());
    }
    Ok(query
        .order_by_desc(row::Column::BegunAt)
        .order_by_desc(row::Column::Id)
        .limit(1)
        .one(db)
        .await?)
}

/// Whether a comparison was begun before `then`.
pub(crate) async fn any_before(db: &impl ConnectionTrait, then: Timestamp) -> Result<bool> {
    let query = row::Entity::find().filter(row::Column::BegunAt.lt(then)).limit(1);
    Ok(query.one(db).await?.is_some())
}

/// Keeps a movement; false when it was kept before.
pub(crate) async fn insert(tx: &Tx, new: movement::ActiveModel) -> Result<bool> {
    let kept = movement::Entity::insert(new)
        .on_conflict(OnConflict::column(movement::Column::Reference).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(kept == 1)
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: MovementId) -> Result<Option<movement::Model>> {
    Ok(movement::Entity::find_by_id(id).one(db).await?)
}

pub(crate) async fn find_by_reference(db: &impl ConnectionTrait, reference: &str) -> Result<Option<movement::Model>> {
    Ok(movement::Entity::find()
        .filter(movement::Column::Reference.eq(reference))
        .one(db)
        .await?)
}

/// Changes a movement that still stands as it was read.
pub(crate) async fn change_movement(tx: &Tx, before: &movement::Model, after: movement::ActiveModel) -> Result<()> {
    let done = movement::Entity::update_many()
        .set(after)
        .filter(movement::Column::Id.eq(before.id))
        .filter(movement::Column::State.eq(&before.state))
        .filter(movement::Column::Version.eq(before.version))
        .exec(&**tx)
        .await?;
    if done.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Conflict(Code::OutOfDate))
    }
}

/// One page of movements in a state, newest first, and one row more.
pub(crate) async fn movements(
    db: &impl ConnectionTrait,
    state: MovementState,
    paging: Paging,
) -> Result<Vec<movement::Model>> {
    use movement::Column as C;
    let mut query = movement::Entity::find().filter(C::State.eq(state.as_str()));
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::HappenedAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::HappenedAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// How many movements nobody could explain that were seen before `then`.
pub(crate) async fn count_open(db: &impl ConnectionTrait, then: Timestamp) -> Result<u64> {
    Ok(movement::Entity::find()
        .filter(movement::Column::State.eq(MovementState::Open.as_str()))
        .filter(movement::Column::SeenAt.lt(then))
        .count(db)
        .await?)
}

/// What all movements come to: what is on the provider's account.
pub(crate) async fn sum(db: &impl ConnectionTrait) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct SumRow {
        sum: Option<i64>,
    }
    use movement::Column as C;
    let net = Expr::col((movement::Entity, C::AmountMinor)).sub(Expr::col((movement::Entity, C::FeeMinor)));
    let query = Query::select()
        // A sum of whole numbers is a decimal on PostgreSQL.
        .expr_as(Expr::from(Func::sum(net)).cast_as("bigint"), "sum")
        .from(movement::Entity)
        .to_owned();
    let row = SumRow::find_by_statement(db.get_database_backend().build(&query))
        .one(db)
        .await?;
    Ok(row.and_then(|row| row.sum).unwrap_or(0))
}

/// Something of ours that the provider's list does not have.
#[derive(Debug, FromQueryResult)]
pub(crate) struct AstrayRow {
    pub donation_id: DonationId,
    pub reference: String,
    pub amount_minor: i64,
    pub at: Timestamp,
}

fn unseen(reference: Expr) -> Expr {
    let seen = Query::select()
        .expr(Expr::val(1))
        .from(movement::Entity)
        .and_where(Expr::col((movement::Entity, movement::Column::Source)).eq(reference))
        .to_owned();
    Expr::exists(seen).not()
}

fn gifts_astray(then: Timestamp) -> SelectStatement {
    let col = |column| Expr::col((gift::Entity, column));
    let reference = || Expr::col((payment::Entity, payment::Column::Reference));
    Query::select()
        .expr_as(col(gift::Column::Id), "donation_id")
        .expr_as(reference(), "reference")
        .expr_as(col(gift::Column::CapturedMinor), "amount_minor")
        .expr_as(col(gift::Column::LearntAt), "at")
        .from(payment::Entity)
        .inner_join(
            gift::Entity,
            col(gift::Column::Id).equals((payment::Entity, payment::Column::DonationId)),
        )
        .and_where(col(gift::Column::Way).eq(Way::Online.as_str()))
        .and_where(col(gift::Column::CapturedMinor).gt(0_i64))
        .and_where(col(gift::Column::LearntAt).lt(then))
        .and_where(unseen(reference()))
        .to_owned()
}

fn refunds_astray(then: Timestamp) -> SelectStatement {
    let col = |column| Expr::col((refund::Entity, column));
    Query::select()
        .expr_as(col(refund::Column::DonationId), "donation_id")
        .expr_as(col(refund::Column::Reference), "reference")
        .expr_as(col(refund::Column::AmountMinor), "amount_minor")
        .expr_as(col(refund::Column::HappenedAt), "at")
        .from(refund::Entity)
        .and_where(col(refund::Column::Way).eq(RefundWay::Provider.as_str()))
        .and_where(col(refund::Column::State).eq("succeeded"))
        .and_where(col(refund::Column::DonationId).is_not_null())
        .and_where(col(refund::Column::Reference).is_not_null())
        .and_where(col(refund::Column::HappenedAt).lt(then))
        .and_where(unseen(col(refund::Column::Reference)))
        .to_owned()
}

async fn some(db: &impl ConnectionTrait, mut query: SelectStatement) -> Result<Vec<AstrayRow>> {
    query.order_by_expr(Expr::cust("4"), Order::Asc).limit(ASTRAY_SHOWN);
    Ok(AstrayRow::find_by_statement(db.get_database_backend().build(&query))
        .all(db)
        .await?)
}

/// Gifts that came before `then` and that the provider's list does not have, oldest first.
pub(crate) async fn missing_gifts(db: &impl ConnectionTrait, then: Timestamp) -> Result<Vec<AstrayRow>> {
    some(db, gifts_astray(then)).await
}

/// Refunds that were made before `then` and that the provider's list does not have, oldest first.
pub(crate) async fn missing_refunds(db: &impl ConnectionTrait, then: Timestamp) -> Result<Vec<AstrayRow>> {
    some(db, refunds_astray(then)).await
}
