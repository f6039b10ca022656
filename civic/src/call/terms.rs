//! The terms of a call as they come in: cleaned, within their limits, and fit to one another.
//!
//! Rule: all that is wrong is told at once, each under its field's name. A draft is held to the same terms as what is
//! published, since nothing in it is left open for later.

use std::collections::HashSet;

use super::{Contributor, Criterion, NewCall, Round, Tranche, most_points, pot_total};
use crate::error::{Code, Fault, Faults, Result};
use crate::language::Localised;
use crate::limits::{
    AMOUNT_MAX_MINOR, CONTRIBUTORS_PER_POT, CRITERIA_PER_CALL, CRITERION_POINTS_MAX, CRITERION_WEIGHT_MAX,
    DISTRICTS_PER_CONSULTATION, GRACE_DAYS_MAX, PROPOSAL_BODY_MAX_CHARS, REASON_MAX_CHARS, ROUND_DAYS_MAX,
    ROUNDS_PER_CALL, TITLE_MAX_CHARS, TRANCHE_DAYS_MAX, TRANCHES_PER_CALL,
};
use crate::money::WHOLE_PPM;
use crate::text::{Markdown, TextProblem, Title, slug};
use crate::time::{MINUTE_MS, Timestamp, Window, Zone};

/// Parts of addresses that are pages of their own beside calls.
const RESERVED: [&str; 1] = ["new"];

/// The terms of a call that were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedTerms(NewCall);

impl PublishedTerms {
    /// Reads the terms of a call.
    ///
    /// # Errors
    /// `Invalid` with every fault found.
    pub fn read(mut new: NewCall, zone: &Zone) -> Result<Self> {
        let mut faults = Faults::new();
        if slug(&new.slug) != new.slug || new.slug.is_empty() || RESERVED.contains(&new.slug.as_str()) {
            faults.add(Fault::new("slug", Code::Malformed));
        }
        take(&mut faults, "title", &mut new.title, line);
        take(&mut faults, "summary", &mut new.summary, |raw| {
            body(raw, REASON_MAX_CHARS)
        });
        take(&mut faults, "description", &mut new.description, |raw| {
            body(raw, PROPOSAL_BODY_MAX_CHARS)
        });
        check_window(&mut faults, &new);
        check_applicants(&mut faults, &mut new);
        check_criteria(&mut faults, &mut new);
        match read_rounds(&new.rounds, new.closes_at, zone) {
            Ok(rounds) => new.rounds = rounds,
            Err(fault) => faults.add(fault),
        }
        check_pot(&mut faults, &mut new.contributors);
        check_tranches(&mut faults, &new.tranches, new.hold_back_ppm);
        if new.grace_days > GRACE_DAYS_MAX {
            faults.add(Fault::over("grace_days", Code::OutOfRange, u64::from(GRACE_DAYS_MAX)));
        }
        faults.check()?;
        Ok(Self(new))
    }

    /// The terms.
    #[must_use]
    pub fn into_call(self) -> NewCall {
        self.0
    }
}

fn check_window(faults: &mut Faults, new: &NewCall) {
    for (field, at) in [("opens_at", new.opens_at), ("closes_at", new.closes_at)] {
        if at.ms().rem_euclid(MINUTE_MS) != 0 {
            faults.add(Fault::new(field, Code::Malformed));
        }
    }
    if Window::new(new.opens_at, new.closes_at).is_none() {
        faults.add(Fault::new("closes_at", Code::OutOfRange));
    }
}

fn check_applicants(faults: &mut Faults, new: &mut NewCall) {
    new.legal_forms.sort_unstable();
    new.legal_forms.dedup();
    if new.legal_forms.is_empty() {
        faults.add(Fault::new("legal_forms", Code::Empty));
    }
    let allowed = 1..=AMOUNT_MAX_MINOR;
    if !allowed.contains(&new.cost_min.minor()) {
        faults.add(Fault::new("cost_min_minor", Code::OutOfRange));
    }
    if !allowed.contains(&new.cost_max.minor()) || new.cost_max.minor() < new.cost_min.minor() {
        faults.add(Fault::new("cost_max_minor", Code::OutOfRange));
    }
    for (field, places) in [("places_in", &mut new.places_in), ("places_out", &mut new.places_out)] {
        places.sort_unstable();
        places.dedup();
        check_number(faults, field, places.len(), DISTRICTS_PER_CONSULTATION);
        if !places.is_empty() && new.consultation.is_none() {
            faults.add(Fault::new("consultation", Code::Empty));
        }
    }
    if new.places_in.iter().any(|place| new.places_out.contains(place)) {
        faults.add(Fault::new("places_out", Code::AlreadyDone));
    }
}

