//! Every order in which the life of one gift can be told, with every event told twice, ends the same.

use civic::donation::DonationState;
use civic::id::{CampaignId, DonationId};
use civic::match_rule::MatchRule;
use civic::money::Money;
use civic::payment::{DisputeState, Fact, Method, RefundState};
use tests::calls::terms;
use tests::campaigns::{in_campaign, in_pot, open, promise, told, with_custodian};
use tests::city::{self, TestCity};
use tests::given::at;
use tests::provider::payment_of;

/// A rule whose caps bind nobody here.
const UNBOUND: &str = r#"{"kind":"per_donation","version":1,"rate_ppm":600000,"threshold_ppm":0,
    "cap_per_donation_minor":1000000,"cap_per_donor_minor":1000000,"cap_per_project_minor":1000000000}"#;

/// All orders of so many things.
fn orders(number: usize) -> Vec<Vec<usize>> {
    if number == 0 {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for order in orders(number - 1) {
        for place in 0..=order.len() {
            let mut longer = order.clone();
            longer.insert(place, number - 1);
            all.push(longer);
        }
    }
    all
}

/// What happened to one gift of 100 euros, event by event.
struct Life {
    name: &'static str,
    events: fn(DonationId) -> Vec<Fact>,
    ends: DonationState,
    left: i64,
}

fn authorised(id: DonationId) -> Fact {
    Fact::Authorised {
        donation: id,
        payment: payment_of(id),
    }
}

fn confirmed(id: DonationId, method: Method) -> Fact {
    Fact::Confirmed {
        donation: id,
        payment: payment_of(id),
        amount: Money::eur(10_000),
        method,
        fingerprint: Some(format!("card of {id}")),
        at: at("2027-02-02T09:00:00Z"),
    }
}

fn refunded(id: DonationId, name: &str, cents: i64, state: RefundState) -> Fact {
    Fact::Refunded {
        payment: payment_of(id),
        reference: format!("re_{name}_{id}"),
        refund: None,
        amount: Money::eur(cents),
        state,
        at: at("2027-02-03T09:00:00Z"),
    }
}

fn disputed(id: DonationId, cents: i64, state: DisputeState) -> Fact {
    Fact::Disputed {
        payment: payment_of(id),
        reference: format!("dp_{id}"),
        amount: Money::eur(cents),
        state,
        at: at("2027-02-04T09:00:00Z"),
    }
}

fn charged(id: DonationId) -> Fact {
    Fact::Charged {
        payment: payment_of(id),
        reference: format!("txn_{id}"),
        fee: Money::eur(175),
        at: at("2027-02-02T09:00:00Z"),
    }
}

const LIVES: &[Life] = &[
    Life {
        name: "a card, a part given back, a dispute that is won by a cent more",
        events: |id| {
            vec![
                confirmed(id, Method::Card),
                charged(id),
                refunded(id, "one", 3_000, RefundState::Succeeded),
                disputed(id, 10_000, DisputeState::Inquiry),
                disputed(id, 7_000, DisputeState::Open),
                disputed(id, 7_001, DisputeState::Won),
            ]
        },
        ends: DonationState::Confirmed,
        left: 7_000,
    },
    Life {
        name: "a debit that is given back and lost all the same",
        events: |id| {
            vec![
                authorised(id),
                confirmed(id, Method::SepaDebit),
                refunded(id, "one", 10_000, RefundState::Pending),
                refunded(id, "one", 10_000, RefundState::Succeeded),
                disputed(id, 10_000, DisputeState::Open),
                disputed(id, 10_000, DisputeState::Lost),
            ]
        },
        ends: DonationState::Lost,
        left: 0,
    },
    Life {
        name: "a refund that arrives and comes back, and another of a part",
        events: |id| {
            vec![
                authorised(id),
                confirmed(id, Method::Card),
                refunded(id, "one", 6_000, RefundState::Succeeded),
                refunded(id, "one", 6_000, RefundState::Failed),
                refunded(id, "two", 4_000, RefundState::Succeeded),
                charged(id),
            ]
        },
        ends: DonationState::Refunding,
        left: 0,
    },
    Life {
        name: "believed over, and paid after all",
        events: |id| {
            vec![
                Fact::Expired { donation: id },
                Fact::Failed {
                    donation: id,
                    payment: payment_of(id),
                },
                authorised(id),
                confirmed(id, Method::SepaDebit),
                charged(id),
                disputed(id, 10_000, DisputeState::Open),
            ]
        },
        ends: DonationState::Disputed,
        left: 10_000,
    },
];

/// Everything that the city knows of this gift and its money, before and after.
async fn standing(city: &TestCity, campaign: CampaignId, pot: civic::id::PotId) -> (Vec<i64>, [i64; 3], [i64; 4]) {
    (
        with_custodian(city).await,
        in_campaign(city, campaign).await,
        in_pot(city, pot).await,
    )
}

fn minus<const N: usize>(after: [i64; N], before: [i64; N]) -> [i64; N] {
    std::array::from_fn(|place| after[place] - before[place])
}

#[tokio::test]
async fn every_order_of_one_gifts_events_told_twice_ends_the_same() {
    city::with(async |city| {
        let mut terms = terms(city);
        terms.rule = MatchRule::parse(UNBOUND).expect("a rule");
        terms.contributors[0].amount = Money::eur(500_000_000);
        terms.cost_max = Money::eur(2_000_000_000);
        // No cap binds: each gift stands for itself, and its donor gives once.
        let (admitted, campaigns) = open(city, terms, &[20_000_000]).await;
        let (campaign, pot) = (campaigns[0], admitted.pot);
        for life in LIVES {
            let mut first = None;
            for (number, order) in orders(6).into_iter().enumerate() {
                let before = standing(city, campaign, pot).await;
                let email = format!("{}.{}@example.org", number, life.name.len());
                let id = promise(city, campaign, &email, 10_000).await.donation;
                let events = (life.events)(id);
                // In some orders each is told again after what follows it, and everything once more at the end.
                let again = number % 12 == 0;
                for (turn, place) in order.iter().enumerate() {
                    told(city, &events[*place]).await.expect("learnt");
                    if again {
                        told(city, &events[order[turn / 2]]).await.expect("learnt again");
                    }
                }
                for event in events.iter().filter(|_| again) {
                    told(city, event).await.expect("learnt once more");
                }
                let after = standing(city, campaign, pot).await;
                let custodian: Vec<i64> = after
                    .0
                    .iter()
                    .zip(&before.0)
                    .map(|(after, before)| after - before)
                    .collect();
                let page = civic::donation::read::page(&city.city.system(), id, None)
                    .await
                    .expect("read");
                assert_eq!(
                    (page.card.state, page.card.left.minor()),
                    (life.ends, life.left),
                    "{}: {order:?}",
                    life.name
                );
                let ended = (custodian, minus(after.1, before.1), minus(after.2, before.2));
                let first = first.get_or_insert_with(|| ended.clone());
                assert_eq!(*first, ended, "{}: {order:?}", life.name);
            }
        }
    })
    .await;
}
