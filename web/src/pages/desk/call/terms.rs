//! The terms of a call as its form shows them: amounts in euros, shares in per cent, minutes in the city's own time, and
//! rows, of which one without anything typed is none.

use civic::call::{Contributor, Criterion, LegalForm, NewCall, Round, Tranche};
use civic::error::{Code, Error, Fault, Faults, Result};
use civic::id::{ConsultationId, DistrictId, TypedId};
use civic::language::{Language, Localised};
use civic::limits::{GRACE_DAYS, HOLD_BACK_PPM};
use civic::match_rule::{MatchRule, RULE_VERSION};
use civic::money::{Money, WHOLE_PPM};
use civic::text::slug;
use civic::time::{Timestamp, Zone};
use serde_json::json;

use super::super::rows::{blank, zip};
use super::LANGUAGES;
use crate::amount::{self, typed, typed_share};
use crate::form::Fields;

/// Rows that the button for more adds.
const MORE: usize = 3;
/// Letters of a minute such as `2027-01-15T12:00`.
const MINUTE_CHARS: usize = 16;

/// The rows of a call's form, as they are typed.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Name in both languages, weight, most and least points.
    pub criteria: Vec<[String; 5]>,
    /// First day, days.
    pub rounds: Vec<[String; 2]>,
    /// Name, amount.
    pub contributors: Vec<[String; 2]>,
    /// Share, days after the outcome.
    pub tranches: Vec<[String; 2]>,
}

impl Rows {
    /// What a new call's form begins with.
    pub fn fresh(language: Language) -> Self {
        let part = Tranche::default();
        Self {
            criteria: vec![Default::default(); MORE],
            rounds: vec![Default::default()],
            contributors: vec![Default::default(); 2],
            tranches: vec![[
                typed_share(language, part.share_ppm),
                part.days_after_outcome.to_string(),
            ]],
        }
    }

    /// What a form sent.
    pub fn typed(form: &Fields) -> Self {
        let criteria = [
            "criterion_it",
            "criterion_en",
            "criterion_weight",
            "criterion_most",
            "criterion_least",
        ];
        Self {
            criteria: zip(form, criteria).collect(),
            rounds: zip(form, ["round_first", "round_days"]).collect(),
            contributors: zip(form, ["contributor_name", "contributor_amount"]).collect(),
            tranches: zip(form, ["tranche_share", "tranche_days"]).collect(),
        }
    }

    /// The same with more empty rows where the form asked for them.
    pub fn more(mut self, what: &str) -> Self {
        let grow = |len: usize, asked: &str| if what == asked { len + MORE } else { len };
        let lens = [
            grow(self.criteria.len(), "add-criterion"),
            grow(self.rounds.len(), "add-round"),
            grow(self.contributors.len(), "add-contributor"),
            grow(self.tranches.len(), "add-tranche"),
        ];
        self.criteria.resize_with(lens[0], Default::default);
        self.rounds.resize_with(lens[1], Default::default);
        self.contributors.resize_with(lens[2], Default::default);
        self.tranches.resize_with(lens[3], Default::default);
        self
    }
}

/// What a new call's form begins with, where Milan's calls were alike.
pub fn fresh(language: Language) -> Fields {
    Fields::default()
        .and("rule_kind", "co_financing")
        .and("overfunding", "kept")
        .and("hold_back", typed_share(language, HOLD_BACK_PPM))
        .and("grace_days", GRACE_DAYS.to_string())
}

/// What is kept of a call.
pub fn kept(terms: &NewCall, zone: &Zone, language: Language) -> (Fields, Rows) {
    let mut fields = Fields::default();
    for (name, text) in [
        ("title", &terms.title),
        ("summary", &terms.summary),
        ("description", &terms.description),
    ] {
        for one in LANGUAGES {
            fields = fields.and(&format!("{name}_{}", one.code()), text.own(one));
        }
    }
    let minute = |at: Timestamp| -> String { at.local(zone).to_string().chars().take(MINUTE_CHARS).collect() };
    let number = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
    let euros = |amount: Money| typed(language, amount);
    let consultation = terms.consultation.map_or_else(String::new, |id| id.to_string());
    fields = fields
        .and("call_consultation", consultation)
        .and("opens_at", minute(terms.opens_at))
        .and("closes_at", minute(terms.closes_at))
        .and("cost_min", euros(terms.cost_min))
        .and("cost_max", euros(terms.cost_max))
        .and("min_score", terms.min_score.to_string())
        .and("admitted_most", number(terms.admitted_most))
        .and("reserve_most", number(terms.reserve_most))
        .and("hold_back", typed_share(language, terms.hold_back_ppm))
        .and("grace_days", terms.grace_days.to_string());
    for form in &terms.legal_forms {
        fields = fields.and("legal_form", form.as_str());
    }
    for (name, places) in [("place_in", &terms.places_in), ("place_out", &terms.places_out)] {
        for place in places {
            fields = fields.and(name, place.to_string());
        }
    }
    let rows = Rows {
        criteria: terms.criteria.iter().map(criterion_row).collect(),
        rounds: terms
            .rounds
            .iter()
            .map(|one| [one.first_day.clone(), one.days.to_string()])
            .collect(),
        contributors: terms
            .contributors
            .iter()
            .map(|one| [one.name.clone(), euros(one.amount)])
            .collect(),
        tranches: terms
            .tranches
            .iter()
            .map(|one| [typed_share(language, one.share_ppm), one.days_after_outcome.to_string()])
            .collect(),
    };
    (rule_fields(fields, &terms.rule, language), rows)
}

