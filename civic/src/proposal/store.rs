//! The proposals' tables: the only SQL of this noun.
//!
//! Rule: a state changes by compare-and-set, a count changes in the statement that knows why, and a list reads only the
//! columns it shows, in one statement.

mod bulk;
mod list;

use sea_orm::sea_query::{Expr, ExprTrait, LockType, Order};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

pub(crate) use bulk::{ids_of_source, insert_many, recount_comments};
pub(crate) use list::{
    CardRow, FacetRow, answered_lately, cards_of, every_card_of, facets, figures, list, listed, of_author, points,
    shuffle, shuffled_place,
};

use super::{ProposalFacts, ProposalState, VersionKind};
use crate::Cx;
use crate::db::{Tx, past};
use crate::error::{Code, Error, Result};
use crate::id::{ConsultationId, DecisionId, DistrictId, MemberId, ProposalId, ThemeId};
use crate::limits::{ADDENDA_PER_PROPOSAL, MERGED_SHOWN};
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
        /// Grows with each change of anything, from the draft on, so that a form that was opened before one is out of date.
        pub version: i64,
        /// The last of the numbered public texts; none while it is a draft.
        pub text_version: i64,
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
        pub merged_into: Option<ProposalId>,
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
}

/// Reads one and keeps it from others until the transaction ends.
pub(crate) async fn lock(tx: &Tx, id: ProposalId) -> Result<row::Model> {
    row::Entity::find_by_id(id)
        .lock(LockType::Update)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)
}

/// Reads several and keeps them from others until the transaction ends, in the order of their ids.
pub(crate) async fn lock_all(tx: &Tx, ids: &[ProposalId]) -> Result<Vec<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(row::Column::Id)
        .lock(LockType::Update)
        .all(&**tx)
        .await?)
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: ProposalId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(id).one(db).await?)
}

/// Those of `ids` that are there, whole.
pub(crate) async fn find_many(db: &impl ConnectionTrait, ids: &[ProposalId]) -> Result<Vec<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?)
}

/// A row of `facts_of`, in the order of its columns.
type FactsRow = (ProposalId, ConsultationId, Option<MemberId>, String, Option<DecisionId>);

/// What permissions on each of `ids` depend on.
pub(crate) async fn facts_of(db: &impl ConnectionTrait, ids: &[ProposalId]) -> Result<Vec<ProposalFacts>> {
    use row::Column as C;
    let rows: Vec<FactsRow> = row::Entity::find()
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

/// Changes the row when it still has this version and state; then it has the next version, where `after` names none.
pub(crate) async fn change(tx: &Tx, before: &row::Model, mut after: row::ActiveModel) -> Result<()> {
    if after.version.is_not_set() {
        after.version = Set(before.version + 1);
    }
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
    cx: &Cx,
    id: ProposalId,
    (version, kind): (i64, VersionKind),
    wording: &super::Wording,
    reason: &str,
) -> Result<()> {
    let row = version::ActiveModel {
        proposal_id: Set(id),
        version: Set(version),
        kind: Set(kind.as_str().to_owned()),
        title: Set(wording.title.clone()),
        body: Set(wording.body.clone()),
        reason: Set(reason.to_owned()),
        editor_id: Set(cx.actor.member()),
        written_at: Set(cx.now),
    };
    version::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// A page of the versions with one row more, last first.
pub(crate) async fn versions(db: &impl ConnectionTrait, id: ProposalId, paging: Paging) -> Result<Vec<version::Model>> {
    use version::Column as C;
    let mut query = version::Entity::find().filter(C::ProposalId.eq(id));
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::Version, C::ProposalId, &Order::Desc, cursor));
    }
    let query = query.order_by_desc(C::Version).limit(paging.limit + 1);
    Ok(query.all(db).await?)
}

/// A proposal that was joined, or that others were joined to.
#[derive(Debug, FromQueryResult)]
pub(crate) struct MergedRow {
    pub id: ProposalId,
    pub title: String,
    pub lang: String,
    pub merged_into: Option<ProposalId>,
}

/// Those of `targets` and those that were joined to `ids`, first published first; without what is hidden.
pub(crate) async fn merged_around(
    db: &impl ConnectionTrait,
    ids: &[ProposalId],
    targets: &[ProposalId],
) -> Result<Vec<MergedRow>> {
    use row::Column as C;
    let around = C::MergedInto
        .is_in(ids.iter().copied())
        .or(C::Id.is_in(targets.iter().copied()));
    Ok(row::Entity::find()
        .select_only()
        .columns([C::Id, C::Title, C::Lang, C::MergedInto])
        .filter(C::HiddenBy.is_null())
        .filter(around)
        .order_by_asc(C::PublishedAt)
        .order_by_asc(C::Id)
        .limit((MERGED_SHOWN + 1) * ids.len() as u64)
        .into_model()
        .all(db)
        .await?)
}

/// The last whole text before a version.
pub(crate) async fn text_before(
    db: &impl ConnectionTrait,
    id: ProposalId,
    version: i64,
) -> Result<Option<version::Model>> {
    Ok(version::Entity::find()
        .filter(version::Column::ProposalId.eq(id))
        .filter(version::Column::Kind.ne(VersionKind::Addendum.as_str()))
        .filter(version::Column::Version.lt(version))
        .order_by_desc(version::Column::Version)
        .one(db)
        .await?)
}

/// How many versions of this kind were made since then.
pub(crate) async fn count_versions(tx: &Tx, id: ProposalId, kind: VersionKind, since: Timestamp) -> Result<u64> {
    use sea_orm::PaginatorTrait;
    Ok(version::Entity::find()
        .filter(version::Column::ProposalId.eq(id))
        .filter(version::Column::Kind.eq(kind.as_str()))
        .filter(version::Column::WrittenAt.gt(since))
        .count(&**tx)
        .await?)
}

/// The notes that authors added below these texts, oldest first; none asked, none run.
pub(crate) async fn addenda(db: &impl ConnectionTrait, ids: &[ProposalId]) -> Result<Vec<version::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(version::Entity::find()
        .filter(version::Column::ProposalId.is_in(ids.iter().copied()))
        .filter(version::Column::Kind.eq(VersionKind::Addendum.as_str()))
        .order_by_asc(version::Column::Version)
        .limit(ADDENDA_PER_PROPOSAL * ids.len() as u64)
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

pub(crate) async fn count_public(db: &impl ConnectionTrait) -> Result<u64> {
    use sea_orm::PaginatorTrait;
    Ok(row::Entity::find().filter(listed()).count(db).await?)
}

/// The public ones among `ids`, whole, for the index.
pub(crate) async fn public_of(db: &impl ConnectionTrait, ids: &[ProposalId]) -> Result<Vec<row::Model>> {
    Ok(row::Entity::find()
        .filter(row::Column::Id.is_in(ids.iter().copied()))
        .filter(listed())
        .all(db)
        .await?)
}
