//! Subscriptions: what happens meanwhile is heard by whoever may know of it, and by nobody else.

use civic::actor::Role;
use civic::moderation::{self, Subject};
use civic::support;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::city::TestCity;
use tests::person::Person;
use tests::socket::{Message, Socket};
use tests::{city, given, person};

fn written(proposal: impl std::fmt::Display) -> String {
    format!(
        "subscription {{ commentWritten(proposal: \"{proposal}\") {{ id body author {{ name }} proposal {{ title }} }} }}"
    )
}

fn tallied(proposal: impl std::fmt::Display) -> String {
    format!("subscription {{ proposalTallied(proposal: \"{proposal}\") {{ supportCount commentCount }} }}")
}

/// Waits until a subscription is under way: what is sent after it is answered after it.
async fn under_way(socket: &mut Socket) {
    socket.send(&json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, Message::Json(json!({ "type": "pong" })));
}

/// Waits until so many listen in the whole city.
async fn heard_by(city: &TestCity, number: usize) {
    while city.city.live.receiver_count() < number {
        tokio::task::yield_now().await;
    }
}

fn payload(message: Message) -> Value {
    match message {
        Message::Json(value) if value["type"] == "next" => value["payload"].clone(),
        other => panic!("{other:?} is no answer"),
    }
}

async fn furnish(city: &TestCity) -> (Person, civic::id::ProposalId) {
    let consultation = given::consultation(city).await;
    let ada = person::citizen(city, "ada").await;
    let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
    city.settle().await;
    (ada, proposal)
}

#[tokio::test]
async fn a_visitor_hears_a_new_comment_and_a_tally() {
    city::with(async |city| {
        let (ada, proposal) = furnish(city).await;
        let mut comments = Socket::begin(&city.base, "/graphql/ws", None).await;
        comments.subscribe("1", &written(proposal)).await;
        let mut tallies = Socket::begin(&city.base, "/graphql/ws", None).await;
        tallies.subscribe("1", &tallied(proposal)).await;
        heard_by(city, 2).await;
        under_way(&mut comments).await;
        under_way(&mut tallies).await;

        let comment = given::comment(city, &ada, proposal, "Bella idea").await;
        city.settle().await;
        let heard = payload(comments.next().await)["data"]["commentWritten"].clone();
        assert_eq!((&heard["id"], &heard["body"]), (&json!(comment), &json!("Bella idea")));
        assert_eq!(heard["proposal"]["title"], "Piste ciclabili sicure");
        let tally = |supports, comments| json!({ "supportCount": supports, "commentCount": comments });
        assert_eq!(payload(tallies.next().await)["data"]["proposalTallied"], tally(0, 1));
        let bea = person::citizen(city, "bea").await;
        support::write::give(&bea.cx(city).await, proposal)
            .await
            .expect("supported");
        city.settle().await;
        assert_eq!(payload(tallies.next().await)["data"]["proposalTallied"], tally(1, 1));
    })
    .await;
}

