//! Consultations: phases at their minute, no overlaps, what each allows, and days of 23 and 25 hours.

use std::fmt::Write as _;

use civic::comment::NewComment;
use civic::consultation::read::page_by_slug;
use civic::consultation::write::{open, set_phases};
use civic::consultation::{NewPhase, PhaseKind, Standing};
use civic::error::{Code, Error};
use civic::proposal::write::publish;
use civic::support::write::{give, take_back};
use civic::time::{DAY_MS, HOUR_MS, Timestamp};
use tests::city::{self, TestCity};
use tests::{given, person};

async fn phase(city: &TestCity) -> Option<PhaseKind> {
    let page = page_by_slug(&city.city.system(), given::SLUG).await.expect("read");
    page.card.phase.map(|phase| phase.kind)
}

fn days(city: &TestCity, kind: PhaseKind, from: i64, to: i64) -> NewPhase {
    let now = city.city.clock.now();
    NewPhase {
        kind,
        starts_at: now.plus_ms(from * DAY_MS),
        ends_at: now.plus_ms(to * DAY_MS),
    }
}

#[tokio::test]
async fn a_phase_turns_at_its_very_millisecond_with_no_job() {
    city::with(async |city| {
        given::consultation(city).await;
        assert_eq!(phase(city).await, Some(PhaseKind::Collection), "at its first instant");
        for next in [PhaseKind::Discussion, PhaseKind::Review, PhaseKind::Results] {
            let before = phase(city).await;
            city.advance_ms(30 * DAY_MS - 1);
            assert_eq!(phase(city).await, before, "a millisecond before");
            city.advance_ms(1);
            assert_eq!(phase(city).await, Some(next));
        }
        city.advance_ms(30 * DAY_MS);
        assert_eq!(phase(city).await, None);
        let page = page_by_slug(&city.city.system(), given::SLUG).await.expect("read");
        assert_eq!(page.card.standing, Standing::Closed);
    })
    .await;
}

#[tokio::test]
async fn phases_that_overlap_are_refused_and_the_old_ones_stay() {
    city::with(async |city| {
        let id = given::consultation(city).await;
        let overlapping = [
            days(city, PhaseKind::Collection, 0, 10),
            days(city, PhaseKind::Discussion, 9, 20),
        ];
        let refused = set_phases(&city.city.system(), id, &overlapping).await;
        assert_eq!(refused, Err(Error::Conflict(Code::PhasesOverlap)));
        let empty = [days(city, PhaseKind::Collection, 5, 5)];
        let refused = set_phases(&city.city.system(), id, &empty).await;
        assert_eq!(refused, Err(Error::field("phases", Code::OutOfRange)));
        let many: Vec<NewPhase> = (0..21).map(|day| days(city, PhaseKind::Review, day, day + 1)).collect();
        assert!(set_phases(&city.city.system(), id, &many).await.is_err());
        let page = page_by_slug(&city.city.system(), given::SLUG).await.expect("read");
        assert_eq!(page.card.phases.len(), 5);
        let touching = [
            days(city, PhaseKind::Discussion, 10, 20),
            days(city, PhaseKind::Collection, 0, 10),
        ];
        set_phases(&city.city.system(), id, &touching)
            .await
            .expect("neighbours fit");
        let page = page_by_slug(&city.city.system(), given::SLUG).await.expect("read");
        let kinds: Vec<PhaseKind> = page.card.phases.iter().map(|phase| phase.kind).collect();
        assert_eq!(
            kinds,
            [PhaseKind::Collection, PhaseKind::Discussion],
            "in the order of time"
        );
    })
    .await;
}

#[tokio::test]
async fn a_consultation_has_a_part_of_the_address_of_its_own() {
    city::with(async |city| {
        given::consultation(city).await;
        let again = |slug: &str| civic::consultation::NewConsultation {
            slug: slug.to_owned(),
            title: civic::language::Localised::same("Altra"),
            question: civic::language::Localised::same("?"),
            description: civic::language::Localised::same(""),
            phases: vec![],
            themes: vec![],
            districts: vec![],
            source: None,
        };
        let taken = open(&city.city.system(), again(given::SLUG)).await;
        assert_eq!(taken, Err(Error::Conflict(Code::NameTaken)));
        for bad in ["Con Spazi", "", "à"] {
            let refused = open(&city.city.system(), again(bad)).await;
            assert_eq!(refused, Err(Error::field("slug", Code::Malformed)), "{bad:?}");
        }
    })
    .await;
}

