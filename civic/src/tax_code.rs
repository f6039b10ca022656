//! Italian tax codes: of a person (sixteen letters and digits) and of a body (eleven digits, as the VAT number).
//!
//! Rule: what has the wrong form or check character is refused when it is typed, since a wrong code is found out years
//! later by the tax office. Deliberately absent: asking anybody whether the code was ever given.

use crate::error::{Code, Fault};

/// A tax code whose check character is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaxCode {
    /// A person's.
    Person(String),
    /// A body's.
    Body(String),
}

impl TaxCode {
    /// Reads a code; white space and case do not count.
    ///
    /// # Errors
    /// A fault in `field`: `Empty` or `TaxCodeWrong`.
    ///
    /// ```
    /// use civic::tax_code::TaxCode;
    ///
    /// // The usual example of the tax office, and one of two persons alike, told apart by a letter for a digit.
    /// assert!(matches!(TaxCode::parse("rssmra 80a01 f205x", "f"), Ok(TaxCode::Person(_))));
    /// assert!(TaxCode::parse("RSSMRA80A01F205Y", "f").is_err());
    /// // Milan's own.
    /// assert!(matches!(TaxCode::parse("01199250158", "f"), Ok(TaxCode::Body(_))));
    /// assert!(TaxCode::parse("01199250159", "f").is_err());
    /// ```
    pub fn parse(raw: &str, field: &'static str) -> Result<Self, Fault> {
        let text: String = raw.split_whitespace().collect::<String>().to_ascii_uppercase();
        match text.len() {
            0 => Err(Fault::new(field, Code::Empty)),
            11 if is_body(text.as_bytes()) => Ok(Self::Body(text)),
            16 if is_person(text.as_bytes()) => Ok(Self::Person(text)),
            _ => Err(Fault::new(field, Code::TaxCodeWrong)),
        }
    }

    /// The code, in capital letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Person(text) | Self::Body(text) => text,
        }
    }
}

/// The letters that stand for the digits 0 to 9 when two persons would have the same code.
const FOR_DIGITS: &[u8; 10] = b"LMNPQRSTUV";
/// The months, January to December.
const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";
/// What a character on an odd place counts, by the digit or the letter's place in the alphabet.
const ODD: [u32; 26] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

fn is_person(text: &[u8]) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || FOR_DIGITS.contains(&byte);
    let shaped = text.iter().enumerate().all(|(place, byte)| match place {
        8 => MONTHS.contains(byte),
        6 | 7 | 9 | 10 | 12 | 13 | 14 => digit(*byte),
        _ => byte.is_ascii_uppercase(),
    });
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => u32::from(byte.wrapping_sub(b'A')) % 26,
    };
    let sum: u32 = text[..15]
        .iter()
        .enumerate()
        // The first place is an odd one.
        .map(|(place, byte)| match place % 2 {
            0 => ODD[value(*byte) as usize],
            _ => value(*byte),
        })
        .sum();
    shaped && value(text[15]) == sum % 26
}

fn is_body(text: &[u8]) -> bool {
    if !text.iter().all(u8::is_ascii_digit) || text.iter().all(|byte| *byte == b'0') {
        return false;
    }
    let sum: u32 = text
        .iter()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match place % 2 {
                0 => digit,
                _ if digit > 4 => 2 * digit - 9,
                _ => 2 * digit,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}
