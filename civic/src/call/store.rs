//! The calls' tables: the only SQL of this noun.

use sea_orm::sea_query::{LockType, Order};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::de::DeserializeOwned;

use super::{CallFacts, CallState, Extension, NewCall};
use crate::db::{Tx, past};
use crate::error::{Code, Error, Result};
use crate::id::{CallId, ConsultationId, DistrictId, PotId};
use crate::language::Localised;
use crate::limits::DISTRICTS_PER_CONSULTATION;
use crate::match_rule::MatchRule;
use crate::money::Money;
use crate::page::Paging;
use crate::time::{Timestamp, Window};

pub(crate) mod row {
    use super::{CallId, ConsultationId, PotId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "call")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CallId,
        pub slug: String,
        pub state: String,
        pub title: String,
        pub summary: String,
        pub description: String,
        pub consultation_id: Option<ConsultationId>,
        pub opens_at: Timestamp,
        pub closes_at: Timestamp,
        pub legal_forms: String,
        pub cost_min_minor: i64,
        pub cost_max_minor: i64,
        pub criteria: String,
        pub min_score: i64,
        pub admitted_most: Option<i64>,
        pub reserve_most: Option<i64>,
        pub rounds: String,
        pub pot_id: PotId,
        pub pot_minor: i64,
        pub contributors: String,
        pub tranches: String,
        pub hold_back_ppm: i64,
        pub grace_days: i64,
        pub rule: String,
        pub rule_hash: String,
        pub extensions: String,
        pub version: i64,
        pub created_at: Timestamp,
        pub published_at: Option<Timestamp>,
        pub ranked_at: Option<Timestamp>,
        pub closed_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod place {
    use super::{CallId, DistrictId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "call_place")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub call_id: CallId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub district_id: DistrictId,
        pub side: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

const IN: &str = "in";
const OUT: &str = "out";

/// Reads what was stored as JSON.
pub(crate) fn json<T: DeserializeOwned>(stored: &str) -> Result<T> {
    serde_json::from_str(stored).map_err(|error| Error::Bug(error.to_string()))
}

/// Writes what is to be stored as JSON.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Bug(error.to_string()))
}

fn small(number: i64) -> Result<u32> {
    u32::try_from(number).map_err(|error| Error::Bug(error.to_string()))
}

impl row::Model {
    /// The state; the named check of the table keeps it one of ours.
    pub fn state(&self) -> Result<CallState> {
        CallState::parse(&self.state).ok_or_else(|| Error::Bug(format!("state {}", self.state)))
    }

    pub fn facts(&self) -> Result<CallFacts> {
        Ok(CallFacts {
            id: self.id,
            draft: self.state()? == CallState::Draft,
        })
    }

    /// When applications are taken.
    pub fn window(&self) -> Window {
        Window {
            start: self.opens_at,
            end: self.closes_at,
        }
    }

    /// How its window was extended, first to last.
    pub fn extensions(&self) -> Result<Vec<Extension>> {
        json(&self.extensions)
    }

    pub fn rule(&self) -> Result<MatchRule> {
        MatchRule::parse(&self.rule)
    }

    /// The terms, with the places that were read beside them.
    pub fn terms(&self, places: &[place::Model]) -> Result<NewCall> {
        let side = |side: &str| {
            let of = places
                .iter()
                .filter(|place| place.call_id == self.id && place.side == side);
            of.map(|place| place.district_id).collect()
        };
        Ok(NewCall {
            slug: self.slug.clone(),
            title: Localised::from_stored(&self.title),
            summary: Localised::from_stored(&self.summary),
            description: Localised::from_stored(&self.description),
            consultation: self.consultation_id,
            opens_at: self.opens_at,
            closes_at: self.closes_at,
            legal_forms: json(&self.legal_forms)?,
            cost_min: Money::eur(self.cost_min_minor),
            cost_max: Money::eur(self.cost_max_minor),
            places_in: side(IN),
            places_out: side(OUT),
            criteria: json(&self.criteria)?,
            min_score: self.min_score,
            admitted_most: self.admitted_most.map(small).transpose()?,
            reserve_most: self.reserve_most.map(small).transpose()?,
            rounds: json(&self.rounds)?,
            contributors: json(&self.contributors)?,
            tranches: json(&self.tranches)?,
            hold_back_ppm: small(self.hold_back_ppm)?,
            grace_days: small(self.grace_days)?,
            rule: self.rule()?,
        })
    }
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: CallId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(id).one(db).await?)
}

