//! Importing a consultation: every row in, counts equal to the files', twice is once, bad rows named by line and reason.
//!
//! With `ARENGO_DATA` the real files are imported as well; without it the project's own small ones are all there is.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use civic::actor::Actor;
use civic::comment::read::{Sort as CommentSort, threads};
use civic::consultation::import::{ImportOptions, ImportReport, import};
use civic::consultation::read::page_by_slug;
use civic::language::{Language, Localised};
use civic::limits::THREAD_DEPTH;
use civic::page::Paging;
use civic::proposal::read::{Filter, ProposalCard, Sort, list, page};
use civic::proposal::{Origin, ProposalState};
use civic::time::Zone;
use civic::{Cx, documents};
use serde::Deserialize;
use tests::city::{self, TestCity};
use tests::outside::{real_data, root};
use tests::rows;

fn fixture() -> PathBuf {
    root().join("tests/fixtures/consultation")
}

async fn bring(city: &TestCity, folder: &Path, title: &str, zone: &str) -> ImportReport {
    let options = ImportOptions {
        title: Localised::same(title),
        zone: Zone::named(zone).expect("a zone"),
    };
    let done = import(&city.city.system(), folder, options, &mut |_| {}).await;
    done.expect("imported")
}

fn visitor(city: &TestCity) -> Cx {
    city.city.cx(Actor::Visitor, Language::It)
}

async fn by_title(city: &TestCity) -> BTreeMap<String, ProposalCard> {
    let found = list(&visitor(city), &Filter::default(), Sort::Newest, Paging::default()).await;
    let cards = found.expect("read").items.into_iter();
    cards.map(|card| (card.title.clone(), card)).collect()
}

/// Every number that a second import must leave as it is.
async fn everything(city: &TestCity) -> Vec<i64> {
    let mut numbers = Vec::new();
    for sql in [
        "select count(*) from proposal",
        "select count(*) from proposal_version",
        "select count(*) from comment",
        "select count(*) from member",
        "select count(*) from theme",
        "select count(*) from district",
        "select count(*) from phase",
        "select count(*) from consultation",
        "select count(*) from outbox",
        "select cast(sum(supports) as bigint) from proposal",
        "select cast(sum(comments) as bigint) from proposal",
        "select cast(sum(supports) as bigint) from comment",
    ] {
        numbers.push(rows::number(city, sql).await);
    }
    numbers
}

#[tokio::test]
async fn what_can_be_read_goes_in_as_it_was_and_the_rest_is_named() {
    city::with(async |city| {
        let report = bring(city, &fixture(), "Prova di quartiere", "Europe/Rome").await;
        assert_eq!((report.proposals, report.comments, report.known), (5, 12, 0));
        let problems: Vec<(&str, u64, bool)> = report
            .problems
            .iter()
            .map(|problem| (problem.file, problem.line, problem.taken))
            .collect();
        assert_eq!(
            problems,
            [
                ("proposals.csv", 10, false),
                ("proposals.csv", 7, false),
                ("proposals.csv", 8, false),
                ("proposals.csv", 9, false),
                ("comments.csv", 11, true),
                ("comments.csv", 14, false),
                ("comments.csv", 15, false),
                ("comments.csv", 16, false),
            ],
            "{:#?}",
            report.problems
        );
        let all = by_title(city).await;
        let path = &all["Una pista lungo il Lambro"];
        assert_eq!(
            (path.supports, path.comments, path.state),
            (41, 10, ProposalState::Accepted)
        );
        assert_eq!(
            path.created_at.rfc3339(),
            "2019-03-03T23:00:00.000Z",
            "a day begins in its zone"
        );
        let whole = page(&visitor(city), path.id).await.expect("read");
        let html = whole.html().to_string();
        assert!(
            html.contains("<strong>continua</strong>") && html.contains("<li>panchine</li>"),
            "{html}"
        );
        assert!(html.contains("href=\"https://example.org/mappa\""));
        assert_eq!((whole.tally_supports, whole.reference.as_deref()), (41, Some("PRV-1")));
        let night = &all["Autobus di notte ogni mezz'ora"];
        assert_eq!((night.author.is_none(), night.origin), (true, Origin::Meeting));
        let whole = page(&visitor(city), night.id).await.expect("read");
        assert_eq!(whole.card.state, ProposalState::Declined);
        assert!(
            whole
                .answer
                .expect("answered")
                .text
                .to_html()
                .as_str()
                .contains("<em>prima del 2026</em>")
        );
        let trees = &all["Mille alberi & mille ombre"];
        let whole = page(&visitor(city), trees.id).await.expect("read");
        assert!(
            whole.card.state == ProposalState::Declined && whole.answer.is_none(),
            "refused without a word"
        );
        assert!(!whole.body.as_str().contains("alert"));
        assert_eq!(
            (whole.card.origin, all["Bike sheds at every station"].lang.code()),
            (Origin::Official, "en")
        );
        let quiet = &all["Meno rumore la domenica mattina"];
        assert_eq!(
            quiet.created_at.rfc3339(),
            "2019-03-31T01:30:00.000Z",
            "half past two was skipped that night"
        );
    })
    .await;
}

