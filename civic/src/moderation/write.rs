//! Hiding and restoring, with reasons.

use super::{DecisionKind, Subject, store};
use crate::Cx;
use crate::audit;
use crate::comment::{store as comment, write::tell};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::{CommentId, DecisionId, MemberId, ProposalId};
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::proposal::store as proposal;
use crate::repeat;
use crate::text::read_reason;

/// Hides a proposal or a comment, with a reason that its author is told.
///
/// # Errors
/// `Invalid` without a reason, `Conflict(AlreadyDone)` when it is hidden, `Conflict(WrongState)` for a draft.
pub async fn hide(cx: &Cx, subject: Subject, reason: &str) -> Result<DecisionId> {
    decide(cx, subject, DecisionKind::Hide, reason).await
}

/// Shows what was hidden again, exactly as it was.
///
/// # Errors
/// `Invalid` without a reason, `Conflict(AlreadyDone)` when it is not hidden.
pub async fn restore(cx: &Cx, subject: Subject, reason: &str) -> Result<DecisionId> {
    decide(cx, subject, DecisionKind::Restore, reason).await
}

async fn decide(cx: &Cx, subject: Subject, kind: DecisionKind, reason: &str) -> Result<DecisionId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (decision, author) = match subject {
        Subject::Proposal(id) => on_proposal(&tx, cx, id, kind, reason).await?,
        Subject::Comment(id) => on_comment(&tx, cx, id, kind, reason).await?,
    };
    outbox::put(&tx, cx, &Event::Decided { decision, author }).await?;
    audit::note(&tx, cx, kind.as_str(), &subject.text(), &decision.to_string()).await?;
    cx.commit(tx, decision).await
}

async fn on_proposal(
    tx: &Tx,
    cx: &Cx,
    id: ProposalId,
    kind: DecisionKind,
    reason: &str,
) -> Result<(DecisionId, Option<MemberId>)> {
    let row = proposal::lock(tx, id).await?;
    let facts = row.facts()?;
    cx.check(Act::Moderate, On::Proposal(&facts))?;
    if facts.is_draft() {
        return Err(Error::Conflict(Code::WrongState));
    }
    let decision = record(tx, cx, Subject::Proposal(id), kind, facts.hidden, reason).await?;
    proposal::mark_hidden(tx, id, (kind == DecisionKind::Hide).then_some(decision)).await?;
    outbox::put(tx, cx, &Event::ProposalChanged { proposal: id }).await?;
    Ok((decision, facts.author))
}

async fn on_comment(
    tx: &Tx,
    cx: &Cx,
    id: CommentId,
    kind: DecisionKind,
    reason: &str,
) -> Result<(DecisionId, Option<MemberId>)> {
    let (row, above) = comment::lock(tx, id).await?;
    let facts = row.facts(above.facts()?);
    cx.check(Act::Moderate, On::Comment(&facts))?;
    if facts.removed {
        return Err(Error::Conflict(Code::Removed));
    }
    let decision = record(tx, cx, Subject::Comment(id), kind, facts.hidden, reason).await?;
    comment::mark_hidden(tx, id, (kind == DecisionKind::Hide).then_some(decision)).await?;
    let by = if kind == DecisionKind::Hide { -1 } else { 1 };
    proposal::add_to(tx, row.proposal_id, proposal::row::Column::Comments, by).await?;
    tell(tx, cx, &row).await?;
    Ok((decision, facts.author))
}

async fn record(
    tx: &Tx,
    cx: &Cx,
    subject: Subject,
    kind: DecisionKind,
    hidden: bool,
    reason: &str,
) -> Result<DecisionId> {
    if hidden == (kind == DecisionKind::Hide) {
        return Err(Error::Conflict(Code::AlreadyDone));
    }
    let moderator = cx.actor.member().ok_or(Error::Unauthenticated)?;
    store::insert(tx, cx, subject, kind, read_reason(reason)?, moderator).await
}
