//! The third step: where in the city, by lists and by a point on a map that is drawn on the server.
//!
//! Rule: the lists say as much as the map does, for those who cannot use it. The browser sends where on the picture it was
//! touched, so the picture has one of two fixed widths, and never another.

use askama::Template;
use civic::consultation::read as consultation;
use civic::consultation::{District, DistrictKind, Outline};
use civic::error::Result;
use civic::id::{DistrictId, TypedId};
use civic::language::Language;
use civic::proposal::read::Editing;
use civic::proposal::{Point, ProposalInput, write};
use poem::Response;

use super::super::consultation::point;
use super::{Around, Step, closed, expected, frame_of, is_of_the_form, onward};
use crate::error::status;
use crate::form::{Choice, Fields, Form};
use crate::format::comma;
use crate::language::words;
use crate::map::{Extent, HEIGHT, WIDTH};
use crate::page::Page;
use crate::visit::{Visit, html, html_as, redirect};

/// The names and widths of the two pictures of the map, in CSS pixels: for a phone and for everything wider.
const PICTURES: [(&str, i64); 2] = [("small", 320), ("large", WIDTH)];

/// The map as the form shows it.
struct Map {
    source: String,
    /// Name, width and height of both pictures.
    pictures: [(&'static str, i64, i64); 2],
    /// The district that it shows; empty for the whole city.
    part: String,
    /// The way to the whole city, when a part is shown.
    whole: Option<String>,
}

#[derive(Template)]
#[template(path = "writing/place.html")]
struct PlacePage {
    page: Page,
    form: Form,
    around: Around,
    districts: Vec<Choice>,
    quarters: Vec<Choice>,
    map: Option<Map>,
    /// The chosen point, as people read it.
    point: Option<String>,
}

type Outlines = Vec<(District, Outline)>;

/// The step as it is kept.
pub(super) async fn show(visit: &Visit, about: &Editing) -> Result<Response> {
    let page = &about.page;
    let id = |place: Option<&DistrictId>| place.map_or_else(String::new, ToString::to_string);
    let fields = Fields::default()
        .and("district", id(page.card.district.as_ref().map(|place| &place.id)))
        .and("quarter", id(page.quarter.as_ref().map(|place| &place.id)))
        .and("point", page.point.map_or_else(String::new, written));
    html(&place(visit, about, Form::new(visit.language, fields)).await?)
}

fn written(point: Point) -> String {
    format!("{},{}", point.latitude_e6, point.longitude_e6)
}

async fn place(visit: &Visit, about: &Editing, form: Form) -> Result<PlacePage> {
    let consultation = about.page.card.consultation;
    let around = Around::of(visit, Step::Place, about);
    let all = consultation::districts(&visit.cx, consultation).await?;
    let outlines = consultation::outlines(&visit.cx, consultation).await?;
    let of = |kind| choices(visit.language, &all, kind);
    Ok(PlacePage {
        page: frame_of(visit, Step::Place, &around, about),
        districts: of(DistrictKind::District),
        quarters: of(DistrictKind::Quarter),
        point: point(form.fields.text("point")).map(|point| degrees(visit.language, point)),
        map: map(visit, about, &form, &outlines),
        form,
        around,
    })
}

fn choices(language: Language, all: &[District], kind: DistrictKind) -> Vec<Choice> {
    let named = all.iter().filter(|place| place.kind == kind).map(|place| Choice {
        value: place.id.to_string(),
        label: place.name.get(language).to_owned(),
    });
    let named: Vec<Choice> = named.collect();
    if named.is_empty() {
        return named;
    }
    let none = Choice {
        value: String::new(),
        label: words(language, "writing-no-place"),
    };
    std::iter::once(none).chain(named).collect()
}

/// Millionths in one.
const MILLIONTHS: i64 = 1_000_000;

fn degrees(language: Language, point: Point) -> String {
    let shown = |e6: i64, key| {
        let (whole, part) = (e6.abs() / MILLIONTHS, e6.abs() % MILLIONTHS / 100);
        let comma = comma(language);
        format!("{whole}{comma}{part:04}° {}", words(language, key))
    };
    let north = if point.latitude_e6 < 0 { "south" } else { "north" };
    let east = if point.longitude_e6 < 0 { "west" } else { "east" };
    format!(
        "{} {}",
        shown(point.latitude_e6, north),
        shown(point.longitude_e6, east)
    )
}

/// The part that is shown: the quarter, else the district, else the whole city.
fn part(visit: &Visit, fields: &Fields, outlines: &Outlines) -> Option<DistrictId> {
    if visit.query.has("whole") {
        return None;
    }
    ["quarter", "district"].into_iter().find_map(|name| {
        let id = DistrictId::read(fields.text(name))?;
        Extent::around(outlines, id).map(|_| id)
    })
}

fn map(visit: &Visit, about: &Editing, form: &Form, outlines: &Outlines) -> Option<Map> {
    if outlines.is_empty() {
        return None;
    }
    let near = part(visit, &form.fields, outlines).map_or_else(String::new, |id| id.to_string());
    let query = Fields::default()
        .with("near", &near)
        .with("at", form.fields.text("point"))
        .query();
    let here = format!("/proposals/{}/edit/place", about.page.card.id);
    Some(Map {
        source: visit.to(&format!(
            "/consultations/{}/map.svg{query}",
            about.page.consultation.slug
        )),
        pictures: PICTURES.map(|(name, width)| (name, width, HEIGHT * width / WIDTH)),
        whole: (!near.is_empty()).then(|| visit.to(&format!("{here}?whole=yes#point"))),
        part: near,
    })
}

/// The point under the finger; `None` when the picture was not touched, or was pressed by a key, which says no place.
fn touched(fields: &Fields, outlines: &Outlines) -> Option<Point> {
    let (width, x, y) = PICTURES.into_iter().find_map(|(name, width)| {
        let at = |axis| fields.some(&format!("{name}.{axis}"))?.parse::<i64>().ok();
        Some((width, at("x")?, at("y")?))
    })?;
    if (x, y) == (0, 0) {
        return None;
    }
    let shown = DistrictId::read(fields.text("part")).and_then(|id| Extent::around(outlines, id));
    let extent = shown.or_else(|| Extent::of(outlines))?;
    let scaled = |at: i64| at.clamp(0, 2 * WIDTH) * WIDTH / width;
    Some(extent.under(scaled(x), scaled(y)))
}

/// Keeps the step, and leads on or shows the map again.
pub(super) async fn keep(visit: &Visit, about: &Editing) -> Result<Response> {
    let id = about.page.card.id;
    let here = format!("/proposals/{id}/edit/place");
    let on_the_map = ["small.x", "large.x"].into_iter().any(|name| visit.form.has(name));
    let stays = on_the_map || matches!(visit.form.text("do"), "near" | "clear");
    match change(visit, about).await {
        Ok(()) if stays => Ok(redirect(&visit.to(&format!("{here}#point")))),
        Ok(()) => Ok(onward(visit, about, Step::Check)),
        Err(error) if is_of_the_form(&error) => {
            let status = status(&error);
            let form = Form::refused(visit.language, visit.form.clone(), error)?;
            html_as(status, &place(visit, about, form).await?)
        }
        Err(error) => closed::by_rule(visit, id, error).await,
    }
}

async fn change(visit: &Visit, about: &Editing) -> Result<()> {
    let (form, consultation) = (&visit.form, about.page.card.consultation);
    let mut input = ProposalInput {
        district: Some(form.choice("district", DistrictId::read)?),
        quarter: Some(form.choice("quarter", DistrictId::read)?),
        point: Some(point(form.text("point")).filter(|_| form.text("do") != "clear")),
        ..ProposalInput::default()
    };
    let outlines = consultation::outlines(&visit.cx, consultation).await?;
    if let Some(point) = touched(form, &outlines) {
        input.point = Some(Some(point));
        // The lists follow the map, so that both say the same place.
        for place in consultation::holding(&visit.cx, consultation, point).await? {
            match place.kind {
                DistrictKind::District => input.district = Some(Some(place.id)),
                DistrictKind::Quarter => input.quarter = Some(Some(place.id)),
            }
        }
    }
    write::edit(&visit.cx, about.page.card.id, expected(visit), input)
        .await
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_reads_as_degrees_with_the_sign_of_each_language() {
        let point = Point {
            latitude_e6: 45_464_211,
            longitude_e6: 9_190_001,
        };
        assert_eq!(degrees(Language::En, point), "45.4642° N 9.1900° E");
        assert_eq!(degrees(Language::It, point), "45,4642° N 9,1900° E");
    }
}
