//! Applying through the pages, without scripts: each step is kept as it is typed, handing in says what is missing and
//! happens once, the office's request is answered once, and nothing that was typed is lost.

mod phone;

use civic::actor::Role;
use civic::application::ApplicationState;
use civic::application::read::page as read;
use civic::application::write;
use civic::id::{ApplicationId, TypedId};
use civic::time::DAY_MS;
use tests::calls::{BODY_CODE, PERSON_CODE, WINDOW_MS, handed_in, published, terms, whole};
use tests::city::{self, TestCity};
use tests::form::{self, hidden, submit};
use tests::http::Client;
use tests::person::{Person, citizen, staff_of_call};

use super::me::page;

const APPLY: &str = "/it/calls/quartieri-2027/apply";
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// Begins an application on the first step's form; gives its id.
async fn begun(person: &Person, title: &str) -> ApplicationId {
    let typed = [("title", title), ("summary", "Un orto."), ("plan", ""), ("place", "")];
    let led = submit(&person.pages, APPLY, APPLY, &typed).await.expect(303);
    let id = led.location().split('/').nth(3).expect("an id").to_owned();
    assert_eq!(led.location(), format!("/it/applications/{id}/edit/promoter"));
    ApplicationId::read(&id).expect("an id")
}

fn step(id: ApplicationId, name: &str) -> String {
    format!("/it/applications/{id}/edit/{name}")
}

async fn keep(pages: &Client, id: ApplicationId, name: &str, typed: &[(&str, &str)]) -> tests::http::Answer {
    submit(pages, &step(id, name), &step(id, name), typed).await
}

const PROMOTER: &[(&str, &str)] = &[
    ("promoter_legal_form", "association"),
    ("promoter_name", "Associazione Orti"),
    ("promoter_tax_code", BODY_CODE),
    ("promoter_representative", "Maria Rossi"),
    ("promoter_representative_tax_code", PERSON_CODE),
    ("promoter_seat", "Via Verdi 1, Milano"),
    ("promoter_email", "orti@example.org"),
];

async fn state(city: &TestCity, id: ApplicationId) -> ApplicationState {
    read(&city.city.system(), id).await.expect("read").card.state
}