fn check_criteria(faults: &mut Faults, new: &mut NewCall) {
    check_some(faults, "criteria", new.criteria.len(), CRITERIA_PER_CALL);
    for criterion in &mut new.criteria {
        take(faults, "criteria", &mut criterion.name, line);
        let Criterion {
            weight,
            max_points,
            min_points,
            ..
        } = *criterion;
        let fits = (1..=CRITERION_WEIGHT_MAX).contains(&weight)
            && (1..=CRITERION_POINTS_MAX).contains(&max_points)
            && min_points <= max_points;
        if !fits {
            faults.add(Fault::new("criteria", Code::OutOfRange));
        }
    }
    let most = most_points(&new.criteria);
    if !(0..=most).contains(&new.min_score) {
        faults.add(Fault::over("min_score", Code::OutOfRange, most.unsigned_abs()));
    }
    if new.admitted_most == Some(0) {
        faults.add(Fault::new("admitted_most", Code::OutOfRange));
    }
}

/// Rounds that begin after the window of applications; they may overlap, as in 2022.
///
/// # Errors
/// A fault in `rounds` for too many, days that are none, or a first day before the window's end.
pub fn read_rounds(rounds: &[Round], closes_at: Timestamp, zone: &Zone) -> std::result::Result<Vec<Round>, Fault> {
    if rounds.len() > ROUNDS_PER_CALL {
        return Err(Fault::over("rounds", Code::TooMany, ROUNDS_PER_CALL as u64));
    }
    let mut read = Vec::with_capacity(rounds.len());
    for round in rounds {
        let first: jiff::civil::Date = round
            .first_day
            .trim()
            .parse()
            .map_err(|_| Fault::new("rounds", Code::Malformed))?;
        let round = Round {
            first_day: first.to_string(),
            days: round.days,
        };
        if !(1..=ROUND_DAYS_MAX).contains(&round.days) {
            return Err(Fault::over("rounds", Code::OutOfRange, u64::from(ROUND_DAYS_MAX)));
        }
        let window = round.window(zone).ok_or(Fault::new("rounds", Code::Malformed))?;
        if window.start < closes_at {
            return Err(Fault::new("rounds", Code::TooEarly));
        }
        read.push(round);
    }
    read.sort_by(|one, other| one.first_day.cmp(&other.first_day));
    Ok(read)
}

fn check_pot(faults: &mut Faults, contributors: &mut [Contributor]) {
    check_some(faults, "contributors", contributors.len(), CONTRIBUTORS_PER_POT);
    let mut names = HashSet::new();
    for contributor in contributors.iter_mut() {
        if let Some(name) = faults.take(line(&contributor.name).map_err(|problem| problem.fault("contributors"))) {
            contributor.name = name;
        }
        if !names.insert(contributor.name.clone()) {
            faults.add(Fault::new("contributors", Code::NameTaken));
        }
        if !(1..=AMOUNT_MAX_MINOR).contains(&contributor.amount.minor()) {
            faults.add(Fault::new("contributors", Code::OutOfRange));
        }
    }
    if pot_total(contributors).map_or(true, |total| total.minor() > AMOUNT_MAX_MINOR) {
        faults.add(Fault::over(
            "contributors",
            Code::OutOfRange,
            AMOUNT_MAX_MINOR.unsigned_abs(),
        ));
    }
}

/// The tranches and what is held back are the whole grant.
fn check_tranches(faults: &mut Faults, tranches: &[Tranche], hold_back_ppm: u32) {
    check_number(faults, "tranches", tranches.len(), TRANCHES_PER_CALL);
    let shares = tranches.iter().map(|tranche| u64::from(tranche.share_ppm));
    let whole = shares.sum::<u64>() + u64::from(hold_back_ppm);
    let fits = |tranche: &Tranche| tranche.share_ppm > 0 && tranche.days_after_outcome <= TRANCHE_DAYS_MAX;
    if whole != u64::from(WHOLE_PPM) || !tranches.iter().all(fits) {
        faults.add(Fault::over("tranches", Code::OutOfRange, u64::from(WHOLE_PPM)));
    }
}

fn check_some(faults: &mut Faults, field: &'static str, number: usize, limit: usize) {
    if number == 0 {
        faults.add(Fault::new(field, Code::Empty));
    }
    check_number(faults, field, number, limit);
}

fn check_number(faults: &mut Faults, field: &'static str, number: usize, limit: usize) {
    if number > limit {
        faults.add(Fault::over(field, Code::TooMany, limit as u64));
    }
}

fn take(
    faults: &mut Faults,
    field: &'static str,
    text: &mut Localised,
    read: impl Fn(&str) -> std::result::Result<String, TextProblem>,
) {
    if let Some(clean) = faults.take(text.try_map(read).map_err(|problem| problem.fault(field))) {
        *text = clean;
    }
}

fn line(raw: &str) -> std::result::Result<String, TextProblem> {
    Title::parse(raw, 1, TITLE_MAX_CHARS).map(Title::into_string)
}

fn body(raw: &str, max: usize) -> std::result::Result<String, TextProblem> {
    match Markdown::parse(raw, max) {
        Err(TextProblem::Empty) => Ok(String::new()),
        read => read.map(Markdown::into_string),
    }
}

/// Where a call has tranches of its own or not: what it says when it does not say.
impl Default for super::Tranche {
    fn default() -> Self {
        Self {
            share_ppm: WHOLE_PPM - crate::limits::HOLD_BACK_PPM,
            days_after_outcome: crate::limits::TRANCHE_DAYS,
        }
    }
}
