//! The tables of payouts, of the accounts they go to, and of the files for the bank: the only SQL of this noun.
//!
//! Rule: whoever changes a payout holds the lock of its campaign. The database itself refuses one person in both roles, two
//! payouts of a campaign under way, and a part paid twice.

use sea_orm::sea_query::{Expr, Order};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::{Left, PayoutState, PayoutStep, Standing};
use crate::call::{Tranche, store as calls};
use crate::campaign::CampaignState;
use crate::campaign::store::row as campaign;
use crate::db::{Tx, past};
use crate::donation::store::money as gifts;
use crate::error::{Code, Error, Result};
use crate::id::{BankAccountId, CampaignId, MemberId, PayoutFileId, PayoutId};
use crate::ledger::{Account, CampaignAccount, store as books};
use crate::limits::{PAYOUTS_PER_CAMPAIGN, PAYOUTS_PER_FILE};
use crate::money::{Money, WHOLE_PPM};
use crate::page::Paging;
use crate::report::store as reports;
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{BankAccountId, CampaignId, MemberId, PayoutFileId, PayoutId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payout")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PayoutId,
        pub campaign_id: CampaignId,
        pub part: i64,
        pub bank_account_id: BankAccountId,
        pub gifts_minor: i64,
        pub grant_minor: i64,
        pub state: String,
        pub version: i64,
        pub requested_by: MemberId,
        pub requested_at: Timestamp,
        pub decided_by: Option<MemberId>,
        pub decided_at: Option<Timestamp>,
        pub reason: Option<String>,
        pub file_id: Option<PayoutFileId>,
        pub sent_at: Option<Timestamp>,
        pub paid_at: Option<Timestamp>,
        pub returned_at: Option<Timestamp>,
        pub evidence: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod account {
    use super::{BankAccountId, CampaignId, MemberId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bank_account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BankAccountId,
        pub campaign_id: CampaignId,
        pub iban: String,
        pub holder: String,
        pub entered_by: MemberId,
        pub entered_at: Timestamp,
        pub verified_by: Option<MemberId>,
        pub verified_at: Option<Timestamp>,
        pub usable_at: Timestamp,
        pub replaced_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod file {
    use super::{MemberId, PayoutFileId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payout_file")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PayoutFileId,
        pub made_by: MemberId,
        pub made_at: Timestamp,
        pub payouts: i64,
        pub gifts_minor: i64,
        pub grant_minor: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl row::Model {
    /// The state; the named check of the table keeps it one of ours.
    pub fn state(&self) -> Result<PayoutState> {
        PayoutState::parse(&self.state).ok_or_else(|| Error::Bug(format!("state {}", self.state)))
    }

    /// The change that a step makes.
    pub fn moved(&self, step: PayoutStep) -> Result<row::ActiveModel> {
        use sea_orm::ActiveValue::Set;
        Ok(row::ActiveModel {
            state: Set(self.state()?.after(step)?.as_str().to_owned()),
            version: Set(self.version + 1),
            ..Default::default()
        })
    }
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: PayoutId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(id).one(db).await?)
}

pub(crate) async fn insert(tx: &Tx, row: row::ActiveModel) -> std::result::Result<(), sea_orm::DbErr> {
    row::Entity::insert(row).exec_without_returning(&**tx).await.map(|_| ())
}

/// Changes one that still stands as it was read.
pub(crate) async fn change(tx: &Tx, before: &row::Model, after: row::ActiveModel) -> Result<()> {
    let done = row::Entity::update_many()
        .set(after)
        .filter(row::Column::Id.eq(before.id))
        .filter(row::Column::State.eq(&before.state))
        .filter(row::Column::Version.eq(before.version))
        .exec(&**tx)
        .await?;
    if done.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Conflict(Code::OutOfDate))
    }
}

/// All payouts of a campaign, first requested first.
pub(crate) async fn of_campaign(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Vec<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::CampaignId.eq(campaign))
        .order_by_asc(row::Column::RequestedAt)
        .order_by_asc(row::Column::Id)
        .limit(PAYOUTS_PER_CAMPAIGN)
        .all(db)
        .await?)
}

