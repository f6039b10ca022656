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
        let points = || districts.iter().flat_map(|(_, outline)| outline.0.iter().flatten());
        Some(Self {
            west: points().map(|point| point.0).min()?,
            south: points().map(|point| point.1).min()?,
            east: points().map(|point| point.0).max()?,
            north: points().map(|point| point.1).max()?,
        })
    }

    /// What holds one of these districts with a little of what is around it; `None` when it has no outline.
    #[must_use]
    pub fn around(districts: &[(District, Outline)], id: DistrictId) -> Option<Self> {
        let own: Vec<(District, Outline)> = districts.iter().filter(|(one, _)| one.id == id).cloned().collect();
        let tight = Self::of(&own)?;
        let (aside, above) = ((tight.east - tight.west) / MARGIN, (tight.north - tight.south) / MARGIN);
        Some(Self {
            west: tight.west - aside,
            south: tight.south - above,
            east: tight.east + aside,
            north: tight.north + above,
        })
    }

    fn wide(&self) -> i64 {
        ((self.east - self.west) * SHORTENED / WHOLE).max(1)
    }

    /// The height of the map in its own units.
    #[must_use]
    pub fn height(&self) -> i64 {
        ((self.north - self.south) * WIDTH / self.wide()).clamp(1, 2 * WIDTH)
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
    let height = extent.height();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\">"
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
    let of = [(district.clone(), outline.clone())];
    let Some(own) = Extent::of(&of) else {
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
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn path(extent: Extent, outline: &Outline) -> String {
    let mut path = String::new();
    for ring in &outline.0 {
        for (place, (longitude, latitude)) in ring.iter().enumerate() {
            let (x, y) = extent.place(*longitude, *latitude);
            let letter = if place == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{x} {y}");
        }
        path.push('Z');
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

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
