//! What comes in about proposals.

use async_graphql::InputObject;
use civic::id::{DistrictId, ProposalId, ThemeId};
use civic::proposal::ProposalInput;
use poem_openapi::Object;

use super::{AnswerStep, Origin, Point};
use crate::wire::{Given, Ref};

/// What is written into a proposal; what is left out stays as it is, `null` takes it away.
#[derive(Debug, Clone, Default, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ProposalIn {
    /// The title: 5 to 250 characters when it is published.
    pub title: Given<String>,
    /// The text in Markdown: at most 10,000 characters.
    pub body: Given<String>,
    /// The language it is written in (ISO 639-1); detected when not said.
    pub lang: Given<String>,
    /// The theme, of the same consultation.
    pub theme: Given<Ref<ThemeId>>,
    /// The district, of the same consultation.
    pub district: Given<Ref<DistrictId>>,
    /// The quarter, of the same consultation.
    pub quarter: Given<Ref<DistrictId>>,
    /// The point, in the city.
    pub point: Given<Point>,
    /// How it came in; only editors may say other than online.
    pub origin: Option<Origin>,
}

impl From<ProposalIn> for ProposalInput {
    fn from(given: ProposalIn) -> Self {
        Self {
            title: given.title.or_empty(),
            body: given.body.or_empty(),
            lang: given.lang.or_empty(),
            theme: given.theme.change(|id| id.0),
            district: given.district.change(|id| id.0),
            quarter: given.quarter.change(|id| id.0),
            point: given.point.change(Into::into),
            origin: given.origin.map(Into::into),
        }
    }
}

/// A note to add below a text that has supporters.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct AddendumIn {
    /// The note in Markdown: at most 10,000 characters.
    pub body: String,
}

/// A correction by an editor, marked as such.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct CorrectionIn {
    /// The corrected title; left as it is when not given.
    pub title: Option<String>,
    /// The corrected text in Markdown; left as it is when not given.
    pub body: Option<String>,
    /// The right theme.
    pub theme: Given<Ref<ThemeId>>,
    /// The right district.
    pub district: Given<Ref<DistrictId>>,
    /// The right quarter.
    pub quarter: Given<Ref<DistrictId>>,
    /// The right point.
    pub point: Given<Point>,
    /// Why: at most 1,000 characters, shown with the version.
    pub reason: String,
}

impl CorrectionIn {
    /// The change and its reason.
    #[must_use]
    pub fn split(self) -> (ProposalInput, String) {
        let change = ProposalInput {
            title: self.title,
            body: self.body,
            lang: None,
            theme: self.theme.change(|id| id.0),
            district: self.district.change(|id| id.0),
            quarter: self.quarter.change(|id| id.0),
            point: self.point.change(Into::into),
            origin: None,
        };
        (change, self.reason)
    }
}

/// The city's answer, or a step towards it.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct AnswerIn {
    /// Which step.
    pub step: AnswerStep,
    /// The reasons in Markdown: at most 10,000 characters. They must be there for `accept`, `accept_partly` and `decline`.
    pub text: Option<String>,
}

/// To which other proposal one is joined, and why.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct MergeIn {
    /// The other proposal: of the same consultation, and one that everybody finds.
    pub into: Ref<ProposalId>,
    /// Why: at most 1,000 characters, shown on the page.
    pub reason: String,
}
