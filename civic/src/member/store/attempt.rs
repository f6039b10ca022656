//! Sign-ins under way.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::sign_in;
use crate::db::Tx;
use crate::error::Result;
use crate::id::SignInId;
use crate::limits::{SIGN_IN_TRIES, SIGN_INS_PER_BROWSER};
use crate::time::Timestamp;

pub(crate) async fn insert_sign_in(tx: &Tx, row: sign_in::ActiveModel) -> Result<()> {
    sign_in::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

pub(crate) async fn find_sign_in(db: &impl ConnectionTrait, id: SignInId) -> Result<Option<sign_in::Model>> {
    Ok(sign_in::Entity::find_by_id(id).one(db).await?)
}

/// The sign-ins that this browser asked for and that are neither used nor over, last asked for first.
pub(crate) async fn open_sign_ins(
    db: &impl ConnectionTrait,
    browser_hash: &str,
    now: Timestamp,
) -> Result<Vec<sign_in::Model>> {
    Ok(sign_in::Entity::find()
        .filter(sign_in::Column::BrowserHash.eq(browser_hash))
        .filter(sign_in::Column::UsedAt.is_null())
        .filter(sign_in::Column::ExpiresAt.gt(now))
        .order_by_desc(sign_in::Column::CreatedAt)
        .order_by_desc(sign_in::Column::Id)
        .limit(SIGN_INS_PER_BROWSER)
        .all(db)
        .await?)
}

/// Counts one try; false when they are used up.
pub(crate) async fn count_try(tx: &Tx, id: SignInId) -> Result<bool> {
    let counted = sign_in::Entity::update_many()
        .col_expr(sign_in::Column::Tries, Expr::col(sign_in::Column::Tries).add(1))
        .filter(sign_in::Column::Id.eq(id))
        .filter(sign_in::Column::Tries.lt(SIGN_IN_TRIES))
        .exec(&**tx)
        .await?;
    Ok(counted.rows_affected == 1)
}

/// Uses a sign-in up; false when it was used or is over.
pub(crate) async fn use_sign_in(tx: &Tx, id: SignInId, now: Timestamp) -> Result<bool> {
    let used = sign_in::ActiveModel {
        used_at: Set(Some(now)),
        ..Default::default()
    };
    let done = sign_in::Entity::update_many()
        .set(used)
        .filter(sign_in::Column::Id.eq(id))
        .filter(sign_in::Column::UsedAt.is_null())
        .filter(sign_in::Column::ExpiresAt.gt(now))
        .exec(&**tx)
        .await?;
    Ok(done.rows_affected == 1)
}
