//! Whole lives of money, as `money.md` tells them: what each step posts, and that nothing is left where nothing should be.

use civic::ledger::CustodianAccount::{DisputeHold, ProviderFees, Suspense};
use civic::matching::{CoFinancing, MatchRule, Raised};

use super::*;

/// Milan's rule of 2020.
fn rule() -> CoFinancing {
    let json = r#"{"kind": "co_financing", "version": 1, "share_ppm": 600000, "threshold_ppm": 400000,
        "cap_per_project_minor": 6000000, "overfunding": "kept"}"#;
    match MatchRule::parse(json) {
        Ok(MatchRule::CoFinancing(rule)) => rule,
        other => panic!("{other:?}"),
    }
}

impl Books {
    /// Posts one move.
    async fn one(&self, kind: Kind, cause: &str, debit: Account, credit: Account, cents: i64) {
        let new = NewTxn::new(kind, cause, THEN).entry(debit, credit, Money::eur(cents));
        self.post(&new)
            .await
            .unwrap_or_else(|error| panic!("{} of {cause}: {error}", kind.as_str()));
    }

    /// What is on these accounts.
    async fn on<const N: usize>(&self, accounts: [Account; N]) -> [i64; N] {
        let mut found = [0; N];
        for (place, account) in accounts.into_iter().enumerate() {
            found[place] = self.cents(account).await;
        }
        found
    }
}

#[tokio::test]
async fn a_funded_campaign_is_paid_out_to_the_cent() {
    city::with(async |city| {
        let books = Books::open(city, 55_000_000).await;
        let (own, pot) = (|account| books.of_campaign(account), |account| books.of_pot(account));
        let [clearing, bank, fees] = [ProviderClearing, Bank, ProviderFees].map(Account::Custodian);
        let (rule, cost) = (rule(), Money::eur(6_250_000));
        // Scheduled into its round, and 25,000 raised: card, transfer, and cash.
        let reserved = rule.reservation(cost).minor();
        books
            .one(Kind::MatchReserved, "cam_1", pot(Available), pot(Reserved), reserved)
            .await;
        books
            .one(Kind::GiftConfirmed, "don_1", clearing, own(DonorFunds), 1_500_000)
            .await;
        books.one(Kind::FeeCharged, "don_1", fees, clearing, 22_525).await;
        books
            .one(Kind::GiftConfirmed, "don_2", bank, own(DonorFunds), 900_000)
            .await;
        books
            .one(
                Kind::GiftConfirmed,
                "don_3",
                Account::Custodian(CashDesk),
                own(DonorFunds),
                100_000,
            )
            .await;
        let raised = books.cents(own(DonorFunds)).await;
        let outcome = rule.outcome(cost, Raised::from_the_crowd(Money::eur(raised)));
        assert_eq!(
            (raised, outcome.granted.minor(), outcome.released.minor()),
            (2_500_000, 3_750_000, 0)
        );
        // The outcome, once: the grant is fixed and the gifts are the campaign's, which bears the fees.
        books
            .one(
                Kind::MatchGranted,
                "cam_1",
                pot(Reserved),
                pot(PotAccount::Committed),
                reserved,
            )
            .await;
        books
            .one(Kind::GiftsGranted, "cam_1", own(DonorFunds), own(Payable), raised)
            .await;
        books.one(Kind::FeeBorne, "cam_1", own(Payable), fees, 22_525).await;
        // A refund now lowers what is paid, and changes neither outcome nor grant.
        books
            .one(Kind::GiftRefunded, "ref_1", own(Payable), clearing, 10_000)
            .await;
        books
            .one(Kind::ProviderSettled, "po_1", bank, clearing, 1_467_475)
            .await;
        books
            .one(Kind::CashBanked, "box_1", bank, Account::Custodian(CashDesk), 100_000)
            .await;
        let owed = books.cents(own(Payable)).await;
        assert_eq!(owed, 2_500_000 - 22_525 - 10_000);
        books.one(Kind::PayoutPaid, "pay_1", own(Payable), bank, owed).await;
        // The agreement is signed; a fifth is kept back until the report, in which 60,000 are proved.
        books
            .one(
                Kind::MatchDue,
                "pay_2",
                pot(PotAccount::Committed),
                pot(PotAccount::Payable),
                3_000_000,
            )
            .await;
        books
            .one(Kind::MatchPaid, "pay_2", pot(PotAccount::Payable), pot(Paid), 3_000_000)
            .await;
        let fixed = rule.final_grant(outcome.granted, Money::eur(6_000_000)).minor();
        assert_eq!(fixed, 3_600_000);
        books
            .one(
                Kind::MatchDue,
                "pay_3",
                pot(PotAccount::Committed),
                pot(PotAccount::Payable),
                600_000,
            )
            .await;
        books
            .one(Kind::MatchPaid, "pay_3", pot(PotAccount::Payable), pot(Paid), 600_000)
            .await;
        books
            .one(
                Kind::MatchReleased,
                "cam_1",
                pot(PotAccount::Committed),
                pot(Available),
                150_000,
            )
            .await;
        assert_eq!(
            books.on([clearing, fees, bank, own(DonorFunds), own(Payable)]).await,
            [0; 5]
        );
        assert_eq!(
            books.on([pot(Paid), pot(Available), pot(Total)]).await,
            [3_600_000, 51_400_000, 55_000_000]
        );
        assert_eq!(read::released(&books.cx, books.pot).await, Ok(Money::eur(150_000)));
        // A dispute that is lost after all was paid is owed by the promoter, who pays it.
        books
            .one(
                Kind::DisputeOpened,
                "dp_1",
                Account::Custodian(DisputeHold),
                clearing,
                5_000,
            )
            .await;
        books
            .one(
                Kind::DisputeLost,
                "dp_1",
                own(Receivable),
                Account::Custodian(DisputeHold),
                5_000,
            )
            .await;
        assert_eq!(books.on([own(Receivable), clearing]).await, [5_000, -5_000]);
        books
            .one(Kind::ReceivablePaid, "back_1", bank, own(Receivable), 5_000)
            .await;
        books
            .one(Kind::ProviderSettled, "top_up_1", clearing, bank, 5_000)
            .await;
        assert_eq!(books.on([own(Receivable), clearing, bank]).await, [0; 3]);
    })
    .await;
}

