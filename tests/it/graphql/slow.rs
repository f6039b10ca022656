//! What takes longer than it may: a query is told that it asks too much, a change that it may come again.

use civic::limits::GRAPHQL_MS;
use sea_orm::{DatabaseConnection, TransactionTrait};
use serde_json::json;
use tests::city::on_postgres;
use tests::{city, given, person, rows};

use super::code;

/// Keeps every connection of a pool, so that whoever comes waits for ever.
async fn hold_all(db: &DatabaseConnection) -> Vec<sea_orm::DatabaseTransaction> {
    let most = if on_postgres() {
        db.get_postgres_connection_pool().options().get_max_connections()
    } else {
        db.get_sqlite_connection_pool().options().get_max_connections()
    };
    let mut held = Vec::new();
    for _ in 0..most {
        held.push(db.begin().await.expect("free"));
    }
    held
}

#[tokio::test]
async fn a_document_that_is_not_done_in_its_time_is_let_go() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        // A token's first use is written down.
        ada.api.graphql("{ __typename }", json!({})).await.expect(200);
        let give = format!("mutation {{ supportGive(id: \"{proposal}\") {{ tally {{ supportCount }} }} }}");
        let query = "{ proposals(first: 1) { edges { node { title } } } }";
        for (db, client, document, wanted) in [
            (city.city.db.read(), &city.visitor(), query, "query_too_costly"),
            (city.city.db.owner(), &ada.api, &*give, "busy"),
        ] {
            let held = hold_all(db).await;
            let begun = std::time::Instant::now();
            let answer = client.graphql(document, json!({})).await.expect(200);
            assert_eq!(code(&answer), wanted, "{answer}");
            assert!(
                begun.elapsed().as_millis() >= u128::from(GRAPHQL_MS),
                "not before its time"
            );
            drop(held);
        }
        assert_eq!(rows::number(city, "select count(*) from support").await, 0);
        let answer = ada.api.graphql(&give, json!({})).await.expect(200).json();
        assert_eq!(answer["data"]["supportGive"]["tally"]["supportCount"], 1, "{answer}");
    })
    .await;
}
