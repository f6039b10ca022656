//! The desk through its pages, without scripts: an editor opens and changes a consultation, an administrator gives and
//! takes roles, and who may not is told so.

use civic::actor::Role;
use civic::consultation::read::page_by_slug;
use civic::limits::SECOND_FACTOR_FRESH_MS;
use civic::time::{DAY_MS, MINUTE_MS};
use serde_json::json;
use tests::city::{self, TestCity};
use tests::form::submit;
use tests::http::Client;
use tests::person::{Person, citizen, code, holder, staff};
use tests::{given, person};

use super::me::page;

const DESK: &str = "/it/desk";
const NEW: &str = "/it/desk/consultations/new";
const ROLES: &str = "/it/desk/roles";

/// A day of the city's calendar, so many days from now.
fn day(city: &TestCity, from_now: i64) -> String {
    let at = city.city.clock.now().plus_ms(from_now * DAY_MS);
    at.local(&city.city.settings.zone).date().to_string()
}

#[tokio::test]
async fn an_editor_opens_a_consultation_that_collects_from_its_first_minute() {
    city::with(async |city| {
        let editor = staff(city, "redattrice", Role::Editor).await;
        let pages = &editor.pages;
        assert!(page(pages, DESK).await.contains(NEW));
        assert!(page(pages, NEW).await.contains("name=\"phase_first\""));
        let (first, middle, last) = (day(city, 3), day(city, 5), day(city, 10));
        let typed = |second: &'static str| {
            vec![
                ("title_it", "Aria di città".to_owned()),
                ("title_en", "City air".to_owned()),
                ("question_it", "Come respiriamo?".to_owned()),
                ("description_it", "Un testo **forte**.".to_owned()),
                ("phase_kind", "collection".to_owned()),
                ("phase_first", first.clone()),
                ("phase_last", middle.clone()),
                ("phase_kind", "discussion".to_owned()),
                (
                    "phase_first",
                    if second == "over" { middle.clone() } else { day(city, 6) },
                ),
                ("phase_last", last.clone()),
                ("theme_it", "Traffico".to_owned()),
                ("theme_en", "Traffic".to_owned()),
                ("district_kind", "district".to_owned()),
                ("district_code", "1".to_owned()),
                ("district_name", "Municipio 1".to_owned()),
            ]
        };
        let send = async |fields: Vec<(&'static str, String)>, more: (&str, &str)| {
            let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
            fields.push(more);
            submit(pages, NEW, NEW, &fields).await
        };
        let seen = send(typed("over"), ("do", "preview")).await.expect(200).text();
        assert!(seen.contains("<strong>forte</strong>") && seen.contains("value=\"Traffico\""));
        let more = send(typed("over"), ("do", "add-theme")).await.expect(200).text();
        assert!(more.matches("name=\"theme_it\"").count() > 3 && more.contains("value=\"Traffico\""));
        let refused = send(typed("over"), ("do", "save")).await.expect(409).text();
        assert!(refused.contains("si sovrappongono") && refused.contains("href=\"#phases\""));
        for kept in ["Aria di città", "City air", &first, &last, "Traffico", "Municipio 1"] {
            assert!(
                refused.contains(&format!("value=\"{kept}\"")),
                "{kept} is lost: {refused}"
            );
        }
        let made = send(typed("fits"), ("do", "save")).await.expect(303);
        assert!(
            made.location()
                .starts_with("/it/desk/consultations/aria-di-citta?done=")
        );

        let ada = citizen(city, "ada").await;
        let zone = &city.city.settings.zone;
        let opens = zone.parse_local(&first).expect("a day");
        let id = page_by_slug(&city.city.system(), "aria-di-citta")
            .await
            .expect("read")
            .card
            .id;
        let draft = given::draft(city, &ada, id, "Alberi sui viali").await;
        city.advance_ms(opens.since_ms(city.city.clock.now()) - 1);
        let early = civic::proposal::write::publish(&ada.cx(city).await, draft).await;
        assert!(early.is_err(), "a millisecond before its first day");
        city.advance_ms(1);
        civic::proposal::write::publish(&ada.cx(city).await, draft)
            .await
            .expect("published at its first minute");
    })
    .await;
}

