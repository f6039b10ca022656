//! The desk of calls, without scripts: an editor writes a call and publishes it, the office checks, commissioners score
//! without seeing one another, the list comes out with its scores, and everybody who applied is told once.

use civic::actor::Role;
use civic::application::ApplicationState;
use civic::application::read::page as read;
use civic::application::write;
use civic::call::CallState;
use civic::call::read::{editable, page_by_slug};
use civic::language::Language;
use civic::member::write::change_profile;
use tests::calls::{WINDOW_MS, handed_in, published, terms, whole};
use tests::city::{self, TestCity};
use tests::form::{fields, hidden, send, submit};
use tests::outline::Outline;
use tests::person::{Person, citizen, staff, staff_of_call};
use tests::snapshot;

use super::me::page;

const NEW: &str = "/it/desk/calls/new";

/// A minute of the city's own time, so many days from now, as a browser sends it.
fn minute(city: &TestCity, days: i64) -> String {
    let at = city.city.clock.now().plus_ms(days * civic::time::DAY_MS);
    at.local(&city.city.settings.zone)
        .to_string()
        .chars()
        .take(16)
        .collect()
}

fn typed(city: &TestCity) -> Vec<(&'static str, String)> {
    let mut all: Vec<(&'static str, String)> = [
        ("title_it", "Cortili aperti"),
        ("title_en", "Open courtyards"),
        ("summary_it", "Per chi apre i cortili."),
        ("description_it", "Le regole, **tutte**."),
        ("cost_min", "5.000"),
        ("cost_max", "20.000,50"),
        ("rule_kind", "co_financing"),
        ("rule_share", "60"),
        ("rule_threshold", "40"),
        ("cap_per_project", "12.000"),
        ("overfunding", "reduces_grant"),
        ("criterion_it", "Impatto"),
        ("criterion_en", "Impact"),
        ("criterion_weight", "3"),
        ("criterion_most", "10"),
        ("criterion_least", ""),
        ("criterion_it", ""),
        ("criterion_en", ""),
        ("criterion_weight", ""),
        ("criterion_most", ""),
        ("criterion_least", ""),
        ("min_score", "15"),
        ("admitted_most", ""),
        ("reserve_most", "2"),
        ("contributor_name", "Comune di Milano"),
        ("contributor_amount", "50.000"),
        ("contributor_name", "Fondazione"),
        ("contributor_amount", "10.000"),
        ("tranche_share", "80"),
        ("tranche_days", "14"),
        ("hold_back", "20"),
        ("grace_days", "14"),
    ]
    .map(|(name, text)| (name, text.to_owned()))
    .to_vec();
    all.extend([
        ("legal_form", "association".to_owned()),
        ("legal_form", "group".to_owned()),
        ("opens_at", minute(city, 1)),
        ("closes_at", minute(city, 20)),
        ("round_first", minute(city, 40)[..10].to_owned()),
        ("round_days", "60".to_owned()),
    ]);
    all
}

