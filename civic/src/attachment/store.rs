//! The attachments' table: the only SQL of this noun.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Order, SimpleExpr},
};

use super::Owner;
use crate::db::{Tx, past};
use crate::error::{Error, Result};
use crate::id::{ApplicationId, AttachmentId, MemberId, ProposalId};
use crate::limits::{ATTACHMENTS_PER_APPLICATION, ATTACHMENTS_PER_PROPOSAL};
use crate::page::Paging;
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{ApplicationId, AttachmentId, MemberId, ProposalId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "attachment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AttachmentId,
        pub proposal_id: Option<ProposalId>,
        pub application_id: Option<ApplicationId>,
        pub kind: String,
        pub media_type: String,
        pub name: String,
        pub description: String,
        pub size_bytes: i64,
        pub width: Option<i64>,
        pub height: Option<i64>,
        pub position: i64,
        pub added_by: Option<MemberId>,
        pub added_at: Timestamp,
        pub removed_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl row::Model {
    /// What it belongs to; the named check of the table keeps it one.
    pub fn owner(&self) -> Result<Owner> {
        let application = self.application_id.map(Owner::Application);
        let owner = self.proposal_id.map(Owner::Proposal).or(application);
        owner.ok_or_else(|| Error::Bug(format!("{} belongs to nothing", self.id)))
    }
}

fn is_of(owner: Owner) -> SimpleExpr {
    match owner {
        Owner::Proposal(id) => row::Column::ProposalId.eq(id),
        Owner::Application(id) => row::Column::ApplicationId.eq(id),
    }
}

pub(crate) async fn insert(tx: &Tx, row: row::ActiveModel) -> Result<()> {
    row::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// How many there are of one, and how many a member added since then, removed ones too.
pub(crate) async fn counts(
    db: &impl ConnectionTrait,
    owner: Owner,
    member: Option<MemberId>,
    since: Timestamp,
) -> Result<(u64, u64)> {
    let of_owner = present().filter(is_of(owner)).count(db).await?;
    let Some(member) = member else {
        return Ok((of_owner, 0));
    };
    let added = row::Entity::find()
        .filter(row::Column::AddedBy.eq(member))
        .filter(row::Column::AddedAt.gte(since));
    Ok((of_owner, added.count(db).await?))
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: AttachmentId) -> Result<Option<row::Model>> {
    Ok(present().filter(row::Column::Id.eq(id)).one(db).await?)
}

/// The attachments of these proposals, each proposal's in their order.
pub(crate) async fn of(db: &impl ConnectionTrait, proposals: &[ProposalId]) -> Result<Vec<row::Model>> {
    Ok(present()
        .filter(row::Column::ProposalId.is_in(proposals.iter().copied()))
        .order_by_asc(row::Column::Position)
        .order_by_asc(row::Column::Id)
        .limit(ATTACHMENTS_PER_PROPOSAL * proposals.len() as u64)
        .all(db)
        .await?)
}

/// The attachments of an application in their order.
pub(crate) async fn of_application(db: &impl ConnectionTrait, application: ApplicationId) -> Result<Vec<row::Model>> {
    Ok(present()
        .filter(row::Column::ApplicationId.eq(application))
        .order_by_asc(row::Column::Position)
        .order_by_asc(row::Column::Id)
        .limit(ATTACHMENTS_PER_APPLICATION)
        .all(db)
        .await?)
}

/// A page of the attachments of one in their order, with one row more.
pub(crate) async fn list(db: &impl ConnectionTrait, owner: Owner, paging: Paging) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let mut query = present().filter(is_of(owner));
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::Position, C::Id, &Order::Asc, cursor));
    }
    let query = query.order_by_asc(C::Position).order_by_asc(C::Id);
    Ok(query.limit(paging.limit + 1).all(db).await?)
}

pub(crate) async fn remove(tx: &Tx, id: AttachmentId, now: Timestamp) -> Result<()> {
    row::Entity::update_many()
        .col_expr(row::Column::RemovedAt, Expr::value(now.ms()))
        .filter(row::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn describe(tx: &Tx, id: AttachmentId, description: &str) -> Result<()> {
    row::Entity::update_many()
        .col_expr(row::Column::Description, Expr::value(description))
        .filter(row::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Drops the rows of a draft that goes away; gives their ids.
pub(crate) async fn delete_all(tx: &Tx, owner: Owner) -> Result<Vec<AttachmentId>> {
    let ids: Vec<AttachmentId> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(is_of(owner))
        .into_tuple()
        .all(&**tx)
        .await?;
    row::Entity::delete_many().filter(is_of(owner)).exec(&**tx).await?;
    Ok(ids)
}

fn present() -> sea_orm::Select<row::Entity> {
    row::Entity::find().filter(row::Column::RemovedAt.is_null())
}
