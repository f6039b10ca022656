//! Applications: taken to the minute, handed in once and whole, completed on request, scored blind, ranked exactly.

mod listed;

use civic::actor::{Role, Within};
use civic::application::read::page;
use civic::application::{ApplicationInput, ApplicationState, write};
use civic::call::LegalForm;
use civic::error::{Code, Error};
use civic::id::{ApplicationId, CallId};
use civic::member::NewGrant;
use civic::member::write::{grant_role, revoke_role};
use civic::time::MINUTE_MS;
use http::Method;
use serde_json::json;
use tests::calls::{BODY_CODE, PERSON_CODE, WINDOW_MS, handed_in, published, terms, whole};
use tests::city::{self, TestCity};
use tests::given;
use tests::person::{Person, citizen, staff_of_call};

async fn state(city: &TestCity, id: ApplicationId) -> ApplicationState {
    let page = page(&city.city.system(), id).await.expect("read");
    page.card.state
}

/// Ends somebody's time in the commission of a call.
async fn leave(city: &TestCity, person: &Person, call: CallId) {
    let grant = NewGrant {
        member: person.id,
        role: Role::Commissioner,
        within: Within::Call(call),
        until: None,
    };
    let system = city.city.system();
    // Giving what somebody has tells which it is.
    let grant = grant_role(&system, grant).await.expect("there already");
    revoke_role(&system, grant).await.expect("taken");
}

/// The fields that a draft lacks, with what is wrong.
async fn lacks(city: &TestCity, person: &Person, call: CallId, input: ApplicationInput) -> Vec<(String, Code)> {
    let cx = person.cx(city).await;
    let id = write::begin(&cx, call, input).await.expect("kept as it is written");
    let Err(Error::Invalid(faults)) = write::submit(&cx, id, None).await else {
        panic!("handed in");
    };
    let shown = page(&cx, id).await.expect("read").missing;
    assert_eq!(shown, faults, "the page says before what handing in says after");
    write::discard(&cx, id).await.expect("thrown away");
    faults
        .into_iter()
        .map(|fault| (fault.field.into_owned(), fault.code))
        .collect()
}

#[tokio::test]
async fn applications_are_taken_from_the_first_minute_to_before_the_last_in_the_citys_time() {
    city::with(async |city| {
        let zone = &city.city.settings.zone;
        let mut new = terms(city);
        // Over the night in which the clocks go forward: half past one in winter, four in summer are 90 minutes.
        new.opens_at = zone.parse_local("2027-03-28T01:30:00").expect("an instant");
        new.closes_at = zone.parse_local("2027-03-28T04:00:00").expect("an instant");
        new.rounds[0].first_day = "2027-04-01".to_owned();
        let (opens, closes) = (new.opens_at, new.closes_at);
        assert_eq!(closes.since_ms(opens), 90 * MINUTE_MS);
        let call = published(city, new).await;
        let to = |at: civic::time::Timestamp| city.advance_ms(at.since_ms(city.city.clock.now()));
        to(opens.plus_ms(-1));
        let ada = citizen(city, "ada").await;
        let begin = async || write::begin(&ada.cx(city).await, call, whole("Orto in piazza", 50_000)).await;
        assert_eq!(begin().await, Err(Error::Conflict(Code::TooEarly)));
        to(opens);
        let (one, two) = (begin().await.expect("begun"), begin().await.expect("begun"));
        to(closes.plus_ms(-1));
        write::submit(&ada.cx(city).await, one, None).await.expect("in time");
        to(closes);
        let late = write::submit(&ada.cx(city).await, two, None).await;
        assert_eq!(late, Err(Error::Conflict(Code::TooLate)));
        assert_eq!(begin().await, Err(Error::Conflict(Code::TooLate)));
        let seen = page(&ada.cx(city).await, two).await.expect("still there to read");
        assert!(!seen.can.submit && !seen.can.edit && seen.can.discard);
    })
    .await;
}

