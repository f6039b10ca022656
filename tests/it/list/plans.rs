//! How the lists are found: through an index that has their order, so that a page costs the same however much there is.
//!
//! Rule: the very statements of the use cases are asked how they would be run, with their values bound as they are bound
//! there, since a partial index serves no condition that is only bound. Only SQLite tells in words that do not depend on
//! how much is stored.

use std::sync::{Arc, Mutex, PoisonError};

use civic::actor::Actor;
use civic::comment::read::{Sort as CommentSort, threads};
use civic::consultation;
use civic::files::Files;
use civic::id::Ids;
use civic::language::Language;
use civic::page::{Cursor, Paging};
use civic::proposal::read::{Filter, Sort, answered_lately, list};
use civic::secret::Secret;
use civic::{City, Cx, Handles};
use sea_orm::{ConnectionTrait, Statement};
use tests::city::{self, TestCity, on_postgres};
use tests::{given, person};
use tokio::sync::{Notify, broadcast, watch};

/// The statements that were sent for looking.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<Statement>>>);

impl Asked {
    fn take(&self) -> Vec<Statement> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The same installation, telling what it sends.
fn telling(city: &TestCity, asked: &Asked) -> Cx {
    let here = &city.city;
    let (mut db, kept) = (here.db.clone(), asked.clone());
    db.on_look(move |statement| {
        kept.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(statement.clone());
    });
    let told = City::new(Handles {
        db,
        clock: here.clock.clone(),
        ids: Ids::seeded(2),
        documents: Arc::clone(&here.documents),
        files: Files::memory(),
        payments: Arc::clone(&here.payments),
        printer: Arc::clone(&here.printer),
        secret: Secret::new(vec![7; 32]).expect("long enough"),
        settings: here.settings.clone(),
        bell: Notify::new(),
        messages: Notify::new(),
        live: broadcast::Sender::new(1),
        stopping: watch::Sender::new(false),
    });
    told.cx(Actor::Visitor, Language::It)
}

/// The steps of each statement's plan that concern the tables of members' texts.
async fn plans(city: &TestCity, asked: &Asked) -> Vec<(String, Vec<String>)> {
    let db = city.city.db.read();
    let mut plans = Vec::new();
    for statement in asked.take() {
        let explained = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let values = statement.values.clone().map(|values| values.0).unwrap_or_default();
        let explain = Statement::from_sql_and_values(db.get_database_backend(), explained, values);
        let rows = db.query_all_raw(explain).await.expect("explained");
        let steps = rows.iter().map(|row| row.try_get("", "detail").expect("a step"));
        plans.push((statement.sql.to_string(), steps.collect()));
    }
    plans
}

/// A step that reads a whole table without an index, or sorts what was found.
fn is_slow(step: &str) -> bool {
    let scans = step.starts_with("SCAN ") && !step.contains("INDEX");
    scans || step.contains("TEMP B-TREE FOR ORDER BY") || step.contains("TEMP B-TREE FOR RIGHT PART OF ORDER BY")
}

async fn assert_quick(city: &TestCity, asked: &Asked, what: &str, table: &str) {
    let plans = plans(city, asked).await;
    let about = plans
        .iter()
        .any(|(_, steps)| steps.iter().any(|step| step.contains(table)));
    assert!(about, "{what} asks {table}: {plans:#?}");
    for (sql, steps) in &plans {
        assert!(!steps.iter().any(|step| is_slow(step)), "{what}: {steps:#?}\n{sql}");
    }
}

#[tokio::test]
async fn every_list_is_found_in_its_order_by_an_index() {
    if on_postgres() {
        return;
    }
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        given::comment(city, &author, proposal, "Serve").await;
        let asked = Asked::default();
        let cx = telling(city, &asked);
        let further = Cursor {
            key: 1,
            id: uuid::Uuid::from_u128(7),
        };
        for after in [None, Some(further)] {
            let paging = Paging { limit: 20, after };
            for sort in [Sort::Newest, Sort::MostSupported, Sort::MostDiscussed] {
                for consultation in [None, Some(consultation)] {
                    let filter = Filter {
                        consultation,
                        ..Filter::default()
                    };
                    list(&cx, &filter, sort, paging).await.expect("read");
                    assert_quick(
                        city,
                        &asked,
                        &format!("{sort:?} {consultation:?} {after:?}"),
                        "proposal",
                    )
                    .await;
                }
            }
            for sort in [CommentSort::Newest, CommentSort::Oldest, CommentSort::MostSupported] {
                threads(&cx, proposal, sort, paging).await.expect("read");
                assert_quick(city, &asked, &format!("threads {sort:?} {after:?}"), "comment").await;
            }
        }
        answered_lately(&cx, 3).await.expect("read");
        assert_quick(city, &asked, "answered lately", "proposal").await;
        consultation::read::list(&cx, Paging::default()).await.expect("read");
        assert_quick(city, &asked, "consultations", "consultation").await;
    })
    .await;
}
