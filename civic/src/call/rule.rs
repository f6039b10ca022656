//! The rule of a call for people: its canonical text with its hash, and the calculator.
//!
//! Rule: the calculator says what `matching.rs` would fix, and promises nothing else. The canonical text has its members
//! sorted and no white space (RFC 8785), so that anybody can hash it again. Deliberately absent: words, which are the
//! pages'.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Code, Error, Fault, Result};
use crate::limits::AMOUNT_MAX_MINOR;
use crate::matching::{MatchRule, Overfunding, PerDonation, Raised, Standing};
use crate::money::Money;
use crate::named::named;

/// The rule as it is published: JSON with sorted members and without white space.
///
/// # Errors
/// `Bug` when it cannot be written.
pub fn canonical(rule: &MatchRule) -> Result<String> {
    let bug = |error: serde_json::Error| Error::Bug(error.to_string());
    let value = serde_json::to_value(rule).map_err(bug)?;
    let members: BTreeMap<String, serde_json::Value> = serde_json::from_value(value).map_err(bug)?;
    serde_json::to_string(&members).map_err(bug)
}

/// The SHA-256 of the canonical text, in hexadecimal.
///
/// ```
/// use civic::call::rule::{canonical, hash};
/// use civic::matching::MatchRule;
///
/// let rule = MatchRule::parse(
///     r#"{"kind": "co_financing", "version": 1, "share_ppm": 600000, "threshold_ppm": 400000,
///         "cap_per_project_minor": 6000000, "overfunding": "kept"}"#,
/// )?;
/// let text = canonical(&rule)?;
/// assert_eq!(
///     text,
///     r#"{"cap_per_project_minor":6000000,"kind":"co_financing","overfunding":"kept","share_ppm":600000,"threshold_ppm":400000,"version":1}"#
/// );
/// assert_eq!(hash(&text).len(), 64);
/// assert_eq!(MatchRule::parse(&text)?, rule);
/// # Ok::<(), civic::error::Error>(())
/// ```
#[must_use]
pub fn hash(canonical: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(canonical))
}

named! {
    /// What somebody who is about to give is told.
    pub enum Told {
        /// When the target is reached, the city adds `at_target`.
        WhenReached = "when_reached",
        /// The city's part is secured; a gift goes on top.
        OnTop = "on_top",
        /// The city's part is secured; a gift lowers what the city adds.
        Lowers = "lowers",
        /// A gift is matched at once; below the target all of it is released in the end.
        EachGift = "each_gift",
        /// The city adds nothing more.
        NothingMore = "nothing_more",
    }
}

/// What the rule makes of a project that costs and raised so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reckoning {
    /// What the project costs.
    pub cost: Money,
    /// What it raised, all of it from the crowd.
    pub raised: Money,
    /// What the crowd must raise.
    pub target: Money,
    /// What is still missing to that.
    pub missing: Money,
    /// Whether it is reached.
    pub reached: bool,
    /// What is set aside when the campaign is scheduled.
    pub reserved: Money,
    /// What the city adds when just the target is raised; at most, where each gift takes its own part.
    pub at_target: Money,
    /// What the city adds when nothing more is raised; at most, where each gift takes its own part.
    pub adds: Money,
    /// What the project then has.
    pub together: Money,
    /// By how much one more gift of the size asked about would change what the city adds: less than nothing where it
    /// lowers it. Where each gift takes its own part, what it would bring.
    pub gift_changes: Option<Money>,
    /// What somebody who is about to give is told.
    pub told: Told,
}

