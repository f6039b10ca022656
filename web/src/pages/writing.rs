//! Writing a proposal in four steps: the idea, its details, its place, a last look; and changing one that is published.
//!
//! Rule: each step is kept on the server before the next is shown, and a step that is refused gives back all that was
//! typed. The forms of a published proposal are the same; there every step is public at once. Deliberately absent: what
//! must be there and who may change what, which `civic` says.

pub mod check;
pub mod closed;
pub mod details;
pub mod idea;
pub mod place;

use std::sync::Arc;

use askama::Template;
use civic::consultation::read as consultation;
use civic::error::{Code, Error, Result};
use civic::id::ProposalId;
use civic::proposal::read::{self, Editing};
use civic::proposal::{ProposalState, write};
use poem::Response;

use super::consultation::Card;
use super::proposal::path;
use crate::error::signed_in;
use crate::form::{Fields, Form};
use crate::language::{Value, words, words_with};
use crate::page::Page;
use crate::visit::{Visit, html, redirect};

/// One of the four steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Title and text.
    Idea,
    /// Theme, language, pictures and files.
    Details,
    /// Where in the city.
    Place,
    /// What it will look like, and publishing.
    Check,
}

impl Step {
    const ALL: [Self; 4] = [Self::Idea, Self::Details, Self::Place, Self::Check];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Idea => "idea",
            Self::Details => "details",
            Self::Place => "place",
            Self::Check => "check",
        }
    }

    fn of(visit: &Visit) -> Result<Self> {
        let named = |step: &Self| step.as_str() == visit.param("step");
        Self::ALL.into_iter().find(named).ok_or(Error::NotFound)
    }

    /// The step in which a field is filled.
    fn of_field(field: &str) -> Self {
        match field {
            "title" | "body" => Self::Idea,
            "district" | "quarter" | "point" => Self::Place,
            _ => Self::Details,
        }
    }
}

/// A step as the stepper shows it.
struct Mark {
    number: usize,
    name: String,
    /// `confirmed`, `active` or `coming`.
    place: &'static str,
    /// Where it is, once there is a draft to show.
    href: Option<String>,
}

/// What stands around the form of every step.
struct Around {
    consultation: String,
    action: String,
    marks: Vec<Mark>,
    /// "2/4", for a phone.
    place: String,
    /// Where the step before this one is; the consultation's page before the first.
    back: String,
    /// Whether everybody sees it already, so that each step is public at once.
    published: bool,
    /// The version that a public one is changed on.
    version: i64,
}

/// The version that a form was opened on, where it says one.
fn expected(visit: &Visit) -> Option<i64> {
    visit.form.some("version").and_then(|version| version.parse().ok())
}

impl Around {
    fn of(visit: &Visit, step: Step, about: &Editing) -> Self {
        let card = &about.page.card;
        let published = card.state != ProposalState::Draft;
        let own = format!("/proposals/{}/edit", card.id);
        let steps: Vec<Step> = Step::ALL
            .into_iter()
            .filter(|one| !published || *one != Step::Check)
            .collect();
        let before = steps.iter().rev().find(|one| **one < step);
        let back = match before {
            _ if published => path(card.id, &card.slug),
            Some(before) => format!("{own}/{}", before.as_str()),
            None => format!("/consultations/{}", about.page.consultation.slug),
        };
        Self {
            consultation: about.page.consultation.title.clone(),
            action: visit.to(&format!("{own}/{}", step.as_str())),
            marks: marks(visit, step, &steps, Some(&own)),
            place: place(step, &steps),
            back: visit.to(&back),
            published,
            version: card.version,
        }
    }
}

fn place(step: Step, steps: &[Step]) -> String {
    let number = steps.iter().filter(|one| **one <= step).count();
    format!("{number}/{}", steps.len())
}

fn marks(visit: &Visit, step: Step, steps: &[Step], own: Option<&str>) -> Vec<Mark> {
    let marks = steps.iter().enumerate().map(|(at, one)| Mark {
        number: at + 1,
        name: words(visit.language, &format!("writing-{}", one.as_str())),
        place: match one.cmp(&step) {
            std::cmp::Ordering::Less => "confirmed",
            std::cmp::Ordering::Equal => "active",
            std::cmp::Ordering::Greater => "coming",
        },
        href: own
            .filter(|_| *one != step)
            .map(|own| visit.to(&format!("{own}/{}", one.as_str()))),
    });
    marks.collect()
}

/// The frame of a step's page, with the way back to what is being written about.
fn frame(visit: &Visit, step: Step, around: &Around, via: (&str, &str)) -> Page {
    let name = words(visit.language, &format!("writing-{}", step.as_str()));
    let key = if around.published {
        "changing-title"
    } else {
        "writing-title"
    };
    let title = words_with(
        visit.language,
        key,
        &[("step", Value::Text(&name)), ("place", Value::Text(&around.place))],
    );
    Page::new(visit, title)
        .via(words(visit.language, "home"), "")
        .via(via.0, via.1)
}

