//! Money that goes back or is held: refunds from either side, disputes, and the list of everything that moved.

use civic::id::Ids;
use civic::payment::{DisputeState, Fact, Movement, PaymentError, Payments, RefundState};
use civic::time::DAY_MS;
use http::Method;
use serde_json::json;
use tests::stripe::{Emulator, gift, giving_back, paid, payment_of, start};

use super::emulator;

async fn payment(emulator: &Emulator, ids: &Ids, cents: i64, way: &str) -> String {
    let (_, facts) = paid(emulator, &emulator.account(), &gift(ids, cents), way).await;
    payment_of(&facts)
}

fn refunds(facts: &[Fact]) -> Vec<(i64, RefundState)> {
    let of = |fact: &Fact| match fact {
        Fact::Refunded { amount, state, .. } => Some((amount.minor(), *state)),
        _ => None,
    };
    facts.iter().filter_map(of).collect()
}

fn disputes(facts: &[Fact]) -> Vec<(i64, DisputeState)> {
    let of = |fact: &Fact| match fact {
        Fact::Disputed { amount, state, .. } => Some((amount.minor(), *state)),
        _ => None,
    };
    facts.iter().filter_map(of).collect()
}

#[tokio::test]
async fn parts_are_given_back_until_nothing_is_left() {
    let (emulator, ids) = (emulator().await, Ids::seeded(1));
    let account = emulator.account();
    let payment = payment(&emulator, &ids, 2_000, "card").await;
    account.refund(&giving_back(&ids, &payment, 500)).await.expect("made");
    let too_much = account.refund(&giving_back(&ids, &payment, 1_501)).await;
    assert!(matches!(too_much, Err(PaymentError::Refused(_))), "{too_much:?}");
    account.refund(&giving_back(&ids, &payment, 1_500)).await.expect("made");
    let nothing_left = account.refund(&giving_back(&ids, &payment, 1)).await;
    assert!(
        matches!(nothing_left, Err(PaymentError::Refused(_))),
        "{nothing_left:?}"
    );
    let facts = account.look(&payment).await.expect("looked at");
    let succeeded = RefundState::Succeeded;
    assert_eq!(refunds(&facts), [(1_500, succeeded), (500, succeeded)]);
}

#[tokio::test]
async fn a_debit_is_given_back_days_later() {
    let (emulator, ids) = (emulator().await, Ids::seeded(2));
    let account = emulator.account();
    let payment = payment(&emulator, &ids, 2_000, "debit").await;
    let early = account.refund(&giving_back(&ids, &payment, 2_000)).await;
    assert!(
        matches!(early, Err(PaymentError::Refused(_))),
        "it has not arrived: {early:?}"
    );
    emulator.advance_ms(7 * DAY_MS).await;
    let made = account.refund(&giving_back(&ids, &payment, 2_000)).await.expect("made");
    assert_eq!(refunds(&[made]), [(2_000, RefundState::Pending)]);
    emulator.advance_ms(6 * DAY_MS).await;
    let facts = account.refunds(&payment).await.expect("asked");
    assert_eq!(refunds(&facts), [(2_000, RefundState::Succeeded)]);
}

#[tokio::test]
async fn a_refund_that_somebody_made_at_the_provider_is_found_without_a_name_of_ours() {
    let (emulator, ids) = (emulator().await, Ids::seeded(3));
    let account = emulator.account();
    let payment = payment(&emulator, &ids, 2_000, "card").await;
    let fields = [("payment_intent", payment.as_str()), ("amount", "700")];
    emulator
        .ask(Method::POST, "/v1/refunds", &fields, None)
        .await
        .expect(200);
    let facts = account.refunds(&payment).await.expect("asked");
    assert!(
        matches!(facts.as_slice(), [Fact::Refunded { refund: None, amount, .. }] if amount.minor() == 700),
        "{facts:?}"
    );
}

