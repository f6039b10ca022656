//! Calls: terms that are read at once and frozen when published, a pot that is filled then, the calculator, the end.

mod extended;

use civic::actor::Role;
use civic::call::read::{self, page};
use civic::call::{CallStanding, CallState, LegalForm, write};
use civic::error::{Code, Error};
use civic::ledger::read as ledger;
use civic::money::Money;
use civic::time::{MINUTE_MS, SECOND_MS};
use serde_json::json;
use tests::calls::{WINDOW_MS, euros, published, terms};
use tests::city;
use tests::person::{citizen, staff, staff_of_call};

fn fields(error: &Error) -> Vec<(String, Code)> {
    match error {
        Error::Invalid(faults) => faults
            .iter()
            .map(|fault| (fault.field.to_string(), fault.code))
            .collect(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_terms_of_a_call_is_told_at_once() {
    city::with(async |city| {
        let editor = staff(city, "redattrice", Role::Editor).await;
        let mut bad = terms(city);
        bad.slug = "New Call".to_owned();
        bad.opens_at = bad.opens_at.plus_ms(SECOND_MS);
        bad.legal_forms.clear();
        bad.cost_max = euros(10);
        bad.criteria[0].min_points = 11;
        bad.min_score = 41;
        bad.rounds[0].first_day = "2026-11-24".to_owned();
        bad.contributors[0].amount = Money::eur(0);
        bad.hold_back_ppm = 200_001;
        bad.grace_days = 61;
        let refused = write::open(&editor.cx(city).await, bad).await.expect_err("refused");
        let told = [
            ("slug", Code::Malformed),
            ("opens_at", Code::Malformed),
            ("legal_forms", Code::Empty),
            ("cost_max_minor", Code::OutOfRange),
            ("criteria", Code::OutOfRange),
            ("min_score", Code::OutOfRange),
            ("rounds", Code::TooEarly),
            ("contributors", Code::OutOfRange),
            ("tranches", Code::OutOfRange),
            ("grace_days", Code::OutOfRange),
        ];
        assert_eq!(fields(&refused), told.map(|(field, code)| (field.to_owned(), code)));
    })
    .await;
}

#[tokio::test]
async fn publishing_freezes_the_terms_and_fills_the_pot() {
    city::with(async |city| {
        let editor = staff(city, "redattrice", Role::Editor).await;
        let visitor = city.visitor();
        let id = write::open(&editor.cx(city).await, terms(city)).await.expect("opened");
        visitor.get_json(&format!("/api/v1/calls/{id}")).await.expect(404);
        assert!(page(&citizen(city, "ada").await.cx(city).await, id).await.is_err());
        let mut changed = terms(city);
        changed.legal_forms = vec![LegalForm::Person];
        let version = write::edit(&editor.cx(city).await, id, Some(1), changed.clone()).await;
        assert_eq!(version, Ok(2));
        let late = write::edit(&editor.cx(city).await, id, Some(1), changed.clone()).await;
        assert_eq!(late, Err(Error::Conflict(Code::OutOfDate)));
        let public = editor
            .api
            .request(http::Method::POST, &format!("/api/v1/calls/{id}/publish"));
        let public = editor
            .api
            .send(public.body(bytes::Bytes::new()).expect("a request"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&public["state"], &public["standing"]),
            (&json!("published"), &json!("open"))
        );
        assert_eq!(public["pot_minor"], 10_000_000);
        let frozen = write::edit(&editor.cx(city).await, id, None, changed).await;
        assert_eq!(frozen, Err(Error::Conflict(Code::CallFrozen)));
        let again = write::publish(&editor.cx(city).await, id).await;
        assert_eq!(again, Err(Error::Conflict(Code::WrongState)));
        let cx = city.city.system();
        let seen = page(&cx, id).await.expect("read");
        let pot = ledger::pot(&cx, seen.pot).await.expect("open");
        assert_eq!((pot.total, pot.available), (euros(100_000), euros(100_000)));
        assert_eq!(civic::call::rule::hash(&seen.rule_text), seen.rule_hash);
        let shown = visitor
            .get_json(&format!("/api/v1/calls/{id}"))
            .await
            .expect(200)
            .json();
        assert_eq!(shown["rule_sha256"], seen.rule_hash.as_str());
        assert_eq!(shown["can"]["edit"], false);
        let list = visitor.get_json("/api/v1/calls").await.expect(200).json();
        assert_eq!(list["items"][0]["id"], id.to_string());
    })
    .await;
}

#[tokio::test]
async fn only_those_who_keep_calls_open_publish_and_close_them() {
    city::with(async |city| {
        let id = published(city, terms(city)).await;
        let denied = Err(Error::Denied(Code::NotAllowed));
        for (name, role) in [("moderatrice", Role::Moderator), ("ufficio", Role::Office)] {
            let other = staff(city, name, role).await;
            assert_eq!(write::open(&other.cx(city).await, terms(city)).await, denied, "{name}");
            assert_eq!(write::close(&other.cx(city).await, id).await, denied, "{name}");
        }
        let boss = staff(city, "capo", Role::Administrator).await;
        let same = write::open(&boss.cx(city).await, terms(city)).await;
        assert_eq!(same, Err(Error::Conflict(Code::NameTaken)));
        let here = staff_of_call(city, "giudice", Role::Commissioner, id).await;
        let seen = page(&here.cx(city).await, id).await.expect("public");
        assert!(seen.can.score && seen.can.see_applications && !seen.can.rank && !seen.can.close);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_nobody_answered_can_be_closed_once_its_window_is_over() {
    city::with(async |city| {
        let id = published(city, terms(city)).await;
        let cx = || city.city.system();
        assert_eq!(write::close(&cx(), id).await, Err(Error::Conflict(Code::TooEarly)));
        city.advance_ms(WINDOW_MS);
        let seen = page(&cx(), id).await.expect("read");
        assert_eq!((seen.card.standing, seen.submitted), (CallStanding::Assessing, Some(0)));
        write::close(&cx(), id).await.expect("closed");
        let seen = page(&cx(), id).await.expect("read");
        assert_eq!(
            (seen.card.state, seen.card.standing),
            (CallState::Closed, CallStanding::Closed)
        );
    })
    .await;
}

#[tokio::test]
async fn the_calculator_says_the_same_by_rest_and_graphql_and_never_more_than_the_rule() {
    city::with(async |city| {
        let mut new = terms(city);
        new.opens_at = new.opens_at.plus_ms(MINUTE_MS);
        let id = published(city, new).await;
        let cx = city.city.system();
        let visitor = city.visitor();
        let at = format!("/api/v1/calls/{id}/calculation?cost_minor=6250000&raised_minor=1240000&gift_minor=2000");
        let half = visitor.get_json(&at).await.expect(200).json();
        assert_eq!(
            (&half["target_minor"], &half["at_target_minor"]),
            (&json!(2_500_000), &json!(3_750_000))
        );
        assert_eq!(
            (&half["adds_minor"], &half["told"]),
            (&json!(0), &json!("when_reached"))
        );
        let document =
            "query($id: ID!) { callCalculate(id: $id, costMinor: 6250000, raisedMinor: 2500000, giftMinor: 2000)
            { addsMinor togetherMinor giftChangesMinor told } }";
        let there = visitor
            .graphql(document, json!({ "id": id.to_string() }))
            .await
            .expect(200)
            .json();
        let expected = json!({ "addsMinor": 3_750_000, "togetherMinor": 6_250_000, "giftChangesMinor": 0,
                               "told": "ON_TOP" });
        assert_eq!(there["data"]["callCalculate"], expected);
        for (cost, raised) in [(0, 0), (1, -1), (i64::MAX, 0)] {
            let refused = read::calculate(&cx, id, Money::eur(cost), Money::eur(raised), None).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{cost} {raised}");
        }
    })
    .await;
}

#[test]
fn the_calculator_of_the_rule_for_each_gift_stops_where_the_cost_is_covered() {
    use civic::call::rule::{Told, reckon};
    let rule = civic::match_rule::MatchRule::parse(
        r#"{"kind":"per_donation","version":1,"rate_ppm":600000,"threshold_ppm":0,"cap_per_donation_minor":100000,
            "cap_per_donor_minor":200000,"cap_per_project_minor":900000000}"#,
    )
    .expect("a rule");
    let some = reckon(&rule, euros(16_000), euros(5_000), Some(euros(20))).expect("reckoned");
    assert_eq!((some.adds, some.gift_changes), (euros(3_000), Some(euros(12))));
    assert_eq!(some.told, Told::EachGift);
    // 10,000 of the crowd and 6,000 of the city are the cost.
    let full = reckon(&rule, euros(16_000), euros(10_000), Some(euros(20))).expect("reckoned");
    assert_eq!((full.adds, full.gift_changes), (euros(6_000), Some(euros(0))));
    assert_eq!(full.told, Told::NothingMore);
    let large = reckon(&rule, euros(80_000_000_000_000), euros(1), None).expect("reckoned at once");
    assert_eq!(large.adds, Money::eur(60));
}

#[test]
fn the_calculator_of_a_rule_that_lowers_the_grant_says_so_and_gives_together_no_more_than_the_cost() {
    use civic::call::rule::{Told, reckon};
    let rule = civic::match_rule::MatchRule::parse(
        r#"{"kind":"co_financing","version":1,"share_ppm":500000,"threshold_ppm":400000,
            "cap_per_project_minor":5000000,"overfunding":"reduces_grant"}"#,
    )
    .expect("a rule");
    let told = |raised| {
        let reckoned = reckon(&rule, euros(10_000), euros(raised), Some(euros(100))).expect("reckoned");
        assert!(raised > 10_000 || reckoned.together.minor() <= euros(10_000).minor());
        (reckoned.told, reckoned.gift_changes.map(Money::minor))
    };
    assert_eq!(told(3_999).0, Told::WhenReached);
    assert_eq!(told(4_000), (Told::OnTop, Some(0)));
    assert_eq!(told(5_000), (Told::Lowers, Some(-10_000)));
    assert_eq!(told(10_000), (Told::NothingMore, Some(0)));
}
