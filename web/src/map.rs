//! Maps drawn on the server: the districts of a consultation as SVG, with a point where there is one.
//!
//! Rule: a map is a help beside a list of the same places, never the only way. Longitudes are drawn shortened by the
//! cosine of Milan's latitude, so that the city looks as it does on paper.

use std::fmt::Write;

use civic::consultation::{District, DistrictKind, Outline};
use civic::id::DistrictId;
use civic::language::Language;
use civic::proposal::Point;

/// The width of a map in units of its own; a picture of it is asked for at this width too.
pub const WIDTH: i64 = 600;
/// The height of every map: whatever it shows has this form, so that a page can leave room before the picture is there.
pub const HEIGHT: i64 = 500;
/// A degree of longitude against one of latitude at 45.5° north, in thousandths.
const SHORTENED: i64 = 701;
/// One in thousandths.
const WHOLE: i64 = 1_000;
/// A district is shown with this part of its own width around it.
const MARGIN: i64 = 5;

/// The part of the world that a map shows, in millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    west: i64,
    south: i64,
    east: i64,
    north: i64,
}

impl Extent {
    /// What holds all these outlines; `None` when there are none.
    #[must_use]
    pub fn of(districts: &[(District, Outline)]) -> Option<Self> {
        Some(Self::tight(districts)?.fitted())
    }

    fn tight(districts: &[(District, Outline)]) -> Option<Self> {
        let all = districts.iter().filter_map(|(_, outline)| Self::tight_of(outline));
        all.reduce(Self::with)
    }

    /// What holds one of these districts with a little of what is around it; `None` when it has no outline.
    #[must_use]
    pub fn around(districts: &[(District, Outline)], id: DistrictId) -> Option<Self> {
        let (_, outline) = districts.iter().find(|(one, _)| one.id == id)?;
        let tight = Self::tight_of(outline)?;
        let (aside, above) = ((tight.east - tight.west) / MARGIN, (tight.north - tight.south) / MARGIN);
        let near = Self {
            west: tight.west - aside,
            south: tight.south - above,
            east: tight.east + aside,
            north: tight.north + above,
        };
        Some(near.fitted())
    }

    /// The same with as much more at two sides as the form of a map needs.
    fn fitted(self) -> Self {
        let (wide, tall) = (self.wide(), (self.north - self.south).max(1));
        let aside = ((tall * WIDTH / HEIGHT - wide).max(0) * WHOLE / SHORTENED) / 2;
        let above = (wide * HEIGHT / WIDTH - tall).max(0) / 2;
        Self {
            west: self.west - aside,
            south: self.south - above,
            east: self.east + aside,
            north: self.north + above,
        }
    }

    fn tight_of(outline: &Outline) -> Option<Self> {
        let points = || outline.0.iter().flatten();
        Some(Self {
            west: points().map(|point| point.0).min()?,
            south: points().map(|point| point.1).min()?,
            east: points().map(|point| point.0).max()?,
            north: points().map(|point| point.1).max()?,
        })
    }

