//! The applications' tables: the only SQL of this noun.
//!
//! Rule: a state changes by compare-and-set. Whoever changes several applications of a call, or counts on their states,
//! has locked the call first.

use sea_orm::sea_query::{Expr, ExprTrait, LockType, OnConflict, Order, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::jury::Jury;
use super::paper::Paper;
use super::ranking::Score;
use super::{ApplicationFacts, ApplicationState};
use crate::actor::Role;
use crate::call::store::{json, to_json};
use crate::db::{Tx, past};
use crate::error::{Code, Error, Result};
use crate::id::{ApplicationId, CallId, DistrictId, MemberId};
use crate::language::Lang;
use crate::limits::{APPLICATIONS_PER_CALL, COMMISSIONERS_PER_CALL};
use crate::member;
use crate::page::Paging;
use crate::time::Timestamp;

pub(crate) mod row {
    use super::{ApplicationId, CallId, DistrictId, MemberId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "application")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ApplicationId,
        pub call_id: CallId,
        pub author_id: MemberId,
        pub state: String,
        pub version: i64,
        pub title: String,
        pub summary: String,
        pub plan: String,
        pub lang: String,
        pub place: String,
        pub district_id: Option<DistrictId>,
        pub promoter: String,
        pub partners: String,
        pub cost_lines: String,
        pub cost_minor: i64,
        pub created_at: Timestamp,
        pub submitted_at: Option<Timestamp>,
        pub completion_text: Option<String>,
        pub completion_asked_at: Option<Timestamp>,
        pub completion_due_at: Option<Timestamp>,
        pub completion_done_at: Option<Timestamp>,
        pub checked_at: Option<Timestamp>,
        pub exclude_reason: Option<String>,
        pub points: Option<i64>,
        pub voters: Option<i64>,
        pub criterion_points: Option<String>,
        pub place_on_list: Option<i64>,
        pub withdrawn_at: Option<Timestamp>,
        pub withdraw_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod assessment {
    use super::{ApplicationId, MemberId, Timestamp};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "assessment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub application_id: ApplicationId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub commissioner_id: MemberId,
        pub points: Option<String>,
        pub conflict: Option<String>,
        pub recorded_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl row::Model {
    /// The state; the named check of the table keeps it one of ours.
    pub fn state(&self) -> Result<ApplicationState> {
        ApplicationState::parse(&self.state).ok_or_else(|| Error::Bug(format!("state {}", self.state)))
    }

    /// What permissions depend on; `ranked` says whether the call's list is public.
    pub fn facts(&self, ranked: bool) -> Result<ApplicationFacts> {
        Ok(ApplicationFacts {
            id: self.id,
            call: self.call_id,
            author: self.author_id,
            state: self.state()?,
            listed: ranked && self.place_on_list.is_some(),
        })
    }

    /// What it says.
    pub fn paper(&self) -> Result<Paper> {
        Ok(Paper {
            title: self.title.clone(),
            summary: self.summary.clone(),
            plan: self.plan.clone(),
            lang: Lang::parse(&self.lang).unwrap_or_else(Lang::italian),
            place: self.place.clone(),
            district: self.district_id,
            promoter: json(&self.promoter)?,
            partners: json(&self.partners)?,
            cost_lines: json(&self.cost_lines)?,
        })
    }

    /// Its score, once it is on the list.
    pub fn score(&self) -> Option<Score> {
        let (points, voters) = self.points.zip(self.voters)?;
        Some(Score { points, voters })
    }

    /// Whether the applicant may still complete it.
    pub fn awaits_completion(&self, now: Timestamp) -> bool {
        self.completion_done_at.is_none() && self.completion_due_at.is_some_and(|due| now < due)
    }
}

/// The columns of what it says.
pub(crate) fn written(paper: &Paper) -> Result<row::ActiveModel> {
    Ok(row::ActiveModel {
        title: Set(paper.title.clone()),
        summary: Set(paper.summary.clone()),
        plan: Set(paper.plan.clone()),
        lang: Set(paper.lang.code().to_owned()),
        place: Set(paper.place.clone()),
        district_id: Set(paper.district),
        promoter: Set(to_json(&paper.promoter)?),
        partners: Set(to_json(&paper.partners)?),
        cost_lines: Set(to_json(&paper.cost_lines)?),
        cost_minor: Set(paper.cost().minor()),
        ..Default::default()
    })
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: ApplicationId) -> Result<Option<row::Model>> {
    Ok(row::Entity::find_by_id(id).one(db).await?)
}

/// Reads one and keeps it from others until the transaction ends.
pub(crate) async fn lock(tx: &Tx, id: ApplicationId) -> Result<row::Model> {
    row::Entity::find_by_id(id)
        .lock(LockType::Update)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)
}

/// Reads those of a call in these states and keeps them from others, first handed in first.
pub(crate) async fn lock_in(tx: &Tx, call: CallId, states: &[ApplicationState]) -> Result<Vec<row::Model>> {
    use row::Column as C;
    Ok(row::Entity::find()
        .filter(C::CallId.eq(call))
        .filter(C::State.is_in(states.iter().map(|state| state.as_str())))
        .order_by_asc(C::Id)
        .limit(APPLICATIONS_PER_CALL)
        .lock(LockType::Update)
        .all(&**tx)
        .await?)
}

pub(crate) async fn insert(tx: &Tx, row: row::ActiveModel) -> Result<()> {
    row::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
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

pub(crate) async fn delete_draft(tx: &Tx, id: ApplicationId) -> Result<()> {
    row::Entity::delete_many()
        .filter(row::Column::Id.eq(id))
        .filter(row::Column::State.eq(ApplicationState::Draft.as_str()))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(crate) async fn count_drafts(tx: &Tx, author: MemberId, call: CallId) -> Result<u64> {
    Ok(row::Entity::find()
        .filter(row::Column::AuthorId.eq(author))
        .filter(row::Column::CallId.eq(call))
        .filter(row::Column::State.eq(ApplicationState::Draft.as_str()))
        .count(&**tx)
        .await?)
}

pub(crate) async fn count_since(tx: &Tx, author: MemberId, since: Timestamp) -> Result<u64> {
    Ok(row::Entity::find()
        .filter(row::Column::AuthorId.eq(author))
        .filter(row::Column::CreatedAt.gte(since))
        .count(&**tx)
        .await?)
}

/// How many of a call's applications are in which states.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Handed in at all.
    pub submitted: u64,
    /// Neither found admissible nor excluded.
    pub waiting: u64,
    /// Found admissible.
    pub admissible: u64,
    /// On the list that is not public yet.
    pub ranked: u64,
    /// Admitted.
    pub admitted: u64,
}

pub(crate) async fn counts(db: &impl ConnectionTrait, call: CallId) -> Result<Counts> {
    use row::Column as C;
    let rows: Vec<(String, i64)> = row::Entity::find()
        .select_only()
        .column(C::State)
        .column_as(C::Id.count(), "number")
        .filter(C::CallId.eq(call))
        .group_by(C::State)
        .into_tuple()
        .all(db)
        .await?;
    let of = |wanted: ApplicationState| {
        let found = rows.iter().find(|(state, _)| state == wanted.as_str());
        found.map_or(0, |(_, number)| number.unsigned_abs())
    };
    let all: u64 = rows.iter().map(|(_, number)| number.unsigned_abs()).sum();
    Ok(Counts {
        submitted: all - of(ApplicationState::Draft),
        waiting: of(ApplicationState::Submitted),
        admissible: of(ApplicationState::Admissible),
        ranked: of(ApplicationState::Ranked),
        admitted: of(ApplicationState::Admitted),
    })
}

/// Whether any was handed in and has not come to an end.
pub(crate) async fn any_waits(tx: &Tx, call: CallId) -> Result<bool> {
    let counts = counts(&**tx, call).await?;
    Ok(counts.waiting + counts.admissible + counts.ranked > 0)
}

/// How a list of one call's applications is cut.
pub(crate) enum Listed {
    /// In these states, first handed in first.
    In(Vec<ApplicationState>),
    /// With a place on the list, first to last.
    Placed,
}

/// One page of a call's applications and one row more.
pub(crate) async fn of_call(
    db: &impl ConnectionTrait,
    call: CallId,
    which: &Listed,
    paging: Paging,
) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let query = row::Entity::find().filter(C::CallId.eq(call));
    let (mut query, key) = match which {
        Listed::In(states) => {
            let states = states.iter().map(|state| state.as_str());
            (query.filter(C::State.is_in(states)), C::SubmittedAt)
        }
        Listed::Placed => (query.filter(C::PlaceOnList.is_not_null()), C::PlaceOnList),
    };
    if let Some(cursor) = paging.after {
        query = query.filter(past(key, C::Id, &Order::Asc, cursor));
    }
    Ok(query
        .order_by_asc(key)
        .order_by_asc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// One page of a member's applications and one row more, last begun first.
pub(crate) async fn of_author(db: &impl ConnectionTrait, author: MemberId, paging: Paging) -> Result<Vec<row::Model>> {
    use row::Column as C;
    let mut query = row::Entity::find().filter(C::AuthorId.eq(author));
    if let Some(cursor) = paging.after {
        query = query.filter(past(C::CreatedAt, C::Id, &Order::Desc, cursor));
    }
    Ok(query
        .order_by_desc(C::CreatedAt)
        .order_by_desc(C::Id)
        .limit(paging.limit + 1)
        .all(db)
        .await?)
}

/// The costs of those that are admitted.
pub(crate) async fn admitted_costs(db: &impl ConnectionTrait, call: CallId) -> Result<Vec<i64>> {
    use row::Column as C;
    Ok(row::Entity::find()
        .select_only()
        .column(C::CostMinor)
        .filter(C::CallId.eq(call))
        .filter(C::State.eq(ApplicationState::Admitted.as_str()))
        .limit(APPLICATIONS_PER_CALL)
        .into_tuple()
        .all(db)
        .await?)
}

/// Records what a commissioner says of an application, in place of what they said before.
pub(crate) async fn assess(tx: &Tx, row: assessment::ActiveModel) -> Result<()> {
    use assessment::Column as C;
    let anew = OnConflict::columns([C::ApplicationId, C::CommissionerId])
        .update_columns([C::Points, C::Conflict, C::RecordedAt])
        .to_owned();
    assessment::Entity::insert(row)
        .on_conflict(anew)
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

/// What was said of these applications.
pub(crate) async fn assessments(db: &impl ConnectionTrait, ids: &[ApplicationId]) -> Result<Vec<assessment::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(assessment::Entity::find()
        .filter(assessment::Column::ApplicationId.is_in(ids.iter().copied()))
        .order_by_asc(assessment::Column::CommissionerId)
        .limit(ids.len() as u64 * 2 * COMMISSIONERS_PER_CALL)
        .all(db)
        .await?)
}

/// The commission of a call at one moment.
pub(crate) async fn jury(db: &impl ConnectionTrait, call: CallId, now: Timestamp) -> Result<Jury> {
    let members = member::store::holders_in_call(db, Role::Commissioner, call, now, COMMISSIONERS_PER_CALL).await?;
    let said = assessments_of_admissible(db, call).await?;
    Jury::of(members, &said, authors_of_admissible(db, call).await?)
}

/// What was said of the admissible applications of a call.
async fn assessments_of_admissible(db: &impl ConnectionTrait, call: CallId) -> Result<Vec<assessment::Model>> {
    use row::Column as C;
    let admissible = Query::select()
        .column(C::Id)
        .from(row::Entity)
        .and_where(Expr::col(C::CallId).eq(call))
        .and_where(Expr::col(C::State).eq(ApplicationState::Admissible.as_str()))
        .to_owned();
    Ok(assessment::Entity::find()
        .filter(assessment::Column::ApplicationId.in_subquery(admissible))
        .order_by_asc(assessment::Column::CommissionerId)
        .limit(APPLICATIONS_PER_CALL * 2 * COMMISSIONERS_PER_CALL)
        .all(db)
        .await?)
}

/// Who wrote each of the admissible applications of a call.
async fn authors_of_admissible(db: &impl ConnectionTrait, call: CallId) -> Result<Vec<(ApplicationId, MemberId)>> {
    use row::Column as C;
    Ok(row::Entity::find()
        .select_only()
        .columns([C::Id, C::AuthorId])
        .filter(C::CallId.eq(call))
        .filter(C::State.eq(ApplicationState::Admissible.as_str()))
        .limit(APPLICATIONS_PER_CALL)
        .into_tuple()
        .all(db)
        .await?)
}
