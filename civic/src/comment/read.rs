//! Looking at comments: threads under a proposal, one thread, earlier wordings, one's own.
//!
//! Rule: what was removed or hidden keeps its place and loses its text, for everybody but its author and moderators.

use std::collections::{HashMap, HashSet};

use super::store::{self, CardRow};
use super::{CommentFacts, Stance, is_editable};
use crate::Cx;
use crate::consultation::{self, Doing};
use crate::error::{Error, Result};
use crate::id::{CommentId, ConsultationId, DecisionId, MemberId, ProposalId, TypedId};
use crate::language::Lang;
use crate::limits::{REPLIES_PER_PAGE, REPLY_DEPTH_MAX, THREAD_DEPTH};
use crate::page::{Cursor, Page, Paging};
use crate::policy::{self, Act, On};
use crate::proposal::ProposalFacts;
use crate::proposal::read::Named;
use crate::proposal::store as proposal;
use crate::text::{Change, Markdown, differences};
use crate::time::Timestamp;

/// In which order threads are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Last begun first.
    Newest,
    /// First begun first.
    Oldest,
    /// Most supports first.
    MostSupported,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Newest, Self::Oldest, Self::MostSupported];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::MostSupported => "most_supported",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }
}

/// Why a comment's text is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// Its author removed it.
    Removed,
    /// A moderator hid it.
    Hidden,
}

/// What the actor may do with a comment now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions {
    /// Change it.
    pub edit: bool,
    /// Remove it.
    pub remove: bool,
    /// Support it.
    pub support: bool,
    /// Take one's support back.
    pub take_back: bool,
    /// Answer it.
    pub reply: bool,
    /// Hide or restore it.
    pub moderate: bool,
}

/// One comment as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentCard {
    /// Which one.
    pub id: CommentId,
    /// Under which proposal.
    pub proposal: ProposalId,
    /// The first comment of its thread.
    pub thread: CommentId,
    /// Which comment it answers.
    pub parent: Option<CommentId>,
    /// How deep it is shown, from 0.
    pub depth: i64,
    /// Who wrote it.
    pub author: Option<Named<MemberId>>,
    /// Where it stands.
    pub stance: Option<Stance>,
    /// The text; `None` when it is gone for this actor.
    pub body: Option<Markdown>,
    /// Its language.
    pub lang: Lang,
    /// Whether and why it is gone; an author or moderator may see both this and the text.
    pub gone: Option<Gone>,
    /// Why a moderator hid it; for its author and staff.
    pub hidden_reason: Option<String>,
    /// How many support it.
    pub supports: i64,
    /// How many objected in the source of an import.
    pub objections: i64,
    /// Whether the actor supports it.
    pub supported: bool,
    /// Grows with each change of the text.
    pub version: i64,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it was changed.
    pub edited_at: Option<Timestamp>,
    /// What the actor may do.
    pub can: Permissions,
}

/// A thread as its proposal's page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Its beginning.
    pub root: CommentCard,
    /// The answers, each after what it answers.
    pub replies: Vec<CommentCard>,
    /// Whether there are more on the thread's own page.
    pub more: bool,
}

/// An earlier wording, and what changed after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Its number, from 1.
    pub number: i64,
    /// The text.
    pub body: Markdown,
    /// When it was written.
    pub written_at: Timestamp,
    /// What changed since the one before.
    pub changes: Vec<Change>,
}

/// What shows comments needs to know of the proposal above them.
struct Above {
    facts: ProposalFacts,
    takes_comments: bool,
}

/// The proposals among `ids` that the actor may read.
async fn above(cx: &Cx, ids: &[ProposalId]) -> Result<HashMap<ProposalId, Above>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut facts = proposal::facts_of(cx.db(), ids).await?;
    facts.retain(|facts| cx.can(Act::ReadProposal, On::Proposal(facts)));
    let mut consultations: Vec<ConsultationId> = facts.iter().map(|facts| facts.consultation).collect();
    consultations.sort();
    consultations.dedup();
    let rules = consultation::read::rules_of(cx, &consultations).await?;
    Ok(facts
        .into_iter()
        .map(|facts| {
            let open = !facts.hidden && facts.state.is_listed();
            let phase_lets = rules
                .get(&facts.consultation)
                .is_some_and(|rules| rules.allows(Doing::Comment, cx.now).is_ok());
            let above = Above {
                takes_comments: open && phase_lets,
                facts,
            };
            (above.facts.id, above)
        })
        .collect())
}

/// A page of threads under a proposal.
///
/// # Errors
/// `NotFound` when the actor may not know of the proposal.
pub async fn threads(cx: &Cx, id: ProposalId, sort: Sort, paging: Paging) -> Result<Page<Thread>> {
    threads_of(cx, &[id], sort, paging)
        .await?
        .remove(&id)
        .ok_or(Error::NotFound)
}

