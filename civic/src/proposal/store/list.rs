//! Lists of proposals: one statement each, of the columns that are shown and no others.

use std::collections::HashMap;

use sea_orm::sea_query::{
    Cond, Expr, ExprTrait, Func, JoinType, NullOrdering, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{ConnectionTrait, FromQueryResult};

use super::row;
use crate::City;
use crate::consultation::read::Figures;
use crate::consultation::store as consultation;
use crate::db::{past, row_by_place};
use crate::error::Result;
use crate::id::{ConsultationId, DecisionId, DistrictId, MemberId, ProposalId, ThemeId, TypedId};
use crate::member::store as member;
use crate::page::Paging;
use crate::proposal::read::{Filter, Sort};
use crate::proposal::{Point, ProposalState};
use crate::time::Timestamp;

row_by_place! {
    /// The columns that a list shows, with the names beside them, in the order of `cards`.
    #[derive(Debug)]
    pub(crate) struct CardRow {
        pub id: ProposalId,
        pub consultation_id: ConsultationId,
        pub author_id: Option<MemberId>,
        pub origin: String,
        pub state: String,
        pub hidden_by: Option<DecisionId>,
        pub title: String,
        pub excerpt: String,
        pub lang: String,
        pub theme_id: Option<ThemeId>,
        pub district_id: Option<DistrictId>,
        pub supports: i64,
        pub comments: i64,
        pub shuffle: i64,
        pub version: i64,
        pub created_at: Timestamp,
        pub published_at: Option<Timestamp>,
        pub author_name: Option<String>,
        pub theme_name: Option<String>,
        pub district_name: Option<String>,
    }
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

/// The states of `ProposalState::is_listed`, as the partial indexes spell them: a bound value would match none of them.
const LISTED: &str = "proposal.state NOT IN ('draft', 'withdrawn', 'merged')";

/// What everybody may find, written so that the partial indexes serve it.
pub(crate) fn listed() -> Cond {
    Cond::all()
        .add(col(row::Column::HiddenBy).is_null())
        .add(Expr::cust(LISTED))
}

fn narrowed(filter: &Filter) -> Cond {
    use row::Column as C;
    let mut cond = match filter.state {
        // What was taken back or joined is found by those who ask for it; a draft by nobody, whatever is asked.
        Some(state @ (ProposalState::Withdrawn | ProposalState::Merged)) => Cond::all()
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
        query.cond_where(past(column, row::Column::Id, &order, cursor));
    }
    query
        .order_by((row::Entity, column), order.clone())
        .order_by((row::Entity, row::Column::Id), order)
        .limit(paging.limit + 1);
    run(db, &query).await
}

/// The ring of the fair order: a prime just below the 31 bits of a proposal's random number.
const RING: i64 = (1 << 31) - 1;

/// How one seed turns random numbers into places: each seed multiplies and shifts them otherwise, so that over many
/// visitors every proposal is first as often as any other, whatever numbers it and its neighbours once drew.
const fn turn(seed: u32) -> (i64, i64) {
    let mixed = mix(seed as u64);
    let (high, low) = ((mixed >> 32) as i64, (mixed & 0xffff_ffff) as i64);
    (1 + high % (RING - 1), low % RING)
}

/// Spreads neighbouring seeds over all numbers (the finaliser of SplitMix64).
const fn mix(seed: u64) -> u64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    const FIRST: u64 = 0xbf58_476d_1ce4_e5b9;
    const SECOND: u64 = 0x94d0_49bb_1331_11eb;
    let mut mixed = seed.wrapping_add(1).wrapping_mul(STEP);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(FIRST);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(SECOND);
    mixed ^ (mixed >> 31)
}

/// A place on the ring of the fair order by chance: 31 bits, so that it fits every database's arithmetic.
pub(crate) fn shuffle(city: &City) -> i64 {
    let mut chance = [0_u8; 4];
    city.ids.fill(&mut chance);
    i64::from(u32::from_be_bytes(chance) >> 1)
}

/// A proposal's place in the order of a seed, as the statement computes it too.
pub(crate) const fn shuffled_place(shuffle: i64, seed: u32) -> i64 {
    let (times, plus) = turn(seed);
    (shuffle * times + plus) % RING
}

/// The ids are chosen over the narrow index alone; only the page's own rows are read whole.
async fn shuffled(db: &impl ConnectionTrait, filter: &Filter, seed: u32, paging: Paging) -> Result<Vec<CardRow>> {
    use row::Column as C;
    let (times, plus) = turn(seed);
    let place = || col(C::Shuffle).mul(times).add(plus).modulo(RING);
    let mut chosen = Query::select();
    chosen
        .column((row::Entity, C::Id))
        .from(row::Entity)
        .cond_where(narrowed(filter));
    if let Some(cursor) = paging.after {
        let same_place = Cond::all()
            .add(place().eq(cursor.key))
            .add(col(C::Id).gt(ProposalId::from_uuid(cursor.id)));
        chosen.cond_where(Cond::any().add(place().gt(cursor.key)).add(same_place));
    }
    chosen
        .order_by_expr(place(), Order::Asc)
        .order_by((row::Entity, C::Id), Order::Asc)
        .limit(paging.limit + 1);
    let mut query = cards();
    query
        .and_where(col(C::Id).in_subquery(chosen))
        .order_by_expr(place(), Order::Asc)
        .order_by((row::Entity, C::Id), Order::Asc);
    run(db, &query).await
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
        query.cond_where(past(row::Column::CreatedAt, row::Column::Id, &Order::Desc, cursor));
    }
    query
        .order_by((row::Entity, row::Column::CreatedAt), Order::Desc)
        .order_by((row::Entity, row::Column::Id), Order::Desc)
        .limit(paging.limit + 1);
    run(db, &query).await
}

