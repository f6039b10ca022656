//! The texts of the house, the page for what is not there, and the foot of every page.

use tests::city;

use super::me::page;

const NAMES: [&str; 6] = [
    "about",
    "rules",
    "accessibility",
    "privacy",
    "legal-notes",
    "developers",
];

#[tokio::test]
async fn every_text_is_there_in_both_languages_and_all_its_names_are_filled_in() {
    city::with(async |city| {
        let pages = city.visitor();
        for name in NAMES {
            for language in ["it", "en"] {
                let text = page(&pages, &format!("/{language}/{name}")).await;
                assert!(text.contains(&format!("/{language}/{name}")), "{name} is not linked");
                let own = text
                    .split("href=\"")
                    .filter(|link| link.starts_with(&format!("/{language}/")));
                for link in own.filter_map(|rest| rest.split(['"', '?', '#']).next()) {
                    let answer = pages.get(link).await;
                    assert!(
                        answer.status.as_u16() < 400,
                        "{name} leads to {link}: {}",
                        answer.status
                    );
                }
                for unfilled in ["{city}", "{contact}", "{base}"] {
                    assert!(!text.contains(unfilled), "{unfilled} in {name}");
                }
            }
        }
        let legal = page(&pages, "/it/legal-notes").await;
        assert!(
            legal.contains(">Licenza dei contenuti</h2>") && legal.contains("CC-BY 4.0"),
            "{legal}"
        );
        assert!(legal.contains("82 (CAD)"), "{legal}");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_a_whole_page_with_a_way_out() {
    city::with(async |city| {
        for path in [
            "/it/nulla",
            "/en/a/b/c/d",
            "/it/consultations/nulla",
            "/it/proposals/prp_x",
        ] {
            let answer = city.visitor().get(path).await.expect(404).text();
            assert!(
                answer.contains("id=\"footer\"") && answer.contains("/search\""),
                "{path}: {answer}"
            );
        }
        city.visitor().get("/fr/about").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn the_foot_leads_to_privacy_and_to_a_declaration_only_where_there_is_one() {
    city::with(async |city| {
        let home = page(&city.visitor(), "/it").await;
        assert!(home.contains("data-element=\"privacy-policy-link\""), "{home}");
        assert!(!home.contains("accessibility-link"), "{home}");
    })
    .await;
}
