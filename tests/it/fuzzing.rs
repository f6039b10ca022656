//! Schemathesis over the whole interface as everybody who can ask: no fault of ours, nothing that is not described.
//!
//! It changes what it finds, so each has a city of its own, with something in it.

use civic::actor::Role;
use tests::city::TestCity;
use tests::person::Person;
use tests::{city, given, outside, person};

/// A city with a proposal, a draft and a comment of somebody.
async fn furnish(city: &TestCity) -> Person {
    let consultation = given::consultation(city).await;
    let ada = person::citizen(city, "ada").await;
    let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
    given::comment(city, &ada, proposal, "Sono d’accordo").await;
    given::draft(city, &ada, consultation, "Ancora da finire").await;
    city.settle().await;
    ada
}

async fn fuzz(role: Option<Role>) {
    if outside::without("schemathesis") {
        return;
    }
    city::with(async |city| {
        furnish(city).await;
        let token = match role {
            None => None,
            Some(role) => Some(person::staff(city, "staff", role).await.token),
        };
        outside::schemathesis(&city.base, "/api/openapi.json", token.as_deref()).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_finds_no_fault_in_rest() {
    fuzz(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_citizen_finds_no_fault_in_rest() {
    if outside::without("schemathesis") {
        return;
    }
    city::with(async |city| {
        let ada = furnish(city).await;
        outside::schemathesis(&city.base, "/api/openapi.json", Some(&ada.token)).await;
    })
    .await;
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
