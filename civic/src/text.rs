//! What people write: titles and Markdown in, safe HTML and plain text out.
//!
//! Rule: what is stored is Markdown, as it was typed; HTML is made here at output, cleaned by an allow-list, whoever
//! wrote it. This is the only caller of the sanitiser. Raw HTML inside a text is shown as the text it is, so that no
//! word is lost and none becomes markup. Deliberately absent: pictures in texts, which are attachments.

mod difference;
mod import_html;
mod lang;
mod letters;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use unicode_normalization::UnicodeNormalization;

use crate::error::{Code, Error, Fault, Result as Checked};
use crate::limits::REASON_MAX_CHARS;

pub(crate) use difference::differences;
pub use difference::{Change, ChangeKind, difference};
pub use import_html::from_html;
pub use lang::{Lang, detect, languages};
pub use letters::{fold, plain};
use letters::{is_seen, is_shown};

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextProblem {
    /// Nothing in it.
    #[error("empty")]
    Empty,
    /// Shorter than so many characters.
    #[error("shorter than {0} characters")]
    TooShort(usize),
    /// Longer than so many characters.
    #[error("longer than {0} characters")]
    TooLong(usize),
}

impl TextProblem {
    /// The same as the fault of a field.
    #[must_use]
    pub const fn fault(self, field: &'static str) -> Fault {
        match self {
            Self::Empty => Fault::new(field, Code::Empty),
            Self::TooShort(limit) => Fault::over(field, Code::TooShort, limit as u64),
            Self::TooLong(limit) => Fault::over(field, Code::TooLong, limit as u64),
        }
    }
}

/// Reads a reason: it must be there, and short.
pub(crate) fn read_reason(raw: &str) -> Checked<String> {
    Markdown::parse(raw, REASON_MAX_CHARS)
        .map(Markdown::into_string)
        .map_err(|problem| Error::Invalid(vec![problem.fault("reason")]))
}

/// One line without markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    /// Reads a line of `min` to `max` characters; white space is folded.
    ///
    /// # Errors
    /// Says whether it is empty, too short or too long.
    pub fn parse(raw: &str, min: usize, max: usize) -> Result<Self, TextProblem> {
        let clean: String = clean(raw, max)?.split_whitespace().collect::<Vec<_>>().join(" ");
        match clean.chars().count() {
            _ if !clean.chars().any(is_seen) => Err(TextProblem::Empty),
            number if number < min => Err(TextProblem::TooShort(min)),
            number if number > max => Err(TextProblem::TooLong(max)),
            _ => Ok(Self(clean)),
        }
    }

    /// The line.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// A stored text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markdown(String);

/// HTML that we made and cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// The HTML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Markdown {
    /// Reads a text of at most `max` characters.
    ///
    /// # Errors
    /// Says whether it is empty or too long.
    pub fn parse(raw: &str, max: usize) -> Result<Self, TextProblem> {
        let text = clean(raw, max)?;
        let text = text.trim_matches(|c: char| c.is_whitespace()).to_owned();
        match text.chars().count() {
            _ if !text.chars().any(is_seen) => Err(TextProblem::Empty),
            number if number > max => Err(TextProblem::TooLong(max)),
            _ => Ok(Self(text)),
        }
    }

    /// What the database gave back.
    #[must_use]
    pub const fn from_stored(stored: String) -> Self {
        Self(stored)
    }

    /// The Markdown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The Markdown.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// The text as HTML that cannot do anything.
    #[must_use]
    pub fn to_html(&self) -> SafeHtml {
        SafeHtml(CLEANER.clean(&self.tamed(lower)).to_string())
    }

    /// The text as HTML for a page of the city's own: its headings stand right below the page's title, and its links
    /// may lead to our own pages. What it may not do is the same as for anybody's text.
    #[must_use]
    pub fn to_page_html(&self) -> SafeHtml {
        SafeHtml(OWN_CLEANER.clean(&self.tamed(keep)).to_string())
    }

    fn tamed(&self, level: fn(HeadingLevel) -> HeadingLevel) -> String {
        let events = Parser::new_ext(&self.0, OPTIONS).map(|event| tame(event, level));
        let mut html = String::with_capacity(self.0.len() * 2);
        pulldown_cmark::html::push_html(&mut html, events);
        html
    }

    /// The words alone, for the index and for excerpts.
    #[must_use]
    pub fn to_plain(&self) -> String {
        let mut plain = String::with_capacity(self.0.len());
        for event in Parser::new_ext(&self.0, OPTIONS) {
            match event {
                Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                    plain.push_str(&text);
                }
                Event::SoftBreak | Event::HardBreak | Event::Rule | Event::End(_) => plain.push(' '),
                _ => {}
            }
        }
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The beginning of the words, at most `max` characters, cut between words.
    #[must_use]
    pub fn excerpt(&self, max: usize) -> String {
        let plain = self.to_plain();
        if plain.chars().count() <= max {
            return plain;
        }
        let cut: String = plain.chars().take(max).collect();
        let end = cut.rfind(' ').filter(|end| *end > cut.len() / 2).unwrap_or(cut.len());
        format!("{}…", cut[..end].trim_end_matches([',', '.', ';', ':', ' ']))
    }
}

