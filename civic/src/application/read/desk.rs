//! What the office and the commission see of all applications of a call: how far they are, and what is one's own to do.

use std::collections::HashMap;

use super::super::jury::{Progress, Said};
use super::super::store;
use crate::Cx;
use crate::call;
use crate::error::{Error, Result};
use crate::id::{ApplicationId, CallId};
use crate::policy::{Act, On};

/// How far the applications of a call are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Handed in at all.
    pub submitted: u64,
    /// Neither found admissible nor excluded.
    pub waiting: u64,
    /// On a list that is drawn up and not public.
    pub ranked: u64,
    /// How far the scoring is; for the office.
    pub scoring: Option<Progress>,
}

/// How far the applications of a call are, for those who see them.
///
/// # Errors
/// `NotFound` when there is no such call that the actor may know of, `Denied` for those who see none of its applications.
pub async fn standing(cx: &Cx, call: CallId) -> Result<Standing> {
    let (row, facts) = call::read::known(cx, call).await?;
    cx.check(Act::SeeApplications, On::Call(&facts))?;
    let counts = store::counts(cx.db(), row.id).await?;
    let office = cx.can(Act::RankApplications, On::Call(&facts)) || cx.can(Act::KeepCall, On::Call(&facts));
    let scoring = match office && counts.admissible > 0 {
        true => Some(store::jury(cx.db(), row.id, cx.now).await?.whole()),
        false => None,
    };
    Ok(Standing {
        submitted: counts.submitted,
        waiting: counts.waiting,
        ranked: counts.ranked,
        scoring,
    })
}

/// Of which of these applications the actor said something as a commissioner: true where points were given, false where a
/// conflict of interest was declared.
///
/// # Errors
/// `Unauthenticated`, and those of the database.
pub async fn judged_by_me(cx: &Cx, ids: &[ApplicationId]) -> Result<HashMap<ApplicationId, bool>> {
    let me = cx.actor.member().ok_or(Error::Unauthenticated)?;
    let rows = store::assessments(cx.db(), ids).await?;
    let mine = rows.iter().filter(|row| row.commissioner_id == me);
    mine.map(|row| Ok((row.application_id, matches!(Said::of(row)?, Said::Points(_)))))
        .collect()
}
