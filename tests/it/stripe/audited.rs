//! The auditor: a program in another language that reads what everybody can read and what the provider says of its account,
//! and finds not a cent of difference; and finds one where there is one.

use std::process::Output;

use civic::campaign::CampaignState;
use civic::campaign::read as campaigns;
use http::Method;
use serde_json::{Value, json};
use tests::campaigns::{go_to, turn};
use tests::city::TestCity;
use tests::outside::root;
use tests::stripe::Emulator;

use super::whole::{page, told, with_campaign};

/// Every movement on the provider's account, in its own words.
async fn movements(emulator: &Emulator) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let last = all.last().and_then(|one| one["id"].as_str()).map(ToOwned::to_owned);
        let mut fields = vec![("limit", "100")];
        if let Some(last) = &last {
            fields.push(("starting_after", last));
        }
        let some = emulator
            .ask(Method::GET, "/v1/balance_transactions", &fields, None)
            .await
            .json();
        all.extend(some["data"].as_array().expect("a list").iter().cloned());
        if some["has_more"] != true {
            return all;
        }
    }
}

async fn audit(city: &TestCity, movements: &[Value]) -> Output {
    let file = std::env::temp_dir().join(format!("arengo-movements-{}.json", std::process::id()));
    std::fs::write(&file, json!(movements).to_string()).expect("written");
    let program = root().join("tests/auditor/audit.py");
    let found = tokio::process::Command::new("python3")
        .arg(program)
        .arg(&city.base)
        .arg(&file)
        .output()
        .await
        .expect("python3 runs");
    std::fs::remove_file(file).expect("removed");
    found
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn an_auditor_in_another_language_finds_no_cent_of_difference_and_finds_the_one_that_is_planted() {
    with_campaign(async |city, emulator, campaign| {
        for (name, cents, way) in [
            ("anna", 1_000_000, "card"),
            ("bruno", 999_999, "card"),
            ("carla", 500_333, "card"),
            ("dario", 2_000, "declined"),
        ] {
            let (_, session) = page(city, campaign, &format!("{name}@example.org"), cents).await;
            emulator.pay(&session.reference, way).await;
        }
        told(city, emulator).await;
        let ends = campaigns::page(&city.city.system(), campaign)
            .await
            .expect("read")
            .card
            .ends_at;
        go_to(city, ends.expect("ends"));
        emulator.follow(&city.city).await;
        turn(city).await;
        told(city, emulator).await;
        let state = campaigns::page(&city.city.system(), campaign)
            .await
            .expect("read")
            .card
            .state;
        assert_eq!(state, CampaignState::Funded);
        let mut moved = movements(emulator).await;
        let found = audit(city, &moved).await;
        assert!(found.status.success(), "{}", words(&found));
        assert!(words(&found).contains("1 grants: 0 wrong"), "{}", words(&found));

        let first = moved[0]["amount"].as_i64().expect("cents");
        moved[0]["amount"] = json!(first + 1);
        let planted = audit(city, &moved).await;
        assert!(!planted.status.success());
        assert!(words(&planted).contains("1 cents apart"), "{}", words(&planted));
    })
    .await;
}
