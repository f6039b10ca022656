//! Searching on the wire: which results, where they begin, and what was found.

use async_graphql::{Enum, InputObject, SimpleObject};
use civic::documents::Span;
use civic::documents::read::{Search, SearchPage, SearchResult, Thing};
use civic::error::{Code, Error, Result};
use civic::id::{ConsultationId, DistrictId, ThemeId};
use poem_openapi::{Enum as ApiEnum, Object};

use super::comment::{CommentOut, Stance};
use super::proposal::{Origin, ProposalOut, ProposalState};
use super::{Ref, all};

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::documents::Kind")]
pub enum Kind {
    /// A proposal.
    Proposal,
    /// A comment.
    Comment,
}

/// Which results of a search.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SearchFilter {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only in this consultation.
    pub consultation: Option<Ref<ConsultationId>>,
    /// Only with this theme.
    pub theme: Option<Ref<ThemeId>>,
    /// Only in this district.
    pub district: Option<Ref<DistrictId>>,
    /// Only in this state.
    pub state: Option<ProposalState>,
    /// Only those that came in this way.
    pub origin: Option<Origin>,
    /// Only comments of this stance.
    pub stance: Option<Stance>,
}

impl From<SearchFilter> for Search {
    fn from(given: SearchFilter) -> Self {
        let state = given.state.map(civic::proposal::ProposalState::from);
        let origin = given.origin.map(civic::proposal::Origin::from);
        let stance = given.stance.map(civic::comment::Stance::from);
        let filters = [
            given.theme.map(|id| ("theme", id.0.to_string())),
            given.district.map(|id| ("district", id.0.to_string())),
            state.map(|state| ("state", state.as_str().to_owned())),
            origin.map(|origin| ("origin", origin.as_str().to_owned())),
            stance.map(|stance| ("stance", stance.as_str().to_owned())),
        ];
        Self {
            kind: given.kind.map(Into::into),
            consultation: given.consultation.map(|id| id.0),
            filters: filters.into_iter().flatten().collect(),
            ..Self::default()
        }
    }
}

/// After how many results a page begins: the `next` of the page before, or nothing for the first.
///
/// # Errors
/// `Invalid` in `after` when it is no such text.
pub fn offset(after: Option<&str>) -> Result<u64> {
    match after.filter(|text| !text.is_empty()) {
        None => Ok(0),
        Some(text) => text.parse().map_err(|_| Error::field("after", Code::Malformed)),
    }
}

/// A piece of text, marked where it fits what was looked for.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Span")]
#[graphql(name = "Span")]
pub struct SpanOut {
    /// The text itself, plain.
    pub text: String,
    /// Whether it fits.
    pub marked: bool,
}

impl From<Span> for SpanOut {
    fn from(span: Span) -> Self {
        Self {
            text: span.text,
            marked: span.marked,
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "SearchResult", skip_serializing_if_is_none)]
#[graphql(name = "SearchResult")]
pub struct SearchResultOut {
    /// What was found.
    pub kind: Kind,
    /// The proposal, or the one that the comment is under.
    pub proposal: ProposalOut,
    /// The comment, if it is one.
    pub comment: Option<CommentOut>,
    /// The title with marks.
    pub title: Vec<SpanOut>,
    /// A stretch of the text with marks.
    pub excerpt: Vec<SpanOut>,
}

impl From<SearchResult> for SearchResultOut {
    fn from(result: SearchResult) -> Self {
        let (kind, proposal, comment) = match result.thing {
            Thing::Proposal(card) => (Kind::Proposal, *card, None),
            Thing::Comment(comment, above) => (Kind::Comment, *above, Some((*comment).into())),
        };
        Self {
            kind,
            proposal: proposal.into(),
            comment,
            title: all(result.title),
            excerpt: all(result.excerpt),
        }
    }
}

/// How many results have a value.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "ValueCount")]
#[graphql(name = "ValueCount")]
pub struct ValueCountOut {
    /// The value: an id or a name.
    pub value: String,
    /// How many.
    pub count: u64,
}

/// How many results each value of one filter would show.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "SearchFacet")]
#[graphql(name = "SearchFacet")]
pub struct SearchFacetOut {
    /// The name of the filter.
    pub name: String,
    /// Its values.
    pub values: Vec<ValueCountOut>,
}

/// What a search gave.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "SearchPage", skip_serializing_if_is_none)]
#[graphql(name = "SearchPage")]
pub struct SearchOut {
    /// How many fit.
    pub total: u64,
    /// The best ones.
    pub items: Vec<SearchResultOut>,
    /// What to give as `after` for the next results.
    pub next: Option<String>,
    /// How many results each value of each filter would show; may lag behind by two seconds.
    pub facets: Vec<SearchFacetOut>,
    /// Another spelling that finds more.
    pub did_you_mean: Option<String>,
}

impl From<SearchPage> for SearchOut {
    fn from(page: SearchPage) -> Self {
        let facets = page.counts.into_iter().map(|(name, values)| SearchFacetOut {
            name: name.to_owned(),
            values: values
                .into_iter()
                .map(|(value, count)| ValueCountOut { value, count })
                .collect(),
        });
        Self {
            total: page.total,
            items: all(page.items),
            next: page.next_offset.map(|offset| offset.to_string()),
            facets: facets.collect(),
            did_you_mean: page.did_you_mean,
        }
    }
}
