//! The proposals' tables: the only SQL of this noun.
//!
//! Rule: a state changes by compare-and-set, a count changes in the statement that knows why, and a list reads only the
//! columns it shows, in one statement.

use sea_orm::sea_query::{Cond, Expr, ExprTrait, Func, JoinType, LockType, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use super::read::{Filter, Sort};
use super::{Origin, Point, ProposalFacts, ProposalState, VersionKind};
use crate::consultation::read::Figures;
use crate::consultation::store as consultation;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::{ConsultationId, DecisionId, DistrictId, MemberId, ProposalId, ThemeId, TypedId};
use crate::member::store as member;
use crate::page::Paging;
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{ConsultationId, DecisionId, DistrictId, MemberId, ProposalId, ThemeId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "proposal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ProposalId,
        pub consultation_id: ConsultationId,
        pub author_id: Option<MemberId>,
        pub origin: String,
        pub state: String,
        pub hidden_by: Option<DecisionId>,
        pub title: String,
        pub body: String,
        pub excerpt: String,
        pub lang: String,
        pub theme_id: Option<ThemeId>,
        pub district_id: Option<DistrictId>,
        pub quarter_id: Option<DistrictId>,
        pub latitude_e6: Option<i64>,
        pub longitude_e6: Option<i64>,
        pub version: i64,
        pub shuffle: i64,
        pub tally_supports: i64,
        pub supports: i64,
        pub comments: i64,
        pub created_at: Timestamp,
        pub published_at: Option<Timestamp>,
        pub edited_at: Option<Timestamp>,
        pub withdrawn_at: Option<Timestamp>,
        pub withdraw_reason: Option<String>,
        pub answer: Option<String>,
        pub answer_lang: Option<String>,
        pub answered_at: Option<Timestamp>,
        pub reference: Option<String>,
        pub source: Option<String>,
        pub external_id: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod version {
    use super::{MemberId, ProposalId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "proposal_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub proposal_id: ProposalId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i64,
        pub kind: String,
        pub title: String,
        pub body: String,
        pub reason: String,
        pub editor_id: Option<MemberId>,
        pub written_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl row::Model {
    /// The state; the named check of the table keeps it one of ours.
    pub fn state(&self) -> Result<ProposalState> {
        ProposalState::parse(&self.state).ok_or_else(|| Error::Bug(format!("state {}", self.state)))
    }

    pub fn origin(&self) -> Result<Origin> {
        Origin::parse(&self.origin).ok_or_else(|| Error::Bug(format!("origin {}", self.origin)))
    }

    pub fn facts(&self) -> Result<ProposalFacts> {
        Ok(ProposalFacts {
            id: self.id,
            consultation: self.consultation_id,
            author: self.author_id,
            state: self.state()?,
            hidden: self.hidden_by.is_some(),
        })
    }

    /// Supports given here by members, without those that an import brought as a number.
    pub const fn own_supports(&self) -> i64 {
        self.supports - self.tally_supports
    }

    pub fn point(&self) -> Option<Point> {
        Some(Point {
            latitude_e6: self.latitude_e6?,
            longitude_e6: self.longitude_e6?,
        })
    }
}

/// Reads one and keeps it from others until the transaction ends.
pub(crate) async fn lock(tx: &Tx, id: ProposalId) -> Result<row::Model> {
    row::Entity::find_by_id(id)
        .lock(LockType::Update)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: ProposalId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(id).one(db).await?)
}

/// What permissions on each of `ids` depend on.
pub(crate) async fn facts_of(db: &impl ConnectionTrait, ids: &[ProposalId]) -> Result<Vec<ProposalFacts>> {
    use row::Column as C;
    let rows: Vec<(ProposalId, ConsultationId, Option<MemberId>, String, Option<DecisionId>)> = row::Entity::find()
        .select_only()
        .columns([C::Id, C::ConsultationId, C::AuthorId, C::State, C::HiddenBy])
        .filter(C::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(id, consultation, author, state, hidden)| {
            let state = ProposalState::parse(&state).ok_or_else(|| Error::Bug(format!("state {state}")))?;
            Ok(ProposalFacts {
                id,
                consultation,
                author,
                state,
                hidden: hidden.is_some(),
            })
        })
        .collect()
}

pub(crate) async fn insert(tx: &Tx, row: row::ActiveModel) -> Result<()> {
    row::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Changes the row when it still has this version and state.
pub(crate) async fn change(tx: &Tx, before: &row::Model, after: row::ActiveModel) -> Result<()> {
    let changed = row::Entity::update_many()
        .set(after)
        .filter(row::Column::Id.eq(before.id))
        .filter(row::Column::State.eq(&*before.state))
        .filter(row::Column::Version.eq(before.version))
        .exec(&**tx)
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Conflict(Code::OutOfDate))
    }
}

pub(crate) async fn delete_draft(tx: &Tx, id: ProposalId) -> Result<()> {
    row::Entity::delete_many()
        .filter(row::Column::Id.eq(id))
        .filter(row::Column::State.eq(ProposalState::Draft.as_str()))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Adds `by` to a count in the statement itself, so that parallel changes add up.
pub(crate) async fn add_to(tx: &Tx, id: ProposalId, count: row::Column, by: i64) -> Result<()> {
    row::Entity::update_many()
        .col_expr(count, Expr::col(count).add(by))
        .filter(row::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Puts or takes away the mark of having been hidden.
pub(crate) async fn mark_hidden(tx: &Tx, id: ProposalId, by: Option<DecisionId>) -> Result<()> {
    let mark = row::ActiveModel {
        hidden_by: Set(by),
        ..Default::default()
    };
    row::Entity::update_many()
        .set(mark)
        .filter(row::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn insert_version(
    tx: &Tx,
    of: &row::Model,
    version: i64,
    kind: VersionKind,
    wording: &super::Wording,
    reason: &str,
    (editor, now): (Option<MemberId>, Timestamp),
) -> Result<()> {
    let row = version::ActiveModel {
        proposal_id: Set(of.id),
        version: Set(version),
        kind: Set(kind.as_str().to_owned()),
        title: Set(wording.title.clone()),
        body: Set(wording.body.clone()),
        reason: Set(reason.to_owned()),
        editor_id: Set(editor),
        written_at: Set(now),
    };
    version::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

pub(crate) async fn versions(db: &impl ConnectionTrait, id: ProposalId) -> Result<Vec<version::Model>> {
    let query = version::Entity::find().filter(version::Column::ProposalId.eq(id));
    Ok(query
        .order_by_asc(version::Column::Version)
        .limit(super::read::VERSIONS_SHOWN)
        .all(db)
        .await?)
}

pub(crate) async fn count_drafts(tx: &Tx, author: MemberId, consultation: ConsultationId) -> Result<u64> {
    use sea_orm::PaginatorTrait;
    Ok(row::Entity::find()
        .filter(row::Column::AuthorId.eq(author))
        .filter(row::Column::ConsultationId.eq(consultation))
        .filter(row::Column::State.eq(ProposalState::Draft.as_str()))
        .count(&**tx)
        .await?)
}

pub(crate) async fn count_since(tx: &Tx, author: MemberId, since: Timestamp) -> Result<u64> {
    use sea_orm::PaginatorTrait;
    Ok(row::Entity::find()
        .filter(row::Column::AuthorId.eq(author))
        .filter(row::Column::CreatedAt.gte(since))
        .count(&**tx)
        .await?)
}

/// The columns that a list shows, with the names beside them, as one statement gives them.
#[derive(Debug, FromQueryResult)]
pub(crate) struct CardRow {
    pub id: ProposalId,
    pub consultation_id: ConsultationId,
    pub author_id: Option<MemberId>,
    pub author_name: Option<String>,
    pub origin: String,
    pub state: String,
    pub hidden_by: Option<DecisionId>,
    pub title: String,
    pub excerpt: String,
    pub lang: String,
    pub theme_id: Option<ThemeId>,
    pub theme_name: Option<String>,
    pub district_id: Option<DistrictId>,
    pub district_name: Option<String>,
    pub supports: i64,
    pub comments: i64,
    pub shuffle: i64,
    pub version: i64,
    pub created_at: Timestamp,
    pub published_at: Option<Timestamp>,
}

fn col(column: row::Column) -> SimpleExpr {
    Expr::col((row::Entity, column))
}

fn cards() -> SelectStatement {
    use row::Column as C;
    let mut query = Query::select();
    for column in [
        C::Id,
        C::ConsultationId,
        C::AuthorId,
        C::Origin,
        C::State,
        C::HiddenBy,
        C::Title,
        C::Excerpt,
        C::Lang,
        C::ThemeId,
        C::DistrictId,
        C::Supports,
        C::Comments,
        C::Shuffle,
        C::Version,
        C::CreatedAt,
        C::PublishedAt,
    ] {
        query.column((row::Entity, column));
    }
    query
        .expr_as(
            Expr::col((member::row::Entity, member::row::Column::Nickname)),
            "author_name",
        )
        .expr_as(
            Expr::col((consultation::theme::Entity, consultation::theme::Column::Name)),
            "theme_name",
        )
        .expr_as(
            Expr::col((consultation::district::Entity, consultation::district::Column::Name)),
            "district_name",
        )
        .from(row::Entity)
        .join(
            JoinType::LeftJoin,
            member::row::Entity,
            Expr::col((member::row::Entity, member::row::Column::Id)).equals((row::Entity, C::AuthorId)),
        )
        .join(
            JoinType::LeftJoin,
            consultation::theme::Entity,
            Expr::col((consultation::theme::Entity, consultation::theme::Column::Id)).equals((row::Entity, C::ThemeId)),
        )
        .join(
            JoinType::LeftJoin,
            consultation::district::Entity,
            Expr::col((consultation::district::Entity, consultation::district::Column::Id))
                .equals((row::Entity, C::DistrictId)),
        );
    query
}

/// What everybody may find, written so that the partial indexes serve it.
fn listed() -> Cond {
    Cond::all()
        .add(col(row::Column::HiddenBy).is_null())
        .add(col(row::Column::State).is_not_in([
            ProposalState::Draft.as_str(),
            ProposalState::Withdrawn.as_str(),
            ProposalState::Merged.as_str(),
        ]))
}

fn narrowed(filter: &Filter) -> Cond {
    use row::Column as C;
    let mut cond = match filter.state {
        Some(state) if !state.is_listed() => Cond::all()
            .add(col(C::HiddenBy).is_null())
            .add(col(C::State).eq(state.as_str())),
        Some(state) => listed().add(col(C::State).eq(state.as_str())),
        None => listed(),
    };
    if let Some(consultation) = filter.consultation {
        cond = cond.add(col(C::ConsultationId).eq(consultation));
    }
    if !filter.themes.is_empty() {
        let own = col(C::ThemeId).is_in(filter.themes.iter().copied());
        let below = Query::select()
            .column(consultation::theme::Column::Id)
            .from(consultation::theme::Entity)
            .and_where(Expr::col(consultation::theme::Column::ParentId).is_in(filter.themes.iter().copied()))
            .to_owned();
        cond = cond.add(Cond::any().add(own).add(col(C::ThemeId).in_subquery(below)));
    }
    if !filter.districts.is_empty() {
        let ids = || filter.districts.iter().copied();
        cond = cond.add(
            Cond::any()
                .add(col(C::DistrictId).is_in(ids()))
                .add(col(C::QuarterId).is_in(ids())),
        );
    }
    if let Some(origin) = filter.origin {
        cond = cond.add(col(C::Origin).eq(origin.as_str()));
    }
    if let Some(author) = filter.author {
        cond = cond.add(col(C::AuthorId).eq(author));
    }
    cond
}

/// One page of a list, and one row more when there is a next page.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    sort: Sort,
    paging: Paging,
) -> Result<Vec<CardRow>> {
    let (column, order) = match sort {
        Sort::Newest => (row::Column::PublishedAt, Order::Desc),
        Sort::MostSupported => (row::Column::Supports, Order::Desc),
        Sort::MostDiscussed => (row::Column::Comments, Order::Desc),
        Sort::Random(seed) => return shuffled(db, filter, seed, paging).await,
    };
    let mut query = cards();
    query.cond_where(narrowed(filter));
    if let Some(cursor) = paging.after {
        query.cond_where(beyond(column, &order, cursor.key, cursor.id));
    }
    query
        .order_by((row::Entity, column), order.clone())
        .order_by((row::Entity, row::Column::Id), order)
        .limit(paging.limit + 1);
    run(db, &query).await
}

/// Rows past a place in the order, spelt as a row of two so that the index is used for both.
fn beyond(column: row::Column, order: &Order, key: i64, id: uuid::Uuid) -> Cond {
    let id = ProposalId::from_uuid(id);
    let (past, same_key_past) = if *order == Order::Desc {
        (col(column).lt(key), col(row::Column::Id).lt(id))
    } else {
        (col(column).gt(key), col(row::Column::Id).gt(id))
    };
    Cond::any()
        .add(past)
        .add(Cond::all().add(col(column).eq(key)).add(same_key_past))
}

/// Every proposal has a random place on a ring, kept for ever; a visitor's seed says where on the ring they start and
/// which way they go, so that each proposal is first for as many visitors as any other.
async fn shuffled(db: &impl ConnectionTrait, filter: &Filter, seed: u32, paging: Paging) -> Result<Vec<CardRow>> {
    let start = i64::from(seed >> 1);
    let order = if seed & 1 == 0 { Order::Asc } else { Order::Desc };
    let before_wrap = |key: i64| {
        if order == Order::Asc {
            key >= start
        } else {
            key <= start
        }
    };
    let wanted = paging.limit + 1;
    let mut rows = Vec::new();
    let first_leg = paging.after.is_none_or(|cursor| before_wrap(cursor.key));
    for leg in [true, false] {
        if (leg && !first_leg) || rows.len() as u64 >= wanted {
            continue;
        }
        let mut query = cards();
        query.cond_where(narrowed(filter));
        let side = if (order == Order::Asc) == leg {
            if leg {
                col(row::Column::Shuffle).gte(start)
            } else {
                col(row::Column::Shuffle).gt(start)
            }
        } else if leg {
            col(row::Column::Shuffle).lte(start)
        } else {
            col(row::Column::Shuffle).lt(start)
        };
        query.and_where(side);
        if let Some(cursor) = paging.after.filter(|cursor| before_wrap(cursor.key) == leg) {
            query.cond_where(beyond(row::Column::Shuffle, &order, cursor.key, cursor.id));
        }
        query
            .order_by((row::Entity, row::Column::Shuffle), order.clone())
            .order_by((row::Entity, row::Column::Id), order.clone())
            .limit(wanted - rows.len() as u64);
        rows.extend(run(db, &query).await?);
    }
    Ok(rows)
}

async fn run(db: &impl ConnectionTrait, query: &SelectStatement) -> Result<Vec<CardRow>> {
    Ok(CardRow::find_by_statement(db.get_database_backend().build(query))
        .all(db)
        .await?)
}

/// A member's own, drafts and hidden ones too, newest first.
pub(crate) async fn of_author(
    db: &impl ConnectionTrait,
    author: MemberId,
    drafts: bool,
    paging: Paging,
) -> Result<Vec<CardRow>> {
    let mut query = cards();
    let state = col(row::Column::State);
    query.and_where(col(row::Column::AuthorId).eq(author));
    query.and_where(if drafts {
        state.eq(ProposalState::Draft.as_str())
    } else {
        state.ne(ProposalState::Draft.as_str())
    });
    if let Some(cursor) = paging.after {
        query.cond_where(beyond(row::Column::CreatedAt, &Order::Desc, cursor.key, cursor.id));
    }
    query
        .order_by((row::Entity, row::Column::CreatedAt), Order::Desc)
        .order_by((row::Entity, row::Column::Id), Order::Desc)
        .limit(paging.limit + 1);
    run(db, &query).await
}

/// Those of `ids` that everybody may find, or that are readable though withdrawn when `also_unlisted`.
pub(crate) async fn cards_of(
    db: &impl ConnectionTrait,
    ids: &[ProposalId],
    also_unlisted: bool,
) -> Result<Vec<CardRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = cards();
    query.and_where(col(row::Column::Id).is_in(ids.iter().copied()));
    if also_unlisted {
        query.and_where(col(row::Column::State).ne(ProposalState::Draft.as_str()));
        query.and_where(col(row::Column::HiddenBy).is_null());
    } else {
        query.cond_where(listed());
    }
    run(db, &query).await
}

/// How many proposals there are for each value of each filter, given the others.
#[derive(Debug, FromQueryResult)]
pub(crate) struct FacetRow {
    pub theme_id: Option<ThemeId>,
    pub district_id: Option<DistrictId>,
    pub state: String,
    pub origin: String,
    pub number: i64,
}

pub(crate) async fn facets(db: &impl ConnectionTrait, consultation: ConsultationId) -> Result<Vec<FacetRow>> {
    use row::Column as C;
    let mut query = Query::select();
    for column in [C::ThemeId, C::DistrictId, C::State, C::Origin] {
        query.column((row::Entity, column)).group_by_col((row::Entity, column));
    }
    query
        .expr_as(Func::count(col(C::Id)), "number")
        .from(row::Entity)
        .cond_where(listed())
        .and_where(col(C::ConsultationId).eq(consultation));
    Ok(FacetRow::find_by_statement(db.get_database_backend().build(&query))
        .all(db)
        .await?)
}

/// How much was contributed to a consultation, in one statement.
pub(crate) async fn figures(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Figures> {
    use row::Column as C;
    let mut query = Query::select();
    let sum = |column| Func::coalesce([whole(Func::sum(col(column)).into()), Expr::val(0_i64)]);
    let answered = Expr::case(col(C::AnsweredAt).is_not_null(), 1_i64).finally(0_i64);
    query
        .expr_as(Func::count(col(C::Id)), "proposals")
        .expr_as(sum(C::Comments), "comments")
        .expr_as(sum(C::Supports), "supports")
        .expr_as(
            Func::coalesce([whole(Func::sum(answered).into()), Expr::val(0_i64)]),
            "answered",
        )
        .from(row::Entity)
        .cond_where(listed())
        .and_where(col(C::ConsultationId).eq(id));
    let found = Figures::find_by_statement(db.get_database_backend().build(&query))
        .one(db)
        .await?;
    Ok(found.unwrap_or_default())
}

/// A sum of whole numbers is a decimal on PostgreSQL, and must be made whole again.
fn whole(sum: SimpleExpr) -> SimpleExpr {
    sum.cast_as("bigint")
}

/// The next `limit` public rows after `after`, whole, for the index to read all of them in turn.
pub(crate) async fn batch_after(
    db: &impl ConnectionTrait,
    after: Option<ProposalId>,
    limit: u64,
) -> Result<Vec<row::Model>> {
    let mut query = row::Entity::find().filter(listed());
    if let Some(after) = after {
        query = query.filter(row::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(row::Column::Id).limit(limit).all(db).await?)
}

/// The public ones among `ids`, whole, for the index.
pub(crate) async fn public_of(db: &impl ConnectionTrait, ids: &[ProposalId]) -> Result<Vec<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::Id.is_in(ids.iter().copied()))
        .filter(listed())
        .all(db)
        .await?)
}