#[tokio::test]
async fn threads_keep_their_order_and_depth_and_a_lost_parent_leaves_a_reply_at_the_top() {
    city::with(async |city| {
        bring(city, &fixture(), "Prova di quartiere", "Europe/Rome").await;
        let all = by_title(city).await;
        let cx = visitor(city);
        let paging = Paging::default;
        let path = threads(&cx, all["Una pista lungo il Lambro"].id, CommentSort::Oldest, paging()).await;
        let path = path.expect("read").items;
        assert_eq!(path.len(), 2);
        let depths: Vec<i64> = path[0].replies.iter().map(|card| card.depth).collect();
        assert_eq!(
            depths,
            (1..=8).map(|depth| i64::min(depth, THREAD_DEPTH)).collect::<Vec<_>>()
        );
        assert!(path[0].replies.iter().all(|card| card.stance.is_none()));
        assert_eq!((path[0].root.supports, path[0].root.objections), (5, 1));
        assert_eq!((path[1].root.parent, path[1].root.objections), (None, 2));
        let late = threads(
            &cx,
            all["Autobus di notte ogni mezz'ora"].id,
            CommentSort::Oldest,
            paging(),
        )
        .await;
        assert_eq!(
            late.expect("read").items.len(),
            1,
            "phases do not bind what is imported"
        );
        let nobody = threads(&cx, all["Mille alberi & mille ombre"].id, CommentSort::Oldest, paging()).await;
        assert!(nobody.expect("read").items[0].root.author.is_none());
    })
    .await;
}

#[tokio::test]
async fn running_it_twice_changes_nothing() {
    city::with(async |city| {
        let first = bring(city, &fixture(), "Prova di quartiere", "Europe/Rome").await;
        let before = everything(city).await;
        let second = bring(city, &fixture(), "Prova di quartiere", "Europe/Rome").await;
        assert_eq!(everything(city).await, before);
        assert_eq!(
            (second.proposals, second.comments, second.known),
            (0, 0, first.proposals + first.comments)
        );
        bring(city, &fixture(), "Un'altra prova", "Europe/Rome").await;
        let twice = rows::number(city, "select count(*) from proposal").await;
        assert_eq!(twice, 10, "under another title it is another consultation");
    })
    .await;
}

#[tokio::test]
async fn what_was_imported_is_found_filtered_and_shown() {
    city::with(async |city| {
        bring(city, &fixture(), "Prova di quartiere", "Europe/Rome").await;
        city.settle().await;
        let search = documents::read::Search {
            text: "lanbro".to_owned(),
            limit: 20,
            ..documents::read::Search::default()
        };
        let found = documents::read::find(&visitor(city), &search).await.expect("found");
        assert_eq!(found.items.len(), 1);
        let one = page_by_slug(&visitor(city), "prova-di-quartiere").await.expect("read");
        assert_eq!(
            (one.figures.proposals, one.figures.comments, one.figures.answered),
            (5, 12, 3)
        );
        assert_eq!((one.themes.len(), one.districts.len()), (4, 1));
        let visitor = city.visitor();
        for path in [
            "/it/consultations/prova-di-quartiere".to_owned(),
            "/it/proposals?consultation=prova-di-quartiere".to_owned(),
            format!(
                "/it/proposals?consultation=prova-di-quartiere&district={}",
                one.districts[0].id
            ),
        ] {
            visitor.get(&path).await.expect(200);
        }
    })
    .await;
}