#[tokio::test]
async fn an_application_is_kept_step_by_step_and_handed_in_once_it_is_whole() {
    city::with(async |city| {
        published(city, terms(city)).await;
        let ada = citizen(city, "ada").await;
        let pages = &ada.pages;
        let led = city.visitor().get(APPLY).await.expect(303);
        assert!(led.location().starts_with("/it/sign-in?return="));
        let id = begun(&ada, "Orto <b>in</b> piazza").await;
        // A step is kept though much is missing, and says nothing of it yet.
        keep(pages, id, "promoter", &[("promoter_name", "Associazione Orti")])
            .await
            .expect(303);
        let early = page(pages, &step(id, "check")).await;
        assert!(early.contains("Prima di inviare manca ancora qualcosa"), "{early}");
        for at in [
            "project#plan",
            "project#place",
            "promoter#promoter_legal_form",
            "costs#cost_lines",
        ] {
            assert!(early.contains(&format!("/edit/{at}\"")), "{at} is not in {early}");
        }
        assert!(early.contains("Orto &#60;b&#62;in&#60;/b&#62; piazza") && !early.contains("<b>in</b>"));
        assert!(!early.contains("Invia la domanda</button>"));
        let forced = form::forge(pages, &step(id, "check"), &step(id, "check"), &[])
            .await
            .expect(422)
            .text();
        assert!(forced.contains("/edit/project#plan"), "{forced}");

        let told = keep(pages, id, "promoter", PROMOTER).await.expect(303);
        assert_eq!(told.location(), step(id, "partners"));
        let partner = [
            ("partner_form", "person"),
            ("partner_name", "Bruno Neri"),
            ("partner_code", PERSON_CODE),
            ("partner_form", ""),
            ("partner_name", ""),
            ("partner_code", ""),
        ];
        keep(pages, id, "partners", &partner).await.expect(303);
        let wrong = [
            ("cost_label", "Terra"),
            ("cost_amount", "diecimila"),
            ("cost_label", "Attrezzi"),
            ("cost_amount", "5.000,50"),
        ];
        let back = keep(pages, id, "costs", &wrong).await.expect(422).text();
        for kept in [
            "value=\"diecimila\"",
            "value=\"5.000,50\"",
            "value=\"Attrezzi\"",
            "href=\"#cost_lines\"",
        ] {
            assert!(back.contains(kept), "{kept} is lost: {back}");
        }
        let more = [&wrong[..], &[("do", "add-cost")]].concat();
        let more = keep(pages, id, "costs", &more).await.expect(200).text();
        assert!(more.matches("name=\"cost_label\"").count() > 4 && more.contains("value=\"diecimila\""));
        let costs = [
            ("cost_label", "Terra"),
            ("cost_amount", "30.000"),
            ("cost_label", "Attrezzi"),
            ("cost_amount", "5.000,50"),
        ];
        keep(pages, id, "costs", &costs).await.expect(303);
        let project = [
            ("title", "Orto in piazza"),
            ("summary", "Un orto."),
            ("plan", "Si comincia in **marzo**."),
            ("place", "Piazza Grande"),
        ];
        keep(pages, id, "project", &project).await.expect(303);
        let ready = page(pages, &step(id, "check")).await.replace('\u{a0}', " ");
        assert!(ready.contains("35.000,50 €") && ready.contains("Bruno Neri"), "{ready}");
        let keys = hidden(&ready, &step(id, "check")).expect("the form");
        let sent = form::send(pages, &step(id, "check"), &keys, &[]).await.expect(303);
        assert!(
            sent.location()
                .starts_with(&format!("/it/applications/{id}-orto-in-piazza?done="))
        );
        let again = form::send(pages, &step(id, "check"), &keys, &[]).await.expect(303);
        assert_eq!(
            again.location(),
            sent.location(),
            "the same form twice is handed in once"
        );
        assert_eq!(state(city, id).await, ApplicationState::Submitted);
        let late = form::forge(pages, "/it/me", &step(id, "costs"), &costs)
            .await
            .expect(409)
            .text();
        assert!(
            late.contains("value=\"30.000\"") && late.contains("si invia una volta sola"),
            "{late}"
        );
        let closed = pages.get(&step(id, "project")).await.expect(303);
        assert!(closed.location().starts_with(&format!("/it/applications/{id}")));
        // Who is behind it is nobody else's to read.
        citizen(city, "ben").await.pages.get(sent.location()).await.expect(404);
        city.settle().await;
        let letters = city.letters_to(&ada.email);
        let about = letters
            .iter()
            .filter(|one| one.subject.contains("ricevuto la tua domanda"));
        assert_eq!(about.count(), 1, "{letters:#?}");
    })
    .await;
}

