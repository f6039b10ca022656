//! Moderation on the wire.

use async_graphql::{InputObject, SimpleObject};
use civic::id::DecisionId;
use poem_openapi::Object;

use super::Ref;

/// Why something is done; it is told to whom it concerns.
#[derive(Debug, Clone, Object, InputObject)]
#[oai(deny_unknown_fields)]
pub struct ReasonIn {
    /// The reason: at most 1,000 characters.
    pub reason: String,
}

/// A moderator's reasoned decision.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "Decision")]
#[graphql(name = "Decision")]
pub struct DecisionOut {
    /// Which one.
    pub id: Ref<DecisionId>,
}

impl From<DecisionId> for DecisionOut {
    fn from(id: DecisionId) -> Self {
        Self { id: Ref(id) }
    }
}
