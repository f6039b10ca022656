//! The audit trail: who did what to what, and when.
//!
//! Rule: rows are added in the change's own transaction and never changed. They hold ids and codes, no personal data,
//! so that erasing a person leaves the trail whole.

use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::Cx;
use crate::db::Tx;
use crate::error::Result;
use crate::id::AuditId;
use crate::time::Timestamp;

mod row {
    use super::{AuditId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AuditId,
        pub recorded_at: Timestamp,
        pub actor: String,
        pub act: String,
        pub subject: String,
        pub detail: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Notes that the actor did `act` to `subject`.
///
/// # Errors
/// Those of the database.
pub async fn note(tx: &Tx, cx: &Cx, act: &str, subject: &impl std::fmt::Display, detail: &str) -> Result<()> {
    let row = row::ActiveModel {
        id: Set(cx.id()),
        recorded_at: Set(cx.now),
        actor: Set(cx.actor.label()),
        act: Set(act.to_owned()),
        subject: Set(subject.to_string()),
        detail: Set(detail.to_owned()),
    };
    row::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}
