//! One application with all that its page shows to this reader.

use super::super::jury::{Progress, Said};
use super::super::store::{self, row};
use super::super::{ApplicationFacts, ApplicationState, ApplicationStep, CostLine, Partner, Promoter, public_name};
use super::{ApplicationCard, card, names};
use crate::Cx;
use crate::attachment::{self, read::AttachmentCard};
use crate::call::read::CallCard;
use crate::call::{self, CallStanding, CallState, Criterion, LegalForm, store as calls};
use crate::campaign::store as campaigns;
use crate::error::{Error, Fault, Result};
use crate::id::{ApplicationId, CampaignId, MemberId};
use crate::member;
use crate::policy::{Act, On};
use crate::proposal::read::Named;
use crate::text::Markdown;
use crate::time::Timestamp;

/// Who takes part, as everybody may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Their name, where it is no person's.
    pub name: Option<String>,
    /// What they are by law.
    pub legal_form: Option<LegalForm>,
}

/// Who is behind an application: for its author and the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Private {
    /// Who applies, and leads.
    pub promoter: Promoter,
    /// Who takes part beside them.
    pub partners: Vec<Partner>,
    /// The member who wrote it, by public name.
    pub author: Named<MemberId>,
}

/// What the office asked to be completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is missing.
    pub text: Markdown,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when it can be done.
    pub due_at: Timestamp,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// Whether it can be done now.
    pub open: bool,
}

/// How an application did by one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionScore {
    /// The criterion.
    pub criterion: Criterion,
    /// The unweighted points, all commissioners together; once they may be seen.
    pub points: Option<i64>,
}

/// What a commissioner said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Who.
    pub commissioner: Named<MemberId>,
    /// Points by criterion.
    pub points: Option<Vec<u32>>,
    /// The conflict of interest declared; its reason is for the office and whoever declared it.
    pub conflict: Option<String>,
}

/// What the actor may do with an application now; a button is shown where its field is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ApplicationPermissions {
    /// Change the draft.
    pub edit: bool,
    /// Hand it in.
    pub submit: bool,
    /// Throw the draft away.
    pub discard: bool,
    /// Complete it as the office asked.
    pub complete: bool,
    /// Take it back.
    pub withdraw: bool,
    /// Ask for a completion.
    pub ask_completion: bool,
    /// Find it admissible or exclude it.
    pub check: bool,
    /// Score it, or declare a conflict of interest.
    pub score: bool,
    /// Begin its campaign.
    pub begin_campaign: bool,
}

/// Everything that one application's page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationPage {
    /// What lists show too.
    pub card: ApplicationCard,
    /// Its call.
    pub call: CallCard,
    /// The plan.
    pub plan: Markdown,
    /// Where it is, in words.
    pub place: String,
    /// Who takes part beside the promoter, who leads.
    pub partners: Vec<Party>,
    /// What it costs.
    pub cost_lines: Vec<CostLine>,
    /// Its pictures and files.
    pub attachments: Vec<AttachmentCard>,
    /// Who is behind it.
    pub private: Option<Private>,
    /// What a draft lacks to be handed in; for its author.
    pub missing: Vec<Fault>,
    /// What the office asked; for the author and the office.
    pub completion: Option<Completion>,
    /// Why it was excluded; for the author and the office.
    pub exclude_reason: Option<String>,
    /// When and why it was taken back; for the author and the office.
    pub withdrawn: Option<(Timestamp, String)>,
    /// How it did by each criterion; for those who may see scores.
    pub criteria: Vec<CriterionScore>,
    /// What the actor said of it, as a commissioner.
    pub mine: Option<Assessment>,
    /// What every commissioner said; for office and commission once the list is drawn up.
    pub assessments: Vec<Assessment>,
    /// How far the scoring is; for the office.
    pub progress: Option<Progress>,
    /// The campaign made of it, when the actor may know of it.
    pub campaign: Option<CampaignId>,
    /// What the actor may do.
    pub can: ApplicationPermissions,
}

/// Everything that one application's page shows to this reader.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of.
pub async fn page(cx: &Cx, id: ApplicationId) -> Result<ApplicationPage> {
    let row = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?;
    let call = calls::find(cx.db(), row.call_id).await?.ok_or(Error::NotFound)?;
    let ranked = call.ranked_at.is_some();
    let facts = row.facts(ranked)?;
    cx.check(Act::ReadApplication, On::Application(&facts))?;
    let names = names(cx, std::slice::from_ref(&row)).await?;
    let card = card(cx, &row, ranked, &names)?;
    let call_card = call::read::card(cx, &call)?;
    let paper = row.paper()?;
    let terms = call.terms(&calls::places(cx.db(), &[call.id]).await?)?;
    let private = cx.can(Act::ReadPromoter, On::Application(&facts));
    let own = crate::policy::is_own(&cx.actor, Some(row.author_id));
    let missing = match paper.check(&terms) {
        Err(Error::Invalid(faults)) if own && facts.is_draft() => faults,
        _ => Vec::new(),
    };
    let seen = seen(cx, &row, &facts, &call).await?;
    let campaign = match row.state()? {
        ApplicationState::Admitted => campaigns::of_application(cx.db(), row.id).await?,
        _ => None,
    };
    let criteria = terms.criteria.iter().enumerate().map(|(at, criterion)| CriterionScore {
        criterion: criterion.clone(),
        points: seen.points.as_ref().and_then(|points| points.get(at).copied()),
    });
    Ok(ApplicationPage {
        plan: Markdown::from_stored(paper.plan),
        place: paper.place,
        partners: paper
            .partners
            .iter()
            .map(|partner| Party {
                name: public_name(partner.legal_form, &partner.name),
                legal_form: partner.legal_form,
            })
            .collect(),
        cost_lines: paper.cost_lines,
        attachments: attachment::read::of_application(cx, row.id).await?,
        private: match private {
            true => Some(Private {
                promoter: paper.promoter,
                partners: paper.partners,
                author: named(cx, row.author_id).await?,
            }),
            false => None,
        },
        missing,
        completion: completion(&row, cx.now).filter(|_| private),
        exclude_reason: row.exclude_reason.clone().filter(|_| private),
        withdrawn: row.withdrawn_at.zip(row.withdraw_reason.clone()).filter(|_| private),
        criteria: criteria.collect(),
        can: ApplicationPermissions {
            begin_campaign: campaign.is_none() && may_begin(cx, &row, &facts, &call_card)?,
            ..permissions(cx, &row, &facts, &call_card, &seen)?
        },
        campaign: campaign
            .filter(|row| row.facts().is_ok_and(|of| cx.can(Act::ReadCampaign, On::Campaign(&of))))
            .map(|row| row.id),
        mine: seen.mine,
        assessments: seen.assessments,
        progress: seen.progress,
        call: call_card,
        card,
    })
}

