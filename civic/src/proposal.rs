//! A proposal: a citizen's idea for a consultation, its lifecycle and the rules of changing it.
//!
//! Rule: a draft is kept by the server and is its author's alone; what was published stays readable in every version.
//! The text may change freely until the first support or for an hour, whichever is later; afterwards only an addendum
//! by the author or a marked correction by an editor (architecture, decision 11). Deliberately absent: being hidden,
//! which is a mark with a decision behind it and no state.

pub mod read;
pub(crate) mod store;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Fault, Faults, Result};
use crate::id::{ConsultationId, DistrictId, MemberId, ProposalId, ThemeId};
use crate::language::Lang;
use crate::limits::{FREE_EDIT_MS, PROPOSAL_BODY_MAX_CHARS, TITLE_MAX_CHARS, TITLE_MIN_CHARS};
use crate::text::{Markdown, Title};
use crate::time::Timestamp;

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// Being written; seen by its author only.
    Draft,
    /// Open to support and comment.
    Published,
    /// The city's offices are looking at it.
    UnderReview,
    /// The city will do it.
    Accepted,
    /// The city will do a part of it.
    PartlyAccepted,
    /// The city will not do it, and says why.
    Declined,
    /// It is done.
    Delivered,
    /// Its author took it back; the text stays readable.
    Withdrawn,
    /// It lives on in another proposal.
    Merged,
}

/// A step of a proposal's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProposalStep {
    /// The author makes it public.
    Publish,
    /// The city takes it up.
    TakeUp,
    /// The city answers: yes.
    Accept,
    /// The city answers: in part.
    AcceptPartly,
    /// The city answers: no.
    Decline,
    /// What was promised is done.
    Deliver,
    /// The author takes it back.
    Withdraw,
    /// Staff joins it to another.
    Merge,
}

impl ProposalState {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Published,
        Self::UnderReview,
        Self::Accepted,
        Self::PartlyAccepted,
        Self::Declined,
        Self::Delivered,
        Self::Withdrawn,
        Self::Merged,
    ];

    /// The name in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::UnderReview => "under_review",
            Self::Accepted => "accepted",
            Self::PartlyAccepted => "partly_accepted",
            Self::Declined => "declined",
            Self::Delivered => "delivered",
            Self::Withdrawn => "withdrawn",
            Self::Merged => "merged",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Where `step` leads from here.
    ///
    /// # Errors
    /// `Conflict(WrongState)` when the lifecycle has no such step.
    pub const fn after(self, step: ProposalStep) -> Result<Self> {
        use ProposalStep as Step;
        match (self, step) {
            (Self::Draft, Step::Publish) => Ok(Self::Published),
            (Self::Published, Step::TakeUp) => Ok(Self::UnderReview),
            (Self::UnderReview, Step::Accept) => Ok(Self::Accepted),
            (Self::UnderReview, Step::AcceptPartly) => Ok(Self::PartlyAccepted),
            (Self::UnderReview, Step::Decline) => Ok(Self::Declined),
            (Self::Accepted | Self::PartlyAccepted, Step::Deliver) => Ok(Self::Delivered),
            (Self::Published, Step::Withdraw) => Ok(Self::Withdrawn),
            (Self::Published, Step::Merge) => Ok(Self::Merged),
            (
                Self::Draft
                | Self::Published
                | Self::UnderReview
                | Self::Accepted
                | Self::PartlyAccepted
                | Self::Declined
                | Self::Delivered
                | Self::Withdrawn
                | Self::Merged,
                _,
            ) => Err(Error::Conflict(Code::WrongState)),
        }
    }

    /// The steps of an answer that are possible from here.
    pub fn answers(self) -> impl Iterator<Item = ProposalStep> {
        let all = ProposalStep::ANSWERS.into_iter();
        all.filter(move |step| self.after(*step).is_ok())
    }

    /// Whether lists, counts and the index show it when nothing else is asked for.
    #[must_use]
    pub const fn is_listed(self) -> bool {
        !matches!(self, Self::Draft | Self::Withdrawn | Self::Merged)
    }
}

