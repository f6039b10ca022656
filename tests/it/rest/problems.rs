//! Every error is a problem (RFC 9457) with a stable code and a sentence in the reader's language, the framework's too.

use http::Method;
use serde_json::{Value, json};
use tests::http::{Answer, Client};
use tests::{city, given, person};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The code of a problem, which must have the whole form.
#[track_caller]
fn code(answer: Answer, status: u16) -> String {
    let answer = answer.expect(status);
    assert_eq!(answer.header("content-type"), "application/problem+json", "{answer}");
    let problem = answer.json();
    let code = problem["code"].as_str().unwrap_or_default().to_owned();
    assert_eq!(problem["type"], format!("urn:arengo:{code}"), "{answer}");
    assert_eq!(problem["status"], status, "{answer}");
    assert!(
        problem["title"].as_str().is_some_and(|title| title.len() > 10),
        "{answer}"
    );
    code
}

/// The fields of a problem with their codes.
fn fields(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .map(|error| (text(&error["field"]), text(&error["code"])))
        .collect()
}

async fn raw(client: &Client, method: Method, path: &str, media: &str, body: &str) -> Answer {
    let request = client.request(method, path).header("content-type", media);
    client
        .send(request.body(body.to_owned().into()).expect("a request"))
        .await
}

#[tokio::test]
async fn what_the_framework_refuses_is_a_problem_too() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let path = format!("/api/v1/consultations/{consultation}/proposals");
        let api = &ada.api;
        let json = "application/json";
        assert_eq!(code(api.get("/api/v1/nothing").await, 404), "not_found");
        assert_eq!(code(api.get("/api/nothing").await, 404), "not_found");
        assert_eq!(code(api.get("/api/v1/proposals/prp_x").await, 404), "not_found");
        assert_eq!(
            code(api.get(&format!("/api/v1/proposals/{consultation}")).await, 404),
            "not_found"
        );
        let wrong = raw(api, Method::PUT, "/api/v1/proposals", json, "{}").await;
        assert_eq!(wrong.header("allow"), "GET, HEAD, OPTIONS");
        assert_eq!(code(wrong, 405), "method_refused");
        assert_eq!(code(raw(api, Method::POST, &path, json, "{").await, 400), "bad_request");
        assert_eq!(
            code(raw(api, Method::POST, &path, json, "[]").await, 400),
            "bad_request"
        );
        assert_eq!(
            code(raw(api, Method::POST, &path, "text/plain", "{}").await, 415),
            "media_type_refused"
        );
        let large = format!("{{\"body\":\"{}\"}}", "x".repeat(70_000));
        assert_eq!(
            code(raw(api, Method::POST, &path, json, &large).await, 413),
            "body_too_large"
        );
        let bad = api.get("/api/v1/proposals?sort=best&limit=1").await;
        assert_eq!(code(bad, 422), "invalid");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_field_is_named_with_what_is_wrong_about_it() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let path = format!("/api/v1/consultations/{consultation}/proposals");
        let refused = |body: Value| {
            let (ada, path) = (&ada, &path);
            async move { fields(&ada.api.send_json(Method::POST, path, &body).await.expect(422).json()) }
        };
        let pair = |field: &str, code: &str| (field.to_owned(), code.to_owned());
        assert_eq!(refused(json!({ "title": 5 })).await, [pair("title", "malformed")]);
        assert_eq!(
            refused(json!({ "colour": "red" })).await,
            [pair("colour", "unknown_value")]
        );
        assert_eq!(
            refused(json!({ "origin": "heaven" })).await,
            [pair("origin", "malformed")]
        );
        assert_eq!(
            refused(json!({ "title": "x".repeat(251) })).await,
            [pair("title", "too_long")]
        );
        assert_eq!(refused(json!({ "lang": "xxx" })).await, [pair("lang", "unknown_value")]);
        let far = json!({ "point": { "latitude_e6": 0, "longitude_e6": 0 } });
        assert_eq!(refused(far).await, [pair("point", "point_outside")]);
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let comments = format!("/api/v1/proposals/{proposal}/comments");
        let empty = ada
            .api
            .send_json(Method::POST, &comments, &json!({}))
            .await
            .expect(422)
            .json();
        assert_eq!(fields(&empty), [pair("body", "empty")]);
        let limit = ada.api.get("/api/v1/proposals?limit=101").await.expect(422).json();
        assert_eq!(
            (fields(&limit), &limit["errors"][0]["limit"]),
            (vec![pair("limit", "out_of_range")], &json!(100))
        );
    })
    .await;
}

