//! Setting a paper: where each line stands, in points from the top left of its page.
//!
//! Rule: lines are broken between words, a word that is wider than its column between letters; what does not fit goes on to
//! the next page. Widths are those of the letters alone, so that a line is never longer than it is measured by much.

use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use unicode_normalization::UnicodeNormalization;

use super::{Faces, Row, data};

/// A4 in points.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
/// Where lines begin and end.
pub(super) const LEFT: f32 = 56.0;
pub(super) const RIGHT: f32 = WIDTH - LEFT;
const TOP: f32 = 56.0;
const BOTTOM: f32 = HEIGHT - 56.0;
/// How thick rules are.
pub(super) const RULE: f32 = 0.6;

/// How large letters are.
const TITLE: f32 = 20.0;
const HEADING: f32 = 12.5;
const TEXT: f32 = 10.0;
const SMALL: f32 = 9.0;
/// How far a rule stands below its line, in sizes of the letters: below what hangs down of them.
const BELOW: f32 = 0.4;
/// How far lines stand from each other, in sizes of their letters.
const LEADING: f32 = 1.4;
/// What is left free below a piece, and above a heading.
const GAP: f32 = 8.0;
/// How wide the names of facts are.
const NAMES: f32 = 150.0;
/// What is left free between columns.
const GUTTER: f32 = 8.0;

/// One face of our letters: to write with, and to measure.
pub(super) struct Face {
    pub font: Font,
    bytes: Vec<u8>,
}

impl Face {
    pub fn read(bytes: Vec<u8>) -> Option<Self> {
        FontRef::new(&bytes).ok()?;
        let font = Font::new(data(bytes.clone()), 0)?;
        Some(Self { font, bytes })
    }

    /// What this face can write of a text.
    fn writable(&self, text: &str) -> String {
        let Ok(font) = FontRef::new(&self.bytes) else {
            return String::new();
        };
        let letters = font.charmap();
        let has = |letter: &char| letters.map(*letter).is_some();
        text.nfc()
            .map(|letter| match letter {
                _ if has(&letter) => letter,
                _ if letter.is_whitespace() => ' ',
                _ => letter.nfd().find(has).unwrap_or('?'),
            })
            .collect()
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let Ok(font) = FontRef::new(&self.bytes) else {
            return 0.0;
        };
        let (letters, widths) = (
            font.charmap(),
            font.glyph_metrics(Size::new(size), LocationRef::default()),
        );
        let wide = |letter| letters.map(letter).and_then(|glyph| widths.advance_width(glyph));
        text.chars().filter_map(wide).sum()
    }

    /// The lines that a text takes where so much room is.
    fn lines(&self, text: &str, size: f32, room: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in self.writable(text).split(' ').filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if self.width(&longer, size) <= room {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                if !line.is_empty() && self.width(&format!("{line}{letter}"), size) > room {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }
}

/// A line in its place.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub page: usize,
    pub x: f32,
    pub y: f32,
    pub size: f32,
    pub bold: bool,
    pub text: String,
}

/// What is set so far.
pub(super) struct Set<'a> {
    faces: &'a Faces,
    pub lines: Vec<Line>,
    /// Rules: on which page and how far down.
    pub rules: Vec<(usize, f32)>,
    /// Headings with their first lines.
    pub headings: Vec<(String, usize)>,
    page: usize,
    y: f32,
}

/// A column: where it begins, how wide it is, and whether its lines end together.
#[derive(Debug, Clone, Copy)]
struct Column {
    x: f32,
    room: f32,
    ends: bool,
}

impl<'a> Set<'a> {
    pub const fn new(faces: &'a Faces) -> Self {
        Self {
            faces,
            lines: Vec::new(),
            rules: Vec::new(),
            headings: Vec::new(),
            page: 0,
            y: TOP,
        }
    }

    pub const fn pages(&self) -> usize {
        self.page + 1
    }

    /// Goes on to the next page when so much does not fit on this one.
    fn need(&mut self, high: f32) {
        if self.y + high > BOTTOM && self.y > TOP {
            self.page += 1;
            self.y = TOP;
        }
    }

    pub fn title(&mut self, text: &str) -> Vec<usize> {
        let places = self.paragraph(text, TITLE, true);
        self.y += GAP;
        self.heads(text, &places);
        places
    }

    pub fn heading(&mut self, text: &str) -> Vec<usize> {
        // A heading stands on the page of what it is for.
        self.need(GAP + 3.0 * HEADING * LEADING);
        self.y += GAP;
        let places = self.paragraph(text, HEADING, true);
        self.y += HEADING * BELOW;
        self.rules.push((self.page, self.y));
        self.y += GAP / 2.0;
        self.heads(text, &places);
        places
    }

