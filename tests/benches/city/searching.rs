//! Searching as people do, beside the same index asked bare, without the rows being read and filtered again.

use anyhow::Result;
use civic::documents::read::{FILTERS, Search, find};
use civic::limits::EXCERPT_CHARS;
use civic::page::Paging;
use civic::proposal::read::{Filter, Sort, list};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use crate::SEED;
use crate::corpus::Corpus;
use crate::measure::{ROUNDS, Table, ms, quantile, time};

/// Queries of one round.
const QUERIES: usize = 200;
/// Results of one page.
const RESULTS: u64 = 20;
/// Shortest word that somebody would look for.
const WORD: usize = 4;

/// Measures.
pub async fn measure(corpus: &Corpus, table: &mut Table) -> Result<()> {
    let cx = corpus.city.system();
    let queries = queries(corpus).await?;
    let (mut whole, mut bare) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for text in &queries {
            let search = Search {
                text: text.clone(),
                limit: RESULTS,
                ..Search::default()
            };
            let (took, found) = time(find(&cx, &search)).await;
            found?;
            ours.push(took);
            let query = search::Query {
                text: text.clone(),
                count: FILTERS.iter().map(|name| (*name).to_owned()).collect(),
                limit: RESULTS as usize,
                excerpt_chars: EXCERPT_CHARS,
                ..search::Query::default()
            };
            let (took, found) = time(async { corpus.index.find(&query) }).await;
            found?;
            theirs.push(took);
        }
        // The first round warms both up.
        if round > 0 {
            whole.extend(ours);
            bare.extend(theirs);
        }
    }
    let (p50, p99) = (quantile(&mut whole, 500), quantile(&mut whole, 990));
    let (bare50, bare99) = (quantile(&mut bare, 500), quantile(&mut bare, 990));
    let ratio = p99.as_secs_f64() / bare99.as_secs_f64();
    table.say("search p50", ms(p50), format!("bare index {}", ms(bare50)));
    table.say("search p99", ms(p99), format!("bare index {}; goal 5 ms", ms(bare99)));
    table.say("search p99 against bare", format!("{ratio:.2}"), "goal at most 2");
    Ok(())
}

/// One to three words from the titles of the corpus, by chance that repeats.
async fn queries(corpus: &Corpus) -> Result<Vec<String>> {
    let cx = corpus.city.system();
    let paging = Paging {
        limit: civic::limits::PAGE_MAX,
        after: None,
    };
    let seed = u32::try_from(SEED)?;
    let titles = list(&cx, &Filter::default(), Sort::Random(seed), paging).await?.items;
    let words: Vec<Vec<&str>> = titles
        .iter()
        .map(|card| {
            card.title
                .split_whitespace()
                .filter(|word| word.chars().count() >= WORD)
                .collect()
        })
        .collect();
    let mut chance = StdRng::seed_from_u64(SEED);
    let mut queries = Vec::with_capacity(QUERIES);
    while queries.len() < QUERIES {
        let title = words.choose(&mut chance).map(Vec::as_slice).unwrap_or_default();
        let number = chance.random_range(1..=3);
        let picked: Vec<&str> = title.sample(&mut chance, number).copied().collect();
        if !picked.is_empty() {
            queries.push(picked.join(" "));
        }
    }
    Ok(queries)
}
