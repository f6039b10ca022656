//! What the office does with a campaign: mend its costs, send it back, schedule it with its match set aside, extend or
//! cancel it for a reason, end a fund, record that the agreement is signed.

use sea_orm::ActiveValue::Set;

use super::super::store::{self, row};
use super::super::{CampaignInput, CampaignState, CampaignStep, Run};
use super::{check_version, costs, locked, step};
use crate::Cx;
use crate::application::CostLine;
use crate::call::{Round, store as calls};
use crate::donation::store as gifts;
use crate::error::{Code, Error, Fault, Result};
use crate::id::CampaignId;
use crate::ledger::{self, Account, Kind, NewTxn, PotAccount};
use crate::limits::{APPLICATION_LINE_MAX_CHARS, EXTENSION_DAYS_MAX};
use crate::match_rule::MatchRule;
use crate::money::Money;
use crate::policy::{Act, On};
use crate::repeat;
use crate::text::{Title, read_reason};
use crate::time::{Timestamp, Window};

/// Mends the costs of a campaign under review; gives the new version's number.
///
/// # Errors
/// `Conflict(WrongState)` when it is not under review, `Invalid` for costs that the call does not allow.
pub async fn edit_costs(cx: &Cx, id: CampaignId, expected: Option<i64>, lines: Vec<CostLine>) -> Result<i64> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::ReviewCampaign, On::Campaign(&before.facts()?))?;
    check_version(&before, expected)?;
    if before.state()? != CampaignState::InReview {
        return Err(Error::Conflict(Code::WrongState));
    }
    let input = CampaignInput {
        cost_lines: Some(lines),
        ..CampaignInput::default()
    };
    let (paper, _) = before.paper()?.with(input)?;
    paper.check(costs(cx, &before).await?)?;
    let version = before.version + 1;
    let mut after = store::written(&paper)?;
    after.version = Set(version);
    step(&tx, cx, &before, after, "campaign_edit_costs", "").await?;
    cx.commit(tx, version).await
}

/// Gives a campaign back to its promoter to be changed.
///
/// # Errors
/// `Invalid` without a reason, `Conflict(WrongState)` when it is not under review.
pub async fn send_back(cx: &Cx, id: CampaignId, reason: &str) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::ReviewCampaign, On::Campaign(&before.facts()?))?;
    let mut after = before.moved(CampaignStep::SendBack)?;
    after.sent_back_reason = Set(Some(read_reason(reason)?));
    step(&tx, cx, &before, after, "campaign_send_back", "").await?;
    cx.commit(tx, id).await
}

/// Puts a campaign into its round, and sets aside what the city adds at most; a fund begins at an instant instead.
///
/// # Errors
/// `Conflict(PotExceeded)` when the pot has not so much left, `Conflict(RoundOver)` for a round that the call has not or
/// that is over, `Conflict(WrongState)` when it is not under review.
pub async fn schedule(cx: &Cx, id: CampaignId, run: Run) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, _) = locked(&tx, id).await?;
    cx.check(Act::ReviewCampaign, On::Campaign(&before.facts()?))?;
    let mut after = before.moved(CampaignStep::Schedule)?;
    before.paper()?.check(costs(cx, &before).await?)?;
    let (opens_at, end) = window(cx, &before, run).await?;
    let cost = Money::eur(before.cost_minor);
    let (target, reserved) = match before.rule()? {
        Some(MatchRule::CoFinancing(rule)) => (rule.target(cost), rule.reservation(cost)),
        Some(MatchRule::PerDonation(rule)) => (rule.target(cost), Money::eur(0)),
        None => (Money::eur(0), Money::eur(0)),
    };
    after.reviewed_by = Set(cx.actor.member());
    after.scheduled_at = Set(Some(cx.now));
    after.opens_at = Set(Some(opens_at));
    after.ends_at = Set(end);
    after.grace_ends_at = Set(match end {
        Some(end) => Some(days_after(cx, end, before.grace_days)?),
        None => None,
    });
    after.target_minor = Set(target.minor());
    after.reserved_minor = Set(reserved.minor());
    step(&tx, cx, &before, after, "campaign_schedule", "").await?;
    ledger::open_campaign(&tx, id).await?;
    if let Some(pot) = before.pot_id.filter(|_| reserved.minor() > 0) {
        let of = |account| Account::Pot(pot, account);
        let aside = NewTxn::new(Kind::MatchReserved, id, cx.now).entry(
            of(PotAccount::Available),
            of(PotAccount::Reserved),
            reserved,
        );
        ledger::post(&tx, cx, &aside).await?;
    }
    cx.commit(tx, id).await
}

