//! Sessions and tokens: whoever holds one, found by its hash.

use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::{access_token, grant, row, session};
use crate::db::{Tx, past};
use crate::error::Result;
use crate::id::{AccessTokenId, MemberId, SessionId};
use crate::page::Paging;
use crate::time::Timestamp;

/// Who stands behind a session or a token, as one statement gives it.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Bearer {
    pub member_id: MemberId,
    pub nickname: String,
    pub language: String,
    pub roles: i64,
}

#[derive(Debug, FromQueryResult)]
pub(crate) struct SessionRow {
    pub id: SessionId,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
    pub second_factor_at: Option<Timestamp>,
}

#[derive(Debug, FromQueryResult)]
pub(crate) struct TokenRow {
    pub id: AccessTokenId,
    pub scopes: String,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

fn bearer(query: &mut sea_orm::sea_query::SelectStatement) {
    let roles = Query::select()
        .expr(Expr::col(grant::Column::Id).count())
        .from(grant::Entity)
        .and_where(Expr::col((grant::Entity, grant::Column::MemberId)).equals((row::Entity, row::Column::Id)))
        .to_owned();
    query
        .expr_as(Expr::col((row::Entity, row::Column::Id)), "member_id")
        .expr_as(Expr::col((row::Entity, row::Column::Nickname)), "nickname")
        .expr_as(Expr::col((row::Entity, row::Column::Language)), "language")
        .expr_as(roles, "roles");
}

/// The session with this token and its member: one statement, on the way of every request.
pub(crate) async fn by_session(db: &impl ConnectionTrait, hash: &str) -> Result<Option<(SessionRow, Bearer)>> {
    use session::Column as C;
    let mut query = Query::select();
    for column in [C::Id, C::CreatedAt, C::SeenAt, C::ExpiresAt, C::SecondFactorAt] {
        query.column((session::Entity, column));
    }
    bearer(&mut query);
    query
        .from(session::Entity)
        .join(
            JoinType::InnerJoin,
            row::Entity,
            Expr::col((row::Entity, row::Column::Id)).equals((session::Entity, C::MemberId)),
        )
        .and_where(Expr::col((session::Entity, C::TokenHash)).eq(hash));
    let Some(found) = db.query_one(&query).await? else {
        return Ok(None);
    };
    Ok(Some((
        SessionRow::from_query_result(&found, "")?,
        Bearer::from_query_result(&found, "")?,
    )))
}

/// The token with this hash and its member.
pub(crate) async fn by_token(db: &impl ConnectionTrait, hash: &str) -> Result<Option<(TokenRow, Bearer)>> {
    use access_token::Column as C;
    let mut query = Query::select();
    for column in [C::Id, C::Scopes, C::ExpiresAt, C::UsedAt, C::RevokedAt] {
        query.column((access_token::Entity, column));
    }
    bearer(&mut query);
    query
        .from(access_token::Entity)
        .join(
            JoinType::InnerJoin,
            row::Entity,
            Expr::col((row::Entity, row::Column::Id)).equals((access_token::Entity, C::MemberId)),
        )
        .and_where(Expr::col((access_token::Entity, C::TokenHash)).eq(hash));
    let Some(found) = db.query_one(&query).await? else {
        return Ok(None);
    };
    Ok(Some((
        TokenRow::from_query_result(&found, "")?,
        Bearer::from_query_result(&found, "")?,
    )))
}

pub(crate) async fn insert_session(tx: &Tx, row: session::ActiveModel) -> Result<()> {
    session::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

pub(crate) async fn touch_session(tx: &Tx, id: SessionId, now: Timestamp) -> Result<()> {
    let seen = session::ActiveModel {
        seen_at: Set(now),
        ..Default::default()
    };
    session::Entity::update_many()
        .set(seen)
        .filter(session::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn touch_token(tx: &Tx, id: AccessTokenId, now: Timestamp) -> Result<()> {
    let used = access_token::ActiveModel {
        used_at: Set(Some(now)),
        ..Default::default()
    };
    access_token::Entity::update_many()
        .set(used)
        .filter(access_token::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn delete_session(tx: &Tx, hash: &str) -> Result<()> {
    session::Entity::delete_many()
        .filter(session::Column::TokenHash.eq(hash))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn delete_sessions_of(tx: &Tx, member: MemberId) -> Result<()> {
    session::Entity::delete_many()
        .filter(session::Column::MemberId.eq(member))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn sessions_of(db: &impl ConnectionTrait, member: MemberId, now: Timestamp) -> Result<u64> {
    Ok(session::Entity::find()
        .filter(session::Column::MemberId.eq(member))
        .filter(session::Column::ExpiresAt.gt(now))
        .count(db)
        .await?)
}

pub(crate) async fn tokens_of(
    db: &impl ConnectionTrait,
    member: MemberId,
    paging: Paging,
) -> Result<Vec<access_token::Model>> {
    use access_token::Column as C;
    let mut query = access_token::Entity::find()
        .filter(C::MemberId.eq(member))
        .filter(C::RevokedAt.is_null());
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::CreatedAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::CreatedAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

pub(crate) async fn count_tokens(tx: &Tx, member: MemberId, now: Timestamp) -> Result<u64> {
    use access_token::Column as C;
    Ok(access_token::Entity::find()
        .filter(C::MemberId.eq(member))
        .filter(C::RevokedAt.is_null())
        .filter(C::ExpiresAt.gt(now))
        .count(&**tx)
        .await?)
}

pub(crate) async fn insert_token(tx: &Tx, row: access_token::ActiveModel) -> Result<()> {
    access_token::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

pub(crate) async fn revoke_token(tx: &Tx, id: AccessTokenId, member: MemberId, now: Timestamp) -> Result<bool> {
    use access_token::Column as C;
    let gone = access_token::Entity::update_many()
        .col_expr(C::RevokedAt, Expr::value(now.ms()))
        .filter(C::Id.eq(id))
        .filter(C::MemberId.eq(member))
        .filter(C::RevokedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected == 1)
}

pub(crate) async fn revoke_tokens_of(tx: &Tx, member: MemberId, now: Timestamp) -> Result<()> {
    use access_token::Column as C;
    access_token::Entity::update_many()
        .col_expr(C::RevokedAt, Expr::value(now.ms()))
        .filter(C::MemberId.eq(member))
        .filter(C::RevokedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}
