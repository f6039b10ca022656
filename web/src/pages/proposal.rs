//! Proposals: one of them with all that was said about it; finding, acting and comparing are in files of their own.

pub mod act;
pub mod list;
pub mod map;
pub mod versions;

use std::sync::Arc;

use askama::Template;
use civic::comment::Stance;
use civic::comment::read::{Sort as CommentSort, Thread, threads};
use civic::consultation::read::has_outlines;
use civic::error::{Error, Result};
use civic::id::{ConsultationId, ProposalId};
use civic::language::Language;
use civic::page::Cursor;
use civic::proposal::ProposalState;
use civic::proposal::read::{self, ProposalCard, ProposalPage};
use poem::Response;

use self::list::Chip;
use crate::form::{Choice, Fields, Form};
use crate::format::{date, moment, number, until};
use crate::language::{named, words};
use crate::page::Page;
use crate::visit::{Visit, html, redirect};

#[derive(Template)]
#[template(path = "proposal/show.html")]
struct ShowPage {
    page: Page,
    proposal: ProposalPage,
    action: String,
    closed: Option<String>,
    facts: Vec<(&'static str, String)>,
    phase_left: String,
    threads: Vec<ThreadView>,
    sorts: Vec<Chip>,
    next: Option<String>,
    similar: Vec<ProposalCard>,
    form: Form,
    stances: Vec<Choice>,
    supports: String,
    map: Option<String>,
    share: String,
}

/// A thread with its dates as people read them.
pub struct ThreadView {
    comments: Vec<super::comment::View>,
    more: Option<String>,
}

/// The readable tail of a proposal's address.
#[must_use]
pub fn path(id: ProposalId, slug: impl AsRef<str>) -> String {
    let slug = slug.as_ref();
    if slug.is_empty() {
        format!("/proposals/{id}")
    } else {
        format!("/proposals/{id}-{slug}")
    }
}

/// One proposal.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let id: ProposalId = visit.id("id")?;
    let proposal = read::page(&visit.cx, id).await?;
    let own = path(id, &proposal.card.slug);
    if visit.path != own {
        return Ok(redirect(&visit.to(&format!("{own}{}", visit.query.query()))));
    }
    if proposal.card.state == ProposalState::Draft {
        return Ok(redirect(&visit.to(&format!("/proposals/{id}/edit/check"))));
    }
    let form = Form::new(visit.language, Fields::default());
    html(&whole(&visit, proposal, form).await?)
}

/// The page again with a refused comment.
pub(super) async fn with_comment(visit: &Visit, id: ProposalId, error: Error) -> Result<Response> {
    let form = Form::refused(visit.language, visit.form.clone(), error)?;
    let proposal = read::page(&visit.cx, id).await?;
    crate::visit::html_as(
        poem::http::StatusCode::UNPROCESSABLE_ENTITY,
        &whole(visit, proposal, form).await?,
    )
}

async fn whole(visit: &Visit, proposal: ProposalPage, form: Form) -> Result<ShowPage> {
    let (language, id) = (visit.language, proposal.card.id);
    let sort = visit
        .query
        .some("comments")
        .and_then(CommentSort::parse)
        .unwrap_or(CommentSort::Newest);
    let found = threads(&visit.cx, id, sort, visit.paging()).await?;
    let own = path(id, &proposal.card.slug);
    let similar = similar(visit, proposal.card.consultation, &text_of(&proposal), Some(id)).await?;
    let page = Page::new(visit, proposal.card.title.clone())
        .via(words(language, "home"), "")
        .via(
            proposal.consultation.title.clone(),
            &format!("/consultations/{}", proposal.consultation.slug),
        )
        .via(
            words(language, "proposals"),
            &format!("/proposals?consultation={}", proposal.consultation.slug),
        )
        .twin(format!("/api/v1/proposals/{id}"));
    let sorts = CommentSort::ALL.into_iter().map(|kind| Chip {
        label: named(language, "comments-", kind.as_str()),
        count: 0,
        chosen: kind == sort,
        href: visit.to(&format!(
            "{own}{}#comments",
            Fields::default().and("comments", kind.as_str()).query()
        )),
    });
    let next = found.next.as_ref().map(Cursor::text).map(|after| {
        let query = Fields::default().and("comments", sort.as_str()).and("after", after);
        visit.to(&format!("{own}{}#comments", query.query()))
    });
    let map = map_of(visit, &proposal).await?;
    Ok(ShowPage {
        closed: proposal
            .closed
            .map(|closed| named(language, "closed-", closed.as_str())),
        facts: facts(visit, &proposal),
        phase_left: proposal
            .phase
            .as_ref()
            .map_or_else(String::new, |phase| until(language, visit.cx.now, phase.window.end)),
        threads: found.items.into_iter().map(|thread| view(visit, thread)).collect(),
        sorts: sorts.collect(),
        next,
        similar,
        form,
        stances: stances(language),
        supports: number(language, proposal.card.supports),
        map,
        share: format!("{}{}", visit.cx.city.settings.base_url, visit.to(&own)),
        action: visit.to(&format!("/proposals/{id}")),
        proposal,
        page,
    })
}

