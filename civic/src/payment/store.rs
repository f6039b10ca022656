//! The table of the provider's messages: the only SQL of this noun.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::Envelope;
use crate::db::Tx;
use crate::error::Result;
use crate::id::PaymentMessageId;
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{PaymentMessageId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payment_message")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PaymentMessageId,
        pub reference: String,
        pub kind: String,
        pub body: String,
        pub happened_at: Timestamp,
        pub received_at: Timestamp,
        pub due_at: Option<Timestamp>,
        pub worked_at: Option<Timestamp>,
        pub attempts: i64,
        pub error: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Keeps a message; false when it was kept before.
pub(crate) async fn keep(
    tx: &Tx,
    id: PaymentMessageId,
    envelope: &Envelope,
    body: &str,
    now: Timestamp,
) -> Result<bool> {
    let row = row::ActiveModel {
        id: Set(id),
        reference: Set(envelope.id.clone()),
        kind: Set(envelope.kind.clone()),
        body: Set(body.to_owned()),
        happened_at: Set(envelope.at),
        received_at: Set(now),
        due_at: Set(Some(Ord::max(now, envelope.at))),
        worked_at: Set(None),
        attempts: Set(0),
        error: Set(None),
    };
    let kept = row::Entity::insert(row)
        .on_conflict(OnConflict::column(row::Column::Reference).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(kept == 1)
}

/// The message that has been due for longest.
pub(crate) async fn next_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<Option<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::DueAt.lte(now))
        .order_by_asc(row::Column::DueAt)
        .order_by_asc(row::Column::Id)
        .limit(1)
        .one(db)
        .await?)
}

/// Puts a message off until `until`, counts the attempt, and notes what went wrong so far; false when somebody else took
/// it meanwhile.
pub(crate) async fn put_off(
    tx: &Tx,
    message: &row::Model,
    until: Timestamp,
    attempts: i64,
    error: Option<&str>,
) -> Result<bool> {
    let moved = row::Entity::update_many()
        .col_expr(row::Column::DueAt, Expr::value(until.ms()))
        .col_expr(row::Column::Attempts, Expr::value(attempts))
        .col_expr(row::Column::Error, Expr::value(error.map(ToOwned::to_owned)))
        .filter(row::Column::Id.eq(message.id))
        .filter(row::Column::DueAt.eq(message.due_at))
        .exec(&**tx)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Notes that nothing is left to do for a message.
pub(crate) async fn worked(tx: &Tx, id: PaymentMessageId, now: Timestamp) -> Result<()> {
    row::Entity::update_many()
        .col_expr(row::Column::DueAt, Expr::value(None::<i64>))
        .col_expr(row::Column::WorkedAt, Expr::value(now.ms()))
        .col_expr(row::Column::Error, Expr::value(None::<String>))
        .filter(row::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Forgets the messages that were worked off before `then`.
pub(crate) async fn forget(tx: &Tx, then: Timestamp) -> Result<u64> {
    let gone = row::Entity::delete_many()
        .filter(row::Column::WorkedAt.lt(then))
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected)
}

/// Every message whose reference begins so, in the order of their references.
pub(crate) async fn beginning(db: &impl ConnectionTrait, start: &str, most: u64) -> Result<Vec<row::Model>> {
    let rows = row::Entity::find()
        .filter(row::Column::Reference.like(format!("{start}%")))
        .order_by_asc(row::Column::Reference)
        .limit(most)
        .all(db)
        .await?;
    // To the database a line below stands for any sign.
    Ok(rows
        .into_iter()
        .filter(|row| row.reference.starts_with(start))
        .collect())
}

/// How many messages wait that were due before `then`, and one of their errors.
pub(crate) async fn late(db: &impl ConnectionTrait, then: Timestamp) -> Result<(u64, Option<String>)> {
    let waiting = || row::Entity::find().filter(row::Column::WorkedAt.is_null().and(row::Column::ReceivedAt.lt(then)));
    let count = waiting().count(db).await?;
    let one = waiting().order_by_asc(row::Column::ReceivedAt).limit(1).one(db).await?;
    Ok((count, one.and_then(|row| row.error)))
}