fn criterion_row(one: &Criterion) -> [String; 5] {
    [
        one.name.own(Language::It).to_owned(),
        one.name.own(Language::En).to_owned(),
        one.weight.to_string(),
        one.max_points.to_string(),
        one.min_points.to_string(),
    ]
}

fn rule_fields(fields: Fields, rule: &MatchRule, language: Language) -> Fields {
    let share = |ppm: u32| typed_share(language, ppm);
    let euros = |amount: Money| typed(language, amount);
    match rule {
        MatchRule::CoFinancing(rule) => fields
            .and("rule_kind", "co_financing")
            .and("rule_share", share(rule.share().ppm()))
            .and("rule_threshold", share(rule.threshold().ppm()))
            .and("cap_per_project", euros(rule.cap_per_project()))
            .and("overfunding", rule.overfunding().as_str()),
        MatchRule::PerDonation(rule) => fields
            .and("rule_kind", "per_donation")
            .and("rule_rate", share(rule.rate_ppm()))
            .and("rule_threshold", share(rule.threshold().ppm()))
            .and("cap_per_project", euros(rule.cap_per_project()))
            .and("cap_per_donation", euros(rule.cap_per_donation()))
            .and("cap_per_donor", euros(rule.cap_per_donor()))
            .and("overfunding", "kept"),
    }
}

/// Reads one field; what is wrong with it is gathered.
struct Reader<'a> {
    form: &'a Fields,
    zone: &'a Zone,
    faults: Faults,
}

impl Reader<'_> {
    fn read<T>(&mut self, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let read = match self.form.some(name) {
            None => Err(Fault::new(name, Code::Empty)),
            Some(text) => read(text).ok_or(Fault::new(name, Code::Malformed)),
        };
        self.faults.take(read)
    }

    /// A field that may be left empty.
    fn maybe<T>(&mut self, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.form.some(name)?;
        self.faults.take(read(text).ok_or(Fault::new(name, Code::Malformed)))
    }

    fn minute(&mut self, name: &'static str) -> Option<Timestamp> {
        let zone = self.zone;
        self.read(name, |text| zone.parse_local(text))
    }

    /// Rows of which each is read by `read`; those without anything typed are left out.
    fn rows<const N: usize, T>(
        &mut self,
        name: &'static str,
        rows: &[[String; N]],
        read: impl Fn(&[String; N]) -> Option<T>,
    ) -> Vec<T> {
        let typed = rows.iter().filter(|row| !row.iter().all(|cell| blank(cell)));
        let read: Vec<Option<T>> = typed.map(read).collect();
        if read.iter().any(Option::is_none) {
            self.faults.add(Fault::new(name, Code::Malformed));
        }
        read.into_iter().flatten().collect()
    }
}

fn whole(text: &str) -> Option<u32> {
    text.trim().parse().ok()
}

/// Reads the terms that a form sent; the part of the address of one that is there stays.
///
/// # Errors
/// `Invalid` with everything that is no number, amount, share or minute.
pub fn read(form: &Fields, rows: &Rows, zone: &Zone, known: Option<&str>) -> Result<NewCall> {
    let text = |name: &str| Localised::given(form.text(&format!("{name}_it")), form.text(&format!("{name}_en")));
    let title = text("title");
    let wanted = known.or_else(|| form.some("slug"));
    let places = |name: &str| form.all(name).into_iter().filter_map(DistrictId::read).collect();
    let consultation = form.choice("call_consultation", ConsultationId::read)?;
    let mut reader = Reader {
        form,
        zone,
        faults: Faults::new(),
    };
    let new = NewCall {
        slug: wanted.map_or_else(|| slug(title.get(Language::It)), str::to_owned),
        summary: text("summary"),
        description: text("description"),
        consultation,
        opens_at: reader.minute("opens_at").unwrap_or(Timestamp::from_ms(0)),
        closes_at: reader.minute("closes_at").unwrap_or(Timestamp::from_ms(0)),
        legal_forms: form
            .all("legal_form")
            .into_iter()
            .filter_map(LegalForm::parse)
            .collect(),
        cost_min: reader.read("cost_min", amount::read).unwrap_or(Money::eur(0)),
        cost_max: reader.read("cost_max", amount::read).unwrap_or(Money::eur(0)),
        places_in: if consultation.is_some() {
            places("place_in")
        } else {
            Vec::new()
        },
        places_out: if consultation.is_some() {
            places("place_out")
        } else {
            Vec::new()
        },
        criteria: reader.rows("criteria", &rows.criteria, criterion),
        min_score: reader.maybe("min_score", |text| text.parse().ok()).unwrap_or(0),
        admitted_most: reader.maybe("admitted_most", whole),
        reserve_most: reader.maybe("reserve_most", whole),
        rounds: reader.rows("rounds", &rows.rounds, |[first, days]| {
            Some(Round {
                first_day: first.clone(),
                days: whole(days)?,
            })
        }),
        contributors: reader.rows("contributors", &rows.contributors, |[name, given]| {
            Some(Contributor {
                name: name.clone(),
                amount: amount::read(given)?,
            })
        }),
        tranches: reader.rows("tranches", &rows.tranches, |[share, days]| {
            Some(Tranche {
                share_ppm: amount::read_share(share)?,
                days_after_outcome: whole(days)?,
            })
        }),
        hold_back_ppm: reader.read("hold_back", amount::read_share).unwrap_or(0),
        grace_days: reader.read("grace_days", whole).unwrap_or(0),
        rule: match rule(&mut reader) {
            Some(rule) => rule?,
            None => {
                reader.faults.check()?;
                return Err(Error::field("rule_kind", Code::Empty));
            }
        },
        title,
    };
    reader.faults.check()?;
    Ok(new)
}

