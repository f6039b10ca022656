//! The rows of an editor's form: phases, themes, districts. Fields of one name come once for each row, in order.
//!
//! Rule: a row with nothing typed in it is none, so a form can offer empty rows, and clearing one takes it away.

use civic::consultation::days::PlannedPhase;
use civic::consultation::read::EditableConsultation;
use civic::consultation::{District, DistrictKind, NewDistrict, NewTheme, PhaseKind};
use civic::error::{Code, Error, Result};
use civic::language::{Language, Localised};
use civic::text::slug;
use civic::time::Zone;

use crate::form::Fields;

/// Rows that the button for more adds.
const MORE: usize = 3;

/// A phase as it is typed.
#[derive(Debug, Clone, Default)]
pub(super) struct PhaseRow {
    pub kind: String,
    pub first: String,
    pub last: String,
}

/// A theme as it is typed, with what it is known by when it is there already.
#[derive(Debug, Clone, Default)]
pub(super) struct ThemeRow {
    pub slug: String,
    pub parent: String,
    pub it: String,
    pub en: String,
}

/// A district or quarter as it is typed.
#[derive(Debug, Clone, Default)]
pub(super) struct DistrictRow {
    pub kind: String,
    pub code: String,
    pub name: String,
}

/// All rows of a form.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    pub phases: Vec<PhaseRow>,
    pub themes: Vec<ThemeRow>,
    pub districts: Vec<DistrictRow>,
}

impl Rows {
    /// What a new consultation's form begins with: the phases in their usual order, some empty themes.
    pub(super) fn fresh() -> Self {
        let phases = PhaseKind::ALL.into_iter().map(|kind| PhaseRow {
            kind: kind.as_str().to_owned(),
            ..PhaseRow::default()
        });
        Self {
            phases: phases.collect(),
            themes: vec![ThemeRow::default(); MORE],
            districts: vec![DistrictRow::default()],
        }
    }

    /// What is kept of a consultation.
    pub(super) fn kept(about: &EditableConsultation, zone: &Zone, language: Language) -> Self {
        let phases = about.phases.iter().map(|phase| {
            let days = PlannedPhase::of(phase, zone);
            PhaseRow {
                kind: days.kind.as_str().to_owned(),
                first: days.first,
                last: days.last,
            }
        });
        let above = |id| about.themes.iter().find(|theme| Some(theme.id) == id);
        let themes = about.themes.iter().map(|theme| ThemeRow {
            slug: theme.slug.clone(),
            parent: above(theme.parent).map_or_else(String::new, |above| above.slug.clone()),
            it: theme.name.own(Language::It).to_owned(),
            en: theme.name.own(Language::En).to_owned(),
        });
        let districts = about.districts.iter().map(|district| DistrictRow {
            kind: district.kind.as_str().to_owned(),
            code: district.code.clone(),
            name: district.name.get(language).to_owned(),
        });
        Self {
            phases: phases.collect(),
            themes: themes.collect(),
            districts: districts.collect(),
        }
    }

    /// What a form sent.
    pub(super) fn typed(form: &Fields) -> Self {
        let phases = zip(form, ["phase_kind", "phase_first", "phase_last"]);
        let themes = zip(form, ["theme_slug", "theme_parent", "theme_it", "theme_en"]);
        let districts = zip(form, ["district_kind", "district_code", "district_name"]);
        Self {
            phases: phases
                .map(|[kind, first, last]| PhaseRow { kind, first, last })
                .collect(),
            themes: themes
                .map(|[slug, parent, it, en]| ThemeRow { slug, parent, it, en })
                .collect(),
            districts: districts
                .map(|[kind, code, name]| DistrictRow { kind, code, name })
                .collect(),
        }
    }

    /// The same with more empty rows where the form asked for them.
    pub(super) fn more(mut self, what: &str) -> Self {
        let grow = |len: usize, asked: &str| if what == asked { len + MORE } else { len };
        let (phases, themes) = (self.phases.len(), self.themes.len());
        self.phases.resize_with(grow(phases, "add-phase"), PhaseRow::default);
        self.themes.resize_with(grow(themes, "add-theme"), ThemeRow::default);
        let districts = grow(self.districts.len(), "add-district");
        self.districts.resize_with(districts, DistrictRow::default);
        self
    }

