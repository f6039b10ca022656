//! Milan's real cases, as calls and campaigns, to the cent.

use civic::call::Contributor;
use civic::campaign::CampaignState;
use civic::match_rule::MatchRule;
use tests::calls::{euros, terms};
use tests::campaigns::{given, go_to, in_campaign, in_pot, open, turn};
use tests::city::{self, TestCity};

use super::state;

/// Milan's rule of 2016: half, up to 50,000.
const RULE_2016: &str = r#"{"kind":"co_financing","version":1,"share_ppm":500000,"threshold_ppm":500000,
    "cap_per_project_minor":5000000,"overfunding":"kept"}"#;

/// Nineteen projects' costs, seeded so that the city's parts fit the pot of 550,000 exactly.
const COSTS_2020: [i64; 19] = [
    62_500, 25_000, 40_000, 55_000, 48_000, 52_000, 36_000, 60_000, 45_000, 50_000, 47_500, 41_000, 58_000, 39_000,
    53_000, 46_000, 51_000, 57_000, 50_000,
];

/// So many gifts that they are `euros` together, of at most 10,000 each.
async fn raise(city: &TestCity, id: civic::id::CampaignId, total: i64) {
    let mut left = total;
    let mut number = 0;
    while left > 0 {
        let part = left.min(10_000);
        given(city, id, &format!("donor{number}.{id}@example.org"), part * 100).await;
        left -= part;
        number += 1;
    }
}

async fn to_the_end(city: &TestCity, id: civic::id::CampaignId) {
    let page = civic::campaign::read::page(&city.city.system(), id)
        .await
        .expect("read");
    go_to(city, page.grace_ends_at.expect("a grace"));
    turn(city).await;
}

#[tokio::test]
async fn ri_porta_vittoria_raised_25_000_and_got_37_500() {
    city::with(async |city| {
        let (all, campaigns) = open(city, terms(city), &[62_500]).await;
        raise(city, campaigns[0], 25_000).await;
        to_the_end(city, campaigns[0]).await;
        assert_eq!(state(city, campaigns[0]).await, CampaignState::Funded);
        assert_eq!(in_campaign(city, campaigns[0]).await, [0, 2_500_000, 0]);
        assert_eq!(in_pot(city, all.pot).await, [6_250_000, 0, 0, 3_750_000]);
    })
    .await;
}

#[tokio::test]
async fn the_app_of_2016_raised_110_of_5_000_and_all_went_back() {
    city::with(async |city| {
        let mut terms = terms(city);
        terms.rule = MatchRule::parse(RULE_2016).expect("a rule");
        terms.cost_min = euros(5_000);
        let (all, campaigns) = open(city, terms, &[10_000]).await;
        raise(city, campaigns[0], 110).await;
        assert_eq!(in_pot(city, all.pot).await, [9_500_000, 0, 500_000, 0]);
        to_the_end(city, campaigns[0]).await;
        assert_eq!(state(city, campaigns[0]).await, CampaignState::Unfunded);
        assert_eq!(in_pot(city, all.pot).await, [10_000_000, 0, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn the_nineteen_campaigns_of_2020_were_all_funded_from_one_pot() {
    city::with(async |city| {
        let mut terms = terms(city);
        let all_costs: i64 = COSTS_2020.iter().sum();
        terms.contributors = vec![Contributor {
            name: "Comune di Milano".to_owned(),
            amount: euros(550_000),
        }];
        let (all, campaigns) = open(city, terms, &COSTS_2020).await;
        assert_eq!(
            in_pot(city, all.pot).await,
            [55_000_000 - all_costs * 60, 0, all_costs * 60, 0]
        );
        for (id, cost) in campaigns.iter().zip(COSTS_2020) {
            raise(city, *id, cost * 2 / 5).await;
        }
        to_the_end(city, campaigns[0]).await;
        for (id, cost) in campaigns.iter().zip(COSTS_2020) {
            assert_eq!(state(city, *id).await, CampaignState::Funded);
            assert_eq!(in_campaign(city, *id).await, [0, cost * 40, 0]);
        }
        assert_eq!(
            in_pot(city, all.pot).await,
            [55_000_000 - all_costs * 60, 0, 0, all_costs * 60]
        );
    })
    .await;
}
