//! The consultations' tables: the only SQL of this noun.

use sea_orm::sea_query::Order;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::PhaseKind;
use crate::db::{Tx, past};
use crate::error::{Error, Result};
use crate::id::{ConsultationId, DistrictId, PhaseId, ThemeId};
use crate::limits::{DISTRICTS_PER_CONSULTATION, PHASES_PER_CONSULTATION, THEMES_PER_CONSULTATION};
use crate::page::Paging;
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{ConsultationId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "consultation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ConsultationId,
        pub slug: String,
        pub title: String,
        pub question: String,
        pub description: String,
        pub time_zone: String,
        pub created_at: Timestamp,
        pub version: i64,
        pub source: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod phase {
    use super::{ConsultationId, PhaseId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "phase")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PhaseId,
        pub consultation_id: ConsultationId,
        pub kind: String,
        pub starts_at: Timestamp,
        pub ends_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod theme {
    use super::{ConsultationId, ThemeId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "theme")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ThemeId,
        pub consultation_id: ConsultationId,
        pub parent_id: Option<ThemeId>,
        pub slug: String,
        pub name: String,
        pub position: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod district {
    use super::{ConsultationId, DistrictId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "district")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DistrictId,
        pub consultation_id: ConsultationId,
        pub kind: String,
        pub code: String,
        pub name: String,
        pub polygon: Option<String>,
        pub position: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) async fn find_by_slug(db: &impl ConnectionTrait, slug: &str) -> Result<Option<row::Model>> {
    Ok(row::Entity::find().filter(row::Column::Slug.eq(slug)).one(db).await?)
}

pub(crate) async fn lock(tx: &Tx, id: ConsultationId) -> Result<row::Model> {
    row::Entity::find_by_id(id)
        .lock(sea_orm::sea_query::LockType::Update)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)
}

pub(crate) async fn insert(tx: &Tx, row: row::ActiveModel) -> std::result::Result<(), sea_orm::DbErr> {
    row::Entity::insert(row).exec_without_returning(&**tx).await.map(|_| ())
}

pub(crate) async fn update(tx: &Tx, id: ConsultationId, change: row::ActiveModel) -> Result<()> {
    row::Entity::update_many()
        .set(change)
        .filter(row::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn insert_phases(tx: &Tx, rows: Vec<phase::ActiveModel>) -> Result<()> {
    if !rows.is_empty() {
        phase::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

pub(crate) async fn delete_phases(tx: &Tx, id: ConsultationId) -> Result<()> {
    phase::Entity::delete_many()
        .filter(phase::Column::ConsultationId.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn insert_themes(tx: &Tx, rows: Vec<theme::Model>) -> Result<()> {
    if !rows.is_empty() {
        let rows = rows.into_iter().map(|row| theme::ActiveModel::from(row).reset_all());
        theme::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

pub(crate) async fn update_theme(tx: &Tx, id: ThemeId, change: theme::ActiveModel) -> Result<()> {
    theme::Entity::update_many()
        .set(change)
        .filter(theme::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Deletes themes; the database refuses while proposals have one of them.
pub(crate) async fn delete_themes(tx: &Tx, ids: &[ThemeId]) -> std::result::Result<(), sea_orm::DbErr> {
    theme::Entity::delete_many()
        .filter(theme::Column::Id.is_in(ids.iter().copied()))
        .exec(&**tx)
        .await
        .map(|_| ())
}

pub(crate) async fn update_district(tx: &Tx, id: DistrictId, change: district::ActiveModel) -> Result<()> {
    district::Entity::update_many()
        .set(change)
        .filter(district::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Deletes districts and quarters; the database refuses while proposals are in one of them.
pub(crate) async fn delete_districts(tx: &Tx, ids: &[DistrictId]) -> std::result::Result<(), sea_orm::DbErr> {
    district::Entity::delete_many()
        .filter(district::Column::Id.is_in(ids.iter().copied()))
        .exec(&**tx)
        .await
        .map(|_| ())
}

pub(crate) async fn insert_districts(tx: &Tx, rows: Vec<district::ActiveModel>) -> Result<()> {
    if !rows.is_empty() {
        district::Entity::insert_many(rows)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(())
}

pub(crate) async fn set_outline(tx: &Tx, id: DistrictId, outline: Option<String>) -> Result<()> {
    district::Entity::update_many()
        .col_expr(district::Column::Polygon, outline.into())
        .filter(district::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Consultations, last made first, one page and one row more.
pub(crate) async fn list(db: &impl ConnectionTrait, paging: Paging) -> Result<Vec<row::Model>> {
    let mut query = row::Entity::find();
    if let Some(cursor) = paging.after {
        query = query.filter(past(row::Column::CreatedAt, row::Column::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(row::Column::CreatedAt)
        .order_by_desc(row::Column::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

pub(crate) async fn find_many(db: &impl ConnectionTrait, ids: &[ConsultationId]) -> Result<Vec<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?)
}

/// The consultations in a phase of one of `kinds` at `now`, those whose phase ends first in front.
pub(crate) async fn in_phase(
    db: &impl ConnectionTrait,
    kinds: impl Iterator<Item = PhaseKind>,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<ConsultationId>> {
    use phase::Column as C;
    Ok(phase::Entity::find()
        .select_only()
        .column(C::ConsultationId)
        .filter(C::Kind.is_in(kinds.map(PhaseKind::as_str)))
        .filter(C::StartsAt.lte(now))
        .filter(C::EndsAt.gt(now))
        .order_by_asc(C::EndsAt)
        .order_by_asc(C::ConsultationId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// The phases of these consultations, first to last.
pub(crate) async fn phases(db: &impl ConnectionTrait, ids: &[ConsultationId]) -> Result<Vec<phase::Model>> {
    Ok(phase::Entity::find()
        .filter(phase::Column::ConsultationId.is_in(ids.iter().copied()))
        .order_by_asc(phase::Column::StartsAt)
        .limit((ids.len() * PHASES_PER_CONSULTATION) as u64)
        .all(db)
        .await?)
}

/// The themes of these consultations, each one's in their order.
pub(crate) async fn themes(db: &impl ConnectionTrait, ids: &[ConsultationId]) -> Result<Vec<theme::Model>> {
    Ok(theme::Entity::find()
        .filter(theme::Column::ConsultationId.is_in(ids.iter().copied()))
        .order_by_asc(theme::Column::Position)
        .limit((ids.len() * THEMES_PER_CONSULTATION) as u64)
        .all(db)
        .await?)
}

/// Districts and quarters of these consultations without their outlines, each one's in their order.
pub(crate) async fn districts(db: &impl ConnectionTrait, ids: &[ConsultationId]) -> Result<Vec<district::Model>> {
    use district::Column as C;
    Ok(district::Entity::find()
        .select_only()
        .columns([C::Id, C::ConsultationId, C::Kind, C::Code, C::Name, C::Position])
        .expr_as(sea_orm::sea_query::Expr::cust("NULL"), "polygon")
        .filter(C::ConsultationId.is_in(ids.iter().copied()))
        .order_by_asc(C::Kind)
        .order_by_asc(C::Position)
        .limit((ids.len() * DISTRICTS_PER_CONSULTATION) as u64)
        .all(db)
        .await?)
}

/// Districts and quarters that have an outline, with it.
pub(crate) async fn outlines(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<district::Model>> {
    Ok(district::Entity::find()
        .filter(district::Column::ConsultationId.eq(id))
        .filter(district::Column::Polygon.is_not_null())
        .limit(DISTRICTS_PER_CONSULTATION as u64)
        .all(db)
        .await?)
}

/// Whether any district or quarter has an outline.
pub(crate) async fn has_outlines(db: &impl ConnectionTrait, id: ConsultationId) -> Result<bool> {
    use district::Column as C;
    let one: Option<DistrictId> = district::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::ConsultationId.eq(id))
        .filter(C::Polygon.is_not_null())
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(one.is_some())
}

pub(crate) async fn themes_of(db: &impl ConnectionTrait, ids: &[ThemeId]) -> Result<Vec<theme::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(theme::Entity::find()
        .filter(theme::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?)
}

pub(crate) async fn districts_of(db: &impl ConnectionTrait, ids: &[DistrictId]) -> Result<Vec<district::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(district::Entity::find()
        .filter(district::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?)
}
