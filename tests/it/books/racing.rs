//! Many who post at once: a pot's last euros, one thing told by several, all accounts in all orders.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use civic::error::{Code, Error};
use civic::id::{CampaignId, PotId};
use civic::ledger::write::{lock_campaign, lock_pot};
use civic::ledger::{self, Account, verify};
use civic::matching::{MatchRule, PerDonation, Standing};
use futures_util::future::join_all;

use super::*;

/// How many post at once.
const TASKS: i64 = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_pots_last_euros_nobody_takes_more_than_there_is() {
    city::with(async |city| {
        let books = Arc::new(Books::open(city, 1_000).await);
        let taken = Arc::new(AtomicI64::new(0));
        let tasks = (0..TASKS).map(|task| {
            let (books, taken) = (Arc::clone(&books), Arc::clone(&taken));
            tokio::spawn(async move {
                // Odd amounts, so that the end is no round one; each goes on until even one cent is refused.
                for (round, cents) in (0..).zip([13, 7, 5, 3, 2, 1, 1, 1].into_iter().cycle()).take(200) {
                    match books.post(&books.reserve(&format!("task/{task}/{round}"), cents)).await {
                        Ok(_) => taken.fetch_add(cents, Ordering::SeqCst),
                        Err(Error::Conflict(Code::PotExceeded)) if cents == 1 => return,
                        Err(Error::Conflict(Code::PotExceeded)) => continue,
                        Err(other) => panic!("{other}"),
                    };
                }
            })
        });
        // Whoever checks meanwhile sees one moment, in which everything fits.
        let checking = async {
            for _ in 0..10 {
                assert_eq!(verify(&city.city, None).await.expect("read").findings, []);
            }
        };
        let (done, ()) = futures_util::future::join(join_all(tasks), checking).await;
        for task in done {
            task.expect("no panic");
        }
        let pot = read::pot(&books.cx, books.pot).await.expect("open");
        assert_eq!(taken.load(Ordering::SeqCst), 1_000, "every cent, and none twice");
        assert_eq!(
            (pot.available.minor(), pot.reserved.minor(), pot.total.minor()),
            (0, 1_000, 1_000)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_many_tell_at_the_same_moment_is_posted_once() {
    city::with(async |city| {
        let books = Arc::new(Books::open(city, 1_000).await);
        let tasks = (0..TASKS).map(|task| {
            let books = Arc::clone(&books);
            tokio::spawn(async move {
                let mut posted = Vec::new();
                for event in 0..5 {
                    // Half of them have the amount wrong: whoever is first says what it is.
                    let cents = if task % 2 == 0 { 100 } else { 101 };
                    posted.push(books.post(&books.gift(&format!("event/{event}"), cents)).await);
                }
                posted
            })
        });
        let mut fresh = 0;
        for task in join_all(tasks).await {
            for outcome in task.expect("no panic") {
                match outcome {
                    Ok(posted) => fresh += i64::from(!posted.again),
                    Err(error) => assert_eq!(error, Error::Conflict(Code::TxnDiffers)),
                }
            }
        }
        assert_eq!(fresh, 5);
        let funds = books.cents(books.of_campaign(DonorFunds)).await;
        assert!((500..=505).contains(&funds), "{funds}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_at_once_over_all_accounts_nobody_waits_for_ever_and_the_sums_are_those_of_all() {
    city::with(async |city| {
        let books = Arc::new(Books::open(city, 1).await);
        let pots: Vec<PotId> = (0..3).map(|_| books.cx.id()).collect();
        let campaigns: Vec<CampaignId> = (0..3).map(|_| books.cx.id()).collect();
        let tx = books.cx.begin().await.expect("begun");
        for pot in &pots {
            ledger::open_pot(&tx, *pot).await.expect("opened");
        }
        for campaign in &campaigns {
            ledger::open_campaign(&tx, *campaign).await.expect("opened");
        }
        tx.commit().await.expect("committed");
        for pot in &pots {
            let of = |account| Account::Pot(*pot, account);
            let funded = NewTxn::new(Kind::PotFunded, pot, THEN).entry(of(Total), of(Available), Money::eur(100_000));
            books.post(&funded).await.expect("funded");
        }
        let tasks = (0..TASKS).map(|task| {
            let books = Arc::clone(&books);
            let pick = usize::try_from(task).expect("small");
            let (pot, campaign) = (pots[pick % 3], campaigns[(pick / 3) % 3]);
            tokio::spawn(async move {
                for round in 0..5 {
                    let of = |account| Account::Pot(pot, account);
                    let cause = format!("gift/{task}/{round}");
                    let tx = books.cx.begin().await?;
                    let before = lock_pot(&tx, pot).await?;
                    let raised = lock_campaign(&tx, campaign).await?;
                    assert!(before.available.minor() > 0 && raised.donor_funds.minor() >= 0);
                    let gift = NewTxn::new(Kind::GiftConfirmed, &cause, THEN).entry(
                        Account::Custodian(if task % 2 == 0 { ProviderClearing } else { Bank }),
                        Account::Campaign(campaign, DonorFunds),
                        Money::eur(50 + round),
                    );
                    let matched = NewTxn::new(Kind::MatchReserved, &cause, THEN).entry(
                        of(Available),
                        of(Reserved),
                        Money::eur(30),
                    );
                    ledger::post_all(&tx, &books.cx, &[gift, matched]).await?;
                    tx.commit().await?;
                }
                Ok::<(), Error>(())
            })
        });
        for task in join_all(tasks).await {
            task.expect("no panic").expect("nobody was told to come back");
        }
        let (mut reserved, mut raised) = (0, 0);
        for pot in &pots {
            reserved += read::pot(&books.cx, *pot).await.expect("open").reserved.minor();
        }
        for campaign in &campaigns {
            raised += read::campaign(&books.cx, *campaign)
                .await
                .expect("open")
                .donor_funds
                .minor();
        }
        assert_eq!((reserved, raised), (TASKS * 5 * 30, TASKS * (50 + 51 + 52 + 53 + 54)));
    })
    .await;
}

/// A gift as it was confirmed: whose, how much, and how much of it is matched.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Confirmed {
    donor: i64,
    cents: i64,
    base: i64,
}

/// What the rule says of a gift after these, with a pot that has so much left.
fn base_of(rule: &PerDonation, before: &[Confirmed], donor: i64, cents: i64, available: i64) -> (i64, i64) {
    let sum = |of: fn(&Confirmed) -> i64| before.iter().map(of).sum::<i64>();
    let all = sum(|gift| gift.base);
    let of_donor = before.iter().filter(|gift| gift.donor == donor).map(|gift| gift.base);
    let standing = Standing {
        cost: Money::eur(1_000_000),
        raised: Money::eur(sum(|gift| gift.cents) + cents),
        base: Money::eur(all),
        donor_base: Money::eur(of_donor.sum()),
        available: Money::eur(available),
        insider: false,
    };
    let base = rule.matched_base(Money::eur(cents), &standing).minor();
    let brings = rule.matched(Money::eur(all + base)).minor() - rule.matched(Money::eur(all)).minor();
    (base, brings)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn gifts_at_once_get_of_the_pot_what_they_would_get_one_after_the_other() {
    const POT: i64 = 1_001;
    city::with(async |city| {
        let rule = r#"{"kind": "per_donation", "version": 1, "rate_ppm": 600000, "threshold_ppm": 0,
            "cap_per_donation_minor": 70, "cap_per_donor_minor": 120, "cap_per_project_minor": 100000}"#;
        let Ok(MatchRule::PerDonation(rule)) = MatchRule::parse(rule) else {
            panic!("a rule for each gift")
        };
        let books = Arc::new(Books::open(city, POT).await);
        let order: Arc<Mutex<Vec<Confirmed>>> = Arc::default();
        let tasks = (0..TASKS).map(|donor| {
            let (books, order) = (Arc::clone(&books), Arc::clone(&order));
            tokio::spawn(async move {
                for round in 0..4 {
                    let cents = 17 + (donor * 7 + round * 31) % 60;
                    let cause = format!("gift/{donor}/{round}");
                    let tx = books.cx.begin().await?;
                    let pot = lock_pot(&tx, books.pot).await?;
                    lock_campaign(&tx, books.campaign).await?;
                    // The list stands for the table of gifts, which the pot's lock guards as well.
                    let brings = {
                        let mut order = order.lock().expect("no panic");
                        let (base, brings) = base_of(&rule, &order, donor, cents, pot.available.minor());
                        order.push(Confirmed { donor, cents, base });
                        brings
                    };
                    let mut all = vec![books.gift(&cause, cents)];
                    if brings > 0 {
                        all.push(books.reserve(&cause, brings));
                    }
                    ledger::post_all(&tx, &books.cx, &all).await?;
                    tx.commit().await?;
                }
                Ok::<(), Error>(())
            })
        });
        for task in join_all(tasks).await {
            task.expect("no panic").expect("nobody was refused");
        }
        let order = order.lock().expect("no panic").clone();
        let mut again: Vec<Confirmed> = Vec::new();
        let mut left = POT;
        for gift in &order {
            let (base, brings) = base_of(&rule, &again, gift.donor, gift.cents, left);
            again.push(Confirmed { base, ..*gift });
            left -= brings;
        }
        assert_eq!(again, order, "the same cents in the same order");
        let pot = read::pot(&books.cx, books.pot).await.expect("open");
        let matched = rule.matched(Money::eur(order.iter().map(|gift| gift.base).sum()));
        assert_eq!((pot.reserved, pot.available), (matched, Money::eur(left)));
        assert_eq!(left, 0, "enough was given to take all of it");
    })
    .await;
}
