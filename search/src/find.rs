//! Answering a query: the best hits, the counts, and another spelling when there is little.

use tantivy::aggregation::AggregationCollector;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::aggregation::agg_result::AggregationResults;
use tantivy::collector::{Count, MultiCollector, TopDocs};
use tantivy::query::BooleanQuery;
use tantivy::schema::Value;
use tantivy::{DocAddress, Searcher, TantivyDocument, Term};

use crate::Result;
use crate::analysis::{is_common, is_one_mistake, words};
use crate::doc::{Found, Hit, Query};
use crate::generation::Generation;
use crate::query::{Read, ask, read};
use crate::snippet::Marker;

/// With fewer hits than this, texts that have only some of the words are shown too.
const FEW: usize = 3;
/// Most values that are counted.
const VALUES: usize = 1_000;

pub fn find(generation: &Generation, query: &Query) -> Result<Found> {
    let read = read(query);
    if read.words.is_empty() {
        return Ok(Found::default());
    }
    let searcher = generation.reader.searcher();
    let all = ask(&generation.fields, &read, query, false);
    let mut answer = best(&searcher, &all, query)?;
    let loosely = answer.total < FEW && read.words.len() > 1 && read.phrases.is_empty();
    if loosely {
        answer = best(&searcher, &ask(&generation.fields, &read, query, true), query)?;
    }
    let Best {
        total,
        hits,
        mut counts,
    } = answer;
    let marker = Marker::new(&read, query.excerpt_chars);
    let hits = hits
        .into_iter()
        .map(|(score, address)| hit(generation, &searcher, &marker, score, address))
        .collect::<Result<_>>()?;
    for (name, values) in &mut counts {
        // What a filter's other values would show, the filter itself must not hide.
        if let Some(without) = without(query, name) {
            let asked = ask(&generation.fields, &read, &without, loosely);
            let own = self::counts(&searcher, &asked, std::slice::from_ref(name))?;
            *values = own.into_iter().flat_map(|(_, values)| values).collect();
        }
    }
    let did_you_mean = if total < FEW {
        respell(generation, &searcher, &read)?
    } else {
        None
    };
    Ok(Found {
        total,
        hits,
        counts,
        did_you_mean,
    })
}

/// What one pass over the index gives.
struct Best {
    total: usize,
    hits: Vec<(f32, DocAddress)>,
    counts: Counts,
}

/// The best hits, how many fit, and how many have each value, all in one pass: finding what fits costs the most.
fn best(searcher: &Searcher, asked: &BooleanQuery, query: &Query) -> Result<Best> {
    let mut collectors = MultiCollector::new();
    let count = collectors.add_collector(Count);
    let tip = |segment: &tantivy::SegmentReader| {
        let weights = segment.fast_fields().u64("weight").ok();
        move |doc, score: f32| {
            let weight = weights.as_ref().and_then(|column| column.first(doc)).unwrap_or(0);
            // A hundred supporters are worth a tenth of the score: people's care tips, words decide.
            score * (1.0 + (weight as f32 + 1.0).ln() * 0.02)
        }
    };
    let top = collectors.add_collector(
        TopDocs::with_limit(query.limit.max(1))
            .and_offset(query.offset)
            .tweak_score(tip),
    );
    let values = if query.count.is_empty() {
        None
    } else {
        Some(collectors.add_collector(values()?))
    };
    let mut fruit = searcher.search(asked, &collectors)?;
    Ok(Best {
        total: count.extract(&mut fruit),
        hits: top.extract(&mut fruit),
        counts: values.map_or_else(Vec::new, |values| named(values.extract(&mut fruit), &query.count)),
    })
}

pub fn hit(
    generation: &Generation,
    searcher: &Searcher,
    marker: &Marker,
    score: f32,
    address: DocAddress,
) -> Result<Hit> {
    let stored: TantivyDocument = searcher.doc(address)?;
    let text = |field| {
        stored
            .get_first(field)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
    };
    let fields = &generation.fields;
    Ok(Hit {
        id: text(fields.id).to_owned(),
        kind: text(fields.kind).to_owned(),
        score,
        title: marker.whole(text(fields.shown_title)),
        excerpt: marker.excerpt(text(fields.shown_body)),
    })
}

