//! Reporting what was spent: begun, written and handed in by the promoter, sent back or accepted by the office; and what of
//! the city's part is paid back.
//!
//! Rule: closing fixes the final grant once, by the call's rule and what of the spending is eligible. What the pot had
//! granted beyond it and not paid is free again; what was paid beyond it is owed back, and no gift is ever taken for it.

use sea_orm::ActiveValue::Set;

use super::store::{self, row};
use super::{ReportInput, Spending};
use crate::Cx;
use crate::application::CostLine;
use crate::application::paper::body;
use crate::audit;
use crate::call::store::{json, to_json};
use crate::campaign::write::locked;
use crate::campaign::{CampaignStep, store as campaigns};
use crate::db::Tx;
use crate::error::{Code, Error, Fault, Faults, Result};
use crate::id::CampaignId;
use crate::ledger::{self, Account, Kind, NewTxn, PotAccount};
use crate::limits::{AMOUNT_MAX_MINOR, APPLICATION_LINE_MAX_CHARS, SPENDINGS_MAX, STORY_MAX_CHARS};
use crate::match_rule::MatchRule;
use crate::money::Money;
use crate::outbox::{self, Event};
use crate::payout::write::read_evidence;
use crate::payout::{PayoutState, store as payouts};
use crate::policy::{Act, On};
use crate::proposal::read_lang;
use crate::repeat;
use crate::text::{Title, read_reason};

/// Begins the report of a campaign that was paid, by its promoter.
///
/// # Errors
/// `Conflict(WrongState)` before anything was paid, or when it is begun.
pub async fn begin(cx: &Cx, campaign: CampaignId) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let of = campaigns::lock(&tx, campaign).await?;
    cx.check(Act::EditCampaign, On::Campaign(&of.facts()?))?;
    let reporting = of.moved(CampaignStep::Report)?;
    let new = row::ActiveModel {
        campaign_id: Set(campaign),
        version: Set(1),
        text: Set(String::new()),
        lang: Set(of.lang.clone()),
        spendings: Set(to_json(&Vec::<Spending>::new())?),
        spent_minor: Set(0),
        begun_at: Set(cx.now),
        submitted_at: Set(None),
        sent_back_reason: Set(None),
        eligible_minor: Set(None),
        final_minor: Set(None),
        closed_by: Set(None),
        closed_at: Set(None),
        paid_back_minor: Set(0),
    };
    store::insert(&tx, new).await?;
    campaigns::change(&tx, &of, reporting).await?;
    noted(&tx, cx, campaign, "report_begin", "").await?;
    cx.commit(tx, campaign).await
}

async fn noted(tx: &Tx, cx: &Cx, campaign: CampaignId, act: &str, detail: &str) -> Result<()> {
    outbox::put(tx, cx, &Event::CampaignChanged { campaign }).await?;
    audit::note(tx, cx, act, &campaign, detail).await
}

/// A report and its campaign, locked; whoever may `act` may go on.
async fn begun(cx: &Cx, tx: &Tx, campaign: CampaignId, act: Act) -> Result<(row::Model, campaigns::row::Model)> {
    let (of, _) = locked(tx, campaign).await?;
    cx.check(act, On::Campaign(&of.facts()?))?;
    let report = store::find(&**tx, campaign).await?;
    Ok((report.ok_or(Error::Conflict(Code::WrongState))?, of))
}

fn check_version(before: &row::Model, expected: Option<i64>) -> Result<()> {
    if expected.is_none_or(|version| version == before.version) {
        Ok(())
    } else {
        Err(Error::Conflict(Code::OutOfDate))
    }
}

/// The change with which every change begins.
fn next(before: &row::Model) -> row::ActiveModel {
    row::ActiveModel {
        version: Set(before.version + 1),
        ..Default::default()
    }
}

/// Changes a report that is not handed in; gives the new version's number.
///
/// # Errors
/// `Conflict(OutOfDate)`, `Conflict(WrongState)` when it was handed in, `Invalid` for texts and sums over their limits.
pub async fn edit(cx: &Cx, campaign: CampaignId, expected: Option<i64>, input: ReportInput) -> Result<i64> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, of) = begun(cx, &tx, campaign, Act::EditCampaign).await?;
    check_version(&before, expected)?;
    if before.submitted_at.is_some() {
        return Err(Error::Conflict(Code::WrongState));
    }
    let mut after = next(&before);
    if let Some(text) = input.text {
        let text = body(&text, STORY_MAX_CHARS, "text").map_err(|fault| Error::Invalid(vec![fault]))?;
        after.lang = Set(read_lang(input.lang.as_deref(), &text)?.code().to_owned());
        after.text = Set(text);
    }
    if let Some(spendings) = input.spendings {
        let costs: Vec<CostLine> = json(&of.cost_lines)?;
        let spendings = read_spendings(spendings, costs.len())?;
        after.spent_minor = Set(spendings.iter().map(|one| one.amount.minor()).sum());
        after.spendings = Set(to_json(&spendings)?);
    }
    store::change(&tx, &before, after).await?;
    cx.commit(tx, before.version + 1).await
}

