//! The emulator itself: what the provider documents of its interface, and what our own library does not ask for.

use http::Method;
use serde_json::{Value, json};
use tests::stripe::{Emulator, SECRET};

use super::emulator;

const PAGE: [(&str, &str); 8] = [
    ("mode", "payment"),
    ("success_url", "https://arengo.example.org/it"),
    ("cancel_url", "https://arengo.example.org/it/leave"),
    ("client_reference_id", "don_1"),
    ("payment_intent_data[metadata][arengo_donation]", "don_1"),
    ("line_items[0][price_data][currency]", "eur"),
    ("line_items[0][price_data][unit_amount]", "2000"),
    ("line_items[0][price_data][product_data][name]", "Orto"),
];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = PAGE.to_vec();
    fields.push(("line_items[0][quantity]", "1"));
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

async fn open(emulator: &Emulator, key: Option<&str>) -> Value {
    let fields = with(&[]);
    emulator
        .ask(Method::POST, "/v1/checkout/sessions", &fields, key)
        .await
        .expect(200)
        .json()
}

fn code(answer: &Value) -> (&str, &str) {
    let error = &answer["error"];
    (
        error["type"].as_str().unwrap_or(""),
        error["code"].as_str().unwrap_or(""),
    )
}

#[tokio::test]
async fn a_key_gives_the_same_answer_until_it_is_forgotten_after_a_day() {
    let emulator = emulator().await;
    let first = open(&emulator, Some("key")).await;
    assert_eq!(open(&emulator, Some("key")).await, first);
    let fields = with(&[("client_reference_id", "don_2")]);
    let other = emulator
        .ask(Method::POST, "/v1/checkout/sessions", &fields, Some("key"))
        .await
        .expect(400)
        .json();
    assert_eq!(code(&other), ("idempotency_error", ""));
    assert_ne!(open(&emulator, None).await["id"], first["id"]);
    emulator.tell("clock", &json!({ "by_s": 23 * 3_600 })).await;
    assert_eq!(open(&emulator, Some("key")).await, first);
    emulator.tell("clock", &json!({ "by_s": 2 * 3_600 })).await;
    assert_ne!(open(&emulator, Some("key")).await["id"], first["id"]);
    let long = "k".repeat(256);
    emulator
        .ask(Method::POST, "/v1/checkout/sessions", &with(&[]), Some(&long))
        .await
        .expect(400);
}

#[tokio::test]
async fn what_is_refused_before_it_is_begun_leaves_its_key_free_and_a_failure_does_not() {
    let emulator = emulator().await;
    let wrong = with(&[("mode", "subscription")]);
    emulator
        .ask(Method::POST, "/v1/checkout/sessions", &wrong, Some("a"))
        .await
        .expect(400);
    open(&emulator, Some("a")).await;
    emulator.fault("POST /v1/checkout", "429").await;
    emulator
        .ask(Method::POST, "/v1/checkout/sessions", &with(&[]), Some("b"))
        .await
        .expect(429);
    open(&emulator, Some("b")).await;
    emulator.fault("POST /v1/checkout", "500").await;
    for _ in 0..2 {
        let failed = emulator
            .ask(Method::POST, "/v1/checkout/sessions", &with(&[]), Some("c"))
            .await
            .expect(500);
        assert_eq!(code(&failed.json()), ("api_error", ""));
    }
    assert_eq!(failed_replayed(&emulator).await, "true");
}

/// Whether the last failure said that it was a stored one.
async fn failed_replayed(emulator: &Emulator) -> String {
    let failed = emulator
        .ask(Method::POST, "/v1/checkout/sessions", &with(&[]), Some("c"))
        .await;
    failed.header("idempotent-replayed").to_owned()
}

#[tokio::test]
async fn parameters_are_checked_as_documented() {
    let emulator = emulator().await;
    let wrong = [
        ("line_items[0][price_data][unit_amount]", "49"),
        ("line_items[0][price_data][unit_amount]", "100000000"),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][quantity]", "0"),
        ("customer_email", "nobody"),
        ("success_url", "javascript:alert(1)"),
        ("expires_at", "1"),
        ("mode", "setup"),
        ("application_fee", "1"),
    ];
    for (name, value) in wrong {
        let fields = with(&[(name, value)]);
        let answer = emulator
            .ask(Method::POST, "/v1/checkout/sessions", &fields, None)
            .await
            .expect(400)
            .json();
        assert_eq!(code(&answer).0, "invalid_request_error", "{name}");
    }
    let now = emulator.tell("clock", &json!({})).await["now"]
        .as_i64()
        .expect("seconds");
    for (in_s, status) in [(29 * 60, 400), (30 * 60, 200), (24 * 3_600, 200), (24 * 3_600 + 1, 400)] {
        let at = (now + in_s).to_string();
        let fields = with(&[("expires_at", &at)]);
        emulator
            .ask(Method::POST, "/v1/checkout/sessions", &fields, None)
            .await
            .expect(status);
    }
}

