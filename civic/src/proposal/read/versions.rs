//! The versions of a proposal's text, with what changed from one to the next.

use super::{facts, store};
use crate::Cx;
use crate::error::Result;
use crate::id::ProposalId;
use crate::proposal::VersionKind;
use crate::text::{Change, Markdown, difference};
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

/// The versions of a proposal's text, first to last, with what changed in each.
///
/// # Errors
/// `NotFound` when the actor may not know of it.
pub async fn versions(cx: &Cx, id: ProposalId) -> Result<Vec<Version>> {
    facts(cx, id).await?;
    let rows = store::versions(cx.db(), id).await?;
    let (mut title, mut body) = (String::new(), String::new());
    let mut versions = Vec::with_capacity(rows.len());
    for row in rows {
        let kind = VersionKind::parse(&row.kind).unwrap_or(VersionKind::Edit);
        let changes = kind != VersionKind::Addendum && row.version > 1;
        versions.push(Version {
            number: row.version,
            kind,
            title_changes: if changes {
                difference(&title, &row.title)
            } else {
                Vec::new()
            },
            body_changes: if changes {
                difference(&body, &row.body)
            } else {
                Vec::new()
            },
            title: row.title.clone(),
            body: Markdown::from_stored(row.body.clone()),
            reason: row.reason,
            written_at: row.written_at,
        });
        if kind != VersionKind::Addendum {
            (title, body) = (row.title, row.body);
        }
    }
    Ok(versions)
}
