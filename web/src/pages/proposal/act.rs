//! What is done with a published proposal: supporting it, adding to it, withdrawing it; and what editors and moderators do.

use std::sync::Arc;

use askama::Template;
use civic::error::{Code, Error, Result};
use civic::id::{ProposalId, TypedId};
use civic::limits::{PROPOSAL_BODY_MAX_CHARS, REASON_MAX_CHARS, TITLE_MAX_CHARS};
use civic::moderation::{self, Subject};
use civic::policy::{Act, On};
use civic::proposal::read::{self, ProposalCard, ProposalPage};
use civic::proposal::{ProposalInput, ProposalStep, write};
use poem::Response;
use poem::http::StatusCode;

use super::path;
use crate::form::{Choice, Fields, Form};
use crate::language::words;
use crate::page::Page;
use crate::visit::{Visit, html, html_as, redirect};

/// What a form on a proposal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Add,
    Withdraw,
    Correct,
    Answer,
    Merge,
    Hide,
    Restore,
}

impl What {
    const ALL: [Self; 7] = [
        Self::Add,
        Self::Withdraw,
        Self::Correct,
        Self::Answer,
        Self::Merge,
        Self::Hide,
        Self::Restore,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Withdraw => "withdraw",
            Self::Correct => "correct",
            Self::Answer => "answer",
            Self::Merge => "merge",
            Self::Hide => "hide",
            Self::Restore => "restore",
        }
    }

    /// A button's endpoint and its form ask the same question.
    const fn is_offered(self, proposal: &ProposalPage) -> bool {
        match self {
            Self::Add => proposal.can.add,
            Self::Withdraw => proposal.can.withdraw,
            Self::Correct => proposal.can.correct,
            Self::Answer => proposal.can.answer,
            Self::Merge => proposal.can.merge,
            Self::Hide => proposal.can.moderate && !proposal.card.hidden,
            Self::Restore => proposal.can.moderate && proposal.card.hidden,
        }
    }

    /// Of what staff does, the act that needs a role.
    const fn of_staff(self) -> Option<Act> {
        match self {
            Self::Add | Self::Withdraw => None,
            Self::Correct => Some(Act::CorrectProposal),
            Self::Answer | Self::Merge => Some(Act::AnswerProposal),
            Self::Hide | Self::Restore => Some(Act::Moderate),
        }
    }

    async fn fields(self, form: &Form, visit: &Visit, proposal: &ProposalPage) -> Result<Vec<String>> {
        let reason = || form.area("reason", 4, REASON_MAX_CHARS);
        Ok(match self {
            Self::Add => vec![form.area("note", 8, PROPOSAL_BODY_MAX_CHARS)],
            Self::Withdraw | Self::Hide | Self::Restore => vec![reason()],
            Self::Correct => vec![
                form.line("title", "text", TITLE_MAX_CHARS, ""),
                form.area("body", 12, PROPOSAL_BODY_MAX_CHARS),
                reason(),
            ],
            Self::Answer => {
                let possible = STEPS.into_iter().filter(|(_, step)| proposal.steps.contains(step));
                let steps = possible.map(|(value, _)| Choice {
                    value: value.to_owned(),
                    label: words(visit.language, &format!("step-{value}")),
                });
                vec![
                    form.radio("step", &steps.collect::<Vec<_>>()),
                    form.area("answer", 8, PROPOSAL_BODY_MAX_CHARS),
                ]
            }
            Self::Merge => {
                let similar = similar(visit, proposal).await?;
                let offered = similar.into_iter().map(|card| Choice {
                    value: card.id.to_string(),
                    label: card.title,
                });
                let offered: Vec<Choice> = offered.collect();
                let choice = if offered.is_empty() {
                    String::new()
                } else {
                    form.radio("into", &offered)
                };
                vec![
                    choice,
                    form.line("into_address", "text", ADDRESS_MAX_CHARS, ""),
                    reason(),
                ]
            }
        })
    }
}

/// Longest address that is read: those of our proposals are much shorter.
const ADDRESS_MAX_CHARS: usize = 500;

const STEPS: [(&str, ProposalStep); 5] = [
    ("take-up", ProposalStep::TakeUp),
    ("accept", ProposalStep::Accept),
    ("accept-partly", ProposalStep::AcceptPartly),
    ("decline", ProposalStep::Decline),
    ("deliver", ProposalStep::Deliver),
];

#[derive(Template)]
#[template(path = "proposal/act.html")]
struct ActPage {
    page: Page,
    form: Form,
    fields: Vec<String>,
    explained: String,
    button: String,
    action: String,
    back: String,
    title: String,
}

/// Gives support or takes it back, and leads to the proposal.
///
/// # Errors
/// Those of the use case.
pub async fn support(visit: Arc<Visit>) -> Result<Response> {
    let id: ProposalId = visit.id("id")?;
    if visit.form.text("wanted") == "no" {
        civic::support::write::take_back(&visit.cx, id).await?;
    } else {
        civic::support::write::give(&visit.cx, id).await?;
    }
    let proposal = read::page(&visit.cx, id).await?;
    Ok(redirect(
        &visit.to(&format!("{}#support", path(id, &proposal.card.slug))),
    ))
}

fn what(visit: &Visit) -> Result<What> {
    What::ALL
        .into_iter()
        .find(|what| what.as_str() == visit.param("what"))
        .ok_or(Error::NotFound)
}

