//! Documents in, queries in, hits out: plain data, no type of the library.

/// The language of a text, as far as it decides how words are cut down to their stems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Italian.
    It,
    /// English.
    En,
    /// Spanish.
    Es,
    /// Catalan.
    Ca,
    /// Any other: words count as they stand.
    Other,
}

impl Lang {
    /// Reads an ISO 639-1 code.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        match code {
            "it" => Self::It,
            "en" => Self::En,
            "es" => Self::Es,
            "ca" => Self::Ca,
            _ => Self::Other,
        }
    }
}

/// A text that can be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// By which it is replaced and dropped.
    pub id: String,
    /// What it is, for example `proposal`.
    pub kind: String,
    /// The language it is written in.
    pub lang: Lang,
    /// Its title; a word here weighs more.
    pub title: String,
    /// Its plain text.
    pub body: String,
    /// Exact values by which it can be filtered and counted.
    pub filters: Vec<(String, String)>,
    /// How much people care for it; tips the scales between texts that fit alike.
    pub weight: u32,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The words as typed; a stretch in quotation marks must stand just so.
    pub text: String,
    /// Only these kinds; all when empty.
    pub kinds: Vec<String>,
    /// Only with these values: one of those of the same name, and each name.
    pub filters: Vec<(String, String)>,
    /// The names whose values are counted, each without its own filter: `kind`, and those of filters.
    pub count: Vec<String>,
    /// Whether the last word is still being typed.
    pub typing: bool,
    /// How many hits.
    pub limit: usize,
    /// After how many.
    pub offset: usize,
    /// Characters of an excerpt; none is made for 0.
    pub excerpt_chars: usize,
}

/// A piece of text, plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The piece.
    pub text: String,
    /// Whether it is one of the words looked for.
    pub marked: bool,
}

/// One document that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// How well it fits, compared with the others.
    pub score: f32,
    /// Its title, with the words marked.
    pub title: Vec<Span>,
    /// A stretch of its text, with the words marked.
    pub excerpt: Vec<Span>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// How many documents fit.
    pub total: usize,
    /// The best ones.
    pub hits: Vec<Hit>,
    /// For each name asked for, how many documents have each value, most first.
    pub counts: Vec<(String, Vec<(String, u64)>)>,
    /// Another spelling under which more is found.
    pub did_you_mean: Option<String>,
}
