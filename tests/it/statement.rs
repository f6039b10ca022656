//! Statements of the bank: transfers that name a gift's code become that gift, payouts are seen paid, and the rest waits for
//! a person; the same movement counts once, in however many files it comes.

use civic::donation::{DonationState, NewDonation, Way, read as gifts};
use civic::error::{Code, Error};
use civic::id::{CampaignId, DonationId};
use civic::page::Paging;
use civic::statement::read::{LineCard, lines};
use civic::statement::{LineState, write};
use civic::time::DAY_MS;
use tests::calls::terms;
use tests::campaigns::{gift, in_campaign, open, stranger};
use tests::city::{self, TestCity};
use tests::form::submit;
use tests::person::Person;

use crate::payout::{agreed, treasurers};

async fn promised(city: &TestCity, campaign: CampaignId, email: &str, cents: i64) -> (DonationId, String) {
    let new = NewDonation {
        way: Way::BankTransfer,
        ..gift(email, cents)
    };
    let given = civic::donation::write::give(&stranger(city), campaign, new)
        .await
        .expect("promised");
    (given.donation, given.reference_code.expect("a code"))
}

fn today(city: &TestCity) -> String {
    city.city.clock.now().local(&city.city.settings.zone).date().to_string()
}

/// A table with these movements of today: amount, text, name.
fn table(city: &TestCity, movements: &[(&str, &str, &str)]) -> Vec<u8> {
    let day = today(city);
    let rows = movements
        .iter()
        .map(|(amount, text, name)| format!("{day};{amount};{text};{name}\n"));
    format!("data;importo;descrizione;ordinante\n{}", rows.collect::<String>()).into_bytes()
}

async fn take_in(city: &TestCity, treasurer: &Person, file: Vec<u8>) {
    write::import(&treasurer.cx(city).await, file).await.expect("taken in");
    write::turn(&city.city).await.expect("looked at");
}

async fn in_state(city: &TestCity, state: LineState) -> Vec<LineCard> {
    lines(&city.city.system(), state, Paging::default())
        .await
        .expect("read")
        .items
}

async fn state_of(city: &TestCity, id: DonationId) -> DonationState {
    gifts::page(&city.city.system(), id, None)
        .await
        .expect("read")
        .card
        .state
}

#[tokio::test]
async fn a_transfer_with_code_and_amount_is_its_gift_and_every_other_waits_for_a_person() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let [treasurer, _] = treasurers(city, "1").await;
        let (exact, code) = promised(city, campaigns[0], "anna@example.org", 5_000).await;
        let (less, other) = promised(city, campaigns[0], "bruno@example.org", 8_000).await;
        let spaced = format!("dono {} - {}", &code[..4], &code[4..].to_lowercase());
        let file = table(
            city,
            &[
                ("50,00", spaced.as_str(), "Anna B."),
                ("70,00", other.as_str(), "Bruno"),
                ("12,00", "senza codice", "Chi lo sa"),
                ("-3,50", "spese", ""),
            ],
        );
        take_in(city, &treasurer, file.clone()).await;
        assert_eq!(state_of(city, exact).await, DonationState::Confirmed);
        assert_eq!(in_campaign(city, campaigns[0]).await, [5_000, 0, 0]);
        assert_eq!(state_of(city, less).await, DonationState::Promised);
        let waiting = in_state(city, LineState::Open).await;
        assert_eq!(waiting.len(), 3);
        let named = waiting.iter().find(|line| line.amount.minor() == 7_000).expect("there");
        assert_eq!(named.suggested, Some(less));

        let cx = treasurer.cx(city).await;
        write::assign(&cx, named.id, less).await.expect("decided");
        let page = gifts::page(&city.city.system(), less, None).await.expect("read");
        assert_eq!(
            page.card.left.minor() + page.card.refunded.minor(),
            7_000,
            "what came counts"
        );
        let again = write::assign(&cx, named.id, exact).await.expect_err("decided");
        assert_eq!(again.code(), Code::WrongState);
        let costs = waiting.iter().find(|line| line.amount.minor() < 0).expect("there");
        let why = write::set_aside(&cx, costs.id, "").await.expect_err("no reason");
        assert_eq!(why.code(), Code::Invalid);
        write::set_aside(&cx, costs.id, "Spese della banca")
            .await
            .expect("decided");
        assert_eq!(in_state(city, LineState::Open).await.len(), 1);

        let twice = write::import(&cx, file).await.expect_err("known");
        assert_eq!(twice.code(), Code::AlreadyDone);
    })
    .await;
}

