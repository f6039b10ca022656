//! The letters to donors: how to pay, what came, what goes back, and what became of the campaign.
//!
//! Rule: a letter promises nothing of the city that the campaign's page does not, and says what happens if the campaign
//! fails. It leads to the gift's page; the proof in its address is for those who have no account.

use civic::City;
use civic::campaign::CampaignState;
use civic::donation::Way;
use civic::donation::news::DonationNews;
use civic::donation::read::DonationLetter;
use civic::language::Language;
use civic::mail::Letter;

use super::{Draft, finish, put};
use crate::amount::money;
use crate::format::{date, moment};
use crate::language::{Value, words, words_with};
use crate::pages::campaign::bar;
use crate::pages::donation::path;

/// The letter about what became of a gift in the event of this number.
#[must_use]
pub fn news(city: &City, due: &DonationLetter, news: DonationNews, number: i64) -> Letter {
    let (key, lines) = match news {
        DonationNews::Promised => ("promised", promised(city, due)),
        DonationNews::Confirmed if due.card.late => ("late", vec![told(due, "late")]),
        DonationNews::Confirmed => ("confirmed", confirmed(city, due)),
        DonationNews::Expired => ("expired", vec![told(due, "expired")]),
        DonationNews::Failed => ("failed", vec![told(due, "failed")]),
        DonationNews::RefundBegun => ("refund-begun", refund(due, "refund-begun")),
        DonationNews::RefundMade => ("refund-made", refund(due, "refund-made")),
        DonationNews::RefundFailed => ("refund-failed", refund_failed(city, due)),
    };
    written(city, due, key, lines, format!("{}-{number}", due.card.id))
}

/// The letter about the outcome of a campaign.
#[must_use]
pub fn outcome(city: &City, due: &DonationLetter, state: CampaignState) -> Letter {
    let language = due.language;
    let key = match state {
        CampaignState::Unfunded => "unfunded",
        CampaignState::Cancelled => "cancelled",
        CampaignState::Lapsed => "lapsed",
        _ if due.campaign.call.is_none() => "fund-ended",
        _ => "funded",
    };
    let mut lines = vec![told(due, key)];
    if state.returns_gifts() {
        let reason = due.reason.iter().filter(|_| state == CampaignState::Cancelled);
        lines.extend(reason.map(|reason| put(language, "letter-reason", reason)));
        lines.push(words(language, "letter-gift-goes-back"));
    } else {
        lines.extend(bar::city(language, &due.campaign).filter(|_| due.campaign.city.now.minor() > 0));
    }
    written(city, due, key, lines, format!("{}-{key}", due.card.id))
}

fn told(due: &DonationLetter, key: &str) -> String {
    let amount = money(due.language, due.amount);
    let values = [
        ("amount", Value::Text(&amount)),
        ("title", Value::Text(&due.campaign.title)),
    ];
    words_with(due.language, &format!("letter-gift-{key}-told"), &values)
}

fn promised(city: &City, due: &DonationLetter) -> Vec<String> {
    let (language, settings) = (due.language, &city.settings);
    let mut lines = vec![told(due, "promised")];
    let until = moment(language, &settings.zone, due.card.expires_at);
    match due.card.way {
        Way::BankTransfer => {
            lines.push(put(language, "letter-gift-transfer", &until));
            let code = due.card.reference_code.clone().unwrap_or_default();
            for (label, value) in [
                ("transfer-to", settings.custodian.clone()),
                ("transfer-iban", settings.custodian_iban.clone()),
                ("transfer-amount", money(language, due.amount)),
                ("transfer-code", code),
            ] {
                lines.push(format!("{}: {value}", words(language, label)));
            }
            lines.push(words(language, "transfer-explained"));
        }
        Way::Cash | Way::Online => {
            let values = [
                ("holder", Value::Text(&settings.custodian)),
                ("until", Value::Text(&until)),
            ];
            lines.push(words_with(language, "letter-gift-cash", &values));
        }
    }
    lines.extend(bar::promises(language, &due.campaign));
    lines
}

fn confirmed(city: &City, due: &DonationLetter) -> Vec<String> {
    let language = due.language;
    let mut lines = vec![told(due, "confirmed")];
    if let Some(at) = due.card.confirmed_at {
        let day = date(language, &city.settings.zone, at);
        lines.push(put(language, "letter-gift-came", &day));
    }
    lines.extend(adds(language, due));
    if !due.campaign.state.has_outcome() {
        lines.extend(bar::promises(language, &due.campaign));
    }
    lines
}

/// What the city adds, as the rule says it and nothing beyond.
fn adds(language: Language, due: &DonationLetter) -> Option<String> {
    due.campaign.call?;
    let Some(adds) = due.adds else {
        return bar::city(language, &due.campaign);
    };
    let (amount, target) = (money(language, adds), money(language, due.campaign.target));
    let decided = due.campaign.state.has_outcome();
    if decided {
        return bar::city(language, &due.campaign);
    }
    Some(match (adds.minor(), due.campaign.target.minor()) {
        (0, _) => words(language, "letter-gift-adds-nothing"),
        (_, 0) => put(language, "letter-gift-adds", &amount),
        _ => {
            let values = [("adds", Value::Text(&amount)), ("target", Value::Text(&target))];
            words_with(language, "letter-gift-adds-at-target", &values)
        }
    })
}

fn refund(due: &DonationLetter, key: &str) -> Vec<String> {
    let by = due.back_by.as_deref().unwrap_or("provider");
    vec![told(due, key), words(due.language, &format!("letter-gift-{key}-{by}"))]
}

fn refund_failed(city: &City, due: &DonationLetter) -> Vec<String> {
    let language = due.language;
    let id = due.card.id.to_string();
    let values = [
        ("contact", Value::Text(&city.settings.contact_email)),
        ("id", Value::Text(&id)),
    ];
    vec![
        told(due, "refund-failed"),
        words_with(language, "letter-gift-refund-failed-do", &values),
    ]
}

fn written(city: &City, due: &DonationLetter, key: &str, lines: Vec<String>, about: String) -> Letter {
    let language = due.language;
    let draft = Draft {
        to: &due.email,
        subject: words(language, &format!("letter-gift-{key}")),
        lines,
        digits: None,
        link: format!(
            "{}/{}{}",
            city.settings.base_url,
            language.code(),
            path(due.card.id, due.proof.as_deref())
        ),
        link_words: words(language, "letter-see-gift"),
        about,
    };
    finish(city, language, &draft)
}
