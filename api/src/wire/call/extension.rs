//! A later end of the window for applications, on the wire.

use async_graphql::{InputObject, SimpleObject};
use civic::call::Extension;
use civic::language::Language as Reader;
use poem_openapi::Object;

use crate::wire::Moment;
use crate::wire::consultation::LocalisedIn;

/// A later end of the window for applications, by a reasoned act.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "CallExtension")]
#[graphql(name = "CallExtension")]
pub struct CallExtensionOut {
    /// When it was made.
    pub made_at: Moment,
    /// The end that was announced before.
    pub was: Moment,
    /// The end since then.
    pub closes_at: Moment,
    /// Why, in Markdown.
    pub reason: String,
}

impl CallExtensionOut {
    /// The extension with its reason in the reader's language.
    #[must_use]
    pub fn of(extension: &Extension, language: Reader) -> Self {
        Self {
            made_at: Moment(extension.made_at),
            was: Moment(extension.was),
            closes_at: Moment(extension.closes_at),
            reason: extension.reason.get(language).to_owned(),
        }
    }
}

/// A later end of the window for applications, to be made.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct CallExtensionIn {
    /// The first minute in which applications are not taken any more: later than now, and before the first round.
    pub closes_at: Moment,
    /// Why, in Markdown: at most 1,000 characters. Everybody reads it.
    pub reason: LocalisedIn,
}
