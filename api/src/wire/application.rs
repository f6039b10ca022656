//! Applications on the wire. Who is behind one is in `private` alone, which only its author and the office get.

mod input;
mod ranking;

use async_graphql::{Enum, SimpleObject};
use civic::application::read::{
    ApplicationCard, ApplicationPage, ApplicationPermissions, Assessment, Completion, CriterionScore, Party, Private,
    Progress,
};
use civic::application::{CostLine, Partner, Promoter};
use civic::id::{ApplicationId, CallId, CampaignId, MemberId};
use civic::language::Language as Reader;
use poem_openapi::{Enum as ApiEnum, Object};

use super::attachment::AttachmentOut;
use super::call::{CallOut, CriterionOut, LegalForm};
use super::money::Cents;
use super::proposal::DistrictNameOut;
use super::{Moment, Ref, all};

pub use input::{ApplicationIn, CompletionIn, CostLineIn, PartnerIn, PromoterIn, ScoreIn};
pub use ranking::{RankedOut, RankingOut, ScoreOut};

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::application::ApplicationState")]
pub enum ApplicationState {
    /// Being written.
    Draft,
    /// Handed in.
    Submitted,
    /// It fits the call.
    Admissible,
    /// It does not, for a reason.
    Excluded,
    /// It has its place on the list.
    Ranked,
    /// It may have a campaign.
    Admitted,
    /// It waits for an admitted one to withdraw.
    Reserve,
    /// It is too far down the list, or below the least score.
    Rejected,
    /// Taken back before it went online.
    Withdrawn,
}

/// The section of the national register of the third sector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::application::RegisterSection")]
pub enum RegisterSection {
    /// Voluntary organisations (ODV).
    Voluntary,
    /// Associations of social promotion (APS).
    SocialPromotion,
    /// Philanthropic bodies.
    Philanthropic,
    /// Social enterprises, social cooperatives among them.
    SocialEnterprise,
    /// Networks of associations.
    Network,
    /// Mutual aid societies.
    MutualAid,
    /// Other bodies of the third sector.
    Other,
}

/// An application as lists show it.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Application", skip_serializing_if_is_none)]
#[graphql(name = "ApplicationCard")]
pub struct ApplicationOut {
    /// Which one.
    pub id: Ref<ApplicationId>,
    /// The readable tail of its address.
    pub slug: String,
    /// For which call.
    pub call_id: Ref<CallId>,
    /// The project's title.
    pub title: String,
    /// What it is.
    pub summary: String,
    /// The language it is written in (ISO 639).
    pub lang: String,
    /// Who applies; a person's name is not public.
    pub promoter: Option<String>,
    /// What they are by law.
    pub legal_form: Option<LegalForm>,
    /// The district.
    pub district: Option<DistrictNameOut>,
    /// What the project costs.
    pub cost_minor: Cents,
    /// Where it stands.
    pub state: ApplicationState,
    /// Its place on the list, from one.
    pub place_on_list: Option<i64>,
    /// Its score on the list.
    pub score: Option<ScoreOut>,
    /// When it was begun.
    pub created_at: Moment,
    /// When it was handed in.
    pub submitted_at: Option<Moment>,
    /// Grows with each change.
    pub version: i64,
}

impl From<ApplicationCard> for ApplicationOut {
    fn from(card: ApplicationCard) -> Self {
        Self {
            id: Ref(card.id),
            slug: card.slug,
            call_id: Ref(card.call),
            title: card.title,
            summary: card.summary,
            lang: card.lang.code().to_owned(),
            promoter: card.promoter,
            legal_form: card.legal_form.map(Into::into),
            district: card.district.map(Into::into),
            cost_minor: card.cost.into(),
            state: card.state.into(),
            place_on_list: card.place,
            score: card.score.map(Into::into),
            created_at: Moment(card.created_at),
            submitted_at: card.submitted_at.map(Moment),
            version: card.version,
        }
    }
}

/// Who takes part, as everybody may know it.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Party", skip_serializing_if_is_none)]
#[graphql(name = "Party")]
pub struct PartyOut {
    /// Their name; a person's is not public.
    pub name: Option<String>,
    /// What they are by law.
    pub legal_form: Option<LegalForm>,
}

impl From<Party> for PartyOut {
    fn from(party: Party) -> Self {
        Self {
            name: party.name,
            legal_form: party.legal_form.map(Into::into),
        }
    }
}

/// What a part of the project costs.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "CostLine")]
#[graphql(name = "CostLine")]
pub struct CostLineOut {
    /// For what.
    pub label: String,
    /// How much.
    pub amount_minor: Cents,
}

