//! What people write: titles and Markdown in, safe HTML out.

use sea_orm::DeriveValueType;

/// A language by its ISO 639-1 code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, DeriveValueType)]
pub struct Lang(pub String);

/// Lower case without accents, for keys.
#[must_use]
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}