/// Reckons by a rule: a pure look, that promises nothing.
///
/// ```
/// use civic::call::rule::{Told, reckon};
/// use civic::matching::MatchRule;
/// use civic::money::Money;
///
/// let rule = MatchRule::parse(
///     r#"{"kind": "co_financing", "version": 1, "share_ppm": 600000, "threshold_ppm": 400000,
///         "cap_per_project_minor": 6000000, "overfunding": "kept"}"#,
/// )?;
/// let euros = |whole: i64| Money::eur(whole * 100);
/// // Ri-Porta Vittoria, half way: at 25,000 the city adds 37,500.
/// let half = reckon(&rule, euros(62_500), euros(12_400), None)?;
/// assert_eq!((half.target, half.at_target, half.adds), (euros(25_000), euros(37_500), euros(0)));
/// assert_eq!((half.missing, half.told), (euros(12_600), Told::WhenReached));
/// let there = reckon(&rule, euros(62_500), euros(25_000), Some(euros(20)))?;
/// assert_eq!((there.adds, there.told, there.gift_changes), (euros(37_500), Told::OnTop, Some(euros(0))));
/// # Ok::<(), civic::error::Error>(())
/// ```
///
/// # Errors
/// `Invalid` in `cost_minor`, `raised_minor` or `gift_minor` for amounts that are none.
pub fn reckon(rule: &MatchRule, cost: Money, raised: Money, gift: Option<Money>) -> Result<Reckoning> {
    check("cost_minor", cost, 1)?;
    check("raised_minor", raised, 0)?;
    if let Some(gift) = gift {
        check("gift_minor", gift, 1)?;
    }
    let target = rule.target(cost);
    let reached = raised.minor() >= target.minor();
    let adds = added(rule, cost, raised);
    Ok(Reckoning {
        cost,
        raised,
        target,
        missing: Money::eur((target.minor() - raised.minor()).max(0)),
        reached,
        reserved: rule.reservation(cost),
        at_target: added(rule, cost, target),
        adds,
        together: Money::eur(raised.minor() + adds.minor()),
        gift_changes: gift.map(|gift| changed(rule, cost, raised, gift)),
        told: told(rule, cost, raised, reached, adds),
    })
}

fn check(field: &'static str, amount: Money, least: i64) -> Result<()> {
    if (least..=AMOUNT_MAX_MINOR).contains(&amount.minor()) {
        Ok(())
    } else {
        let limit = AMOUNT_MAX_MINOR.unsigned_abs();
        Err(Error::Invalid(vec![Fault::over(field, Code::OutOfRange, limit)]))
    }
}

/// What the city adds when the campaign ends with so much.
fn added(rule: &MatchRule, cost: Money, raised: Money) -> Money {
    let all = Raised::from_the_crowd(raised);
    match rule {
        MatchRule::CoFinancing(rule) => rule.outcome(cost, all).granted,
        MatchRule::PerDonation(rule) => rule.outcome(cost, all, most_base(rule, cost, raised)).granted,
    }
}

/// The most that of such a sum can be matched, when it comes in many small gifts by many donors: each is matched whole
/// until what the city adds is all that is missing, and none after that.
fn most_base(rule: &PerDonation, cost: Money, raised: Money) -> Money {
    let fits = |base: i64| {
        let matched = rule.matched(Money::eur(base)).minor();
        i128::from(matched) + i128::from(base) <= i128::from(cost.minor())
    };
    let (mut yes, mut no) = (0, cost.minor().saturating_add(1));
    while yes + 1 < no {
        let middle = yes + (no - yes) / 2;
        if fits(middle) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    Money::eur(yes.min(raised.minor()).min(rule.cap_per_project().minor()))
}

/// By how much one more gift would change what the city adds.
fn changed(rule: &MatchRule, cost: Money, raised: Money, gift: Money) -> Money {
    let with = Money::eur(raised.minor() + gift.minor());
    match rule {
        MatchRule::CoFinancing(_) => Money::eur(added(rule, cost, with).minor() - added(rule, cost, raised).minor()),
        MatchRule::PerDonation(rule) => {
            let at = Standing {
                cost,
                raised: with,
                base: most_base(rule, cost, raised),
                donor_base: Money::eur(0),
                available: Money::eur(AMOUNT_MAX_MINOR),
                insider: false,
            };
            rule.quote(gift, &at, Money::eur(0)).brings
        }
    }
}

fn told(rule: &MatchRule, cost: Money, raised: Money, reached: bool, adds: Money) -> Told {
    match rule {
        MatchRule::PerDonation(rule) => {
            let more = Money::eur(raised.minor().saturating_add(1));
            let full = most_base(rule, cost, more).minor() == most_base(rule, cost, raised).minor();
            if full { Told::NothingMore } else { Told::EachGift }
        }
        MatchRule::CoFinancing(_) if !reached => Told::WhenReached,
        MatchRule::CoFinancing(_) if adds.minor() == 0 => Told::NothingMore,
        MatchRule::CoFinancing(rule) => {
            // What is still missing to the cost is already less than what was set aside: each cent takes a cent away.
            let lowers = rule.overfunding() == Overfunding::ReducesGrant
                && cost.minor() - raised.minor() <= rule.reservation(cost).minor();
            if lowers { Told::Lowers } else { Told::OnTop }
        }
    }
}
