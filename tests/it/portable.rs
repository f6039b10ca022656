//! What must be the same on SQLite and on PostgreSQL: the tables, what each type keeps, and the steps from nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use civic::proposal::{Point, ProposalInput};
use migrations::{migrate, pending};
use sea_orm::{ConnectionTrait, Statement};
use tests::city::{self, TestCity};
use tests::person::citizen;
use tests::{given, rows};

/// The steps that there are; it grows with each.
const STEPS: usize = 15;

/// Each column as `table.column type null?`, with the names that both databases have for a type.
async fn columns(city: &TestCity) -> Vec<String> {
    let sql = if city::on_postgres() {
        "select table_name || '.' || column_name || ' ' ||
                case data_type when 'bigint' then 'BIGINT' when 'text' then 'TEXT' else data_type end || ' ' ||
                case is_nullable when 'YES' then 'null' else 'not null' end
         from information_schema.columns where table_schema = 'public' and table_name not like 'seaql%'"
    } else {
        "select m.name || '.' || c.name || ' ' || c.type || ' ' ||
                case c.\"notnull\" when 0 then 'null' else 'not null' end
         from sqlite_master m, pragma_table_info(m.name) c
         where m.type = 'table' and m.name not like 'seaql%' and m.name not like 'sqlite%'"
    };
    let mut columns = rows::texts(city, sql).await;
    columns.sort();
    columns
}

/// Each index of ours by its name; each database has others for keys.
async fn indexes(city: &TestCity) -> Vec<String> {
    let sql = if city::on_postgres() {
        "select indexname::text from pg_indexes where schemaname = 'public' and indexname not like '%_pkey'
         and tablename not like 'seaql%'"
    } else {
        "select name from sqlite_master where type = 'index' and name not like 'sqlite%' and tbl_name not like 'seaql%'"
    };
    let mut indexes = rows::texts(city, sql).await;
    indexes.sort();
    indexes
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_indexes() {
    city::with(async |city| {
        let mut schema = String::new();
        for line in columns(city).await.into_iter().chain(indexes(city).await) {
            writeln!(schema, "{line}").expect("written");
        }
        // Both runs are compared with the one stored text, and so with each other.
        tests::snapshot::matches("schema", &schema);
    })
    .await;
}

#[tokio::test]
async fn the_steps_run_from_nothing_and_once() {
    city::with(async |city| {
        let db = city.city.db.owner();
        assert!(pending(db).await.expect("read").is_empty());
        assert!(migrate(db).await.expect("nothing to do").is_empty());
        let tables: Vec<String> = columns(city)
            .await
            .iter()
            .filter_map(|column| column.split('.').next().map(ToOwned::to_owned))
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        let cascade = if city::on_postgres() { " cascade" } else { "" };
        let off = if city::on_postgres() {
            "select 1"
        } else {
            "pragma foreign_keys = off"
        };
        db.execute_unprepared(off).await.expect("off");
        for table in tables.iter().map(String::as_str).chain(["seaql_migrations"]) {
            db.execute_unprepared(&format!("drop table {table}{cascade}"))
                .await
                .expect("dropped");
        }
        let ran = migrate(db).await.expect("from nothing");
        assert_eq!(ran.len(), STEPS);
        assert_eq!(rows::number(city, "select last_number from relay").await, 0);
    })
    .await;
}

#[tokio::test]
async fn every_type_comes_back_as_it_went_in() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let cx = author.cx(city).await;
        let body = "Emoji 🚲, combining e\u{301}, ümlaut, 漢字, quote ' and \" and \\ and % and _ and $1 and ?";
        let point = Point {
            latitude_e6: 45_400_001,
            longitude_e6: 9_299_999,
        };
        let input = ProposalInput {
            title: Some("'; drop table proposal; --".to_owned()),
            body: Some(body.to_owned()),
            point: Some(Some(point)),
            ..ProposalInput::default()
        };
        let id = civic::proposal::write::begin(&cx, consultation, input)
            .await
            .expect("kept");
        let page = civic::proposal::read::page(&cx, id).await.expect("read");
        assert_eq!(page.card.id, id);
        assert_eq!(page.card.title, "'; drop table proposal; --");
        assert_eq!(page.body.as_str(), body.replace("e\u{301}", "é"));
        assert_eq!(
            (page.point, page.card.created_at, page.card.published_at),
            (Some(point), cx.now, None)
        );
        assert_eq!(page.card.author.map(|author| author.id), Some(author.id));
    })
    .await;
}

#[tokio::test]
async fn numbers_keep_all_their_bits_and_the_named_checks_hold() {
    city::with(async |city| {
        let db = city.city.db.owner();
        for number in [i64::MAX, i64::MIN + 1, 0, -1] {
            db.execute_unprepared("delete from follower").await.expect("emptied");
            let stored = db
                .execute_unprepared(&format!(
                    "insert into follower (name, number, moved_at) values ('x', 1, {number})"
                ))
                .await;
            stored.expect("stored");
            assert_eq!(rows::number(city, "select moved_at from follower").await, number);
        }
        for bad in [
            "insert into follower (name, number, moved_at) values ('y', -1, 0)",
            "insert into relay (id, last_number) values (2, 0)",
            "insert into follower (name, number, moved_at) values ('x', 2, 0)",
            "insert into follower (name, number, moved_at) values (null, 2, 0)",
        ] {
            assert!(db.execute_unprepared(bad).await.is_err(), "{bad}");
        }
        city.city.db.check().await.expect("what is acknowledged is durable");
    })
    .await;
}

#[tokio::test]
async fn texts_sort_and_compare_alike() {
    city::with(async |city| {
        let db = city.city.db.read();
        let sql = "select (case when 'a' = 'A' then 'same' else 'other' end) ||
                          (case when 'à' = 'a' then 'same' else 'other' end) ||
                          (case when 'Z' < 'a' then 'bytes' else 'words' end)";
        let row = db
            .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
            .await
            .expect("answered")
            .expect("a row");
        assert_eq!(row.try_get_by_index::<String>(0).expect("a text"), "otherotherbytes");
        let kinds: BTreeMap<&str, &str> = BTreeMap::from([("sqlite", "sqlite"), ("postgres", "postgres")]);
        assert!(kinds.contains_key(city.city.db.kind()));
    })
    .await;
}
