//! The applications of a call, for its office and its commission: what waits for whom, and the steps of the whole list.
//!
//! Rule: who sees which is `civic`'s to say; a button is shown where it can be pressed, and else what it waits for.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use civic::application::ApplicationState;
use civic::application::read::{self as applications, ApplicationCard, Standing};
use civic::call::{CallFacts, CallState, read};
use civic::error::Result;
use civic::id::ApplicationId;
use civic::policy::{Act, On};
use poem::Response;

use super::frame;
use crate::amount::money;
use crate::error::signed_in;
use crate::format::{moment, number};
use crate::language::{Value, named, words, words_with};
use crate::page::Page;
use crate::pages::application::path;
use crate::pages::call::Card;
use crate::visit::{Visit, html};

/// An application as its row shows it.
struct Row {
    title: String,
    lang: String,
    href: String,
    state: &'static str,
    promoter: String,
    cost: String,
    submitted: String,
    due: Option<String>,
    /// What the reader said of it as a commissioner: `scored`, `conflict` or `waits`; empty for others.
    mine: &'static str,
}

/// A state by which the list can be narrowed.
struct Filter {
    label: String,
    href: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "desk/applications.html")]
struct ListPage {
    page: Page,
    call: Card,
    can: civic::call::CallPermissions,
    drawn_up: bool,
    progress: String,
    filters: Vec<Filter>,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
}

/// The list.
///
/// # Errors
/// `NotFound` for a call that is none, `Denied` for those who see none of its applications.
pub async fn list(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let (cx, language) = (&visit.cx, visit.language);
    let call = read::page_by_slug(cx, visit.param("slug")).await?;
    let facts = CallFacts {
        id: call.card.id,
        draft: call.card.state == CallState::Draft,
    };
    cx.check(Act::SeeApplications, On::Call(&facts))?;
    let state = visit.query.some("state").and_then(ApplicationState::parse);
    let found = applications::of_call(cx, call.card.id, state, visit.paging()).await?;
    let said = if call.can.score {
        let ids: Vec<ApplicationId> = found.items.iter().map(|card| card.id).collect();
        Some(applications::judged_by_me(cx, &ids).await?)
    } else {
        None
    };
    let here = format!("/desk/calls/{}/applications", call.card.slug);
    let standing = applications::standing(cx, call.card.id).await?;
    let filters = std::iter::once(None).chain(ApplicationState::ALL.iter().copied().map(Some));
    let filters = filters
        .filter(|one| *one != Some(ApplicationState::Draft))
        .map(|one| Filter {
            label: match one {
                None => words(language, "desk-all-applications"),
                Some(one) => named(language, "application-state-", one.as_str()),
            },
            href: match one {
                None => visit.to(&here),
                Some(one) => visit.to(&format!("{here}?state={}", one.as_str())),
            },
            chosen: one == state,
        });
    let title = words_with(
        language,
        "desk-applications-of",
        &[("text", Value::Text(&call.card.title.1))],
    );
    html(&ListPage {
        page: frame(&visit, title),
        drawn_up: standing.ranked > 0,
        progress: progress(&visit, &standing),
        can: call.can,
        filters: filters.collect(),
        rows: found
            .items
            .iter()
            .map(|card| row(&visit, card, said.as_ref()))
            .collect(),
        next: found
            .next
            .as_ref()
            .map(|next| visit.to(&format!("{here}{}", visit.query.with("after", &next.text()).query()))),
        first: visit.query.some("after").map(|_| visit.to(&here)),
        call: Card::of(&visit, &call.card),
    })
}

/// How far the whole list is.
fn progress(visit: &Visit, standing: &Standing) -> String {
    let of = |n: u64| number(visit.language, i64::try_from(n).unwrap_or(i64::MAX));
    let (handed, waiting) = (of(standing.submitted), of(standing.waiting));
    let values = [("handed", Value::Text(&handed)), ("waiting", Value::Text(&waiting))];
    let told = words_with(visit.language, "desk-applications-progress", &values);
    let Some(scoring) = standing.scoring else { return told };
    let (scored, expected) = (of(scoring.scored), of(scoring.expected));
    let values = [("scored", Value::Text(&scored)), ("expected", Value::Text(&expected))];
    format!("{told} {}", words_with(visit.language, "application-progress", &values))
}

fn row(visit: &Visit, card: &ApplicationCard, said: Option<&HashMap<ApplicationId, bool>>) -> Row {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let mine = match said.map(|said| said.get(&card.id)) {
        Some(Some(true)) => "scored",
        Some(Some(false)) => "conflict",
        Some(None) if card.state == ApplicationState::Admissible => "waits",
        _ => "",
    };
    Row {
        title: card.title.clone(),
        lang: card.lang.code().to_owned(),
        href: visit.to(&path(card.id, &card.slug)),
        state: card.state.as_str(),
        promoter: card.promoter.clone().unwrap_or_else(|| {
            let form = card.legal_form.map_or("person", civic::call::LegalForm::as_str);
            named(language, "legal-form-", form)
        }),
        cost: money(language, card.cost),
        submitted: card
            .submitted_at
            .map_or_else(String::new, |at| moment(language, zone, at)),
        due: card.completion_due_at.map(|at| moment(language, zone, at)),
        mine,
    }
}
