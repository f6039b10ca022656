//! Plays the calls: past, under way, open and being written, with an application in every state.
//!
//! Rule: a call of 2020 has its real terms; every step is a use case at an instant of its own, in the order of time.

use civic::actor::{Role, Within};
use civic::application::{ApplicationInput, ApplicationState, CostLine, Promoter, write};
use civic::call::{Contributor, Criterion, LegalForm, NewCall, Round, Tranche};
use civic::error::{Error, Result};
use civic::id::{ApplicationId, CallId};
use civic::limits::{GRACE_DAYS, HOLD_BACK_PPM};
use civic::member::NewGrant;
use civic::member::write::grant_role;
use civic::money::Money;
use civic::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

use super::Member;
use super::campaigns::Written;
use super::play::{Stage, days_before};
use super::script::{self, Application, Call, End};

/// A call is published so many days before it opens.
const PUBLISHED_BEFORE_DAYS: i64 = 5;
/// Days after its window in which the office checks, the commission scores, the list is drawn up, it comes out, and
/// somebody withdraws.
const CHECKED_AFTER_DAYS: i64 = 3;
const SCORED_AFTER_DAYS: i64 = 12;
const DRAWN_UP_AFTER_DAYS: i64 = 20;
const RANKED_AFTER_DAYS: i64 = 25;
const WITHDRAWN_AFTER_DAYS: i64 = 34;
/// Cents of one euro.
const CENTS: i64 = 100;
/// Whoever signs for those who apply.
const SIGNS: (&str, &str) = ("Maria Rossi", "RSSMRA80A01F205X");

/// Plays all calls of the script.
pub(super) async fn play(stage: &mut Stage<'_>) -> Result<Written> {
    let mut all = Written::new();
    for script in script::calls()? {
        let opens = stage.day(script.opens)?;
        let closes = stage.day(script.closes)?.plus_ms(DAY_MS / 2);
        let made = days_before(opens.min(stage.now), PUBLISHED_BEFORE_DAYS);
        let editor = stage.staff(Role::Editor)?;
        let cx = stage.cx(&editor, made);
        let id = civic::call::write::open(&cx, terms(stage, &script, opens, closes)?).await?;
        stage.wrote();
        if script.end == End::Draft {
            continue;
        }
        let cx = stage.cx(&editor, made.plus_ms(HOUR_MS));
        civic::call::write::publish(&cx, id).await?;
        commission(stage, id, made).await?;
        let written = applications(stage, &script, id, (opens, closes)).await?;
        let titles = script.applications.iter().map(|one| one.title.clone());
        all.extend(titles.zip(written));
    }
    Ok(all)
}

fn terms(stage: &Stage<'_>, script: &Call, opens: Timestamp, closes: Timestamp) -> Result<NewCall> {
    let zone = &stage.city.settings.zone;
    let rounds = script.rounds.iter().map(|(first, days)| {
        Ok(Round {
            first_day: stage.day(*first)?.local(zone).date().to_string(),
            days: *days,
        })
    });
    let criteria = script.criteria.iter().map(|one| Criterion {
        name: one.name.clone(),
        weight: one.weight,
        max_points: one.max,
        min_points: one.min,
    });
    let contributors = script.contributors.iter().map(|(name, euros)| Contributor {
        name: name.clone(),
        amount: Money::eur(euros * CENTS),
    });
    Ok(NewCall {
        slug: script.slug.clone(),
        title: script.title.clone(),
        summary: script.summary.clone(),
        description: script.description.clone(),
        consultation: None,
        opens_at: opens,
        closes_at: closes,
        legal_forms: script.forms.clone(),
        cost_min: Money::eur(script.cost_min * CENTS),
        cost_max: Money::eur(script.cost_max * CENTS),
        places_in: Vec::new(),
        places_out: Vec::new(),
        criteria: criteria.collect(),
        min_score: script.min_score,
        admitted_most: script.admitted_most,
        reserve_most: script.reserve_most,
        rounds: rounds.collect::<Result<_>>()?,
        contributors: contributors.collect(),
        tranches: vec![Tranche::default()],
        hold_back_ppm: HOLD_BACK_PPM,
        grace_days: GRACE_DAYS,
        rule: script.rule,
    })
}

/// The commissioners of the town are those of each call.
async fn commission(stage: &mut Stage<'_>, call: CallId, at: Timestamp) -> Result<()> {
    for member in judges(stage) {
        let mut cx = stage.city.system();
        cx.now = at;
        let new = NewGrant {
            member: member.id,
            role: Role::Commissioner,
            within: Within::Call(call),
            until: None,
        };
        grant_role(&cx, new).await?;
    }
    Ok(())
}

