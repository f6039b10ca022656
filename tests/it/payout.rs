//! Paying promoters: two persons for the account and for each payout, parts by their days, files for the bank, what comes
//! back, and the report that fixes the final grant; the books follow each step.

mod pages;

use civic::actor::Role;
use civic::campaign::CampaignState;
use civic::error::{Code, Error};
use civic::id::{CampaignId, PayoutId, PotId};
use civic::ledger::PotBalances;
use civic::money::Money;
use civic::payout::file::{self, Debtor};
use civic::payout::{PayoutState, read, write};
use civic::report::{self, ReportInput, Spending};
use civic::time::DAY_MS;
use tests::calls::terms;
use tests::campaigns::{Admitted, given, go_to, in_campaign, open, turn};
use tests::city::{self, TestCity};
use tests::person::{Person, citizen, staff};

/// Another number that can be one.
const OTHER_IBAN: &str = "DE89370400440532013000";
/// The number of the promoter's account.
const IBAN: &str = "IT60X0542811101000000123456";

/// A campaign of 62,500 that raised 25,000, so that the city gives 37,500, with its agreement signed.
pub async fn agreed(city: &TestCity) -> (Admitted, CampaignId) {
    let (admitted, campaigns) = open(city, terms(city), &[62_500]).await;
    let id = campaigns[0];
    for number in 0..5 {
        given(city, id, &format!("donatore{number}@example.org"), 500_000).await;
    }
    let page = civic::campaign::read::page(&city.city.system(), id)
        .await
        .expect("read");
    go_to(city, page.card.ends_at.expect("ends"));
    turn(city).await;
    civic::campaign::write::agree(&city.city.system(), id, "PG 1/2026")
        .await
        .expect("agreed");
    (admitted, id)
}

/// Two treasurers who have just given their second factor.
pub async fn treasurers(city: &TestCity, day: &str) -> [Person; 2] {
    [
        staff(city, &format!("tesoriera{day}"), Role::Treasurer).await,
        staff(city, &format!("tesoriere{day}"), Role::Treasurer).await,
    ]
}

async fn with_account(city: &TestCity, id: CampaignId, [one, other]: &[Person; 2], iban: &str) {
    let account = write::enter_account(&one.cx(city).await, id, iban, "Associazione Orti")
        .await
        .expect("entered");
    write::verify_account(&other.cx(city).await, id, account)
        .await
        .expect("verified");
}

