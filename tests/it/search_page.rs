//! Searching through the page, without a script.

use civic::actor::Role;
use civic::moderation::{self, Subject};
use tests::browser::Browser;
use tests::http::Client;
use tests::outline::Outline;
use tests::outside::without;
use tests::{city, given, person};

async fn found(pages: &Client, query: &str) -> String {
    let answer = pages.get(&format!("/it/search?{query}")).await.expect(200);
    let outline = Outline::of(&answer.text());
    assert!(outline.problems.is_empty(), "{query}: {:#?}", outline.problems);
    let page = answer.text();
    let (_, results) = page.split_once("id=\"results\"").expect("a region of results");
    results.split("</main>").next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_misspelt_word_or_one_without_accents_or_half_typed_finds_what_was_meant() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        given::proposal(city, &author, consultation, "Più fontanelle in città").await;
        given::proposal(city, &author, consultation, "Alberi nei cortili").await;
        city.settle().await;
        let pages = city.visitor();
        let shown = found(&pages, "q=fontanele").await;
        assert!(shown.contains("Più <mark>fontanelle</mark> in città"), "{shown}");
        assert!(!shown.contains("Alberi nei cortili"), "{shown}");
        let shown = found(&pages, "q=citta").await;
        assert!(shown.contains("<mark>città</mark>"), "{shown}");
        let shown = found(&pages, "q=corti&typing=1").await;
        assert!(shown.contains("Alberi nei"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn tabs_and_filters_tell_their_numbers_and_keep_each_other() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Tram fino a notte").await;
        given::comment(city, &author, proposal, "Un tram ogni mezz'ora basta.").await;
        given::comment(city, &author, proposal, "Il tram costa.").await;
        city.settle().await;
        let pages = city.visitor();
        let all = found(&pages, "q=tram").await;
        let number = |shown: &str, tab: &str| {
            let (_, rest) = shown
                .split_once(&format!(">{tab} <span class=\"arengo-number\">"))
                .expect("the tab");
            rest.split('<').next().unwrap_or_default().to_owned()
        };
        assert_eq!(number(&all, "Tutto"), "3");
        let comments = found(&pages, "q=tram&kind=comment").await;
        for (tab, wanted) in [("Tutto", "3"), ("Proposte", "1"), ("Commenti", "2")] {
            assert_eq!(number(&comments, tab), wanted, "{comments}");
        }
        assert!(comments.contains("2 risultati"), "{comments}");
        let within = found(&pages, &format!("q=tram&consultation={}&stance=for", given::SLUG)).await;
        assert!(
            within.contains("2 risultati") && within.contains("(togli questo filtro)"),
            "{within}"
        );
        pages.get("/it/search?q=tram&consultation=altrove").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn what_is_hidden_or_withdrawn_is_not_shown_though_the_index_still_has_it() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let moderator = person::staff(city, "moderatore", Role::Moderator).await;
        let mut proposals = Vec::new();
        for title in ["Fontane nascoste", "Fontane ritirate", "Fontane rimaste"] {
            proposals.push(given::proposal(city, &author, consultation, title).await);
        }
        let comment = given::comment(city, &author, proposals[2], "Le fontane indecenti").await;
        city.settle().await;
        let pages = city.visitor();
        assert!(found(&pages, "q=fontane").await.contains("4 risultati"));
        let staff = moderator.cx(city).await;
        for subject in [Subject::Proposal(proposals[0]), Subject::Comment(comment)] {
            moderation::write::hide(&staff, subject, "Non va bene")
                .await
                .expect("hidden");
        }
        civic::proposal::write::withdraw(&author.cx(city).await, proposals[1], "Ho cambiato idea")
            .await
            .expect("withdrawn");
        // Nothing is settled: the index knows of none of this.
        for pages in [&pages, &author.pages, &moderator.pages] {
            let shown = found(pages, "q=fontane").await;
            for gone in ["nascoste", "ritirate", "indecenti"] {
                assert!(!shown.contains(gone), "{gone} in {shown}");
            }
            assert!(shown.contains("rimaste") && shown.contains("1 risultato"), "{shown}");
        }
    })
    .await;
}

#[tokio::test]
async fn hostile_words_and_texts_stay_words_where_they_are_marked() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let title = "<img src=x onerror=alert(1)> panchine";
        let proposal = given::proposal(city, &author, consultation, title).await;
        given::comment(
            city,
            &author,
            proposal,
            "panchine <script>alert(1)</script> e <mark>ombra</mark>",
        )
        .await;
        city.settle().await;
        let query = "q=panchine+%3Cscript%3Ealert%281%29%3C%2Fscript%3E&kind=%22%3E%3Cb%3E";
        let answer = city.visitor().get(&format!("/it/search?{query}")).await.expect(200);
        let page = answer.text();
        assert!(page.contains("<mark>panchine</mark>"), "{page}");
        for hostile in ["<script>alert", "<img src=x", "<b>", "<mark>ombra"] {
            assert!(!page.contains(hostile), "{hostile} in {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_asked_and_nothing_found_each_say_what_to_do() {
    city::with(async |city| {
        given::consultation(city).await;
        city.settle().await;
        let pages = city.visitor();
        let empty = found(&pages, "q=").await;
        assert!(empty.contains("Che cosa puoi cercare"), "{empty}");
        let nothing = found(&pages, "q=zzzyx&kind=proposal&after=9999999").await;
        assert!(
            nothing.contains("Non abbiamo trovato niente") && nothing.contains("cerca senza filtri"),
            "{nothing}"
        );
    })
    .await;
}

#[tokio::test]
async fn results_go_on_from_page_to_page() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        for writer in ["prima", "seconda"] {
            let writer = person::citizen(city, writer).await;
            for number in 0..13 {
                let title = format!("Rastrelliera numero {number} di {}", writer.email.len());
                given::proposal(city, &writer, consultation, &title).await;
            }
        }
        city.settle().await;
        let pages = city.visitor();
        let first = found(&pages, "q=rastrelliera").await;
        assert_eq!(first.matches("<li><article>").count(), 20, "{first}");
        assert!(first.contains("26 risultati") && first.contains("after=20"), "{first}");
        let second = found(&pages, "q=rastrelliera&after=20").await;
        assert_eq!(second.matches("<li><article>").count(), 6, "{second}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_come_while_typing_and_nothing_else_moves() {
    if without("browser") {
        return;
    }
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        given::proposal(city, &author, consultation, "Alberi nei cortili").await;
        city.settle().await;
        let input = serde_json::json!({});
        let seen = Browser::new().flow("search-typing", &city.base, &input).await;
        assert_eq!(seen["address"], "?q=alber", "{seen}");
        assert_eq!(seen["focused"], true, "{seen}");
        assert_eq!(seen["marked"], "Alberi", "{seen}");
        assert_eq!(seen["said"], "1 risultato per «alber»", "{seen}");
        assert!(
            seen["title"].as_str().is_some_and(|title| title.contains("alber")),
            "{seen}"
        );
        assert!(seen["shift"].as_f64().is_some_and(|shift| shift < 0.001), "{seen}");
    })
    .await;
}
