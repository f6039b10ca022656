//! Effects leave through the outbox: numbered without gaps, seen by every follower, borne twice; keys claimed once; the
//! trail of who did what.

use std::collections::BTreeSet;

use civic::Cx;
use civic::error::{Code, Error};
use civic::limits::{REPEAT_CLAIM_MS, REPEAT_KEPT_MS};
use civic::outbox::{self, Event};
use civic::repeat::{self, Claimed};
use civic::support::write::give;
use tests::city::{self, TestCity};
use tests::person::{citizen, staff};
use tests::{given, rows};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn followers_see_every_number_once_in_order_while_many_write_and_two_relays_run() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let mut people = Vec::new();
        for number in 0..20 {
            people.push(citizen(city, &format!("persona{number}")).await.cx(city).await);
        }
        let writing = people.iter().map(|cx| {
            let cx = cx.clone();
            tokio::spawn(async move { give(&cx, proposal).await })
        });
        let relaying = async || {
            for _ in 0..10 {
                outbox::relay(&city.city).await.expect("numbered");
                tokio::task::yield_now().await;
            }
        };
        let follow = async {
            let (mut place, mut seen) = (0, Vec::new());
            for _ in 0..20 {
                let events = outbox::after(&city.city, place).await.expect("read");
                seen.extend(events.iter().map(|event| event.number));
                place = events.last().map_or(place, |event| event.number);
                tokio::task::yield_now().await;
            }
            (place, seen)
        };
        let writing = futures_util::future::join_all(writing);
        let (written, (), (), (place, mut seen)) =
            futures_util::future::join4(writing, relaying(), relaying(), follow).await;
        for done in written {
            done.expect("no panic").expect("supported");
        }
        while outbox::relay(&city.city).await.expect("numbered") > 0 {}
        let rest = outbox::after(&city.city, place).await.expect("read");
        seen.extend(rest.iter().map(|event| event.number));
        let last = outbox::last_number(&city.city).await.expect("read");
        assert_eq!(seen, (1..=last).collect::<Vec<i64>>(), "no gap, nothing twice");
        assert_eq!(last, rows::number(city, "select count(*) from outbox").await);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_is_rolled_back_leaves_no_event() {
    city::with(async |city| {
        let author = citizen(city, "autrice").await;
        city.settle().await;
        let before = rows::number(city, "select count(*) from outbox").await;
        let cx = author.cx(city).await;
        let tx = cx.begin().await.expect("begun");
        let event = Event::Imported {
            proposals: 1,
            comments: 1,
        };
        outbox::put(&tx, &cx, &event).await.expect("put");
        drop(tx);
        city.settle().await;
        assert_eq!(rows::number(city, "select count(*) from outbox").await, before);
    })
    .await;
}

#[tokio::test]
async fn a_followers_place_never_goes_back() {
    city::with(async |city| {
        for (to, stands) in [(3, 3), (7, 7), (5, 7), (8, 8)] {
            outbox::move_to(&city.city, "somebody", to).await.expect("moved");
            assert_eq!(outbox::place(&city.city, "somebody").await, Ok(stands));
        }
        assert_eq!(outbox::place(&city.city, "nobody").await, Ok(0));
    })
    .await;
}

#[tokio::test]
async fn every_follower_bears_the_same_events_twice() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let moderator = staff(city, "moderatrice", civic::actor::Role::Moderator).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let comment = given::comment(city, &author, proposal, "Serve a tutti").await;
        let subject = civic::moderation::Subject::Comment(comment);
        civic::moderation::write::hide(&moderator.cx(city).await, subject, "Insulti")
            .await
            .expect("hidden");
        city.settle().await;
        let (number, letters) = (
            city.index.number().expect("read"),
            city.letters_to("autrice@example.org"),
        );
        // The whole of it again, as after a restored place.
        let db = city.city.db.owner();
        use sea_orm::ConnectionTrait as _;
        db.execute_unprepared("delete from follower").await.expect("forgotten");
        city.settle().await;
        assert_eq!(city.index.number().expect("read"), number);
        let ids: BTreeSet<String> = city
            .letters_to("autrice@example.org")
            .into_iter()
            .map(|letter| letter.message_id)
            .collect();
        assert_eq!(ids.len(), letters.len(), "a letter sent twice has the same name twice");
    })
    .await;
}

async fn claim(cx: &Cx, key: &str, body: &str) -> Result<Claimed, Error> {
    repeat::claim(cx, "/somewhere", key, body).await
}

/// The operation of a request that holds the key.
async fn run(cx: &Cx, key: &str, body: &str) -> Cx {
    match claim(cx, key, body).await.expect("claimed") {
        Claimed::Run(held) => Cx {
            repeat: Some(held),
            ..cx.clone()
        },
        Claimed::Answered(answer) => panic!("answered: {answer}"),
    }
}