impl From<CostLine> for CostLineOut {
    fn from(line: CostLine) -> Self {
        Self {
            label: line.label,
            amount_minor: line.amount.into(),
        }
    }
}

/// Who applies, in full.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Promoter", skip_serializing_if_is_none)]
#[graphql(name = "Promoter")]
pub struct PromoterOut {
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
    /// The number in the national register of the third sector.
    pub third_sector_number: String,
    /// The section of that register.
    pub third_sector_section: Option<RegisterSection>,
    /// The number in the business register, or another register's.
    pub register_number: String,
    /// Where the seat is.
    pub seat: String,
    /// The address for letters.
    pub email: String,
    /// The telephone.
    pub phone: String,
}

impl From<Promoter> for PromoterOut {
    fn from(promoter: Promoter) -> Self {
        Self {
            legal_form: promoter.legal_form.map(Into::into),
            name: promoter.name,
            tax_code: promoter.tax_code,
            representative: promoter.representative,
            representative_tax_code: promoter.representative_tax_code,
            third_sector_number: promoter.third_sector_number,
            third_sector_section: promoter.third_sector_section.map(Into::into),
            register_number: promoter.register_number,
            seat: promoter.seat,
            email: promoter.email,
            phone: promoter.phone,
        }
    }
}

/// Who takes part beside the promoter, in full.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Partner", skip_serializing_if_is_none)]
#[graphql(name = "Partner")]
pub struct PartnerOut {
    /// What they are by law.
    pub legal_form: Option<LegalForm>,
    /// Their name.
    pub name: String,
    /// Their tax code.
    pub tax_code: String,
}

impl From<Partner> for PartnerOut {
    fn from(partner: Partner) -> Self {
        Self {
            legal_form: partner.legal_form.map(Into::into),
            name: partner.name,
            tax_code: partner.tax_code,
        }
    }
}

/// Who is behind an application; for its author and the office.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "ApplicationPrivate")]
#[graphql(name = "ApplicationPrivate")]
pub struct PrivateOut {
    /// Who applies, and leads.
    pub promoter: PromoterOut,
    /// Who takes part beside them.
    pub partners: Vec<PartnerOut>,
    /// The member who wrote it.
    pub author_id: Ref<MemberId>,
    /// That member's public name.
    pub author: String,
}

impl From<Private> for PrivateOut {
    fn from(private: Private) -> Self {
        Self {
            promoter: private.promoter.into(),
            partners: all(private.partners),
            author_id: Ref(private.author.id),
            author: private.author.name,
        }
    }
}

/// What the office asked to be completed.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Completion", skip_serializing_if_is_none)]
#[graphql(name = "Completion")]
pub struct CompletionOut {
    /// What is missing, in Markdown.
    pub text: String,
    /// When it was asked.
    pub asked_at: Moment,
    /// Until when it can be done.
    pub due_at: Moment,
    /// When it was done.
    pub done_at: Option<Moment>,
    /// Whether it can be done now.
    pub open: bool,
}

impl From<Completion> for CompletionOut {
    fn from(completion: Completion) -> Self {
        Self {
            text: completion.text.into_string(),
            asked_at: Moment(completion.asked_at),
            due_at: Moment(completion.due_at),
            done_at: completion.done_at.map(Moment),
            open: completion.open,
        }
    }
}

/// How an application did by one criterion.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "CriterionScore", skip_serializing_if_is_none)]
#[graphql(name = "CriterionScore")]
pub struct CriterionScoreOut {
    /// The criterion.
    pub criterion: CriterionOut,
    /// The unweighted points, all commissioners together; once they may be seen.
    pub points: Option<i64>,
}

impl CriterionScoreOut {
    fn of(score: &CriterionScore, language: Reader) -> Self {
        Self {
            criterion: CriterionOut::of(&score.criterion, language),
            points: score.points,
        }
    }
}

/// What a commissioner said.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Assessment", skip_serializing_if_is_none)]
#[graphql(name = "Assessment")]
pub struct AssessmentOut {
    /// Which member.
    pub commissioner_id: Ref<MemberId>,
    /// That member's public name.
    pub commissioner: String,
    /// Points by criterion.
    pub points: Option<Vec<u32>>,
    /// Whether a conflict of interest was declared.
    pub conflict: bool,
    /// Which; for the office and whoever declared it.
    pub conflict_reason: Option<String>,
}

impl From<Assessment> for AssessmentOut {
    fn from(said: Assessment) -> Self {
        Self {
            commissioner_id: Ref(said.commissioner.id),
            commissioner: said.commissioner.name,
            points: said.points,
            conflict: said.conflict.is_some(),
            conflict_reason: said.conflict.filter(|reason| !reason.is_empty()),
        }
    }
}

