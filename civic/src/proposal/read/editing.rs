//! A proposal as its author's forms show it: with what is still missing, and what may be said in them.

use super::{ProposalPage, page, store};
use crate::Cx;
use crate::consultation::{self, Doing};
use crate::error::{Error, Fault, Result};
use crate::id::ProposalId;
use crate::policy::{Act, On};
use crate::proposal::read_complete;
use crate::proposal::write::check_editable;

/// A proposal that the actor may change now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editing {
    /// What its page shows.
    pub page: ProposalPage,
    /// What must be filled before it can be public; empty when it is, or could be.
    pub missing: Vec<Fault>,
    /// Whether its consultation takes proposals now.
    pub is_collecting: bool,
    /// Whether the actor may say how it came in.
    pub can_say_origin: bool,
}

/// A proposal for the forms that change it.
///
/// # Errors
/// `NotFound` and `Denied` as the policy says; `Conflict` with `Hidden`, `WrongState` or `EditingClosed` when the text of
/// a published one may not be changed any more.
pub async fn editing(cx: &Cx, id: ProposalId) -> Result<Editing> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let facts = row.facts()?;
    cx.check(Act::EditProposal, On::Proposal(&facts))?;
    let rules = consultation::read::rules(cx, facts.consultation).await?;
    let missing = if facts.is_draft() {
        let theme_missing = row.theme_id.is_none() && consultation::read::has_themes(cx, facts.consultation).await?;
        match read_complete(&row.title, &row.body, theme_missing) {
            Ok(_) => Vec::new(),
            Err(Error::Invalid(faults)) => faults,
            Err(other) => return Err(other),
        }
    } else {
        check_editable(cx, &row)?;
        Vec::new()
    };
    Ok(Editing {
        page: page(cx, id).await?,
        missing,
        is_collecting: rules.allows(Doing::Propose, cx.now).is_ok(),
        can_say_origin: cx.can(Act::SayOrigin, On::Proposal(&facts)),
    })
}
