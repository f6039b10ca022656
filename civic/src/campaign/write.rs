//! Changing campaigns: made from an admitted application, written, reviewed, scheduled into a round; and the news of one.
//!
//! Rule: each reads in one order: repeat? load and lock (the pot first), policy (who), rule (whether), change, ledger,
//! outbox, commit. What a campaign gets from its pot at most is set aside when it is scheduled, or it is not scheduled.

mod outcome;
mod review;

use sea_orm::ActiveValue::Set;

use super::paper::Paper;
use super::store::{self, row};
use super::{CampaignInput, CampaignState, CampaignStep, NewReward};
use crate::Cx;
use crate::application::{ApplicationState, store as applications};
use crate::audit;
use crate::call::{CallState, store as calls};
use crate::db::{Tx, duplicate_as};
use crate::error::{Code, Error, Result};
use crate::id::{ApplicationId, CampaignId, CampaignUpdateId, RewardId};
use crate::ledger;
use crate::limits::{GRACE_DAYS, STORY_MAX_CHARS, TITLE_MAX_CHARS, UPDATES_PER_CAMPAIGN};
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::proposal::read_lang;
use crate::repeat;
use crate::text::{Markdown, Title};

pub use outcome::turn;
pub(crate) use outcome::{open_or_end, outcome_now};
pub use review::{agree, cancel, edit_costs, end, extend, schedule, send_back};

/// Makes the campaign of an admitted application, by its promoter or the office; it says what the application says until
/// it is changed. Gives its id.
///
/// # Errors
/// `Conflict(WrongState)` when the application is not admitted or its list not public, `Conflict(AlreadyDone)` when it has
/// a campaign.
pub async fn begin(cx: &Cx, application: ApplicationId) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let from = applications::lock(&tx, application).await?;
    let call = calls::find(cx.db(), from.call_id).await?.ok_or(Error::NotFound)?;
    let facts = from.facts(call.ranked_at.is_some())?;
    cx.check(Act::WriteCampaign, On::Application(&facts))?;
    if from.state()? != ApplicationState::Admitted || call.state()? != CallState::Ranked {
        return Err(Error::Conflict(Code::WrongState));
    }
    let said = from.paper()?;
    let paper = Paper {
        title: said.title,
        summary: said.summary,
        story: said.plan,
        lang: said.lang,
        cost_lines: said.cost_lines,
        needs: Vec::new(),
        team: Vec::new(),
        unit: None,
    };
    let id: CampaignId = cx.id();
    let row = row::ActiveModel {
        application_id: Set(Some(application)),
        call_id: Set(Some(call.id)),
        pot_id: Set(Some(call.pot_id)),
        rule: Set(Some(call.rule)),
        grace_days: Set(call.grace_days),
        author_id: Set(from.author_id),
        ..blank(cx, id, &paper)?
    };
    store::insert(&tx, row)
        .await
        .map_err(|error| duplicate_as(error, Code::AlreadyDone))?;
    audit::note(&tx, cx, "campaign_begin", &id, &application.to_string()).await?;
    cx.commit(tx, id).await
}

/// Opens the draft of a fund of the city's own: no call, no threshold, no deadline. Gives its id.
///
/// # Errors
/// `Invalid` for texts over their limits.
pub async fn begin_fund(cx: &Cx, input: CampaignInput) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    cx.check(Act::KeepCall, On::City)?;
    let author = cx.actor.member().ok_or(Error::Unauthenticated)?;
    let (paper, rewards) = Paper::default().with(input)?;
    let id: CampaignId = cx.id();
    let row = row::ActiveModel {
        application_id: Set(None),
        call_id: Set(None),
        pot_id: Set(None),
        rule: Set(None),
        grace_days: Set(i64::from(GRACE_DAYS)),
        author_id: Set(author),
        ..blank(cx, id, &paper)?
    };
    store::insert(&tx, row).await?;
    set_rewards(&tx, cx, id, rewards).await?;
    audit::note(&tx, cx, "fund_begin", &id, "").await?;
    cx.commit(tx, id).await
}

/// The row of a campaign that raised nothing yet.
fn blank(cx: &Cx, id: CampaignId, paper: &Paper) -> Result<row::ActiveModel> {
    Ok(row::ActiveModel {
        id: Set(id),
        state: Set(CampaignState::Draft.as_str().to_owned()),
        version: Set(1),
        target_minor: Set(0),
        created_at: Set(cx.now),
        raised_minor: Set(0),
        towards_minor: Set(0),
        gifts: Set(0),
        base_minor: Set(0),
        base_held_minor: Set(0),
        reserved_minor: Set(0),
        ..store::written(paper)?
    })
}

async fn set_rewards(tx: &Tx, cx: &Cx, id: CampaignId, rewards: Option<Vec<NewReward>>) -> Result<()> {
    let Some(rewards) = rewards else { return Ok(()) };
    let rewards: Vec<(RewardId, NewReward)> = rewards.into_iter().map(|new| (cx.id(), new)).collect();
    store::set_rewards(tx, id, &rewards).await
}