async fn pot(city: &TestCity, pot: PotId) -> PotBalances {
    civic::ledger::read::pot(&city.city.system(), pot).await.expect("open")
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Code {
    result.expect_err("refused").code()
}

#[tokio::test]
async fn a_part_is_requested_by_one_approved_by_another_and_paid_from_both_accounts() {
    city::with(async |city| {
        let (admitted, id) = agreed(city).await;
        let early = treasurers(city, "1").await;
        assert_eq!(
            refused(write::request(&early[0].cx(city).await, id).await),
            Code::BankAccountMissing
        );
        let account = write::enter_account(&early[0].cx(city).await, id, IBAN, "Associazione Orti")
            .await
            .expect("entered");
        let own = write::verify_account(&early[0].cx(city).await, id, account).await;
        assert_eq!(refused(own), Code::AnotherPerson);
        write::verify_account(&early[1].cx(city).await, id, account)
            .await
            .expect("verified");
        assert_eq!(
            refused(write::request(&early[0].cx(city).await, id).await),
            Code::NothingDue
        );

        city.advance_ms(14 * DAY_MS);
        let [one, other] = treasurers(city, "2").await;
        let payout = write::request(&one.cx(city).await, id).await.expect("requested");
        assert_eq!(
            refused(write::request(&other.cx(city).await, id).await),
            Code::PayoutUnderWay
        );
        assert_eq!(
            refused(write::approve(&one.cx(city).await, payout).await),
            Code::AnotherPerson
        );
        assert_eq!(pot(city, admitted.pot).await.committed, Money::eur(3_750_000));
        write::approve(&other.cx(city).await, payout).await.expect("approved");
        assert_eq!(pot(city, admitted.pot).await.payable, Money::eur(3_000_000));

        let made = write::send(&other.cx(city).await).await.expect("sent");
        assert_eq!(refused(write::send(&other.cx(city).await).await), Code::NothingDue);
        let balances = pot(city, admitted.pot).await;
        assert_eq!(
            (balances.payable, balances.paid),
            (Money::eur(0), Money::eur(3_000_000))
        );
        assert_eq!(in_campaign(city, id).await, [0, 500_000, 0]);
        let gifts = file::of(&one.cx(city).await, made, Debtor::Custodian)
            .await
            .expect("a file");
        let again = file::of(&one.cx(city).await, made, Debtor::Custodian)
            .await
            .expect("a file");
        assert_eq!(gifts, again, "however often it is fetched");
        for said in [
            "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
            "<InstdAmt Ccy=\"EUR\">20000.00</InstdAmt>",
            "<CtrlSum>20000.00</CtrlSum>",
            "<Nm>Associazione Orti</Nm>",
            IBAN,
        ] {
            assert!(gifts.text.contains(said), "{said}: {}", gifts.text);
        }
        assert!(!gifts.text.contains('_'), "no sign that banks refuse: {}", gifts.text);
        let grant = file::of(&one.cx(city).await, made, Debtor::City).await.expect("a file");
        assert!(grant.text.contains("30000.00") && grant.text.contains("IT40S0542811101000000123456"));

        let now = city.city.clock.now();
        write::pay(&one.cx(city).await, payout, now, "riga 7")
            .await
            .expect("paid");
        let page = read::of_campaign(&one.cx(city).await, id).await.expect("read");
        assert_eq!(page.state, CampaignState::Settled);
        assert_eq!(page.payouts[0].state, PayoutState::Paid);
    })
    .await;
}

#[tokio::test]
async fn an_account_that_changes_rests_seven_days_and_a_payout_to_the_old_one_never_leaves() {
    city::with(async |city| {
        let (_, id) = agreed(city).await;
        city.advance_ms(14 * DAY_MS);
        let both = treasurers(city, "1").await;
        with_account(city, id, &both, IBAN).await;
        let payout = write::request(&both[0].cx(city).await, id).await.expect("requested");
        write::approve(&both[1].cx(city).await, payout).await.expect("approved");
        with_account(city, id, &both, OTHER_IBAN).await;
        assert_eq!(refused(write::send(&both[0].cx(city).await).await), Code::NothingDue);
        write::withdraw(&both[0].cx(city).await, payout)
            .await
            .expect("withdrawn");
        assert_eq!(
            refused(write::request(&both[0].cx(city).await, id).await),
            Code::BankAccountResting
        );
        city.advance_ms(7 * DAY_MS);
        let later = treasurers(city, "2").await;
        write::request(&later[0].cx(city).await, id).await.expect("requested");
    })
    .await;
}

#[tokio::test]
async fn what_is_declined_withdrawn_or_sent_back_is_owed_again_to_the_cent() {
    city::with(async |city| {
        let (admitted, id) = agreed(city).await;
        city.advance_ms(14 * DAY_MS);
        let both = treasurers(city, "1").await;
        with_account(city, id, &both, IBAN).await;
        let before = pot(city, admitted.pot).await;
        let first = write::request(&both[0].cx(city).await, id).await.expect("requested");
        assert_eq!(
            refused(write::decline(&both[1].cx(city).await, first, " ").await),
            Code::Invalid
        );
        write::decline(&both[1].cx(city).await, first, "Manca un visto")
            .await
            .expect("declined");
        let second = write::request(&both[0].cx(city).await, id).await.expect("requested");
        write::approve(&both[1].cx(city).await, second).await.expect("approved");
        write::withdraw(&both[1].cx(city).await, second)
            .await
            .expect("withdrawn");
        assert_eq!(pot(city, admitted.pot).await, before);
        let third = write::request(&both[0].cx(city).await, id).await.expect("requested");
        write::approve(&both[1].cx(city).await, third).await.expect("approved");
        write::send(&both[1].cx(city).await).await.expect("sent");
        assert_eq!(
            refused(write::withdraw(&both[1].cx(city).await, third).await),
            Code::WrongState
        );
        let now = city.city.clock.now();
        write::pay(&both[0].cx(city).await, third, now, "riga 8")
            .await
            .expect("paid");
        write::send_back(&both[0].cx(city).await, third, now, "riga 9")
            .await
            .expect("came back");
        assert_eq!(pot(city, admitted.pot).await, before);
        assert_eq!(in_campaign(city, id).await, [0, 2_500_000, 0]);
        let fourth = write::request(&both[0].cx(city).await, id).await.expect("requested");
        let card = read::one(&both[0].cx(city).await, fourth).await.expect("read");
        assert_eq!((card.part, card.sums.whole()), (0, Money::eur(5_000_000)));
    })
    .await;
}

#[tokio::test]
async fn a_promoter_is_told_of_another_account_and_of_money_on_its_way_or_back() {
    city::with(async |city| {
        let (_, id) = agreed(city).await;
        city.advance_ms(14 * DAY_MS);
        let both = treasurers(city, "1").await;
        city.settle().await;
        let before = city.letters_to("promotrice@example.org").len();
        let payout = sent(city, id, &both).await;
        let now = city.city.clock.now();
        write::send_back(&both[0].cx(city).await, payout, now, "riga 9")
            .await
            .expect("came back");
        with_account(city, id, &both, OTHER_IBAN).await;
        city.settle().await;
        let letters = city.letters_to("promotrice@example.org").split_off(before);
        let mut told: Vec<&str> = letters.iter().map(|letter| letter.subject.as_str()).collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                "Un pagamento è in banca: Progetto 0",
                "Un pagamento è tornato indietro: Progetto 0",
                "È stato inserito un conto: Progetto 0",
                "È stato inserito un conto: Progetto 0",
            ]
        );
        let says = |words: &[&str]| {
            letters
                .iter()
                .any(|letter| words.iter().all(|said| letter.text.contains(said)))
        };
        assert!(says(&["50.000\u{a0}€", "3456"]), "{letters:#?}");
        assert!(says(&["non paghiamo niente prima", "3000"]), "{letters:#?}");
    })
    .await;
}

