//! The words of the pages, in both languages, from `locales/`.
//!
//! Rule: no sentence is written in code; a key that is missing shows itself, and a test finds it before.

use std::borrow::Cow;
use std::collections::HashMap;

use civic::language::Language;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{Loader, static_loader};
use unic_langid::{LanguageIdentifier, langid};

static_loader! {
    static WORDS = { locales: "./locales", fallback_language: "it", customise: |bundle| bundle.set_use_isolating(false) };
}

static IT: LanguageIdentifier = langid!("it");
static EN: LanguageIdentifier = langid!("en");

fn id(language: Language) -> &'static LanguageIdentifier {
    match language {
        Language::It => &IT,
        Language::En => &EN,
    }
}

/// The words of `key`.
#[must_use]
pub fn words(language: Language, key: &str) -> String {
    WORDS.try_lookup(id(language), key).unwrap_or_else(|| key.to_owned())
}

/// The words of one name of a family: `state-` and `under_review`, whose key is `state-under-review`.
#[must_use]
pub fn named(language: Language, family: &str, name: &str) -> String {
    words(language, &format!("{family}{}", name.replace('_', "-")))
}

/// The words of `key` with values put in.
#[must_use]
pub fn words_with(language: Language, key: &str, values: &[(&'static str, Value<'_>)]) -> String {
    let values: HashMap<Cow<'static, str>, FluentValue<'_>> = values
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Text(text) => FluentValue::from(*text),
                Value::Number(number) => FluentValue::from(*number),
            };
            (Cow::Borrowed(*name), value)
        })
        .collect();
    WORDS
        .try_lookup_with_args(id(language), key, &values)
        .unwrap_or_else(|| key.to_owned())
}

/// A value that is put into a sentence.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// A text, as it is.
    Text(&'a str),
    /// A number, by which the sentence may choose its form.
    Number(i64),
}
