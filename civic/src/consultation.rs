//! A consultation: a dated participatory process on one question, with its phases, themes and districts.
//!
//! Rule: what may be done follows from the phase, and the phase follows from the time, at its minute, with no job.
//! Phases never overlap; between them nothing may be done. Imported contributions are bound to no phase.

pub mod days;
pub mod import;
pub mod read;
pub(crate) mod store;
mod wording;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Fault, Result};
use crate::id::{ConsultationId, DistrictId, PhaseId, ThemeId};
use crate::language::Localised;
use crate::limits::PHASES_PER_CONSULTATION;
use crate::time::{Timestamp, Window};

/// What kind of step of a consultation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseKind {
    /// The question is explained.
    Information,
    /// Proposals are collected.
    Collection,
    /// What was collected is discussed.
    Discussion,
    /// The offices examine it.
    Review,
    /// The city's answers are out.
    Results,
}

/// What a phase may allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doing {
    /// Publish a proposal.
    Propose,
    /// Support a proposal.
    Support,
    /// Comment.
    Comment,
}

impl PhaseKind {
    /// All of them, in their usual order.
    pub const ALL: [Self; 5] = [
        Self::Information,
        Self::Collection,
        Self::Discussion,
        Self::Review,
        Self::Results,
    ];

    /// The name in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Collection => "collection",
            Self::Discussion => "discussion",
            Self::Review => "review",
            Self::Results => "results",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether it may be done in such a phase.
    #[must_use]
    pub const fn allows(self, doing: Doing) -> bool {
        match (self, doing) {
            (Self::Collection, Doing::Propose | Doing::Support | Doing::Comment)
            | (Self::Discussion, Doing::Support | Doing::Comment) => true,
            (Self::Discussion, Doing::Propose)
            | (Self::Information | Self::Review | Self::Results, Doing::Propose | Doing::Support | Doing::Comment) => {
                false
            }
        }
    }
}

/// A dated step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Which one.
    pub id: PhaseId,
    /// What kind.
    pub kind: PhaseKind,
    /// From when until when (half-open).
    pub window: Window,
}

/// The phase that holds `now`, if any does.
#[must_use]
pub fn phase_at(phases: &[Phase], now: Timestamp) -> Option<&Phase> {
    phases.iter().find(|phase| phase.window.holds(now))
}

/// When proposals can be written, for those who cannot write one now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    /// From this instant.
    Opens(Timestamp),
    /// Until this instant, which is past.
    Ended(Timestamp),
    /// Never.
    Never,
}

/// When proposals are collected next, or were last, seen from `now`; `phases` are first to last.
#[must_use]
pub fn collection(phases: &[Phase], now: Timestamp) -> Collection {
    let collecting = || phases.iter().filter(|phase| phase.kind.allows(Doing::Propose));
    if let Some(next) = collecting().find(|phase| phase.window.start > now) {
        return Collection::Opens(next.window.start);
    }
    collecting()
        .next_back()
        .map_or(Collection::Never, |last| Collection::Ended(last.window.end))
}

/// Where a consultation stands as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// Something may be done, or will be in its next phase.
    Open,
    /// It has not begun.
    Coming,
    /// It is over.
    Closed,
}

impl Standing {
    /// All of them, in the order in which people look for them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Coming, Self::Closed];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Coming => "coming",
            Self::Closed => "closed",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text)
    }
}

/// Where a consultation with these phases stands at `now`: the results phase counts as closed.
#[must_use]
pub fn standing(phases: &[Phase], now: Timestamp) -> Standing {
    let working = phases.iter().filter(|phase| phase.kind != PhaseKind::Results);
    let (start, end) = working.fold(
        (None, None),
        |(start, end): (Option<Timestamp>, Option<Timestamp>), phase| {
            let first = start.map_or(phase.window.start, |other| other.min(phase.window.start));
            let last = end.map_or(phase.window.end, |other| other.max(phase.window.end));
            (Some(first), Some(last))
        },
    );
    match (start, end) {
        (Some(start), _) if now < start => Standing::Coming,
        (_, Some(end)) if now < end => Standing::Open,
        _ => Standing::Closed,
    }
}

/// A phase to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPhase {
    /// What kind.
    pub kind: PhaseKind,
    /// Its first instant.
    pub starts_at: Timestamp,
    /// The first instant after it.
    pub ends_at: Timestamp,
}

/// Reads phases: each with a length, none over another.
///
/// # Errors
/// `Invalid` in `phases` for an empty one or too many, `Conflict(PhasesOverlap)`.
pub fn read_phases(new: &[NewPhase]) -> Result<Vec<(PhaseKind, Window)>> {
    if new.len() > PHASES_PER_CONSULTATION {
        let limit = PHASES_PER_CONSULTATION as u64;
        return Err(Error::Invalid(vec![Fault::over("phases", Code::TooMany, limit)]));
    }
    let mut phases = Vec::with_capacity(new.len());
    for phase in new {
        let window =
            Window::new(phase.starts_at, phase.ends_at).ok_or_else(|| Error::field("phases", Code::OutOfRange))?;
        if phases
            .iter()
            .any(|(_, other): &(PhaseKind, Window)| other.overlaps(&window))
        {
            return Err(Error::Conflict(Code::PhasesOverlap));
        }
        phases.push((phase.kind, window));
    }
    phases.sort_by_key(|(_, window)| window.start);
    Ok(phases)
}

/// What other nouns need to know of a consultation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Which one.
    pub id: ConsultationId,
    /// Its part of the address.
    pub slug: String,
    /// Its title.
    pub title: Localised,
    /// Its phases, first to last.
    pub phases: Vec<Phase>,
}

