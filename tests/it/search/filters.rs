//! Filters of search find what the same filters of the list find, and their counts say what each value would show.

use civic::consultation::{self, DistrictKind, NewConsultation, NewDistrict, NewPhase, NewTheme, PhaseKind};
use civic::documents::read::Search;
use civic::id::{DistrictId, ProposalId, ThemeId};
use civic::language::Localised;
use civic::page::Paging;
use civic::proposal::ProposalInput;
use civic::proposal::read::{Filter, Sort, list};
use civic::proposal::write::{begin, publish};
use civic::time::DAY_MS;
use tests::city::{self, TestCity};
use tests::given;
use tests::person::{Person, citizen};

use super::{look, title, titles, words};

/// A consultation of two themes, one below the other, and of two districts and a quarter.
async fn consultation(city: &TestCity) -> consultation::read::ConsultationPage {
    let cx = city.city.system();
    let theme = |slug: &str, parent: Option<&str>| NewTheme {
        slug: slug.to_owned(),
        name: Localised::same(slug),
        parent: parent.map(str::to_owned),
    };
    let part = |kind, code: &str| NewDistrict {
        kind,
        code: code.to_owned(),
        name: Localised::same(code),
        outline: None,
    };
    let new = NewConsultation {
        slug: "quartieri".to_owned(),
        title: Localised::same("Quartieri"),
        question: Localised::same("Che cosa serve?"),
        description: Localised::same(""),
        phases: vec![NewPhase {
            kind: PhaseKind::Collection,
            starts_at: cx.now,
            ends_at: cx.now.plus_ms(DAY_MS),
        }],
        themes: vec![
            theme("verde", None),
            theme("alberi", Some("verde")),
            theme("strade", None),
        ],
        districts: vec![
            part(DistrictKind::District, "1"),
            part(DistrictKind::District, "2"),
            part(DistrictKind::Quarter, "21"),
        ],
        source: None,
    };
    let id = consultation::write::open(&cx, new).await.expect("opened");
    consultation::read::page(&cx, id).await.expect("read")
}

async fn proposal(
    city: &TestCity,
    author: &Person,
    about: &consultation::read::ConsultationPage,
    theme: &str,
    (district, quarter): (&str, Option<&str>),
) -> ProposalId {
    let cx = author.cx(city).await;
    let input = ProposalInput {
        title: Some(format!("Panchine all'ombra, {theme}")),
        body: Some(given::BODY.to_owned()),
        theme: Some(Some(theme_of(about, theme))),
        district: Some(Some(district_of(about, district))),
        quarter: quarter.map(|code| Some(district_of(about, code))),
        ..ProposalInput::default()
    };
    let draft = begin(&cx, about.card.id, input).await.expect("kept");
    publish(&cx, draft).await.expect("published")
}

fn theme_of(about: &consultation::read::ConsultationPage, slug: &str) -> ThemeId {
    let found = about.themes.iter().find(|theme| theme.slug == slug);
    found.expect("there").id
}

fn district_of(about: &consultation::read::ConsultationPage, code: &str) -> DistrictId {
    let found = about.districts.iter().find(|district| district.code == code);
    found.expect("there").id
}

