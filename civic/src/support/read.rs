//! Looking at supports: one's own, and who must be told when a text changes.

use std::collections::HashSet;

use super::store;
use crate::error::{Error, Result};
use crate::id::{MemberId, ProposalId, TypedId};
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::proposal::read::ProposalCard;
use crate::{City, Cx};

/// Whether `member` supports `proposal`.
///
/// # Errors
/// Those of the database.
pub async fn is_supported(cx: &Cx, proposal: ProposalId, member: MemberId) -> Result<bool> {
    Ok(!store::of_member(cx.db(), member, &[proposal]).await?.is_empty())
}

/// Whose supports may be told to the actor: their own, through a token only when it may read them or change them.
pub(crate) fn asking(cx: &Cx) -> Option<MemberId> {
    let member = cx.actor.member()?;
    let may = cx.can(Act::SupportProposal, On::City) || cx.can(Act::ReadOwn, On::Member(member));
    may.then_some(member)
}

/// Which of `among` the actor supports; none for a visitor.
///
/// # Errors
/// Those of the database.
pub async fn supported_among(cx: &Cx, among: &[ProposalId]) -> Result<HashSet<ProposalId>> {
    match asking(cx) {
        Some(member) if !among.is_empty() => Ok(store::of_member(cx.db(), member, among).await?.into_iter().collect()),
        _ => Ok(HashSet::new()),
    }
}

/// What the actor supports, last first; what was hidden meanwhile is left out.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn own(cx: &Cx, paging: Paging) -> Result<Page<ProposalCard>> {
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::ReadOwn, On::Member(member))?;
    let rows = store::list(cx.db(), member, paging.after, paging.limit + 1).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.given_at.ms(),
        id: row.proposal_id.uuid(),
    });
    let ids: Vec<ProposalId> = page.items.iter().map(|row| row.proposal_id).collect();
    Ok(page.with(crate::proposal::read::by_ids(cx, &ids, true).await?))
}

/// The supporters of `proposal` after `after`, at most `limit`: for the letters of the system.
///
/// # Errors
/// Those of the database.
pub async fn supporters(
    city: &City,
    proposal: ProposalId,
    after: Option<MemberId>,
    limit: u64,
) -> Result<Vec<MemberId>> {
    store::supporters(city.db.read(), proposal, after, limit).await
}
