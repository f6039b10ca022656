//! The decisions' table: the only SQL of this noun.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{DecisionKind, Subject};
use crate::Cx;
use crate::db::Tx;
use crate::error::Result;
use crate::id::{DecisionId, MemberId};
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{DecisionId, MemberId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "decision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DecisionId,
        pub subject: String,
        pub kind: String,
        pub reason: String,
        pub moderator_id: MemberId,
        pub decided_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) async fn insert(
    tx: &Tx,
    cx: &Cx,
    subject: Subject,
    kind: DecisionKind,
    reason: String,
    moderator: MemberId,
) -> Result<DecisionId> {
    let id: DecisionId = cx.id();
    let row = row::ActiveModel {
        id: Set(id),
        subject: Set(subject.text()),
        kind: Set(kind.as_str().to_owned()),
        reason: Set(reason),
        moderator_id: Set(moderator),
        decided_at: Set(cx.now),
    };
    row::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(id)
}

pub(crate) async fn find(db: &impl ConnectionTrait, ids: &[DecisionId]) -> Result<Vec<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?)
}
