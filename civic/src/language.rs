//! The languages of the pages, the languages of what people write, and texts that the city gives in several.
//!
//! Rule: a page is in one of two languages; a member's text has the language it was written in; the city's own texts
//! have one version per page language and say when they fall back to the other.

use serde::{Deserialize, Serialize};

pub use crate::text::Lang;

/// A language in which the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Italian, the city's own.
    #[default]
    It,
    /// English.
    En,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::It, Self::En];

    /// The ISO 639-1 code, as in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::It => "it",
            Self::En => "en",
        }
    }

    /// Reads an ISO 639-1 code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The best page language for an `Accept-Language` header; Italian when none fits.
    #[must_use]
    pub fn negotiate(header: &str) -> Self {
        let mut best = (0_u16, Self::It);
        for part in header.split(',').take(16) {
            let mut pieces = part.split(';').map(str::trim);
            let code = pieces
                .next()
                .unwrap_or("")
                .split('-')
                .next()
                .unwrap_or("")
                .to_ascii_lowercase();
            let quality = pieces
                .find_map(|piece| piece.strip_prefix("q="))
                .map_or(1_000, thousandths);
            if let Some(language) = Self::parse(&code)
                && quality > best.0
            {
                best = (quality, language);
            }
        }
        best.1
    }
}

fn thousandths(quality: &str) -> u16 {
    let (whole, part) = quality.split_once('.').unwrap_or((quality, ""));
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    let part: u16 = digits.parse().unwrap_or(0);
    if whole == "1" { 1_000 } else { part }
}

/// A text of the city in the page languages; at least one of them is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Localised {
    #[serde(skip_serializing_if = "Option::is_none")]
    it: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    en: Option<String>,
}

impl Localised {
    /// A text in both languages.
    #[must_use]
    pub fn both(it: &str, en: &str) -> Self {
        Self {
            it: Some(it.to_owned()),
            en: Some(en.to_owned()),
        }
    }

    /// One text for all languages, such as a proper name.
    #[must_use]
    pub fn same(text: &str) -> Self {
        Self::both(text, text)
    }

    /// A text in the languages in which something is said; a blank one is left to the other.
    #[must_use]
    pub fn given(it: &str, en: &str) -> Self {
        match (it.trim().is_empty(), en.trim().is_empty()) {
            (false, true) => Self {
                it: Some(it.to_owned()),
                en: None,
            },
            (true, false) => Self {
                it: None,
                en: Some(en.to_owned()),
            },
            (false, false) | (true, true) => Self::both(it, en),
        }
    }

    /// What is said in `language` itself; empty when nothing is.
    #[must_use]
    pub fn own(&self, language: Language) -> &str {
        let (found, text) = self.with_language(language);
        if found == language { text } else { "" }
    }

    /// The text in `language`, or the other one.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        self.with_language(language).1
    }

    /// The text with the language it really is in, so that a fallback can be marked.
    #[must_use]
    pub fn with_language(&self, language: Language) -> (Language, &str) {
        let (own, other) = match language {
            Language::It => ((Language::It, &self.it), (Language::En, &self.en)),
            Language::En => ((Language::En, &self.en), (Language::It, &self.it)),
        };
        match (own.1, other.1) {
            (Some(text), _) => (own.0, text),
            (None, Some(text)) => (other.0, text),
            (None, None) => (own.0, ""),
        }
    }

    /// The same with each language's text read anew.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn try_map<E>(&self, read: impl Fn(&str) -> Result<String, E>) -> Result<Self, E> {
        Ok(Self {
            it: self.it.as_deref().map(&read).transpose()?,
            en: self.en.as_deref().map(&read).transpose()?,
        })
    }

    /// Reads the stored form; a text that is not of that form stands for all languages.
    #[must_use]
    pub fn from_stored(stored: &str) -> Self {
        serde_json::from_str(stored).unwrap_or_else(|_| Self::same(stored))
    }

    /// The form in which it is stored.
    #[must_use]
    pub fn to_stored(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_gets_the_language_they_like_best() {
        assert_eq!(Language::negotiate("en-GB,en;q=0.9,it;q=0.8"), Language::En);
        assert_eq!(Language::negotiate("de, it;q=0.5, en;q=0.4"), Language::It);
        assert_eq!(Language::negotiate("fr"), Language::It);
        assert_eq!(Language::negotiate(""), Language::It);
    }

    #[test]
    fn a_missing_translation_falls_back_and_says_so() {
        let text: Localised = serde_json::from_str(r#"{"it":"Aria"}"#).expect("json");
        assert_eq!(text.with_language(Language::En), (Language::It, "Aria"));
    }
}
