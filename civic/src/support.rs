//! Support: one person stands behind one proposal, once, and may take it back at will.
//!
//! Rule: the table's key keeps it to once, whatever happens at the same moment; the proposal's count changes in the same
//! transaction. Deliberately absent: weights, and any public list of who supports what.

pub mod read;
pub(crate) mod store;
pub mod write;

use serde::{Deserialize, Serialize};

/// A proposal's support as the actor sees it after acting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many support it, with those that an import brought.
    pub supports: i64,
    /// Whether the actor is one of them.
    pub supported: bool,
}
