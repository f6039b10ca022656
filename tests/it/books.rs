//! The books: every kind of move, what is refused, and the lifecycles of everything with money in it. `lives` are whole ones, `posting` tells
//! things twice and undoes them, `public` is what everybody sees of them, `racing` has many who post at once, `tampering` those who change the tables behind the
//! program's back.

mod lives;
mod posting;
mod public;
mod racing;
mod tampering;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use civic::Cx;
use civic::application::{ApplicationState, ApplicationStep};
use civic::campaign::{CampaignState, CampaignStep};
use civic::donation::{DonationState, DonationStep};
use civic::error::{Code, Error, Result};
use civic::id::{CampaignId, PotId, TxnId};
use civic::ledger::CampaignAccount::{self, DonorFunds, Payable, Receivable};
use civic::ledger::CustodianAccount::{self, Bank, CashDesk, ProviderClearing, RefundsPayable};
use civic::ledger::PotAccount::{self, Available, Held, Paid, Reserved, Total};
use civic::ledger::read::{self, balance, balances};
use civic::ledger::{self, Account, Kind, NewTxn, Place, Posted};
use civic::money::Money;
use civic::payout::{PayoutState, PayoutStep};
use civic::time::Timestamp;
use sea_orm::ConnectionTrait;
use tests::city::{self, TestCity};
use tests::{rows, snapshot};

/// A pot with money, a campaign, and who posts.
struct Books {
    cx: Cx,
    pot: PotId,
    campaign: CampaignId,
}

/// When everything in these tests happened outside.
const THEN: Timestamp = Timestamp::from_ms(1_790_000_000_000);

impl Books {
    /// Opens both, and puts so many cents into the pot.
    async fn open(city: &TestCity, cents: i64) -> Self {
        let cx = city.city.system();
        let books = Self {
            pot: cx.id(),
            campaign: cx.id(),
            cx,
        };
        let tx = books.cx.begin().await.expect("begun");
        ledger::open_pot(&tx, books.pot).await.expect("opened");
        ledger::open_campaign(&tx, books.campaign).await.expect("opened");
        tx.commit().await.expect("committed");
        let funded = NewTxn::new(Kind::PotFunded, books.pot, THEN);
        let funded = funded.entry(books.of_pot(Total), books.of_pot(Available), Money::eur(cents));
        books.post(&funded).await.expect("funded");
        books
    }

    const fn of_pot(&self, account: PotAccount) -> Account {
        Account::Pot(self.pot, account)
    }

    const fn of_campaign(&self, account: CampaignAccount) -> Account {
        Account::Campaign(self.campaign, account)
    }

    fn at(&self, place: Place) -> Account {
        match place {
            Place::Pot(account) => self.of_pot(account),
            Place::Campaign(account) => self.of_campaign(account),
            Place::Custodian(account) => Account::Custodian(account),
        }
    }

    async fn post(&self, new: &NewTxn) -> Result<Posted> {
        let tx = self.cx.begin().await?;
        let posted = ledger::post(&tx, &self.cx, new).await?;
        tx.commit().await?;
        Ok(posted)
    }

    async fn reverse(&self, of: TxnId, cause: &str) -> Result<Posted> {
        let tx = self.cx.begin().await?;
        let posted = ledger::reverse(&tx, &self.cx, of, cause, THEN).await?;
        tx.commit().await?;
        Ok(posted)
    }

    async fn cents(&self, account: Account) -> i64 {
        balance(&self.cx, account).await.expect("open").minor()
    }

    /// A gift of so many cents by card.
    fn gift(&self, cause: &str, cents: i64) -> NewTxn {
        NewTxn::new(Kind::GiftConfirmed, cause, THEN).entry(
            Account::Custodian(ProviderClearing),
            self.of_campaign(DonorFunds),
            Money::eur(cents),
        )
    }

    /// Sets so many cents of the pot aside.
    fn reserve(&self, cause: &str, cents: i64) -> NewTxn {
        NewTxn::new(Kind::MatchReserved, cause, THEN).entry(
            self.of_pot(Available),
            self.of_pot(Reserved),
            Money::eur(cents),
        )
    }

    /// Every account with its balance.
    async fn all(&self) -> BTreeMap<Account, i64> {
        let (mut all, mut next) = (BTreeMap::new(), None);
        loop {
            let (page, after) = balances(&self.cx, next.as_ref()).await.expect("read");
            all.extend(page.into_iter().map(|(account, balance)| (account, balance.minor())));
            if after.is_none() {
                return all;
            }
            next = after;
        }
    }
}

