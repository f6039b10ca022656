//! Papers: PDF pages of A4 in our own letters, tagged for screen readers (PDF/UA-1).
//!
//! Rule: a paper is headings, text, facts and tables, set one below the other; the same paper is the same bytes. What our
//! letters do not have is written without its accents, or as a question mark. Deliberately absent: pictures and colours.

mod receipt;
mod set;

use std::num::NonZeroU16;

use civic::error::{Error, Result};
use civic::language::Language;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::document::Document;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree,
};
use krilla::text::TextDirection;
use krilla::{Data, SerializeSettings};

use crate::assets;
use set::{Face, HEIGHT, LEFT, Line, RIGHT, Set, WIDTH};

pub use receipt::Printer;

/// A piece of a paper.
#[derive(Debug, Clone)]
pub(crate) enum Block {
    /// A heading below the title.
    Heading(String),
    /// A paragraph; in bold when it must not be overlooked.
    Text { bold: bool, text: String },
    /// Names with their values.
    Facts(Vec<(String, String)>),
    /// A table: the widths of its columns in parts of a hundred, its headings, and its rows, of which the last is the sum.
    Table {
        widths: Vec<f32>,
        head: Vec<String>,
        rows: Vec<Vec<String>>,
    },
}

/// A paper before it is set.
#[derive(Debug, Clone)]
pub(crate) struct Paper {
    pub language: Language,
    pub title: String,
    /// Who gives it.
    pub author: String,
    /// Year, month and day of what it says.
    pub day: (u16, u8, u8),
    pub blocks: Vec<Block>,
}

/// The two faces of our letters.
pub(crate) struct Faces {
    regular: Face,
    bold: Face,
}

impl Faces {
    /// # Errors
    /// `Unavailable` when the assets were not built.
    fn load() -> Result<Self> {
        let face = |name: &str| {
            let missing = || Error::Unavailable(format!("{name} is not among the assets"));
            let bytes = assets::bytes(name).ok_or_else(missing)?;
            Face::read(bytes).ok_or_else(|| Error::Bug(format!("{name} is no font")))
        };
        Ok(Self {
            regular: face("titillium-regular.ttf")?,
            bold: face("titillium-700.ttf")?,
        })
    }

    const fn of(&self, bold: bool) -> &Face {
        if bold { &self.bold } else { &self.regular }
    }
}

/// What of the lines that were set belongs together, by their places.
enum Group {
    Heading(u16, Vec<usize>),
    Text(Vec<usize>),
    Facts(Vec<(Vec<usize>, Vec<usize>)>),
    Table(Vec<Row>),
}

/// A row of a table: whether it is the heading, and the lines of each cell.
type Row = (bool, Vec<Vec<usize>>);

