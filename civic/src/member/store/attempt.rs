//! Sign-ins under way.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::sign_in;
use crate::db::Tx;
use crate::error::Result;
use crate::id::SignInId;
use crate::limits::SIGN_IN_TRIES;
use crate::time::Timestamp;

/// How many sign-ins were asked for with this address since then.
pub(crate) async fn sign_ins_since(tx: &Tx, email_key: &str, since: Timestamp) -> Result<u64> {
    Ok(sign_in::Entity::find()
        .filter(sign_in::Column::EmailKey.eq(email_key))
        .filter(sign_in::Column::CreatedAt.gt(since))
        .count(&**tx)
        .await?)
}

/// Ends what is still open for this address.
pub(crate) async fn end_sign_ins(tx: &Tx, email_key: &str, now: Timestamp) -> Result<()> {
    let over = sign_in::ActiveModel {
        expires_at: Set(now),
        ..Default::default()
    };
    sign_in::Entity::update_many()
        .set(over)
        .filter(sign_in::Column::EmailKey.eq(email_key))
        .filter(sign_in::Column::UsedAt.is_null())
        .filter(sign_in::Column::ExpiresAt.gt(now))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn insert_sign_in(tx: &Tx, row: sign_in::ActiveModel) -> Result<()> {
    sign_in::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

pub(crate) async fn find_sign_in(db: &impl ConnectionTrait, id: SignInId) -> Result<Option<sign_in::Model>> {
    Ok(sign_in::Entity::find_by_id(id).one(db).await?)
}

/// The last sign-in that this browser asked for.
pub(crate) async fn sign_in_of_browser(
    db: &impl ConnectionTrait,
    browser_hash: &str,
) -> Result<Option<sign_in::Model>> {
    Ok(sign_in::Entity::find()
        .filter(sign_in::Column::BrowserHash.eq(browser_hash))
        .order_by_desc(sign_in::Column::CreatedAt)
        .order_by_desc(sign_in::Column::Id)
        .one(db)
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
