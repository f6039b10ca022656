//! The versions of a proposal's text, with what changed from one to the next.

use std::collections::HashSet;

use super::{facts, store};
use crate::Cx;
use crate::error::Result;
use crate::id::{ProposalId, TypedId};
use crate::page::{Cursor, Page, Paging};
use crate::proposal::VersionKind;
use crate::text::{Change, Markdown, differences};
use crate::time::Timestamp;

/// One version of a text, with what changed since the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub number: i64,
    /// How it came about.
    pub kind: VersionKind,
    /// The title then.
    pub title: String,
    /// The text then; of an addendum only the note.
    pub body: Markdown,
    /// Why, for a correction.
    pub reason: String,
    /// When.
    pub written_at: Timestamp,
    /// What changed in the title.
    pub title_changes: Vec<Change>,
    /// What changed in the text.
    pub body_changes: Vec<Change>,
}

/// A page of the versions of a proposal's text, last first, with what changed in each.
///
/// # Errors
/// `NotFound` when the actor may not know of it.
pub async fn versions(cx: &Cx, id: ProposalId, paging: Paging) -> Result<Page<Version>> {
    facts(cx, id).await?;
    let rows = store::versions(cx.db(), id, paging).await?;
    let page = Page::from_rows(rows, paging.limit, |row| Cursor {
        key: row.version,
        id: id.uuid(),
    });
    let mut earlier = match page.items.last() {
        None => None,
        Some(first) => store::text_before(cx.db(), id, first.version).await?,
    };
    // Each whole text with the one before it, from the first that is shown to the last.
    let mut pairs = Vec::new();
    let mut changed = HashSet::new();
    for row in page.items.iter().rev().filter(|row| kind(row) != VersionKind::Addendum) {
        if let Some(earlier) = earlier.replace(row.clone()) {
            pairs.push((earlier.title, row.title.clone()));
            pairs.push((earlier.body, row.body.clone()));
            changed.insert(row.version);
        }
    }
    let mut changes = differences(pairs).await?;
    // The last pair belongs to the version that comes first on the page.
    Ok(page.map(|row| {
        let (body_changes, title_changes) = if changed.contains(&row.version) {
            (changes.pop().unwrap_or_default(), changes.pop().unwrap_or_default())
        } else {
            (Vec::new(), Vec::new())
        };
        Version {
            number: row.version,
            kind: kind(&row),
            title_changes,
            body_changes,
            title: row.title,
            body: Markdown::from_stored(row.body),
            reason: row.reason,
            written_at: row.written_at,
        }
    }))
}

fn kind(row: &store::version::Model) -> VersionKind {
    VersionKind::parse(&row.kind).unwrap_or(VersionKind::Edit)
}
