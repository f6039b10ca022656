//! The rule of a call in words, and its calculator: a form that works by its address alone.
//!
//! Rule: a cap, a threshold and what overfunding does are told where they can bind, and nothing is said that `civic` does
//! not reckon. What is typed wrongly stands there again, with what to correct.

use civic::call::read::{self, CallPage};
use civic::call::rule::{Reckoning, Told};
use civic::error::{Code, Error, Fault, Result};
use civic::language::Language;
use civic::match_rule::{CoFinancing, MatchRule, Overfunding, PerDonation};
use civic::money::Money;

use super::between;
use crate::amount::{self, money, share};
use crate::form::{Fields, Form};
use crate::language::{Value, words, words_with};
use crate::visit::Visit;

/// A hundred euros, by which a rate is easily read.
const HUNDRED: Money = Money::eur(10_000);

fn say(language: Language, key: &str, texts: &[(&'static str, &str)]) -> String {
    let values: Vec<(&'static str, Value<'_>)> = texts.iter().map(|(name, text)| (*name, Value::Text(text))).collect();
    words_with(language, key, &values)
}

/// The rule in sentences, only of what can happen in this call.
#[must_use]
pub fn sentences(language: Language, call: &CallPage) -> Vec<String> {
    let dearest = call.card.cost_max;
    match &call.rule {
        MatchRule::CoFinancing(rule) => co_financing(language, rule, dearest),
        MatchRule::PerDonation(rule) => per_donation(language, rule, dearest),
    }
}

fn co_financing(language: Language, rule: &CoFinancing, dearest: Money) -> Vec<String> {
    let (part, crowd) = (
        share(language, rule.share().ppm()),
        share(language, rule.threshold().ppm()),
    );
    let capped = rule.reservation(dearest).minor() < dearest.share_floor(rule.share()).minor();
    let city = if capped {
        let cap = money(language, rule.cap_per_project());
        say(language, "rule-share-capped", &[("share", &part), ("cap", &cap)])
    } else {
        say(language, "rule-share", &[("share", &part)])
    };
    let more = match rule.overfunding() {
        Overfunding::Kept => "rule-kept",
        Overfunding::ReducesGrant => "rule-reduces",
    };
    vec![
        city,
        say(language, "rule-threshold", &[("share", &crowd)]),
        words(language, "rule-below"),
        words(language, more),
        words(language, "rule-insiders-threshold"),
        words(language, "rule-set-aside"),
    ]
}

fn per_donation(language: Language, rule: &PerDonation, dearest: Money) -> Vec<String> {
    let binds = |cap: Money| cap.minor() < dearest.minor();
    let rate = share(language, rule.rate_ppm());
    let hundred = money(language, HUNDRED);
    let adds = money(language, rule.matched(HUNDRED));
    let mut said = vec![say(
        language,
        "rule-rate",
        &[("share", &rate), ("gift", &hundred), ("adds", &adds)],
    )];
    let caps = [
        (
            "rule-cap-donation",
            rule.cap_per_donation(),
            binds(rule.cap_per_donation()) && rule.cap_per_donation().minor() < rule.cap_per_donor().minor(),
        ),
        ("rule-cap-donor", rule.cap_per_donor(), binds(rule.cap_per_donor())),
        (
            "rule-cap-project",
            rule.cap_per_project(),
            binds(rule.cap_per_project()),
        ),
    ];
    for (key, cap, _) in caps.into_iter().filter(|(_, _, binds)| *binds) {
        said.push(say(language, key, &[("cap", &money(language, cap))]));
    }
    said.push(words(language, "rule-until-cost"));
    if rule.threshold().ppm() > 0 {
        let crowd = share(language, rule.threshold().ppm());
        said.push(say(language, "rule-threshold-each", &[("share", &crowd)]));
        said.push(words(language, "rule-below"));
    } else {
        said.push(words(language, "rule-no-threshold"));
    }
    said.push(words(language, "rule-insiders-nothing"));
    said
}

/// The calculator's form with what was asked, and what comes of it in sentences; none while nothing is asked.
///
/// # Errors
/// Those of the database.
pub(super) async fn calculated(visit: &Visit, call: &CallPage) -> Result<(Form, Vec<String>)> {
    let (language, query) = (visit.language, &visit.query);
    let names = ["cost", "raised", "gift"];
    let mut fields = Fields::default();
    for name in names {
        fields = fields.and(name, query.text(name));
    }
    if names.iter().all(|name| query.some(name).is_none()) {
        return Ok((Form::new(language, fields), Vec::new()));
    }
    let reckoned = match asked(query, call) {
        Ok((cost, raised, gift)) => read::calculate(&visit.cx, call.card.id, cost, raised, gift).await,
        Err(error) => Err(error),
    };
    match reckoned {
        Ok(reckoned) => {
            let gift = query.some("gift").and_then(amount::read);
            Ok((Form::new(language, fields), told(visit, call, &reckoned, gift)))
        }
        Err(error) => Ok((Form::refused(language, fields, in_euros(error))?, Vec::new())),
    }
}

/// What the form asks: a project's cost, what it raised, and one more gift.
fn asked(query: &Fields, call: &CallPage) -> Result<(Money, Money, Option<Money>)> {
    let field = |name: &'static str| match query.some(name) {
        None => Ok(None),
        Some(text) => amount::read(text)
            .map(Some)
            .ok_or_else(|| Error::field(name, Code::Malformed)),
    };
    let (cost, raised, gift) = (field("cost")?, field("raised")?, field("gift")?);
    // Where each gift takes its own part, the cost matters little: the dearest project that the call takes will do.
    let cost = match (&call.rule, cost) {
        (MatchRule::PerDonation(_), None) => call.card.cost_max,
        (_, cost) => cost.ok_or_else(|| Error::field("cost", Code::Empty))?,
    };
    Ok((cost, raised.unwrap_or(Money::eur(0)), gift))
}

/// The fields as the form calls them, and limits in euros.
fn in_euros(error: Error) -> Error {
    let Error::Invalid(faults) = error else { return error };
    let faults = faults.into_iter().map(|fault| Fault {
        field: fault.field.trim_end_matches("_minor").to_owned().into(),
        limit: fault.limit.map(|minor| minor / 100),
        ..fault
    });
    Error::Invalid(faults.collect())
}

fn told(visit: &Visit, call: &CallPage, reckoned: &Reckoning, gift: Option<Money>) -> Vec<String> {
    let language = visit.language;
    let in_range = (call.card.cost_min.minor()..=call.card.cost_max.minor()).contains(&reckoned.cost.minor());
    let mut said = match &call.rule {
        MatchRule::CoFinancing(_) => told_once(language, reckoned, gift),
        MatchRule::PerDonation(rule) => told_each(language, rule, reckoned, gift),
    };
    if !in_range {
        said.push(say(
            language,
            "calc-out-of-range",
            &[("range", &between(visit, &call.card))],
        ));
    }
    said.push(words(language, "calc-no-promise"));
    said
}

/// What comes of a project whose grant is fixed at once.
fn told_once(language: Language, reckoned: &Reckoning, gift: Option<Money>) -> Vec<String> {
    let euros = |amount: Money| money(language, amount);
    let (cost, target) = (euros(reckoned.cost), euros(reckoned.target));
    let mut said = vec![
        say(language, "calc-target", &[("cost", &cost), ("target", &target)]),
        say(
            language,
            "calc-at-target",
            &[("target", &target), ("adds", &euros(reckoned.at_target))],
        ),
    ];
    let both = reckoned.target.minor() + reckoned.at_target.minor();
    if both < reckoned.cost.minor() {
        let rest = euros(Money::eur(reckoned.cost.minor() - both));
        said.push(say(language, "calc-rest", &[("rest", &rest)]));
    }
    if reckoned.raised.minor() > 0 {
        said.push(raised(language, reckoned));
    }
    if let (Some(gift), Some(changes)) = (gift, reckoned.gift_changes) {
        let gift = euros(gift);
        let key = match changes.minor() {
            0 => "calc-gift-nothing",
            1.. => "calc-gift-brings",
            _ => "calc-gift-lowers",
        };
        let changes = euros(Money::eur(changes.minor().abs()));
        said.push(say(language, key, &[("gift", &gift), ("adds", &changes)]));
    }
    said
}

fn raised(language: Language, reckoned: &Reckoning) -> String {
    let euros = |amount: Money| money(language, amount);
    let (raised, missing) = (euros(reckoned.raised), euros(reckoned.missing));
    let (adds, together) = (euros(reckoned.adds), euros(reckoned.together));
    let key = match reckoned.told {
        _ if !reckoned.reached => "calc-when-reached",
        Told::WhenReached => "calc-when-reached",
        Told::OnTop => "calc-on-top",
        Told::Lowers => "calc-lowers",
        Told::EachGift => "calc-each-gift",
        Told::NothingMore => "calc-nothing-more",
    };
    let values = [
        ("raised", &*raised),
        ("missing", &*missing),
        ("adds", &*adds),
        ("together", &*together),
    ];
    say(language, key, &values)
}

/// What comes of a project whose gifts are matched one by one.
fn told_each(language: Language, rule: &PerDonation, reckoned: &Reckoning, gift: Option<Money>) -> Vec<String> {
    let euros = |amount: Money| money(language, amount);
    let cost = euros(reckoned.cost);
    let mut said = vec![say(language, "calc-cost", &[("cost", &cost)])];
    if rule.threshold().ppm() > 0 {
        let target = euros(reckoned.target);
        said.push(say(language, "calc-target-each", &[("target", &target)]));
    }
    if let (Some(gift), Some(changes)) = (gift, reckoned.gift_changes) {
        let gift = euros(gift);
        let key = if changes.minor() > 0 {
            "calc-gift-at-most"
        } else {
            "calc-gift-nothing"
        };
        said.push(say(language, key, &[("gift", &gift), ("adds", &euros(changes))]));
    }
    if reckoned.raised.minor() > 0 {
        said.push(raised(language, reckoned));
    }
    said
}