#[tokio::test]
async fn a_campaign_that_missed_its_target_gives_everything_back() {
    city::with(async |city| {
        let books = Books::open(city, 43_000_000).await;
        let (own, pot) = (|account| books.of_campaign(account), |account| books.of_pot(account));
        let [clearing, bank, owed] = [ProviderClearing, Bank, RefundsPayable].map(Account::Custodian);
        let [suspense, hold] = [Suspense, DisputeHold].map(Account::Custodian);
        // The application of 2016: 110 euros in three gifts. One comes by transfer without its code.
        books
            .one(Kind::MatchReserved, "cam_1", pot(Available), pot(Reserved), 500_000)
            .await;
        books
            .one(Kind::GiftConfirmed, "don_1", clearing, own(DonorFunds), 5_000)
            .await;
        books
            .one(Kind::GiftConfirmed, "don_2", clearing, own(DonorFunds), 4_000)
            .await;
        books.one(Kind::Unexplained, "st_1", bank, suspense, 2_000).await;
        books
            .one(Kind::GiftConfirmed, "don_3", suspense, own(DonorFunds), 2_000)
            .await;
        // A dispute is won: what opening it took is back.
        let before = books.all().await;
        books.one(Kind::DisputeOpened, "dp_1", hold, clearing, 4_000).await;
        books.one(Kind::DisputeWon, "dp_1", clearing, hold, 4_000).await;
        assert_eq!(books.all().await, before);
        // The outcome: nothing is granted. Two go back by card, one of them comes back to us; the third by transfer.
        books
            .one(Kind::MatchReleased, "cam_1", pot(Reserved), pot(Available), 500_000)
            .await;
        books
            .one(Kind::GiftRefunded, "ref_1", own(DonorFunds), clearing, 5_000)
            .await;
        books
            .one(Kind::GiftRefunded, "ref_2", own(DonorFunds), clearing, 4_000)
            .await;
        books.one(Kind::RefundFailed, "ref_2", clearing, owed, 4_000).await;
        books.one(Kind::RefundOwed, "don_3", own(DonorFunds), owed, 2_000).await;
        // Money that comes too late is owed back as well.
        books.one(Kind::GiftTooLate, "don_4", bank, owed, 700).await;
        assert_eq!(
            books.on([owed, own(DonorFunds), clearing, bank]).await,
            [6_700, 0, 4_000, 2_700]
        );
        books.one(Kind::ProviderSettled, "po_1", bank, clearing, 4_000).await;
        for (cause, cents) in [("ref_2/again", 4_000), ("don_3", 2_000), ("don_4", 700)] {
            books.one(Kind::RefundPaid, cause, owed, bank, cents).await;
        }
        let custodian = [clearing, bank, owed, suspense, hold, own(DonorFunds)];
        assert_eq!(books.on(custodian).await, [0; 6], "nobody's money is left");
        assert_eq!(books.on([pot(Available), pot(Total)]).await, [43_000_000; 2]);
    })
    .await;
}
