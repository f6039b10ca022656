//! Pages: opened once, paid, refused, left, closed, found again.

use civic::id::Ids;
use civic::limits::PAYMENT_PAGE_MARGIN_MS;
use civic::payment::{Fact, Method, PaymentError, Payments};
use civic::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use tests::stripe::{gift, paid, payment_of, start};

use super::emulator;

#[tokio::test]
async fn a_page_carries_our_name_and_is_the_same_when_it_is_asked_for_again() {
    let (emulator, ids) = (emulator().await, Ids::seeded(1));
    let (account, new) = (emulator.account(), gift(&ids, 2_500));
    let first = account.open(&new).await.expect("opened");
    let second = account.open(&new).await.expect("opened again");
    assert_eq!(first, second);
    assert_eq!(first.expires_at, new.expires_at.plus_ms(PAYMENT_PAGE_MARGIN_MS));
    assert!(first.url.ends_with(&first.reference));
    let calls = emulator.log("call").await;
    let params = &calls[0]["params"];
    let id = new.donation.to_string();
    assert_eq!(calls[0]["key"], id.as_str());
    assert_eq!(params["client_reference_id"], id.as_str());
    assert_eq!(params["metadata"]["arengo_donation"], id.as_str());
    assert_eq!(
        params["payment_intent_data"]["metadata"]["arengo_donation"],
        id.as_str()
    );
    assert_eq!(params["line_items"]["0"]["price_data"]["unit_amount"], "2500");
    assert_eq!(params["line_items"]["0"]["price_data"]["currency"], "eur");
    assert_eq!(params["locale"], "it");
    assert_eq!(params["customer_email"], "ada@example.org");
    assert_eq!(params["success_url"], new.return_url.as_str());
    assert_eq!(calls[1]["said"]["replayed"], true);
}

#[tokio::test]
async fn a_card_that_is_paid_is_confirmed_with_its_print_and_its_fee() {
    let (emulator, ids) = (emulator().await, Ids::seeded(2));
    let (account, new) = (emulator.account(), gift(&ids, 2_000));
    let (session, facts) = paid(&emulator, &account, &new, "card").await;
    let payment = payment_of(&facts);
    let [
        Fact::Confirmed {
            donation,
            amount,
            method,
            fingerprint,
            at,
            ..
        },
        Fact::Charged {
            payment: charged, fee, ..
        },
    ] = facts.as_slice()
    else {
        panic!("{facts:?}")
    };
    assert_eq!(
        (*donation, *amount, *method, *at),
        (new.donation, new.amount, Method::Card, start())
    );
    assert_eq!(
        fingerprint.as_deref(),
        Some(format!("print-of-{}", session.reference).as_str())
    );
    assert_eq!((charged, fee.minor()), (&payment, 55));
    // Whatever a message names is looked at as well: the payment and its charge say the same.
    assert_eq!(account.look(&payment).await.expect("looked at"), facts);
}

#[tokio::test]
async fn a_card_that_is_declined_ends_nothing_while_the_page_is_open() {
    let (emulator, ids) = (emulator().await, Ids::seeded(3));
    let (account, new) = (emulator.account(), gift(&ids, 2_000));
    let (session, facts) = paid(&emulator, &account, &new, "declined").await;
    assert_eq!(facts, []);
    emulator.pay(&session.reference, "card").await.expect(303);
    let facts = account.look(&session.reference).await.expect("looked at");
    assert!(matches!(facts[0], Fact::Confirmed { .. }), "{facts:?}");
}

#[tokio::test]
async fn a_debit_is_authorised_and_days_later_confirmed_or_failed() {
    let (emulator, ids) = (emulator().await, Ids::seeded(4));
    let account = emulator.account();
    let (arriving, returning) = (gift(&ids, 5_000), gift(&ids, 700));
    let (first, facts) = paid(&emulator, &account, &arriving, "debit").await;
    let (donation, payment) = (arriving.donation, payment_of(&facts));
    assert_eq!(facts, [Fact::Authorised { donation, payment }]);
    let (second, facts) = paid(&emulator, &account, &returning, "debit_fails").await;
    assert!(matches!(facts.as_slice(), [Fact::Authorised { .. }]), "{facts:?}");
    emulator.advance_ms(7 * DAY_MS).await;
    let facts = account.look(&first.reference).await.expect("looked at");
    let is_debit = |fact: &Fact| {
        matches!(
            fact,
            Fact::Confirmed {
                method: Method::SepaDebit,
                fingerprint: Some(_),
                ..
            }
        )
    };
    assert!(is_debit(&facts[0]), "{facts:?}");
    let facts = account.look(&second.reference).await.expect("looked at");
    assert!(matches!(facts.as_slice(), [Fact::Failed { .. }]), "{facts:?}");
}