#[tokio::test]
async fn a_filter_finds_in_a_search_what_it_finds_in_the_list() {
    city::with(async |city| {
        let about = consultation(city).await;
        let author = citizen(city, "autrice").await;
        proposal(city, &author, &about, "verde", ("1", None)).await;
        proposal(city, &author, &about, "alberi", ("2", Some("21"))).await;
        proposal(city, &author, &about, "strade", ("2", None)).await;
        city.settle().await;
        let [green, trees, streets] = ["verde", "alberi", "strade"].map(|slug| theme_of(&about, slug));
        let [first, second, quarter] = ["1", "2", "21"].map(|code| district_of(&about, code));
        for (themes, districts) in [
            (vec![green], vec![]),
            (vec![trees], vec![]),
            (vec![streets, trees], vec![]),
            (vec![], vec![quarter]),
            (vec![], vec![second]),
            (vec![green], vec![first]),
        ] {
            let filters = themes.iter().map(|id| ("theme", id.to_string()));
            let filters = filters.chain(districts.iter().map(|id| ("district", id.to_string())));
            let search = Search {
                filters: filters.collect(),
                ..words("panchine")
            };
            let filter = Filter {
                consultation: Some(about.card.id),
                themes: themes.clone(),
                districts: districts.clone(),
                ..Filter::default()
            };
            let cx = author.cx(city).await;
            let listed = list(&cx, &filter, Sort::Newest, Paging::default()).await.expect("read");
            let mut listed: Vec<String> = listed.items.into_iter().map(|card| card.title).collect();
            let found = look(city, search).await.items;
            let mut found: Vec<String> = found.iter().map(|item| title(&item.thing)).collect();
            listed.sort();
            found.sort();
            assert!(!listed.is_empty());
            assert_eq!(found, listed, "{themes:?} {districts:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_filter_in_force_does_not_hide_its_other_values() {
    city::with(async |city| {
        let about = consultation(city).await;
        let author = citizen(city, "autrice").await;
        let commented = proposal(city, &author, &about, "verde", ("1", None)).await;
        proposal(city, &author, &about, "strade", ("2", None)).await;
        given::comment(city, &author, commented, "Le panchine servono anche qui").await;
        city.settle().await;
        let search = Search {
            kind: Some(civic::documents::Kind::Proposal),
            filters: vec![("theme", theme_of(&about, "verde").to_string())],
            ..words("panchine")
        };
        let found = look(city, search).await;
        let count = |name: &str, value: &str| {
            let (_, values) = found.counts.iter().find(|(known, _)| *known == name).expect("counted");
            let value = values.iter().find(|(known, _)| known == value);
            value.map_or(0, |(_, number)| *number)
        };
        assert_eq!(found.total, 1);
        // The theme that was not chosen would show its proposal; of the kinds, given the theme, the comment counts too.
        assert_eq!(count("theme", &theme_of(&about, "strade").to_string()), 1);
        assert_eq!((count("kind", "proposal"), count("kind", "comment")), (1, 1));
        // Another filter's values are counted under this theme.
        assert_eq!(count("district", &district_of(&about, "1").to_string()), 1);
        assert_eq!(count("district", &district_of(&about, "2").to_string()), 0);
    })
    .await;
}

#[tokio::test]
async fn a_clipped_word_finds_the_whole_one_below_the_exact_ones() {
    city::with(async |city| {
        let about = consultation(city).await;
        let author = citizen(city, "autrice").await;
        let cx = author.cx(city).await;
        for (title, body) in [
            (
                "Rastrelliere per biciclette",
                "Davanti a ogni scuola e a ogni stazione, coperte e illuminate.",
            ),
            (
                "Una bici per ogni scuola",
                "Prestarle a chi non ne ha una, con un lucchetto e un casco per ciascuno.",
            ),
            (
                "Panchine nei parchi",
                "All'ombra degli alberi, con lo schienale, per chi cammina a fatica.",
            ),
        ] {
            let input = ProposalInput {
                title: Some(title.to_owned()),
                body: Some(body.to_owned()),
                theme: Some(Some(theme_of(&about, "strade"))),
                ..ProposalInput::default()
            };
            let draft = begin(&cx, about.card.id, input).await.expect("kept");
            publish(&cx, draft).await.expect("published");
        }
        city.settle().await;
        assert_eq!(
            titles(city, "bici").await,
            ["Una bici per ogni scuola", "Rastrelliere per biciclette"]
        );
        assert_eq!(
            titles(city, "biciclette").await.first().map(String::as_str),
            Some("Rastrelliere per biciclette")
        );
        assert!(
            titles(city, "ras").await.is_empty(),
            "three letters begin too many words"
        );
    })
    .await;
}

#[tokio::test]
async fn a_mistyped_word_of_the_title_weighs_more_than_one_of_the_text() {
    city::with(async |city| {
        let about = consultation(city).await;
        let author = citizen(city, "autrice").await;
        let cx = author.cx(city).await;
        let in_title = (
            "Fontanelle in piazza",
            "Con l'acqua fresca per tutti, d'estate e d'inverno, in ogni angolo.",
        );
        let in_text = (
            "Acqua fresca per tutti",
            "Servono fontanelle, tante fontanelle, nuove fontanelle in ogni angolo.",
        );
        for (title, body) in [in_title, in_text] {
            let input = ProposalInput {
                title: Some(title.to_owned()),
                body: Some(body.to_owned()),
                theme: Some(Some(theme_of(&about, "strade"))),
                ..ProposalInput::default()
            };
            let draft = begin(&cx, about.card.id, input).await.expect("kept");
            publish(&cx, draft).await.expect("published");
        }
        city.settle().await;
        assert_eq!(titles(city, "fontannelle").await, [in_title.0, in_text.0]);
    })
    .await;
}