impl ProposalStep {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Publish,
        Self::TakeUp,
        Self::Accept,
        Self::AcceptPartly,
        Self::Decline,
        Self::Deliver,
        Self::Withdraw,
        Self::Merge,
    ];
    /// Those by which the city answers, in the order of a life.
    pub const ANSWERS: [Self; 5] = [
        Self::TakeUp,
        Self::Accept,
        Self::AcceptPartly,
        Self::Decline,
        Self::Deliver,
    ];

    /// Whether the city must say why.
    #[must_use]
    pub const fn needs_text(self) -> bool {
        matches!(self, Self::Accept | Self::AcceptPartly | Self::Decline)
    }
}

/// How a proposal came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Written on the site.
    Online,
    /// Said at a meeting and entered by staff.
    Meeting,
    /// Told by telephone.
    Phone,
    /// Sent on paper.
    Paper,
    /// Handed in by an organisation.
    Organisation,
    /// Made by the city itself.
    Official,
}

impl Origin {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Online,
        Self::Meeting,
        Self::Phone,
        Self::Paper,
        Self::Organisation,
        Self::Official,
    ];

    /// The name in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Meeting => "meeting",
            Self::Phone => "phone",
            Self::Paper => "paper",
            Self::Organisation => "organisation",
            Self::Official => "official",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text)
    }
}

/// How one version of the text came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionKind {
    /// As first published.
    Original,
    /// Changed by the author while that was free.
    Edit,
    /// A note added by the author below the text.
    Addendum,
    /// Corrected by an editor, with a reason.
    Correction,
}

impl VersionKind {
    /// The name in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Edit => "edit",
            Self::Addendum => "addendum",
            Self::Correction => "correction",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Original, Self::Edit, Self::Addendum, Self::Correction]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// A point in millionths of a degree (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// North of the equator.
    pub latitude_e6: i64,
    /// East of Greenwich.
    pub longitude_e6: i64,
}

/// The latitude of the poles, in millionths of a degree.
const POLE_E6: i64 = 90_000_000;
/// The longitude of the date line, in millionths of a degree.
const DATE_LINE_E6: i64 = 180_000_000;

impl Point {
    /// A point of the globe; `None` beyond the poles or the date line.
    #[must_use]
    pub fn on_globe(latitude_e6: i64, longitude_e6: i64) -> Option<Self> {
        let point = Self {
            latitude_e6,
            longitude_e6,
        };
        point.is_on_globe().then_some(point)
    }

    /// Whether it is neither beyond the poles nor beyond the date line, so that one may reckon with it.
    #[must_use]
    pub fn is_on_globe(self) -> bool {
        (-POLE_E6..=POLE_E6).contains(&self.latitude_e6) && (-DATE_LINE_E6..=DATE_LINE_E6).contains(&self.longitude_e6)
    }
}

/// What permissions on a proposal depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalFacts {
    /// Which one.
    pub id: ProposalId,
    /// Where it belongs.
    pub consultation: ConsultationId,
    /// Who wrote it; nobody for those told at a meeting.
    pub author: Option<MemberId>,
    /// Where it stands.
    pub state: ProposalState,
    /// Whether a moderator hid it.
    pub hidden: bool,
}

impl ProposalFacts {
    /// Whether only its author may know of it.
    #[must_use]
    pub const fn is_draft(&self) -> bool {
        matches!(self.state, ProposalState::Draft)
    }
}

/// What somebody typed into the form of a proposal; `None` leaves a field of an existing one as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProposalInput {
    /// The title.
    pub title: Option<String>,
    /// The text in Markdown.
    pub body: Option<String>,
    /// The language it is written in; detected when not said.
    pub lang: Option<String>,
    /// The theme; `Some(None)` takes it away.
    pub theme: Option<Option<ThemeId>>,
    /// The district; `Some(None)` takes it away.
    pub district: Option<Option<DistrictId>>,
    /// The quarter; `Some(None)` takes it away.
    pub quarter: Option<Option<DistrictId>>,
    /// The point; `Some(None)` takes it away.
    pub point: Option<Option<Point>>,
    /// How it came in; only staff may say other than online.
    pub origin: Option<Origin>,
}

/// The texts of a proposal after reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wording {
    pub title: String,
    pub body: String,
}

