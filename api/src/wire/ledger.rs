//! The public books on the wire. Accounts are named as in the chain's text, such as `custodian:bank`.

use async_graphql::{Enum, SimpleObject};
use civic::id::{CallId, CampaignId, PotId, TxnId};
use civic::ledger::books::{BookEntry, CampaignBooks, PotCard};
use poem_openapi::{Enum as ApiEnum, Object};

use super::campaign::CampaignState;
use super::money::Cents;
use super::{Language, Moment, Ref};

/// Why money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ApiEnum, Enum)]
#[oai(rename_all = "snake_case")]
#[graphql(remote = "civic::ledger::Kind")]
pub enum LedgerKind {
    /// A contributor puts money into a pot.
    PotFunded,
    /// A pot is made smaller, by what nobody was promised.
    PotReduced,
    /// Match is held: for a quote while its donor pays, or while a gift is in dispute.
    MatchHeld,
    /// A hold ends without a match.
    MatchUnheld,
    /// Match is set aside: for a campaign in its round, or for a confirmed gift.
    MatchReserved,
    /// Match that was set aside or granted is free again.
    MatchReleased,
    /// The outcome fixes the grant.
    MatchGranted,
    /// The grant is to be paid.
    MatchDue,
    /// The grant is paid.
    MatchPaid,
    /// The promoter paid back a part of the grant.
    MatchPaidBack,
    /// A gift has come in.
    GiftConfirmed,
    /// Money that belongs to no gift that counts has come in, and is owed back.
    GiftTooLate,
    /// A gift, or a part of it, is on its way back.
    GiftRefunded,
    /// A gift is to go back, and cannot yet.
    RefundOwed,
    /// A refund came back to us.
    RefundFailed,
    /// What was owed to a donor is paid another way.
    RefundPaid,
    /// The provider holds a gift back in a dispute.
    DisputeOpened,
    /// The dispute was won.
    DisputeWon,
    /// The dispute was lost.
    DisputeLost,
    /// The provider takes its fee.
    FeeCharged,
    /// The provider gives a fee back.
    FeeReturned,
    /// A funded campaign bears fees.
    FeeBorne,
    /// The outcome makes gifts the campaign's.
    GiftsGranted,
    /// Gifts are paid out to the promoter.
    PayoutPaid,
    /// The bank sent a payout back.
    PayoutReturned,
    /// The promoter paid back what a later loss made them owe, or it is kept back from what they are owed.
    ReceivablePaid,
    /// Money moved between the provider and the bank.
    ProviderSettled,
    /// Cash was brought to the bank.
    CashBanked,
    /// Money moved and nobody knows why yet.
    Unexplained,
    /// A mistake is undone: another txn, exactly back.
    Reversal,
}

/// One move of money, with the txn that it is a part of.
///
/// To check the chain, put the lines of a txn's text together, each ended by a line feed: `arengo ledger 2`, `number …`,
/// `before …` (its `previous_hash`), `id …`, `kind …`, `reverses …` (an id, or `nothing`), `seal …`, and for each of its
/// entries `entry … … … … EUR` (position, debit, credit, cents). The SHA-256 of that text is `hash`, and the
/// `previous_hash` of the next. Where instants are shown, `seal` is the SHA-256 of the lines `cause …`, `effective …` and
/// `recorded …` with the instants in milliseconds since 1970; of what is about one gift they are left out.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "LedgerEntry", skip_serializing_if_is_none)]
#[graphql(name = "LedgerEntry")]
pub struct LedgerEntryOut {
    /// The place of its txn in the chain.
    pub number: i64,
    /// Its place in the txn, from one.
    pub position: i64,
    /// Its txn.
    pub txn_id: Ref<TxnId>,
    /// Why.
    pub kind: LedgerKind,
    /// What it follows from: a public id and how far it came; `gift/…` with the id of the campaign's list where a gift came
    /// in, `gift` for what else is about one, and `other` for what names something that is not public.
    pub cause: String,
    /// Which txn it undoes.
    pub reverses: Option<Ref<TxnId>>,
    /// The day on which it happened, by the city's calendar.
    pub day: String,
    /// When it happened; left out of what is about one gift.
    pub effective_at: Option<Moment>,
    /// When it was posted; left out of what is about one gift.
    pub recorded_at: Option<Moment>,
    /// The hash of cause and instants.
    pub seal: String,
    /// The account that is debited.
    pub debit: String,
    /// The account that is credited.
    pub credit: String,
    /// How much.
    pub amount_minor: Cents,
    /// The hash of the txn before.
    pub previous_hash: String,
    /// The hash of its txn.
    pub hash: String,
}