#[tokio::test]
async fn refunds_are_all_listed_when_there_are_more_than_one_page() {
    let (emulator, ids) = (emulator().await, Ids::seeded(4));
    let account = emulator.account();
    let payment = payment(&emulator, &ids, 20_000, "card").await;
    for _ in 0..120 {
        account.refund(&giving_back(&ids, &payment, 100)).await.expect("made");
    }
    assert_eq!(account.refunds(&payment).await.expect("asked").len(), 120);
}

#[tokio::test]
async fn a_dispute_is_an_inquiry_then_open_then_won_and_its_fee_is_told() {
    let (emulator, ids) = (emulator().await, Ids::seeded(5));
    let account = emulator.account();
    let payment = payment(&emulator, &ids, 2_000, "card").await;
    let asked = emulator
        .tell("disputes", &json!({ "payment_intent": payment, "inquiry": true }))
        .await;
    let dispute = asked["id"].as_str().expect("a name").to_owned();
    let facts = account.look(&dispute).await.expect("looked at");
    assert_eq!(
        (disputes(&facts), facts.len()),
        (vec![(2_000, DisputeState::Inquiry)], 1)
    );
    let mut told = Vec::new();
    for status in ["needs_response", "under_review", "won"] {
        emulator.tell(&format!("disputes/{dispute}/{status}"), &json!({})).await;
        let facts = account.look(&dispute).await.expect("looked at");
        told.extend(disputes(&facts).into_iter().map(|(_, state)| state));
        let fees: i64 = facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::Charged { fee, .. } => Some(fee.minor()),
                _ => None,
            })
            .sum();
        assert_eq!(fees, 2_000);
    }
    assert_eq!(told, [DisputeState::Open, DisputeState::Open, DisputeState::Won]);
    let facts = account.look(&payment).await.expect("looked at");
    assert_eq!(disputes(&facts), [(2_000, DisputeState::Won)]);
}

#[tokio::test]
async fn a_dispute_can_be_of_a_part_and_lost_and_an_inquiry_closed() {
    let (emulator, ids) = (emulator().await, Ids::seeded(6));
    let account = emulator.account();
    let lost = payment(&emulator, &ids, 2_000, "card").await;
    let made = emulator
        .tell("disputes", &json!({ "payment_intent": lost, "amount": 1_200 }))
        .await;
    let dispute = made["id"].as_str().expect("a name").to_owned();
    let refused = account.refund(&giving_back(&ids, &lost, 800)).await;
    assert!(matches!(refused, Err(PaymentError::Refused(_))), "{refused:?}");
    emulator.tell(&format!("disputes/{dispute}/lost"), &json!({})).await;
    assert_eq!(
        disputes(&account.look(&lost).await.expect("looked at")),
        [(1_200, DisputeState::Lost)]
    );
    let asked_about = payment(&emulator, &ids, 2_000, "card").await;
    let made = emulator
        .tell("disputes", &json!({ "payment_intent": asked_about, "inquiry": true }))
        .await;
    let inquiry = made["id"].as_str().expect("a name").to_owned();
    emulator
        .tell(&format!("disputes/{inquiry}/warning_closed"), &json!({}))
        .await;
    // No money moved, so none comes back.
    let facts = account.look(&inquiry).await.expect("looked at");
    assert_eq!(disputes(&facts), [(2_000, DisputeState::Inquiry)]);
    account
        .refund(&giving_back(&ids, &asked_about, 2_000))
        .await
        .expect("an inquiry holds nothing");
}

#[tokio::test]
async fn a_debit_that_the_donor_takes_back_is_lost_at_once() {
    let (emulator, ids) = (emulator().await, Ids::seeded(7));
    let account = emulator.account();
    let payment = payment(&emulator, &ids, 2_000, "debit").await;
    for days in [50, 330] {
        emulator.advance_ms(days * DAY_MS).await;
    }
    emulator.tell("disputes", &json!({ "payment_intent": payment })).await;
    let facts = account.look(&payment).await.expect("looked at");
    assert_eq!(disputes(&facts), [(2_000, DisputeState::Lost)]);
}

