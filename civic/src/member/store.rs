//! The members' tables: the only SQL of this noun.
//!
//! Rule: whatever may be used once is used up by a guarded update, so that two at the same moment do not both pass.

mod attempt;
mod credential;

use sea_orm::sea_query::{Expr, LockType, OnConflict, Order};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::actor::{Role, Within};
use crate::db::{Tx, past};
use crate::error::{Error, Result};
use crate::id::{AccessTokenId, CallId, ConsultationId, MemberId, RoleGrantId, SessionId, SignInId};
use crate::page::Paging;
use crate::time::Timestamp;

pub(crate) use attempt::*;
pub(crate) use credential::*;

macro_rules! table {
    ($(#[$doc:meta])* $name:ident = $table:literal, $id:ident { $($field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        pub(crate) mod $name {
            #[allow(unused_imports, reason = "each table uses some of the ids")]
            use super::{AccessTokenId, CallId, ConsultationId, MemberId, RoleGrantId, SessionId, SignInId, Timestamp};
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
        totp_salt: Option<String>,
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
        call_id: Option<CallId>,
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

impl grant::Model {
    /// Where the role counts.
    pub(crate) fn within(&self) -> Within {
        match (self.consultation_id, self.call_id) {
            (Some(id), _) => Within::Consultation(id),
            (None, Some(id)) => Within::Call(id),
            (None, None) => Within::City,
        }
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

/// Who holds this role in one call, each once, at most `limit`.
pub(crate) async fn holders_in_call(
    db: &impl ConnectionTrait,
    role: Role,
    call: CallId,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<MemberId>> {
    Ok(grant::Entity::find()
        .select_only()
        .column(grant::Column::MemberId)
        .distinct()
        .filter(grant::Column::Role.eq(role.as_str()))
        .filter(grant::Column::CallId.eq(call))
        .filter(in_force(now))
        .order_by_asc(grant::Column::MemberId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// Roles in force, last given first, one page and one row more.
pub(crate) async fn grants_in_force(
    db: &impl ConnectionTrait,
    now: Timestamp,
    paging: Paging,
) -> Result<Vec<grant::Model>> {
    use grant::Column as C;
    let mut query = grant::Entity::find().filter(in_force(now));
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::GrantedAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::GrantedAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// Public names and addresses of these members.
pub(crate) async fn addresses(
    db: &impl ConnectionTrait,
    ids: &[MemberId],
) -> Result<Vec<(MemberId, String, Option<String>)>> {
    Ok(row::Entity::find()
        .select_only()
        .columns([row::Column::Id, row::Column::Nickname, row::Column::Email])
        .filter(row::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

pub(crate) async fn find_grant(db: &impl ConnectionTrait, id: RoleGrantId) -> Result<Option<grant::Model>> {
    Ok(grant::Entity::find_by_id(id).one(db).await?)
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