fn check_version(before: &row::Model, expected: Option<i64>) -> Result<()> {
    if expected.is_none_or(|version| version == before.version) {
        Ok(())
    } else {
        Err(Error::Conflict(Code::OutOfDate))
    }
}

/// Changes a draft; gives the new version's number.
///
/// # Errors
/// `Conflict(OutOfDate)` when `expected` is not the present version, `Conflict(WrongState)` when it was handed in,
/// `Invalid` for texts and amounts over their limits.
pub async fn edit(cx: &Cx, id: CampaignId, expected: Option<i64>, input: CampaignInput) -> Result<i64> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::EditCampaign, On::Campaign(&before.facts()?))?;
    check_version(&before, expected)?;
    if before.state()? != CampaignState::Draft {
        return Err(Error::Conflict(Code::WrongState));
    }
    let (paper, rewards) = before.paper()?.with(input)?;
    let version = before.version + 1;
    let mut after = store::written(&paper)?;
    after.version = Set(version);
    store::change(&tx, &before, after).await?;
    set_rewards(&tx, cx, id, rewards).await?;
    cx.commit(tx, version).await
}

/// Hands a draft in for the office's review.
///
/// # Errors
/// `Invalid` with everything that is missing, `Conflict(WrongState)` when it was handed in.
pub async fn submit(cx: &Cx, id: CampaignId, expected: Option<i64>) -> Result<CampaignId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    cx.check(Act::EditCampaign, On::Campaign(&before.facts()?))?;
    check_version(&before, expected)?;
    let mut after = before.moved(CampaignStep::Submit)?;
    before.paper()?.check(costs(cx, &before).await?)?;
    after.submitted_at = Set(Some(cx.now));
    step(&tx, cx, &before, after, "campaign_submit", "").await?;
    cx.commit(tx, id).await
}

/// What a project of its call may cost.
async fn costs(cx: &Cx, row: &row::Model) -> Result<Option<(crate::money::Money, crate::money::Money)>> {
    let Some(call) = row.call_id else { return Ok(None) };
    let call = calls::find(cx.db(), call).await?.ok_or(Error::NotFound)?;
    let euro = crate::money::Money::eur;
    Ok(Some((euro(call.cost_min_minor), euro(call.cost_max_minor))))
}

/// Applies a step with its change, and lets it be known.
async fn step(tx: &Tx, cx: &Cx, before: &row::Model, after: row::ActiveModel, act: &str, detail: &str) -> Result<()> {
    let campaign = before.id;
    let to = match &after.state {
        Set(state) => CampaignState::parse(state),
        _ => None,
    };
    store::change(tx, before, after).await?;
    outbox::put(tx, cx, &Event::CampaignChanged { campaign }).await?;
    if let Some(state) = to.filter(|state| *state == CampaignState::Funded || state.returns_gifts()) {
        outbox::put(tx, cx, &Event::CampaignDecided { campaign, state }).await?;
    }
    audit::note(tx, cx, act, &before.id, detail).await
}

/// A campaign, locked after its pot; whose pot it is never changes.
pub(crate) async fn locked(tx: &Tx, id: CampaignId) -> Result<(row::Model, Option<ledger::PotBalances>)> {
    let seen = store::find(&**tx, id).await?.ok_or(Error::NotFound)?;
    let pot = match seen.pot_id {
        Some(pot) => Some(ledger::write::lock_pot(tx, pot).await?),
        None => None,
    };
    Ok((store::lock(tx, id).await?, pot))
}

/// Tells news of a campaign that is public. Gives its id.
///
/// # Errors
/// `Conflict(WrongState)` before it is public, `Conflict(TooMany)`, `Invalid` for texts that are missing or too long.
pub async fn tell(cx: &Cx, id: CampaignId, title: &str, body: &str, lang: Option<&str>) -> Result<CampaignUpdateId> {
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let campaign = store::lock(&tx, id).await?;
    cx.check(Act::EditCampaign, On::Campaign(&campaign.facts()?))?;
    let author = cx.actor.member().ok_or(Error::Unauthenticated)?;
    if campaign.scheduled_at.is_none() {
        return Err(Error::Conflict(Code::WrongState));
    }
    if store::count_updates(&*tx, id).await? >= UPDATES_PER_CAMPAIGN {
        return Err(Error::Conflict(Code::TooMany));
    }
    let title =
        Title::parse(title, 1, TITLE_MAX_CHARS).map_err(|problem| Error::Invalid(vec![problem.fault("title")]))?;
    let body = Markdown::parse(body, STORY_MAX_CHARS).map_err(|problem| Error::Invalid(vec![problem.fault("body")]))?;
    let lang = read_lang(lang, body.as_str())?;
    let update: CampaignUpdateId = cx.id();
    let row = store::update::ActiveModel {
        id: Set(update),
        campaign_id: Set(id),
        author_id: Set(author),
        title: Set(title.into_string()),
        body: Set(body.into_string()),
        lang: Set(lang.code().to_owned()),
        published_at: Set(cx.now),
    };
    store::insert_update(&tx, row).await?;
    outbox::put(&tx, cx, &Event::CampaignChanged { campaign: id }).await?;
    cx.commit(tx, update).await
}
