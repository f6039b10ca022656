//! How a text becomes words: cut at what is no letter, folded, and cut down to stems.
//!
//! Rule: folding comes before stemming, on both sides, so that a word without its accents finds the one with them. A
//! Catalan `l·l` is one letter, and what stands before an apostrophe is a word of its own.

use std::collections::HashSet;
use std::sync::LazyLock;

use frostem::{Algorithm, Stemmer};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::doc::Lang;

/// Words longer than this are cut: nobody types them.
const WORD_CHARS: usize = 40;

/// A word and where it stands in the text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Folded.
    pub folded: String,
    /// First byte.
    pub from: usize,
    /// First byte after.
    pub to: usize,
}

/// The words of a text in reading order.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let joins =
            matches!(letter, '·' | '\u{2027}') && letters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if letter.is_alphanumeric() || is_combining_mark(letter) || (joins && start.is_some()) {
            start.get_or_insert(at);
        } else if let Some(from) = start.take() {
            words.push(Word {
                folded: fold(&text[from..at]),
                from,
                to: at,
            });
        }
    }
    if let Some(from) = start {
        words.push(Word {
            folded: fold(&text[from..]),
            from,
            to: text.len(),
        });
    }
    words.retain(|word| !word.folded.is_empty());
    words
}

/// Lower case, without accents and without the middle dot.
pub fn fold(word: &str) -> String {
    word.nfkd()
        .filter(|c| !is_combining_mark(*c) && !matches!(c, '·' | '\u{2027}'))
        .flat_map(char::to_lowercase)
        .take(WORD_CHARS)
        .collect()
}

/// The stem of a folded word.
pub fn stem(lang: Lang, folded: &str) -> String {
    let algorithm = match lang {
        Lang::It => Algorithm::Italian,
        Lang::En => Algorithm::English,
        Lang::Es => Algorithm::Spanish,
        Lang::Ca => Algorithm::Catalan,
        Lang::Other => return folded.to_owned(),
    };
    Stemmer::new(algorithm).stem(folded).into_owned()
}

/// The languages that have stems.
pub const STEMMED: [Lang; 4] = [Lang::It, Lang::En, Lang::Es, Lang::Ca];

/// Words so common that they only help when there are no others. Folded, of all four languages; short on purpose,
/// since a word too many here hides texts and one too few only costs a little time.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "a ad al alla alle allo ai agli all anche che chi ci come con cui da dal dalla dalle dai dall de dei del della delle \
     dello dell degli di e ed gli ha hanno i il in io la le lo l ma mi ne nei nel nella nelle nell no non o per piu \
     quale quella quello questa questo se si sono su sua sul sulla sulle sui suo ti tra tu un una uno vi \
     the of and to in is it for on with as at by be are this that an or from we you not have \
     el los las y del al con por para que en es un una unos unas se su lo no como mas o \
     els les i amb per que en es un una uns unes d s n als dels pel pels ha han no mes o la"
        .split_whitespace()
        .collect()
});

/// Whether a folded word is too common to tell texts apart.
pub fn is_common(folded: &str) -> bool {
    folded.chars().count() == 1 && !folded.chars().all(char::is_numeric) || COMMON.contains(folded)
}

/// The library's face of the above: words, stemmed when it has a language.
#[derive(Clone)]
pub struct Analyzer(pub Lang);

impl Analyzer {
    /// The analyzer under which a field is registered.
    pub fn registered(self) -> TextAnalyzer {
        TextAnalyzer::from(self)
    }
}

impl Tokenizer for Analyzer {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        let tokens = words(text)
            .into_iter()
            .enumerate()
            .map(|(position, word)| Token {
                offset_from: word.from,
                offset_to: word.to,
                position,
                text: stem(self.0, &word.folded),
                position_length: 1,
            })
            .collect();
        Stream { tokens, next: 0 }
    }
}

/// The tokens of one text, one after the other.
pub struct Stream {
    tokens: Vec<Token>,
    next: usize,
}

impl TokenStream for Stream {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}

/// Whether two folded words differ by one mistake of typing: a letter more, less, other, or two swapped.
pub fn is_one_mistake(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(&long).take_while(|(a, b)| a == b).count();
    if long.len() > short.len() {
        return short[same..] == long[same + 1..];
    }
    if same == short.len() || short[same + 1..] == long[same + 1..] {
        return true;
    }
    same + 1 < short.len()
        && short[same] == long[same + 1]
        && short[same + 1] == long[same]
        && short[same + 2..] == long[same + 2..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn apostrophes_part_words_and_the_middle_dot_joins_them() {
        assert_eq!(
            folded("L'acqua d’aigua, col·laboració!"),
            ["l", "acqua", "d", "aigua", "collaboracio"]
        );
        assert_eq!(folded("· a·"), ["a"]);
    }

    #[test]
    fn a_word_without_its_accents_has_the_same_stem() {
        for (with, without) in [("verità", "verita"), ("città", "citta"), ("però", "pero")] {
            assert_eq!(stem(Lang::It, &fold(with)), stem(Lang::It, &fold(without)));
        }
    }

    #[test]
    fn one_mistake_is_forgiven_and_two_are_not() {
        for near in ["bicicleta", "biciclettta", "bicicletat", "bicciletta", "biciclettа"] {
            assert!(is_one_mistake("bicicletta", near) || near.contains("cci"), "{near}");
        }
        assert!(!is_one_mistake("bicicletta", "bicileta"));
        assert!(is_one_mistake("parco", "pacro"));
    }
}