fn frame_of(visit: &Visit, step: Step, around: &Around, about: &Editing) -> Page {
    let name = &about.page.consultation;
    frame(
        visit,
        step,
        around,
        (&name.title, &format!("/consultations/{}", name.slug)),
    )
}

#[derive(Template)]
#[template(path = "writing/choose.html")]
struct ChoosePage {
    page: Page,
    cards: Vec<Card>,
}

/// Begins a proposal: in the consultation of the query, or in one that is chosen here.
///
/// # Errors
/// `NotFound` for a consultation that is none; `Unauthenticated`, which leads to signing in and back.
pub async fn begin(visit: Arc<Visit>) -> Result<Response> {
    let Some(slug) = visit.query.some("consultation") else {
        return choose(&visit).await;
    };
    let one = consultation::page_by_slug(&visit.cx, slug).await?;
    if !one.card.collects {
        return closed::by_phase(&visit, &one.card);
    }
    signed_in(&visit)?;
    let fields = Fields::default()
        .and("title", visit.query.text("title"))
        .and("body", visit.query.text("body"));
    html(&idea::fresh(&visit, &one.card, Form::new(visit.language, fields), None).await?)
}

async fn choose(visit: &Visit) -> Result<Response> {
    let open = consultation::open_for_proposals(&visit.cx).await?;
    if let [only] = &open[..] {
        return Ok(redirect(
            &visit.to(&format!("/proposals/new?consultation={}", only.slug)),
        ));
    }
    html(&ChoosePage {
        page: Page::new(visit, words(visit.language, "write-proposal"))
            .via(words(visit.language, "home"), "")
            .via(words(visit.language, "proposals"), "/proposals"),
        cards: open.iter().map(|card| Card::of(visit, card)).collect(),
    })
}

/// Keeps the first step of a new proposal as a draft.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn keep_new(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let slug = visit.query.some("consultation").ok_or(Error::NotFound)?;
    let one = consultation::page_by_slug(&visit.cx, slug).await?;
    idea::keep_new(&visit, &one.card).await
}

/// One step of a proposal that was begun.
///
/// # Errors
/// `NotFound` and `Denied` as the policy says.
pub async fn edit(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let (step, id) = (Step::of(&visit)?, visit.id("id")?);
    let about = match read::editing(&visit.cx, id).await {
        Ok(about) => about,
        Err(error) => return closed::by_rule(&visit, id, error).await,
    };
    let published = about.page.card.state != ProposalState::Draft;
    match step {
        Step::Idea => idea::show(&visit, &about).await,
        Step::Details => details::show(&visit, &about).await,
        Step::Place => place::show(&visit, &about).await,
        Step::Check if published => Ok(redirect(&visit.to(&path(id, &about.page.card.slug)))),
        Step::Check => check::show(&visit, &about).await,
    }
}

/// Keeps one step and leads to the next.
///
/// # Errors
/// Those of the use case; what can be corrected gives the form back.
pub async fn keep(visit: Arc<Visit>) -> Result<Response> {
    let (step, id): (Step, ProposalId) = (Step::of(&visit)?, visit.id("id")?);
    signed_in(&visit)?;
    let about = match read::editing(&visit.cx, id).await {
        Ok(about) => about,
        Err(error) => return closed::by_rule(&visit, id, error).await,
    };
    match step {
        Step::Idea => idea::keep(&visit, &about).await,
        Step::Details => details::keep(&visit, &about).await,
        Step::Place => place::keep(&visit, &about).await,
        Step::Check => check::publish(&visit, &about).await,
    }
}

/// Throws a draft away.
///
/// # Errors
/// Those of the use case.
pub async fn discard(visit: Arc<Visit>) -> Result<Response> {
    signed_in(&visit)?;
    let id: ProposalId = visit.id("id")?;
    let slug = read::page(&visit.cx, id).await?.consultation.slug;
    write::discard(&visit.cx, id).await?;
    Ok(visit.done(&format!("/consultations/{slug}"), "discarded"))
}

/// Where a step leads that was kept: to the next one, or, once it is public, to where everybody reads it.
fn onward(visit: &Visit, about: &Editing, next: Step) -> Response {
    let card = &about.page.card;
    if card.state == ProposalState::Draft {
        redirect(&visit.to(&format!("/proposals/{}/edit/{}", card.id, next.as_str())))
    } else {
        visit.done(&path(card.id, &card.slug), "changed")
    }
}

/// Whether a form can say what is wrong; the rest has a page of its own.
const fn is_of_the_form(error: &Error) -> bool {
    matches!(
        error,
        Error::Invalid(_)
            | Error::Conflict(Code::OutOfDate | Code::WrongPhase | Code::TooManyChanges | Code::TooManyDrafts)
            | Error::TooMany { .. }
            | Error::Busy
    )
}
