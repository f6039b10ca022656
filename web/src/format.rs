//! Dates, numbers and sizes as people of each language write them.
//!
//! Rule: dates are local to the city; the words between the figures are in `locales/`.

use civic::language::Language;
use civic::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp, Zone};

use crate::language::{Value, words, words_with};

/// A whole number with its thousands apart: `1.234` or `1,234`.
#[must_use]
pub fn number(language: Language, value: i64) -> String {
    let separator = match language {
        Language::It => '.',
        Language::En => ',',
    };
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// What stands before the decimals.
#[must_use]
pub const fn comma(language: Language) -> char {
    match language {
        Language::It => ',',
        Language::En => '.',
    }
}

/// A day: `25 novembre 2026`, and the first of a month as `1º novembre 2026`.
#[must_use]
pub fn date(language: Language, zone: &Zone, at: Timestamp) -> String {
    let local = at.local(zone);
    let month = words(language, &format!("month-{}", local.month()));
    let day = match local.day() {
        1 => words(language, "first-of-month"),
        day => day.to_string(),
    };
    let year = local.year().to_string();
    let values = [
        ("day", Value::Text(&day)),
        ("month", Value::Text(&month)),
        ("year", Value::Text(&year)),
    ];
    words_with(language, "date", &values)
}

/// A day with its hour: `25 novembre 2026, ore 12:00`.
#[must_use]
pub fn moment(language: Language, zone: &Zone, at: Timestamp) -> String {
    let local = at.local(zone);
    let time = format!("{}:{:02}", local.hour(), local.minute());
    let date = date(language, zone, at);
    words_with(
        language,
        "moment",
        &[("date", Value::Text(&date)), ("time", Value::Text(&time))],
    )
}

/// How long from `now` until `at`, in days, hours or minutes.
#[must_use]
pub fn until(language: Language, now: Timestamp, at: Timestamp) -> String {
    let left = at.since_ms(now).max(0);
    let (key, number) = if left >= DAY_MS {
        ("in-days", left / DAY_MS)
    } else if left >= HOUR_MS {
        ("in-hours", left / HOUR_MS)
    } else {
        ("in-minutes", (left / MINUTE_MS).max(1))
    };
    words_with(language, key, &[("n", Value::Number(number))])
}

/// A megabyte in bytes, as people count them.
const MEGABYTE: i64 = 1_000_000;

/// A size in kilobytes or megabytes.
#[must_use]
pub fn size(language: Language, bytes: i64) -> String {
    if bytes >= MEGABYTE {
        let tenths = bytes * 10 / MEGABYTE;
        format!("{}{}{} MB", tenths / 10, comma(language), tenths % 10)
    } else {
        format!("{} kB", (bytes / 1_000).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart_as_each_language_writes_them() {
        assert_eq!(number(Language::It, 1_234_567), "1.234.567");
        assert_eq!(number(Language::En, -1_234), "-1,234");
        assert_eq!(number(Language::It, 999), "999");
    }

    #[test]
    fn a_day_is_the_citys_own() {
        let zone = Zone::named("Europe/Rome").expect("Rome is in the list");
        let at = Timestamp::parse_rfc3339("2026-11-24T23:30:00Z").expect("an instant");
        assert_eq!(date(Language::It, &zone, at), "25 novembre 2026");
        let first = Timestamp::parse_rfc3339("2026-12-01T12:00:00Z").expect("an instant");
        assert_eq!(date(Language::It, &zone, first), "1º dicembre 2026");
        assert_eq!(date(Language::En, &zone, first), "1 December 2026");
        assert_eq!(moment(Language::En, &zone, at), "25 November 2026, 0:30");
    }
}
