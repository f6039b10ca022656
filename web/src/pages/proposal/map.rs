//! The list as a map: every part of the city leads to its proposals, with the filters of the list in force.
//!
//! Rule: the same places stand beside it as a list with the same counts; a shade only repeats the number that stands on it.
//! It is a page of its own, so that the list stays light and nobody goes through ninety links to reach the proposals.
//! Deliberately absent: zooming, and points that lead somewhere; they only show where proposals are.

use std::sync::Arc;

use askama::Template;
use civic::consultation::read::{outlines, page_by_slug};
use civic::consultation::{District, DistrictKind, Outline};
use civic::error::{Error, Result};
use civic::proposal::read::{self, Facets};
use poem::Response;

use super::list::{Chip, chosen, filter};
use crate::format::number;
use crate::language::{Value, words, words_with};
use crate::map::{Area, areas};
use crate::page::Page;
use crate::visit::{Visit, html};

#[derive(Template)]
#[template(path = "proposal/map.html")]
struct MapPage {
    page: Page,
    consultation: String,
    map: String,
    /// Where there are any, most first.
    places: Vec<Chip>,
    /// How many others there are.
    empty: i64,
    chosen: Vec<Chip>,
    total: i64,
    back: String,
}

/// The map of a consultation's proposals.
///
/// # Errors
/// `NotFound` without a consultation or where no outlines are known, and those of the database.
pub async fn map(visit: Arc<Visit>) -> Result<Response> {
    let cx = &visit.cx;
    let slug = visit.query.some("consultation").ok_or(Error::NotFound)?;
    let consultation = page_by_slug(cx, slug).await?;
    let drawn = largest(outlines(cx, consultation.card.id).await?);
    if drawn.is_empty() {
        return Err(Error::NotFound);
    }
    let filter = filter(&visit.query, Some(consultation.card.id));
    let facets = read::facets(cx, consultation.card.id, &filter).await?;
    let points = read::points(cx, &filter).await?;
    let places: Vec<Chip> = drawn.iter().map(|(place, _)| chip(&visit, place, &facets)).collect();
    let most = places.iter().map(|place| place.count).max().unwrap_or(0);
    let labels: Vec<String> = places.iter().map(|place| told(&visit, place)).collect();
    let shown = places
        .iter()
        .zip(&labels)
        .zip(&drawn)
        .map(|((place, label), (_, outline))| Area {
            outline,
            href: &place.href,
            label,
            number: number(visit.language, place.count),
            part: (place.count, most),
            chosen: place.chosen,
        });
    let map = areas(
        &shown.collect::<Vec<_>>(),
        &points,
        &words(visit.language, "proposals-map"),
    );
    let title = words(visit.language, "proposals-map");
    let path = format!("/proposals{}", visit.query.query());
    let page = Page::new(&visit, title)
        .via(words(visit.language, "home"), "")
        .via(consultation.card.title.1.clone(), &format!("/consultations/{slug}"))
        .via(words(visit.language, "proposals"), &path);
    let (mut places, empty): (Vec<Chip>, Vec<Chip>) =
        places.into_iter().partition(|place| place.count > 0 || place.chosen);
    places.sort_by_key(|place| std::cmp::Reverse(place.count));
    html(&MapPage {
        empty: i64::try_from(empty.len()).unwrap_or(i64::MAX),
        consultation: consultation.card.title.1.clone(),
        chosen: chosen(&visit, Some(&consultation)),
        total: i64::try_from(facets.total).unwrap_or(i64::MAX),
        map,
        places,
        back: visit.to(&path),
        page,
    })
}

/// The districts that have an outline, or else the quarters.
fn largest(mut outlines: Vec<(District, Outline)>) -> Vec<(District, Outline)> {
    if outlines.iter().any(|(place, _)| place.kind == DistrictKind::District) {
        outlines.retain(|(place, _)| place.kind == DistrictKind::District);
    }
    outlines
}

/// A place with how many proposals the list shows there; the way to them.
fn chip(visit: &Visit, place: &District, facets: &Facets) -> Chip {
    let id = place.id.to_string();
    let count = facets.districts.get(&place.id).copied().unwrap_or(0);
    Chip {
        label: place.name.get(visit.language).to_owned(),
        count: i64::try_from(count).unwrap_or(i64::MAX),
        chosen: visit.query.all("district").contains(&&*id),
        href: visit.to(&format!("/proposals{}", visit.query.with("district", &id).query())),
    }
}

/// A place and its number in words.
fn told(visit: &Visit, place: &Chip) -> String {
    let shown = number(visit.language, place.count);
    let arguments = [("n", Value::Number(place.count)), ("shown", Value::Text(&shown))];
    format!(
        "{}: {}",
        place.label,
        words_with(visit.language, "n-proposals", &arguments)
    )
}
