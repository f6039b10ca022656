//! Supports: once per person, taken back at will, whatever happens at once.

use civic::support::write::{give, take_back};
use tests::{city, given, person};

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
        let clicks = clicks.map(|cx| tokio::spawn(async move { give(&cx, proposal).await }));
        for click in futures_util::future::join_all(clicks).await {
            click.expect("no panic").expect("supported");
        }
        let page = civic::proposal::read::page(&author.cx(city).await, proposal)
            .await
            .expect("read");
        assert_eq!(page.card.supports, 100);
        take_back(&people[0], proposal).await.expect("taken back");
        let page = civic::proposal::read::page(&author.cx(city).await, proposal)
            .await
            .expect("read");
        assert_eq!(page.card.supports, 99);
    })
    .await;
}
