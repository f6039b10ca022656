//! The index follows the outbox: it catches up after a crash, and is built anew while searching goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use civic::documents::Documents as _;
use civic::outbox;
use search::Index;
use server::work::index::{Follower, Searching, rebuild};
use tests::city;
use tests::given;
use tests::person::citizen;

use super::{titles, written};

#[tokio::test]
async fn a_crash_between_the_commit_and_the_index_loses_nothing() {
    city::with(async |city| {
        let (consultation, author, _) = written(city).await;
        given::proposal(city, &author, consultation, "Lampioni in via Mecenate").await;
        // The worker numbered it and died before the index heard of it.
        assert_eq!(outbox::relay(&city.city).await, Ok(1));
        assert!(
            titles(city, "lampioni mecenate")
                .await
                .iter()
                .all(|title| !title.contains("Mecenate"))
        );
        Follower::new(city.city.clone(), Arc::clone(&city.index))
            .catch_up()
            .await
            .expect("caught up");
        assert_eq!(titles(city, "mecenate").await.len(), 1);
        let position = city.city.documents.position().await.expect("read");
        assert_eq!(position, outbox::last_number(&city.city).await.expect("read"));
        // It died again after writing the index: the same work is done twice and changes nothing.
        let events = outbox::after(&city.city, 0).await.expect("read");
        let events: Vec<outbox::Event> = events.into_iter().map(|numbered| numbered.event).collect();
        let (put, drop) = civic::documents::read::after(&city.city, &events).await.expect("read");
        city.city.documents.apply(put, drop, position).await.expect("applied");
        assert_eq!(titles(city, "mecenate").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_index_that_is_lost_or_newer_than_the_database_is_built_anew() {
    city::with(async |city| {
        written(city).await;
        let last = outbox::last_number(&city.city).await.expect("read");
        let folder = std::env::temp_dir().join(format!("arengo-index-{}", std::process::id()));
        for _ in 0..2 {
            let fresh = Arc::new(Index::open(&folder).expect("opened"));
            Follower::new(city.city.clone(), Arc::clone(&fresh))
                .catch_up()
                .await
                .expect("caught up");
            assert_eq!(Searching(Arc::clone(&fresh)).position().await, Ok(last));
            // Now it claims to know what this database never numbered.
            fresh.apply(&[], &[], 9_999).expect("applied");
        }
        std::fs::remove_dir_all(&folder).expect("removed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn searching_goes_on_while_the_index_is_built_anew() {
    city::with(async |city| {
        let (consultation, _, _) = written(city).await;
        let author = citizen(city, "altra").await;
        let over = AtomicBool::new(false);
        let building = async {
            for _ in 0..10 {
                rebuild(&city.city, &city.index, &mut |_| {}).await.expect("built");
            }
            over.store(true, Ordering::SeqCst);
        };
        let searching = async {
            let mut times = 0;
            while !over.load(Ordering::SeqCst) {
                assert_eq!(titles(city, "fontanelle").await.len(), 1);
                times += 1;
            }
            times
        };
        let writing = async {
            for number in 0..5 {
                given::proposal(city, &author, consultation, &format!("Panchine numero {number}")).await;
                city.settle().await;
            }
        };
        let (_, times, ()) = futures_util::future::join3(building, searching, writing).await;
        assert!(times > 0);
        city.settle().await;
        assert_eq!(
            titles(city, "panchine").await.len(),
            5,
            "what came in meanwhile is there"
        );
    })
    .await;
}
