//! What an application says: kept as it is written, and read in full when it is handed in.
//!
//! Rule: a draft is only bounded; what is handed in is complete and fits its call, and everything that is missing is told
//! at once, each under its field's name.

use super::{ApplicationInput, CostLine, Partner, Promoter};
use crate::call::{LegalForm, NewCall, read};
use crate::error::{Code, Error, Fault, Faults, Result};
use crate::id::DistrictId;
use crate::language::Lang;
use crate::limits::{
    AMOUNT_MAX_MINOR, APPLICATION_LINE_MAX_CHARS, COST_LINES_MAX, PARTNERS_MAX, PROPOSAL_BODY_MAX_CHARS,
    REASON_MAX_CHARS, TITLE_MAX_CHARS, TITLE_MIN_CHARS,
};
use crate::member::Email;
use crate::money::Money;
use crate::proposal::read_lang;
use crate::tax_code::TaxCode;
use crate::text::{Markdown, Title};

/// The whole of what an application says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paper {
    pub title: String,
    pub summary: String,
    pub plan: String,
    pub lang: Lang,
    pub place: String,
    pub district: Option<DistrictId>,
    pub promoter: Promoter,
    pub partners: Vec<Partner>,
    pub cost_lines: Vec<CostLine>,
}

impl Default for Paper {
    fn default() -> Self {
        Self {
            title: String::new(),
            summary: String::new(),
            plan: String::new(),
            lang: Lang::italian(),
            place: String::new(),
            district: None,
            promoter: Promoter::default(),
            partners: Vec::new(),
            cost_lines: Vec::new(),
        }
    }
}

impl Paper {
    /// The same with what the input names, within its limits.
    pub fn with(mut self, input: ApplicationInput) -> Result<Self> {
        let mut faults = Faults::new();
        let rewritten = input.plan.is_some();
        for (field, given, max, text) in [
            ("title", input.title, TITLE_MAX_CHARS, &mut self.title),
            ("place", input.place, APPLICATION_LINE_MAX_CHARS, &mut self.place),
        ] {
            if let Some(given) = given {
                take(&mut faults, line(&given, max, field), text);
            }
        }
        for (field, given, max, text) in [
            ("summary", input.summary, REASON_MAX_CHARS, &mut self.summary),
            ("plan", input.plan, PROPOSAL_BODY_MAX_CHARS, &mut self.plan),
        ] {
            if let Some(given) = given {
                take(&mut faults, body(&given, max, field), text);
            }
        }
        if let Some(district) = input.district {
            self.district = district;
        }
        if let Some(promoter) = input.promoter {
            self.promoter = bounded(promoter, &mut faults);
        }
        if let Some(partners) = input.partners {
            self.partners = bounded_partners(partners, &mut faults);
        }
        if let Some(lines) = input.cost_lines {
            self.cost_lines = bounded_lines(lines, &mut faults);
        }
        faults.check()?;
        if input.lang.is_some() || rewritten {
            self.lang = read_lang(input.lang.as_deref(), &self.plan)?;
        }
        Ok(self)
    }

    /// All costs together; lines are bounded, so that they always add up.
    pub fn cost(&self) -> Money {
        Money::eur(self.cost_lines.iter().map(|line| line.amount.minor()).sum())
    }

    /// Whether it could be handed in for a call with these terms.
    ///
    /// # Errors
    /// `Invalid` with everything that is missing or does not fit.
    pub fn check(&self, terms: &NewCall) -> Result<()> {
        let mut faults = Faults::new();
        let title = Title::parse(&self.title, TITLE_MIN_CHARS, TITLE_MAX_CHARS);
        faults.take(title.map_err(|problem| problem.fault("title")));
        for (field, text) in [("summary", &self.summary), ("plan", &self.plan), ("place", &self.place)] {
            there(&mut faults, field, text);
        }
        let somewhere = !(terms.places_in.is_empty() && terms.places_out.is_empty());
        match self.district {
            None if somewhere => faults.add(Fault::new("district", Code::Empty)),
            Some(district) if !read::allows(terms, district) => {
                faults.add(Fault::new("district", Code::PlaceExcluded));
            }
            _ => {}
        }
        check_promoter(&mut faults, &self.promoter, terms);
        for partner in &self.partners {
            there(&mut faults, "partners.name", &partner.name);
            match partner.legal_form {
                None => faults.add(Fault::new("partners.legal_form", Code::Empty)),
                Some(form) => check_tax_code(&mut faults, "partners.tax_code", form, &partner.tax_code),
            }
        }
        self.check_cost(&mut faults, terms);
        faults.check()
    }

    fn check_cost(&self, faults: &mut Faults, terms: &NewCall) {
        if self.cost_lines.is_empty() {
            faults.add(Fault::new("cost_lines", Code::Empty));
            return;
        }
        for line in &self.cost_lines {
            there(faults, "cost_lines.label", &line.label);
            if line.amount.minor() == 0 {
                faults.add(Fault::new("cost_lines.amount_minor", Code::Empty));
            }
        }
        let (cost, least, most) = (self.cost().minor(), terms.cost_min.minor(), terms.cost_max.minor());
        if cost < least {
            faults.add(Fault::over("cost_lines", Code::CostOutOfRange, least.unsigned_abs()));
        } else if cost > most {
            faults.add(Fault::over("cost_lines", Code::CostOutOfRange, most.unsigned_abs()));
        }
    }
}

