//! The letters to donors about a receipt: that it is ready, with what it takes to complete it, and that it does not hold any more.
//!
//! Rule: a letter asks for tax data only where they would earn something.

use civic::City;
use civic::mail::Letter;
use civic::receipt::ReceiptState;
use civic::receipt::read::ReceiptLetter;

use super::{Draft, finish, put};
use crate::amount::money;
use crate::language::{Value, named, words, words_with};
use crate::pages::receipt::path;

/// The letter about a receipt that was issued or cancelled.
#[must_use]
pub fn news(city: &City, due: &ReceiptLetter, state: ReceiptState) -> Letter {
    let (language, card, key) = (due.language, &due.card, state.as_str());
    let (name, amount) = (card.name(), money(language, card.amount));
    let values = [
        ("name", Value::Text(&name)),
        ("amount", Value::Text(&amount)),
        ("title", Value::Text(&card.title)),
    ];
    let mut lines = vec![words_with(language, &format!("letter-receipt-{key}-told"), &values)];
    match (state, card.cancel_reason) {
        (ReceiptState::Issued, _) if due.asks => lines.push(words(language, "letter-receipt-asks")),
        (ReceiptState::Cancelled, Some(reason)) => {
            lines.push(named(language, "letter-receipt-because-", reason.as_str()));
        }
        (ReceiptState::Issued | ReceiptState::Cancelled, _) => {}
    }
    let draft = Draft {
        to: &due.email,
        subject: put(language, &format!("letter-receipt-{key}"), &name),
        lines,
        digits: None,
        link: format!(
            "{}/{}{}",
            city.settings.base_url,
            language.code(),
            path(card.id, due.proof.as_deref())
        ),
        link_words: words(language, "letter-see-receipt"),
        about: format!("{}-{key}", card.id),
    };
    finish(city, language, &draft)
}
