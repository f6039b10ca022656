//! How often somebody may begin proposals, and how often the text of one may change.
//!
//! Rule: supporters get a letter about each change of a text, and every version is kept for ever, so both are few.

use crate::Cx;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::id::{ConsultationId, MemberId, ProposalId};
use crate::limits::{
    ADDENDA_PER_DAY, ADDENDA_PER_PROPOSAL, CORRECTIONS_PER_DAY, DRAFTS_PER_MEMBER, EDITS_PER_DAY, PROPOSALS_PER_HOUR,
};
use crate::proposal::{VersionKind, store};
use crate::rate::{self, Rate};
use crate::time::{DAY_MS, HOUR_MS, HOUR_S, Timestamp};

/// Whether the member may begin another proposal.
pub(super) async fn check_room(cx: &Cx, tx: &Tx, author: MemberId, consultation: ConsultationId) -> Result<()> {
    if store::count_drafts(tx, author, consultation).await? >= DRAFTS_PER_MEMBER {
        return Err(Error::Conflict(Code::TooManyDrafts));
    }
    if store::count_since(tx, author, cx.now.plus_ms(-HOUR_MS)).await? >= PROPOSALS_PER_HOUR {
        return Err(Error::TooMany {
            limit: PROPOSALS_PER_HOUR,
            retry_after_s: HOUR_S,
        });
    }
    Ok(())
}

/// Whether the text may get another version of this kind.
pub(super) async fn check_often(tx: &Tx, cx: &Cx, id: ProposalId, kind: VersionKind) -> Result<()> {
    let (per_day, in_all) = match kind {
        VersionKind::Original => return Ok(()),
        VersionKind::Edit => (EDITS_PER_DAY, None),
        VersionKind::Correction => (CORRECTIONS_PER_DAY, None),
        VersionKind::Addendum => (ADDENDA_PER_DAY, Some(ADDENDA_PER_PROPOSAL)),
    };
    let today = store::count_versions(tx, id, kind, cx.now.plus_ms(-DAY_MS)).await?;
    let full = match in_all {
        None => false,
        Some(most) => store::count_versions(tx, id, kind, Timestamp::from_ms(0)).await? >= most,
    };
    if today >= per_day || full {
        Err(Error::Conflict(Code::TooManyChanges))
    } else {
        Ok(())
    }
}

/// Whether theme, place, origin or language may change once more: as often in a day as the text.
pub(super) async fn check_moves(tx: &Tx, cx: &Cx, id: ProposalId) -> Result<()> {
    match rate::take(cx, tx, "proposal place", &id.to_string(), Rate::daily(EDITS_PER_DAY)).await {
        Err(Error::TooMany { .. }) => Err(Error::Conflict(Code::TooManyChanges)),
        taken => taken,
    }
}
