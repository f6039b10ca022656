//! The provider's own list against our books: what no message told is found, what nobody can explain waits in suspense for
//! a person, and a comparison is made once a day, whoever else would make it too.

use civic::donation::{DonationState, read as gifts};
use civic::error::{Code, Error};
use civic::ledger::{Account, CustodianAccount};
use civic::limits::RECONCILE_RETRY_MS;
use civic::page::Paging;
use civic::reconciliation::read::{self, MovementCard};
use civic::reconciliation::write::{decide, turn};
use civic::reconciliation::{MovementState, MovementStep};
use civic::time::{DAY_MS, HOUR_MS};
use http::Method;
use serde_json::json;
use tests::campaigns::{cents, given, open};
use tests::city::{self, TestCity};
use tests::form::submit;
use tests::person::citizen;
use tests::stripe::Emulator;

use super::whole::{page, state, told, with_campaign};
use crate::payout::treasurers;

async fn next_day(city: &TestCity, emulator: &Emulator) {
    city.advance_ms(DAY_MS + HOUR_MS);
    emulator.follow(&city.city).await;
}

async fn in_state(city: &TestCity, state: MovementState) -> Vec<MovementCard> {
    read::movements(&city.city.system(), state, Paging::default())
        .await
        .expect("read")
        .items
}

async fn custodian(city: &TestCity, account: CustodianAccount) -> i64 {
    cents(city, Account::Custodian(account)).await
}

#[tokio::test]
async fn a_refund_made_in_the_providers_own_window_is_found_and_booked_though_no_message_came() {
    with_campaign(async |city, emulator, campaign| {
        let (given, session) = page(city, campaign, "anna@example.org", 5_000).await;
        emulator.pay(&session.reference, "card").await.expect(303);
        told(city, emulator).await;
        let known = gifts::page(&city.city.system(), given.donation, None)
            .await
            .expect("read");
        assert_eq!(known.card.state, DonationState::Confirmed);
        next_day(city, emulator).await;
        assert!(turn(&city.city).await.expect("compared"));
        assert_eq!(in_state(city, MovementState::Known).await.len(), 1);
        let payment = in_state(city, MovementState::Known).await[0]
            .source
            .clone()
            .expect("a payment");
        let fields = [("payment_intent", payment.as_str())];
        emulator
            .ask(Method::POST, "/v1/refunds", &fields, None)
            .await
            .expect(200);
        assert_eq!(state(city, &given).await, DonationState::Confirmed);

        next_day(city, emulator).await;
        assert!(turn(&city.city).await.expect("compared"));
        assert_eq!(state(city, &given).await, DonationState::Refunded);
        let run = read::last(&city.city.system()).await.expect("read").expect("one");
        assert_eq!((run.movements, run.news), (2, 1));
        assert_eq!(run.clearing, run.provider);
        // Read again, it tells nothing new.
        next_day(city, emulator).await;
        assert!(turn(&city.city).await.expect("compared"));
        let run = read::last(&city.city.system()).await.expect("read").expect("one");
        assert_eq!((run.movements, run.news), (2, 0));
    })
    .await;
}

