//! The whole way: a gift is promised, its page is opened at the provider, paid there, told by a message, and stands in the
//! books, which agree with the provider's own to the cent.

use std::sync::Arc;

use civic::donation::write::{look, pay};
use civic::donation::{DonationState, Given, read};
use civic::error::{Code, Error};
use civic::id::CampaignId;
use civic::ledger::{Account, CustodianAccount};
use civic::limits::{DONATION_SESSION_MS, PAYMENT_BACK_MS, PAYMENT_LOOK_MS};
use civic::payment::{Payments, Session};
use civic::time::{DAY_MS, MINUTE_MS};
use http::Method;
use serde_json::json;
use tests::calls::terms;
use tests::campaigns::{cents, in_campaign, open, promise, stranger};
use tests::city::{self, TestCity};
use tests::stripe::{Emulator, SECRET};

use super::emulator;

/// A city with an open campaign whose payments go to an emulator of its own.
pub(super) async fn with_campaign(test: impl AsyncFnOnce(&TestCity, &Emulator, CampaignId)) {
    let emulator = emulator().await;
    let account: Arc<dyn Payments> = Arc::new(emulator.account());
    city::with_payments(account, async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        emulator.follow(&city.city).await;
        emulator.hook(&city.base, &[SECRET]).await;
        test(city, &emulator, campaigns[0]).await;
        // What the books say the provider has is what it has.
        let clearing = cents(city, Account::Custodian(CustodianAccount::ProviderClearing)).await;
        let balance = emulator.ask(Method::GET, "/v1/balance", &[], None).await.json();
        assert_eq!(balance["available"][0]["amount"], clearing, "the provider's account");
    })
    .await;
}

pub(super) async fn page(city: &TestCity, campaign: CampaignId, email: &str, cents: i64) -> (Given, Session) {
    let given = promise(city, campaign, email, cents).await;
    let session = pay(&stranger(city), given.donation, Some(&given.proof))
        .await
        .expect("a page");
    (given, session)
}

pub(super) async fn state(city: &TestCity, given: &Given) -> DonationState {
    let page = read::page(&stranger(city), given.donation, Some(&given.proof)).await;
    page.expect("read").card.state
}

/// Every message that is due arrives and is worked off.
pub(super) async fn told(city: &TestCity, emulator: &Emulator) {
    for message in emulator.deliver(json!({})).await {
        assert_eq!(message["status"], 200, "{message}");
    }
    city.settle().await;
}

#[tokio::test]
async fn a_gift_by_card_is_in_the_books_with_its_fee_once_its_message_came() {
    with_campaign(async |city, emulator, campaign| {
        let (given, session) = page(city, campaign, "anna@example.org", 5_000).await;
        emulator.pay(&session.reference, "declined").await.expect(200);
        told(city, emulator).await;
        assert_eq!(state(city, &given).await, DonationState::Promised);
        let back = emulator.pay(&session.reference, "card").await.expect(303);
        assert!(back.location().starts_with(&city.base));
        assert_eq!(state(city, &given).await, DonationState::Promised);
        told(city, emulator).await;
        assert_eq!(state(city, &given).await, DonationState::Confirmed);
        assert_eq!(in_campaign(city, campaign).await, [5_000, 0, 0]);
        assert_eq!(
            cents(city, Account::Custodian(CustodianAccount::ProviderFees)).await,
            100
        );
    })
    .await;
}