fn with(fields: &[(&'static str, String)], name: &str, text: &str) -> Vec<(&'static str, String)> {
    let changed = fields.iter().map(|(field, old)| {
        let text = if *field == name { text.to_owned() } else { old.clone() };
        (*field, text)
    });
    changed.collect()
}

#[tokio::test]
async fn an_editor_writes_a_call_with_all_its_data_changes_it_and_publishes_it() {
    city::with(async |city| {
        let editor = staff(city, "redattrice", Role::Editor).await;
        let pages = &editor.pages;
        assert!(page(pages, "/it/desk").await.contains(NEW));
        let post = async |fields: Vec<(&'static str, String)>, what: &str| {
            let mut all: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
            all.push(("do", what));
            submit(pages, NEW, NEW, &all).await
        };
        let more = post(typed(city), "add-criterion").await.expect(200).text();
        assert!(more.matches("name=\"criterion_it\"").count() == 5 && more.contains("value=\"Cortili aperti\""));
        for (name, text, anchor) in [
            ("cost_max", "molti", "cost_max"),
            ("closes_at", "domani", "closes_at"),
            ("criterion_weight", "tre", "criteria"),
            ("contributor_amount", "x", "contributors"),
            ("tranche_share", "50", "tranches"),
            ("rule_share", "160", "rule_share"),
            ("cap_per_project", "0", "cap_per_project"),
            ("title_it", "", "title_it"),
        ] {
            let mut fields = with(&typed(city), name, text);
            if name == "title_it" {
                fields = with(&fields, "title_en", "");
            }
            let back = post(fields, "save").await.expect(422).text();
            assert!(back.contains(&format!("href=\"#{anchor}\"")), "{name}: {back}");
            assert!(back.contains(&format!("value=\"{text}\"")), "{name} is lost");
            assert!(back.contains("value=\"Fondazione\"") && back.contains("value=\"association\" checked"));
        }
        let made = post(typed(city), "save").await.expect(303);
        assert!(made.location().starts_with("/it/desk/calls/cortili-aperti?done="));
        let path = "/it/desk/calls/cortili-aperti";
        let html = page(pages, path).await;
        let problems = Outline::of(&html).problems;
        assert_eq!(problems, Vec::<String>::new());
        let (_, form) = html.split_once("<form class=\"arengo-desk\"").expect("the form");
        let shown = fields(form.split("</form>").next().unwrap_or_default());
        let value = |name: &str| {
            shown
                .iter()
                .find(|(field, _)| field == name)
                .map(|(_, text)| text.clone())
        };
        assert_eq!(value("cost_max").as_deref(), Some("20000,50"));
        assert_eq!(value("opens_at"), Some(minute(city, 1)));
        assert_eq!(value("title_en").as_deref(), Some("Open courtyards"));
        let system = city.city.system();
        let id = page_by_slug(&system, "cortili-aperti").await.expect("read").card.id;
        let terms = editable(&system, id).await.expect("read").terms;
        assert_eq!(
            (terms.cost_max.minor(), terms.min_score, terms.contributors.len()),
            (2_000_050, 15, 2)
        );
        assert_eq!(
            terms.summary.own(Language::En),
            "",
            "what was said in one language is said in one"
        );
        let send_change = async |fields: Vec<(&'static str, String)>, version: &str| {
            let mut all: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
            all.extend([("do", "save"), ("version", version)]);
            submit(pages, path, path, &all).await
        };
        send_change(with(&typed(city), "grace_days", "21"), "1")
            .await
            .expect(303);
        let meanwhile = send_change(with(&typed(city), "grace_days", "7"), "1")
            .await
            .expect(409)
            .text();
        assert!(
            meanwhile.contains("mentre scrivevi") && meanwhile.contains("value=\"7\""),
            "{meanwhile}"
        );
        assert_eq!(editable(&system, id).await.expect("read").terms.grace_days, 21);
        let publish = format!("{path}/act/publish");
        submit(pages, &publish, &publish, &[]).await.expect(303);
        let public = page(&city.visitor(), "/en/calls/cortili-aperti").await;
        assert!(public.contains("Open courtyards") && public.contains("covers only what is still missing"));
        pages.get(path).await.expect(409);
        send_change_frozen(pages, path, &typed(city)).await;
    })
    .await;
}

/// A form that was open when the call was published comes back refused.
async fn send_change_frozen(pages: &tests::http::Client, path: &str, typed: &[(&'static str, String)]) {
    let mut all: Vec<(&str, &str)> = typed.iter().map(|(name, text)| (*name, text.as_str())).collect();
    all.push(("do", "save"));
    let back = tests::form::forge(pages, "/it/desk", path, &all)
        .await
        .expect(409)
        .text();
    assert!(back.contains("Il bando è pubblico e non cambia più"), "{back}");
}

#[tokio::test]
async fn a_call_may_be_for_some_places_and_match_each_gift() {
    city::with(async |city| {
        let consultation = tests::given::consultation(city).await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let districts = civic::consultation::read::districts(&city.city.system(), consultation)
            .await
            .expect("read");
        let mut all = with(&typed(city), "rule_kind", "per_donation");
        all.extend([
            ("call_consultation", consultation.to_string()),
            ("rule_rate", "60".to_owned()),
            ("cap_per_donation", "500".to_owned()),
            ("cap_per_donor", "1000".to_owned()),
            ("place_in", districts[0].id.to_string()),
        ]);
        let mut sent: Vec<(&str, &str)> = all.iter().map(|(name, text)| (*name, text.as_str())).collect();
        sent.push(("do", "places"));
        let shown = submit(&editor.pages, NEW, NEW, &sent).await.expect(200).text();
        assert!(
            shown.contains(&format!("value=\"{}\" checked", districts[0].id)),
            "{shown}"
        );
        sent.last_mut().expect("there").1 = "save";
        submit(&editor.pages, NEW, NEW, &sent).await.expect(303);
        let seen = page(&editor.pages, "/it/calls/cortili-aperti")
            .await
            .replace('\u{a0}', " ");
        assert!(seen.contains("per 100 €, 60 €") && seen.contains("Solo in: "), "{seen}");
    })
    .await;
}

struct Jury {
    office: Person,
    ada: Person,
    ben: Person,
}

#[tokio::test]
async fn commissioners_score_blind_the_list_comes_out_and_everybody_is_told_once() {
    city::with(async |city| {
        let mut new = terms(city);
        new.admitted_most = Some(1);
        let call = published(city, new).await;
        let jury = Jury {
            office: staff_of_call(city, "ufficio", Role::Office, call).await,
            ada: staff_of_call(city, "ada", Role::Commissioner, call).await,
            ben: staff_of_call(city, "ben", Role::Commissioner, call).await,
        };
        let editor = staff(city, "redattrice", Role::Editor).await;
        let mut authors = Vec::new();
        for (name, title, cost) in [
            ("uno", "Orto urbano", 30_000),
            ("due", "Panchine", 40_000),
            ("tre", "Fontana", 50_000),
        ] {
            let author = citizen(city, name).await;
            let id = handed_in(city, &author, call, whole(title, cost)).await;
            authors.push((author, id));
        }
        change_profile(&authors[1].0.cx(city).await, None, Some(Language::En))
            .await
            .expect("speaks English");
        let list = "/it/desk/calls/quartieri-2027/applications";
        assert!(page(&jury.office.pages, "/it/desk").await.contains(list));
        let waits = page(&jury.office.pages, list).await;
        assert!(
            waits.contains("Domande inviate: 3. Da controllare: 3.") && waits.contains("Panchine"),
            "{waits}"
        );
        assert!(
            !page(&jury.ada.pages, list).await.contains("Panchine"),
            "not the commission's yet"
        );
        for (_, id) in &authors {
            let act = format!("/it/applications/{id}/act/find-admissible");
            submit(&jury.office.pages, &act, &act, &[]).await.expect(303);
        }
        assert!(page(&jury.ada.pages, list).await.contains("Aspetta i tuoi punti"));
        let score = |at: usize| format!("/it/applications/{}/act/score", authors[at].1);
        let form = page(&jury.ada.pages, &score(0)).await;
        assert!(
            form.contains("Da 0 a 10.") && form.contains("max=\"10\"") && form.contains("almeno 4"),
            "{form}"
        );
        for (first, second) in [("11", "7"), ("", "7"), ("otto", "7")] {
            let back = submit(
                &jury.ada.pages,
                &score(0),
                &score(0),
                &[("points", first), ("points", second)],
            )
            .await;
            let back = back.expect(422).text();
            assert!(
                back.contains("href=\"#points\"") && back.contains("value=\"7\""),
                "{back}"
            );
        }
        for (at, ada, ben) in [
            (0, ["8", "7"], ["8", "9"]),
            (1, ["9", "9"], ["9", "8"]),
            (2, ["2", "2"], ["", ""]),
        ] {
            let points = [("points", ada[0]), ("points", ada[1])];
            submit(&jury.ada.pages, &score(at), &score(at), &points)
                .await
                .expect(303);
            if at < 2 {
                let seen = page(&jury.ben.pages, &score(at)).await;
                assert!(
                    !seen.contains(&format!("value=\"{}\"", ada[0])),
                    "Ben sees nothing of what Ada gave"
                );
                let points = [("points", ben[0]), ("points", ben[1])];
                submit(&jury.ben.pages, &score(at), &score(at), &points)
                    .await
                    .expect(303);
            }
        }
        let conflict = format!("/it/applications/{}/act/conflict", authors[2].1);
        submit(
            &jury.ben.pages,
            &conflict,
            &conflict,
            &[("conflict_reason", "È mia cugina.")],
        )
        .await
        .expect(303);
        assert!(page(&jury.ben.pages, list).await.contains("Conflitto dichiarato"));
        let told = page(
            &jury.office.pages,
            &format!("/it/applications/{}-orto-urbano", authors[0].1),
        )
        .await;
        assert!(
            told.contains("Punteggi dati: 2 su 2.") && !told.contains("Impatto: 8"),
            "{told}"
        );
        let early = "/it/desk/calls/quartieri-2027/act/rank";
        jury.office.pages.get(early).await.expect(404);
        city.advance_ms(WINDOW_MS);
        city.visitor().get("/it/calls/quartieri-2027/ranking").await.expect(404);
        submit(&jury.office.pages, early, early, &[]).await.expect(303);
        let drawn = page(&jury.office.pages, "/it/calls/quartieri-2027/ranking").await;
        assert!(
            drawn.contains("non è ancora pubblica") && drawn.contains("9,00"),
            "{drawn}"
        );
        city.visitor().get("/it/calls/quartieri-2027/ranking").await.expect(404);
        assert!(
            page(
                &jury.ada.pages,
                &format!("/it/applications/{}-orto-urbano", authors[0].1)
            )
            .await
            .contains("Impatto: 8")
        );
        let publish = "/it/desk/calls/quartieri-2027/act/publish-ranking";
        jury.office.pages.get(publish).await.expect(404);
        submit(&editor.pages, publish, publish, &[]).await.expect(303);
        for language in ["it", "en"] {
            let html = page(&city.visitor(), &format!("/{language}/calls/quartieri-2027/ranking")).await;
            let outline = Outline::of(&html);
            assert_eq!(outline.problems, Vec::<String>::new());
            snapshot::matches(&format!("page_ranking_{language}"), &outline.text);
        }
        let public = page(&city.visitor(), "/it/calls/quartieri-2027/ranking").await;
        for said in ["Ammessa", "In riserva", "Non ammessa", "sotto il minimo", "35,50 punti"] {
            assert!(public.contains(said), "{said} is not in {public}");
        }
        assert!(!public.contains("cugina") && !public.contains("Maria Segreta"));
        write::withdraw(&authors[1].0.cx(city).await, authors[1].1, "Non ce la facciamo.")
            .await
            .expect("withdrawn");
        let moved = read(&city.city.system(), authors[0].1).await.expect("read");
        assert_eq!(moved.card.state, ApplicationState::Admitted);
        city.settle().await;
        city.settle().await;
        told_once(city, &authors);
        let close = "/it/desk/calls/quartieri-2027/act/close";
        submit(&editor.pages, close, close, &[]).await.expect(303);
        let over = page_by_slug(&city.city.system(), "quartieri-2027").await.expect("read");
        assert_eq!(over.card.state, CallState::Closed);
        assert!(
            page(&city.visitor(), "/it/calls")
                .await
                .contains("id=\"standing-closed\"")
        );
    })
    .await;
}

/// Each who applied got each letter once, in their language.
fn told_once(city: &TestCity, authors: &[(Person, civic::id::ApplicationId)]) {
    let subjects = |at: usize| -> Vec<String> {
        let letters = city.letters_to(&authors[at].0.email).into_iter();
        let mut subjects: Vec<String> = letters
            .map(|letter| letter.subject)
            .filter(|subject| !subject.contains("codice"))
            .collect();
        // Letters that are due at the same instant go out in no order.
        subjects.sort();
        subjects
    };
    assert_eq!(
        subjects(0),
        [
            "Abbiamo ricevuto la tua domanda",
            "Il tuo progetto è ammesso",
            "La tua domanda è ammissibile",
            "È uscita la graduatoria: il tuo progetto è in riserva",
        ]
    );
    assert!(subjects(1).contains(&"Your application is withdrawn".to_owned()));
    assert!(
        subjects(2)
            .iter()
            .any(|one| one.ends_with("il tuo progetto non è ammesso"))
    );
    assert_eq!(subjects(2).len(), 3, "received, admissible, and how it ended");
}

#[tokio::test]
async fn a_list_that_is_not_ready_says_what_it_waits_for() {
    city::with(async |city| {
        let call = published(city, terms(city)).await;
        let office = staff_of_call(city, "ufficio", Role::Office, call).await;
        let author = citizen(city, "uno").await;
        let id = handed_in(city, &author, call, whole("Orto urbano", 30_000)).await;
        city.advance_ms(WINDOW_MS);
        write::find_admissible(&office.cx(city).await, id)
            .await
            .expect("admissible");
        let rank = "/it/desk/calls/quartieri-2027/act/rank";
        let html = page(&office.pages, rank).await;
        let keys = hidden(&html, rank).expect("the form");
        let back = send(&office.pages, rank, &keys, &[]).await.expect(409).text();
        assert!(back.contains("Mancano ancora dei punteggi"), "{back}");
    })
    .await;
}