fn criterion([it, en, weight, most, least]: &[String; 5]) -> Option<Criterion> {
    Some(Criterion {
        name: Localised::given(it, en),
        weight: whole(weight)?,
        max_points: whole(most)?,
        min_points: if blank(least) { 0 } else { whole(least)? },
    })
}

/// The rule, read by `civic` from its JSON; none when a number of it is none.
fn rule(reader: &mut Reader<'_>) -> Option<Result<MatchRule>> {
    let per_donation = reader.form.text("rule_kind") == "per_donation";
    let threshold = if per_donation {
        reader.maybe("rule_threshold", amount::read_share).or(Some(0))
    } else {
        reader.read("rule_threshold", amount::read_share)
    };
    let cap_per_project = reader.read("cap_per_project", amount::read).map(Money::minor);
    let rule = if per_donation {
        let rate = reader.read("rule_rate", amount::read_share);
        let donation = reader.read("cap_per_donation", amount::read).map(Money::minor);
        let donor = reader.read("cap_per_donor", amount::read).map(Money::minor);
        json!({
            "kind": "per_donation", "version": RULE_VERSION, "rate_ppm": rate?, "threshold_ppm": threshold?,
            "cap_per_donation_minor": donation?, "cap_per_donor_minor": donor?,
            "cap_per_project_minor": cap_per_project?,
        })
    } else {
        let share = reader.read("rule_share", amount::read_share);
        json!({
            "kind": "co_financing", "version": RULE_VERSION, "share_ppm": share?, "threshold_ppm": threshold?,
            "cap_per_project_minor": cap_per_project?, "overfunding": reader.form.text("overfunding"),
        })
    };
    Some(MatchRule::parse(&rule.to_string()))
}

/// The error with each fault at the field where it was typed, in euros and per cent.
pub fn at_fields(form: &Fields, error: Error) -> Error {
    let faults = match error {
        Error::Conflict(code @ Code::NameTaken) => vec![Fault::new("slug", code)],
        Error::Invalid(faults) => faults,
        other => return other,
    };
    let mut told: Vec<Fault> = Vec::new();
    for fault in faults {
        let fault = at_field(form, fault);
        if !told.contains(&fault) {
            told.push(fault);
        }
    }
    Error::Invalid(told)
}

fn at_field(form: &Fields, fault: Fault) -> Fault {
    let in_cents = fault.field.ends_with("_minor") || fault.field == "contributors";
    let in_ppm = fault.field.ends_with("_ppm") || fault.field == "tranches";
    let field: String = match &*fault.field {
        field @ ("title" | "summary" | "description") => {
            let long = |lang: &str| {
                let length = form.text(&format!("{field}_{lang}")).chars().count() as u64;
                fault.limit.is_some_and(|limit| length > limit)
            };
            let lang = if long("en") && !long("it") { "en" } else { "it" };
            format!("{field}_{lang}")
        }
        "consultation" => "call_consultation".to_owned(),
        "legal_forms" => "legal_form".to_owned(),
        "rule" | "version" => "rule_kind".to_owned(),
        "share_ppm" => "rule_share".to_owned(),
        "rate_ppm" => "rule_rate".to_owned(),
        "threshold_ppm" => "rule_threshold".to_owned(),
        field => field.trim_end_matches("_minor").to_owned(),
    };
    let limit = fault.limit.map(|limit| match (in_cents, in_ppm) {
        (true, _) => limit / 100,
        (_, true) => limit * 100 / u64::from(WHOLE_PPM),
        _ => limit,
    });
    Fault {
        field: field.into(),
        limit,
        ..fault
    }
}
