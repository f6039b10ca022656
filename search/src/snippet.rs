//! Marking the words that were looked for, in plain pieces that each surface escapes for itself.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use crate::analysis::{STEMMED, Word, is_one_mistake, stem, words};
use crate::doc::Span;
use crate::query::{Read, is_beginning, is_forgiven};

/// Knows which words fit.
pub struct Marker {
    words: Vec<String>,
    stems: HashSet<String>,
    typing: bool,
    excerpt_chars: usize,
    /// Words that were looked at before: texts repeat most of theirs, and stemming one costs more than finding it here.
    known: RefCell<HashMap<String, bool>>,
}

impl Marker {
    pub fn new(read: &Read, excerpt_chars: usize) -> Self {
        let stems = read
            .words
            .iter()
            .flat_map(|word| STEMMED.into_iter().map(|lang| stem(lang, word)))
            .collect();
        Self {
            words: read.words.clone(),
            stems,
            typing: read.typing,
            excerpt_chars,
            known: RefCell::default(),
        }
    }

    fn fits(&self, folded: &str) -> bool {
        if let Some(known) = self.known.borrow().get(folded) {
            return *known;
        }
        let fits = self.is_fit(folded);
        self.known.borrow_mut().insert(folded.to_owned(), fits);
        fits
    }

    fn is_fit(&self, folded: &str) -> bool {
        let last = self.words.len().saturating_sub(1);
        let fits = |(at, word): (usize, &String)| {
            word == folded
                || (is_forgiven(word) && folded.len() >= 4 && is_one_mistake(word, folded))
                || (is_beginning(word, self.typing && at == last) && folded.starts_with(word.as_str()))
        };
        self.words.iter().enumerate().any(fits)
            || STEMMED.into_iter().any(|lang| self.stems.contains(&stem(lang, folded)))
    }

    /// The whole text in pieces.
    pub fn whole(&self, text: &str) -> Vec<Span> {
        self.pieces(text, &words(text), 0, text.len())
    }

    /// The stretch of the text with the most marks, in pieces; none when no excerpts are wanted.
    pub fn excerpt(&self, text: &str) -> Vec<Span> {
        let room = self.excerpt_chars;
        if room == 0 {
            return Vec::new();
        }
        let words = words(text);
        let marks: Vec<usize> = words
            .iter()
            .filter(|word| self.fits(&word.folded))
            .map(|word| word.from)
            .collect();
        let best = densest(&marks, room);
        let start = words
            .iter()
            .map(|word| word.from)
            .find(|from| best.saturating_sub(room / 4) <= *from)
            .unwrap_or(0);
        let start = if best < room / 2 { 0 } else { start };
        let most = text[start..]
            .char_indices()
            .nth(room)
            .map_or(text.len(), |(at, _)| start + at);
        let end = words
            .iter()
            .rev()
            .map(|word| word.to)
            .find(|to| *to <= most)
            .filter(|to| *to > start)
            .unwrap_or(most);
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

/// Of places in rising order the first from which `room` holds the most of them; 0 when there are none.
fn densest(places: &[usize], room: usize) -> usize {
    let (mut best, mut most, mut end) = (0, 0, 0);
    for (at, from) in places.iter().enumerate() {
        while places.get(end).is_some_and(|place| *place < from + room) {
            end += 1;
        }
        if end - at > most {
            (best, most) = (*from, end - at);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_excerpt_begins_where_most_words_stand_together() {
        assert_eq!(densest(&[], 10), 0);
        assert_eq!(densest(&[3, 50, 55, 58, 90], 10), 50);
        assert_eq!(densest(&[3, 50], 10), 3, "of equals the first");
    }
}
