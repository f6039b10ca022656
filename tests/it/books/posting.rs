//! Posting: once however often it is told, whole or not at all, undone by another txn.

use super::*;

/// The same under another id.
fn under(mut new: NewTxn, id: TxnId) -> NewTxn {
    new.id = id;
    new
}

#[tokio::test]
async fn what_is_told_twice_is_posted_once_and_what_differs_is_refused() {
    city::with(async |city| {
        let books = Books::open(city, 10_000).await;
        let gift = books.gift("don_1", 2_500);
        let first = books.post(&gift).await.expect("posted");
        city.advance_ms(1_000);
        let again = books.post(&gift).await.expect("known");
        assert_eq!(
            (again.number, &again.hash, again.again),
            (first.number, &first.hash, true)
        );
        assert_eq!(books.cents(books.of_campaign(DonorFunds)).await, 2_500);
        let mut later = gift.clone();
        later.effective_at = THEN.plus_ms(1);
        let differing = [
            books.gift("don_1", 2_501),
            books
                .gift("don_1", 2_500)
                .entry(Account::Custodian(Bank), books.of_campaign(DonorFunds), Money::eur(1)),
            later,
            under(books.gift("don_2", 2_500), gift.id),
            under(books.reserve("don_1", 2_500), gift.id),
        ];
        for new in differing {
            assert_eq!(
                books.post(&new).await,
                Err(Error::Conflict(Code::TxnDiffers)),
                "{new:?}"
            );
        }
        // The same cause has one effect of each kind.
        books.post(&books.reserve("don_1", 1_500)).await.expect("another kind");
        let shown = read::txn(&books.cx, first.id).await.expect("there");
        assert_eq!(
            (shown.cause.as_str(), shown.entries.len(), shown.hash),
            ("don_1", 1, first.hash)
        );
        assert_eq!(rows::number(city, "select count(*) from txn").await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_txn_is_undone_once_and_the_undoing_can_be_undone() {
    city::with(async |city| {
        let books = Books::open(city, 10_000).await;
        let gift = books.post(&books.gift("don_1", 2_500)).await.expect("posted");
        let back = books.reverse(gift.id, "mistake/1").await.expect("undone");
        assert!(books.reverse(gift.id, "mistake/1").await.expect("known").again);
        let other = books.reverse(gift.id, "mistake/2").await;
        assert_eq!(other, Err(Error::Conflict(Code::AlreadyDone)));
        assert_eq!(books.cents(books.of_campaign(DonorFunds)).await, 0);
        books.reverse(back.id, "mistake/3").await.expect("undone again");
        assert_eq!(books.cents(books.of_campaign(DonorFunds)).await, 2_500);
        assert_eq!(books.reverse(books.cx.id(), "nothing").await, Err(Error::NotFound));
        // What was paid on cannot be taken back.
        books.post(&books.reserve("cam_1", 10_000)).await.expect("reserved");
        let funded = ledger::id_of(Kind::PotFunded, &books.pot.to_string());
        assert_eq!(
            books.reverse(funded, "mistake/4").await,
            Err(Error::Conflict(Code::PotExceeded))
        );
    })
    .await;
}

#[tokio::test]
async fn a_txn_of_several_moves_happens_whole_or_not_at_all() {
    city::with(async |city| {
        let books = Books::open(city, 1_000).await;
        let tx = books.cx.begin().await.expect("begun");
        let both = [books.gift("don_1", 500), books.reserve("don_1", 300)];
        ledger::post_all(&tx, &books.cx, &both).await.expect("posted");
        drop(tx);
        assert_eq!(
            books.cents(books.of_pot(Reserved)).await,
            0,
            "what is rolled back was never posted"
        );
        let tx = books.cx.begin().await.expect("begun");
        let second_too_large = [books.gift("don_1", 500), books.reserve("don_1", 1_001)];
        let refused = ledger::post_all(&tx, &books.cx, &second_too_large).await;
        assert_eq!(refused, Err(Error::Conflict(Code::PotExceeded)));
        drop(tx);
        let tx = books.cx.begin().await.expect("begun");
        let twice = [&both[0], &both[1], &both[0]].map(Clone::clone);
        let posted = ledger::post_all(&tx, &books.cx, &twice).await.expect("posted");
        tx.commit().await.expect("committed");
        assert_eq!(
            posted.iter().map(|one| (one.number, one.again)).collect::<Vec<_>>(),
            [(2, false), (3, false), (2, true)]
        );
        // A refund larger than what is left to the campaign takes the rest from the promoter, in one txn.
        let settled = NewTxn::new(Kind::GiftsGranted, "cam_1", THEN).entry(
            books.of_campaign(DonorFunds),
            books.of_campaign(Payable),
            Money::eur(500),
        );
        let paid = NewTxn::new(Kind::PayoutPaid, "pay_1", THEN).entry(
            books.of_campaign(Payable),
            Account::Custodian(Bank),
            Money::eur(400),
        );
        let refund = NewTxn::new(Kind::GiftRefunded, "ref_1", THEN)
            .entry(
                books.of_campaign(Payable),
                Account::Custodian(ProviderClearing),
                Money::eur(100),
            )
            .entry(
                books.of_campaign(Receivable),
                Account::Custodian(ProviderClearing),
                Money::eur(400),
            );
        for new in [settled, paid, refund] {
            books.post(&new).await.expect("posted");
        }
        let left = read::campaign(&books.cx, books.campaign).await.expect("open");
        let left = [left.donor_funds, left.payable, left.receivable].map(Money::minor);
        assert_eq!(left, [0, 0, 400]);
        assert_eq!(
            books.cents(Account::Custodian(Bank)).await,
            -400,
            "the statement has not come yet"
        );
    })
    .await;
}
