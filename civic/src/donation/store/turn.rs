//! The gifts that a turn of the worker looks at: what is under way, overdue, to go back, was never answered, or waits for a
//! receipt.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Condition, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::{DonationState, Way};
use super::row;
use crate::campaign::{CampaignState, store as campaigns};
use crate::db::Tx;
use crate::error::Result;
use crate::id::{CampaignId, DonationId};
use crate::limits::MONEY_TURN;
use crate::time::Timestamp;

/// Payments under way about which nobody was asked since `asked`, after one of them.
pub(crate) async fn under_way(
    db: &impl ConnectionTrait,
    asked: Timestamp,
    after: Option<DonationId>,
) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let mut query = row::Entity::find()
        .filter(C::State.eq(DonationState::Authorised.as_str()))
        .filter(C::Session.is_not_null())
        .filter(C::AskedAt.lte(asked));
    if let Some(after) = after {
        query = query.filter(C::Id.gt(after));
    }
    Ok(query.order_by_asc(C::Id).limit(MONEY_TURN).all(db).await?)
}

/// Promises whose time is over at `now`, and about which nobody was asked since `asked`; after one of them.
pub(crate) async fn overdue(
    db: &impl ConnectionTrait,
    now: Timestamp,
    asked: Timestamp,
    after: Option<DonationId>,
) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let mut query = row::Entity::find()
        .filter(C::State.eq(DonationState::Promised.as_str()))
        .filter(C::ExpiresAt.lte(now))
        .filter(Condition::any().add(C::AskedAt.is_null()).add(C::AskedAt.lte(asked)));
    if let Some(after) = after {
        query = query.filter(C::Id.gt(after));
    }
    Ok(query.order_by_asc(C::Id).limit(MONEY_TURN).all(db).await?)
}

/// Lets promised transfers and cash to a campaign be waited for until then.
pub(crate) async fn wait_longer(tx: &Tx, campaign: CampaignId, until: Timestamp) -> Result<()> {
    use row::Column as C;
    row::Entity::update_many()
        .col_expr(C::ExpiresAt, until.ms().into())
        .filter(C::CampaignId.eq(campaign))
        .filter(C::State.eq(DonationState::Promised.as_str()))
        .filter(C::Way.ne(Way::Online.as_str()))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Confirmed gifts that are to go back: late ones, and those that belong to no outcome; after one of them.
pub(crate) async fn to_return(db: &impl ConnectionTrait, after: Option<DonationId>) -> Result<Vec<DonationId>> {
    use row::Column as C;
    let over = |states: &[CampaignState]| campaigns::in_states(states);
    let all = CampaignState::ALL.iter().copied();
    let returning: Vec<CampaignState> = all.clone().filter(|state| state.returns_gifts()).collect();
    let decided: Vec<CampaignState> = all.filter(|state| state.has_outcome()).collect();
    let why = Condition::any()
        .add(C::Late.eq(1))
        .add(C::CampaignId.in_subquery(over(&returning)))
        .add(C::Counted.eq(0).and(C::CampaignId.in_subquery(over(&decided))));
    let mut query = row::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::State.eq(DonationState::Confirmed.as_str()))
        .filter(why);
    if let Some(after) = after {
        query = query.filter(C::Id.gt(after));
    }
    Ok(query.order_by_asc(C::Id).limit(MONEY_TURN).into_tuple().all(db).await?)
}

/// Gifts to a campaign whose money came in time, after one of them.
pub(crate) async fn arrived(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    after: Option<DonationId>,
    limit: u64,
) -> Result<Vec<DonationId>> {
    use row::Column as C;
    let mut query = row::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::CampaignId.eq(campaign))
        .filter(C::CapturedMinor.gt(0))
        .filter(C::Late.eq(0));
    if let Some(after) = after {
        query = query.filter(C::Id.gt(after));
    }
    Ok(query.order_by_asc(C::Id).limit(limit).into_tuple().all(db).await?)
}

/// Gifts whose page was asked for before `before`, and for which nobody knows whether there is one, also when a message said
/// since that they are being paid there. Promises whose time is over at `now` are for whoever ends them, who looks too:
/// looked for here first, they would never be asked about there.
pub(crate) async fn unanswered(
    db: &impl ConnectionTrait,
    before: Timestamp,
    now: Timestamp,
    after: Option<DonationId>,
) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let may_be_paid = C::State.eq(DonationState::Promised.as_str()).and(C::ExpiresAt.gt(now));
    let under_way = C::State.eq(DonationState::Authorised.as_str());
    let mut query = row::Entity::find()
        .filter(may_be_paid.or(under_way))
        .filter(C::AskedAt.lte(before))
        .filter(C::Session.is_null());
    if let Some(after) = after {
        query = query.filter(C::Id.gt(after));
    }
    Ok(query.order_by_asc(C::Id).limit(MONEY_TURN).all(db).await?)
}

/// Gifts of which it is time to look whether they have the right receipt, after one of them.
pub(crate) async fn receipt_due(
    db: &impl ConnectionTrait,
    now: Timestamp,
    after: Option<DonationId>,
) -> Result<Vec<DonationId>> {
    use row::Column as C;
    let mut query = row::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::ReceiptDueAt.lte(now));
    if let Some(after) = after {
        query = query.filter(C::Id.gt(after));
    }
    Ok(query.order_by_asc(C::Id).limit(MONEY_TURN).into_tuple().all(db).await?)
}

/// Says when to look at a gift's receipt again; never unless more becomes known, when there is no instant. The gift is locked.
pub(crate) async fn set_receipt_due(tx: &Tx, id: DonationId, due: Option<Timestamp>) -> Result<()> {
    let after = row::ActiveModel {
        receipt_due_at: Set(due),
        ..Default::default()
    };
    row::Entity::update_many()
        .set(after)
        .filter(row::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}
