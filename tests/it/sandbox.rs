//! The provider that moves no money: its page in both languages, and the whole way from the page through the door to what
//! is learnt. A restart loses nothing.

use std::sync::Arc;

use civic::id::Ids;
use civic::limits::TRIAL_DEBIT_MS;
use civic::payment::{Fact, Method, PaymentError, Payments};
use civic::secret::Secret;
use civic::time::{HOUR_MS, MINUTE_MS};
use server::sandbox::Sandbox;
use tests::city::{self, TestCity};
use tests::http::Answer;
use tests::stripe::{Memory, gift, giving_back, payment_of, start, work_off_all};

const SITE: &str = "https://arengo.example.org";

fn sandbox() -> Arc<Sandbox> {
    let secret = Secret::new(vec![9; 32]).expect("long enough");
    Arc::new(Sandbox::new(SITE, &secret))
}

async fn with_sandbox(test: impl AsyncFnOnce(&TestCity, &Sandbox)) {
    let sandbox = sandbox();
    let payments: Arc<dyn Payments> = Arc::<Sandbox>::clone(&sandbox);
    city::with_payments(payments, async |city| {
        sandbox.attach(&city.city);
        test(city, &sandbox).await;
    })
    .await;
}

/// Opens the page at an address and presses one of its buttons.
async fn press(city: &TestCity, url: &str, attempt: &str) -> Answer {
    let (client, path) = (city.visitor(), url.trim_start_matches(SITE));
    let page = client.get(path).await.expect(200);
    let keys = page.keys();
    let mut fields: Vec<(&str, &str)> = keys.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("attempt", attempt));
    client.post_form(path, &fields).await
}

#[tokio::test]
async fn the_page_says_in_both_languages_that_nothing_is_paid() {
    with_sandbox(async |city, sandbox| {
        let new = gift(&Ids::seeded(1), 123_456);
        let session = sandbox.open(&new).await.expect("opened");
        assert_eq!(session, sandbox.open(&new).await.expect("the same again"));
        let path = session.url.trim_start_matches(SITE);
        let page = city.visitor().get(path).await.expect(200).text();
        assert!(
            page.contains("non paghi niente") && page.contains("1.234,56\u{a0}€"),
            "{page}"
        );
        assert!(
            page.contains("Un orto per la scuola &#38; il quartiere") || page.contains("scuola &amp; il"),
            "{page}"
        );
        let page = city
            .visitor()
            .get(&path.replacen("/it/", "/en/", 1))
            .await
            .expect(200)
            .text();
        assert!(page.contains("you pay nothing") && page.contains("€1,234.56"), "{page}");
        let forged = path.replacen("sandbox/e", "sandbox/f", 1);
        city.visitor().get(&forged).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_card_is_paid_once_and_learnt_through_the_door() {
    with_sandbox(async |city, sandbox| {
        let (memory, ids) = (Memory::shared(), Ids::seeded(2));
        let new = gift(&ids, 2_000);
        let session = sandbox.open(&new).await.expect("opened");
        let refused = press(city, &session.url, "refused").await.expect(303);
        assert!(
            city.visitor()
                .get(refused.location())
                .await
                .text()
                .contains("rifiutata")
        );
        let answer = press(city, &session.url, "card").await.expect(303);
        assert_eq!(answer.location(), new.return_url);
        // The message was stored before the donor was sent back, so a new program knows of it.
        let restarted = self::sandbox();
        restarted.attach(&city.city);
        let facts = restarted.look(&session.reference).await.expect("looked at");
        assert!(
            matches!(&facts[0], Fact::Confirmed { donation, amount, method: Method::Card, .. }
                if *donation == new.donation && *amount == new.amount),
            "{facts:?}"
        );
        work_off_all(&city.city, &memory).await;
        assert_eq!(memory.facts(), facts);
        let page = city
            .visitor()
            .get(session.url.trim_start_matches(SITE))
            .await
            .expect(200)
            .text();
        assert!(page.contains("non si può più pagare"), "{page}");
        assert_eq!(sandbox.close(&session.reference).await.expect("asked"), facts);
        let payment = payment_of(&facts);
        let refund = giving_back(&ids, &payment, 1_500);
        let made = sandbox.refund(&refund).await.expect("made");
        assert_eq!(sandbox.refund(&refund).await.expect("the same"), made);
        let too_much = sandbox.refund(&giving_back(&ids, &payment, 501)).await;
        assert!(matches!(too_much, Err(PaymentError::Refused(_))), "{too_much:?}");
        work_off_all(&city.city, &memory).await;
        assert!(memory.facts().contains(&made));
        assert_eq!(sandbox.refunds(&payment).await.expect("asked"), [made]);
        let moved = sandbox.movements(start(), None).await.expect("asked").items;
        assert_eq!(moved.iter().map(|item| item.amount.minor()).sum::<i64>(), 500);
    })
    .await;
}

#[tokio::test]
async fn a_debit_arrives_or_comes_back_a_minute_later() {
    with_sandbox(async |city, sandbox| {
        let (memory, ids) = (Memory::shared(), Ids::seeded(3));
        let (good, bad) = (gift(&ids, 2_000), gift(&ids, 900));
        for (new, attempt) in [(&good, "debit"), (&bad, "debit_fails")] {
            let session = sandbox.open(new).await.expect("opened");
            press(city, &session.url, attempt).await.expect(303);
        }
        work_off_all(&city.city, &memory).await;
        assert!(memory.facts().iter().all(|fact| matches!(fact, Fact::Authorised { .. })));
        assert_eq!(memory.facts().len(), 2);
        city.advance_ms(TRIAL_DEBIT_MS);
        work_off_all(&city.city, &memory).await;
        let facts = memory.facts();
        let arrived = |fact: &Fact| matches!(fact, Fact::Confirmed { donation, method: Method::SepaDebit, .. } if *donation == good.donation);
        let failed = |fact: &Fact| matches!(fact, Fact::Failed { donation, .. } if *donation == bad.donation);
        assert!(facts.len() == 4 && facts.iter().any(arrived) && facts.iter().any(failed), "{facts:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_goes_away_has_paid_nothing_and_the_page_ends() {
    with_sandbox(async |city, sandbox| {
        let (memory, ids) = (Memory::shared(), Ids::seeded(4));
        let (left, closed) = (gift(&ids, 2_000), gift(&ids, 2_000));
        let session = sandbox.open(&left).await.expect("opened");
        assert_eq!(sandbox.look(&session.reference).await.expect("looked at"), []);
        let other = sandbox.open(&closed).await.expect("opened");
        let donation = closed.donation;
        let expired = [Fact::Expired { donation }];
        assert_eq!(sandbox.close(&other.reference).await.expect("closed"), expired);
        let page = press_closed(city, &other.url).await;
        assert!(page.contains("non si può più pagare"), "{page}");
        city.advance_ms(30 * MINUTE_MS);
        let donation = left.donation;
        let facts = sandbox.look(&session.reference).await.expect("looked at");
        assert_eq!(facts, [Fact::Expired { donation }]);
        city.advance_ms(HOUR_MS);
        work_off_all(&city.city, &memory).await;
        assert_eq!(memory.facts(), expired);
    })
    .await;
}

async fn press_closed(city: &TestCity, url: &str) -> String {
    city.visitor()
        .get(url.trim_start_matches(SITE))
        .await
        .expect(200)
        .text()
}
