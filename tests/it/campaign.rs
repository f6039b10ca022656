//! Campaigns: made, reviewed, scheduled with their match set aside, open by the city's days, and ended once.

mod cases;
mod returned;

use civic::application::CostLine;
use civic::call::Round;
use civic::campaign::{CampaignInput, CampaignState, Run, write};
use civic::donation::write::give;
use civic::error::{Code, Error};
use civic::id::CampaignId;
use civic::time::Timestamp;
use tests::calls::{euros, terms};
use tests::campaigns::{admitted, gift, given, go_to, in_pot, open, scheduled, stranger, turn};
use tests::city::{self, TestCity};
use tests::given::at;
use tests::person::staff_of_call;

async fn state(city: &TestCity, id: CampaignId) -> CampaignState {
    let page = civic::campaign::read::page(&city.city.system(), id)
        .await
        .expect("read");
    page.card.state
}

#[tokio::test]
async fn a_campaign_is_reviewed_by_another_and_can_be_sent_back() {
    city::with(async |city| {
        let all = admitted(city, terms(city), &[62_500]).await;
        let office = staff_of_call(city, "ufficio", civic::actor::Role::Office, all.call).await;
        let (own, other) = (all.promoter.cx(city).await, office.cx(city).await);
        let id = write::begin(&own, all.applications[0]).await.expect("begun");
        let twice = write::begin(&own, all.applications[0]).await;
        assert_eq!(twice, Err(Error::Conflict(Code::AlreadyDone)));
        let story = CampaignInput {
            story: Some("La nostra **storia** comincia nel quartiere.".to_owned()),
            ..CampaignInput::default()
        };
        write::edit(&own, id, Some(1), story.clone()).await.expect("changed");
        let stale = write::edit(&own, id, Some(1), story).await;
        assert_eq!(stale, Err(Error::Conflict(Code::OutOfDate)));
        let unknown = civic::campaign::read::page(&stranger(city), id).await.map(|_| ());
        assert_eq!(unknown, Err(Error::NotFound));
        write::submit(&own, id, None).await.expect("handed in");
        let own_review = write::schedule(&own, id, Run::Round(0)).await;
        assert!(matches!(own_review, Err(Error::Denied(_))), "{own_review:?}");
        let unsaid = write::send_back(&other, id, " ").await;
        assert!(matches!(unsaid, Err(Error::Invalid(_))), "{unsaid:?}");
        write::send_back(&other, id, "Mancano le voci di spesa.")
            .await
            .expect("sent back");
        assert_eq!(state(city, id).await, CampaignState::Draft);
        write::submit(&own, id, None).await.expect("handed in again");
        write::schedule(&other, id, Run::Round(0)).await.expect("scheduled");
        let over = write::schedule(&other, id, Run::Round(0)).await;
        assert_eq!(over, Err(Error::Conflict(Code::WrongState)));
        let page = civic::campaign::read::page(&stranger(city), id).await.expect("public");
        assert_eq!(
            (page.card.target, page.card.city.at_target),
            (euros(25_000), Some(euros(37_500)))
        );
        assert!(!page.can.give && !page.can.review);
    })
    .await;
}

#[tokio::test]
async fn no_campaign_is_scheduled_beyond_the_end_of_the_pot() {
    city::with(async |city| {
        // 30,000 and 37,500 of 100,000 are set aside; the third would fit, until it costs more than its application said.
        let all = admitted(city, terms(city), &[50_000, 62_500, 20_000]).await;
        scheduled(city, all.applications[0]).await;
        scheduled(city, all.applications[1]).await;
        assert_eq!(in_pot(city, all.pot).await, [3_250_000, 0, 6_750_000, 0]);
        let cx = city.city.system();
        let third = write::begin(&cx, all.applications[2]).await.expect("begun");
        let dearer = CampaignInput {
            cost_lines: Some(vec![CostLine {
                label: "Terra e piante".to_owned(),
                amount: euros(60_000),
            }]),
            ..CampaignInput::default()
        };
        write::edit(&cx, third, None, dearer).await.expect("changed");
        write::submit(&cx, third, None).await.expect("handed in");
        let refused = write::schedule(&cx, third, Run::Round(0)).await;
        assert_eq!(refused, Err(Error::Conflict(Code::PotExceeded)));
        let none = write::schedule(&cx, third, Run::Round(7)).await;
        assert_eq!(none, Err(Error::Conflict(Code::RoundOver)));
        assert_eq!(state(city, third).await, CampaignState::InReview);
        assert_eq!(in_pot(city, all.pot).await, [3_250_000, 0, 6_750_000, 0]);
    })
    .await;
}

