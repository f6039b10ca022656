//! What is known of payments at the provider, the bank and the desk: payments, refunds, disputes, fees.
//!
//! Rule: one row for each thing, by its own name, whether its gift is known or not; what comes before its gift waits here
//! for it. A thing never goes back to an earlier state.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, LockType, OnConflict, Order, SimpleExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::super::known::{Known, KnownDispute, KnownRefund, Return};
use super::row;
use crate::db::{Tx, past};
use crate::error::{Error, Result};
use crate::id::{CampaignId, DonationId, MemberId, RefundId};
use crate::ledger::CustodianAccount;
use crate::limits::{MONEY_TURN, REFUNDS_SHOWN};
use crate::named::named;
use crate::page::Paging;
use crate::payment::{DisputeState, Method};
use crate::time::Timestamp;

pub(crate) mod payment {
    use super::DonationId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub reference: String,
        pub donation_id: Option<DonationId>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod refund {
    use super::{DonationId, MemberId, RefundId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refund")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RefundId,
        pub donation_id: Option<DonationId>,
        pub payment: Option<String>,
        pub reference: Option<String>,
        pub way: String,
        pub amount_minor: i64,
        pub state: String,
        pub reason: String,
        pub asked_by: Option<MemberId>,
        pub wanted_at: Timestamp,
        pub due_at: Timestamp,
        pub asked_at: Option<Timestamp>,
        pub happened_at: Option<Timestamp>,
        pub settled_way: Option<String>,
        pub settled_at: Option<Timestamp>,
        pub settled_by: Option<MemberId>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod dispute {
    use super::{DonationId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "dispute")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub reference: String,
        pub donation_id: Option<DonationId>,
        pub payment: String,
        pub state: String,
        pub opened_minor: Option<i64>,
        pub closed_minor: Option<i64>,
        pub first_at: Timestamp,
        pub last_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod fee {
    use super::Timestamp;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "fee")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub reference: String,
        pub payment: String,
        pub fee_minor: i64,
        pub happened_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

named! {
    /// Where a refund is made.
    pub enum RefundWay {
        /// By the provider, to where the money came from.
        Provider = "provider",
        /// By a transfer.
        Bank = "bank",
        /// In cash at the desk.
        Cash = "cash",
    }
}

impl RefundWay {
    /// From which account it is paid.
    pub const fn account(self) -> CustodianAccount {
        match self {
            Self::Provider => CustodianAccount::ProviderClearing,
            Self::Bank => CustodianAccount::Bank,
            Self::Cash => CustodianAccount::CashDesk,
        }
    }

    /// How what came by this method goes back.
    pub const fn of(method: Method) -> Self {
        match method {
            Method::Card | Method::SepaDebit | Method::Paypal | Method::Other => Self::Provider,
            Method::BankTransfer => Self::Bank,
            Method::Cash => Self::Cash,
        }
    }
}

impl refund::Model {
    fn way(&self) -> Result<RefundWay> {
        RefundWay::parse(&self.way).ok_or_else(|| Error::Bug(format!("way {}", self.way)))
    }

    /// How far it has come.
    pub fn state(&self) -> Result<Return> {
        Ok(match (self.state.as_str(), &self.settled_way) {
            (_, Some(_)) => Return::Settled,
            ("wanted", None) => Return::Wanted,
            ("pending", None) => Return::Pending,
            ("succeeded", None) => Return::Succeeded,
            ("failed", None) => Return::Failed,
            ("dropped", None) => Return::Dropped,
            (other, None) => return Err(Error::Bug(format!("state {other}"))),
        })
    }

    pub fn known(&self) -> Result<KnownRefund> {
        let settled = self.settled_way.as_deref().and_then(RefundWay::parse);
        Ok(KnownRefund {
            name: self.id.to_string(),
            amount: self.amount_minor,
            by_provider: self.way()? == RefundWay::Provider,
            state: self.state()?,
            settled_from: settled.unwrap_or(RefundWay::Bank).account(),
        })
    }
}

impl dispute::Model {
    pub fn state(&self) -> Result<DisputeState> {
        DisputeState::parse(&self.state).ok_or_else(|| Error::Bug(format!("state {}", self.state)))
    }

    pub fn known(&self) -> Result<KnownDispute> {
        Ok(KnownDispute {
            name: self.reference.clone(),
            state: self.state()?,
            opened: self.opened_minor,
            closed: self.closed_minor,
        })
    }
}

/// Everything that is known of a gift's money, with its locked row.
pub(crate) async fn known(tx: &Tx, row: &row::Model) -> Result<Known> {
    let refunds = refund::Entity::find()
        .filter(refund::Column::DonationId.eq(row.id))
        .order_by_asc(refund::Column::Id)
        .all(&**tx)
        .await?;
    let disputes = dispute::Entity::find()
        .filter(dispute::Column::DonationId.eq(row.id))
        .order_by_asc(dispute::Column::Reference)
        .all(&**tx)
        .await?;
    let method = row.method.as_deref().and_then(Method::parse);
    Ok(Known {
        captured: row.captured_minor,
        source: method.map_or(RefundWay::Provider, RefundWay::of).account(),
        late: row.late == 1,
        authorised: row.authorised_at.is_some(),
        failed: row.failed_at.is_some(),
        expired: row.expired_at.is_some(),
        refunds: refunds.iter().map(refund::Model::known).collect::<Result<_>>()?,
        disputes: disputes.iter().map(dispute::Model::known).collect::<Result<_>>()?,
    })
}

/// Keeps a payment from others until the transaction ends, and gives the gift that it belongs to. It is the first lock of
/// all, so that what is told of a payment before its gift is found by whoever learns of the gift.
pub(crate) async fn lock_payment(tx: &Tx, reference: &str) -> Result<Option<DonationId>> {
    let row = payment::ActiveModel {
        reference: Set(reference.to_owned()),
        donation_id: Set(None),
    };
    payment::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    let found = payment::Entity::find_by_id(reference)
        .lock(LockType::Update)
        .one(&**tx)
        .await?;
    Ok(found.and_then(|row| row.donation_id))
}

pub(crate) async fn payment_of(db: &impl ConnectionTrait, donation: DonationId) -> Result<Option<String>> {
    let found = payment::Entity::find()
        .filter(payment::Column::DonationId.eq(donation))
        .one(db)
        .await?;
    Ok(found.map(|row| row.reference))
}

/// Says to which gift a payment belongs, and gives the gift what was told of the payment before.
pub(crate) async fn link(tx: &Tx, reference: &str, donation: DonationId) -> std::result::Result<(), DbErr> {
    payment::Entity::update_many()
        .col_expr(payment::Column::DonationId, Expr::value(donation))
        .filter(payment::Column::Reference.eq(reference))
        .exec(&**tx)
        .await?;
    refund::Entity::update_many()
        .col_expr(refund::Column::DonationId, Expr::value(donation))
        .filter(refund::Column::Payment.eq(reference))
        .filter(refund::Column::DonationId.is_null())
        .exec(&**tx)
        .await?;
    dispute::Entity::update_many()
        .col_expr(dispute::Column::DonationId, Expr::value(donation))
        .filter(dispute::Column::Payment.eq(reference))
        .filter(dispute::Column::DonationId.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn find_refund(db: &impl ConnectionTrait, id: RefundId) -> Result<Option<refund::Model>> {
    Ok(refund::Entity::find_by_id(id).one(db).await?)
}

pub(crate) async fn find_refund_by_reference(tx: &Tx, reference: &str) -> Result<Option<refund::Model>> {
    Ok(refund::Entity::find()
        .filter(refund::Column::Reference.eq(reference))
        .one(&**tx)
        .await?)
}

pub(crate) async fn insert_refund(tx: &Tx, row: refund::ActiveModel) -> Result<()> {
    refund::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

pub(crate) async fn change_refund(tx: &Tx, id: RefundId, after: refund::ActiveModel) -> Result<()> {
    refund::Entity::update_many()
        .set(after)
        .filter(refund::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// What goes back of a gift in all, in cents, whether it has arrived or not.
pub(crate) async fn sum_of_refunds(tx: &Tx, donation: DonationId) -> Result<i64> {
    let refunds = refund::Entity::find()
        .filter(refund::Column::DonationId.eq(donation))
        .filter(refund::Column::State.ne("dropped"))
        .all(&**tx)
        .await?;
    Ok(refunds.iter().map(|refund| refund.amount_minor).sum())
}

/// What of a campaign's counted gifts is to go back by the provider and was not sent yet, in cents: in the books it is still
/// the campaign's, and nobody may be paid from it.
pub(crate) async fn leaving(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<i64> {
    let counted = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::Column::CampaignId.eq(campaign))
        .filter(row::Column::Counted.eq(1))
        .into_query();
    let query = refund::Entity::find()
        .filter(refund::Column::DonationId.in_subquery(counted))
        .filter(refund::Column::State.eq("wanted"))
        .filter(refund::Column::Way.eq(RefundWay::Provider.as_str()));
    super::sum(query, Expr::col(refund::Column::AmountMinor), db).await
}

/// Lets go of refunds that were not made yet, when the donor's bank took the money.
pub(crate) async fn drop_wanted(tx: &Tx, donation: DonationId) -> Result<()> {
    refund::Entity::update_many()
        .col_expr(refund::Column::State, SimpleExpr::from("dropped"))
        .filter(refund::Column::DonationId.eq(donation))
        .filter(refund::Column::State.eq("wanted"))
        .filter(refund::Column::Way.eq(RefundWay::Provider.as_str()))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Lets go of refunds that failed, when nothing of the gift is here any more.
pub(crate) async fn drop_failed(tx: &Tx, donation: DonationId) -> Result<()> {
    refund::Entity::update_many()
        .col_expr(refund::Column::State, SimpleExpr::from("dropped"))
        .filter(refund::Column::DonationId.eq(donation))
        .filter(refund::Column::State.eq("failed"))
        .filter(refund::Column::SettledWay.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// All that goes or went back of a gift, in the order in which it was wanted.
pub(crate) async fn refunds_of(db: &impl ConnectionTrait, donation: DonationId) -> Result<Vec<refund::Model>> {
    Ok(refund::Entity::find()
        .filter(refund::Column::DonationId.eq(donation))
        .order_by_asc(refund::Column::WantedAt)
        .order_by_asc(refund::Column::Id)
        .limit(REFUNDS_SHOWN)
        .all(db)
        .await?)
}

/// One page of what a person must pay and one row more, longest wanted first.
pub(crate) async fn owed(db: &impl ConnectionTrait, paging: Paging) -> Result<Vec<refund::Model>> {
    use refund::Column as C;
    let by_hand = C::State.eq("wanted").and(C::Way.ne(RefundWay::Provider.as_str()));
    let mut query = refund::Entity::find()
        .filter(Condition::any().add(C::State.eq("failed")).add(by_hand))
        .filter(C::SettledWay.is_null())
        .filter(C::DonationId.is_not_null());
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::WantedAt, C::Id, &Order::Asc, cursor));
    }
    Ok(query
        .order_by_asc(C::WantedAt)
        .order_by_asc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// Refunds that the provider is to make now, after one of them.
pub(crate) async fn due_refunds(
    db: &impl ConnectionTrait,
    now: Timestamp,
    after: Option<RefundId>,
) -> Result<Vec<refund::Model>> {
    use refund::Column as C;
    let mut query = refund::Entity::find()
        .filter(C::State.eq("wanted"))
        .filter(C::Way.eq(RefundWay::Provider.as_str()))
        .filter(C::DueAt.lte(now));
    if let Some(after) = after {
        query = query.filter(C::Id.gt(after));
    }
    Ok(query.order_by_asc(C::Id).limit(MONEY_TURN).all(db).await?)
}

pub(crate) async fn find_dispute(tx: &Tx, reference: &str) -> Result<Option<dispute::Model>> {
    Ok(dispute::Entity::find_by_id(reference).one(&**tx).await?)
}

/// Keeps what is known of a dispute.
pub(crate) async fn keep_dispute(tx: &Tx, row: dispute::ActiveModel) -> Result<()> {
    use dispute::Column as C;
    let anew = OnConflict::column(C::Reference)
        .update_columns([C::State, C::OpenedMinor, C::ClosedMinor, C::LastAt])
        .to_owned();
    dispute::Entity::insert(row)
        .on_conflict(anew)
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

/// Keeps a fee; whether it was not known.
pub(crate) async fn insert_fee(tx: &Tx, row: fee::ActiveModel) -> Result<bool> {
    let inserted = fee::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(inserted == 1)
}