pub(crate) async fn count(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<u64> {
    let of = row::Column::CampaignId.eq(campaign);
    Ok(row::Entity::find().filter(of).count(db).await?)
}

/// One page of all payouts, or of those in one state, last requested first, and one row more.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    state: Option<PayoutState>,
    paging: Paging,
) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let mut query = row::Entity::find();
    if let Some(state) = state {
        query = query.filter(C::State.eq(state.as_str()));
    }
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::RequestedAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::RequestedAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// The approved payouts whose account may be used at `now`.
fn usable(now: Timestamp) -> Select<row::Entity> {
    use account::Column as A;
    use row::Column as C;
    let accounts = account::Entity::find()
        .select_only()
        .column(A::Id)
        .filter(A::ReplacedAt.is_null())
        .filter(A::VerifiedAt.is_not_null())
        .filter(A::UsableAt.lte(now))
        .into_query();
    row::Entity::find()
        .filter(C::State.eq(PayoutState::Approved.as_str()))
        .filter(C::BankAccountId.in_subquery(accounts))
}

/// The approved payouts that can go into a file now, first requested first, as many as one file takes.
pub(crate) async fn ready(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<row::Model>> {
    Ok(usable(now)
        .order_by_asc(row::Column::RequestedAt)
        .order_by_asc(row::Column::Id)
        .limit(PAYOUTS_PER_FILE)
        .all(db)
        .await?)
}

/// That of one campaign; there is one under way at most.
pub(crate) async fn ready_of(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    now: Timestamp,
) -> Result<Option<row::Model>> {
    let of = row::Column::CampaignId.eq(campaign);
    Ok(usable(now).filter(of).one(db).await?)
}

pub(crate) async fn of_file(db: &impl ConnectionTrait, file: PayoutFileId) -> Result<Vec<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::FileId.eq(file))
        .order_by_asc(row::Column::Id)
        .limit(PAYOUTS_PER_FILE)
        .all(db)
        .await?)
}

/// The account of a campaign that is in use, verified or not.
pub(crate) async fn present_account(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Option<account::Model>> {
    use account::Column as C;
    Ok(account::Entity::find()
        .filter(C::CampaignId.eq(campaign))
        .filter(C::ReplacedAt.is_null())
        .one(db)
        .await?)
}

pub(crate) async fn accounts(db: &impl ConnectionTrait, ids: &[BankAccountId]) -> Result<Vec<account::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let among = account::Column::Id.is_in(ids.iter().copied());
    Ok(account::Entity::find().filter(among).all(db).await?)
}