#[tokio::test]
async fn after_the_last_minute_the_form_comes_back_with_all_that_was_typed() {
    city::with(async |city| {
        published(city, terms(city)).await;
        let ada = citizen(city, "ada").await;
        let id = begun(&ada, "Orto in piazza").await;
        let at = step(id, "project");
        let keys = form::keys(&ada.pages, &at).await;
        city.advance_ms(WINDOW_MS);
        let typed = [
            ("title", "Orto"),
            ("summary", "Tardi"),
            ("plan", "Un piano lungo."),
            ("place", ""),
        ];
        let back = form::send(&ada.pages, &at, &keys, &typed).await.expect(409).text();
        assert!(
            back.contains("Un piano lungo.</textarea>") && back.contains("Il tempo è scaduto"),
            "{back}"
        );
        ada.pages.get(APPLY).await.expect(409);
        let led = ada.pages.get(&at).await.expect(303);
        let page = page(&ada.pages, led.location()).await;
        assert!(
            page.contains("non si può più inviare") && page.contains("/discard"),
            "{page}"
        );
        submit(
            &ada.pages,
            led.location(),
            &format!("/it/applications/{id}/discard"),
            &[],
        )
        .await
        .expect(303);
        ada.pages.get(led.location()).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_late_step_stands_there_again_with_every_row_in_its_place() {
    city::with(async |city| {
        published(city, terms(city)).await;
        let ada = citizen(city, "ada").await;
        let id = begun(&ada, "Orto in piazza").await;
        let at = step(id, "costs");
        let keys = form::keys(&ada.pages, &at).await;
        civic::member::write::sign_out_everywhere(&ada.cx(city).await)
            .await
            .expect("ended");
        let again = citizen(city, "ada").await;
        let typed = [
            ("cost_label", "Terra"),
            ("cost_amount", "30000"),
            ("cost_label", "Attrezzi e vasi"),
            ("cost_amount", "5000"),
        ];
        let back = form::send(&again.pages, &at, &keys, &typed).await.expect(403).text();
        let ready = hidden(&back, &at).expect("the form again");
        let fields: Vec<(&str, &str)> = ready.iter().map(|(name, text)| (&**name, &**text)).collect();
        again.pages.post_form(&at, &fields).await.expect(303);
        let lines = read(&again.cx(city).await, id).await.expect("read").cost_lines;
        let lines: Vec<(String, i64)> = lines
            .into_iter()
            .map(|line| (line.label, line.amount.minor()))
            .collect();
        assert_eq!(
            lines,
            [("Terra".to_owned(), 3_000_000), ("Attrezzi e vasi".to_owned(), 500_000)]
        );
    })
    .await;
}

#[tokio::test]
async fn files_are_added_and_removed_until_it_is_handed_in_and_are_public_with_the_list() {
    city::with(async |city| {
        published(city, terms(city)).await;
        let ada = citizen(city, "ada").await;
        let id = begun(&ada, "Orto in piazza").await;
        let upload = format!("/it/applications/{id}/attachments");
        let send = async |description: &str, bytes: &[u8]| {
            let keys = ada.pages.get(&step(id, "files")).await.expect(200).keys();
            let mut fields: Vec<(&str, &str)> = keys.iter().map(|(name, text)| (*name, text.as_str())).collect();
            fields.push(("description", description));
            ada.pages.post_file(&upload, &fields, ("statuto.pdf", bytes)).await
        };
        let refused = send("Lo statuto", b"MZ not a document").await.expect(422).text();
        assert!(
            refused.contains("value=\"Lo statuto\"") && refused.contains("href=\"#file\""),
            "{refused}"
        );
        send("", PDF).await.expect(422);
        let added = send("Lo statuto", PDF).await.expect(303);
        assert_eq!(added.location(), format!("{}?done=file-added#files", step(id, "files")));
        let shown = page(&ada.pages, &step(id, "files")).await;
        let file = shown
            .split("/it/attachments/")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        let file = file.expect("the file").to_owned();
        let bytes = ada.pages.get(&format!("/it/attachments/{file}/full")).await.expect(200);
        assert_eq!(bytes.header("cache-control"), "private, no-store");
        city.visitor()
            .get(&format!("/it/attachments/{file}/full"))
            .await
            .expect(404);
        citizen(city, "ben")
            .await
            .api
            .get(&format!("/api/v1/applications/{id}/attachments"))
            .await
            .expect(404);
        let listed = ada
            .api
            .get_json(&format!("/api/v1/applications/{id}/attachments"))
            .await
            .expect(200)
            .json();
        assert_eq!(listed["items"][0]["description"], "Lo statuto");
        assert_eq!(listed["items"][0]["application_id"], id.to_string());
        let remove = format!("/it/attachments/{file}/remove");
        form::forge(&ada.pages, &step(id, "files"), &remove, &[])
            .await
            .expect(303);
        ada.pages.get(&format!("/it/attachments/{file}/full")).await.expect(404);
        city.settle().await;
    })
    .await;
}

#[tokio::test]
async fn the_office_asks_once_more_and_the_applicant_answers_once_with_everything() {
    city::with(async |city| {
        let call = published(city, terms(city)).await;
        let ada = citizen(city, "ada").await;
        let office = staff_of_call(city, "ufficio", Role::Office, call).await;
        let id = handed_in(city, &ada, call, whole("Orto urbano", 30_000)).await;
        let own = format!("/it/applications/{id}-orto-urbano");
        let act = |what: &str| format!("/it/applications/{id}/act/{what}");
        assert!(page(&office.pages, &own).await.contains("Dichiara ammissibile"));
        let wrong = [("completion_text", "Manca il preventivo."), ("due", "domani")];
        let back = submit(&office.pages, &act("ask-completion"), &act("ask-completion"), &wrong)
            .await
            .expect(422)
            .text();
        assert!(
            back.contains("Manca il preventivo.</textarea>") && back.contains("href=\"#due\""),
            "{back}"
        );
        let day = city
            .city
            .clock
            .now()
            .plus_ms(5 * DAY_MS)
            .local(&city.city.settings.zone)
            .date()
            .to_string();
        let asked = [("completion_text", "Manca il *preventivo*."), ("due", day.as_str())];
        submit(&office.pages, &act("ask-completion"), &act("ask-completion"), &asked)
            .await
            .expect(303);
        assert!(
            !page(&office.pages, &own).await.contains("Dichiara ammissibile"),
            "it is awaited"
        );
        city.settle().await;
        let letters = city.letters_to(&ada.email);
        assert!(
            letters
                .iter()
                .any(|one| one.text.contains("preventivo") && one.text.contains("23:59")),
            "{letters:#?}"
        );
        let folder = page(&ada.pages, "/it/me").await;
        assert!(
            folder.contains("Gli uffici ti hanno chiesto") && folder.contains(&act("complete")),
            "{folder}"
        );
        let form = page(&ada.pages, &act("complete")).await;
        assert!(
            form.contains("<em>preventivo</em>") && form.contains("value=\"Associazione Orto urbano\""),
            "{form}"
        );
        let (_, from) = form
            .split_once(&format!("action=\"{}\"", act("complete")))
            .expect("the form");
        let fields = form::fields(&format!("<form {}", from.split("</form>").next().unwrap_or_default()));
        let with = |name: &str, text: &str| -> Vec<(String, String)> {
            let keep = fields.iter().filter(|(field, _)| field != "do").cloned();
            keep.map(|(field, old)| {
                if field == name {
                    (field, text.to_owned())
                } else {
                    (field, old)
                }
            })
            .collect()
        };
        let post = async |fields: Vec<(String, String)>| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (&**name, &**text)).collect();
            ada.pages.post_form(&act("complete"), &fields).await
        };
        let back = post(with("promoter_tax_code", "123")).await.expect(422).text();
        assert!(
            back.contains("value=\"123\"") && back.contains("href=\"#promoter_tax_code\""),
            "{back}"
        );
        post(with("summary", "Con il preventivo.")).await.expect(303);
        let told = page(&ada.pages, &own).await;
        assert!(
            told.contains("Completata il") && told.contains("Con il preventivo."),
            "{told}"
        );
        ada.pages.get(&act("complete")).await.expect(404);
        submit(
            &office.pages,
            &act("exclude"),
            &act("exclude"),
            &[("exclude_reason", "")],
        )
        .await
        .expect(422);
        let because = [("exclude_reason", "Il progetto serve a una sola impresa.")];
        submit(&office.pages, &act("exclude"), &act("exclude"), &because)
            .await
            .expect(303);
        assert!(
            page(&ada.pages, &own)
                .await
                .contains("Il progetto serve a una sola impresa.")
        );
        city.settle().await;
        let letters = city.letters_to(&ada.email);
        let told = |text: &str| letters.iter().filter(|one| one.text.contains(text)).count();
        assert_eq!(
            (told("una sola impresa"), told("con le modifiche")),
            (1, 1),
            "{letters:#?}"
        );
    })
    .await;
}

#[tokio::test]
async fn mine_are_listed_with_what_waits_and_can_be_withdrawn_with_a_reason() {
    city::with(async |city| {
        let call = published(city, terms(city)).await;
        let ada = citizen(city, "ada").await;
        let id = handed_in(city, &ada, call, whole("Orto urbano", 30_000)).await;
        let draft = begun(&ada, "").await;
        let listed = page(&ada.pages, "/it/me/applications").await;
        assert!(
            listed.contains("Inviata") && listed.contains("Senza titolo") && listed.contains(&step(draft, "project"))
        );
        let begin = page(&ada.pages, APPLY).await;
        assert!(
            begin.contains("Hai già cominciato") && begin.contains(&step(draft, "project")),
            "{begin}"
        );
        let act = format!("/it/applications/{id}/act/withdraw");
        let back = submit(&ada.pages, &act, &act, &[("withdraw_reason", " ")])
            .await
            .expect(422)
            .text();
        assert!(back.contains("href=\"#withdraw_reason\""), "{back}");
        submit(&ada.pages, &act, &act, &[("withdraw_reason", "Non ce la facciamo.")])
            .await
            .expect(303);
        assert_eq!(state(city, id).await, ApplicationState::Withdrawn);
        let seen = page(&ada.pages, &format!("/it/applications/{id}-orto-urbano")).await;
        assert!(seen.contains("Non ce la facciamo."), "{seen}");
        write::discard(&ada.cx(city).await, draft).await.expect("discarded");
    })
    .await;
}
