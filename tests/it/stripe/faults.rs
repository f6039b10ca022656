//! Everything that goes wrong between us and the provider, on every call: nothing is ever taken as "not charged" unless
//! it is sure, and asking again under the same key does it once.

use civic::id::Ids;
use civic::payment::{Fact, PaymentError, Payments, RefundState};
use tests::stripe::{Emulator, KEY, gift, giving_back, paid, payment_of, start};

use super::emulator;

const OPEN: &str = "POST /v1/checkout/sessions";
const REFUND: &str = "POST /v1/refunds";

/// What goes wrong, and whether the provider has done it nevertheless.
const UNKNOWN: [(&str, bool); 7] = [
    ("timeout_after", true),
    ("timeout_before", false),
    ("500", false),
    ("500_after", true),
    ("half", true),
    ("garbage", true),
    ("reset", false),
];

fn is_unknown<T: std::fmt::Debug>(answer: &Result<T, PaymentError>) -> bool {
    matches!(answer, Err(PaymentError::Unknown(_)))
}

#[tokio::test]
async fn an_answer_that_is_lost_is_unknown_and_the_page_is_found_when_there_is_one() {
    let (emulator, ids) = (emulator().await, Ids::seeded(1));
    let account = emulator.account();
    for (what, done) in UNKNOWN {
        let new = gift(&ids, 2_000);
        emulator.fault(OPEN, what).await;
        let lost = account.open(&new).await;
        assert!(is_unknown(&lost), "{what}: {lost:?}");
        let found = account.find(new.donation, start()).await.expect("asked");
        assert_eq!(found.is_some(), done, "{what}");
    }
}

#[tokio::test]
async fn asking_again_under_the_same_key_opens_one_page() {
    let (emulator, ids) = (emulator().await, Ids::seeded(2));
    let account = emulator.account();
    for what in ["timeout_after", "half", "garbage", "reset"] {
        let new = gift(&ids, 2_000);
        emulator.fault(OPEN, what).await;
        assert!(account.open(&new).await.is_err(), "{what}");
        let again = account.open(&new).await.expect("opened");
        let found = account.find(new.donation, start()).await.expect("asked");
        assert_eq!(found, Some(again), "{what}");
    }
    let opened = emulator.log("call").await;
    let ids: std::collections::BTreeSet<&str> = opened
        .iter()
        .filter(|call| call["asked"] == OPEN)
        .filter_map(|call| call["said"]["id"].as_str())
        .collect();
    assert_eq!(ids.len(), 4, "one page for each gift");
}

#[tokio::test]
async fn a_stored_failure_is_answered_again_and_stays_unknown() {
    let (emulator, ids) = (emulator().await, Ids::seeded(3));
    let (account, new) = (emulator.account(), gift(&ids, 2_000));
    emulator.fault(OPEN, "500_after").await;
    for _ in 0..3 {
        let lost = account.open(&new).await;
        assert!(is_unknown(&lost), "{lost:?}");
    }
    // There is a page, which only a look tells.
    assert!(account.find(new.donation, start()).await.expect("asked").is_some());
}

#[tokio::test]
async fn too_many_requests_and_no_connection_mean_later() {
    let (emulator, ids) = (emulator().await, Ids::seeded(4));
    let (account, new) = (emulator.account(), gift(&ids, 2_000));
    emulator.fault(OPEN, "429").await;
    assert!(matches!(account.open(&new).await, Err(PaymentError::Later(_))));
    assert!(account.open(&new).await.is_ok(), "the key was not used up");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let nowhere = server::stripe::Stripe::new(server::stripe::Access {
        key: KEY.to_owned(),
        secrets: Vec::new(),
        base: format!("http://{}", closed.expect("a port")),
        patience: std::time::Duration::from_secs(3),
    });
    let nowhere = nowhere.expect("it can be named");
    let refused = nowhere.open(&new).await;
    assert!(matches!(refused, Err(PaymentError::Later(_))), "{refused:?}");
    emulator.fault(OPEN, "409").await;
    let busy = account.open(&gift(&ids, 900)).await;
    assert!(is_unknown(&busy), "somebody else asks the same: {busy:?}");
}

