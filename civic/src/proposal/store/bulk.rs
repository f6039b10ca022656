//! Many proposals at once, for imports.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{row, version};
use crate::comment::store as comment;
use crate::db::Tx;
use crate::error::Result;
use crate::id::{ConsultationId, ProposalId};

/// Adds proposals with their first versions.
pub(crate) async fn insert_many(
    tx: &Tx,
    rows: Vec<row::ActiveModel>,
    versions: Vec<version::ActiveModel>,
) -> Result<()> {
    if !rows.is_empty() {
        row::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
        version::Entity::insert_many(versions)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(())
}

/// Those of a source's ids that are here, with ours.
pub(crate) async fn ids_of_source(
    db: &impl ConnectionTrait,
    source: &str,
    external: &[String],
) -> Result<Vec<(String, ProposalId)>> {
    Ok(row::Entity::find()
        .select_only()
        .columns([row::Column::ExternalId, row::Column::Id])
        .filter(row::Column::Source.eq(source))
        .filter(row::Column::ExternalId.is_in(external.iter().map(String::as_str)))
        .into_tuple()
        .all(db)
        .await?)
}

/// Counts the visible comments of a consultation's proposals anew, in one statement.
pub(crate) async fn recount_comments(tx: &Tx, consultation: ConsultationId) -> Result<()> {
    let number = Query::select()
        .expr(Expr::col(comment::row::Column::Id).count())
        .from(comment::row::Entity)
        .and_where(
            Expr::col((comment::row::Entity, comment::row::Column::ProposalId))
                .equals((Alias::new("proposal"), row::Column::Id)),
        )
        .and_where(Expr::col(comment::row::Column::RemovedAt).is_null())
        .and_where(Expr::col((comment::row::Entity, comment::row::Column::HiddenBy)).is_null())
        .to_owned();
    row::Entity::update_many()
        .col_expr(row::Column::Comments, number.into())
        .filter(row::Column::ConsultationId.eq(consultation))
        .exec(&**tx)
        .await?;
    Ok(())
}