#[tokio::test]
async fn files_that_are_missing_or_have_other_columns_are_refused_whole() {
    city::with(async |city| {
        let options = || ImportOptions {
            title: Localised::same("Niente"),
            zone: Zone::named("Europe/Rome").expect("a zone"),
        };
        let nowhere = import(&city.city.system(), Path::new("nowhere"), options(), &mut |_| {}).await;
        assert!(nowhere.is_err());
        let folder = std::env::temp_dir().join(format!("arengo-import-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for file in ["proposals.csv", "comments.csv"] {
            std::fs::write(folder.join(file), "nome;testo\na;b\n").expect("written");
        }
        let other = import(&city.city.system(), &folder, options(), &mut |_| {}).await;
        std::fs::remove_dir_all(&folder).expect("removed");
        assert!(matches!(other, Err(civic::error::Error::Invalid(_))), "{other:?}");
        assert_eq!(rows::number(city, "select count(*) from consultation").await, 0);
    })
    .await;
}

#[derive(Deserialize)]
struct ProposalRow {
    id: String,
    supports: i64,
    accepted: String,
    origin: String,
    author: String,
    category: String,
}

#[derive(Deserialize)]
struct CommentRow {
    proposal_id: String,
    stance: String,
    likes: i64,
    dislikes: i64,
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> Vec<T> {
    let mut reader = csv::Reader::from_path(file).expect("the file");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

#[tokio::test]
async fn every_row_of_the_real_consultation_goes_in_and_the_counts_are_the_files() {
    let Some(folder) = real_data().map(|data| data.join("consultation")) else {
        eprintln!("ARENGO_DATA is not set: the project's own small files were imported instead");
        return;
    };
    city::with(async |city| {
        let proposals: Vec<ProposalRow> = read(&folder.join("proposals.csv"));
        let comments: Vec<CommentRow> = read(&folder.join("comments.csv"));
        let report = bring(city, &folder, "Decidim Barcelona", "Europe/Madrid").await;
        let lost: Vec<_> = report.problems.iter().filter(|problem| !problem.taken).collect();
        assert!(lost.is_empty(), "{lost:#?}");
        assert_eq!(report.proposals, proposals.len() as u64);
        assert_eq!(report.comments, comments.len() as u64);
        assert_eq!(
            report.problems.len(),
            1,
            "one reply has lost its parent: {:#?}",
            report.problems
        );
        let count = async |sql: &str| rows::number(city, sql).await;
        let sum = |numbers: &mut dyn Iterator<Item = i64>| numbers.sum::<i64>();
        for (sql, wanted) in [
            (
                "select cast(sum(tally_supports) as bigint) from proposal",
                sum(&mut proposals.iter().map(|row| row.supports)),
            ),
            (
                "select cast(sum(tally_supports) as bigint) from comment",
                sum(&mut comments.iter().map(|row| row.likes)),
            ),
            (
                "select cast(sum(tally_objections) as bigint) from comment",
                sum(&mut comments.iter().map(|row| row.dislikes)),
            ),
            (
                "select count(*) from comment where stance is null",
                number(&comments, |row| row.stance.is_empty()),
            ),
            (
                "select count(*) from comment where stance = 'against'",
                number(&comments, |row| row.stance == "against"),
            ),
            (
                "select count(*) from proposal where state = 'accepted'",
                number(&proposals, |row| row.accepted == "1"),
            ),
            (
                "select count(*) from proposal where state = 'declined'",
                number(&proposals, |row| row.accepted == "0"),
            ),
            (
                "select count(*) from proposal where origin = 'meeting'",
                number(&proposals, |row| row.origin == "meeting"),
            ),
            (
                "select count(*) from proposal where author_id is null",
                number(&proposals, |row| row.author.is_empty()),
            ),
            (
                "select count(*) from proposal where theme_id is null",
                number(&proposals, |row| row.category.is_empty()),
            ),
        ] {
            assert_eq!(count(sql).await, wanted, "{sql}");
        }
        let mut per_proposal: HashMap<&str, i64> = HashMap::new();
        for comment in &comments {
            *per_proposal.entry(&comment.proposal_id).or_default() += 1;
        }
        let most = proposals
            .iter()
            .max_by_key(|row| per_proposal.get(row.id.as_str()))
            .expect("one");
        let shown = count("select max(comments) from proposal").await;
        assert_eq!(Some(&shown), per_proposal.get(most.id.as_str()));
        let before = everything(city).await;
        let second = bring(city, &folder, "Decidim Barcelona", "Europe/Madrid").await;
        assert_eq!(second.known as usize, proposals.len() + comments.len());
        assert_eq!(everything(city).await, before);
        city.settle().await;
        let search = documents::read::Search {
            text: "bicicletes".to_owned(),
            limit: 20,
            ..documents::read::Search::default()
        };
        let found = documents::read::find(&visitor(city), &search).await.expect("found");
        assert_eq!(found.items.len(), 20);
    })
    .await;
}

fn number<T>(rows: &[T], fits: impl Fn(&T) -> bool) -> i64 {
    i64::try_from(rows.iter().filter(|row| fits(row)).count()).expect("a few thousand")
}
