//! The fields of an application as people fill them in: what is kept, what was typed, and what is wrong under the names
//! that the form has.
//!
//! Rule: a row with nothing typed in it is none, so a form can offer empty rows, and clearing one takes it away. A fault
//! stands at the field where it was typed; amounts are told in euros.

use civic::application::read::ApplicationPage;
use civic::application::{ApplicationInput, CostLine, Partner, Promoter, RegisterSection};
use civic::call::LegalForm;
use civic::call::read::CallPage;
use civic::error::{Code, Error, Fault, Result};
use civic::id::{DistrictId, TypedId};
use civic::language::Language;
use civic::limits::{APPLICATION_LINE_MAX_CHARS, PROPOSAL_BODY_MAX_CHARS, REASON_MAX_CHARS, TITLE_MAX_CHARS};
use civic::money::Money;

use super::super::call::between;
use super::step::Step;
use crate::amount;
use crate::form::{Choice, Fields, Form};
use crate::language::{named, words};
use crate::visit::Visit;

/// Rows that a form begins with, and that the button for more adds.
const MORE: usize = 3;
/// Lines of the plan's field.
const PLAN_ROWS: usize = 12;
/// Lines of the summary's field.
const SUMMARY_ROWS: usize = 3;

/// The texts of a promoter: the field's name, and where it is kept.
const PROMOTER: [&str; 9] = [
    "promoter_name",
    "promoter_tax_code",
    "promoter_representative",
    "promoter_representative_tax_code",
    "promoter_third_sector_number",
    "promoter_register_number",
    "promoter_seat",
    "promoter_email",
    "promoter_phone",
];

/// A partner as it is typed.
#[derive(Debug, Clone, Default)]
pub struct PartnerRow {
    /// What it is by law.
    pub form: String,
    /// Its name.
    pub name: String,
    /// Its tax code.
    pub code: String,
}

/// A line of costs as it is typed.
#[derive(Debug, Clone, Default)]
pub struct CostRow {
    /// For what.
    pub label: String,
    /// How much.
    pub amount: String,
}

/// What the form of an application shows, in whole or a step of it.
pub struct Sheet {
    /// Its single fields, and what is wrong.
    pub form: Form,
    /// Its partners.
    pub partners: Vec<PartnerRow>,
    /// Its costs.
    pub costs: Vec<CostRow>,
    /// What those who apply may be.
    pub forms: Vec<Choice>,
    /// What partners may be.
    pub all_forms: Vec<Choice>,
    /// The sections of the register of the third sector.
    pub sections: Vec<Choice>,
    /// Where a project may be; empty where the call says nothing of it.
    pub districts: Vec<Choice>,
    /// What a project may cost.
    pub range: String,
    /// What its lines come to, as they are kept.
    pub total: String,
}

impl Sheet {
    /// The sheet of a call with these fields.
    #[must_use]
    pub fn of(visit: &Visit, call: &CallPage, form: Form, (partners, costs): (Vec<PartnerRow>, Vec<CostRow>)) -> Self {
        let language = visit.language;
        let none = |key: &str| Choice {
            value: String::new(),
            label: words(language, key),
        };
        let form_of = |form: &LegalForm| Choice {
            value: form.as_str().to_owned(),
            label: named(language, "legal-form-", form.as_str()),
        };
        let with = |first: Choice, rest: Vec<Choice>| std::iter::once(first).chain(rest).collect::<Vec<_>>();
        let districts = call.places.iter().map(|one| Choice {
            value: one.id.to_string(),
            label: one.name.get(language).to_owned(),
        });
        let districts: Vec<Choice> = districts.collect();
        let sections = RegisterSection::ALL.iter().map(|one| Choice {
            value: one.as_str().to_owned(),
            label: named(language, "register-section-", one.as_str()),
        });
        let amounts = costs.iter().filter_map(|row| amount::read(&row.amount));
        let total = amounts.fold(0_i64, |all, one| all.saturating_add(one.minor()));
        Self {
            forms: with(none("choose-form"), call.legal_forms.iter().map(form_of).collect()),
            all_forms: with(none("choose-form"), LegalForm::ALL.iter().map(form_of).collect()),
            sections: with(none("choose-section"), sections.collect()),
            districts: if districts.is_empty() {
                districts
            } else {
                with(none("choose-district"), districts)
            },
            range: between(visit, &call.card),
            total: amount::money(language, Money::eur(total)),
            form,
            partners,
            costs,
        }
    }