#[tokio::test]
async fn a_consultation_is_changed_and_its_used_themes_stay() {
    city::with(async |city| {
        let id = given::consultation(city).await;
        let ada = citizen(city, "ada").await;
        given::proposal(city, &ada, id, "Piste ciclabili sicure").await;
        let editor = holder(city, "redattrice", Role::Editor, Some(id), None).await;
        let editor = person::give_factor(city, editor, &civic::actor::Scope::ALL).await;
        let path = format!("/it/desk/consultations/{}", given::SLUG);
        let before = page_by_slug(&city.city.system(), given::SLUG).await.expect("read");
        let home = page(&editor.pages, DESK).await;
        assert!(
            home.contains(&path) && !home.contains(NEW),
            "one consultation is theirs, none new"
        );
        assert!(page(&editor.pages, &path).await.contains("value=\"Mobilità\""));
        // The form as it came, with what is different; the given phases begin and end in the middle of a day.
        let mut fields = fields_of(&editor.pages, &path).await;
        set(&mut fields, "title_it", 0, "Milano dopodomani");
        set(&mut fields, "theme_it", 1, "Alberi");
        send(&editor.pages, &path, &fields).await.expect(303);
        let after = page_by_slug(&city.city.system(), given::SLUG).await.expect("read");
        assert_eq!(after.card.title.1, "Milano dopodomani");
        assert_eq!(
            after.card.phases, before.card.phases,
            "days that stay keep their instants"
        );
        assert_eq!(after.districts, before.districts);
        let ids = |page: &civic::consultation::read::ConsultationPage| -> Vec<_> {
            page.themes.iter().map(|theme| (theme.id, theme.slug.clone())).collect()
        };
        assert_eq!(ids(&after), ids(&before), "a renamed theme is the same theme");

        let meanwhile = send(&editor.pages, &path, &fields).await.expect(409).text();
        assert!(meanwhile.contains("value=\"Milano dopodomani\"") && meanwhile.contains("mentre scrivevi"));
        let mut fields = fields_of(&editor.pages, &path).await;
        set(&mut fields, "theme_it", 0, "");
        set(&mut fields, "theme_en", 0, "");
        let refused = send(&editor.pages, &path, &fields).await.expect(409).text();
        assert!(refused.contains("Un tema ha già delle proposte"), "{refused}");
        let mut fields = fields_of(&editor.pages, &path).await;
        set(&mut fields, "theme_it", 1, "");
        set(&mut fields, "theme_en", 1, "");
        send(&editor.pages, &path, &fields).await.expect(303);
        let last = page_by_slug(&city.city.system(), given::SLUG).await.expect("read");
        assert_eq!(last.themes.len(), 1, "the other theme had no proposals");
        assert!(last.card.version > after.card.version);
    })
    .await;
}

/// The fields of an editor's form as a browser would send them untouched.
async fn fields_of(pages: &Client, path: &str) -> Vec<(String, String)> {
    let html = pages.get(path).await.expect(200).text();
    let (_, form) = html.split_once("<form class=\"arengo-desk\"").expect("the form");
    tests::form::fields(form.split("</form>").next().unwrap_or_default())
}

fn set(fields: &mut [(String, String)], name: &str, which: usize, text: &str) {
    let field = fields.iter_mut().filter(|(field, _)| field == name).nth(which);
    text.clone_into(&mut field.expect("a field").1);
}

async fn send(pages: &Client, path: &str, fields: &[(String, String)]) -> tests::http::Answer {
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (&**name, &**text)).collect();
    // Sent again after it was done, a form has another key.
    let keys = tests::form::keys(pages, path).await;
    fields.retain(|(name, _)| !matches!(*name, "once" | "csrf" | "do"));
    fields.extend(keys.iter().map(|(name, text)| (&**name, &**text)));
    fields.push(("do", "save"));
    pages.post_form(path, &fields).await
}

