//! Who changes the books other than by posting: the database refuses, and where its triggers were taken away first, the
//! check finds it. And the chain as an outsider follows it, from the rows alone.

use civic::ledger::verify;
use civic::ledger::verify::{Head, Wrong};
use data_encoding::HEXLOWER;
use sea_orm::Statement;
use sha2::{Digest, Sha256};

use super::*;

/// A few txns to change: numbers 1 to 5, of which 4 undoes 3.
async fn some(city: &TestCity) -> Books {
    let books = Books::open(city, 10_000).await;
    books.post(&books.gift("don_1", 2_500)).await.expect("posted");
    let second = books.post(&books.gift("don_2", 700)).await.expect("posted");
    books.reverse(second.id, "mistake/1").await.expect("undone");
    let both = books
        .reserve("don_1", 1_500)
        .entry(books.of_pot(Available), books.of_pot(Reserved), Money::eur(1));
    books.post(&both).await.expect("posted");
    books
}

#[tokio::test]
async fn the_database_refuses_whatever_is_no_posting() {
    city::with(async |city| {
        some(city).await;
        let hash = "a".repeat(64);
        let txn = |number: i64, before: &str| {
            format!(
                "insert into txn (number, id, kind, cause, reverses, effective_at, recorded_at, previous_hash, hash)
                 values ({number}, '00000000-0000-8000-8000-000000000001', 'pot_funded', 'x', null, 0, 0, {before}, '{hash}')"
            )
        };
        let entry = "insert into entry (number, position, debit, credit, amount_minor) values";
        let mut refused = vec![
            "update txn set cause = 'x' where number = 2".to_owned(),
            "update txn set recorded_at = 0".to_owned(),
            "delete from txn where number = 5".to_owned(),
            "update entry set amount_minor = 1 where number = 2".to_owned(),
            "update entry set debit = 'custodian:bank' where number = 2".to_owned(),
            "delete from entry".to_owned(),
            format!("{entry} (2, 9, 'custodian:bank', 'custodian:suspense', 5)"),
            format!("{entry} (5, 9, 'custodian:bank', 'custodian:suspense', 5)"),
            format!("{entry} (6, 1, 'custodian:bank', 'custodian:suspense', 5)"),
            txn(7, "(select hash from ledger_head)"),
            txn(6, &format!("'{hash}'")),
            txn(2, "(select previous_hash from txn where number = 2)"),
            "update ledger_head set number = 4, hash = (select hash from txn where number = 4)".to_owned(),
            format!("update ledger_head set number = 6, hash = '{hash}'"),
            "delete from ledger_head".to_owned(),
            format!("insert into ledger_head (id, number, hash) values (2, 0, '{hash}')"),
        ];
        if city::on_postgres() {
            refused.extend(["truncate entry", "truncate txn, entry", "truncate ledger_head"].map(str::to_owned));
        }
        let db = city.city.db.owner();
        for sql in refused {
            assert!(db.execute_unprepared(&sql).await.is_err(), "{sql}");
        }
    })
    .await;
}

/// Takes away what the database guards, as somebody who owns it can.
async fn unguard(city: &TestCity) {
    let db = city.city.db.owner();
    let sql = if city::on_postgres() {
        vec![
            "alter table txn disable trigger all; alter table entry disable trigger all;
              alter table ledger_head disable trigger all; alter table pot drop constraint pot_never_exceeded;
              alter table pot drop constraint pot_adds_up;"
                .to_owned(),
        ]
    } else {
        let triggers = rows::texts(city, "select name from sqlite_master where type = 'trigger'").await;
        let dropped = triggers.iter().map(|name| format!("drop trigger {name}"));
        let off = ["pragma foreign_keys = off", "pragma ignore_check_constraints = on"].map(str::to_owned);
        dropped.chain(off).collect()
    };
    for sql in sql {
        db.execute_unprepared(&sql).await.expect("unguarded");
    }
}

const TABLES: [&str; 5] = ["txn", "entry", "account", "pot", "ledger_head"];

