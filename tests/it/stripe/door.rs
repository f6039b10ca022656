//! The door for messages: stored before it answers, worked off after, also after a crash; strangers are refused.

use std::sync::Arc;

use bytes::Bytes;
use civic::City;
use civic::id::Ids;
use civic::limits::{PAYMENT_MESSAGE_AGAIN_MS, PAYMENT_MESSAGE_HELD_MS, PAYMENT_MESSAGE_MAX_BYTES};
use civic::payment::read::{beginning, late};
use civic::payment::write::{Learn, work_off};
use civic::payment::{Fact, Payments};
use civic::time::{HOUR_MS, SECOND_MS};
use http::Method;
use serde_json::{Value, json};
use server::stripe::signature::sign;
use server::stripe::{Access, Stripe};
use tests::city::{self, TestCity};
use tests::http::{Answer, Client};
use tests::stripe::{Memory, SECRET, gift, paid, start, work_off_all};

use super::emulator;

/// An account that is never called.
fn silent() -> Arc<dyn Payments> {
    let access = Access {
        key: "sk_test_silent".to_owned(),
        secrets: vec![SECRET.to_owned(), "whsec_next".to_owned()],
        base: "http://127.0.0.1:9".to_owned(),
        patience: std::time::Duration::from_secs(3),
    };
    Arc::new(Stripe::new(access).expect("it can be named"))
}

async fn send(client: &Client, body: &[u8], signature: &str) -> Answer {
    let request = client
        .request(Method::POST, api::hooks::PATH)
        .header("stripe-signature", signature);
    client
        .send(request.body(Bytes::copy_from_slice(body)).expect("a message"))
        .await
}

fn event(id: &str, kind: &str, object: &Value) -> Vec<u8> {
    let event = json!({ "id": id, "object": "event", "type": kind, "created": start().ms() / SECOND_MS,
                        "data": { "object": object } });
    event.to_string().into_bytes()
}

fn expired(id: &str, ids: &Ids) -> (Vec<u8>, Fact) {
    let donation = gift(ids, 1).donation;
    let object = json!({ "id": "cs_1", "client_reference_id": donation, "status": "expired" });
    (
        event(id, "checkout.session.expired", &object),
        Fact::Expired { donation },
    )
}

async fn kept(city: &TestCity) -> usize {
    beginning(&city.city, "", 20_000).await.expect("read").len()
}

/// A server that stops while it works on a message.
struct Dying;

