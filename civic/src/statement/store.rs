//! The statements' tables: the only SQL of this noun.
//!
//! Rule: a line is known by its key, so that the same movement in two files is one line.

use sea_orm::sea_query::{OnConflict, Order};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{LineState, LineStep};
use crate::db::{Tx, past};
use crate::error::{Code, Error, Result};
use crate::id::{DonationId, MemberId, PayoutId, StatementId, StatementLineId};
use crate::limits::ROWS_PER_INSERT;
use crate::page::Paging;
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{MemberId, StatementId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "statement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: StatementId,
        pub content_hash: String,
        pub account: Option<String>,
        pub imported_by: MemberId,
        pub imported_at: Timestamp,
        pub lines: i64,
        pub known: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod line {
    use super::{DonationId, MemberId, PayoutId, StatementId, StatementLineId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "statement_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: StatementLineId,
        pub statement_id: StatementId,
        pub line_key: String,
        pub booked_at: Timestamp,
        pub amount_minor: i64,
        pub name: String,
        pub iban: String,
        pub text: String,
        pub end_to_end: String,
        pub state: String,
        pub version: i64,
        pub donation_id: Option<DonationId>,
        pub payout_id: Option<PayoutId>,
        pub suggested_id: Option<DonationId>,
        pub reason: Option<String>,
        pub decided_by: Option<MemberId>,
        pub decided_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl line::Model {
    /// The state; the named check of the table keeps it one of ours.
    pub fn state(&self) -> Result<LineState> {
        LineState::parse(&self.state).ok_or_else(|| Error::Bug(format!("state {}", self.state)))
    }

    /// The change that a step makes.
    pub fn moved(&self, step: LineStep) -> Result<line::ActiveModel> {
        use sea_orm::ActiveValue::Set;
        Ok(line::ActiveModel {
            state: Set(self.state()?.after(step)?.as_str().to_owned()),
            version: Set(self.version + 1),
            ..Default::default()
        })
    }
}

pub(crate) async fn insert(tx: &Tx, row: row::ActiveModel) -> std::result::Result<(), sea_orm::DbErr> {
    row::Entity::insert(row).exec_without_returning(&**tx).await.map(|_| ())
}

/// Adds the lines that are not there; gives how many are new.
pub(crate) async fn insert_lines(tx: &Tx, lines: Vec<line::ActiveModel>) -> Result<u64> {
    let mut added = 0;
    let mut lines = lines.into_iter().peekable();
    while lines.peek().is_some() {
        let some: Vec<_> = lines.by_ref().take(ROWS_PER_INSERT).collect();
        let known = OnConflict::column(line::Column::LineKey).do_nothing().to_owned();
        added += line::Entity::insert_many(some)
            .on_conflict(known)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(added)
}

pub(crate) async fn set_known(tx: &Tx, id: StatementId, known: i64) -> Result<()> {
    row::Entity::update_many()
        .col_expr(row::Column::Known, sea_orm::sea_query::Expr::value(known))
        .filter(row::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: StatementId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(id).one(db).await?)
}

pub(crate) async fn find_line(db: &impl ConnectionTrait, id: StatementLineId) -> Result<Option<line::Model>> {
    Ok(line::Entity::find_by_id(id).one(db).await?)
}

/// Changes a line that still stands as it was read.
pub(crate) async fn change_line(tx: &Tx, before: &line::Model, after: line::ActiveModel) -> Result<()> {
    let done = line::Entity::update_many()
        .set(after)
        .filter(line::Column::Id.eq(before.id))
        .filter(line::Column::State.eq(&before.state))
        .filter(line::Column::Version.eq(before.version))
        .exec(&**tx)
        .await?;
    if done.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Conflict(Code::OutOfDate))
    }
}

/// Lines that nobody looked at, after one of them.
pub(crate) async fn new_lines(
    db: &impl ConnectionTrait,
    after: Option<StatementLineId>,
    limit: u64,
) -> Result<Vec<line::Model>> {
    let mut query = line::Entity::find().filter(line::Column::State.eq(LineState::New.as_str()));
    if let Some(after) = after {
        query = query.filter(line::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(line::Column::Id).limit(limit).all(db).await?)
}

/// One page of lines in a state, last booked first, and one row more.
pub(crate) async fn lines(db: &impl ConnectionTrait, state: LineState, paging: Paging) -> Result<Vec<line::Model>> {
    use line::Column as C;
    let mut query = line::Entity::find().filter(C::State.eq(state.as_str()));
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::BookedAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::BookedAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// One page of statements, last imported first, and one row more.
pub(crate) async fn list(db: &impl ConnectionTrait, paging: Paging) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let mut query = row::Entity::find();
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::ImportedAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::ImportedAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}
