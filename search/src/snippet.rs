//! Marking the words that were looked for, in plain pieces that each surface escapes for itself.

use std::collections::HashSet;

use crate::analysis::{STEMMED, Word, is_one_mistake, stem, words};
use crate::doc::Span;
use crate::query::Read;

/// Characters of an excerpt.
const EXCERPT_CHARS: usize = 220;

/// Knows which words fit.
pub struct Marker {
    words: Vec<String>,
    stems: HashSet<String>,
    beginning: Option<String>,
}

impl Marker {
    pub fn new(read: &Read) -> Self {
        let stems = read
            .words
            .iter()
            .flat_map(|word| STEMMED.into_iter().map(|lang| stem(lang, word)))
            .collect();
        let beginning = if read.typing { read.words.last().cloned() } else { None };
        Self {
            words: read.words.clone(),
            stems,
            beginning,
        }
    }

    fn fits(&self, folded: &str) -> bool {
        self.words.iter().any(|word| {
            word == folded || (word.chars().count() >= 5 && folded.len() >= 4 && is_one_mistake(word, folded))
        }) || STEMMED.into_iter().any(|lang| self.stems.contains(&stem(lang, folded)))
            || self
                .beginning
                .as_ref()
                .is_some_and(|beginning| folded.starts_with(beginning.as_str()))
    }

    /// The whole text in pieces.
    pub fn whole(&self, text: &str) -> Vec<Span> {
        self.pieces(text, &words(text), 0, text.len())
    }

    /// The stretch of the text with the most marks, in pieces.
    pub fn excerpt(&self, text: &str) -> Vec<Span> {
        let words = words(text);
        let marks: Vec<usize> = words
            .iter()
            .filter(|word| self.fits(&word.folded))
            .map(|word| word.from)
            .collect();
        let best = marks
            .iter()
            .max_by_key(|from| {
                let within = marks
                    .iter()
                    .filter(|mark| (**from..**from + EXCERPT_CHARS).contains(*mark))
                    .count();
                (within, std::cmp::Reverse(**from))
            })
            .copied()
            .unwrap_or(0);
        let start = words
            .iter()
            .map(|word| word.from)
            .find(|from| best.saturating_sub(EXCERPT_CHARS / 4) <= *from)
            .unwrap_or(0);
        let start = if best < EXCERPT_CHARS / 2 { 0 } else { start };
        let end = words
            .iter()
            .map(|word| word.to)
            .filter(|to| *to > start && text[start..*to].chars().count() <= EXCERPT_CHARS)
            .max()
            .unwrap_or_else(|| text.char_indices().nth(EXCERPT_CHARS).map_or(text.len(), |(at, _)| at));
        let whole_end = text[end..].chars().all(|c| !c.is_alphanumeric());
        let end = if whole_end { text.len() } else { end };
        let mut pieces = self.pieces(text, &words, start, end);
        if start > 0 {
            pieces.insert(
                0,
                Span {
                    text: "… ".to_owned(),
                    marked: false,
                },
            );
        }
        if end < text.len() {
            pieces.push(Span {
                text: "…".to_owned(),
                marked: false,
            });
        }
        pieces
    }

    fn pieces(&self, text: &str, words: &[Word], start: usize, end: usize) -> Vec<Span> {
        let mut pieces: Vec<Span> = Vec::new();
        let mut at = start;
        let mut push = |text: &str, marked: bool| {
            if !text.is_empty() {
                pieces.push(Span {
                    text: text.to_owned(),
                    marked,
                });
            }
        };
        for word in words.iter().filter(|word| word.from >= start && word.to <= end) {
            if self.fits(&word.folded) {
                push(&text[at..word.from], false);
                push(&text[word.from..word.to], true);
                at = word.to;
            }
        }
        push(&text[at..end], false);
        pieces
    }
}