/// The first part, paid.
async fn first_part(city: &TestCity, id: CampaignId, both: &[Person; 2]) {
    with_account(city, id, both, IBAN).await;
    next_part(city, id, both).await;
}

/// The first part, in a file for the bank.
pub async fn sent(city: &TestCity, id: CampaignId, both: &[Person; 2]) -> PayoutId {
    with_account(city, id, both, IBAN).await;
    let payout = write::request(&both[0].cx(city).await, id).await.expect("requested");
    write::approve(&both[1].cx(city).await, payout).await.expect("approved");
    write::send(&both[1].cx(city).await).await.expect("sent");
    payout
}

async fn next_part(city: &TestCity, id: CampaignId, both: &[Person; 2]) {
    let payout = write::request(&both[0].cx(city).await, id).await.expect("requested");
    write::approve(&both[1].cx(city).await, payout).await.expect("approved");
    write::send(&both[1].cx(city).await).await.expect("sent");
    let now = city.city.clock.now();
    write::pay(&both[0].cx(city).await, payout, now, "riga 1")
        .await
        .expect("paid");
}

/// The promoter reports so many cents spent on the first line of the costs.
pub async fn reported(city: &TestCity, id: CampaignId, cents: i64) {
    let cx = city.city.system();
    report::write::begin(&cx, id).await.expect("begun");
    let spending = Spending {
        cost_line: 0,
        what: "Terra e semi".to_owned(),
        document: "Fattura 12 di Rossi srl".to_owned(),
        day: "2026-11-30".to_owned(),
        amount: Money::eur(cents),
    };
    let input = ReportInput {
        text: Some("Abbiamo piantato un **orto**.".to_owned()),
        lang: None,
        spendings: Some(vec![spending]),
    };
    report::write::edit(&cx, id, Some(1), input).await.expect("written");
    report::write::submit(&cx, id, None).await.expect("handed in");
}

