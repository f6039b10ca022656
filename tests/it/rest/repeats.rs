//! A write that is sent twice is done once; an answer that is known is not sent again.

use http::Method;
use serde_json::{Value, json};
use tests::http::{Answer, Client};
use tests::{city, given, person};

async fn post_with_key(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    let request = client.request(Method::POST, path);
    let request = request
        .header("content-type", "application/json")
        .header("idempotency-key", key);
    client
        .send(request.body(body.to_string().into()).expect("a request"))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_posts_at_once_with_one_key_make_one_proposal() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let path = format!("/api/v1/consultations/{consultation}/proposals");
        let body = json!({ "title": "Una volta sola" });
        let posts = (0..50).map(|_| post_with_key(&ada.api, &path, "k1", &body));
        let answers = futures_util::future::join_all(posts).await;
        let made: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert!(!made.is_empty(), "nobody was answered");
        for answer in &answers {
            match answer.status.as_u16() {
                201 => assert_eq!(answer.text(), made[0].text()),
                _ => assert_eq!(
                    (answer.status.as_u16(), &answer.json()["code"]),
                    (409, &json!("key_busy"))
                ),
            }
        }
        let again = post_with_key(&ada.api, &path, "k1", &body).await.expect(201);
        assert_eq!((again.text(), again.location()), (made[0].text(), made[0].location()));
        assert_eq!(again.header("etag"), made[0].header("etag"));
        let drafts = ada.api.get("/api/v1/me/drafts").await.expect(200).json();
        assert_eq!(drafts["items"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_key_is_for_one_body_of_one_person_and_comes_back_from_a_refusal() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let (ada, bob) = (person::citizen(city, "ada").await, person::citizen(city, "bob").await);
        let path = format!("/api/v1/consultations/{consultation}/proposals");
        let too_long = json!({ "title": "x".repeat(251) });
        post_with_key(&ada.api, &path, "k", &too_long).await.expect(422);
        let first = post_with_key(&ada.api, &path, "k", &json!({ "title": "Prima" }))
            .await
            .expect(201);
        let other = post_with_key(&ada.api, &path, "k", &json!({ "title": "Seconda" }))
            .await
            .expect(422);
        assert_eq!(other.json()["code"], "key_reused");
        let bobs = post_with_key(&bob.api, &path, "k", &json!({ "title": "Prima" }))
            .await
            .expect(201);
        assert_ne!(bobs.location(), first.location());
        let bad = post_with_key(&ada.api, &path, "", &json!({ "title": "Prima" }))
            .await
            .expect(422);
        assert_eq!(bad.json()["errors"][0]["field"], "Idempotency-Key");
    })
    .await;
}

#[tokio::test]
async fn a_known_answer_is_not_sent_again_and_a_support_spoils_no_edit() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let (ada, bob) = (person::citizen(city, "ada").await, person::citizen(city, "bob").await);
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let at = format!("/api/v1/proposals/{proposal}");
        let visitor = city.visitor();
        let known = visitor.get(&at).await.expect(200).header("etag").to_owned();
        let asked = |tag: &str| {
            let request = visitor.request(Method::GET, &at).header("if-none-match", tag);
            request.body(Default::default()).expect("a request")
        };
        let same = visitor.send(asked(&format!("\"x\", W/{known}"))).await.expect(304);
        assert_eq!((same.body.len(), same.header("etag")), (0, known.as_str()));
        bob.api
            .send_json(Method::PUT, &format!("{at}/support"), &json!({}))
            .await
            .expect(200);
        visitor.send(asked(&known)).await.expect(200);
        let request = ada.api.request(Method::PATCH, &at).header("if-match", &known);
        let request = request.header("content-type", "application/merge-patch+json");
        let patch = request.body(json!({ "title": "Piste sicure" }).to_string().into());
        ada.api.send(patch.expect("a patch")).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn every_origin_may_read_and_none_may_write() {
    city::with(async |city| {
        let visitor = city.visitor();
        let read = visitor.get("/api/v1/proposals").await.expect(200);
        assert_eq!(read.header("access-control-allow-origin"), "*");
        assert_eq!(read.header("access-control-allow-credentials"), "");
        let asked = visitor
            .request(Method::OPTIONS, "/api/v1/proposals")
            .body(Default::default());
        let may = visitor.send(asked.expect("a request")).await.expect(204);
        assert_eq!(may.header("access-control-allow-methods"), "GET, HEAD");
        assert_eq!(may.header("allow"), "GET, HEAD, OPTIONS");
        let wrote = visitor
            .send_json(Method::POST, "/api/v1/consultations", &json!({}))
            .await;
        assert_eq!(wrote.header("access-control-allow-origin"), "");
    })
    .await;
}
