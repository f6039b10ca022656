//! A campaign: one admitted project's fundraising, from its draft to its closing.
//!
//! Rule: the outcome is fixed once. What comes later (refunds, disputes, an agreement that nobody signs) never leads back
//! to it: it lowers what is paid, or lets the grant lapse. Deliberately absent: what time decides, such as whether the
//! deadline has passed, which follows from the clock.

pub(crate) mod paper;
pub mod read;
pub(crate) mod store;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::application::CostLine;
use crate::error::{Code, Error, Result};
use crate::id::{CallId, CampaignId, MemberId};
use crate::money::Money;
use crate::named::named;
use crate::time::Timestamp;

named! {
    /// Where a campaign stands.
    pub enum CampaignState {
        /// Being written by its promoter.
        Draft = "draft",
        /// The office looks at it.
        InReview = "in_review",
        /// It has its round, and its match is reserved.
        Scheduled = "scheduled",
        /// It takes gifts.
        Open = "open",
        /// Its deadline has passed, and gifts promised before may still come in.
        WaitingForFunds = "waiting_for_funds",
        /// It reached its target; what the city adds is fixed.
        Funded = "funded",
        /// It did not; every gift goes back.
        Unfunded = "unfunded",
        /// Ended by a reasoned act; every gift goes back.
        Cancelled = "cancelled",
        /// The agreement is signed.
        Agreed = "agreed",
        /// The first money is paid out.
        Settled = "settled",
        /// The promoter reports what was spent.
        Reporting = "reporting",
        /// The final grant is fixed and settled.
        Closed = "closed",
        /// Nobody signed the agreement by its date; every gift goes back.
        Lapsed = "lapsed",
    }

    /// A step of a campaign's life.
    pub enum CampaignStep {
        /// The promoter hands it in.
        Submit = "submit",
        /// The office gives it back to be changed, and says why.
        SendBack = "send_back",
        /// Staff puts it into its round.
        Schedule = "schedule",
        /// Its round begins.
        Open = "open",
        /// Its deadline passes.
        End = "end",
        /// The outcome: reached.
        Fund = "fund",
        /// The outcome: not reached.
        Miss = "miss",
        /// Staff ends it, and says why.
        Cancel = "cancel",
        /// The agreement is signed.
        Agree = "agree",
        /// The first tranche is paid.
        Settle = "settle",
        /// The promoter begins to report.
        Report = "report",
        /// Staff accepts the report.
        Close = "close",
        /// The date of the agreement passes.
        Lapse = "lapse",
    }
}

impl CampaignState {
    /// Where `step` leads from here.
    ///
    /// # Errors
    /// `Conflict(WrongState)` when the lifecycle has no such step.
    pub const fn after(self, step: CampaignStep) -> Result<Self> {
        use CampaignStep as Step;
        match (self, step) {
            (Self::Draft, Step::Submit) => Ok(Self::InReview),
            (Self::InReview, Step::SendBack) => Ok(Self::Draft),
            (Self::InReview, Step::Schedule) => Ok(Self::Scheduled),
            (Self::Scheduled, Step::Open) => Ok(Self::Open),
            (Self::Open, Step::End) => Ok(Self::WaitingForFunds),
            (Self::WaitingForFunds, Step::Fund) => Ok(Self::Funded),
            (Self::WaitingForFunds, Step::Miss) => Ok(Self::Unfunded),
            (Self::Draft | Self::InReview | Self::Scheduled | Self::Open | Self::WaitingForFunds, Step::Cancel) => {
                Ok(Self::Cancelled)
            }
            (Self::Funded, Step::Agree) => Ok(Self::Agreed),
            (Self::Funded, Step::Lapse) => Ok(Self::Lapsed),
            (Self::Agreed, Step::Settle) => Ok(Self::Settled),
            (Self::Settled, Step::Report) => Ok(Self::Reporting),
            (Self::Reporting, Step::Close) => Ok(Self::Closed),
            (
                Self::Draft
                | Self::InReview
                | Self::Scheduled
                | Self::Open
                | Self::WaitingForFunds
                | Self::Funded
                | Self::Unfunded
                | Self::Cancelled
                | Self::Agreed
                | Self::Settled
                | Self::Reporting
                | Self::Closed
                | Self::Lapsed,
                _,
            ) => Err(Error::Conflict(Code::WrongState)),
        }
    }

    /// Whether its match is released and every gift goes back.
    #[must_use]
    pub const fn returns_gifts(self) -> bool {
        matches!(self, Self::Unfunded | Self::Cancelled | Self::Lapsed)
    }

    /// Whether its outcome is fixed, so that nothing of it may be computed anew.
    #[must_use]
    pub const fn has_outcome(self) -> bool {
        match self {
            Self::Draft | Self::InReview | Self::Scheduled | Self::Open | Self::WaitingForFunds => false,
            Self::Funded
            | Self::Unfunded
            | Self::Cancelled
            | Self::Agreed
            | Self::Settled
            | Self::Reporting
            | Self::Closed
            | Self::Lapsed => true,
        }
    }
}

impl CampaignStep {
    /// Whether whoever takes it must say why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Cancel | Self::SendBack)
    }
}

/// Something that a project needs and that is no money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// What.
    pub what: String,
    /// How many.
    pub number: u32,
}

/// Somebody who works on a project, as everybody may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamMember {
    /// Their name.
    pub name: String,
    /// What they do in it.
    pub task: String,
}

/// What a fund counts in, such as a tree for 30 euros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// One of it, as in "un albero".
    pub label: String,
    /// What one costs.
    pub price: Money,
}

/// A reward to be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReward {
    /// Its name.
    pub title: String,
    /// What it is.
    pub description: String,
    /// The least that a gift must be for it.
    pub amount: Money,
    /// How many there are; as many as are asked for when not said.
    pub stock: Option<i64>,
}

/// What somebody typed into the form of a campaign; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CampaignInput {
    /// The title.
    pub title: Option<String>,
    /// What it is, in a few sentences.
    pub summary: Option<String>,
    /// The story in Markdown.
    pub story: Option<String>,
    /// The language it is written in; detected when not said.
    pub lang: Option<String>,
    /// What it costs.
    pub cost_lines: Option<Vec<CostLine>>,
    /// What it needs beside money.
    pub needs: Option<Vec<Need>>,
    /// Who works on it.
    pub team: Option<Vec<TeamMember>>,
    /// What it counts in; `Some(None)` takes it away.
    pub unit: Option<Option<Unit>>,
    /// What donors get, in this order.
    pub rewards: Option<Vec<NewReward>>,
}

/// When a campaign raises money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// In this round of its call, counted from nothing.
    Round(u32),
    /// From this instant on, without an end: a fund.
    From(Timestamp),
}

/// What permissions on a campaign depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CampaignFacts {
    /// Which one.
    pub id: CampaignId,
    /// Of which call; none for a fund of the city's own.
    pub call: Option<CallId>,
    /// Who promotes it.
    pub author: MemberId,
    /// Whether only its author may know of it.
    pub draft: bool,
    /// Whether everybody may.
    pub public: bool,
}