#[async_trait::async_trait]
impl Learn for Dying {
    async fn learn(&self, _: &City, _: &Fact) -> civic::error::Result<()> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_message_is_stored_before_it_is_answered_and_worked_off_after_a_crash() {
    city::with_payments(silent(), async |city| {
        let (memory, ids) = (Memory::shared(), Ids::seeded(1));
        let (body, fact) = expired("evt_1", &ids);
        send(&city.visitor(), &body, &sign(&body, start(), SECRET))
            .await
            .expect(200);
        let all = beginning(&city.city, "evt_", 10).await.expect("read");
        assert_eq!(
            (all.len(), all[0].body.as_bytes(), all[0].worked_at),
            (1, body.as_slice(), None)
        );
        // The server is killed in the middle of its work.
        let begun = tokio::time::timeout(std::time::Duration::from_millis(200), work_off(&city.city, &Dying)).await;
        assert!(begun.is_err(), "it hangs");
        work_off_all(&city.city, &memory).await;
        assert_eq!(memory.facts(), [], "somebody may still be at it");
        city.advance_ms(PAYMENT_MESSAGE_HELD_MS);
        work_off_all(&city.city, &memory).await;
        assert_eq!(memory.facts(), [fact]);
        let all = beginning(&city.city, "evt_", 10).await.expect("read");
        assert_eq!((all[0].attempts, all[0].worked_at.is_some()), (2, true));
    })
    .await;
}

#[tokio::test]
async fn the_same_message_twenty_times_is_one() {
    city::with_payments(silent(), async |city| {
        let (memory, ids) = (Memory::shared(), Ids::seeded(2));
        let (body, _) = expired("evt_1", &ids);
        let signature = sign(&body, start(), "whsec_next");
        let client = city.visitor();
        let said: Vec<String> = futures_util::future::join_all((0..20).map(|_| send(&client, &body, &signature)))
            .await
            .into_iter()
            .map(|answer| answer.expect(200).text())
            .collect();
        assert_eq!(said.iter().filter(|text| *text == "kept").count(), 1, "{said:?}");
        assert_eq!(kept(city).await, 1);
        work_off_all(&city.city, &memory).await;
        assert_eq!(memory.facts().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_strangers_message_is_refused_and_leaves_no_trace() {
    city::with_payments(silent(), async |city| {
        let (client, ids) = (city.visitor(), Ids::seeded(3));
        let (body, _) = expired("evt_1", &ids);
        let signature = sign(&body, start(), SECRET);
        let old = sign(&body, start().plus_ms(-HOUR_MS), SECRET);
        for wrong in ["", "t=1,v1=00", &sign(&body, start(), "whsec_guess"), &old] {
            let answer = send(&client, &body, wrong).await.expect(400);
            assert_eq!(answer.text(), "refused");
        }
        let mut other = body.clone();
        other[10] ^= 1;
        send(&client, &other, &signature).await.expect(400);
        for broken in [
            b"{}".as_slice(),
            b"[]",
            b"\xff\xfe",
            b"",
            br#"{"id":"evt_2","type":"x"}"#,
        ] {
            send(&client, broken, &sign(broken, start(), SECRET)).await.expect(400);
        }
        let zero = br#"{"id":"evt_9","type":"x","created":1,"a":"\u0000"}"#;
        send(&client, zero, &sign(zero, start(), SECRET)).await.expect(200);
        let large = vec![b' '; PAYMENT_MESSAGE_MAX_BYTES + 1];
        send(&client, &large, &sign(&large, start(), SECRET)).await.expect(413);
        assert_eq!(client.get(api::hooks::PATH).await.status.as_u16(), 405);
        assert_eq!(kept(city).await, 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_takes_messages_where_nobody_takes_payments() {
    city::with(async |city| {
        let (body, _) = expired("evt_1", &Ids::seeded(4));
        send(&city.visitor(), &body, &sign(&body, start(), SECRET))
            .await
            .expect(400);
        assert_eq!(kept(city).await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_kind_is_kept_and_says_nothing_and_a_known_one_that_lacks_something_waits() {
    city::with_payments(silent(), async |city| {
        let (memory, client, ids) = (Memory::shared(), city.visitor(), Ids::seeded(5));
        let donation = gift(&ids, 1).donation;
        let unknown = event("evt_1", "customer.created", &json!({ "id": "cus_1" }));
        let lacking = event(
            "evt_2",
            "charge.succeeded",
            &json!({ "metadata": { "arengo_donation": donation } }),
        );
        let (after, fact) = expired("evt_3", &ids);
        for body in [&unknown, &lacking, &after] {
            send(&client, body, &sign(body, start(), SECRET)).await.expect(200);
        }
        work_off_all(&city.city, &memory).await;
        assert_eq!(memory.facts(), [fact]);
        let all = beginning(&city.city, "evt_", 10).await.expect("read");
        let states: Vec<(bool, Option<&str>)> = all
            .iter()
            .map(|one| (one.worked_at.is_some(), one.error.as_deref()))
            .collect();
        let (missing, none) = ("charge.succeeded without payment_intent", None);
        assert_eq!(states[0], (true, none));
        assert!(
            !states[1].0 && states[1].1.is_some_and(|error| error.contains(missing)),
            "{states:?}"
        );
        assert_eq!(states[2], (true, none));
        city.advance_ms(2 * HOUR_MS);
        let (count, why) = late(&city.city).await.expect("read");
        assert!(count == 1 && why.is_some_and(|why| why.contains(missing)));
    })
    .await;
}

#[tokio::test]
async fn a_message_that_is_not_taken_now_is_told_again_later_and_holds_up_no_other() {
    city::with_payments(silent(), async |city| {
        let (memory, client, ids) = (Memory::shared(), city.visitor(), Ids::seeded(6));
        let mut facts = Vec::new();
        for number in 0..3 {
            let (body, fact) = expired(&format!("evt_{number}"), &ids);
            send(&client, &body, &sign(&body, start(), SECRET)).await.expect(200);
            facts.push(fact);
        }
        memory.refuse(1);
        work_off_all(&city.city, &memory).await;
        assert_eq!(memory.facts().len(), 2);
        city.advance_ms(PAYMENT_MESSAGE_AGAIN_MS);
        work_off_all(&city.city, &memory).await;
        let told = memory.facts();
        assert!(facts.iter().all(|fact| told.contains(fact)), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn messages_of_another_day_are_not_worked_off_before_it() {
    city::with_payments(silent(), async |city| {
        let (memory, ids) = (Memory::shared(), Ids::seeded(7));
        let (body, fact) = expired("evt_1", &ids);
        let body = String::from_utf8(body).expect("text");
        let (now, later) = (start().ms() / SECOND_MS, start().plus_ms(HOUR_MS).ms() / SECOND_MS);
        let body = body.replace(&now.to_string(), &later.to_string()).into_bytes();
        send(&city.visitor(), &body, &sign(&body, start(), SECRET))
            .await
            .expect(200);
        work_off_all(&city.city, &memory).await;
        assert_eq!(memory.facts(), []);
        city.advance_ms(HOUR_MS);
        work_off_all(&city.city, &memory).await;
        assert_eq!(memory.facts(), [fact]);
    })
    .await;
}

/// Ten thousand messages that wait, as after three days without us: each is stored and worked off once, in bounded time
/// and with none lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_ten_thousand_is_taken_and_worked_off() {
    const ALL: usize = 10_000;
    const AT_ONCE: usize = 32;
    city::with_payments(silent(), async |city| {
        let (memory, client, ids) = (Memory::shared(), city.visitor(), Ids::seeded(8));
        let bodies: Vec<Vec<u8>> = (0..ALL)
            .map(|number| expired(&format!("evt_{number}"), &ids).0)
            .collect();
        for some in bodies.chunks(AT_ONCE) {
            let sent = some.iter().map(|body| async {
                let signature = sign(body, start(), SECRET);
                send(&client, body, &signature).await.expect(200);
            });
            futures_util::future::join_all(sent).await;
        }
        assert_eq!(kept(city).await, ALL);
        work_off_all(&city.city, &memory).await;
        let waiting = beginning(&city.city, "", 20_000).await.expect("read");
        assert!(waiting.iter().all(|one| one.worked_at.is_some() && one.attempts == 1));
    })
    .await;
}

#[tokio::test]
async fn old_messages_are_forgotten_and_waiting_ones_never() {
    city::with_payments(silent(), async |city| {
        let (memory, client, ids) = (Memory::shared(), city.visitor(), Ids::seeded(9));
        let (body, _) = expired("evt_1", &ids);
        send(&client, &body, &sign(&body, start(), SECRET)).await.expect(200);
        work_off_all(&city.city, &memory).await;
        let (body, _) = expired("evt_2", &ids);
        send(&client, &body, &sign(&body, start(), SECRET)).await.expect(200);
        city.advance_ms(civic::limits::PAYMENT_MESSAGE_KEPT_MS + HOUR_MS);
        assert_eq!(civic::payment::write::forget_old(&city.city).await.expect("done"), 1);
        let left = beginning(&city.city, "", 10).await.expect("read");
        assert_eq!(
            left.iter().map(|one| one.reference.as_str()).collect::<Vec<_>>(),
            ["evt_2"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_message_that_points_to_more_waits_until_the_provider_answers() {
    let (emulator, ids) = (emulator().await, Ids::seeded(10));
    let account: Arc<dyn Payments> = Arc::new(emulator.account());
    city::with_payments(account, async |city| {
        let memory = Memory::shared();
        emulator.hook(&city.base, &[SECRET]).await;
        let (session, facts) = paid(&emulator, &emulator.account(), &gift(&ids, 2_000), "card").await;
        for message in emulator
            .deliver(json!({ "only": ["checkout.session.completed"] }))
            .await
        {
            assert_eq!(message["status"], 200, "{session:?}");
        }
        emulator.fault("GET /v1/checkout/sessions", "500").await;
        work_off_all(&city.city, &memory).await;
        assert_eq!(memory.facts(), []);
        city.advance_ms(PAYMENT_MESSAGE_AGAIN_MS);
        work_off_all(&city.city, &memory).await;
        assert_eq!(memory.facts(), facts);
    })
    .await;
}