/// Pays 20 euros by card, and gives the payment's name.
async fn card(emulator: &Emulator, ids: &Ids) -> String {
    let (_, facts) = paid(emulator, &emulator.account(), &gift(ids, 2_000), "card").await;
    payment_of(&facts)
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_found_and_made_once() {
    let (emulator, ids) = (emulator().await, Ids::seeded(5));
    let account = emulator.account();
    for (what, done) in UNKNOWN {
        let payment = card(&emulator, &ids).await;
        let refund = giving_back(&ids, &payment, 2_000);
        emulator.fault(REFUND, what).await;
        let lost = account.refund(&refund).await;
        assert!(is_unknown(&lost), "{what}: {lost:?}");
        let made = account.refunds(&payment).await.expect("asked");
        let ours = |fact: &Fact| matches!(fact, Fact::Refunded { refund: Some(own), .. } if *own == refund.refund);
        assert_eq!(
            made.iter().filter(|fact| ours(fact)).count(),
            usize::from(done),
            "{what}"
        );
        if !what.starts_with("500") {
            let again = account.refund(&refund).await.expect("made, or answered again");
            assert_eq!(account.refunds(&payment).await.expect("asked"), [again], "{what}");
        }
    }
}

#[tokio::test]
async fn what_only_looks_is_never_refused() {
    let (emulator, ids) = (emulator().await, Ids::seeded(6));
    let (account, payment) = (emulator.account(), card(&emulator, &ids).await);
    for what in ["timeout_before", "500", "half", "garbage", "reset"] {
        emulator.fault("GET /v1/payment_intents", what).await;
        let lost = account.look(&payment).await;
        assert!(is_unknown(&lost), "{what}: {lost:?}");
        emulator.fault("GET /v1/refunds", what).await;
        assert!(is_unknown(&account.refunds(&payment).await), "{what}");
    }
    emulator.fault("GET /v1/payment_intents", "429").await;
    assert!(matches!(account.look(&payment).await, Err(PaymentError::Later(_))));
    for nothing in ["pi_none", "cs_none", "re_none", "du_none", "ch_none", "sub_1", ""] {
        assert!(is_unknown(&account.look(nothing).await), "{nothing}");
    }
    assert!(is_unknown(&account.close("cs_none").await));
}

#[tokio::test]
async fn another_currency_is_never_taken_for_euros() {
    let (emulator, ids) = (emulator().await, Ids::seeded(7));
    let (account, payment) = (emulator.account(), card(&emulator, &ids).await);
    let charge = emulator
        .ask(http::Method::GET, &format!("/v1/payment_intents/{payment}"), &[], None)
        .await
        .json();
    let charge = charge["latest_charge"].as_str().expect("a name").to_owned();
    emulator
        .tell(&format!("change/{charge}"), &serde_json::json!({ "currency": "usd" }))
        .await;
    let looked = account.look(&payment).await;
    assert!(is_unknown(&looked), "{looked:?}");
}

#[tokio::test]
async fn a_refund_comes_back_later_and_is_told_so() {
    let (emulator, ids) = (emulator().await, Ids::seeded(8));
    let (account, payment) = (emulator.account(), card(&emulator, &ids).await);
    let refund = giving_back(&ids, &payment, 2_000);
    let Fact::Refunded { reference, state, .. } = account.refund(&refund).await.expect("made") else {
        panic!("no refund")
    };
    assert_eq!(state, RefundState::Succeeded);
    emulator
        .tell(&format!("refunds/{reference}/failed"), &serde_json::json!({}))
        .await;
    let facts = account.look(&reference).await.expect("looked at");
    assert!(
        matches!(
            facts[0],
            Fact::Refunded {
                state: RefundState::Failed,
                ..
            }
        ),
        "{facts:?}"
    );
    // The payment tells of it too, although it counts for nothing there any more.
    let facts = account.look(&payment).await.expect("looked at");
    let failed = |fact: &Fact| {
        matches!(
            fact,
            Fact::Refunded {
                state: RefundState::Failed,
                ..
            }
        )
    };
    assert!(facts.iter().any(failed), "{facts:?}");
}
