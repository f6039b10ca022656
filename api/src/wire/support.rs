//! Supports on the wire.

use async_graphql::SimpleObject;
use civic::support::Tally;
use poem_openapi::Object;

/// A support as the member sees it after giving it or taking it back.
#[derive(Debug, Clone, Copy, Object, SimpleObject)]
#[oai(rename = "Tally")]
#[graphql(name = "Tally")]
pub struct TallyOut {
    /// How many support it.
    pub support_count: i64,
    /// Whether the asking member is one of them.
    pub supported: bool,
}

impl From<Tally> for TallyOut {
    fn from(tally: Tally) -> Self {
        Self {
            support_count: tally.supports,
            supported: tally.supported,
        }
    }
}
