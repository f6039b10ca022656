//! Search as people use it: four languages, accents, mistakes, beginnings, filters; never what was hidden or withdrawn.

mod filters;
mod following;

use civic::actor::{Actor, Role};
use civic::consultation;
use civic::documents::Kind;
use civic::documents::read::{Search, SearchPage, Thing, find};
use civic::id::{ConsultationId, ProposalId};
use civic::language::Language;
use civic::moderation::{Subject, write::hide};
use civic::proposal::ProposalInput;
use civic::proposal::read::similar;
use civic::proposal::write::{begin, publish, withdraw};
use tests::city::{self, TestCity};
use tests::given;
use tests::person::{Person, citizen, staff};

/// What the city's people wrote, each in their language.
const TEXTS: [(&str, &str); 8] = [
    (
        "La verità sui parcheggi",
        "Chiediamo che il Comune pubblichi ogni mese quante biciclette sono state rubate e dove, così che tutti lo sappiano.",
    ),
    (
        "Alberi in via Padova",
        "Piantare nuovi alberi lungo tutta la via e curare quelli che già ci sono, perché d'estate il caldo è insopportabile.",
    ),
    (
        "Quieter streets near schools",
        "Children should be able to walk to their schools without fear of cars; close the streets in the morning hours.",
    ),
    (
        "Más bibliotecas de barrio",
        "Necesitamos bibliotecas abiertas por la noche para que los estudiantes puedan trabajar tranquilos en su barrio.",
    ),
    (
        "Més carrils per a les bicicletes",
        "Volem que els nens i les nenes puguin anar amb bicicleta a l'escola amb seguretat per tots els carrers de la ciutat.",
    ),
    (
        "Musica dal vivo nei parchi",
        "Concerti gratuiti la domenica pomeriggio con i ragazzi delle scuole civiche, fino alle otto di sera.",
    ),
    (
        "Fontanelle in ogni piazza",
        "L'acqua pubblica deve essere disponibile a tutti, e le fontanelle spente vanno riaccese.",
    ),
    (
        "<script>alert(1)</script> & altri segni",
        "Un testo con <b>segni</b> che \"non\" devono diventare altro: lampioni & <i>luci</i>.",
    ),
];

async fn look(city: &TestCity, search: Search) -> SearchPage {
    let cx = city.city.cx(Actor::Visitor, Language::It);
    find(&cx, &Search { limit: 20, ..search }).await.expect("found")
}

fn words(text: &str) -> Search {
    Search {
        text: text.to_owned(),
        ..Search::default()
    }
}

/// The titles of the proposals that a search finds, best first.
async fn titles(city: &TestCity, text: &str) -> Vec<String> {
    let found = look(city, words(text)).await;
    found.items.into_iter().map(|item| title(&item.thing)).collect()
}

fn title(thing: &Thing) -> String {
    match thing {
        Thing::Proposal(card) | Thing::Comment(_, card) => card.title.clone(),
    }
}

/// A consultation with all the texts, indexed.
async fn written(city: &TestCity) -> (ConsultationId, Person, Vec<ProposalId>) {
    let consultation = given::consultation(city).await;
    let author = citizen(city, "autrice").await;
    let cx = author.cx(city).await;
    let themes = consultation::read::themes(&cx, consultation).await.expect("read");
    let mut ids = Vec::new();
    for (at, (title, body)) in TEXTS.into_iter().enumerate() {
        let input = ProposalInput {
            title: Some(title.to_owned()),
            body: Some(body.to_owned()),
            theme: Some(Some(themes[at % 2].id)),
            ..ProposalInput::default()
        };
        let draft = begin(&cx, consultation, input).await.expect("kept");
        ids.push(publish(&cx, draft).await.expect("published"));
    }
    city.settle().await;
    (consultation, author, ids)
}