fn judges(stage: &Stage<'_>) -> Vec<Member> {
    let all = stage.members.iter();
    all.filter(|member| member.role == Some(Role::Commissioner))
        .cloned()
        .collect()
}

async fn applications(
    stage: &mut Stage<'_>,
    script: &Call,
    call: CallId,
    (opens, closes): (Timestamp, Timestamp),
) -> Result<Vec<(ApplicationId, Member)>> {
    let office = stage.staff(Role::Office)?;
    let lately = stage.now.plus_ms(-HOUR_MS);
    let after = |days: i64| closes.plus_ms(days * DAY_MS).min(lately);
    let mut written = Vec::new();
    for (number, one) in (1_i64..).zip(&script.applications) {
        let begun = opens
            .plus_ms(number * DAY_MS + number * 11 * MINUTE_MS)
            .min(lately.plus_ms(-DAY_MS));
        let author = stage.member(Some(&one.by), 0)?;
        let id = write::begin(&stage.cx(&author, begun), call, input(one)).await?;
        stage.wrote();
        if one.state != ApplicationState::Draft {
            write::submit(&stage.cx(&author, begun.plus_ms(HOUR_MS)), id, None).await?;
        }
        written.push((id, author));
    }
    for (one, (id, _)) in script.applications.iter().zip(&written) {
        let cx = stage.cx(&office, after(CHECKED_AFTER_DAYS));
        match one.state {
            ApplicationState::Draft => {}
            ApplicationState::Submitted => {
                if let Some(asked) = &one.asked {
                    let due = stage.now.plus_ms(CHECKED_AFTER_DAYS * DAY_MS);
                    write::ask_completion(&cx, *id, asked, due).await?;
                }
            }
            ApplicationState::Excluded => {
                let because = one.because.as_deref().unwrap_or_default();
                write::exclude(&cx, *id, because).await?;
            }
            ApplicationState::Admissible
            | ApplicationState::Ranked
            | ApplicationState::Admitted
            | ApplicationState::Reserve
            | ApplicationState::Rejected
            | ApplicationState::Withdrawn => {
                write::find_admissible(&cx, *id).await?;
                scores(stage, one, *id, after(SCORED_AFTER_DAYS)).await?;
            }
        }
    }
    if script.end >= End::DrawnUp {
        write::rank(&stage.cx(&office, after(DRAWN_UP_AFTER_DAYS)), call).await?;
    }
    if script.end == End::Ranked {
        let editor = stage.staff(Role::Editor)?;
        write::publish_ranking(&stage.cx(&editor, after(RANKED_AFTER_DAYS)), call).await?;
        for (one, (id, author)) in script.applications.iter().zip(&written) {
            if one.state == ApplicationState::Withdrawn {
                let because = one.because.as_deref().unwrap_or_default();
                write::withdraw(&stage.cx(author, after(WITHDRAWN_AFTER_DAYS)), *id, because).await?;
            }
        }
    }
    Ok(written)
}

async fn scores(stage: &mut Stage<'_>, script: &Application, id: ApplicationId, at: Timestamp) -> Result<()> {
    let judges = judges(stage);
    if script.points.len() > judges.len() {
        return Err(Error::Bug(format!("{} is judged by more than there are", script.title)));
    }
    for (judge, points) in judges.iter().zip(&script.points) {
        write::score(&stage.cx(judge, at), id, points).await?;
    }
    Ok(())
}

fn input(script: &Application) -> ApplicationInput {
    let is_body = script.form != LegalForm::Person;
    let promoter = Promoter {
        legal_form: Some(script.form),
        name: script.name.clone(),
        tax_code: script.code.clone(),
        representative: if is_body { SIGNS.0.to_owned() } else { String::new() },
        representative_tax_code: if is_body { SIGNS.1.to_owned() } else { String::new() },
        seat: "Milano".to_owned(),
        email: "progetto@example.org".to_owned(),
        ..Promoter::default()
    };
    let costs = script.costs.iter().map(|(label, euros)| CostLine {
        label: label.clone(),
        amount: Money::eur(euros * CENTS),
    });
    ApplicationInput {
        title: Some(script.title.clone()),
        summary: Some(script.summary.clone()),
        plan: Some(script.plan.clone()),
        lang: None,
        place: Some(script.place.clone()),
        district: None,
        promoter: Some(promoter),
        partners: None,
        cost_lines: Some(costs.collect()),
    }
}
