//! Which characters of a text are kept, which of them can be seen, and which make two names differ.
//!
//! Rule: what nobody sees is dropped, except the joiners that scripts and emoji need; those never tell two names apart.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Whether a text keeps it: none of the characters that cannot be shown, or that turn the line around.
pub(super) fn is_shown(c: char) -> bool {
    matches!(c, '\n' | '\t') || !(c.is_control() || turns_around(c) || is_empty(c))
}

/// Whether there is something to see of it.
pub(super) fn is_seen(c: char) -> bool {
    !(c.is_whitespace() || joins(c) || is_combining_mark(c))
}

const fn turns_around(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}')
}

/// Zero-width and blank characters: soft hyphen, fillers, invisible operators, and those that are none.
const fn is_empty(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}' | '\u{200B}'
            | '\u{2060}'..='\u{2064}' | '\u{206A}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}'
    )
}

/// Joiners, variation selectors and tags: parts of letters and emoji that show nothing of their own.
const fn joins(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E01EF}')
}

/// Lower case without accents and joiners: for keys that must not differ by these alone.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut letters = String::with_capacity(text.len());
    for c in text.chars() {
        // Most letters of most texts are these, and taking one apart costs fifty times as much as keeping it.
        if c.is_ascii() {
            letters.push(c);
        } else {
            letters.extend(c.nfkd().filter(|c| !(is_combining_mark(*c) || joins(*c))));
        }
    }
    letters.to_lowercase()
}

/// The same in the alphabet that every bank takes (EPC, SEPA: Latin letters, digits and a few signs), at most so long.
#[must_use]
pub fn plain(text: &str, max_chars: usize) -> String {
    let taken = |c: char| c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c);
    let letters = text.nfkd().filter(|c| !is_combining_mark(*c));
    let known: String = letters.map(|c| if taken(c) { c } else { ' ' }).collect();
    let words: Vec<&str> = known.split_whitespace().collect();
    words
        .join(" ")
        .chars()
        .take(max_chars)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_for_a_bank_has_its_letters_only() {
        assert_eq!(plain("Società «L\u{2019}Orto» & C.", 70), "Societa L Orto C.");
        assert_eq!(plain("Anna Bianchi", 5), "Anna");
    }

    #[test]
    fn names_that_look_the_same_have_one_key() {
        assert_eq!(fold("An\u{200D}na"), fold("anna"));
        assert_eq!(fold("\u{c0}nna\u{fe0f}"), fold("anna"));
    }

    #[test]
    fn an_emoji_keeps_its_joiners() {
        assert!("\u{1f469}\u{200d}\u{1f692}\u{fe0f}".chars().all(is_shown));
        assert!(!is_shown('\u{200b}') && !is_shown('\u{202e}'));
    }
}
