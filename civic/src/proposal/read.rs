//! Looking at proposals: lists, one proposal with all that its page shows, its versions, and what is like it.
//!
//! Rule: a list is one statement whatever it holds; one proposal is a constant number of them. What comes from the
//! index is read again here before anybody sees it. A read model carries `can`, from the same policy as the use cases.

mod editing;
mod facets;
mod own;
mod versions;

use std::collections::HashMap;

use super::store::{self, CardRow};
use super::{Origin, Point, ProposalFacts, ProposalState, VersionKind, is_freely_editable};
use crate::Cx;
use crate::attachment::read::AttachmentCard;
use crate::consultation;
use crate::consultation::Doing;
use crate::documents::Kind;
use crate::error::{Error, Result};
use crate::id::{ConsultationId, DistrictId, MemberId, ProposalId, ThemeId, TypedId};
use crate::language::{Lang, Localised};
use crate::limits::SIMILAR_SHOWN;
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::text::{Markdown, SafeHtml, slug};
use crate::time::Timestamp;

pub use editing::{Editing, editing};
pub use facets::{Facets, facets};
pub use own::own;
pub use versions::{Version, versions};

/// Versions of one text that its page lists; further ones cannot come about under the limits of editing.
pub const VERSIONS_SHOWN: u64 = 200;

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
    /// Grows with each change of the text.
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
    /// Take it back.
    pub withdraw: bool,
    /// Support it, or take the support back.
    pub support: bool,
    /// Comment it.
    pub comment: bool,
    /// Hide or restore it.
    pub moderate: bool,
}

/// The city's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The reasons; empty when the source of an import gave none.
    pub text: Markdown,
    /// Their language.
    pub lang: Lang,
    /// When it was given.
    pub answered_at: Option<Timestamp>,
}

/// A note that the author added below the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addendum {
    /// The note.
    pub text: Markdown,
    /// When.
    pub written_at: Timestamp,
}

/// Everything that one proposal's page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalPage {
    /// What lists show too.
    pub card: ProposalCard,
    /// The consultation's title in the reader's language, and its slug.
    pub consultation: ConsultationName,
    /// The whole text.
    pub body: Markdown,
    /// Notes added below it.
    pub addenda: Vec<Addendum>,
    /// The quarter, beside the district.
    pub quarter: Option<Named<DistrictId>>,
    /// The point on the map.
    pub point: Option<Point>,
    /// Supports that an import brought as a number without persons.
    pub tally_supports: i64,
    /// Whether the actor supports it.
    pub supported: bool,
    /// When the text was last changed.
    pub edited_at: Option<Timestamp>,
    /// When and why it was taken back.
    pub withdrawn: Option<(Timestamp, String)>,
    /// Why a moderator hid it; for its author and staff.
    pub hidden_reason: Option<String>,
    /// The city's answer.
    pub answer: Option<Answer>,
    /// Pictures and files.
    pub attachments: Vec<AttachmentCard>,
    /// The reference number in the source of an import.
    pub reference: Option<String>,
    /// What the actor may do.
    pub can: Permissions,
    /// Where it came from and when support ends, as the phase says.
    pub phase: Option<consultation::Phase>,
}

impl ProposalPage {
    /// The text as HTML.
    #[must_use]
    pub fn html(&self) -> SafeHtml {
        self.body.to_html()
    }
}

/// A consultation by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsultationName {
    /// Which.
    pub id: ConsultationId,
    /// Its part of the address.
    pub slug: String,
    /// Its title in the reader's language.
    pub title: String,
}

/// A page of proposals.
///
/// # Errors
/// Those of the database.
pub async fn list(cx: &Cx, filter: &Filter, sort: Sort, paging: Paging) -> Result<Page<ProposalCard>> {
    cx.check(Act::ReadPublic, On::City)?;
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
        Sort::Random(_) => row.shuffle,
    }
}

