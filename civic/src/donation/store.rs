//! The gifts' own table: with `store/*` the only SQL of this noun. `money` holds what is known of payments, refunds,
//! disputes and fees.
//!
//! Rule: everything that is locked is locked in one order: payment, pot, campaign, gift, and the books last.

pub(crate) mod desk;
pub(crate) mod money;
mod turn;

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Func, LockType, OnConflict, Order};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{DonationFacts, DonationState, Way};
use crate::campaign::store as campaigns;
use crate::db::{Tx, past};
use crate::error::{Code, Error, Result};
use crate::id::{CampaignId, DonationId, MemberId, PotId, RewardId};
use crate::limits::DONOR_LINKS_MAX;
use crate::match_rule::MatchRule;
use crate::money::Money;
use crate::page::Paging;
use crate::time::Timestamp;

pub(crate) use turn::{arrived, overdue, receipt_due, set_receipt_due, to_return, unanswered, under_way, wait_longer};

pub(crate) mod row {
    use super::{CampaignId, DonationId, MemberId, RewardId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "donation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DonationId,
        pub public_id: String,
        pub campaign_id: CampaignId,
        pub member_id: Option<MemberId>,
        pub email: Option<String>,
        pub donor_key: String,
        pub fingerprint: Option<String>,
        pub client_key: String,
        pub content_hash: String,
        pub amount_minor: i64,
        pub way: String,
        pub method: Option<String>,
        pub reward_id: Option<RewardId>,
        pub reward_kept: i64,
        pub name_shown: Option<String>,
        pub message: Option<String>,
        pub language: String,
        pub insider: i64,
        pub reference_code: Option<String>,
        pub state: String,
        pub version: i64,
        pub promised_at: Timestamp,
        pub expires_at: Timestamp,
        pub asked_at: Option<Timestamp>,
        pub session: Option<String>,
        pub session_url: Option<String>,
        pub authorised_at: Option<Timestamp>,
        pub failed_at: Option<Timestamp>,
        pub expired_at: Option<Timestamp>,
        pub confirmed_at: Option<Timestamp>,
        pub learnt_at: Option<Timestamp>,
        pub late: i64,
        pub counted: i64,
        pub captured_minor: i64,
        pub refunded_minor: i64,
        pub left_minor: i64,
        pub base_minor: i64,
        pub quoted_minor: i64,
        pub receipt_due_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod hold {
    use super::{CampaignId, DonationId, PotId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "match_hold")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub donation_id: DonationId,
        pub pot_id: PotId,
        pub campaign_id: CampaignId,
        pub donor_key: String,
        pub gift_minor: i64,
        pub base_minor: i64,
        pub held_minor: i64,
        pub ended_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl row::Model {
    /// The state; the named check of the table keeps it one of ours.
    pub fn state(&self) -> Result<DonationState> {
        DonationState::parse(&self.state).ok_or_else(|| Error::Bug(format!("state {}", self.state)))
    }

    pub fn way(&self) -> Result<Way> {
        Way::parse(&self.way).ok_or_else(|| Error::Bug(format!("way {}", self.way)))
    }

    pub fn facts(&self, campaign: &campaigns::row::Model, proven: bool) -> DonationFacts {
        DonationFacts {
            id: self.id,
            campaign: self.campaign_id,
            call: campaign.call_id,
            promoter: campaign.author_id,
            donor: self.member_id,
            proven,
        }
    }
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: DonationId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(id).one(db).await?)
}

pub(crate) async fn find_by_client_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::ClientKey.eq(key))
        .one(db)
        .await?)
}

pub(crate) async fn find_by_reference_code(db: &impl ConnectionTrait, code: &str) -> Result<Option<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::ReferenceCode.eq(code))
        .one(db)
        .await?)
}

/// The gifts that any of these references names.
pub(crate) async fn find_by_reference_codes(db: &impl ConnectionTrait, codes: &[String]) -> Result<Vec<row::Model>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let among = row::Column::ReferenceCode.is_in(codes.iter().map(String::as_str));
    Ok(row::Entity::find().filter(among).all(db).await?)
}

