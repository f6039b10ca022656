//! The pages of calls for everybody: the list, the terms, the rule in words for either kind, and its calculator, which
//! works by its address and gives back what was typed wrongly.

use civic::match_rule::MatchRule;
use tests::calls::{WINDOW_MS, euros, published, terms};
use tests::city::{self, TestCity};
use tests::http::Client;
use tests::outline::Outline;
use tests::snapshot;

use super::me::page;

const CALL: &str = "/it/calls/quartieri-2027";

/// 0.60 EUR for each EUR, up to 500 of a gift, 1,000 of a donor and 40,000 of a project; no threshold.
const EACH: &str = r#"{"kind":"per_donation","version":1,"rate_ppm":600000,"threshold_ppm":0,
    "cap_per_donation_minor":50000,"cap_per_donor_minor":100000,"cap_per_project_minor":4000000}"#;

/// What the calculator says to a query, without the spaces that do not break.
async fn reckoned(pages: &Client, query: &str) -> String {
    let html = page(pages, &format!("{CALL}?{query}")).await.replace('\u{a0}', " ");
    let (_, from) = html.split_once("id=\"calculator\"").expect("the calculator");
    from.split("</details>").next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_pages_of_calls_are_heard_as_they_were_reviewed_in_both_languages() {
    city::with(async |city| {
        published(city, terms(city)).await;
        let visitor = city.visitor();
        for language in ["it", "en"] {
            for (name, path) in [("calls", "/calls"), ("call", "/calls/quartieri-2027")] {
                let html = page(&visitor, &format!("/{language}{path}")).await;
                let outline = Outline::of(&html);
                assert_eq!(outline.problems, Vec::<String>::new(), "{language} {name}");
                snapshot::matches(&format!("page_{name}_{language}"), &outline.text);
            }
        }
        let home = page(&visitor, "/it").await;
        assert!(
            home.contains("Bandi aperti ai progetti") && home.contains(CALL),
            "{home}"
        );
        let listed = page(&visitor, "/it/calls").await;
        assert!(listed.contains("id=\"standing-open\"") && listed.contains("Si chiude"));
        city.advance_ms(WINDOW_MS);
        let listed = page(&visitor, "/it/calls").await;
        assert!(listed.contains("id=\"standing-assessing\"") && !listed.contains("id=\"standing-open\""));
        assert!(!page(&visitor, "/it").await.contains("Bandi aperti ai progetti"));
        let closed = page(&visitor, CALL).await;
        assert!(!closed.contains("/apply") && closed.contains("Il tempo per presentare progetti è finito"));
    })
    .await;
}

#[tokio::test]
async fn the_rule_is_told_in_words_and_only_as_far_as_it_can_bind() {
    city::with(async |city| {
        let visitor = city.visitor();
        published(city, terms(city)).await;
        let text = page(&visitor, CALL).await.replace('\u{a0}', " ");
        assert!(
            text.contains("Il Comune copre il 60% del costo del progetto."),
            "{text}"
        );
        assert!(
            !text.contains("fino a 60.000 €"),
            "the cap of the dearest project binds nobody"
        );
        assert!(
            text.contains("almeno il 40% del costo") && text.contains("dal Comune resta uguale")
                || text.contains("la parte del Comune resta uguale")
        );
        let mut capped = terms(city);
        capped.slug = "con-tetto".to_owned();
        capped.cost_max = euros(200_000);
        published(city, capped).await;
        let text = page(&visitor, "/it/calls/con-tetto").await.replace('\u{a0}', " ");
        assert!(text.contains("60% del costo del progetto, fino a 60.000 €"), "{text}");
        let mut each = terms(city);
        each.slug = "ogni-dono".to_owned();
        each.rule = MatchRule::parse(EACH).expect("a rule");
        published(city, each).await;
        let text = page(&visitor, "/it/calls/ogni-dono").await.replace('\u{a0}', " ");
        for said in [
            "per 100 €, 60 €",
            "singola donazione contano al massimo 500 €",
            "stessa persona allo stesso progetto contano al massimo 1.000 €",
            "donazioni a un progetto contano al massimo 40.000 €",
            "Non c’è una cifra minima",
        ] {
            assert!(text.contains(said), "{said} is not in {text}");
        }
    })
    .await;
}

async fn each_call(city: &TestCity) {
    let mut new = terms(city);
    new.rule = MatchRule::parse(EACH).expect("a rule");
    published(city, new).await;
}

#[tokio::test]
async fn the_calculator_reckons_as_the_rule_says_and_promises_nothing() {
    city::with(async |city| {
        published(city, terms(city)).await;
        let visitor = city.visitor();
        // Ri-Porta Vittoria: 62,500 are 25,000 of the crowd and 37,500 of the city.
        let told = reckoned(&visitor, "cost=62.500&raised=12.400&gift=20").await;
        for said in [
            "Per un progetto da 62.500 € le persone devono donare almeno 25.000 €.",
            "Se arrivano a 25.000 €, il Comune aggiunge 37.500 €.",
            "Con 12.400 € donati mancano 12.600 €",
            "Una donazione in più di 20 € non cambia",
            "È un calcolo, non una promessa",
        ] {
            assert!(told.contains(said), "{said} is not in {told}");
        }
        assert!(told.contains("value=\"62.500\"") && told.contains("value=\"12.400\""));
        let over = reckoned(&visitor, "cost=62500,00&raised=25000").await;
        assert!(
            over.contains("il Comune aggiunge 37.500 €: in tutto 62.500 €"),
            "{over}"
        );
        let small = reckoned(&visitor, "cost=1000").await;
        assert!(
            small.contains("questo bando ammette progetti da 20.000 € a 100.000 €"),
            "{small}"
        );
        let english = page(&visitor, "/en/calls/quartieri-2027?cost=62,500.00").await;
        assert!(english.contains("people must give at least €25,000"), "{english}");
    })
    .await;
}

#[tokio::test]
async fn where_each_gift_is_matched_the_calculator_says_what_one_can_bring() {
    city::with(async |city| {
        each_call(city).await;
        let visitor = city.visitor();
        let told = reckoned(&visitor, "gift=20").await;
        assert!(
            told.contains("A una donazione di 20 € il Comune aggiunge al massimo 12 €"),
            "{told}"
        );
        assert!(told.contains("Calcolo per un progetto da 100.000 €"), "{told}");
        let capped = reckoned(&visitor, "gift=2000&cost=50000").await;
        assert!(capped.contains("aggiunge al massimo 300 €"), "{capped}");
        let full = reckoned(&visitor, "gift=20&cost=50000&raised=50000").await;
        assert!(full.contains("Una donazione in più di 20 € non cambia"), "{full}");
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_wrongly_into_the_calculator_stands_there_again_with_what_to_correct() {
    city::with(async |city| {
        published(city, terms(city)).await;
        let visitor = city.visitor();
        for (query, typed) in [
            ("cost=molto", "molto"),
            ("cost=-5", "-5"),
            ("cost=1,2,3", "1,2,3"),
            ("cost=0", "0"),
            ("cost=9999999999999999999", "9999999999999999999"),
            ("cost=50000&gift=%3Cb%3E", "&#60;b&#62;"),
        ] {
            let told = reckoned(&visitor, query).await;
            assert!(
                told.contains("role=\"alert\"") && told.contains("arengo-wrong"),
                "{query}: {told}"
            );
            assert!(told.contains(&format!("value=\"{typed}\"")), "{query}: {told}");
            assert!(!told.contains("role=\"status\""), "{query}: nothing is reckoned");
        }
        let empty = reckoned(&visitor, "raised=100").await;
        assert!(
            empty.contains("href=\"#cost\"") && empty.contains("value=\"100\""),
            "{empty}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_seen_by_those_who_keep_calls_and_by_nobody_else() {
    city::with(async |city| {
        let mut new = terms(city);
        new.slug = "bozza".to_owned();
        civic::call::write::open(&city.city.system(), new)
            .await
            .expect("opened");
        city.visitor().get("/it/calls/bozza").await.expect(404);
        let editor = tests::person::staff(city, "redattrice", civic::actor::Role::Editor).await;
        let seen = page(&editor.pages, "/it/calls/bozza").await;
        assert!(
            seen.contains("Questa è una bozza") && seen.contains("/it/desk/calls/bozza"),
            "{seen}"
        );
        assert!(!page(&city.visitor(), "/it/calls").await.contains("bozza"));
    })
    .await;
}
