//! Applying in steps: the project, who proposes it, partners, costs, files, a last look.
//!
//! Rule: each step is kept as it is typed before the next is shown, whole or not; what is missing is told at the end, with
//! the way to it. A step that is refused gives back all that was typed, also when the call closed meanwhile.

use std::sync::Arc;

use askama::Template;
use civic::application::read::{self, ApplicationPage};
use civic::application::write;
use civic::call::read::{self as calls, CallPage};
use civic::call::{CallStanding, CallState};
use civic::error::{Code, Error, Result};
use civic::id::ApplicationId;
use poem::Response;

use super::super::call::path as call_path;
use super::fields::{Sheet, at_fields, is_going_on, kept, typed, typed_rows};
use super::{Mine, check, drafts_for, files, path};
use crate::error::{signed_in, status};
use crate::form::{Fields, Form};
use crate::format::moment;
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html, html_as, redirect};

/// One of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Title, summary, plan, place.
    Project,
    /// Who applies.
    Promoter,
    /// Who takes part.
    Partners,
    /// What it costs.
    Costs,
    /// Pictures and documents.
    Files,
    /// What is missing, and handing in.
    Check,
}

impl Step {
    pub(super) const ALL: [Self; 6] = [
        Self::Project,
        Self::Promoter,
        Self::Partners,
        Self::Costs,
        Self::Files,
        Self::Check,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Promoter => "promoter",
            Self::Partners => "partners",
            Self::Costs => "costs",
            Self::Files => "files",
            Self::Check => "check",
        }
    }

    fn of(visit: &Visit) -> Result<Self> {
        let named = |step: &Self| step.as_str() == visit.param("step");
        Self::ALL.into_iter().find(named).ok_or(Error::NotFound)
    }

    /// The step in which a field of the form is filled.
    pub(super) fn of_field(field: &str) -> Self {
        match field {
            "partners" => Self::Partners,
            "cost_lines" => Self::Costs,
            field if field.starts_with("promoter") => Self::Promoter,
            _ => Self::Project,
        }
    }

    fn next(self) -> Self {
        let later = Self::ALL.into_iter().find(|one| *one > self);
        later.unwrap_or(Self::Check)
    }
}

/// A step as the stepper shows it.
pub(super) struct Mark {
    pub(super) number: usize,
    pub(super) name: String,
    /// `confirmed`, `active` or `coming`.
    pub(super) place: &'static str,
    /// Where it is, once there is a draft to show.
    pub(super) href: Option<String>,
}

/// What stands around the form of every step.
pub(super) struct Around {
    pub(super) action: String,
    pub(super) marks: Vec<Mark>,
    /// "2/6", for a phone.
    pub(super) place: String,
    /// Where the step before this one is; the call's page before the first.
    pub(super) back: String,
    /// The call's title, with its language.
    pub(super) call: (String, &'static str),
    /// Until when it can be handed in.
    pub(super) closes: String,
}

impl Around {
    pub(super) fn of(visit: &Visit, step: Step, call: &CallPage, id: Option<ApplicationId>) -> Self {
        let own = id.map(|id| format!("/applications/{id}/edit"));
        let at = |one: Step| own.as_ref().map(|own| visit.to(&format!("{own}/{}", one.as_str())));
        let marks = Step::ALL.into_iter().enumerate().map(|(number, one)| Mark {
            number: number + 1,
            name: words(visit.language, &format!("applying-{}", one.as_str())),
            place: match one.cmp(&step) {
                std::cmp::Ordering::Less => "confirmed",
                std::cmp::Ordering::Equal => "active",
                std::cmp::Ordering::Greater => "coming",
            },
            href: at(one).filter(|_| one != step),
        });
        let number = Step::ALL.iter().filter(|one| **one <= step).count();
        let before = Step::ALL.into_iter().rev().find(|one| *one < step);
        let home = visit.to(&call_path(&call.card.slug));
        Self {
            action: at(step).unwrap_or_else(|| visit.to(&format!("/calls/{}/apply", call.card.slug))),
            marks: marks.collect(),
            place: format!("{number}/{}", Step::ALL.len()),
            back: before.and_then(at).unwrap_or(home),
            call: (call.card.title.1.clone(), call.card.title.0.code()),
            closes: moment(visit.language, &visit.cx.city.settings.zone, call.card.closes_at),
        }
    }
}

/// The frame of a step's page.
pub(super) fn frame(visit: &Visit, step: Step, around: &Around, call: &CallPage) -> Page {
    let name = words(visit.language, &format!("applying-{}", step.as_str()));
    let values = [("step", Value::Text(&name)), ("place", Value::Text(&around.place))];
    Page::new(visit, words_with(visit.language, "applying-title", &values))
        .via(words(visit.language, "home"), "")
        .via(words(visit.language, "calls"), "/calls")
        .via(call.card.title.1.clone(), &call_path(&call.card.slug))
}

#[derive(Template)]
#[template(path = "application/step.html")]
struct StepPage {
    page: Page,
    around: Around,
    sheet: Sheet,
    step: &'static str,
    drafts: Vec<Mine>,
}

fn step_page(visit: &Visit, step: Step, call: &CallPage, id: Option<ApplicationId>, sheet: Sheet) -> StepPage {
    let around = Around::of(visit, step, call, id);
    StepPage {
        page: frame(visit, step, &around, call),
        around,
        sheet,
        step: step.as_str(),
        drafts: Vec::new(),
    }
}

/// The call that applications are being written for, which must take them now.
async fn open_call(visit: &Visit) -> Result<CallPage> {
    let call = calls::page_by_slug(&visit.cx, visit.param("slug")).await?;
    match call.card.standing {
        CallStanding::Open => Ok(call),
        CallStanding::Coming => Err(Error::Conflict(Code::TooEarly)),
        _ if call.card.state == CallState::Draft => Err(Error::Conflict(Code::TooEarly)),
        _ => Err(Error::Conflict(Code::TooLate)),
    }
}

/// The first step of a new application.
///
/// # Errors
/// `NotFound` for a call that is none, `Conflict` when it takes no applications now; `Unauthenticated`, which leads to
/// signing in and back.
pub async fn begin(visit: Arc<Visit>) -> Result<Response> {
    let call = open_call(&visit).await?;
    signed_in(&visit)?;
    let form = Form::new(visit.language, Fields::default());
    let sheet = Sheet::of(&visit, &call, form, typed_rows(&Fields::default()));
    let mut page = step_page(&visit, Step::Project, &call, None, sheet);
    page.drafts = drafts_for(&visit, call.card.id).await?;
    html(&page)
}

/// Keeps the first step of a new application as a draft.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn keep_new(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let call = calls::page_by_slug(&visit.cx, visit.param("slug")).await?;
    let begun = match typed(Step::Project, &visit.form) {
        Ok(input) => write::begin(&visit.cx, call.card.id, input).await,
        Err(error) => Err(error),
    };
    match begun {
        Ok(id) => Ok(redirect(
            &visit.to(&format!("/applications/{id}/edit/{}", Step::Promoter.as_str())),
        )),
        Err(error) => refused(&visit, Step::Project, &call, None, error),
    }
}

