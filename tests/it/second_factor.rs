//! The second factor as a moderator meets it: setting it up, giving it on the way to an act, wrong codes, the pause.

use civic::actor::{Role, Within};
use civic::member::{self, NewGrant};
use civic::time::{HOUR_MS, MINUTE_MS};
use tests::city::{self, TestCity};
use tests::person::{self, Person};
use tests::{given, http::Client};

use super::me::{page, send};

const SETUP: &str = "/it/second-factor/setup";
/// Longer than one code lasts, in milliseconds.
const NEXT_CODE_MS: i64 = MINUTE_MS;

/// A citizen who was just given a role and has no second factor yet.
async fn promoted(city: &TestCity) -> Person {
    let person = person::citizen(city, "nuova").await;
    let grant = NewGrant {
        member: person.id,
        role: Role::Moderator,
        within: Within::City,
        until: None,
    };
    member::write::grant_role(&city.city.system(), grant)
        .await
        .expect("given");
    person
}

/// The secret that the page shows for typing.
async fn secret(pages: &Client) -> String {
    let shown = page(pages, SETUP).await;
    assert!(shown.contains("<svg") && !shown.contains("<?xml"), "{shown}");
    let (_, rest) = shown.split_once("arengo-secret\">").expect("a secret");
    rest.split('<').next().unwrap_or_default().replace(' ', "")
}

#[tokio::test]
async fn a_new_moderator_sets_it_up_and_acts() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Parole da togliere").await;
        let person = promoted(city).await;
        let pages = &person.pages;
        assert!(page(pages, "/it/me").await.contains("secondo fattore"));
        let led = pages.get("/it/second-factor?return=/it/proposals").await.expect(303);
        assert_eq!(led.location(), "/it/second-factor/setup?return=%2Fit%2Fproposals");
        // Looking makes no secret; the button does, and looking again shows the same.
        assert!(!page(pages, SETUP).await.contains("arengo-secret"));
        send(pages, SETUP, SETUP, &[("return", "")]).await.expect(303);
        let shared = secret(pages).await;
        assert_eq!(secret(pages).await, shared);
        let refused = send(pages, SETUP, SETUP, &[("code", "000000"), ("return", "/it/proposals")]).await;
        let refused = refused.expect(422).text();
        assert!(refused.contains("cambia ogni trenta secondi") && refused.contains("value=\"/it/proposals\""));
        assert_eq!(secret(pages).await, shared);
        let before = pages.cookie("__Host-session");
        let code = person::code(&shared, city.city.clock.now().ms());
        let fields = [("code", code.as_str()), ("return", "/it/proposals")];
        let done = send(pages, SETUP, SETUP, &fields).await.expect(303);
        assert_eq!(done.location(), "/it/proposals");
        assert_ne!(pages.cookie("__Host-session"), before);
        let hide = format!("/it/proposals/{proposal}/act/hide");
        let hidden = send(pages, &hide, &hide, &[("reason", "Fuori tema")]).await;
        assert_eq!(hidden.status.as_u16(), 303, "{hidden}");
    })
    .await;
}

#[tokio::test]
async fn giving_it_again_leads_back_and_five_wrong_codes_make_a_pause() {
    city::with(async |city| {
        let person = promoted(city).await;
        let pages = &person.pages;
        send(pages, SETUP, SETUP, &[]).await.expect(303);
        let shared = secret(pages).await;
        let code = person::code(&shared, city.city.clock.now().ms());
        send(pages, SETUP, SETUP, &[("code", &code)]).await.expect(303);
        // A working day later the role sleeps.
        city.advance_ms(9 * HOUR_MS);
        assert!(page(pages, "/it").await.contains("/it/second-factor?return="));
        let give = "/it/second-factor?return=/it/proposals";
        let again = [("code", code.as_str()), ("return", "/it/proposals")];
        send(pages, give, "/it/second-factor", &again).await.expect(422);
        let code = person::code(&shared, city.city.clock.now().ms());
        let fresh = [("code", code.as_str()), ("return", "/it/proposals")];
        let done = send(pages, give, "/it/second-factor", &fresh).await.expect(303);
        assert_eq!(done.location(), "/it/proposals");
        city.advance_ms(NEXT_CODE_MS);
        let mut last = 0;
        for wrong in 0..7 {
            let typed = format!("00000{wrong}");
            last = send(pages, give, "/it/second-factor", &[("code", typed.as_str())])
                .await
                .status
                .as_u16();
        }
        assert_eq!(last, 429);
        let code = person::code(&shared, city.city.clock.now().ms());
        let paused = send(pages, give, "/it/second-factor", &[("code", code.as_str())])
            .await
            .expect(429);
        assert!(
            paused.text().contains("Riprova tra") && !paused.header("retry-after").is_empty(),
            "{paused}"
        );
        city.advance_ms(16 * MINUTE_MS);
        let code = person::code(&shared, city.city.clock.now().ms());
        let done = send(pages, give, "/it/second-factor", &[("code", code.as_str())])
            .await
            .expect(303);
        assert_eq!(done.location(), "/it/me?done=second-factor");
    })
    .await;
}

#[tokio::test]
async fn a_token_for_a_role_asks_for_it_and_comes_back_with_what_was_typed() {
    city::with(async |city| {
        let person = promoted(city).await;
        let tokens = "/it/me/tokens";
        let fields = [("token_name", "Turni"), ("scopes", "staff"), ("days", "7")];
        let led = send(&person.pages, tokens, tokens, &fields).await.expect(303);
        let (_, back) = led.location().split_once("return=").expect("a way back");
        let back: Vec<(String, String)> = serde_urlencoded::from_str(&format!("to={back}")).expect("decoded");
        let form = page(&person.pages, &back[0].1).await;
        assert!(
            form.contains("value=\"Turni\"") && form.contains("value=\"staff\" checked"),
            "{form}"
        );
    })
    .await;
}