#[tokio::test]
async fn each_kind_of_refusal_has_its_own_code() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        // A token lives as long as the collection: the people come a day later, so that theirs outlive it.
        city.advance_ms(civic::time::DAY_MS);
        let (ada, bob) = (person::citizen(city, "ada").await, person::citizen(city, "bob").await);
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let at = format!("/api/v1/proposals/{proposal}");
        let reason = json!({ "reason": "Perché sì" });
        let post = |client: &'static str, path: String, body: Value| {
            let client = if client == "ada" { &ada.api } else { &bob.api };
            async move { client.send_json(Method::POST, &path, &body).await }
        };
        let nobody = city
            .visitor()
            .send_json(Method::PUT, &format!("{at}/support"), &json!({}))
            .await;
        assert_eq!(nobody.header("www-authenticate"), "Bearer");
        assert_eq!(code(nobody, 401), "unauthenticated");
        let wrong = Client::with_bearer(&city.base, "arengo_wrong");
        assert_eq!(code(wrong.get("/api/v1/proposals").await, 401), "unauthenticated");
        let cookie = city.visitor();
        cookie.set_cookie("__Host-session", &ada.session);
        assert_eq!(code(cookie.get("/api/v1/me").await, 401), "unauthenticated");
        assert_eq!(
            code(post("bob", format!("{at}/withdraw"), reason.clone()).await, 403),
            "not_yours"
        );
        assert_eq!(
            code(post("bob", format!("{at}/hide"), reason.clone()).await, 403),
            "scope_missing"
        );
        assert_eq!(
            code(post("ada", format!("{at}/publish"), json!({})).await, 409),
            "wrong_state"
        );
        bob.api
            .send_json(Method::PUT, &format!("{at}/support"), &json!({}))
            .await
            .expect(200);
        city.advance_ms(2 * civic::time::HOUR_MS);
        let patch = raw(
            &ada.api,
            Method::PATCH,
            &at,
            "application/merge-patch+json",
            "{\"title\":\"Altro titolo\"}",
        );
        assert_eq!(code(patch.await, 409), "editing_closed");
        let draft = given::draft(city, &ada, consultation, "Non ancora").await;
        city.advance_ms(29 * civic::time::DAY_MS);
        let published = post("ada", format!("/api/v1/proposals/{draft}/publish"), json!({})).await;
        assert_eq!(code(published, 409), "wrong_phase");
    })
    .await;
}

#[tokio::test]
async fn a_problem_speaks_the_readers_language() {
    city::with(async |city| {
        let visitor = city.visitor();
        let asked = visitor
            .request(Method::GET, "/api/v1/me")
            .header("accept-language", "en-GB");
        let english = visitor
            .send(asked.body(Default::default()).expect("a request"))
            .await
            .expect(401);
        assert_eq!(english.header("content-language"), "en");
        let italian = visitor.get("/api/v1/me").await.expect(401);
        assert_ne!(italian.json()["title"], english.json()["title"]);
    })
    .await;
}

#[tokio::test]
async fn too_many_proposals_in_an_hour_are_told_when_to_come_back() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let path = format!("/api/v1/consultations/{consultation}/proposals");
        let other = given::another_consultation(city, "altrove").await;
        let elsewhere = format!("/api/v1/consultations/{other}/proposals");
        ada.api
            .send_json(Method::POST, &elsewhere, &json!({}))
            .await
            .expect(201);
        for _ in 1..civic::limits::PROPOSALS_PER_HOUR {
            ada.api.send_json(Method::POST, &path, &json!({})).await.expect(201);
        }
        let refused = ada.api.send_json(Method::POST, &path, &json!({})).await;
        let told = [
            "retry-after",
            "ratelimit-limit",
            "ratelimit-remaining",
            "ratelimit-reset",
        ];
        assert_eq!(told.map(|name| refused.header(name)), ["3600", "20", "0", "3600"]);
        assert_eq!(code(refused, 429), "slow_down");
    })
    .await;
}

#[tokio::test]
async fn a_consultation_of_empty_or_shared_names_is_refused_field_by_field() {
    city::with(async |city| {
        let editor = person::staff(city, "edda", civic::actor::Role::Editor).await;
        let both = |text: &str| json!({ "it": text, "en": text });
        let new = |slug: &str, title: &str, themes: Value| {
            let (title, rest) = (both(title), both(""));
            json!({ "slug": slug, "title": title, "question": rest, "description": rest, "phases": [], "themes": themes })
        };
        let theme = json!({ "slug": "aria", "name": both("Aria") });
        let cases = [
            (new("", "Aria", json!([])), "slug", "malformed"),
            (new("aria", "", json!([])), "title", "empty"),
            (new("aria", &"x".repeat(251), json!([])), "title", "too_long"),
            (new("aria", "Aria", json!([theme, theme])), "themes", "name_taken"),
        ];
        for (body, field, code) in cases {
            let refused = editor.api.send_json(Method::POST, "/api/v1/consultations", &body).await;
            let refused = fields(&refused.expect(422).json());
            assert_eq!(refused, [(field.to_owned(), code.to_owned())], "{body}");
        }
        editor.api.send_json(Method::POST, "/api/v1/consultations", &new("aria", "A\u{0}ria", json!([]))).await.expect(201);
    })
    .await;
}

/// Sends a POST in chunks of unknown length, as programs that stream do; gives the whole answer.
async fn post_in_chunks(base: &str, path: &str, token: &str, chunks: &[&str]) -> String {
    let authority = base.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(authority).await.expect("connected");
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    for chunk in chunks {
        request += &format!("{:x}\r\n{chunk}\r\n", chunk.len());
    }
    request += "0\r\n\r\n";
    // A server that has heard enough may close before the end: its answer says so.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_body_in_chunks_is_read_and_has_the_same_limit() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let path = format!("/api/v1/consultations/{consultation}/proposals");
        let parts = ["{\"title\":", "\"A pezzi\"}"];
        let made = post_in_chunks(&city.base, &path, &ada.token, &parts).await;
        assert!(made.starts_with("HTTP/1.1 201") && made.contains("A pezzi"), "{made}");
        let piece = "x".repeat(10_000);
        let large = post_in_chunks(&city.base, &path, &ada.token, &[piece.as_str(); 7]).await;
        assert!(
            large.starts_with("HTTP/1.1 413") && large.contains("body_too_large"),
            "{large}"
        );
    })
    .await;
}
