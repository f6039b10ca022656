//! Proposals: the lifecycle, drafts, publishing, the rule of editing, versions, withdrawing; each refusal by its code.

mod answering;
mod bounds;
mod editing;
mod merging;

use std::fmt::Write as _;

use civic::Cx;
use civic::actor::{Actor, Role};
use civic::error::{Code, Error};
use civic::id::ProposalId;
use civic::language::Language;
use civic::page::Paging;
use civic::proposal::read::{Filter, Sort, list, page};
use civic::proposal::write::{answer, begin, correct, discard, edit, publish, withdraw};
use civic::proposal::{Origin, Point, ProposalInput, ProposalState, ProposalStep};
use tests::city::{self, TestCity};
use tests::form::submit;
use tests::person::{Person, citizen, staff};
use tests::{given, rows};

fn visitor(city: &TestCity) -> Cx {
    city.city.cx(Actor::Visitor, Language::It)
}

/// How many proposals a list without filters shows to this actor.
async fn listed(cx: &Cx) -> usize {
    let found = list(cx, &Filter::default(), Sort::Newest, Paging::default()).await;
    found.expect("read").items.len()
}

fn titled(title: &str) -> ProposalInput {
    ProposalInput {
        title: Some(title.to_owned()),
        ..ProposalInput::default()
    }
}

#[test]
fn the_lifecycle_is_the_one_that_was_reviewed() {
    let all = (&ProposalState::ALL[..], &ProposalStep::ALL[..]);
    tests::snapshot::lifecycle("proposal", all, ProposalState::as_str, ProposalState::after);
}

#[tokio::test]
async fn the_city_answers_step_by_step_and_the_page_tells_it() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "editor", Role::Editor).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let cx = editor.cx(city).await;
        let early = answer(&cx, proposal, ProposalStep::Accept, Some("Sì.")).await;
        assert_eq!(early, Err(Error::Conflict(Code::WrongState)));
        answer(&cx, proposal, ProposalStep::TakeUp, None)
            .await
            .expect("taken up");
        let late = withdraw(&author.cx(city).await, proposal, "Ci ripenso.").await;
        assert_eq!(late, Err(Error::Conflict(Code::WrongState)));
        answer(
            &cx,
            proposal,
            ProposalStep::AcceptPartly,
            Some("La **prima** parte sì."),
        )
        .await
        .expect("answered");
        answer(&cx, proposal, ProposalStep::Deliver, None)
            .await
            .expect("delivered");
        let shown = page(&visitor(city), proposal).await.expect("read");
        assert_eq!(shown.card.state, ProposalState::Delivered);
        let html = city
            .visitor()
            .get(&format!("/it/proposals/{proposal}-piste-ciclabili-sicure"))
            .await
            .text();
        assert!(html.contains("<strong>prima</strong>"), "the answer stays");
        let others = answer(&author.cx(city).await, proposal, ProposalStep::TakeUp, None).await;
        assert_eq!(others, Err(Error::Denied(Code::NotAllowed)));
    })
    .await;
}

/// What each act on a draft answers to somebody who must not know of it.
async fn finds_nothing(city: &TestCity, person: &Person, draft: ProposalId) {
    let cx = person.cx(city).await;
    assert_eq!(page(&cx, draft).await, Err(Error::NotFound));
    assert_eq!(
        edit(&cx, draft, None, titled("Preso da altri")).await,
        Err(Error::NotFound)
    );
    assert_eq!(publish(&cx, draft).await, Err(Error::NotFound));
    assert_eq!(discard(&cx, draft).await, Err(Error::NotFound));
    assert_eq!(withdraw(&cx, draft, "Via.").await, Err(Error::NotFound));
    assert_eq!(
        correct(&cx, draft, None, titled("Preso da altri"), "Via.").await,
        Err(Error::NotFound)
    );
    for tail in ["", "-tutta-mia", "/versions", "/act/correct", "/act/hide"] {
        let path = format!("/it/proposals/{draft}{tail}");
        person.pages.get(&path).await.expect(404);
    }
}