/// What can be done now, as one line.
async fn allowed(
    city: &TestCity,
    person: &person::Person,
    on: (civic::id::ProposalId, civic::id::ProposalId),
) -> String {
    let cx = person.cx(city).await;
    let said = |done: Result<(), Error>| done.map_or_else(|error| error.code().as_str(), |()| "yes");
    let comment = NewComment {
        body: "Sono d'accordo.".to_owned(),
        ..NewComment::default()
    };
    let commented = civic::comment::write::write(&cx, on.0, comment).await;
    let supported = give(&cx, on.0).await;
    let shown = civic::proposal::read::page(&cx, on.0).await.expect("read");
    assert_eq!(shown.can.take_back, shown.supported, "what is there can be taken back");
    let taken = take_back(&cx, on.0).await;
    let published = publish(&cx, on.1).await;
    format!(
        "publish {}, support {}, take back {}, comment {}",
        said(published.map(|_| ())),
        said(supported.map(|_| ())),
        said(taken.map(|_| ())),
        said(commented.map(|_| ()))
    )
}

#[tokio::test]
async fn each_phase_allows_what_it_is_for_and_nothing_between_phases() {
    city::with(async |city| {
        let id = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, id, "Piste ciclabili sicure").await;
        let mut drafts = Vec::new();
        for number in 0..6 {
            drafts.push(given::draft(city, &author, id, &format!("Idea numero {number}")).await);
        }
        let kinds = [
            Some(PhaseKind::Information),
            Some(PhaseKind::Collection),
            None,
            Some(PhaseKind::Discussion),
            Some(PhaseKind::Review),
            Some(PhaseKind::Results),
        ];
        let phases: Vec<NewPhase> = (0..)
            .zip(kinds)
            .filter_map(|(day, kind)| Some(days(city, kind?, day, day + 1)))
            .collect();
        set_phases(&city.city.system(), id, &phases).await.expect("set");
        let mut table = String::new();
        for (kind, draft) in kinds.into_iter().zip(drafts) {
            assert_eq!(phase(city).await, kind);
            let name = kind.map_or("between phases", PhaseKind::as_str);
            // The session goes on for a week without use, and each line is a day.
            let line = allowed(city, &author, (proposal, draft)).await;
            writeln!(table, "{name}: {line}").expect("written");
            let page = civic::proposal::read::page(&author.cx(city).await, proposal)
                .await
                .expect("read");
            assert_eq!(
                page.can.support,
                line.contains("support yes"),
                "the button says the same in {name}"
            );
            assert_eq!(
                page.can.comment,
                line.contains("comment yes"),
                "the form says the same in {name}"
            );
            city.advance_ms(DAY_MS);
        }
        tests::snapshot::matches("phases", &table);
    })
    .await;
}

#[tokio::test]
async fn a_phase_of_one_local_day_has_23_or_25_hours_and_its_page_says_that_day() {
    city::with(async |city| {
        let id = given::consultation(city).await;
        let zone = &city.city.settings.zone;
        let day = |text: &str| zone.parse_local(text).expect("a day");
        for (from, to, hours, said) in [
            ("2027-03-28", "2027-03-29", 23, "28 marzo 2027"),
            ("2027-10-31", "2027-11-01", 25, "31 ottobre 2027"),
        ] {
            let one = NewPhase {
                kind: PhaseKind::Collection,
                starts_at: day(from),
                ends_at: day(to),
            };
            assert_eq!(one.ends_at.since_ms(one.starts_at), hours * HOUR_MS);
            set_phases(&city.city.system(), id, &[one]).await.expect("set");
            let page = city
                .visitor()
                .get(&format!("/it/consultations/{}", given::SLUG))
                .await
                .expect(200);
            let page = page.text();
            assert!(page.contains(said), "{said}: {page}");
            let moments: [(Timestamp, Option<PhaseKind>); 4] = [
                (one.starts_at.plus_ms(-1), None),
                (one.starts_at, Some(PhaseKind::Collection)),
                (one.ends_at.plus_ms(-1), Some(PhaseKind::Collection)),
                (one.ends_at, None),
            ];
            for (moment, kind) in moments {
                city.advance_ms(moment.since_ms(city.city.clock.now()));
                assert_eq!(phase(city).await, kind);
            }
        }
    })
    .await;
}