/// Every line within its limits, with all that is wrong told at once.
fn read_spendings(given: Vec<Spending>, cost_lines: usize) -> Result<Vec<Spending>> {
    let mut faults = Faults::new();
    if given.len() > SPENDINGS_MAX {
        faults.add(Fault::over("spendings", Code::TooMany, SPENDINGS_MAX as u64));
    }
    let line = |faults: &mut Faults, raw: &str, field: &'static str| {
        let read = Title::parse(raw, 1, APPLICATION_LINE_MAX_CHARS).map_err(|problem| problem.fault(field));
        faults.take(read).map(Title::into_string).unwrap_or_default()
    };
    let mut read = Vec::with_capacity(given.len());
    for one in given.into_iter().take(SPENDINGS_MAX) {
        if usize::try_from(one.cost_line).is_ok_and(|place| place >= cost_lines) {
            faults.add(Fault::new("spendings.cost_line", Code::UnknownValue));
        }
        if one.day.parse::<jiff::civil::Date>().is_err() {
            faults.add(Fault::new("spendings.day", Code::Malformed));
        }
        if !(1..=AMOUNT_MAX_MINOR).contains(&one.amount.minor()) {
            let most = AMOUNT_MAX_MINOR.unsigned_abs();
            faults.add(Fault::over("spendings.amount_minor", Code::OutOfRange, most));
        }
        read.push(Spending {
            what: line(&mut faults, &one.what, "spendings.what"),
            document: line(&mut faults, &one.document, "spendings.document"),
            ..one
        });
    }
    let total: i128 = read.iter().map(|one| i128::from(one.amount.minor())).sum();
    if total > i128::from(AMOUNT_MAX_MINOR) {
        faults.add(Fault::over(
            "spendings",
            Code::OutOfRange,
            AMOUNT_MAX_MINOR.unsigned_abs(),
        ));
    }
    faults.check()?;
    Ok(read)
}

/// Hands the report in.
///
/// # Errors
/// `Invalid` without text or spending, `Conflict(WrongState)` when it was handed in.
pub async fn submit(cx: &Cx, campaign: CampaignId, expected: Option<i64>) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, _) = begun(cx, &tx, campaign, Act::EditCampaign).await?;
    check_version(&before, expected)?;
    if before.submitted_at.is_some() {
        return Err(Error::Conflict(Code::WrongState));
    }
    let mut faults = Faults::new();
    if before.text.is_empty() {
        faults.add(Fault::new("text", Code::Empty));
    }
    if before.spent_minor == 0 {
        faults.add(Fault::new("spendings", Code::Empty));
    }
    faults.check()?;
    let mut after = next(&before);
    after.submitted_at = Set(Some(cx.now));
    after.sent_back_reason = Set(None);
    store::change(&tx, &before, after).await?;
    noted(&tx, cx, campaign, "report_submit", "").await?;
    cx.commit(tx, campaign).await
}

/// The report that waits for the office.
fn waiting(before: &row::Model) -> Result<()> {
    if before.submitted_at.is_some() && before.closed_at.is_none() {
        Ok(())
    } else {
        Err(Error::Conflict(Code::WrongState))
    }
}

/// Gives a report back to be changed.
///
/// # Errors
/// `Invalid` without a reason, `Conflict(WrongState)` when none waits.
pub async fn send_back(cx: &Cx, campaign: CampaignId, reason: &str) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, _) = begun(cx, &tx, campaign, Act::ReviewCampaign).await?;
    waiting(&before)?;
    let mut after = next(&before);
    after.submitted_at = Set(None);
    after.sent_back_reason = Set(Some(read_reason(reason)?));
    store::change(&tx, &before, after).await?;
    noted(&tx, cx, campaign, "report_send_back", "").await?;
    cx.commit(tx, campaign).await
}

