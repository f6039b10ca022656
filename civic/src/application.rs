//! An application: what a promoter hands in for a call, and how far it comes.
//!
//! Rule: it is handed in once, before the minute; whoever is out is told why; a reserve moves up when an admitted one
//! withdraws before going online. Deliberately absent: being completed on the office's request, which changes no state.

pub(crate) mod jury;
pub(crate) mod paper;
pub mod ranking;
pub mod read;
pub(crate) mod store;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::call::LegalForm;
use crate::error::{Code, Error, Result};
use crate::id::{ApplicationId, CallId, DistrictId, MemberId};
use crate::money::Money;
use crate::named::named;

named! {
    /// Where an application stands.
    pub enum ApplicationState {
        /// Being written; saved as it is.
        Draft = "draft",
        /// Handed in.
        Submitted = "submitted",
        /// It fits the call.
        Admissible = "admissible",
        /// It does not, for a reason.
        Excluded = "excluded",
        /// It has its place on the commission's list.
        Ranked = "ranked",
        /// It may have a campaign.
        Admitted = "admitted",
        /// It waits for an admitted one to withdraw.
        Reserve = "reserve",
        /// It is too far down the list, or below the least score.
        Rejected = "rejected",
        /// Taken back before it went online.
        Withdrawn = "withdrawn",
    }

    /// What happened to an application, as whoever wrote it is told.
    pub enum ApplicationNews {
        /// It was received.
        Submitted = "submitted",
        /// Something is missing, and can be completed.
        CompletionAsked = "completion_asked",
        /// What was missing has come.
        Completed = "completed",
        /// It fits the call.
        Admissible = "admissible",
        /// It does not.
        Excluded = "excluded",
        /// It has its place on a list that is not public yet; nobody is told.
        Ranked = "ranked",
        /// The list is public, and it is admitted.
        Admitted = "admitted",
        /// The list is public, and it is in reserve.
        Reserve = "reserve",
        /// The list is public, and it is not admitted.
        Rejected = "rejected",
        /// It is admitted in place of one that withdrew.
        MovedUp = "moved_up",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }

    /// A step of an application's life.
    pub enum ApplicationStep {
        /// The promoter hands it in.
        Submit = "submit",
        /// The office finds that it fits.
        FindAdmissible = "find_admissible",
        /// The office finds that it does not.
        Exclude = "exclude",
        /// The commission's list is drawn up.
        Rank = "rank",
        /// It is admitted, at once or moving up.
        Admit = "admit",
        /// It is kept in reserve.
        HoldInReserve = "hold_in_reserve",
        /// It is not admitted.
        Reject = "reject",
        /// The promoter takes it back.
        Withdraw = "withdraw",
    }
}

impl ApplicationState {
    /// Where `step` leads from here.
    ///
    /// # Errors
    /// `Conflict(WrongState)` when the lifecycle has no such step.
    pub const fn after(self, step: ApplicationStep) -> Result<Self> {
        use ApplicationStep as Step;
        match (self, step) {
            (Self::Draft, Step::Submit) => Ok(Self::Submitted),
            (Self::Submitted, Step::FindAdmissible) => Ok(Self::Admissible),
            (Self::Submitted, Step::Exclude) => Ok(Self::Excluded),
            (Self::Admissible, Step::Rank) => Ok(Self::Ranked),
            (Self::Ranked | Self::Reserve, Step::Admit) => Ok(Self::Admitted),
            (Self::Ranked, Step::HoldInReserve) => Ok(Self::Reserve),
            (Self::Ranked, Step::Reject) => Ok(Self::Rejected),
            (Self::Submitted | Self::Admissible | Self::Ranked | Self::Admitted | Self::Reserve, Step::Withdraw) => {
                Ok(Self::Withdrawn)
            }
            (
                Self::Draft
                | Self::Submitted
                | Self::Admissible
                | Self::Excluded
                | Self::Ranked
                | Self::Admitted
                | Self::Reserve
                | Self::Rejected
                | Self::Withdrawn,
                _,
            ) => Err(Error::Conflict(Code::WrongState)),
        }
    }
}

/// What permissions on an application depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApplicationFacts {
    /// Which one.
    pub id: ApplicationId,
    /// For which call.
    pub call: CallId,
    /// Who wrote it.
    pub author: MemberId,
    /// Where it stands.
    pub state: ApplicationState,
    /// Whether it is on a list that is public.
    pub listed: bool,
}

