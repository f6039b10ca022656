//! A request with a key changes things once, however often it is sent; what failed in it may be tried again.

use bytes::Bytes;
use civic::attachment::write::{NewAttachment, add};
use http::Method;
use serde_json::{Value, json};
use tests::http::{Answer, Client};
use tests::{city, given, person, rows};

use super::{ask, code, data};

async fn keyed(client: &Client, key: &str, document: &str) -> Answer {
    let request = client.request(Method::POST, "/graphql");
    let request = request
        .header("content-type", "application/json")
        .header("idempotency-key", key);
    let body = json!({ "query": document }).to_string();
    client.send(request.body(body.into()).expect("a request")).await
}

fn comment(proposal: impl std::fmt::Display, body: &str) -> String {
    format!("commentWrite(proposal: \"{proposal}\", input: {{ body: \"{body}\" }}) {{ comment {{ id body }} }}")
}

#[tokio::test]
async fn a_mutation_that_is_sent_twice_is_done_once_and_answered_alike() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let bea = person::citizen(city, "bea").await;
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let document = format!(
            "mutation {{ {} b: {} }}",
            comment(proposal, "Uno"),
            comment(proposal, "Due")
        );
        let first = data(keyed(&ada.api, "k1", &document).await);
        let again = data(keyed(&ada.api, "k1", &document).await);
        assert_eq!(first, again);
        let comments = "select count(*) from comment";
        assert_eq!(rows::number(city, comments).await, 2, "both, and each once");
        let other = keyed(&ada.api, "k1", &format!("mutation {{ {} }}", comment(proposal, "Tre"))).await;
        assert_eq!(code(&other), "key_reused");
        data(keyed(&bea.api, "k1", &document).await);
        assert_eq!(rows::number(city, comments).await, 4, "another's key is another");
        // Looking needs no key, and a visitor may change nothing.
        let look = "{ me { comments(first: 1) { edges { cursor } } } }";
        assert_eq!(data(keyed(&city.visitor(), "k1", look).await)["me"], Value::Null);
        assert_ne!(data(keyed(&ada.api, "k1", look).await)["me"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_repeat_does_what_failed_the_first_time_and_nothing_else() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let draft = given::draft(city, &ada, consultation, "Alberi in ogni via").await;
        let document = format!(
            "mutation {{ {} supportGive(id: \"{draft}\") {{ tally {{ supportCount }} }} }}",
            comment(proposal, "Uno")
        );
        let first = keyed(&ada.api, "k1", &document).await;
        assert!(first.json()["errors"].is_array(), "a draft takes no support");
        civic::proposal::write::publish(&ada.cx(city).await, draft)
            .await
            .expect("published");
        let told = data(keyed(&ada.api, "k1", &document).await);
        assert_eq!(told["supportGive"]["tally"]["supportCount"], 1);
        assert_eq!(told["commentWrite"]["comment"]["body"], "Uno");
        assert_eq!(rows::number(city, "select count(*) from comment").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_a_file_shows_is_said_anew() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let new = NewAttachment {
            name: "piano.pdf".to_owned(),
            description: "Il piano".to_owned(),
            bytes: Bytes::from_static(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"),
        };
        let id = add(&ada.cx(city).await, proposal, new).await.expect("added");
        let document = "mutation($id: ID!) {
            attachmentDescribe(id: $id, input: { description: \"La mappa\" }) { attachment { id description } } }";
        let told = ask(&ada.api, document, json!({ "id": id })).await;
        assert_eq!(told["attachmentDescribe"]["attachment"]["description"], "La mappa");
    })
    .await;
}
