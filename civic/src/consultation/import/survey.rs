//! What an import learns from the files before it writes: the consultation that they imply.

use std::collections::HashMap;
use std::path::Path;

use super::{COMMENTS, CommentLine, ImportOptions, LANGUAGE_SAMPLE, PROPOSALS, ProposalLine, RESULTS_MS};
use crate::Cx;
use crate::consultation::{
    DistrictKind, NewConsultation, NewDistrict, NewPhase, NewTheme, PhaseKind, store as consultation,
};
use crate::error::{Code, Error, Fault, Result};
use crate::id::ConsultationId;
use crate::language::{Lang, Localised};
use crate::text::{detect, slug};
use crate::time::{DAY_MS, Timestamp, Zone};

/// The columns of the first file that are read.
const PROPOSAL_COLUMNS: [&str; 13] = [
    "id",
    "code",
    "created_at",
    "origin",
    "author",
    "district",
    "category",
    "subcategory",
    "title",
    "summary",
    "supports",
    "accepted",
    "rejected_message",
];
/// The columns of the second file that are read.
const COMMENT_COLUMNS: [&str; 9] = [
    "id",
    "proposal_id",
    "reply_to",
    "created_at",
    "author",
    "stance",
    "body_html",
    "likes",
    "dislikes",
];

/// What a first reading tells: themes, districts, the first and last days, the usual language.
pub(super) struct Survey {
    themes: Vec<(String, Vec<String>)>,
    districts: Vec<String>,
    first: Timestamp,
    last_proposal: Timestamp,
    last_comment: Timestamp,
    pub usual: Lang,
}

/// Opens a file and sees that it has the columns that are read.
pub(super) fn reader(folder: &Path, file: &'static str) -> Result<csv::Reader<std::fs::File>> {
    let missing = |what: String, code| {
        Error::Invalid(vec![Fault {
            field: what.into(),
            code,
            limit: None,
        }])
    };
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(folder.join(file))
        .map_err(|error| missing(format!("{file}: {error}"), Code::NotFound))?;
    let columns = if file == PROPOSALS {
        &PROPOSAL_COLUMNS[..]
    } else {
        &COMMENT_COLUMNS[..]
    };
    let header = reader
        .headers()
        .map_err(|error| missing(format!("{file}: {error}"), Code::Malformed))?;
    match columns
        .iter()
        .find(|column| !header.iter().any(|name| name == **column))
    {
        None => Ok(reader),
        Some(column) => Err(missing(format!("{file}: {column}"), Code::Empty)),
    }
}

pub(super) fn survey(folder: &Path, zone: &Zone) -> Result<Survey> {
    let mut survey = Survey {
        themes: Vec::new(),
        districts: Vec::new(),
        first: Timestamp::from_ms(i64::MAX),
        last_proposal: Timestamp::from_ms(0),
        last_comment: Timestamp::from_ms(0),
        usual: Lang::italian(),
    };
    let mut languages: HashMap<Lang, usize> = HashMap::new();
    for (at, line) in reader(folder, PROPOSALS)?.deserialize::<ProposalLine>().enumerate() {
        let Ok(line) = line else { continue };
        note(&mut survey, &line);
        if let Some(day) = zone.parse_local(&line.created_at) {
            survey.first = survey.first.min(day);
            survey.last_proposal = survey.last_proposal.max(day);
        }
        if at < LANGUAGE_SAMPLE
            && let Some(lang) = detect(&line.summary)
        {
            *languages.entry(lang).or_default() += 1;
        }
    }
    for line in reader(folder, COMMENTS)?
        .deserialize::<CommentLine>()
        .filter_map(std::result::Result::ok)
    {
        if let Some(instant) = zone.parse_local(&line.created_at) {
            survey.last_comment = survey.last_comment.max(instant);
        }
    }
    if let Some((usual, _)) = languages
        .into_iter()
        .max_by_key(|(lang, number)| (*number, lang.code().to_owned()))
    {
        survey.usual = usual;
    }
    Ok(survey)
}

fn note(survey: &mut Survey, line: &ProposalLine) {
    if !line.district.is_empty() && !survey.districts.contains(&line.district) {
        survey.districts.push(line.district.clone());
    }
    if line.category.is_empty() {
        return;
    }
    let at = survey
        .themes
        .iter()
        .position(|(name, _)| *name == line.category)
        .unwrap_or_else(|| {
            survey.themes.push((line.category.clone(), Vec::new()));
            survey.themes.len() - 1
        });
    let below = &mut survey.themes[at].1;
    if !line.subcategory.is_empty() && !below.contains(&line.subcategory) {
        below.push(line.subcategory.clone());
    }
}

pub(super) async fn find_or_open(
    cx: &Cx,
    source: &str,
    options: &ImportOptions,
    survey: &Survey,
) -> Result<ConsultationId> {
    if let Some(found) = consultation::find_by_slug(cx.db(), source).await? {
        return Ok(found.id);
    }
    let mut themes = Vec::new();
    for (name, below) in &survey.themes {
        let above = slug(name);
        themes.push(NewTheme {
            slug: above.clone(),
            name: Localised::same(name),
            parent: None,
        });
        themes.extend(below.iter().map(|name| NewTheme {
            slug: format!("{above}-{}", slug(name)),
            name: Localised::same(name),
            parent: Some(above.clone()),
        }));
    }
    let districts = survey
        .districts
        .iter()
        .map(|name| NewDistrict {
            kind: DistrictKind::District,
            code: slug(name),
            name: Localised::same(name),
            outline: None,
        })
        .collect();
    let new = NewConsultation {
        slug: source.to_owned(),
        title: options.title.clone(),
        question: options.title.clone(),
        description: Localised::same(""),
        phases: phases(survey),
        themes,
        districts,
        source: Some(source.to_owned()),
    };
    crate::consultation::write::open(cx, new).await
}

/// Collected from the first day to the last, discussed until the last comment, and over since.
fn phases(survey: &Survey) -> Vec<NewPhase> {
    let collected = survey.last_proposal.plus_ms(DAY_MS);
    let discussed = survey.last_comment.plus_ms(1).max(collected);
    let mut phases = Vec::new();
    let mut add = |kind, starts_at: Timestamp, ends_at: Timestamp| {
        if starts_at < ends_at {
            phases.push(NewPhase {
                kind,
                starts_at,
                ends_at,
            });
        }
    };
    add(PhaseKind::Collection, survey.first, collected);
    add(PhaseKind::Discussion, collected, discussed);
    add(PhaseKind::Results, discussed, discussed.plus_ms(RESULTS_MS));
    phases
}