/// When it begins and ends.
async fn window(cx: &Cx, row: &row::Model, run: Run) -> Result<(Timestamp, Option<Timestamp>)> {
    match (row.call_id, run) {
        (Some(call), Run::Round(number)) => {
            let call = calls::find(cx.db(), call).await?.ok_or(Error::NotFound)?;
            let rounds: Vec<Round> = calls::json(&call.rounds)?;
            let round = usize::try_from(number).ok().and_then(|place| rounds.get(place));
            let window: Option<Window> = round.and_then(|round| round.window(&cx.city.settings.zone));
            let window = window.filter(|window| window.end > cx.now);
            let window = window.ok_or(Error::Conflict(Code::RoundOver))?;
            Ok((window.start, Some(window.end)))
        }
        (None, Run::From(at)) => Ok((at, None)),
        (Some(_), Run::From(_)) => Err(Error::field("round", Code::Empty)),
        (None, Run::Round(_)) => Err(Error::field("opens_at", Code::Empty)),
    }
}

/// The midnight so many local days after an instant.
fn days_after(cx: &Cx, at: Timestamp, days: i64) -> Result<Timestamp> {
    let zone = &cx.city.settings.zone;
    let far = || Error::field("days", Code::OutOfRange);
    let span = jiff::Span::new().try_days(days).map_err(|_| far())?;
    let day = at.local(zone).date().checked_add(span).map_err(|_| far())?;
    zone.day_start(day).ok_or_else(far)
}

/// Moves the deadline of a campaign on by so many days, for a reason; promised transfers and cash are waited for as long.
///
/// # Errors
/// `Invalid` without a reason or with too many days, `Conflict(WrongState)` when it is not scheduled or open.
pub async fn extend(cx: &Cx, id: CampaignId, days: u32, reason: &str) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::ReviewCampaign, On::Campaign(&before.facts()?))?;
    let running = matches!(before.state_at(cx.now)?, CampaignState::Scheduled | CampaignState::Open);
    let Some(ends_at) = before.ends_at.filter(|_| running) else {
        return Err(Error::Conflict(Code::WrongState));
    };
    if !(1..=EXTENSION_DAYS_MAX).contains(&days) {
        let most = u64::from(EXTENSION_DAYS_MAX);
        return Err(Error::Invalid(vec![Fault::over("days", Code::OutOfRange, most)]));
    }
    let ends_at = days_after(cx, ends_at, i64::from(days))?;
    let grace_ends_at = days_after(cx, ends_at, before.grace_days)?;
    let after = row::ActiveModel {
        version: Set(before.version + 1),
        ends_at: Set(Some(ends_at)),
        grace_ends_at: Set(Some(grace_ends_at)),
        extension_reason: Set(Some(read_reason(reason)?)),
        ..Default::default()
    };
    gifts::wait_longer(&tx, id, grace_ends_at).await?;
    step(&tx, cx, &before, after, "campaign_extend", &days.to_string()).await?;
    cx.commit(tx, id).await
}

/// Ends a campaign for a reason: what is set aside for it is free again, and every gift goes back.
///
/// # Errors
/// `Invalid` without a reason, `Conflict(WrongState)` when it has its outcome.
pub async fn cancel(cx: &Cx, id: CampaignId, reason: &str) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, _) = locked(&tx, id).await?;
    cx.check(Act::ReviewCampaign, On::Campaign(&before.facts()?))?;
    let mut after = before.moved(CampaignStep::Cancel)?;
    after.cancel_reason = Set(Some(read_reason(reason)?));
    super::outcome::without_grant(&tx, cx, &before, after, "campaign_cancel").await?;
    cx.commit(tx, id).await
}

/// Ends a fund, which has no deadline: from now on it takes no gifts.
///
/// # Errors
/// `Conflict(WrongState)` when it is not open, or ends by itself.
pub async fn end(cx: &Cx, id: CampaignId) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::ReviewCampaign, On::Campaign(&before.facts()?))?;
    let opens_at = before.opens_at.filter(|at| *at < cx.now && before.ends_at.is_none());
    if opens_at.is_none() {
        return Err(Error::Conflict(Code::WrongState));
    }
    let before = super::open_or_end(&tx, cx, before).await?;
    let mut after = before.moved(CampaignStep::End)?;
    after.ends_at = Set(Some(cx.now));
    after.grace_ends_at = Set(Some(days_after(cx, cx.now, before.grace_days)?));
    step(&tx, cx, &before, after, "fund_end", "").await?;
    cx.commit(tx, id).await
}

/// Records that the agreement with the promoter is signed, and under which number it is kept.
///
/// # Errors
/// `Invalid` without a number, `Conflict(WrongState)` when the campaign is not funded, `Conflict(TooLate)` after its date.
pub async fn agree(cx: &Cx, id: CampaignId, agreement: &str) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::ReviewCampaign, On::Campaign(&before.facts()?))?;
    let mut after = before.moved(CampaignStep::Agree)?;
    if before.agree_by.is_some_and(|by| by <= cx.now) {
        return Err(Error::Conflict(Code::TooLate));
    }
    let number = Title::parse(agreement, 1, APPLICATION_LINE_MAX_CHARS)
        .map_err(|problem| Error::Invalid(vec![problem.fault("agreement")]))?;
    after.agreement = Set(Some(number.into_string()));
    after.agreed_at = Set(Some(cx.now));
    step(&tx, cx, &before, after, "campaign_agree", "").await?;
    cx.commit(tx, id).await
}