/// The form for one act.
///
/// # Errors
/// `NotFound` for an act that is not offered.
pub async fn form(visit: Arc<Visit>) -> Result<Response> {
    crate::error::signed_in(&visit)?;
    let (what, id) = (what(&visit)?, visit.id("id")?);
    let proposal = read::page(&visit.cx, id).await?;
    if !what.is_offered(&proposal) {
        if let Some(act) = what.of_staff() {
            crate::error::awake(&visit, act, On::Consultation(proposal.card.consultation))?;
        }
        return Err(Error::NotFound);
    }
    let fields = match what {
        What::Correct => Fields::default()
            .and("title", proposal.card.title.clone())
            .and("body", proposal.body.as_str())
            .and("version", proposal.card.version.to_string()),
        _ => Fields::default(),
    };
    let form = Form::new(visit.language, fields);
    html(&act_page(&visit, what, &proposal, form).await?)
}

async fn act_page(visit: &Visit, what: What, proposal: &ProposalPage, form: Form) -> Result<ActPage> {
    let (language, name) = (visit.language, what.as_str());
    let own = path(proposal.card.id, &proposal.card.slug);
    let title = words(language, &format!("act-{name}"));
    Ok(ActPage {
        page: Page::new(visit, title)
            .via(words(language, "home"), "")
            .via(proposal.card.title.clone(), &own),
        fields: what.fields(&form, visit, proposal).await?,
        explained: words(language, &format!("act-{name}-explained")),
        button: words(language, &format!("act-{name}-button")),
        action: visit.to(&visit.path),
        back: visit.to(&own),
        title: proposal.card.title.clone(),
        form,
    })
}

/// Does one act.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn submit(visit: Arc<Visit>) -> Result<Response> {
    crate::error::signed_in(&visit)?;
    let (what, id) = (what(&visit)?, visit.id("id")?);
    match act(&visit, what, id).await {
        Ok(()) => {
            let proposal = read::page(&visit.cx, id).await?;
            Ok(visit.done(&path(id, &proposal.card.slug), what.as_str()))
        }
        Err(error) => {
            let proposal = read::page(&visit.cx, id).await?;
            if matches!(error, Error::Invalid(_)) && !what.is_offered(&proposal) {
                // Who may not do it has nothing to correct either.
                return Err(Error::NotFound);
            }
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            html_as(
                StatusCode::UNPROCESSABLE_ENTITY,
                &act_page(&visit, what, &proposal, form).await?,
            )
        }
    }
}

/// What says the same, for joining.
async fn similar(visit: &Visit, proposal: &ProposalPage) -> Result<Vec<ProposalCard>> {
    let text = super::text_of(proposal);
    super::similar(visit, proposal.card.consultation, &text, Some(proposal.card.id)).await
}

/// Joins a proposal to the one that was chosen, or whose address or id was typed; what is wrong with it stands beside
/// the field it came from.
async fn merge(visit: &Visit, id: ProposalId) -> Result<()> {
    let (form, reason) = (&visit.form, visit.form.text("reason"));
    let typed = form.some("into_address");
    let field = if typed.is_some() || !form.has("into") {
        "into_address"
    } else {
        "into"
    };
    let into = match typed {
        Some(typed) => named(typed).ok_or_else(|| Error::field("into_address", Code::MergeRefused))?,
        None => form
            .choice("into", ProposalId::read)?
            .ok_or_else(|| Error::field("into_address", Code::Empty))?,
    };
    match write::merge(&visit.cx, id, into, reason).await {
        Err(Error::Invalid(mut faults)) => {
            for fault in faults.iter_mut().filter(|fault| fault.field == "into") {
                fault.field = field.into();
            }
            Err(Error::Invalid(faults))
        }
        done => done.map(|_| ()),
    }
}

/// The proposal that an address or an id names.
fn named(typed: &str) -> Option<ProposalId> {
    let parts = typed.split(['/', '-', '?', '#', ' ']);
    parts.filter_map(ProposalId::read).next()
}

async fn act(visit: &Visit, what: What, id: ProposalId) -> Result<()> {
    let (cx, form) = (&visit.cx, &visit.form);
    let reason = form.text("reason");
    match what {
        What::Add => write::add(cx, id, form.text("note")).await.map(|_| ()),
        What::Withdraw => write::withdraw(cx, id, reason).await.map(|_| ()),
        What::Hide => moderation::write::hide(cx, Subject::Proposal(id), reason)
            .await
            .map(|_| ()),
        What::Restore => moderation::write::restore(cx, Subject::Proposal(id), reason)
            .await
            .map(|_| ()),
        What::Correct => {
            let input = ProposalInput {
                title: Some(form.text("title").to_owned()),
                body: Some(form.text("body").to_owned()),
                ..ProposalInput::default()
            };
            let expected = form.some("version").and_then(|version| version.parse().ok());
            write::correct(cx, id, expected, input, reason).await.map(|_| ())
        }
        What::Merge => merge(visit, id).await,
        What::Answer => {
            let step = form.choice("step", |step| {
                STEPS.iter().find(|(name, _)| *name == step).map(|(_, step)| *step)
            })?;
            let step = step.ok_or_else(|| Error::field("step", Code::Empty))?;
            write::answer(cx, id, step, form.some("answer")).await.map(|_| ())
        }
    }
}
