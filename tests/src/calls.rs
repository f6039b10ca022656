//! What tests of calls begin with: terms, a public call, a whole application, one that was handed in.

use civic::application::{ApplicationInput, CostLine, Promoter, write};
use civic::call::{Contributor, Criterion, LegalForm, NewCall, Round, Tranche};
use civic::id::{ApplicationId, CallId};
use civic::language::Localised;
use civic::match_rule::MatchRule;
use civic::money::Money;
use civic::time::{MINUTE_MS, Timestamp};

use crate::city::TestCity;
use crate::person::Person;

/// Milan's rule of 2020: 60 % up to 60,000, once the crowd gave 40 %.
pub const RULE_2020: &str = r#"{"kind":"co_financing","version":1,"share_ppm":600000,"threshold_ppm":400000,
    "cap_per_project_minor":6000000,"overfunding":"kept"}"#;

/// How long applications are taken: short enough for a second factor to outlast it.
pub const WINDOW_MS: i64 = 20 * MINUTE_MS;

/// The tax codes that applications are handed in with; all of them have the right check digit.
pub const BODY_CODE: &str = "97012340150";
/// A person's.
pub const PERSON_CODE: &str = "RSSMRA80A01F205X";

/// So many euros.
pub const fn euros(whole: i64) -> Money {
    Money::eur(whole * 100)
}

fn criterion(it: &str, en: &str, weight: u32, min_points: u32) -> Criterion {
    Criterion {
        name: Localised::both(it, en),
        weight,
        max_points: 10,
        min_points,
    }
}

/// A call that takes applications from now on, with a pot of 100,000 and two criteria: the first counts three times, the
/// second must be four points at least.
pub fn terms(city: &TestCity) -> NewCall {
    terms_from(city.city.clock.now())
}

/// The same from an instant on.
pub fn terms_from(now: Timestamp) -> NewCall {
    NewCall {
        slug: "quartieri-2027".to_owned(),
        title: Localised::both("Progetti per i quartieri", "Projects for the quarters"),
        summary: Localised::both("Il Comune cofinanzia.", "The city co-finances."),
        description: Localised::both("Le regole sono qui.", "The rules are here."),
        consultation: None,
        opens_at: now,
        closes_at: now.plus_ms(WINDOW_MS),
        legal_forms: vec![LegalForm::Person, LegalForm::Association, LegalForm::ThirdSector],
        cost_min: euros(20_000),
        cost_max: euros(100_000),
        places_in: Vec::new(),
        places_out: Vec::new(),
        criteria: vec![criterion("Impatto", "Impact", 3, 0), criterion("Piano", "Plan", 1, 4)],
        min_score: 20,
        admitted_most: None,
        reserve_most: None,
        rounds: vec![Round {
            first_day: "2027-02-01".to_owned(),
            days: 60,
        }],
        contributors: vec![Contributor {
            name: "Comune di Milano".to_owned(),
            amount: euros(100_000),
        }],
        tranches: vec![Tranche::default()],
        hold_back_ppm: 200_000,
        grace_days: 14,
        rule: MatchRule::parse(RULE_2020).expect("a rule"),
    }
}

/// A public call with these terms.
pub async fn published(city: &TestCity, terms: NewCall) -> CallId {
    let cx = city.city.system();
    let id = civic::call::write::open(&cx, terms).await.expect("opened");
    civic::call::write::publish(&cx, id).await.expect("published")
}

/// An application that lacks nothing, of an association, for a project of so many euros.
pub fn whole(title: &str, cost: i64) -> ApplicationInput {
    let promoter = Promoter {
        legal_form: Some(LegalForm::Association),
        name: format!("Associazione {title}"),
        tax_code: BODY_CODE.to_owned(),
        representative: "Maria Segreta".to_owned(),
        representative_tax_code: PERSON_CODE.to_owned(),
        seat: "Via Nascosta 1, Milano".to_owned(),
        email: "segreta@example.org".to_owned(),
        ..Promoter::default()
    };
    let line = |label: &str, amount| CostLine {
        label: label.to_owned(),
        amount,
    };
    ApplicationInput {
        title: Some(title.to_owned()),
        summary: Some("Un orto per tutti.".to_owned()),
        plan: Some("Si comincia in **marzo** e si finisce in ottobre.".to_owned()),
        place: Some("Piazza del quartiere".to_owned()),
        promoter: Some(promoter),
        cost_lines: Some(vec![
            line("Terra e piante", euros(cost - 5_000)),
            line("Attrezzi", euros(5_000)),
        ]),
        ..ApplicationInput::default()
    }
}

/// One that this person hands in, a millisecond after what was before it.
pub async fn handed_in(city: &TestCity, person: &Person, call: CallId, input: ApplicationInput) -> ApplicationId {
    city.advance_ms(1);
    let cx = person.cx(city).await;
    let id = write::begin(&cx, call, input).await.expect("begun");
    write::submit(&cx, id, None).await.expect("handed in")
}