#[tokio::test]
async fn words_are_found_in_four_languages_whatever_their_form() {
    city::with(async |city| {
        written(city).await;
        for (asked, wanted) in [
            ("verita", "La verità sui parcheggi"),
            ("VERITÀ", "La verità sui parcheggi"),
            ("parcheggio", "La verità sui parcheggi"),
            ("albero", "Alberi in via Padova"),
            ("school", "Quieter streets near schools"),
            ("walking", "Quieter streets near schools"),
            ("biblioteca", "Más bibliotecas de barrio"),
            ("estudiante", "Más bibliotecas de barrio"),
            ("mas bibliotecas", "Más bibliotecas de barrio"),
            ("carril", "Més carrils per a les bicicletes"),
            ("l'acqua", "Fontanelle in ogni piazza"),
            ("l’acqua", "Fontanelle in ogni piazza"),
            ("concerto", "Musica dal vivo nei parchi"),
        ] {
            let found = titles(city, asked).await;
            assert_eq!(found.first().map(String::as_str), Some(wanted), "{asked}: {found:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_mistake_of_typing_is_forgiven_and_a_better_spelling_offered() {
    city::with(async |city| {
        written(city).await;
        for asked in ["bicilette", "bicclette", "bicicette"] {
            let found = titles(city, asked).await;
            assert!(
                found.contains(&"La verità sui parcheggi".to_owned()),
                "{asked}: {found:?}"
            );
        }
        let none = look(city, words("bibloteca")).await;
        assert!(none.items.len() <= 1 && none.did_you_mean.is_some(), "{none:?}");
        assert!(look(city, words("xyzzyq")).await.items.is_empty());
        assert!(look(city, words("  ")).await.items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_word_still_being_typed_fits_by_its_beginning() {
    city::with(async |city| {
        written(city).await;
        for typed in ["font", "fonta", "fontanell"] {
            let found = look(
                city,
                Search {
                    typing: true,
                    ..words(typed)
                },
            )
            .await;
            assert_eq!(found.items.len(), 1, "{typed}");
            assert!(
                look(city, words(&typed[..3])).await.items.is_empty(),
                "a whole word is meant"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn any_text_is_a_question_and_none_is_a_fault() {
    city::with(async |city| {
        written(city).await;
        let long = "parola ".repeat(500);
        for asked in [
            "\"",
            "\"\"",
            "title:x",
            "AND OR NOT",
            "*",
            "?",
            "(",
            "\\",
            "a^2",
            "~",
            "[1 TO",
            "+-!",
            "'",
            "\u{0}",
            "🚲",
            "ß",
            &long,
            "\"via padova\"",
            "«via padova",
            "ﬁ",
            "İ",
            "di il la",
        ] {
            look(city, words(asked)).await;
            look(
                city,
                Search {
                    typing: true,
                    ..words(asked)
                },
            )
            .await;
        }
        assert_eq!(titles(city, "\"via padova\"").await, ["Alberi in via Padova"]);
        assert!(titles(city, "\"padova via\"").await.is_empty(), "just so");
    })
    .await;
}

#[tokio::test]
async fn matches_are_marked_as_pieces_of_plain_text() {
    city::with(async |city| {
        written(city).await;
        let found = look(city, words("segni lampioni")).await;
        let item = found.items.first().expect("found");
        let whole: String = item.title.iter().map(|span| span.text.as_str()).collect();
        assert_eq!(
            whole, "<script>alert(1)</script> & altri segni",
            "as written, for the template to escape"
        );
        let marked: Vec<&str> = item
            .title
            .iter()
            .chain(&item.excerpt)
            .filter(|span| span.marked)
            .map(|span| span.text.as_str())
            .collect();
        assert!(marked.contains(&"segni") && marked.contains(&"lampioni"), "{marked:?}");
        let accent = look(city, words("verita")).await;
        let marked: Vec<&str> = accent.items[0]
            .title
            .iter()
            .filter(|span| span.marked)
            .map(|span| &*span.text)
            .collect();
        assert_eq!(marked, ["verità"]);
    })
    .await;
}

#[tokio::test]
async fn filters_narrow_and_their_counts_say_by_how_much() {
    city::with(async |city| {
        let (consultation, author, ids) = written(city).await;
        given::comment(city, &author, ids[1], "Anche gli alberi di via Lorenteggio soffrono").await;
        city.settle().await;
        let all = look(city, words("alberi")).await;
        let count = |name: &str, value: &str| {
            let values = &all.counts.iter().find(|(known, _)| *known == name).expect("counted").1;
            values
                .iter()
                .find(|(known, _)| known == value)
                .map_or(0, |(_, number)| *number)
        };
        assert_eq!((all.total, all.items.len()), (2, 2));
        assert_eq!((count("kind", "proposal"), count("kind", "comment")), (1, 1));
        assert_eq!(
            (count("stance", "for"), count("consultation", &consultation.to_string())),
            (1, 2)
        );
        for (kind, comment) in [(Kind::Proposal, false), (Kind::Comment, true)] {
            let found = look(
                city,
                Search {
                    kind: Some(kind),
                    ..words("alberi")
                },
            )
            .await;
            assert_eq!(found.items.len(), 1);
            assert_eq!(matches!(found.items[0].thing, Thing::Comment(..)), comment);
        }
        let other = given::another_consultation(city, "altrove").await;
        let elsewhere = look(
            city,
            Search {
                consultation: Some(other),
                ..words("alberi")
            },
        )
        .await;
        assert!(elsewhere.items.is_empty());
        let filtered = Search {
            filters: vec![("stance", "for".to_owned())],
            ..words("alberi")
        };
        assert_eq!(look(city, filtered).await.items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn results_are_paged_to_the_end_without_repeats() {
    city::with(async |city| {
        let (_, author, ids) = written(city).await;
        for number in 0..12 {
            given::comment(city, &author, ids[1], &format!("Alberi, commento {number}")).await;
        }
        city.settle().await;
        let mut seen = std::collections::BTreeSet::new();
        let mut offset = Some(0);
        while let Some(at) = offset {
            let cx = city.city.cx(Actor::Visitor, Language::It);
            let search = Search {
                limit: 5,
                offset: at,
                ..words("alberi")
            };
            let found = find(&cx, &search).await.expect("found");
            for item in found.items {
                let id = match item.thing {
                    Thing::Proposal(card) => card.id.to_string(),
                    Thing::Comment(card, _) => card.id.to_string(),
                };
                assert!(seen.insert(id), "nothing twice");
            }
            offset = found.next_offset;
        }
        assert_eq!(seen.len(), 13);
    })
    .await;
}

#[tokio::test]
async fn what_is_similar_is_offered_before_publishing_and_on_the_page() {
    city::with(async |city| {
        let (consultation, author, ids) = written(city).await;
        let cx = author.cx(city).await;
        let text = "Nuovi alberi lungo via Padova, e cura per quelli che già ci sono";
        let near = similar(&cx, consultation, text, None).await.expect("found");
        assert_eq!(near.first().map(|card| card.id), Some(ids[1]));
        let without = similar(&cx, consultation, text, Some(ids[1])).await.expect("found");
        assert!(without.iter().all(|card| card.id != ids[1]));
        withdraw(&cx, ids[1], "Fatto").await.expect("withdrawn");
        let gone = similar(&cx, consultation, text, None).await.expect("found");
        assert!(
            gone.iter().all(|card| card.id != ids[1]),
            "the index has not heard of it yet"
        );
        let other = given::another_consultation(city, "altrove").await;
        assert!(similar(&cx, other, text, None).await.expect("found").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_stale_index_never_shows_what_was_hidden_withdrawn_or_removed() {
    city::with(async |city| {
        let (_, author, ids) = written(city).await;
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        let removed = given::comment(city, &author, ids[5], "Fontanelle rimosse").await;
        let hidden = given::comment(city, &author, ids[5], "Fontanelle nascoste").await;
        given::comment(city, &author, ids[6], "Sotto una proposta nascosta: fontanelle").await;
        city.settle().await;
        assert_eq!(titles(city, "fontanelle").await.len(), 4);
        civic::comment::write::remove(&author.cx(city).await, removed)
            .await
            .expect("removed");
        let cx = moderator.cx(city).await;
        hide(&cx, Subject::Comment(hidden), "Insulti").await.expect("hidden");
        hide(&cx, Subject::Proposal(ids[6]), "Insulti").await.expect("hidden");
        withdraw(&author.cx(city).await, ids[1], "Fatto")
            .await
            .expect("withdrawn");
        // Nobody has told the index.
        assert!(titles(city, "fontanelle").await.is_empty());
        assert!(titles(city, "alberi").await.is_empty());
        let theirs = find(
            &author.cx(city).await,
            &Search {
                limit: 20,
                ..words("fontanelle")
            },
        )
        .await;
        assert!(theirs.expect("found").items.is_empty(), "not even to their author");
        city.settle().await;
        let told = look(city, words("fontanelle")).await;
        assert_eq!((told.total, told.items.len()), (0, 0), "now the index knows too");
        civic::moderation::write::restore(&moderator.cx(city).await, Subject::Proposal(ids[6]), "Bene")
            .await
            .expect("restored");
        city.settle().await;
        assert_eq!(titles(city, "fontanelle").await.len(), 2, "with the comment under it");
    })
    .await;
}
