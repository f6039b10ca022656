//! The language a text is written in.
//!
//! Rule: one code of two letters; a guess only when it is sure, among the languages that the city's people write.

use std::sync::LazyLock;

use whatlang::{Detector, Lang as Guess};

/// A language by its ISO 639-1 code.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lang(String);

impl Lang {
    /// Reads a code of two letters, such as `it`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let shaped = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
        shaped.then(|| Self(code.to_owned()))
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0
    }

    /// The city's own language, which is assumed when nothing else is known.
    #[must_use]
    pub fn italian() -> Self {
        Self("it".to_owned())
    }
}

/// The languages that the city's people write most, the likeliest first, each with what the detector calls it.
const KNOWN: [(&str, Guess); 12] = [
    ("it", Guess::Ita),
    ("en", Guess::Eng),
    ("es", Guess::Spa),
    ("fr", Guess::Fra),
    ("de", Guess::Deu),
    ("pt", Guess::Por),
    ("ro", Guess::Ron),
    ("uk", Guess::Ukr),
    ("ru", Guess::Rus),
    ("ar", Guess::Ara),
    ("zh", Guess::Cmn),
    ("ca", Guess::Cat),
];

/// The codes of the languages that are offered and recognised, the likeliest first.
pub fn languages() -> impl Iterator<Item = &'static str> {
    KNOWN.into_iter().map(|(code, _)| code)
}

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::with_allowlist(KNOWN.into_iter().map(|(_, guess)| guess).collect()));

/// Characters that a guess looks at: more make it slower and no better.
const LOOKED_AT: usize = 1_000;

/// The language of a text, when it can be told.
#[must_use]
pub fn detect(text: &str) -> Option<Lang> {
    let beginning: String = text.chars().take(LOOKED_AT).collect();
    let info = DETECTOR.detect(&beginning).filter(whatlang::Info::is_reliable)?;
    let (code, _) = KNOWN.into_iter().find(|(_, guess)| *guess == info.lang())?;
    Lang::parse(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_tells_its_language_and_a_word_does_not() {
        let italian =
            "Vorrei che il quartiere avesse una pista ciclabile continua e sicura fino alla scuola dei bambini";
        assert_eq!(detect(italian).as_ref().map(Lang::code), Some("it"));
        assert_eq!(detect("ok"), None);
        assert_eq!(Lang::parse("ITA"), None);
    }
}
