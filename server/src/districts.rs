//! Districts and quarters from a GeoJSON file into a consultation.
//!
//! Rule: a feature that cannot be read is reported by its place and the rest goes in; the same file twice changes
//! nothing. Coordinates are degrees of WGS 84, as GeoJSON says. Deliberately absent: other projections.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use civic::City;
use civic::consultation::read::{list, page_by_slug};
use civic::consultation::write::{PutDistricts, put_districts};
use civic::consultation::{DistrictKind, NewDistrict, Outline};
use civic::id::ConsultationId;
use civic::language::Localised;
use civic::limits::{PAGE_MAX, POINTS_PER_OUTLINE};
use civic::page::Paging;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Millionths of a degree in one degree.
const DEGREE_E6: f64 = 1_000_000.0;
/// Degrees from Greenwich to the date line.
const HALF_TURN: f64 = 180.0;
/// Points of the smallest ring: three corners and the first one again.
const SMALLEST_RING: usize = 4;
/// Words that stay small inside a name written in capitals.
const SMALL_WORDS: [&str; 9] = ["di", "del", "dei", "della", "delle", "d", "la", "in", "al"];

/// What the file holds.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Whether its features are districts or quarters.
    pub kind: DistrictKind,
    /// The property with the city's own code.
    pub code: String,
    /// The property with the name.
    pub name: String,
}

/// What came of an import.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What was put in.
    pub put: PutDistricts,
    /// What was left out, and why.
    pub problems: Vec<String>,
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    properties: Map<String, Value>,
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
struct Geometry {
    #[serde(rename = "type")]
    kind: String,
    coordinates: Value,
}

type Ring = Vec<Vec<f64>>;

/// Puts the features of a file into the consultation of this slug, or into the only one there is.
///
/// # Errors
/// When the file is no GeoJSON, or the consultation cannot be told.
pub async fn import(city: &City, slug: Option<&str>, file: &Path, shape: &Shape) -> anyhow::Result<Report> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let (districts, problems) = read(&text, shape).with_context(|| format!("{} is no GeoJSON", file.display()))?;
    let id = consultation(city, slug).await?;
    let put = put_districts(&city.system(), id, districts).await?;
    Ok(Report { put, problems })
}

async fn consultation(city: &City, slug: Option<&str>) -> anyhow::Result<ConsultationId> {
    let cx = city.system();
    if let Some(slug) = slug {
        let page = page_by_slug(&cx, slug).await;
        return Ok(page.with_context(|| format!("the consultation {slug}"))?.card.id);
    }
    let paging = Paging {
        limit: PAGE_MAX,
        after: None,
    };
    let all = list(&cx, paging).await?.items;
    match all.as_slice() {
        [only] => Ok(only.id),
        [] => bail!("there is no consultation yet"),
        several => {
            let slugs: Vec<&str> = several.iter().map(|card| card.slug.as_str()).collect();
            bail!("say which consultation with --consultation: {}", slugs.join(", "))
        }
    }
}

/// Reads the features of a GeoJSON text; gives the districts and what is wrong with the others.
///
/// # Errors
/// When it is no collection of features at all.
pub fn read(text: &str, shape: &Shape) -> anyhow::Result<(Vec<NewDistrict>, Vec<String>)> {
    let collection: Collection = serde_json::from_str(text)?;
    let (mut districts, mut problems) = (Vec::<NewDistrict>::new(), Vec::new());
    for (number, feature) in (1..).zip(collection.features) {
        match district(feature, shape) {
            Ok(new) if districts.iter().any(|known| known.code == new.code) => {
                problems.push(format!("feature {number}: the code {} is there twice", new.code));
            }
            Ok(new) => districts.push(new),
            Err(error) => problems.push(format!("feature {number}: {error}")),
        }
    }
    Ok((districts, problems))
}