#[tokio::test]
async fn a_key_is_claimed_once_and_its_repeat_gets_the_same_answer() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let cx = author.cx(city).await;
        let begin = async |cx: &Cx| {
            civic::proposal::write::begin(cx, consultation, civic::proposal::ProposalInput::default()).await
        };
        let first = run(&cx, "k1", "body").await;
        assert_eq!(claim(&cx, "k1", "body").await, Err(Error::Conflict(Code::KeyBusy)));
        assert_eq!(claim(&cx, "k1", "other").await, Err(Error::Conflict(Code::KeyReused)));
        let made = begin(&first).await.expect("made");
        // The answer was lost on the way: the repeat runs, and gives what the first gave.
        let again = run(&cx, "k1", "body").await;
        assert_eq!(begin(&again).await, Ok(made));
        assert_eq!(rows::number(city, "select count(*) from proposal").await, 1);
        let held = again.repeat.clone().expect("held");
        held.answer(&city.city, "the whole answer").await.expect("kept");
        let whole = claim(&cx, "k1", "body").await;
        assert_eq!(whole, Ok(Claimed::Answered("the whole answer".to_owned())));
        let other = citizen(city, "altra").await.cx(city).await;
        run(&other, "k1", "another's body").await;
        let elsewhere = repeat::claim(&cx, "/elsewhere", "k1", "other").await;
        assert!(matches!(elsewhere, Ok(Claimed::Run(_))), "another route");
        city.advance_ms(REPEAT_KEPT_MS);
        repeat::forget_old(&city.city).await.expect("forgotten");
        assert!(matches!(
            claim(&author.cx(city).await, "k1", "body").await,
            Ok(Claimed::Answered(_))
        ));
        city.advance_ms(1);
        repeat::forget_old(&city.city).await.expect("forgotten");
        run(&author.cx(city).await, "k1", "anything").await;
    })
    .await;
}

#[tokio::test]
async fn a_claim_whose_request_failed_or_died_is_free_again() {
    city::with(async |city| {
        let author = citizen(city, "autrice").await;
        let cx = author.cx(city).await;
        let held = run(&cx, "k1", "body").await.repeat.expect("held");
        held.give_back(&city.city).await.expect("given back");
        run(&cx, "k1", "another body").await;
        city.advance_ms(REPEAT_CLAIM_MS - 1);
        let busy = claim(&author.cx(city).await, "k1", "another body").await;
        assert_eq!(busy, Err(Error::Conflict(Code::KeyBusy)));
        city.advance_ms(1);
        // Two repeats that come late at the same moment: one of them runs.
        city.advance_ms(REPEAT_CLAIM_MS);
        let late = author.cx(city).await;
        let both = futures_util::future::join(claim(&late, "k1", "another body"), claim(&late, "k1", "another body"));
        let both = both.await;
        let ran = |claimed: &Result<Claimed, Error>| matches!(claimed, Ok(Claimed::Run(_)));
        assert_eq!(
            [&both.0, &both.1].into_iter().filter(|one| ran(one)).count(),
            1,
            "{both:?}"
        );
        for bad in ["", "è", &"k".repeat(256)] {
            let refused = claim(&cx, bad, "body").await;
            assert_eq!(refused, Err(Error::field("Idempotency-Key", Code::Malformed)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_hundred_repeats_at_once_make_one() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let cx = author.cx(city).await;
        let attempts = (0..100).map(|_| attempt(city, &cx, consultation));
        futures_util::future::join_all(attempts).await;
        assert_eq!(rows::number(city, "select count(*) from proposal").await, 1);
    })
    .await;
}

async fn attempt(_: &TestCity, cx: &Cx, consultation: civic::id::ConsultationId) {
    match claim(cx, "k1", "body").await {
        Ok(Claimed::Run(held)) => {
            let cx = Cx {
                repeat: Some(held),
                ..cx.clone()
            };
            let input = civic::proposal::ProposalInput::default();
            civic::proposal::write::begin(&cx, consultation, input)
                .await
                .expect("made");
        }
        Ok(Claimed::Answered(_)) | Err(Error::Conflict(Code::KeyBusy)) => {}
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_trail_says_who_did_what_and_holds_nobodys_words_or_address() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let moderator = staff(city, "moderatrice", civic::actor::Role::Moderator).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let subject = civic::moderation::Subject::Proposal(proposal);
        civic::moderation::write::hide(&moderator.cx(city).await, subject, "Insulti")
            .await
            .expect("hidden");
        let trail = rows::texts(
            city,
            "select actor || ' ' || act || ' ' || subject || ' ' || detail from audit order by recorded_at, act",
        )
        .await;
        let has = |line: String| trail.iter().any(|row| row.starts_with(&line));
        assert!(has(format!("{} proposal_publish {proposal}", author.id)), "{trail:#?}");
        assert!(has(format!("{} hide {proposal} dec_", moderator.id)), "{trail:#?}");
        assert!(
            has(format!("system role_grant {} moderator", moderator.id)),
            "{trail:#?}"
        );
        for row in &trail {
            for word in ["@", "Piste", "Insulti", "continua"] {
                assert!(!row.contains(word), "{row}");
            }
        }
    })
    .await;
}