fn check_promoter(faults: &mut Faults, promoter: &Promoter, terms: &NewCall) {
    there(faults, "promoter.name", &promoter.name);
    there(faults, "promoter.seat", &promoter.seat);
    if let Err(Error::Invalid(found)) = Email::parse(&promoter.email) {
        for fault in found {
            faults.add(Fault {
                field: "promoter.email".into(),
                ..fault
            });
        }
    }
    let Some(form) = promoter.legal_form else {
        faults.add(Fault::new("promoter.legal_form", Code::Empty));
        return;
    };
    if !terms.legal_forms.contains(&form) {
        faults.add(Fault::new("promoter.legal_form", Code::LegalFormRefused));
    }
    check_tax_code(faults, "promoter.tax_code", form, &promoter.tax_code);
    if form != LegalForm::Person {
        let field = "promoter.representative_tax_code";
        there(faults, "promoter.representative", &promoter.representative);
        check_tax_code(faults, field, LegalForm::Person, &promoter.representative_tax_code);
    }
    if form == LegalForm::ThirdSector {
        let field = "promoter.third_sector_number";
        there(faults, field, &promoter.third_sector_number);
        if promoter.third_sector_section.is_none() {
            faults.add(Fault::new("promoter.third_sector_section", Code::Empty));
        }
    }
    if matches!(form, LegalForm::Company | LegalForm::SocialEnterprise) {
        there(faults, "promoter.register_number", &promoter.register_number);
    }
}

/// A person has a person's code and a body a body's; a group has that of whoever acts for it, or one of its own.
fn check_tax_code(faults: &mut Faults, field: &'static str, form: LegalForm, raw: &str) {
    let fits = |code: &TaxCode| match (form, code) {
        (LegalForm::Group, _) => true,
        (LegalForm::Person, TaxCode::Person(_)) => true,
        (LegalForm::Person, TaxCode::Body(_)) => false,
        (_, code) => matches!(code, TaxCode::Body(_)),
    };
    match TaxCode::parse(raw, field) {
        Ok(code) if fits(&code) => {}
        Ok(_) => faults.add(Fault::new(field, Code::TaxCodeWrong)),
        Err(fault) => faults.add(fault),
    }
}

pub(crate) fn there(faults: &mut Faults, field: &'static str, text: &str) {
    if text.is_empty() {
        faults.add(Fault::new(field, Code::Empty));
    }
}

pub(crate) fn take(faults: &mut Faults, read: std::result::Result<String, Fault>, text: &mut String) {
    if let Some(read) = faults.take(read) {
        *text = read;
    }
}

pub(crate) fn line(raw: &str, max: usize, field: &'static str) -> std::result::Result<String, Fault> {
    if raw.trim().is_empty() {
        return Ok(String::new());
    }
    let read = Title::parse(raw, 1, max).map(Title::into_string);
    read.map_err(|problem| problem.fault(field))
}

pub(crate) fn body(raw: &str, max: usize, field: &'static str) -> std::result::Result<String, Fault> {
    if raw.trim().is_empty() {
        return Ok(String::new());
    }
    let read = Markdown::parse(raw, max).map(Markdown::into_string);
    read.map_err(|problem| problem.fault(field))
}

fn bounded(mut promoter: Promoter, faults: &mut Faults) -> Promoter {
    for (field, text) in [
        ("promoter.name", &mut promoter.name),
        ("promoter.tax_code", &mut promoter.tax_code),
        ("promoter.representative", &mut promoter.representative),
        (
            "promoter.representative_tax_code",
            &mut promoter.representative_tax_code,
        ),
        ("promoter.third_sector_number", &mut promoter.third_sector_number),
        ("promoter.register_number", &mut promoter.register_number),
        ("promoter.seat", &mut promoter.seat),
        ("promoter.email", &mut promoter.email),
        ("promoter.phone", &mut promoter.phone),
    ] {
        let read = line(text, APPLICATION_LINE_MAX_CHARS, field);
        take(faults, read, text);
    }
    promoter
}

fn bounded_partners(mut partners: Vec<Partner>, faults: &mut Faults) -> Vec<Partner> {
    if partners.len() > PARTNERS_MAX {
        faults.add(Fault::over("partners", Code::TooMany, PARTNERS_MAX as u64));
    }
    for partner in &mut partners {
        for (field, text) in [
            ("partners.name", &mut partner.name),
            ("partners.tax_code", &mut partner.tax_code),
        ] {
            let read = line(text, APPLICATION_LINE_MAX_CHARS, field);
            take(faults, read, text);
        }
    }
    partners
}

pub(crate) fn bounded_lines(mut lines: Vec<CostLine>, faults: &mut Faults) -> Vec<CostLine> {
    if lines.len() > COST_LINES_MAX {
        faults.add(Fault::over("cost_lines", Code::TooMany, COST_LINES_MAX as u64));
    }
    for cost in &mut lines {
        let read = line(&cost.label, APPLICATION_LINE_MAX_CHARS, "cost_lines.label");
        take(faults, read, &mut cost.label);
    }
    let amounts = lines.iter().map(|line| line.amount.minor());
    let sum = amounts.clone().try_fold(0_i64, i64::checked_add);
    let fits = amounts.clone().all(|minor| minor >= 0) && sum.is_some_and(|sum| sum <= AMOUNT_MAX_MINOR);
    if !fits {
        let limit = AMOUNT_MAX_MINOR.unsigned_abs();
        faults.add(Fault::over("cost_lines.amount_minor", Code::OutOfRange, limit));
    }
    lines
}
