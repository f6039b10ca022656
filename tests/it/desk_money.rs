//! The treasurer's desk in the browser, without scripts: a transfer is found by its code and confirmed, what is owed is
//! settled by another person, and whoever's second factor is old is asked for it and comes back.

use civic::actor::{Role, Within};
use civic::donation::{DonationState, Way, read, write};
use civic::error::{Code, Error};
use civic::id::DonationId;
use civic::ledger::{Account, CustodianAccount};
use civic::limits::SECOND_FACTOR_FRESH_MS;
use civic::member::{self, NewGrant};
use civic::money::Money;
use tests::calls::terms;
use tests::campaigns::{cents, fund, gift, given, go_to, open, promise, stranger};
use tests::city::{self, TestCity};
use tests::form::submit;
use tests::person::{Person, citizen, staff};

const DESK: &str = "/it/desk/money";

/// A transfer of 60 euros to a fund that is waited for, its code, and who promotes the fund.
async fn transfer(city: &TestCity) -> (DonationId, String, Person) {
    let promoter = staff(city, "redattrice", Role::Editor).await;
    let trees = fund(city, &promoter).await;
    let mut new = gift("anna@example.org", 6_000);
    new.way = Way::BankTransfer;
    let given = write::give(&stranger(city), trees, new).await.expect("promised");
    (given.donation, given.reference_code.expect("a code"), promoter)
}

