//! Repeated requests: a write with a key happens once, and its repeat gets the same answer.
//!
//! Rule: the key is claimed before the write and its outcome is recorded in the write's own transaction, per actor and
//! route, for a day at least (architecture, decision 13). Another body under the same key is refused, one still running
//! is told so. A claim whose request failed is given back.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use serde::{Serialize, de::DeserializeOwned};

use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::limits::{REPEAT_CLAIM_MS, REPEAT_KEPT_MS, REPEAT_KEY_MAX_CHARS};
use crate::time::Timestamp;
use crate::{City, Cx};

mod row {
    use super::Timestamp;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "repeat")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub actor: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub route: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub request_key: String,
        pub body_hash: String,
        pub outcome: Option<String>,
        pub answer: Option<String>,
        pub claimed_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A key that this request holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    actor: String,
    route: String,
    key: String,
    /// What the use case gave the first time; then it must not run again.
    outcome: Option<String>,
}

/// What a key turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// The request may run, holding this claim.
    Run(Claim),
    /// The request was answered before: the same answer again.
    Answered(String),
}

/// Claims `key` for the request of `cx`'s actor on `route` with a body of this hash.
///
/// # Errors
/// `Invalid` for a key without a usable form, `Conflict(KeyReused)` for another body, `Conflict(KeyBusy)` while the
/// first request runs.
pub async fn claim(cx: &Cx, route: &str, key: &str, body_hash: &str) -> Result<Claimed> {
    if key.is_empty() || key.chars().count() > REPEAT_KEY_MAX_CHARS || !key.is_ascii() {
        return Err(Error::field("Idempotency-Key", Code::Malformed));
    }
    let claim = Claim {
        actor: cx.actor.label(),
        route: route.to_owned(),
        key: key.to_owned(),
        outcome: None,
    };
    let tx = cx.begin().await?;
    let fresh = row::ActiveModel {
        actor: Set(claim.actor.clone()),
        route: Set(claim.route.clone()),
        request_key: Set(claim.key.clone()),
        body_hash: Set(body_hash.to_owned()),
        outcome: Set(None),
        answer: Set(None),
        claimed_at: Set(cx.now),
    };
    let inserted = row::Entity::insert(fresh)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&*tx)
        .await?;
    if inserted == 1 {
        tx.commit().await?;
        return Ok(Claimed::Run(claim));
    }
    let Some(found) = claim.find(&tx).await? else {
        return Err(Error::Busy);
    };
    if found.body_hash != body_hash {
        return Err(Error::Conflict(Code::KeyReused));
    }
    match (found.answer, found.outcome) {
        (Some(answer), _) => Ok(Claimed::Answered(answer)),
        (None, Some(outcome)) => Ok(Claimed::Run(Claim {
            outcome: Some(outcome),
            ..claim
        })),
        (None, None) if cx.now.since_ms(found.claimed_at) < REPEAT_CLAIM_MS => Err(Error::Conflict(Code::KeyBusy)),
        (None, None) => {
            // Of two that come late at the same moment only one finds the claim as old as it was read.
            if !claim.take_over(&tx, found.claimed_at, cx.now).await? {
                return Err(Error::Conflict(Code::KeyBusy));
            }
            tx.commit().await?;
            Ok(Claimed::Run(claim))
        }
    }
}

impl Claim {
    fn row(&self) -> sea_orm::sea_query::SimpleExpr {
        row::Column::Actor
            .eq(&*self.actor)
            .and(row::Column::Route.eq(&*self.route))
            .and(row::Column::RequestKey.eq(&*self.key))
    }

    async fn find(&self, tx: &Tx) -> Result<Option<row::Model>> {
        Ok(row::Entity::find().filter(self.row()).one(&**tx).await?)
    }

    async fn take_over(&self, tx: &Tx, claimed_at: Timestamp, now: Timestamp) -> Result<bool> {
        let taken = row::Entity::update_many()
            .col_expr(row::Column::ClaimedAt, now.ms().into())
            .filter(self.row())
            .filter(row::Column::ClaimedAt.eq(claimed_at))
            .filter(row::Column::Outcome.is_null())
            .exec(&**tx)
            .await?;
        Ok(taken.rows_affected == 1)
    }

    /// Keeps the whole answer, so that a repeat gets it to the letter.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn answer(&self, city: &City, answer: &str) -> Result<()> {
        let tx = city.db.begin().await?;
        row::Entity::update_many()
            .col_expr(row::Column::Answer, answer.into())
            .filter(self.row())
            .exec(&*tx)
            .await?;
        tx.commit().await
    }

    /// Gives the key back after a request that changed nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn give_back(&self, city: &City) -> Result<()> {
        let tx = city.db.begin().await?;
        row::Entity::delete_many()
            .filter(self.row())
            .filter(row::Column::Outcome.is_null())
            .exec(&*tx)
            .await?;
        tx.commit().await
    }
}

/// What the use case gave when this very request ran before; every write begins by asking.
///
/// # Errors
/// `Bug` when the recorded outcome is of another kind.
pub fn earlier<T: DeserializeOwned>(cx: &Cx) -> Result<Option<T>> {
    let Some(outcome) = cx.repeat.as_ref().and_then(|claim| claim.outcome.as_deref()) else {
        return Ok(None);
    };
    serde_json::from_str(outcome)
        .map(Some)
        .map_err(|error| Error::Bug(error.to_string()))
}

/// Records the outcome in the write's own transaction; `Cx::commit` calls it.
///
/// # Errors
/// Those of the database.
pub async fn record<T: Serialize>(cx: &Cx, tx: &Tx, outcome: &T) -> Result<()> {
    let Some(claim) = &cx.repeat else { return Ok(()) };
    let outcome = serde_json::to_string(outcome).map_err(|error| Error::Bug(error.to_string()))?;
    row::Entity::update_many()
        .col_expr(row::Column::Outcome, outcome.into())
        .filter(claim.row())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Forgets the keys older than a day; gives how many.
///
/// # Errors
/// Those of the database.
pub async fn forget_old(city: &City) -> Result<u64> {
    let before = city.system().now.plus_ms(-REPEAT_KEPT_MS);
    let tx = city.db.begin().await?;
    let gone = row::Entity::delete_many()
        .filter(row::Column::ClaimedAt.lt(before))
        .exec(&*tx)
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected)
}
