//! Why money moves: every kind of txn, and between which accounts it may.
//!
//! Rule: a kind that is not here does not exist, and an entry that its kind does not list is refused, so this table is
//! all that can ever happen to a cent. It never leads from a pot to an account of gifts: public money and gifts do not
//! mix. A reversal alone may move anything, exactly back. A kind never changes its meaning, since txns are for ever.

use super::CampaignAccount::{DonorFunds, Payable, Receivable};
use super::CustodianAccount::{Bank, CashDesk, DisputeHold, ProviderClearing, ProviderFees, RefundsPayable, Suspense};
use super::{CampaignAccount, CustodianAccount, PotAccount as Of};
use crate::named::named;
use Place::{Campaign, Custodian, Pot};

/// An account without whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// One of a pot.
    Pot(Of),
    /// One of a campaign.
    Campaign(CampaignAccount),
    /// One of the custodian's own.
    Custodian(CustodianAccount),
}

impl Place {
    /// The account's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pot(account) => account.as_str(),
            Self::Campaign(account) => account.as_str(),
            Self::Custodian(account) => account.as_str(),
        }
    }
}

named! {
    /// Why money moves.
    pub enum Kind {
        /// A contributor puts money into a pot.
        PotFunded = "pot_funded",
        /// A pot is made smaller, by what nobody was promised.
        PotReduced = "pot_reduced",
        /// Match is held: for a quote while its donor pays, or while a gift is in dispute.
        MatchHeld = "match_held",
        /// A hold ends without a match.
        MatchUnheld = "match_unheld",
        /// Match is set aside: for a campaign in its round, or for a confirmed gift.
        MatchReserved = "match_reserved",
        /// Match that was set aside or granted is free again.
        MatchReleased = "match_released",
        /// The outcome fixes the grant.
        MatchGranted = "match_granted",
        /// The grant is to be paid.
        MatchDue = "match_due",
        /// The grant is paid.
        MatchPaid = "match_paid",
        /// The promoter paid back a part of the grant.
        MatchPaidBack = "match_paid_back",
        /// A gift has come in.
        GiftConfirmed = "gift_confirmed",
        /// Money that belongs to no gift that counts has come in, and is owed back.
        GiftTooLate = "gift_too_late",
        /// A gift, or a part of it, is on its way back.
        GiftRefunded = "gift_refunded",
        /// A gift is to go back, and cannot yet.
        RefundOwed = "refund_owed",
        /// A refund came back to us.
        RefundFailed = "refund_failed",
        /// What was owed to a donor is paid another way.
        RefundPaid = "refund_paid",
        /// The provider holds a gift back in a dispute.
        DisputeOpened = "dispute_opened",
        /// The dispute was won.
        DisputeWon = "dispute_won",
        /// The dispute was lost.
        DisputeLost = "dispute_lost",
        /// The provider takes its fee.
        FeeCharged = "fee_charged",
        /// The provider gives a fee back.
        FeeReturned = "fee_returned",
        /// A funded campaign bears fees.
        FeeBorne = "fee_borne",
        /// The outcome makes gifts the campaign's.
        GiftsGranted = "gifts_granted",
        /// Gifts are paid out to the promoter.
        PayoutPaid = "payout_paid",
        /// The bank sent a payout back.
        PayoutReturned = "payout_returned",
        /// The promoter paid back what a later loss made them owe, or it is kept back from what they are owed.
        ReceivablePaid = "receivable_paid",
        /// Money moved between the provider and the bank.
        ProviderSettled = "provider_settled",
        /// Cash was brought to the bank.
        CashBanked = "cash_banked",
        /// Money moved and nobody knows why yet.
        Unexplained = "unexplained",
        /// A mistake is undone: another txn, exactly back.
        Reversal = "reversal",
    }
}