#[tokio::test]
async fn who_holds_no_fitting_role_gets_no_further_than_the_policy_says() {
    city::with(async |city| {
        given::consultation(city).await;
        let ada = citizen(city, "ada").await;
        assert!(!page(&ada.pages, "/it").await.contains("href=\"/it/desk\""));
        ada.pages.get(DESK).await.expect(403);
        let led = city.visitor().get(DESK).await.expect(303);
        assert!(led.location().starts_with("/it/sign-in"));
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        let home = page(&moderator.pages, DESK).await;
        assert!(home.contains("href=\"/it/desk\"") && home.contains("Ultime proposte"));
        assert!(!home.contains(NEW) && !home.contains(ROLES));
        let edit = format!("/it/desk/consultations/{}", given::SLUG);
        for path in [NEW, &edit, ROLES] {
            moderator.pages.get(path).await.expect(403);
            tests::form::forge(&moderator.pages, "/it", path, &[]).await.expect(403);
        }
        let asleep = holder(city, "assonnata", Role::Editor, None, None).await;
        let led = asleep.pages.get(DESK).await.expect(303);
        assert_eq!(led.location(), "/it/second-factor?return=%2Fit%2Fdesk");
    })
    .await;
}

/// What a person's program may do with its session at once: nothing, or see the desk.
async fn sees_the_desk(person: &Person) -> u16 {
    person.pages.get(DESK).await.status.as_u16()
}

#[tokio::test]
async fn a_role_is_given_to_an_address_after_the_second_factor_and_taken_away_at_once() {
    city::with(async |city| {
        let boss = holder(city, "capo", Role::Administrator, None, None).await;
        let pages = &boss.pages;
        // Without a second factor the page leads to setting one up, and then back.
        let led = pages.get(ROLES).await.expect(303);
        assert_eq!(led.location(), "/it/second-factor?return=%2Fit%2Fdesk%2Froles");
        let setup = "/it/second-factor/setup";
        super::me::send(pages, setup, setup, &[]).await.expect(303);
        let shown = page(pages, setup).await;
        let secret = shown.split("arengo-secret\">").nth(1).expect("a secret");
        let secret = secret.split('<').next().unwrap_or_default().replace(' ', "");
        let now = || code(&secret, city.city.clock.now().ms());
        let fields = [("code", now()), ("return", ROLES.to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let back = super::me::send(pages, setup, setup, &fields).await.expect(303);
        assert_eq!(back.location(), ROLES);

        let ada = citizen(city, "ada").await;
        let (yesterday, tomorrow) = (day(city, -1), day(city, 1));
        let give = [
            ("holder_email", "ada@example.org"),
            ("role", "editor"),
            ("consultation", ""),
        ];
        let with = |until: &'static str, day: &str| {
            let mut fields: Vec<(&str, String)> = give.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
            fields.push((until, day.to_owned()));
            fields
        };
        let refused = post(pages, &with("until", &yesterday)).await.expect(422).text();
        assert!(refused.contains("value=\"ada@example.org\"") && refused.contains("href=\"#until\""));
        assert!(
            post(pages, &[("role", "editor".to_owned())])
                .await
                .expect(422)
                .text()
                .contains("href=\"#holder_email\"")
        );
        assert_eq!(sees_the_desk(&ada).await, 403);
        // Later than the administrator's own role, so that it stands before it in the list.
        city.advance_ms(1);
        let done = post(pages, &with("until", &tomorrow)).await.expect(303);
        assert_eq!(done.location(), "/it/desk/roles?done=role-given");
        assert_eq!(
            sees_the_desk(&ada).await,
            303,
            "the role is there and wants its second factor"
        );

        // After five minutes the code is asked again, and leads back with all but the address.
        city.advance_ms(SECOND_FACTOR_FRESH_MS + MINUTE_MS);
        assert!(page(pages, ROLES).await.contains("negli ultimi cinque minuti"));
        let list = pages.get(ROLES).await.expect(200).text();
        let revoke = list
            .split("action=\"")
            .filter_map(|rest| rest.split('"').next())
            .find(|action| action.ends_with("/revoke"))
            .expect("a role to take")
            .to_owned();
        assert!(list.contains("ada@example.org"), "the last given comes first");
        let led = super::me::send(pages, ROLES, &revoke, &[]).await.expect(303);
        assert!(led.location().starts_with("/it/second-factor?return="), "{led}");
        let led = super::me::send(pages, ROLES, ROLES, &give).await.expect(303);
        assert_eq!(
            led.location(),
            "/it/second-factor?return=%2Fit%2Fdesk%2Froles%3Frole%3Deditor"
        );
        let factor = "/it/second-factor";
        super::me::send(pages, factor, factor, &[("code", &now())])
            .await
            .expect(303);
        super::me::send(pages, ROLES, &revoke, &[]).await.expect(303);
        assert_eq!(sees_the_desk(&ada).await, 403, "with the next request");
        // Somebody who never came is given one too.
        let stranger = [
            ("holder_email", "nuova@example.org".to_owned()),
            ("role", "moderator".to_owned()),
        ];
        post(pages, &stranger).await.expect(303);
        let nuova = citizen(city, "nuova").await;
        assert_eq!(sees_the_desk(&nuova).await, 303);
    })
    .await;
}

async fn post(pages: &Client, fields: &[(&str, String)]) -> tests::http::Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    super::me::send(pages, ROLES, ROLES, &fields).await
}

