//! The texts of the house: what this is, the rules, accessibility, privacy, legal notes, how to build on it.
//!
//! Rule: a text is Markdown in `texts/`, one file for each language; its first line is the page's title. What the city sets
//! is put in at the names in braces. Deliberately absent: editing them through the pages.

use std::sync::Arc;

use askama::Template;
use civic::Settings;
use civic::error::{Error, Result};
use civic::language::Language;
use civic::text::Markdown;
use poem::Response;
use rust_embed::RustEmbed;

use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/texts"]
struct Texts;

/// The texts there are, by their names in addresses.
pub const NAMES: [&str; 6] = [
    "about",
    "rules",
    "accessibility",
    "privacy",
    "legal-notes",
    "developers",
];

#[derive(Template)]
#[template(path = "text/text.html")]
struct TextPage {
    page: Page,
    title: String,
    text: String,
    declaration: String,
}

/// A text's title and its Markdown, with what the city sets put in; `None` for a name that is none.
fn find(language: Language, name: &str, settings: &Settings) -> Option<(String, String)> {
    let name = NAMES.into_iter().find(|known| *known == name)?;
    let file = Texts::get(&format!("{}/{name}.md", language.code()))?;
    let whole = std::str::from_utf8(&file.data).ok()?;
    let (title, text) = whole.split_once('\n')?;
    let text = text
        .replace("{city}", &settings.city_name)
        .replace("{contact}", &settings.contact_email)
        .replace("{base}", &settings.base_url);
    Some((title.trim_start_matches(['#', ' ']).to_owned(), text))
}

/// One of the texts.
///
/// # Errors
/// `NotFound` for a name that is none.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let settings = &visit.cx.city.settings;
    let name = visit.param("text");
    let (title, text) = find(visit.language, name, settings).ok_or(Error::NotFound)?;
    let declaration = if name == "accessibility" {
        settings.accessibility_declaration.clone()
    } else {
        String::new()
    };
    html(&TextPage {
        page: Page::new(&visit, title.clone()).via(words(visit.language, "home"), ""),
        text: Markdown::from_stored(text).to_page_html().to_string(),
        declaration,
        title,
    })
}

/// What is under no address of ours.
///
/// # Errors
/// `NotFound`, always.
pub async fn nowhere(_: Arc<Visit>) -> Result<Response> {
    Err(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
        for name in NAMES {
            for language in Language::ALL {
                assert!(
                    Texts::get(&format!("{}/{name}.md", language.code())).is_some(),
                    "{name}"
                );
            }
        }
        assert_eq!(Texts::iter().count(), NAMES.len() * Language::ALL.len());
    }
}
