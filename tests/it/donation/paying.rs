//! Paying: one page whatever is asked twice, lost answers, news that is lost, refusals, and what only some may see.

use civic::donation::write::{give, look, pay};
use civic::donation::{DonationState, NewDonation};
use civic::donation::{Way, read};
use civic::error::{Code, Error};
use civic::payment::Method;
use http::Method as Verb;
use serde_json::json;
use tests::calls::terms;
use tests::campaigns::{gift, in_campaign, open, promise, stranger, turn};
use tests::city;
use tests::person::{citizen, staff};
use tests::provider::Fault;

#[tokio::test]
async fn a_gift_has_one_page_although_answers_are_lost() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let given = promise(city, campaigns[0], "anna@example.org", 5_000).await;
        let proof = Some(given.proof.as_str());
        assert_eq!(pay(&stranger(city), given.donation, None).await, Err(Error::NotFound));
        city.payments.fail_next(&[Fault::LostAfterwards]);
        let lost = pay(&stranger(city), given.donation, proof).await;
        assert!(matches!(lost, Err(Error::Unavailable(_))), "{lost:?}");
        let page = pay(&stranger(city), given.donation, proof).await.expect("a page");
        let again = pay(&stranger(city), given.donation, proof).await.expect("the same");
        assert_eq!((page, city.payments.pages()), (again, 1));
        // It is paid, and the provider's message is late: the donor who comes back is told the truth.
        city.payments.paid(given.donation, Method::Card, city.city.clock.now());
        city.advance_ms(civic::limits::PAYMENT_BACK_MS);
        look(&stranger(city), given.donation, proof).await.expect("looked");
        let page = read::page(&stranger(city), given.donation, proof).await.expect("read");
        assert_eq!(page.card.state, DonationState::Confirmed);
        assert_eq!(in_campaign(city, campaigns[0]).await, [5_000, 0, 0]);
        let over = pay(&stranger(city), given.donation, proof).await;
        assert_eq!(over, Err(Error::Conflict(Code::WrongState)));
    })
    .await;
}

#[tokio::test]
async fn the_same_gift_in_two_windows_is_charged_once() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let mut windows = Vec::new();
        for window in ["one", "two", "three"] {
            let new = NewDonation {
                key: format!("window-{window}-0123456789"),
                ..gift("anna@example.org", 5_000)
            };
            windows.push(give(&stranger(city), campaigns[0], new).await.expect("promised"));
        }
        let open_in = async |window: usize| {
            let given = &windows[window];
            pay(&stranger(city), given.donation, Some(&given.proof)).await
        };
        open_in(0).await.expect("a page");
        open_in(1).await.expect("a page");
        let first = open_in(0).await;
        assert_eq!(
            first,
            Err(Error::Conflict(Code::WrongState)),
            "the first page is closed"
        );
        city.payments
            .paid(windows[1].donation, Method::Card, city.city.clock.now());
        assert_eq!(open_in(2).await, Err(Error::Conflict(Code::GiftPaidElsewhere)));
        assert_eq!(in_campaign(city, campaigns[0]).await, [5_000, 0, 0]);
        let mut other = gift("anna@example.org", 6_000);
        other.key = "another-gift-0123456789".to_owned();
        let other = give(&stranger(city), campaigns[0], other).await.expect("promised");
        pay(&stranger(city), other.donation, Some(&other.proof))
            .await
            .expect("another amount is another gift");
        city.payments.paid(other.donation, Method::Card, city.city.clock.now());
        turn(city).await;
    })
    .await;
}

#[tokio::test]
async fn a_payment_whose_answer_and_news_were_lost_is_found_before_its_promise_lapses() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let given = promise(city, campaigns[0], "anna@example.org", 5_000).await;
        city.payments.fail_next(&[Fault::LostAfterwards]);
        let lost = pay(&stranger(city), given.donation, Some(&given.proof)).await;
        assert!(lost.is_err());
        city.payments.paid(given.donation, Method::Card, city.city.clock.now());
        city.advance_ms(civic::limits::DONATION_SESSION_MS);
        turn(city).await;
        city.advance_ms(civic::limits::PAYMENT_LOOK_MS);
        turn(city).await;
        assert_eq!(in_campaign(city, campaigns[0]).await, [5_000, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn a_gift_that_the_provider_refuses_comes_to_nothing() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let given = promise(city, campaigns[0], "anna@example.org", 5_000).await;
        city.payments.fail_next(&[Fault::Refused]);
        let refused = pay(&stranger(city), given.donation, Some(&given.proof)).await;
        assert_eq!(refused, Err(Error::Conflict(Code::PaymentRefused)));
        let page = read::page(&city.city.system(), given.donation, None)
            .await
            .expect("read");
        assert_eq!(page.card.state, DonationState::Failed);
    })
    .await;
}

#[tokio::test]
async fn a_visitor_gives_over_rest_and_only_the_proof_and_the_treasurer_open_the_gift() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let id = campaigns[0];
        let treasurer = staff(city, "tesoriera", civic::actor::Role::Treasurer).await;
        let other = citizen(city, "altro").await;
        let body = json!({
            "key": "a-key-that-nobody-guesses", "amount_minor": 2_500, "way": "bank_transfer",
            "email": "anna@example.org", "name_shown": "Anna", "terms": true,
        });
        let at = format!("/api/v1/campaigns/{id}/donations");
        let visitor = city.visitor();
        let given = visitor.send_json(Verb::POST, &at, &body).await.expect(200).json();
        let again = visitor.send_json(Verb::POST, &at, &body).await.expect(200).json();
        assert_eq!(given, again);
        let gift_at = format!("/api/v1/donations/{}", given["donation_id"].as_str().expect("an id"));
        visitor.get_json(&gift_at).await.expect(404);
        other.api.get_json(&gift_at).await.expect(404);
        let proof = given["proof"].as_str().expect("a proof");
        let shown = visitor
            .get_json(&format!("{gift_at}?proof={proof}"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (shown["state"].as_str(), shown["email"].as_str()),
            (Some("promised"), Some("anna@example.org"))
        );
        // The treasurer finds it by its reference, and says that it has come.
        let code = given["reference_code"].as_str().expect("a code");
        let found = treasurer
            .api
            .get_json(&format!("/api/v1/donations?reference_code={code}"))
            .await
            .expect(200)
            .json();
        assert_eq!(found["id"], given["donation_id"]);
        // Money is moved in a session: a token never has a fresh second factor.
        let cx = treasurer.cx(city).await;
        let donation = civic::id::TypedId::read(given["donation_id"].as_str().expect("an id")).expect("an id");
        civic::donation::write::confirm_by_hand(&cx, donation, civic::money::Money::eur(2_500), cx.now, "MOV-77")
            .await
            .expect("come");
        let public = visitor.get_json(&at).await.expect(200).json();
        let first = &public["items"][0];
        assert_eq!(
            (first["amount_minor"].as_i64(), first["name"].as_str()),
            (Some(2_500), Some("Anna"))
        );
        assert!(!public.to_string().contains("example.org"));
        let campaign = visitor
            .get_json(&format!("/api/v1/campaigns/{id}"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (campaign["raised_minor"].as_i64(), campaign["gift_count"].as_i64()),
            (Some(2_500), Some(1))
        );
        let mut cash = gift("cassa@example.org", civic::limits::CASH_MAX_MINOR + 1);
        cash.way = Way::Cash;
        let refused = give(&stranger(city), id, cash).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    })
    .await;
}