/// No tables: one line of a short text could make hundreds of thousands of empty cells.
const OPTIONS: Options = Options::ENABLE_STRIKETHROUGH;

/// Raw HTML becomes the text it is, headings make room for the page's own, pictures become their description.
fn tame(event: Event<'_>, place: fn(HeadingLevel) -> HeadingLevel) -> Event<'_> {
    match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(Tag::Heading {
            level,
            id: _,
            classes: _,
            attrs: _,
        }) => Event::Start(Tag::Heading {
            level: place(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(place(level))),
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Emphasis),
        Event::InlineMath(text) | Event::DisplayMath(text) => Event::Text(text),
        Event::FootnoteReference(name) => Event::Text(CowStr::from(format!("[{name}]"))),
        other => other,
    }
}

fn keep(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        other => other,
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(cleaner);

static OWN_CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = cleaner();
    builder
        .add_tags(["h2"])
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(None);
    builder
});

fn cleaner() -> ammonia::Builder<'static> {
    let tags = [
        "p",
        "br",
        "strong",
        "em",
        "del",
        "blockquote",
        "ul",
        "ol",
        "li",
        "a",
        "h3",
        "h4",
        "h5",
        "h6",
        "code",
        "pre",
        "hr",
    ];
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow ugc noopener"))
        .strip_comments(true);
    builder
}

/// Bytes that are read of any text before its length is judged.
const RAW_MIN_BYTES: usize = 1_024;

/// Newlines as `\n`, composed letters, and none of the characters that cannot be shown or that turn the line around.
fn clean(raw: &str, max: usize) -> Result<String, TextProblem> {
    // A composed letter may need several code points, so only what is beyond any such text is refused unread.
    if raw.len() > max.saturating_mul(16).max(RAW_MIN_BYTES) {
        return Err(TextProblem::TooLong(max));
    }
    Ok(raw
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .nfc()
        .filter(|c| is_shown(*c))
        .collect())
}

/// Longest readable tail of an address, in characters.
const SLUG_CHARS: usize = 60;

