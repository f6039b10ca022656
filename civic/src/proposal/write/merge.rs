//! Joining a proposal to another that says the same.
//!
//! Rule: the one that is joined stays readable and says where it lives on; the other must be one that everybody finds, of
//! the same consultation. Deliberately absent: moving supports and comments, which were given to another text, and
//! following a chain: what was joined to a proposal that is joined itself keeps pointing there.

use sea_orm::ActiveValue::Set;

use crate::Cx;
use crate::audit;
use crate::error::{Code, Error, Result};
use crate::id::ProposalId;
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::proposal::store::{self, row};
use crate::proposal::{ProposalStep, read_lang};
use crate::repeat;
use crate::text::read_reason;

/// Joins a proposal to another; the reason tells why, and stands in the place of the city's answer.
///
/// # Errors
/// `Invalid` in `into` for a proposal that cannot take it up, in `reason` without one; `Conflict(WrongState)` when it is
/// not open, `Conflict(Hidden)` when it is hidden, `Denied` for others than editors.
pub async fn merge(cx: &Cx, id: ProposalId, into: ProposalId, reason: &str) -> Result<ProposalId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    // Both at once and always in one order, so that two that are joined to each other do not wait for ever.
    let mut locked = store::lock_all(&tx, &[id, into]).await?;
    let place = locked.iter().position(|row| row.id == id).ok_or(Error::NotFound)?;
    let before = locked.swap_remove(place);
    let facts = before.facts()?;
    cx.check(Act::AnswerProposal, On::Proposal(&facts))?;
    super::check_open(&before)?;
    let state = facts.state.after(ProposalStep::Merge)?;
    let reason = read_reason(reason);
    if !takes_up(&before, locked.first())? {
        let unfit = Error::field("into", Code::MergeRefused);
        return Err(match reason {
            Err(Error::Invalid(mut faults)) => {
                faults.extend(unfit.faults());
                Error::Invalid(faults)
            }
            _ => unfit,
        });
    }
    let reason = reason?;
    let after = row::ActiveModel {
        state: Set(state.as_str().to_owned()),
        merged_into: Set(Some(into)),
        answer_lang: Set(Some(read_lang(None, &reason)?.code().to_owned())),
        answer: Set(Some(reason)),
        answered_at: Set(Some(cx.now)),
        ..Default::default()
    };
    store::change(&tx, &before, after).await?;
    for proposal in [id, into] {
        outbox::put(&tx, cx, &Event::ProposalChanged { proposal }).await?;
    }
    let author = before.author_id;
    outbox::put(&tx, cx, &Event::ProposalAnswered { proposal: id, author }).await?;
    audit::note(&tx, cx, "proposal_merge", &id, &format!("into {into}")).await?;
    cx.commit(tx, id).await
}

/// Whether a proposal may live on in this one.
fn takes_up(before: &row::Model, into: Option<&row::Model>) -> Result<bool> {
    let Some(into) = into else { return Ok(false) };
    let findable = into.state()?.is_listed() && into.hidden_by.is_none();
    Ok(findable && into.consultation_id == before.consultation_id)
}