#[tokio::test]
async fn a_campaign_ends_at_its_local_midnight_also_on_days_of_23_and_25_hours() {
    // The last local day, and the first instant after it in UTC.
    for (first_day, days, opens, ends) in [
        ("2027-03-15", 14, "2027-03-14T23:00:00Z", "2027-03-28T22:00:00Z"),
        ("2027-10-18", 14, "2027-10-17T22:00:00Z", "2027-10-31T23:00:00Z"),
    ] {
        city::with(async |city| {
            let mut terms = terms(city);
            terms.rounds = vec![Round {
                first_day: first_day.to_owned(),
                days,
            }];
            let all = admitted(city, terms, &[62_500]).await;
            let id = scheduled(city, all.applications[0]).await;
            let offer = async |email: &str| give(&stranger(city), id, gift(email, 5_000)).await.map(|_| ());
            let moment = |instant: Timestamp, by| instant.plus_ms(by);
            go_to(city, moment(at(opens), -1));
            assert_eq!(
                offer("anna@example.org").await,
                Err(Error::Conflict(Code::CampaignNotOpen))
            );
            go_to(city, at(opens));
            // Nobody has opened it yet; it is open all the same.
            assert_eq!(offer("anna@example.org").await, Ok(()));
            go_to(city, moment(at(ends), -1));
            assert_eq!(offer("bruno@example.org").await, Ok(()));
            go_to(city, at(ends));
            assert_eq!(
                offer("carla@example.org").await,
                Err(Error::Conflict(Code::CampaignClosed))
            );
            assert_eq!(state(city, id).await, CampaignState::WaitingForFunds);
        })
        .await;
    }
}

#[tokio::test]
async fn the_outcome_is_fixed_once_and_what_comes_later_changes_neither_it_nor_the_grant() {
    city::with(async |city| {
        let (all, campaigns) = open(city, terms(city), &[20_000]).await;
        let id = campaigns[0];
        // The threshold is 8,000.
        for number in 0..8 {
            given(city, id, &format!("donor{number}@example.org"), 100_000).await;
        }
        let slow = tests::campaigns::promise(city, id, "lenta@example.org", 5_000)
            .await
            .donation;
        tests::campaigns::told(
            city,
            &civic::payment::Fact::Authorised {
                donation: slow,
                payment: tests::provider::payment_of(slow),
            },
        )
        .await
        .expect("learnt");
        let page = civic::campaign::read::page(&stranger(city), id).await.expect("read");
        assert_eq!((page.card.raised, page.expected), (euros(8_000), euros(50)));
        assert!(page.card.city.secured);
        go_to(city, page.card.ends_at.expect("a deadline"));
        turn(city).await;
        assert_eq!(
            state(city, id).await,
            CampaignState::WaitingForFunds,
            "one gift may still come"
        );
        go_to(city, page.grace_ends_at.expect("a grace"));
        turn(city).await;
        turn(city).await;
        assert_eq!(state(city, id).await, CampaignState::Funded);
        assert_eq!(in_pot(city, all.pot).await, [8_800_000, 0, 0, 1_200_000]);
        assert_eq!(tests::campaigns::in_campaign(city, id).await, [0, 800_000, 0]);
        // The slow one comes too late: it is owed back, and goes back.
        let fact = tests::campaigns::confirmed(city, slow, 5_000);
        tests::campaigns::told(city, &fact).await.expect("learnt");
        assert_eq!(tests::campaigns::in_campaign(city, id).await, [0, 800_000, 0]);
        let page = civic::campaign::read::page(&stranger(city), id).await.expect("read");
        assert_eq!((page.card.raised, page.granted), (euros(8_000), Some(euros(12_000))));
    })
    .await;
}
