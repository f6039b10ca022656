//! Lists: a constant number of statements, filters with counts, orders, and pages that neither repeat nor skip.

mod plans;

use std::collections::{BTreeMap, BTreeSet};

use civic::actor::{Actor, Role};
use civic::consultation::{DistrictKind, NewDistrict};
use civic::id::{ConsultationId, ProposalId};
use civic::language::{Language, Localised};
use civic::page::Paging;
use civic::proposal::read::{Facets, Filter, ProposalCard, Sort, facets, list};
use civic::proposal::write::{answer, begin, publish, withdraw};
use civic::proposal::{Origin, ProposalInput, ProposalState, ProposalStep};
use civic::support::write::give;
use civic::time::{HOUR_MS, SECOND_MS};
use civic::{Cx, consultation};
use tests::city::{self, TestCity};
use tests::given;
use tests::person::{Person, citizen, staff};
use tests::statements::Statements;

const SORTS: [Sort; 5] = [
    Sort::Newest,
    Sort::MostSupported,
    Sort::MostDiscussed,
    Sort::Random(40_000),
    Sort::Random(40_001),
];

fn visitor(city: &TestCity) -> Cx {
    city.city.cx(Actor::Visitor, Language::It)
}

/// Published proposals of several people, one a second; the members' hourly limit stands.
async fn fill(city: &TestCity, consultation: ConsultationId, number: usize) -> Vec<ProposalId> {
    let mut made = Vec::new();
    let mut author = None;
    for at in 0..number {
        if at % 15 == 0 {
            author = Some(citizen(city, &format!("autore{}", city.city.clock.now().ms())).await);
        }
        city.advance_ms(SECOND_MS);
        let author = author.as_ref().expect("somebody");
        made.push(given::proposal(city, author, consultation, &format!("Proposta numero {at}")).await);
    }
    made
}

/// Everything that a list shows, page by page; `between` happens after each page.
async fn walk(cx: &Cx, sort: Sort, limit: u64, mut between: impl AsyncFnMut(usize)) -> Vec<ProposalCard> {
    let mut seen = Vec::new();
    let mut paging = Paging { limit, after: None };
    loop {
        let found = list(cx, &Filter::default(), sort, paging).await.expect("read");
        assert!(found.items.len() as u64 <= limit);
        seen.extend(found.items);
        let Some(next) = found.next else { return seen };
        paging.after = Some(next);
        between(seen.len()).await;
    }
}

