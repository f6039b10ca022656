//! The seam to the index: what it may hold, what it is asked, and what it answers.
//!
//! Rule: the index only names what fits; everything it names is read again and filtered in the database before it is
//! shown (architecture, decision 10). Deliberately absent: any type of the search library.

pub mod read;

use async_trait::async_trait;

use crate::error::Result;
use crate::language::Lang;

/// What kind of thing a document stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A proposal.
    Proposal,
    /// A comment.
    Comment,
}

impl Kind {
    /// All of them, in the order of the tabs.
    pub const ALL: [Self; 2] = [Self::Proposal, Self::Comment];

    /// The name in the index and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposal => "proposal",
            Self::Comment => "comment",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One public text, as the index holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The typed id of the thing.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// The language it was written in.
    pub lang: Lang,
    /// Its title; a comment has none.
    pub title: String,
    /// Its plain text.
    pub body: String,
    /// Exact values by which it can be filtered and counted, such as `theme` → `thm_…`.
    pub filters: Vec<(&'static str, String)>,
    /// How many support it.
    pub supports: u32,
}

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// The words as typed.
    pub text: String,
    /// Only these kinds; all when empty.
    pub kinds: Vec<Kind>,
    /// Only with these values: one of those with the same name, and each name.
    pub filters: Vec<(&'static str, String)>,
    /// Which filters to count: each as if it were not set itself, given the others.
    pub count: Vec<&'static str>,
    /// Whether the last word is still being typed.
    pub typing: bool,
    /// How many hits.
    pub limit: usize,
    /// After how many.
    pub offset: usize,
}

/// A piece of text, marked where it fits what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text itself, plain.
    pub text: String,
    /// Whether it fits.
    pub marked: bool,
}

/// One fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The typed id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// The title with marks.
    pub title: Vec<Span>,
    /// A stretch of the text with marks.
    pub excerpt: Vec<Span>,
}

/// Everything that fits, as far as it was asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// How many fit in all, as the index knows it.
    pub total: u64,
    /// The best ones.
    pub hits: Vec<Hit>,
    /// By filter name, how many for each value.
    pub counts: Vec<(&'static str, Vec<(String, u64)>)>,
    /// Another spelling that finds more.
    pub did_you_mean: Option<String>,
}

/// The index, as the city sees it.
#[async_trait]
pub trait Documents: Send + Sync {
    /// Takes in or replaces documents and drops others, up to the outbox's `number`.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be written.
    async fn apply(&self, put: Vec<Document>, drop: Vec<String>, number: i64) -> Result<()>;

    /// Up to which number of the outbox the index has come, durably.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be read.
    async fn position(&self) -> Result<i64>;

    /// Answers a question.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be read.
    async fn find(&self, question: &Question) -> Result<Found>;

    /// The things of `kind` most like a text, best first, without the one named `except`.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be read.
    async fn similar(
        &self,
        text: &str,
        kind: Kind,
        filters: &[(&'static str, String)],
        except: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Hit>>;
}
