//! When a gift is final, and what happens to its receipt when it is not any more: without gaps, whatever runs at once.

use std::sync::Arc;

use civic::actor::Role;
use civic::donation::write::refund;
use civic::id::DonationId;
use civic::limits::RECEIPT_FUND_MS;
use civic::money::Money;
use civic::payment::{DisputeState, Fact};
use civic::receipt::{CancelReason, ReceiptState};
use civic::time::HOUR_MS;
use sea_orm::ConnectionTrait;
use server::work::Worker;
use tests::campaigns::{fund, given, go_to, told};
use tests::city::{self, TestCity};
use tests::form::submit;
use tests::person::staff;
use tests::provider::payment_of;
use tests::receipts::{all, campaigns, end, of, one, voluntary};

use super::{TYPED, about_receipts, proof};

fn dispute(city: &TestCity, gift: DonationId, cents: i64, state: DisputeState) -> Fact {
    Fact::Disputed {
        payment: payment_of(gift),
        reference: format!("dp_{gift}"),
        amount: Money::eur(cents),
        state,
        at: city.city.clock.now(),
    }
}

#[tokio::test]
async fn a_gift_that_goes_back_loses_its_receipt_and_a_part_of_it_gets_another_over_the_rest() {
    city::with(async |city| {
        let (_, open) = campaigns(city, vec![voluntary()]).await;
        let mut gifts = Vec::new();
        for name in ["anna", "bruno", "carla", "dario"] {
            gifts.push(given(city, open[0], &format!("{name}@example.org"), 5_000).await);
        }
        let early = given(city, open[0], "elena@example.org", 5_000).await;
        refund(&city.city.system(), early, None).await.expect("given back");
        end(city, open[0]).await;
        assert!(of(city, early).await.is_empty(), "a gift that went back has never one");
        let [anna, bruno, carla, dario] = gifts.try_into().expect("four");

        // Completed first: what replaces it is complete too.
        let first = one(city, bruno).await;
        let form = format!("/it/receipts/{}/tax-data?proof={}", first.id, proof(city, bruno));
        submit(&city.visitor(), &form, &form, TYPED).await.expect(303);
        city.advance_ms(HOUR_MS);
        refund(&city.city.system(), anna, None).await.expect("given back");
        refund(&city.city.system(), bruno, Some(Money::eur(1_500)))
            .await
            .expect("a part");
        told(city, &dispute(city, carla, 5_000, DisputeState::Open))
            .await
            .expect("learnt");
        city.settle().await;
        assert_eq!(one(city, carla).await.state, ReceiptState::Issued, "nobody knows yet");
        told(city, &dispute(city, carla, 5_000, DisputeState::Lost))
            .await
            .expect("learnt");
        city.settle().await;
        city.settle().await;

        let cancelled = one(city, anna).await;
        assert_eq!(cancelled.cancel_reason, Some(CancelReason::Refunded));
        assert_eq!(one(city, carla).await.cancel_reason, Some(CancelReason::Lost));
        assert_eq!(one(city, dario).await.state, ReceiptState::Issued);
        let both = of(city, bruno).await;
        let sums: Vec<(i64, ReceiptState)> = both.iter().map(|one| (one.amount.minor(), one.state)).collect();
        assert_eq!(sums, [(3_500, ReceiptState::Issued), (5_000, ReceiptState::Cancelled)]);
        assert_eq!(both[1].cancel_reason, Some(CancelReason::Changed));
        assert_eq!((both[1].id, both[1].number), (first.id, first.number), "it is kept");
        assert_eq!(both[0].number, 5);
        assert!(both[0].donor.is_some(), "tax data is given once");
        let mut numbers: Vec<i64> = all(city, open[0]).await.iter().map(|one| one.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);

        let told: Vec<String> = about_receipts(city, "bruno@example.org")
            .iter()
            .map(|letter| letter.subject.clone())
            .collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.iter().any(|subject| subject.contains("annullata")), "{told:?}");
        let told = about_receipts(city, "anna@example.org");
        assert_eq!(told.len(), 2, "each once");
        assert!(told[1].text.contains("la donazione torna da te"), "{}", told[1].text);
        let page = city
            .visitor()
            .get(&format!("/it/receipts/{}?proof={}", cancelled.id, proof(city, anna)))
            .await
            .expect(200)
            .text();
        assert!(page.contains("annullata"), "{page}");
        let form = format!("/it/receipts/{}/tax-data?proof={}", cancelled.id, proof(city, anna));
        city.visitor().get(&form).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_gift_to_a_fund_has_its_receipt_after_fourteen_days_in_the_year_in_which_it_was_given() {
    city::with(async |city| {
        let editor = staff(city, "redattrice", Role::Editor).await;
        let trees = fund(city, &editor).await;
        // Half past ten in the evening in Milan, and half past midnight of the new year.
        go_to(city, tests::given::at("2026-12-31T21:30:00Z"));
        let old = given(city, trees, "anna@example.org", 3_000).await;
        let back = given(city, trees, "carla@example.org", 3_000).await;
        go_to(city, tests::given::at("2026-12-31T23:30:00Z"));
        let new = given(city, trees, "bruno@example.org", 3_000).await;
        city.settle().await;
        refund(&city.city.system(), back, None).await.expect("given back");
        go_to(
            city,
            tests::given::at("2026-12-31T21:30:00Z").plus_ms(RECEIPT_FUND_MS - 1),
        );
        city.settle().await;
        assert!(of(city, old).await.is_empty(), "not yet");
        city.advance_ms(1);
        city.settle().await;
        let receipt = one(city, old).await;
        assert_eq!((receipt.year, receipt.number), (2026, 1));
        assert!(of(city, new).await.is_empty(), "two hours younger");
        city.advance_ms(RECEIPT_FUND_MS);
        city.settle().await;
        let receipt = one(city, new).await;
        assert_eq!((receipt.year, receipt.number), (2027, 1), "each year begins anew");
        assert!(of(city, back).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_at_once_leave_no_gap_and_give_no_gift_two_receipts() {
    city::with(async |city| {
        let (_, open) = campaigns(city, vec![voluntary()]).await;
        let mut gifts = Vec::new();
        for number in 0..30 {
            gifts.push(given(city, open[0], &format!("donor{number}@example.org"), 2_000).await);
        }
        let page = civic::campaign::read::page(&city.city.system(), open[0])
            .await
            .expect("read");
        go_to(city, page.card.ends_at.expect("ends"));
        let worker = async || {
            let made = Worker::new(city.city.clone(), Arc::clone(&city.index), city.mailer()).await;
            made.expect("a worker")
        };
        let (mut first, mut second) = (worker().await, worker().await);
        for part in [0, 700] {
            if part > 0 {
                for gift in gifts.iter().step_by(3) {
                    refund(&city.city.system(), *gift, Some(Money::eur(part)))
                        .await
                        .expect("a part");
                }
            }
            tokio::join!(first.turn(), second.turn());
            city.settle().await;
        }
        let receipts = all(city, open[0]).await;
        let mut numbers: Vec<i64> = receipts.iter().map(|one| one.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=40).collect::<Vec<i64>>());
        for gift in &gifts {
            let valid = receipts
                .iter()
                .filter(|one| one.donation == *gift && one.state == ReceiptState::Issued);
            assert_eq!(valid.count(), 1, "{gift}");
        }
        for number in 0..30 {
            let told = about_receipts(city, &format!("donor{number}@example.org"));
            assert_eq!(told.len(), if number % 3 == 0 { 3 } else { 1 }, "{told:#?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_to_lose_to_skip_and_to_change_a_receipt() {
    city::with(async |city| {
        let (_, open) = campaigns(city, vec![voluntary()]).await;
        let gift = given(city, open[0], "anna@example.org", 5_000).await;
        end(city, open[0]).await;
        refund(&city.city.system(), gift, Some(Money::eur(1_000)))
            .await
            .expect("a part");
        city.settle().await;
        assert_eq!(of(city, gift).await.len(), 2);
        let db = city.city.db.owner();
        for sql in [
            "DELETE FROM receipt",
            "DELETE FROM receipt_counter",
            "UPDATE receipt SET amount_minor = 1, gift_minor = 1",
            "UPDATE receipt SET number = number + 7",
            "UPDATE receipt SET printed = '{}'",
            "UPDATE receipt SET cancelled_at = NULL, cancel_reason = NULL",
            "UPDATE receipt_counter SET last_number = last_number + 2",
            "UPDATE receipt_counter SET last_number = 0",
            "INSERT INTO receipt_counter (promoter_key, year, last_number) VALUES ('x', 2027, 4)",
        ] {
            assert!(db.execute_unprepared(sql).await.is_err(), "{sql}");
        }
        let raise = "UPDATE receipt_counter SET last_number = last_number + 1";
        db.execute_unprepared(raise).await.expect("the next one");
        assert!(
            db.execute_unprepared(raise).await.is_err(),
            "a number without a receipt is a gap"
        );
    })
    .await;
}
