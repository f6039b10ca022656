//! Looking at decisions: the reasons, for those who may see them, and the letter to the author.

use std::collections::HashMap;

use super::{DecisionKind, Subject, store};
use crate::error::{Error, Result};
use crate::id::DecisionId;
use crate::time::Timestamp;
use crate::{City, Cx};

/// A decision as its letter tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// On what.
    pub subject: Subject,
    /// What was decided.
    pub kind: DecisionKind,
    /// Why.
    pub reason: String,
    /// When.
    pub decided_at: Timestamp,
}

/// The reasons of several decisions, in one statement; none asked, none run.
///
/// # Errors
/// Those of the database.
pub(crate) async fn reasons(cx: &Cx, ids: &[DecisionId]) -> Result<HashMap<DecisionId, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(store::find(cx.db(), ids)
        .await?
        .into_iter()
        .map(|row| (row.id, row.reason))
        .collect())
}

/// One decision, for the letter to the author.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn decision(city: &City, id: DecisionId) -> Result<Decision> {
    let row = store::find(city.db.read(), &[id]).await?.pop().ok_or(Error::NotFound)?;
    let subject = Subject::read(&row.subject).ok_or_else(|| Error::Bug(format!("subject {}", row.subject)))?;
    let kind = DecisionKind::parse(&row.kind).ok_or_else(|| Error::Bug(format!("kind {}", row.kind)))?;
    Ok(Decision {
        subject,
        kind,
        reason: row.reason,
        decided_at: row.decided_at,
    })
}