/// How far the scoring of an application is.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "ScoringProgress")]
#[graphql(name = "ScoringProgress")]
pub struct ProgressOut {
    /// So many commissioners scored it.
    pub scored_count: u64,
    /// So many are to score it.
    pub expected_count: u64,
}

impl From<Progress> for ProgressOut {
    fn from(progress: Progress) -> Self {
        Self {
            scored_count: progress.scored,
            expected_count: progress.expected,
        }
    }
}

/// What the asking member may do with an application now.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "ApplicationPermissions")]
#[graphql(name = "ApplicationPermissions")]
pub struct ApplicationPermissionsOut {
    /// Change the draft.
    pub edit: bool,
    /// Hand it in.
    pub submit: bool,
    /// Throw the draft away.
    pub discard: bool,
    /// Complete it as the office asked.
    pub complete: bool,
    /// Take it back.
    pub withdraw: bool,
    /// Ask for a completion.
    pub ask_completion: bool,
    /// Find it admissible or exclude it.
    pub check: bool,
    /// Score it, or declare a conflict of interest.
    pub score: bool,
    /// Begin its campaign.
    pub begin_campaign: bool,
}

impl From<ApplicationPermissions> for ApplicationPermissionsOut {
    fn from(can: ApplicationPermissions) -> Self {
        Self {
            edit: can.edit,
            submit: can.submit,
            discard: can.discard,
            complete: can.complete,
            withdraw: can.withdraw,
            ask_completion: can.ask_completion,
            check: can.check,
            score: can.score,
            begin_campaign: can.begin_campaign,
        }
    }
}

/// Everything about one application that the asking member may know.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "ApplicationPage", skip_serializing_if_is_none)]
#[graphql(name = "Application")]
pub struct ApplicationPageOut {
    /// What lists show too.
    #[oai(flatten)]
    #[graphql(flatten)]
    pub application: ApplicationOut,
    /// Its call.
    pub call: CallOut,
    /// The plan in Markdown.
    pub plan: String,
    /// The plan as safe HTML.
    pub html: String,
    /// Where it is, in words.
    pub place: String,
    /// Who takes part beside the promoter, who leads.
    pub partners: Vec<PartyOut>,
    /// What it costs.
    pub cost_lines: Vec<CostLineOut>,
    /// Its pictures and files.
    pub attachments: Vec<AttachmentOut>,
    /// Who is behind it.
    pub private: Option<PrivateOut>,
    /// Fields that a draft lacks to be handed in; for its author.
    pub missing: Vec<String>,
    /// What the office asked.
    pub completion: Option<CompletionOut>,
    /// Why it was excluded.
    pub exclude_reason: Option<String>,
    /// When it was taken back.
    pub withdrawn_at: Option<Moment>,
    /// Why it was taken back.
    pub withdraw_reason: Option<String>,
    /// How it did by each criterion.
    pub criteria: Vec<CriterionScoreOut>,
    /// What the asking commissioner said of it.
    pub mine: Option<AssessmentOut>,
    /// What every commissioner said; once the list is drawn up.
    pub assessments: Vec<AssessmentOut>,
    /// How far the scoring is; for the office.
    pub progress: Option<ProgressOut>,
    /// The campaign made of it, when the asking member may know of it.
    pub campaign_id: Option<Ref<CampaignId>>,
    /// What the asking member may do.
    pub can: ApplicationPermissionsOut,
}

impl ApplicationPageOut {
    /// The application with names in the reader's language.
    #[must_use]
    pub fn of(page: ApplicationPage, language: Reader) -> Self {
        let (withdrawn_at, withdraw_reason) = page.withdrawn.unzip();
        let missing = page.missing.into_iter().map(|fault| fault.field.into_owned());
        Self {
            application: page.card.into(),
            call: page.call.into(),
            html: page.plan.to_html().as_str().to_owned(),
            plan: page.plan.into_string(),
            place: page.place,
            partners: all(page.partners),
            cost_lines: all(page.cost_lines),
            attachments: all(page.attachments),
            private: page.private.map(Into::into),
            missing: missing.collect(),
            completion: page.completion.map(Into::into),
            exclude_reason: page.exclude_reason,
            withdrawn_at: withdrawn_at.map(Moment),
            withdraw_reason,
            criteria: page
                .criteria
                .iter()
                .map(|score| CriterionScoreOut::of(score, language))
                .collect(),
            mine: page.mine.map(Into::into),
            assessments: all(page.assessments),
            progress: page.progress.map(Into::into),
            campaign_id: page.campaign.map(Ref),
            can: page.can.into(),
        }
    }
}
