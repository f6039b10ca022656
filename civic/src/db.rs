//! The two databases behind one face: connect, begin, commit, and what a failure means.
//!
//! Rule: this is the only file that knows which database it is. SQLite has one connection that writes, begun
//! `IMMEDIATE`, and a pool that reads; PostgreSQL has a pool for each, so that an operation that looks while it writes
//! never waits for a connection that others like it hold. Acknowledged means durable: `synchronous=FULL` and
//! `synchronous_commit=on` are set here and asserted by `check`. Deliberately absent: the closure form of transactions,
//! and any way to weaken durability.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, Order};
use sea_orm::{
    AccessMode, ColumnTrait, Condition, ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection,
    DatabaseTransaction, DbErr, IsolationLevel, RuntimeErr, SqlErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

use crate::error::{Code, Error, Result};
use crate::page::Cursor;

/// Declares what one row of a statement gives, field by field in the order of the statement's columns. Reading by place
/// instead of by name spares a look-up for each value of each row, which in a list of twenty is a tenth of all its work.
macro_rules! row_by_place {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($field_vis:vis $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        $vis struct $name { $($field_vis $field: $type,)+ }

        impl sea_orm::FromQueryResult for $name {
            fn from_query_result(row: &sea_orm::QueryResult, _prefix: &str) -> std::result::Result<Self, sea_orm::DbErr> {
                let mut places = 0_usize..;
                // Fields of a literal are evaluated in the order in which they are written.
                Ok(Self { $($field: row.try_get_by_index(places.next().unwrap_or_default())?,)+ })
            }
        }
    };
}
pub(crate) use row_by_place;

/// The database of one city.
#[derive(Debug, Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
}

/// A transaction that writes; dropping it without `commit` rolls it back.
#[derive(Debug)]
pub struct Tx(DatabaseTransaction);

impl std::ops::Deref for Tx {
    type Target = DatabaseTransaction;
    fn deref(&self) -> &DatabaseTransaction {
        &self.0
    }
}

impl Tx {
    /// Makes the changes durable.
    ///
    /// # Errors
    /// `Busy` or `Bug`; then nothing was changed, or the outcome is unknown and a repeat tells.
    pub async fn commit(self) -> Result<()> {
        self.0.commit().await.map_err(Error::from)
    }
}

/// A look at one moment: what is committed meanwhile is not seen.
#[derive(Debug)]
pub struct Snapshot(DatabaseTransaction);

impl std::ops::Deref for Snapshot {
    type Target = DatabaseTransaction;
    fn deref(&self) -> &DatabaseTransaction {
        &self.0
    }
}

const BUSY_MS: u64 = 5_000;
/// How long an operation waits for its turn in a rush: less than a request may take, so that it is told to come back.
const TURN_MS: u64 = 20_000;
/// A connection that was idle for so long is asked whether it still lives before it is used. One that was used a moment
/// ago is not: the question costs as much as a short statement.
const PING_AFTER_MS: u64 = 1_000;
const READERS: u32 = 8;
const POSTGRES_POOL: u32 = 16;

impl Db {
    /// Connects to `sqlite://…` or `postgres://…`; a SQLite file that is not there is made.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be reached, `Bug` when the address is of another kind.
    pub async fn connect(url: &str) -> Result<Self> {
        if url.starts_with("sqlite:") {
            let write = Database::connect(sqlite(url, 1)).await.map_err(unreachable)?;
            let read = Database::connect(sqlite(url, READERS)).await.map_err(unreachable)?;
            Ok(Self { read, write })
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let write = Database::connect(postgres(url)).await.map_err(unreachable)?;
            let read = Database::connect(postgres(url)).await.map_err(unreachable)?;
            Ok(Self { read, write })
        } else {
            Err(Error::Bug(
                "the database address begins with neither sqlite: nor postgres:".to_owned(),
            ))
        }
    }

    /// Where use cases look. A write looks here only for what no other write changes meanwhile, such as a consultation's
    /// themes, and in its transaction for everything else.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Tells of every statement that is looked with from now on, for those who ask how it would be run.
    pub fn on_look(&mut self, told: impl Fn(&Statement) + Send + Sync + 'static) {
        self.read.set_metric_callback(move |info| told(info.statement));
    }

    /// The connection on which the migrations run.
    #[must_use]
    pub const fn owner(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Begins a transaction that writes.
    ///
    /// # Errors
    /// `Busy` when no connection is free in time.
    pub async fn begin(&self) -> Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Tx(self.write.begin_with_options(options).await?))
    }

    /// Begins to look at one moment, for reading that takes many statements and must fit together.
    ///
    /// # Errors
    /// `Busy` when no connection is free in time.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        // On SQLite every transaction sees one moment, and knows no other kind.
        let options = if self.kind() == "sqlite" {
            TransactionOptions::default()
        } else {
            TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            }
        };
        Ok(Snapshot(self.read.begin_with_options(options).await?))
    }

    /// `sqlite` or `postgres`, for people and logs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.write.get_database_backend() {
            DatabaseBackend::Sqlite => "sqlite",
            _ => "postgres",
        }
    }

    /// Asserts that what is acknowledged is durable.
    ///
    /// # Errors
    /// `Unavailable` with the setting that is weaker than it must be.
    pub async fn check(&self) -> Result<()> {
        let checks: &[(&str, &str)] = if self.kind() == "sqlite" {
            &[
                ("PRAGMA synchronous", "2"),
                ("PRAGMA journal_mode", "wal"),
                ("PRAGMA foreign_keys", "1"),
            ]
        } else {
            &[
                ("SHOW synchronous_commit", "on"),
                ("SHOW fsync", "on"),
                ("SHOW full_page_writes", "on"),
            ]
        };
        for (question, wanted) in checks {
            let found = self.setting(question).await?;
            if found != *wanted {
                return Err(Error::Unavailable(format!(
                    "{question} is {found}, and must be {wanted}"
                )));
            }
        }
        Ok(())
    }

    async fn setting(&self, question: &str) -> Result<String> {
        let statement = Statement::from_string(self.write.get_database_backend(), question);
        let row = self.write.query_one_raw(statement).await?.ok_or(Error::NotFound)?;
        row.try_get_by_index::<String>(0)
            .or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()))
            .map_err(Error::from)
    }

    /// Closes all connections, so that a file can be moved or a database dropped.
    pub async fn close(self) {
        let _ = self.read.close().await;
        let _ = self.write.close().await;
    }
}

fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_millis(TURN_MS))
        .test_before_acquire_if_idle_for(Duration::from_millis(PING_AFTER_MS))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_millis(BUSY_MS))
                .pragma("journal_size_limit", "67108864")
                .pragma("cache_size", "-16384")
        });
    options
}

fn postgres(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(POSTGRES_POOL)
        .acquire_timeout(Duration::from_millis(TURN_MS))
        .test_before_acquire_if_idle_for(Duration::from_millis(PING_AFTER_MS))
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|postgres| {
            postgres.options([
                ("synchronous_commit", "on"),
                ("lock_timeout", "5s"),
                ("statement_timeout", "30s"),
                ("idle_in_transaction_session_timeout", "10s"),
                ("jit", "off"),
            ])
        });
    options
}

fn unreachable(error: DbErr) -> Error {
    Error::Unavailable(format!("the database cannot be reached: {error}"))
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::ConnectionAcquire(_) => Self::Busy,
            DbErr::Conn(_) => unreachable(error),
            DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
                of_driver(cause).unwrap_or_else(|| Self::Bug(error.to_string()))
            }
            _ => Self::Bug(error.to_string()),
        }
    }
}

/// What a failure of the driver means, where it is no fault of ours.
fn of_driver(cause: &sqlx::Error) -> Option<Error> {
    match cause {
        sqlx::Error::PoolTimedOut => Some(Error::Busy),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            Some(Error::Unavailable(format!("the database was lost: {cause}")))
        }
        sqlx::Error::Database(said) => of_code(&said.code()?, said.message()),
        _ => None,
    }
}

fn of_code(code: &str, message: &str) -> Option<Error> {
    match code {
        // SQLite: busy, locked and their extended kinds. PostgreSQL: lock timeout, deadlock, serialization, a statement or
        // an idle transaction that took too long.
        "5" | "6" | "261" | "517" | "55P03" | "40P01" | "40001" | "57014" | "25P03" => Some(Error::Busy),
        // PostgreSQL: shutting down, crashed, starting, out of connections, and what else breaks a connection.
        "57P01" | "57P02" | "57P03" | "53300" | "08000" | "08003" | "08006" => {
            Some(Error::Unavailable(format!("the database was lost: {message}")))
        }
        _ => None,
    }
}

/// Whether a write failed because a unique constraint already holds such a row.
#[must_use]
pub fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// The same error, or `Conflict(code)` when other rows still point to what was to go.
#[must_use]
pub fn referenced_as(error: DbErr, code: Code) -> Error {
    if matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))) {
        Error::Conflict(code)
    } else {
        error.into()
    }
}

/// The same error, or `Conflict(code)` when a unique constraint already holds such a row.
#[must_use]
pub fn duplicate_as(error: DbErr, code: Code) -> Error {
    if is_duplicate(&error) {
        Error::Conflict(code)
    } else {
        error.into()
    }
}

/// Rows past a place in a list that is ordered by `key` and then `id`, both in the same direction. The first bound alone
/// lets an index begin there: however far one has paged, what went before is not read again.
pub(crate) fn past<C: ColumnTrait>(key: C, id: C, order: &Order, cursor: Cursor) -> Condition {
    let col = |column: C| Expr::col(column.as_column_ref());
    let (not_before, beyond, same_beyond) = if *order == Order::Desc {
        (col(key).lte(cursor.key), col(key).lt(cursor.key), col(id).lt(cursor.id))
    } else {
        (col(key).gte(cursor.key), col(key).gt(cursor.key), col(id).gt(cursor.id))
    };
    Condition::all()
        .add(not_before)
        .add(Condition::any().add(beyond).add(same_beyond))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_or_crowded_database_is_no_fault_of_ours() {
        let said = |cause| Error::from(DbErr::Query(RuntimeErr::SqlxError(std::sync::Arc::new(cause))));
        let lost = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert!(matches!(said(sqlx::Error::Io(lost)), Error::Unavailable(_)));
        assert_eq!(said(sqlx::Error::PoolTimedOut), Error::Busy);
        assert!(matches!(said(sqlx::Error::RowNotFound), Error::Bug(_)));
        for code in ["57P01", "53300"] {
            assert!(
                matches!(of_code(code, "terminated"), Some(Error::Unavailable(_))),
                "{code}"
            );
        }
        assert_eq!(of_code("57014", "canceling statement"), Some(Error::Busy));
        assert_eq!(of_code("23514", "a check"), None);
    }
}