#[tokio::test]
async fn a_page_that_is_closed_or_runs_out_is_expired_and_cannot_be_paid() {
    let (emulator, ids) = (emulator().await, Ids::seeded(5));
    let account = emulator.account();
    let (closed, left) = (gift(&ids, 2_000), gift(&ids, 2_000));
    let session = account.open(&closed).await.expect("opened");
    let other = account.open(&left).await.expect("opened");
    let donation = closed.donation;
    let expired = [Fact::Expired { donation }];
    assert_eq!(account.close(&session.reference).await.expect("closed"), expired);
    assert_eq!(account.close(&session.reference).await.expect("closed again"), expired);
    emulator.pay(&session.reference, "card").await.expect(410);
    emulator.advance_ms(2 * HOUR_MS).await;
    let donation = left.donation;
    assert_eq!(
        account.look(&other.reference).await.expect("looked at"),
        [Fact::Expired { donation }]
    );
}

#[tokio::test]
async fn closing_a_page_that_was_paid_meanwhile_tells_that_it_is_paid() {
    let (emulator, ids) = (emulator().await, Ids::seeded(6));
    let (account, new) = (emulator.account(), gift(&ids, 2_000));
    let session = account.open(&new).await.expect("opened");
    emulator.pay(&session.reference, "card").await.expect(303);
    let facts = account.close(&session.reference).await.expect("asked");
    assert!(matches!(facts[0], Fact::Confirmed { .. }), "{facts:?}");
}

#[tokio::test]
async fn a_page_is_found_by_its_gift_after_the_key_is_forgotten() {
    let (emulator, ids) = (emulator().await, Ids::seeded(7));
    let (account, new) = (emulator.account(), gift(&ids, 2_000));
    emulator.fault("POST /v1/checkout/sessions", "timeout_after").await;
    let lost = account.open(&new).await;
    assert!(matches!(lost, Err(PaymentError::Unknown(_))), "{lost:?}");
    // Enough others after it that it stands on the second page of the list.
    for _ in 0..101 {
        account.open(&gift(&ids, 900)).await.expect("opened");
    }
    emulator.advance_ms(25 * HOUR_MS).await;
    let found = account
        .find(new.donation, start())
        .await
        .expect("asked")
        .expect("found");
    let facts = account.look(&found.reference).await.expect("looked at");
    let donation = new.donation;
    assert_eq!(facts, [Fact::Expired { donation }]);
    let never = gift(&ids, 1).donation;
    assert_eq!(account.find(never, start()).await.expect("asked"), None);
}

#[tokio::test]
async fn what_the_provider_refuses_is_told_from_what_it_may_have_done() {
    let (emulator, ids) = (emulator().await, Ids::seeded(8));
    let account = emulator.account();
    let too_little = account.open(&gift(&ids, 49)).await;
    assert!(matches!(too_little, Err(PaymentError::Refused(_))), "{too_little:?}");
    assert!(account.open(&gift(&ids, 50)).await.is_ok());
    let mut too_long = gift(&ids, 900);
    too_long.expires_at = start().plus_ms(25 * HOUR_MS);
    assert!(matches!(account.open(&too_long).await, Err(PaymentError::Refused(_))));
    // The same gift with other terms: a page for the first is open, so nothing may be taken as refused.
    let mut changed = gift(&ids, 900);
    account.open(&changed).await.expect("opened");
    changed.expires_at = changed.expires_at.plus_ms(MINUTE_MS);
    let other = account.open(&changed).await;
    assert!(matches!(other, Err(PaymentError::Unknown(_))), "{other:?}");
    // A wrong key is the operator's to mend; nobody's gift fails of it.
    let stranger = emulator.account_with("sk_test_wrong", &[]);
    assert!(matches!(
        stranger.open(&gift(&ids, 900)).await,
        Err(PaymentError::Later(_))
    ));
}