    /// The title's field.
    #[must_use]
    pub fn title(&self) -> String {
        self.form.line("title", "text", TITLE_MAX_CHARS, "")
    }

    /// The summary's field.
    #[must_use]
    pub fn summary(&self) -> String {
        self.form.area("summary", SUMMARY_ROWS, REASON_MAX_CHARS)
    }

    /// The plan's field.
    #[must_use]
    pub fn plan(&self) -> String {
        self.form.area("plan", PLAN_ROWS, PROPOSAL_BODY_MAX_CHARS)
    }

    /// A field of one line.
    #[must_use]
    pub fn line(&self, name: &str) -> String {
        let (kind, extra) = match name {
            "promoter_email" => ("email", " autocomplete=\"email\""),
            "promoter_phone" => ("tel", " autocomplete=\"tel\""),
            "promoter_tax_code" | "promoter_representative_tax_code" => {
                ("text", " autocapitalize=\"characters\" autocomplete=\"off\"")
            }
            _ => ("text", ""),
        };
        self.form.line(name, kind, APPLICATION_LINE_MAX_CHARS, extra)
    }
}

/// What is kept of an application: its fields and rows.
#[must_use]
pub fn kept(language: Language, page: &ApplicationPage) -> (Fields, Vec<PartnerRow>, Vec<CostRow>) {
    let card = &page.card;
    let district = card
        .district
        .as_ref()
        .map_or_else(String::new, |one| one.id.to_string());
    let mut fields = Fields::default()
        .and("title", card.title.clone())
        .and("summary", card.summary.clone())
        .and("plan", page.plan.as_str())
        .and("place", page.place.clone())
        .and("district", district);
    let (mut partners, mut costs) = (Vec::new(), Vec::new());
    if let Some(private) = &page.private {
        let promoter = &private.promoter;
        let form = promoter.legal_form.map_or("", LegalForm::as_str);
        let section = promoter.third_sector_section.map_or("", RegisterSection::as_str);
        fields = fields.and("promoter_legal_form", form);
        fields = fields.and("promoter_third_sector_section", section);
        let texts = [
            &promoter.name,
            &promoter.tax_code,
            &promoter.representative,
            &promoter.representative_tax_code,
            &promoter.third_sector_number,
            &promoter.register_number,
            &promoter.seat,
            &promoter.email,
            &promoter.phone,
        ];
        for (name, text) in PROMOTER.into_iter().zip(texts) {
            fields = fields.and(name, text.as_str());
        }
        partners.extend(private.partners.iter().map(|one| PartnerRow {
            form: one.legal_form.map_or("", LegalForm::as_str).to_owned(),
            name: one.name.clone(),
            code: one.tax_code.clone(),
        }));
    }
    costs.extend(page.cost_lines.iter().map(|line| CostRow {
        label: line.label.clone(),
        amount: if line.amount.minor() == 0 {
            String::new()
        } else {
            amount::typed(language, line.amount)
        },
    }));
    (fields, some(partners), some(costs))
}

/// A form without any rows offers some.
fn some<T: Default + Clone>(rows: Vec<T>) -> Vec<T> {
    if rows.is_empty() {
        vec![T::default(); MORE]
    } else {
        rows
    }
}

/// The rows that a form sent, with more empty ones where it asked for them.
#[must_use]
pub fn typed_rows(form: &Fields) -> (Vec<PartnerRow>, Vec<CostRow>) {
    let cell = |name: &str, at: usize| {
        form.all(name)
            .get(at)
            .map_or_else(String::new, |text| (*text).to_owned())
    };
    let rows = |name: &str| form.all(name).len();
    let partners = (0..rows("partner_name")).map(|at| PartnerRow {
        form: cell("partner_form", at),
        name: cell("partner_name", at),
        code: cell("partner_code", at),
    });
    let costs = (0..rows("cost_label")).map(|at| CostRow {
        label: cell("cost_label", at),
        amount: cell("cost_amount", at),
    });
    let (mut partners, mut costs): (Vec<_>, Vec<_>) = (partners.collect(), costs.collect());
    match form.text("do") {
        "add-partner" => partners.resize_with(partners.len() + MORE, PartnerRow::default),
        "add-cost" => costs.resize_with(costs.len() + MORE, CostRow::default),
        _ => {}
    }
    (some(partners), some(costs))
}

/// Whether the form is to come back without being kept, with more rows.
#[must_use]
pub fn is_going_on(form: &Fields) -> bool {
    matches!(form.text("do"), "add-partner" | "add-cost")
}