#[tokio::test]
async fn a_transfer_is_found_by_its_code_and_confirmed_and_paid_back_by_another_person() {
    city::with(async |city| {
        let (id, code, _) = transfer(city).await;
        let [one, other] = [
            staff(city, "tesoriera", Role::Treasurer).await,
            staff(city, "tesoriere", Role::Treasurer).await,
        ];
        let front = one.pages.get("/it/desk").await.expect(200).text();
        assert!(front.contains(DESK), "{front}");
        let desk = one.pages.get(DESK).await.expect(200).text();
        let own = format!("{DESK}/donations/{id}");
        assert!(desk.contains(&own) && desk.contains(&code), "{desk}");
        let typed = format!("{DESK}?reference=rif.+{}", code.to_lowercase());
        let missed = one.pages.get(&typed).await.expect(200).text();
        assert!(missed.contains("href=\"#reference\""), "{missed}");
        let found = one
            .pages
            .get(&format!("{DESK}?reference={}", code.to_lowercase()))
            .await;
        assert_eq!(found.expect(303).location(), own);

        let form = one.pages.get(&own).await.expect(200).text();
        assert!(
            form.contains("value=\"60\"") && form.contains("anna@example.org"),
            "{form}"
        );
        let wrong = [("received", "molto"), ("on", "2020-01-01"), ("evidence", "riga-7")];
        let refused = submit(&one.pages, &own, &own, &wrong).await.expect(422).text();
        assert!(
            refused.contains("href=\"#received\"") && refused.contains("riga-7"),
            "{refused}"
        );
        let today = city.city.clock.now().local(&city.city.settings.zone).date().to_string();
        let early = [("received", "55,50"), ("on", "2020-01-01"), ("evidence", "riga-7")];
        let refused = submit(&one.pages, &own, &own, &early).await.expect(422).text();
        assert!(
            refused.contains("href=\"#on\"") && refused.contains("55,50"),
            "{refused}"
        );
        let right = [("received", "55,50"), ("on", today.as_str()), ("evidence", "riga-7")];
        submit(&one.pages, &own, &own, &right).await.expect(303);
        let page = read::page(&city.city.system(), id, None).await.expect("read");
        assert_eq!(
            (page.card.state, page.card.left.minor()),
            (DonationState::Confirmed, 5_550)
        );
        assert_eq!(cents(city, Account::Custodian(CustodianAccount::Bank)).await, 5_550);
        let again = one.pages.get(&own).await.expect(200).text();
        assert!(
            !again.contains("name=\"received\""),
            "nothing is left to confirm: {again}"
        );

        let refund = write::refund(&one.cx(city).await, id, Some(Money::eur(5_550))).await;
        let refund = format!("{DESK}/refunds/{}", refund.expect("asked"));
        let desk = other.pages.get(DESK).await.expect(200).text();
        assert!(desk.contains(&refund) && desk.contains("55,50"), "{desk}");
        let asked = one.pages.get(&refund).await.expect(200).text();
        assert!(
            !asked.contains("name=\"paid_by\""),
            "who asked does not settle: {asked}"
        );
        let refused = submit(&other.pages, &refund, &refund, &[]).await.expect(422).text();
        assert!(refused.contains("href=\"#paid_by\""), "{refused}");
        submit(&other.pages, &refund, &refund, &[("paid_by", "bank_transfer")])
            .await
            .expect(303);
        let page = read::page(&city.city.system(), id, None).await.expect("read");
        assert_eq!(page.card.state, DonationState::Refunded);
        assert_eq!(cents(city, Account::Custodian(CustodianAccount::Bank)).await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_gave_the_second_factor_a_while_ago_is_asked_again_and_others_see_nothing() {
    city::with(async |city| {
        let (id, _, _) = transfer(city).await;
        let treasurer = staff(city, "tesoriera", Role::Treasurer).await;
        city.advance_ms(SECOND_FACTOR_FRESH_MS + 1);
        let own = format!("{DESK}/donations/{id}");
        treasurer.pages.get(DESK).await.expect(200);
        let asked = treasurer.pages.get(&own).await.expect(303);
        assert!(asked.location().starts_with("/it/second-factor?return="), "{asked}");
        let office = staff(city, "ufficio", Role::Office).await;
        office.pages.get(DESK).await.expect(403);
        office.pages.get(&own).await.expect(404);
        citizen(city, "ada").await.pages.get(DESK).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn a_campaign_is_at_risk_when_it_ends_soon_below_its_target() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        promise(city, campaigns[0], "anna@example.org", 5_000).await;
        let listed = format!("/it/campaigns/{}", campaigns[0]);
        let desk = staff(city, "tesoriera", Role::Treasurer)
            .await
            .pages
            .get(DESK)
            .await
            .expect(200)
            .text();
        assert!(!desk.contains(&listed), "it has time: {desk}");
        let page = civic::campaign::read::page(&city.city.system(), campaigns[0]).await;
        let ends = page.expect("read").card.ends_at.expect("a deadline");
        go_to(city, ends.plus_ms(-civic::limits::AT_RISK_MS));
        let desk = staff(city, "tesoriere", Role::Treasurer).await.pages.get(DESK).await;
        let desk = desk.expect(200).text();
        assert!(desk.contains(&listed), "{desk}");
    })
    .await;
}

#[tokio::test]
async fn who_promotes_a_campaign_does_not_say_that_money_came_for_it() {
    city::with(async |city| {
        let (id, _, promoter) = transfer(city).await;
        let grant = NewGrant {
            member: promoter.id,
            role: Role::Treasurer,
            within: Within::City,
            until: None,
        };
        member::write::grant_role(&city.city.system(), grant)
            .await
            .expect("given");
        let own = format!("{DESK}/donations/{id}");
        let page = promoter.pages.get(&own).await.expect(200).text();
        assert!(!page.contains("name=\"received\""), "{page}");
        let cx = promoter.cx(city).await;
        let said = write::confirm_by_hand(&cx, id, Money::eur(6_000), cx.now, "riga-7").await;
        assert_eq!(said, Err(Error::Denied(Code::OwnCampaign)));
        assert_eq!(cents(city, Account::Custodian(CustodianAccount::Bank)).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_treasurer_gives_a_part_of_a_gift_back_by_a_form_and_no_more_than_is_left() {
    city::with(async |city| {
        let (_, campaigns) = open(city, terms(city), &[62_500]).await;
        let gift = given(city, campaigns[0], "anna@example.org", 5_000).await;
        let treasurer = staff(city, "tesoriera", Role::Treasurer).await;
        let page = format!("/it/desk/money/donations/{gift}");
        assert!(
            treasurer
                .pages
                .get(&page)
                .await
                .expect(200)
                .text()
                .contains(&format!("{page}/refund"))
        );
        let form = format!("{page}/refund");
        let much = submit(&treasurer.pages, &form, &form, &[("give_back", "50,01")])
            .await
            .expect(422);
        assert!(much.text().contains("50,01"), "what was typed is there");
        submit(&treasurer.pages, &form, &form, &[("give_back", "venti")])
            .await
            .expect(422);
        let done = submit(&treasurer.pages, &form, &form, &[("give_back", "20")])
            .await
            .expect(303);
        assert!(done.location().contains("done=money-goes-back"), "{}", done.location());
        city.settle().await;
        let left = civic::donation::read::page(&city.city.system(), gift, None)
            .await
            .expect("read");
        assert_eq!((left.card.left.minor(), left.card.refunded.minor()), (3_000, 2_000));
    })
    .await;
}