#[tokio::test]
async fn a_change_behind_the_databases_back_is_found_where_it_was_made() {
    city::with(async |city| {
        some(city).await;
        let before = verify(&city.city, None).await.expect("read");
        assert_eq!((before.txns, before.entries, before.head.number), (5, 6, 5));
        unguard(city).await;
        let db = city.city.db.owner();
        for table in TABLES {
            let sql = format!("create table kept_{table} as select * from {table}");
            db.execute_unprepared(&sql).await.expect("kept");
        }
        let insert = "insert into entry (number, position, debit, credit, amount_minor) values";
        let cases = [
            (
                "update entry set amount_minor = 2600 where number = 2",
                Some(2),
                Wrong::Hash,
            ),
            (
                "update entry set amount_minor = 2600 where number = 2",
                Some(2),
                Wrong::Balance,
            ),
            (
                "update entry set position = 3 where number = 5 and position = 2",
                Some(5),
                Wrong::Move,
            ),
            (
                "update entry set debit = credit, credit = debit where number = 2",
                Some(2),
                Wrong::Move,
            ),
            (
                "update entry set debit = 'custodian:gold' where number = 2",
                Some(2),
                Wrong::Move,
            ),
            (
                "update entry set amount_minor = 701 where number = 4",
                Some(4),
                Wrong::Reversal,
            ),
            (
                "delete from entry where number = 5 and position = 2",
                Some(5),
                Wrong::Hash,
            ),
            ("delete from entry where number = 2", Some(2), Wrong::Move),
            ("update txn set cause = 'don_9' where number = 2", Some(2), Wrong::Hash),
            (
                "update txn set kind = 'gold_found' where number = 2",
                Some(2),
                Wrong::Move,
            ),
            (
                "update txn set recorded_at = recorded_at + 1 where number = 3",
                Some(3),
                Wrong::Hash,
            ),
            (
                "update txn set effective_at = effective_at - 1 where number = 5",
                Some(5),
                Wrong::Hash,
            ),
            (
                "update txn set hash = previous_hash where number = 3",
                Some(3),
                Wrong::Hash,
            ),
            (
                "update txn set hash = previous_hash where number = 3",
                Some(3),
                Wrong::Link,
            ),
            ("update txn set number = 7 where number = 5", Some(7), Wrong::Number),
            ("delete from txn where number = 2", Some(2), Wrong::Number),
            ("delete from txn where number = 2", None, Wrong::Stray),
            (
                "update account set balance_minor = 1 where code = 'custodian:bank'",
                None,
                Wrong::Balance,
            ),
            ("delete from account where code like 'cam_%'", None, Wrong::Balance),
            (
                "update pot set held_minor = 4, available_minor = available_minor - 4",
                None,
                Wrong::Balance,
            ),
            ("update pot set total_minor = 5", None, Wrong::Pot),
            ("update ledger_head set number = 4", None, Wrong::Head),
            ("delete from ledger_head", None, Wrong::Head),
            ("delete from txn where number = 5", None, Wrong::Head),
        ];
        for (sql, number, wrong) in cases {
            db.execute_unprepared(sql)
                .await
                .unwrap_or_else(|error| panic!("{sql}: {error}"));
            let found = verify(&city.city, None).await.expect("read");
            assert!(
                found.findings.iter().any(|finding| finding.wrong == wrong),
                "{sql}: {found:#?}"
            );
            if let Some(number) = number {
                let first = found.first_broken().expect("at a txn");
                assert!((number..=number + 1).contains(&first), "{sql}: {found:#?}");
            }
            restore(city).await;
        }
        let stray = format!("{insert} (4, 2, 'custodian:bank', 'custodian:suspense', 5)");
        db.execute_unprepared(&stray).await.expect("added");
        let found = verify(&city.city, None).await.expect("read");
        assert_eq!(found.first_broken(), Some(4));
        restore(city).await;
        assert_eq!(verify(&city.city, None).await.expect("read"), before, "as it was");
    })
    .await;
}

/// Everything as it was kept.
async fn restore(city: &TestCity) {
    let db = city.city.db.owner();
    for table in TABLES {
        for sql in [
            format!("delete from {table}"),
            format!("insert into {table} select * from kept_{table}"),
        ] {
            db.execute_unprepared(&sql).await.expect("restored");
        }
    }
}

