//! The texts of a consultation as they come in: cleaned, and within their limits.
//!
//! Rule: a title and names must be there in every language that is given; a question and a description may be empty. No two
//! themes share their part of addresses, and no two districts or quarters their code.

use std::collections::HashSet;

use super::{ConsultationChange, NewConsultation, NewDistrict, NewTheme};
use crate::error::{Code, Error, Fault, Faults, Result};
use crate::language::Localised;
use crate::limits::{
    DISTRICT_CODE_MAX_CHARS, DISTRICTS_PER_CONSULTATION, PROPOSAL_BODY_MAX_CHARS, REASON_MAX_CHARS,
    THEMES_PER_CONSULTATION, TITLE_MAX_CHARS,
};
use crate::text::{Markdown, TextProblem, Title};

/// Parts of addresses that are pages of their own beside consultations.
const RESERVED: [&str; 1] = ["new"];

/// The same consultation with its texts cleaned.
pub(super) fn read_texts(mut new: NewConsultation) -> Result<NewConsultation> {
    if crate::text::slug(&new.slug) != new.slug || new.slug.is_empty() || RESERVED.contains(&new.slug.as_str()) {
        return Err(Error::field("slug", Code::Malformed));
    }
    let mut faults = Faults::new();
    take_title(&mut faults, &mut new.title);
    take_question(&mut faults, &mut new.question);
    take_description(&mut faults, &mut new.description);
    take_themes(&mut faults, &mut new.themes);
    take_districts(&mut faults, &mut new.districts);
    faults.check()?;
    Ok(new)
}

/// The same change with its texts cleaned.
pub(super) fn read_change(mut change: ConsultationChange) -> Result<ConsultationChange> {
    let mut faults = Faults::new();
    change.title.iter_mut().for_each(|text| take_title(&mut faults, text));
    change
        .question
        .iter_mut()
        .for_each(|text| take_question(&mut faults, text));
    change
        .description
        .iter_mut()
        .for_each(|text| take_description(&mut faults, text));
    change
        .themes
        .iter_mut()
        .for_each(|themes| take_themes(&mut faults, themes));
    change
        .districts
        .iter_mut()
        .for_each(|districts| take_districts(&mut faults, districts));
    faults.check()?;
    Ok(change)
}

fn take_title(faults: &mut Faults, text: &mut Localised) {
    take(faults, "title", text, line);
}

fn take_question(faults: &mut Faults, text: &mut Localised) {
    take(faults, "question", text, |raw| body(raw, REASON_MAX_CHARS));
}

fn take_description(faults: &mut Faults, text: &mut Localised) {
    take(faults, "description", text, |raw| body(raw, PROPOSAL_BODY_MAX_CHARS));
}

fn take_number(faults: &mut Faults, field: &'static str, number: usize, limit: usize) {
    if number > limit {
        faults.add(Fault::over(field, Code::TooMany, limit as u64));
    }
}

fn take_themes(faults: &mut Faults, themes: &mut [NewTheme]) {
    take_number(faults, "themes", themes.len(), THEMES_PER_CONSULTATION);
    let mut slugs = HashSet::new();
    for theme in themes {
        take(faults, "themes", &mut theme.name, line);
        if !is_part_of_address(&theme.slug) {
            faults.add(Fault::new("themes", Code::Malformed));
        } else if !slugs.insert(theme.slug.clone()) {
            faults.add(Fault::new("themes", Code::NameTaken));
        }
    }
}

fn take_districts(faults: &mut Faults, districts: &mut [NewDistrict]) {
    take_number(faults, "districts", districts.len(), DISTRICTS_PER_CONSULTATION);
    let mut codes = HashSet::new();
    for district in districts {
        if take_district(faults, district) && !codes.insert((district.kind, district.code.clone())) {
            faults.add(Fault::new("districts", Code::NameTaken));
        }
    }
}

/// Whether its code could be read.
fn take_district(faults: &mut Faults, district: &mut NewDistrict) -> bool {
    take(faults, "districts", &mut district.name, line);
    let code = Title::parse(&district.code, 1, DISTRICT_CODE_MAX_CHARS).map(Title::into_string);
    let code = faults.take(code.map_err(|problem| problem.fault("districts")));
    let is_read = code.is_some();
    district.code = code.unwrap_or_default();
    is_read
}

/// The same districts with their texts cleaned; of those that share a code, which are not told apart here, all are there.
pub(super) fn read_districts(mut districts: Vec<NewDistrict>) -> Result<Vec<NewDistrict>> {
    let mut faults = Faults::new();
    for district in &mut districts {
        take_district(&mut faults, district);
    }
    faults.check()?;
    Ok(districts)
}

fn take(
    faults: &mut Faults,
    field: &'static str,
    text: &mut Localised,
    read: impl Fn(&str) -> std::result::Result<String, TextProblem>,
) {
    if let Some(clean) = faults.take(text.try_map(read).map_err(|problem| problem.fault(field))) {
        *text = clean;
    }
}

/// An import joins the slugs of a theme and of the one above it, so this one may be longer than `text::slug` makes them.
fn is_part_of_address(slug: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=TITLE_MAX_CHARS).contains(&slug.len()) && slug.chars().all(allowed)
}

fn line(raw: &str) -> std::result::Result<String, TextProblem> {
    Title::parse(raw, 1, TITLE_MAX_CHARS).map(Title::into_string)
}

fn body(raw: &str, max: usize) -> std::result::Result<String, TextProblem> {
    match Markdown::parse(raw, max) {
        Err(TextProblem::Empty) => Ok(String::new()),
        read => read.map(Markdown::into_string),
    }
}