impl Rules {
    /// Whether it may be done at `now`.
    ///
    /// # Errors
    /// `Conflict(WrongPhase)` when the present phase does not allow it, or there is none.
    pub fn allows(&self, doing: Doing, now: Timestamp) -> Result<()> {
        match phase_at(&self.phases, now) {
            Some(phase) if phase.kind.allows(doing) => Ok(()),
            _ => Err(Error::Conflict(Code::WrongPhase)),
        }
    }
}

/// Whether a part of the city is a district or a quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DistrictKind {
    /// One of the few large parts, in Milan a Municipio.
    District,
    /// One of the many small parts, in Milan a NIL. It need not lie in one district.
    Quarter,
}

impl DistrictKind {
    /// The name in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::District => "district",
            Self::Quarter => "quarter",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::District, Self::Quarter]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// A theme of a consultation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Which one.
    pub id: ThemeId,
    /// The theme above it.
    pub parent: Option<ThemeId>,
    /// Its part of addresses.
    pub slug: String,
    /// Its name.
    pub name: Localised,
}

/// A district or quarter of a consultation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// Which one.
    pub id: DistrictId,
    /// Which of the two.
    pub kind: DistrictKind,
    /// The city's own code.
    pub code: String,
    /// Its name.
    pub name: Localised,
}

/// A theme to be made; themes below it follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTheme {
    /// Its part of addresses.
    pub slug: String,
    /// Its name.
    pub name: Localised,
    /// The slug of the theme above it.
    pub parent: Option<String>,
}

/// A district or quarter to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDistrict {
    /// Which of the two.
    pub kind: DistrictKind,
    /// The city's own code.
    pub code: String,
    /// Its name.
    pub name: Localised,
    /// Its outline.
    pub outline: Option<Outline>,
}

/// The outline of a part of the city: rings of points in millionths of a degree, longitude first, as in GeoJSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Outline(pub Vec<Vec<(i64, i64)>>);

impl Outline {
    /// Whether a point lies inside, by the even-odd rule: a ring inside a ring is a hole.
    #[must_use]
    pub fn holds(&self, longitude_e6: i64, latitude_e6: i64) -> bool {
        let mut inside = false;
        for ring in &self.0 {
            let ends = ring.iter().copied().zip(ring.iter().copied().cycle().skip(1));
            for ((x1, y1), (x2, y2)) in ends {
                if (y1 > latitude_e6) == (y2 > latitude_e6) {
                    continue;
                }
                // Where the side crosses the point's latitude, without division: compare products of the same sign.
                let left = i128::from(longitude_e6 - x1) * i128::from(y2 - y1);
                let right = i128::from(latitude_e6 - y1) * i128::from(x2 - x1);
                inside ^= (left < right) == (y2 > y1);
            }
        }
        inside
    }
}

/// A consultation to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConsultation {
    /// Its part of the address.
    pub slug: String,
    /// Its title.
    pub title: Localised,
    /// The question, in a sentence or two.
    pub question: Localised,
    /// The rest, in Markdown.
    pub description: Localised,
    /// Its phases.
    pub phases: Vec<NewPhase>,
    /// Its themes.
    pub themes: Vec<NewTheme>,
    /// Its districts and quarters.
    pub districts: Vec<NewDistrict>,
    /// Where it was imported from.
    pub source: Option<String>,
}

/// A change of a consultation: what is `None` stays as it is. Its part of the address never changes, since links hold it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConsultationChange {
    /// Its title.
    pub title: Option<Localised>,
    /// The question.
    pub question: Option<Localised>,
    /// The rest, in Markdown.
    pub description: Option<Localised>,
    /// All its phases.
    pub phases: Option<Vec<NewPhase>>,
    /// All its themes, known by their slugs; those above before those below.
    pub themes: Option<Vec<NewTheme>>,
    /// All its districts and quarters, known by kind and code; outlines stay as they are.
    pub districts: Option<Vec<NewDistrict>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase(kind: PhaseKind, from: i64, to: i64) -> NewPhase {
        NewPhase {
            kind,
            starts_at: Timestamp::from_ms(from),
            ends_at: Timestamp::from_ms(to),
        }
    }

    #[test]
    fn phases_that_share_an_instant_are_refused_and_neighbours_are_not() {
        let neighbours = [
            phase(PhaseKind::Information, 0, 10),
            phase(PhaseKind::Collection, 10, 20),
        ];
        assert_eq!(read_phases(&neighbours).map(|phases| phases.len()), Ok(2));
        let overlapping = [
            phase(PhaseKind::Information, 0, 11),
            phase(PhaseKind::Collection, 10, 20),
        ];
        assert_eq!(read_phases(&overlapping), Err(Error::Conflict(Code::PhasesOverlap)));
        assert!(read_phases(&[phase(PhaseKind::Review, 5, 5)]).is_err());
    }

    #[test]
    fn only_collection_takes_proposals() {
        let taking: Vec<PhaseKind> = PhaseKind::ALL
            .into_iter()
            .filter(|kind| kind.allows(Doing::Propose))
            .collect();
        assert_eq!(taking, [PhaseKind::Collection]);
    }

    #[test]
    fn a_point_in_a_hole_is_outside() {
        let square = |from: i64, to: i64| vec![(from, from), (to, from), (to, to), (from, to)];
        let outline = Outline(vec![square(0, 100), square(40, 60)]);
        assert!(outline.holds(10, 10) && !outline.holds(50, 50) && !outline.holds(101, 50));
    }
}
