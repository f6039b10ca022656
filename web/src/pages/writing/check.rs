//! The last step: the proposal as everybody will see it, what is still missing and where to fill it, and publishing.

use askama::Template;
use civic::consultation::read as consultation;
use civic::error::{Code, Error, Result};
use civic::proposal::ProposalState;
use civic::proposal::read::{Editing, ProposalPage};
use civic::proposal::write;
use poem::Response;

use super::super::proposal::{facts, map_of, path};
use super::{Around, Step, closed, frame_of, is_of_the_form};
use crate::error::status;
use crate::form::{Fields, Form};
use crate::language::{named, words};
use crate::page::Page;
use crate::visit::{Visit, html, html_as};

/// Something that must be filled, and where.
struct Missing {
    name: String,
    sentence: String,
    href: String,
}

#[derive(Template)]
#[template(path = "writing/check.html")]
struct CheckPage {
    page: Page,
    form: Form,
    around: Around,
    proposal: ProposalPage,
    facts: Vec<(&'static str, String)>,
    map: Option<String>,
    missing: Vec<Missing>,
    /// When proposals can be published, while they cannot.
    waits: Option<String>,
    discard: String,
}

/// The step as it is kept.
pub(super) async fn show(visit: &Visit, about: &Editing) -> Result<Response> {
    let form = Form::new(visit.language, Fields::default());
    html(&check(visit, about, form).await?)
}

async fn check(visit: &Visit, about: &Editing, form: Form) -> Result<CheckPage> {
    let (language, card) = (visit.language, &about.page.card);
    let around = Around::of(visit, Step::Check, about);
    let mut proposal = about.page.clone();
    // As everybody will see it.
    proposal.card.state = ProposalState::Published;
    let missing = about.missing.iter().map(|fault| {
        let step = Step::of_field(&fault.field).as_str();
        Missing {
            name: named(language, "field-", &fault.field),
            sentence: fault.code.sentence(language),
            href: visit.to(&format!("/proposals/{}/edit/{step}#{}", card.id, fault.field)),
        }
    });
    let waits = if about.is_collecting {
        None
    } else {
        let phases = consultation::rules(&visit.cx, card.consultation).await?.phases;
        Some(closed::when(visit, &phases))
    };
    Ok(CheckPage {
        page: frame_of(visit, Step::Check, &around, about),
        facts: facts(visit, &proposal),
        map: map_of(visit, &proposal).await?,
        missing: missing.collect(),
        waits,
        discard: visit.to(&format!("/proposals/{}/discard", card.id)),
        proposal,
        form,
        around,
    })
}

/// Publishes, and leads to where everybody reads it.
pub(super) async fn publish(visit: &Visit, about: &Editing) -> Result<Response> {
    let card = &about.page.card;
    match write::publish(&visit.cx, card.id).await {
        Ok(id) => Ok(visit.done(&path(id, &card.slug), "published")),
        Err(error) if is_of_the_form(&error) => {
            let status = status(&error);
            // What is missing stands on the page with the way to its step; the rest is told on top.
            let form = match error {
                Error::Invalid(_) => Form::new(visit.language, Fields::default()),
                other => Form::refused(visit.language, Fields::default(), other)?,
            };
            html_as(status, &check(visit, about, form).await?)
        }
        // Published meanwhile, in another window.
        Err(Error::Conflict(Code::WrongState)) => Ok(visit.done(&path(card.id, &card.slug), "published")),
        Err(error) => closed::by_rule(visit, card.id, error).await,
    }
}
