//! The campaigns' tables: the only SQL of this noun.
//!
//! Rule: whoever moves money of a campaign, or counts on its state, locks its row first, after its pot and before its
//! gifts. A state changes by compare-and-set.

use sea_orm::sea_query::{Expr, ExprTrait, LockType, NullOrdering, Order, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::paper::Paper;
use super::{CampaignFacts, CampaignState, CampaignStep, NewReward, Unit};
use crate::call::store::{json, to_json};
use crate::db::{Tx, past};
use crate::error::{Code, Error, Result};
use crate::id::{ApplicationId, CallId, CampaignId, CampaignUpdateId, MemberId, PotId, RewardId};
use crate::language::Lang;
use crate::limits::{MONEY_TURN, REWARDS_PER_CAMPAIGN};
use crate::match_rule::MatchRule;
use crate::money::Money;
use crate::page::Paging;
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{ApplicationId, CallId, CampaignId, MemberId, PotId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "campaign")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CampaignId,
        pub application_id: Option<ApplicationId>,
        pub call_id: Option<CallId>,
        pub pot_id: Option<PotId>,
        pub rule: Option<String>,
        pub grace_days: i64,
        pub author_id: MemberId,
        pub state: String,
        pub version: i64,
        pub title: String,
        pub summary: String,
        pub story: String,
        pub lang: String,
        pub cost_minor: i64,
        pub cost_lines: String,
        pub needs: String,
        pub team: String,
        pub unit_label: Option<String>,
        pub unit_minor: Option<i64>,
        pub target_minor: i64,
        pub created_at: Timestamp,
        pub submitted_at: Option<Timestamp>,
        pub sent_back_reason: Option<String>,
        pub reviewed_by: Option<MemberId>,
        pub scheduled_at: Option<Timestamp>,
        pub opens_at: Option<Timestamp>,
        pub ends_at: Option<Timestamp>,
        pub grace_ends_at: Option<Timestamp>,
        pub extension_reason: Option<String>,
        pub raised_minor: i64,
        pub towards_minor: i64,
        pub gifts: i64,
        pub base_minor: i64,
        pub base_held_minor: i64,
        pub reserved_minor: i64,
        pub outcome_at: Option<Timestamp>,
        pub granted_minor: Option<i64>,
        pub cancel_reason: Option<String>,
        pub agree_by: Option<Timestamp>,
        pub agreement: Option<String>,
        pub agreed_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod reward {
    use super::{CampaignId, RewardId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reward")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RewardId,
        pub campaign_id: CampaignId,
        pub position: i64,
        pub title: String,
        pub description: String,
        pub amount_minor: i64,
        pub stock: Option<i64>,
        pub taken: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod update {
    use super::{CampaignId, CampaignUpdateId, MemberId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "campaign_update")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CampaignUpdateId,
        pub campaign_id: CampaignId,
        pub author_id: MemberId,
        pub title: String,
        pub body: String,
        pub lang: String,
        pub published_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl row::Model {
    /// The state; the named check of the table keeps it one of ours.
    pub fn state(&self) -> Result<CampaignState> {
        CampaignState::parse(&self.state).ok_or_else(|| Error::Bug(format!("state {}", self.state)))
    }

    /// The state that it has at `now`: what the worker is about to open or end is open or ended.
    pub fn state_at(&self, now: Timestamp) -> Result<CampaignState> {
        let opened = self.opens_at.is_some_and(|at| at <= now);
        let ended = self.ends_at.is_some_and(|at| at <= now);
        Ok(match self.state()? {
            CampaignState::Scheduled | CampaignState::Open if ended => CampaignState::WaitingForFunds,
            CampaignState::Scheduled if opened => CampaignState::Open,
            state => state,
        })
    }

    pub fn facts(&self) -> Result<CampaignFacts> {
        Ok(CampaignFacts {
            id: self.id,
            call: self.call_id,
            author: self.author_id,
            draft: self.state()? == CampaignState::Draft,
            public: self.scheduled_at.is_some(),
        })
    }

    /// What the city adds; nothing to a fund.
    pub fn rule(&self) -> Result<Option<MatchRule>> {
        self.rule.as_deref().map(MatchRule::parse).transpose()
    }

    /// What it says.
    pub fn paper(&self) -> Result<Paper> {
        let unit = self.unit_label.clone().zip(self.unit_minor);
        Ok(Paper {
            title: self.title.clone(),
            summary: self.summary.clone(),
            story: self.story.clone(),
            lang: Lang::parse(&self.lang).unwrap_or_else(Lang::italian),
            cost_lines: json(&self.cost_lines)?,
            needs: json(&self.needs)?,
            team: json(&self.team)?,
            unit: unit.map(|(label, minor)| Unit {
                label,
                price: Money::eur(minor),
            }),
        })
    }

    /// The change that a step makes.
    pub fn moved(&self, step: CampaignStep) -> Result<row::ActiveModel> {
        Ok(row::ActiveModel {
            state: Set(self.state()?.after(step)?.as_str().to_owned()),
            version: Set(self.version + 1),
            ..Default::default()
        })
    }
}

/// The columns of what it says.
pub(crate) fn written(paper: &Paper) -> Result<row::ActiveModel> {
    Ok(row::ActiveModel {
        title: Set(paper.title.clone()),
        summary: Set(paper.summary.clone()),
        story: Set(paper.story.clone()),
        lang: Set(paper.lang.code().to_owned()),
        cost_minor: Set(paper.cost().minor()),
        cost_lines: Set(to_json(&paper.cost_lines)?),
        needs: Set(to_json(&paper.needs)?),
        team: Set(to_json(&paper.team)?),
        unit_label: Set(paper.unit.as_ref().map(|unit| unit.label.clone())),
        unit_minor: Set(paper.unit.as_ref().map(|unit| unit.price.minor())),
        ..Default::default()
    })
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: CampaignId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(id).one(db).await?)
}

/// The campaign that was made of an application.
pub(crate) async fn of_application(
    db: &impl ConnectionTrait,
    application: ApplicationId,
) -> Result<Option<row::Model>> {
    let of = row::Column::ApplicationId.eq(application);
    Ok(row::Entity::find().filter(of).one(db).await?)
}

/// The campaigns that take gifts at `now`, those that end soonest in front and funds last.
pub(crate) async fn open(db: &impl ConnectionTrait, now: Timestamp, limit: u64) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let running = [CampaignState::Scheduled.as_str(), CampaignState::Open.as_str()];
    let not_over = Condition::any().add(C::EndsAt.is_null()).add(C::EndsAt.gt(now));
    Ok(row::Entity::find()
        .filter(C::State.is_in(running))
        .filter(C::OpensAt.lte(now))
        .filter(not_over)
        .order_by_with_nulls(C::EndsAt, Order::Asc, NullOrdering::Last)
        .order_by_asc(C::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// The campaigns in these states, for asking about what is theirs.
pub(crate) fn in_states(states: &[CampaignState]) -> SelectStatement {
    Query::select()
        .column(row::Column::Id)
        .from(row::Entity)
        .and_where(Expr::col(row::Column::State).is_in(states.iter().map(|state| state.as_str())))
        .to_owned()
}

pub(crate) async fn find_many(db: &impl ConnectionTrait, ids: &[CampaignId]) -> Result<Vec<row::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let among = row::Column::Id.is_in(ids.iter().copied());
    Ok(row::Entity::find().filter(among).all(db).await?)
}

/// Reads one and keeps it from others until the transaction ends; its pot is locked before, its gifts after.
pub(crate) async fn lock(tx: &Tx, id: CampaignId) -> Result<row::Model> {
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

/// Replaces the rewards of a campaign that has no gifts yet.
pub(crate) async fn set_rewards(tx: &Tx, campaign: CampaignId, rewards: &[(RewardId, NewReward)]) -> Result<()> {
    reward::Entity::delete_many()
        .filter(reward::Column::CampaignId.eq(campaign))
        .exec(&**tx)
        .await?;
    let rows = rewards
        .iter()
        .zip(1..)
        .map(|((id, new), position)| reward::ActiveModel {
            id: Set(*id),
            campaign_id: Set(campaign),
            position: Set(position),
            title: Set(new.title.clone()),
            description: Set(new.description.clone()),
            amount_minor: Set(new.amount.minor()),
            stock: Set(new.stock),
            taken: Set(0),
        });
    if !rewards.is_empty() {
        reward::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

pub(crate) async fn rewards(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Vec<reward::Model>> {
    Ok(reward::Entity::find()
        .filter(reward::Column::CampaignId.eq(campaign))
        .order_by_asc(reward::Column::Position)
        .limit(REWARDS_PER_CAMPAIGN as u64)
        .all(db)
        .await?)
}

pub(crate) async fn find_reward(db: &impl ConnectionTrait, id: RewardId) -> Result<Option<reward::Model>> {
    Ok(reward::Entity::find_by_id(id).one(db).await?)
}

/// Takes one of a reward; whether there was one. The check of the table stands behind it.
pub(crate) async fn take_reward(tx: &Tx, id: RewardId) -> Result<bool> {
    use reward::Column as C;
    let some_left = Condition::any()
        .add(C::Stock.is_null())
        .add(Expr::col(C::Taken).lt(Expr::col(C::Stock)));
    let done = reward::Entity::update_many()
        .col_expr(C::Taken, Expr::col(C::Taken).add(1))
        .filter(C::Id.eq(id))
        .filter(some_left)
        .exec(&**tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Gives one of a reward back.
pub(crate) async fn return_reward(tx: &Tx, id: RewardId) -> Result<()> {
    use reward::Column as C;
    reward::Entity::update_many()
        .col_expr(C::Taken, Expr::col(C::Taken).sub(1))
        .filter(C::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn insert_update(tx: &Tx, row: update::ActiveModel) -> Result<()> {
    update::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

pub(crate) async fn count_updates(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<u64> {
    let of = update::Column::CampaignId.eq(campaign);
    Ok(update::Entity::find().filter(of).count(db).await?)
}

/// One page of a campaign's news and one row more, newest first.
pub(crate) async fn updates(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    paging: Paging,
) -> Result<Vec<update::Model>> {
    use update::Column as C;
    let mut query = update::Entity::find().filter(C::CampaignId.eq(campaign));
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::PublishedAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::PublishedAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// How a list of campaigns is cut.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Listed {
    /// Those that everybody may know of, of one call or of all, those that open last in front.
    Public(Option<CallId>),
    /// Those of their promoter, last begun first.
    OfAuthor(MemberId),
    /// Those of a call that the office reviews, last begun first.
    ToReview(CallId),
}

/// One page of campaigns and one row more.
pub(crate) async fn list(db: &impl ConnectionTrait, which: Listed, paging: Paging) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let (mut query, key) = match which {
        Listed::Public(call) => {
            let public = row::Entity::find().filter(C::ScheduledAt.is_not_null());
            let of_call = call.map(|call| C::CallId.eq(call));
            (of_call.into_iter().fold(public, QueryFilter::filter), C::OpensAt)
        }
        Listed::OfAuthor(author) => (row::Entity::find().filter(C::AuthorId.eq(author)), C::CreatedAt),
        Listed::ToReview(call) => {
            let waiting = C::State.eq(CampaignState::InReview.as_str());
            (
                row::Entity::find().filter(C::CallId.eq(call)).filter(waiting),
                C::CreatedAt,
            )
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

/// One page of campaigns at risk and one row more, those that end first in front: open ones that end before `soon` and have
/// not reached their target, and those that wait for money that was promised.
pub(crate) async fn at_risk(db: &impl ConnectionTrait, soon: Timestamp, paging: Paging) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let short = Expr::col(C::TowardsMinor).lt(Expr::col(C::TargetMinor));
    let ending = Condition::all()
        .add(C::State.eq(CampaignState::Open.as_str()))
        .add(C::EndsAt.lte(soon))
        .add(short);
    let waiting = C::State.eq(CampaignState::WaitingForFunds.as_str());
    let mut query = row::Entity::find().filter(Condition::any().add(ending).add(waiting));
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::EndsAt, C::Id, &Order::Asc, cursor));
    }
    Ok(query
        .order_by_asc(C::EndsAt)
        .order_by_asc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// What the worker has to do with campaigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Their round has begun.
    Opening,
    /// Their deadline has passed.
    Ending,
    /// They wait for their outcome.
    Outcome,
    /// The date of their agreement has passed.
    Lapsing,
}

/// Campaigns for which something is due at `now`, after one of them.
pub(crate) async fn due(
    db: &impl ConnectionTrait,
    what: Due,
    now: Timestamp,
    after: Option<CampaignId>,
) -> Result<Vec<CampaignId>> {
    use row::Column as C;
    let mut query = row::Entity::find().select_only().column(C::Id);
    let state = |state: CampaignState| C::State.eq(state.as_str());
    query = match what {
        Due::Opening => query
            .filter(state(CampaignState::Scheduled))
            .filter(C::OpensAt.lte(now)),
        Due::Ending => query.filter(state(CampaignState::Open)).filter(C::EndsAt.lte(now)),
        Due::Outcome => query.filter(state(CampaignState::WaitingForFunds)),
        Due::Lapsing => query.filter(state(CampaignState::Funded)).filter(C::AgreeBy.lte(now)),
    };
    if let Some(after) = after {
        query = query.filter(C::Id.gt(after));
    }
    Ok(query.order_by_asc(C::Id).limit(MONEY_TURN).into_tuple().all(db).await?)
}