    /// What holds both.
    fn with(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    fn wide(&self) -> i64 {
        ((self.east - self.west) * SHORTENED / WHOLE).max(1)
    }

    fn place(&self, longitude_e6: i64, latitude_e6: i64) -> (i64, i64) {
        let x = (longitude_e6 - self.west) * SHORTENED / WHOLE * WIDTH / self.wide();
        let y = (self.north - latitude_e6) * WIDTH / self.wide();
        (x, y)
    }

    /// The point of the city under a point of the map.
    #[must_use]
    pub fn under(&self, x: i64, y: i64) -> Point {
        Point {
            longitude_e6: self.west + x * self.wide() / WIDTH * WHOLE / SHORTENED,
            latitude_e6: self.north - y * self.wide() / WIDTH,
        }
    }
}

/// The map as an SVG file: of one district and what is around it, or of all that there is.
#[must_use]
pub fn draw(
    districts: &[(District, Outline)],
    near: Option<DistrictId>,
    point: Option<Point>,
    language: Language,
) -> String {
    let part = near.and_then(|id| Extent::around(districts, id));
    let Some(extent) = part.or_else(|| Extent::of(districts)) else {
        return empty();
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\">"
    );
    // Quarters first, so that the districts' lines lie over theirs.
    for kind in [DistrictKind::Quarter, DistrictKind::District] {
        for (district, outline) in districts.iter().filter(|(district, _)| district.kind == kind) {
            let (fill, stroke) = match kind {
                _ if Some(district.id) == near => ("#cde3f8", "#06c"),
                DistrictKind::District => ("none", "#06c"),
                DistrictKind::Quarter => ("#eef5fc", "#9db8d6"),
            };
            let _ = write!(
                svg,
                "<path fill=\"{fill}\" stroke=\"{stroke}\" d=\"{}\"/>",
                path(extent, outline)
            );
        }
    }
    for (district, outline) in districts {
        svg.push_str(&label(extent, part.is_some(), district, outline, language));
    }
    if let Some(point) = point {
        let (x, y) = extent.place(point.longitude_e6, point.latitude_e6);
        let _ = write!(
            svg,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"9\" fill=\"#b3002d\" stroke=\"#fff\" stroke-width=\"3\"/>"
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A part of the city that leads somewhere.
pub struct Area<'a> {
    /// Its outline.
    pub outline: &'a Outline,
    /// Where it leads.
    pub href: &'a str,
    /// Its name and number in words.
    pub label: &'a str,
    /// Its number, as it stands on it.
    pub number: String,
    /// The number, and the largest that there is.
    pub part: (i64, i64),
    /// Whether it is the one that was chosen.
    pub chosen: bool,
}

/// Shades from the least to the most, all light enough for the number that stands on them.
const SHADES: [&str; 5] = ["#f5f9fd", "#dcebfa", "#bfdcf7", "#99c7f2", "#73b2ed"];
/// From so many parts on, numbers must be small to find room, and nought is told by an empty place.
const MANY: usize = 20;

/// The parts of the city as links, with their numbers and with small marks at points: SVG to stand within a page.
#[must_use]
pub fn areas(areas: &[Area<'_>], points: &[Point], label: &str) -> String {
    let bounds = areas.iter().filter_map(|area| Extent::tight_of(area.outline));
    let Some(extent) = bounds.reduce(Extent::with).map(Extent::fitted) else {
        return String::new();
    };
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"group\" aria-label=\"{}\">",
        escaped(label)
    );
    for area in areas {
        let label = escaped(area.label);
        let (fill, d) = (shade(area.part), path(extent, area.outline));
        let drawn = format!("<title>{label}</title><path fill=\"{fill}\" d=\"{d}\"/>");
        let current = if area.chosen { " aria-current=\"true\"" } else { "" };
        // Where nothing is there is nowhere to go.
        let _ = if area.part.0 > 0 || area.chosen {
            let href = escaped(area.href);
            write!(svg, "<a href=\"{href}\" aria-label=\"{label}\"{current}>{drawn}</a>")
        } else {
            write!(svg, "<g role=\"img\" aria-label=\"{label}\">{drawn}</g>")
        };
    }
    svg.push_str("<g aria-hidden=\"true\">");
    for point in points {
        let (x, y) = extent.place(point.longitude_e6, point.latitude_e6);
        let _ = write!(svg, "<circle class=\"arengo-dot\" cx=\"{x}\" cy=\"{y}\" r=\"4\"/>");
    }
    let many = areas.len() > MANY;
    let size = if many { 20 } else { 26 };
    for (area, own) in areas
        .iter()
        .filter(|area| !many || area.part.0 > 0)
        .filter_map(|area| Some((area, Extent::tight_of(area.outline)?)))
    {
        let (x, y) = extent.place(i64::midpoint(own.west, own.east), i64::midpoint(own.south, own.north));
        let _ = write!(
            svg,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\">{}</text>",
            escaped(&area.number)
        );
    }
    svg.push_str("</g></svg>");
    svg
}

fn shade((number, most): (i64, i64)) -> &'static str {
    let steps = i64::try_from(SHADES.len()).unwrap_or(1) - 1;
    // Rounded up, so that one is never shown as none.
    let step = (number.max(0) * steps + most - 1).checked_div(most).unwrap_or(0);
    let last = SHADES[SHADES.len() - 1];
    usize::try_from(step)
        .ok()
        .and_then(|step| SHADES.get(step))
        .unwrap_or(&last)
}

fn empty() -> String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"></svg>".to_owned()
}

/// The name of a district in its middle: on a map of the whole only the districts' short codes have room.
fn label(extent: Extent, near: bool, district: &District, outline: &Outline, language: Language) -> String {
    let text = match (district.kind, near) {
        (DistrictKind::District, _) => &district.code,
        (DistrictKind::Quarter, true) => district.name.get(language),
        (DistrictKind::Quarter, false) => return String::new(),
    };
    let Some(own) = Extent::tight_of(outline) else {
        return String::new();
    };
    let (x, y) = extent.place(i64::midpoint(own.west, own.east), i64::midpoint(own.south, own.north));
    let (size, colour) = match district.kind {
        DistrictKind::District => (26, "#0056ac"),
        DistrictKind::Quarter => (20, "#17324d"),
    };
    format!(
        "<text x=\"{x}\" y=\"{y}\" font-family=\"sans-serif\" font-size=\"{size}\" font-weight=\"600\" fill=\"{colour}\" \
         stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\" text-anchor=\"middle\" dominant-baseline=\"middle\">{}</text>",
        escaped(text)
    )
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}

fn path(extent: Extent, outline: &Outline) -> String {
    let mut path = String::new();
    for ring in &outline.0 {
        let mut last = None;
        for (longitude, latitude) in ring {
            let (x, y) = extent.place(*longitude, *latitude);
            // Each from the one before: shorter to write; one that is drawn where that was is left out.
            let _ = match last {
                None => write!(path, "M{x} {y}"),
                Some(before) if before == (x, y) => continue,
                Some((from_x, from_y)) => write!(path, "l{} {}", x - from_x, y - from_y),
            };
            last = Some((x, y));
        }
        path.push('Z');
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_map_has_the_form_that_pages_leave_room_for() {
        let (square, tall) = ((9_100_000, 9_200_000), (9_100_000, 9_110_000));
        for (west, east) in [square, tall] {
            let (south, north) = (45_400_000, 45_500_000);
            let fitted = Extent {
                west,
                south,
                east,
                north,
            }
            .fitted();
            assert!(fitted.west <= west && fitted.east >= east && fitted.south <= south && fitted.north >= north);
            let (x, y) = fitted.place(fitted.east, fitted.south);
            assert!((x - WIDTH).abs() <= 1 && (y - HEIGHT).abs() <= 1, "{x} {y}");
        }
    }

    #[test]
    fn a_point_of_the_map_is_where_it_is_drawn() {
        let extent = Extent {
            west: 9_040_000,
            south: 45_380_000,
            east: 9_280_000,
            north: 45_540_000,
        };
        let point = extent.under(300, 200);
        let (x, y) = extent.place(point.longitude_e6, point.latitude_e6);
        assert!((x - 300).abs() <= 1 && (y - 200).abs() <= 1, "{x} {y}");
    }
}