#[tokio::test]
async fn many_changes_at_once_are_one_tally() {
    city::with(async |city| {
        let (_, proposal) = furnish(city).await;
        let mut socket = Socket::begin(&city.base, "/graphql/ws", None).await;
        socket.subscribe("1", &tallied(proposal)).await;
        heard_by(city, 1).await;
        under_way(&mut socket).await;
        for number in 0..20 {
            let person = person::citizen(city, &format!("persona{number}")).await;
            let given = support::write::give(&person.cx(city).await, proposal).await;
            given.expect("supported");
        }
        city.settle().await;
        let told = payload(socket.next().await)["data"]["proposalTallied"]["supportCount"].clone();
        assert_eq!(told, 20);
        socket.send(&json!({ "type": "ping" })).await;
        assert_eq!(socket.next().await, Message::Json(json!({ "type": "pong" })));
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_revoked_hears_nothing_more_after_a_few_seconds() {
    city::with(async |city| {
        let (ada, proposal) = furnish(city).await;
        let mut socket = Socket::begin(&city.base, "/graphql/ws", Some(&ada.token)).await;
        socket.subscribe("1", &written(proposal)).await;
        heard_by(city, 1).await;
        under_way(&mut socket).await;
        given::comment(city, &ada, proposal, "Bella idea").await;
        city.settle().await;
        assert_eq!(
            payload(socket.next().await)["data"]["commentWritten"]["body"],
            "Bella idea"
        );
        let db = city.city.db.owner();
        db.execute_unprepared("delete from access_token")
            .await
            .expect("revoked");
        city.advance_ms(civic::limits::SOCKET_TOKEN_MS);
        given::comment(city, &ada, proposal, "Un saluto").await;
        city.settle().await;
        // Nothing comes before what is sent after it.
        under_way(&mut socket).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_hidden_meanwhile_is_not_sent() {
    city::with(async |city| {
        let (ada, proposal) = furnish(city).await;
        let moderator = person::staff(city, "mod", Role::Moderator).await;
        let mut socket = Socket::begin(&city.base, "/graphql/ws", None).await;
        socket.subscribe("1", &written(proposal)).await;
        heard_by(city, 1).await;
        let bad = given::comment(city, &ada, proposal, "Un insulto").await;
        let hidden = moderation::write::hide(&moderator.cx(city).await, Subject::Comment(bad), "Insulti").await;
        hidden.expect("hidden");
        given::comment(city, &ada, proposal, "Un saluto").await;
        city.settle().await;
        assert_eq!(
            payload(socket.next().await)["data"]["commentWritten"]["body"],
            "Un saluto"
        );

        moderation::write::hide(&moderator.cx(city).await, Subject::Proposal(proposal), "Spam")
            .await
            .expect("hidden");
        let mut late = Socket::begin(&city.base, "/graphql/ws", None).await;
        late.subscribe("1", &written(proposal)).await;
        let refused = payload(late.next().await);
        assert_eq!(refused["errors"][0]["extensions"]["code"], "not_found");
        let mut author = Socket::begin(&city.base, "/graphql/ws", Some(&ada.token)).await;
        author.subscribe("1", &written(proposal)).await;
        under_way(&mut author).await;
    })
    .await;
}

#[tokio::test]
async fn a_socket_takes_subscriptions_only_a_few_and_from_whom_it_may_trust() {
    city::with(async |city| {
        let (_, proposal) = furnish(city).await;
        let mut socket = Socket::begin(&city.base, "/graphql/ws", None).await;
        socket.subscribe("q", "{ __typename }").await;
        assert_eq!(
            payload(socket.next().await)["errors"][0]["extensions"]["code"],
            "bad_request"
        );
        // What is over says so.
        assert_eq!(
            socket.next().await,
            Message::Json(json!({ "type": "complete", "id": "q" }))
        );
        for number in 0..civic::limits::GRAPHQL_SUBSCRIPTIONS {
            socket.subscribe(&number.to_string(), &tallied(proposal)).await;
        }
        heard_by(city, civic::limits::GRAPHQL_SUBSCRIPTIONS).await;
        socket.subscribe("more", &tallied(proposal)).await;
        assert_eq!(
            payload(socket.next().await)["errors"][0]["extensions"]["code"],
            "too_many"
        );

        let mut stranger = Socket::open(&city.base, "/graphql/ws").await;
        let lie = json!({ "type": "connection_init", "payload": { "authorization": "Bearer arengo_nothing" } });
        stranger.send(&lie).await;
        assert!(matches!(stranger.next().await, Message::Closed(_)));
        let mut hasty = Socket::open(&city.base, "/graphql/ws").await;
        hasty.subscribe("1", &tallied(proposal)).await;
        assert!(matches!(hasty.next().await, Message::Closed(_)));
        let plain = city.visitor().get("/graphql/ws").await.expect(400);
        assert_eq!(super::code(&plain), "bad_request");
    })
    .await;
}
