//! How a campaign stands, in words and as a bar: what people gave, of how much, what the city adds, until when.
//!
//! Rule: the words say everything, the bar and its colour nothing more. What the city adds is promised as the rule says it:
//! below the threshold as a condition, above it as what is secured.

use civic::campaign::CampaignState;
use civic::campaign::read::CampaignCard;
use civic::language::Language;
use civic::money::Money;

use crate::amount::money;
use crate::format::{number, until};
use crate::language::{Value, words, words_with};
use crate::visit::Visit;

/// How a campaign stands.
pub struct Bar {
    /// Whole euros towards the threshold; none where there is no threshold to reach.
    pub value: Option<i64>,
    /// Whole euros of the threshold.
    pub max: i64,
    /// What people gave.
    pub raised: String,
    /// What else there is to say, most important first.
    pub lines: Vec<String>,
}

/// Cents of a euro.
const CENTS: i64 = 100;

impl Bar {
    /// How a campaign stands, for its reader.
    #[must_use]
    pub fn of(visit: &Visit, card: &CampaignCard) -> Self {
        let language = visit.language;
        let max = card.target.minor() / CENTS;
        let mut lines = vec![gifts(language, card.gifts)];
        lines.extend(units(language, card));
        lines.extend(apart(language, card));
        lines.extend(city(language, card));
        if card.state == CampaignState::Open {
            lines.extend(card.ends_at.map(|end| {
                let left = until(language, visit.cx.now, end);
                words_with(language, "bar-ends", &[("text", Value::Text(&left))])
            }));
        }
        Self {
            value: (max > 0).then(|| (card.towards.minor() / CENTS).min(max)),
            max,
            raised: raised(language, card),
            lines,
        }
    }
}

fn raised(language: Language, card: &CampaignCard) -> String {
    let raised = money(language, card.raised);
    if card.target.minor() == 0 {
        return words_with(language, "bar-raised", &[("text", Value::Text(&raised))]);
    }
    let target = money(language, card.target);
    let values = [("raised", Value::Text(&raised)), ("target", Value::Text(&target))];
    words_with(language, "bar-raised-of", &values)
}

fn gifts(language: Language, gifts: i64) -> String {
    words_with(language, "bar-gifts", &[("n", Value::Number(gifts))])
}

/// What a fund has paid for, such as trees.
fn units(language: Language, card: &CampaignCard) -> Option<String> {
    let (unit, units) = (card.unit.as_ref()?, card.units?);
    let (units, price) = (number(language, units), money(language, unit.price));
    let values = [
        ("number", Value::Text(&units)),
        ("unit", Value::Text(&unit.label)),
        ("price", Value::Text(&price)),
    ];
    Some(words_with(language, "bar-units", &values))
}

/// What counts as raised but not towards the threshold, since it is the promoter's side's own.
fn apart(language: Language, card: &CampaignCard) -> Option<String> {
    let apart = card.raised.minus(card.towards).ok().filter(|apart| apart.minor() > 0)?;
    let apart = money(language, apart);
    (card.target.minor() > 0).then(|| words_with(language, "bar-apart", &[("text", Value::Text(&apart))]))
}

/// What the city adds, as it can be told now; nothing of a fund.
#[must_use]
pub fn city(language: Language, card: &CampaignCard) -> Option<String> {
    card.call?;
    let adds = money(language, card.city.now);
    let line = |key: &str, text: &str| Some(words_with(language, key, &[("text", Value::Text(text))]));
    if card.state.returns_gifts() {
        return Some(words(language, "bar-nothing-added"));
    }
    if card.state.has_outcome() {
        return line("bar-added", &adds);
    }
    match card.city.at_target {
        Some(_) if card.city.secured && card.city.lowered_by_more => line("bar-secured-lowered", &adds),
        Some(_) if card.city.secured => line("bar-secured", &adds),
        Some(at_target) => {
            let (target, adds) = (money(language, card.target), money(language, at_target));
            let values = [("target", Value::Text(&target)), ("adds", Value::Text(&adds))];
            Some(words_with(language, "bar-city-at-target", &values))
        }
        None => line("bar-city-each", &adds),
    }
}

/// What happens to a gift if all goes well, and if not.
#[must_use]
pub fn promises(language: Language, card: &CampaignCard) -> Vec<String> {
    let mut promises = Vec::new();
    if card.target.minor() > 0 {
        let target = money(language, card.target);
        promises.push(words_with(
            language,
            "promise-if-missed",
            &[("text", Value::Text(&target))],
        ));
    }
    promises.push(words(language, "promise-held"));
    if card.call.is_some() {
        promises.push(words(language, "promise-public-books"));
    }
    promises
}

/// A sentence on what the city adds to a gift; nothing where it adds to none.
#[must_use]
pub fn brings(language: Language, gift: Money, brings: Money) -> Option<String> {
    let (gift, adds) = (money(language, gift), money(language, brings));
    let values = [("gift", Value::Text(&gift)), ("adds", Value::Text(&adds))];
    (brings.minor() > 0).then(|| words_with(language, "bar-brings", &values))
}