#[tokio::test]
async fn a_donor_who_comes_back_before_the_message_is_told_the_truth() {
    with_campaign(async |city, emulator, campaign| {
        let (given, session) = page(city, campaign, "anna@example.org", 5_000).await;
        emulator.pay(&session.reference, "card").await.expect(303);
        city.advance_ms(PAYMENT_BACK_MS);
        look(&stranger(city), given.donation, Some(&given.proof))
            .await
            .expect("looked");
        assert_eq!(state(city, &given).await, DonationState::Confirmed);
        told(city, emulator).await;
        assert_eq!(in_campaign(city, campaign).await, [5_000, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn a_page_whose_answer_and_messages_were_lost_is_found_and_booked() {
    with_campaign(async |city, emulator, campaign| {
        let given = promise(city, campaign, "anna@example.org", 5_000).await;
        emulator.fault("POST /v1/checkout/sessions", "timeout_after").await;
        let lost = pay(&stranger(city), given.donation, Some(&given.proof)).await;
        assert!(matches!(lost, Err(Error::Unavailable(_))), "{lost:?}");
        // The donor tries once more, minutes later, and gets the page that was opened.
        city.advance_ms(5 * MINUTE_MS);
        emulator.follow(&city.city).await;
        let session = pay(&stranger(city), given.donation, Some(&given.proof))
            .await
            .expect("the page");
        emulator.pay(&session.reference, "card").await.expect(303);
        emulator.deliver(json!({ "lose": 100 })).await;
        city.advance_ms(DONATION_SESSION_MS + PAYMENT_LOOK_MS);
        emulator.follow(&city.city).await;
        city.settle().await;
        assert_eq!(state(city, &given).await, DonationState::Confirmed);
        assert_eq!(in_campaign(city, campaign).await, [5_000, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn a_page_is_opened_late_in_its_promise_and_closed_when_that_is_over() {
    with_campaign(async |city, emulator, campaign| {
        let given = promise(city, campaign, "anna@example.org", 5_000).await;
        emulator.fault("POST /v1/checkout/sessions", "429").await;
        let later = pay(&stranger(city), given.donation, Some(&given.proof)).await;
        assert!(matches!(later, Err(Error::Unavailable(_))), "{later:?}");
        city.advance_ms(DONATION_SESSION_MS - MINUTE_MS);
        emulator.follow(&city.city).await;
        let session = pay(&stranger(city), given.donation, Some(&given.proof))
            .await
            .expect("a page");
        city.advance_ms(2 * MINUTE_MS);
        emulator.follow(&city.city).await;
        city.settle().await;
        assert_eq!(state(city, &given).await, DonationState::Expired);
        emulator.pay(&session.reference, "card").await.expect(410);
        let over = pay(&stranger(city), given.donation, Some(&given.proof)).await;
        assert_eq!(over, Err(Error::Conflict(Code::WrongState)));
        told(city, emulator).await;
        assert_eq!(in_campaign(city, campaign).await, [0, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn a_debit_counts_when_it_arrives_and_one_that_comes_back_never_did() {
    with_campaign(async |city, emulator, campaign| {
        let (good, first) = page(city, campaign, "anna@example.org", 5_000).await;
        let (bad, second) = page(city, campaign, "bruno@example.org", 700).await;
        emulator.pay(&first.reference, "debit").await.expect(303);
        emulator.pay(&second.reference, "debit_fails").await.expect(303);
        told(city, emulator).await;
        assert_eq!(state(city, &good).await, DonationState::Authorised);
        assert_eq!(in_campaign(city, campaign).await, [0, 0, 0]);
        city.advance_ms(7 * DAY_MS);
        emulator.follow(&city.city).await;
        told(city, emulator).await;
        assert_eq!(state(city, &good).await, DonationState::Confirmed);
        assert_eq!(state(city, &bad).await, DonationState::Failed);
        assert_eq!(in_campaign(city, campaign).await, [5_000, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_given_back_or_disputed_at_the_provider_changes_the_books_as_it_does_there() {
    with_campaign(async |city, emulator, campaign| {
        let (_, first) = page(city, campaign, "anna@example.org", 5_000).await;
        let (disputed, second) = page(city, campaign, "bruno@example.org", 3_000).await;
        for session in [&first, &second] {
            emulator.pay(&session.reference, "card").await.expect(303);
        }
        told(city, emulator).await;
        assert_eq!(in_campaign(city, campaign).await, [8_000, 0, 0]);
        // Somebody gives a part back in the provider's own dashboard, without us.
        let payment = async |session: &Session| {
            let path = format!("/v1/checkout/sessions/{}", session.reference);
            let page = emulator.ask(Method::GET, &path, &[], None).await.expect(200).json();
            page["payment_intent"].as_str().expect("a name").to_owned()
        };
        let paid = payment(&first).await;
        let fields = [("payment_intent", paid.as_str()), ("amount", "2000")];
        emulator
            .ask(Method::POST, "/v1/refunds", &fields, None)
            .await
            .expect(200);
        told(city, emulator).await;
        assert_eq!(in_campaign(city, campaign).await, [6_000, 0, 0]);
        let held = payment(&second).await;
        let dispute = emulator.tell("disputes", &json!({ "payment_intent": held })).await;
        told(city, emulator).await;
        assert_eq!(state(city, &disputed).await, DonationState::Disputed);
        // What the bank holds back is still the campaign's, until the dispute is lost.
        let hold = Account::Custodian(CustodianAccount::DisputeHold);
        assert_eq!(
            (in_campaign(city, campaign).await, cents(city, hold).await),
            ([6_000, 0, 0], 3_000)
        );
        let dispute = dispute["id"].as_str().expect("a name");
        emulator.tell(&format!("disputes/{dispute}/won"), &json!({})).await;
        told(city, emulator).await;
        assert_eq!(state(city, &disputed).await, DonationState::Confirmed);
        assert_eq!(
            (in_campaign(city, campaign).await, cents(city, hold).await),
            ([6_000, 0, 0], 0)
        );
    })
    .await;
}
