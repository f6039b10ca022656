//! The letters to promoters about how they are paid: an account that was entered for them, money on its way, money that came
//! back.
//!
//! Rule: an account is named by its holder and its last characters, enough to see that it is another's.

use civic::City;
use civic::id::{BankAccountId, PayoutId};
use civic::mail::Letter;
use civic::payout::PayoutState;
use civic::payout::read::PayoutLetter;

use super::{Draft, finish, put};
use crate::amount::money;
use crate::format::date;
use crate::language::{Value, words, words_with};

/// The letter about a payout that went to the bank or came back.
#[must_use]
pub fn news(city: &City, due: &PayoutLetter, id: PayoutId, state: PayoutState) -> Letter {
    let key = state.as_str();
    let amount = money(due.language, due.sums.whole());
    let values = [("amount", Value::Text(&amount)), ("title", Value::Text(&due.title))];
    let told = words_with(due.language, &format!("letter-payout-{key}-told"), &values);
    let next = words(due.language, &format!("letter-payout-{key}-next"));
    written(city, due, key, vec![told, account(due), next], format!("{id}-{key}"))
}

/// The letter about an account that was entered.
#[must_use]
pub fn account_entered(city: &City, due: &PayoutLetter, id: BankAccountId) -> Letter {
    let mut lines = vec![
        put(due.language, "letter-payout-account-told", &due.title),
        account(due),
    ];
    let day = due.rests_until.map(|at| date(due.language, &city.settings.zone, at));
    lines.extend(day.map(|day| put(due.language, "letter-payout-account-rests", &day)));
    let contact = &city.settings.contact_email;
    lines.push(put(due.language, "letter-payout-account-next", contact));
    written(city, due, "account", lines, id.to_string())
}

fn account(due: &PayoutLetter) -> String {
    let values = [
        ("holder", Value::Text(&due.holder)),
        ("tail", Value::Text(&due.iban_tail)),
    ];
    words_with(due.language, "letter-payout-to", &values)
}

fn written(city: &City, due: &PayoutLetter, key: &str, lines: Vec<String>, about: String) -> Letter {
    let draft = Draft {
        to: &due.to,
        subject: put(due.language, &format!("letter-payout-{key}"), &due.title),
        lines,
        digits: None,
        link: format!(
            "{}/{}/campaigns/{}/payouts",
            city.settings.base_url,
            due.language.code(),
            due.campaign
        ),
        link_words: words(due.language, "letter-payout-link"),
        about,
    };
    finish(city, due.language, &draft)
}
