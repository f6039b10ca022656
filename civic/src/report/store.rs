//! The reports' table: the only SQL of this noun.
//!
//! Rule: whoever changes a report holds the lock of its campaign.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::Spending;
use crate::call::store::json;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::{CampaignId, MemberId};
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{CampaignId, MemberId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "report")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub campaign_id: CampaignId,
        pub version: i64,
        pub text: String,
        pub lang: String,
        pub spendings: String,
        pub spent_minor: i64,
        pub begun_at: Timestamp,
        pub submitted_at: Option<Timestamp>,
        pub sent_back_reason: Option<String>,
        pub eligible_minor: Option<i64>,
        pub final_minor: Option<i64>,
        pub closed_by: Option<MemberId>,
        pub closed_at: Option<Timestamp>,
        pub paid_back_minor: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl row::Model {
    /// What was spent.
    pub fn spendings(&self) -> Result<Vec<Spending>> {
        json(&self.spendings)
    }
}

pub(crate) async fn find(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(campaign).one(db).await?)
}

pub(crate) async fn insert(tx: &Tx, row: row::ActiveModel) -> Result<()> {
    row::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Changes one that still stands as it was read.
pub(crate) async fn change(tx: &Tx, before: &row::Model, after: row::ActiveModel) -> Result<()> {
    let done = row::Entity::update_many()
        .set(after)
        .filter(row::Column::CampaignId.eq(before.campaign_id))
        .filter(row::Column::Version.eq(before.version))
        .exec(&**tx)
        .await?;
    if done.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Conflict(Code::OutOfDate))
    }
}