/// The states in which the city has answered, as the partial index spells them.
const ANSWERED: &str = "proposal.state IN ('accepted', 'partly_accepted', 'declined', 'delivered')";

/// Those that were answered last; what an import brought without a date comes after the rest.
pub(crate) async fn answered_lately(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<CardRow>> {
    use row::Column as C;
    let mut query = cards();
    query
        .cond_where(listed())
        .and_where(Expr::cust(ANSWERED))
        .order_by_with_nulls((row::Entity, C::AnsweredAt), Order::Desc, NullOrdering::Last)
        .order_by_with_nulls((row::Entity, C::PublishedAt), Order::Desc, NullOrdering::Last)
        .order_by((row::Entity, C::Id), Order::Desc)
        .limit(limit);
    run(db, &query).await
}

/// All of `ids` that there are, for callers that check who may know of them.
pub(crate) async fn every_card_of(db: &impl ConnectionTrait, ids: &[ProposalId]) -> Result<Vec<CardRow>> {
    let mut query = cards();
    query.and_where(col(row::Column::Id).is_in(ids.iter().copied()));
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

/// The points of the newest that a list shows, at most `limit`.
pub(crate) async fn points(db: &impl ConnectionTrait, filter: &Filter, limit: u64) -> Result<Vec<Point>> {
    use row::Column as C;
    #[derive(FromQueryResult)]
    struct PointRow {
        latitude_e6: i64,
        longitude_e6: i64,
    }
    let mut query = Query::select();
    query
        .columns([(row::Entity, C::LatitudeE6), (row::Entity, C::LongitudeE6)])
        .from(row::Entity)
        .cond_where(narrowed(filter))
        .and_where(col(C::LatitudeE6).is_not_null())
        .order_by((row::Entity, C::PublishedAt), Order::Desc)
        .limit(limit);
    let rows = PointRow::find_by_statement(db.get_database_backend().build(&query));
    let point = |row: PointRow| Point {
        latitude_e6: row.latitude_e6,
        longitude_e6: row.longitude_e6,
    };
    Ok(rows.all(db).await?.into_iter().map(point).collect())
}

/// How many proposals there are for each value of each filter, given the others.
#[derive(Debug, FromQueryResult)]
pub(crate) struct FacetRow {
    pub theme_id: Option<ThemeId>,
    pub district_id: Option<DistrictId>,
    pub quarter_id: Option<DistrictId>,
    pub state: String,
    pub origin: String,
    pub number: i64,
}

/// The groups of what `filter` narrows by consultation and author, and of the unlisted state that it asks for.
pub(crate) async fn facets(db: &impl ConnectionTrait, filter: &Filter) -> Result<Vec<FacetRow>> {
    use row::Column as C;
    let wide = Filter {
        consultation: filter.consultation,
        author: filter.author,
        state: filter.state.filter(|state| !state.is_listed()),
        ..Filter::default()
    };
    let mut query = Query::select();
    for column in [C::ThemeId, C::DistrictId, C::QuarterId, C::State, C::Origin] {
        query.column((row::Entity, column)).group_by_col((row::Entity, column));
    }
    query
        .expr_as(Func::count(col(C::Id)), "number")
        .from(row::Entity)
        .cond_where(narrowed(&wide));
    Ok(FacetRow::find_by_statement(db.get_database_backend().build(&query))
        .all(db)
        .await?)
}

#[derive(Debug, FromQueryResult)]
struct FiguresRow {
    consultation_id: ConsultationId,
    proposals: i64,
    comments: i64,
    supports: i64,
    answered: i64,
}

/// How much was contributed to each of these consultations, or to each there is, in one statement; nothing to those
/// left out.
pub(crate) async fn figures(
    db: &impl ConnectionTrait,
    ids: Option<&[ConsultationId]>,
) -> Result<HashMap<ConsultationId, Figures>> {
    use row::Column as C;
    let mut query = Query::select();
    let sum = |column| whole(Func::sum(col(column)).into());
    let answered = Expr::case(Expr::cust(ANSWERED), 1_i64).finally(0_i64);
    query
        .column((row::Entity, C::ConsultationId))
        // Whatever the index holds is enough: no row of the table is read.
        .expr_as(Func::count(Expr::cust("*")), "proposals")
        .expr_as(sum(C::Comments), "comments")
        .expr_as(sum(C::Supports), "supports")
        .expr_as(whole(Func::sum(answered).into()), "answered")
        .from(row::Entity)
        .cond_where(listed())
        .and_where_option(ids.map(|ids| col(C::ConsultationId).is_in(ids.iter().copied())))
        .group_by_col((row::Entity, C::ConsultationId));
    let rows = FiguresRow::find_by_statement(db.get_database_backend().build(&query))
        .all(db)
        .await?;
    let figures = |row: &FiguresRow| Figures {
        proposals: row.proposals,
        comments: row.comments,
        supports: row.supports,
        answered: row.answered,
    };
    Ok(rows.iter().map(|row| (row.consultation_id, figures(row))).collect())
}

/// A sum of whole numbers is a decimal on PostgreSQL, and must be made whole again.
fn whole(sum: SimpleExpr) -> SimpleExpr {
    sum.cast_as("bigint")
}