impl ApplicationFacts {
    /// Whether only its author may know of it.
    #[must_use]
    pub const fn is_draft(&self) -> bool {
        matches!(self.state, ApplicationState::Draft)
    }

    /// Whether the commission has to do with it.
    #[must_use]
    pub const fn is_judged(&self) -> bool {
        match self.state {
            ApplicationState::Admissible
            | ApplicationState::Ranked
            | ApplicationState::Admitted
            | ApplicationState::Reserve
            | ApplicationState::Rejected => true,
            ApplicationState::Draft
            | ApplicationState::Submitted
            | ApplicationState::Excluded
            | ApplicationState::Withdrawn => false,
        }
    }
}

named! {
    /// The section of the national register of the third sector, on which the tax benefit of a gift depends.
    pub enum RegisterSection {
        /// Voluntary organisations (ODV).
        Voluntary = "voluntary",
        /// Associations of social promotion (APS).
        SocialPromotion = "social_promotion",
        /// Philanthropic bodies.
        Philanthropic = "philanthropic",
        /// Social enterprises, social cooperatives among them.
        SocialEnterprise = "social_enterprise",
        /// Networks of associations.
        Network = "network",
        /// Mutual aid societies.
        MutualAid = "mutual_aid",
        /// Other bodies of the third sector.
        Other = "other",
    }
}

/// Who applies, and leads when there are partners. Nothing of it is public but the name of what is no person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promoter {
    /// What they are by law.
    pub legal_form: Option<LegalForm>,
    /// Their name.
    pub name: String,
    /// Their tax code.
    pub tax_code: String,
    /// Who acts for a body or a group.
    pub representative: String,
    /// That person's tax code.
    pub representative_tax_code: String,
    /// The number in the national register of the third sector (RUNTS).
    pub third_sector_number: String,
    /// The section of that register.
    pub third_sector_section: Option<RegisterSection>,
    /// The number in the business register (REA), or another register's.
    pub register_number: String,
    /// Where the seat is.
    pub seat: String,
    /// The address for letters.
    pub email: String,
    /// The telephone.
    pub phone: String,
}

/// Somebody who takes part in a project beside its promoter, who leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// What they are by law.
    pub legal_form: Option<LegalForm>,
    /// Their name.
    pub name: String,
    /// Their tax code.
    pub tax_code: String,
}

/// What a part of the project costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostLine {
    /// For what.
    pub label: String,
    /// How much.
    pub amount: Money,
}

/// What somebody typed into the form of an application; `None` leaves a field of an existing one as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApplicationInput {
    /// The project's title.
    pub title: Option<String>,
    /// What it is, in a few sentences.
    pub summary: Option<String>,
    /// The plan in Markdown.
    pub plan: Option<String>,
    /// The language it is written in; detected when not said.
    pub lang: Option<String>,
    /// Where it is, in words.
    pub place: Option<String>,
    /// The district; `Some(None)` takes it away.
    pub district: Option<Option<DistrictId>>,
    /// Who applies.
    pub promoter: Option<Promoter>,
    /// Who takes part beside them.
    pub partners: Option<Vec<Partner>>,
    /// What it costs.
    pub cost_lines: Option<Vec<CostLine>>,
}

/// The name of a party as everybody may know it: a person's is not public.
#[must_use]
pub fn public_name(legal_form: Option<LegalForm>, name: &str) -> Option<String> {
    let is_body = legal_form.is_some_and(|form| form != LegalForm::Person);
    (is_body && !name.is_empty()).then(|| name.to_owned())
}

impl ApplicationStep {
    /// What is told of it.
    #[must_use]
    pub const fn news(self) -> ApplicationNews {
        match self {
            Self::Submit => ApplicationNews::Submitted,
            Self::FindAdmissible => ApplicationNews::Admissible,
            Self::Exclude => ApplicationNews::Excluded,
            Self::Rank => ApplicationNews::Ranked,
            Self::Admit => ApplicationNews::Admitted,
            Self::HoldInReserve => ApplicationNews::Reserve,
            Self::Reject => ApplicationNews::Rejected,
            Self::Withdraw => ApplicationNews::Withdrawn,
        }
    }

    /// Whether whoever takes it must say why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Exclude | Self::Reject)
    }
}