impl Kind {
    /// The moves of this kind, each as (debited, credited).
    #[must_use]
    pub const fn moves(self) -> &'static [(Place, Place)] {
        match self {
            Self::PotFunded => &[(Pot(Of::Total), Pot(Of::Available))],
            Self::PotReduced => &[(Pot(Of::Available), Pot(Of::Total))],
            Self::MatchHeld => &[(Pot(Of::Available), Pot(Of::Held)), (Pot(Of::Reserved), Pot(Of::Held))],
            Self::MatchUnheld => &[(Pot(Of::Held), Pot(Of::Available))],
            Self::MatchReserved => &[
                (Pot(Of::Available), Pot(Of::Reserved)),
                (Pot(Of::Held), Pot(Of::Reserved)),
            ],
            Self::MatchReleased => &[
                (Pot(Of::Reserved), Pot(Of::Available)),
                (Pot(Of::Committed), Pot(Of::Available)),
                (Pot(Of::Payable), Pot(Of::Available)),
            ],
            Self::MatchGranted => &[(Pot(Of::Reserved), Pot(Of::Committed))],
            Self::MatchDue => &[(Pot(Of::Committed), Pot(Of::Payable))],
            Self::MatchPaid => &[(Pot(Of::Payable), Pot(Of::Paid))],
            Self::MatchPaidBack => &[(Pot(Of::Paid), Pot(Of::Available))],
            Self::GiftConfirmed => &[
                (Custodian(ProviderClearing), Campaign(DonorFunds)),
                (Custodian(Bank), Campaign(DonorFunds)),
                (Custodian(CashDesk), Campaign(DonorFunds)),
                (Custodian(Suspense), Campaign(DonorFunds)),
            ],
            Self::GiftTooLate => &[
                (Custodian(ProviderClearing), Custodian(RefundsPayable)),
                (Custodian(Bank), Custodian(RefundsPayable)),
                (Custodian(CashDesk), Custodian(RefundsPayable)),
                (Custodian(Suspense), Custodian(RefundsPayable)),
            ],
            Self::GiftRefunded => &[
                (Campaign(DonorFunds), Custodian(ProviderClearing)),
                (Campaign(DonorFunds), Custodian(Bank)),
                (Campaign(DonorFunds), Custodian(CashDesk)),
                (Campaign(Payable), Custodian(ProviderClearing)),
                (Campaign(Payable), Custodian(Bank)),
                (Campaign(Payable), Custodian(CashDesk)),
                (Campaign(Receivable), Custodian(ProviderClearing)),
                (Campaign(Receivable), Custodian(Bank)),
                (Campaign(Receivable), Custodian(CashDesk)),
                // What a refund and a dispute take together beyond the gift is the custodian's loss.
                (Custodian(ProviderFees), Custodian(ProviderClearing)),
            ],
            Self::RefundOwed => &[
                (Campaign(DonorFunds), Custodian(RefundsPayable)),
                (Campaign(Payable), Custodian(RefundsPayable)),
                (Campaign(Receivable), Custodian(RefundsPayable)),
            ],
            Self::RefundFailed => &[
                (Custodian(ProviderClearing), Custodian(RefundsPayable)),
                (Custodian(Bank), Custodian(RefundsPayable)),
                (Custodian(ProviderClearing), Custodian(ProviderFees)),
            ],
            Self::RefundPaid => &[
                (Custodian(RefundsPayable), Custodian(ProviderClearing)),
                (Custodian(RefundsPayable), Custodian(Bank)),
                (Custodian(RefundsPayable), Custodian(CashDesk)),
            ],
            Self::DisputeOpened => &[(Custodian(DisputeHold), Custodian(ProviderClearing))],
            Self::DisputeWon => &[(Custodian(ProviderClearing), Custodian(DisputeHold))],
            Self::DisputeLost => &[
                (Campaign(DonorFunds), Custodian(DisputeHold)),
                (Campaign(Payable), Custodian(DisputeHold)),
                (Campaign(Receivable), Custodian(DisputeHold)),
                (Custodian(RefundsPayable), Custodian(DisputeHold)),
                (Custodian(ProviderFees), Custodian(DisputeHold)),
                // A dispute that was won is lost after all, or took more than it held.
                (Campaign(DonorFunds), Custodian(ProviderClearing)),
                (Campaign(Payable), Custodian(ProviderClearing)),
                (Campaign(Receivable), Custodian(ProviderClearing)),
                (Custodian(RefundsPayable), Custodian(ProviderClearing)),
                (Custodian(ProviderFees), Custodian(ProviderClearing)),
            ],
            Self::FeeCharged => &[
                (Custodian(ProviderFees), Custodian(ProviderClearing)),
                (Custodian(ProviderFees), Custodian(Suspense)),
            ],
            Self::FeeReturned => &[
                (Custodian(ProviderClearing), Custodian(ProviderFees)),
                (Custodian(Suspense), Custodian(ProviderFees)),
            ],
            Self::FeeBorne => &[(Campaign(Payable), Custodian(ProviderFees))],
            Self::GiftsGranted => &[(Campaign(DonorFunds), Campaign(Payable))],
            Self::PayoutPaid => &[(Campaign(Payable), Custodian(Bank))],
            Self::PayoutReturned => &[(Custodian(Bank), Campaign(Payable))],
            Self::ReceivablePaid => &[
                (Custodian(Bank), Campaign(Receivable)),
                (Campaign(Payable), Campaign(Receivable)),
            ],
            Self::ProviderSettled => &[
                (Custodian(Bank), Custodian(ProviderClearing)),
                (Custodian(ProviderClearing), Custodian(Bank)),
                (Custodian(Bank), Custodian(Suspense)),
                (Custodian(Suspense), Custodian(Bank)),
            ],
            Self::CashBanked => &[(Custodian(Bank), Custodian(CashDesk))],
            Self::Unexplained => &[
                (Custodian(ProviderClearing), Custodian(Suspense)),
                (Custodian(Bank), Custodian(Suspense)),
                (Custodian(CashDesk), Custodian(Suspense)),
                (Custodian(Suspense), Custodian(ProviderClearing)),
                (Custodian(Suspense), Custodian(Bank)),
                (Custodian(Suspense), Custodian(CashDesk)),
            ],
            Self::Reversal => &[],
        }
    }

    /// Whether an entry of this kind may debit one and credit the other. A reversal may move what any kind moves, back.
    #[must_use]
    pub fn allows(self, debit: Place, credit: Place) -> bool {
        if self == Self::Reversal {
            let others = Self::ALL.iter().filter(|kind| **kind != Self::Reversal);
            // A reversal of a reversal goes the way that its kind went at first.
            return others
                .flat_map(|kind| kind.moves())
                .any(|move_| *move_ == (credit, debit) || *move_ == (debit, credit));
        }
        self.moves().contains(&(debit, credit))
    }
}