#[tokio::test]
async fn money_between_provider_and_bank_is_booked_and_what_nobody_can_explain_waits_for_a_reason() {
    with_campaign(async |city, emulator, campaign| {
        let (_, session) = page(city, campaign, "anna@example.org", 5_000).await;
        emulator.pay(&session.reference, "card").await.expect(303);
        told(city, emulator).await;
        for (kind, amount) in [
            ("payout", -1_500),
            ("stripe_fee", -30),
            ("adjustment", -700),
            ("adjustment", 250),
        ] {
            let told = json!({ "type": kind, "amount": amount });
            emulator.tell("movements", &told).await;
        }
        next_day(city, emulator).await;
        assert!(turn(&city.city).await.expect("compared"));
        assert_eq!(custodian(city, CustodianAccount::Bank).await, 1_500);
        assert_eq!(custodian(city, CustodianAccount::ProviderFees).await, 100 + 30);
        assert_eq!(custodian(city, CustodianAccount::Suspense).await, 250 - 700);
        let open = in_state(city, MovementState::Open).await;
        assert_eq!(open.len(), 2);
        let of = |amount: i64| {
            open.iter()
                .find(|card| card.amount.minor() == amount)
                .expect("there")
                .id
        };

        let [treasurer, _] = treasurers(city, "1").await;
        let cx = treasurer.cx(city).await;
        let bare = decide(&cx, of(-700), MovementStep::Charge, " ")
            .await
            .expect_err("no reason");
        assert_eq!(bare.code(), Code::Invalid);
        let stranger = citizen(city, "passante").await.cx(city).await;
        let denied = decide(&stranger, of(-700), MovementStep::Charge, "Penale").await;
        assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
        decide(&cx, of(-700), MovementStep::Charge, "Penale del circuito")
            .await
            .expect("decided");
        decide(&cx, of(250), MovementStep::Bank, "Ricarica dal conto")
            .await
            .expect("decided");
        let again = decide(&cx, of(250), MovementStep::Charge, "Altro")
            .await
            .expect_err("decided");
        assert_eq!(again.code(), Code::WrongState);
        assert_eq!(custodian(city, CustodianAccount::Suspense).await, 0);
        assert_eq!(custodian(city, CustodianAccount::ProviderFees).await, 830);
        assert_eq!(custodian(city, CustodianAccount::Bank).await, 1_250);
        assert!(in_state(city, MovementState::Open).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_asked_again_and_what_is_open_for_a_day_is_overdue() {
    with_campaign(async |city, emulator, _| {
        emulator
            .tell("movements", &json!({ "type": "adjustment", "amount": 40 }))
            .await;
        next_day(city, emulator).await;
        for _ in 0..8 {
            emulator.fault("GET /v1/balance_transactions", "500").await;
        }
        assert!(turn(&city.city).await.expect("begun"));
        let run = read::last(&city.city.system()).await.expect("read").expect("one");
        assert!(run.ended_at.is_none() && run.error.is_some(), "{run:?}");
        assert!(!turn(&city.city).await.expect("not yet"));
        for _ in 0..9 {
            city.advance_ms(RECONCILE_RETRY_MS);
            emulator.follow(&city.city).await;
            turn(&city.city).await.expect("again");
        }
        let run = read::last(&city.city.system()).await.expect("read").expect("one");
        assert_eq!((run.ended_at.is_some(), run.error), (true, None));
        assert_eq!(read::overdue(&city.city).await.expect("read").open, 0);
        city.advance_ms(DAY_MS + HOUR_MS);
        assert_eq!(read::overdue(&city.city).await.expect("read").open, 1);
        let days = 3 * DAY_MS;
        city.advance_ms(days);
        assert!(read::overdue(&city.city).await.expect("read").comparison);
    })
    .await;
}

#[tokio::test]
async fn two_servers_make_one_comparison_a_day_and_take_each_movement_once() {
    with_campaign(async |city, emulator, _| {
        for amount in [-10, -20, -30] {
            emulator
                .tell("movements", &json!({ "type": "stripe_fee", "amount": amount }))
                .await;
        }
        next_day(city, emulator).await;
        let (one, other) = tokio::join!(turn(&city.city), turn(&city.city));
        assert!(one.expect("turned") != other.expect("turned"), "one of them");
        assert_eq!(in_state(city, MovementState::Charged).await.len(), 3);
        assert_eq!(custodian(city, CustodianAccount::ProviderFees).await, 60);
    })
    .await;
}

#[tokio::test]
async fn a_gift_that_the_provider_does_not_show_after_a_day_is_named_at_the_desk() {
    city::with(async |city| {
        let (_, campaigns) = open(city, tests::calls::terms(city), &[62_500]).await;
        let id = given(city, campaigns[0], "anna@example.org", 5_000).await;
        assert!(read::astray(&city.city.system()).await.expect("read").gifts.is_empty());
        city.advance_ms(DAY_MS + HOUR_MS);
        let astray = read::astray(&city.city.system()).await.expect("read");
        assert_eq!((astray.gifts.len(), astray.refunds.len()), (1, 0));
        assert_eq!((astray.gifts[0].donation, astray.gifts[0].amount.minor()), (id, 5_000));
    })
    .await;
}

#[tokio::test]
async fn a_movement_is_decided_by_forms_without_scripts() {
    with_campaign(async |city, emulator, _| {
        emulator
            .tell("movements", &json!({ "type": "adjustment", "amount": -700 }))
            .await;
        next_day(city, emulator).await;
        assert!(turn(&city.city).await.expect("compared"));
        let [treasurer, _] = treasurers(city, "1").await;
        let desk = treasurer.pages.get("/it/desk/reconciliation").await.expect(200);
        assert!(desk.text().contains("<h3 class=\"h5\">-7"), "{}", desk.text());
        let id = in_state(city, MovementState::Open).await[0].id;
        let form = format!("/it/desk/reconciliation/{id}/charge");
        submit(&treasurer.pages, &form, &form, &[("reason", "")])
            .await
            .expect(422);
        let done = submit(&treasurer.pages, &form, &form, &[("reason", "Penale")])
            .await
            .expect(303);
        assert!(done.location().contains("done=movement-charge"), "{}", done.location());
        treasurer.pages.get(&form).await.expect(404);
        let shown = treasurer
            .pages
            .get("/en/desk/reconciliation?state=charged")
            .await
            .expect(200);
        assert!(shown.text().contains("Penale"));
    })
    .await;
}
