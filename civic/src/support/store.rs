//! The supports' table: the only SQL of this noun.

use sea_orm::sea_query::{OnConflict, Order};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::db::{Tx, past};
use crate::error::Result;
use crate::id::{MemberId, ProposalId};
use crate::page::Cursor;
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{MemberId, ProposalId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "support")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub proposal_id: ProposalId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub member_id: MemberId,
        pub given_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Adds the support; false when it was there.
pub(crate) async fn add(tx: &Tx, proposal: ProposalId, member: MemberId, now: Timestamp) -> Result<bool> {
    let row = row::ActiveModel {
        proposal_id: Set(proposal),
        member_id: Set(member),
        given_at: Set(now),
    };
    let added = row::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(added == 1)
}

/// Takes the support away; false when there was none.
pub(crate) async fn take(tx: &Tx, proposal: ProposalId, member: MemberId) -> Result<bool> {
    let gone = row::Entity::delete_by_id((proposal, member)).exec(&**tx).await?;
    Ok(gone.rows_affected == 1)
}

pub(crate) async fn of_member(
    db: &impl ConnectionTrait,
    member: MemberId,
    among: &[ProposalId],
) -> Result<Vec<ProposalId>> {
    Ok(row::Entity::find()
        .select_only()
        .column(row::Column::ProposalId)
        .filter(row::Column::MemberId.eq(member))
        .filter(row::Column::ProposalId.is_in(among.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

/// What a member supports, last first.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    member: MemberId,
    after: Option<Cursor>,
    limit: u64,
) -> Result<Vec<row::Model>> {
    let mut query = row::Entity::find().filter(row::Column::MemberId.eq(member));
    if let Some(cursor) = after {
        query = query.filter(past(
            row::Column::GivenAt,
            row::Column::ProposalId,
            &Order::Desc,
            cursor,
        ));
    }
    Ok(query
        .order_by_desc(row::Column::GivenAt)
        .order_by_desc(row::Column::ProposalId)
        .limit(limit)
        .all(db)
        .await?)
}

/// The supporters of a proposal after one of them, for letters that go to all.
pub(crate) async fn supporters(
    db: &impl ConnectionTrait,
    proposal: ProposalId,
    after: Option<MemberId>,
    limit: u64,
) -> Result<Vec<MemberId>> {
    let mut query = row::Entity::find()
        .select_only()
        .column(row::Column::MemberId)
        .filter(row::Column::ProposalId.eq(proposal));
    if let Some(after) = after {
        query = query.filter(row::Column::MemberId.gt(after));
    }
    Ok(query
        .order_by_asc(row::Column::MemberId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}
