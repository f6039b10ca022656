//! What is like a text: the texts that share its rarest words.

use tantivy::Term;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query as Asked, TermQuery};
use tantivy::schema::IndexRecordOption;

use crate::Result;
use crate::analysis::{STEMMED, stem};
use crate::doc::Hit;
use crate::find::{hit, telling_words};
use crate::generation::Generation;
use crate::query::{Read, filters as exact};
use crate::snippet::Marker;

/// Words of the text that are looked at.
const READ: usize = 200;
/// Of those, the rarest that are asked for.
const ASKED: usize = 12;

pub fn similar(
    generation: &Generation,
    text: &str,
    kind: &str,
    filters: &[(String, String)],
    except: Option<&str>,
    limit: usize,
) -> Result<Vec<Hit>> {
    let searcher = generation.reader.searcher();
    let fields = &generation.fields;
    let mut by_rarity = Vec::new();
    for word in telling_words(text, READ) {
        let frequency = stems_of(generation, &word)
            .map(|term| searcher.doc_freq(&term))
            .collect::<tantivy::Result<Vec<u64>>>()?
            .into_iter()
            .max()
            .unwrap_or(0);
        if frequency > 0 {
            by_rarity.push((frequency, word));
        }
    }
    by_rarity.sort();
    by_rarity.truncate(ASKED);
    if by_rarity.is_empty() {
        return Ok(Vec::new());
    }
    let mut shares: Vec<(Occur, Box<dyn Asked>)> = Vec::new();
    for (_, word) in &by_rarity {
        for term in stems_of(generation, word) {
            shares.push((
                Occur::Should,
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
            ));
        }
        let in_title = TermQuery::new(Term::from_field_text(fields.title, word), IndexRecordOption::Basic);
        shares.push((Occur::Should, Box::new(BoostQuery::new(Box::new(in_title), 1.5))));
    }
    let mut clauses = exact(fields, &[kind.to_owned()], filters);
    clauses.push((Occur::Must, Box::new(BooleanQuery::new(shares))));
    let query = BooleanQuery::new(clauses);
    let best = searcher.search(&query, &TopDocs::with_limit(limit.max(1) + 1).order_by_score())?;
    let shared = Read {
        words: by_rarity.into_iter().map(|(_, word)| word).collect(),
        ..Read::default()
    };
    let marker = Marker::new(&shared, 0);
    let mut hits = Vec::with_capacity(best.len());
    for (score, address) in best {
        let hit = hit(generation, &searcher, &marker, score, address)?;
        if except != Some(hit.id.as_str()) {
            hits.push(hit);
        }
    }
    hits.truncate(limit);
    Ok(hits)
}

fn stems_of<'a>(generation: &'a Generation, word: &'a str) -> impl Iterator<Item = Term> + 'a {
    STEMMED
        .into_iter()
        .filter_map(move |lang| Some(Term::from_field_text(generation.fields.stem(lang)?, &stem(lang, word))))
}