#[test]
fn the_lifecycles_of_money_are_the_ones_that_were_reviewed() {
    let all = (CampaignState::ALL, CampaignStep::ALL);
    snapshot::lifecycle("campaign", all, CampaignState::as_str, CampaignState::after);
    let all = (DonationState::ALL, DonationStep::ALL);
    snapshot::lifecycle("donation", all, DonationState::as_str, DonationState::after);
    let all = (PayoutState::ALL, PayoutStep::ALL);
    snapshot::lifecycle("payout", all, PayoutState::as_str, PayoutState::after);
    let all = (ApplicationState::ALL, ApplicationStep::ALL);
    snapshot::lifecycle("application", all, ApplicationState::as_str, ApplicationState::after);
}

/// Every place that there is.
fn places() -> Vec<Place> {
    let pot = PotAccount::ALL.iter().map(|account| Place::Pot(*account));
    let campaign = CampaignAccount::ALL.iter().map(|account| Place::Campaign(*account));
    let custodian = CustodianAccount::ALL.iter().map(|account| Place::Custodian(*account));
    pot.chain(campaign).chain(custodian).collect()
}

fn called(place: Place) -> String {
    let whose = match place {
        Place::Pot(_) => "pot",
        Place::Campaign(_) => "campaign",
        Place::Custodian(_) => "custodian",
    };
    format!("{whose}:{}", place.as_str())
}

