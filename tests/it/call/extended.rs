//! The end of a call's window becomes later by a reasoned act, never earlier, and everybody reads why; its terms are read
//! back in both languages, and it is found by its id alone.

use civic::actor::Role;
use civic::application::write as applications;
use civic::call::read::page_by_slug;
use civic::call::write::extend;
use civic::error::{Code, Error};
use civic::language::Localised;
use civic::limits::EXTENSIONS_PER_CALL;
use civic::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use http::Method;
use serde_json::json;
use tests::calls::{WINDOW_MS, handed_in, published, terms, whole};
use tests::city;
use tests::form::submit;
use tests::person::{citizen, staff};
use tests::rows;

use super::super::me::page;

fn why() -> Localised {
    Localised::both("Il sito era fermo.", "The site was down.")
}

#[tokio::test]
async fn a_window_is_extended_for_a_reason_and_never_made_shorter() {
    city::with(async |city| {
        let new = terms(city);
        let (closes, call) = (new.closes_at, published(city, new).await);
        let system = || city.city.system();
        let ada = citizen(city, "ada").await;
        let denied = extend(&ada.cx(city).await, call, closes.plus_ms(HOUR_MS), why()).await;
        assert_eq!(denied, Err(Error::Denied(Code::NotAllowed)));
        let far = city
            .city
            .settings
            .zone
            .parse_local("2027-02-01T00:01")
            .expect("a minute");
        for at in [closes, closes.plus_ms(-MINUTE_MS), far] {
            let refused = extend(&system(), call, at, why()).await;
            assert_eq!(refused, Err(Error::field("closes_at", Code::OutOfRange)));
        }
        let odd = extend(&system(), call, closes.plus_ms(1), why()).await;
        assert_eq!(odd, Err(Error::field("closes_at", Code::Malformed)));
        let silent = extend(&system(), call, closes.plus_ms(HOUR_MS), Localised::same(" ")).await;
        assert_eq!(silent, Err(Error::field("reason", Code::Empty)));
        extend(&system(), call, closes.plus_ms(HOUR_MS), why())
            .await
            .expect("extended");
        city.advance_ms(WINDOW_MS + MINUTE_MS);
        handed_in(city, &ada, call, whole("Orto urbano", 30_000)).await;
        for number in 2..=EXTENSIONS_PER_CALL {
            let later = closes.plus_ms(HOUR_MS * i64::try_from(number).expect("few"));
            extend(&system(), call, later, why()).await.expect("extended again");
        }
        let often = extend(&system(), call, closes.plus_ms(DAY_MS), why()).await;
        assert_eq!(often, Err(Error::Conflict(Code::TooManyChanges)));
        city.advance_ms(DAY_MS);
        let late = extend(&system(), call, closes.plus_ms(2 * DAY_MS), why()).await;
        assert_eq!(late, Err(Error::Conflict(Code::TooLate)));
        let over = applications::begin(&ada.cx(city).await, call, whole("Orto urbano", 30_000)).await;
        assert_eq!(over, Err(Error::Conflict(Code::TooLate)));
        let noted = "select count(*) from audit where act = 'call_extend'";
        let times = i64::try_from(EXTENSIONS_PER_CALL).expect("few");
        assert_eq!(rows::number(city, noted).await, times);
    })
    .await;
}

#[tokio::test]
async fn an_editor_extends_a_window_by_its_page_and_everybody_reads_why() {
    city::with(async |city| {
        let call = published(city, terms(city)).await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let list = page(&editor.pages, "/it/desk/calls/quartieri-2027/applications").await;
        let act = "/it/desk/calls/quartieri-2027/act/extend";
        assert!(list.contains(act), "{list}");
        let typed = |at: &'static str| {
            [
                ("closes_at", at),
                ("extension_reason_it", "Il sito era <b>fermo</b>."),
                ("extension_reason_en", ""),
            ]
        };
        for wrong in ["", "domani", "2020-01-01T12:00"] {
            let back = submit(&editor.pages, act, act, &typed(wrong)).await.expect(422).text();
            assert!(back.contains("href=\"#closes_at\""), "{back}");
            assert!(
                back.contains("Il sito era &#60;b&#62;fermo&#60;/b&#62;.</textarea>"),
                "{back}"
            );
        }
        submit(&editor.pages, act, act, &typed("2027-01-20T12:00"))
            .await
            .expect(303);
        let told = page(&city.visitor(), "/it/calls/quartieri-2027").await;
        assert!(
            told.contains("Il termine è stato prolungato") && told.contains("20 gennaio 2027, ore 12:00"),
            "{told}"
        );
        assert!(!told.contains("<b>fermo"), "{told}");
        let json = city
            .visitor()
            .get_json(&format!("/api/v1/calls/{call}"))
            .await
            .expect(200)
            .json();
        assert_eq!(json["extensions"].as_array().map(Vec::len), Some(1));
        assert_eq!(json["extensions"][0]["closes_at"], json["closes_at"]);
    })
    .await;
}

#[tokio::test]
async fn terms_are_read_back_in_both_languages_and_sent_again_as_they_are() {
    city::with(async |city| {
        let call = civic::call::write::open(&city.city.system(), terms(city))
            .await
            .expect("opened");
        let editor = staff(city, "redattrice", Role::Editor).await;
        let at = format!("/api/v1/calls/{call}/terms");
        city.visitor().get_json(&at).await.expect(404);
        let read = editor.api.get_json(&at).await.expect(200);
        let mut body = read.json();
        assert_eq!(
            body["title"],
            json!({"it": "Progetti per i quartieri", "en": "Projects for the quarters"})
        );
        assert_eq!(body["criteria"][1]["name"]["en"], "Plan");
        let fields = body.as_object_mut().expect("an object");
        fields.remove("version");
        let rule = fields
            .get_mut("rule")
            .and_then(|rule| rule.as_object_mut())
            .expect("a rule");
        rule.remove("rule_version");
        let sent = editor
            .api
            .send_json(Method::PUT, &format!("/api/v1/calls/{call}"), &body)
            .await;
        sent.expect(200);
        let again = editor.api.get_json(&at).await.expect(200).json();
        assert_eq!(again["title"], body["title"]);
        let asked = "query($id: ID!) { callTerms(id: $id) { title { it en } rounds { firstDay } } }";
        let told = editor
            .api
            .graphql(asked, json!({ "id": call.to_string() }))
            .await
            .json();
        assert_eq!(
            told["data"]["callTerms"]["title"]["en"], "Projects for the quarters",
            "{told}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_call_and_an_application_are_found_by_their_id_alone() {
    city::with(async |city| {
        let call = published(city, terms(city)).await;
        let ada = citizen(city, "ada").await;
        let application = handed_in(city, &ada, call, whole("Orto urbano", 30_000)).await;
        let asked =
            "query($id: ID!) { node(id: $id) { id __typename ... on Call { slug } ... on Application { title } } }";
        let node = async |client: &tests::http::Client, id: String| {
            client.graphql(asked, json!({ "id": id })).await.json()["data"]["node"].clone()
        };
        let found = node(&city.visitor(), call.to_string()).await;
        assert_eq!(
            found,
            json!({"id": call.to_string(), "__typename": "Call", "slug": "quartieri-2027"})
        );
        let own = node(&ada.api, application.to_string()).await;
        assert_eq!(own["title"], "Orto urbano");
        assert!(node(&city.visitor(), application.to_string()).await.is_null());
        assert!(page_by_slug(&city.city.system(), "quartieri-2027").await.is_ok());
    })
    .await;
}