#[tokio::test]
async fn pages_neither_repeat_nor_skip_while_proposals_come_in_and_go() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let there = fill(city, consultation, 23).await;
        let author = citizen(city, "ritira").await;
        let mut goes = Vec::new();
        for number in 0..3 {
            goes.push(given::proposal(city, &author, consultation, &format!("Andrà via {number}")).await);
        }
        let other = citizen(city, "nuova").await;
        for (at, sort) in SORTS.into_iter().enumerate() {
            city.advance_ms(HOUR_MS);
            let seen = walk(&visitor(city), sort, 4, async |so_far| {
                city.advance_ms(SECOND_MS);
                given::proposal(city, &other, consultation, &format!("Arrivata {at} {so_far}")).await;
                if let Some(id) = goes.pop() {
                    withdraw(&author.cx(city).await, id, "Ci ho ripensato")
                        .await
                        .expect("withdrawn");
                }
            })
            .await;
            let ids: Vec<ProposalId> = seen.iter().map(|card| card.id).collect();
            let unique: BTreeSet<ProposalId> = ids.iter().copied().collect();
            assert_eq!(unique.len(), ids.len(), "nothing twice in {sort:?}");
            assert!(
                there.iter().all(|id| unique.contains(id)),
                "nothing skipped in {sort:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn each_order_is_what_its_name_says() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let there = fill(city, consultation, 8).await;
        let readers = [citizen(city, "uno").await, citizen(city, "due").await];
        for (at, reader) in readers.iter().enumerate() {
            give(&reader.cx(city).await, there[2]).await.expect("supported");
            for _ in 0..=at {
                given::comment(city, reader, there[5], "Mi piace").await;
            }
        }
        give(&readers[0].cx(city).await, there[4]).await.expect("supported");
        let keys = async |sort| -> Vec<i64> {
            let cards = walk(&visitor(city), sort, 3, async |_| {}).await;
            let key = |card: &ProposalCard| match sort {
                Sort::MostSupported => card.supports,
                Sort::MostDiscussed => card.comments,
                Sort::Newest | Sort::Random(_) => card.published_at.expect("published").ms(),
            };
            cards.iter().map(key).collect()
        };
        for (sort, top) in [
            (Sort::Newest, None),
            (Sort::MostSupported, Some(2)),
            (Sort::MostDiscussed, Some(3)),
        ] {
            let keys = keys(sort).await;
            assert!(keys.windows(2).all(|two| two[0] >= two[1]), "{sort:?}: {keys:?}");
            assert!(top.is_none_or(|top| keys[0] == top), "{sort:?}: {keys:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_random_order_is_the_same_for_one_seed_and_fair_over_many() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let there = fill(city, consultation, 6).await;
        let cx = visitor(city);
        let mut first: BTreeMap<ProposalId, u32> = BTreeMap::new();
        let mut orders = BTreeSet::new();
        for seed in 0..300 {
            let order: Vec<ProposalId> = walk(&cx, Sort::Random(seed), 20, async |_| {})
                .await
                .iter()
                .map(|card| card.id)
                .collect();
            if seed % 10 == 0 {
                let by_twos = walk(&cx, Sort::Random(seed), 2, async |_| {}).await;
                let by_twos: Vec<ProposalId> = by_twos.iter().map(|card| card.id).collect();
                assert_eq!(order, by_twos, "seed {seed}");
            }
            assert_eq!(order.len(), there.len());
            *first.entry(order[0]).or_default() += 1;
            orders.insert(order);
        }
        assert!(orders.len() > 100, "{} orders", orders.len());
        // Fifty of three hundred each; a fair die stays within four deviations of that.
        let fair = there.iter().all(|id| (24..=76).contains(first.get(id).unwrap_or(&0)));
        assert!(fair, "each comes first as often as any other: {first:?}");
        let page = format!("/it/proposals?consultation={}", given::SLUG);
        let led = city.visitor().get(&page).await.expect(303);
        let seeded = led.location().to_owned();
        assert!(seeded.contains("sort=random&seed="), "{seeded}");
        let one = city.visitor().get(&seeded).await.expect(200).text();
        assert_eq!(
            titles(&one),
            titles(&city.visitor().get(&seeded).await.text()),
            "stable"
        );
    })
    .await;
}

fn titles(html: &str) -> Vec<&str> {
    let cards = html.split("<h3 class=\"card-title").skip(1);
    cards
        .map(|card| card.split("</a>").next().unwrap_or_default())
        .collect()
}

/// One proposal with this theme, place and origin.
async fn placed(city: &TestCity, editor: &Person, consultation: ConsultationId, input: ProposalInput) -> ProposalId {
    let cx = editor.cx(city).await;
    let input = ProposalInput {
        title: Some("Una proposta qualsiasi".to_owned()),
        body: Some(given::BODY.to_owned()),
        ..input
    };
    let draft = begin(&cx, consultation, input).await.expect("kept");
    publish(&cx, draft).await.expect("published");
    draft
}

#[tokio::test]
async fn the_count_beside_each_filter_is_what_choosing_it_shows() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let quarter = NewDistrict {
            kind: DistrictKind::Quarter,
            code: "q1".to_owned(),
            name: Localised::same("Lambrate"),
            outline: None,
        };
        consultation::write::put_districts(&city.city.system(), consultation, vec![quarter])
            .await
            .expect("added");
        let editor = staff(city, "redattrice", Role::Editor).await;
        let cx = editor.cx(city).await;
        let page = consultation::read::page(&cx, consultation).await.expect("read");
        let (themes, places) = (&page.themes, &page.districts);
        let quarter = places
            .iter()
            .find(|place| place.kind == DistrictKind::Quarter)
            .expect("there");
        for (theme, place, quarter_too, origin) in [
            (0, Some(0), true, Origin::Online),
            (0, Some(1), false, Origin::Paper),
            (1, Some(0), true, Origin::Meeting),
            (1, None, true, Origin::Online),
            (1, None, false, Origin::Online),
        ] {
            let input = ProposalInput {
                theme: Some(Some(themes[theme].id)),
                district: Some(place.map(|at: usize| places[at].id)),
                quarter: Some(quarter_too.then_some(quarter.id)),
                origin: Some(origin),
                ..ProposalInput::default()
            };
            placed(city, &editor, consultation, input).await;
        }
        let author = citizen(city, "autrice").await;
        let own = given::proposal(city, &author, consultation, "Di un'altra persona").await;
        answer(&cx, own, ProposalStep::TakeUp, None).await.expect("taken up");
        let gone = given::proposal(city, &author, consultation, "Ritirata subito").await;
        withdraw(&author.cx(city).await, gone, "No").await.expect("withdrawn");
        let base = Filter {
            consultation: Some(consultation),
            ..Filter::default()
        };
        let mut filters = vec![base.clone()];
        filters.extend(themes.iter().map(|theme| Filter {
            themes: vec![theme.id],
            ..base.clone()
        }));
        filters.extend(places.iter().map(|place| Filter {
            districts: vec![place.id],
            ..base.clone()
        }));
        filters.extend(ProposalState::ALL.map(|state| Filter {
            state: Some(state),
            ..base.clone()
        }));
        filters.extend(Origin::ALL.map(|origin| Filter {
            origin: Some(origin),
            ..base.clone()
        }));
        filters.push(Filter {
            author: Some(author.id),
            ..base.clone()
        });
        filters.push(Filter {
            themes: vec![themes[0].id],
            origin: Some(Origin::Paper),
            ..base.clone()
        });
        filters.push(Filter {
            themes: vec![themes[1].id],
            districts: vec![quarter.id],
            ..base.clone()
        });
        for filter in filters
            .into_iter()
            .filter(|filter| filter.state != Some(ProposalState::Draft))
        {
            agree(&visitor(city), consultation, &filter).await;
        }
    })
    .await;
}

