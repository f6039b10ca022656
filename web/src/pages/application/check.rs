//! The last step: what the application says, what is still missing and where to fill it, and handing it in, once.

use askama::Template;
use civic::application::read::ApplicationPage;
use civic::application::write;
use civic::call::read::CallPage;
use civic::error::{Error, Result};
use poem::Response;

use super::super::call::between;
use super::fields::at_field;
use super::step::{Around, Step, frame};
use super::{party, path, promoter_facts};
use crate::amount::money;
use crate::error::status;
use crate::form::{Fields, Form, label};
use crate::page::Page;
use crate::visit::{Visit, html, html_as};

/// Something that must be filled, and where.
struct Missing {
    name: String,
    sentence: String,
    href: String,
}

#[derive(Template)]
#[template(path = "application/check.html")]
struct CheckPage {
    page: Page,
    form: Form,
    around: Around,
    application: ApplicationPage,
    plan: String,
    promoter: Vec<(&'static str, String)>,
    who: String,
    partners: Vec<String>,
    costs: Vec<(String, String)>,
    total: String,
    missing: Vec<Missing>,
    discard: String,
}

fn check_page(visit: &Visit, about: &ApplicationPage, call: &CallPage, form: Form) -> CheckPage {
    let language = visit.language;
    let around = Around::of(visit, Step::Check, call, Some(about.card.id));
    let mut missing: Vec<Missing> = Vec::new();
    for fault in about.missing.iter().cloned().map(at_field) {
        let step = Step::of_field(&fault.field);
        let mut sentence = fault.code.sentence(language);
        if fault.field == "cost_lines" && fault.code == civic::error::Code::CostOutOfRange {
            sentence = format!("{sentence} ({})", between(visit, &call.card));
        }
        let one = Missing {
            name: label(language, &fault.field),
            sentence,
            href: visit.to(&format!(
                "/applications/{}/edit/{}#{}",
                about.card.id,
                step.as_str(),
                fault.field
            )),
        };
        if !missing
            .iter()
            .any(|known| known.href == one.href && known.sentence == one.sentence)
        {
            missing.push(one);
        }
    }
    let promoter = about.private.as_ref().map(|private| &private.promoter);
    CheckPage {
        page: frame(visit, Step::Check, &around, call),
        plan: about.plan.to_html().to_string(),
        who: party(visit, about.card.promoter.as_deref(), about.card.legal_form),
        promoter: promoter.map_or_else(Vec::new, |promoter| promoter_facts(visit, promoter)),
        partners: about.private.as_ref().map_or_else(Vec::new, |private| {
            let partners = private.partners.iter();
            partners
                .map(|one| party(visit, Some(&one.name), one.legal_form))
                .collect()
        }),
        costs: about
            .cost_lines
            .iter()
            .map(|line| (line.label.clone(), money(language, line.amount)))
            .collect(),
        total: money(language, about.card.cost),
        discard: visit.to(&format!("/applications/{}/discard", about.card.id)),
        application: about.clone(),
        missing,
        form,
        around,
    }
}

/// The step as it is kept.
pub(super) fn show(visit: &Visit, about: &ApplicationPage, call: &CallPage) -> Result<Response> {
    let form = Form::new(visit.language, Fields::default());
    html(&check_page(visit, about, call, form))
}

/// Hands in, and leads to the application.
pub(super) async fn submit(visit: &Visit, about: &ApplicationPage, call: &CallPage) -> Result<Response> {
    let card = &about.card;
    match write::submit(&visit.cx, card.id, None).await {
        Ok(id) => Ok(visit.done(&path(id, &card.slug), "application-submitted")),
        Err(error) => {
            let status = status(&error);
            // What is missing stands on the page with the way to its step; the rest is told on top.
            let form = match error {
                Error::Invalid(_) => Form::new(visit.language, Fields::default()),
                other => Form::refused(visit.language, Fields::default(), other)?,
            };
            html_as(status, &check_page(visit, about, call, form))
        }
    }
}