/// Whether an account of the campaign was ever verified, so that another one is a change.
pub(crate) async fn had_account(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<bool> {
    use account::Column as C;
    let verified = account::Entity::find()
        .filter(C::CampaignId.eq(campaign))
        .filter(C::VerifiedAt.is_not_null());
    Ok(verified.count(db).await? > 0)
}

/// Puts an account in the place of the one before it.
pub(crate) async fn replace_account(
    tx: &Tx,
    campaign: CampaignId,
    new: account::ActiveModel,
    now: Timestamp,
) -> Result<()> {
    use account::Column as C;
    account::Entity::update_many()
        .col_expr(C::ReplacedAt, Expr::value(now))
        .filter(C::CampaignId.eq(campaign))
        .filter(C::ReplacedAt.is_null())
        .exec(&**tx)
        .await?;
    account::Entity::insert(new).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Notes who verified an account that nobody verified; whether there was one.
pub(crate) async fn verify_account(tx: &Tx, id: BankAccountId, by: MemberId, now: Timestamp) -> Result<bool> {
    use account::Column as C;
    let done = account::Entity::update_many()
        .col_expr(C::VerifiedBy, Expr::value(by))
        .col_expr(C::VerifiedAt, Expr::value(now))
        .filter(C::Id.eq(id))
        .filter(C::ReplacedAt.is_null())
        .filter(C::VerifiedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(done.rows_affected == 1)
}

pub(crate) async fn insert_file(tx: &Tx, row: file::ActiveModel) -> Result<()> {
    file::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

pub(crate) async fn find_file(db: &impl ConnectionTrait, id: PayoutFileId) -> Result<Option<file::Model>> {
    Ok(file::Entity::find_by_id(id).one(db).await?)
}

/// One page of files, last made first, and one row more.
pub(crate) async fn files(db: &impl ConnectionTrait, paging: Paging) -> Result<Vec<file::Model>> {
    use file::Column as C;
    let mut query = file::Entity::find();
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::MadeAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::MadeAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// One page of the campaigns of which something may still be paid, last fixed first, and one row more.
pub(crate) async fn payable(db: &impl ConnectionTrait, paging: Paging) -> Result<Vec<campaign::Model>> {
    use campaign::Column as C;
    let states = [
        CampaignState::Funded,
        CampaignState::Agreed,
        CampaignState::Settled,
        CampaignState::Reporting,
        CampaignState::Closed,
    ];
    let mut query = campaign::Entity::find()
        .filter(C::State.is_in(states.map(CampaignState::as_str)))
        .filter(C::OutcomeAt.is_not_null());
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::OutcomeAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::OutcomeAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// Where the money of a campaign stands; none while it has no outcome that pays, or no agreement.
pub(crate) async fn standing(db: &impl ConnectionTrait, campaign: &campaign::Model) -> Result<Option<Standing>> {
    let pays = matches!(
        campaign.state()?,
        CampaignState::Agreed | CampaignState::Settled | CampaignState::Reporting | CampaignState::Closed
    );
    let Some(outcome_at) = campaign.outcome_at.filter(|_| pays) else {
        return Ok(None);
    };
    let (tranches, hold_back_ppm) = terms(db, campaign).await?;
    let payouts = of_campaign(db, campaign.id).await?;
    let gone = |payout: &&row::Model| {
        let on_its_way = [PayoutState::Sent.as_str(), PayoutState::Paid.as_str()];
        on_its_way.contains(&payout.state.as_str())
    };
    let paid = |of: fn(&row::Model) -> i64| payouts.iter().filter(gone).map(of).sum::<i64>();
    let report = reports::find(db, campaign.id).await?;
    let fixed = report.as_ref().and_then(|report| report.final_minor);
    let granted = fixed.or(campaign.granted_minor).unwrap_or_default();
    let payable = Account::Campaign(campaign.id, CampaignAccount::Payable);
    let payable = books::find_account(db, payable)
        .await?
        .map_or(0, |row| row.balance_minor);
    let payable = (payable - gifts::leaving(db, campaign.id).await?).max(0);
    Ok(Some(Standing {
        tranches,
        hold_back_ppm,
        outcome_at,
        gifts: Left {
            unpaid: Money::eur(payable),
            paid: Money::eur(paid(|payout| payout.gifts_minor)),
        },
        grant: Left {
            unpaid: Money::eur((granted - paid(|payout| payout.grant_minor)).max(0)),
            paid: Money::eur(paid(|payout| payout.grant_minor)),
        },
        closed_at: report.and_then(|report| report.closed_at),
        under_way: payouts
            .iter()
            .any(|row| matches!(row.state(), Ok(PayoutState::Requested | PayoutState::Approved))),
        taken: payouts
            .iter()
            .filter(gone)
            .filter_map(|payout| u32::try_from(payout.part).ok())
            .collect(),
    }))
}

/// A fund has no call to say in which parts it is paid: it is paid in one.
async fn terms(db: &impl ConnectionTrait, campaign: &campaign::Model) -> Result<(Vec<Tranche>, u32)> {
    let Some(call) = campaign.call_id else {
        let whole = Tranche {
            share_ppm: WHOLE_PPM,
            days_after_outcome: 0,
        };
        return Ok((vec![whole], 0));
    };
    let call = calls::find(db, call).await?.ok_or(Error::NotFound)?;
    let hold_back_ppm = u32::try_from(call.hold_back_ppm).map_err(|error| Error::Bug(error.to_string()))?;
    Ok((calls::json(&call.tranches)?, hold_back_ppm))
}
