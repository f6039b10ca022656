//! What the demonstration's file of calls says: their terms, and who applied with what.

use civic::application::ApplicationState;
use civic::call::LegalForm;
use civic::error::Result;
use civic::language::Localised;
use civic::match_rule::MatchRule;
use serde::Deserialize;

/// All calls, in the order in which they are published.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calls {
    call: Vec<Call>,
}

/// Where a call is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Being written.
    Draft,
    /// Public.
    Published,
    /// Its list is drawn up, and not public.
    DrawnUp,
    /// Its list is public.
    Ranked,
}

/// A call with what was handed in for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Its part of the address.
    pub slug: String,
    /// Its title.
    pub title: Localised,
    /// What it is.
    pub summary: Localised,
    /// The rest, in Markdown.
    pub description: Localised,
    /// The day on which applications are first taken, in days from today.
    pub opens: i64,
    /// The day at whose noon they are not taken any more.
    pub closes: i64,
    /// Where it is left.
    pub end: End,
    /// Who may apply.
    pub forms: Vec<LegalForm>,
    /// The least that a project may cost, in euros.
    pub cost_min: i64,
    /// The most.
    pub cost_max: i64,
    /// By what applications are judged.
    pub criteria: Vec<Criterion>,
    /// The least that weighted points must be.
    pub min_score: i64,
    /// How many are admitted at most.
    pub admitted_most: Option<u32>,
    /// How many are kept in reserve at most.
    pub reserve_most: Option<u32>,
    /// First day, in days from today, and length of each round.
    pub rounds: Vec<(i64, u32)>,
    /// Who puts how many euros into the pot.
    pub contributors: Vec<(String, i64)>,
    /// What the city adds.
    pub rule: MatchRule,
    /// What was handed in.
    #[serde(default, rename = "application")]
    pub applications: Vec<Application>,
}

/// A criterion.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// What is judged.
    pub name: Localised,
    /// How often its points count.
    pub weight: u32,
    /// The most points.
    pub max: u32,
    /// The least on average.
    pub min: u32,
}

/// An application and its fate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The project's title.
    pub title: String,
    /// Who applies.
    pub name: String,
    /// What they are by law.
    pub form: LegalForm,
    /// Their tax code.
    pub code: String,
    /// Who wrote it.
    pub by: String,
    /// Where it is left.
    pub state: ApplicationState,
    /// What each commissioner gave.
    #[serde(default)]
    pub points: Vec<Vec<u32>>,
    /// Why it was excluded or withdrawn.
    pub because: Option<String>,
    /// What the office asked to be completed.
    pub asked: Option<String>,
    /// Where it is.
    pub place: String,
    /// What it costs, in euros.
    pub costs: Vec<(String, i64)>,
    /// What it is.
    pub summary: String,
    /// The plan.
    pub plan: String,
}

const CALLS: &str = include_str!("../../../demonstration/calls.toml");

/// The calls.
///
/// # Errors
/// `Bug` when the file cannot be read.
pub fn calls() -> Result<Vec<Call>> {
    super::read::<Calls>(CALLS).map(|all| all.call)
}