pub(crate) async fn find_by_slug(db: &impl ConnectionTrait, slug: &str) -> Result<Option<row::Model>> {
    Ok(row::Entity::find().filter(row::Column::Slug.eq(slug)).one(db).await?)
}

pub(crate) async fn find_many(db: &impl ConnectionTrait, ids: &[CallId]) -> Result<Vec<row::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(row::Entity::find()
        .filter(row::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?)
}

/// The calls whose pots these are.
pub(crate) async fn of_pots(db: &impl ConnectionTrait, pots: &[PotId]) -> Result<Vec<row::Model>> {
    if pots.is_empty() {
        return Ok(Vec::new());
    }
    let among = row::Column::PotId.is_in(pots.iter().copied());
    Ok(row::Entity::find().filter(among).all(db).await?)
}

/// Reads one and keeps it from others until the transaction ends; it is locked before its applications.
pub(crate) async fn lock(tx: &Tx, id: CallId) -> Result<row::Model> {
    row::Entity::find_by_id(id)
        .lock(LockType::Update)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)
}

pub(crate) async fn insert(tx: &Tx, row: row::ActiveModel) -> std::result::Result<(), sea_orm::DbErr> {
    row::Entity::insert(row).exec_without_returning(&**tx).await.map(|_| ())
}

/// Changes a call that still stands as it was read.
pub(crate) async fn change(
    tx: &Tx,
    before: &row::Model,
    after: row::ActiveModel,
) -> std::result::Result<u64, sea_orm::DbErr> {
    let done = row::Entity::update_many()
        .set(after)
        .filter(row::Column::Id.eq(before.id))
        .filter(row::Column::State.eq(&before.state))
        .filter(row::Column::Version.eq(before.version))
        .exec(&**tx)
        .await?;
    Ok(done.rows_affected)
}

/// `Conflict` when nothing was changed because it stood otherwise.
pub(crate) const fn one_changed(rows: u64) -> Result<()> {
    if rows == 1 {
        Ok(())
    } else {
        Err(Error::Conflict(Code::OutOfDate))
    }
}

/// Replaces the places in and out of a call.
pub(crate) async fn set_places(tx: &Tx, id: CallId, inside: &[DistrictId], outside: &[DistrictId]) -> Result<()> {
    place::Entity::delete_many()
        .filter(place::Column::CallId.eq(id))
        .exec(&**tx)
        .await?;
    let side = |side: &'static str| {
        move |district: &DistrictId| place::ActiveModel {
            call_id: Set(id),
            district_id: Set(*district),
            side: Set(side.to_owned()),
        }
    };
    let rows: Vec<_> = inside
        .iter()
        .map(side(IN))
        .chain(outside.iter().map(side(OUT)))
        .collect();
    if !rows.is_empty() {
        place::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

pub(crate) async fn places(db: &impl ConnectionTrait, ids: &[CallId]) -> Result<Vec<place::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(place::Entity::find()
        .filter(place::Column::CallId.is_in(ids.iter().copied()))
        .limit((ids.len() * 2 * DISTRICTS_PER_CONSULTATION) as u64)
        .all(db)
        .await?)
}

/// Calls, those that open last in front, one page and one row more; drafts only when asked for.
pub(crate) async fn list(db: &impl ConnectionTrait, drafts: bool, paging: Paging) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let draft = CallState::Draft.as_str();
    let mut query = row::Entity::find().filter(if drafts { C::State.eq(draft) } else { C::State.ne(draft) });
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::OpensAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::OpensAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}
