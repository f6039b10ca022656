//! Proposals on the wire.

mod facets;
mod input;
mod link;

use async_graphql::{Enum, InputObject, SimpleObject};
use civic::id::{ConsultationId, DistrictId, MemberId, ProposalId, ThemeId};
use civic::proposal::read::{self, Addendum, Answer, Named, Permissions, ProposalCard, ProposalPage, Version};
use poem_openapi::{Enum as ApiEnum, Object};
use serde::Serialize;

use super::attachment::AttachmentOut;
use super::consultation::PhaseOut;
use super::{ChangeOut, Moment, Ref, all};

pub use facets::{DistrictCountOut, FacetsOut, OriginCountOut, StateCountOut, ThemeCountOut};
pub use input::{AddendumIn, AnswerIn, CorrectionIn, MergeIn, ProposalIn};
pub use link::ProposalLinkOut;

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[graphql(remote = "civic::proposal::ProposalState")]
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

/// A step by which the city moves a proposal on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
pub enum AnswerStep {
    /// The city takes it up.
    TakeUp,
    /// The city says yes.
    Accept,
    /// The city says yes in part.
    AcceptPartly,
    /// The city says no.
    Decline,
    /// What was promised is done.
    Deliver,
}

impl From<AnswerStep> for civic::proposal::ProposalStep {
    fn from(step: AnswerStep) -> Self {
        match step {
            AnswerStep::TakeUp => Self::TakeUp,
            AnswerStep::Accept => Self::Accept,
            AnswerStep::AcceptPartly => Self::AcceptPartly,
            AnswerStep::Decline => Self::Decline,
            AnswerStep::Deliver => Self::Deliver,
        }
    }
}

impl AnswerStep {
    /// The step on the wire; nothing for one that is none of the city's.
    #[must_use]
    pub const fn of(step: civic::proposal::ProposalStep) -> Option<Self> {
        use civic::proposal::ProposalStep as Step;
        match step {
            Step::TakeUp => Some(Self::TakeUp),
            Step::Accept => Some(Self::Accept),
            Step::AcceptPartly => Some(Self::AcceptPartly),
            Step::Decline => Some(Self::Decline),
            Step::Deliver => Some(Self::Deliver),
            Step::Publish | Step::Withdraw | Step::Merge => None,
        }
    }
}

/// How a proposal came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[graphql(remote = "civic::proposal::Origin")]
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

/// How one version of a text came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::proposal::VersionKind")]
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

/// In which order a list of proposals is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ProposalSort {
    /// Last published first.
    Newest,
    /// Most supports first.
    MostSupported,
    /// Most comments first.
    MostDiscussed,
    /// A fair order that stays the same for one seed.
    Random,
}

impl ProposalSort {
    /// The order with its seed, which only the random one uses.
    #[must_use]
    pub const fn with_seed(self, seed: u32) -> read::Sort {
        match self {
            Self::Newest => read::Sort::Newest,
            Self::MostSupported => read::Sort::MostSupported,
            Self::MostDiscussed => read::Sort::MostDiscussed,
            Self::Random => read::Sort::Random(seed),
        }
    }
}

