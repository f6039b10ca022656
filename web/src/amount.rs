//! Amounts of money and shares as people read and type them, in euros and per cent; `civic` knows cents and parts per million.
//!
//! Rule: what is typed is read as either language writes it, `1.234,56` or `1,234.56`, and never guessed at: what could
//! be two amounts is none.

use civic::language::Language;
use civic::money::{Money, WHOLE_PPM};

use crate::format::{comma, number};

/// Cents of one euro.
const CENTS: i64 = 100;
/// Longest amount that is read, in digits: more than any there is.
const DIGITS_MAX: usize = 15;
/// Parts per million in one per cent.
const PER_CENT: u32 = WHOLE_PPM / 100;
/// A space that does not break.
const JOINED: char = '\u{a0}';

/// An amount to be read: `1.234,56 €` or `€1,234.56`; whole euros stand without decimals.
#[must_use]
pub fn money(language: Language, amount: Money) -> String {
    let minor = amount.minor();
    let whole = number(language, minor.unsigned_abs().cast_signed() / CENTS);
    let sign = if minor < 0 { "-" } else { "" };
    let cents = match minor.unsigned_abs() % CENTS.unsigned_abs() {
        0 => String::new(),
        cents => format!("{}{cents:02}", comma(language)),
    };
    match language {
        Language::It => format!("{sign}{whole}{cents}{JOINED}€"),
        Language::En => format!("{sign}€{whole}{cents}"),
    }
}

/// An amount as it stands in a field: without thousands apart.
#[must_use]
pub fn typed(language: Language, amount: Money) -> String {
    let (whole, cents) = (
        amount.minor() / CENTS,
        amount.minor().unsigned_abs() % CENTS.unsigned_abs(),
    );
    match cents {
        0 => whole.to_string(),
        cents => format!("{whole}{}{cents:02}", comma(language)),
    }
}

/// A share to be read: `60%`, `33,3333%`.
#[must_use]
pub fn share(language: Language, ppm: u32) -> String {
    format!("{}%", typed_share(language, ppm))
}

/// A share as it stands in a field, in per cent.
#[must_use]
pub fn typed_share(language: Language, ppm: u32) -> String {
    let (whole, part) = (ppm / PER_CENT, ppm % PER_CENT);
    let decimals = format!("{part:04}");
    match decimals.trim_end_matches('0') {
        "" => whole.to_string(),
        decimals => format!("{whole}{}{decimals}", comma(language)),
    }
}

/// Reads an amount in euros; `None` when it is none, or could be two.
#[must_use]
pub fn read(text: &str) -> Option<Money> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '€').collect();
    let (whole, cents) = parts(&text, 2)?;
    let cents = format!("{cents:0<2}");
    let minor = whole.parse::<i64>().ok()?.checked_mul(CENTS)?;
    Some(Money::eur(minor.checked_add(cents.parse().ok()?)?))
}

/// Reads a share in per cent; `None` when it is none.
#[must_use]
pub fn read_share(text: &str) -> Option<u32> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '%').collect();
    let (whole, part) = text.split_once([',', '.']).unwrap_or((&text, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || whole.len() > 4 || part.len() > 4 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: u32 = format!("{part:0<4}").parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(PER_CENT)?.checked_add(part)
}

/// The digits before and after the decimal sign, at most `most` of the latter.
fn parts(text: &str, most: usize) -> Option<(String, String)> {
    let last = text.rfind([',', '.']);
    let (whole, part) = match last {
        None => (text, ""),
        Some(at) if (1..=most).contains(&(text.len() - at - 1)) => (&text[..at], &text[at + 1..]),
        // Three digits behind the last sign are thousands.
        Some(_) => (text, ""),
    };
    let groups: Vec<&str> = whole.split([',', '.']).collect();
    let signs: Vec<char> = whole.chars().filter(|c| matches!(c, ',' | '.')).collect();
    let alike = signs.windows(2).all(|pair| pair[0] == pair[1]);
    let decimal = last
        .filter(|_| !part.is_empty())
        .and_then(|at| text[at..].chars().next());
    let apart = signs.iter().all(|sign| Some(*sign) != decimal);
    let grouped = groups.len() == 1 || groups.iter().skip(1).all(|group| group.len() == 3);
    let first = groups
        .first()
        .is_some_and(|first| groups.len() == 1 || (1..=3).contains(&first.len()));
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let whole: String = groups.concat();
    let fits = alike && apart && grouped && first && digits(&whole) && whole.len() <= DIGITS_MAX;
    (fits && (part.is_empty() || digits(part))).then(|| (whole, part.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_either_language_writes_them() {
        let minor = |text: &str| read(text).map(Money::minor);
        for (text, cents) in [
            ("20", 2_000),
            ("20,5", 2_050),
            ("20.50", 2_050),
            ("1.234,56", 123_456),
            ("1,234.56", 123_456),
            ("1.234", 123_400),
            ("62 500 €", 6_250_000),
            ("1.000.000", 100_000_000),
            ("0", 0),
        ] {
            assert_eq!(minor(text), Some(cents), "{text}");
        }
        for text in [
            "",
            "-5",
            "1,2,3",
            "1.23.456",
            "12,3456",
            "1,234,56",
            "dieci",
            "1e3",
            ",50",
            "1.234.56",
            "9999999999999999",
        ] {
            assert_eq!(minor(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_shown_in_a_field_is_read_back() {
        for minor in [0, 5, 50, 123_456, 6_250_000] {
            for language in Language::ALL {
                assert_eq!(read(&typed(language, Money::eur(minor))), Some(Money::eur(minor)));
            }
        }
        for ppm in [0, 1, 600_000, 333_333, 1_250_000] {
            for language in Language::ALL {
                assert_eq!(read_share(&typed_share(language, ppm)), Some(ppm));
            }
        }
    }

    #[test]
    fn an_amount_reads_as_each_language_writes_it() {
        assert_eq!(money(Language::It, Money::eur(123_456)), "1.234,56\u{a0}€");
        assert_eq!(money(Language::En, Money::eur(123_456)), "€1,234.56");
        assert_eq!(money(Language::It, Money::eur(2_500_000)), "25.000\u{a0}€");
        assert_eq!(money(Language::En, Money::eur(-50)), "-€0.50");
        assert_eq!(share(Language::It, 605_000), "60,5%");
    }
}