fn project(form: &Fields, input: &mut ApplicationInput) -> Result<()> {
    let text = |name: &str| Some(form.text(name).to_owned());
    input.title = text("title");
    input.summary = text("summary");
    input.plan = text("plan");
    input.place = text("place");
    if form.has("district") {
        input.district = Some(form.choice("district", DistrictId::read)?);
    }
    Ok(())
}

fn promoter(form: &Fields, input: &mut ApplicationInput) -> Result<()> {
    let text = |name: &str| form.text(name).to_owned();
    input.promoter = Some(Promoter {
        legal_form: form.choice("promoter_legal_form", LegalForm::parse)?,
        name: text("promoter_name"),
        tax_code: text("promoter_tax_code"),
        representative: text("promoter_representative"),
        representative_tax_code: text("promoter_representative_tax_code"),
        third_sector_number: text("promoter_third_sector_number"),
        third_sector_section: form.choice("promoter_third_sector_section", RegisterSection::parse)?,
        register_number: text("promoter_register_number"),
        seat: text("promoter_seat"),
        email: text("promoter_email"),
        phone: text("promoter_phone"),
    });
    Ok(())
}

fn partners(form: &Fields, input: &mut ApplicationInput) -> Result<()> {
    let blank = |text: &str| text.trim().is_empty();
    let (rows, _) = typed_rows(form);
    let typed = rows
        .into_iter()
        .filter(|row| !(blank(&row.form) && blank(&row.name) && blank(&row.code)));
    let partners = typed.map(|row| {
        let legal_form = match row.form.as_str() {
            "" => None,
            form => Some(LegalForm::parse(form).ok_or_else(|| Error::field("partners", Code::UnknownValue))?),
        };
        Ok(Partner {
            legal_form,
            name: row.name,
            tax_code: row.code,
        })
    });
    input.partners = Some(partners.collect::<Result<_>>()?);
    Ok(())
}

fn costs(form: &Fields, input: &mut ApplicationInput) -> Result<()> {
    let (_, rows) = typed_rows(form);
    let typed = rows
        .into_iter()
        .filter(|row| !(row.label.trim().is_empty() && row.amount.trim().is_empty()));
    let lines = typed.map(|row| {
        let amount = match row.amount.trim() {
            "" => Money::eur(0),
            text => amount::read(text).ok_or_else(|| Error::field("cost_lines", Code::Malformed))?,
        };
        Ok(CostLine {
            label: row.label,
            amount,
        })
    });
    input.cost_lines = Some(lines.collect::<Result<_>>()?);
    Ok(())
}

/// What the form of one step sent.
///
/// # Errors
/// `Invalid` for what is no choice of the form's, and amounts that are none.
pub fn typed(step: Step, form: &Fields) -> Result<ApplicationInput> {
    let mut input = ApplicationInput::default();
    match step {
        Step::Project => project(form, &mut input)?,
        Step::Promoter => promoter(form, &mut input)?,
        Step::Partners => partners(form, &mut input)?,
        Step::Costs => costs(form, &mut input)?,
        Step::Files | Step::Check => {}
    }
    Ok(input)
}

/// What the form of the whole application sent.
///
/// # Errors
/// Those of `typed`.
pub fn typed_whole(form: &Fields) -> Result<ApplicationInput> {
    let mut input = ApplicationInput::default();
    project(form, &mut input)?;
    promoter(form, &mut input)?;
    partners(form, &mut input)?;
    costs(form, &mut input)?;
    Ok(input)
}

/// The error with its faults at the form's own fields, each once, and amounts in euros.
#[must_use]
pub fn at_fields(error: Error) -> Error {
    let Error::Invalid(faults) = error else { return error };
    let mut told: Vec<Fault> = Vec::new();
    for fault in faults {
        let fault = at_field(fault);
        if !told.contains(&fault) {
            told.push(fault);
        }
    }
    Error::Invalid(told)
}

/// A fault at the form's own field.
#[must_use]
pub fn at_field(fault: Fault) -> Fault {
    let in_cents = fault.field.ends_with("_minor");
    let field = match &*fault.field {
        field if field.starts_with("partners") => "partners".into(),
        field if field.starts_with("cost_lines") => "cost_lines".into(),
        field => field.replace('.', "_").into(),
    };
    let limit = match fault.code {
        // Whether it is the least or the most is told by the range beside the field.
        Code::CostOutOfRange => None,
        _ if in_cents => fault.limit.map(|minor| minor / 100),
        _ => fault.limit,
    };
    Fault { field, limit, ..fault }
}