macro_rules! named {
    ($($(#[$doc:meta])* $out:ident = $name:literal of $id:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Object, SimpleObject, Serialize)]
        #[oai(rename = $name)]
        #[graphql(name = $name)]
        pub struct $out {
            /// Which.
            pub id: Ref<$id>,
            /// Its name.
            pub name: String,
        }

        impl From<Named<$id>> for $out {
            fn from(named: Named<$id>) -> Self {
                Self { id: Ref(named.id), name: named.name }
            }
        }
    )*};
}

named! {
    /// A member by public name.
    AuthorOut = "Author" of MemberId;
    /// A theme by its name in the reader's language.
    ThemeNameOut = "ThemeName" of ThemeId;
    /// A district or quarter by its name in the reader's language.
    DistrictNameOut = "DistrictName" of DistrictId;
}

/// A point in millionths of a degree (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Object, SimpleObject, InputObject)]
#[oai(rename = "Point", deny_unknown_fields)]
#[graphql(name = "Point", input_name = "PointIn")]
pub struct Point {
    /// North of the equator.
    pub latitude_e6: i64,
    /// East of Greenwich.
    pub longitude_e6: i64,
}

/// A proposal as lists show it.
#[derive(Debug, Clone, Object, SimpleObject, Serialize)]
#[oai(rename = "Proposal", skip_serializing_if_is_none)]
#[graphql(complex, name = "Proposal")]
pub struct ProposalOut {
    /// Which one.
    pub id: Ref<ProposalId>,
    /// The readable tail of its address.
    pub slug: String,
    /// The consultation to which it belongs.
    pub consultation_id: Ref<ConsultationId>,
    /// Its title.
    pub title: String,
    /// The beginning of its text, plain.
    pub excerpt: String,
    /// The language it is written in (ISO 639-1).
    pub lang: String,
    /// Who wrote it; nobody for those told at a meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<AuthorOut>,
    /// How it came in.
    pub origin: Origin,
    /// Where it stands.
    pub state: ProposalState,
    /// Whether a moderator hid it; then only its author and moderators see it.
    pub hidden: bool,
    /// Its theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<ThemeNameOut>,
    /// Its district.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<DistrictNameOut>,
    /// How many support it.
    pub support_count: i64,
    /// How many comments it has.
    pub comment_count: i64,
    /// Grows with each change, from 1 on; whoever sends it with a change is told when there was another meanwhile.
    pub version: i64,
    /// When it was begun.
    pub created_at: Moment,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Moment>,
}

impl From<ProposalCard> for ProposalOut {
    fn from(card: ProposalCard) -> Self {
        Self {
            id: Ref(card.id),
            slug: card.slug,
            consultation_id: Ref(card.consultation),
            title: card.title,
            excerpt: card.excerpt,
            lang: card.lang.code().to_owned(),
            author: card.author.map(Into::into),
            origin: card.origin.into(),
            state: card.state.into(),
            hidden: card.hidden,
            theme: card.theme.map(Into::into),
            district: card.district.map(Into::into),
            support_count: card.supports,
            comment_count: card.comments,
            version: card.version,
            created_at: Moment(card.created_at),
            published_at: card.published_at.map(Moment),
        }
    }
}

/// What the asking member may do with a proposal now.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "ProposalPermissions")]
#[graphql(name = "ProposalPermissions")]
#[allow(clippy::struct_excessive_bools, reason = "one for each button")]
pub struct ProposalPermissionsOut {
    /// Change the text freely.
    pub edit: bool,
    /// Publish the draft.
    pub publish: bool,
    /// Add a note below the text.
    pub add: bool,
    /// Correct the text, marked so.
    pub correct: bool,
    /// Answer it for the city, by one of its steps.
    pub answer: bool,
    /// Join it to another.
    pub merge: bool,
    /// Take it back.
    pub withdraw: bool,
    /// Support it.
    pub support: bool,
    /// Take one's support back.
    pub take_back: bool,
    /// Comment it.
    pub comment: bool,
    /// Hide or restore it.
    pub moderate: bool,
}

impl From<Permissions> for ProposalPermissionsOut {
    fn from(can: Permissions) -> Self {
        Self {
            edit: can.edit,
            publish: can.publish,
            add: can.add,
            correct: can.correct,
            answer: can.answer,
            merge: can.merge,
            withdraw: can.withdraw,
            support: can.support,
            take_back: can.take_back,
            comment: can.comment,
            moderate: can.moderate,
        }
    }
}

/// The city's answer to a proposal.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Answer", skip_serializing_if_is_none)]
#[graphql(name = "Answer")]
pub struct AnswerOut {
    /// The reasons in Markdown; empty where an import brought none.
    pub text: String,
    /// The reasons as safe HTML.
    pub html: String,
    /// Their language (ISO 639-1).
    pub lang: String,
    /// When it was given.
    pub answered_at: Option<Moment>,
}

impl From<Answer> for AnswerOut {
    fn from(answer: Answer) -> Self {
        Self {
            html: answer.text.to_html().as_str().to_owned(),
            text: answer.text.into_string(),
            lang: answer.lang.code().to_owned(),
            answered_at: answer.answered_at.map(Moment),
        }
    }
}

/// A note that the author added below the text.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Addendum")]
#[graphql(name = "Addendum")]
pub struct AddendumOut {
    /// The note in Markdown.
    pub text: String,
    /// The note as safe HTML.
    pub html: String,
    /// When.
    pub written_at: Moment,
}

impl From<Addendum> for AddendumOut {
    fn from(addendum: Addendum) -> Self {
        Self {
            html: addendum.text.to_html().as_str().to_owned(),
            text: addendum.text.into_string(),
            written_at: Moment(addendum.written_at),
        }
    }
}

/// Everything about one proposal.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "ProposalPage", skip_serializing_if_is_none)]
#[graphql(name = "ProposalPage")]
pub struct ProposalPageOut {
    /// What lists show too.
    #[oai(flatten)]
    pub proposal: ProposalOut,
    /// The whole text in Markdown.
    pub body: String,
    /// The whole text as safe HTML.
    pub html: String,
    /// Notes added below it.
    pub addenda: Vec<AddendumOut>,
    /// The quarter, beside the district.
    pub quarter: Option<DistrictNameOut>,
    /// The point on the map.
    pub point: Option<Point>,
    /// Supports that an import brought as a number without persons.
    pub tally_support_count: i64,
    /// Whether the asking member supports it.
    pub supported: bool,
    /// When the text was last changed.
    pub edited_at: Option<Moment>,
    /// When it was taken back.
    pub withdrawn_at: Option<Moment>,
    /// Why it was taken back.
    pub withdraw_reason: Option<String>,
    /// Why a moderator hid it; for its author and moderators.
    pub hidden_reason: Option<String>,
    /// The city's answer; of one that was joined to another, why.
    pub answer: Option<AnswerOut>,
    /// The one it lives on in, when it was joined to another.
    pub merged_into: Option<ProposalLinkOut>,
    /// Those that live on in it, first published first, at most 50.
    pub merged: Vec<ProposalLinkOut>,
    /// Pictures and files.
    pub attachments: Vec<AttachmentOut>,
    /// The reference number in the source of an import.
    pub reference: Option<String>,
    /// What the asking member may do.
    pub can: ProposalPermissionsOut,
    /// The steps by which the asking member can answer it now.
    pub steps: Vec<AnswerStep>,
    /// The consultation's phase now.
    pub phase: Option<PhaseOut>,
}

impl From<ProposalPage> for ProposalPageOut {
    fn from(page: ProposalPage) -> Self {
        let html = page.html().as_str().to_owned();
        let (withdrawn_at, withdraw_reason) = page.withdrawn.unzip();
        Self {
            proposal: page.card.into(),
            body: page.body.into_string(),
            html,
            addenda: all(page.addenda),
            quarter: page.quarter.map(Into::into),
            point: page.point.map(Into::into),
            tally_support_count: page.tally_supports,
            supported: page.supported,
            edited_at: page.edited_at.map(Moment),
            withdrawn_at: withdrawn_at.map(Moment),
            withdraw_reason,
            hidden_reason: page.hidden_reason,
            answer: page.answer.map(Into::into),
            merged_into: page.merged_into.map(Into::into),
            merged: all(page.merged),
            attachments: all(page.attachments),
            reference: page.reference,
            can: page.can.into(),
            steps: page.steps.into_iter().filter_map(AnswerStep::of).collect(),
            phase: page.phase.map(Into::into),
        }
    }
}

impl From<civic::proposal::Point> for Point {
    fn from(point: civic::proposal::Point) -> Self {
        Self {
            latitude_e6: point.latitude_e6,
            longitude_e6: point.longitude_e6,
        }
    }
}

impl From<Point> for civic::proposal::Point {
    fn from(point: Point) -> Self {
        Self {
            latitude_e6: point.latitude_e6,
            longitude_e6: point.longitude_e6,
        }
    }
}

/// One version of a text, with what changed since the one before.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Version")]
#[graphql(name = "Version")]
pub struct VersionOut {
    /// Its number, from 1.
    pub number: i64,
    /// How it came about.
    pub kind: VersionKind,
    /// The title then.
    pub title: String,
    /// The text then in Markdown; of an addendum only the note.
    pub body: String,
    /// Why, for a correction; else empty.
    pub reason: String,
    /// When.
    pub written_at: Moment,
    /// What changed in the title.
    pub title_changes: Vec<ChangeOut>,
    /// What changed in the text.
    pub body_changes: Vec<ChangeOut>,
}

impl From<Version> for VersionOut {
    fn from(version: Version) -> Self {
        Self {
            number: version.number,
            kind: version.kind.into(),
            title: version.title,
            body: version.body.into_string(),
            reason: version.reason,
            written_at: Moment(version.written_at),
            title_changes: all(version.title_changes),
            body_changes: all(version.body_changes),
        }
    }
}