async fn named(cx: &Cx, id: MemberId) -> Result<Named<MemberId>> {
    let name = member::read::names(cx, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Named { id, name })
}

fn completion(row: &row::Model, now: Timestamp) -> Option<Completion> {
    Some(Completion {
        text: Markdown::from_stored(row.completion_text.clone()?),
        asked_at: row.completion_asked_at?,
        due_at: row.completion_due_at?,
        done_at: row.completion_done_at,
        open: row.state().is_ok_and(|state| state == ApplicationState::Submitted) && row.awaits_completion(now),
    })
}

/// What this reader sees of the scoring.
#[derive(Default)]
struct Seen {
    mine: Option<Assessment>,
    assessments: Vec<Assessment>,
    points: Option<Vec<i64>>,
    progress: Option<Progress>,
}

async fn seen(cx: &Cx, row: &row::Model, facts: &ApplicationFacts, call: &calls::row::Model) -> Result<Seen> {
    let on = On::Application(facts);
    let office = cx.can(Act::RankApplications, on) || cx.can(Act::KeepCall, on);
    let commissioner = cx.can(Act::ScoreApplication, on);
    let stored = row.criterion_points.as_deref().map(calls::json).transpose()?;
    let mut seen = Seen {
        points: stored.filter(|_| facts.listed || office || commissioner),
        ..Seen::default()
    };
    // Whoever wrote it never learns who gave what, whatever role they have besides.
    if cx.actor.member() == Some(row.author_id) || !(office || commissioner) {
        return Ok(seen);
    }
    // Drawn up, the list is fixed: only then does one commissioner see what another gave.
    let drawn_up = row.place_on_list.is_some();
    if office && row.state()? == ApplicationState::Admissible {
        let jury = store::jury(cx.db(), call.id, cx.now).await?;
        seen.progress = Some(jury.progress(row.id, row.author_id));
    }
    let rows = store::assessments(cx.db(), &[row.id]).await?;
    let ids: Vec<MemberId> = rows.iter().map(|row| row.commissioner_id).collect();
    let names = member::read::names(cx, &ids).await?;
    for row in rows {
        let me = cx.actor.member() == Some(row.commissioner_id);
        let (points, conflict) = match Said::of(&row)? {
            Said::Points(points) => (Some(points), None),
            Said::Conflict(reason) => (None, Some(if me || office { reason } else { String::new() })),
        };
        let said = Assessment {
            commissioner: Named {
                name: names.get(&row.commissioner_id).cloned().unwrap_or_default(),
                id: row.commissioner_id,
            },
            points,
            conflict,
        };
        if me && commissioner {
            seen.mine = Some(said.clone());
        }
        if drawn_up {
            seen.assessments.push(said);
        }
    }
    Ok(seen)
}

fn permissions(
    cx: &Cx,
    row: &row::Model,
    facts: &ApplicationFacts,
    call: &CallCard,
    seen: &Seen,
) -> Result<ApplicationPermissions> {
    let can = |act| cx.can(act, On::Application(facts));
    let state = row.state()?;
    let writes = state == ApplicationState::Draft && can(Act::EditApplication);
    let open = call.standing == CallStanding::Open;
    let checks = state == ApplicationState::Submitted && can(Act::CheckApplication);
    let conflict = seen.mine.as_ref().is_some_and(|mine| mine.conflict.is_some());
    Ok(ApplicationPermissions {
        edit: writes && open,
        submit: writes && open,
        discard: writes,
        complete: state == ApplicationState::Submitted && row.awaits_completion(cx.now) && can(Act::EditApplication),
        withdraw: state.after(ApplicationStep::Withdraw).is_ok() && can(Act::WithdrawApplication),
        ask_completion: checks,
        check: checks && !row.awaits_completion(cx.now),
        score: state == ApplicationState::Admissible
            && call.state == CallState::Published
            && !conflict
            && can(Act::ScoreApplication),
        begin_campaign: false,
    })
}

/// Whether a campaign may be begun of it, if it has none.
fn may_begin(cx: &Cx, row: &row::Model, facts: &ApplicationFacts, call: &CallCard) -> Result<bool> {
    let admitted = row.state()? == ApplicationState::Admitted && call.state == CallState::Ranked;
    Ok(admitted && cx.can(Act::WriteCampaign, On::Application(facts)))
}