#[tokio::test]
async fn a_head_that_was_kept_tells_even_when_all_of_the_rest_was_made_to_fit() {
    city::with(async |city| {
        let books = some(city).await;
        let kept = verify(&city.city, None).await.expect("read").head;
        books.post(&books.gift("don_3", 100)).await.expect("posted");
        let later = verify(&city.city, Some(&kept)).await.expect("read");
        assert_eq!((later.wrong, later.head.number), (0, 6));
        // The last txn is cut off, with its balances and the head: nothing inside tells.
        unguard(city).await;
        let db = city.city.db.owner();
        for sql in [
            "delete from entry where number = 6",
            "delete from txn where number = 6",
            "update ledger_head set number = 5, hash = (select hash from txn where number = 5)",
            "update account set balance_minor = balance_minor - 100 where balance_minor > 0",
        ] {
            db.execute_unprepared(sql).await.expect("cut off");
        }
        assert_eq!(verify(&city.city, Some(&kept)).await.expect("read").wrong, 0);
        let cut = verify(&city.city, Some(&later.head)).await.expect("read");
        assert!(
            cut.findings.iter().any(|finding| finding.wrong == Wrong::KeptHead),
            "{cut:#?}"
        );
        let made_up = Head {
            number: 3,
            hash: "b".repeat(64),
        };
        assert_eq!(verify(&city.city, Some(&made_up)).await.expect("read").wrong, 1);
    })
    .await;
}

#[tokio::test]
async fn an_outsider_can_follow_the_chain_from_the_rows_alone() {
    city::with(async |city| {
        let books = some(city).await;
        let db = city.city.db.read();
        let all = async |sql: &str| {
            let statement = Statement::from_string(db.get_database_backend(), sql);
            db.query_all_raw(statement).await.expect("answered")
        };
        let mut before = "0".repeat(64);
        for row in all("select number, kind, cause, effective_at, recorded_at, hash from txn order by number").await {
            let number: i64 = row.try_get("", "number").expect("a number");
            let [kind, cause, hash] =
                ["kind", "cause", "hash"].map(|name| row.try_get::<String>("", name).expect("a text"));
            let [effective, recorded] =
                ["effective_at", "recorded_at"].map(|name| row.try_get::<i64>("", name).expect("a time"));
            let id = ledger::id_of(
                Kind::parse(&kind).expect("known"),
                &if kind == "reversal" {
                    ledger::id_of(Kind::GiftConfirmed, "don_2").to_string()
                } else {
                    cause.clone()
                },
            );
            let reverses = if kind == "reversal" {
                ledger::id_of(Kind::GiftConfirmed, "don_2").to_string()
            } else {
                "nothing".to_owned()
            };
            let sealed = format!("cause {cause}\neffective {effective}\nrecorded {recorded}\n");
            let seal = HEXLOWER.encode(&Sha256::digest(sealed.as_bytes()));
            let mut text = format!(
                "arengo ledger 2\nnumber {number}\nbefore {before}\nid {id}\nkind {kind}\nreverses {reverses}\nseal {seal}\n"
            );
            let entries = format!("select * from entry where number = {number} order by position");
            for row in all(&entries).await {
                let [debit, credit] = ["debit", "credit"].map(|name| row.try_get::<String>("", name).expect("a text"));
                let [position, cents] =
                    ["position", "amount_minor"].map(|name| row.try_get::<i64>("", name).expect("a number"));
                text += &format!("entry {position} {debit} {credit} {cents} EUR\n");
            }
            assert_eq!(HEXLOWER.encode(&Sha256::digest(text.as_bytes())), hash, "{text}");
            before = hash;
        }
        let last = read::after(&books.cx, 4, 10).await.expect("read");
        assert_eq!((last.len(), last[0].hash.as_str()), (1, before.as_str()));
        let released = read::released(&books.cx, books.pot).await.expect("read");
        assert_eq!(released.minor(), 0);
    })
    .await;
}