#[tokio::test]
async fn a_draft_is_its_authors_alone() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let draft = given::draft(city, &author, consultation, "Tutta mia").await;
        city.settle().await;
        for person in [
            citizen(city, "lettore").await,
            staff(city, "moderatrice", Role::Moderator).await,
            staff(city, "redattore", Role::Editor).await,
            staff(city, "boss", Role::Administrator).await,
        ] {
            finds_nothing(city, &person, draft).await;
            assert_eq!(listed(&person.cx(city).await).await, 0);
        }
        city.visitor().get(&format!("/it/proposals/{draft}")).await.expect(404);
        let told = rows::number(
            city,
            "select count(*) from outbox where kind not in ('sign_in_asked', 'role_changed')",
        )
        .await;
        assert_eq!(told, 0, "nothing of it left through the outbox");
        assert!(page(&author.cx(city).await, draft).await.expect("read").can.publish);
        let own = author
            .pages
            .get(&format!("/it/proposals/{draft}-tutta-mia"))
            .await
            .expect(303);
        assert!(own.location().ends_with("/edit/check"), "{}", own.location());
        discard(&author.cx(city).await, draft).await.expect("thrown away");
        assert_eq!(rows::number(city, "select count(*) from proposal").await, 0);
    })
    .await;
}

#[tokio::test]
async fn publishing_makes_the_first_version_and_opens_the_proposal_to_all() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let draft = given::draft(city, &author, consultation, "Piste").await;
        let cx = author.cx(city).await;
        for title in ["Piste ciclabili", "Piste ciclabili sicure"] {
            edit(&cx, draft, None, titled(title)).await.expect("kept");
        }
        let version = page(&cx, draft).await.expect("read").card.version;
        assert_eq!(version, 3, "a draft is counted from one on");
        publish(&cx, draft).await.expect("published");
        let shown = page(&visitor(city), draft).await.expect("read");
        assert_eq!((shown.card.version, shown.card.state), (4, ProposalState::Published));
        assert_eq!(listed(&visitor(city)).await, 1);
        assert_eq!(rows::number(city, "select count(*) from proposal_version").await, 1);
        assert_eq!(publish(&cx, draft).await, Err(Error::Conflict(Code::WrongState)));
        assert_eq!(discard(&cx, draft).await, Err(Error::Conflict(Code::WrongState)));
        city.visitor()
            .get(&format!("/it/proposals/{draft}-piste-ciclabili-sicure"))
            .await
            .expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_proposal_stays_readable_with_its_reason_and_leaves_the_lists() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let reader = citizen(city, "lettore").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let own = format!("/it/proposals/{proposal}-piste-ciclabili-sicure");
        let act = format!("/it/proposals/{proposal}/act/withdraw");
        let refused = withdraw(&reader.cx(city).await, proposal, "Non mi piace.").await;
        assert_eq!(refused, Err(Error::Denied(Code::NotYours)));
        submit(&author.pages, &act, &act, &[("reason", " ")]).await.expect(422);
        let done = submit(&author.pages, &act, &act, &[("reason", "L'ha già fatta il Comune.")]).await;
        assert_eq!(done.expect(303).location(), format!("{own}?done=withdraw"));
        let html = reader.pages.get(&own).await.expect(200).text();
        assert!(html.contains("già fatta il Comune") && html.contains("<strong>continua</strong>"));
        assert!(
            !html.contains(&format!("/it/proposals/{proposal}/comments")),
            "no comments any more"
        );
        assert_eq!(listed(&visitor(city)).await, 0);
        city.settle().await;
        let again = withdraw(&author.cx(city).await, proposal, "Di nuovo.").await;
        assert_eq!(again, Err(Error::Conflict(Code::WrongState)));
    })
    .await;
}

/// The code of a refusal: of its first field where there is one, with the field.
fn code(refused: Result<ProposalId, Error>) -> String {
    match refused {
        Ok(_) => "accepted".to_owned(),
        Err(Error::Invalid(faults)) => {
            let each: Vec<String> = faults
                .iter()
                .map(|fault| format!("{} {}", fault.field, fault.code.as_str()))
                .collect();
            each.join(", ")
        }
        Err(other) => other.code().as_str().to_owned(),
    }
}

