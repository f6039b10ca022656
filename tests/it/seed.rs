//! The demonstration: whole, never twice, and a door for everybody who wants to look around.

use civic::actor::{Actor, Role};
use civic::application::ApplicationState;
use civic::call::CallStanding;
use civic::campaign::CampaignState;
use civic::consultation::{PhaseKind, Standing};
use civic::donation::DonationState;
use civic::id::MemberId;
use civic::member::{read::by_session, write::demonstration_sign_in};
use civic::page::Paging;
use civic::payout::PayoutState;
use civic::proposal::ProposalState;
use civic::proposal::read::{Filter, Sort};
use tests::city::{self, TestCity};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_empty_city_is_filled_once_with_every_phase_and_state_and_its_links_let_every_role_in() {
    city::with(async |city| {
        assert!(server::seed::seed(&city.city, &mut |_| {}).await.expect("filled"));
        assert!(!server::seed::seed(&city.city, &mut |_| {}).await.expect("left alone"));
        city.settle().await;
        every_phase_is_there(city).await;
        every_state_is_there(city).await;
        calls_of_every_standing_are_there(city).await;
        campaigns_and_gifts_of_every_state_are_there(city).await;
        every_role_comes_in(city).await;
    })
    .await;
}

async fn every_phase_is_there(city: &TestCity) {
    let list = civic::consultation::read::list(&city.city.system(), Paging::default()).await;
    let cards = list.expect("read").items;
    for kind in PhaseKind::ALL {
        let running = cards.iter().filter_map(|card| card.phase.as_ref());
        assert_eq!(running.filter(|phase| phase.kind == kind).count(), 1, "{kind:?}");
    }
    for standing in Standing::ALL {
        assert!(cards.iter().any(|card| card.standing == standing), "{standing:?}");
    }
}

/// A draft is on no list; that there is one is seen by its author.
async fn every_state_is_there(city: &TestCity) {
    let cx = city.city.system();
    for state in ProposalState::ALL {
        let filter = Filter {
            state: Some(state),
            ..Filter::default()
        };
        let list = civic::proposal::read::list(&cx, &filter, Sort::Newest, Paging::default()).await;
        let found = list.expect("read").items.len();
        assert_eq!(found == 0, state == ProposalState::Draft, "{state:?}: {found}");
    }
}

/// The list of the real edition has its places, and nothing is behind them that nobody may know.
async fn calls_of_every_standing_are_there(city: &TestCity) {
    let cx = city.city.system();
    let calls = civic::call::read::list(&cx, Paging::default())
        .await
        .expect("read")
        .items;
    let standings: Vec<CallStanding> = calls.iter().map(|card| card.standing).collect();
    assert_eq!(
        standings,
        [
            CallStanding::Open,
            CallStanding::Assessing,
            CallStanding::Ranked,
            CallStanding::Ranked
        ]
    );
    assert_eq!(
        civic::call::read::drafts(&cx, Paging::default())
            .await
            .expect("read")
            .items
            .len(),
        1
    );
    let ranking = civic::application::read::ranking(&cx, calls[3].id, Paging::default()).await;
    let entries = ranking.expect("public").entries.items;
    let states: Vec<ApplicationState> = entries.iter().map(|entry| entry.card.state).collect();
    use ApplicationState::{Admitted, Rejected, Reserve, Withdrawn};
    assert_eq!(
        states,
        [
            Admitted, Admitted, Admitted, Admitted, Admitted, Admitted, Withdrawn, Admitted, Admitted, Reserve,
            Rejected
        ]
    );
}

async fn campaigns_and_gifts_of_every_state_are_there(city: &TestCity) {
    let of = async |table: &str| {
        let sql = format!("select distinct state from {table} order by state");
        tests::rows::texts(city, &sql).await
    };
    fn sorted(states: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
        let mut states: Vec<_> = states.collect();
        states.sort_unstable();
        states
    }
    assert_eq!(
        of("campaign").await,
        sorted(CampaignState::ALL.iter().map(|state| state.as_str()))
    );
    assert_eq!(
        of("payout").await,
        sorted(PayoutState::ALL.iter().map(|state| state.as_str()))
    );
    assert_eq!(
        of("donation").await,
        sorted(DonationState::ALL.iter().map(|state| state.as_str()))
    );
    assert!(tests::rows::number(city, "select count(*) from donation").await >= 200);
    for (kind, of) in [
        ("that hold", "cancelled_at is null"),
        ("with tax data", "cancelled_at is null and tax_data is not null"),
        ("of gifts that went back", "cancel_reason = 'refunded'"),
        ("of gifts of which a part did", "cancel_reason = 'changed'"),
    ] {
        let sql = format!("select count(*) from receipt where {of}");
        assert!(tests::rows::number(city, &sql).await > 0, "no receipts {kind}");
    }
}

async fn every_role_comes_in(city: &TestCity) {
    let links = server::seed::links(&city.city).await.expect("links");
    let expected = [None].into_iter().chain(Role::ALL.map(Some));
    assert_eq!(links.len(), Role::ALL.len() + 1);
    for ((who, link), role) in links.into_iter().zip(expected) {
        let path = link.strip_prefix(&city.base).expect("a link of ours");
        city.visitor().get(path).await.expect(200);
        let mut parts = path.rsplit('/');
        let (proof, member) = (parts.next().expect("a proof"), parts.next().expect("a member"));
        let member: MemberId = member.parse().expect("an id");
        let session = demonstration_sign_in(&city.city.system(), member, proof)
            .await
            .expect("in");
        let found = by_session(&city.city.system(), &session.token).await.expect("read");
        let Some((Actor::Member(person), _)) = found else {
            panic!("{who} is not signed in")
        };
        let now = city.city.clock.now();
        let mut roles: Vec<Role> = person.grants.iter().map(|grant| grant.role).collect();
        // A commission is held for each call.
        roles.dedup();
        assert_eq!(roles, role.into_iter().collect::<Vec<_>>(), "{who}");
        assert!(person.second_factor_is_fresh(now), "{who}");
    }
}
