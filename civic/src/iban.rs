//! The number of a bank account (ISO 13616), as promoters give it and statements show it.
//!
//! Rule: a number that its own check digits or its country's form contradict is refused where it is typed, so that money
//! is never sent to a slip of the finger.

use crate::error::{Code, Fault};

/// An account's number that can be one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Iban(String);

impl Iban {
    /// Reads it, with or without spaces, in small or capital letters.
    ///
    /// # Errors
    /// `Empty` and `IbanWrong`.
    ///
    /// ```
    /// use civic::iban::Iban;
    /// let read = Iban::parse("it60 x054 2811 1010 0000 0123 456", "iban").expect("a number that can be one");
    /// assert_eq!(read.as_str(), "IT60X0542811101000000123456");
    /// assert!(Iban::parse("IT61X0542811101000000123456", "iban").is_err());
    /// ```
    pub fn parse(raw: &str, field: &'static str) -> Result<Self, Fault> {
        let text: String = raw.split_whitespace().collect::<String>().to_ascii_uppercase();
        if text.is_empty() {
            return Err(Fault::new(field, Code::Empty));
        }
        match text.parse::<iban::Iban>() {
            Ok(_) => Ok(Self(text)),
            Err(_) => Err(Fault::new(field, Code::IbanWrong)),
        }
    }

    /// The number, in capital letters and without spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its last four characters, which tell the owner which account it is and nobody else.
    #[must_use]
    pub fn tail(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default()
    }
}