/// Every movement, page by page.
async fn all(emulator: &Emulator) -> Vec<Movement> {
    let account = emulator.account();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let some = account.movements(start(), after.as_deref()).await.expect("asked");
        all.extend(some.items);
        after = some.next;
        if after.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn movements_add_up_to_what_is_on_the_account_and_say_what_made_them() {
    let (emulator, ids) = (emulator().await, Ids::seeded(8));
    let account = emulator.account();
    let kept = payment(&emulator, &ids, 2_000, "card").await;
    let back = payment(&emulator, &ids, 1_000, "card").await;
    let held = payment(&emulator, &ids, 3_000, "card").await;
    account.refund(&giving_back(&ids, &back, 1_000)).await.expect("made");
    emulator.tell("disputes", &json!({ "payment_intent": held })).await;
    emulator
        .tell("movements", &json!({ "type": "payout", "amount": -1_500 }))
        .await;
    let all = all(&emulator).await;
    assert_eq!(all.len(), 6);
    let net: i64 = all.iter().map(|item| item.amount.minor() - item.fee.minor()).sum();
    let balance = emulator.ask(Method::GET, "/v1/balance", &[], None).await.json();
    assert_eq!(balance["available"][0]["amount"], net);
    // Newest first: the payout is nobody's, the dispute and the refund are told as such, a charge with its fee.
    assert_eq!((all[0].source.as_ref(), all[0].facts.len()), (None, 0));
    assert_eq!(disputes(&all[1].facts), [(3_000, DisputeState::Open)]);
    assert_eq!(refunds(&all[2].facts), [(1_000, RefundState::Succeeded)]);
    let first = all.last().expect("one");
    assert_eq!(first.source.as_deref(), Some(kept.as_str()));
    assert!(
        matches!(first.facts.as_slice(), [Fact::Confirmed { .. }, Fact::Charged { .. }]),
        "{first:?}"
    );
    // What is known by another way is the same fact.
    assert_eq!(account.look(&kept).await.expect("looked at"), first.facts);
}

#[tokio::test]
async fn movements_are_paged_and_begin_when_they_are_asked_to() {
    let (emulator, ids) = (emulator().await, Ids::seeded(9));
    let account = emulator.account();
    let old = payment(&emulator, &ids, 20_000, "card").await;
    emulator.advance_ms(2 * DAY_MS).await;
    for _ in 0..110 {
        account.refund(&giving_back(&ids, &old, 100)).await.expect("made");
    }
    let first = account.movements(start().plus_ms(DAY_MS), None).await.expect("asked");
    assert_eq!(first.items.len(), 100);
    let rest = account
        .movements(start().plus_ms(DAY_MS), first.next.as_deref())
        .await
        .expect("asked");
    assert_eq!((rest.items.len(), rest.next), (10, None));
    assert_eq!(all(&emulator).await.len(), 111);
}

#[tokio::test]
async fn a_movement_of_a_kind_that_nobody_knows_hides_no_other() {
    let (emulator, ids) = (emulator().await, Ids::seeded(10));
    let kept = payment(&emulator, &ids, 2_000, "card").await;
    emulator
        .tell("tell", &json!({ "type": "new.thing", "object": { "id": "new_1" } }))
        .await;
    let event = emulator
        .ask(Method::GET, "/v1/events", &[("limit", "1")], None)
        .await
        .json();
    let odd = event["data"][0]["id"].as_str().expect("a name").to_owned();
    emulator
        .tell(
            "movements",
            &json!({ "type": "adjustment", "amount": 7, "source": odd }),
        )
        .await;
    let all = all(&emulator).await;
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].facts, []);
    assert!(matches!(all[1].facts[0], Fact::Confirmed { .. }), "{:?}", all[1]);
    assert_eq!(all[1].amount.minor(), 2_000);
    assert_eq!(payment_of(&all[1].facts), kept);
}
