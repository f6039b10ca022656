//! The commission's list: exact averages, ties by the hour, the pot's end, who moves up, and what everybody may read.

use civic::actor::Role;
use civic::application::ranking::{admit, moving_up};
use civic::application::{ApplicationState, ApplicationStep, write};
use civic::call::{CallState, LegalForm, read as calls};
use civic::error::{Code, Error};
use civic::id::{ApplicationId, CallId, Ids};
use civic::money::Money;
use civic::page::Paging;
use civic::time::Timestamp;
use serde_json::json;
use tests::calls::{PERSON_CODE, WINDOW_MS, euros, handed_in, published, terms, whole};
use tests::city::{self, TestCity};
use tests::person::{Person, citizen, staff, staff_of_call};
use tests::rows;

use super::state;

/// A call with five applications that are scored; the fifth by one commissioner alone.
struct Scored {
    call: CallId,
    author: Person,
    office: Person,
    editor: Person,
    applications: Vec<ApplicationId>,
}

async fn scored(city: &TestCity) -> Scored {
    let call = published(city, terms(city)).await;
    let author = citizen(city, "ada").await;
    let mut applications = Vec::new();
    for title in ["Alberi", "Banda", "Cinema", "Danza"] {
        applications.push(handed_in(city, &author, call, whole(title, 50_000)).await);
    }
    let mut person = whole("Erbario", 50_000);
    if let Some(promoter) = &mut person.promoter {
        promoter.legal_form = Some(LegalForm::Person);
        promoter.name = "Elena Nascosta".to_owned();
        promoter.tax_code = PERSON_CODE.to_owned();
    }
    applications.push(handed_in(city, &author, call, person).await);
    let office = staff_of_call(city, "ufficio", Role::Office, call).await;
    let judges = [
        staff_of_call(city, "uno", Role::Commissioner, call).await,
        staff_of_call(city, "due", Role::Commissioner, call).await,
    ];
    for id in &applications {
        write::find_admissible(&office.cx(city).await, *id)
            .await
            .expect("admissible");
    }
    let points = [
        // 25 on average, and so is the next one: three times 13 and 11 are 50.
        [Some([6, 5]), Some([7, 6])],
        [Some([7, 6]), Some([6, 5])],
        [Some([10, 10]), Some([9, 9])],
        // The most points but one, and below four by the second criterion.
        [Some([10, 3]), Some([10, 4])],
        [Some([8, 5]), None],
    ];
    for (id, given) in applications.iter().zip(points) {
        for (judge, points) in judges.iter().zip(given) {
            let cx = judge.cx(city).await;
            let done = match points {
                Some(points) => write::score(&cx, *id, &points).await,
                None => write::declare_conflict(&cx, *id, "Ci lavoro").await,
            };
            done.expect("said");
        }
    }
    Scored {
        call,
        author,
        office,
        editor: staff(city, "redattrice", Role::Editor).await,
        applications,
    }
}

