//! What comes in about applications.

use async_graphql::InputObject;
use civic::application::{ApplicationInput, CostLine, Partner, Promoter};
use civic::id::DistrictId;
use poem_openapi::Object;

use super::{LegalForm, RegisterSection};
use crate::wire::money::Cents;
use crate::wire::{Given, Moment, Ref, all};

/// Who applies, whole: what is left out is empty.
#[derive(Debug, Clone, Default, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct PromoterIn {
    /// What they are by law.
    pub legal_form: Option<LegalForm>,
    /// Their name.
    pub name: Option<String>,
    /// Their tax code.
    pub tax_code: Option<String>,
    /// Who acts for a body or a group.
    pub representative: Option<String>,
    /// That person's tax code.
    pub representative_tax_code: Option<String>,
    /// The number in the national register of the third sector.
    pub third_sector_number: Option<String>,
    /// The section of that register.
    pub third_sector_section: Option<RegisterSection>,
    /// The number in the business register, or another register's.
    pub register_number: Option<String>,
    /// Where the seat is.
    pub seat: Option<String>,
    /// The address for letters.
    pub email: Option<String>,
    /// The telephone.
    pub phone: Option<String>,
}

impl From<PromoterIn> for Promoter {
    fn from(promoter: PromoterIn) -> Self {
        Self {
            legal_form: promoter.legal_form.map(Into::into),
            name: promoter.name.unwrap_or_default(),
            tax_code: promoter.tax_code.unwrap_or_default(),
            representative: promoter.representative.unwrap_or_default(),
            representative_tax_code: promoter.representative_tax_code.unwrap_or_default(),
            third_sector_number: promoter.third_sector_number.unwrap_or_default(),
            third_sector_section: promoter.third_sector_section.map(Into::into),
            register_number: promoter.register_number.unwrap_or_default(),
            seat: promoter.seat.unwrap_or_default(),
            email: promoter.email.unwrap_or_default(),
            phone: promoter.phone.unwrap_or_default(),
        }
    }
}

/// Who takes part beside the promoter, who leads.
#[derive(Debug, Clone, Default, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct PartnerIn {
    /// What they are by law.
    pub legal_form: Option<LegalForm>,
    /// Their name.
    pub name: Option<String>,
    /// Their tax code.
    pub tax_code: Option<String>,
}

impl From<PartnerIn> for Partner {
    fn from(partner: PartnerIn) -> Self {
        Self {
            legal_form: partner.legal_form.map(Into::into),
            name: partner.name.unwrap_or_default(),
            tax_code: partner.tax_code.unwrap_or_default(),
        }
    }
}

/// What a part of the project is to cost.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct CostLineIn {
    /// For what.
    pub label: String,
    /// How much.
    pub amount_minor: Cents,
}

impl From<CostLineIn> for CostLine {
    fn from(line: CostLineIn) -> Self {
        Self {
            label: line.label,
            amount: line.amount_minor.into(),
        }
    }
}

/// An application as far as it is written: what is left out stays as it is, and `null` empties it.
#[derive(Debug, Clone, Default, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ApplicationIn {
    /// The project's title: at most 250 characters.
    pub title: Given<String>,
    /// What it is: at most 1,000 characters.
    pub summary: Given<String>,
    /// The plan in Markdown: at most 10,000 characters.
    pub plan: Given<String>,
    /// The language it is written in (ISO 639); detected when not said.
    pub lang: Given<String>,
    /// Where it is, in words.
    pub place: Given<String>,
    /// The district; `null` takes it away.
    pub district: Given<Ref<DistrictId>>,
    /// Who applies, whole.
    pub promoter: Given<PromoterIn>,
    /// Who takes part beside them: at most 20.
    pub partners: Given<Vec<PartnerIn>>,
    /// What it costs: at most 50 lines.
    pub cost_lines: Given<Vec<CostLineIn>>,
}

impl From<ApplicationIn> for ApplicationInput {
    fn from(input: ApplicationIn) -> Self {
        Self {
            title: input.title.or_empty(),
            summary: input.summary.or_empty(),
            plan: input.plan.or_empty(),
            lang: input.lang.or_empty(),
            place: input.place.or_empty(),
            district: input.district.change(|id| id.0),
            promoter: input.promoter.or_empty().map(Into::into),
            partners: input.partners.or_empty().map(all),
            cost_lines: input.cost_lines.or_empty().map(all),
        }
    }
}

/// What the office asks to be completed.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct CompletionIn {
    /// What is missing: at most 1,000 characters.
    pub text: String,
    /// Until when it can be done: at most 90 days from now.
    pub due_at: Moment,
}

/// What a commissioner gives.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ScoreIn {
    /// Points for each criterion, in their order.
    pub points: Vec<u32>,
}
