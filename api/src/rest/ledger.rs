//! The public books over REST: for everybody, without a token. Deliberately absent: posting, which only use cases do.

use civic::id::{CallId, CampaignId, PotId};
use civic::ledger::books::{self, Direction, Moves};
use civic::page::Paging;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;

use super::Tag;
use super::answer::{Answered, Call, CampaignBalancesList, LedgerEntryList, PotBalancesList, Shown};
use crate::wire::Ref;
use crate::wire::ledger::LedgerKind;

/// The operations on the books.
pub struct Ledger;

#[OpenApi(tag = "Tag::Ledger")]
impl Ledger {
    /// List every move of money, as the chain goes
    ///
    /// All of them, or those of one pot, campaign or kind. `LedgerEntry` says how the chain is checked; that needs all.
    #[oai(path = "/ledger/entries", method = "get", operation_id = "ledger_entries")]
    async fn entries(
        &self,
        call: Call,
        /// Only those of this pot.
        pot: Query<Option<Ref<PotId>>>,
        /// Only those of the gifts of this campaign.
        campaign: Query<Option<Ref<CampaignId>>>,
        /// Only those of this kind.
        kind: Query<Option<LedgerKind>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<LedgerEntryList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        let which = Moves {
            pot: pot.0.map(|id| id.0),
            campaign: campaign.0.map(|id| id.0),
            kind: kind.0.map(Into::into),
        };
        let page = books::entries(&call.0, which, Direction::OldestFirst, paging).await?;
        Ok(Shown(page.into()))
    }

    /// List the pots of public calls with their balances
    #[oai(path = "/ledger/balances", method = "get", operation_id = "ledger_balances")]
    async fn balances(
        &self,
        call: Call,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<PotBalancesList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(books::pots(&call.0, paging).await?.into()))
    }

    /// List public campaigns with the balances of their gifts
    #[oai(
        path = "/ledger/balances/campaigns",
        method = "get",
        operation_id = "ledger_balances_of_campaigns"
    )]
    async fn campaigns(
        &self,
        call: Call,
        /// Only those of this call.
        #[oai(name = "call")]
        of: Query<Option<Ref<CallId>>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<CampaignBalancesList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        let page = books::campaigns(&call.0, of.0.map(|id| id.0), paging).await?;
        Ok(Shown(page.into()))
    }
}