#[tokio::test]
async fn the_list_is_exact_and_the_reserve_moves_up_when_an_admitted_one_withdraws() {
    city::with(async |city| {
        let Scored {
            call,
            author,
            office,
            editor,
            applications,
        } = scored(city).await;
        let early = write::rank(&office.cx(city).await, call).await;
        assert_eq!(early, Err(Error::Conflict(Code::TooEarly)));
        city.advance_ms(WINDOW_MS);
        let unready = write::publish_ranking(&editor.cx(city).await, call).await;
        assert_eq!(unready, Err(Error::Conflict(Code::RankingMissing)));
        write::rank(&office.cx(city).await, call).await.expect("drawn up");
        let twice = write::rank(&office.cx(city).await, call).await;
        assert_eq!(twice, Err(Error::Conflict(Code::AlreadyDone)));
        let at = format!("/api/v1/calls/{call}/ranking");
        city.visitor().get_json(&at).await.expect(404);
        let mine = civic::application::read::page(&author.cx(city).await, applications[0])
            .await
            .expect("read");
        let told = (mine.card.state, mine.card.place, mine.card.score);
        assert_eq!(
            told,
            (ApplicationState::Admissible, None, None),
            "nobody knows the list before it is public"
        );
        office.api.get_json(&at).await.expect(200);
        write::publish_ranking(&editor.cx(city).await, call)
            .await
            .expect("public");
        let shown = city.visitor().get_json(&at).await.expect(200);
        let list = shown.json();
        let of = |item: &serde_json::Value| {
            (
                item["application"]["title"].as_str().unwrap_or_default().to_owned(),
                item["application"]["score"]["average_milli"]
                    .as_i64()
                    .unwrap_or_default(),
                item["application"]["state"].as_str().unwrap_or_default().to_owned(),
            )
        };
        let places: Vec<(String, i64, String)> = list["items"].as_array().expect("items").iter().map(of).collect();
        let expected = [
            ("Cinema", 38_000, "admitted"),
            ("Erbario", 29_000, "admitted"),
            ("Alberi", 25_000, "admitted"),
            ("Banda", 25_000, "reserve"),
            ("Danza", 33_500, "rejected"),
        ];
        assert_eq!(
            places,
            expected.map(|(title, milli, state)| (title.to_owned(), milli, state.to_owned()))
        );
        assert_eq!(list["reserved_minor"], 9_000_000, "three times 30,000 of 100,000");
        assert_eq!(list["items"][0]["criterion_points"], json!([19, 19]));
        for secret in ["Segreta", "segreta@", "Nascosta", PERSON_CODE, "9701234"] {
            assert!(!shown.text().contains(secret), "{secret} is nobody's business");
        }
        assert!(shown.text().contains("Associazione Cinema"));
        let public = city
            .visitor()
            .get_json(&format!("/api/v1/applications/{}", applications[4]))
            .await
            .expect(200);
        assert!(!public.text().contains("Nascosta") && public.json()["private"].is_null());
        let list = city
            .visitor()
            .get_json(&format!("/api/v1/calls/{call}/applications"))
            .await
            .expect(200);
        assert_eq!(list.json()["items"].as_array().map(Vec::len), Some(5));

        write::withdraw(&author.cx(city).await, applications[4], "Parto")
            .await
            .expect("withdrawn");
        assert_eq!(
            state(city, applications[1]).await,
            ApplicationState::Admitted,
            "the reserve moved up"
        );
        let cx = city.city.system();
        let ranking = civic::application::read::ranking(&cx, call, Paging::default())
            .await
            .expect("public");
        let places: Vec<Option<i64>> = ranking.entries.items.iter().map(|entry| entry.card.place).collect();
        assert_eq!(places, [Some(1), Some(2), Some(3), Some(4), Some(5)], "places stay");
        assert_eq!(ranking.reserved, euros(90_000));
        let twice = write::withdraw(&author.cx(city).await, applications[4], "Parto").await;
        assert_eq!(twice, Err(Error::Conflict(Code::WrongState)));
        civic::call::write::close(&editor.cx(city).await, call)
            .await
            .expect("closed");
        let page = calls::page(&cx, call).await.expect("read");
        assert_eq!((page.card.state, page.admitted), (CallState::Closed, Some(3)));
        city.visitor().get_json(&at).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_list_is_drawn_up_only_when_all_are_checked_and_published_by_those_who_keep_calls() {
    city::with(async |city| {
        let Scored {
            call,
            author,
            office,
            editor,
            applications,
        } = scored(city).await;
        let left = applications[3];
        let late = handed_in(city, &author, call, whole("Festa", 30_000)).await;
        city.advance_ms(WINDOW_MS);
        let unchecked = write::rank(&office.cx(city).await, call).await;
        assert_eq!(unchecked, Err(Error::Conflict(Code::ChecksMissing)));
        write::exclude(&office.cx(city).await, late, "Fuori tema")
            .await
            .expect("excluded");
        let denied = Err(Error::Denied(Code::NotAllowed));
        assert_eq!(write::rank(&editor.cx(city).await, call).await, denied);
        write::rank(&office.cx(city).await, call).await.expect("drawn up");
        assert_eq!(write::publish_ranking(&office.cx(city).await, call).await, denied);
        let listed = rows::number(city, "select count(*) from application where place_on_list is not null").await;
        write::withdraw(&author.cx(city).await, left, "Non ce la facciamo")
            .await
            .expect("withdrawn");
        let now = rows::number(city, "select count(*) from application where place_on_list is not null").await;
        assert_eq!(now, listed - 1, "who leaves before the list is out was never on it");
        let document = "mutation($id: ID!) { callPublishRanking(id: $id) { call { state admittedCount } } }";
        let answer = editor
            .api
            .graphql(document, json!({ "id": call.to_string() }))
            .await
            .expect(200)
            .json();
        let expected = json!({ "state": "RANKED", "admittedCount": 3 });
        assert_eq!(answer["data"]["callPublishRanking"]["call"], expected, "{answer}");
        let document = "query($id: ID!) { callRanking(id: $id) { items { application { title place: placeOnList } } }
            applications(call: $id, state: ADMITTED) { edges { node { title } } } }";
        let answer = city
            .visitor()
            .graphql(document, json!({ "id": call.to_string() }))
            .await
            .expect(200)
            .json();
        assert_eq!(
            answer["data"]["callRanking"]["items"][0]["application"]["title"], "Cinema",
            "{answer}"
        );
        assert_eq!(
            answer["data"]["applications"]["edges"].as_array().map(Vec::len),
            Some(3)
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_is_passed_over_for_one_that_would_fit() {
    city::with(async |city| {
        let ids = Ids::seeded(7);
        let mut terms = terms(city);
        let list: Vec<(ApplicationId, Money, bool)> =
            [(100_000, true), (90_000, true), (20_000, true), (20_000, false)]
                .into_iter()
                .map(|(cost, passes)| (ids.next(Timestamp::from_ms(1)), euros(cost), passes))
                .collect();
        let steps = |terms: &civic::call::NewCall, pot| -> Vec<ApplicationStep> {
            admit(terms, euros(pot), &list)
                .into_iter()
                .map(|(_, step)| step)
                .collect()
        };
        use ApplicationStep::{Admit, HoldInReserve, Reject};
        // 60,000 and 54,000 and 12,000 of the city: the second does not fit, and the third waits behind it.
        assert_eq!(steps(&terms, 100_000), [Admit, HoldInReserve, HoldInReserve, Reject]);
        assert_eq!(steps(&terms, 114_000), [Admit, Admit, HoldInReserve, Reject]);
        terms.admitted_most = Some(1);
        terms.reserve_most = Some(1);
        assert_eq!(steps(&terms, 1_000_000), [Admit, HoldInReserve, Reject, Reject]);
        terms.admitted_most = None;
        let reserve: Vec<(ApplicationId, Money)> = list[1..3].iter().map(|(id, cost, _)| (*id, *cost)).collect();
        assert_eq!(moving_up(&terms, euros(53_999), &[], &reserve), []);
        assert_eq!(moving_up(&terms, euros(54_000), &[], &reserve), [reserve[0].0]);
        assert_eq!(
            moving_up(&terms, euros(66_000), &[], &reserve),
            [reserve[0].0, reserve[1].0]
        );
        assert_eq!(
            moving_up(&terms, euros(66_000), &[euros(20_000)], &reserve),
            [reserve[0].0]
        );
    })
    .await;
}
