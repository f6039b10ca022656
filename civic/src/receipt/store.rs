//! The receipts' tables: the only SQL of this noun.
//!
//! Rule: whoever issues or cancels a receipt holds the lock of its gift, and raises the counter after that. The database
//! itself refuses a gap, a second valid receipt of a gift, a changed and a deleted one.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, LockType, OnConflict, Order};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::{CancelReason, Printed, ReceiptState, TaxData};
use crate::call::store::json;
use crate::db::{Tx, past};
use crate::error::{Error, Result};
use crate::id::{CampaignId, DonationId, MemberId, ReceiptId};
use crate::limits::{RECEIPT_YEARS_SHOWN, RECEIPTS_PER_GIFT};
use crate::page::Paging;
use crate::payment::Method;
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{CampaignId, DonationId, MemberId, ReceiptId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "receipt")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReceiptId,
        pub donation_id: DonationId,
        pub campaign_id: CampaignId,
        pub member_id: Option<MemberId>,
        pub promoter_key: String,
        pub year: i64,
        pub number: i64,
        pub amount_minor: i64,
        pub gift_minor: i64,
        pub reward_minor: i64,
        pub method: String,
        pub given_at: Timestamp,
        pub issued_at: Timestamp,
        pub printed: String,
        pub tax_data: Option<String>,
        pub tax_data_at: Option<Timestamp>,
        pub cancelled_at: Option<Timestamp>,
        pub cancel_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod counter {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "receipt_counter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub promoter_key: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub year: i64,
        pub last_number: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl row::Model {
    pub fn state(&self) -> ReceiptState {
        match self.cancelled_at {
            None => ReceiptState::Issued,
            Some(_) => ReceiptState::Cancelled,
        }
    }

    pub fn method(&self) -> Result<Method> {
        Method::parse(&self.method).ok_or_else(|| Error::Bug(format!("method {}", self.method)))
    }

    pub fn cancel_reason(&self) -> Option<CancelReason> {
        self.cancel_reason.as_deref().and_then(CancelReason::parse)
    }

    pub fn printed(&self) -> Result<Printed> {
        json(&self.printed)
    }

    pub fn tax_data(&self) -> Result<Option<TaxData>> {
        self.tax_data.as_deref().map(json).transpose()
    }
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: ReceiptId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(id).one(db).await?)
}

/// The receipt of a gift that holds; the gift is locked.
pub(crate) async fn valid(tx: &Tx, donation: DonationId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::DonationId.eq(donation))
        .filter(row::Column::CancelledAt.is_null())
        .one(&**tx)
        .await?)
}

pub(crate) async fn insert(tx: &Tx, row: row::ActiveModel) -> std::result::Result<(), DbErr> {
    row::Entity::insert(row).exec_without_returning(&**tx).await.map(|_| ())
}

/// Raises the counter of a promoter's year and gives the number. It stays locked until the transaction ends, so that a number
/// that is not used is given again.
pub(crate) async fn next_number(tx: &Tx, promoter_key: &str, year: i64) -> Result<i64> {
    use counter::Column as C;
    let first = counter::ActiveModel {
        promoter_key: Set(promoter_key.to_owned()),
        year: Set(year),
        last_number: Set(0),
    };
    counter::Entity::insert(first)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    let of = || C::PromoterKey.eq(promoter_key).and(C::Year.eq(year));
    counter::Entity::update_many()
        .col_expr(C::LastNumber, Expr::col(C::LastNumber).add(1))
        .filter(of())
        .exec(&**tx)
        .await?;
    let found = counter::Entity::find()
        .filter(of())
        .lock(LockType::Update)
        .one(&**tx)
        .await?;
    found
        .map(|row| row.last_number)
        .ok_or_else(|| Error::Bug(format!("no counter of {year}")))
}