/// The readable tail of an address: letters and digits of ASCII, joined by hyphens, cut between words.
#[must_use]
pub fn slug(title: &str) -> String {
    let mut slug = String::with_capacity(SLUG_CHARS);
    for word in fold(title)
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        if slug.len() + word.len() + 1 > SLUG_CHARS {
            if slug.is_empty() {
                slug.push_str(&word[..SLUG_CHARS.min(word.len())]);
            }
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        Markdown::from_stored(text.to_owned()).to_html().as_str().to_owned()
    }

    #[test]
    fn raw_html_is_shown_as_text_and_no_word_is_lost() {
        let shown = html("prima <script>alert(1)</script> dopo");
        assert!(!shown.contains("<script"));
        assert!(shown.contains("prima") && shown.contains("alert(1)") && shown.contains("dopo"));
    }

    #[test]
    fn links_lead_only_to_places_on_the_web() {
        assert!(html("[x](javascript:alert(1))").find("javascript").is_none());
        assert!(html("[x](data:text/html,hi)").find("data:").is_none());
        assert!(html("[x](https://example.org)").contains("rel=\"nofollow ugc noopener\""));
    }

    #[test]
    fn the_citys_own_pages_lead_to_our_own_and_run_nothing_either() {
        let text = "## Regole\n\n[qui](/it/rules) [x](javascript:alert(1)) <script>alert(1)</script>";
        let shown = Markdown::from_stored(text.to_owned()).to_page_html();
        assert!(shown.as_str().contains("<h2>Regole</h2>") && shown.as_str().contains("href=\"/it/rules\""));
        assert!(!shown.as_str().contains("javascript") && !shown.as_str().contains("<script"));
    }

    #[test]
    fn cleaning_twice_is_cleaning_once() {
        for text in ["# a\n\n*b* **c**", "1. x\n2. y", "> q\n\n`c`", "<b onclick=x>hi</b>"] {
            let once = html(text);
            assert_eq!(CLEANER.clean(&once).to_string(), once);
        }
    }

    #[test]
    fn a_members_heading_leaves_room_for_the_pages_own() {
        assert!(html("# Titolo").starts_with("<h3>"));
    }

    #[test]
    fn a_title_is_one_line_within_its_limits() {
        assert_eq!(
            Title::parse("  Più \n alberi ", 5, 20).map(Title::into_string),
            Ok("Più alberi".to_owned())
        );
        assert_eq!(Title::parse("\u{202E}", 1, 20), Err(TextProblem::Empty));
        assert_eq!(Title::parse("\u{200D}\u{2800}\u{3164}", 1, 20), Err(TextProblem::Empty));
        assert_eq!(
            Title::parse("Pis\u{AD}te\u{200B} \u{2060}verdi", 5, 20).map(Title::into_string),
            Ok("Piste verdi".to_owned())
        );
        assert_eq!(Title::parse("abc", 5, 20), Err(TextProblem::TooShort(5)));
        assert_eq!(Title::parse(&"à".repeat(21), 5, 20), Err(TextProblem::TooLong(20)));
    }

    #[test]
    fn an_excerpt_is_cut_between_words() {
        let text = Markdown::from_stored("Una **pista** ciclabile, sicura e continua".to_owned());
        assert_eq!(text.excerpt(24), "Una pista ciclabile…");
        assert_eq!(text.excerpt(200), "Una pista ciclabile, sicura e continua");
    }

    #[test]
    fn a_slug_is_ascii_and_short() {
        assert_eq!(slug("Città più verde: l’albero!"), "citta-piu-verde-l-albero");
        assert!(slug(&"x".repeat(300)).len() <= SLUG_CHARS);
        assert_eq!(slug("☂"), "");
    }

    #[test]
    fn no_short_text_makes_a_page_many_times_as_long() {
        for line in ["|a", "a|b\n-|-\n", "> ", "1. ", "* ", "[a](b)", "&lt;", "**a", "~~a~~ "] {
            let text: String = line.chars().cycle().take(4_000).collect();
            assert!(html(&text).len() < 40 * 4_000, "{line}");
        }
        let wide = format!("{}\n{}\n{}", "|a".repeat(500), "|-".repeat(500), "|\n".repeat(1_000));
        assert!(
            html(&wide).len() < 10 * wide.len(),
            "a table with many columns and short rows"
        );
    }

    #[test]
    fn deep_nesting_stays_bounded() {
        let deep = "> ".repeat(5_000) + "x";
        assert!(html(&deep).len() < 1_000_000);
        assert!(html(&"[".repeat(10_000)).contains('['));
    }
}
