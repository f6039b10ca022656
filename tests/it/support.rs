//! Supports: once per person, taken back at will, whatever happens at once.

use civic::error::{Code, Error};
use civic::limits::SUPPORTS_PER_HOUR;
use civic::proposal::read::page;
use civic::support::write::{give, take_back};
use civic::time::{DAY_MS, HOUR_MS};
use tests::form::submit;
use tests::{city, given, person, rows};

const ROWS: &str = "select count(*) from support";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_people_clicking_a_hundred_times_at_once_leave_a_hundred_supports() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let mut people = Vec::new();
        for number in 0..100 {
            people.push(person::citizen(city, &format!("persona{number}")).await.cx(city).await);
        }
        let clicks = people.iter().flat_map(|cx| (0..100).map(move |_| cx.clone()));
        // Whoever is told that it is busy clicks again, as people do.
        let clicks = clicks.map(|cx| {
            tokio::spawn(async move {
                loop {
                    match give(&cx, proposal).await {
                        Err(Error::Busy) => {}
                        done => return done,
                    }
                }
            })
        });
        for click in futures_util::future::join_all(clicks).await {
            click.expect("no panic").expect("supported");
        }
        assert_eq!(rows::number(city, ROWS).await, 100);
        let shown = page(&author.cx(city).await, proposal).await.expect("read");
        assert_eq!(shown.card.supports, 100);
        take_back(&people[0], proposal).await.expect("taken back");
        let shown = page(&author.cx(city).await, proposal).await.expect("read");
        assert_eq!(shown.card.supports, 99);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn giving_and_taking_back_at_once_keep_count_and_rows_together() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let mut people = Vec::new();
        for number in 0..5 {
            people.push(person::citizen(city, &format!("persona{number}")).await.cx(city).await);
        }
        let clicks = (0..200).map(|click| {
            let cx = people[click % people.len()].clone();
            tokio::spawn(async move {
                if click % 3 == 0 {
                    take_back(&cx, proposal).await
                } else {
                    give(&cx, proposal).await
                }
            })
        });
        for click in futures_util::future::join_all(clicks).await {
            click.expect("no panic").expect("done");
        }
        let shown = page(&author.cx(city).await, proposal).await.expect("read");
        assert_eq!(shown.card.supports, rows::number(city, ROWS).await);
    })
    .await;
}

#[tokio::test]
async fn a_button_gives_support_and_the_next_one_takes_it_back() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let reader = person::citizen(city, "lettore").await;
        let own = format!("/it/proposals/{proposal}-piste-ciclabili-sicure");
        let action = format!("/it/proposals/{proposal}/support");
        for (supports, supported) in [(1, true), (0, false), (1, true)] {
            let answer = submit(&reader.pages, &own, &action, &[]).await.expect(303);
            assert_eq!(answer.location(), format!("{own}#support"));
            let shown = page(&reader.cx(city).await, proposal).await.expect("read");
            assert_eq!((shown.card.supports, shown.supported), (supports, supported));
        }
        let again = give(&reader.cx(city).await, proposal).await.expect("twice is once");
        assert_eq!((again.supports, again.supported), (1, true));
        take_back(&author.cx(city).await, proposal)
            .await
            .expect("what is not there is not taken");
        assert_eq!(rows::number(city, ROWS).await, 1);
        let own_list = civic::support::read::own(&reader.cx(city).await, civic::page::Paging::default()).await;
        assert_eq!(own_list.expect("read").items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_same_form_sent_twice_counts_once() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let reader = person::citizen(city, "lettore").await;
        let html = reader
            .pages
            .get(&format!("/it/proposals/{proposal}-piste-ciclabili-sicure"))
            .await
            .text();
        let action = format!("/it/proposals/{proposal}/support");
        let hidden = tests::form::hidden(&html, &action).expect("the form");
        let fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (&**name, &**value)).collect();
        for _ in 0..2 {
            reader.pages.post_form(&action, &fields).await.expect(303);
        }
        assert_eq!(rows::number(city, ROWS).await, 1);
        assert_eq!(
            rows::number(city, "select count(*) from outbox where kind = 'proposal_tallied'").await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn support_waits_for_its_phase_its_state_and_somebody_who_is_signed_in() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let draft = given::draft(city, &author, consultation, "Ancora da finire").await;
        let withdrawn = given::proposal(city, &author, consultation, "Idea ritirata poi").await;
        civic::proposal::write::withdraw(&author.cx(city).await, withdrawn, "Ho cambiato idea.")
            .await
            .expect("withdrawn");
        let reader = person::citizen(city, "lettore").await;
        let cx = reader.cx(city).await;
        assert_eq!(give(&cx, draft).await, Err(Error::NotFound));
        assert_eq!(
            give(&author.cx(city).await, draft).await,
            Err(Error::Conflict(Code::WrongState))
        );
        assert_eq!(give(&cx, withdrawn).await, Err(Error::Conflict(Code::WrongState)));
        let visitor = city
            .city
            .cx(civic::actor::Actor::Visitor, civic::language::Language::It);
        assert_eq!(give(&visitor, proposal).await, Err(Error::Unauthenticated));
        city.advance_ms(60 * DAY_MS);
        let reader = person::citizen(city, "lettore").await;
        let cx = reader.cx(city).await;
        assert_eq!(give(&cx, proposal).await, Err(Error::Conflict(Code::WrongPhase)));
        assert_eq!(rows::number(city, ROWS).await, 0);
    })
    .await;
}

