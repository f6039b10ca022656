//! Giving through the pages, without scripts: from the list to the provider's page and back, once whatever is pressed twice,
//! with everything that was typed given back when something is wrong.

use civic::actor::Role;
use civic::donation::read;
use civic::id::{DonationId, TypedId};
use civic::payment::Method;
use tests::calls::terms;
use tests::campaigns::{fund, open};
use tests::city;
use tests::form::{keys, send, submit};
use tests::http::Answer;
use tests::person::{citizen, staff};

/// The gift that an answer leads to.
fn led_to(answer: &Answer) -> DonationId {
    let path = answer.location().strip_prefix("/it/donations/").expect("a gift's page");
    DonationId::read(path.split('?').next().unwrap_or_default()).expect("an id")
}

const TYPED: &[(&str, &str)] = &[
    ("amount", "5000"),
    ("email", "anna@example.org"),
    ("name_shown", "Anna B."),
    ("way", "online"),
    ("terms", "1"),
];

#[tokio::test]
async fn a_visitor_gives_pays_and_comes_back_to_a_page_that_knows_the_truth() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let visitor = city.visitor();
        let list = visitor.get("/it/campaigns").await.expect(200).text();
        assert!(list.contains("Progetto 0"), "{list}");
        let page = visitor.get(&format!("/it/campaigns/{}-progetto-0", campaigns[0])).await;
        let page = page.expect(200).text();
        for said in ["25.000\u{a0}€", "il Comune aggiunge 37.500\u{a0}€", "/give"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let give = format!("/it/campaigns/{}/give", campaigns[0]);
        let led = submit(&visitor, &give, &give, TYPED).await.expect(303);
        let id = led_to(&led);
        let pay = visitor.get(led.location()).await.expect(200);
        assert_eq!(pay.header("refresh"), format!("0; url=https://pay.example.org/{id}"));
        assert!(pay.text().contains(&format!("href=\"https://pay.example.org/{id}\"")));

        city.payments.paid(id, Method::Card, city.city.clock.now());
        city.advance_ms(civic::limits::PAYMENT_BACK_MS);
        let back = led.location().replace("&pay=1", "");
        let back = visitor.get(&back).await.expect(200).text();
        assert!(back.contains("Grazie, la donazione è arrivata"), "{back}");
        let public = visitor.get(&format!("/it/campaigns/{}/donations", campaigns[0])).await;
        let public = public.expect(200).text();
        assert!(public.contains("Anna B.") && public.contains("50\u{a0}€"), "{public}");
        assert!(!public.contains("anna@example.org"));
        visitor.get(&format!("/it/donations/{id}")).await.expect(404);
        visitor
            .get(&format!("/it/donations/{id}?proof=guessed"))
            .await
            .expect(404);
    })
    .await;
}

#[tokio::test]
async fn one_form_is_one_gift_and_what_is_wrong_is_told_beside_what_was_typed() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let visitor = city.visitor();
        let give = format!("/it/campaigns/{}/give", campaigns[0]);
        let hidden = keys(&visitor, &give).await;
        let first = led_to(&send(&visitor, &give, &hidden, TYPED).await.expect(303));
        let again = led_to(&send(&visitor, &give, &hidden, TYPED).await.expect(303));
        assert_eq!(first, again, "pressed twice");

        let wrong = [
            ("amount", "5000"),
            ("amount_minor", "0,10"),
            ("email", "no address"),
            ("name_shown", "Anna <b>B.</b>"),
            ("way", "online"),
        ];
        let refused = submit(&visitor, &give, &give, &wrong).await.expect(422).text();
        for said in [
            "value=\"0,10\"",
            "value=\"no address\"",
            "href=\"#terms\"",
            "href=\"#amount_minor\"",
        ] {
            assert!(refused.contains(said), "{said}: {refused}");
        }
        assert!(!refused.contains("<b>B."), "what is typed stays text");
    })
    .await;
}

#[tokio::test]
async fn a_transfer_is_told_what_to_write_and_a_member_finds_their_gifts_again() {
    city::with(async |city| {
        let editor = staff(city, "redattrice", Role::Editor).await;
        let trees = fund(city, &editor).await;
        let ada = citizen(city, "ada").await;
        let give = format!("/it/campaigns/{trees}/give");
        let typed = [("amount_minor", "60"), ("way", "bank_transfer"), ("terms", "1")];
        let led = submit(&ada.pages, &give, &give, &typed).await.expect(303);
        let id = led_to(&led);
        let page = ada.pages.get(&format!("/it/donations/{id}")).await.expect(200).text();
        let found = read::page(&city.city.system(), id, None).await.expect("read");
        let code = found.card.reference_code.expect("a code");
        for said in ["IT60X0542811101000000123456", code.as_str(), "60\u{a0}€"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let mine = ada.pages.get("/it/me/donations").await.expect(200).text();
        assert!(
            mine.contains(&format!("/it/donations/{id}")) && mine.contains("Da pagare"),
            "{mine}"
        );
    })
    .await;
}
