//! Giving support and taking it back.
//!
//! Rule: giving twice is giving once, and taking back what is not there changes nothing: both answer with the tally.

use super::{Tally, store};
use crate::Cx;
use crate::consultation::{self, Doing};
use crate::error::{Code, Error, Result};
use crate::id::{MemberId, ProposalId};
use crate::limits::SUPPORTS_PER_HOUR;
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::proposal::{ProposalState, store as proposal};
use crate::rate::{self, Rate};
use crate::repeat;

/// Supports a proposal.
///
/// # Errors
/// `TooMany` within the hour, `Conflict(WrongPhase)` when the consultation takes no supports now, `Conflict(WrongState)` when the proposal is
/// not open.
pub async fn give(cx: &Cx, id: ProposalId) -> Result<Tally> {
    change(cx, id, true).await
}

/// Takes one's support back.
///
/// That is possible at any time: nobody's name stays under what they no longer want.
///
/// # Errors
/// `Unauthenticated`, and `NotFound` when the actor may not know of the proposal.
pub async fn take_back(cx: &Cx, id: ProposalId) -> Result<Tally> {
    change(cx, id, false).await
}

async fn change(cx: &Cx, id: ProposalId, wanted: bool) -> Result<Tally> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    if let Some(member) = cx.actor.member()
        && cx.repeat.is_none()
        && super::read::is_supported(cx, id, member).await? == wanted
    {
        // A second click has nothing to change, so it does not wait for the lock on what everybody clicks on.
        let row = proposal::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
        check(cx, &row, wanted).await?;
        return Ok(Tally {
            supports: row.supports,
            supported: wanted,
        });
    }
    let tx = cx.begin().await?;
    let row = proposal::lock(&tx, id).await?;
    let member = check(cx, &row, wanted).await?;
    let (changed, by) = if wanted {
        (store::add(&tx, id, member, cx.now).await?, 1)
    } else {
        (store::take(&tx, id, member).await?, -1)
    };
    let by = if changed { by } else { 0 };
    if changed && wanted {
        // Also those that were taken back since: else giving and taking back could go on for ever.
        let rate = Rate::hourly(SUPPORTS_PER_HOUR);
        rate::take(cx, &tx, "support", &member.to_string(), rate).await?;
    }
    if changed {
        proposal::add_to(&tx, id, proposal::row::Column::Supports, by).await?;
        outbox::put(&tx, cx, &Event::ProposalTallied { proposal: id }).await?;
    }
    let tally = Tally {
        supports: row.supports + by,
        supported: wanted,
    };
    cx.commit(tx, tally).await
}

/// Whether the actor may give their support to this proposal now, or take it back; gives who that is.
async fn check(cx: &Cx, row: &proposal::row::Model, wanted: bool) -> Result<MemberId> {
    cx.check(Act::SupportProposal, On::Proposal(&row.facts()?))?;
    let member = cx.actor.member().ok_or(Error::Unauthenticated)?;
    if !wanted {
        return Ok(member);
    }
    if row.hidden_by.is_some() {
        return Err(Error::Conflict(Code::Hidden));
    }
    if row.state()? != ProposalState::Published {
        return Err(Error::Conflict(Code::WrongState));
    }
    let rules = consultation::read::rules(cx, row.consultation_id).await?;
    rules.allows(Doing::Support, cx.now)?;
    Ok(member)
}