#[tokio::test]
async fn support_is_taken_back_in_any_phase_and_state_by_a_button_of_its_own() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let editor = person::staff(city, "redattrice", civic::actor::Role::Editor).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let withdrawn = given::proposal(city, &author, consultation, "Idea ritirata poi").await;
        let comment = given::comment(city, &author, proposal, "Ci vogliono anche gli alberi.").await;
        let reader = person::citizen(city, "lettore").await;
        let cx = reader.cx(city).await;
        for one in [proposal, withdrawn] {
            give(&cx, one).await.expect("supported");
        }
        civic::comment::write::support(&cx, comment, true)
            .await
            .expect("supported");
        civic::proposal::write::withdraw(&author.cx(city).await, withdrawn, "Ho cambiato idea.")
            .await
            .expect("withdrawn");
        let step = civic::proposal::ProposalStep::TakeUp;
        civic::proposal::write::answer(&editor.cx(city).await, proposal, step, None)
            .await
            .expect("taken up");
        city.advance_ms(60 * DAY_MS);
        let reader = person::citizen(city, "lettore").await;
        let cx = reader.cx(city).await;
        for (one, slug) in [(proposal, "piste-ciclabili-sicure"), (withdrawn, "idea-ritirata-poi")] {
            let can = page(&cx, one).await.expect("read").can;
            assert!(can.take_back && !can.support);
            let own = format!("/it/proposals/{one}-{slug}");
            let done = submit(&reader.pages, &own, &format!("/it/proposals/{one}/support"), &[]).await;
            done.expect(303);
            let shown = page(&cx, one).await.expect("read");
            assert_eq!(
                (shown.card.supports, shown.supported, shown.can.take_back),
                (0, false, false)
            );
            assert!(give(&cx, one).await.is_err(), "but not given again");
        }
        let card = civic::comment::read::one(&cx, comment).await.expect("read");
        assert!(card.can.take_back && !card.can.support);
        let own = format!("/it/proposals/{proposal}-piste-ciclabili-sicure");
        let action = format!("/it/comments/{comment}/support");
        submit(&reader.pages, &own, &action, &[]).await.expect(303);
        assert_eq!(rows::number(city, "select count(*) from comment_support").await, 0);
        assert_eq!(rows::number(city, ROWS).await, 0);
    })
    .await;
}

#[tokio::test]
async fn giving_and_taking_back_for_ever_comes_to_an_end_within_the_hour() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let cx = person::citizen(city, "lettore").await.cx(city).await;
        for _ in 0..SUPPORTS_PER_HOUR {
            give(&cx, proposal).await.expect("supported");
            take_back(&cx, proposal).await.expect("taken back");
        }
        let refused = give(&cx, proposal).await;
        assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
        assert_eq!(rows::number(city, ROWS).await, 0);
        city.advance_ms(HOUR_MS);
        let later = person::citizen(city, "lettore").await.cx(city).await;
        give(&later, proposal).await.expect("an hour later");
    })
    .await;
}