#[tokio::test]
async fn only_the_key_opens_and_only_what_is_there_is_found() {
    let emulator = emulator().await;
    let stranger = tests::http::Client::with_bearer(&emulator.base, "sk_test_other");
    stranger.get_json("/v1/balance").await.expect(401);
    for path in [
        "/v1/charges/ch_none",
        "/v1/refunds/re_none",
        "/v1/customers",
        "/v1/nothing",
    ] {
        emulator.ask(Method::GET, path, &[], None).await.expect(404);
    }
    let session = open(&emulator, None).await;
    let id = session["id"].as_str().expect("a name");
    emulator
        .ask(Method::GET, &format!("/v1/charges/{id}"), &[], None)
        .await
        .expect(404);
}

#[tokio::test]
async fn lists_are_newest_first_and_paged_both_ways() {
    let emulator = emulator().await;
    let mut made = Vec::new();
    for _ in 0..12 {
        made.push(open(&emulator, None).await["id"].as_str().expect("a name").to_owned());
    }
    made.reverse();
    let list = async |fields: &[(&str, &str)]| {
        let page = emulator
            .ask(Method::GET, "/v1/checkout/sessions", fields, None)
            .await
            .expect(200)
            .json();
        let ids: Vec<String> = page["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["id"].as_str().expect("a name").to_owned())
            .collect();
        (ids, page["has_more"] == true)
    };
    assert_eq!(list(&[]).await, (made[..10].to_vec(), true));
    assert_eq!(
        list(&[("starting_after", &made[9])]).await,
        (made[10..].to_vec(), false)
    );
    assert_eq!(
        list(&[("limit", "3"), ("ending_before", &made[6])]).await,
        (made[3..6].to_vec(), true)
    );
    assert_eq!(list(&[("created[gte]", "99999999999")]).await, (vec![], false));
    for wrong in [("limit", "0"), ("limit", "101"), ("client_reference_id", "don_1")] {
        emulator
            .ask(Method::GET, "/v1/checkout/sessions", &[wrong], None)
            .await
            .expect(400);
    }
    emulator
        .ask(
            Method::GET,
            "/v1/checkout/sessions",
            &[("starting_after", "cs_none")],
            None,
        )
        .await
        .expect(404);
}

#[tokio::test]
async fn the_hosted_page_is_a_form_and_what_is_paid_shows_in_every_thing() {
    let emulator = emulator().await;
    let session = open(&emulator, None).await;
    assert!(
        session
            .as_object()
            .expect("fields")
            .keys()
            .all(|name| !name.starts_with('_'))
    );
    let id = session["id"].as_str().expect("a name");
    let page = tests::http::Client::new(&emulator.base)
        .get(&format!("/pay/{id}"))
        .await
        .expect(200)
        .text();
    for way in ["card", "declined", "debit", "debit_fails", "leave"] {
        assert!(page.contains(&format!("value=\"{way}\"")), "{way}");
    }
    assert_eq!(
        emulator.pay(id, "leave").await.expect(303).location(),
        "https://arengo.example.org/it/leave"
    );
    assert!(
        emulator
            .pay(id, "declined")
            .await
            .expect(200)
            .text()
            .contains("declined")
    );
    assert_eq!(
        emulator.pay(id, "card").await.expect(303).location(),
        "https://arengo.example.org/it"
    );
    emulator.pay(id, "card").await.expect(410);
    let expand = [
        ("expand[]", "payment_intent.latest_charge.balance_transaction"),
        ("expand[]", "payment_intent.latest_charge.refunds"),
    ];
    let path = format!("/v1/checkout/sessions/{id}");
    let seen = emulator.ask(Method::GET, &path, &expand, None).await.expect(200).json();
    let (intent, charge) = (&seen["payment_intent"], &seen["payment_intent"]["latest_charge"]);
    assert_eq!(
        (&seen["status"], &seen["payment_status"]),
        (&json!("complete"), &json!("paid"))
    );
    assert_eq!(
        (&intent["status"], &intent["amount_received"]),
        (&json!("succeeded"), &json!(2_000))
    );
    assert_eq!(charge["metadata"]["arengo_donation"], "don_1");
    assert_eq!(
        charge["payment_method_details"]["card"]["fingerprint"],
        format!("print-of-{id}")
    );
    let movement = &charge["balance_transaction"];
    assert_eq!(
        (&movement["amount"], &movement["fee"], &movement["net"]),
        (&json!(2_000), &json!(55), &json!(1_945))
    );
    assert_eq!(charge["refunds"]["data"], json!([]));
    let deep = [("expand[]", "a.b.c.d.e")];
    emulator.ask(Method::GET, &path, &deep, None).await.expect(400);
    emulator
        .ask(Method::GET, &path, &[("expand[]", "nothing")], None)
        .await
        .expect(400);
}

#[tokio::test]
async fn events_tell_of_each_step_in_order_and_are_listed() {
    let emulator = emulator().await;
    emulator
        .tell("hooks", &json!({ "url": "http://127.0.0.1:9/", "secrets": [SECRET] }))
        .await;
    let session = open(&emulator, None).await;
    let id = session["id"].as_str().expect("a name");
    emulator.pay(id, "declined").await;
    emulator.pay(id, "card").await;
    let events = emulator
        .ask(Method::GET, "/v1/events", &[("limit", "100")], None)
        .await
        .expect(200)
        .json();
    let mut kinds: Vec<&str> = events["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|event| event["type"].as_str().expect("a kind"))
        .collect();
    kinds.reverse();
    let expected = [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ];
    assert_eq!(kinds, expected);
    // An event shows the thing as it was then.
    let first = events["data"].as_array().expect("a list").last().expect("one");
    assert_eq!(first["data"]["object"]["status"], "requires_payment_method");
    // Nobody answers at the address, so all of them wait.
    let said = emulator.deliver(json!({})).await;
    assert!(
        said.len() == 6 && said.iter().all(|message| message["status"] == 0),
        "{said:?}"
    );
}

#[tokio::test]
async fn refunds_and_disputes_obey_their_limits() {
    let emulator = emulator().await;
    let session = open(&emulator, None).await;
    let id = session["id"].as_str().expect("a name");
    emulator.pay(id, "card").await.expect(303);
    let path = format!("/v1/checkout/sessions/{id}");
    let payment = emulator.ask(Method::GET, &path, &[], None).await.json()["payment_intent"]
        .as_str()
        .expect("a name")
        .to_owned();
    let refund = async |amount: &str| {
        let fields = [("payment_intent", payment.as_str()), ("amount", amount)];
        emulator.ask(Method::POST, "/v1/refunds", &fields, None).await
    };
    refund("0").await.expect(400);
    refund("2001").await.expect(400);
    refund("1500").await.expect(200);
    refund("501").await.expect(400);
    refund("500").await.expect(200);
    let gone = refund("1").await.expect(400).json();
    assert_eq!(code(&gone).1, "charge_already_refunded");
    let disputed = open(&emulator, None).await;
    let id = disputed["id"].as_str().expect("a name");
    emulator.pay(id, "card").await.expect(303);
    let path = format!("/v1/checkout/sessions/{id}");
    let other = emulator.ask(Method::GET, &path, &[], None).await.json()["payment_intent"].clone();
    let dispute = emulator.tell("disputes", &json!({ "payment_intent": other })).await;
    let fields = [("payment_intent", other.as_str().expect("a name"))];
    let held = emulator
        .ask(Method::POST, "/v1/refunds", &fields, None)
        .await
        .expect(400)
        .json();
    assert_eq!(code(&held).1, "charge_disputed");
    let close = format!("/v1/disputes/{}/close", dispute["id"].as_str().expect("a name"));
    let lost = emulator.ask(Method::POST, &close, &[], None).await.expect(200).json();
    assert_eq!(lost["status"], "lost");
    let balance = emulator.ask(Method::GET, "/v1/balance", &[], None).await.json();
    // Two cards of 20 EUR less their fees, 20 EUR given back, 20 EUR lost and 20 EUR for the dispute.
    assert_eq!(
        balance["available"][0]["amount"],
        2 * (2_000 - 55) - 2_000 - 2_000 - 2_000
    );
}

#[tokio::test]
async fn everything_that_happened_is_in_its_log() {
    let emulator = emulator().await;
    let session = open(&emulator, Some("key")).await;
    emulator.pay(session["id"].as_str().expect("a name"), "card").await;
    let calls = emulator.log("call").await;
    assert_eq!((calls.len(), &calls[0]["key"]), (1, &json!("key")));
    assert_eq!(emulator.log("page").await.len(), 1);
    assert_eq!(emulator.log("event").await.len(), 4);
}