#[tokio::test]
async fn a_movement_in_two_files_counts_once_and_two_alike_in_one_file_count_twice() {
    city::with(async |city| {
        let [treasurer, _] = treasurers(city, "1").await;
        let alike = ("10,00", "offerta", "Anonimo");
        take_in(city, &treasurer, table(city, &[alike, alike])).await;
        assert_eq!(in_state(city, LineState::Open).await.len(), 2);
        take_in(
            city,
            &treasurer,
            table(city, &[alike, alike, ("11,00", "altra", "Anonimo")]),
        )
        .await;
        assert_eq!(in_state(city, LineState::Open).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_payout_is_seen_paid_by_the_name_that_its_file_gave_it() {
    city::with(async |city| {
        let (_, id) = agreed(city).await;
        city.advance_ms(14 * DAY_MS);
        let both = treasurers(city, "1").await;
        let payout = crate::payout::sent(city, id, &both).await;
        let (day, name) = (today(city), payout.to_string().replace('_', "-"));
        let file = format!(
            "<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>IT60X0542811101000000123456</IBAN></Id></Acct><Ntry>\
             <Amt Ccy=\"EUR\">20000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt>\
             <AcctSvcrRef>X9</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs></TxDtls></NtryDtls>\
             </Ntry></Stmt></BkToCstmrStmt></Document>"
        );
        let foreign = file.replace("IT60X0542811101000000123456", "DE89370400440532013000");
        let refused = write::import(&both[0].cx(city).await, foreign.into_bytes()).await;
        assert!(matches!(refused, Err(Error::Invalid(faults)) if faults[0].code == Code::StatementForeign));
        take_in(city, &both[0], file.into_bytes()).await;
        let card = civic::payout::read::one(&city.city.system(), payout).await.expect("read");
        assert_eq!(card.state, civic::payout::PayoutState::Paid);
        assert_eq!(in_state(city, LineState::Matched).await[0].payout, Some(payout));
    })
    .await;
}

#[tokio::test]
async fn a_treasurer_takes_a_statement_in_by_the_page_and_is_told_what_is_wrong_with_a_file() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let [treasurer, _] = treasurers(city, "1").await;
        let (gift, code) = promised(city, campaigns[0], "anna@example.org", 5_000).await;
        let page = "/it/desk/statements";
        let keys = tests::form::keys(&treasurer.pages, page).await;
        let keys: Vec<(&str, &str)> = keys
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let wrong = treasurer.pages.post_file(page, &keys, ("foto.xml", b"<html>")).await;
        let wrong = wrong.expect(422).text();
        assert!(
            wrong.contains("CAMT.053") && wrong.contains("href=\"#file\""),
            "{wrong}"
        );
        let keys = tests::form::keys(&treasurer.pages, page).await;
        let keys: Vec<(&str, &str)> = keys
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let file = table(city, &[("49,00", code.as_str(), "Anna B.")]);
        treasurer
            .pages
            .post_file(page, &keys, ("conto.csv", &file))
            .await
            .expect(303);
        write::turn(&city.city).await.expect("looked at");
        let shown = treasurer.pages.get(page).await.expect(200).text();
        let id = in_state(city, LineState::Open).await[0].id;
        let assign = format!("/it/desk/statements/{id}/assign");
        assert!(shown.contains(&assign) && shown.contains("Anna B."), "{shown}");
        let form = treasurer.pages.get(&assign).await.expect(200).text();
        assert!(
            form.contains(&format!("value=\"{code}\"")),
            "the code is filled in: {form}"
        );
        let refused = submit(&treasurer.pages, &assign, &assign, &[("gift_code", "NOTHING234")]).await;
        assert!(refused.expect(422).text().contains("NOTHING234"));
        submit(&treasurer.pages, &assign, &assign, &[("gift_code", &code)])
            .await
            .expect(303);
        assert_ne!(state_of(city, gift).await, DonationState::Promised);
    })
    .await;
}