/// The same page under each of several proposals, in as many statements as for one; those that the actor may not know
/// of are left out. Together they show no more answers than one page does.
///
/// # Errors
/// Those of the database.
pub async fn threads_of(
    cx: &Cx,
    ids: &[ProposalId],
    sort: Sort,
    paging: Paging,
) -> Result<HashMap<ProposalId, Page<Thread>>> {
    let above = above(cx, ids).await?;
    let readable: Vec<ProposalId> = above.keys().copied().collect();
    let mut roots: HashMap<ProposalId, Vec<CardRow>> = readable.iter().map(|id| (*id, Vec::new())).collect();
    for row in store::roots(cx.db(), &readable, sort, paging).await? {
        roots.entry(row.proposal_id).or_default().push(row);
    }
    let pages: HashMap<ProposalId, Page<CardRow>> = roots
        .into_iter()
        .map(|(id, rows)| (id, Page::from_rows(rows, paging.limit, |row| place(row, sort))))
        .collect();
    let begun: Vec<CommentId> = pages
        .values()
        .flat_map(|page| page.items.iter().map(|row| row.id))
        .collect();
    let mut replies = store::replies(cx.db(), &begun).await?;
    let cut = replies.len() as u64 > REPLIES_PER_PAGE;
    let last = replies.last().map(|row| row.written_at).filter(|_| cut);
    replies.truncate(usize::try_from(REPLIES_PER_PAGE).unwrap_or(usize::MAX));
    let all = pages
        .values()
        .flat_map(|page| page.items.clone())
        .chain(replies)
        .collect();
    let mut cards = group(cards(cx, &above, all).await?);
    Ok(pages
        .into_iter()
        .map(|(id, page)| {
            let items = page
                .items
                .iter()
                .filter_map(|row| whole(row.id, cards.remove(&row.id)?, last))
                .collect();
            (id, page.with(items))
        })
        .collect())
}

fn place(row: &CardRow, sort: Sort) -> Cursor {
    Cursor {
        key: if sort == Sort::MostSupported {
            row.supports
        } else {
            row.written_at.ms()
        },
        id: row.id.uuid(),
    }
}

/// A thread of its comments; when answers were cut after `last`, any thread that still went on then may have more.
fn whole(id: CommentId, mut members: Vec<CommentCard>, last: Option<Timestamp>) -> Option<Thread> {
    let root = members.remove(members.iter().position(|card| card.id == id)?);
    let more = last.is_some_and(|last| members.last().is_none_or(|card| card.written_at <= last));
    Some(Thread {
        replies: in_order(id, members),
        root,
        more,
    })
}

fn group(cards: Vec<CommentCard>) -> HashMap<CommentId, Vec<CommentCard>> {
    let mut threads: HashMap<CommentId, Vec<CommentCard>> = HashMap::new();
    for card in cards {
        threads.entry(card.thread).or_default().push(card);
    }
    threads
}

/// Each answer after what it answers, and answers to the same by time.
fn in_order(root: CommentId, replies: Vec<CommentCard>) -> Vec<CommentCard> {
    let known: HashSet<CommentId> = replies.iter().map(|card| card.id).collect();
    let mut below: HashMap<CommentId, Vec<CommentCard>> = HashMap::new();
    for card in replies {
        let parent = card.parent.filter(|parent| known.contains(parent)).unwrap_or(root);
        below.entry(parent).or_default().push(card);
    }
    let mut ordered = Vec::new();
    let mut waiting: Vec<CommentCard> = below.remove(&root).unwrap_or_default().into_iter().rev().collect();
    while let Some(card) = waiting.pop() {
        waiting.extend(below.remove(&card.id).unwrap_or_default().into_iter().rev());
        ordered.push(card);
    }
    ordered
}

/// One thread by the page, oldest first.
///
/// # Errors
/// `NotFound` when there is none, or none that the actor may know of.
pub async fn thread(cx: &Cx, id: CommentId, paging: Paging) -> Result<Page<CommentCard>> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let above = above(cx, &[row.proposal_id]).await?;
    if above.is_empty() {
        return Err(Error::NotFound);
    }
    let rows = store::thread(cx.db(), row.thread_id, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.written_at.ms(),
        id: row.id.uuid(),
    });
    let cards = cards(cx, &above, page.items.clone()).await?;
    Ok(page.with(cards))
}

/// One comment.
///
/// # Errors
/// `NotFound` when there is none, or none that the actor may know of.
pub async fn one(cx: &Cx, id: CommentId) -> Result<CommentCard> {
    by_ids(cx, &[id]).await?.pop().ok_or(Error::NotFound)
}

/// Those of `ids` that the actor may know of, in that order; for search and loaders.
///
/// # Errors
/// Those of the database.
pub async fn by_ids(cx: &Cx, ids: &[CommentId]) -> Result<Vec<CommentCard>> {
    let rows = store::cards_of(cx.db(), ids).await?;
    let mut proposals: Vec<ProposalId> = rows.iter().map(|row| row.proposal_id).collect();
    proposals.sort();
    proposals.dedup();
    let above = above(cx, &proposals).await?;
    let cards = cards(cx, &above, rows).await?;
    let mut by_id: HashMap<CommentId, CommentCard> = cards.into_iter().map(|card| (card.id, card)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// The actor's own comments, newest first.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn own(cx: &Cx, paging: Paging) -> Result<Page<CommentCard>> {
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::ReadOwn, On::Member(member))?;
    let rows = store::of_author(cx.db(), member, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.written_at.ms(),
        id: row.id.uuid(),
    });
    let ids: Vec<CommentId> = page.items.iter().map(|row| row.id).collect();
    Ok(page.with(by_ids(cx, &ids).await?))
}