#[tokio::test]
async fn an_application_is_handed_in_once_whatever_is_repeated() {
    city::with(async |city| {
        let call = published(city, terms(city)).await;
        let (ada, bea) = (citizen(city, "ada").await, citizen(city, "bea").await);
        let input = json!({ "title": "Orto in piazza" });
        let at = format!("/api/v1/calls/{call}/applications");
        let draft = ada.api.send_json(Method::POST, &at, &input).await.expect(201).json();
        let id: ApplicationId = draft["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        assert_eq!(draft["state"], "draft");
        assert!(draft["missing"].as_array().is_some_and(|missing| missing.len() > 5));
        let at = format!("/api/v1/applications/{id}");
        bea.api.get_json(&at).await.expect(404);
        let cx = ada.cx(city).await;
        let refused = write::submit(&cx, id, None).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        let version = write::edit(&cx, id, Some(1), whole("Orto in piazza", 50_000)).await;
        assert_eq!(version, Ok(2));
        assert_eq!(
            write::edit(&cx, id, Some(1), ApplicationInput::default()).await,
            Err(Error::Conflict(Code::OutOfDate))
        );
        let submit = async || {
            let request = ada
                .api
                .request(Method::POST, &format!("{at}/submit"))
                .header("idempotency-key", "once");
            ada.api
                .send(request.body(bytes::Bytes::new()).expect("a request"))
                .await
        };
        let first = submit().await.expect(200).json();
        assert_eq!(first["state"], "submitted");
        city.advance_ms(MINUTE_MS);
        assert_eq!(
            submit().await.expect(200).json()["submitted_at"],
            first["submitted_at"],
            "the same answer"
        );
        let already = Error::Conflict(Code::AlreadySubmitted);
        let cx = ada.cx(city).await;
        assert_eq!(write::submit(&cx, id, None).await, Err(already.clone()));
        assert_eq!(
            write::edit(&cx, id, None, whole("Altro", 50_000)).await,
            Err(already.clone())
        );
        assert_eq!(write::discard(&cx, id).await, Err(already));
        let other = write::withdraw(&bea.cx(city).await, id, "Non è mia").await;
        assert_eq!(other, Err(Error::NotFound), "nobody else may know of it");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_the_call_is_told_field_by_field() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let cx = city.city.system();
        let places = civic::consultation::read::districts(&cx, consultation)
            .await
            .expect("read");
        let mut new = terms(city);
        new.consultation = Some(consultation);
        new.places_out = vec![places[0].id];
        let call = published(city, new).await;
        let ada = citizen(city, "ada").await;
        let with = |change: &dyn Fn(&mut ApplicationInput)| {
            let mut input = whole("Orto in piazza", 50_000);
            input.district = Some(Some(places[1].id));
            change(&mut input);
            input
        };
        let promoter = |change: &dyn Fn(&mut civic::application::Promoter)| {
            with(&|input| {
                input.promoter.iter_mut().for_each(change);
            })
        };
        let cases = [
            (with(&|input| input.district = Some(None)), "district", Code::Empty),
            (
                with(&|input| input.district = Some(Some(places[0].id))),
                "district",
                Code::PlaceExcluded,
            ),
            (
                with(&|input| input.cost_lines = whole("x", 19_999).cost_lines),
                "cost_lines",
                Code::CostOutOfRange,
            ),
            (
                with(&|input| input.cost_lines = whole("x", 100_001).cost_lines),
                "cost_lines",
                Code::CostOutOfRange,
            ),
            (
                promoter(&|one| one.legal_form = None),
                "promoter.legal_form",
                Code::Empty,
            ),
            (
                promoter(&|one| one.legal_form = Some(LegalForm::Foundation)),
                "promoter.legal_form",
                Code::LegalFormRefused,
            ),
            (
                promoter(&|one| one.tax_code = "97012340151".to_owned()),
                "promoter.tax_code",
                Code::TaxCodeWrong,
            ),
            (
                promoter(&|one| one.tax_code = PERSON_CODE.to_owned()),
                "promoter.tax_code",
                Code::TaxCodeWrong,
            ),
            (
                promoter(&|one| one.representative_tax_code = BODY_CODE.to_owned()),
                "promoter.representative_tax_code",
                Code::TaxCodeWrong,
            ),
            (
                promoter(&|one| one.email = "nessuna".to_owned()),
                "promoter.email",
                Code::EmailMalformed,
            ),
        ];
        for (input, field, code) in cases {
            assert_eq!(lacks(city, &ada, call, input).await, [(field.to_owned(), code)]);
        }
        let third_sector = promoter(&|one| one.legal_form = Some(LegalForm::ThirdSector));
        let told = lacks(city, &ada, call, third_sector).await;
        assert_eq!(told.len(), 2, "the register's number and section: {told:?}");
        handed_in(city, &ada, call, with(&|_| {})).await;
    })
    .await;
}

#[tokio::test]
async fn the_office_asks_for_a_completion_by_a_date_and_decides_after_it() {
    city::with(async |city| {
        let call = published(city, terms(city)).await;
        let office = staff_of_call(city, "ufficio", Role::Office, call).await;
        let ada = citizen(city, "ada").await;
        let id = handed_in(city, &ada, call, whole("Orto in piazza", 50_000)).await;
        let other = published(city, {
            let mut other = terms(city);
            other.opens_at = other
                .opens_at
                .plus_ms(-city.city.clock.now().ms().rem_euclid(MINUTE_MS));
            other.closes_at = other.opens_at.plus_ms(WINDOW_MS);
            other.slug = "altro".to_owned();
            other
        })
        .await;
        let elsewhere = staff_of_call(city, "altrove", Role::Office, other).await;
        let due = city.city.clock.now().plus_ms(10 * MINUTE_MS);
        let stranger = write::ask_completion(&elsewhere.cx(city).await, id, "Manca", due).await;
        assert_eq!(
            stranger,
            Err(Error::NotFound),
            "the office of another call may not know of it"
        );
        let cx = office.cx(city).await;
        let nothing = write::complete(&ada.cx(city).await, id, None, ApplicationInput::default()).await;
        assert_eq!(nothing, Err(Error::Conflict(Code::WrongState)));
        let past = write::ask_completion(&cx, id, "Manca lo statuto", city.city.clock.now()).await;
        assert_eq!(past, Err(Error::field("due_at", Code::OutOfRange)));
        write::ask_completion(&cx, id, "Manca lo statuto", due)
            .await
            .expect("asked");
        let waits = write::find_admissible(&cx, id).await;
        assert_eq!(waits, Err(Error::Conflict(Code::CompletionOpen)));
        let seen = page(&ada.cx(city).await, id).await.expect("read");
        assert!(seen.can.complete && seen.completion.is_some_and(|completion| completion.open));
        let poorer = ApplicationInput {
            summary: Some(String::new()),
            ..ApplicationInput::default()
        };
        let spoilt = write::complete(&ada.cx(city).await, id, None, poorer).await;
        assert_eq!(
            spoilt,
            Err(Error::field("summary", Code::Empty)),
            "what was whole stays whole"
        );
        let more = ApplicationInput {
            plan: Some("Con lo statuto.".to_owned()),
            ..ApplicationInput::default()
        };
        write::complete(&ada.cx(city).await, id, None, more.clone())
            .await
            .expect("completed");
        let twice = write::complete(&ada.cx(city).await, id, None, more.clone()).await;
        assert_eq!(twice, Err(Error::Conflict(Code::AlreadyDone)));
        write::ask_completion(&cx, id, "E il bilancio", due)
            .await
            .expect("asked again");
        city.advance_ms(10 * MINUTE_MS);
        let late = write::complete(&ada.cx(city).await, id, None, more).await;
        assert_eq!(late, Err(Error::Conflict(Code::TooLate)));
        let empty = write::exclude(&office.cx(city).await, id, " ").await;
        assert_eq!(empty, Err(Error::field("reason", Code::Empty)));
        write::exclude(&office.cx(city).await, id, "Manca il bilancio")
            .await
            .expect("excluded");
        let seen = page(&ada.cx(city).await, id).await.expect("read");
        assert_eq!(
            (seen.card.state, seen.exclude_reason.as_deref()),
            (ApplicationState::Excluded, Some("Manca il bilancio"))
        );
        city.visitor()
            .get_json(&format!("/api/v1/applications/{id}"))
            .await
            .expect(404);
    })
    .await;
}

#[tokio::test]
async fn nobody_sees_what_others_scored_until_all_scores_are_in_and_the_list_is_drawn_up() {
    city::with(async |city| {
        let call = published(city, terms(city)).await;
        let office = staff_of_call(city, "ufficio", Role::Office, call).await;
        let uno = staff_of_call(city, "uno", Role::Commissioner, call).await;
        let due = staff_of_call(city, "due", Role::Commissioner, call).await;
        let ada = citizen(city, "ada").await;
        let orto = handed_in(city, &ada, call, whole("Orto in piazza", 50_000)).await;
        // A commissioner applies too: of their own application they are no judge.
        let mia = handed_in(city, &uno, call, whole("Progetto mio", 50_000)).await;
        let unchecked = write::score(&due.cx(city).await, orto, &[5, 5]).await;
        assert_eq!(
            unchecked,
            Err(Error::NotFound),
            "what is not admissible is none of the commission's"
        );
        for id in [orto, mia] {
            write::find_admissible(&office.cx(city).await, id)
                .await
                .expect("admissible");
        }
        let own = write::score(&uno.cx(city).await, mia, &[9, 9]).await;
        assert_eq!(own, Err(Error::Denied(Code::OwnApplication)));
        for (points, code) in [(&[5][..], Code::Empty), (&[11, 1], Code::OutOfRange)] {
            let Err(Error::Invalid(faults)) = write::score(&uno.cx(city).await, orto, points).await else {
                panic!("{points:?} taken");
            };
            assert_eq!(faults[0].code, code);
        }
        write::score(&uno.cx(city).await, orto, &[5, 5]).await.expect("scored");
        write::score(&uno.cx(city).await, orto, &[8, 6])
            .await
            .expect("scored anew");
        let blind = async |person: &Person| {
            let seen = page(&person.cx(city).await, orto).await.expect("read");
            assert!(seen.assessments.is_empty() && seen.criteria.iter().all(|one| one.points.is_none()));
            seen
        };
        assert_eq!(blind(&due).await.mine, None);
        assert_eq!(blind(&uno).await.mine.and_then(|mine| mine.points), Some(vec![8, 6]));
        let progress = blind(&office).await.progress.expect("for the office");
        assert_eq!((progress.scored, progress.expected), (1, 2));
        write::score(&due.cx(city).await, orto, &[7, 7]).await.expect("scored");
        blind(&uno).await;
        write::declare_conflict(&due.cx(city).await, mia, "È mio cugino")
            .await
            .expect("declared");
        let conflict = write::score(&due.cx(city).await, mia, &[10, 10]).await;
        assert_eq!(conflict, Err(Error::Conflict(Code::ConflictDeclared)));
        city.advance_ms(WINDOW_MS);
        let missing = write::rank(&office.cx(city).await, call).await;
        assert_eq!(
            missing,
            Err(Error::Conflict(Code::ScoresMissing)),
            "nobody is left to judge one of them"
        );
        let third = staff_of_call(city, "tre", Role::Commissioner, call).await;
        write::score(&third.cx(city).await, mia, &[6, 5]).await.expect("scored");
        blind(&due).await;
        write::score(&third.cx(city).await, orto, &[6, 5])
            .await
            .expect("scored");
        for person in [&uno, &due, &office] {
            blind(person).await;
        }
        // What somebody gave counts, though their time in the commission ends before the list is drawn up.
        leave(city, &third, call).await;
        write::rank(&office.cx(city).await, call).await.expect("drawn up");
        staff_of_call(city, "quattro", Role::Commissioner, call).await;
        for person in [&uno, &due, &office] {
            let seen = page(&person.cx(city).await, orto).await.expect("read");
            assert_eq!(
                seen.assessments.len(),
                3,
                "all are in, all are shown, whoever joins later"
            );
        }
        let sealed = write::score(&uno.cx(city).await, orto, &[1, 1]).await;
        assert_eq!(sealed, Err(Error::Conflict(Code::ScoresSealed)));
        let sealed = write::declare_conflict(&uno.cx(city).await, orto, "Ora lo dico").await;
        assert_eq!(
            sealed,
            Err(Error::Conflict(Code::ScoresSealed)),
            "who has seen the scores cannot take theirs out"
        );
        let seen = page(&uno.cx(city).await, mia).await.expect("read");
        assert!(
            seen.assessments.is_empty(),
            "whoever wrote it never learns who gave what"
        );
        let seen = page(&due.cx(city).await, mia).await.expect("read");
        assert_eq!(
            seen.mine.and_then(|mine| mine.conflict).as_deref(),
            Some("È mio cugino")
        );
        let late = staff_of_call(city, "cinque", Role::Commissioner, call).await;
        let seen = page(&late.cx(city).await, mia).await.expect("read");
        let told: Vec<Option<&str>> = seen.assessments.iter().map(|said| said.conflict.as_deref()).collect();
        assert!(
            told.contains(&Some("")),
            "that there is a conflict, and not which: {told:?}"
        );
        assert_eq!(state(city, orto).await, ApplicationState::Ranked);
    })
    .await;
}
