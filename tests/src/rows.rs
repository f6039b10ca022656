//! Looking into the tables themselves, for what no surface shows: hashes, rows, columns.

use sea_orm::{ConnectionTrait, Statement};

use crate::city::TestCity;

/// The first column of every row, as text; the statement casts what is none.
pub async fn texts(city: &TestCity, sql: &str) -> Vec<String> {
    let db = city.city.db.read();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.expect("the database answers");
    rows.iter()
        .map(|row| row.try_get_by_index::<String>(0).expect("a text"))
        .collect()
}

/// The one number that the statement gives.
pub async fn number(city: &TestCity, sql: &str) -> i64 {
    let db = city.city.db.read();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.expect("the database answers");
    row.expect("a row").try_get_by_index(0).expect("a number")
}