#[tokio::test]
async fn every_move_and_every_account_is_one_that_was_reviewed() {
    city::with(async |city| {
        let books = Books::open(city, 1).await;
        let mut table = String::new();
        for place in places() {
            let account = books.at(place);
            let side = if account.grows_by_debit() { "debit" } else { "credit" };
            let floor = if account.may_be_below_zero() {
                "may be below"
            } else {
                "never below"
            };
            writeln!(table, "{} grows by {side}, {floor} zero", called(place)).expect("written");
            assert_eq!(Account::parse(&account.to_string()), Some(account));
        }
        for kind in Kind::ALL.iter().copied() {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            for (debit, credit) in kind.moves() {
                writeln!(
                    table,
                    "{}: debit {}, credit {}",
                    kind.as_str(),
                    called(*debit),
                    called(*credit)
                )
                .expect("written");
                assert!(
                    books.at(*debit).meets(books.at(*credit)),
                    "{} meets what it must not",
                    kind.as_str()
                );
            }
        }
        snapshot::matches("ledger_moves", &table);
        for bad in [
            "",
            "bank",
            "custodian:",
            "custodian:gold",
            "pot_x:held",
            "custodian:held",
            "cam_:payable",
        ] {
            assert_eq!(Account::parse(bad), None, "{bad}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_kind_moves_exactly_what_it_says_and_its_reversal_moves_it_back() {
    city::with(async |city| {
        let books = Books::open(city, 700_000).await;
        // Something everywhere, so that every move has something to take.
        for (cause, kind, account) in [
            ("held", Kind::MatchHeld, Held),
            ("reserved", Kind::MatchReserved, Reserved),
        ] {
            let new = NewTxn::new(kind, cause, THEN).entry(
                books.of_pot(Available),
                books.of_pot(account),
                Money::eur(90_000),
            );
            books.post(&new).await.expect("set aside");
        }
        let onward = [
            (Kind::MatchGranted, Reserved, PotAccount::Committed, 60_000),
            (Kind::MatchDue, PotAccount::Committed, PotAccount::Payable, 40_000),
            (Kind::MatchPaid, PotAccount::Payable, Paid, 20_000),
        ];
        for (kind, from, to, cents) in onward {
            let new = NewTxn::new(kind, "onward", THEN).entry(books.of_pot(from), books.of_pot(to), Money::eur(cents));
            books.post(&new).await.expect("went on");
        }
        let funds = books.of_campaign(DonorFunds);
        let gifts = NewTxn::new(Kind::GiftConfirmed, "gifts", THEN)
            .entry(Account::Custodian(ProviderClearing), funds, Money::eur(90_000))
            .entry(Account::Custodian(CashDesk), funds, Money::eur(90_000));
        books.post(&gifts).await.expect("came in");
        let others = [
            (Kind::GiftsGranted, funds, books.of_campaign(Payable)),
            (
                Kind::RefundOwed,
                books.of_campaign(Receivable),
                Account::Custodian(RefundsPayable),
            ),
            (
                Kind::DisputeOpened,
                Account::Custodian(CustodianAccount::DisputeHold),
                Account::Custodian(ProviderClearing),
            ),
        ];
        for (kind, debit, credit) in others {
            let new = NewTxn::new(kind, "more", THEN).entry(debit, credit, Money::eur(30_000));
            books.post(&new).await.expect("moved");
        }
        let start = books.all().await;
        let mut posted = Vec::new();
        let mut expected = start.clone();
        for kind in Kind::ALL.iter().copied() {
            for (place, (debit, credit)) in kind.moves().iter().enumerate() {
                let (debit, credit) = (books.at(*debit), books.at(*credit));
                let cents = 11 + i64::try_from(place).expect("small");
                let new = NewTxn::new(kind, format!("move/{place}"), THEN).entry(debit, credit, Money::eur(cents));
                posted.push(
                    books
                        .post(&new)
                        .await
                        .unwrap_or_else(|error| panic!("{} {place}: {error}", kind.as_str()))
                        .id,
                );
                *expected.entry(debit).or_default() += if debit.grows_by_debit() { cents } else { -cents };
                *expected.entry(credit).or_default() += if credit.grows_by_debit() { -cents } else { cents };
                assert_eq!(books.all().await, expected, "{} {place}", kind.as_str());
            }
        }
        let touched = start
            .iter()
            .filter(|(account, balance)| expected.get(account) != Some(balance));
        assert!(touched.count() > 10, "most accounts changed");
        for id in posted.iter().rev() {
            books.reverse(*id, "test/back").await.expect("undone");
        }
        assert_eq!(books.all().await, start, "to the cent");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_move_is_a_fault_of_ours_and_moves_nothing() {
    city::with(async |city| {
        let books = Books::open(city, 1_000).await;
        let (clearing, funds) = (Account::Custodian(ProviderClearing), books.of_campaign(DonorFunds));
        let gift = |cause: &str| NewTxn::new(Kind::GiftConfirmed, cause, THEN);
        let one = Money::eur(1);
        let elsewhere = Account::Campaign(books.cx.id(), DonorFunds);
        let other_pot = Account::Pot(books.cx.id(), Reserved);
        let faulty = [
            gift("empty"),
            gift("zero").entry(clearing, funds, Money::eur(0)),
            gift("debt").entry(clearing, funds, Money::eur(-1)),
            gift("huge").entry(clearing, funds, Money::eur(9_000_000_000_000_001)),
            gift("back").entry(funds, clearing, one),
            gift("public").entry(books.of_pot(Available), funds, one),
            gift("closed").entry(clearing, elsewhere, one),
            gift("").entry(clearing, funds, one),
            gift("two words").entry(clearing, funds, one),
            gift("Niccolò").entry(clearing, funds, one),
            NewTxn::new(Kind::GiftsGranted, "across", THEN).entry(
                funds,
                Account::Campaign(books.cx.id(), Payable),
                one,
            ),
            NewTxn::new(Kind::MatchReserved, "across", THEN).entry(books.of_pot(Available), other_pot, one),
            NewTxn::new(Kind::Reversal, "of-nothing", THEN).entry(funds, clearing, one),
            (0..21).fold(gift("many"), |new, _| new.entry(clearing, funds, one)),
        ];
        for new in faulty {
            let refused = books.post(&new).await;
            assert!(matches!(refused, Err(Error::Bug(_))), "{} {refused:?}", new.cause);
        }
        assert_eq!(rows::number(city, "select count(*) from txn").await, 1);
    })
    .await;
}

#[tokio::test]
async fn no_account_goes_below_zero_that_must_not_in_code_and_in_the_database() {
    city::with(async |city| {
        let books = Books::open(city, 1_000).await;
        let short = [
            (books.reserve("a", 1_001), Code::PotExceeded),
            (
                NewTxn::new(Kind::MatchPaid, "b", THEN).entry(
                    books.of_pot(PotAccount::Payable),
                    books.of_pot(Paid),
                    Money::eur(1),
                ),
                Code::AccountShort,
            ),
            (
                NewTxn::new(Kind::PayoutPaid, "c", THEN).entry(
                    books.of_campaign(Payable),
                    Account::Custodian(Bank),
                    Money::eur(1),
                ),
                Code::AccountShort,
            ),
            (
                NewTxn::new(Kind::RefundPaid, "d", THEN).entry(
                    Account::Custodian(RefundsPayable),
                    Account::Custodian(CashDesk),
                    Money::eur(1),
                ),
                Code::AccountShort,
            ),
        ];
        for (new, code) in short {
            assert_eq!(books.post(&new).await, Err(Error::Conflict(code)), "{}", new.cause);
        }
        let db = city.city.db.owner();
        for account in places().into_iter().map(|place| books.at(place)) {
            if let Account::Pot(..) = account {
                continue;
            }
            let sql = |cents: i64| format!("update account set balance_minor = {cents} where code = '{account}'");
            let done = db.execute_unprepared(&sql(-1)).await;
            assert_eq!(done.is_ok(), account.may_be_below_zero(), "{account}");
            db.execute_unprepared(&sql(0)).await.expect("as it was");
        }
        for column in ["total", "available", "held", "reserved", "committed", "payable", "paid"] {
            for by in [-1, 1, -2_000] {
                // Alone no column of a pot can change: together they are what was put in.
                let sql = format!("update pot set {column}_minor = {column}_minor + {by}");
                assert!(db.execute_unprepared(&sql).await.is_err(), "{sql}");
            }
        }
        let over = "update pot set available_minor = -1, held_minor = 1001";
        assert!(
            db.execute_unprepared(over).await.is_err(),
            "more promised than there is"
        );
    })
    .await;
}
