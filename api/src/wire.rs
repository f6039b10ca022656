//! What goes over the wire: one `…Out` and one `…In` for each noun, shared by REST and GraphQL.
//!
//! Rule: each derives the traits of both frameworks, so the two surfaces cannot tell different things. REST writes names
//! in snake_case and leaves out what is not there; GraphQL writes them in camelCase. Ids are typed by `Ref`, instants are
//! RFC 3339 in UTC, amounts are cents and end in `_minor`,
//! counts end in `_count`. Deliberately absent: rules, which are `civic`'s.

pub mod application;
pub mod attachment;
pub mod call;
pub mod campaign;
pub mod comment;
pub mod consultation;
pub mod donation;
mod given;
pub mod ledger;
pub mod member;
pub mod moderation;
mod moment;
pub mod money;
pub mod payout;
pub mod proposal;
pub mod receipt;
pub mod reconciliation;
mod reference;
pub mod report;
pub mod search;
pub mod statement;
pub mod support;

pub use given::Given;
pub use moment::Moment;
pub use reference::Ref;

use async_graphql::{Enum, SimpleObject};
use civic::text::{Change, ChangeKind as Kind};
use poem_openapi::{Enum as ApiEnum, Object};

/// Whether a piece of a text stayed, came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "Kind")]
pub enum ChangeKind {
    /// In both versions.
    Same,
    /// Only in the new one.
    Added,
    /// Only in the old one.
    Removed,
}

/// A piece of a text, and what became of it from one version to the next.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "Change")]
#[graphql(name = "Change")]
pub struct ChangeOut {
    /// What became of it.
    pub kind: ChangeKind,
    /// The piece itself, plain.
    pub text: String,
}

impl From<Change> for ChangeOut {
    fn from(change: Change) -> Self {
        Self {
            kind: change.kind.into(),
            text: change.text,
        }
    }
}

/// A language in which the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::language::Language")]
pub enum Language {
    /// Italian.
    It,
    /// English.
    En,
}

/// Each of them as it goes over the wire.
pub(crate) fn all<A, B: From<A>>(from: Vec<A>) -> Vec<B> {
    from.into_iter().map(B::from).collect()
}