    fn heads(&mut self, text: &str, places: &[usize]) {
        self.headings
            .extend(places.first().map(|place| (text.to_owned(), *place)));
    }

    pub fn text(&mut self, text: &str, bold: bool) -> Vec<usize> {
        let places = self.paragraph(text, TEXT, bold);
        self.y += GAP;
        places
    }

    fn paragraph(&mut self, text: &str, size: f32, bold: bool) -> Vec<usize> {
        let mut places = Vec::new();
        for line in self.faces.of(bold).lines(text, size, RIGHT - LEFT) {
            self.need(size * LEADING);
            self.y += size * LEADING;
            places.push(self.put(LEFT, size, bold, line));
        }
        places
    }

    /// Puts a line on the present height.
    fn put(&mut self, x: f32, size: f32, bold: bool, text: String) -> usize {
        self.lines.push(Line {
            page: self.page,
            x,
            y: self.y,
            size,
            bold,
            text,
        });
        self.lines.len() - 1
    }

    pub fn facts(&mut self, facts: &[(String, String)]) -> Vec<(Vec<usize>, Vec<usize>)> {
        let columns = [
            Column {
                x: LEFT,
                room: NAMES - GUTTER,
                ends: false,
            },
            Column {
                x: LEFT + NAMES,
                room: RIGHT - LEFT - NAMES,
                ends: false,
            },
        ];
        let mut all = Vec::with_capacity(facts.len());
        for (name, value) in facts {
            let mut cells = self.row(&columns, &[name, value], TEXT, &[false, true]);
            let value = cells.pop().unwrap_or_default();
            all.push((cells.pop().unwrap_or_default(), value));
        }
        self.y += GAP;
        all
    }

    pub fn table(&mut self, widths: &[f32], head: &[String], rows: &[Vec<String>]) -> Vec<Row> {
        let mut columns = Vec::with_capacity(widths.len());
        let (whole, mut x) = (RIGHT - LEFT, LEFT);
        for (place, width) in widths.iter().enumerate() {
            let wide = whole * width / 100.0;
            columns.push(Column {
                x,
                room: wide - GUTTER,
                // Amounts stand in the last two.
                ends: place + 2 >= widths.len(),
            });
            x += wide;
        }
        let texts = |row: &'_ [String]| row.iter().map(String::clone).collect::<Vec<_>>();
        let bold = |yes: bool| vec![yes; widths.len()];
        let mut set = vec![(true, self.row(&columns, &texts(head), SMALL, &bold(true)))];
        self.rules.push((self.page, self.y + GAP / 2.0));
        self.y += GAP / 2.0;
        for (place, row) in rows.iter().enumerate() {
            let last = place + 1 == rows.len();
            if last {
                self.need(SMALL * LEADING + GAP);
                self.rules.push((self.page, self.y + GAP / 2.0));
                self.y += GAP / 2.0;
            }
            set.push((false, self.row(&columns, &texts(row), SMALL, &bold(last))));
        }
        self.y += GAP;
        set
    }

    /// Sets cells beside each other; gives the lines of each.
    fn row(&mut self, columns: &[Column], texts: &[impl AsRef<str>], size: f32, bold: &[bool]) -> Vec<Vec<usize>> {
        let is_bold = |place: usize| bold.get(place).copied().unwrap_or(false);
        let cells: Vec<Vec<String>> = columns
            .iter()
            .zip(texts)
            .enumerate()
            .map(|(place, (column, text))| self.faces.of(is_bold(place)).lines(text.as_ref(), size, column.room))
            .collect();
        let most = cells.iter().map(Vec::len).max().unwrap_or(0);
        let high = size * LEADING * most as f32;
        self.need(high);
        let (top, mut places) = (self.y, Vec::with_capacity(cells.len()));
        for (place, (column, lines)) in columns.iter().zip(cells).enumerate() {
            self.y = top;
            let mut own = Vec::with_capacity(lines.len());
            for line in lines {
                self.y += size * LEADING;
                let wide = self.faces.of(is_bold(place)).width(&line, size);
                let x = if column.ends {
                    column.x + column.room - wide
                } else {
                    column.x
                };
                own.push(self.put(x, size, is_bold(place), line));
            }
            places.push(own);
        }
        self.y = top + high;
        places
    }
}

/// The number of a page, where there are several.
pub(super) fn foot(page: usize, pages: usize) -> Line {
    Line {
        page,
        x: LEFT,
        y: BOTTOM + GAP + SMALL * LEADING,
        size: SMALL,
        bold: false,
        text: format!("{}/{pages}", page + 1),
    }
}
