//! The steps by which a database becomes Arengo's: one file per noun and change, run in order, each exactly once.
//!
//! Rule: a step that has shipped is frozen; a change is a new step. The statements are written in the words that SQLite
//! and PostgreSQL both understand: `uuid` ids, `BIGINT` times (UTC milliseconds) and counts, `TEXT` states with named
//! checks, `TEXT` JSON that is never queried inside. Deliberately absent: anything that only one of the two can do; where
//! both can and have other words for it, as for triggers, a step says it twice.

use sea_orm_migration::prelude::*;

mod m20261124_000001_spine;
mod m20261124_000002_member;
mod m20261124_000003_consultation;
mod m20261124_000004_proposal;
mod m20261124_000005_comment;
mod m20261124_000006_people;
mod m20261125_000007_letter;
mod m20261125_000008_ledger;
mod m20261125_000009_call;
mod m20261125_000010_campaign;
mod m20261125_000011_payment_message;
mod m20261130_000012_payout;
mod m20261130_000013_statement;
mod m20261130_000014_receipt;
mod m20261130_000015_reconciliation;

/// All steps, in the order in which they run.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_spine::Step),
            Box::new(m20261124_000002_member::Step),
            Box::new(m20261124_000003_consultation::Step),
            Box::new(m20261124_000004_proposal::Step),
            Box::new(m20261124_000005_comment::Step),
            Box::new(m20261124_000006_people::Step),
            Box::new(m20261125_000007_letter::Step),
            Box::new(m20261125_000008_ledger::Step),
            Box::new(m20261125_000009_call::Step),
            Box::new(m20261125_000010_campaign::Step),
            Box::new(m20261125_000011_payment_message::Step),
            Box::new(m20261130_000012_payout::Step),
            Box::new(m20261130_000013_statement::Step),
            Box::new(m20261130_000014_receipt::Step),
            Box::new(m20261130_000015_reconciliation::Step),
        ]
    }
}

/// Brings a database up to the last step; gives the names of the steps that ran.
///
/// # Errors
/// Those of the database; the steps before the failing one stay.
pub async fn migrate(db: &sea_orm_migration::sea_orm::DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let pending = pending(db).await?;
    Migrator::up(db, None).await?;
    Ok(pending)
}

/// The names of the steps that have not run yet, in order.
///
/// # Errors
/// Those of the database.
pub async fn pending(db: &sea_orm_migration::sea_orm::DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let steps = Migrator::get_pending_migrations(db).await?;
    Ok(steps.iter().map(|step| step.name().to_owned()).collect())
}

/// Declares the step of one file from its `UP` statements, and from those that each database has its own words for. There
/// is no way down: a backup is.
macro_rules! step {
    ($up:expr) => {
        crate::step!($up, sqlite: "", postgres: "");
    };
    ($up:expr, sqlite: $sqlite:expr, postgres: $postgres:expr) => {
        /// This file's step.
        pub struct Step;

        impl sea_orm_migration::MigrationName for Step {
            fn name(&self) -> &str {
                module_path!().rsplit("::").next().unwrap_or_default()
            }
        }

        #[async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Step {
            async fn up(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm_migration::DbErr> {
                use sea_orm_migration::prelude::*;
                let own = match manager.get_database_backend() {
                    sea_orm_migration::sea_orm::DbBackend::Sqlite => $sqlite,
                    _ => $postgres,
                };
                let db = manager.get_connection();
                db.execute_unprepared($up).await?;
                if !own.is_empty() {
                    db.execute_unprepared(own).await?;
                }
                Ok(())
            }
        }
    };
}
pub(crate) use step;