fn cards(cx: &Cx, page: Page<CardRow>) -> Result<Page<ProposalCard>> {
    let items = page.items.into_iter().map(|row| card(cx, row)).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
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

/// Everything that one proposal's page shows.
///
/// # Errors
/// `NotFound` when there is none, or none that the actor may know of.
pub async fn page(cx: &Cx, id: ProposalId) -> Result<ProposalPage> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let facts = row.facts()?;
    cx.check(Act::ReadProposal, On::Proposal(&facts))?;
    let rules = consultation::read::rules(cx, row.consultation_id).await?;
    let names = consultation::read::places(cx, row.theme_id, &[row.district_id, row.quarter_id]).await?;
    let author = match row.author_id {
        None => None,
        Some(id) => crate::member::read::names(cx, &[id])
            .await?
            .remove(&id)
            .map(|name| Named { id, name }),
    };
    let addenda = match row.version {
        1 => Vec::new(),
        _ => addenda(store::versions(cx.db(), id).await?),
    };
    let supported = match cx.actor.member() {
        None => false,
        Some(member) => crate::support::read::is_supported(cx, id, member).await?,
    };
    let hidden_reason = match row.hidden_by {
        None => None,
        Some(decision) => crate::moderation::read::reason(cx, decision).await?,
    };
    let attachments = crate::attachment::read::of(cx, id).await?;
    let can = permissions(cx, &facts, &row, &rules);
    let district = row.district_id.and_then(|id| named(&names.districts, id));
    let quarter = row.quarter_id.and_then(|id| named(&names.districts, id));
    let theme = row.theme_id.zip(names.theme).map(|(id, name)| Named { id, name });
    Ok(ProposalPage {
        card: ProposalCard {
            id,
            slug: slug(&row.title),
            consultation: row.consultation_id,
            title: row.title,
            excerpt: row.excerpt,
            lang: Lang::parse(&row.lang).unwrap_or_else(Lang::italian),
            author,
            origin: Origin::parse(&row.origin).ok_or_else(|| Error::Bug(format!("origin {}", row.origin)))?,
            state: facts.state,
            hidden: facts.hidden,
            hidden_reason: hidden_reason.clone(),
            theme,
            district,
            supports: row.supports,
            comments: row.comments,
            version: row.version,
            created_at: row.created_at,
            published_at: row.published_at,
        },
        consultation: ConsultationName {
            id: rules.id,
            slug: rules.slug.clone(),
            title: rules.title.get(cx.language).to_owned(),
        },
        body: Markdown::from_stored(row.body),
        addenda,
        quarter,
        point: row
            .latitude_e6
            .zip(row.longitude_e6)
            .map(|(latitude_e6, longitude_e6)| Point {
                latitude_e6,
                longitude_e6,
            }),
        tally_supports: row.tally_supports,
        supported,
        edited_at: row.edited_at,
        withdrawn: row.withdrawn_at.zip(row.withdraw_reason),
        hidden_reason,
        answer: row.answer.map(|text| Answer {
            text: Markdown::from_stored(text),
            lang: row
                .answer_lang
                .as_deref()
                .and_then(Lang::parse)
                .unwrap_or_else(Lang::italian),
            answered_at: row.answered_at,
        }),
        attachments,
        reference: row.reference,
        can,
        phase: consultation::phase_at(&rules.phases, cx.now).cloned(),
    })
}

fn named(names: &HashMap<DistrictId, String>, id: DistrictId) -> Option<Named<DistrictId>> {
    names.get(&id).map(|name| Named { id, name: name.clone() })
}

fn addenda(versions: Vec<store::version::Model>) -> Vec<Addendum> {
    versions
        .into_iter()
        .filter(|version| version.kind == VersionKind::Addendum.as_str())
        .map(|version| Addendum {
            text: Markdown::from_stored(version.body),
            written_at: version.written_at,
        })
        .collect()
}

/// A visitor's buttons are those of a member who has yet to sign in, so that they lead somewhere.
fn permissions(cx: &Cx, facts: &ProposalFacts, row: &store::row::Model, rules: &consultation::Rules) -> Permissions {
    let on = On::Proposal(facts);
    let may = |act| cx.can(act, on);
    let may_or_could = |act| matches!(cx.check(act, on), Ok(()) | Err(Error::Unauthenticated));
    let phase_lets = |doing| rules.allows(doing, cx.now).is_ok();
    let open = facts.state == ProposalState::Published && !facts.hidden;
    let discussed = !facts.hidden && facts.state.is_listed();
    let free = is_freely_editable(row.own_supports(), row.published_at, cx.now);
    Permissions {
        edit: may(Act::EditProposal) && (facts.is_draft() || (open && free)),
        publish: may(Act::EditProposal) && facts.is_draft() && phase_lets(Doing::Propose),
        add: may(Act::EditProposal) && open && !free,
        correct: may(Act::CorrectProposal) && open,
        withdraw: may(Act::WithdrawProposal) && open,
        support: may_or_could(Act::SupportProposal) && open && phase_lets(Doing::Support),
        comment: may_or_could(Act::WriteComment) && discussed && phase_lets(Doing::Comment),
        moderate: may(Act::Moderate) && !facts.is_draft(),
    }
}

/// Proposals of the same consultation that say something like `text`, best first.
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
    let except = except.map(|id| id.to_string());
    let hits = cx
        .city
        .documents
        .similar(text, Kind::Proposal, &filters, except.as_deref(), 2 * SIMILAR_SHOWN)
        .await?;
    let ids: Vec<ProposalId> = hits.iter().filter_map(|hit| ProposalId::read(&hit.id)).collect();
    let mut cards = by_ids(cx, &ids, false).await?;
    cards.truncate(SIMILAR_SHOWN);
    Ok(cards)
}