/// Accepts a report with so much of the spending as eligible, which fixes the final grant; all of it when no sum is said.
///
/// # Errors
/// `Invalid` for more than was spent, `Conflict(WrongState)` when none waits, `Conflict(PayoutUnderWay)` while a payout is
/// requested or approved.
pub async fn close(cx: &Cx, campaign: CampaignId, eligible: Option<Money>) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, of) = begun(cx, &tx, campaign, Act::ReviewCampaign).await?;
    let closed = of.moved(CampaignStep::Close)?;
    waiting(&before)?;
    let eligible = eligible.unwrap_or(Money::eur(before.spent_minor));
    if !(0..=before.spent_minor).contains(&eligible.minor()) {
        let most = before.spent_minor.unsigned_abs();
        return Err(Error::Invalid(vec![Fault::over(
            "eligible_minor",
            Code::OutOfRange,
            most,
        )]));
    }
    let paid = paid_grant(&tx, campaign).await?;
    let granted = Money::eur(of.granted_minor.unwrap_or_default());
    let fixed = match of.rule()? {
        Some(MatchRule::CoFinancing(rule)) => rule.final_grant(granted, eligible),
        Some(MatchRule::PerDonation(rule)) => rule.final_grant(granted, eligible),
        None => granted,
    };
    let mut after = next(&before);
    after.eligible_minor = Set(Some(eligible.minor()));
    after.final_minor = Set(Some(fixed.minor()));
    after.closed_by = Set(cx.actor.member());
    after.closed_at = Set(Some(cx.now));
    store::change(&tx, &before, after).await?;
    campaigns::change(&tx, &of, closed).await?;
    let spare = granted.minor() - fixed.minor().max(paid);
    if let Some(pot) = of.pot_id.filter(|_| spare > 0) {
        let of = |account| Account::Pot(pot, account);
        let back = NewTxn::new(Kind::MatchReleased, format!("{campaign}/closed"), cx.now);
        let back = back.entry(of(PotAccount::Committed), of(PotAccount::Available), Money::eur(spare));
        ledger::post(&tx, cx, &back).await?;
    }
    noted(&tx, cx, campaign, "report_close", &eligible.minor().to_string()).await?;
    cx.commit(tx, campaign).await
}

/// What of the grant was paid; nothing may be on its way to being asked for meanwhile.
async fn paid_grant(tx: &Tx, campaign: CampaignId) -> Result<i64> {
    let mut paid = 0;
    for payout in payouts::of_campaign(&**tx, campaign).await? {
        match payout.state()? {
            PayoutState::Requested | PayoutState::Approved => return Err(Error::Conflict(Code::PayoutUnderWay)),
            PayoutState::Sent | PayoutState::Paid => paid += payout.grant_minor,
            PayoutState::Declined | PayoutState::Withdrawn | PayoutState::Returned => {}
        }
    }
    Ok(paid)
}

/// Notes that the promoter paid a part of the city's money back, and by which paper that is known.
///
/// # Errors
/// `Invalid` for more than is owed back or a paper that cannot be, `Conflict(WrongState)` when nothing is.
pub async fn pay_back(cx: &Cx, campaign: CampaignId, amount: Money, evidence: &str) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let (before, of) = begun(cx, &tx, campaign, Act::KeepMoney).await?;
    let paid = paid_grant(&tx, campaign).await?;
    let owed = before
        .final_minor
        .map_or(0, |fixed| owed_back(paid, fixed, before.paid_back_minor));
    let (Some(pot), 1..) = (of.pot_id, owed) else {
        return Err(Error::Conflict(Code::WrongState));
    };
    if !(1..=owed).contains(&amount.minor()) {
        let fault = Fault::over("amount_minor", Code::OutOfRange, owed.unsigned_abs());
        return Err(Error::Invalid(vec![fault]));
    }
    let evidence = read_evidence(evidence)?;
    let mut after = next(&before);
    after.paid_back_minor = Set(before.paid_back_minor + amount.minor());
    store::change(&tx, &before, after).await?;
    let back = NewTxn::new(Kind::MatchPaidBack, format!("{campaign}/{}", before.version), cx.now);
    let of = |account| Account::Pot(pot, account);
    let back = back.entry(of(PotAccount::Paid), of(PotAccount::Available), amount);
    ledger::post(&tx, cx, &back).await?;
    noted(&tx, cx, campaign, "grant_pay_back", &evidence).await?;
    cx.commit(tx, campaign).await
}

/// What of a grant that was paid is owed back, in cents.
pub(super) fn owed_back(paid_minor: i64, final_minor: i64, paid_back_minor: i64) -> i64 {
    (paid_minor - final_minor - paid_back_minor).max(0)
}