/// Reads a draft's texts: bounded, but as unfinished as their author left them.
pub(crate) fn read_draft(title: &str, body: &str) -> Result<Wording> {
    let mut faults = Faults::new();
    let title = faults.take(draft_title(title));
    let body = faults.take(draft_body(body));
    faults.check()?;
    Ok(Wording {
        title: title.unwrap_or_default(),
        body: body.unwrap_or_default(),
    })
}

fn draft_title(raw: &str) -> std::result::Result<String, Fault> {
    if raw.trim().is_empty() {
        return Ok(String::new());
    }
    Title::parse(raw, 1, TITLE_MAX_CHARS)
        .map(Title::into_string)
        .map_err(|problem| problem.fault("title"))
}

fn draft_body(raw: &str) -> std::result::Result<String, Fault> {
    if raw.trim().is_empty() {
        return Ok(String::new());
    }
    Markdown::parse(raw, PROPOSAL_BODY_MAX_CHARS)
        .map(Markdown::into_string)
        .map_err(|problem| problem.fault("body"))
}

/// Reads the texts that are to be public: complete.
pub(crate) fn read_public(title: &str, body: &str) -> Result<Wording> {
    let mut faults = Faults::new();
    let title = faults.take(
        Title::parse(title, TITLE_MIN_CHARS, TITLE_MAX_CHARS)
            .map(Title::into_string)
            .map_err(|problem| problem.fault("title")),
    );
    let body = faults.take(
        Markdown::parse(body, PROPOSAL_BODY_MAX_CHARS)
            .map(Markdown::into_string)
            .map_err(|problem| problem.fault("body")),
    );
    faults.check()?;
    Ok(Wording {
        title: title.unwrap_or_default(),
        body: body.unwrap_or_default(),
    })
}

/// Reads everything that must be there before a proposal is public, so that all that is missing is told at once.
pub(crate) fn read_complete(title: &str, body: &str, theme_missing: bool) -> Result<Wording> {
    let wording = read_public(title, body);
    if !theme_missing {
        return wording;
    }
    let mut faults = match wording {
        Err(Error::Invalid(faults)) => faults,
        Err(other) => return Err(other),
        Ok(_) => Vec::new(),
    };
    faults.push(Fault::new("theme", Code::Empty));
    Err(Error::Invalid(faults))
}

/// Whether a title and a text could be public as they are.
///
/// # Errors
/// `Invalid` with every fault found.
pub fn check_wording(title: &str, body: &str) -> Result<()> {
    read_public(title, body).map(|_| ())
}

/// Reads the language that somebody chose, or detects it; Italian when neither tells.
pub(crate) fn read_lang(chosen: Option<&str>, text: &str) -> Result<Lang> {
    match chosen.filter(|code| !code.is_empty()) {
        Some(code) => Lang::parse(code).ok_or_else(|| Error::field("lang", Code::UnknownValue)),
        None => Ok(crate::text::detect(text).unwrap_or_else(Lang::italian)),
    }
}

/// Whether the author may still change the text itself.
#[must_use]
pub const fn is_freely_editable(own_supports: i64, published_at: Option<Timestamp>, now: Timestamp) -> bool {
    match published_at {
        None => true,
        Some(at) => own_supports == 0 || now.since_ms(at) < FREE_EDIT_MS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR_MS;

    #[test]
    fn every_state_reads_back_from_its_name() {
        for state in ProposalState::ALL {
            assert_eq!(ProposalState::parse(state.as_str()), Some(state));
        }
    }

    #[test]
    fn a_text_is_free_to_change_until_the_first_support_or_for_an_hour() {
        let published = Timestamp::from_ms(0);
        assert!(is_freely_editable(
            0,
            Some(published),
            Timestamp::from_ms(100 * HOUR_MS)
        ));
        assert!(is_freely_editable(3, Some(published), Timestamp::from_ms(HOUR_MS - 1)));
        assert!(!is_freely_editable(1, Some(published), Timestamp::from_ms(HOUR_MS)));
    }

    #[test]
    fn nothing_leaves_a_final_state() {
        for state in [
            ProposalState::Declined,
            ProposalState::Delivered,
            ProposalState::Withdrawn,
            ProposalState::Merged,
        ] {
            assert!(
                ProposalStep::ALL.iter().all(|step| state.after(*step).is_err()),
                "{}",
                state.as_str()
            );
        }
    }
}
