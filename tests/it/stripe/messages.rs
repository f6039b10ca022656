//! Whole lives of gifts, told by messages that come late, twice, in another order or not at all: what is learnt at the end
//! is the same.

use std::sync::Arc;

use civic::id::Ids;
use civic::limits::PAYMENT_MESSAGE_HELD_MS;
use civic::payment::{DisputeState, Fact, Payments, RefundState};
use civic::time::{DAY_MS, HOUR_MS};
use serde_json::{Value, json};
use tests::city::{self, TestCity};
use tests::stripe::{Emulator, Memory, SECRET, gift, giving_back, paid, payment_of, work_off_all};

use super::emulator;

/// A city whose messages come from an emulator of its own.
async fn with_stripe(test: impl AsyncFnOnce(&TestCity, &Emulator)) {
    let emulator = emulator().await;
    let account: Arc<dyn Payments> = Arc::new(emulator.account());
    city::with_payments(account, async |city| {
        emulator.hook(&city.base, &[SECRET]).await;
        test(city, &emulator).await;
    })
    .await;
}

/// Moves both clocks on.
async fn wait_ms(city: &TestCity, emulator: &Emulator, ms: i64) {
    city.advance_ms(ms);
    emulator.advance_ms(ms).await;
}

/// Sends what is due in some manner, and has it worked off.
async fn tell(city: &TestCity, emulator: &Emulator, memory: &Memory, manner: Value) {
    for message in emulator.deliver(manner).await {
        let status = &message["status"];
        assert!(*status == 200 || *status == "lost", "{message}");
    }
    work_off_all(&city.city, memory).await;
}

/// How messages may come: each tells the same at the end.
fn manners() -> [Value; 5] {
    [
        json!({}),
        json!({ "reverse": true }),
        json!({ "times": 20 }),
        json!({ "reverse": true, "times": 3 }),
        json!({ "lose_kinds": ["checkout.session.completed", "charge.refunded", "charge.dispute.created"] }),
    ]
}

