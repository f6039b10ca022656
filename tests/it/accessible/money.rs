//! The pages of campaigns and money in the browser: what donors, promoters, the office and treasurers see.

use civic::actor::Role;
use civic::money::Money;
use civic::page::Paging;
use civic::payment::{Movement, MovementKind};
use civic::payout::write as payouts;
use civic::reconciliation::{MovementState, read as movements, write::keep};
use civic::statement::read::lines;
use civic::statement::{LineState, write as statements};
use civic::time::DAY_MS;
use tests::browser::Browser;
use tests::campaigns::{fund, promise};
use tests::city::{self, TestCity};
use tests::outside::without;
use tests::person::{Person, citizen, staff};

use crate::payout::{agreed, reported, sent, treasurers};

fn signed_in(person: &Person) -> Browser {
    Browser::new().with_cookie("__Host-session", &person.session)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_of_campaigns_and_money_has_anything_that_axe_objects_to() {
    if without("browser") {
        return;
    }
    city::with(async |city| {
        let (_, id) = agreed(city).await;
        city.advance_ms(14 * DAY_MS);
        let editor = staff(city, "redattrice", Role::Editor).await;
        let trees = fund(city, &editor).await;
        let both = treasurers(city, "1").await;
        let payout = sent(city, id, &both).await;
        let now = city.city.clock.now();
        payouts::pay(&both[0].cx(city).await, payout, now, "riga 7")
            .await
            .expect("paid");
        reported(city, id, 4_000_000).await;
        let awaited = promise(city, trees, "anna@example.org", 5_000).await;
        let table = format!("data;importo;descrizione;ordinante\n{};50,00;un dono;Anna\n", day(city));
        statements::import(&both[0].cx(city).await, table.into_bytes())
            .await
            .expect("taken in");
        statements::turn(&city.city).await.expect("looked at");
        let adjustment = Movement {
            reference: "txn_adjustment".to_owned(),
            kind: MovementKind::Payment,
            source: None,
            amount: Money::eur(-700),
            fee: Money::eur(0),
            at: now,
            facts: Vec::new(),
        };
        let system = city.city.system();
        keep(&system, &adjustment).await.expect("taken");
        let open = movements::movements(&system, MovementState::Open, Paging::default()).await;
        let movement = open.expect("read").items[0].id;
        city.settle().await;
        let office = staff(city, "ufficio", Role::Office).await;
        let promoter = citizen(city, "promotrice").await;
        let it = |path: String| format!("{}/it{path}", city.base);
        let en = |path: &str| format!("{}/en{path}", city.base);
        let gift = format!("/donations/{}?proof={}", awaited.donation, awaited.proof);
        let receipt = tests::receipts::all(city, id).await[0].clone();
        let proof = city.city.secret.proof("donation", &receipt.donation.to_string());
        let public = [
            it(format!("/receipts/{}?proof={proof}", receipt.id)),
            en(&format!("/receipts/{}/tax-data?proof={proof}", receipt.id)),
            en("/campaigns"),
            it(format!("/campaigns/{id}")),
            it(format!("/campaigns/{id}/donations")),
            it(format!("/campaigns/{trees}")),
            it(format!("/campaigns/{trees}/give")),
            en(&format!("/campaigns/{trees}/give?amount=x")),
            it(gift),
            it("/books".to_owned()),
        ];
        Browser::new().is_accessible(&public).await;
        let own = [
            it(format!("/campaigns/{id}/payouts")),
            en(&format!("/campaigns/{id}/bank-account/enter")),
            it(format!("/campaigns/{id}/report")),
            it(format!("/campaigns/{id}/receipts")),
            it("/me/campaigns".to_owned()),
            it("/me/donations".to_owned()),
            it("/me".to_owned()),
        ];
        signed_in(&promoter).is_accessible(&own).await;
        let read = [
            it(format!("/campaigns/{id}/report/act/send-back")),
            en(&format!("/campaigns/{id}/report/act/close")),
            it(format!("/campaigns/{trees}/act/end")),
        ];
        signed_in(&office).is_accessible(&read).await;
        let open = lines(&city.city.system(), LineState::Open, Paging::default()).await;
        let line = open.expect("read").items[0].id;
        let desk = [
            en("/desk"),
            it("/desk/money".to_owned()),
            it("/desk/payouts?state=paid".to_owned()),
            it(format!("/payouts/{payout}/act/send-back")),
            en("/desk/reconciliation"),
            it(format!("/desk/reconciliation/{movement}/charge")),
            en("/desk/statements"),
            it(format!("/desk/statements/{line}/assign")),
        ];
        let fresh = &treasurers(city, "2").await[0];
        signed_in(fresh).is_accessible(&desk).await;
    })
    .await;
}

fn day(city: &TestCity) -> String {
    city.city.clock.now().local(&city.city.settings.zone).date().to_string()
}
