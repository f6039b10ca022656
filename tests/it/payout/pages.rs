//! The same in the browser, without scripts: from the promoter's account to the file for the bank and the accepted report.

use civic::actor::Role;
use civic::payout::read;
use civic::time::DAY_MS;
use tests::city;
use tests::form::submit;
use tests::person::{citizen, staff};

use super::{IBAN, agreed, treasurers};

#[tokio::test]
async fn treasurer_and_approver_release_a_payout_and_the_promoter_reports_it() {
    city::with(async |city| {
        let (_, id) = agreed(city).await;
        city.advance_ms(14 * DAY_MS);
        let promoter = citizen(city, "promotrice").await;
        let [one, other] = treasurers(city, "1").await;
        let own = format!("/it/campaigns/{id}/payouts");
        let enter = format!("/it/campaigns/{id}/bank-account/enter");
        let typed = [("iban", "IT61 X054"), ("holder", "Associazione Orti")];
        let refused = submit(&promoter.pages, &enter, &enter, &typed).await.expect(422).text();
        assert!(
            refused.contains("value=\"IT61 X054\"") && refused.contains("href=\"#iban\""),
            "{refused}"
        );
        let typed = [("iban", IBAN), ("holder", "Associazione Orti")];
        submit(&promoter.pages, &enter, &enter, &typed).await.expect(303);
        let seen = promoter.pages.get(&own).await.expect(200).text();
        assert!(!seen.contains(IBAN) && seen.contains("3456"), "{seen}");
        let verify = format!("/it/campaigns/{id}/bank-account/verify");
        promoter.pages.get(&verify).await.expect(404);
        let compare = one.pages.get(&verify).await.expect(200).text();
        assert!(compare.contains(IBAN), "{compare}");
        submit(&one.pages, &verify, &verify, &[]).await.expect(303);

        submit(&one.pages, &own, &own, &[]).await.expect(303);
        let payout = read::of_campaign(&city.city.system(), id).await.expect("read").payouts[0].id;
        let approve = format!("/it/payouts/{payout}/act/approve");
        one.pages.get(&approve).await.expect(404);
        let desk = other.pages.get("/it/desk/payouts").await.expect(200).text();
        assert!(desk.contains(&approve) && desk.contains("50.000"), "{desk}");
        submit(&other.pages, &approve, &approve, &[]).await.expect(303);
        let send = "/it/desk/payouts";
        submit(&other.pages, "/it/desk/payouts?state=approved", send, &[])
            .await
            .expect(303);
        let desk = one.pages.get("/it/desk/payouts?state=sent").await.expect(200).text();
        let href = desk
            .split("href=\"")
            .find(|rest| rest.contains("/custodian\""))
            .expect("a link");
        let file = one
            .pages
            .get(href.split('"').next().unwrap_or_default())
            .await
            .expect(200);
        assert!(file.header("content-disposition").starts_with("attachment"));
        assert!(file.text().contains("<InstdAmt Ccy=\"EUR\">20000.00</InstdAmt>"));
        let pay = format!("/it/payouts/{payout}/act/pay");
        let today = city.city.clock.now().local(&city.city.settings.zone).date().to_string();
        let wrong = [("on", "2020-01-01"), ("evidence", "riga 7")];
        let refused = submit(&one.pages, &pay, &pay, &wrong).await.expect(422).text();
        assert!(
            refused.contains("href=\"#on\"") && refused.contains("riga 7"),
            "{refused}"
        );
        let typed = [("on", today.as_str()), ("evidence", "riga 7")];
        submit(&one.pages, &pay, &pay, &typed).await.expect(303);

        let begin = format!("/it/campaigns/{id}/report/act/begin");
        let edit = submit(&promoter.pages, &begin, &begin, &[]).await.expect(303);
        let edit = edit.location().split('?').next().unwrap_or_default().to_owned();
        let typed = [
            ("text", "Abbiamo piantato un orto."),
            ("cost_line", "0"),
            ("what", "Terra e semi"),
            ("document", "Fattura 12"),
            ("day", "2026-11-30"),
            ("amount", "62.500"),
        ];
        submit(&promoter.pages, &edit, &edit, &typed).await.expect(303);
        let hand_in = format!("/it/campaigns/{id}/report/act/submit");
        submit(&promoter.pages, &hand_in, &hand_in, &[]).await.expect(303);
        let public = format!("/it/campaigns/{id}/report");
        city.visitor().get(&public).await.expect(404);
        let office = staff(city, "ufficio", Role::Office).await;
        let close = format!("/it/campaigns/{id}/report/act/close");
        let form = office.pages.get(&close).await.expect(200).text();
        assert!(form.contains("value=\"62500\""), "all of it is offered: {form}");
        submit(&office.pages, &close, &close, &[("eligible", "62500")])
            .await
            .expect(303);
        let read = city.visitor().get(&public).await.expect(200).text();
        assert!(read.contains("Terra e semi") && read.contains("37.500"), "{read}");
        assert!(!read.contains("Fattura 12"), "papers name people: {read}");
    })
    .await;
}
