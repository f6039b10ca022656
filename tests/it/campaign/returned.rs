//! Campaigns that come to nothing: every gift goes back the way it came, exactly once, however often the turn is broken off.

use civic::campaign::{CampaignState, write};
use civic::donation::Way;
use civic::donation::write::{confirm_by_hand, give, pay, settle_refund};
use civic::id::{CampaignId, DonationId};
use civic::money::Money;
use civic::payment::Method;
use civic::time::DAY_MS;
use tests::calls::terms;
use tests::campaigns::{gift, go_to, in_campaign, in_pot, open, promise, stranger, told, turn, with_custodian};
use tests::city::{self, TestCity};
use tests::provider::Fault;

use super::state;

/// A gift by card that was paid on the provider's page.
async fn paid(city: &TestCity, campaign: CampaignId, email: &str, cents: i64, method: Method) -> DonationId {
    let given = promise(city, campaign, email, cents).await;
    pay(&stranger(city), given.donation, Some(&given.proof))
        .await
        .expect("a page");
    let fact = city.payments.paid(given.donation, method, city.city.clock.now());
    told(city, &fact).await.expect("learnt");
    given.donation
}

async fn to_the_end(city: &TestCity, id: CampaignId) {
    let page = civic::campaign::read::page(&city.city.system(), id)
        .await
        .expect("read");
    go_to(city, page.card.ends_at.expect("a deadline"));
}

#[tokio::test]
async fn an_unfunded_campaign_gives_every_gift_back_once_although_the_turn_is_broken_off() {
    city::with(async |city| {
        let (all, campaigns) = open(city, terms(city), &[62_500]).await;
        let id = campaigns[0];
        for number in 0..5 {
            paid(
                city,
                id,
                &format!("donor{number}@example.org"),
                1_000 + number,
                Method::Card,
            )
            .await;
        }
        let slow = paid(city, id, "debito@example.org", 2_000, Method::SepaDebit).await;
        // A transfer, and cash, of which the treasurer says that they have come.
        let mut by_hand = Vec::new();
        for (way, email) in [
            (Way::BankTransfer, "bonifico@example.org"),
            (Way::Cash, "contanti@example.org"),
        ] {
            let mut new = gift(email, 3_000);
            new.way = way;
            let given = give(&stranger(city), id, new).await.expect("promised");
            assert_eq!(given.reference_code.is_some(), way == Way::BankTransfer);
            let cx = city.city.system();
            confirm_by_hand(&cx, given.donation, Money::eur(3_000), cx.now, "E2027-1")
                .await
                .expect("come");
            by_hand.push(given.donation);
        }
        assert_eq!(in_campaign(city, id).await, [5_010 + 2_000 + 6_000, 0, 0]);
        to_the_end(city, id).await;
        // Answers are lost, and the provider is busy.
        city.payments
            .fail_next(&[Fault::LostAfterwards, Fault::Later, Fault::LostAfterwards]);
        turn(city).await;
        assert_eq!(state(city, id).await, CampaignState::Unfunded);
        assert_eq!(in_pot(city, all.pot).await, [10_000_000, 0, 0, 0]);
        for _ in 0..3 {
            city.advance_ms(civic::limits::PAYMENT_LOOK_MS);
            turn(city).await;
        }
        let mut back = city.payments.given_back();
        back.sort_unstable();
        assert_eq!(back, [1_000, 1_001, 1_002, 1_003, 1_004, 2_000], "each once");
        let owed = civic::donation::read::owed(
            &city.city.system(),
            civic::page::Paging::parse(None, None).expect("paging"),
        )
        .await
        .expect("read");
        assert_eq!(owed.items.len(), 2);
        for card in owed.items {
            settle_refund(&city.city.system(), card.id, Way::BankTransfer)
                .await
                .expect("paid");
        }
        assert_eq!(in_campaign(city, id).await, [0, 0, 0]);
        let left = with_custodian(city).await;
        // Cash lies at the desk and was paid back from the bank: what is there is there, and nobody is owed anything.
        assert_eq!(left.iter().sum::<i64>() - left[3] - left[2], 0, "{left:?}");
        let page = civic::donation::read::page(&city.city.system(), slow, None)
            .await
            .expect("read");
        assert_eq!(page.card.state, civic::donation::DonationState::Refunded);
    })
    .await;
}

#[tokio::test]
async fn a_debit_waits_seven_days_of_work_before_it_goes_back() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let id = campaigns[0];
        paid(city, id, "debito@example.org", 2_000, Method::SepaDebit).await;
        // It opened on Monday the first of February; the seventh day of work after it is Wednesday the tenth.
        write::cancel(&city.city.system(), id, "Il promotore non c'è più.")
            .await
            .expect("cancelled");
        turn(city).await;
        assert_eq!(city.payments.given_back(), Vec::<i64>::new());
        city.advance_ms(9 * DAY_MS - 1);
        turn(city).await;
        assert_eq!(city.payments.given_back(), Vec::<i64>::new());
        city.advance_ms(1);
        turn(city).await;
        assert_eq!(city.payments.given_back(), [2_000]);
    })
    .await;
}

#[tokio::test]
async fn what_the_provider_refuses_to_give_back_is_owed_and_paid_another_way() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let id = campaigns[0];
        paid(city, id, "anna@example.org", 2_000, Method::Card).await;
        write::cancel(&city.city.system(), id, "Annullata.")
            .await
            .expect("cancelled");
        city.payments.fail_next(&[Fault::Refused]);
        turn(city).await;
        assert_eq!(in_campaign(city, id).await, [0, 0, 0]);
        assert_eq!(with_custodian(city).await, [2_000, 0, 0, 0, 0, 2_000, 0]);
    })
    .await;
}
