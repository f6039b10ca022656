//! Looking at proposals: lists, one proposal with all that its page shows, its versions, and what is like it.
//!
//! Rule: a list is one statement whatever it holds; one proposal is a constant number of them. What comes from the
//! index is read again here before anybody sees it. A read model carries `can`, from the same policy as the use cases.

mod editing;
mod facets;
mod merged;
mod own;
mod page;
mod versions;

use std::collections::HashMap;

use super::store::{self, CardRow};
use super::{Origin, Point, ProposalFacts, ProposalState};
use crate::Cx;
use crate::documents::Kind;
use crate::error::{Code, Error, Result};
use crate::id::{ConsultationId, DistrictId, MemberId, ProposalId, ThemeId, TypedId};
use crate::language::{Lang, Localised};
use crate::limits::{FILTER_IDS_MAX, MAP_POINTS_MAX, SIMILAR_MAX_CHARS, SIMILAR_SHOWN};
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::text::slug;
use crate::time::Timestamp;

pub use editing::{Editing, editing};
pub use facets::{Facets, facets};
pub use merged::ProposalLink;
pub use own::own;
pub use page::{Addendum, Answer, ConsultationName, ProposalPage, page, pages};
pub use versions::{Version, versions};

/// Which proposals a list is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this consultation.
    pub consultation: Option<ConsultationId>,
    /// With one of these themes, or one below them.
    pub themes: Vec<ThemeId>,
    /// In one of these districts or quarters.
    pub districts: Vec<DistrictId>,
    /// In this state; all that are listed when not said.
    pub state: Option<ProposalState>,
    /// That came in this way.
    pub origin: Option<Origin>,
    /// By this member.
    pub author: Option<MemberId>,
}

impl Filter {
    /// # Errors
    /// `Invalid` in `theme` or `district` for more of them than anybody chooses.
    fn check(&self) -> Result<()> {
        for (field, number) in [("theme", self.themes.len()), ("district", self.districts.len())] {
            if number > FILTER_IDS_MAX {
                return Err(Error::field(field, Code::TooMany));
            }
        }
        Ok(())
    }
}

/// In which order a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Last published first.
    Newest,
    /// Most supports first.
    MostSupported,
    /// Most comments first.
    MostDiscussed,
    /// A fair order that stays the same for one seed.
    Random(u32),
}

impl Sort {
    /// The name on the wire; the seed is a parameter of its own.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::MostSupported => "most_supported",
            Self::MostDiscussed => "most_discussed",
            Self::Random(_) => "random",
        }
    }

    /// Reads the name; `seed` is used by the random order only.
    #[must_use]
    pub fn parse(text: &str, seed: u32) -> Option<Self> {
        [
            Self::Newest,
            Self::MostSupported,
            Self::MostDiscussed,
            Self::Random(seed),
        ]
        .into_iter()
        .find(|sort| sort.as_str() == text)
    }
}

/// A theme, district or other thing by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<I> {
    /// Which.
    pub id: I,
    /// Its name in the reader's language.
    pub name: String,
}

/// What a list shows of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalCard {
    /// Which one.
    pub id: ProposalId,
    /// The readable tail of its address.
    pub slug: String,
    /// Where it belongs.
    pub consultation: ConsultationId,
    /// Its title.
    pub title: String,
    /// The beginning of its text, plain.
    pub excerpt: String,
    /// The language it is written in.
    pub lang: Lang,
    /// Who wrote it, by public name.
    pub author: Option<Named<MemberId>>,
    /// How it came in.
    pub origin: Origin,
    /// Where it stands.
    pub state: ProposalState,
    /// Whether a moderator hid it (then only author and staff see this card).
    pub hidden: bool,
    /// Why a moderator hid it, in its author's own list.
    pub hidden_reason: Option<String>,
    /// Its theme.
    pub theme: Option<Named<ThemeId>>,
    /// Its district.
    pub district: Option<Named<DistrictId>>,
    /// How many support it, with those that an import brought.
    pub supports: i64,
    /// How many comments it has.
    pub comments: i64,
    /// Grows with each change, from the draft on.
    pub version: i64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was published.
    pub published_at: Option<Timestamp>,
}

/// What the actor may do with a proposal now; a button is shown where its field is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions {
    /// Change the text freely.
    pub edit: bool,
    /// Publish the draft.
    pub publish: bool,
    /// Add a note below the text.
    pub add: bool,
    /// Correct the text, marked so.
    pub correct: bool,
    /// Answer it for the city, by one of its possible steps.
    pub answer: bool,
    /// Join it to another.
    pub merge: bool,
    /// Take it back.
    pub withdraw: bool,
    /// Support it.
    pub support: bool,
    /// Take one's support back.
    pub take_back: bool,
    /// Comment it.
    pub comment: bool,
    /// Hide or restore it.
    pub moderate: bool,
}

/// A page of proposals.
///
/// # Errors
/// `Invalid` for a filter over its limit, and those of the database.
pub async fn list(cx: &Cx, filter: &Filter, sort: Sort, paging: Paging) -> Result<Page<ProposalCard>> {
    cx.check(Act::ReadPublic, On::City)?;
    filter.check()?;
    let rows = store::list(cx.db(), filter, sort, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: place(row, sort),
        id: row.id.uuid(),
    });
    cards(cx, page)
}

