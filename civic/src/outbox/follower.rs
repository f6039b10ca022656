//! How far the followers have come, and what they have all left behind.
//!
//! Rule: a place only goes on. What somebody has not passed yet stays, however old.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{BATCH, row};
use crate::City;
use crate::db::Tx;
use crate::error::Result;
use crate::limits::OUTBOX_KEPT_MS;
use crate::time::Timestamp;

mod place {
    use super::Timestamp;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "follower")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub number: i64,
        pub moved_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// How far the follower `name` has come.
///
/// # Errors
/// Those of the database.
pub async fn place(city: &City, name: &str) -> Result<i64> {
    let row = place::Entity::find_by_id(name.to_owned()).one(city.db.read()).await?;
    Ok(row.map_or(0, |row| row.number))
}

/// Records that the follower `name` has done everything up to `number`; never goes back.
///
/// # Errors
/// Those of the database.
pub async fn move_to(city: &City, name: &str, number: i64) -> Result<()> {
    let now = city.system().now;
    let tx = city.db.begin().await?;
    let moved = place::Entity::update_many()
        .col_expr(place::Column::Number, number.into())
        .col_expr(place::Column::MovedAt, now.ms().into())
        .filter(place::Column::Name.eq(name))
        .filter(place::Column::Number.lt(number))
        .exec(&*tx)
        .await?;
    if moved.rows_affected == 0 {
        make(&tx, now, name, number).await?;
    }
    tx.commit().await
}

/// Moves the follower `name` on from one place to another; false when it stands elsewhere, because another process has
/// moved it.
///
/// # Errors
/// Those of the database.
pub(crate) async fn pass(tx: &Tx, now: Timestamp, name: &str, (from, to): (i64, i64)) -> Result<bool> {
    let moved = place::Entity::update_many()
        .col_expr(place::Column::Number, to.into())
        .col_expr(place::Column::MovedAt, now.ms().into())
        .filter(place::Column::Name.eq(name))
        .filter(place::Column::Number.eq(from))
        .exec(&**tx)
        .await?;
    Ok(moved.rows_affected == 1 || (from == 0 && make(tx, now, name, to).await?))
}

/// Gives a follower its first place; false when it has one.
async fn make(tx: &Tx, now: Timestamp, name: &str, number: i64) -> Result<bool> {
    let row = place::ActiveModel {
        name: Set(name.to_owned()),
        number: Set(number),
        moved_at: Set(now),
    };
    let made = place::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(made == 1)
}

/// Forgets the events that are older than a month and that each of these followers has passed; gives how many. An index
/// that lies in a folder has no place here: it notices by the first number after its own.
///
/// # Errors
/// Those of the database; what is gone until then stays gone.
pub async fn forget_passed(city: &City, followers: &[&str]) -> Result<u64> {
    let before = city.system().now.plus_ms(-OUTBOX_KEPT_MS);
    let mut passed = i64::MAX;
    for name in followers {
        passed = passed.min(place(city, name).await?);
    }
    let mut gone = 0;
    loop {
        let tx = city.db.begin().await?;
        let last: Option<i64> = row::Entity::find()
            .select_only()
            .column(row::Column::Number)
            .filter(row::Column::Number.lte(passed))
            .filter(row::Column::RecordedAt.lt(before))
            .order_by_asc(row::Column::Number)
            .offset(BATCH - 1)
            .limit(1)
            .into_tuple()
            .one(&*tx)
            .await?;
        let some = row::Entity::delete_many()
            .filter(row::Column::Number.lte(last.unwrap_or(passed)))
            .filter(row::Column::RecordedAt.lt(before))
            .exec(&*tx)
            .await?;
        tx.commit().await?;
        gone += some.rows_affected;
        if last.is_none() {
            return Ok(gone);
        }
    }
}
