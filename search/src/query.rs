//! From what somebody typed to what the index is asked.
//!
//! Rule: any text is a query. A word fits as it stands, by its stem in any language, with one mistake of typing, or as
//! the beginning of a longer one, since people clip words (bici, metro); the closer the fit, the more it weighs.
//! Deliberately absent: how long a text may be, which the caller bounds.

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, PhraseQuery, Query as Asked, TermQuery};
use tantivy::schema::IndexRecordOption;

use crate::analysis::{STEMMED, Word, is_common, stem, words};
use crate::doc::Query;
use crate::schema::Fields;

/// Most words of a query; further ones are not read.
const WORDS: usize = 12;
/// Words shorter than this must be typed right.
const FORGIVEN_FROM: usize = 5;
/// Words shorter than this begin too many others, unless one is still being typed.
const CLIPPED_FROM: usize = 4;
/// The same for a word that is being typed.
const TYPED_FROM: usize = 2;

/// Whether longer words that begin with `word` fit too.
pub fn is_beginning(word: &str, typing: bool) -> bool {
    let from = if typing { TYPED_FROM } else { CLIPPED_FROM };
    word.chars().count() >= from
}

/// Whether words that are a mistake away from `word` fit too.
pub fn is_forgiven(word: &str) -> bool {
    word.chars().count() >= FORGIVEN_FROM
}

/// The words of a query, and which of them stand in quotation marks together.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// Words that tell texts apart; all words when none does.
    pub words: Vec<String>,
    /// Stretches that must stand just so.
    pub phrases: Vec<Vec<String>>,
    /// Whether the last of `words` is still being typed.
    pub typing: bool,
}

/// Reads a query's text.
pub fn read(query: &Query) -> Read {
    let text = &query.text;
    let mut read = Read::default();
    let mut loose = Vec::new();
    for (number, part) in text.split(['"', '«', '»', '“', '”']).enumerate() {
        let found: Vec<String> = words(part).into_iter().map(|Word { folded, .. }| folded).collect();
        if number % 2 == 1 && found.len() > 1 {
            read.phrases.push(found.iter().take(WORDS).cloned().collect());
        }
        loose.extend(found);
    }
    loose.truncate(WORDS);
    let ends_in_word = text.chars().last().is_some_and(char::is_alphanumeric);
    read.typing = query.typing && ends_in_word;
    let last = loose.last().cloned();
    let telling: Vec<String> = loose.iter().filter(|word| !is_common(word)).cloned().collect();
    read.words = if telling.is_empty() { loose } else { telling };
    read.typing &= last.as_ref() == read.words.last();
    read.words.dedup();
    read
}

fn term(field: tantivy::schema::Field, text: &str, boost: f32) -> Box<dyn Asked> {
    let query = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs);
    Box::new(BoostQuery::new(Box::new(query), boost))
}

/// All the ways in which a text can have `word`.
fn one_word(fields: &Fields, word: &str, typing: bool) -> Box<dyn Asked> {
    let mut ways: Vec<(Occur, Box<dyn Asked>)> = vec![
        (Occur::Should, term(fields.title, word, 2.5)),
        (Occur::Should, term(fields.text, word, 1.5)),
    ];
    for lang in STEMMED {
        if let Some(field) = fields.stem(lang) {
            ways.push((Occur::Should, term(field, &stem(lang, word), 1.0)));
        }
    }
    // What fits less than exactly says as much whichever field it is in, so the title's fit is added to the text's.
    for (field, weight) in [(fields.text, 1.0), (fields.title, 1.5)] {
        let as_typed = Term::from_field_text(field, word);
        if is_beginning(word, typing) {
            let beginning: Box<dyn Asked> = Box::new(FuzzyTermQuery::new_prefix(as_typed.clone(), 0, true));
            let likely = if typing { 0.8 } else { 0.2 };
            ways.push((Occur::Should, Box::new(BoostQuery::new(beginning, likely * weight))));
        }
        if is_forgiven(word) {
            let nearly: Box<dyn Asked> = Box::new(FuzzyTermQuery::new(as_typed, 1, true));
            ways.push((Occur::Should, Box::new(BoostQuery::new(nearly, 0.4 * weight))));
        }
    }
    Box::new(BooleanQuery::new(ways))
}

/// The query for texts that have all the words, or, when `any`, at least one.
pub fn ask(fields: &Fields, read: &Read, query: &Query, any: bool) -> BooleanQuery {
    let mut clauses: Vec<(Occur, Box<dyn Asked>)> = filters(fields, &query.kinds, &query.filters);
    let last = read.words.len().saturating_sub(1);
    let mut fits: Vec<(Occur, Box<dyn Asked>)> = Vec::new();
    for (at, word) in read.words.iter().enumerate() {
        let occur = if any { Occur::Should } else { Occur::Must };
        fits.push((occur, one_word(fields, word, read.typing && at == last)));
    }
    for phrase in &read.phrases {
        let terms: Vec<Term> = phrase
            .iter()
            .map(|word| Term::from_field_text(fields.text, word))
            .collect();
        fits.push((Occur::Must, Box::new(PhraseQuery::new(terms))));
    }
    if fits.is_empty() {
        clauses.push((Occur::Must, Box::new(tantivy::query::EmptyQuery)));
    } else {
        clauses.push((Occur::Must, Box::new(BooleanQuery::new(fits))));
    }
    BooleanQuery::new(clauses)
}

/// Exact values: one of each name's.
pub fn filters(fields: &Fields, kinds: &[String], filters: &[(String, String)]) -> Vec<(Occur, Box<dyn Asked>)> {
    let mut names: Vec<(&str, Vec<String>)> = Vec::new();
    let kinds = kinds.iter().map(|kind| ("kind", kind.as_str()));
    for (name, value) in kinds.chain(filters.iter().map(|(name, value)| (name.as_str(), value.as_str()))) {
        let exact = format!("{name}={value}");
        match names.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(exact),
            None => names.push((name, vec![exact])),
        }
    }
    names
        .into_iter()
        .map(|(_, values)| {
            let one_of: Vec<(Occur, Box<dyn Asked>)> = values
                .iter()
                .map(|value| (Occur::Should, term(fields.filter, value, 0.0)))
                .collect();
            (Occur::Must, Box::new(BooleanQuery::new(one_of)) as Box<dyn Asked>)
        })
        .collect()
}
