//! What the treasurer works on, of the gifts' own table.

use sea_orm::sea_query::Order;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::{DonationState, Way};
use super::row::{self, Column as C};
use crate::db::past;
use crate::error::Result;
use crate::page::Paging;

/// What of the gifts is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Transfers and cash that are waited for.
    Waited,
    /// Gifts that a bank disputes.
    Disputed,
}

/// One page of them and one row more, longest promised first.
pub(crate) async fn work(db: &impl ConnectionTrait, what: Work, paging: Paging) -> Result<Vec<row::Model>> {
    let mut query = match what {
        Work::Waited => row::Entity::find()
            .filter(C::State.eq(DonationState::Promised.as_str()))
            .filter(C::Way.ne(Way::Online.as_str())),
        Work::Disputed => row::Entity::find().filter(C::State.eq(DonationState::Disputed.as_str())),
    };
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::PromisedAt, C::Id, &Order::Asc, cursor));
    }
    Ok(query
        .order_by_asc(C::PromisedAt)
        .order_by_asc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}