#[tokio::test]
async fn a_consultation_changes_over_rest_and_graphql_as_on_the_desk() {
    city::with(async |city| {
        let id = given::consultation(city).await;
        let ada = citizen(city, "ada").await;
        given::proposal(city, &ada, id, "Piste ciclabili sicure").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let at = format!("/api/v1/consultations/{id}");
        let shown = editor.api.get_json(&at).await.expect(200);
        let tag = shown.header("etag").to_owned();
        let patch = async |person: &Person, body: serde_json::Value, tag: &str| {
            let request = person.api.request(http::Method::PATCH, &at);
            let request = request.header("content-type", "application/merge-patch+json");
            let request = request.header("if-match", tag).body(body.to_string().into());
            person.api.send(request.expect("a patch")).await
        };
        let title = json!({ "title": { "it": "Milano dopodomani", "en": "Milan after tomorrow" } });
        patch(&ada, title.clone(), &tag).await.expect(403);
        let changed = patch(&editor, title.clone(), &tag).await.expect(200).json();
        assert_eq!(changed["title"], "Milano dopodomani");
        assert_eq!(changed["themes"].as_array().map(Vec::len), Some(2), "what is left out stays");
        patch(&editor, title, &tag).await.expect(412);
        let none = patch(&editor, json!({ "themes": [] }), "*").await.expect(409).json();
        assert_eq!(none["code"], "theme_in_use");
        let districts = json!({ "districts": [{ "kind": "district", "code": "1", "name": { "it": "Centro", "en": "Centre" } },
            { "kind": "district", "code": "1", "name": { "it": "Altro", "en": "Other" } }] });
        assert_eq!(patch(&editor, districts, "*").await.expect(422).json()["code"], "invalid");
        let document = "mutation($id: ID!) { consultationChange(id: $id, input: { districts: [
            { kind: DISTRICT, code: \"2\", name: { it: \"Centro\", en: \"Centre\" } },
            { kind: QUARTER, code: \"7\", name: { it: \"Brera\", en: \"Brera\" } } ] })
            { consultation { title version } } }";
        let done = editor.api.graphql(document, json!({ "id": id.to_string() })).await.expect(200).json();
        assert_eq!(done["data"]["consultationChange"]["consultation"]["title"], "Milano dopodomani", "{done}");
        let page = page_by_slug(&city.city.system(), given::SLUG).await.expect("read");
        let codes: Vec<&str> = page.districts.iter().map(|district| district.code.as_str()).collect();
        assert_eq!(codes, ["2", "7"]);
        assert_eq!(page.districts[0].name.get(civic::language::Language::It), "Centro");
    })
    .await;
}
