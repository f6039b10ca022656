//! Two programs on one database: donors race for the last euros of a pot through both, round after round.

use civic::City;
use civic::actor::Actor;
use civic::call::Contributor;
use civic::donation::Given;
use civic::donation::write::{give, learn};
use civic::error::{Code, Error};
use civic::language::Language;
use civic::match_rule::MatchRule;
use civic::money::Money;
use civic::payment::{Fact, Method};
use futures_util::future::join_all;
use tests::calls::terms;
use tests::campaigns::{PER_DONATION, gift, in_campaign, in_pot, open};
use tests::city;
use tests::provider::payment_of;
use tests::simulation::told;

/// How many donors race, and how often.
const DONORS: i64 = 32;
const ROUNDS: u64 = 20;
/// What each gives, in cents: the pot matches ten of them, and a part of one more that ends in an odd cent.
const GIFT: i64 = 2_000;
const POT: i64 = 12_601;
/// More campaigns than one promoter applies with in an hour are never needed at once.
const CAMPAIGNS: usize = 20;

/// The same again for as long as others hold what it needs.
async fn patiently<T>(mut act: impl AsyncFnMut() -> Result<T, Error>) -> T {
    loop {
        match act().await {
            Err(Error::Busy | Error::Conflict(Code::OutOfDate)) => {}
            done => return done.expect("done"),
        }
    }
}

async fn confirmed(city: &City, given: &Given) {
    let fact = Fact::Confirmed {
        donation: given.donation,
        payment: payment_of(given.donation),
        amount: Money::eur(GIFT),
        method: Method::Card,
        fingerprint: None,
        at: city.clock.now(),
    };
    patiently(async || learn(&city.system(), &fact).await).await;
}

async fn race(rounds: usize) {
    city::with(async |city| {
        let mut terms = terms(city);
        terms.rule = MatchRule::parse(PER_DONATION).expect("a rule");
        terms.contributors = vec![Contributor {
            name: "Comune di Milano".to_owned(),
            amount: Money::eur(POT),
        }];
        let (all, campaigns) = open(city, terms, &vec![62_500; rounds]).await;
        let programs = [city.city.clone(), city.beside().await];
        let through = |donor: i64| &programs[usize::from(donor % 2 == 1)];
        for (round, campaign) in campaigns.iter().enumerate() {
            let promises = (0..DONORS).map(async |donor| {
                let cx = through(donor).cx(Actor::Visitor, Language::It);
                let new = gift(&format!("donor{donor}.{round}@example.org"), GIFT);
                patiently(async || give(&cx, *campaign, new.clone()).await).await
            });
            let given = join_all(promises).await;
            let held: i64 = given.iter().map(|given| given.held.minor()).sum();
            let [available, in_hold, reserved, _] = in_pot(city, all.pot).await;
            assert_eq!((available + in_hold, in_hold, reserved), (POT, held, 0));
            assert!(held <= POT / 20, "quotes keep {held}");
            let confirmed = (0..)
                .zip(&given)
                .map(async |(donor, given)| confirmed(through(donor), given).await);
            join_all(confirmed).await;
            assert_eq!(in_pot(city, all.pot).await, [0, 0, POT, 0], "round {round}");
            assert_eq!(
                in_campaign(city, *campaign).await,
                [GIFT * DONORS, 0, 0],
                "round {round}"
            );
            // What was set aside is free again for the next round.
            civic::campaign::write::cancel(&city.city.system(), *campaign, "La prossima corsa comincia.")
                .await
                .expect("cancelled");
            assert_eq!(in_pot(city, all.pot).await, [POT, 0, 0, 0], "round {round}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_programs_that_race_for_the_last_euros_of_a_pot_spend_it_to_the_cent() {
    let mut left = usize::try_from(told("ARENGO_ROUNDS").unwrap_or(ROUNDS)).expect("few");
    while left > 0 {
        let rounds = left.min(CAMPAIGNS);
        race(rounds).await;
        left -= rounds;
    }
}
