//! One's own proposals: drafts and hidden ones too, which nobody else sees, with the reason why a moderator hid them.

use std::collections::HashMap;

use super::{ProposalCard, cards};
use crate::Cx;
use crate::error::{Error, Result};
use crate::id::{DecisionId, ProposalId, TypedId};
use crate::page::{Cursor, Page, Paging};
use crate::policy::{Act, On};
use crate::proposal::store;

/// A page of the actor's own proposals: drafts, or those once published.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn own(cx: &Cx, drafts: bool, paging: Paging) -> Result<Page<ProposalCard>> {
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    cx.check(Act::ReadOwn, On::Member(member))?;
    let rows = store::of_author(cx.db(), member, drafts, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.created_at.ms(),
        id: row.id.uuid(),
    });
    let decisions: HashMap<ProposalId, DecisionId> = page
        .items
        .iter()
        .filter_map(|row| Some((row.id, row.hidden_by?)))
        .collect();
    let asked: Vec<DecisionId> = decisions.values().copied().collect();
    let mut reasons = crate::moderation::read::reasons(cx, &asked).await?;
    let mut page = cards(cx, page)?;
    for card in &mut page.items {
        card.hidden_reason = decisions.get(&card.id).and_then(|decision| reasons.remove(decision));
    }
    Ok(page)
}