fn sorted(facts: &[Fact]) -> Vec<String> {
    let mut all: Vec<String> = facts.iter().map(|fact| format!("{fact:?}")).collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_card_gift_and_its_refund_are_learnt_however_the_messages_come() {
    for manner in manners() {
        with_stripe(async |city, emulator| {
            let (memory, ids) = (Memory::shared(), Ids::seeded(1));
            let account = emulator.account();
            let new = gift(&ids, 2_000);
            let session = account.open(&new).await.expect("opened");
            emulator.pay(&session.reference, "declined").await.expect(200);
            tell(city, emulator, &memory, manner.clone()).await;
            assert_eq!(memory.facts(), [], "a declined card ends nothing");
            emulator.pay(&session.reference, "card").await.expect(303);
            tell(city, emulator, &memory, manner.clone()).await;
            let paid = account.look(&session.reference).await.expect("looked at");
            assert_eq!(sorted(&memory.facts()), sorted(&paid), "{manner}");
            let payment = payment_of(&paid);
            let refund = account.refund(&giving_back(&ids, &payment, 700)).await.expect("made");
            tell(city, emulator, &memory, manner.clone()).await;
            assert!(memory.facts().contains(&refund), "{manner}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_debit_is_learnt_in_two_steps_and_its_return_too() {
    for manner in manners() {
        with_stripe(async |city, emulator| {
            let (memory, ids) = (Memory::shared(), Ids::seeded(2));
            let account = emulator.account();
            let (good, bad) = (gift(&ids, 2_000), gift(&ids, 900));
            paid(emulator, &account, &good, "debit").await;
            paid(emulator, &account, &bad, "debit_fails").await;
            tell(city, emulator, &memory, manner.clone()).await;
            let is_authorised = |fact: &Fact| matches!(fact, Fact::Authorised { .. });
            assert_eq!(
                memory.facts().iter().filter(|fact| is_authorised(fact)).count(),
                2,
                "{manner}"
            );
            wait_ms(city, emulator, 7 * DAY_MS).await;
            tell(city, emulator, &memory, manner.clone()).await;
            let facts = memory.facts();
            let arrived = |fact: &Fact| matches!(fact, Fact::Confirmed { donation, .. } if *donation == good.donation);
            let failed = |fact: &Fact| matches!(fact, Fact::Failed { donation, .. } if *donation == bad.donation);
            assert!(
                facts.iter().any(arrived) && facts.iter().any(failed),
                "{manner}: {facts:?}"
            );
            let wrong = |fact: &Fact| matches!(fact, Fact::Failed { donation, .. } if *donation == good.donation);
            assert!(!facts.iter().any(wrong), "{manner}: {facts:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_dispute_is_learnt_as_it_is_now_and_not_as_an_old_message_says() {
    with_stripe(async |city, emulator| {
        let (memory, ids) = (Memory::shared(), Ids::seeded(3));
        let (_, facts) = paid(emulator, &emulator.account(), &gift(&ids, 2_000), "card").await;
        let payment = payment_of(&facts);
        let made = emulator.tell("disputes", &json!({ "payment_intent": payment })).await;
        let dispute = made["id"].as_str().expect("a name");
        emulator.tell(&format!("disputes/{dispute}/won"), &json!({})).await;
        tell(city, emulator, &memory, json!({ "reverse": true })).await;
        let states: Vec<DisputeState> = memory
            .facts()
            .iter()
            .filter_map(|fact| match fact {
                Fact::Disputed { state, .. } => Some(*state),
                _ => None,
            })
            .collect();
        assert_eq!(states, [DisputeState::Won]);
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_fails_days_later_is_learnt() {
    with_stripe(async |city, emulator| {
        let (memory, ids) = (Memory::shared(), Ids::seeded(4));
        let account = emulator.account();
        let (_, facts) = paid(emulator, &account, &gift(&ids, 2_000), "card").await;
        let refund = giving_back(&ids, &payment_of(&facts), 2_000);
        let Fact::Refunded { reference, .. } = account.refund(&refund).await.expect("made") else {
            panic!("no refund")
        };
        tell(city, emulator, &memory, json!({})).await;
        wait_ms(city, emulator, 5 * DAY_MS).await;
        emulator.tell(&format!("refunds/{reference}/failed"), &json!({})).await;
        tell(city, emulator, &memory, json!({})).await;
        let last = memory.facts().pop().expect("one");
        assert!(
            matches!(&last, Fact::Refunded { refund: Some(own), state: RefundState::Failed, .. } if *own == refund.refund),
            "{last:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_page_that_runs_out_is_learnt() {
    with_stripe(async |city, emulator| {
        let (memory, ids) = (Memory::shared(), Ids::seeded(5));
        let new = gift(&ids, 2_000);
        emulator.account().open(&new).await.expect("opened");
        wait_ms(city, emulator, 2 * HOUR_MS).await;
        tell(city, emulator, &memory, json!({})).await;
        let donation = new.donation;
        assert_eq!(memory.facts(), [Fact::Expired { donation }]);
    })
    .await;
}

#[tokio::test]
async fn payments_of_others_on_the_same_account_say_nothing() {
    with_stripe(async |city, emulator| {
        let memory = Memory::shared();
        let fields = [
            ("mode", "payment"),
            ("success_url", "https://shop.example.org/"),
            ("line_items[0][price_data][currency]", "eur"),
            ("line_items[0][price_data][unit_amount]", "1000"),
            ("line_items[0][price_data][product_data][name]", "Tazza"),
            ("line_items[0][quantity]", "1"),
        ];
        let made = emulator
            .ask(http::Method::POST, "/v1/checkout/sessions", &fields, None)
            .await
            .expect(200)
            .json();
        emulator
            .pay(made["id"].as_str().expect("a name"), "card")
            .await
            .expect(303);
        tell(city, emulator, &memory, json!({})).await;
        assert_eq!(memory.facts(), []);
        let waiting = civic::payment::read::late(&city.city).await.expect("read");
        assert_eq!(waiting, (0, None));
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_rolled_without_losing_a_message() {
    let emulator = emulator().await;
    let account: Arc<dyn Payments> = Arc::new(emulator.account_with("sk_test_emulated", &[SECRET, "whsec_next"]));
    city::with_payments(account, async |city| {
        let ids = Ids::seeded(6);
        // Both for a day, then the new one alone; what is signed by neither is refused and comes again.
        for secrets in [vec![SECRET], vec![SECRET, "whsec_next"], vec!["whsec_next"]] {
            emulator.hook(&city.base, &secrets).await;
            paid(&emulator, &emulator.account(), &gift(&ids, 900), "card").await;
            let said = emulator.deliver(json!({})).await;
            assert!(
                !said.is_empty() && said.iter().all(|message| message["status"] == 200),
                "{secrets:?}"
            );
        }
        emulator.hook(&city.base, &["whsec_wrong"]).await;
        paid(&emulator, &emulator.account(), &gift(&ids, 900), "card").await;
        let said = emulator.deliver(json!({})).await;
        assert!(said.iter().all(|message| message["status"] == 400), "{said:?}");
        emulator.hook(&city.base, &["whsec_next"]).await;
        assert_eq!(
            emulator.deliver(json!({})).await,
            [] as [Value; 0],
            "it waits before it comes again"
        );
        wait_ms(city, &emulator, HOUR_MS).await;
        let again = emulator.deliver(json!({})).await;
        assert!(
            again.len() >= said.len() && again.iter().all(|message| message["status"] == 200),
            "{again:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_message_is_tried_again_for_three_days_and_then_never() {
    with_stripe(async |city, emulator| {
        let ids = Ids::seeded(7);
        emulator.hook(&city.base, &["whsec_wrong"]).await;
        let new = gift(&ids, 900);
        paid(emulator, &emulator.account(), &new, "card").await;
        let mut tries = 0;
        for _ in 0..80 {
            let said = emulator.deliver(json!({ "only": ["charge.succeeded"] })).await;
            tries += said.len();
            emulator.advance_ms(HOUR_MS).await;
        }
        assert!((6..=15).contains(&tries), "{tries}");
        emulator.hook(&city.base, &[SECRET]).await;
        emulator.advance_ms(30 * DAY_MS).await;
        let said = emulator.deliver(json!({ "only": ["charge.succeeded"] })).await;
        assert_eq!(said, [] as [Value; 0]);
        // What no message told is seen by looking.
        city.advance_ms(PAYMENT_MESSAGE_HELD_MS);
        let found = emulator
            .account()
            .find(new.donation, tests::stripe::start())
            .await
            .expect("asked");
        let facts = emulator
            .account()
            .look(&found.expect("found").reference)
            .await
            .expect("looked at");
        assert!(matches!(facts[0], Fact::Confirmed { .. }));
    })
    .await;
}
