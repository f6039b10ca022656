//! The texts of a consultation as they come in: cleaned, and within their limits.
//!
//! Rule: a title and names must be there in every language that is given; a question and a description may be empty. No two
//! themes share their part of addresses.

use std::collections::HashSet;

use super::NewConsultation;
use crate::error::{Code, Fault, Faults, Result};
use crate::language::Localised;
use crate::limits::{PROPOSAL_BODY_MAX_CHARS, REASON_MAX_CHARS, TITLE_MAX_CHARS};
use crate::text::{Markdown, TextProblem, Title};

/// The same consultation with its texts cleaned.
pub(super) fn read_texts(mut new: NewConsultation) -> Result<NewConsultation> {
    let mut faults = Faults::new();
    take(&mut faults, "title", &mut new.title, line);
    take(&mut faults, "question", &mut new.question, |raw| {
        body(raw, REASON_MAX_CHARS)
    });
    take(&mut faults, "description", &mut new.description, |raw| {
        body(raw, PROPOSAL_BODY_MAX_CHARS)
    });
    let mut slugs = HashSet::new();
    for theme in &mut new.themes {
        take(&mut faults, "themes", &mut theme.name, line);
        if !is_part_of_address(&theme.slug) {
            faults.add(Fault::new("themes", Code::Malformed));
        } else if !slugs.insert(theme.slug.clone()) {
            faults.add(Fault::new("themes", Code::NameTaken));
        }
    }
    faults.check()?;
    Ok(new)
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
