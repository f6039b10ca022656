//! Many donors at once: over the last euros of a pot, and over the last of a reward.

use civic::call::Contributor;
use civic::campaign::{CampaignInput, NewReward, Run, write};
use civic::donation::write::give;
use civic::error::{Code, Error};
use civic::match_rule::MatchRule;
use civic::money::Money;
use civic::payment::Fact;
use futures_util::future::join_all;
use tests::calls::{euros, terms};
use tests::campaigns::{
    PER_DONATION, admitted, confirmed, gift, go_to, in_campaign, in_pot, open, promise, stranger, told,
};
use tests::city;

/// How many donors race.
const DONORS: usize = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn donors_who_race_for_the_last_euros_of_a_pot_never_overspend_it() {
    city::with(async |city| {
        let mut terms = terms(city);
        terms.rule = MatchRule::parse(PER_DONATION).expect("a rule");
        // The pot matches ten and a half of the gifts.
        terms.contributors = vec![Contributor {
            name: "Comune di Milano".to_owned(),
            amount: Money::eur(12_600),
        }];
        let (all, campaigns) = open(city, terms, &[62_500]).await;
        let mut facts: Vec<Fact> = Vec::new();
        for number in 0..DONORS {
            let given = promise(city, campaigns[0], &format!("donor{number}@example.org"), 2_000).await;
            // All quotes together hold at most a twentieth of what is left.
            assert!(in_pot(city, all.pot).await[1] <= 12_600 / 20);
            facts.push(confirmed(city, given.donation, 2_000));
        }
        let told_at_once = facts.iter().map(|fact| async {
            loop {
                match told(city, fact).await {
                    Err(Error::Busy | Error::Conflict(Code::OutOfDate)) => {}
                    done => return done,
                }
            }
        });
        for done in join_all(told_at_once).await {
            done.expect("learnt");
        }
        assert_eq!(in_pot(city, all.pot).await, [0, 0, 12_600, 0]);
        let raised = 2_000 * i64::try_from(DONORS).expect("few");
        assert_eq!(in_campaign(city, campaigns[0]).await, [raised, 0, 0]);
        // Whoever expects more than there is is told before giving.
        let mut late = gift("tardi@example.org", 2_000);
        late.expected = Some(euros(12));
        let refused = give(&stranger(city), campaigns[0], late).await;
        assert_eq!(refused, Err(Error::Conflict(Code::PotEmpty)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_donors_never_get_the_last_of_a_reward() {
    city::with(async |city| {
        let all = admitted(city, terms(city), &[62_500]).await;
        let cx = city.city.system();
        let id = write::begin(&cx, all.applications[0]).await.expect("begun");
        let rewards = vec![NewReward {
            title: "Una piantina".to_owned(),
            description: "Con il tuo nome.".to_owned(),
            amount: euros(20),
            stock: Some(3),
        }];
        let input = CampaignInput {
            rewards: Some(rewards),
            ..CampaignInput::default()
        };
        write::edit(&cx, id, None, input).await.expect("changed");
        write::submit(&cx, id, None).await.expect("handed in");
        write::schedule(&cx, id, Run::Round(0)).await.expect("scheduled");
        let page = civic::campaign::read::page(&cx, id).await.expect("read");
        go_to(city, page.card.opens_at.expect("a round"));
        let reward = page.rewards[0].id;
        let wanted = |number: usize, cents: i64| {
            let mut new = gift(&format!("donor{number}@example.org"), cents);
            new.reward = Some(reward);
            new
        };
        let small = give(&stranger(city), id, wanted(99, 1_999)).await;
        assert!(matches!(small, Err(Error::Invalid(_))), "{small:?}");
        let asked = (0..8).map(|number| async move {
            loop {
                match give(&stranger(city), id, wanted(number, 2_000)).await {
                    Err(Error::Busy) => {}
                    done => return done,
                }
            }
        });
        let done = join_all(asked).await;
        let given = done.iter().filter(|done| done.is_ok()).count();
        assert_eq!(given, 3, "{done:?}");
        let refused = done.iter().filter(|done| **done == Err(Error::Conflict(Code::SoldOut)));
        assert_eq!(refused.count(), 5);
        let left = async || civic::campaign::read::page(&cx, id).await.expect("read").rewards[0].left;
        assert_eq!(left().await, Some(0));
        // Nobody pays, so all three are there again.
        city.advance_ms(civic::limits::DONATION_SESSION_MS);
        tests::campaigns::turn(city).await;
        assert_eq!(left().await, Some(3));
    })
    .await;
}