impl From<BookEntry> for LedgerEntryOut {
    fn from(entry: BookEntry) -> Self {
        Self {
            number: entry.number,
            position: entry.position,
            txn_id: Ref(entry.txn),
            kind: entry.kind.into(),
            cause: entry.cause,
            reverses: entry.reverses.map(Ref),
            day: entry.day,
            effective_at: entry.effective_at.map(Moment),
            recorded_at: entry.recorded_at.map(Moment),
            seal: entry.seal,
            debit: entry.debit.to_string(),
            credit: entry.credit.to_string(),
            amount_minor: entry.amount.into(),
            previous_hash: entry.previous_hash,
            hash: entry.hash,
        }
    }
}

/// Where the money of a pot stands. Held, reserved, committed, payable and paid are together never more than the total.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "PotBalances")]
#[graphql(name = "PotBalances")]
pub struct PotBalancesOut {
    /// The pot.
    pub pot_id: Ref<PotId>,
    /// Its call.
    pub call_id: Ref<CallId>,
    /// The call's part of the address.
    pub slug: String,
    /// The call's title.
    pub title: String,
    /// The language that the title really is in.
    pub title_lang: Language,
    /// What its contributors put in.
    pub total_minor: Cents,
    /// What is promised to nobody.
    pub available_minor: Cents,
    /// Quotes under way, and gifts in dispute.
    pub held_minor: Cents,
    /// Set aside for campaigns without an outcome.
    pub reserved_minor: Cents,
    /// Granted.
    pub committed_minor: Cents,
    /// To be paid.
    pub payable_minor: Cents,
    /// Paid.
    pub paid_minor: Cents,
    /// What was promised once and became free again, in all.
    pub released_minor: Cents,
}

impl From<PotCard> for PotBalancesOut {
    fn from(card: PotCard) -> Self {
        Self {
            pot_id: Ref(card.pot),
            call_id: Ref(card.call),
            slug: card.slug,
            title_lang: card.title.0.into(),
            title: card.title.1,
            total_minor: card.balances.total.into(),
            available_minor: card.balances.available.into(),
            held_minor: card.balances.held.into(),
            reserved_minor: card.balances.reserved.into(),
            committed_minor: card.balances.committed.into(),
            payable_minor: card.balances.payable.into(),
            paid_minor: card.balances.paid.into(),
            released_minor: card.released.into(),
        }
    }
}

/// Where the gifts of a campaign stand.
#[derive(Debug, Clone, Object, SimpleObject)]
#[oai(rename = "CampaignBalances", skip_serializing_if_is_none)]
#[graphql(name = "CampaignBalances")]
pub struct CampaignBalancesOut {
    /// The campaign.
    pub campaign_id: Ref<CampaignId>,
    /// Its title.
    pub title: String,
    /// The language that it is written in.
    pub lang: String,
    /// Its call; not there for a fund.
    pub call_id: Option<Ref<CallId>>,
    /// Where it stands.
    pub state: CampaignState,
    /// Gifts before the outcome: still the donors'.
    pub donor_funds_minor: Cents,
    /// What the promoter is owed.
    pub payable_minor: Cents,
    /// What the promoter owes after a refund or a lost dispute of money that was paid out.
    pub receivable_minor: Cents,
}

impl From<CampaignBooks> for CampaignBalancesOut {
    fn from(books: CampaignBooks) -> Self {
        Self {
            campaign_id: Ref(books.campaign),
            title: books.title,
            lang: books.lang.code().to_owned(),
            call_id: books.call.map(Ref),
            state: books.state.into(),
            donor_funds_minor: books.balances.donor_funds.into(),
            payable_minor: books.balances.payable.into(),
            receivable_minor: books.balances.receivable.into(),
        }
    }
}