fn place(row: &CardRow, sort: Sort) -> i64 {
    match sort {
        Sort::Newest => row.published_at.map_or(0, Timestamp::ms),
        Sort::MostSupported => row.supports,
        Sort::MostDiscussed => row.comments,
        Sort::Random(seed) => store::shuffled_place(row.shuffle, seed),
    }
}

fn cards(cx: &Cx, page: Page<CardRow>) -> Result<Page<ProposalCard>> {
    let Page { items, next, places } = page;
    let items = items.into_iter().map(|row| card(cx, row)).collect::<Result<_>>()?;
    Ok(Page { items, next, places })
}

fn card(cx: &Cx, row: CardRow) -> Result<ProposalCard> {
    let name = |stored: String| Localised::from_stored(&stored).get(cx.language).to_owned();
    Ok(ProposalCard {
        id: row.id,
        slug: slug(&row.title),
        consultation: row.consultation_id,
        excerpt: row.excerpt,
        lang: Lang::parse(&row.lang).unwrap_or_else(Lang::italian),
        author: row.author_id.zip(row.author_name).map(|(id, name)| Named { id, name }),
        origin: Origin::parse(&row.origin).ok_or_else(|| Error::Bug(format!("origin {}", row.origin)))?,
        state: ProposalState::parse(&row.state).ok_or_else(|| Error::Bug(format!("state {}", row.state)))?,
        hidden: row.hidden_by.is_some(),
        hidden_reason: None,
        theme: row
            .theme_id
            .zip(row.theme_name)
            .map(|(id, stored)| Named { id, name: name(stored) }),
        district: row
            .district_id
            .zip(row.district_name)
            .map(|(id, stored)| Named { id, name: name(stored) }),
        supports: row.supports,
        comments: row.comments,
        version: row.version,
        created_at: row.created_at,
        published_at: row.published_at,
        title: row.title,
    })
}

/// Where the proposals of a list are, as far as they have a point; the newest when there are more than a map shows.
///
/// # Errors
/// `Invalid` for a filter over its limit, and those of the database.
pub async fn points(cx: &Cx, filter: &Filter) -> Result<Vec<Point>> {
    cx.check(Act::ReadPublic, On::City)?;
    filter.check()?;
    store::points(cx.db(), filter, MAP_POINTS_MAX).await
}

/// Those that the city answered last, at most `limit`.
///
/// # Errors
/// Those of the database.
pub async fn answered_lately(cx: &Cx, limit: u64) -> Result<Vec<ProposalCard>> {
    cx.check(Act::ReadPublic, On::City)?;
    let rows = store::answered_lately(cx.db(), limit).await?;
    rows.into_iter().map(|row| card(cx, row)).collect()
}

/// The public cards of `ids`, in that order; those that are not public (any more) are left out. With `also_unlisted`
/// the withdrawn ones are there too, since their text stays readable.
///
/// # Errors
/// Those of the database.
pub async fn by_ids(cx: &Cx, ids: &[ProposalId], also_unlisted: bool) -> Result<Vec<ProposalCard>> {
    let rows = store::cards_of(cx.db(), ids, also_unlisted).await?;
    let mut by_id: HashMap<ProposalId, CardRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    ids.iter()
        .filter_map(|id| by_id.remove(id))
        .map(|row| card(cx, row))
        .collect()
}

/// The facts that permissions on a proposal depend on, checked for being readable.
///
/// # Errors
/// `NotFound` when the actor may not know of it.
pub async fn facts(cx: &Cx, id: ProposalId) -> Result<ProposalFacts> {
    let facts = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?.facts()?;
    cx.check(Act::ReadProposal, On::Proposal(&facts))?;
    Ok(facts)
}

/// How many support a proposal and how many comments it has.
///
/// # Errors
/// `NotFound` when the actor may not know of it.
pub async fn tally(cx: &Cx, id: ProposalId) -> Result<(i64, i64)> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    cx.check(Act::ReadProposal, On::Proposal(&row.facts()?))?;
    Ok((row.supports, row.comments))
}

/// Proposals of the same consultation that say something like `text`, best first; a text over its limit is cut.
///
/// # Errors
/// `Unavailable` when the index cannot be read, and those of the database.
pub async fn similar(
    cx: &Cx,
    consultation: ConsultationId,
    text: &str,
    except: Option<ProposalId>,
) -> Result<Vec<ProposalCard>> {
    cx.check(Act::ReadPublic, On::Consultation(consultation))?;
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let filters = [("consultation", consultation.to_string())];
    let text: String = text.chars().take(SIMILAR_MAX_CHARS).collect();
    let except = except.map(|id| id.to_string());
    let hits = cx
        .city
        .documents
        .similar(&text, Kind::Proposal, &filters, except.as_deref(), 2 * SIMILAR_SHOWN)
        .await?;
    let ids: Vec<ProposalId> = hits.iter().filter_map(|hit| ProposalId::read(&hit.id)).collect();
    let mut cards = by_ids(cx, &ids, false).await?;
    cards.truncate(SIMILAR_SHOWN);
    Ok(cards)
}