/// The query without one of its filters; `None` when it has no such filter.
fn without(query: &Query, name: &str) -> Option<Query> {
    let mut without = query.clone();
    match name {
        "kind" => without.kinds.clear(),
        _ => without.filters.retain(|(known, _)| known != name),
    }
    (without != *query).then_some(without)
}

/// How many texts have each value of each filter.
type Counts = Vec<(String, Vec<(String, u64)>)>;

fn counts(searcher: &Searcher, asked: &BooleanQuery, names: &[String]) -> Result<Counts> {
    Ok(named(searcher.search(asked, &values()?)?, names))
}

/// Counts the values of all filters.
fn values() -> Result<AggregationCollector> {
    let request = serde_json::json!({ "values": { "terms": { "field": "filter", "size": VALUES } } });
    let aggregations: Aggregations =
        serde_json::from_value(request).map_err(|error| tantivy::TantivyError::InvalidArgument(error.to_string()))?;
    Ok(AggregationCollector::from_aggs(aggregations, Default::default()))
}

/// The values that were counted, by the name of their filter.
fn named(counted: AggregationResults, names: &[String]) -> Counts {
    let answer = serde_json::to_value(counted).unwrap_or_default();
    let buckets = answer["values"]["buckets"].as_array().cloned().unwrap_or_default();
    names
        .iter()
        .map(|name| {
            let values = buckets
                .iter()
                .filter_map(|bucket| {
                    let value = bucket["key"].as_str()?.strip_prefix(name.as_str())?.strip_prefix('=')?;
                    Some((value.to_owned(), bucket["doc_count"].as_u64()?))
                })
                .collect();
            (name.clone(), values)
        })
        .collect()
}

/// The query with each unknown word replaced by the commonest known one that is a mistake away, if that helps.
fn respell(generation: &Generation, searcher: &Searcher, read: &Read) -> Result<Option<String>> {
    let mut changed = false;
    let mut respelt = Vec::with_capacity(read.words.len());
    for word in &read.words {
        let known = searcher.doc_freq(&Term::from_field_text(generation.fields.text, word))? > 0;
        let better = if known || is_common(word) {
            None
        } else {
            nearest(generation, searcher, word)?
        };
        changed |= better.is_some();
        respelt.push(better.unwrap_or_else(|| word.clone()));
    }
    Ok(changed.then(|| respelt.join(" ")))
}

fn nearest(generation: &Generation, searcher: &Searcher, word: &str) -> Result<Option<String>> {
    // Words with the same first letter: mistakes there are rare, and the dictionary is read in order.
    let Some(first) = word.chars().next() else {
        return Ok(None);
    };
    let (from, to) = (first.to_string(), format!("{first}\u{10FFFF}"));
    let mut best: Option<(u32, String)> = None;
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(generation.fields.text)?;
        let mut terms = inverted
            .terms()
            .range()
            .ge(from.as_bytes())
            .lt(to.as_bytes())
            .into_stream()?;
        while terms.advance() {
            let Ok(candidate) = std::str::from_utf8(terms.key()) else {
                continue;
            };
            let often = terms.value().doc_freq;
            if best.as_ref().is_none_or(|(known, _)| often > *known) && is_near(word, candidate) {
                best = Some((often, candidate.to_owned()));
            }
        }
    }
    Ok(best.map(|(_, word)| word))
}

/// One mistake, or two in a word long enough to be told by the rest of it.
fn is_near(word: &str, candidate: &str) -> bool {
    if is_one_mistake(word, candidate) {
        return true;
    }
    let letters = word.chars().count();
    letters >= 7
        && word.char_indices().any(|(at, letter)| {
            let without = format!("{}{}", &word[..at], &word[at + letter.len_utf8()..]);
            is_one_mistake(&without, candidate)
        })
        || (letters >= 7
            && candidate.chars().count() <= letters + 2
            && candidate.char_indices().any(|(at, letter)| {
                let without = format!("{}{}", &candidate[..at], &candidate[at + letter.len_utf8()..]);
                is_one_mistake(word, &without)
            }))
}

/// Whether a query of these clauses has anything to ask; kept beside `find` so that both read words alike.
pub fn telling_words(text: &str, most: usize) -> Vec<String> {
    let mut telling: Vec<String> = Vec::new();
    for word in words(text) {
        if !is_common(&word.folded) && word.folded.chars().count() > 2 && !telling.contains(&word.folded) {
            telling.push(word.folded);
        }
        if telling.len() == most {
            break;
        }
    }
    telling
}