/// Cancels one that holds; whether it did.
pub(crate) async fn cancel(tx: &Tx, id: ReceiptId, reason: CancelReason, now: Timestamp) -> Result<bool> {
    use row::Column as C;
    let done = row::Entity::update_many()
        .col_expr(C::CancelledAt, now.ms().into())
        .col_expr(C::CancelReason, reason.as_str().into())
        .filter(C::Id.eq(id))
        .filter(C::CancelledAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Completes one that holds and has no tax data; whether it did.
pub(crate) async fn set_tax_data(tx: &Tx, id: ReceiptId, data: &str, now: Timestamp) -> Result<bool> {
    use row::Column as C;
    let done = row::Entity::update_many()
        .col_expr(C::TaxData, data.into())
        .col_expr(C::TaxDataAt, now.ms().into())
        .filter(C::Id.eq(id))
        .filter(C::CancelledAt.is_null())
        .filter(C::TaxData.is_null())
        .exec(&**tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The receipts of these gifts, last issued first.
pub(crate) async fn of_gifts(db: &impl ConnectionTrait, gifts: &[DonationId]) -> Result<Vec<row::Model>> {
    use row::Column as C;
    if gifts.is_empty() {
        return Ok(Vec::new());
    }
    Ok(row::Entity::find()
        .filter(C::DonationId.is_in(gifts.iter().copied()))
        .order_by_desc(C::IssuedAt)
        .order_by_desc(C::Id)
        .limit(RECEIPTS_PER_GIFT * gifts.len() as u64)
        .all(db)
        .await?)
}

/// How a list of receipts is cut; each has the last issued first.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Listed {
    /// Those of a donor.
    OfMember(MemberId),
    /// Those of a campaign.
    OfCampaign(CampaignId),
}

/// One page of receipts and one row more.
pub(crate) async fn list(db: &impl ConnectionTrait, which: Listed, paging: Paging) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let mut query = row::Entity::find().filter(match which {
        Listed::OfMember(member) => C::MemberId.eq(member),
        Listed::OfCampaign(campaign) => C::CampaignId.eq(campaign),
    });
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::IssuedAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::IssuedAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// The receipts of a donor that hold for one year, first given first, at most so many.
pub(crate) async fn of_year(
    db: &impl ConnectionTrait,
    member: MemberId,
    year: i64,
    limit: u64,
) -> Result<Vec<row::Model>> {
    use row::Column as C;
    Ok(row::Entity::find()
        .filter(C::MemberId.eq(member))
        .filter(C::Year.eq(year))
        .filter(C::CancelledAt.is_null())
        .order_by_asc(C::GivenAt)
        .order_by_asc(C::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// A year of a donor's receipts that hold.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(crate) struct YearSum {
    pub year: i64,
    pub receipts: i64,
    pub amount_minor: i64,
}

/// The years in which a donor has receipts that hold, last first, with their sums.
pub(crate) async fn years_of_member(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<YearSum>> {
    use row::Column as C;
    // PostgreSQL sums whole numbers to a kind of its own; the cast makes it one again.
    let sum = Func::cast_as(Expr::col(C::AmountMinor).sum(), Alias::new("BIGINT"));
    Ok(row::Entity::find()
        .select_only()
        .column(C::Year)
        .column_as(C::Id.count(), "receipts")
        .column_as(Expr::from(sum), "amount_minor")
        .filter(C::MemberId.eq(member))
        .filter(C::CancelledAt.is_null())
        .group_by(C::Year)
        .order_by_desc(C::Year)
        .limit(RECEIPT_YEARS_SHOWN)
        .into_model::<YearSum>()
        .all(db)
        .await?)
}

/// The years of a campaign's receipts, last first.
pub(crate) async fn years_of_campaign(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Vec<i64>> {
    use row::Column as C;
    Ok(row::Entity::find()
        .select_only()
        .column(C::Year)
        .filter(C::CampaignId.eq(campaign))
        .group_by(C::Year)
        .order_by_desc(C::Year)
        .limit(RECEIPT_YEARS_SHOWN)
        .into_tuple()
        .all(db)
        .await?)
}

/// The campaigns that have receipts among a promoter's of one year.
pub(crate) async fn campaigns_of(db: &impl ConnectionTrait, promoter_key: &str, year: i64) -> Result<Vec<CampaignId>> {
    use row::Column as C;
    Ok(row::Entity::find()
        .select_only()
        .column(C::CampaignId)
        .distinct()
        .filter(C::PromoterKey.eq(promoter_key))
        .filter(C::Year.eq(year))
        .into_tuple()
        .all(db)
        .await?)
}

/// One page of what a promoter tells the tax office of a year, and one row more, by number: receipts that hold, of gifts that
/// left a trace, with the donor's tax data, to these campaigns.
pub(crate) async fn to_be_told(
    db: &impl ConnectionTrait,
    (promoter_key, year): (&str, i64),
    campaigns: &[CampaignId],
    paging: Paging,
) -> Result<Vec<row::Model>> {
    use row::Column as C;
    if campaigns.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = row::Entity::find()
        .filter(C::PromoterKey.eq(promoter_key))
        .filter(C::Year.eq(year))
        .filter(C::CampaignId.is_in(campaigns.iter().copied()))
        .filter(C::CancelledAt.is_null())
        .filter(C::TaxData.is_not_null())
        .filter(C::GiftMinor.gt(0))
        .filter(C::Method.ne(Method::Cash.as_str()));
    if let Some(cursor) = paging.after {
        query = query.filter(C::Number.gt(cursor.key));
    }
    Ok(query.order_by_asc(C::Number).limit(paging.limit + 1).all(db).await?)
}