/// The picture of the map with a proposal's point, of the part of the city it is in; none without outlines to draw.
pub(super) async fn map_of(visit: &Visit, proposal: &ProposalPage) -> Result<Option<String>> {
    let Some(point) = proposal.point else { return Ok(None) };
    if !has_outlines(&visit.cx, proposal.card.consultation).await? {
        return Ok(None);
    }
    let at = format!("{},{}", point.latitude_e6, point.longitude_e6);
    let near = proposal.quarter.as_ref().or(proposal.card.district.as_ref());
    let near = near.map_or_else(String::new, |place| place.id.to_string());
    let query = Fields::default().and("at", at).with("near", &near).query();
    let path = format!("/consultations/{}/map.svg{query}", proposal.consultation.slug);
    Ok(Some(visit.to(&path)))
}

fn text_of(proposal: &ProposalPage) -> String {
    format!("{} {}", proposal.card.title, proposal.card.excerpt)
}

/// The stances that a comment can take, as a form offers them.
#[must_use]
pub fn stances(language: Language) -> Vec<Choice> {
    let none = Choice {
        value: String::new(),
        label: words(language, "stance-none"),
    };
    let stances = Stance::ALL.into_iter().map(|stance| Choice {
        value: stance.as_str().to_owned(),
        label: named(language, "stance-", stance.as_str()),
    });
    std::iter::once(none).chain(stances).collect()
}

fn view(visit: &Visit, thread: Thread) -> ThreadView {
    let root = thread.root.id;
    let comments = std::iter::once(thread.root).chain(thread.replies);
    ThreadView {
        comments: comments.map(|card| super::comment::View::of(visit, card)).collect(),
        more: thread.more.then(|| visit.to(&format!("/comments/{root}"))),
    }
}

/// What says something like it already; an index that does not answer keeps nobody from reading or writing.
pub(super) async fn similar(
    visit: &Visit,
    consultation: ConsultationId,
    text: &str,
    except: Option<ProposalId>,
) -> Result<Vec<ProposalCard>> {
    match read::similar(&visit.cx, consultation, text, except).await {
        Err(Error::Unavailable(cause)) => {
            tracing::warn!(cause, "similar proposals are not to be had");
            Ok(Vec::new())
        }
        found => found,
    }
}

/// What is known of a proposal beside its text, each with the key of its name.
pub(super) fn facts(visit: &Visit, proposal: &ProposalPage) -> Vec<(&'static str, String)> {
    let (language, zone) = (visit.language, &visit.cx.city.settings.zone);
    let card = &proposal.card;
    let mut facts = vec![("fact-origin", named(language, "origin-", card.origin.as_str()))];
    let mut put = |key, value: Option<String>| facts.extend(value.map(|value| (key, value)));
    put("fact-theme", card.theme.as_ref().map(|theme| theme.name.clone()));
    put("fact-district", card.district.as_ref().map(|place| place.name.clone()));
    put(
        "fact-quarter",
        proposal.quarter.as_ref().map(|place| place.name.clone()),
    );
    put("fact-published", card.published_at.map(|at| date(language, zone, at)));
    put("fact-edited", proposal.edited_at.map(|at| moment(language, zone, at)));
    put("fact-reference", proposal.reference.clone());
    facts
}
