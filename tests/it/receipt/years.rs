//! By year: what a donor gave, as a paper whose sum is that of the receipts, and what a promoter tells the tax office, as a file.

use civic::actor::Role;
use civic::donation::write::refund;
use civic::money::Money;
use tests::calls::PERSON_CODE;
use tests::city;
use tests::form::submit;
use tests::person::{citizen, staff};
use tests::receipts::{campaigns, end, given_by, in_cash, one, paper, voluntary};

use super::TYPED;

#[tokio::test]
async fn a_donors_year_sums_up_the_receipts_that_hold_and_the_promoters_file_the_gifts_that_left_a_trace() {
    city::with(async |city| {
        let mut second = voluntary();
        second.title = Some("Cortile".to_owned());
        let (_, open) = campaigns(city, vec![voluntary(), second]).await;
        let ada = citizen(city, "ada").await;
        let bea = citizen(city, "bea").await;
        let whole = given_by(city, open[0], &ada, 5_000).await;
        let part = given_by(city, open[0], &ada, 7_000).await;
        let other = given_by(city, open[1], &ada, 4_050).await;
        let back = given_by(city, open[1], &ada, 9_000).await;
        let cash = in_cash(city, open[0], &ada, 2_000).await;
        let silent = given_by(city, open[0], &bea, 1_000).await;
        end(city, open[0]).await;
        end(city, open[1]).await;
        // A session ends sooner than a campaign.
        let ada = citizen(city, "ada").await;
        let bea = citizen(city, "bea").await;
        for (place, gift) in [whole, part, other, back, cash].into_iter().enumerate() {
            let form = format!("/it/receipts/{}/tax-data", one(city, gift).await.id);
            let name = if place == 2 {
                "=HYPERLINK(\"x\"),Anna"
            } else {
                "Anna Bianchi"
            };
            let typed = [("name", name), TYPED[1], TYPED[2]];
            submit(&ada.pages, &form, &form, &typed).await.expect(303);
        }
        refund(&city.city.system(), part, Some(Money::eur(2_000)))
            .await
            .expect("a part");
        refund(&city.city.system(), back, None).await.expect("all");
        city.settle().await;

        let own = ada.pages.get("/it/me/donations").await.expect(200).text();
        for said in ["/it/me/receipts/2027", "4 ricevute", "160,50\u{a0}€", "annullata"] {
            assert!(own.contains(said), "{said}: {own}");
        }
        let answer = ada.pages.get("/it/me/receipts/2027").await.expect(200);
        let year = paper(&answer.body);
        // 50 and 50 of 70, 40.50, and 20 in cash.
        year.says(&[
            "Donazioni del 2027",
            "40,50 €",
            "Totale 160,50 €",
            "un vantaggio fiscale: 140,50 €",
            "Orti & Cortili: Cortile",
        ]);
        year.is_silent_about(&["90 €", "70 €"]);
        ada.pages.get("/it/me/receipts/2026").await.expect(404);
        ada.pages.get("/it/me/receipts/x").await.expect(404);
        bea.pages.get("/it/me/receipts/2027").await.expect(200);
        let lead = city.visitor().get("/it/me/receipts/2027").await.expect(303);
        assert!(lead.location().contains("/sign-in"));

        let promoter = citizen(city, "promotrice").await;
        let page = format!("/it/campaigns/{}/receipts", open[0]);
        let list = promoter.pages.get(&page).await.expect(200).text();
        assert!(
            list.contains(&format!("{page}/2027.csv")) && list.contains("Anna Bianchi"),
            "{list}"
        );
        assert!(!list.contains(&ada.email), "{list}");
        let file = format!("{page}/2027.csv");
        let csv = promoter.pages.get(&file).await.expect(200);
        assert!(csv.header("content-type").starts_with("text/csv"));
        let csv = csv.text();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines.len(), 4, "a heading, and three gifts of two campaigns: {csv}");
        let sum: i64 = lines[1..]
            .iter()
            .map(|line| {
                line.rsplit(',')
                    .nth(1)
                    .expect("an amount")
                    .parse::<i64>()
                    .expect("cents")
            })
            .sum();
        assert_eq!(
            sum, 14_050,
            "less what went back, without cash and whoever gave no code: {csv}"
        );
        assert!(lines[1..].iter().all(|line| line.contains(PERSON_CODE)), "{csv}");
        assert!(csv.contains("\"'=HYPERLINK(\"\"x\"\"),Anna\""), "no formula: {csv}");
        let treasurer = staff(city, "tesoriera", Role::Treasurer).await;
        assert_eq!(treasurer.pages.get(&file).await.expect(200).text(), csv);
        for path in [&page, &file] {
            ada.pages.get(path).await.expect(403);
            assert!(city.visitor().get(path).await.location().contains("/sign-in"));
        }
        assert!(one(city, silent).await.donor.is_none());
        promoter
            .pages
            .get(&format!("/it/receipts/{}/pdf", one(city, silent).await.id))
            .await
            .expect(200);
    })
    .await;
}
