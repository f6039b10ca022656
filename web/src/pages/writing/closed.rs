//! Where writing is not possible: why, until when, and what can be done instead; with what was typed, so that it is not lost.

use askama::Template;
use civic::consultation::read::ConsultationCard;
use civic::consultation::{Collection, Phase, collection};
use civic::error::{Code, Error, Result};
use civic::id::ProposalId;
use civic::proposal::read;
use poem::Response;
use poem::http::StatusCode;

use super::super::proposal::path;
use crate::error::status;
use crate::format::{date, until};
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html_as};

#[derive(Template)]
#[template(path = "writing/closed.html")]
struct ClosedPage {
    page: Page,
    sentences: Vec<String>,
    /// The first is the one thing to do.
    ways: Vec<(String, String)>,
    typed: Option<(String, String)>,
}

/// The collection of this consultation is not open: it will be, or was.
pub(super) fn by_phase(visit: &Visit, card: &ConsultationCard) -> Result<Response> {
    let language = visit.language;
    let home = format!("/consultations/{}", card.slug);
    let all = format!("/proposals?consultation={}", card.slug);
    html_as(
        StatusCode::CONFLICT,
        &ClosedPage {
            page: Page::new(visit, words(language, "writing-closed"))
                .via(words(language, "home"), "")
                .via(card.title.1.clone(), &home),
            sentences: vec![when(visit, &card.phases), words(language, "writing-closed-meanwhile")],
            ways: vec![
                (words(language, "writing-see-proposals"), visit.to(&all)),
                (words(language, "writing-see-phases"), visit.to(&home)),
            ],
            typed: None,
        },
    )
}

/// When proposals can be written, or could.
pub(super) fn when(visit: &Visit, phases: &[Phase]) -> String {
    let (language, now) = (visit.language, visit.cx.now);
    let zone = &visit.cx.city.settings.zone;
    let say = |key, at, left: &str| {
        let day = date(language, zone, at);
        words_with(
            language,
            key,
            &[("day", Value::Text(&day)), ("left", Value::Text(left))],
        )
    };
    match collection(phases, now) {
        Collection::Opens(at) => say("writing-opens", at, &until(language, now, at)),
        // The last day on which it was open.
        Collection::Ended(at) => say("writing-was-open", at.plus_ms(-1), ""),
        Collection::Never => words(language, "writing-never"),
    }
}

/// The proposal may not be changed by these forms any more; every other error stays what it is.
pub(in crate::pages) async fn by_rule(visit: &Visit, id: ProposalId, error: Error) -> Result<Response> {
    let Error::Conflict(code) = error else {
        return Err(error);
    };
    let language = visit.language;
    let proposal = read::page(&visit.cx, id).await?;
    let own = path(id, &proposal.card.slug);
    let mut ways = vec![(words(language, "writing-see-it"), visit.to(&own))];
    if code == Code::EditingClosed && proposal.can.add {
        let add = visit.to(&format!("/proposals/{id}/act/add"));
        ways.insert(0, (words(language, "act-add"), add));
    }
    let typed = visit.form.some("body").map(|body| {
        let title = visit.form.text("title").to_owned();
        (title, body.to_owned())
    });
    html_as(
        status(&error),
        &ClosedPage {
            page: Page::new(visit, words(language, "changing-closed"))
                .via(words(language, "home"), "")
                .via(proposal.card.title.clone(), &own),
            sentences: vec![code.sentence(language)],
            ways,
            typed,
        },
    )
}