fn district(feature: Feature, shape: &Shape) -> anyhow::Result<NewDistrict> {
    let code = property(&feature.properties, &shape.code)?;
    let name = property(&feature.properties, &shape.name)?;
    let outline = outline(feature.geometry.context("it has no geometry")?)?;
    Ok(NewDistrict {
        kind: shape.kind,
        code,
        name: Localised::same(&readable(&name)),
        outline: Some(outline),
    })
}

fn property(properties: &Map<String, Value>, name: &str) -> anyhow::Result<String> {
    let text = match properties.get(name) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    ensure!(!text.is_empty(), "it has no property {name}");
    Ok(text)
}

fn outline(geometry: Geometry) -> anyhow::Result<Outline> {
    let rings: Vec<Ring> = match geometry.kind.as_str() {
        "Polygon" => serde_json::from_value(geometry.coordinates)?,
        "MultiPolygon" => serde_json::from_value::<Vec<Vec<Ring>>>(geometry.coordinates)?.concat(),
        other => bail!("its geometry is a {other}, not a Polygon or MultiPolygon"),
    };
    ensure!(!rings.is_empty(), "its geometry is empty");
    let points: usize = rings.iter().map(Vec::len).sum();
    ensure!(
        points <= POINTS_PER_OUTLINE,
        "its outline has {points} points, at most {POINTS_PER_OUTLINE}: simplify it first"
    );
    Ok(Outline(rings.into_iter().map(ring).collect::<anyhow::Result<_>>()?))
}

fn ring(ring: Ring) -> anyhow::Result<Vec<(i64, i64)>> {
    ensure!(ring.len() >= SMALLEST_RING, "a ring has only {} points", ring.len());
    ring.iter().map(|point| position(point)).collect()
}

fn position(point: &[f64]) -> anyhow::Result<(i64, i64)> {
    let [longitude, latitude, ..] = point else {
        bail!("a point has no two coordinates")
    };
    ensure!(
        longitude.abs() <= HALF_TURN && latitude.abs() <= HALF_TURN / 2.0,
        "{longitude}, {latitude} are no degrees: the file is in another projection"
    );
    #[expect(clippy::cast_possible_truncation, reason = "degrees are checked just above")]
    let e6 = |degrees: f64| (degrees * DEGREE_E6).round() as i64;
    Ok((e6(*longitude), e6(*latitude)))
}

/// A name all in capitals, as registers write them, in the usual letters: CITTA' STUDI becomes Città Studi.
fn readable(name: &str) -> String {
    if name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let mut said = String::with_capacity(name.len());
    for (place, word) in name.split_inclusive([' ', '-', '.', '\'']).enumerate() {
        let bare = word.trim_end_matches([' ', '-', '.', '\'']);
        let roman = bare.len() > 1 && bare.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
        let lower = word.to_lowercase();
        let small = place > 0 && SMALL_WORDS.contains(&bare.to_lowercase().as_str());
        let mut letters = lower.chars();
        match letters.next() {
            _ if roman => said.push_str(word),
            Some(first) if !small => said.extend(first.to_uppercase().chain(letters)),
            _ => said.push_str(&lower),
        }
    }
    // Registers write an accent at the end of a word as an apostrophe.
    for (written, meant) in [("a'", "à"), ("e'", "è"), ("i'", "ì"), ("o'", "ò"), ("u'", "ù")] {
        for after in [" ", "-", ""] {
            let (from, to) = (format!("{written}{after}"), format!("{meant}{after}"));
            if after.is_empty() {
                said = said
                    .strip_suffix(written)
                    .map(|start| format!("{start}{meant}"))
                    .unwrap_or(said);
            } else {
                said = said.replace(&from, &to);
            }
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn a_name_in_capitals_is_written_as_people_write_it() {
        for (register, people) in [
            ("CITTA' STUDI", "Città Studi"),
            (
                "PORTA TICINESE - CONCA DEL NAVIGLIO",
                "Porta Ticinese - Conca del Naviglio",
            ),
            ("XXII MARZO", "XXII Marzo"),
            ("RONCHETTO DELLE RANE", "Ronchetto delle Rane"),
            ("Isola", "Isola"),
        ] {
            assert_eq!(readable(register), people);
        }
    }
}
