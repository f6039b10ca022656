//! Schemathesis over REST and GraphQL as everybody who can ask: no fault of ours, nothing that is not described.
//!
//! It changes what it finds, so each has a city of its own, with something in it whose ids it knows.

use civic::actor::Role;
use tests::city::TestCity;
use tests::person::Person;
use tests::{calls, city, given, outside, person, rows};

/// A city with proposals in several states, comments, and a call with applications, and what the fuzzer is told of it.
async fn furnish(city: &TestCity, writer: &Person) -> String {
    let consultation = given::consultation(city).await;
    let other = person::citizen(city, "altra").await;
    let mut proposals = Vec::new();
    for (author, title) in [(writer, "Piste ciclabili sicure"), (&other, "Alberi in ogni via")] {
        proposals.push(given::proposal(city, author, consultation, title).await);
    }
    let comments = [
        given::comment(city, writer, proposals[0], "Sono d’accordo").await,
        given::comment(city, &other, proposals[0], "Io no").await,
    ];
    let call = calls::published(city, calls::terms(city)).await;
    let mut applications = Vec::new();
    for title in ["Orto in piazza", "Banda in piazza"] {
        applications.push(
            calls::handed_in(city, writer, call, calls::whole(title, 50_000))
                .await
                .to_string(),
        );
    }
    for number in 0..3 {
        proposals.push(given::draft(city, writer, consultation, &format!("Bozza {number}")).await);
    }
    city.settle().await;
    let dictionary = |name: &str, ids: &[String]| format!("[dictionaries.{name}]\nvalues = {ids:?}\n");
    let texts = |ids: &[civic::id::ProposalId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let comments: Vec<String> = comments.iter().map(ToString::to_string).collect();
    let mut known = dictionary("consultation", &[consultation.to_string()])
        + &dictionary("proposal", &texts(&proposals))
        + &dictionary("comment", &comments)
        + &dictionary("call", &[call.to_string()])
        + &dictionary("application", &applications);
    for name in ["consultation", "proposal", "comment", "call", "application"] {
        known += &format!(
            "[[operations]]\ninclude-path-regex = '^/{name}s/'\n\
             parameters = {{ 'path.id' = {{ dictionary = '{name}', probability = 0.8 }} }}\n"
        );
    }
    known
}

/// How much was written or done, by the one who tries everything: whoever keeps consultations may have ended the one that
/// takes comments.
async fn written(city: &TestCity) -> i64 {
    rows::number(city, "select count(*) from comment").await + rows::number(city, "select count(*) from audit").await
}

async fn fuzz(role: Option<Role>) {
    if outside::without("schemathesis") {
        return;
    }
    city::with(async |city| {
        let somebody = match role {
            None => person::citizen(city, "ada").await,
            Some(role) => person::staff(city, "ada", role).await,
        };
        let known = furnish(city, &somebody).await;
        let before = written(city).await;
        let token = Some(somebody.token.as_str());
        outside::schemathesis_knowing(&city.base, "/api/openapi.json", token, &known).await;
        let after = written(city).await;
        assert!(after > before, "nothing was written, so little was tried");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_finds_no_fault_in_rest() {
    if outside::without("schemathesis") {
        return;
    }
    city::with(async |city| {
        let ada = person::citizen(city, "ada").await;
        let known = furnish(city, &ada).await;
        outside::schemathesis_knowing(&city.base, "/api/openapi.json", None, &known).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_citizen_finds_no_fault_in_rest() {
    fuzz(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moderator_finds_no_fault_in_rest() {
    fuzz(Some(Role::Moderator)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_editor_finds_no_fault_in_rest() {
    fuzz(Some(Role::Editor)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_finds_no_fault_in_rest() {
    fuzz(Some(Role::Administrator)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_finds_a_fault_in_graphql() {
    if outside::without("schemathesis") {
        return;
    }
    city::with(async |city| {
        let ada = person::citizen(city, "ada").await;
        furnish(city, &ada).await;
        outside::schemathesis(&city.base, "/graphql", None).await;
        outside::schemathesis(&city.base, "/graphql", Some(&ada.token)).await;
    })
    .await;
}