/// The earlier wordings of a comment and the present one, first to last.
///
/// # Errors
/// `NotFound` when its text is gone for this actor.
pub async fn wordings(cx: &Cx, id: CommentId) -> Result<Vec<Wording>> {
    let card = one(cx, id).await?;
    let body = card.body.ok_or(Error::NotFound)?;
    let rows = store::wordings(cx.db(), id).await?;
    let mut all: Vec<(i64, String, Timestamp)> = rows
        .into_iter()
        .map(|row| (row.version, row.body, row.written_at))
        .collect();
    let written_at = card.edited_at.unwrap_or(card.written_at);
    all.push((card.version, body.into_string(), written_at));
    let pairs = all.windows(2).map(|two| (two[0].1.clone(), two[1].1.clone()));
    let changes = differences(pairs.collect()).await?;
    Ok(all
        .into_iter()
        .zip(std::iter::once(Vec::new()).chain(changes))
        .map(|((number, body, written_at), changes)| Wording {
            number,
            body: Markdown::from_stored(body),
            written_at,
            changes,
        })
        .collect())
}

/// Comments as they are shown; those under a proposal that is not among `above` are left out.
async fn cards(cx: &Cx, above: &HashMap<ProposalId, Above>, rows: Vec<CardRow>) -> Result<Vec<CommentCard>> {
    let ids: Vec<CommentId> = rows.iter().map(|row| row.id).collect();
    let supported = match crate::support::read::asking(cx) {
        Some(member) if !ids.is_empty() => store::supported_among(cx.db(), member, &ids)
            .await?
            .into_iter()
            .collect(),
        _ => HashSet::new(),
    };
    let decisions: Vec<DecisionId> = rows.iter().filter_map(|row| row.hidden_by).collect();
    let reasons = crate::moderation::read::reasons(cx, &decisions).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let above = above.get(&row.proposal_id)?;
            Some(card(cx, above, row, &supported, &reasons))
        })
        .collect())
}

fn card(
    cx: &Cx,
    above: &Above,
    row: CardRow,
    supported: &HashSet<CommentId>,
    reasons: &HashMap<DecisionId, String>,
) -> CommentCard {
    let facts = CommentFacts {
        id: row.id,
        author: row.author_id,
        proposal: above.facts.clone(),
        hidden: row.hidden_by.is_some(),
        removed: row.removed_at.is_some(),
    };
    let can = permissions(cx, above, &facts, &row, supported.contains(&row.id));
    let sees_hidden = policy::is_own(&cx.actor, row.author_id) || can.moderate;
    let gone = match (row.removed_at, row.hidden_by) {
        (Some(_), _) => Some(Gone::Removed),
        (None, Some(_)) => Some(Gone::Hidden),
        (None, None) => None,
    };
    let shown = gone.is_none() || (gone == Some(Gone::Hidden) && sees_hidden);
    CommentCard {
        id: row.id,
        proposal: row.proposal_id,
        thread: row.thread_id,
        parent: row.parent_id,
        depth: row.depth.min(THREAD_DEPTH),
        author: row
            .author_id
            .zip(row.author_name)
            .filter(|_| shown)
            .map(|(id, name)| Named { id, name }),
        stance: row.stance.as_deref().and_then(Stance::parse).filter(|_| shown),
        body: shown.then(|| Markdown::from_stored(row.body)),
        lang: Lang::parse(&row.lang).unwrap_or_else(Lang::italian),
        gone,
        hidden_reason: row
            .hidden_by
            .filter(|_| sees_hidden)
            .and_then(|decision| reasons.get(&decision).cloned()),
        supports: row.supports,
        objections: row.tally_objections,
        supported: supported.contains(&row.id),
        version: row.version,
        written_at: row.written_at,
        edited_at: row.edited_at,
        can,
    }
}

fn permissions(cx: &Cx, above: &Above, facts: &CommentFacts, row: &CardRow, supported: bool) -> Permissions {
    let on = On::Comment(facts);
    let may_or_could = |act| matches!(cx.check(act, on), Ok(()) | Err(Error::Unauthenticated));
    let here = !facts.hidden && !facts.removed;
    Permissions {
        edit: here && cx.can(Act::EditComment, on) && is_editable(row.written_at, cx.now),
        remove: !facts.removed && cx.can(Act::RemoveComment, on),
        support: here && above.takes_comments && may_or_could(Act::SupportComment),
        take_back: supported && cx.can(Act::SupportComment, on),
        reply: here && above.takes_comments && row.depth < REPLY_DEPTH_MAX && may_or_could(Act::WriteComment),
        moderate: !facts.removed && cx.can(Act::Moderate, on),
    }
}
