//! Consultations: choosing one, and what one is about, how far it is and what to do in it now.

use std::sync::Arc;

use askama::Template;
use civic::consultation::read::{ConsultationCard, Figures};
use civic::consultation::{self, PhaseKind, Standing, Theme};
use civic::error::Result;
use civic::id::{DistrictId, TypedId};
use civic::language::Language;
use civic::page::{Cursor, Paging};
use civic::proposal::Point;
use civic::proposal::read::{Filter, ProposalCard, Sort};
use poem::Response;
use poem::http::header;

use crate::format::{date, moment, until};
use crate::map;
use crate::page::Page;
use crate::visit::{Visit, html};

/// Proposals that a consultation's page shows.
const PROPOSALS_SHOWN: u64 = 3;

/// A consultation as lists show it.
pub struct Card {
    /// Its part of the address.
    pub slug: String,
    /// Its title, and in which language it is when it is not the page's.
    pub title: String,
    /// The question it asks.
    pub question: String,
    /// The language of title and question.
    pub lang: &'static str,
    /// `open`, `coming` or `closed`.
    pub standing: &'static str,
    /// The kind of the present phase; empty when there is none.
    pub phase: &'static str,
    /// When the present phase ends, or the first one begins; empty when all is over.
    pub when: String,
    /// How long until then.
    pub left: String,
    /// Whether proposals can be written now.
    pub collects: bool,
}

impl Card {
    /// What lists show of a consultation.
    #[must_use]
    pub fn of(visit: &Visit, card: &ConsultationCard) -> Self {
        let (language, now) = (visit.language, visit.cx.now);
        let turn = match card.standing {
            Standing::Open => card.phase.as_ref().map(|phase| phase.window.end),
            Standing::Coming | Standing::Closed => card.next_phase.as_ref().map(|phase| phase.window.start),
        };
        let zone = &visit.cx.city.settings.zone;
        Self {
            slug: card.slug.clone(),
            title: card.title.1.clone(),
            question: card.question.1.clone(),
            lang: card.title.0.code(),
            standing: card.standing.as_str(),
            phase: card.phase.as_ref().map_or("", |phase| phase.kind.as_str()),
            when: turn.map_or_else(String::new, |at| moment(language, zone, at)),
            left: turn.map_or_else(String::new, |at| until(language, now, at)),
            collects: card.collects,
        }
    }
}

impl Card {
    /// Where the one thing to do in the present phase is done.
    #[must_use]
    pub fn to_do(&self) -> String {
        match self.phase {
            "collection" => format!("/proposals/new?consultation={}", self.slug),
            "information" => format!("/consultations/{}", self.slug),
            _ => format!("/proposals?consultation={}", self.slug),
        }
    }
}

/// A phase as the timeline shows it.
pub struct Step {
    kind: &'static str,
    from: String,
    /// Its last day; results stay, so theirs is not told.
    to: Option<String>,
    /// `past`, `present` or `future`.
    place: &'static str,
}

