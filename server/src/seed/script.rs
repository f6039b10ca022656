//! What the demonstration's files say: people, consultations, proposals, comments.
//!
//! Rule: the texts are data (`server/demonstration/*.toml`), and days count from today, so that the city never ages.
//! An unknown key or value is refused, here and in a test.

mod calls;
mod campaigns;

use civic::actor::Role;
use civic::comment::Stance;
use civic::consultation::PhaseKind;
use civic::error::{Error, Result};
use civic::language::{Language, Localised};
use civic::proposal::{Origin, ProposalState};
use serde::Deserialize;

pub use calls::{Application, Call, End, calls};
pub use campaigns::{Campaign, campaigns};

/// Everybody and everything that consultations share.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Town {
    /// Members with a part to play.
    pub people: Vec<Person>,
    /// First names of the others.
    pub first_names: Vec<String>,
    /// What is said after their first names: where they live.
    pub from: Vec<String>,
    /// The districts, first to last.
    pub districts: Vec<Localised>,
    /// What people say who have no part: spread over the proposals.
    pub remarks: Vec<Remark>,
}

/// A member with a part to play.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The public name.
    pub nickname: String,
    /// The address.
    pub email: String,
    /// The role, for staff.
    pub role: Option<Role>,
    /// The language of their letters.
    #[serde(default)]
    pub language: Language,
}

/// A consultation with what was said in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consultation {
    /// Its part of the address.
    pub slug: String,
    /// Its title.
    pub title: Localised,
    /// Its question.
    pub question: Localised,
    /// The rest, in Markdown.
    pub description: Localised,
    /// Its phases.
    pub phases: Vec<Span>,
    /// Its themes.
    pub themes: Vec<Theme>,
    /// Its proposals.
    #[serde(default, rename = "proposal")]
    pub proposals: Vec<Proposal>,
}

/// A phase, in days from today.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Which kind.
    pub kind: PhaseKind,
    /// Its first day.
    pub from: i64,
    /// The first day after it.
    pub to: i64,
}

/// A theme.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Its part of addresses.
    pub slug: String,
    /// Its name.
    pub name: Localised,
    /// The slug of the theme above it.
    pub above: Option<String>,
}

/// A proposal and its fate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The title.
    pub title: String,
    /// The text in Markdown.
    pub text: String,
    /// Its language, where it is not to be found out.
    pub lang: Option<String>,
    /// The slug of its theme.
    pub theme: String,
    /// The number of its district.
    pub district: Option<String>,
    /// Latitude and longitude in degrees.
    pub point: Option<(f64, f64)>,
    /// Who wrote it; somebody when not said.
    pub by: Option<String>,
    /// How many days ago.
    pub days_ago: i64,
    /// How it came in.
    pub origin: Option<Origin>,
    /// Where it stands in the end.
    #[serde(default = "published")]
    pub state: ProposalState,
    /// The city's answer, or why it was withdrawn or joined to another.
    pub because: Option<String>,
    /// The title of an earlier one that it was joined to.
    pub into: Option<String>,
    /// How many support it.
    #[serde(default)]
    pub supports: usize,
    /// How many say something of the common remarks.
    #[serde(default)]
    pub remarks: usize,
    /// The drawn scene that goes with it, and what it shows.
    pub picture: Option<(String, String)>,
    /// The title of the paper that goes with it.
    pub paper: Option<String>,
    /// Another wording that the author gave it soon after publishing.
    pub edited: Option<String>,
    /// A note that the author added later.
    pub addendum: Option<String>,
    /// The title as an editor corrected it, and why.
    pub corrected: Option<(String, String)>,
    /// Why a moderator hid it.
    pub hidden: Option<String>,
    /// Why a moderator showed it again.
    pub restored: Option<String>,
    /// What was said about it.
    #[serde(default, rename = "comment")]
    pub comments: Vec<Comment>,
}

const fn published() -> ProposalState {
    ProposalState::Published
}

/// A comment and its fate.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub stance: Option<Stance>,
    /// Who wrote it; somebody when not said.
    pub by: Option<String>,
    /// How many support it.
    #[serde(default)]
    pub supports: usize,
    /// Another wording that its author gave it.
    pub edited: Option<String>,
    /// Whether its author removed it.
    #[serde(default)]
    pub removed: bool,
    /// Why a moderator hid it.
    pub hidden: Option<String>,
    /// Why a moderator showed it again.
    pub restored: Option<String>,
    /// What was answered.
    #[serde(default, rename = "answer")]
    pub answers: Vec<Self>,
}

/// Something that fits many proposals.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remark {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub stance: Option<Stance>,
}

const TOWN: &str = include_str!("../../demonstration/town.toml");
const CONSULTATIONS: [&str; 7] = [
    include_str!("../../demonstration/casa.toml"),
    include_str!("../../demonstration/cortili.toml"),
    include_str!("../../demonstration/cultura.toml"),
    include_str!("../../demonstration/digitale.toml"),
    include_str!("../../demonstration/notte.toml"),
    include_str!("../../demonstration/verde.toml"),
    include_str!("../../demonstration/strade.toml"),
];

/// The town's file.
///
/// # Errors
/// `Bug` when it cannot be read.
pub fn town() -> Result<Town> {
    read(TOWN)
}

/// The consultations, in the order in which they are opened.
///
/// # Errors
/// `Bug` when one cannot be read.
pub fn consultations() -> Result<Vec<Consultation>> {
    CONSULTATIONS.into_iter().map(read).collect()
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| Error::Bug(format!("the demonstration's files: {error}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_calls_have_an_application_in_every_state() {
        let calls = super::calls().expect("readable");
        let applications = calls.iter().flat_map(|call| &call.applications);
        let states: BTreeSet<_> = applications.map(|application| application.state).collect();
        assert_eq!(states.len(), civic::application::ApplicationState::ALL.len());
    }

    #[test]
    fn the_script_shows_every_state_and_every_origin() {
        let consultations = super::consultations().expect("readable");
        let proposals = || consultations.iter().flat_map(|consultation| &consultation.proposals);
        let states: BTreeSet<ProposalState> = proposals().map(|proposal| proposal.state).collect();
        assert_eq!(states.len(), ProposalState::ALL.len());
        let origins: BTreeSet<Origin> = proposals().filter_map(|proposal| proposal.origin).collect();
        assert_eq!(origins.len(), Origin::ALL.len() - 1, "online is not said");
        assert!((60..=100).contains(&proposals().count()), "{}", proposals().count());
    }
}