    /// The phases that were typed.
    pub(super) fn planned(&self) -> Result<Vec<PlannedPhase>> {
        let typed = self
            .phases
            .iter()
            .filter(|row| !(blank(&row.first) && blank(&row.last)));
        typed
            .map(|row| {
                Ok(PlannedPhase {
                    kind: PhaseKind::parse(&row.kind).ok_or_else(|| Error::field("phases", Code::UnknownValue))?,
                    first: row.first.clone(),
                    last: row.last.clone(),
                })
            })
            .collect()
    }

    /// The themes that were typed; a new one gets a part of addresses from its name.
    pub(super) fn themes(&self) -> Vec<NewTheme> {
        let mut themes: Vec<NewTheme> = Vec::new();
        for row in self.themes.iter().filter(|row| !(blank(&row.it) && blank(&row.en))) {
            let of_name = || slug(if blank(&row.it) { &row.en } else { &row.it });
            let wanted = if row.slug.is_empty() {
                of_name()
            } else {
                row.slug.clone()
            };
            let taken = |slug: &str| {
                let known = self
                    .themes
                    .iter()
                    .any(|other| row.slug.is_empty() && other.slug == slug);
                known || themes.iter().any(|theme| theme.slug == slug)
            };
            let numbered = (2..).map(|number| format!("{wanted}-{number}"));
            let free = std::iter::once(wanted.clone())
                .chain(numbered)
                .find(|slug| wanted.is_empty() || !row.slug.is_empty() || !taken(slug));
            themes.push(NewTheme {
                slug: free.unwrap_or_default(),
                name: Localised::given(&row.it, &row.en),
                parent: Some(row.parent.clone()).filter(|parent| !parent.is_empty()),
            });
        }
        themes
    }

    /// The districts that were typed; a name that stays as it was shown stays in both languages.
    pub(super) fn districts(&self, known: &[District], language: Language) -> Result<Vec<NewDistrict>> {
        let typed = self
            .districts
            .iter()
            .filter(|row| !(blank(&row.code) && blank(&row.name)));
        typed
            .map(|row| {
                let kind =
                    DistrictKind::parse(&row.kind).ok_or_else(|| Error::field("districts", Code::UnknownValue))?;
                let here = known.iter().find(|one| one.kind == kind && one.code == row.code.trim());
                let name = here.map(|one| one.name.clone());
                Ok(NewDistrict {
                    kind,
                    code: row.code.clone(),
                    name: name
                        .filter(|name| name.get(language) == row.name)
                        .unwrap_or_else(|| Localised::same(&row.name)),
                    outline: None,
                })
            })
            .collect()
    }
}

pub(super) fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Fields of these names side by side, as many as the longest has.
pub(super) fn zip<const N: usize>(form: &Fields, names: [&str; N]) -> impl Iterator<Item = [String; N]> {
    let columns = names.map(|name| form.all(name));
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |column: &Vec<&str>, row: usize| column.get(row).map_or_else(String::new, |text| (*text).to_owned());
    let rows: Vec<[String; N]> = (0..rows)
        .map(|row| std::array::from_fn(|at| cell(&columns[at], row)))
        .collect();
    rows.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_theme_gets_an_address_of_its_own_and_a_cleared_row_is_none() {
        let form = Fields::parse(
            "theme_slug=verde&theme_it=Verde&theme_en=&theme_slug=&theme_it=&theme_en=&theme_slug=&theme_it=Verde&theme_en=",
        );
        let slugs: Vec<String> = Rows::typed(&form)
            .themes()
            .into_iter()
            .map(|theme| theme.slug)
            .collect();
        assert_eq!(slugs, ["verde", "verde-2"]);
    }

    #[test]
    fn rows_without_dates_are_no_phases() {
        let form = Fields::parse("phase_kind=review&phase_first=&phase_last=&phase_kind=x&phase_first=2027-01-01");
        assert_eq!(
            Rows::typed(&form).planned(),
            Err(Error::field("phases", Code::UnknownValue))
        );
        let empty = Fields::parse("phase_kind=review&phase_first=&phase_last=");
        assert_eq!(Rows::typed(&empty).planned(), Ok(Vec::new()));
    }
}