/// Whether the counts say what the lists hold: the total, and each value of each filter given the others.
async fn agree(cx: &Cx, consultation: ConsultationId, filter: &Filter) {
    let shown = async |filter: &Filter| {
        let found = list(cx, filter, Sort::Newest, Paging::default()).await.expect("read");
        found.items.len() as u64
    };
    let counts: Facets = facets(cx, consultation, filter).await.expect("counted");
    assert_eq!(counts.total, shown(filter).await, "{filter:?}");
    for (theme, count) in &counts.themes {
        let chosen = Filter {
            themes: vec![*theme],
            ..filter.clone()
        };
        assert_eq!(*count, shown(&chosen).await, "{chosen:?}");
    }
    for (place, count) in &counts.districts {
        let chosen = Filter {
            districts: vec![*place],
            ..filter.clone()
        };
        assert_eq!(*count, shown(&chosen).await, "{chosen:?}");
    }
    for (state, count) in &counts.states {
        let chosen = Filter {
            state: Some(*state),
            ..filter.clone()
        };
        assert_eq!(*count, shown(&chosen).await, "{chosen:?}");
    }
    for (origin, count) in &counts.origins {
        let chosen = Filter {
            origin: Some(*origin),
            ..filter.clone()
        };
        assert_eq!(*count, shown(&chosen).await, "{chosen:?}");
    }
}

#[tokio::test]
async fn a_page_asks_the_same_number_of_statements_whatever_it_holds() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let first = fill(city, consultation, 2).await;
        let reader = citizen(city, "lettore").await;
        given::comment(city, &reader, first[0], "Un commento").await;
        city.settle().await;
        let own = format!("/it/proposals/{}-proposta-numero-0", first[0]);
        let paths = [
            "/it".to_owned(),
            "/it/consultations".to_owned(),
            format!("/it/consultations/{}", given::SLUG),
            "/it/proposals".to_owned(),
            format!("/it/proposals?consultation={}&sort=newest", given::SLUG),
            own.clone(),
            format!("/it/proposals/{}/versions", first[0]),
        ];
        let visitor = city.visitor();
        let count = async || {
            let mut counts = Vec::new();
            for client in [&visitor, &reader.pages] {
                for path in &paths {
                    let statements = Statements::watch();
                    client.get(path).await.expect(200);
                    counts.push((path.clone(), statements.take()));
                }
            }
            counts
        };
        let few = count().await;
        fill(city, consultation, 25).await;
        let mut last = None;
        for number in 0..25 {
            let parent = last.filter(|_| number % 5 != 0);
            let new = civic::comment::NewComment {
                body: format!("Commento {number}"),
                parent,
                ..civic::comment::NewComment::default()
            };
            let written = civic::comment::write::write(&reader.cx(city).await, first[0], new).await;
            last = Some(written.expect("said"));
        }
        given::another_consultation(city, "altrove").await;
        city.settle().await;
        assert_eq!(few, count().await);
        assert!(
            few.iter().all(|(_, statements)| *statements > 0),
            "they are counted: {few:?}"
        );
        let most = few.iter().map(|(_, statements)| *statements).max().unwrap_or(0);
        assert!(most <= 16, "a page is a handful of statements: {few:?}");
    })
    .await;
}