#[tokio::test]
async fn a_report_fixes_the_final_grant_and_the_rest_of_the_first_one_is_free_again() {
    city::with(async |city| {
        let (admitted, id) = agreed(city).await;
        city.advance_ms(14 * DAY_MS);
        let both = treasurers(city, "1").await;
        first_part(city, id, &both).await;
        let available = pot(city, admitted.pot).await.available;
        reported(city, id, 6_000_000).await;
        let reader = city.visitor();
        let path = format!("/api/v1/campaigns/{id}/report");
        reader.get_json(&path).await.expect(404);
        let office = staff(city, "ufficio", Role::Office).await;
        let over = report::write::close(&office.cx(city).await, id, Some(Money::eur(6_000_001))).await;
        assert_eq!(refused(over), Code::Invalid);
        report::write::close(&office.cx(city).await, id, Some(Money::eur(5_500_000)))
            .await
            .expect("closed");
        // 60 % of 55,000 is 33,000: of the 37,500 there are 4,500 free again, and 3,000 are left beside the 30,000 paid.
        let balances = pot(city, admitted.pot).await;
        assert_eq!(balances.available.minor() - available.minor(), 450_000);
        assert_eq!(balances.committed, Money::eur(300_000));
        let public = reader.get_json(&path).await.expect(200).json();
        assert_eq!(public["final_grant_minor"], 3_300_000);
        assert!(public["spendings"][0].get("document").is_none(), "{public}");
        next_part(city, id, &both).await;
        assert_eq!(pot(city, admitted.pot).await.committed, Money::eur(0));
        assert_eq!(in_campaign(city, id).await, [0, 0, 0]);
        assert_eq!(
            refused(write::request(&both[0].cx(city).await, id).await),
            Code::NothingDue
        );
    })
    .await;
}

#[tokio::test]
async fn a_grant_that_was_paid_beyond_the_final_one_is_owed_back_and_returns_to_the_pot() {
    city::with(async |city| {
        let (admitted, id) = agreed(city).await;
        city.advance_ms(14 * DAY_MS);
        let both = treasurers(city, "1").await;
        first_part(city, id, &both).await;
        reported(city, id, 4_000_000).await;
        let office = staff(city, "ufficio", Role::Office).await;
        report::write::close(&office.cx(city).await, id, None)
            .await
            .expect("closed");
        // 60 % of 40,000 is 24,000, and 30,000 were paid.
        let page = report::read::page(&both[0].cx(city).await, id).await.expect("read");
        assert_eq!(page.owed_back, Money::eur(600_000));
        let over = report::write::pay_back(&both[0].cx(city).await, id, Money::eur(600_001), "riga 3").await;
        assert_eq!(refused(over), Code::Invalid);
        let paid = pot(city, admitted.pot).await.paid;
        for (cents, paper) in [(200_000, "riga 4"), (400_000, "riga 5")] {
            report::write::pay_back(&both[0].cx(city).await, id, Money::eur(cents), paper)
                .await
                .expect("noted");
        }
        let balances = pot(city, admitted.pot).await;
        assert_eq!(paid.minor() - balances.paid.minor(), 600_000);
        assert_eq!(balances.committed, Money::eur(0));
    })
    .await;
}

#[tokio::test]
async fn a_promoter_sees_their_payouts_and_others_do_not_know_of_them() {
    city::with(async |city| {
        let (_, id) = agreed(city).await;
        city.advance_ms(14 * DAY_MS);
        let both = treasurers(city, "1").await;
        first_part(city, id, &both).await;
        let path = format!("/api/v1/campaigns/{id}/payouts");
        let promoter = citizen(city, "promotrice").await;
        let own = promoter.api.get_json(&path).await.expect(200).json();
        assert_eq!(
            own["account"]["iban"], "3456",
            "the promoter knows their account by its end"
        );
        let stranger = citizen(city, "ada").await;
        stranger.api.get_json(&path).await.expect(403);
        stranger.api.get_json("/api/v1/payouts").await.expect(403);
        let told = both[0].api.get_json(&path).await.expect(200).json();
        assert_eq!(told["payouts"][0]["gifts_minor"], 2_000_000);
        assert_eq!(told["payouts"][0]["iban_tail"], "3456");
        let document = "query($id: ID!) { payoutPlan(campaign: $id) { parts { number taken } payouts { state } } }";
        let found = both[0]
            .api
            .graphql(document, serde_json::json!({ "id": id.to_string() }));
        let found = found.await.expect(200).json();
        assert_eq!(found["data"]["payoutPlan"]["payouts"][0]["state"], "PAID", "{found}");
    })
    .await;
}