impl Paper {
    /// The paper as a PDF.
    ///
    /// # Errors
    /// `Unavailable` when the assets were not built, `Bug` when it cannot be made.
    pub fn pdf(&self) -> Result<Vec<u8>> {
        let faces = Faces::load()?;
        let mut set = Set::new(&faces);
        let groups = self.set(&mut set);
        let configuration = ConfigurationBuilder::new()
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|error| Error::Bug(format!("{error:?}")))?;
        let mut document = Document::new_with(SerializeSettings {
            configuration,
            ..SerializeSettings::default()
        });
        let mut drawn: Vec<Option<Identifier>> = vec![None; set.lines.len()];
        let pages = set.pages();
        for page in 0..pages {
            let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Error::Bug("no page".to_owned()))?;
            let mut sheet = document.start_page_with(settings);
            let mut surface = sheet.surface();
            for y in set.rules.iter().filter(|(on, _)| *on == page).map(|(_, y)| *y) {
                rule(&mut surface, y);
            }
            for (place, line) in set.lines.iter().enumerate().filter(|(_, line)| line.page == page) {
                let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                write(&mut surface, &faces, line);
                surface.end_tagged();
                drawn[place] = Some(id);
            }
            if pages > 1 {
                surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
                write(&mut surface, &faces, &set::foot(page, pages));
                surface.end_tagged();
            }
            surface.finish();
            sheet.finish();
        }
        document.set_tag_tree(self.tree(&groups, &drawn));
        document.set_outline(self.outline(&set));
        document.set_metadata(self.metadata());
        document.finish().map_err(|error| Error::Bug(format!("{error:?}")))
    }

    /// Sets each piece and says which of the lines belong to what.
    fn set(&self, set: &mut Set<'_>) -> Vec<Group> {
        let mut groups = vec![Group::Heading(1, set.title(&self.title))];
        for block in &self.blocks {
            groups.push(match block {
                Block::Heading(text) => Group::Heading(2, set.heading(text)),
                Block::Text { bold, text } => Group::Text(set.text(text, *bold)),
                Block::Facts(facts) => Group::Facts(set.facts(facts)),
                Block::Table { widths, head, rows } => Group::Table(set.table(widths, head, rows)),
            });
        }
        groups
    }

    fn tree(&self, groups: &[Group], drawn: &[Option<Identifier>]) -> TagTree {
        let fill = |group: &mut TagGroup, places: &[usize]| {
            for id in places.iter().filter_map(|place| drawn.get(*place).copied().flatten()) {
                group.push(id);
            }
        };
        let leaf = |mut group: TagGroup, places: &[usize]| {
            fill(&mut group, places);
            group
        };
        let mut tree = TagTree::new().with_lang(Some(self.language.code().to_owned()));
        for group in groups {
            match group {
                Group::Heading(level, places) => {
                    let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                    tree.push(leaf(TagGroup::new(Tag::Hn(level, Some(self.title.clone()))), places));
                }
                Group::Text(places) => tree.push(leaf(TagGroup::new(Tag::P), places)),
                Group::Facts(facts) => {
                    let mut list = TagGroup::new(Tag::L(ListNumbering::None));
                    for (name, value) in facts {
                        let mut item = TagGroup::new(Tag::LI);
                        item.push(leaf(TagGroup::new(Tag::Lbl), name));
                        item.push(leaf(TagGroup::new(Tag::LBody), value));
                        list.push(item);
                    }
                    tree.push(list);
                }
                Group::Table(rows) => {
                    let mut table = TagGroup::new(Tag::Table);
                    for (head, cells) in rows {
                        let mut row = TagGroup::new(Tag::TR);
                        for (place, cell) in cells.iter().enumerate() {
                            row.push(match (head, place) {
                                (true, _) => leaf(TagGroup::new(Tag::TH(TableHeaderScope::Column)), cell),
                                (false, 0) => leaf(TagGroup::new(Tag::TH(TableHeaderScope::Row)), cell),
                                (false, _) => leaf(TagGroup::new(Tag::TD), cell),
                            });
                        }
                        table.push(row);
                    }
                    tree.push(table);
                }
            }
        }
        tree
    }

    fn outline(&self, set: &Set<'_>) -> Outline {
        let mut outline = Outline::new();
        for (text, place) in &set.headings {
            if let Some(line) = set.lines.get(*place) {
                let to = XyzDestination::new(line.page, Point::from_xy(LEFT, line.y - line.size));
                outline.push_child(OutlineNode::new(text.clone(), to));
            }
        }
        outline
    }

    fn metadata(&self) -> Metadata {
        let (year, month, day) = self.day;
        Metadata::new()
            .title(self.title.clone())
            .authors(vec![self.author.clone()])
            .creator("Arengo".to_owned())
            .language(self.language.code().to_owned())
            .creation_date(DateTime::new(year).month(month).day(day))
    }
}

fn write(surface: &mut Surface<'_>, faces: &Faces, line: &Line) {
    let font = faces.of(line.bold).font.clone();
    let at = Point::from_xy(line.x, line.y);
    surface.draw_text(at, font, line.size, &line.text, false, TextDirection::LeftToRight);
}

/// A thin line across the page, which means nothing to whoever does not see it.
fn rule(surface: &mut Surface<'_>, y: f32) {
    let mut path = PathBuilder::new();
    path.move_to(LEFT, y);
    path.line_to(RIGHT, y);
    let Some(path) = path.finish() else { return };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    surface.set_stroke(Some(Stroke {
        width: set::RULE,
        ..Stroke::default()
    }));
    surface.draw_path(&path);
    surface.set_stroke(None);
    surface.end_tagged();
}

/// What a font's bytes are to whoever writes with it.
fn data(bytes: Vec<u8>) -> Data {
    bytes.into()
}
