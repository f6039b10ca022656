//! The comments' tables: the only SQL of this noun.
//!
//! Rule: a page of threads is two statements, however many comments it holds.

use sea_orm::sea_query::{
    Cond, Expr, ExprTrait, JoinType, LockType, OnConflict, Order, Query, SelectStatement, WindowStatement,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use super::CommentFacts;
use super::read::Sort;
use crate::db::{Tx, past, row_by_place};
use crate::error::{Code, Error, Result};
use crate::id::{CommentId, DecisionId, MemberId, ProposalId};
use crate::limits::{EDITS_PER_COMMENT, REPLIES_PER_PAGE};
use crate::member::store as member;
use crate::page::Paging;
use crate::proposal::{ProposalFacts, store as proposal};
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{CommentId, DecisionId, MemberId, ProposalId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "comment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CommentId,
        pub proposal_id: ProposalId,
        pub thread_id: CommentId,
        pub parent_id: Option<CommentId>,
        pub depth: i64,
        pub author_id: Option<MemberId>,
        pub stance: Option<String>,
        pub body: String,
        pub lang: String,
        pub version: i64,
        pub tally_supports: i64,
        pub tally_objections: i64,
        pub supports: i64,
        pub written_at: Timestamp,
        pub edited_at: Option<Timestamp>,
        pub removed_at: Option<Timestamp>,
        pub hidden_by: Option<DecisionId>,
        pub source: Option<String>,
        pub external_id: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod version {
    use super::{CommentId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "comment_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub comment_id: CommentId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i64,
        pub body: String,
        pub written_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod support {
    use super::{CommentId, MemberId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "comment_support")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub comment_id: CommentId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub member_id: MemberId,
        pub given_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl row::Model {
    pub fn facts(&self, proposal: ProposalFacts) -> CommentFacts {
        CommentFacts {
            id: self.id,
            author: self.author_id,
            proposal,
            hidden: self.hidden_by.is_some(),
            removed: self.removed_at.is_some(),
        }
    }
}

/// Reads a comment and its proposal and keeps both from others; the proposal first, as everywhere.
pub(crate) async fn lock(tx: &Tx, id: CommentId) -> Result<(row::Model, proposal::row::Model)> {
    let found = row::Entity::find_by_id(id).one(&**tx).await?.ok_or(Error::NotFound)?;
    let above = proposal::lock(tx, found.proposal_id).await?;
    let found = row::Entity::find_by_id(id)
        .lock(LockType::Update)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)?;
    Ok((found, above))
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: CommentId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(id).one(db).await?)
}

pub(crate) async fn insert(tx: &Tx, row: row::ActiveModel) -> Result<()> {
    row::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Changes the row when it still has this version.
pub(crate) async fn change(tx: &Tx, before: &row::Model, after: row::ActiveModel) -> Result<()> {
    let changed = row::Entity::update_many()
        .set(after)
        .filter(row::Column::Id.eq(before.id))
        .filter(row::Column::Version.eq(before.version))
        .exec(&**tx)
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Conflict(Code::OutOfDate))
    }
}

pub(crate) async fn keep_wording(tx: &Tx, before: &row::Model) -> Result<()> {
    let row = version::ActiveModel {
        comment_id: Set(before.id),
        version: Set(before.version),
        body: Set(before.body.clone()),
        written_at: Set(before.edited_at.unwrap_or(before.written_at)),
    };
    version::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

pub(crate) async fn wordings(db: &impl ConnectionTrait, id: CommentId) -> Result<Vec<version::Model>> {
    let query = version::Entity::find().filter(version::Column::CommentId.eq(id));
    Ok(query
        .order_by_asc(version::Column::Version)
        .limit(EDITS_PER_COMMENT.unsigned_abs())
        .all(db)
        .await?)
}

pub(crate) async fn count_since(tx: &Tx, author: MemberId, since: Timestamp) -> Result<u64> {
    use sea_orm::PaginatorTrait;
    Ok(row::Entity::find()
        .filter(row::Column::AuthorId.eq(author))
        .filter(row::Column::WrittenAt.gte(since))
        .count(&**tx)
        .await?)
}

/// Adds the support; false when it was there.
pub(crate) async fn add_support(tx: &Tx, id: CommentId, member: MemberId, now: Timestamp) -> Result<bool> {
    let row = support::ActiveModel {
        comment_id: Set(id),
        member_id: Set(member),
        given_at: Set(now),
    };
    let added = support::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(added == 1)
}

/// Takes the support away; false when there was none.
pub(crate) async fn take_support(tx: &Tx, id: CommentId, member: MemberId) -> Result<bool> {
    let gone = support::Entity::delete_by_id((id, member)).exec(&**tx).await?;
    Ok(gone.rows_affected == 1)
}

pub(crate) async fn add_to_supports(tx: &Tx, id: CommentId, by: i64) -> Result<()> {
    row::Entity::update_many()
        .col_expr(row::Column::Supports, Expr::col(row::Column::Supports).add(by))
        .filter(row::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn mark_hidden(tx: &Tx, id: CommentId, by: Option<DecisionId>) -> Result<()> {
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

pub(crate) async fn supported_among(
    db: &impl ConnectionTrait,
    member: MemberId,
    among: &[CommentId],
) -> Result<Vec<CommentId>> {
    Ok(support::Entity::find()
        .select_only()
        .column(support::Column::CommentId)
        .filter(support::Column::MemberId.eq(member))
        .filter(support::Column::CommentId.is_in(among.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

row_by_place! {
    /// A comment with its author's name, as one statement gives them, in the order of `cards`.
    #[derive(Debug, Clone)]
    pub(crate) struct CardRow {
        pub id: CommentId,
        pub proposal_id: ProposalId,
        pub thread_id: CommentId,
        pub parent_id: Option<CommentId>,
        pub depth: i64,
        pub author_id: Option<MemberId>,
        pub stance: Option<String>,
        pub body: String,
        pub lang: String,
        pub version: i64,
        pub tally_objections: i64,
        pub supports: i64,
        pub written_at: Timestamp,
        pub edited_at: Option<Timestamp>,
        pub removed_at: Option<Timestamp>,
        pub hidden_by: Option<DecisionId>,
        pub author_name: Option<String>,
    }
}

fn cards() -> SelectStatement {
    use row::Column as C;
    let mut query = Query::select();
    for column in [
        C::Id,
        C::ProposalId,
        C::ThreadId,
        C::ParentId,
        C::Depth,
        C::AuthorId,
        C::Stance,
        C::Body,
        C::Lang,
        C::Version,
        C::TallyObjections,
        C::Supports,
        C::WrittenAt,
        C::EditedAt,
        C::RemovedAt,
        C::HiddenBy,
    ] {
        query.column((row::Entity, column));
    }
    query
        .expr_as(
            Expr::col((member::row::Entity, member::row::Column::Nickname)),
            "author_name",
        )
        .from(row::Entity)
        .join(
            JoinType::LeftJoin,
            member::row::Entity,
            Expr::col((member::row::Entity, member::row::Column::Id)).equals((row::Entity, C::AuthorId)),
        );
    query
}

async fn run(db: &impl ConnectionTrait, query: &SelectStatement) -> Result<Vec<CardRow>> {
    Ok(CardRow::find_by_statement(db.get_database_backend().build(query))
        .all(db)
        .await?)
}

/// The beginnings of threads under each of these proposals, one page of each and one row more.
pub(crate) async fn roots(
    db: &impl ConnectionTrait,
    proposals: &[ProposalId],
    sort: Sort,
    paging: Paging,
) -> Result<Vec<CardRow>> {
    use row::Column as C;
    let (column, order) = match sort {
        Sort::Newest => (C::WrittenAt, Order::Desc),
        Sort::Oldest => (C::WrittenAt, Order::Asc),
        Sort::MostSupported => (C::Supports, Order::Desc),
    };
    let mut wanted = Cond::all()
        .add(Expr::col((row::Entity, C::ProposalId)).is_in(proposals.iter().copied()))
        .add(Expr::col((row::Entity, C::ParentId)).is_null());
    if let Some(cursor) = paging.after {
        wanted = wanted.add(past(column, row::Column::Id, &order, cursor));
    }
    let limit = paging.limit + 1;
    let mut query = cards();
    match proposals {
        [] => return Ok(Vec::new()),
        // The index gives one proposal's page without looking at the rest.
        [_] => query.cond_where(wanted).limit(limit),
        _ => {
            let window = WindowStatement::partition_by(C::ProposalId)
                .order_by(column, order.clone())
                .order_by(C::Id, order.clone())
                .to_owned();
            let ranked = Query::select()
                .column(C::Id)
                .expr_window_as(Expr::cust("ROW_NUMBER()"), window, "place")
                .from(row::Entity)
                .cond_where(wanted)
                .to_owned();
            let first = Query::select()
                .column("id")
                .from_subquery(ranked, "ranked")
                .and_where(Expr::col("place").lte(i64::try_from(limit).unwrap_or(i64::MAX)))
                .to_owned();
            query.and_where(Expr::col((row::Entity, C::Id)).in_subquery(first))
        }
    };
    query
        .order_by((row::Entity, column), order.clone())
        .order_by((row::Entity, C::Id), order);
    run(db, &query).await
}

/// The answers in these threads, oldest first, as many as one page shows.
pub(crate) async fn replies(db: &impl ConnectionTrait, threads: &[CommentId]) -> Result<Vec<CardRow>> {
    if threads.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = cards();
    query
        .and_where(Expr::col((row::Entity, row::Column::ThreadId)).is_in(threads.iter().copied()))
        .and_where(Expr::col((row::Entity, row::Column::ParentId)).is_not_null())
        .order_by((row::Entity, row::Column::WrittenAt), Order::Asc)
        .order_by((row::Entity, row::Column::Id), Order::Asc)
        .limit(REPLIES_PER_PAGE + 1);
    run(db, &query).await
}

/// All comments of one thread after a place, oldest first.
pub(crate) async fn thread(db: &impl ConnectionTrait, thread: CommentId, paging: Paging) -> Result<Vec<CardRow>> {
    let mut query = cards();
    query.and_where(Expr::col((row::Entity, row::Column::ThreadId)).eq(thread));
    if let Some(cursor) = paging.after {
        query.cond_where(past(row::Column::WrittenAt, row::Column::Id, &Order::Asc, cursor));
    }
    query
        .order_by((row::Entity, row::Column::WrittenAt), Order::Asc)
        .order_by((row::Entity, row::Column::Id), Order::Asc)
        .limit(paging.limit + 1);
    run(db, &query).await
}

pub(crate) async fn cards_of(db: &impl ConnectionTrait, ids: &[CommentId]) -> Result<Vec<CardRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = cards();
    query.and_where(Expr::col((row::Entity, row::Column::Id)).is_in(ids.iter().copied()));
    run(db, &query).await
}

/// A member's own comments, newest first.
pub(crate) async fn of_author(db: &impl ConnectionTrait, author: MemberId, paging: Paging) -> Result<Vec<CardRow>> {
    let mut query = cards();
    query
        .and_where(Expr::col((row::Entity, row::Column::AuthorId)).eq(author))
        .and_where(Expr::col((row::Entity, row::Column::RemovedAt)).is_null());
    if let Some(cursor) = paging.after {
        query.cond_where(past(row::Column::WrittenAt, row::Column::Id, &Order::Desc, cursor));
    }
    query
        .order_by((row::Entity, row::Column::WrittenAt), Order::Desc)
        .order_by((row::Entity, row::Column::Id), Order::Desc)
        .limit(paging.limit + 1);
    run(db, &query).await
}

/// The visible ones after `after` in the order of their ids, for the index to read all of them in turn.
pub(crate) async fn batch_after(
    db: &impl ConnectionTrait,
    after: Option<CommentId>,
    limit: u64,
) -> Result<Vec<row::Model>> {
    let mut query = visible();
    if let Some(after) = after {
        query = query.filter(row::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(row::Column::Id).limit(limit).all(db).await?)
}

pub(crate) async fn count_visible(db: &impl ConnectionTrait) -> Result<u64> {
    use sea_orm::PaginatorTrait;
    Ok(visible().count(db).await?)
}

pub(crate) async fn visible_of(db: &impl ConnectionTrait, ids: &[CommentId]) -> Result<Vec<row::Model>> {
    Ok(visible()
        .filter(row::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?)
}

/// The visible comments of one proposal, for the index when the proposal itself appears or goes.
pub(crate) async fn visible_under(db: &impl ConnectionTrait, proposal: ProposalId) -> Result<Vec<row::Model>> {
    Ok(visible().filter(row::Column::ProposalId.eq(proposal)).all(db).await?)
}

/// A comment of an import, as its answers need it.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct ImportedRow {
    pub external_id: String,
    pub id: CommentId,
    pub proposal_id: ProposalId,
    pub thread_id: CommentId,
    pub depth: i64,
}

/// Those of a source's ids that are here.
pub(crate) async fn of_source(
    db: &impl ConnectionTrait,
    source: &str,
    external: &[String],
) -> Result<Vec<ImportedRow>> {
    use row::Column as C;
    Ok(row::Entity::find()
        .select_only()
        .columns([C::ExternalId, C::Id, C::ProposalId, C::ThreadId, C::Depth])
        .filter(C::Source.eq(source))
        .filter(C::ExternalId.is_in(external.iter().map(String::as_str)))
        .into_model::<ImportedRow>()
        .all(db)
        .await?)
}

/// Adds many comments of an import, those answered before their answers.
pub(crate) async fn insert_many(tx: &Tx, rows: Vec<row::ActiveModel>) -> Result<()> {
    if !rows.is_empty() {
        row::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

fn visible() -> sea_orm::Select<row::Entity> {
    row::Entity::find()
        .filter(row::Column::RemovedAt.is_null())
        .filter(row::Column::HiddenBy.is_null())
}