#[derive(Template)]
#[template(path = "consultation/list.html")]
struct ListPage {
    page: Page,
    groups: Vec<(&'static str, Vec<Card>)>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "consultation/show.html")]
struct ShowPage {
    page: Page,
    card: Card,
    description: String,
    description_lang: &'static str,
    steps: Vec<Step>,
    figures: Figures,
    /// The words of the order in which `proposals` are.
    order: &'static str,
    proposals: Vec<ProposalCard>,
    themes: Vec<(Theme, String)>,
    has_map: bool,
}

/// All consultations, by how they stand.
///
/// # Errors
/// Those of the database.
pub async fn list(visit: Arc<Visit>) -> Result<Response> {
    let found = consultation::read::list(&visit.cx, visit.paging()).await?;
    let page = Page::new(&visit, crate::language::words(visit.language, "consultations"));
    let page = page
        .via(crate::language::words(visit.language, "home"), "")
        .twin("/api/v1/consultations");
    let of = |standing: Standing| -> Vec<Card> {
        let cards = found.items.iter().filter(|card| card.standing == standing);
        cards.map(|card| Card::of(&visit, card)).collect()
    };
    let groups = Standing::ALL.map(|standing| (standing.as_str(), of(standing)));
    html(&ListPage {
        groups: groups.into_iter().filter(|(_, cards)| !cards.is_empty()).collect(),
        next: found
            .next
            .as_ref()
            .map(Cursor::text)
            .map(|after| visit.query.with("after", &after).query()),
        page,
    })
}

/// One consultation.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn show(visit: Arc<Visit>) -> Result<Response> {
    let found = consultation::read::page_by_slug(&visit.cx, visit.param("slug")).await?;
    let page = Page::new(&visit, found.card.title.1.clone());
    let page = page
        .via(crate::language::words(visit.language, "home"), "")
        .via(
            crate::language::words(visit.language, "consultations"),
            "/consultations",
        )
        .twin(format!("/api/v1/consultations/{}", found.card.id));
    let language = visit.language;
    let has_map = consultation::read::has_outlines(&visit.cx, found.card.id).await?;
    let filter = Filter {
        consultation: Some(found.card.id),
        ..Filter::default()
    };
    let first = Paging {
        limit: PROPOSALS_SHOWN,
        after: None,
    };
    let card = Card::of(&visit, &found.card);
    // While proposals come in, the most supported ones need no further advantage.
    let (order, sort) = if card.collects {
        ("latest-proposals", Sort::Newest)
    } else {
        ("most-supported-proposals", Sort::MostSupported)
    };
    let proposals = civic::proposal::read::list(&visit.cx, &filter, sort, first)
        .await?
        .items;
    html(&ShowPage {
        order,
        proposals,
        card,
        description: found.description.1.to_html().to_string(),
        description_lang: found.description.0.code(),
        steps: found.card.phases.iter().map(|phase| step(&visit, phase)).collect(),
        themes: named(&found.themes, language),
        has_map,
        figures: found.figures,
        page,
    })
}

fn named(themes: &[Theme], language: Language) -> Vec<(Theme, String)> {
    let top = themes.iter().filter(|theme| theme.parent.is_none());
    top.map(|theme| (theme.clone(), theme.name.get(language).to_owned()))
        .collect()
}

fn step(visit: &Visit, phase: &consultation::Phase) -> Step {
    let zone = &visit.cx.city.settings.zone;
    let place = if phase.window.end <= visit.cx.now {
        "past"
    } else if phase.window.start <= visit.cx.now {
        "present"
    } else {
        "future"
    };
    Step {
        kind: PhaseKind::as_str(phase.kind),
        from: date(visit.language, zone, phase.window.start),
        to: (phase.kind != PhaseKind::Results).then(|| date(visit.language, zone, phase.window.end.plus_ms(-1))),
        place,
    }
}

/// The map of a consultation's districts, with the point of `?at=latitude,longitude` in millionths of a degree; of the
/// one of `?near=` and its neighbours when that is there.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn map(visit: Arc<Visit>) -> Result<Response> {
    let found = consultation::read::page_by_slug(&visit.cx, visit.param("slug")).await?;
    let outlines = consultation::read::outlines(&visit.cx, found.card.id).await?;
    let near = DistrictId::read(visit.query.text("near"));
    let svg = map::draw(&outlines, near, point(visit.query.text("at")), visit.language);
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, "image/svg+xml")
        .header(header::CACHE_CONTROL, "public, max-age=3600")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
        .body(svg))
}

/// Reads a point as it stands in addresses and forms; `None` also for one beyond the globe.
#[must_use]
pub fn point(text: &str) -> Option<Point> {
    let (latitude, longitude) = text.split_once(',')?;
    Point::on_globe(latitude.parse().ok()?, longitude.parse().ok()?)
}