/// The step again with all that was typed and what is wrong.
fn refused(visit: &Visit, step: Step, call: &CallPage, id: Option<ApplicationId>, error: Error) -> Result<Response> {
    let status = status(&error);
    let form = Form::refused(visit.language, visit.form.clone(), at_fields(error))?;
    let sheet = Sheet::of(visit, call, form, typed_rows(&visit.form));
    html_as(status, &step_page(visit, step, call, id, sheet))
}

/// The application that is being written, with its call; none when its forms are not for it any more.
async fn writing(visit: &Visit) -> Result<(ApplicationPage, CallPage)> {
    let id: ApplicationId = visit.id("id")?;
    let page = read::page(&visit.cx, id).await?;
    if page.private.as_ref().map(|private| private.author.id) != visit.cx.actor.member() {
        return Err(Error::NotFound);
    }
    let call = calls::page(&visit.cx, page.card.call).await?;
    Ok((page, call))
}

/// One step of an application that was begun; of one that cannot be written any more its page, which says why.
///
/// # Errors
/// `NotFound` as the policy says.
pub async fn edit(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let step = Step::of(&visit)?;
    let (page, call) = writing(&visit).await?;
    if !(page.can.edit || (step == Step::Files && page.can.complete)) {
        return Ok(redirect(&visit.to(&path(page.card.id, &page.card.slug))));
    }
    match step {
        Step::Files => files::show(&visit, &page, &call),
        Step::Check => check::show(&visit, &page, &call),
        _ => {
            let (fields, partners, costs) = kept(visit.language, &page);
            let sheet = Sheet::of(&visit, &call, Form::new(visit.language, fields), (partners, costs));
            html(&step_page(&visit, step, &call, Some(page.card.id), sheet))
        }
    }
}

/// Keeps one step and leads to the next.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn keep(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let step = Step::of(&visit)?;
    let (page, call) = writing(&visit).await?;
    let id = page.card.id;
    match step {
        Step::Check => return check::submit(&visit, &page, &call).await,
        Step::Files if visit.upload.is_some() => return files::keep(&visit, &page, &call).await,
        _ => {}
    }
    if is_going_on(&visit.form) {
        let form = Form::new(visit.language, visit.form.clone());
        let sheet = Sheet::of(&visit, &call, form, typed_rows(&visit.form));
        return html(&step_page(&visit, step, &call, Some(id), sheet));
    }
    let kept = match typed(step, &visit.form) {
        Ok(input) => write::edit(&visit.cx, id, None, input).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(_) => Ok(redirect(
            &visit.to(&format!("/applications/{id}/edit/{}", step.next().as_str())),
        )),
        Err(error) if step == Step::Files => Err(error),
        Err(error) => refused(&visit, step, &call, Some(id), error),
    }
}

/// Throws a draft away.
///
/// # Errors
/// Those of the use case.
pub async fn discard(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let id: ApplicationId = visit.id("id")?;
    let call = read::page(&visit.cx, id).await?.call;
    write::discard(&visit.cx, id).await?;
    Ok(visit.done(&call_path(&call.slug), "application-discarded"))
}