/// The gifts of one donor to one campaign that say the same as this one and have a page, other than it.
pub(crate) async fn twins(db: &impl ConnectionTrait, of: &row::Model, limit: u64) -> Result<Vec<row::Model>> {
    use row::Column as C;
    Ok(row::Entity::find()
        .filter(C::CampaignId.eq(of.campaign_id))
        .filter(C::DonorKey.eq(&of.donor_key))
        .filter(C::ContentHash.eq(&of.content_hash))
        .filter(C::State.eq(DonationState::Promised.as_str()))
        .filter(C::Session.is_not_null())
        .filter(C::Id.ne(of.id))
        .order_by_asc(C::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// Reads one and keeps it from others until the transaction ends; its campaign is locked before.
pub(crate) async fn lock(tx: &Tx, id: DonationId) -> Result<row::Model> {
    row::Entity::find_by_id(id)
        .lock(LockType::Update)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)
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

/// Whether a gift to the campaign may still come to count.
pub(crate) async fn any_pending(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<bool> {
    let states = [DonationState::Promised, DonationState::Authorised].map(DonationState::as_str);
    let found = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::Column::CampaignId.eq(campaign))
        .filter(row::Column::State.is_in(states))
        .limit(1)
        .into_tuple::<DonationId>()
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Marks the gifts that the outcome counts; from `now` on they wait for their receipts.
pub(crate) async fn mark_counted(tx: &Tx, campaign: CampaignId, now: Timestamp) -> Result<()> {
    use row::Column as C;
    row::Entity::update_many()
        .col_expr(C::Counted, 1.into())
        .col_expr(C::ReceiptDueAt, now.ms().into())
        .filter(C::CampaignId.eq(campaign))
        .filter(C::State.eq(DonationState::Confirmed.as_str()))
        .filter(C::Late.eq(0))
        .exec(&**tx)
        .await?;
    Ok(())
}

async fn sum(query: sea_orm::Select<impl EntityTrait>, of: Expr, db: &impl ConnectionTrait) -> Result<i64> {
    // PostgreSQL sums whole numbers to a kind of its own; the cast makes it one again.
    let sum = Func::cast_as(Func::coalesce([of.sum(), Expr::val(0)]), Alias::new("BIGINT"));
    let sum: Option<i64> = query.select_only().expr(sum).into_tuple().one(db).await?;
    Ok(sum.unwrap_or(0))
}

/// What is promised to a campaign and not there yet, in cents.
pub(crate) async fn expected(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<i64> {
    let states = [DonationState::Promised, DonationState::Authorised].map(DonationState::as_str);
    let query = row::Entity::find()
        .filter(row::Column::CampaignId.eq(campaign))
        .filter(row::Column::State.is_in(states));
    sum(query, Expr::col(row::Column::AmountMinor), db).await
}

/// All gifts of one donor to a campaign, by who they are and by what they paid with: of each the gift and its base.
pub(crate) async fn of_donor(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    donor_key: &str,
    fingerprint: Option<&str>,
) -> Result<Vec<(DonationId, i64)>> {
    use row::Column as C;
    let mut keys = vec![donor_key.to_owned()];
    let mut prints: Vec<String> = fingerprint.map(ToOwned::to_owned).into_iter().collect();
    let mut known = 0;
    for _ in 0..DONOR_LINKS_MAX {
        let who = Condition::any()
            .add(C::DonorKey.is_in(&keys))
            .add(C::Fingerprint.is_in(&prints));
        let found: Vec<(DonationId, String, Option<String>, i64)> = row::Entity::find()
            .select_only()
            .columns([C::Id, C::DonorKey, C::Fingerprint, C::BaseMinor])
            .filter(C::CampaignId.eq(campaign))
            .filter(who)
            .into_tuple()
            .all(db)
            .await?;
        keys.extend(found.iter().map(|(_, key, _, _)| key.clone()));
        prints.extend(found.iter().filter_map(|(_, _, print, _)| print.clone()));
        keys.sort_unstable();
        keys.dedup();
        prints.sort_unstable();
        prints.dedup();
        if keys.len() + prints.len() == known {
            return Ok(found.into_iter().map(|(id, _, _, base)| (id, base)).collect());
        }
        known = keys.len() + prints.len();
    }
    Err(Error::Bug(format!("a donor to {campaign} has too many cards")))
}

/// Keeps match for a quote, unless the donor has one kept already; whether it is kept.
pub(crate) async fn insert_hold(tx: &Tx, row: hold::ActiveModel) -> Result<bool> {
    let inserted = hold::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(inserted == 1)
}

/// What is kept for quotes, live ones alone.
pub(crate) async fn live_hold(db: &impl ConnectionTrait, donation: DonationId) -> Result<Option<hold::Model>> {
    Ok(hold::Entity::find_by_id(donation)
        .filter(hold::Column::EndedAt.is_null())
        .one(db)
        .await?)
}

/// What stands beside a gift that is to be quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Others {
    /// The gifts with live quotes to the campaign, in cents.
    pub promised: i64,
    /// Their bases.
    pub base: i64,
    /// The bases that are the same donor's, quoted or confirmed.
    pub donor_base: i64,
    /// What the pot keeps for all quotes.
    pub held: i64,
    /// Whether the donor has a live quote in the pot.
    pub has_hold: bool,
}

pub(crate) async fn others(db: &impl ConnectionTrait, to: &campaigns::row::Model, donor_key: &str) -> Result<Others> {
    let Some(pot) = to.pot_id else {
        return Ok(Others::default());
    };
    let holds = live_holds(db, to.id).await?;
    let own = of_donor(db, to.id, donor_key, None).await?;
    let own_holds = holds.iter().filter(|hold| hold.donor_key == donor_key);
    Ok(Others {
        promised: holds.iter().map(|hold| hold.gift_minor).sum(),
        base: holds.iter().map(|hold| hold.base_minor).sum(),
        donor_base: own
            .iter()
            .map(|(_, base)| base)
            .chain(own_holds.map(|hold| &hold.base_minor))
            .sum(),
        held: held_in_pot(db, pot).await?,
        has_hold: has_hold(db, pot, donor_key).await?,
    })
}

/// Whether the donor has a live quote in this pot.
async fn has_hold(db: &impl ConnectionTrait, pot: PotId, donor_key: &str) -> Result<bool> {
    let found = hold::Entity::find()
        .filter(hold::Column::PotId.eq(pot))
        .filter(hold::Column::DonorKey.eq(donor_key))
        .filter(hold::Column::EndedAt.is_null())
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// The live quotes of a campaign.
async fn live_holds(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Vec<hold::Model>> {
    Ok(hold::Entity::find()
        .filter(hold::Column::CampaignId.eq(campaign))
        .filter(hold::Column::EndedAt.is_null())
        .all(db)
        .await?)
}

/// What a pot keeps for all quotes, in cents.
async fn held_in_pot(db: &impl ConnectionTrait, pot: PotId) -> Result<i64> {
    let query = hold::Entity::find()
        .filter(hold::Column::PotId.eq(pot))
        .filter(hold::Column::EndedAt.is_null());
    sum(query, Expr::col(hold::Column::HeldMinor), db).await
}

/// What is kept for the quotes of a campaign, in cents.
pub(crate) async fn held_for_quotes(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<i64> {
    let holds = live_holds(db, campaign).await?;
    Ok(holds.iter().map(|hold| hold.held_minor).sum())
}

/// What is kept for the disputes of a campaign, in cents: what its gifts would bring with those in dispute, less what they
/// bring without.
pub(crate) fn held_for_disputes(row: &campaigns::row::Model) -> Result<i64> {
    let Some(MatchRule::PerDonation(rule)) = row.rule()? else {
        return Ok(0);
    };
    let all = rule.matched(Money::eur(row.base_minor + row.base_held_minor));
    Ok(all.minor() - rule.matched(Money::eur(row.base_minor)).minor())
}

/// Ends the live quote of one gift.
pub(crate) async fn end_hold(tx: &Tx, donation: DonationId, now: Timestamp) -> Result<()> {
    hold::Entity::update_many()
        .col_expr(hold::Column::EndedAt, now.ms().into())
        .filter(hold::Column::DonationId.eq(donation))
        .filter(hold::Column::EndedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Ends all live quotes of a campaign.
pub(crate) async fn end_holds(tx: &Tx, campaign: CampaignId, now: Timestamp) -> Result<()> {
    hold::Entity::update_many()
        .col_expr(hold::Column::EndedAt, now.ms().into())
        .filter(hold::Column::CampaignId.eq(campaign))
        .filter(hold::Column::EndedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// How a list of gifts is cut.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Listed {
    /// Those of a member, last promised first.
    OfMember(MemberId),
    /// Those whose money is there, last confirmed first: the public books.
    Public(CampaignId),
    /// All of a campaign, last promised first.
    OfCampaign(CampaignId),
}

/// One page of gifts and one row more.
pub(crate) async fn list(db: &impl ConnectionTrait, which: Listed, paging: Paging) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let (mut query, key) = match which {
        Listed::OfMember(member) => (row::Entity::find().filter(C::MemberId.eq(member)), C::PromisedAt),
        Listed::OfCampaign(campaign) => (row::Entity::find().filter(C::CampaignId.eq(campaign)), C::PromisedAt),
        Listed::Public(campaign) => {
            let shown = row::Entity::find()
                .filter(C::CampaignId.eq(campaign))
                .filter(C::State.eq(DonationState::Confirmed.as_str()))
                .filter(C::Late.eq(0));
            (shown, C::ConfirmedAt)
        }
    };
    if let Some(cursor) = paging.after {
        query = query.filter(past(key, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(key)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// The ids under which everybody sees these gifts.
pub(crate) async fn public_ids(db: &impl ConnectionTrait, ids: &[DonationId]) -> Result<HashMap<DonationId, String>> {
    use row::Column as C;
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(DonationId, String)> = row::Entity::find()
        .select_only()
        .columns([C::Id, C::PublicId])
        .filter(C::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}
