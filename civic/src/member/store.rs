//! The members' tables: the only SQL of this noun.
//!
//! Rule: whatever may be used once is used up by a guarded update, so that two at the same moment do not both pass.

use sea_orm::sea_query::{Cond, Expr, ExprTrait, JoinType, LockType, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::db::Tx;
use crate::error::{Error, Result};
use crate::id::{AccessTokenId, ConsultationId, MemberId, RoleGrantId, SessionId, SignInId, TypedId};
use crate::limits::SIGN_IN_TRIES;
use crate::page::Paging;
use crate::time::Timestamp;

macro_rules! table {
    ($(#[$doc:meta])* $name:ident = $table:literal, $id:ident { $($field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        pub(crate) mod $name {
            #[allow(unused_imports, reason = "each table uses some of the ids")]
            use super::{AccessTokenId, ConsultationId, MemberId, RoleGrantId, SessionId, SignInId, Timestamp};
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                #[sea_orm(primary_key, auto_increment = false)]
                pub id: $id,
                $(pub $field: $kind,)*
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}
            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

table! {
    /// Members.
    row = "member", MemberId {
        email: Option<String>,
        email_key: Option<String>,
        nickname: String,
        nickname_key: String,
        language: String,
        created_at: Timestamp,
        totp_secret: Option<String>,
        totp_confirmed_at: Option<Timestamp>,
        totp_last_step: i64,
        totp_tries: i64,
        totp_tries_since: i64,
        source: Option<String>,
        external_id: Option<String>,
    }
}

table! {
    /// Roles given.
    grant = "role_grant", RoleGrantId {
        member_id: MemberId,
        role: String,
        consultation_id: Option<ConsultationId>,
        until_at: Option<Timestamp>,
        granted_by: Option<MemberId>,
        granted_at: Timestamp,
        revoked_at: Option<Timestamp>,
    }
}

table! {
    /// Signed-in browsers.
    session = "session", SessionId {
        token_hash: String,
        member_id: MemberId,
        created_at: Timestamp,
        seen_at: Timestamp,
        expires_at: Timestamp,
        second_factor_at: Option<Timestamp>,
    }
}

table! {
    /// Sign-ins under way.
    sign_in = "sign_in", SignInId {
        email: String,
        email_key: String,
        browser_hash: String,
        language: String,
        return_to: String,
        tries: i64,
        created_at: Timestamp,
        expires_at: Timestamp,
        used_at: Option<Timestamp>,
    }
}

table! {
    /// Tokens for programs.
    access_token = "access_token", AccessTokenId {
        member_id: MemberId,
        name: String,
        token_hash: String,
        scopes: String,
        created_at: Timestamp,
        expires_at: Timestamp,
        used_at: Option<Timestamp>,
        revoked_at: Option<Timestamp>,
    }
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: MemberId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(id).one(db).await?)
}

pub(crate) async fn lock(tx: &Tx, id: MemberId) -> Result<row::Model> {
    row::Entity::find_by_id(id)
        .lock(LockType::Update)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)
}

pub(crate) async fn find_by_email(db: &impl ConnectionTrait, key: &str) -> Result<Option<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::EmailKey.eq(key))
        .one(db)
        .await?)
}

/// Adds a member; false when the address or the nickname is taken.
pub(crate) async fn insert(tx: &Tx, row: row::ActiveModel) -> Result<bool> {
    let added = row::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(added == 1)
}

/// Adds many members of an import, leaving out those that are there.
pub(crate) async fn insert_many(tx: &Tx, rows: Vec<row::ActiveModel>) -> Result<()> {
    if !rows.is_empty() {
        row::Entity::insert_many(rows)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(())
}

pub(crate) async fn update(tx: &Tx, id: MemberId, change: row::ActiveModel) -> std::result::Result<(), sea_orm::DbErr> {
    row::Entity::update_many()
        .set(change)
        .filter(row::Column::Id.eq(id))
        .exec(&**tx)
        .await
        .map(|_| ())
}

pub(crate) async fn names(db: &impl ConnectionTrait, ids: &[MemberId]) -> Result<Vec<(MemberId, String)>> {
    Ok(row::Entity::find()
        .select_only()
        .columns([row::Column::Id, row::Column::Nickname])
        .filter(row::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

/// The members of one source, by their ids there.
pub(crate) async fn of_source(
    db: &impl ConnectionTrait,
    source: &str,
    external: &[String],
) -> Result<Vec<(String, MemberId)>> {
    Ok(row::Entity::find()
        .select_only()
        .columns([row::Column::ExternalId, row::Column::Id])
        .filter(row::Column::Source.eq(source))
        .filter(row::Column::ExternalId.is_in(external.iter().map(String::as_str)))
        .into_tuple()
        .all(db)
        .await?)
}

fn in_force(now: Timestamp) -> Condition {
    Condition::all().add(grant::Column::RevokedAt.is_null()).add(
        Condition::any()
            .add(grant::Column::UntilAt.is_null())
            .add(grant::Column::UntilAt.gt(now)),
    )
}

pub(crate) async fn grants(db: &impl ConnectionTrait, member: MemberId, now: Timestamp) -> Result<Vec<grant::Model>> {
    let query = grant::Entity::find()
        .filter(grant::Column::MemberId.eq(member))
        .filter(in_force(now));
    Ok(query
        .order_by_asc(grant::Column::GrantedAt)
        .limit(super::read::GRANTS_SHOWN)
        .all(db)
        .await?)
}

pub(crate) async fn insert_grant(tx: &Tx, row: grant::ActiveModel) -> Result<()> {
    grant::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

pub(crate) async fn revoke_grant(tx: &Tx, id: RoleGrantId, now: Timestamp) -> Result<bool> {
    let gone = grant::Entity::update_many()
        .col_expr(grant::Column::RevokedAt, Expr::value(now.ms()))
        .filter(grant::Column::Id.eq(id))
        .filter(grant::Column::RevokedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected == 1)
}

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

/// Uses a time step of the second factor up; false when it or a later one was used.
pub(crate) async fn use_step(tx: &Tx, member: MemberId, step: i64) -> Result<bool> {
    let used = row::ActiveModel {
        totp_last_step: Set(step),
        totp_tries: Set(0),
        ..Default::default()
    };
    let done = row::Entity::update_many()
        .set(used)
        .filter(row::Column::Id.eq(member))
        .filter(row::Column::TotpLastStep.lt(step))
        .exec(&**tx)
        .await?;
    Ok(done.rows_affected == 1)
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
        let (at, id) = (Timestamp::from_ms(cursor.key), AccessTokenId::from_uuid(cursor.id));
        let same_time = Cond::all().add(C::CreatedAt.eq(at)).add(C::Id.lt(id));
        query = query.filter(Cond::any().add(C::CreatedAt.lt(at)).add(same_time));
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

/// Deletes sessions and sign-ins that are over since `before`.
pub(crate) async fn delete_expired(tx: &Tx, before: Timestamp) -> Result<()> {
    session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lt(before))
        .exec(&**tx)
        .await?;
    sign_in::Entity::delete_many()
        .filter(sign_in::Column::ExpiresAt.lt(before))
        .exec(&**tx)
        .await?;
    Ok(())
}