#[tokio::test]
async fn each_bad_input_has_its_own_code() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let other = given::another_consultation(city, "altrove").await;
        let author = citizen(city, "autrice").await;
        let cx = author.cx(city).await;
        let foreign_theme = civic::consultation::read::themes(&cx, other).await.expect("read")[0].id;
        let here = civic::consultation::read::page(&cx, consultation).await.expect("read");
        let (theme, district) = (here.themes[0].id, here.districts[0].id);
        let full = || ProposalInput {
            title: Some("Piste ciclabili".to_owned()),
            body: Some(given::BODY.to_owned()),
            theme: Some(Some(theme)),
            district: Some(Some(district)),
            ..ProposalInput::default()
        };
        let point = |latitude_e6, longitude_e6| {
            Some(Some(Point {
                latitude_e6,
                longitude_e6,
            }))
        };
        let cases: Vec<(&str, ProposalInput)> = vec![
            ("all of it right", full()),
            (
                "no title",
                ProposalInput {
                    title: Some(" \u{202E}".to_owned()),
                    ..full()
                },
            ),
            (
                "a title of one letter",
                ProposalInput {
                    title: Some("P".to_owned()),
                    ..full()
                },
            ),
            (
                "a title too long",
                ProposalInput {
                    title: Some("è".repeat(251)),
                    ..full()
                },
            ),
            (
                "a title as long as may be",
                ProposalInput {
                    title: Some("è".repeat(250)),
                    ..full()
                },
            ),
            (
                "no text",
                ProposalInput {
                    body: Some("\n \n".to_owned()),
                    ..full()
                },
            ),
            (
                "a text too long",
                ProposalInput {
                    body: Some("a".repeat(10_001)),
                    ..full()
                },
            ),
            (
                "a text as long as may be",
                ProposalInput {
                    body: Some("a".repeat(10_000)),
                    ..full()
                },
            ),
            (
                "neither title nor text",
                ProposalInput {
                    title: None,
                    body: None,
                    ..full()
                },
            ),
            ("no theme", ProposalInput { theme: None, ..full() }),
            (
                "a theme of another consultation",
                ProposalInput {
                    theme: Some(Some(foreign_theme)),
                    ..full()
                },
            ),
            (
                "a language that is none",
                ProposalInput {
                    lang: Some("italiano".to_owned()),
                    ..full()
                },
            ),
            (
                "a point in the city",
                ProposalInput {
                    point: point(45_450_000, 9_150_000),
                    ..full()
                },
            ),
            (
                "a point outside the city",
                ProposalInput {
                    point: point(41_900_000, 12_500_000),
                    ..full()
                },
            ),
            (
                "a point off the globe",
                ProposalInput {
                    point: point(i64::MAX, i64::MIN),
                    ..full()
                },
            ),
            (
                "an origin for staff",
                ProposalInput {
                    origin: Some(Origin::Paper),
                    ..full()
                },
            ),
        ];
        let mut table = String::new();
        for (case, input) in cases {
            let done = match begin(&cx, consultation, input).await {
                Ok(draft) => publish(&cx, draft).await,
                Err(refused) => Err(refused),
            };
            writeln!(table, "{case}: {}", code(done)).expect("written");
        }
        let elsewhere = ProposalInput { theme: None, ..full() };
        let district = begin(&cx, other, elsewhere).await;
        writeln!(table, "a district of another consultation: {}", code(district)).expect("written");
        tests::snapshot::matches("proposal_refusals", &table);
    })
    .await;
}

#[tokio::test]
async fn one_member_keeps_twenty_drafts_at_most() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let cx = author.cx(city).await;
        for _ in 0..20 {
            begin(&cx, consultation, ProposalInput::default()).await.expect("kept");
        }
        let refused = begin(&cx, consultation, ProposalInput::default()).await;
        assert_eq!(
            refused,
            Err(Error::Conflict(Code::TooManyDrafts)),
            "waiting does not help"
        );
    })
    .await;
}
