//! Reconciliation over REST: looking only, since deciding asks for a session with a fresh second factor.

use civic::page::Paging;
use civic::reconciliation::read;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;

use super::Tag;
use super::answer::{Answered, Call, MovementList, Shown};
use crate::wire::reconciliation::{MovementState, ReconciliationOut};

/// The operations on reconciliation.
pub struct Reconciliation;

#[OpenApi(tag = "Tag::Ledger")]
impl Reconciliation {
    /// Show how the books stand against the provider's account, as a treasurer of the city
    #[oai(path = "/reconciliation", method = "get", operation_id = "reconciliation_get")]
    async fn get(&self, call: Call) -> Answered<Shown<ReconciliationOut>> {
        let last = read::last(&call.0).await?;
        Ok(Shown((last, read::astray(&call.0).await?).into()))
    }

    /// List the movements on the provider's account in a state, newest first, as a treasurer of the city
    #[oai(
        path = "/reconciliation/movements",
        method = "get",
        operation_id = "reconciliation_movements"
    )]
    async fn movements(
        &self,
        call: Call,
        /// In which state.
        state: Query<MovementState>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<MovementList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::movements(&call.0, state.0.into(), paging).await?.into()))
    }
}
